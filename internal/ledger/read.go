package ledger

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Overview is the fund in one year: a pool for every purpose, whether or not
// money was budgeted for it.
type Overview struct {
	Year  int
	Today civil.Date
	Years []int // with a pool, newest first; this year included
	Pools []Pool
	Total Pool         // of all purposes
	Items []BudgetItem // to check, oldest first
	Tally map[Tab]int  // payments and commitments that wait for finance
}

// Closed reports whether the year is over: it takes no budget and no commitment.
func (o Overview) Closed() bool { return o.Year < o.Today.Year }

// Overview reads the fund of a year, of this year when year is 0.
func (s *Service) Overview(ctx context.Context, actor authz.Actor, year int) (Overview, error) {
	var o Overview
	if err := actor.Require(authz.FundView); err != nil {
		return o, err
	}
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		o.Today = civil.On(now)
		if o.Year = year; year == 0 {
			o.Year = o.Today.Year
		}
		var pools []Pool
		var years []struct {
			Year int `db:"year"`
		}
		var tally []tallyRow
		var b postgres.Batch
		poolsOf(&b, &pools, o.Year)
		postgres.Gather(&b, &years, `select distinct year from ledger_pool order by year desc`)
		postgres.Gather(&b, &o.Items, itemSQL+` where i.state = 'proposed' order by i.made_at, i.id limit 100`)
		postgres.Gather(&b, &tally, tallySQL)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		o.fill(pools)
		for _, y := range years {
			o.Years = append(o.Years, y.Year)
		}
		if !slices.Contains(o.Years, o.Today.Year) {
			o.Years = append([]int{o.Today.Year}, o.Years...)
			slices.SortFunc(o.Years, func(a, b int) int { return b - a })
		}
		o.Tally = tallyOf(tally)
		return nil
	})
	return o, err
}

// fill puts the pools in the order of the policy and adds them up.
func (o *Overview) fill(pools []Pool) {
	o.Total = Pool{Year: o.Year}
	for _, purpose := range Purposes {
		p := Pool{Year: o.Year, Purpose: purpose}
		for _, have := range pools {
			if have.Purpose == purpose {
				p = have
			}
		}
		o.Pools = append(o.Pools, p)
		o.Total.Budget += p.Budget
		o.Total.Committed += p.Committed
		o.Total.Sent += p.Sent
		o.Total.Paid += p.Paid
		o.Total.Returned += p.Returned
		o.Total.Recovered += p.Recovered
	}
}

// PoolPage is one pool with a page of its entries, the newest first.
type PoolPage struct {
	Pool
	Today   civil.Date
	Items   []BudgetItem // all of them, newest first
	Entries []Entry
	Next    int64 // begins the next page; 0 on the last
}

const entriesShown = 50

// Pool reads one pool with its entries before the given one, 0 for the newest.
func (s *Service) Pool(ctx context.Context, actor authz.Actor, year int, purpose Purpose, before int64) (PoolPage, error) {
	var out PoolPage
	if err := actor.Require(authz.FundView); err != nil {
		return out, err
	}
	if !purpose.Valid() {
		return out, notFound()
	}
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		out.Today = civil.On(now)
		if out.Pool, err = poolOf(ctx, q, year, purpose); err != nil {
			return err
		}
		if out.ID == uuid.Nil && (year < out.Today.Year || year > out.Today.Year+1) {
			return notFound()
		}
		var b postgres.Batch
		postgres.Gather(&b, &out.Items, itemSQL+` where i.pool_id = $1 or i.to_pool_id = $1 order by i.made_at desc, i.id desc limit 100`, out.ID)
		postgres.Gather(&b, &out.Entries, entrySQL+` where e.pool_id = $1 and ($2::bigint = 0 or e.id < $2) order by e.id desc limit $3`,
			out.ID, before, entriesShown+1)
		return b.Run(ctx, q)
	})
	if len(out.Entries) > entriesShown {
		out.Entries = out.Entries[:entriesShown]
		out.Next = out.Entries[entriesShown-1].ID
	}
	return out, err
}

// EachEntry gives every entry of a pool to rows, the newest first, a few at a
// time: for exports.
func (s *Service) EachEntry(ctx context.Context, actor authz.Actor, year int, purpose Purpose, rows func(now time.Time, list []Entry) error) error {
	if err := actor.Require(authz.FundView); err != nil {
		return err
	}
	if !purpose.Valid() {
		return notFound()
	}
	return s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		pool, err := poolOf(ctx, q, year, purpose)
		if err != nil {
			return err
		}
		return postgres.Each(ctx, q, func(list []Entry) error { return rows(now, list) }, entrySQL+` where e.pool_id = $1 order by e.id desc`, pool.ID)
	})
}

