package ledger

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// HoldInput keeps money back: of a case, or of everything an organization is to
// get, those of later cases included. Exactly one of the two is given.
type HoldInput struct {
	CaseID         uuid.UUID
	OrganizationID uuid.UUID
	Source         string // who asked for it, or on what ground: 监督检查 JC-2026-0003
	Reason         string
}

// PlaceHold places a hold (冻结) in the caller's transaction, who has checked
// that the actor may. It waits for a payment step under way, and no step passes
// after it. What is missing is errs.Invalid at the field.
func (s *Service) PlaceHold(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, in HoldInput) (uuid.UUID, error) {
	var f faults
	f.length("source", "依据", in.Source, 2, 60)
	f.length("reason", "理由", in.Reason, 5, 300)
	if err := errs.Fields(f); err != nil {
		return uuid.Nil, err
	}
	id := newID()
	if err := insertHold(ctx, tx, now, actor, id, in); err != nil {
		return uuid.Nil, err
	}
	return id, noteHold(ctx, tx, now, actor, "ledger.hold.place", id, in.CaseID, in.OrganizationID)
}

// LiftHold ends a hold in the caller's transaction; it stays in the history. One
// that is lifted already, or a stale version, is errs.Conflict.
func (s *Service) LiftHold(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	if err := reasonFault(reason, 5); err != nil {
		return err
	}
	h, err := holdByID(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case !h.InForce() || h.Version != version:
		return stale()
	}
	if err := liftHold(ctx, tx, now, actor, h, strings.TrimSpace(reason)); err != nil {
		return err
	}
	return noteHold(ctx, tx, now, actor, "ledger.hold.lift", id, orNil(h.CaseID), orNil(h.OrganizationID))
}

// Freeze is PlaceHold by hand, in a transaction of its own.
func (s *Service) Freeze(ctx context.Context, actor authz.Actor, token string, in HoldInput) error {
	if err := officer(actor, authz.FundHold); err != nil {
		return err
	}
	return told(s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if in.CaseID != uuid.Nil {
			if err := lockCase(ctx, tx, in.CaseID); err != nil {
				return err
			}
		}
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) {
			id, err := s.PlaceHold(ctx, tx, now, actor, in)
			return id.String(), err
		})
		return err
	}))
}

// Unfreeze is LiftHold by hand, in a transaction of its own.
func (s *Service) Unfreeze(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, reason string) error {
	if err := officer(actor, authz.FundHold); err != nil {
		return err
	}
	return told(s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		return s.LiftHold(ctx, tx, now, actor, id, version, reason)
	}))
}

// noteHold records a hold with what it holds.
func noteHold(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, action string, id, caseID, orgID uuid.UUID) error {
	subject, of := "case", caseID
	if orgID != uuid.Nil {
		subject, of = "organization", orgID
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: subject, SubjectID: of.String(), Action: action,
		Detail: map[string]any{"hold": id.String()}})
}

func orNil(id *uuid.UUID) uuid.UUID {
	if id == nil {
		return uuid.Nil
	}
	return *id
}
