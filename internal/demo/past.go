package demo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// past writes the imports of what was granted before the portal: grants, the
// money that moved, and the budgets of those years but for the first one.
func (p *planter) past() {
	on := p.after(p.opening, 14)
	p.on(on, 15, "grants of before", func(ctx context.Context) error { return p.openPast(ctx, on) })
}

// pastGrant is a grant of before with what became of its money.
type pastGrant struct {
	organization.OpeningGrant
	paid, returned, recovered money.Fen
}

func (p *planter) openPast(ctx context.Context, on civil.Date) error {
	grants := p.pastGrants(on)
	for _, in := range p.byHand { // the import makes public what a clerk had recorded
		if in.AwardedOn.Before(p.opening) {
			grants = append(grants, pastGrant{OpeningGrant: organization.OpeningGrant{GrantInput: in}, paid: in.Amount})
		}
	}
	clerk, first, second, third := p.actors["clerk"], uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	return p.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		rows := make([]organization.OpeningGrant, len(grants))
		for i, g := range grants {
			rows[i] = g.OpeningGrant
		}
		live, err := ledger.Live(ctx, tx)
		if err != nil {
			return err
		}
		checks, err := p.Organizations.PlantOpenings(ctx, tx, now, clerk, first, live, rows)
		if err != nil {
			return err
		}
		if _, err := p.Organizations.PlantMoney(ctx, tx, now, clerk, second, pastMoney(grants, checks)); err != nil {
			return err
		}
		return p.openBudgets(ctx, tx, now, clerk, third, rows)
	})
}

// pastGrants are the activity subsidies and small projects of the older
// organizations, year by year until the portal opened.
func (p *planter) pastGrants(on civil.Date) (list []pastGrant) {
	var keys []string
	for key, m := range p.orgs {
		if m.born.Before(p.opening.AddMonths(-18)) && m.recorded.Before(on) {
			keys = append(keys, key)
		}
	}
	slices.SortFunc(keys, func(a, b string) int { return strings.Compare(p.orgs[a].name, p.orgs[b].name) })
	for i, key := range keys {
		m := p.orgs[key]
		for year := max(m.born.Year+1, ledger.FirstYear); year < p.opening.Year; year++ {
			awarded := p.calendar.OnOrAfter(civil.Of(year, time.October, 9+i)).On
			g := pastGrant{OpeningGrant: organization.OpeningGrant{Purpose: vocabulary[m.category].scope, GrantInput: organization.GrantInput{OrgID: m.id,
				Programme: organization.ActivityGrant, Title: fmt.Sprintf("%d 年社区公益活动补贴", year), AwardedOn: awarded,
				Amount: money.Fen(2400+310*i+(year%7)*150) * money.Yuan, DocumentNo: fmt.Sprintf("坪民资〔%d〕%d号", year, 20+i)}}}
			if (i+year)%3 == 0 {
				g.Programme, g.Title = organization.Venture, fmt.Sprintf("%d 年微公益创投项目", year)
				g.Amount *= 9
				if filed := awarded.AddMonths(11); filed.Before(p.opening) {
					g.UseReportDueOn, g.UseReportFiledOn = awarded.AddMonths(12), filed
				}
			}
			switch (i + year) % 5 {
			case 0:
				g.paid, g.returned = g.Amount, 186*money.Yuan
			case 1: // not recorded yet
			default:
				g.paid = g.Amount
			}
			if i == 1 && year == p.opening.Year-2 {
				g.paid, g.returned, g.recovered = g.Amount, 0, 900*money.Yuan
			}
			list = append(list, g)
		}
	}
	return list
}

// pastMoney are the movements of the grants, under the numbers they were given.
func pastMoney(grants []pastGrant, checks []organization.OpeningCheck) (rows []organization.OpeningMoney) {
	for i, g := range grants {
		add := func(kind organization.MoneyKind, amount money.Fen, months int) {
			if amount > 0 {
				rows = append(rows, organization.OpeningMoney{GrantNo: checks[i].No, Kind: kind, MovedOn: g.AwardedOn.AddMonths(months), Amount: amount,
					VoucherNo: fmt.Sprintf("演示-%d-%03d", g.AwardedOn.Year, i)})
			}
		}
		add(organization.MoneyPaid, g.paid, 1)
		add(organization.MoneyReturned, g.returned, 4)
		add(organization.MoneyRecovered, g.recovered, 5)
	}
	return rows
}

// openBudgets brings the budgets of the years in, all but those of the first: a
// fifth of what a year has today, or what the grants of the year came to.
func (p *planter) openBudgets(ctx context.Context, tx postgres.Tx, now time.Time, clerk authz.Actor, importID uuid.UUID, rows []organization.OpeningGrant) error {
	first := p.opening.Year
	granted := map[string]money.Fen{}
	for _, r := range rows {
		first = min(first, r.AwardedOn.Year)
		granted[fmt.Sprint(r.AwardedOn.Year, r.Programme)] += r.Amount
	}
	var budgets []ledger.OpeningBudget
	for year := first + 1; year < p.opening.Year; year++ {
		for _, purpose := range []ledger.Purpose{ledger.Startup, ledger.Activity, ledger.Venture, ledger.Talent} {
			const tenThousand = 10_000 * money.Yuan
			whole := (granted[fmt.Sprint(year, purpose)] + tenThousand - 1) / tenThousand * tenThousand
			budgets = append(budgets, ledger.OpeningBudget{Year: year, Purpose: purpose, Amount: max(yearly[purpose]/5, whole), DocumentNo: fmt.Sprintf("深坪财〔%d〕12号", year)})
		}
	}
	_, err := p.Ledger.OpenBudgets(ctx, tx, now, clerk, importID, budgets)
	return err
}
