package guidepages_test

import (
	"net/http/httptest"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
)

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t, true)
	for _, visit := range []struct {
		actor authz.Actor
		paths []string
	}{
		{authz.Actor{}, []string{"/guides", "/guides/startup", "/eligibility", answers("disclosure", "no"), answers("established-month", "13", "basis", "")}},
		{s.found(t, "2026-06-10"), []string{"/my/eligibility/startup"}},
	} {
		server := httptest.NewServer(s.as(visit.actor))
		t.Cleanup(server.Close)
		b := browsertest.Open(t)
		for _, path := range visit.paths {
			b.Go(server.URL + path)
			b.Judge()
		}
	}
}

func TestTrialWithoutScript(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(newSite(t, true).as(authz.Actor{}))
	t.Cleanup(server.Close)
	b := browsertest.Open(t)
	b.NoScript()
	b.Go(server.URL + "/eligibility")
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
