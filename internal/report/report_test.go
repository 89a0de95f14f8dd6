package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/workflow"
)

func open(t *testing.T, inForce bool) (*report.Service, *dbtest.DB) {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	if inForce {
		err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
			return policy.SeedDemoContinuation(t.Context(), tx, civil.MustParse("2023-11-23"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return report.New(db.App, catalog.Programmes()), db
}

func TestEveryProgrammeDescribesItself(t *testing.T) {
	t.Parallel()
	for _, p := range catalog.Programmes() {
		if _, ok := p.(funding.Offering); !ok {
			t.Errorf("%s has no offer", p.Workflow().Kind)
		}
	}
}

func TestHomeWithinItsStatements(t *testing.T) {
	t.Parallel()
	for _, inForce := range []bool{false, true} {
		s, _ := open(t, inForce)
		ctx, counter := postgres.CountStatements(t.Context())
		h, err := s.Home(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if n := counter.Count(); n > 12 {
			t.Errorf("%d statements: %q", n, counter.Statements())
		}
		if h.Rules.InForce != inForce || len(h.Offers) != len(catalog.Programmes()) || len(h.Bases) != 23 || len(h.Documents) == 0 {
			t.Errorf("in force %v: %+v", inForce, h.Terms)
		}
		if o := h.Offers[0]; o.Article.Path != "三（二）1（1）" {
			t.Errorf("%s stands on %q", o.Kind, o.Article.Path)
		}
		var others []string
		for _, a := range h.Others {
			others = append(others, a.Path)
		}
		if want := []string{"三（二）1（3）", "三（二）1（4）", "三（二）2"}; !slices.Equal(others, want) {
			t.Errorf("others %v", others)
		}
	}
}

// A document that nobody approved parameters for must not take the home page down.
func TestPolicyWithoutParameters(t *testing.T) {
	t.Parallel()
	s, db := open(t, false)
	for _, sql := range []string{
		`insert into policy_document (id, slug, kind, title, issued_by, issued_on, effective_from, source, demo)
			values (gen_random_uuid(), 'new', 'policy', '新的意见', '区政府', '2026-01-01', '2026-01-01', '测试', true)`,
		`update policy_document set status = 'approved', approved_at = portal_now() where slug = 'new'`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	h, err := s.Home(t.Context())
	if err != nil || len(h.Offers) != 0 || h.Rules.Document.Slug != "new" || h.Today.IsZero() {
		t.Errorf("home: %v, %d offers under %s", err, len(h.Offers), h.Rules.Document.Slug)
	}
	if _, err := s.Guide(t.Context(), "startup"); !errs.Is(err, errs.NotFound) || !strings.Contains(errs.Message(err), "还没有签批") {
		t.Errorf("guide: %v", err)
	}
}

func TestGuideFollowsTheWorkflow(t *testing.T) {
	t.Parallel()
	s, _ := open(t, true)
	g, err := s.Guide(t.Context(), "startup")
	if err != nil {
		t.Fatal(err)
	}
	var labels, dues []string
	for _, step := range g.Flow.Steps {
		labels = append(labels, step.Label)
		due := ""
		if step.Due != nil {
			due = step.Due.Display()
		}
		dues = append(dues, due)
	}
	if want := []string{"签署并提交", "社区提出意见", "街道提出意见", "受理"}; !slices.Equal(labels[:min(4, len(labels))], want) {
		t.Errorf("steps %v", labels)
	}
	if want := []string{"", "3个工作日", "5个工作日", "10个工作日"}; !slices.Equal(dues[:min(4, len(dues))], want) {
		t.Errorf("deadlines %v", dues)
	}
	if g.Flow.Steps[0].Lapses || !g.Flow.Steps[1].Lapses || !g.Flow.Steps[2].Lapses || g.Flow.Steps[3].Lapses {
		t.Error("opinions lapse, other steps do not")
	}
	exits := g.Flow.Steps[3].Exits
	if len(exits) != 2 || !exits[0].Pauses || exits[0].Due.Display() != "10个工作日" || exits[0].Lapse == "" || exits[1].To != workflow.Refused {
		t.Errorf("exits of acceptance: %+v", exits)
	}
	if review := g.Flow.Steps[4]; !review.Shares || review.Due != nil {
		t.Errorf("acceptance and review share their days: %+v", review)
	}
	want := []string{"拟予支持，送签批", "签批同意", "开始公示", "公示期满，资助核定", "拨付成功", "提交使用报告", "核查通过，办结"}
	if !slices.Equal(labels[4:], want) || dues[8] != "15个工作日" || dues[9] != "6个月" {
		t.Errorf("after acceptance: %v in %v", labels[4:], dues[4:])
	}
	if len(g.Flow.Anyhow) != 1 || !slices.Equal(g.Flow.Anyhow[0].By, []authz.Role{authz.OrgHead}) {
		t.Errorf("anyhow: %+v", g.Flow.Anyhow)
	}
	keys := catalog.Programmes()[0].SlotKeys()
	if len(g.Papers) != len(keys) {
		t.Errorf("%d papers of %d", len(g.Papers), len(keys))
	}
	for _, p := range g.Papers {
		if p.Sometimes != (p.Key == "authorization") {
			t.Errorf("%s sometimes: %v", p.Key, p.Sometimes)
		}
	}
	if _, err := s.Guide(t.Context(), "nothing"); !errs.Is(err, errs.NotFound) {
		t.Errorf("an unknown programme: %v", err)
	}
}
