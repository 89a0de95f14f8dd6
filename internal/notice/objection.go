package notice

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// ObjectionState is where an objection stands.
type ObjectionState string

// The states of an objection. Moot is one whose notice was withdrawn.
const (
	ObjectionOpen      ObjectionState = "open"
	ObjectionUpheld    ObjectionState = "upheld"
	ObjectionDismissed ObjectionState = "dismissed"
	ObjectionMoot      ObjectionState = "moot"
)

var objectionNames = map[ObjectionState]string{
	ObjectionOpen: "处理中", ObjectionUpheld: "异议成立", ObjectionDismissed: "异议不成立", ObjectionMoot: "公示已撤回，不再处理",
}

// Name returns the state's Chinese name.
func (s ObjectionState) Name() string { return objectionNames[s] }

// OwnerKind is the owner of an objection's evidence among the attachments.
const OwnerKind = "objection"

// MaxEvidence is how many files an objection may bring.
const MaxEvidence = 5

// MaxContent is the longest objection, in characters.
const MaxContent = 2000

// Contexts of sealing and blind indexes; they bind a value to its column.
const (
	nameContext    = "notice_objection.name"
	phoneContext   = "notice_objection.phone"
	contentContext = "notice_objection.content"
	contactContext = "notice_objection.contact"
	receiptContext = "notice_objection.receipt"
	lookupContext  = "notice_objection.receipt_index"
)

// ObjectionInput is an objection as the public sends it.
type ObjectionInput struct {
	ID      uuid.UUID // made by NewObjection, owner of the evidence
	Token   string
	No      string // of the notice
	Ordinal int    // of the item
	Name    string // this or Phone
	Phone   string
	Content string
	Files   []*attachment.Prepared
}

// NewObjection returns the id under which evidence is prepared before the
// objection is sent.
func NewObjection() uuid.UUID { return newID() }

// Receipt is what the objector keeps: shown once, it opens the outcome.
type Receipt struct {
	Code     string // ABCD-EFGH-…
	No       string
	Item     string
	Received time.Time
	DueOn    civil.Date
}

// Check says what is wrong with an objection before it is sent, errs.Invalid; it
// brings the input into the form that is stored.
func (in *ObjectionInput) Check() error {
	var f []errs.Field
	fail := func(name, label, message string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: message})
	}
	if in.Ordinal < 1 {
		fail("item", "对哪一项有异议", "还没有选。选一项")
	}
	if len(in.Content) > 8*MaxContent {
		in.Content = in.Content[:8*MaxContent] // far above the limit already: the work stays bounded
	}
	in.Content = form.Clean(in.Content, true)
	if n := utf8.RuneCountInString(in.Content); n < 10 || n > MaxContent {
		fail("content", "事实和理由", fmt.Sprintf("写 10 到 %d 个字，现在是 %d 个字。写清事实和线索", MaxContent, n))
	}
	in.Name, in.Phone = form.Clean(in.Name, false), strings.TrimSpace(in.Phone)
	if in.Name == "" && in.Phone == "" {
		fail("name", "姓名", "姓名和电话至少填一样，我们才能核实和答复。填写的内容不公开")
	}
	if in.Name != "" {
		if name, err := identifier.ParsePersonName(in.Name); err != nil {
			fail("name", "姓名", errs.Message(err))
		} else {
			in.Name = name
		}
	}
	if in.Phone != "" {
		if phone, err := identifier.ParsePhone(in.Phone); err != nil {
			fail("phone", "电话", errs.Message(err))
		} else {
			in.Phone = phone
		}
	}
	if len(in.Files) > MaxEvidence {
		fail("files", "证据材料", fmt.Sprintf("最多 %d 份，现在是 %d 份。合并后再传", MaxEvidence, len(in.Files)))
	}
	return errs.Fields(f)
}

// Object receives an objection of the public. The same objection again gives the
// same receipt. After the period it is errs.Conflict.
func (s *Service) Object(ctx context.Context, in ObjectionInput) (Receipt, error) {
	if err := in.Check(); err != nil {
		return Receipt{}, err
	}
	var r Receipt
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		kept, err := once.Do(ctx, tx, authz.Actor{}, in.Token, func() (string, error) { return s.receive(ctx, tx, now, in) })
		if err != nil {
			return err
		}
		id, err := uuid.Parse(kept)
		if err != nil {
			return err
		}
		o, err := objectionByID(ctx, tx, id)
		if err != nil {
			return err
		}
		r = Receipt{Code: s.code(id), No: o.NoticeNo, Item: o.ItemName(), Received: o.ReceivedAt, DueOn: o.DueOn}
		return nil
	})
	return r, err
}

