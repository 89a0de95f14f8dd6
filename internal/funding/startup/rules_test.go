package startup

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func params() Params {
	return Params{
		RecordTerms: funding.RecordTerms{Label: "参数", ViolationYears: 3, AnnualReportDue: day("2000-05-31")}, MinAgeMonths: 6, MaxAgeMonths: 24, AmountFiled: 5000 * money.Yuan, AmountRegistered: 20000 * money.Yuan,
		PriorityBonusPct: 20, MinActivities: 1, SameHeadYears: 3,
	}
}

// eligible is an organization that meets every condition on 2026-11-23; a test
// changes one thing.
func eligible() Facts {
	clear := funding.List{CheckedOn: day("2026-11-01")}
	return Facts{
		Record: funding.Record{EstablishedOn: day("2026-05-23"), StatusName: "正常", Active: true, ReportsKnown: true,
			Lists: map[string]funding.List{"abnormal": clear, "serious": clear, "defaulter": clear, "violation": clear, "ban": clear, "recovery": clear}},
		New: true, OriginName: "新成立", CategoryName: "文化体育",
		Finance: Filing{day("2026-06-01"), day("2026-06-02")}, Disclosure: Filing{day("2026-06-01"), day("2026-06-02")},
		Activities: []Held{{day("2026-07-18"), day("2026-07-20")}}, GrantsKnown: true,
	}
}

func lineOf(t *testing.T, lines []funding.Line, key string) funding.Line {
	t.Helper()
	for _, l := range lines {
		if l.Key == key {
			return l
		}
	}
	t.Fatalf("no line %q", key)
	return funding.Line{}
}

func TestAgeVectors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		established, first string
		nextDay            bool
	}{
		{"2026-05-23", "2026-11-23", false},
		{"2026-08-31", "2027-02-28", false},
		{"2027-08-31", "2028-02-29", false},
		{"2026-05-23", "2026-11-24", true}, // strict reading of 民法典 202
	} {
		t.Run(c.established, func(t *testing.T) {
			t.Parallel()
			f, p := eligible(), params()
			f.EstablishedOn, p.MetNextDay = day(c.established), c.nextDay
			first := day(c.first)
			before := lineOf(t, Eligibility(f, p, first.AddDays(-1)), "age")
			if before.Answer != funding.Unmet || before.Flips != first {
				t.Errorf("day before: %s, flips %s; want unmet until %s", before.Answer, before.Flips, first)
			}
			if on := lineOf(t, Eligibility(f, p, first), "age"); on.Answer != funding.Met {
				t.Errorf("on %s: %s", first, on.Answer)
			}
		})
	}
}

func TestMaximumAgeIsInclusive(t *testing.T) {
	t.Parallel()
	f := eligible()
	last := day("2028-05-23")
	if l := lineOf(t, Eligibility(f, params(), last), "new_enough"); l.Answer != funding.Met || l.Flips != last.AddDays(1) {
		t.Errorf("last day: %+v", l)
	}
	if l := lineOf(t, Eligibility(f, params(), last.AddDays(1)), "new_enough"); l.Answer != funding.Unmet || !l.Flips.IsZero() {
		t.Errorf("day after: %+v", l)
	}
}

