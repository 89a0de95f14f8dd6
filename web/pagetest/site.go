// Package pagetest opens the pages of one feature for a test: behind the real
// router with its headers, style and error page, on a database of their own. What
// every page owes is asked of every answer: no failure, no more than ten statements,
// no inline style or script, no cookie. Test infrastructure on top of level 2 and
// the leaves of web; no tables; imported by tests only.
package pagetest

import (
	"cmp"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/web/layout"
	"civilaffairs/web/static"

	"github.com/PuerkitoBio/goquery"
	"github.com/go-chi/chi/v5"
	"github.com/google/uuid"
)

// Site is the pages of a feature and who visits them.
type Site struct {
	testing.TB
	DB     *dbtest.DB
	Layout layout.Context         // what the shell knows; may change between requests
	Actors map[string]authz.Actor // who can be signed in: the cookie “as” carries the name
	Said   string                 // the last message of an act, until a page shows it
	URL    string                 // for a browser

	Statements int // that a signed-in page may run besides the real session's two; there are twelve (DESIGN §5)

	handler http.Handler
}

// New is a site on a fresh database that shows the instant now.
func New(t testing.TB, now time.Time) *Site {
	t.Helper()
	s := On(t, dbtest.New(t), civil.On(now))
	s.DB.SetNow(t, now)
	return s
}

// On is a site on a database that is there.
func On(t testing.TB, db *dbtest.DB, today civil.Date) *Site {
	return &Site{TB: t, DB: db, Statements: 10, Actors: map[string]authz.Actor{}, Layout: layout.Context{Demo: true, DemoText: "测试用的内容。", Today: today}}
}

// Keys are fresh keys of encrypted fields.
func (s *Site) Keys() *secret.Keys {
	s.Helper()
	path := filepath.Join(s.TempDir(), "secret")
	s.Must(secret.Generate(path))
	keys, err := secret.Load(path)
	s.Must(err)
	return keys
}

// Cast makes people known by their names, with an identity where they have none.
func (s *Site) Cast(people map[string]authz.Actor) {
	for name, a := range people {
		a.AccountID, a.PersonID = cmp.Or(a.AccountID, uuid.Must(uuid.NewV7())), cmp.Or(a.PersonID, uuid.Must(uuid.NewV7()))
		a.Name, a.IP = cmp.Or(a.Name, "某"+name), cmp.Or(a.IP, "192.0.2.1")
		s.Actors[name] = a
	}
}

// As is the name under which somebody is signed in whom the test made itself.
func (s *Site) As(a authz.Actor) string {
	if a == (authz.Actor{}) {
		return ""
	}
	name := string(a.Role) + "-" + a.AccountID.String()
	s.Actors[name] = a
	return name
}

// Flash is how pages tell what an act came to; the next page that is opened shows it.
func (s *Site) Flash(_ context.Context, message string) { s.Said = message }

// Must ends the test when something that it needs went wrong.
func (s *Site) Must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// Exec plants facts behind the services' back, as the owner of the database.
func (s *Site) Exec(sql string, args ...any) {
	s.Helper()
	_, err := s.DB.Owner.Exec(s.Context(), sql, args...)
	s.Must(err)
}

// Serve opens the site: public pages outside the session, signed ones behind it,
// as the portal has them. What fails inside is in the test's log.
func (s *Site) Serve(register func(public, signed *httpserver.Router)) {
	s.Helper()
	mux := chi.NewMux()
	mux.Use(httpserver.SecureHeaders(false), http.NewCrossOriginProtection().Handler, layout.Middleware(func(*http.Request) layout.Context { return s.Layout }))
	log := slog.New(slog.NewTextHandler(s.Output(), &slog.HandlerOptions{Level: slog.LevelError}))
	router := httpserver.NewRouter(mux, log, layout.ErrorPage)
	static.Register(router)
	register(router.With(s.counted(12)), router.With(s.session, s.counted(s.Statements)))
	s.handler = mux
	server := httptest.NewServer(mux)
	s.Cleanup(server.Close)
	s.URL = server.URL
}

// counted holds every page to its statements; a file is read in batches.
func (s *Site) counted(most int) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, counter := postgres.CountStatements(r.Context())
			next.ServeHTTP(w, r.WithContext(ctx))
			page := r.Method == http.MethodGet && strings.HasPrefix(w.Header().Get("Content-Type"), "text/html")
			if n := counter.Count(); page && n > most {
				s.Errorf("%s runs %d statements:\n%s", r.URL, n, strings.Join(counter.Statements(), "\n"))
			}
		})
	}
}

func (s *Site) session(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if c, err := r.Cookie("as"); err == nil && c.Value != "" {
			a, known := s.Actors[c.Value]
			if !known {
				s.Errorf("%s: nobody is called %q", r.URL, c.Value)
			}
			ctx = httpserver.WithActor(ctx, a)
		}
		if s.Said != "" && r.Method == http.MethodGet {
			ctx, s.Said = layout.WithFlash(ctx, s.Said), ""
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// Get opens a page as somebody, "" for nobody; headers are names and values.
func (s *Site) Get(as, path string, headers ...string) Page {
	s.Helper()
	return s.do(as, s.request(http.MethodGet, path, nil, headers...))
}

// Post sends values that no page needs to have offered: what a program sends.
func (s *Site) Post(as, path string, v url.Values, headers ...string) Page {
	s.Helper()
	headers = append(headers, "Content-Type", "application/x-www-form-urlencoded")
	p := s.do(as, s.request(http.MethodPost, path, strings.NewReader(v.Encode()), headers...))
	p.typed, p.forged = v, true
	return p
}

func (s *Site) request(method, path string, body io.Reader, headers ...string) *http.Request {
	s.Helper()
	r := httptest.NewRequestWithContext(s.Context(), method, path, body)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

// do sends a request as somebody and follows no redirect.
func (s *Site) do(as string, r *http.Request) Page {
	s.Helper()
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "as", Value: as})
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	p := Page{Status: w.Code, To: w.Header().Get("Location"), Header: w.Header(), Body: w.Body.String(), Path: r.URL.RequestURI(), site: s, as: as}
	html := p.Body
	if !strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		html = "" // a file: nothing to find in it
	}
	var err error
	p.Document, err = goquery.NewDocumentFromReader(strings.NewReader(html))
	s.Must(err)
	p.sound(html)
	return p
}

// Judge looks in the browser at the pages that each of the visitors opens, see
// browsertest.Tab.Judge, and returns the tab.
func (s *Site) Judge(visits map[string][]string) *browsertest.Tab {
	s.Helper()
	tab := browsertest.Open(s)
	for _, as := range slices.Sorted(maps.Keys(visits)) {
		tab.Cookie(s.URL, "as", as)
		for _, path := range visits[as] {
			if status := tab.Go(s.URL + path); status != http.StatusOK && status != http.StatusUnprocessableEntity {
				s.Errorf("%s as %q: %d", path, as, status)
			}
			tab.Judge()
		}
	}
	return tab
}
