package startup

import (
	"strings"
	"testing"

	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
)

func edition() policy.Edition {
	return policy.Edition{EditionFacts: policy.EditionFacts{Label: "参数"}, Params: policy.ParamsOf(map[policy.Key]any{
		policy.StartupMinAgeMonths: 6, policy.StartupMaxAgeMonths: 24, policy.PeriodMetOn: policy.MetOnCorrespondingDay,
		policy.StartupAmountFiled: 500000, policy.StartupAmountRegistered: 2000000, policy.StartupPriorityBonusPct: 20,
		policy.StartupMinActivities: 2, policy.LookbackViolationYears: 3, policy.StartupSameHeadYears: 3, policy.AnnualReportRegistrarDue: "05-31",
	})}
}

func allWell() Trial {
	return Trial{EstablishedOn: day("2026-05-23"), Category: organization.Welfare, Origin: organization.OriginNew,
		Finance: funding.Yes, Disclosure: funding.Yes, Activities: true, Reports: funding.Yes, Obstructed: funding.Obstructed{Sure: true}}
}

func TestTrialOfAnOrganizationWithoutFault(t *testing.T) {
	t.Parallel()
	lines, v := TryOut(allWell(), edition(), day("2026-11-23"))
	if !v.MaySubmit || !v.MayAccept || v.Unmet+v.Unknown != 0 || v.Met != 15 {
		t.Fatalf("%+v", v)
	}
	for _, l := range lines {
		if l.Answer != funding.Note && l.From != funding.Asserted {
			t.Errorf("%s claims to come from %q", l.Key, l.From)
		}
	}
	if l := lineOf(t, lines, "amount"); !strings.Contains(l.Label, "6,000.00") {
		t.Errorf("amount: %+v", l)
	}
	if _, v := TryOut(allWell(), edition(), day("2026-11-22")); v.MaySubmit || v.Earliest != day("2026-11-23") {
		t.Errorf("the day before: %+v", v)
	}
}

// Every obstacle stops by itself and never promises a date that nobody typed.
func TestTrialObstacles(t *testing.T) {
	t.Parallel()
	for _, o := range Obstacles(edition()) {
		trial := allWell()
		trial.Obstacles = []string{o.Key}
		lines, v := TryOut(trial, edition(), day("2026-11-23"))
		l := lineOf(t, lines, o.Key)
		if v.MaySubmit || v.Unmet != 1 || !v.Earliest.IsZero() {
			t.Errorf("%s: %+v", o.Key, v)
		}
		if l.Answer != funding.Unmet || !l.Flips.IsZero() || l.Remedy == "" || strings.Contains(l.Value+l.Remedy, "2026年11月23日") {
			t.Errorf("%s: %+v", o.Key, l)
		}
	}
}

func TestTrialUnsureIsUnknown(t *testing.T) {
	t.Parallel()
	trial := allWell()
	trial.Sure = false
	trial.Obstacles = []string{"ban"}
	_, v := TryOut(trial, edition(), day("2026-11-23"))
	if v.MaySubmit || v.Unmet != 1 || v.Unknown != len(Obstacles(edition()))-1 {
		t.Errorf("one ticked, not sure of the others: %+v", v)
	}
	for name, c := range map[string]struct {
		finance, disclosure funding.Said
		want                funding.Answer
	}{
		"unsure": {funding.Yes, funding.Unsure, funding.Unknown}, "missing wins": {funding.No, funding.Unsure, funding.Unmet}, "both": {funding.Yes, funding.Yes, funding.Met},
	} {
		trial := allWell()
		trial.Finance, trial.Disclosure = c.finance, c.disclosure
		lines, v := TryOut(trial, edition(), day("2026-11-23"))
		if l := lineOf(t, lines, "systems"); l.Answer != c.want {
			t.Errorf("%s: %+v", name, l)
		}
		if v.MaySubmit != (c.want == funding.Met) {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

// The annual report that is due in the spring of the year after next.
func TestTrialReports(t *testing.T) {
	t.Parallel()
	for said, want := range map[funding.Said]funding.Answer{funding.Yes: funding.Met, funding.No: funding.Unmet, funding.Unsure: funding.Unknown} {
		trial := allWell()
		trial.EstablishedOn, trial.Reports = day("2025-05-23"), said
		lines, _ := TryOut(trial, edition(), day("2026-11-23"))
		if l := lineOf(t, lines, "annual_report"); l.Answer != want {
			t.Errorf("%s: %+v", said, l)
		}
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
	if len(seen) != 15 || offer.Conditions[0].Key != "age" {
		t.Errorf("%d conditions, the first is %s", len(seen), offer.Conditions[0].Key)
	}
	if q := offer.Questions[0].Answer; !strings.Contains(q, "2026年11月23日") || !strings.Contains(q, "2027年2月28日") {
		t.Errorf("how half a year is counted: %s", q)
	}
	if !strings.Contains(offer.Who, "满半年") || offer.Gives[1].Param.Display() != "20,000.00元" {
		t.Errorf("%+v", offer)
	}
}
