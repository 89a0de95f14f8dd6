package guidepages_test

import (
	"testing"

	"civilaffairs/internal/browsertest"
)

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	found(s, "2026-06-10")
	s.Judge(map[string][]string{
		"":     {"/guides", "/guides/startup", "/eligibility", answers("disclosure", "no"), answers("established-month", "13", "basis", "")},
		"head": {"/my/eligibility/startup"},
	})
}

func TestTrialWithoutScript(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	b := browsertest.Open(t)
	b.NoScript()
	b.Go(s.URL + "/eligibility")
	b.Fill("established-year", "2026")
	b.Fill("established-month", "5")
	b.Fill("established-day", "24")
	for name, value := range map[string]string{"basis": "filed", "category": "welfare", "origin": "new", "finance": "yes",
		"disclosure": "yes", "activities": "yes", "reports": "yes", "obstacles": "none"} {
		b.Choose(name, value)
	}
	if code := b.Press("试算"); code != 200 {
		t.Fatalf("status %d", code)
	}
	if got := b.Text(".verdict .big"); got != "最早2026年11月24日（星期二）可以申请，金额最高 6,000.00 元" {
		t.Errorf("verdict %q", got)
	}
}
