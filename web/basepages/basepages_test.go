package basepages_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/incubator"
	"civilaffairs/web/basepages"
	"civilaffairs/web/pagetest"

	"github.com/PuerkitoBio/goquery"
)

func newSite(t *testing.T) *pagetest.Site {
	t.Helper()
	s := pagetest.New(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	s.Cast(map[string]authz.Actor{
		"liulian":  {Name: "甲", Role: authz.Community, Community: "440310001001", Subdistrict: "440310001"},
		"pingshan": {Name: "乙", Role: authz.Subdistrict, Subdistrict: "440310001"}, "leader": {Role: authz.BureauLeader},
	})
	s.Serve(basepages.New(incubator.New(s.DB.App), s.Flash).Register)
	return s
}

// filled is a complete form; changes replace fields of it.
func filled(version string, changes ...string) url.Values {
	v := url.Values{
		"version": {version}, "status": {"open"}, "opened_on-year": {"2018"}, "opened_on-month": {"5"}, "opened_on-day": {"4"},
		"address": {"坪山街道六联社区示例路1号"}, "open_hours": {"周一至周五 9:00—18:00"}, "phone": {"0755-28888888"},
		"manager": {"李六联"}, "area_m2": {"320"}, "seats": {"0"}, "facilities": {"会议室\r\n投影"},
	}
	for i := 0; i < len(changes); i += 2 {
		v.Set(changes[i], changes[i+1])
	}
	return v
}

func TestPublicListAndMap(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	doc := s.Get("", "/bases").Is(http.StatusOK)
	if doc.Find("tbody tr:not(.group)").Length() != 23 || doc.Find("tbody tr.group").Length() != 6 {
		t.Fatalf("%d bases in %d groups", doc.Find("tbody tr:not(.group)").Length(), doc.Find("tbody tr.group").Length())
	}
	if h1 := doc.Find("h1").Text(); h1 != "23\u00a0个孵化基地，0\u00a0个已开放" {
		t.Errorf("heading %q", h1)
	}
	tiles := doc.Find("svg.tilemap a")
	if tiles.Length() != 23 {
		t.Errorf("%d tiles", tiles.Length())
	}
	if first, _ := doc.Find("svg.tilemap text.sd").Eq(1).Html(); first != "龙田街道" {
		t.Errorf("the second subdistrict of the map is %s", first)
	}
	tiles.Each(func(_ int, a *goquery.Selection) {
		href, _ := a.Attr("href")
		s.Get("", href).Is(http.StatusOK)
	})
}

func TestACommunityWithoutABaseAndA24th(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Exec(`insert into region (code, kind, name, parent_code, valid_from) values ('440310001005', 'community', '新和社区', '440310001', '2026-01-01')`)
	doc := s.Get("", "/bases")
	if blank := doc.Find(`svg.tilemap g[aria-label="坪山街道新和社区，没有基地"]`); blank.Length() != 1 {
		t.Error("the 24th community has no tile")
	}
	if n := doc.Find("svg.tilemap a").Length(); n != 23 {
		t.Errorf("%d tiles lead to a base", n)
	}
}

func TestUnknownFactsAreLeftOutForThePublic(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	before := s.Get("", "/bases/liulian")
	if facts := before.Find(".facts").Text(); strings.Contains(facts, "地址") || strings.Contains(facts, "待填写") {
		t.Errorf("facts that nobody recorded: %s", facts)
	}
	if ask := before.Find(".note").Text(); !strings.Contains(ask, "六联社区党群服务中心") {
		t.Errorf("no word on where to ask: %q", ask)
	}
	if before.Find(".lines li").Length() != 5 {
		t.Error("not five service lines")
	}
	s.Post("liulian", "/bases/liulian/facts", filled("1")).Led("/bases/liulian")
	if !strings.Contains(s.Said, "六联社区社会组织孵化基地") {
		t.Errorf("flash %q", s.Said)
	}
	after := s.Get("", "/bases/liulian")
	after.Says(".facts", "示例路1号", "9:00—18:00", "0755-28888888", "320 平方米", "0 个", "2018年5月4日")
	if strings.Contains(after.Body, "李六联") {
		t.Error("the manager's name is public")
	}
	if list := s.Get("", "/bases"); list.Find("h1").Text() != "23\u00a0个孵化基地，1\u00a0个已开放" {
		t.Errorf("heading %q", list.Find("h1").Text())
	}
}

func TestBadInputStaysOnTheForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, c := range map[string]struct {
		field, value, anchor, say string
	}{
		"no such status":    {"status", "famous", "status", ""},
		"open, no address":  {"address", "　", "address", "开放的基地要有地址"},
		"short address":     {"address", "六联", "address", "至少 4 字"},
		"long hours":        {"open_hours", strings.Repeat("全", 101), "open_hours", "最多 100 字"},
		"not a phone":       {"phone", "12345", "phone", ""},
		"area in words":     {"area_m2", "三百", "area_m2", "三百"},
		"no area at all":    {"area_m2", "0", "area_m2", "最小是 1"},
		"negative seats":    {"seats", "-1", "seats", "最小是 0"},
		"tomorrow":          {"opened_on-year", "2027", "opened_on", "还没到"},
		"no such day":       {"opened_on-month", "13", "opened_on", ""},
		"planned yet dated": {"status", "planned", "opened_on", "筹建中的基地还没有揭牌"},
		"script in a name":  {"manager", "<script>", "manager", ""},
	} {
		s.Post("liulian", "/bases/liulian/facts", filled("1", c.field, c.value)).Faulty(c.anchor, c.say)
	}
	s.Get("liulian", "/bases/liulian").Lacks("body", "示例路") // not half saved
}

