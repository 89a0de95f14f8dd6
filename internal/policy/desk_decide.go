package policy

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// SubmitDocument hands a draft in for approval. It needs articles, days of force
// that no other policy has, and, for rules, an approved policy in force on their
// first day.
func (k *Desk) SubmitDocument(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return k.decideDocument(ctx, actor, authz.PolicyEdit, id, version, Draft, func(tx postgres.Tx, now time.Time, d Document) error {
		list, err := Articles(ctx, tx, d.ID)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errs.FieldError("articles", "条文", "还没有条文。粘贴全文或逐条填写，再提交")
		}
		if err := fits(ctx, tx, d); err != nil {
			return err
		}
		if err := setDocumentStatus(ctx, tx, now, d, Submitted, actor.PersonID); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Submit})
	})
}

// ApproveDocument puts a document into the public list, in force on its days.
func (k *Desk) ApproveDocument(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return k.decideDocument(ctx, actor, authz.PolicyApprove, id, version, Submitted, func(tx postgres.Tx, now time.Time, d Document) error {
		if err := serial(ctx, tx); err != nil {
			return err
		}
		if err := twoPersons(ctx, tx, actor, d.ID, uuid.Nil); err != nil {
			return err
		}
		if err := fits(ctx, tx, d); err != nil {
			return err
		}
		if err := setDocumentStatus(ctx, tx, now, d, Approved, actor.PersonID); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Approve})
	})
}

// ReturnDocument sends a document back to its author with a reason.
func (k *Desk) ReturnDocument(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return k.decideDocument(ctx, actor, authz.PolicyApprove, id, version, Submitted, func(tx postgres.Tx, now time.Time, d Document) error {
		if err := needReason(reason); err != nil {
			return err
		}
		if err := setDocumentStatus(ctx, tx, now, d, Draft, uuid.Nil); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Return, Reason: reason})
	})
}

// DiscardDocument gives a draft up; it stays in the history.
func (k *Desk) DiscardDocument(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return k.decideDocument(ctx, actor, authz.PolicyEdit, id, version, Draft, func(tx postgres.Tx, now time.Time, d Document) error {
		if err := needReason(reason); err != nil {
			return err
		}
		if err := setDocumentStatus(ctx, tx, now, d, Discarded, uuid.Nil); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, Action: Discard, Reason: reason})
	})
}

func (k *Desk) decideDocument(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, version int, from Status,
	fn func(tx postgres.Tx, now time.Time, d Document) error) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	return k.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		d, err := documentForUpdate(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case d.Status != from:
			return errs.Newf(errs.Conflict, "《%s》现在是“%s”，不能这样办。请重新打开页面。", d.Title, d.Status.Name())
		case d.Version != version:
			return stale()
		}
		return fn(tx, now, d)
	})
}

// fits checks what must hold when a document is handed in and when it is
// approved: the other documents may have changed in between.
func fits(ctx context.Context, tx postgres.Tx, d Document) error {
	if d.Kind == KindRules {
		p, err := documentByID(ctx, tx, d.UnderID)
		switch {
		case err != nil:
			return err
		case p.Status != Approved:
			return errs.FieldError("under", "依据的政策文件", fmt.Sprintf("《%s》还没有签批。先签批政策文件，再签批它的实施细则", p.Title))
		case !p.Span().Contains(d.EffectiveFrom):
			return errs.FieldError("from", "施行日期", fmt.Sprintf("%s不在《%s》的有效期（%s）内。核对施行日期", d.EffectiveFrom.Chinese(), p.Title, p.Period()))
		}
		return nil
	}
	others, err := overlapping(ctx, tx, d.Span(), d.ID)
	if err != nil || len(others) == 0 {
		return err
	}
	o := others[0]
	return errs.FieldError("from", "施行日期", fmt.Sprintf("和《%s》（%s）的有效期重叠，一天只能有一份有效的政策文件。先给那份文件设定最后一天，或改这份的日期", o.Title, o.Period()))
}
