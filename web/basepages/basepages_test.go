package basepages_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/incubator"
	"civilaffairs/web/basepages"
	"civilaffairs/web/layout"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

var (
	liulian  = authz.Actor{AccountID: uuid.Max, PersonID: uuid.Max, Name: "甲", Role: authz.Community, Community: "440310001001", Subdistrict: "440310001"}
	pingshan = authz.Actor{AccountID: uuid.Max, PersonID: uuid.Max, Name: "乙", Role: authz.Subdistrict, Subdistrict: "440310001"}
)

// site is the pages behind their routes on one database.
type site struct {
	db      *dbtest.DB
	flashed string
}

func newSite(t *testing.T) *site {
	t.Helper()
	s := &site{db: dbtest.New(t)}
	s.db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	return s
}

func (s *site) as(actor authz.Actor) http.Handler {
	mux := chi.NewRouter()
	mux.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(httpserver.WithActor(r.Context(), actor)))
		})
	})
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	flash := func(_ context.Context, message string) { s.flashed = message }
	static.Register(router)
	basepages.New(incubator.New(s.db.App), flash).Register(router, router)
	return mux
}

func send(t *testing.T, h http.Handler, method, path string, form url.Values) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w, doc
}

func get(t *testing.T, h http.Handler, path string) (*httptest.ResponseRecorder, *goquery.Document) {
	t.Helper()
	return send(t, h, http.MethodGet, path, nil)
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
	w, doc := get(t, s.as(authz.Actor{}), "/bases")
	if w.Code != http.StatusOK || doc.Find("tbody tr:not(.group)").Length() != 23 || doc.Find("tbody tr.group").Length() != 6 {
		t.Fatalf("status %d, %d bases in %d groups", w.Code, doc.Find("tbody tr:not(.group)").Length(), doc.Find("tbody tr.group").Length())
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
		if w, _ := get(t, s.as(authz.Actor{}), href); w.Code != http.StatusOK {
			t.Errorf("%s answers %d", href, w.Code)
		}
	})
}

func TestACommunityWithoutABaseAndA24th(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if _, err := s.db.Owner.Exec(t.Context(), `insert into region (code, kind, name, parent_code, valid_from)
		values ('440310001005', 'community', '新和社区', '440310001', '2026-01-01')`); err != nil {
		t.Fatal(err)
	}
	_, doc := get(t, s.as(authz.Actor{}), "/bases")
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
	_, before := get(t, s.as(authz.Actor{}), "/bases/liulian")
	if facts := before.Find(".facts").Text(); strings.Contains(facts, "地址") || strings.Contains(facts, "待填写") {
		t.Errorf("facts that nobody recorded: %s", facts)
	}
	if ask := before.Find(".note").Text(); !strings.Contains(ask, "六联社区党群服务中心") {
		t.Errorf("no word on where to ask: %q", ask)
	}
	if before.Find(".lines li").Length() != 5 {
		t.Error("not five service lines")
	}
	if w, _ := send(t, s.as(liulian), http.MethodPost, "/bases/liulian/facts", filled("1")); w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/bases/liulian" {
		t.Fatalf("save: %d", w.Code)
	}
	if !strings.Contains(s.flashed, "六联社区社会组织孵化基地") {
		t.Errorf("flash %q", s.flashed)
	}
	_, after := get(t, s.as(authz.Actor{}), "/bases/liulian")
	facts := after.Find(".facts").Text()
	for _, want := range []string{"示例路1号", "9:00—18:00", "0755-28888888", "320 平方米", "0 个", "2018年5月4日"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the page lacks %s: %s", want, facts)
		}
	}
	if page, _ := after.Html(); strings.Contains(page, "李六联") {
		t.Error("the manager's name is public")
	}
	if _, list := get(t, s.as(authz.Actor{}), "/bases"); list.Find("h1").Text() != "23\u00a0个孵化基地，1\u00a0个已开放" {
		t.Errorf("heading %q", list.Find("h1").Text())
	}
}

