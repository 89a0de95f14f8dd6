package policypages_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/layout"
	"civilaffairs/web/policypages"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// site is the pages behind their routes, visited as actor.
func site(t *testing.T, actor authz.Actor, demo bool) http.Handler {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	if demo {
		err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
			return policy.SeedDemoContinuation(t.Context(), tx, civil.MustParse("2023-11-23"))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	mux := chi.NewRouter()
	mux.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := layout.With(httpserver.WithActor(r.Context(), actor), layout.Context{Demo: demo, Today: civil.MustParse("2026-11-23")})
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	})
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	static.Register(router)
	policypages.New(policypages.Deps{Policies: policy.New(db.App), Desk: policy.NewDesk(db.App), Calendar: calendar.New(db.App)}).Register(router, router)
	return mux
}

func get(t *testing.T, h http.Handler, path string) (int, *goquery.Document) {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	doc, err := goquery.NewDocumentFromReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, doc
}

var clerk = authz.Actor{AccountID: uuid.Max, Name: "甲", Role: authz.BureauClerk}

const lapsed = "/policies/2017-implementation-opinions"

func TestListSaysWhatIsInForce(t *testing.T) {
	t.Parallel()
	for _, demo := range []bool{false, true} {
		code, doc := get(t, site(t, authz.Actor{}, demo), "/policies")
		rows := doc.Find("tbody tr")
		if code != http.StatusOK || rows.Length() != map[bool]int{false: 1, true: 2}[demo] {
			t.Fatalf("demo %v: status %d, %d documents", demo, code, rows.Length())
		}
		if last := rows.Last().Text(); !strings.Contains(last, "已失效") || !strings.Contains(last, "2017-09-28 至 2020-09-27") {
			t.Errorf("the document of 2017: %s", last)
		}
		if banner := doc.Find(".note").Text(); strings.Contains(banner, "现在不受理新的申请") == demo {
			t.Errorf("demo %v: banner %q", demo, banner)
		}
		if demo {
			if first := rows.First(); first.Find(".demo").Length() != 1 || !strings.Contains(first.Text(), "有效") {
				t.Errorf("the demo document: %s", first.Text())
			}
		}
	}
}

func TestDocumentIsLinkedArticleByArticle(t *testing.T) {
	t.Parallel()
	h := site(t, authz.Actor{}, false)
	code, doc := get(t, h, lapsed)
	if code != http.StatusOK || doc.Find(".redhead").Text() != "深圳市坪山区人民政府办公室" {
		t.Fatalf("status %d, head %q", code, doc.Find(".redhead").Text())
	}
	if text := doc.Find("#a-3-2-1-1").Text(); !strings.Contains(text, "可在半年后向民政局申请扶持资金") {
		t.Errorf("article 三（二）1（1）: %q", text)
	}
	links := doc.Find(".toc a")
	if links.Length() != 28 {
		t.Errorf("%d lines of contents", links.Length())
	}
	links.Each(func(_ int, a *goquery.Selection) {
		if href, _ := a.Attr("href"); doc.Find(href).Length() != 1 {
			t.Errorf("%s leads to %d places", href, doc.Find(href).Length())
		}
	})
	facts := doc.Find(".facts").Text()
	for _, want := range []string{"发布机构", "2017年9月6日", "2017年9月28日", "2020年9月27日", "2020年12月25日", "已失效"} {
		if !strings.Contains(facts, want) {
			t.Errorf("the facts lack %s", want)
		}
	}
	if strings.Contains(facts, "文号") {
		t.Error("a document number that the published text does not carry")
	}
	if code, _ := get(t, h, "/policies/nothing"); code != http.StatusNotFound {
		t.Errorf("an unknown document: %d", code)
	}
}

func TestDemoDocumentSaysWhatItIs(t *testing.T) {
	t.Parallel()
	_, doc := get(t, site(t, authz.Actor{}, true), "/policies/demo-continuation")
	if note := doc.Find(".note").First().Text(); !strings.Contains(note, "不是真实的政策") {
		t.Errorf("note %q", note)
	}
	if doc.Find(".redhead").Text() == "深圳市坪山区人民政府办公室" {
		t.Error("an invented document under the name of a real office")
	}
}

func TestParametersAreForStaff(t *testing.T) {
	t.Parallel()
	address := lapsed + "/parameters"
	for name, c := range map[string]struct {
		actor authz.Actor
		code  int
	}{
		"public":       {authz.Actor{}, http.StatusSeeOther},
		"organization": {authz.Actor{AccountID: uuid.Max, Role: authz.OrgHead}, http.StatusForbidden},
		"clerk":        {clerk, http.StatusOK},
	} {
		if code, _ := get(t, site(t, c.actor, false), address); code != c.code {
			t.Errorf("%s: %d, want %d", name, code, c.code)
		}
	}
	h := site(t, clerk, false)
	_, doc := get(t, h, address)
	rows := doc.Find("tbody tr:not(.group)")
	if rows.Length() != len(policy.Definitions()) {
		t.Errorf("%d rows", rows.Length())
	}
	age := rows.First()
	href, _ := age.Find("td a").Attr("href")
	if text := age.Text(); !strings.Contains(text, "6个月") || !strings.Contains(text, "已确认") || href != lapsed+"#a-3-2-1-1" {
		t.Errorf("first row %q links to %s", text, href)
	}
	_, open := get(t, h, address+"?show=open")
	confirmed := 0
	open.Find("tbody .tag").Each(func(_ int, tag *goquery.Selection) {
		if tag.Text() != "待确认" {
			confirmed++
		}
	})
	if n := open.Find("tbody tr:not(.group)").Length(); confirmed != 0 || n != rows.Length()-6 {
		t.Errorf("%d open rows, %d of them confirmed", n, confirmed)
	}
}

func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(site(t, clerk, true))
	t.Cleanup(server.Close)
	b := browsertest.Open(t)
	for _, path := range []string{"/policies", lapsed, "/policies/demo-continuation", lapsed + "/parameters"} {
		b.Go(server.URL + path)
		b.Judge()
	}
}
