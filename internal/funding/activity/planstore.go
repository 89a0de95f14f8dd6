package activity

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const plansSQL = `
	select p.id, o.id as organization_id, o.name as organization, p.title, p.theme, p.held_on, p.starts, p.ends, p.community, p.place, p.target,
		p.expected, p.budget_fen, p.intro, p.open, p.filed_at, p.filer_name, p.community_noted_at, p.community_noter, p.community_note,
		p.subdistrict_noted_at, p.subdistrict_noter, p.subdistrict_note, p.withdrawn_at, p.withdrawn_reason, p.version,
		o.community_code as home, o.subdistrict_code as home_street
	from activity_plan p join organization w on w.id = p.organization_id -- and the record that it is kept under today
	join organization o on o.id = case when w.merged_into is null then w.id else organization_root(w.id) end`

// planByID returns a plan with the row locked when lock is set.
func planByID(ctx context.Context, q postgres.Querier, id uuid.UUID, lock bool) (Plan, error) {
	sql := plansSQL + ` where p.id = $1`
	if lock {
		sql += ` for update of p`
	}
	return postgres.One[Plan](ctx, q, sql, id)
}

func insertPlan(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, in PlanInput) error {
	_, err := tx.Exec(ctx, `
		insert into activity_plan (id, organization_id, title, theme, held_on, starts, ends, community, place, target, expected, budget_fen, intro, open,
			filed_at, filed_by, filer_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		id, actor.OrgID, in.Title, in.Theme, in.HeldOn, in.Starts, in.Ends, in.Community, in.Place, in.Target, in.Expected, in.Budget, in.Intro, in.Open,
		now, actor.AccountID, actor.Name)
	return err
}

func withdrawPlan(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, version int, reason string) error {
	return postgres.ExecOne(ctx, tx, `update activity_plan set withdrawn_at = $3, withdrawn_reason = $4, version = version + 1
		where id = $1 and version = $2 and withdrawn_at is null`, id, version, now, reason)
}

// notePlan writes the note of the community or of the subdistrict.
func notePlan(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, version int, note string) error {
	stage := "subdistrict"
	if actor.Role == authz.Community {
		stage = "community"
	}
	return postgres.ExecOne(ctx, tx, `update activity_plan set `+stage+`_noted_at = $3, `+stage+`_noted_by = $4, `+stage+`_noter = $5, `+stage+`_note = $6,
			version = version + 1 where id = $1 and version = $2 and withdrawn_at is null and `+stage+`_noted_at is null`,
		id, version, now, actor.AccountID, actor.Name, note)
}

// plansPerPage is how many plans a page of a list has.
const plansPerPage = 20

// planCursor is the last plan of a page: the list runs from the latest day back.
type planCursor struct {
	On civil.Date
	ID uuid.UUID
}

// listPlans returns the plans that where lets through, after a cursor, one more
// than a page has.
func listPlans(ctx context.Context, q postgres.Querier, where string, scope any, after planCursor) ([]Plan, error) {
	return postgres.All[Plan](ctx, q, plansSQL+` where `+where+` and ($2::date is null or (p.held_on, p.id) < ($2, $3))
		order by p.held_on desc, p.id desc limit $4`, scope, orNull(after.On), after.ID, plansPerPage+1)
}

func orNull(d civil.Date) *civil.Date {
	if d.IsZero() {
		return nil
	}
	return &d
}
