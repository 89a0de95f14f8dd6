package notice

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Objection is an objection as the office that handles it sees it. Who made it
// is not in it.
type Objection struct {
	ID             uuid.UUID      `db:"id"`
	NoticeID       uuid.UUID      `db:"notice_id"`
	NoticeNo       string         `db:"no"`
	Title          string         `db:"title"`
	ItemID         uuid.UUID      `db:"item_id"`
	Ordinal        int            `db:"ordinal"`
	CaseNo         string         `db:"case_no"`
	CaseID         uuid.UUID      `db:"case_id"`
	Organization   string         `db:"organization_name"`
	HasName        bool           `db:"has_name"`
	HasPhone       bool           `db:"has_phone"`
	Files          int            `db:"files"`
	ReceivedAt     time.Time      `db:"received_at"`
	DueOn          civil.Date     `db:"due_on"`
	DueProvisional bool           `db:"due_provisional"`
	DueWD          int            `db:"due_wd"` // working days to handle it, from the edition of its case
	State          ObjectionState `db:"state"`
	Finding        string         `db:"finding"`
	Outcome        string         `db:"outcome"`
	HandledAt      *time.Time     `db:"handled_at"`
	HandlerName    string         `db:"handler_name"`
	Version        int            `db:"version"`
}

// ItemName names the item: 第 2 项 六联社区互助会.
func (o Objection) ItemName() string { return fmt.Sprintf("第 %d 项 %s", o.Ordinal, o.Organization) }

const objectionSQL = `
	select o.id, o.notice_id, coalesce(n.no, '') as no, coalesce(t.title, '') as title, o.item_id, i.ordinal, i.case_no, i.case_id,
		i.organization_name, o.name_sealed is not null as has_name, o.phone_sealed is not null as has_phone, o.files, o.received_at,
		o.due_on, o.due_provisional, o.due_wd, o.state, o.finding, o.outcome, o.handled_at, o.handler_name, o.version
	from notice_objection o join notice n on n.id = o.notice_id join notice_item i on i.id = o.item_id
		left join lateral (select title from notice_manuscript where notice_id = n.id and state = 'issued' order by seq desc limit 1) t on true`

func objectionByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Objection, error) {
	return postgres.One[Objection](ctx, q, objectionSQL+` where o.id = $1`, id)
}

func itemByOrdinal(ctx context.Context, q postgres.Querier, no string, ordinal int) (id uuid.UUID, err error) {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	r, err := postgres.One[row](ctx, q, `select i.id from notice_item i join notice n on n.id = i.notice_id
		where n.no = $1 and i.ordinal = $2 and n.first_published_at is not null`, no, ordinal)
	return r.ID, err
}

func sameObjection(ctx context.Context, q postgres.Querier, item uuid.UUID, contact, content []byte) (uuid.UUID, error) {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	rows, err := postgres.All[row](ctx, q, `select id from notice_objection where item_id = $1 and contact_index = $2 and content_index = $3`, item, contact, content)
	if err != nil || len(rows) == 0 {
		return uuid.Nil, err
	}
	return rows[0].ID, nil
}

// closeMoot ends the open objections of a notice that is withdrawn.
func closeMoot(ctx context.Context, tx postgres.Tx, now time.Time, notice uuid.UUID) error {
	_, err := tx.Exec(ctx, `update notice_objection set state = 'moot', handled_at = $2, version = version + 1
		where notice_id = $1 and state = 'open'`, notice, now)
	return err
}

// Queue is the objections of the office, those to be handled first by deadline.
type Queue struct {
	Moment
	Open []Objection
	Done []Objection // the latest
}

// Objections lists what is to be handled. It needs authz.ObjectionView.
func (s *Service) Objections(ctx context.Context, actor authz.Actor) (out Queue, err error) {
	if err := actor.Require(authz.ObjectionView); err != nil {
		return out, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if out.Moment, err = moment(ctx, q, now); err != nil {
			return err
		}
		if out.Open, err = postgres.All[Objection](ctx, q, objectionSQL+` where o.state = 'open' order by o.due_on, o.id limit 200`); err != nil {
			return err
		}
		out.Done, err = postgres.All[Objection](ctx, q, objectionSQL+` where o.state <> 'open' order by o.handled_at desc, o.id limit 20`)
		return err
	})
	return out, err
}

// Dossier is one objection with what it says.
type Dossier struct {
	Objection
	Moment
	Content  string
	Evidence []attachment.Attachment
	May      error // why the actor cannot handle it, nil when they can
}

