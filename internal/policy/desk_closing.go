package policy

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Closing is a proposal to end, archive or mark as revised a document that was
// approved. A zero value leaves that part as it is.
type Closing struct {
	ID            uuid.UUID  `db:"id"`
	DocumentID    uuid.UUID  `db:"document_id"`
	LastDay       civil.Date `db:"last_day"`
	ArchivedOn    civil.Date `db:"archived_on"`
	RevisedByID   uuid.UUID  `db:"revised_by_id"`
	Reason        string     `db:"reason"`
	State         string     `db:"state"` // proposed, approved, refused
	ProposedBy    uuid.UUID  `db:"proposed_by"`
	ProposedName  string     `db:"proposed_name"`
	ProposedAt    time.Time  `db:"proposed_at"`
	DecidedReason string     `db:"decided_reason"`
	Version       int        `db:"version"`
}

// Open reports whether the proposal waits for a leader.
func (c Closing) Open() bool { return c.State == "proposed" }

const closingColumns = `id, document_id, last_day, archived_on, coalesce(revised_by_id, ` + zeroID + `) as revised_by_id, reason, state,
	proposed_by, proposed_name, proposed_at, decided_reason, version`

// faults says what speaks against a closing of d today; other is the document
// that is said to have revised it, nil when none is.
func (c Closing) faults(d Document, other *Document, today civil.Date) []errs.Field {
	var f []errs.Field
	fail := func(name, label, message string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: message})
	}
	end := d.EffectiveTo
	switch {
	case c.LastDay.IsZero():
	case d.ForceOn(today) == Lapsed || d.ForceOn(today) == Revised:
		fail("last_day", "最后一天", fmt.Sprintf("这份文件到%s为止，已经失效。这一项留空", d.EffectiveTo.Chinese()))
	case c.LastDay.Before(today):
		fail("last_day", "最后一天", c.LastDay.Chinese()+"已经过去。填今天或以后的日期：已经受理的日子不能倒回去失效")
	case c.LastDay.Before(d.EffectiveFrom):
		fail("last_day", "最后一天", fmt.Sprintf("早于施行日期%s。填施行日期或以后的日期", d.EffectiveFrom.Chinese()))
	case !end.IsZero() && c.LastDay.After(end):
		fail("last_day", "最后一天", fmt.Sprintf("晚于现在的最后一天%s。延长有效期要录入延期的文件", end.Chinese()))
	default:
		end = c.LastDay
	}
	switch {
	case c.ArchivedOn.IsZero():
	case end.IsZero():
		fail("archived_on", "归档日期", "还没有最后一天的文件不能归档。先设定最后一天")
	case !c.ArchivedOn.After(end):
		fail("archived_on", "归档日期", fmt.Sprintf("归档在失效以后。填%s以后的日期", end.Chinese()))
	case c.ArchivedOn.After(today):
		fail("archived_on", "归档日期", c.ArchivedOn.Chinese()+"还没到。归档以后再来记")
	}
	switch {
	case other == nil:
	case end.IsZero():
		fail("revised_by", "修订它的文件", "还有效的文件不能标为已修订。同时设定最后一天")
	case other.Kind != d.Kind || other.ID == d.ID || other.Status == Discarded:
		fail("revised_by", "修订它的文件", "选的文件不能修订这一份。从列出的几份里选")
	case !other.EffectiveFrom.After(end):
		fail("revised_by", "修订它的文件", fmt.Sprintf("《%s》自%s起施行，早于这份文件的最后一天%s。核对日期", other.Title, other.EffectiveFrom.Chinese(), end.Chinese()))
	}
	if c.LastDay.IsZero() && c.ArchivedOn.IsZero() && other == nil {
		fail("last_day", "最后一天", "还没有要改的内容。填最后一天、归档日期，或选修订它的文件")
	}
	return append(f, reasonFaults(c.Reason)...)
}

