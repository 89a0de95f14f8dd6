package event

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Relation is who asks for a picture to be taken down.
type Relation string

// Relations lists them in the order of the form.
var Relations = []Relation{"self", "guardian", "other"}

// Name returns the Chinese name.
func (r Relation) Name() string {
	return named(r, map[Relation]string{"self": "照片里的人", "guardian": "照片里未成年人的监护人", "other": "其他人"})
}

// Asking is a request as the public sends it.
type Asking struct {
	Token    string
	EventNo  string
	Picture  uuid.UUID
	Relation Relation
	Reason   string
	Phone    string // may be ""
}

// Check says what is wrong with a request; it brings it into the form that is
// stored.
func (a *Asking) Check() error {
	var f errs.Faults
	errs.OneOf(&f, "relation", "您是", a.Relation, Relations)
	a.Reason = form.Clean(a.Reason, true)
	f.Length("reason", "为什么要撤下", a.Reason, 5, 500)
	if a.Phone = strings.TrimSpace(a.Phone); a.Phone != "" {
		phone, err := identifier.ParsePhone(a.Phone)
		a.Phone = errs.Take(&f, "phone", "电话", phone, err)
	}
	return f.Err()
}

// Contexts of sealing and blind indexes.
const (
	requestReason  = "picture_request.reason"
	requestPhone   = "picture_request.phone"
	requestCode    = "picture_request.receipt"
	requestIndexOf = "picture_request.receipt_index"
)

// Asked is what who asked keeps.
type Asked struct {
	Code        string
	Title       string
	Hid         bool `db:"hid"`
	DueOn       civil.Date
	Provisional bool
}

// AskRemoval takes a request to take a public picture down. When it comes from who
// is in the picture, or from a guardian, the picture is out of sight at once; one
// that the bureau decided to keep before stays until it decides again.
func (s *Service) AskRemoval(ctx context.Context, in Asking) (r Asked, err error) {
	if err := in.Check(); err != nil {
		return r, err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		kept, err := once.Do(ctx, tx, authz.Actor{}, in.Token, func() (string, error) { return s.ask(ctx, tx, now, in) })
		if err != nil {
			return err
		}
		id, err := uuid.Parse(kept)
		if err != nil {
			return err
		}
		row, err := postgres.One[Request](ctx, tx, requestSQL+` where r.id = $1`, id)
		r = Asked{Code: s.Keys.Receipt(requestCode, id), Title: row.EventTitle, Hid: row.Hid, DueOn: row.DueOn, Provisional: row.Provisional}
		return err
	})
	return r, err
}

func (s *Service) ask(ctx context.Context, tx postgres.Tx, now time.Time, in Asking) (string, error) {
	p, err := pictureByID(ctx, tx, in.Picture, ` for update of p`)
	if err != nil {
		return "", err
	}
	if p.EventNo != in.EventNo {
		return "", notFound()
	}
	if p.State == Hidden {
		return "", errs.New(errs.Conflict, "已经有人请求撤下这张照片，照片现在已不公开，民政局正在处理。不用再提。")
	}
	if p.State != Released {
		return "", notFound()
	}
	var decided, open bool
	if err := tx.QueryRow(ctx, `select exists (select from picture_request where picture_id = $1 and state = 'kept'),
		exists (select from picture_request where picture_id = $1 and state = 'open')`, p.ID).Scan(&decided, &open); err != nil {
		return "", err
	}
	if open {
		return "", errs.New(errs.Conflict, "已经有人请求撤下这张照片，民政局正在处理。请过几天再看。")
	}
	hid := in.Relation != "other" && !decided
	id, err := s.keepRequest(ctx, tx, now, in, hid)
	if err != nil {
		return "", err
	}
	if hid {
		if err := postgres.ExecOne(ctx, tx, `update event_picture set state = 'hidden', version = version + 1 where id = $1`, p.ID); err != nil {
			return "", err
		}
		if err := tell(ctx, tx, now, p.OrgID, "活动照片暂时遮下："+p.EventTitle, "有人请求撤下“"+p.EventTitle+"”的一张照片（"+p.Caption+"）。照片已先遮下，民政局处理以后告诉您。"); err != nil {
			return "", err
		}
	}
	if err := record(ctx, tx, now, "请求撤下照片的人", OwnerKind, p.EventID, "event.picture.ask", map[string]any{"picture": p.ID, "request": id, "hid": hid}); err != nil {
		return "", err
	}
	reviewers, err := account.ByRole(ctx, tx, authz.BureauReviewer, "")
	if err != nil {
		return "", err
	}
	return id.String(), notification.Send(ctx, tx, now, reviewers, notification.Message{Title: "请求撤下活动照片：" + p.EventTitle,
		Body: "有人请求撤下“" + p.EventTitle + "”（" + p.EventNo + "）的一张照片。请在“活动照片”里查看并决定。"})
}