func TestEachConditionAlone(t *testing.T) {
	t.Parallel()
	on := day("2026-11-23")
	for name, c := range map[string]struct {
		key   string
		spoil func(*Facts)
		want  funding.Answer
		flips string
	}{
		"established date not recorded":        {"age", func(f *Facts) { f.EstablishedOn = civil.Date{} }, funding.Unknown, ""},
		"activity abnormal":                    {"status", func(f *Facts) { f.Active = false }, funding.Unmet, ""},
		"registered anew after a rename":       {"origin", func(f *Facts) { f.New = false }, funding.Unmet, ""},
		"an application is under way":          {"once", func(f *Facts) { f.Grant = "FH-2026-0001 正在办理" }, funding.Unmet, ""},
		"nobody looked for earlier grants":     {"once", func(f *Facts) { f.GrantsKnown = false }, funding.Unknown, ""},
		"no disclosure system":                 {"systems", func(f *Facts) { f.Disclosure = Filing{} }, funding.Unmet, ""},
		"a system that waits for confirmation": {"systems", func(f *Facts) { f.Finance.Confirmed = civil.Date{} }, funding.Unmet, ""},
		"a system on file from next week":      {"systems", func(f *Facts) { f.Finance = Filing{day("2026-11-30"), day("2026-11-20")} }, funding.Unmet, "2026-11-30"},
		"no activity":                          {"activities", func(f *Facts) { f.Activities = nil }, funding.Unmet, ""},
		"an unconfirmed activity":              {"activities", func(f *Facts) { f.Activities[0].Confirmed = civil.Date{} }, funding.Unmet, ""},
		"never looked up":                      {"defaulter", func(f *Facts) { f.Lists["defaulter"] = funding.List{} }, funding.Unknown, ""},
		"seen listed without an entry":         {"serious", func(f *Facts) { f.Lists["serious"] = funding.List{CheckedOn: on, Listed: true} }, funding.Unmet, ""},
		"listed with an end":                   {"abnormal", func(f *Facts) { f.Lists["abnormal"] = entries("2026-01-01", "2026-12-31") }, funding.Unmet, "2027-01-01"},
		"listed without an end":                {"abnormal", func(f *Facts) { f.Lists["abnormal"] = entries("2026-01-01", "") }, funding.Unmet, ""},
		"a violation within three years":       {"violation", func(f *Facts) { f.Lists["violation"] = entries("2023-11-24", "2023-11-24") }, funding.Unmet, "2026-11-24"},
		"a violation three years ago":          {"violation", func(f *Facts) { f.Lists["violation"] = entries("2023-11-23", "2023-11-23") }, funding.Met, ""},
		"banned through today":                 {"ban", func(f *Facts) { f.Lists["ban"] = entries("2025-01-01", "2026-11-23") }, funding.Unmet, "2026-11-24"},
		"banned through yesterday":             {"ban", func(f *Facts) { f.Lists["ban"] = entries("2025-01-01", "2026-11-22") }, funding.Met, ""},
		"an open recovery":                     {"recovery", func(f *Facts) { f.Lists["recovery"] = entries("2026-01-01", "") }, funding.Unmet, ""},
		"an overdue use report":                {"unreported", func(f *Facts) { f.Unreported = "2025 年活动补贴" }, funding.Unmet, ""},
		"founded before, report missing":       {"annual_report", func(f *Facts) { f.EstablishedOn = day("2025-03-01") }, funding.Unmet, ""},
		"founded before, report on file":       {"annual_report", func(f *Facts) { f.EstablishedOn, f.Reports = day("2025-03-01"), []int{2025} }, funding.Met, "2027-06-01"},
		"founded before, nobody looked":        {"annual_report", func(f *Facts) { f.EstablishedOn, f.ReportsKnown = day("2025-03-01"), false }, funding.Unknown, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := eligible()
			c.spoil(&f)
			lines := Eligibility(f, params(), on)
			l := lineOf(t, lines, c.key)
			if l.Answer != c.want || l.Flips.String() != c.flips {
				t.Fatalf("%s: %s flips %q; want %s %q", c.key, l.Answer, l.Flips, c.want, c.flips)
			}
			if v := funding.Judge(lines); c.want == funding.Unmet && v.MaySubmit || c.want == funding.Unknown && v.MayAccept {
				t.Errorf("verdict lets it through: %+v", v)
			}
			if l.Answer == funding.Unmet && l.Remedy == "" {
				t.Error("an unmet line must say what to do")
			}
		})
	}
	if v := funding.Judge(Eligibility(eligible(), params(), on)); !v.MaySubmit || !v.MayAccept {
		t.Errorf("control: the unspoilt organization must pass: %+v", v)
	}
}