// Objection returns one objection. It needs authz.ObjectionView.
func (s *Service) Objection(ctx context.Context, actor authz.Actor, id uuid.UUID) (d Dossier, err error) {
	if err := actor.Require(authz.ObjectionView); err != nil {
		return d, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if d.Objection, err = objectionByID(ctx, q, id); errs.Is(err, errs.NotFound) {
			return noObjection()
		} else if err != nil {
			return err
		}
		if d.Moment, err = moment(ctx, q, now); err != nil {
			return err
		}
		if d.Content, err = s.unseal(ctx, q, id, contentContext, "content_sealed"); err != nil {
			return err
		}
		if d.Evidence, err = s.Attachments.History(ctx, q, attachment.Owner{Kind: OwnerKind, ID: id}); err != nil {
			return err
		}
		d.May = mayHandle(ctx, q, actor, d.Objection)
		if k := errs.KindOf(d.May); d.May != nil && k != errs.Forbidden && k != errs.Conflict {
			return d.May
		}
		return nil
	})
	return d, err
}

// Evidence opens a file of an objection. It needs authz.ObjectionView.
func (s *Service) Evidence(ctx context.Context, actor authz.Actor, objection, file uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	if err := actor.Require(authz.ObjectionView); err != nil {
		return a, nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		a, content, err = s.Attachments.Open(ctx, q, attachment.Owner{Kind: OwnerKind, ID: objection}, file)
		return err
	})
	return a, content, err
}

// mayHandle says why an actor cannot decide an objection: who signed the notice,
// or the case, does not judge what is said against it.
func mayHandle(ctx context.Context, q postgres.Querier, actor authz.Actor, o Objection) error {
	if err := actor.Require(authz.ObjectionHandle); err != nil {
		return err
	}
	if o.State != ObjectionOpen {
		return errs.Newf(errs.Conflict, "这件异议已经处理过，结果是“%s”。", o.State.Name())
	}
	if actor.PersonID == uuid.Nil {
		return errs.New(errs.Forbidden, "您的账号没有登记本人身份，不能处理异议。请联系系统管理员。")
	}
	var signer bool
	err := q.QueryRow(ctx, `select
		exists (select from notice_release r join notice_manuscript m on m.id = r.manuscript_id
			where m.notice_id = $1 and r.step = 'signed' and r.person_id = $3)
		or exists (select from case_event where case_id = $2 and action = 'sign' and person_id = $3)`, o.NoticeID, o.CaseID, actor.PersonID).Scan(&signer)
	if err != nil {
		return err
	}
	if signer {
		return errs.New(errs.Forbidden, "这份公示或这一件由您签发，对它的异议要由另一位同事处理。")
	}
	return nil
}

func (s *Service) unseal(ctx context.Context, q postgres.Querier, id uuid.UUID, column, from string) (string, error) {
	type row struct {
		Sealed []byte `db:"sealed"`
	}
	r, err := postgres.One[row](ctx, q, `select `+from+` as sealed from notice_objection where id = $1`, id)
	if err != nil || r.Sealed == nil {
		return "", err
	}
	return s.Keys.Open(column, id, r.Sealed)
}

// Contact is who made an objection.
type Contact struct{ Name, Phone string }

// Unmask returns who made an objection, to who handles it, and records that they
// looked and why. It needs authz.ObjectionHandle.
func (s *Service) Unmask(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string) (c Contact, err error) {
	if err := actor.Require(authz.ObjectionHandle); err != nil {
		return c, err
	}
	if err := reasonFault(reason, 5); err != nil {
		return c, err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := objectionByID(ctx, tx, id)
		if errs.Is(err, errs.NotFound) {
			return noObjection()
		}
		if err != nil {
			return err
		}
		if err := mayHandle(ctx, tx, actor, o); err != nil {
			return err
		}
		if c, err = s.contact(ctx, tx, id); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, o.NoticeID, "notice.objection.unmask", map[string]any{"objection": id, "reason": reason})
	})
	return c, err
}

func (s *Service) contact(ctx context.Context, q postgres.Querier, id uuid.UUID) (c Contact, err error) {
	if c.Name, err = s.unseal(ctx, q, id, nameContext, "name_sealed"); err != nil {
		return c, err
	}
	c.Phone, err = s.unseal(ctx, q, id, phoneContext, "phone_sealed")
	return c, err
}

