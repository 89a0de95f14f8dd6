package activity

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

// Conditions loads the facts recorded now. Lists and bans are those that have
// begun by the date.
func (Programme) Conditions(ctx context.Context, q postgres.Querier, org, own uuid.UUID, on civil.Date, r funding.Rules) (funding.Conditions, error) {
	p := paramsOf(r.Edition)
	type count struct {
		Year int  `db:"year"`
		N    int  `db:"n"`
		Own  bool `db:"own"`
	}
	var rows []count
	var b postgres.Batch
	postgres.Gather(&b, &rows, `
		select year, n, false as own from (`+yearsSQL+`) y
		union all select year, 0, true from activity_claim where case_id = $2`, org, own)
	record, _, err := funding.RecordOf(ctx, q, org, on, &b)
	if err != nil {
		return nil, err
	}
	f := Facts{Record: record, Claims: map[int]int{}}
	for _, c := range rows {
		if c.Own {
			f.Of = c.Year
		}
		f.Claims[c.Year] += c.N
	}
	f.Draft = own != uuid.Nil && f.Of == 0
	return func(day civil.Date) []funding.Line { return Eligibility(f, p, day) }, nil
}

// Keep writes the claim into the programme's tables and claims its receipts, under
// the lock of its year: whoever comes last finds the year or the paper used up, at
// the field.
func (Programme) Keep(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, d funding.Document) error {
	a, ok := d.(Application)
	if !ok {
		return fmt.Errorf("activity: cannot keep a %T", d)
	}
	slot, err := takeSlot(ctx, tx, c, a)
	if err != nil {
		return err
	}
	err = upsertClaim(ctx, tx, c, a, slot)
	switch {
	case postgres.Violates(err, "activity_claim_event"):
		return errs.FieldError("title", "活动名称", "这一天的同名活动已经申请过。一次活动只能申请一次")
	case err != nil:
		return err
	}
	if err := replaceCosts(ctx, tx, c.ID, a.Costs); err != nil {
		return err
	}
	if err := keepPictures(ctx, tx, c.ID); err != nil {
		return err
	}
	return receipt.Replace(ctx, tx, now, actor, c.ID, a.papers(), a.controls())
}

// takeSlot locks the year of the event and returns the lowest free place in it.
func takeSlot(ctx context.Context, tx postgres.Tx, c casework.Case, a Application) (int, error) {
	if _, err := tx.Exec(ctx, `select activity_year_lock($1, $2)`, c.OrganizationID, a.HeldOn.Year); err != nil {
		return 0, err
	}
	type row struct {
		Taken int   `db:"taken"` // by all records of the organization, and before the portal
		Slots []int `db:"slots"` // by this record
	}
	r, err := postgres.One[row](ctx, tx, `
		select coalesce((select sum(n) from (`+yearsSQL+`) y where year = $3), 0)::int as taken,
			coalesce((select array_agg(slot order by slot) from activity_claim
				where organization_id = $1 and year = $3 and live and case_id <> $2), '{}') as slots`, c.OrganizationID, c.ID, a.HeldOn.Year)
	if err != nil {
		return 0, err
	}
	if r.Taken >= a.MaxPerYear {
		return 0, errs.FieldError("held_on", "活动日期", fmt.Sprintf("%d 年的活动已经申请或补贴过 %d 次，每年最多 %d 次。换一个年度的活动", a.HeldOn.Year, r.Taken, a.MaxPerYear))
	}
	slot := 1
	for _, taken := range r.Slots {
		if taken == slot {
			slot++
		}
	}
	return slot, nil
}

func upsertClaim(ctx context.Context, tx postgres.Tx, c casework.Case, a Application, slot int) error {
	var plan *uuid.UUID
	if a.PlanID != uuid.Nil {
		plan = &a.PlanID
	}
	links := a.Links
	if links == nil {
		links = []string{}
	}
	_, err := tx.Exec(ctx, `
		insert into activity_claim (case_id, organization_id, plan_id, title, theme, held_on, starts, ends, community, place, capacity, target,
			participants, volunteers, hours, partner, satisfaction, links, minors, summary, cost_fen, other_fen, other_source, requested_fen,
			cap_event_fen, cap_year_fen, payee_id, contact_name, contact_mobile, slot, slots)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31)
		on conflict (case_id) do update set plan_id = excluded.plan_id, title = excluded.title, theme = excluded.theme, held_on = excluded.held_on,
			starts = excluded.starts, ends = excluded.ends, community = excluded.community, place = excluded.place, capacity = excluded.capacity,
			target = excluded.target, participants = excluded.participants, volunteers = excluded.volunteers, hours = excluded.hours,
			partner = excluded.partner, satisfaction = excluded.satisfaction, links = excluded.links, minors = excluded.minors,
			summary = excluded.summary, cost_fen = excluded.cost_fen, other_fen = excluded.other_fen, other_source = excluded.other_source,
			requested_fen = excluded.requested_fen, cap_event_fen = excluded.cap_event_fen, cap_year_fen = excluded.cap_year_fen,
			payee_id = excluded.payee_id, contact_name = excluded.contact_name, contact_mobile = excluded.contact_mobile,
			slot = excluded.slot, slots = excluded.slots`,
		c.ID, c.OrganizationID, plan, a.Title, a.Theme, a.HeldOn, a.Starts, a.Ends, a.Community, a.Place, a.Capacity, a.Target,
		a.Participants, a.Volunteers, a.Hours, a.Partner, a.Satisfaction, links, a.Minors, a.Summary, a.Spent(), a.Other, a.OtherSource, a.Amount,
		a.CapEvent, a.CapYear, a.PayeeID, a.ContactName, a.ContactMobile, slot, a.MaxPerYear)
	return err
}

func replaceCosts(ctx context.Context, tx postgres.Tx, caseID uuid.UUID, costs []Cost) error {
	kinds, items, amounts := make([]string, len(costs)), make([]string, len(costs)), make([]int64, len(costs))
	for i, c := range costs {
		kinds[i], items[i], amounts[i] = c.Spent, c.Paper.Normal().Item, int64(c.Paper.Amount)
	}
	if _, err := tx.Exec(ctx, `delete from activity_cost where case_id = $1`, caseID); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into activity_cost (case_id, ordinal, category, item, amount_fen)
		select $1, ordinal, category, item, amount
		from unnest($2::text[], $3::text[], $4::bigint[]) with ordinality e (category, item, amount, ordinal)`, caseID, kinds, items, amounts)
	return err
}

// Release frees year, event and receipts of a claim that ended without a grant.
func (Programme) Release(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case) error {
	if _, err := tx.Exec(ctx, `update activity_claim set live = false where case_id = $1 and live`, c.ID); err != nil {
		return err
	}
	return receipt.Release(ctx, tx, now, actor, c.ID)
}
