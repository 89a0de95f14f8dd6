package startup

import (
	"context"
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// paramsOf reads the programme's parameters from an edition.
func paramsOf(e policy.Edition) Params {
	p := e.Params
	return Params{
		RecordTerms: funding.RecordTermsOf(e), MinAgeMonths: p.Int(policy.StartupMinAgeMonths), MaxAgeMonths: p.Int(policy.StartupMaxAgeMonths),
		MetNextDay:  p.Text(policy.PeriodMetOn) == policy.MetOnNextDay,
		AmountFiled: p.Fen(policy.StartupAmountFiled), AmountRegistered: p.Fen(policy.StartupAmountRegistered),
		PriorityBonusPct: p.Int(policy.StartupPriorityBonusPct), MinActivities: p.Int(policy.StartupMinActivities),
		SameHeadYears: p.Int(policy.StartupSameHeadYears),
	}
}

// Conditions loads the facts recorded now. Lists and bans are those that have
// begun by the date.
func (Programme) Conditions(ctx context.Context, q postgres.Querier, org, own uuid.UUID, on civil.Date, r funding.Rules) (funding.Conditions, error) {
	p := paramsOf(r.Edition)
	f, err := loadFacts(ctx, q, org, own, p, on)
	if err != nil {
		return nil, err
	}
	return func(day civil.Date) []funding.Line { return Eligibility(f, p, day) }, nil
}

func loadFacts(ctx context.Context, q postgres.Querier, org, own uuid.UUID, p Params, on civil.Date) (Facts, error) {
	r, o, err := funding.RecordOf(ctx, q, org, on, &postgres.Batch{})
	if err != nil {
		return Facts{}, err
	}
	f := Facts{
		Record: r, New: o.Origin == organization.OriginNew, OriginName: o.Origin.Name(), Registered: o.Basis == organization.Registered,
		CategoryName: o.Category.Name(), Priority: o.Category.Priority(),
		Finance: filing(o.Systems, organization.Finance), Disclosure: filing(o.Systems, organization.Disclosure),
	}
	for _, a := range o.Activities {
		f.Activities = append(f.Activities, Held{a.HeldOn, a.ConfirmedOn})
	}
	grants(&f, o, p, on)
	if f.Grant == "" {
		f.Grant, err = openOrGranted(ctx, q, org, own)
	}
	return f, err
}

// filing takes the system that counts first: a confirmed one before one that waits.
func filing(systems []organization.System, kind organization.SystemKind) Filing {
	var best Filing
	for _, s := range systems {
		if s.Kind != kind || !s.VoidOn.IsZero() {
			continue
		}
		f := Filing{s.FiledOn, s.ConfirmedOn}
		if best.Given.IsZero() || best.from().IsZero() && !f.from().IsZero() || !f.from().IsZero() && f.from().Before(best.from()) {
			best = f
		}
	}
	return best
}

func grants(f *Facts, o organization.Facts, p Params, on civil.Date) {
	_, f.GrantsKnown = o.Looked(organization.EarlierGrants)
	for _, g := range o.GrantsOf(organization.Startup) {
		f.Grant = fmt.Sprintf("%s领过 %s 元", g.AwardedOn.Chinese(), g.Amount)
	}
	for _, g := range o.SameHeadStartups(on.AddMonths(-12 * p.SameHeadYears)) {
		if words := g.OrgName + "，" + g.AwardedOn.Chinese(); !slices.Contains(f.SameHead, words) {
			f.SameHead = append(f.SameHead, words)
		}
	}
}
