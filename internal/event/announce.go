package event

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// longestReason is how much of a reason the calendar holds.
const longestReason = 200

// Announce puts an activity that the actor's organization reported before (事前报备)
// on the calendar, in the caller's transaction: who reports does not enter it twice.
// errs.Invalid with the fields at fault.
func (s *Service) Announce(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, plan uuid.UUID, in Input) error {
	if err := s.check(ctx, tx, in, true); err != nil {
		return err
	}
	d := desk{tx: tx, now: now, actor: actor}
	e := Event{ID: newID(), OrgID: actor.OrgID, State: Draft, PlanID: plan}
	var err error
	if e.No, err = nextNo(ctx, d); err != nil {
		return err
	}
	if err := insertEvent(ctx, d, e, in); err != nil {
		return err
	}
	e.State, e.PublishedAt, e.Version = Planned, &now, 1
	if err := moveEvent(ctx, tx, now, e); err != nil {
		return err
	}
	return d.note(ctx, OwnerKind, e.ID, "event.announce", map[string]any{"no": e.No, "organization": actor.OrgID, "plan": plan})
}

// Recall cancels on the calendar what came from a plan that was taken back, in the
// caller's transaction. What took place, or was cancelled before, stays as it is.
func (s *Service) Recall(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, plan uuid.UUID, reason string) error {
	list, err := postgres.All[Event](ctx, tx, `select `+eventColumns+` from event e where e.plan_id = $1 and e.state = 'planned' for update`, plan)
	if err != nil {
		return err
	}
	for _, e := range list {
		e.State, e.EndedWhy = Cancelled, string([]rune(reason)[:min(utf8.RuneCountInString(reason), longestReason)])
		if err := moveEvent(ctx, tx, now, e); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, actor, audit.Entry{Subject: OwnerKind, SubjectID: e.ID.String(), Action: "event.cancel", Detail: map[string]any{"plan": plan}}); err != nil {
			return err
		}
	}
	return nil
}

// nextNo takes the next number of the year: HD-2026-0001.
func nextNo(ctx context.Context, d desk) (string, error) {
	year := civil.On(d.now).Year
	var serial int64
	if err := d.tx.QueryRow(ctx, `select next_number('HD', $1)`, year).Scan(&serial); err != nil {
		return "", err
	}
	return fmt.Sprintf("HD-%d-%04d", year, serial), nil
}
