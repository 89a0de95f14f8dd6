package policy

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// SubmitEdition hands a draft in for approval. What Params.Faults finds, each at
// its parameter, keeps it back.
func (k *Desk) SubmitEdition(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return k.decideEdition(ctx, actor, authz.PolicyEdit, id, version, Draft, func(tx postgres.Tx, now time.Time, d Document, e Edition) error {
		if err := ready(ctx, tx, d, e); err != nil {
			return err
		}
		if err := setEditionStatus(ctx, tx, now, e.EditionFacts, Submitted, actor.PersonID); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, EditionID: e.ID, Action: Submit})
	})
}

// ready checks what an edition must be when it is handed in and when it is
// approved: the document may have changed in between.
func ready(ctx context.Context, tx postgres.Tx, d Document, e Edition) error {
	paths, err := articlePaths(ctx, tx, d.ID)
	if err != nil {
		return err
	}
	f := EditionInput{Label: e.Label, From: e.EffectiveFrom, To: e.EffectiveTo, Reason: e.Reason}.faults(d)
	return errs.Fields(append(f, e.Params.Faults(paths)...))
}

// ApproveEdition puts an edition into force from its first day and ends the one
// before it on the day before, in the same transaction.
func (k *Desk) ApproveEdition(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return k.decideEdition(ctx, actor, authz.PolicyApprove, id, version, Submitted, func(tx postgres.Tx, now time.Time, d Document, e Edition) error {
		if err := serial(ctx, tx); err != nil {
			return err
		}
		if err := twoPersons(ctx, tx, actor, d.ID, e.ID); err != nil {
			return err
		}
		if d.Status != Approved {
			return errs.Newf(errs.Conflict, "《%s》还没有签批。先签批文件，再签批它的参数。", d.Title)
		}
		if err := ready(ctx, tx, d, e); err != nil {
			return err
		}
		if err := succeed(ctx, tx, now, actor, e.EditionFacts); err != nil {
			return err
		}
		if err := setEditionStatus(ctx, tx, now, e.EditionFacts, Approved, actor.PersonID); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, EditionID: e.ID, Action: Approve})
	})
}

// succeed ends the edition before e.
func succeed(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, e EditionFacts) error {
	before, err := approvedOver(ctx, tx, e.Span())
	if err != nil {
		return err
	}
	if message := inTheWay(e, before, civil.On(now)); message != "" {
		return errs.New(errs.Conflict, message)
	}
	last := e.EffectiveFrom.AddDays(-1)
	for _, o := range before {
		if err := endEdition(ctx, tx, o, last); err != nil {
			return err
		}
		c := Change{DocumentID: o.DocumentID, EditionID: o.ID, Action: End, Before: map[string]any{"to": o.EffectiveTo}, After: map[string]any{"to": last},
			Reason: "由“" + e.Label + "”接替"}
		if err := record(ctx, tx, now, actor, c); err != nil {
			return err
		}
	}
	return nil
}

// inTheWay says why e cannot follow the approved editions that share days with
// it, "" when it can. Days on which something may have been decided already are
// not decided anew, and no day is left without parameters that has them now.
func inTheWay(e EditionFacts, before []EditionFacts, today civil.Date) string {
	for _, o := range before {
		switch {
		case !o.EffectiveFrom.Before(e.EffectiveFrom):
			return fmt.Sprintf("“%s”（%s）已经签批，和这一版重叠。退回这一版，把最后一天改到%s或更早，或者改成接在它后面。", o.Label, o.Span(), o.EffectiveFrom.AddDays(-1).Chinese())
		case !e.EffectiveFrom.After(today):
			return fmt.Sprintf("%s起已经按“%s”受理，不能倒回去改。退回这一版，把起始日期改到%s或以后。", e.EffectiveFrom.Chinese(), o.Label, today.AddDays(1).Chinese())
		case !e.EffectiveTo.IsZero() && (o.EffectiveTo.IsZero() || o.EffectiveTo.After(e.EffectiveTo)):
			return fmt.Sprintf("“%s”原来适用到更晚，这一版到%s为止，以后的日子会没有参数。退回这一版，把最后一天留空或改到更晚。", o.Label, e.EffectiveTo.Chinese())
		}
	}
	return ""
}

// ReturnEdition sends an edition back to its author with a reason.
func (k *Desk) ReturnEdition(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return k.dropEdition(ctx, actor, authz.PolicyApprove, id, version, Submitted, Draft, Return, reason)
}

// DiscardEdition gives a draft up; it stays in the history.
func (k *Desk) DiscardEdition(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	return k.dropEdition(ctx, actor, authz.PolicyEdit, id, version, Draft, Discarded, Discard, reason)
}

func (k *Desk) dropEdition(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, version int, from, to Status, a Action, reason string) error {
	return k.decideEdition(ctx, actor, p, id, version, from, func(tx postgres.Tx, now time.Time, d Document, e Edition) error {
		if err := needReason(reason); err != nil {
			return err
		}
		if err := setEditionStatus(ctx, tx, now, e.EditionFacts, to, uuid.Nil); err != nil {
			return err
		}
		return record(ctx, tx, now, actor, Change{DocumentID: d.ID, EditionID: e.ID, Action: a, Reason: reason})
	})
}
