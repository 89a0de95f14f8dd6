package departmentpages_test

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
	"civilaffairs/internal/department"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/departmentpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

// newSite is the pages behind a real router and database, as a clerk sees them.
func newSite(t *testing.T) string {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	clerk := authz.Actor{Role: authz.BureauClerk, AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "周经办", IP: "192.0.2.1"}
	framed := router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today})
			next.ServeHTTP(w, r.WithContext(httpserver.WithActor(ctx, clerk)))
		})
	})
	static.Register(router)
	departmentpages.New(departmentpages.Deps{Departments: department.New(db.App), Flash: func(context.Context, string) {}}).Register(router, framed)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return server.URL
}

// send sends a form as it stands on its page with some answers, and returns the
// status and the page.
func send(t *testing.T, site, path string, typed url.Values) (int, *goquery.Document) {
	t.Helper()
	page := get(t, site+path)
	page.Find("main form input[type=hidden]").Each(func(_ int, x *goquery.Selection) {
		if name := x.AttrOr("name", ""); !typed.Has(name) {
			typed.Set(name, x.AttrOr("value", ""))
		}
	})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site+path, strings.NewReader(typed.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if page, err = goquery.NewDocumentFromReader(answer.Body); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, page
}

func get(t *testing.T, at string) *goquery.Document {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	page, err := goquery.NewDocumentFromReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page
}

// A department is added, renamed and ended through the pages; what is wrong is
// said at its field and kept. Every page stands axe and fits desktop and phone.
func TestDepartmentsThroughThePages(t *testing.T) {
	t.Parallel()
	site := newSite(t)
	typed := url.Values{"name": {"坪山区公共图书馆"}, "short": {"教育局"}, "from-year": {"2026"}, "from-month": {"3"}, "from-day": {"1"}, "code": {"library"}, "aliases": {"城市书房\n区图书馆"}}
	status, page := send(t, site, paths.StaffDepartmentNew, typed)
	if status != 422 || !strings.Contains(page.Find("#short-error").Text(), "坪山区教育局") || page.Find("#name").AttrOr("value", "") != "坪山区公共图书馆" {
		t.Fatalf("a name that is taken: %d %s", status, page.Find("main").Text())
	}
	typed.Set("short", "图书馆")
	if status, page = send(t, site, paths.StaffDepartmentNew, typed); status != 303 {
		t.Fatalf("added: %d %s", status, page.Find("main").Text())
	}
	one := paths.StaffDepartment("library")
	rename := url.Values{"name": {"坪山图书馆"}, "short": {"图书馆"}, "from-year": {"2026"}, "from-month": {"10"}, "from-day": {"1"}}
	stale := url.Values{"version": {"7"}, "name": rename["name"], "short": rename["short"], "from-year": {"2026"}, "from-month": {"10"}, "from-day": {"1"}}
	if status, page = send(t, site, one+"/name", stale); status != 409 || page.Find("#name").AttrOr("value", "") != "坪山图书馆" {
		t.Errorf("a stale version: %d", status)
	}
	if status, page = send(t, site, one+"/name", rename); status != 303 {
		t.Fatalf("renamed: %d %s", status, page.Find("main").Text())
	}
	if text := get(t, site+one).Find("main").Text(); !strings.Contains(text, "2026-10-01") || !strings.Contains(text, "坪山区公共图书馆") {
		t.Errorf("the names: %s", text)
	}
	if status, _ = send(t, site, one+"/end", url.Values{"to-year": {"2026"}, "to-month": {"1"}, "to-day": {"1"}}); status != 422 {
		t.Errorf("ended before its name began: %d", status)
	}
	if status, _ = send(t, site, paths.StaffDepartmentAct("education", "confirmation"), url.Values{}); status != 303 {
		t.Errorf("confirmed: %d", status)
	}
	tab := browsertest.Open(t)
	for _, p := range []struct{ name, path string }{{"list", paths.StaffDepartments}, {"one", one}, {"seeded", paths.StaffDepartment("culture")}, {"new", paths.StaffDepartmentNew}, {"end", one + "/end"}} {
		tab.Go(site + p.path)
		tab.Axe()
		tab.Screenshot("shots/department-" + p.name + "-1440.png")
	}
	tab.Phone()
	for _, p := range []struct{ name, path string }{{"list", paths.StaffDepartments}, {"one", one}, {"new", paths.StaffDepartmentNew}} {
		tab.Go(site + p.path)
		tab.FitsWidth()
		tab.Axe()
		tab.Screenshot("shots/department-" + p.name + "-390.png")
	}
}