func TestBadInputStaysOnTheForm(t *testing.T) {
	t.Parallel()
	h := newSite(t).as(liulian)
	for name, c := range map[string]struct {
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
		w, doc := send(t, h, http.MethodPost, "/bases/liulian/facts", filled("1", c.field, c.value))
		summary := doc.Find(".error-summary")
		if w.Code != http.StatusUnprocessableEntity || summary.Find(`a[href="#`+c.anchor+`"]`).Length() != 1 {
			t.Errorf("%s: status %d, summary %q", name, w.Code, summary.Text())
			continue
		}
		field := doc.Find("#" + c.anchor).Closest(".field")
		message := strings.TrimSpace(field.Find(".err").Text())
		if message == "" || !strings.Contains(summary.Text(), message) || !strings.Contains(message, c.say) {
			t.Errorf("%s: at the field %q, in the summary %q", name, message, summary.Text())
		}
		if doc.Find("#facilities").Text() != "会议室\r\n投影" && doc.Find("#facilities").Text() != "会议室\n投影" {
			t.Errorf("%s: typed text is lost: %q", name, doc.Find("#facilities").Text())
		}
		if typed, _ := doc.Find("[name='" + c.field + "']").Attr("value"); c.field != "status" && typed != c.value {
			t.Errorf("%s: shown again as %q", name, typed)
		}
	}
	if _, doc := get(t, h, "/bases/liulian"); strings.Contains(doc.Text(), "示例路") {
		t.Error("a refused form was half saved")
	}
}

func TestStaleVersionShowsBoth(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if w, _ := send(t, s.as(pingshan), http.MethodPost, "/bases/liulian/facts", filled("1")); w.Code != http.StatusSeeOther {
		t.Fatalf("first save: %d", w.Code)
	}
	w, doc := send(t, s.as(liulian), http.MethodPost, "/bases/liulian/facts", filled("1", "address", "坪山街道六联社区示例路2号"))
	table := doc.Find("main table").Text()
	if w.Code != http.StatusConflict || !strings.Contains(table, "示例路1号") || !strings.Contains(table, "示例路2号") || strings.Contains(table, "服务电话") {
		t.Fatalf("status %d, versions %q", w.Code, table)
	}
	version, _ := doc.Find("input[name=version]").Attr("value")
	typed, _ := doc.Find("#address").Attr("value")
	if version != "2" || typed != "坪山街道六联社区示例路2号" {
		t.Errorf("version %s, typed %s", version, typed)
	}
	if w, _ := send(t, s.as(liulian), http.MethodPost, "/bases/liulian/facts", filled(version, "address", typed)); w.Code != http.StatusSeeOther {
		t.Errorf("saving again: %d", w.Code)
	}
	for _, forged := range []string{"", "x", "-1", "99"} {
		if w, _ := send(t, s.as(liulian), http.MethodPost, "/bases/liulian/facts", filled(forged, "seats", "7")); w.Code != http.StatusConflict {
			t.Errorf("version %q: %d", forged, w.Code)
		}
	}
}

func TestWhoSeesTheForm(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for name, c := range map[string]struct {
		actor authz.Actor
		path  string
		code  int
	}{
		"public":              {authz.Actor{}, "/bases/liulian/facts", http.StatusSeeOther},
		"own community":       {liulian, "/bases/liulian/facts", http.StatusOK},
		"own subdistrict":     {pingshan, "/bases/liulian/facts", http.StatusOK},
		"another community":   {liulian, "/bases/liuhe/facts", http.StatusForbidden},
		"another subdistrict": {pingshan, "/bases/pinghuan/facts", http.StatusForbidden},
		"no such base":        {liulian, "/bases/nowhere/facts", http.StatusNotFound},
		"no such page":        {authz.Actor{}, "/bases/nowhere", http.StatusNotFound},
		"the bureau's leader": {authz.Actor{AccountID: uuid.Max, Role: authz.BureauLeader}, "/workspace/bases", http.StatusForbidden},
	} {
		if w, _ := get(t, s.as(c.actor), c.path); w.Code != c.code {
			t.Errorf("%s: %d, want %d", name, w.Code, c.code)
		}
	}
	_, doc := get(t, s.as(pingshan), "/workspace/bases")
	if n := doc.Find("tbody tr").Length(); n != 4 || !strings.Contains(doc.Find("tbody tr").First().Text(), "7 项待填写") {
		t.Errorf("%d bases, first %q", n, doc.Find("tbody tr").First().Text())
	}
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	if w, _ := send(t, s.as(liulian), http.MethodPost, "/bases/liulian/facts", filled("1")); w.Code != http.StatusSeeOther {
		t.Fatalf("save: %d", w.Code)
	}
	for _, visit := range []struct {
		actor authz.Actor
		paths []string
	}{
		{authz.Actor{}, []string{"/bases", "/bases/liulian", "/bases/liuhe"}},
		{pingshan, []string{"/workspace/bases", "/bases/liulian/facts"}},
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
