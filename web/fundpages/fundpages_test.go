package fundpages_test

import (
	"encoding/csv"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
	"civilaffairs/web/fundpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
)

func newSite(t testing.TB) (*reporttest.Ground, http.Handler) {
	t.Helper()
	g := reporttest.New(t)
	mux := chi.NewRouter()
	mux.Use(layout.Middleware(func(*http.Request) layout.Context { return layout.Context{Demo: true} }))
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	static.Register(router)
	fundpages.New(report.New(g.DB.App, catalog.Programmes())).Register(router, router)
	return g, mux
}

func get(t testing.TB, h http.Handler, path string) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	ctx, counter := postgres.CountStatements(t.Context())
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil))
	if w.Code != http.StatusOK || counter.Count() > 12 || len(w.Header().Values("Set-Cookie")) > 0 || (w.Header().Get("ETag") == "") != strings.HasPrefix(path, paths.OpenData) { // what is streamed has no digest

		t.Errorf("%s: %d, %d statements, %v", path, w.Code, counter.Count(), w.Header())
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(w.Body.String()))
	if err != nil {
		t.Fatal(err)
	}
	return w, doc
}

func text(d *goquery.Document) string {
	return strings.Join(strings.Fields(d.Find("main").Text()), " ")
}

func TestFundEqualsTheLedger(t *testing.T) {
	t.Parallel()
	g, h := newSite(t)
	a := g.Grant(t, reporttest.Award{Programme: organization.Venture, Amount: 50000 * money.Yuan})
	g.Pay(t, a, 30000*money.Yuan, a.On.AddDays(20))
	g.Back(t, a, "return", 12345, a.On.AddDays(40))
	g.Sign(t, reporttest.Award{Programme: organization.Startup, Amount: 5000 * money.Yuan}) // committed, not public
	_, doc := get(t, h, "/fund")
	for _, want := range []string{"2026年社区社会组织扶持专项资金", "预算 40,000,000.00 元", "已占用 55,000.00 元，已拨付 30,000.00 元，预算执行率 0.1%", "2026 年还没有结束", "时间进度 90%",
		"已公布 1 个项目，核定 50,000.00 元，已拨付 30,000.00 元", "小项目大建设（微公益创投资金）", "结余退回 0.01", "123.45"} {
		if !strings.Contains(text(doc), want) {
			t.Errorf("%q is missing in %.1500s", want, text(doc))
		}
	}
	if n := doc.Find("svg.wide rect.bg").Length(); n != 4 || doc.Find("svg.narrow line.mark").Length() != 4 {
		t.Errorf("%d bars", n)
	}
	if doc.Find(`table a[href="/projects?programme=venture&year=2026"]`).Length() != 1 || doc.Find(`main a[href="/projects?year=2026"]`).Length() != 1 {
		t.Error("no way to the projects")
	}
	w, _ := get(t, h, "/open-data/fund.csv?year=2026")
	body, ok := strings.CutPrefix(w.Body.String(), "\ufeff")
	rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
	if !ok || err != nil || len(rows) != 5 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	want := "2026 小项目大建设（微公益创投资金） 10000000.00 50000.00 30000.00 123.45 0.00 9950000.00 0.00"
	if got := strings.Join(rows[3], " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w, _ = get(t, h, "/open-data/fund.csv?year=all")
	if rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(w.Body.String(), "\ufeff"))).ReadAll(); err != nil || len(rows) != 13 || rows[1][0] != "2026" || rows[12][0] != "2024" || strings.Join(rows[3], " ") != want {
		t.Errorf("of all years: %q, %v", rows, err)
	}
	if w, _ := get(t, h, "/open-data/fund.xlsx?year=2026"); !strings.HasPrefix(w.Body.String(), "PK") {
		t.Errorf("no workbook: %d", w.Code)
	}
	_, old := get(t, h, "/fund?year=2024")
	if !strings.Contains(text(old), "2024年社区社会组织") || strings.Contains(text(old), "时间进度") || strings.Contains(text(old), "还没有结束") {
		t.Errorf("a year that is over: %.600s", text(old))
	}
}

// A year before the portal whose budget nobody has brought in says so, and gives
// no rate.
func TestAYearBeforeThePortal(t *testing.T) {
	t.Parallel()
	g, h := newSite(t)
	before(t, g)
	_, doc := get(t, h, "/fund?year=2020")
	for _, want := range []string{"2020年社区社会组织", "核定资助 13,000.00 元，已拨付 5,000.00 元。预算还没有全部补录。", "预算待补录", "先按已核定的资助合计（8,000.00 元）列出",
		"已公布 2 个项目，核定 13,000.00 元，已拨付 5,000.00 元"} {
		if !strings.Contains(text(doc), want) {
			t.Errorf("%q is missing in %.1500s", want, text(doc))
		}
	}
	w, _ := get(t, h, "/open-data/fund.csv?year=2020")
	for _, want := range []string{"2020,孵化关爱,8000.00,8000.00,0.00,0.00,0.00,0.00,8000.00", "2020,小项目大建设（微公益创投资金）,60000.00,5000.00,5000.00,100.50,0.00,55000.00,0.00"} {
		if !strings.Contains(w.Body.String(), want) {
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
	_, h := newSite(t)
	for _, year := range []string{"-1", "0", "1e9", "2019", "99999999999999999999", "x", "\x00", "2026'", "<script>"} {
		_, doc := get(t, h, "/fund?year="+url.QueryEscape(year))
		if !strings.Contains(text(doc), "2026年社区社会组织") {
			t.Errorf("%q: %.200s", year, text(doc))
		}
		get(t, h, "/open-data/fund.csv?year="+url.QueryEscape(year))
	}
}

func TestNoBudgetYet(t *testing.T) {
	t.Parallel()
	g, h := newSite(t)
	if _, err := g.DB.Owner.Exec(t.Context(), `alter table ledger_entry disable trigger user; alter table ledger_budget_item disable trigger user;
		delete from ledger_entry; delete from ledger_budget_item; delete from ledger_pool`); err != nil {
		t.Fatal(err)
	}
	if _, doc := get(t, h, "/fund"); !strings.Contains(text(doc), "还没有公布预算。") {
		t.Errorf("%.300s", text(doc))
	}
}

func TestFundIsAccessible(t *testing.T) {
	t.Parallel()
	g, h := newSite(t)
	a := g.Grant(t, reporttest.Award{Amount: 50000 * money.Yuan})
	g.Pay(t, a, 30000*money.Yuan, a.On.AddDays(20))
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	before(t, g)
	b := browsertest.Open(t)
	for _, path := range []string{"/fund", "/fund?year=2020"} {
		b.Go(server.URL + path)
		b.Judge()
	}
}
