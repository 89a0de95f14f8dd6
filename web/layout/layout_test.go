package layout

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

func page(t *testing.T, ctx context.Context, p Page) string {
	t.Helper()
	var b strings.Builder
	if err := Shell(p).Render(templ.WithChildren(ctx, templ.Raw("<h1>内容</h1>")), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func as(role authz.Role) context.Context {
	return httpserver.WithActor(context.Background(), authz.Actor{AccountID: uuid.New(), Name: "陈<某>", Role: role})
}

func expect(t *testing.T, got string, want []string, never []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(got, w) {
			t.Errorf("lacks %s", w)
		}
	}
	for _, n := range never {
		if strings.Contains(got, n) {
			t.Errorf("has %s", n)
		}
	}
}

func TestPublicShell(t *testing.T) {
	t.Parallel()
	got := page(t, context.Background(), Page{Title: "社会组织", Nav: "organizations", Errors: 2, Crumbs: []Crumb{{"首页", "/"}, {"社会组织", ""}}})
	expect(t, got,
		[]string{
			"<title>有 2 处要改 - 社会组织 - 社区社会组织培育发展平台 - 深圳市坪山区民政局</title>", `lang="zh-CN"`, `href="#main"`, `<main id="main"`,
			`<a href="/organizations" aria-current="page">`, `<li aria-current="page">社会组织</li>`, `href="/login"`, "由部署方填写", "<h1>内容</h1>",
		},
		[]string{"演示环境", "退出", "worknav", "data-mode", "role=\"search\"", `class="staff"`})
	if n := strings.Count(got, "<rect"); n != 46 {
		t.Errorf("the mark has %d tiles in masthead and foot, want 2 × 23", n)
	}
}

func TestSignedInShells(t *testing.T) {
	t.Parallel()
	for _, role := range authz.Roles {
		got := page(t, With(as(role), Context{Waiting: func(context.Context) Waiting { return Waiting{ToDo: 14} }}), Page{Title: "工作台", Nav: "workspace"})
		expect(t, got, []string{"陈&lt;某&gt;<small>（" + role.Name() + "）", `action="/logout"`, "14", paths.Workspace}, []string{"陈<某>", `href="/login"`})
		if staff := strings.Contains(got, `class="staff"`) && strings.Contains(got, "worknav"); staff != role.Staff() {
			t.Errorf("%s: staff shell %t", role, staff)
		}
	}
}

func TestShellSaysWhatTheSiteIs(t *testing.T) {
	t.Parallel()
	ctx := WithFlash(With(context.Background(), Context{
		Demo: true, DemoText: "假定规则仍然有效", Modes: []string{"elder", "contrast"}, Tiles: []int{4, 4, 4, 4, 4, 4},
		Site: Site{Phone: "0755-00000000", ICP: "<b>"}, Return: "/a?b=1&c=2",
	}), "已提交<b>")
	got := page(t, ctx, Page{Title: "首页", Class: "home", Wide: true})
	expect(t, got,
		[]string{"演示环境", "假定规则仍然有效", `data-mode="elder contrast"`, "0755-00000000", `value="/a?b=1&amp;c=2"`, `aria-pressed="true"`, `role="status"`, "已提交&lt;b&gt;", `class="home"`},
		[]string{"<b>已提交", "<b></dd>"})
	if n := strings.Count(got, "<rect"); n != 48 {
		t.Errorf("24 communities give %d tiles twice", n)
	}
}

func site(https bool) http.Handler {
	mux := chi.NewRouter()
	mux.Use(Middleware(func(*http.Request) Context { return Context{} }))
	router := httpserver.NewRouter(mux, slog.New(slog.DiscardHandler), ErrorPage)
	RegisterPreferences(router, https)
	router.Get("/page", authz.Public, func(w http.ResponseWriter, r *http.Request) error {
		return httpserver.Render(w, r, http.StatusOK, Shell(Page{Title: "页面"}))
	})
	router.Post("/form", authz.Public, func(w http.ResponseWriter, r *http.Request) error {
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, Shell(Page{Title: "表单"}))
	})
	router.Get("/fails/{kind}", authz.Public, func(_ http.ResponseWriter, r *http.Request) error {
		switch httpserver.Param(r, "kind") {
		case "404":
			return errs.New(errs.NotFound, "没有编号 <FH-1> 的申请")
		case "422":
			return errs.FieldError("people", "参加人数", "至少 15 人")
		}
		return errors.New("pq: password=hunter2")
	})
	return mux
}

func ask(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	rec := httptest.NewRecorder()
	h.ServeHTTP(rec, r)
	return rec
}