func entries(from, to string) funding.List {
	s := funding.Span{From: day(from)}
	if to != "" {
		s.To = day(to)
	}
	return funding.List{CheckedOn: day("2026-11-01"), Entries: []funding.Span{s}}
}

// On the date that a line names its answer flips, and not a day before.
func TestAnswersFlipOnTheNamedDate(t *testing.T) {
	t.Parallel()
	named := 0
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		f, on := randomFacts(r), randomDay(r)
		for _, l := range Eligibility(f, params(), on) {
			if l.Flips.IsZero() {
				continue
			}
			named++
			if !l.Flips.After(on) {
				t.Fatalf("seed %d: %s on %s names %s, which is past", seed, l.Key, on, l.Flips)
			}
			if eve := lineOf(t, Eligibility(f, params(), l.Flips.AddDays(-1)), l.Key); eve.Answer != l.Answer {
				t.Fatalf("seed %d: %s is %s on %s but %s on the eve of %s", seed, l.Key, l.Answer, on, eve.Answer, l.Flips)
			}
			if then := lineOf(t, Eligibility(f, params(), l.Flips), l.Key); then.Answer == l.Answer {
				t.Fatalf("seed %d: %s is still %s on %s", seed, l.Key, l.Answer, l.Flips)
			}
		}
	}
	if named < 1000 {
		t.Errorf("only %d lines named a date: the property proves little", named)
	}
}

// The verdict's earliest date is the first on which the organization may submit
// if nothing but time passes.
func TestEarliestDateIsTheFirst(t *testing.T) {
	t.Parallel()
	seen := 0
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 2))
		f, on := randomFacts(r), randomDay(r)
		_, v := funding.Assess(func(d civil.Date) []funding.Line { return Eligibility(f, params(), d) }, on)
		if v.Earliest.IsZero() {
			continue
		}
		seen++
		if !funding.Judge(Eligibility(f, params(), v.Earliest)).MaySubmit {
			t.Fatalf("seed %d: on %s the earliest date %s is promised and not kept", seed, on, v.Earliest)
		}
		for d := on; d.Before(v.Earliest); d = d.AddDays(1) {
			if funding.Judge(Eligibility(f, params(), d)).MaySubmit {
				t.Fatalf("seed %d: %s is promised, %s would do", seed, v.Earliest, d)
			}
		}
	}
	if seen < 15 {
		t.Errorf("only %d verdicts named a date", seen)
	}
}

func randomDay(r *rand.Rand) civil.Date { return day("2024-01-01").AddDays(r.IntN(1500)) }

func randomFacts(r *rand.Rand) Facts {
	f := eligible()
	f.EstablishedOn = randomDay(r)
	maybe := func() bool { return r.IntN(4) == 0 }
	if maybe() {
		f.Finance = Filing{randomDay(r), randomDay(r)}
	}
	f.Activities = nil
	for range r.IntN(3) {
		f.Activities = append(f.Activities, Held{randomDay(r), randomDay(r)})
	}
	for y := f.EstablishedOn.Year; y < 2030; y++ {
		if r.IntN(3) > 0 {
			f.Reports = append(f.Reports, y)
		}
	}
	for key := range f.Lists {
		if maybe() {
			from := randomDay(r)
			f.Lists[key] = funding.List{CheckedOn: day("2024-01-01"), Entries: []funding.Span{{From: from, To: from.AddDays(r.IntN(700))}}}
		}
	}
	return f
}

func TestCap(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		registered, priority bool
		want                 money.Fen
	}{
		{false, false, 5000 * money.Yuan}, {false, true, 6000 * money.Yuan}, {true, false, 20000 * money.Yuan}, {true, true, 24000 * money.Yuan},
	} {
		t.Run(fmt.Sprint(c.registered, c.priority), func(t *testing.T) {
			t.Parallel()
			if got := Cap(c.registered, c.priority, params()); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}
