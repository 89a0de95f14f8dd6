package fundpages_test

import (
	"encoding/csv"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
	"civilaffairs/web/fundpages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"
)

// site is the pages on ground with awards.
type site struct {
	*pagetest.Site
	*reporttest.Ground
}

func newSite(t testing.TB) *site {
	t.Helper()
	g := reporttest.New(t)
	s := &site{pagetest.On(t, g.DB, reporttest.Today), g}
	s.Serve(fundpages.New(report.New(g.DB.App, catalog.Programmes())).Register)
	return s
}

// get opens a public page; what is streamed has no digest.
func (s *site) get(path string) pagetest.Page {
	s.Helper()
	p := s.Get("", path).Is(http.StatusOK)
	if (p.Header.Get("ETag") == "") != strings.HasPrefix(path, paths.OpenData) {
		s.Errorf("%s: %v", path, p.Header)
	}
	return p
}

func TestFundEqualsTheLedger(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.Grant(t, reporttest.Award{Programme: organization.Venture, Amount: 50000 * money.Yuan})
	s.Pay(t, a, 30000*money.Yuan, a.On.AddDays(20))
	s.Back(t, a, "return", 12345, a.On.AddDays(40))
	s.Sign(t, reporttest.Award{Programme: organization.Startup, Amount: 5000 * money.Yuan}) // committed, not public
	doc := s.get("/fund")
	doc.Says("main", "2026年社区社会组织扶持专项资金", "预算 40,000,000.00 元", "已占用 55,000.00 元，已拨付 30,000.00 元，预算执行率 0.1%", "2026 年还没有结束", "时间进度 90%",
		"已公布 1 个项目，核定 50,000.00 元，已拨付 30,000.00 元", "小项目大建设（微公益创投资金）", "结余退回 0.01", "123.45")
	if n := doc.Find("svg.wide rect.bg").Length(); n != 4 || doc.Find("svg.narrow line.mark").Length() != 4 {
		t.Errorf("%d bars", n)
	}
	if doc.Find(`table a[href="/projects?programme=venture&year=2026"]`).Length() != 1 || doc.Find(`main a[href="/projects?year=2026"]`).Length() != 1 {
		t.Error("no way to the projects")
	}
	w := s.get("/open-data/fund.csv?year=2026")
	body, ok := strings.CutPrefix(w.Body, "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if !ok || err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	want := "2026 小项目大建设（微公益创投资金） 10000000.00 50000.00 30000.00 123.45 0.00 9950000.00 0.00"
	if got := strings.Join(rows[3], " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w = s.get("/open-data/fund.csv?year=all")
	if rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body, "\ufeff"))).ReadAll(); err != nil || len(rows) != 13 || rows[1][0] != "2026" || rows[12][0] != "2024" || strings.Join(rows[3], " ") != want {
		t.Errorf("of all years: %q, %v", rows, err)
	}
	if w := s.get("/open-data/fund.xlsx?year=2026"); !strings.HasPrefix(w.Body, "PK") {
		t.Errorf("no workbook: %d", w.Status)
	}
	old := s.get("/fund?year=2024")
	if !strings.Contains(old.Text("main"), "2024年社区社会组织") || strings.Contains(old.Text("main"), "时间进度") || strings.Contains(old.Text("main"), "还没有结束") {
		t.Errorf("a year that is over: %.600s", old.Text("main"))
	}
}

// A year before the portal whose budget nobody has brought in says so, and gives
// no rate.
func TestAYearBeforeThePortal(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before(t, s.Ground)
	doc := s.get("/fund?year=2020")
	doc.Says("main", "2020年社区社会组织", "核定资助 13,000.00 元，已拨付 5,000.00 元。预算还没有全部补录。", "预算待补录", "先按已核定的资助合计（8,000.00 元）列出",
		"已公布 2 个项目，核定 13,000.00 元，已拨付 5,000.00 元")
	w := s.get("/open-data/fund.csv?year=2020")
	for _, want := range []string{"2020,孵化关爱,8000.00,8000.00,0.00,0.00,0.00,0.00,8000.00", "2020,小项目大建设（微公益创投资金）,60000.00,5000.00,5000.00,100.50,0.00,55000.00,0.00"} {
		if !strings.Contains(w.Body, want) {
			t.Errorf("%q is missing in %s", want, w.Body)
		}
	}
}

// before plants two grants of 2020, one of a programme with a budget, and one
// outside the fund.
func before(t testing.TB, g *reporttest.Ground) {
	t.Helper()
	org := g.Organizations(t, 1, civil.Of(2018, 3, 1))[0]
	row := func(p organization.Programme, amount money.Fen) organization.OpeningGrant {
		return organization.OpeningGrant{GrantInput: organization.GrantInput{OrgID: org, Programme: p, Title: "邻里活动", AwardedOn: civil.Of(2020, 5, 8), Amount: amount}}
	}
	_, checks, err := g.Open(t.Context(), []organization.OpeningGrant{row(organization.Venture, 500_000), row(organization.Startup, 800_000), row(organization.OtherProgramme, 99)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.OpenBudget(t.Context(), 2020, ledger.Venture, 6_000_000); err != nil {
		t.Fatal(err)
	}
	if _, _, err := g.OpenMoney(t.Context(), []organization.OpeningMoney{
		{GrantNo: checks[0].No, Kind: organization.MoneyPaid, MovedOn: civil.Of(2020, 6, 1), Amount: 500_000},
		{GrantNo: checks[0].No, Kind: organization.MoneyReturned, MovedOn: civil.Of(2021, 6, 1), Amount: 10_050},
	}); err != nil {
		t.Fatal(err)
	}
}

func TestStrangeYears(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, year := range []string{"-1", "0", "1e9", "2019", "99999999999999999999", "x", "\x00", "2026'", "<script>"} {
		doc := s.get("/fund?year=" + url.QueryEscape(year))
		if !strings.Contains(doc.Text("main"), "2026年社区社会组织") {
			t.Errorf("%q: %.200s", year, doc.Text("main"))
		}
		s.get("/open-data/fund.csv?year=" + url.QueryEscape(year))
	}
}

func TestNoBudgetYet(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if _, err := s.Ground.DB.Owner.Exec(t.Context(), `alter table ledger_entry disable trigger user; alter table ledger_budget_item disable trigger user;
		delete from ledger_entry; delete from ledger_budget_item; delete from ledger_pool`); err != nil {
		t.Fatal(err)
	}
	if doc := s.get("/fund"); !strings.Contains(doc.Text("main"), "还没有公布预算。") {
		t.Errorf("%.300s", doc.Text("main"))
	}
}

func TestFundIsAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	a := s.Grant(t, reporttest.Award{Amount: 50000 * money.Yuan})
	s.Pay(t, a, 30000*money.Yuan, a.On.AddDays(20))
	before(t, s.Ground)
	s.Judge(map[string][]string{"": {"/fund", "/fund?year=2020"}})
}