func (s *Service) keepRequest(ctx context.Context, tx postgres.Tx, now time.Time, in Asking, hid bool) (id uuid.UUID, err error) {
	id = newID()
	reason, err := s.Keys.Seal(requestReason, id, in.Reason)
	if err != nil {
		return id, err
	}
	var phone []byte
	if in.Phone != "" {
		if phone, err = s.Keys.Seal(requestPhone, id, in.Phone); err != nil {
			return id, err
		}
	}
	edition, err := policy.EditionShown(ctx, tx, civil.On(now))
	if err != nil {
		return id, err
	}
	calendar, err := district.Calendar(ctx, tx)
	if err != nil {
		return id, err
	}
	due := calendar.Add(civil.On(now), edition.Params.Int(policy.PictureRemovalWD))
	_, err = tx.Exec(ctx, `insert into picture_request (id, picture_id, relation, reason_sealed, phone_sealed, receipt_index, hid, received_at, due_on, due_provisional)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		id, in.Picture, in.Relation, reason, phone, s.index(requestIndexOf, s.Keys.Receipt(requestCode, id)), hid, now, due.On, due.Provisional)
	return id, err
}

// Request is a request as the bureau sees it. Reason and Phone are opened one by
// one, see Open.
type Request struct {
	ID          uuid.UUID  `db:"id"`
	PictureID   uuid.UUID  `db:"picture_id"`
	EventNo     string     `db:"event_no"`
	EventTitle  string     `db:"event_title"`
	OrgID       uuid.UUID  `db:"org_id"`
	Caption     string     `db:"caption"`
	Relation    Relation   `db:"relation"`
	Reason      []byte     `db:"reason_sealed"`
	HasPhone    bool       `db:"has_phone"`
	Hid         bool       `db:"hid"`
	ReceivedAt  time.Time  `db:"received_at"`
	DueOn       civil.Date `db:"due_on"`
	Provisional bool       `db:"due_provisional"`
	State       string     `db:"state"`
	Outcome     string     `db:"outcome"`
	HandledAt   *time.Time `db:"handled_at"`
	Version     int        `db:"version"`
	Text        string     `db:"-"` // the reason in clear
	Picture     Picture    `db:"-"`
}

const requestSQL = `select r.id, r.picture_id, e.no as event_no, e.title as event_title, e.org_id, p.caption, r.relation, r.reason_sealed, r.phone_sealed is not null as has_phone,
		r.hid, r.received_at, r.due_on, r.due_provisional, r.state, r.outcome, r.handled_at, r.version
	from picture_request r join event_picture p on p.id = r.picture_id join event e on e.id = p.event_id`

func requests(ctx context.Context, q postgres.Querier) ([]Request, error) {
	return postgres.All[Request](ctx, q, requestSQL+` where r.state = 'open' order by r.due_on, r.id limit $1`, mostWaitingPictures)
}

// Request returns one request with its words; the phone stays sealed, see
// UnmaskPhone.
func (s *Service) Request(ctx context.Context, actor authz.Actor, id uuid.UUID) (r Request, err error) {
	if err := actor.Require(authz.PictureView); err != nil {
		return r, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if r, err = known(postgres.One[Request](ctx, q, requestSQL+` where r.id = $1`, id)); err != nil {
			return err
		}
		if r.Picture, err = pictureByID(ctx, q, r.PictureID, ""); err != nil {
			return err
		}
		r.Text, err = s.Keys.Open(requestReason, r.ID, r.Reason)
		return err
	})
	return r, err
}

// UnmaskPhone returns the phone of who asked, for a reason that is audited.
func (s *Service) UnmaskPhone(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string) (phone string, err error) {
	if err := actor.Require(authz.PictureJudge); err != nil {
		return "", err
	}
	if err := needReason(reason); err != nil {
		return "", err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		type row struct {
			Phone []byte    `db:"phone_sealed"`
			Event uuid.UUID `db:"event_id"`
		}
		r, err := known(postgres.One[row](ctx, tx, `select r.phone_sealed, p.event_id from picture_request r join event_picture p on p.id = r.picture_id
			where r.id = $1 and r.phone_sealed is not null`, id))
		if err != nil {
			return err
		}
		if phone, err = s.Keys.Open(requestPhone, id, r.Phone); err != nil {
			return err
		}
		return desk{tx: tx, now: now, actor: actor}.note(ctx, OwnerKind, r.Event, "event.picture.unmask", map[string]any{"request": id})
	})
	return phone, err
}

// Decide ends a request: the picture goes for good, or is public again.
func (s *Service) Decide(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, remove bool, outcome string) error {
	r, err := s.Request(ctx, actor, id)
	if err != nil {
		return err
	}
	return s.bureau(ctx, actor, r.PictureID, func(d desk, p Picture) error {
		var f errs.Faults
		f.Length("outcome", "答复", outcome, 5, 200)
		if err := f.Err(); err != nil {
			return err
		}
		state, word := "kept", "照片没有撤下，仍然公开。"
		if remove {
			state, word = "removed", "照片已撤下。"
		}
		tag, err := d.tx.Exec(ctx, `update picture_request set state = $3, outcome = $4, handled_at = $5, handled_by = $6, version = version + 1
			where id = $1 and version = $2 and state = 'open'`, id, version, state, outcome, d.now, actor.AccountID)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errs.New(errs.Conflict, "这个请求刚才已经有人处理了。")
		}
		if err := s.follow(ctx, d, p, remove, outcome); err != nil {
			return err
		}
		if err := d.note(ctx, OwnerKind, p.EventID, "event.picture.decide", map[string]any{"picture": p.ID, "request": id, "removed": remove}); err != nil {
			return err
		}
		return tell(ctx, d.tx, d.now, p.OrgID, "撤下照片的请求："+p.EventTitle, "“"+p.EventTitle+"”的一张照片（"+p.Caption+"）："+word+"答复："+outcome)
	})
}

// follow brings the picture to what was decided.
func (s *Service) follow(ctx context.Context, d desk, p Picture, remove bool, outcome string) error {
	switch {
	case remove && p.State != Removed:
		return s.remove(ctx, d, p, outcome, &d.actor.AccountID)
	case !remove && p.State == Hidden:
		return postgres.ExecOne(ctx, d.tx, `update event_picture set state = 'released', version = version + 1 where id = $1 and version = $2`, p.ID, p.Version)
	}
	return nil
}

// Progress returns what became of the request with a receipt; errs.Invalid at the
// field when there is none.
func (s *Service) Progress(ctx context.Context, code string) (r Request, err error) {
	index, err := s.lookup(requestIndexOf, code)
	if err != nil {
		return r, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err = postgres.One[Request](ctx, q, requestSQL+` where r.receipt_index = $1`, index)
		if errs.Is(err, errs.NotFound) {
			err = unknownCode()
		}
		return err
	})
	return r, err
}
