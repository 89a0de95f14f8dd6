package activity

import (
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"
)

func eligible() Facts {
	clear := funding.List{CheckedOn: day("2026-11-01")}
	return Facts{Claims: map[int]int{}, Record: funding.Record{EstablishedOn: day("2024-05-23"), StatusName: "正常", Active: true, ReportsKnown: true, Reports: []int{2024, 2025},
		Lists: map[string]funding.List{"abnormal": clear, "serious": clear, "defaulter": clear, "violation": clear, "ban": clear, "recovery": clear}}}
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

func TestConditions(t *testing.T) {
	t.Parallel()
	on := day("2026-11-23")
	if v := funding.Judge(Eligibility(eligible(), params(), on)); !v.MaySubmit || !v.MayAccept || v.Met != 11 {
		t.Fatalf("without fault: %+v", v)
	}
	for name, c := range map[string]struct {
		line   string
		spoil  func(f *Facts, p *Params)
		answer funding.Answer
		flips  string
	}{
		"two of this year":             {"year", func(f *Facts, _ *Params) { f.Claims[2026] = 2 }, funding.Unmet, "2027-01-01"},
		"one of this year":             {"year", func(f *Facts, _ *Params) { f.Claims[2026] = 1 }, funding.Met, ""},
		"two of last year":             {"year", func(f *Facts, _ *Params) { f.Claims[2025] = 2 }, funding.Met, ""},
		"a claim for last year":        {"year", func(f *Facts, _ *Params) { f.Claims[2025], f.Of = 2, 2025 }, funding.Unmet, ""},
		"a draft knows its day itself": {"year", func(f *Facts, _ *Params) { f.Claims[2026], f.Draft = 2, true }, funding.Met, ""},
		"abnormal":                     {"status", func(f *Facts, _ *Params) { f.Active = false }, funding.Unmet, ""},
		"not looked up":                {"serious", func(f *Facts, _ *Params) { f.Lists["serious"] = funding.List{} }, funding.Unknown, ""},
		"a report is owed":             {"annual_report", func(f *Facts, _ *Params) { f.Reports = []int{2024} }, funding.Unmet, ""},
		"before the window":            {"intake", func(_ *Facts, p *Params) { p.Yearly = true }, funding.Unmet, "2027-03-07"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, p := eligible(), params()
			c.spoil(&f, &p)
			l := lineOf(t, Eligibility(f, p, on), c.line)
			if l.Answer != c.answer || c.flips != "" && l.Flips != day(c.flips) || c.flips == "" && !l.Flips.IsZero() {
				t.Errorf("%+v", l)
			}
			if l.Answer == funding.Unmet && l.Remedy == "" {
				t.Errorf("what to do? %+v", l)
			}
		})
	}
}

// A yearly window opens and closes on its days, also over the end of a year.
func TestIntakeWindow(t *testing.T) {
	t.Parallel()
	p := params()
	p.Yearly = true
	over := p
	over.From, over.To = day("2000-12-15"), day("2000-02-29")
	for _, c := range []struct {
		p     Params
		on    string
		open  bool
		flips string
	}{
		{p, "2026-03-06", false, "2026-03-07"}, {p, "2026-03-07", true, "2026-03-29"}, {p, "2026-03-28", true, "2026-03-29"}, {p, "2026-03-29", false, "2027-03-07"},
		{over, "2026-12-14", false, "2026-12-15"}, {over, "2026-12-15", true, "2027-03-01"}, {over, "2027-02-28", true, "2027-03-01"},
		{over, "2027-03-01", false, "2027-12-15"}, {over, "2028-02-29", true, "2028-03-01"},
	} {
		if open, flips := c.p.open(day(c.on)); open != c.open || flips != day(c.flips) {
			t.Errorf("%s: %v until %s, want %v until %s", c.on, open, flips, c.open, c.flips)
		}
	}
	// Who was in time stays in time.
	lines := funding.Conditions(func(on civil.Date) []funding.Line { return Eligibility(eligible(), p, on) }).Submitted(day("2026-03-28"))(day("2026-04-20"))
	if l := lineOf(t, lines, "intake"); l.Answer != funding.Met || !strings.HasPrefix(l.Value, "提交时") {
		t.Errorf("%+v", l)
	}
}

func edition() policy.Edition {
	return policy.Edition{EditionFacts: policy.EditionFacts{Label: "参数"}, Params: policy.ParamsOf(map[policy.Key]any{
		policy.ActivityMaxPerYear: 2, policy.ActivityRateMode: policy.RateFlat, policy.ActivityRatePct: 60, policy.ActivityTierFrom: 6,
		policy.ActivityTierLowPct: 40, policy.ActivityTierHighPct: 60, policy.ActivityCapEvent: 300_000, policy.ActivityCapYear: 1_000_000,
		policy.ActivityClaimDays: 60, policy.ActivityMinParticipants: 15, policy.ActivityMinPhotos: 3, policy.ActivityPhotoDistance: 3, policy.ActivityStar3BonusPct: 20,
		policy.ActivityStar2BonusPct: 10, policy.ActivityReceiptDays: 30, policy.ActivityIntake: policy.IntakeAlways, policy.ActivityIntakeFrom: "03-07",
		policy.ActivityIntakeTo: "03-28", policy.LookbackViolationYears: 3, policy.AnnualReportRegistrarDue: "05-31",
	})}
}

