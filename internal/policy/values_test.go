package policy_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
)

func TestAnchors(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"前言": "a-preface", "附则": "a-closing", "通知": "a-notice", "演示说明": "a-demo",
		"一": "a-1", "四": "a-4", "二（三）": "a-2-3", "三（二）1": "a-3-2-1", "三（二）1（1）": "a-3-2-1-1", "三（三）3": "a-3-3-3",
		"十": "a-10", "十二": "a-12", "二十": "a-20", "二十三": "a-23", "第十二条（三）": "a-t12-3", "第二章": "a-c2", "第二条": "a-t2", "三（二）12": "a-3-2-12",
		"附件": "a-xe99984e4bbb6", "二甲": "a-xe4ba8ce794b2",
	} {
		if got := policy.Anchor(path); got != want {
			t.Errorf("Anchor(%s) = %s, want %s", path, got, want)
		}
	}
}

func TestValuesAreShownAndRead(t *testing.T) {
	t.Parallel()
	p := policy.ParamsOf(map[policy.Key]any{
		policy.StartupMinAgeMonths: 6, policy.StartupAmountFiled: money.Fen(500000), policy.StartupPriorityBonusPct: 20,
		policy.FilingRegistrar: policy.RegistrarBureau, policy.AnnualReportUnitDue: "03-31",
	})
	if n := p.Int(policy.StartupMinAgeMonths); n != 6 {
		t.Errorf("Int = %d", n)
	}
	if f := p.Fen(policy.StartupAmountFiled); f != 500000 {
		t.Errorf("Fen = %d", f)
	}
	if s := p.Text(policy.FilingRegistrar); s != "bureau" {
		t.Errorf("Text = %s", s)
	}
	for key, want := range map[policy.Key]string{
		policy.StartupMinAgeMonths: "6个月", policy.StartupAmountFiled: "5,000.00元", policy.StartupPriorityBonusPct: "20%",
		policy.FilingRegistrar: "区民政局", policy.AnnualReportUnitDue: "3月31日",
	} {
		if got := p.Param(key).Display(); got != want {
			t.Errorf("%s shown as %q, want %q", key, got, want)
		}
	}
}

func TestValuesRefused(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string][]policy.Raw{
		"unknown key":      {{Key: "startup.luck", Value: 1}},
		"twice":            {{Key: policy.EvalPass, Value: 60}, {Key: policy.EvalPass, Value: 61}},
		"text for number":  {{Key: policy.EvalPass, Value: "60"}},
		"number for text":  {{Key: policy.FilingRegistrar, Value: 1}},
		"float":            {{Key: policy.EvalPass, Value: 60.5}},
		"negative":         {{Key: policy.StartupAmountFiled, Value: -1}},
		"share above 100":  {{Key: policy.ActivityRatePct, Value: 101}},
		"no such choice":   {{Key: policy.FilingRegistrar, Value: "city"}},
		"no such day":      {{Key: policy.AnnualReportUnitDue, Value: "13-31"}},
		"another type":     {{Key: policy.EvalPass, Type: policy.Money, Value: 60}},
		"nothing":          {{Key: policy.EvalPass}},
		"text for a share": {{Key: policy.ActivityRatePct, Value: ""}},
	} {
		if _, err := policy.NewParams(raw); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestAbsentAndMistypedKeysPanic(t *testing.T) {
	t.Parallel()
	p := policy.ParamsOf(map[policy.Key]any{policy.EvalPass: 60})
	for name, ask := range map[string]func(){
		"absent":     func() { p.Int(policy.EvalMin2) },
		"as money":   func() { p.Fen(policy.EvalPass) },
		"as text":    func() { p.Text(policy.EvalPass) },
		"zero value": func() { policy.Params{}.Int(policy.EvalPass) },
		"no key":     func() { p.Param("eval.nothing") },
	} {
		func() {
			defer func() {
				if r := recover(); r == nil || !strings.HasPrefix(r.(string), "policy: ") {
					t.Errorf("%s: recovered %v", name, r)
				}
			}()
			ask()
		}()
	}
}
