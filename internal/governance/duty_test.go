package governance

import (
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"
)

// testRules know the years 2025 to 2027 with the days that matter here.
func testRules() Rules {
	d := civil.MustParse
	calendar := workday.New([]workday.Day{
		{Date: d("2026-05-31"), Kind: workday.Off, Name: "演示"}, {Date: d("2026-05-09"), Kind: workday.Work},
		{Date: d("2026-02-28"), Kind: workday.Work, Name: "春节"},
	}, 2025, 2026, 2027)
	return Rules{SetupMonths: 6, AssemblyMonths: 12, CouncilMonths: 6, TermYears: 5, Quorum: policy.QuorumTwoThirds, RemindFirst: 30,
		UnitDue: monthDay("03-31"), RegistrarDue: monthDay("05-31"), OpinionWD: 10, CorrectWD: 10, ConcludeWD: 20, DisclosureDue: monthDay("06-30"), Calendar: calendar}
}

func number(n int) *int { return &n }

// base is an association of 2024-06-30 about which nothing else is known.
func base() Facts {
	return Facts{Type: organization.Association, Basis: organization.Filed, EstablishedOn: civil.MustParse("2024-06-30")}
}

// withDisclosure has the system on file and the two texts of last year public or not.
func withDisclosure(summary, accounts bool) func(*Facts) {
	return func(f *Facts) {
		f.Systems = []Filed{{organization.Disclosure, civil.MustParse("2024-07-01"), civil.MustParse("2024-07-09")}}
		f.SummaryPublic, f.AccountsPublic = summary, accounts
	}
}

