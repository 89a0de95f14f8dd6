package app_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/app"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
)

// portal is the composition root of the binary behind a real listener, on a
// database and a directory of its own. It is no demo: the second factor is asked
// for and the policy of 2017 is the only one in force.
type portal struct {
	app  *app.App
	db   *dbtest.DB
	url  string
	keys *secret.Keys

	counters sync.Map // number of a request → *postgres.Counter of its last hop
	log      *complaints
	visitors int
}

// Dates of the story: the policy came into force on 28 September 2017.
var (
	begins   = time.Date(2017, 10, 16, 10, 0, 0, 0, civil.Shanghai) // a Monday
	founded  = civil.Of(2017, 10, 9)
	eligible = civil.Of(2018, 4, 9) // half a year later, a Monday
)

// newPortal starts a portal at the beginning of the story.
func newPortal(t testing.TB) *portal {
	t.Helper()
	p := &portal{db: dbtest.New(t), log: &complaints{}}
	p.db.SetNow(t, begins)
	server := httptest.NewUnstartedServer(nil)
	p.url = "http://" + server.Listener.Addr().String()
	dir := t.TempDir()
	a, err := app.New(t.Context(), app.Config{
		DatabaseURL: p.db.AppURL() + "&pool_max_conns=12", MigrateURL: p.db.OwnerURL(), DataDir: dir, BaseURL: p.url, CheapHashes: true,
		// Every browser of a test has an address of its own, as behind a proxy: the
		// limits by address are those of real visitors.
		TrustedProxies: []string{"127.0.0.1/32"},
	}, slog.New(p.log))
	if err != nil {
		t.Fatal(err)
	}
	p.app = a
	if p.keys, err = secret.Load(filepath.Join(dir, "secret.key")); err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = p.counted(a.Handler())
	server.Start()
	t.Cleanup(func() {
		server.Close()
		a.Close()
		for _, line := range p.log.all() {
			t.Errorf("the portal logged an error: %s", line)
		}
	})
	return p
}

// requestNumber is the header by which a test finds the statements of a request.
const requestNumber = "X-Test-Request"

// counted counts the SQL statements of each request.
func (p *portal) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if n := r.Header.Get(requestNumber); n != "" {
			ctx, counter := postgres.CountStatements(r.Context())
			p.counters.Store(n, counter)
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}

func (p *portal) statements(request string) []string {
	if c, ok := p.counters.LoadAndDelete(request); ok {
		return c.(*postgres.Counter).Statements()
	}
	return nil
}

// now is the time by which the portal judges.
func (p *portal) now(t testing.TB) time.Time {
	t.Helper()
	var now time.Time
	if err := p.db.Owner.QueryRow(t.Context(), `select portal_now()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	return now
}

func (p *portal) today(t testing.TB) civil.Date { t.Helper(); return civil.On(p.now(t)) }

// goTo moves the clock on to ten o'clock of a day. It never goes back.
func (p *portal) goTo(t testing.TB, day civil.Date) {
	t.Helper()
	at := time.Date(day.Year, day.Month, day.Day, 10, 0, 0, 0, civil.Shanghai)
	if d := at.Sub(p.now(t)); d > 0 {
		p.db.Advance(t, d)
	}
}

// sweep does what the recurring jobs do.
func (p *portal) sweep(t testing.TB) {
	t.Helper()
	if err := p.app.Sweep(t.Context()); err != nil {
		t.Fatalf("sweep: %v", err)
	}
}

// scan reads one value from behind the pages, as the owner of the database.
func scan[T any](t testing.TB, p *portal, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := p.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// complaints is a log: a test in which the portal logs an error has failed,
// whatever the visitor saw. Everything is kept, to look for what must not be
// written down.
type complaints struct {
	mu     sync.Mutex
	errors []string
	text   strings.Builder
}

func (c *complaints) Enabled(context.Context, slog.Level) bool { return true }

func (c *complaints) Handle(_ context.Context, r slog.Record) error {
	line := r.Message
	r.Attrs(func(a slog.Attr) bool { line += " " + a.String(); return true })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.text.WriteString(line + "\n")
	if r.Level >= slog.LevelError {
		c.errors = append(c.errors, line)
	}
	return nil
}

func (c *complaints) WithAttrs([]slog.Attr) slog.Handler { return c }
func (c *complaints) WithGroup(string) slog.Handler      { return c }

// all returns the errors logged so far and forgets them.
func (c *complaints) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	lines := c.errors
	c.errors = nil
	return lines
}

// everything is the whole log as text.
func (c *complaints) everything() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}
