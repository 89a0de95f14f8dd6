package importpages_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/importing/importtest"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/fundpages"
	"civilaffairs/web/importpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/projectpages"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// site is the pages behind a real router and database, and the public ones that
// show what comes in; a clerk of the bureau is signed in.
type site struct {
	*importtest.Bench
	http.Handler
}

func newSite(t *testing.T) *site { return siteOn(t, importtest.New(t)) }

func siteOf(t *testing.T, db *dbtest.DB) *site { return siteOn(t, importtest.On(t, db)) }

func siteOn(t *testing.T, b *importtest.Bench) *site {
	t.Helper()
	mux := chi.NewMux()
	router := httpserver.NewRouter(mux, slog.New(slog.NewTextHandler(io.Discard, nil)), layout.ErrorPage)
	framed := router.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self'; script-src 'self'")
			ctx := httpserver.WithActor(layout.With(r.Context(), layout.Context{Demo: true, DemoText: "测试用的内容。", Today: importtest.Today}), b.Clerk)
			ctx, counter := postgres.CountStatements(ctx)
			next.ServeHTTP(w, r.WithContext(ctx))
			// Twelve a page (DESIGN §5), less two that the real session takes.
			if n := counter.Count(); r.Method == http.MethodGet && n > 10 {
				t.Errorf("%s runs %d statements:\n%s", r.URL, n, strings.Join(counter.Statements(), "\n"))
			}
		})
	})
	static.Register(router)
	importpages.New(importpages.Deps{Imports: b.Service, Flash: func(context.Context, string) {}}).Register(framed, framed)
	reports := report.New(b.DB.App, catalog.Programmes())
	projectpages.New(projectpages.Deps{Report: reports, BaseURL: "http://127.0.0.1:8080"}).Register(router, router)
	fundpages.New(reports).Register(router, router)
	return &site{b, mux}
}

// serve is the site on an address, for a browser.
func (s *site) serve(t *testing.T) string {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return server.URL
}

// page is what the site answered.
type page struct {
	*goquery.Document
	status int
	path   string // where a redirect leads, or what was asked for
	body   []byte
}

func (s *site) ask(t *testing.T, r *http.Request) page {
	t.Helper()
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r.WithContext(t.Context()))
	p := page{status: w.Code, path: r.URL.Path, body: w.Body.Bytes()}
	if to := w.Header().Get("Location"); to != "" {
		p.path = to
	}
	if strings.HasPrefix(w.Header().Get("Content-Type"), "text/html") {
		var err error
		if p.Document, err = goquery.NewDocumentFromReader(bytes.NewReader(p.body)); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (s *site) get(t *testing.T, path string) page {
	t.Helper()
	p := s.ask(t, httptest.NewRequest(http.MethodGet, path, nil))
	if p.status != http.StatusOK {
		t.Fatalf("%s: %d\n%s", path, p.status, p.says())
	}
	return p
}

func (s *site) post(t *testing.T, path string, values url.Values) page {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(values.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return s.ask(t, r)
}

// send posts a file as the form of the list does; content may be large.
func (s *site) send(t *testing.T, kind, name string, content io.Reader) page {
	t.Helper()
	var head bytes.Buffer
	form := multipart.NewWriter(&head)
	for field, v := range map[string]string{"token": once.NewToken(), "kind": kind} {
		if err := form.WriteField(field, v); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := form.CreateFormFile("file", name); err != nil {
		t.Fatal(err)
	}
	tail := strings.NewReader("\r\n--" + form.Boundary() + "--\r\n")
	r := httptest.NewRequest(http.MethodPost, paths.Imports, io.MultiReader(&head, content, tail))
	r.Header.Set("Content-Type", form.FormDataContentType())
	return s.ask(t, r)
}

// upload sends a file that is taken, and shows its preview.
func (s *site) upload(t *testing.T, kind string, content []byte) page {
	t.Helper()
	p := s.send(t, kind, kind+".xlsx", bytes.NewReader(content))
	if p.status != http.StatusSeeOther {
		t.Fatalf("%s: %d %s", kind, p.status, p.says())
	}
	return s.get(t, p.path)
}

// press sends the form of a page whose action ends so, with the values that are in
// it, and shows where it leads.
func (s *site) press(t *testing.T, p page, act string, more url.Values) page {
	t.Helper()
	form := p.Find(`form[action$="` + act + `"]`)
	if form.Length() != 1 {
		t.Fatalf("%s offers no %s:\n%s", p.path, act, p.says())
	}
	values := url.Values{}
	form.Find("input[type=hidden]").Each(func(_ int, i *goquery.Selection) { values.Add(i.AttrOr("name", ""), i.AttrOr("value", "")) })
	for name, v := range more {
		values[name] = v
	}
	done := s.post(t, form.AttrOr("action", ""), values)
	if done.status == http.StatusSeeOther {
		return s.get(t, done.path)
	}
	return done
}

// bring uploads a file that is good throughout and confirms it.
func (s *site) bring(t *testing.T, kind string, content []byte) (id uuid.UUID) {
	t.Helper()
	p := s.press(t, s.upload(t, kind, content), "/confirmation", nil)
	if p.status != http.StatusOK {
		t.Fatalf("%s: %d %s", kind, p.status, p.says())
	}
	return p.id(t)
}

func (s *site) example(t *testing.T, kind string) []byte { return s.Example(t, kind, sheet.XLSX) }

func (p page) id(t *testing.T) uuid.UUID {
	t.Helper()
	id, err := uuid.Parse(p.path[strings.LastIndex(p.path, "/")+1:])
	if err != nil {
		t.Fatal(p.path, err)
	}
	return id
}

// says is the text of a page.
func (p page) says() string {
	if p.Document == nil {
		return string(p.body[:min(len(p.body), 2000)])
	}
	return strings.Join(strings.Fields(p.Find("main").Text()), " ")
}

// error is what stands at a field.
func (p page) error(field string) string {
	if p.Document == nil {
		return ""
	}
	return strings.TrimSpace(p.Find("#" + field + "-error").Text())
}

// cells are the rows of the table with a caption.
func (p page) cells(caption string) (rows [][]string) {
	p.Find("table").FilterFunction(func(_ int, t *goquery.Selection) bool { return strings.TrimSpace(t.Find("caption").Text()) == caption }).
		Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		var row []string
		tr.Find("th, td").Each(func(_ int, c *goquery.Selection) { row = append(row, strings.Join(strings.Fields(c.Text()), " ")) })
		rows = append(rows, row)
	})
	return rows
}