// Outcome is the answer to an objection.
type Outcome struct {
	Upheld  bool
	Finding string // what was found out, for the office
	Reason  string // published with the notice, without identity
}

// CheckOutcome says what is wrong with an answer, errs.Invalid.
func CheckOutcome(o Outcome) error {
	var f []errs.Field
	if n := utf8.RuneCountInString(strings.TrimSpace(o.Finding)); n < 10 || n > 2000 {
		f = append(f, errs.Field{Name: "finding", Label: "查明的情况", Message: fmt.Sprintf("写 10 到 2000 个字，现在是 %d 个字。这一栏不公开", n)})
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(o.Reason)); n < 10 || n > 500 {
		f = append(f, errs.Field{Name: "reason", Label: "公开的理由", Message: fmt.Sprintf("写 10 到 500 个字，现在是 %d 个字。这一栏会公开", n)})
	}
	f = append(f, errs.FieldsOf(public("reason", "公开的理由", o.Reason))...)
	return errs.Fields(f)
}

// Decide answers an objection. Dismissing the last open one gives the item back
// to the clock; upholding one takes the item out, and with it every other
// objection to it. It needs authz.ObjectionHandle and somebody who signed neither
// the notice nor the case.
func (s *Service) Decide(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string, out Outcome) error {
	if err := actor.Require(authz.ObjectionHandle); err != nil {
		return err
	}
	if err := CheckOutcome(out); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) { return id.String(), s.decide(ctx, tx, now, actor, id, version, out) })
		return err
	})
}

func (s *Service) decide(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, version int, out Outcome) error {
	o, err := objectionByID(ctx, tx, id)
	if errs.Is(err, errs.NotFound) {
		return noObjection()
	}
	if err != nil {
		return err
	}
	n, item, err := holdItem(ctx, tx, o.ItemID)
	if err != nil {
		return err
	}
	if o, err = objectionByID(ctx, tx, id); err != nil { // as it is under the lock
		return err
	}
	if err := mayHandle(ctx, tx, actor, o); err != nil {
		return err
	}
	if o.Version != version {
		return errs.New(errs.Conflict, "这件异议在您打开页面之后又有了变化。核对最新内容后再办。")
	}
	if err := s.anonymous(ctx, tx, id, out); err != nil {
		return err
	}
	state, to, reaction := ObjectionDismissed, Open, dismissed
	if out.Upheld {
		state, to, reaction = ObjectionUpheld, Upheld, upheld
	}
	more, err := closeObjections(ctx, tx, now, actor, o, state, out)
	if err != nil {
		return err
	}
	if more == 0 {
		if err := moveItem(ctx, tx, now, &item, to); err != nil {
			return err
		}
		if err := s.react(ctx, tx, now, actor, n.Kind, reaction, item); err != nil {
			return err
		}
	}
	return record(ctx, tx, now, actor, n.ID, "notice.objection.decide", map[string]any{"objection": id, "item": item.Ordinal, "outcome": state})
}

// anonymous refuses a published reason that names who objected.
func (s *Service) anonymous(ctx context.Context, q postgres.Querier, id uuid.UUID, out Outcome) error {
	c, err := s.contact(ctx, q, id)
	if err != nil {
		return err
	}
	if c.Name != "" && strings.Contains(out.Reason, c.Name) || c.Phone != "" && strings.Contains(out.Reason, c.Phone) {
		return errs.FieldError("reason", "公开的理由", "公开的理由里有异议人的姓名或电话。删去，写成“异议人”")
	}
	return nil
}

// closeObjections writes the answer and returns how many objections to the item
// stay open. An upheld one answers all others to the same item.
func closeObjections(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Objection, state ObjectionState, out Outcome) (more int, err error) {
	which := `id = $1`
	if state == ObjectionUpheld {
		which = `item_id = (select item_id from notice_objection where id = $1) and state = 'open'`
	}
	_, err = tx.Exec(ctx, `update notice_objection set state = $2, finding = $3, outcome = $4, handled_at = $5, handled_by = $6, handler_person = $7,
		handler_name = $8, version = version + 1 where `+which,
		o.ID, state, strings.TrimSpace(out.Finding), strings.TrimSpace(out.Reason), now, actor.AccountID, actor.PersonID, actor.Name)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRow(ctx, `select count(*) from notice_objection where item_id = $1 and state = 'open'`, o.ItemID).Scan(&more)
	return more, err
}

func noObjection() error {
	return errs.New(errs.NotFound, "没有找到这件异议。可能编号有误，或不在您能查看的范围内。")
}
