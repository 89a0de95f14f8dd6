package app_test

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/app"
	"civilaffairs/internal/dbtest"
)

// The demo is planted once, shows its accounts, lets them in without a second
// factor, and its database serves nothing but demos.
func TestDemoMode(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	cfg := app.Config{DatabaseURL: db.AppURL(), MigrateURL: db.OwnerURL(), DataDir: t.TempDir(), Demo: true}
	log := slog.New(slog.DiscardHandler)
	for range 2 { // the second start keeps what is there
		a, err := app.New(t.Context(), cfg, log)
		if err != nil {
			t.Fatal(err)
		}
		server := httptest.NewServer(a.Handler())
		client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		page, err := client.Get(server.URL + "/login")
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(page.Body)
		if err != nil || !strings.Contains(string(body), "org1-head") || !strings.Contains(string(body), account.DemoPassword) {
			t.Errorf("the sign-in page does not show the accounts: %v", err)
		}
		answer, err := client.PostForm(server.URL+"/login", url.Values{"username": {"clerk"}, "password": {account.DemoPassword}})
		if err != nil || answer.StatusCode != http.StatusSeeOther || !strings.HasSuffix(answer.Header.Get("Location"), "/workspace") {
			t.Errorf("clerk signs in: %v %v", answer, err)
		}
		server.Close()
		a.Close()
	}
	cfg.Demo = false
	a, err := app.New(t.Context(), cfg, log)
	if err == nil {
		a.Close()
		t.Fatal("a portal outside demo mode serves invented data")
	}
	if !strings.Contains(err.Error(), "demo data") || strings.Contains(err.Error(), "\n") {
		t.Errorf("refusal %q, want one line about demo data", err)
	}
}

// Without the owner's URL the clock cannot be moved: one line says so.
func TestDemoModeNeedsTheOwner(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	cfg := app.Config{DatabaseURL: db.AppURL(), DataDir: t.TempDir(), Demo: true}
	a, err := app.New(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err == nil {
		a.Close()
		t.Fatal("planted without the owner")
	}
	if !strings.Contains(err.Error(), "PORTAL_MIGRATE_URL") {
		t.Errorf("refusal %q does not name the setting", err)
	}
}
