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
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// paramsOf reads the programme's parameters from an edition.
func paramsOf(e policy.Edition) Params {
	p := e.Params
	due, _ := civil.Parse("2000-" + p.Text(policy.AnnualReportRegistrarDue)) // typed in the edition: always a day
	return Params{
		Label: e.Label, MinAgeMonths: p.Int(policy.StartupMinAgeMonths), MaxAgeMonths: p.Int(policy.StartupMaxAgeMonths),
		MetNextDay:  p.Text(policy.PeriodMetOn) == policy.MetOnNextDay,
		AmountFiled: p.Fen(policy.StartupAmountFiled), AmountRegistered: p.Fen(policy.StartupAmountRegistered),
		PriorityBonusPct: p.Int(policy.StartupPriorityBonusPct), MinActivities: p.Int(policy.StartupMinActivities),
		ViolationYears: p.Int(policy.LookbackViolationYears), SameHeadYears: p.Int(policy.StartupSameHeadYears), AnnualReportDue: due,
	}
}

// lists pairs the keys of eligibility lines with the kinds of standing.
var lists = map[string]standing.Kind{
	"abnormal": standing.AbnormalList, "serious": standing.SeriousList, "defaulter": standing.CourtDefaulter,
	"violation": standing.Violation, "ban": standing.Ban, "recovery": standing.RecoveryOpen,
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
	o, err := organization.FactsOn(ctx, q, org, on)
	if err != nil {
		return Facts{}, err
	}
	s, err := standing.On(ctx, q, org, on)
	if err != nil {
		return Facts{}, err
	}
	f := Facts{
		EstablishedOn: o.EstablishedOn, StatusName: o.Status.Name(), Active: o.Status == organization.Active,
		New: o.Origin == organization.OriginNew, OriginName: o.Origin.Name(), Registered: o.Basis == organization.Registered,
		CategoryName: o.Category.Name(), Priority: o.Category.Priority(),
		Finance: filing(o.Systems, organization.Finance), Disclosure: filing(o.Systems, organization.Disclosure),
		Lists: map[string]List{},
	}
	for _, a := range o.Activities {
		f.Activities = append(f.Activities, Held{a.HeldOn, a.ConfirmedOn})
	}
	reports(&f, o)
	grants(&f, o, p, on)
	for key, kind := range lists {
		f.Lists[key] = listOf(s, kind)
	}
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

func reports(f *Facts, o organization.Facts) {
	_, f.ReportsKnown = o.Looked(organization.AnnualReports)
	for _, r := range o.Reports {
		f.ReportsKnown = true
		if r.Conclusion == organization.Pass || r.Conclusion == organization.Basic {
			f.Reports = append(f.Reports, r.Year)
		}
	}
}

func grants(f *Facts, o organization.Facts, p Params, on civil.Date) {
	_, f.GrantsKnown = o.Looked(organization.EarlierGrants)
	for _, g := range o.GrantsOf(organization.Startup) {
		f.Grant = fmt.Sprintf("%s领过 %s 元", g.AwardedOn.Chinese(), g.Amount)
	}
	for _, g := range o.OpenReports(on) {
		f.Unreported = g.Title + "的使用报告没有交，期限 " + g.UseReportDueOn.Chinese()
	}
	for _, g := range o.SameHeadStartups(on.AddMonths(-12 * p.SameHeadYears)) {
		if words := g.OrgName + "，" + g.AwardedOn.Chinese(); !slices.Contains(f.SameHead, words) {
			f.SameHead = append(f.SameHead, words)
		}
	}
}

func listOf(s standing.Standing, kind standing.Kind) List {
	check := s.Checks[kind]
	l := List{CheckedOn: check.CheckedOn, Listed: check.Result == standing.Listed}
	for _, e := range s.Entries {
		if e.Kind == kind {
			l.Entries = append(l.Entries, Span{e.FromOn, e.ToOn})
		}
	}
	return l
}