func choose(h http.Handler, mode, next, cookie string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, paths.Preferences, strings.NewReader(url.Values{"mode": {mode}, "next": {next}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: modeCookie, Value: cookie})
	}
	return ask(h, r)
}

func TestPreferencesSwitchOnAndOff(t *testing.T) {
	t.Parallel()
	h := site(true)
	for _, c := range []struct{ mode, before, after string }{
		{"elder", "", "elder"}, {"contrast", "elder", "elder.contrast"}, {"elder", "elder.contrast", "contrast"}, {"contrast", "contrast", ""},
		{"elder", "nonsense.contrast", "elder.contrast"},
	} {
		rec := choose(h, c.mode, "/page?x=1", c.before)
		if rec.Code != http.StatusSeeOther || rec.Header().Get("Location") != "/page?x=1" {
			t.Fatalf("%s: %d to %q", c.mode, rec.Code, rec.Header().Get("Location"))
		}
		cookie := rec.Result().Cookies()[0]
		if cookie.Value != c.after || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode {
			t.Errorf("%s after %q: %v", c.mode, c.before, cookie)
		}
	}
	if rec := choose(h, "dark", "/page", ""); rec.Code != http.StatusUnprocessableEntity || len(rec.Result().Cookies()) > 0 {
		t.Errorf("unknown mode: %d", rec.Code)
	}
	if choose(site(false), "elder", "/", "").Result().Cookies()[0].Secure {
		t.Error("a Secure cookie over http never comes back")
	}
}

func TestPreferencesLeadNowhereElse(t *testing.T) {
	t.Parallel()
	h := site(true)
	for _, next := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", ""} {
		if got := choose(h, "elder", next, "").Header().Get("Location"); got != paths.Home {
			t.Errorf("next=%q leads to %q", next, got)
		}
	}
}

func TestModeIsReadOnTheServer(t *testing.T) {
	t.Parallel()
	h := site(false)
	r := httptest.NewRequest(http.MethodGet, "/page?x=%22", nil)
	r.AddCookie(&http.Cookie{Name: modeCookie, Value: "contrast.<x>.elder"})
	expect(t, ask(h, r).Body.String(), []string{`data-mode="elder contrast"`, `name="next" value="/page?x=%22"`}, []string{"<x>"})
	if got := ModesOf(httptest.NewRequest(http.MethodGet, "/", nil)); !slices.Equal(got, nil) {
		t.Errorf("no cookie gives %v", got)
	}
}

// A page that answers a POST cannot be asked for again: its form can.
func TestModeChangeLeadsBackToTheForm(t *testing.T) {
	t.Parallel()
	h := site(false)
	for referer, want := range map[string]string{"http://example.com/draft?step=2": "/draft?step=2", "http://evil.example/x": "/", "": "/"} {
		r := httptest.NewRequest(http.MethodPost, "/form", nil)
		r.Header.Set("Referer", referer)
		expect(t, ask(h, r).Body.String(), []string{`name="next" value="` + want + `"`}, nil)
	}
}

func TestErrorPages(t *testing.T) {
	t.Parallel()
	for kind, status := range httpserver.Statuses {
		w, ok := wordings[status]
		if !ok || w.heading == "" || w.message == "" || w.next == "" {
			t.Errorf("kind %d, status %d: the page does not say what to do next", kind, status)
		}
	}
	h := site(false)
	for path, c := range map[string]struct {
		status      int
		want, never []string
	}{
		"/fails/404": {404, []string{"没有这个页面", "没有编号 &lt;FH-1&gt; 的申请", `href="/"`}, []string{"<FH-1>"}},
		"/fails/422": {422, []string{"参加人数：至少 15 人"}, nil},
		"/fails/500": {500, []string{"系统出错了", "编号 <code>"}, []string{"hunter2", "password"}},
	} {
		rec := ask(h, httptest.NewRequest(http.MethodGet, path, nil))
		if rec.Code != c.status {
			t.Errorf("%s: %d", path, rec.Code)
		}
		expect(t, rec.Body.String(), c.want, c.never)
	}
}

// What belongs together is folded into one menu; a group of which somebody may
// open one page only is a link.
func TestStaffNavigationIsGrouped(t *testing.T) {
	t.Parallel()
	clerk := page(t, With(as(authz.BureauClerk), Context{}), Page{Title: "组织档案", Nav: "organizations"})
	expect(t, clerk, []string{"<summary>组织</summary>", "data-current", paths.Imports}, []string{"<summary>资助</summary>"})
	finance := page(t, With(as(authz.Finance), Context{}), Page{Title: "专项资金", Nav: "fund"})
	expect(t, finance, []string{`href="/staff/fund"`}, []string{paths.Imports})
}
