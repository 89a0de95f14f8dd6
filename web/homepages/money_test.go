package homepages_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/money"
	"civilaffairs/internal/report/reporttest"
	"civilaffairs/web/pagetest"

	"github.com/google/uuid"
)

// running puts a notice with one item into its period.
func running(t *testing.T, g *reporttest.Ground, a reporttest.Award) {
	t.Helper()
	id, at := uuid.New(), reporttest.Today.Start().Add(-24*time.Hour)
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`alter table notice_item disable trigger user`, nil},
		{`alter table notice_manuscript disable trigger user`, nil},
		{`insert into notice (id, type, kind, state, no, no_year, no_serial, published_at, published_on, first_published_at, period_wd, end_hour, starts_on, ends_on, ends_at, created_by, created_at)
			values ($1, 'grant', 'startup', 'running', 'GS-2026-0007', 2026, 7, $2, '2026-11-22', $2, 5, 24, '2026-11-23', '2026-11-27', $3, $1, $2)`, []any{id, at, at.AddDate(0, 0, 6)}},
		{`insert into notice_manuscript (id, notice_id, seq, state, title, body, contact_phone, contact_address, supervision_phone, objection_how, period_wd, minimum_wd, end_hour, created_at, issued_at)
			values ($1, $1, 0, 'issued', '拟资助项目公示', '正文', '电话', '地址', '电话', '方式', 5, 5, 24, $2, $2)`, []any{id, at}},
		{`insert into notice_item (id, notice_id, ordinal, case_id, case_no, organization_id, organization_name, community, programme, amount_fen, purpose, edition_id, state)
			values ($1, $1, 1, $2, $3, $4, $5, $6, '孵化关爱', $7, $8, $1, 'open')`, []any{id, a.CaseID, a.No, a.Organization, a.Name, a.Community, a.Amount, a.Purpose}},
	} {
		if _, err := g.DB.Owner.Exec(t.Context(), step.sql, step.args...); err != nil {
			t.Fatalf("%.60s: %v", step.sql, err)
		}
	}
}

// As soon as there is a grant this year, the page opens with the money.
func TestGrantsOfTheYearLead(t *testing.T) {
	t.Parallel()
	g := reporttest.New(t)
	s := pagetest.On(t, g.DB, reporttest.Today)
	serve(s)
	if h1 := s.Get("", "/").Is(http.StatusOK).Find("h1").Text(); !strings.Contains(h1, "社区社会组织") {
		t.Errorf("before the first grant: %s", h1)
	}
	paid := g.Grant(t, reporttest.Award{Amount: 40000 * money.Yuan, Title: "邻里厨房"})
	g.Pay(t, paid, 30000*money.Yuan, paid.On.AddDays(20))
	g.Back(t, paid, "recover", 5000*money.Yuan, paid.On.AddDays(40))
	g.Grant(t, reporttest.Award{Amount: 7700 * money.Yuan, Community: "440310001001"})
	ended := g.Grant(t, reporttest.Award{Amount: 2000 * money.Yuan})
	g.Terminate(t, ended, 2000*money.Yuan, ended.On.AddDays(5))
	g.Grant(t, reporttest.Award{Amount: 90000 * money.Yuan, Year: 2025})
	running(t, g, g.Sign(t, reporttest.Award{Amount: 5000 * money.Yuan}))
	doc := s.Get("", "/").Is(http.StatusOK)
	if h1 := strings.ReplaceAll(doc.Find("h1").Text(), "\u00a0", ""); h1 != "今年，坪山区资助了 3个社区公益项目，合计 4.97万元" {
		t.Errorf("heading %q", h1)
	}
	doc.Says(".stats", "4.97", "已拨付3", "待拨付1.77", "0.5")
	tile := doc.Find(`svg.tilemap a[href="/projects?community=440310002001&year=2026"]`)
	if !tile.HasClass("s4") || tile.Find(".vl").Text() != "4.2万" {
		t.Errorf("坪环 %q %q", tile.AttrOr("class", ""), tile.Text())
	}
	doc.Says("main", "最近核定", "邻里厨房", "核定 40,000.00 元", "正在公示", "GS-2026-0007 · 1 个项目，5,000.00 元 · 11月27日 24:00 止")
	if doc.Find(`a[href="/notices/GS-2026-0007"]`).Length() != 1 || doc.Find(`a[href="/projects/`+paid.No+`"]`).Length() != 1 {
		t.Error("no way to the notice or the project")
	}
	s.Judge(map[string][]string{"": {"/"}})
}
