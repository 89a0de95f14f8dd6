package event

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Announce puts a plan that an organization told of before (事前报备) on the
// calendar, in the transaction that files it. What the plan says was checked there.
func Announce(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, org, plan uuid.UUID, in Input) error {
	e := Event{ID: newID(), OrgID: org, State: Planned, PlanID: plan, PublishedAt: &now}
	var err error
	if e.No, err = newNumber(ctx, tx, now); err != nil {
		return err
	}
	if err := insertEvent(ctx, tx, now, actor, e, in); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: OwnerKind, SubjectID: e.ID.String(), Action: "event.publish",
		Detail: map[string]any{"no": e.No, "organization": org, "plan": plan}})
}

// Retract cancels what came of a plan that was taken back, if it is still to come.
func Retract(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, plan uuid.UUID, reason string) error {
	e, err := postgres.One[Event](ctx, tx, `select `+eventColumns+` from event e where e.plan_id = $1 and e.state = 'planned' for update`, plan)
	if errs.Is(err, errs.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if r := []rune(reason); len(r) > 200 {
		reason = string(r[:200])
	}
	e.State, e.EndedWhy = Cancelled, reason
	if err := moveEvent(ctx, tx, now, e); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: OwnerKind, SubjectID: e.ID.String(), Action: "event.cancel", Detail: map[string]any{"plan": plan}})
}

// OfPlan is the number of the activity that came of a plan, "" for none that
// everyone sees.
func OfPlan(ctx context.Context, q postgres.Querier, plan uuid.UUID) (no string, err error) {
	err = q.QueryRow(ctx, `select coalesce((select no from event where plan_id = $1 and state in ('planned', 'held', 'cancelled')), '')`, plan).Scan(&no)
	return no, err
}
