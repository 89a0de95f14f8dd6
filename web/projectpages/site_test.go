package projectpages_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
	"civilaffairs/web/layout"
	"civilaffairs/web/projectpages"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
)

// site is the pages behind their real routes.
type site struct {
	*reporttest.Ground
	http.Handler
	url string
}

const base = "http://127.0.0.1:8080"

func newSite(t testing.TB) *site {
	t.Helper()
	s := &site{Ground: reporttest.New(t)}
	mux := chi.NewRouter()
	mux.Use(layout.Middleware(func(*http.Request) layout.Context { return layout.Context{Demo: true} }))
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	static.Register(router)
	projectpages.New(projectpages.Deps{Report: report.New(s.DB.App, catalog.Programmes()), BaseURL: base}).Register(router, router)
	s.Handler = mux
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	s.url = server.URL
	return s
}

// answer is what the site said.
type answer struct {
	*httptest.ResponseRecorder
	*goquery.Document
	text string
}

func (s *site) get(t testing.TB, path string, headers ...string) answer {
	t.Helper()
	ctx, counter := postgres.CountStatements(t.Context())
	r := httptest.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	if n := counter.Count(); n > 12 {
		t.Errorf("%s runs %d statements", path, n)
	}
	if c := w.Header().Values("Set-Cookie"); len(c) > 0 {
		t.Errorf("%s sets %q", path, c)
	}
	body := w.Body.String()
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return answer{w, doc, body}
}

func (a answer) has(t testing.TB, words ...string) {
	t.Helper()
	text := strings.Join(strings.Fields(a.Find("main").Text()), " ")
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q is missing in %.900s", w, text)
		}
	}
}

func (a answer) rows() int { return a.Find("main table tbody tr").Length() }