func TestTrial(t *testing.T) {
	t.Parallel()
	well := Trial{HeldOn: day("2026-10-18"), Participants: 45, Cost: yuan(4000), Reports: funding.Yes, Obstructed: funding.Obstructed{Sure: true}, Calendar: workday.New(nil, 2026)}
	on := day("2026-11-23")
	lines, v, amount := TryOut(well, edition(), on)
	if !v.MaySubmit || !v.MayAccept || v.Met != 13 || amount != yuan(2400) {
		t.Fatalf("%+v, %s", v, amount)
	}
	for _, l := range lines {
		if l.Answer != funding.Note && l.Key != "intake" && l.From != funding.Asserted {
			t.Errorf("%s claims to come from %q", l.Key, l.From)
		}
	}
	for name, c := range map[string]struct {
		line  string
		spoil func(x *Trial)
	}{
		"too late": {"claim_days", func(x *Trial) { x.HeldOn = day("2026-09-20") }}, "not yet": {"claim_days", func(x *Trial) { x.HeldOn = day("2026-11-24") }},
		"too few": {"participants", func(x *Trial) { x.Participants = 14 }}, "twice this year": {"year", func(x *Trial) { x.Claims = 2 }},
		"on a list": {"serious", func(x *Trial) { x.Obstacles = []string{"serious"} }}, "a report owed": {"annual_report", func(x *Trial) { x.Reports = funding.No }},
	} {
		x := well
		c.spoil(&x)
		if _, v, _ := TryOut(x, edition(), on); v.MaySubmit || v.Unmet != 1 {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// Whoever tries the conditions out hears of the day of the event what the form says
// of it, day by day, over weekends and holidays.
func TestTrialAndFormAgreeOnTheLastDay(t *testing.T) {
	t.Parallel()
	c := formContext()
	known(&c, func(k *Known) {
		k.Calendar = workday.New([]workday.Day{{Date: day("2026-11-20"), Kind: workday.Off}, {Date: day("2026-11-21"), Kind: workday.Work}}, 2026)
	})
	k := c.Known.(Known)
	late := 0
	for held := day("2026-09-10"); held.Before(day("2026-11-30")); held = held.AddDays(1) {
		v := filled()
		for _, name := range []string{"held_on", "cost-1-issued_on", "cost-2-issued_on"} {
			for _, box := range []string{"-year", "-month", "-day"} {
				v.Del(name + box)
			}
			v.Set(name, held.String())
		}
		_, faults := read(v, c)
		refused := slices.ContainsFunc(faults, func(f errs.Field) bool { return f.Name == "held_on" })
		lines, _, _ := TryOut(Trial{HeldOn: held, Participants: 45, Cost: yuan(4000), Reports: funding.Yes, Obstructed: funding.Obstructed{Sure: true}, Calendar: k.Calendar}, edition(), c.Today)
		i := slices.IndexFunc(lines, func(l funding.Line) bool { return l.Key == "claim_days" })
		if unmet := lines[i].Answer == funding.Unmet; unmet != refused {
			t.Errorf("held on %s (last day %s): the form refuses %v, the trial %v", held, paramsOf(edition()).LastDay(k.Calendar, held), refused, unmet)
		}
		if refused && held.Before(c.Today) {
			late++
		}
	}
	if late != 13 { // up to 22 September: its sixtieth day is a Saturday that is worked
		t.Errorf("%d days are too long ago", late)
	}
}

func TestOfferNamesEveryConditionOnce(t *testing.T) {
	t.Parallel()
	offer := Programme{}.Offer(edition(), day("2026-11-23"))
	seen := map[string]bool{}
	for _, l := range offer.Conditions {
		if seen[l.Key] || l.Label == "" || l.Source.Article == "" || l.Answer != "" || l.Value != "" {
			t.Errorf("%+v", l)
		}
		seen[l.Key] = true
	}
	if len(seen) != 13 || offer.When != "全年受理" || offer.Gives[0].Param.Display() != "3,000.00元" {
		t.Errorf("%d conditions: %+v", len(seen), offer)
	}
	if n := strings.Count(offer.Questions[2].Answer, "、"); n < len(NotCosts)-1 {
		t.Errorf("what is excluded: %s", offer.Questions[2].Answer)
	}
}
