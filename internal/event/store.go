package event

import (
	"context"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const nobody = `'00000000-0000-0000-0000-000000000000'::uuid`

const eventColumns = `e.id, e.no, e.org_id, e.state, e.title, e.theme, e.day, coalesce(e.from_min, -1) as from_min, coalesce(e.until_min, -1) as until_min,
	e.place, coalesce(e.community_code, '') as community_code, e.audience, e.intro, e.expected, e.wanted, coalesce(e.plan_id, ` + nobody + `) as plan_id,
	e.participants, e.outcome, coalesce(e.activity_id, ` + nobody + `) as activity_id, e.held_at, e.ended_why, e.published_at, e.updated_at, e.version`

func findEvent(ctx context.Context, q postgres.Querier, no string) (Event, error) {
	return known(postgres.One[Event](ctx, q, `select `+eventColumns+` from event e where e.no = $1`, no))
}

func eventForUpdate(ctx context.Context, tx postgres.Tx, no string) (Event, error) {
	return known(postgres.One[Event](ctx, tx, `select `+eventColumns+` from event e where e.no = $1 for update`, no))
}

// known turns “no row” into what the reader is told.
func known[T any](v T, err error) (T, error) {
	if errs.Is(err, errs.NotFound) {
		err = notFound()
	}
	return v, err
}

// nothing is null for a value that is not told.
func nothing[T comparable](v, none T) *T {
	if v == none {
		return nil
	}
	return &v
}

func insertEvent(ctx context.Context, d desk, e Event, in Input) error {
	_, err := d.tx.Exec(ctx, `
		insert into event (id, no, org_id, state, title, theme, day, from_min, until_min, place, community_code, audience, intro, expected, wanted,
			plan_id, created_at, created_by, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $17)`,
		e.ID, e.No, e.OrgID, e.State, in.Title, in.Theme, in.Day, nothing(in.From, Unset), nothing(in.Until, Unset), in.Place, nothing(in.CommunityCode, ""),
		in.Audience, in.Intro, in.Expected, in.Wanted, nothing(e.PlanID, uuid.Nil), d.now, d.actor.AccountID)
	return err
}

func saveEvent(ctx context.Context, d desk, e Event, in Input) error {
	return postgres.ExecOne(ctx, d.tx, `update event set title = $3, theme = $4, day = $5, from_min = $6, until_min = $7, place = $8, community_code = $9,
			audience = $10, intro = $11, expected = $12, wanted = $13, updated_at = $14, version = version + 1
		where id = $1 and version = $2`,
		e.ID, e.Version, in.Title, in.Theme, in.Day, nothing(in.From, Unset), nothing(in.Until, Unset), in.Place, nothing(in.CommunityCode, ""),
		in.Audience, in.Intro, in.Expected, in.Wanted, d.now)
}

// moveEvent saves state and what came with it.
func moveEvent(ctx context.Context, tx postgres.Tx, now time.Time, e Event) error {
	return postgres.ExecOne(ctx, tx, `update event set state = $3, participants = $4, outcome = $5, activity_id = $6, held_at = $7, ended_why = $8,
			published_at = $9, updated_at = $10, version = version + 1
		where id = $1 and version = $2`,
		e.ID, e.Version, e.State, e.Participants, e.Outcome, nothing(e.ActivityID, uuid.Nil), e.HeldAt, e.EndedWhy, e.PublishedAt, now)
}