// receive keeps a new objection and returns its id, or that of the same one sent
// before.
func (s *Service) receive(ctx context.Context, tx postgres.Tx, now time.Time, in ObjectionInput) (string, error) {
	itemID, err := itemByOrdinal(ctx, tx, in.No, in.Ordinal)
	if errs.Is(err, errs.NotFound) {
		return "", errs.FieldError("item", "对哪一项有异议", "公示里没有这一项。从列出的几项里选")
	}
	if err != nil {
		return "", err
	}
	n, item, err := holdItem(ctx, tx, itemID)
	if err != nil {
		return "", err
	}
	contact := s.Keys.BlindIndex(contactContext, in.Name+"\n"+in.Phone)
	content := s.Keys.BlindIndex(contentContext, in.Content)
	if same, err := sameObjection(ctx, tx, itemID, contact, content); err != nil || same != uuid.Nil {
		return same.String(), err
	}
	if err := late(n, item, now); err != nil {
		return "", err
	}
	if err := s.insertObjection(ctx, tx, now, in, item, contact, content); err != nil {
		return "", err
	}
	stranger := authz.Actor{Role: authz.Anonymous, Name: "异议人"} // nothing of who it is
	for _, p := range in.Files {
		if _, err := s.Attachments.Attach(ctx, tx, now, stranger, p, false); err != nil {
			return "", err
		}
	}
	if len(in.Files) > 0 {
		if err := s.Attachments.HandIn(ctx, tx, now, attachment.Owner{Kind: OwnerKind, ID: in.ID}); err != nil {
			return "", err
		}
	}
	if item.State == Open {
		if err := moveItem(ctx, tx, now, &item, Disputed); err != nil {
			return "", err
		}
		if err := s.react(ctx, tx, now, authz.SystemActor, n.Kind, disputed, item); err != nil {
			return "", err
		}
	}
	return in.ID.String(), record(ctx, tx, now, stranger, n.ID, "notice.objection.receive",
		map[string]any{"objection": in.ID, "item": item.Ordinal, "files": len(in.Files)})
}

// late refuses what does not arrive in time, or concerns what is decided.
func late(n Notice, item Item, now time.Time) error {
	switch {
	case n.State == Withdrawn:
		return errs.New(errs.Conflict, "这份公示已经撤回，不再接收异议。")
	case !n.Takes(now):
		return errs.Newf(errs.Conflict, "公示期在%s%d:00结束了，不再接收异议。您可以拨打公示上的监督电话反映。", n.EndsOn.Chinese(), n.EndHour)
	case item.State != Open && item.State != Disputed:
		return errs.Newf(errs.Conflict, "这一项现在是“%s”，不再接收异议。", item.State.Name())
	}
	return nil
}

func (s *Service) insertObjection(ctx context.Context, tx postgres.Tx, now time.Time, in ObjectionInput, item Item, contact, content []byte) error {
	seal := func(column, value string) ([]byte, error) {
		if value == "" {
			return nil, nil
		}
		return s.Keys.Seal(column, in.ID, value)
	}
	name, err := seal(nameContext, in.Name)
	if err != nil {
		return err
	}
	phone, err := seal(phoneContext, in.Phone)
	if err != nil {
		return err
	}
	text, err := seal(contentContext, in.Content)
	if err != nil {
		return err
	}
	calendar, err := district.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	edition, err := policy.EditionByID(ctx, tx, item.EditionID)
	if err != nil {
		return err
	}
	days := edition.Params.Int(policy.NoticeObjectionWD)
	due := calendar.Add(civil.On(now), days)
	_, err = tx.Exec(ctx, `
		insert into notice_objection (id, notice_id, item_id, name_sealed, phone_sealed, content_sealed, contact_index, content_index,
			receipt_index, files, received_at, due_on, due_provisional, due_wd, state)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 'open')`,
		in.ID, item.NoticeID, item.ID, name, phone, text, contact, content, s.lookup(s.code(in.ID)), len(in.Files), now, due.On, due.Provisional, days)
	return err
}

func (s *Service) code(id uuid.UUID) string { return s.Keys.Receipt(receiptContext, id) }

func (s *Service) lookup(code string) []byte {
	return s.Keys.BlindIndex(lookupContext, strings.ReplaceAll(code, "-", ""))
}

// Progress is what an objector sees of an objection.
type Progress struct {
	No, Title, Item string
	State           ObjectionState
	Received        time.Time
	DueOn           civil.Date
	Provisional     bool
	Outcome         string
	HandledAt       *time.Time
}

// Lookup returns the progress of the objection with a receipt; errs.Invalid at
// the field when there is none.
func (s *Service) Lookup(ctx context.Context, code string) (p Progress, err error) {
	letters, ok := secret.ParseReceipt(code)
	unknown := errs.FieldError("receipt", "回执号", "没有这个回执号。看着回执核对，共 24 位字母和数字")
	if !ok {
		return p, unknown
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		o, err := postgres.One[Objection](ctx, q, objectionSQL+` where o.receipt_index = $1`, s.lookup(letters))
		if errs.Is(err, errs.NotFound) {
			return unknown
		}
		if err != nil {
			return err
		}
		p = Progress{No: o.NoticeNo, Title: o.Title, Item: o.ItemName(), State: o.State, Received: o.ReceivedAt, DueOn: o.DueOn,
			Provisional: o.DueProvisional, Outcome: o.Outcome, HandledAt: o.HandledAt}
		return nil
	})
	return p, err
}