// Item returns a budget item.
func (s *Service) Item(ctx context.Context, actor authz.Actor, id uuid.UUID) (i BudgetItem, p Pool, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return i, p, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		if i, err = itemByID(ctx, q, id, false); err != nil {
			return err
		}
		p, err = poolOf(ctx, q, i.Year, i.Purpose)
		return err
	})
	return i, p, err
}

// Entry returns one line of the ledger.
func (s *Service) Entry(ctx context.Context, actor authz.Actor, id int64) (e Entry, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return e, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		e, err = entryByID(ctx, q, id)
		return err
	})
	return e, err
}

// Position is OfCase by number for those who see the fund.
func (s *Service) Position(ctx context.Context, actor authz.Actor, caseNo string) (p Position, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		var found bool
		p, found, err = positionOf(ctx, q, `c.case_no = $1`, caseNo)
		if err == nil && !found {
			err = notFound()
		}
		return err
	})
	return p, err
}

// Payment returns a payment with the position of its case and today's date.
func (s *Service) Payment(ctx context.Context, actor authz.Actor, no string) (y Payment, p Position, today civil.Date, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return y, p, today, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		today = civil.On(now)
		if y, err = paymentByNo(ctx, q, no); err != nil {
			return err
		}
		p, _, err = positionOf(ctx, q, `c.id = $1`, y.CommitmentID)
		return err
	})
	return y, p, today, err
}

// Holding is what a hold can be placed on: a case, or an organization.
type Holding struct {
	CaseID         uuid.UUID
	CaseNo         string
	OrganizationID uuid.UUID
	Organization   string
	Holds          []Hold // in force
}

// Holding finds a case by number, or an organization by id when caseNo is "".
func (s *Service) Holding(ctx context.Context, actor authz.Actor, caseNo string, org uuid.UUID) (h Holding, err error) {
	if err := actor.Require(authz.FundHold); err != nil {
		return h, err
	}
	type row struct {
		CaseID         *uuid.UUID `db:"case_id"`
		CaseNo         string     `db:"case_no"`
		OrganizationID uuid.UUID  `db:"organization_id"`
		Organization   string     `db:"organization"`
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err := postgres.One[row](ctx, q, `
			select f.id as case_id, f.no as case_no, o.id as organization_id, o.name as organization
			from case_file f join organization o on o.id = organization_root(f.organization_id) where $1 <> '' and f.no = $1 and f.submitted_at is not null
			union all select null, '', id, name from organization where $1 = '' and id = organization_root($2)`, caseNo, org)
		if errs.Is(err, errs.NotFound) {
			return notFound()
		} else if err != nil {
			return err
		}
		h = Holding{CaseID: orNil(r.CaseID), CaseNo: r.CaseNo, OrganizationID: r.OrganizationID, Organization: r.Organization}
		h.Holds, err = postgres.All[Hold](ctx, q, holdSQL+`
			where h.lifted_at is null and (h.case_id = $1 or h.organization_id = any(organization_ids($2))) order by h.placed_at desc`, h.CaseID, h.OrganizationID)
		return err
	})
	return h, err
}

// HoldPage is a page of holds, the newest first.
type HoldPage struct {
	Holds []Hold
	Next  string // id that begins the next page, "" on the last
}

const holdsShown = 50

// HoldList reads holds: those in force, or the lifted ones.
func (s *Service) HoldList(ctx context.Context, actor authz.Actor, lifted bool, after uuid.UUID) (p HoldPage, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p.Holds, err = postgres.All[Hold](ctx, q, holdSQL+`
			where (h.lifted_at is not null) = $1
				and ($2 = '00000000-0000-0000-0000-000000000000'::uuid or (h.placed_at, h.id) < (select placed_at, id from ledger_hold where id = $2))
			order by h.placed_at desc, h.id desc limit $3`, lifted, after, holdsShown+1)
		return err
	})
	if len(p.Holds) > holdsShown {
		p.Holds = p.Holds[:holdsShown]
		p.Next = p.Holds[holdsShown-1].ID.String()
	}
	return p, err
}

// Hold returns one hold.
func (s *Service) Hold(ctx context.Context, actor authz.Actor, id uuid.UUID) (h Hold, err error) {
	if err := actor.Require(authz.FundView); err != nil {
		return h, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		h, err = holdByID(ctx, q, id)
		return err
	})
	return h, err
}

// Difference is a stored sum that is not what its entries come to.
type Difference struct {
	Subject  string    `db:"subject"`
	ID       uuid.UUID `db:"id"`
	Sum      string    `db:"sum"`
	Stored   money.Fen `db:"stored"`
	Computed money.Fen `db:"computed"`
}

// Verify recomputes every sum from the entries and returns those that differ:
// none, ever. It reads the whole ledger.
func Verify(ctx context.Context, q postgres.Querier) ([]Difference, error) {
	return postgres.All[Difference](ctx, q, `select subject, id, sum, stored, computed from ledger_differences()`)
}
