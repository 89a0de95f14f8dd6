package app_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/postgres"
)

// TestWhatTheTourIsFor plants one route of each kind that TestEveryRoute has to
// notice: without this, its silence would mean nothing.
func TestWhatTheTourIsFor(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	auditor := p.office(t, "auditor", account.NewAccount{Role: authz.Auditor})
	auditor.open("/audit").is(200, "/audit")
	w := &world{story: &story{portal: p}, roles: []authz.Role{authz.Anonymous, authz.Auditor},
		as: map[authz.Role]*browser{authz.Anonymous: p.browser(t), authz.Auditor: auditor.browser}}
	router, db := p.app.Router(), p.app.DB()
	at := func(pattern string, q authz.Permission) []stop {
		return []stop{{Route: httpserver.Route{Method: http.MethodGet, Pattern: pattern, Permission: q}, path: pattern}}
	}
	plant := func(pattern string, q authz.Permission, act func(ctx context.Context) error) []stop {
		router.Get(pattern, q, func(w http.ResponseWriter, r *http.Request) error {
			if err := act(r.Context()); err != nil {
				return err
			}
			_, err := w.Write([]byte("done"))
			return err
		})
		return at(pattern, q)
	}
	read := func(ctx context.Context, n int) error {
		return db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
			for range n - 1 { // the clock is one
				if _, err := q.Exec(ctx, `select 1`); err != nil {
					return err
				}
			}
			return nil
		})
	}

	t.Run("a route without a declaration", func(t *testing.T) {
		if lost := undeclared(t, p.app.Mux(), router.Routes()); len(lost) != 0 {
			t.Fatalf("before: %q", lost)
		}
		p.app.Mux().Get("/secret-door", func(http.ResponseWriter, *http.Request) {})
		if lost := undeclared(t, p.app.Mux(), router.Routes()); !slices.Equal(lost, []string{"GET /secret-door"}) {
			t.Errorf("noticed %q", lost)
		}
	})
	t.Run("a permission that was changed", func(t *testing.T) {
		before := grid(w.roles, w.tour(t, at("/audit", authz.AuditView)))
		after := grid(w.roles, w.tour(t, plant("/audit", authz.Public, func(context.Context) error { return nil })))
		if d := differences(before, after); len(d) != 2 || !strings.Contains(d[0], "-   +") || !strings.Contains(d[1], "+   +") {
			t.Errorf("noticed %q", d)
		}
	})
	t.Run("a GET that writes", func(t *testing.T) {
		stops := plant("/planted/write", authz.Public, func(ctx context.Context) error {
			_, err := db.Pool().Exec(ctx, `update incubation_base set seats = coalesce(seats, 0) + 1`)
			return err
		})
		before := p.digest(t)
		w.tour(t, stops)
		if changed := differing(before, p.digest(t)); !slices.Equal(changed, []string{"incubation_base"}) {
			t.Errorf("noticed a change of %q", changed)
		}
		if found := w.writers(t, append(at("/bases", authz.Public), stops...)); !slices.Equal(found, []string{"GET /planted/write writes [incubation_base]"}) {
			t.Errorf("named %q", found)
		}
	})
	t.Run("a GET that begins to write is stopped", func(t *testing.T) {
		stops := plant("/planted/transaction", authz.Public, func(ctx context.Context) error {
			return db.InTx(ctx, func(postgres.Tx, time.Time) error { return nil })
		})
		if v := w.tour(t, stops); v[0].answer.status != http.StatusInternalServerError {
			t.Errorf("answered %d", v[0].answer.status)
		}
		if lines := p.log.all(); len(lines) != 2 || !strings.Contains(lines[0], "InTx under a read-only request") {
			t.Errorf("logged %q", lines)
		}
	})
	t.Run("a page that asks too often", func(t *testing.T) {
		twelve := plant("/planted/twelve", authz.Public, func(ctx context.Context) error { return read(ctx, 12) })
		thirteen := plant("/planted/thirteen", authz.Public, func(ctx context.Context) error { return read(ctx, 13) })
		if over := overBudget(w.tour(t, append(twelve, thirteen...))); len(over) != 1 || !strings.Contains(over[0], "/planted/thirteen") || !strings.Contains(over[0], "13 statements") {
			t.Errorf("noticed %q", over)
		}
	})
	t.Run("an answer that fails or echoes", func(t *testing.T) {
		router.Get("/planted/echo", authz.Public, func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Type", "text/html")
			_, err := w.Write([]byte(r.URL.Query().Get("q")))
			return err
		})
		echo := at("/planted/echo", authz.Public)
		echo[0].path += "?" + query("q", marked).Encode()
		if v := w.tour(t, echo); v[0].answer.problem() == "" {
			t.Error("an echo was not noticed")
		}
		fails := plant("/planted/text", authz.Public, func(context.Context) error { return errors.New("planted") })
		if v := w.tour(t, fails); v[0].answer.problem() == "" || len(p.log.all()) != 2 {
			t.Error("a failure was not noticed")
		}
	})
	t.Run("headers", func(t *testing.T) {
		h := w.tour(t, at("/bases", authz.Public))[0].answer.header
		if bad := unsafeHeaders(h); len(bad) != 0 {
			t.Fatalf("before: %q", bad)
		}
		h.Set("Content-Security-Policy", h.Get("Content-Security-Policy")+"; script-src 'unsafe-inline'")
		h.Del("X-Content-Type-Options")
		if bad := unsafeHeaders(h); len(bad) != 2 {
			t.Errorf("noticed %q", bad)
		}
	})
}
