package governance

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// reachable returns living organizations after one, in the order of ids, that
// have somebody to tell: one that nobody acts for yet is told when somebody does.
func reachable(ctx context.Context, q postgres.Querier, after uuid.UUID) ([]uuid.UUID, error) {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	rows, err := postgres.All[row](ctx, q, `
		select o.id from organization o
		where o.id > $1 and o.merged_into is null and o.status not in ('deregistered', 'filing_revoked', 'registration_revoked')
			and exists (select from account a where a.organization_id = o.id and a.status = 'active')
		order by o.id limit $2`, after, boardBatch)
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}

// reminder is one row of governance_reminder.
type reminder struct {
	Org   uuid.UUID  `db:"org_id"`
	Duty  Duty       `db:"duty"`
	DueOn civil.Date `db:"due_on"`
	Step  Step       `db:"step"`
}

// insertReminders writes down what is told and returns what was not before. Two
// runners wait for each other at the first row they share.
func insertReminders(ctx context.Context, tx postgres.Tx, now time.Time, ids []uuid.UUID, due map[uuid.UUID][]told) (map[reminder]bool, error) {
	var orgs []uuid.UUID
	var duties, days, steps []string
	for _, id := range ids {
		for _, t := range due[id] {
			orgs, duties, days, steps = append(orgs, id), append(duties, string(t.Duty)), append(days, t.DueOn.String()), append(steps, string(t.step))
		}
	}
	if len(orgs) == 0 {
		return nil, nil
	}
	rows, err := postgres.All[reminder](ctx, tx, `
		insert into governance_reminder (org_id, duty, due_on, step, sent_at)
		select o, d, e::date, s, $5 from unnest($1::uuid[], $2::text[], $3::text[], $4::text[]) as t (o, d, e, s)
		on conflict do nothing returning org_id, duty, due_on, step`, orgs, duties, days, steps, now)
	fresh := make(map[reminder]bool, len(rows))
	for _, r := range rows {
		fresh[r] = true
	}
	return fresh, err
}

// reportedSubdistricts returns the subdistricts with somebody to tell that were not
// told in the week.
func reportedSubdistricts(ctx context.Context, q postgres.Querier, week civil.Date) ([]string, error) {
	type row struct {
		Code string `db:"code"`
	}
	rows, err := postgres.All[row](ctx, q, `
		select r.code from region r where r.kind = 'subdistrict' and r.valid_to is null
			and exists (select from account a where a.role = 'subdistrict' and a.status = 'active' and a.subdistrict = r.code)
			and not exists (select from governance_digest d where d.subdistrict_code = r.code and d.week_of = $1)
		order by r.code`, week)
	codes := make([]string, len(rows))
	for i, r := range rows {
		codes[i] = r.Code
	}
	return codes, err
}

// insertDigest writes down that a subdistrict is told in the week; false when it
// was before.
func insertDigest(ctx context.Context, tx postgres.Tx, now time.Time, subdistrict string, week civil.Date, overdue, soon int) (bool, error) {
	tag, err := tx.Exec(ctx, `insert into governance_digest (subdistrict_code, week_of, overdue, soon, sent_at) values ($1, $2, $3, $4, $5) on conflict do nothing`,
		subdistrict, week, overdue, soon, now)
	return tag.RowsAffected() == 1, err
}

// saveCounts replaces the counts of all communities; two that count wait for each
// other.
func saveCounts(ctx context.Context, tx postgres.Tx, now time.Time, counts map[string]*Area) error {
	var codes []string
	var orgs, overdue, soon []int32
	for code, a := range counts {
		codes, orgs, overdue, soon = append(codes, code), append(orgs, int32(a.OverdueOrgs)), append(overdue, int32(a.Overdue)), append(soon, int32(a.Soon))
	}
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtext('governance count'))`); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from governance_count`); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into governance_count (community_code, organizations, overdue, soon, counted_at)
		select c, o, d, s, $5 from unnest($1::text[], $2::int[], $3::int[], $4::int[]) as t (c, o, d, s)`, codes, orgs, overdue, soon, now)
	return err
}
