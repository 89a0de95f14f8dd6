package activity

import (
	"context"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Known is what form and amount of a claim depend on beside what was typed.
type Known struct {
	Regions  *district.RegionSet
	Calendar *workday.Calendar
	Grades   []Grade
	Held     map[int]int // confirmed activities on file, by year
	Years    map[int]Year
	Plans    []Plan // the organization's own that no other claim goes back to, newest first
	Free     money.Fen
}

// Grade is a star with its validity, both days included.
type Grade struct {
	Star int        `db:"star"`
	From civil.Date `db:"from_on"`
	To   civil.Date `db:"to_on"`
}

// Year is what was claimed and granted for events of one year, the claim at hand
// left out and grants of before the portal put in.
type Year struct {
	Claims  int
	Granted money.Fen
}

// Star returns the grade in force on a day, 0 for none.
func (k Known) Star(on civil.Date) int {
	for _, g := range k.Grades {
		if !g.From.After(on) && !g.To.Before(on) {
			return g.Star
		}
	}
	return 0
}

// Sums puts a claim and what is known together.
func (k Known) Sums(a Application) Sums {
	year := a.HeldOn.Year
	return Sums{Cost: a.Spent(), Other: a.Other, Claimed: a.Amount, Star: k.Star(a.HeldOn), Held: k.Held[year],
		Granted: k.Years[year].Granted, Free: k.Free}
}

// Told is the plan that a claim begun on a day is most likely about: the latest one
// whose day has come and can still be claimed for.
func (k Known) Told(today civil.Date, e policy.Edition) (Plan, bool) {
	p := paramsOf(e)
	i := slices.IndexFunc(k.Plans, func(x Plan) bool {
		return !x.HeldOn.After(today) && !today.After(p.LastDay(k.Calendar, x.HeldOn))
	})
	if i < 0 {
		return Plan{}, false
	}
	return k.Plans[i], true
}

// Plan returns one of the plans by the text of its id.
func (k Known) Plan(id string) (Plan, bool) {
	i := slices.IndexFunc(k.Plans, func(p Plan) bool { return p.ID.String() == id })
	if i < 0 {
		return Plan{}, false
	}
	return k.Plans[i], true
}

// knownOf is what a form's context holds; without any, nothing is known.
func knownOf(c funding.Context) Known {
	k, ok := c.Known.(Known)
	if !ok {
		k = Known{Regions: district.NewRegionSet(nil), Calendar: workday.New(nil)}
	}
	return k
}

// Known reads it, in one round trip. With a.Lock nobody else grants for the
// year of the claim until the transaction ends.
func (Programme) Known(ctx context.Context, q postgres.Querier, a funding.Asked) (any, error) {
	if a.Lock {
		if err := lockYear(ctx, q, a.CaseID); err != nil {
			return nil, err
		}
	}
	k := Known{Held: map[int]int{}, Years: map[int]Year{}}
	type count struct {
		Year    int       `db:"year"`
		N       int       `db:"n"`
		Granted money.Fen `db:"granted"`
	}
	var held, years []count
	var b postgres.Batch
	postgres.Gather(&b, &k.Grades, `
		select star, from_on, to_on from standing_grade where org_id = any(organization_ids($1)) and not void
		order by from_on desc, org_id <> $1`, a.Organization)
	postgres.Gather(&b, &held, `
		select extract(year from held_on)::int as year, count(*)::int as n, 0::bigint as granted from organization_activity
		where org_id = any(organization_ids($1)) and void_on is null and confirmed_on is not null group by 1`, a.Organization)
	postgres.Gather(&b, &years, yearsSQL, a.Organization, a.CaseID)
	postgres.Gather(&b, &k.Plans, plansSQL+` where p.organization_id = any(organization_ids($1)) and p.withdrawn_at is null and not exists (select from activity_claim c
			where c.organization_id = p.organization_id and c.plan_id = p.id and c.live and c.case_id <> $2)
		order by p.held_on desc, p.id desc limit 30`, a.Organization, a.CaseID)
	regions, calendar, free := district.GatherRegions(&b), district.GatherCalendar(&b), ledger.GatherFree(&b, ledger.Activity, a.Today.Year)
	if err := b.Run(ctx, q); err != nil {
		return nil, err
	}
	k.Regions, k.Calendar, k.Free = regions(), calendar(), free()
	for _, c := range held {
		k.Held[c.Year] = c.N
	}
	for _, c := range years {
		y := k.Years[c.Year]
		k.Years[c.Year] = Year{y.Claims + c.N, y.Granted + c.Granted}
	}
	return k, nil
}

// yearsSQL counts claims that live and grants of before the portal, by the year of
// the event and, where only that is recorded, of the award.
const yearsSQL = `
	select year, count(*)::int as n, coalesce(sum(awarded_fen), 0)::bigint as granted from activity_claim
	where organization_id = any(organization_ids($1)) and live and case_id <> $2 group by year
	union all
	select extract(year from awarded_on)::int, count(*)::int, sum(amount_fen)::bigint from earlier_grant
	where org_id = any(organization_ids($1)) and programme = 'activity' and void_on is null group by 1`

// lockYear locks the year of a claim that is kept.
func lockYear(ctx context.Context, q postgres.Querier, caseID uuid.UUID) error {
	_, err := postgres.All[struct{}](ctx, q, `
		select from (select activity_year_lock(organization_id, year) from activity_claim where case_id = $1 offset 0) locked`, caseID)
	return err
}