func TestStaleVersionShowsBoth(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Post("pingshan", "/bases/liulian/facts", filled("1")).Led("")
	doc := s.Post("liulian", "/bases/liulian/facts", filled("1", "address", "坪山街道六联社区示例路2号")).Is(http.StatusConflict).Kept()
	table := doc.Find("main table").Text()
	if !strings.Contains(table, "示例路1号") || !strings.Contains(table, "示例路2号") || strings.Contains(table, "服务电话") {
		t.Fatalf("versions %q", table)
	}
	version, _ := doc.Find("input[name=version]").Attr("value")
	typed, _ := doc.Find("#address").Attr("value")
	if version != "2" || typed != "坪山街道六联社区示例路2号" {
		t.Errorf("version %s, typed %s", version, typed)
	}
	s.Post("liulian", "/bases/liulian/facts", filled(version, "address", typed)).Led("")
	for _, forged := range []string{"", "x", "-1", "99"} {
		s.Post("liulian", "/bases/liulian/facts", filled(forged, "seats", "7")).Is(http.StatusConflict)
	}
}

func TestWhoSeesTheForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for path, status := range map[[2]string]int{
		{"", "/bases/liulian/facts"}: http.StatusSeeOther, {"liulian", "/bases/liulian/facts"}: http.StatusOK, {"pingshan", "/bases/liulian/facts"}: http.StatusOK,
		{"liulian", "/bases/liuhe/facts"}: http.StatusForbidden, {"pingshan", "/bases/pinghuan/facts"}: http.StatusForbidden, // another's
		{"liulian", "/bases/nowhere/facts"}: http.StatusNotFound, {"", "/bases/nowhere"}: http.StatusNotFound, {"leader", "/workspace/bases"}: http.StatusForbidden,
	} {
		s.Get(path[0], path[1]).Is(status)
	}
	doc := s.Get("pingshan", "/workspace/bases")
	if n := doc.Find("tbody tr").Length(); n != 4 || !strings.Contains(doc.Find("tbody tr").First().Text(), "7 项待填写") {
		t.Errorf("%d bases, first %q", n, doc.Find("tbody tr").First().Text())
	}
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.Post("liulian", "/bases/liulian/facts", filled("1")).Led("")
	s.Judge(map[string][]string{"": {"/bases", "/bases/liulian", "/bases/liuhe"}, "pingshan": {"/workspace/bases", "/bases/liulian/facts"}})
}