func TestChecklist(t *testing.T) {
	t.Parallel()
	d := civil.MustParse
	for _, c := range []struct {
		name  string
		facts func(*Facts)
		today string
		duty  Duty
		state State
		due   string
	}{
		{"charter in time", func(f *Facts) { f.EstablishedOn = d("2026-03-15") }, "2026-04-01", DutyCharter, Due, "2026-09-15"},
		{"charter on a Sunday, due on Monday", func(f *Facts) { f.EstablishedOn = d("2026-03-13") }, "2026-09-14", DutyCharter, Due, "2026-09-14"},
		{"charter the day after", func(f *Facts) { f.EstablishedOn = d("2026-03-13") }, "2026-09-15", DutyCharter, Overdue, "2026-09-14"},
		{"month end: 2025-08-31 is due on 02-28, a make-up Saturday", func(f *Facts) { f.EstablishedOn = d("2025-08-31") }, "2026-02-28", DutyCharter, Due, "2026-02-28"},
		{"charter handed in", func(f *Facts) {
			f.Systems = []Filed{{organization.Charter, d("2024-07-01"), civil.Date{}}}
		}, "2026-01-05", DutyCharter, Waiting, "2024-12-30"},
		{"charter confirmed", func(f *Facts) {
			f.Systems = []Filed{{organization.Charter, d("2024-07-01"), d("2024-07-09")}}
		}, "2026-01-05", DutyCharter, Met, ""},
		{"another system is no charter", func(f *Facts) {
			f.Systems = []Filed{{organization.Finance, d("2024-07-01"), d("2024-07-09")}}
		}, "2026-01-05", DutyCharter, Overdue, "2024-12-30"},

		{"no assembly in the first year", func(f *Facts) { f.EstablishedOn = d("2026-01-31") }, "2027-01-31", DutyAssembly, Due, "2027-01-31"},
		{"no assembly ever", nil, "2026-01-05", DutyAssembly, Unknown, "2025-06-30"},
		{"leap day: a year later it is 02-28", func(f *Facts) { f.EstablishedOn, f.Assembly = d("2023-01-01"), d("2024-02-29") }, "2025-02-28", DutyAssembly, Met, "2025-02-28"},
		{"and over on 03-01", func(f *Facts) { f.EstablishedOn, f.Assembly = d("2023-01-01"), d("2024-02-29") }, "2025-03-01", DutyAssembly, Overdue, "2025-02-28"},
		{"a holiday moves no meeting", func(f *Facts) { f.Assembly = d("2025-05-31") }, "2026-05-31", DutyAssembly, Met, "2026-05-31"},
		{"the charter is stricter", func(f *Facts) { f.Assembly, f.Charter.AssemblyMonths = d("2025-10-31"), number(6) }, "2026-01-05", DutyAssembly, Met, "2026-04-30"},
		{"the charter cannot be laxer", func(f *Facts) { f.Assembly, f.Charter.AssemblyMonths = d("2025-10-31"), number(24) }, "2026-01-05", DutyAssembly, Met, "2026-10-31"},
		{"no assembly of a service body", func(f *Facts) { f.Type = organization.SocialService }, "2026-01-05", DutyAssembly, Exempt, ""},

		{"council twice a year", func(f *Facts) { f.Council = d("2025-08-31") }, "2026-01-05", DutyCouncil, Met, "2026-02-28"},
		{"no council by the charter", func(f *Facts) { f.Charter.HasCouncil = No }, "2026-01-05", DutyCouncil, Exempt, ""},

		{"no supervisor yet", func(f *Facts) { f.EstablishedOn = d("2026-01-01") }, "2026-07-01", DutySupervisors, Due, "2026-07-01"},
		{"no supervisor recorded", nil, "2026-01-05", DutySupervisors, Unknown, "2024-12-30"},
		{"in place", func(f *Facts) { f.Supervisors, f.SupervisorsTerm = 1, d("2029-06-30") }, "2026-01-05", DutySupervisors, Met, "2029-06-30"},
		{"term over", func(f *Facts) { f.Supervisors, f.SupervisorsTerm = 1, d("2026-01-04") }, "2026-01-05", DutySupervisors, Overdue, "2026-01-04"},
		{"sits on the council, too", func(f *Facts) { f.Supervisors, f.Both = 1, []string{"张三"} }, "2026-01-05", DutySupervisors, Faulty, ""},

		{"first term runs", nil, "2026-01-05", DutyElection, Due, "2029-06-30"},
		{"first term long over", func(f *Facts) { f.EstablishedOn = d("2015-01-01") }, "2026-01-05", DutyElection, Unknown, "2020-01-01"},
		{"elected, the charter says three years", func(f *Facts) { f.Election, f.Charter.TermYears = d("2024-02-29"), number(3) }, "2026-01-05", DutyElection, Met, "2027-02-28"},
		{"election overdue", func(f *Facts) { f.EstablishedOn, f.Election = d("2015-01-01"), d("2020-01-02") }, "2025-01-03", DutyElection, Overdue, "2025-01-02"},
		{"terms of the members", func(f *Facts) { f.CouncilMembers, f.CouncilTermTo = 5, d("2026-01-05") }, "2026-01-05", DutyElection, Met, "2026-01-05"},

		{"party not known", nil, "2026-01-05", DutyParty, Unknown, ""},
		{"no party organization", func(f *Facts) { f.PartyOrg = organization.PartyNone }, "2026-01-05", DutyParty, Exempt, ""},
		{"three members and none", func(f *Facts) { f.PartyOrg, f.PartyMembers = organization.PartyNone, number(3) }, "2026-01-05", DutyParty, Faulty, ""},
		{"branch of two", func(f *Facts) { f.PartyOrg, f.PartyMembers = organization.PartyOwn, number(2) }, "2026-01-05", DutyParty, Faulty, ""},
		{"joint branch of two", func(f *Facts) { f.PartyOrg, f.PartyMembers = organization.PartyJoint, number(2) }, "2026-01-05", DutyParty, Met, ""},

		{"report: 05-31 is off, the next working day", nil, "2026-06-01", DutyReport, Due, "2026-06-01"},
		{"report: the unit comes first", func(f *Facts) { f.Supervised = true }, "2026-03-31", DutyReport, Due, "2026-03-31"},
		{"report: then the registrar", func(f *Facts) { f.Supervised = true }, "2026-04-01", DutyReport, Due, "2026-06-01"},
		{"report: nothing handed in", nil, "2026-06-02", DutyReport, Overdue, "2026-06-01"},
		{"report: handed in late", func(f *Facts) {
			f.ReportConclusion, f.ReportState, f.ReportOn = organization.Missing, FilingSubmitted, d("2026-07-01")
		}, "2026-07-02", DutyReport, Waiting, "2026-06-01"},
		{"report: to be corrected", func(f *Facts) { f.ReportState = FilingCorrecting }, "2026-04-01", DutyReport, Faulty, "2026-06-01"},
		{"disclosure: nothing public yet", withDisclosure(false, false), "2026-06-30", DutyDisclosure, Due, "2026-06-30"},
		{"disclosure: half of it", withDisclosure(true, false), "2026-07-01", DutyDisclosure, Overdue, "2026-06-30"},
		{"disclosure: all of it", withDisclosure(true, true), "2026-07-01", DutyDisclosure, Met, ""},
		{"disclosure: not in the first year", func(f *Facts) { withDisclosure(false, false)(f); f.EstablishedOn = d("2026-01-05") }, "2026-07-01", DutyDisclosure, Met, ""},
		{"report: found missing", func(f *Facts) { f.ReportConclusion = organization.Missing }, "2026-06-02", DutyReport, Overdue, "2026-06-01"},
		{"report: concluded", func(f *Facts) { f.ReportConclusion = organization.Fail }, "2026-06-02", DutyReport, Met, ""},
		{"report: founded this year", func(f *Facts) { f.EstablishedOn = d("2026-01-01") }, "2026-06-02", DutyReport, Exempt, ""},
	} {
		f := base()
		if c.facts != nil {
			c.facts(&f)
		}
		got := of(Checklist(f, testRules(), d(c.today)), c.duty)
		if got.State != c.state || got.DueOn.String() != c.due {
			t.Errorf("%s: %s, due %s; want %s, %s", c.name, got.State, got.DueOn, c.state, c.due)
		}
		if got.State.Problem() && got.Next == "" {
			t.Errorf("%s: a problem without a next step", c.name)
		}
	}
}

// TestUnknownYear: a deadline in a year without a calendar is provisional.
func TestUnknownYear(t *testing.T) {
	t.Parallel()
	f := base()
	f.EstablishedOn = civil.MustParse("2020-01-01")
	if got := of(Checklist(f, testRules(), civil.MustParse("2028-04-03")), DutyReport); !got.Provisional || got.DueOn.String() != "2028-05-31" {
		t.Errorf("report of 2027: %+v", got)
	}
	if got := of(Checklist(f, testRules(), civil.MustParse("2027-04-03")), DutyReport); got.Provisional {
		t.Errorf("report of 2026 in a known year: %+v", got)
	}
}

func TestQuorate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule              string
		expected, present int
		ok                bool
		least             int
	}{
		{policy.QuorumTwoThirds, 30, 20, true, 20}, {policy.QuorumTwoThirds, 31, 20, false, 21}, {policy.QuorumTwoThirds, 1, 1, true, 1},
		{policy.QuorumHalf, 30, 15, false, 16}, {policy.QuorumHalf, 31, 16, true, 16},
	} {
		if ok, least := Quorate(c.rule, c.expected, c.present); ok != c.ok || least != c.least {
			t.Errorf("%s %d/%d: %v, %d", c.rule, c.present, c.expected, ok, least)
		}
	}
}
