package governance

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// OwnGlance is how an organization stands, for its page of work: what is missing
// and what comes next.
type OwnGlance struct {
	Today   civil.Date
	Rules   Rules
	Missing []Item          // items that need an act
	Soon    []Item          // due within the first reminder
	Next    *Item           // the next to come due after those; nil when nothing has a day
	Owes    bool            // false for one that has ended
	Reports []WaitingReport // annual reports to be corrected
}

// OwnGlance returns how the actor's organization stands on a day, by a calendar
// that the caller has read. Two statements.
func (s *Service) OwnGlance(ctx context.Context, actor authz.Actor, today civil.Date, calendar *workday.Calendar) (g OwnGlance, err error) {
	if err := actor.Require(authz.OrganizationEdit); err != nil {
		return g, err
	}
	g.Today = today
	err = s.DB.Glance(func(q postgres.Querier) error {
		edition, err := policy.EditionShown(ctx, q, today)
		if err != nil {
			return err
		}
		g.Rules = RulesOf(edition.Params, calendar)
		var facts []factsRow
		var b postgres.Batch
		postgres.Gather(&b, &facts, factsSQL, []uuid.UUID{actor.OrgID}, today.Year-1)
		gatherWaiting(&b, actor, &g.Reports)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		g.Reports = deskOf(actor, g.Reports).List
		for _, row := range facts {
			if f := row.facts(); !f.Ended {
				g.sort(Checklist(f, g.Rules, today))
				g.Owes = true
			}
		}
		return nil
	})
	return g, err
}

func (g *OwnGlance) sort(items []Item) {
	for _, i := range items {
		n, has := i.Days(g.Today)
		switch {
		case i.State.Problem():
			g.Missing = append(g.Missing, i)
		case i.Soon(g.Rules, g.Today):
			g.Soon = append(g.Soon, i)
		case has && n >= 0 && i.State != Waiting && (g.Next == nil || i.DueOn.Before(g.Next.DueOn)):
			g.Next = &i
		}
	}
}

// AreaGlance is how the organizations of an office's area stood when the job
// counted last, how many guidelines wait for the actor, and which annual reports.
type AreaGlance struct {
	Organizations int        `db:"organizations"` // with an open problem
	Overdue       int        `db:"overdue"`
	Soon          int        `db:"soon"`
	CountedAt     *time.Time `db:"counted_at"` // nil before the first count
	Guidelines    int        `db:"guidelines"` // wait for a release, for who may release

	Reports DeskReports `db:"-"`
}

// AreaGlance returns how the actor's area stands. One statement.
func (s *Service) AreaGlance(ctx context.Context, actor authz.Actor) (g AreaGlance, err error) {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return g, err
	}
	err = s.DB.Glance(func(q postgres.Querier) error {
		var counts []AreaGlance
		var reports []WaitingReport
		var b postgres.Batch
		postgres.Gather(&b, &counts, `
			select coalesce(sum(organizations), 0)::int as organizations, coalesce(sum(overdue), 0)::int as overdue, coalesce(sum(soon), 0)::int as soon, max(counted_at) as counted_at,
				case when $3 then (select count(*) from guideline_version where state = 'submitted' and not $4 = any(written_by))::int else 0 end as guidelines
			from governance_count where ($1 = '' or community_code = $1) and ($2 = '' or starts_with(community_code, $2))`,
			only(actor, authz.Community, actor.Community), only(actor, authz.Subdistrict, actor.Subdistrict), actor.Can(authz.GuidelineRelease), actor.PersonID)
		gatherWaiting(&b, actor, &reports)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		g = counts[0] // a sum has one row
		g.Reports = deskOf(actor, reports)
		return nil
	})
	return g, err
}

// recount counts how the organizations of every community stand.
func (s *Service) recount(ctx context.Context) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, err := rules(ctx, tx, now)
		if err != nil {
			return err
		}
		counts, today := map[string]*Area{}, civil.On(now)
		for after := uuid.Nil; ; {
			orgs, facts, err := livingOrganizations(ctx, tx, authz.SystemActor, "", after, today)
			if err != nil {
				return err
			}
			for _, o := range orgs {
				a := counts[o.CommunityCode]
				if a == nil {
					a = &Area{}
					counts[o.CommunityCode] = a
				}
				a.add(o, Checklist(facts[o.ID], r, today), r, today)
				after = o.ID
			}
			if len(orgs) < boardBatch {
				return saveCounts(ctx, tx, now, counts)
			}
		}
	})
}
