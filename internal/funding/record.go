package funding

import (
	"context"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// Record is what every programme asks about an organization, whatever it gives.
type Record struct {
	EstablishedOn civil.Date // zero: not recorded
	StatusName    string
	Active        bool
	Reports       []int // years with an annual report on file that passed
	ReportsKnown  bool  // an office looked for annual reports, or recorded one
	Lists         map[string]List
	Unreported    string // earlier grant whose use report is owed; "" none
}

// List is what is known of one list, ban or record of violations. CheckedOn is
// zero when nobody has looked: unknown, never clear.
type List struct {
	CheckedOn civil.Date
	Listed    bool // a look found it listed though no entry is recorded
	Entries   []Span
}

// Span is a time on a list; To is its last day, zero while open.
type Span struct{ From, To civil.Date }

// RecordTerms are the parameters of the conditions that all programmes share.
type RecordTerms struct {
	Label           string // the edition's label, cited where a rule is not in the policy text
	ViolationYears  int
	AnnualReportDue civil.Date // month and day by which last year's report is due; its year is not read
}

// RecordTermsOf reads them from an edition.
func RecordTermsOf(e policy.Edition) RecordTerms {
	due, _ := civil.Parse("2000-" + e.Params.Text(policy.AnnualReportRegistrarDue)) // typed in the edition: always a day
	return RecordTerms{Label: e.Label, ViolationYears: e.Params.Int(policy.LookbackViolationYears), AnnualReportDue: due}
}

// Lists pairs the keys of eligibility lines with the kinds of standing.
var Lists = map[string]standing.Kind{
	"abnormal": standing.AbnormalList, "serious": standing.SeriousList, "defaulter": standing.CourtDefaulter,
	"violation": standing.Violation, "ban": standing.Ban, "recovery": standing.RecoveryOpen,
}

// RecordOf reads the record of an organization as of a day, with the registered
// facts that it is read from. What stands in the batch is asked in the same round
// trip.
func RecordOf(ctx context.Context, q postgres.Querier, org uuid.UUID, on civil.Date, b *postgres.Batch) (Record, organization.Facts, error) {
	o, err := organization.FactsOn(ctx, q, org, on)
	if err != nil {
		return Record{}, o, err
	}
	standing := standing.GatherOn(b, org, on)
	if err := b.Run(ctx, q); err != nil {
		return Record{}, o, err
	}
	s := standing()
	r := Record{EstablishedOn: o.EstablishedOn, StatusName: o.Status.Name(), Active: o.Status == organization.Active, Lists: map[string]List{}}
	_, r.ReportsKnown = o.Looked(organization.AnnualReports)
	for _, a := range o.Reports {
		r.ReportsKnown = true
		if a.Conclusion == organization.Pass || a.Conclusion == organization.Basic {
			r.Reports = append(r.Reports, a.Year)
		}
	}
	for _, g := range o.OpenReports(on) {
		r.Unreported = g.Title + "的使用报告没有交，期限 " + g.UseReportDueOn.Chinese()
	}
	for key, kind := range Lists {
		r.Lists[key] = listOf(s, kind)
	}
	return r, o, nil
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