// ProposeClosing hands in a closing. token is the form's. A second one while one
// waits is errs.Conflict.
func (k *Desk) ProposeClosing(ctx context.Context, actor authz.Actor, token string, c Closing) error {
	if err := actor.Require(authz.PolicyEdit); err != nil {
		return err
	}
	return k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			d, err := documentForUpdate(ctx, tx, c.DocumentID)
			if err != nil {
				return "", err
			}
			if err := closable(ctx, tx, d, c, civil.On(now)); err != nil {
				return "", err
			}
			c.ID = newID()
			_, err = tx.Exec(ctx, `insert into policy_closing (id, document_id, last_day, archived_on, revised_by_id, reason, proposed_by, proposed_name, proposed_at)
				values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				c.ID, d.ID, c.LastDay, c.ArchivedOn, orNull(c.RevisedByID), c.Reason, actor.PersonID, actor.Name, now)
			if postgres.Violates(err, "policy_closing_one_open") {
				return "", errs.Wrap(errs.Conflict, "这份文件已经有一项变更等着签批。签批或退回以后再提。", err)
			}
			if err != nil {
				return "", err
			}
			return c.ID.String(), record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Propose, After: c.shown(), Reason: c.Reason})
		})
		return err
	})
}

func (c Closing) shown() map[string]any {
	m := map[string]any{}
	if !c.LastDay.IsZero() {
		m["last_day"] = c.LastDay
	}
	if !c.ArchivedOn.IsZero() {
		m["archived_on"] = c.ArchivedOn
	}
	if c.RevisedByID != uuid.Nil {
		m["revised_by"] = c.RevisedByID
	}
	return m
}

func closable(ctx context.Context, tx postgres.Tx, d Document, c Closing, today civil.Date) error {
	if d.Status != Approved {
		return errs.Newf(errs.Conflict, "《%s》%s。签批以后才有变更可提。", d.Title, d.Status.Name())
	}
	var other *Document
	if c.RevisedByID != uuid.Nil {
		o, err := documentByID(ctx, tx, c.RevisedByID)
		if errs.Is(err, errs.NotFound) {
			return errs.FieldError("revised_by", "修订它的文件", "没有这份文件。从列出的几份里选")
		}
		if err != nil {
			return err
		}
		other = &o
	}
	return errs.Fields(c.faults(d, other, today))
}

// ApproveClosing carries a proposal out: the document gets its end, and with it
// the editions that reach beyond.
func (k *Desk) ApproveClosing(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return k.decideClosing(ctx, actor, id, version, func(tx postgres.Tx, now time.Time, d Document, c Closing) error {
		if c.ProposedBy == actor.PersonID {
			return errs.New(errs.Forbidden, "这项变更是您提的，不能自己签批。请由另一位局领导签批。")
		}
		if err := serial(ctx, tx); err != nil {
			return err
		}
		if err := closable(ctx, tx, d, c, civil.On(now)); err != nil {
			return err
		}
		if err := closeAs(ctx, tx, now, c, "approved", actor.PersonID, ""); err != nil {
			return err
		}
		if err := postgres.ExecOne(ctx, tx, `update policy_document set effective_to = coalesce($3, effective_to),
			archived_on = coalesce($4, archived_on), revised_by_id = coalesce($5, revised_by_id), version = version + 1
			where id = $1 and version = $2`, d.ID, d.Version, c.LastDay, c.ArchivedOn, orNull(c.RevisedByID)); err != nil {
			return err
		}
		if err := record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: End, After: c.shown(), Reason: c.Reason}); err != nil {
			return err
		}
		if c.LastDay.IsZero() {
			return nil
		}
		return cutEditions(ctx, tx, now, actor, d, c.LastDay)
	})
}

// cutEditions ends the approved editions of a document on its last day; those
// that would begin later never hold.
func cutEditions(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, d Document, last civil.Date) error {
	list, err := approvedOver(ctx, tx, Span{From: last.AddDays(1)})
	if err != nil {
		return err
	}
	for _, e := range list {
		if e.DocumentID != d.ID {
			continue
		}
		c := Change{DocumentID: d.ID, EditionID: e.ID, Action: End, Before: map[string]any{"to": e.EffectiveTo}, After: map[string]any{"to": last}}
		if e.EffectiveFrom.After(last) {
			c.Action = Voided
			err = setEditionStatus(ctx, tx, now, e, Void, uuid.Nil)
		} else {
			err = endEdition(ctx, tx, e, last)
		}
		if err != nil {
			return err
		}
		if err := record(ctx, tx, now, actor, c); err != nil {
			return err
		}
	}
	return nil
}

// RefuseClosing turns a proposal down with a reason.
func (k *Desk) RefuseClosing(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return k.decideClosing(ctx, actor, id, version, func(tx postgres.Tx, now time.Time, d Document, c Closing) error {
		if err := needReason(reason); err != nil {
			return err
		}
		if c.ProposedBy == actor.PersonID {
			return errs.New(errs.Forbidden, "这项变更是您提的，由另一位局领导决定。")
		}
		if err := closeAs(ctx, tx, now, c, "refused", actor.PersonID, reason); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Refuse, After: c.shown(), Reason: reason})
	})
}

func (k *Desk) decideClosing(ctx context.Context, actor authz.Actor, id uuid.UUID, version int,
	fn func(tx postgres.Tx, now time.Time, d Document, c Closing) error) error {
	if err := actor.Require(authz.PolicyApprove); err != nil {
		return err
	}
	return k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		c, err := closingByID(ctx, tx, id)
		if err != nil {
			return err
		}
		d, err := documentForUpdate(ctx, tx, c.DocumentID)
		switch {
		case err != nil:
			return err
		case !c.Open():
			return errs.New(errs.Conflict, "这项变更已经决定过了。请重新打开页面。")
		case c.Version != version:
			return stale()
		}
		return fn(tx, now, d, c)
	})
}

func closingByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Closing, error) {
	return postgres.One[Closing](ctx, q, `select `+closingColumns+` from policy_closing where id = $1`, id)
}

func closeAs(ctx context.Context, tx postgres.Tx, now time.Time, c Closing, state string, person uuid.UUID, reason string) error {
	return postgres.ExecOne(ctx, tx, `update policy_closing set state = $3, decided_by = $4, decided_at = $5, decided_reason = $6, version = version + 1
		where id = $1 and version = $2 and state = 'proposed'`, c.ID, c.Version, state, person, now, reason)
}
