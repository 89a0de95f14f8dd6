package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
)

// TestOtherSitesCannotPost sends every POST as a page of another site would make
// a signed-in browser send it.
func TestOtherSitesCannotPost(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	admin := p.office(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	admin.open("/account").is(200, "/account")
	posts, before := 0, p.digest(t)
	for _, route := range p.app.Router().Routes() {
		if route.Method != http.MethodPost {
			continue
		}
		posts++
		path := strings.NewReplacer("{", "", "}", "").Replace(route.Pattern)
		for name, forge := range map[string]func(h http.Header){
			"another site":   func(h http.Header) { h.Set("Sec-Fetch-Site", "cross-site") },
			"a subdomain":    func(h http.Header) { h.Set("Sec-Fetch-Site", "same-site") },
			"an old browser": func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "https://evil.example") },
			"a file on disk": func(h http.Header) { h.Del("Sec-Fetch-Site"); h.Set("Origin", "null") },
		} {
			for _, contentType := range []string{"application/x-www-form-urlencoded", "text/plain"} {
				r := admin.request(http.MethodPost, path, contentType, []byte("token=x&username=admin&password=y"))
				forge(r.Header)
				a, err := admin.send(r)
				if err != nil {
					t.Fatal(err)
				}
				if a.status != http.StatusForbidden {
					t.Errorf("POST %s from %s as %s: %d", path, name, contentType, a.status)
				}
				if bad := unsafeHeaders(a.header); len(bad) > 0 {
					t.Errorf("POST %s from %s: %v", path, name, bad)
				}
			}
		}
	}
	if posts < 40 {
		t.Fatalf("only %d routes were tried", posts)
	}
	if changed := differing(before, p.digest(t)); len(changed) > 0 {
		t.Errorf("another site changed %v", changed)
	}
	// The control: the same form from our own page is taken.
	if a := admin.raw(http.MethodPost, "/preferences", query("mode", "elder")); a.status != http.StatusOK {
		t.Errorf("our own page: %d", a.status)
	}
}

// TestEveryKindOfAnswerIsGuarded looks at what no handler of a page wrote.
func TestEveryKindOfAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	b := p.browser(t)
	p.app.Router().Get("/planted/failure", authz.Public, func(http.ResponseWriter, *http.Request) error {
		return errors.New("secret cause: select password from account")
	})
	p.app.Router().Get("/planted/panic", authz.Public, func(http.ResponseWriter, *http.Request) error { panic("secret cause: nil map") })
	stay := func(method, path string) *page {
		a, err := b.once(stop{Route: httpserver.Route{Method: method}, path: path})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	asset := b.get("/").Find("link[rel=stylesheet]").AttrOr("href", "")
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/no-such-page", 404}, {"GET", "/static/no-such-asset.css", 404}, {"GET", asset, 200}, {"POST", "/policies", 404}, {"DELETE", "/", 404},
		{"PUT", "/login", 404}, {"TRACE", "/", 404}, {"GET", "/workspace", 303}, {"POST", "/account/password", 401}, {"GET", "/planted/failure", 500},
		{"GET", "/planted/panic", 500},
		{"GET", "/healthz", 200}, {"GET", "/readyz", 200}, {"GET", "/organizations/%00", 404}, {"GET", "//evil.example/", 404}, {"GET", "/static/..%2f..%2fgo.mod", 404},
		{"GET", "/static/%2e%2e/%2e%2e/etc/passwd", 404},
	} {
		a := stay(c.method, c.path)
		if a.status != c.status {
			t.Errorf("%s %s: %d, want %d: %.200s", c.method, c.path, a.status, c.status, a.body)
		}
		if bad := unsafeHeaders(a.header); len(bad) > 0 {
			t.Errorf("%s %s (%d): %v", c.method, c.path, a.status, bad)
		}
		if c.status == 500 && !strings.Contains(a.main(), "编号") {
			t.Errorf("%s gives no number to quote: %s", c.path, a.main())
		}
		if strings.Contains(string(a.body), "secret cause") || strings.Contains(string(a.body), "goroutine ") {
			t.Errorf("%s %s tells what went wrong inside: %s", c.method, c.path, a.body)
		}
	}
	lines := p.log.all()
	if len(lines) != 2 || !strings.Contains(lines[0], "secret cause: select") || !strings.Contains(lines[1], "security_test.go") {
		t.Errorf("the log holds each cause once, the panic with its stack: %q", lines)
	}
}

// TestPublicPagesDoNotVaryByVisitor: they are cached for everybody.
func TestPublicPagesDoNotVaryByVisitor(t *testing.T) {
	t.Parallel()
	p := newPortal(t)
	signed, public := p.office(t, "auditor", account.NewAccount{Role: authz.Auditor}), p.browser(t)
	signed.open("/account")
	for _, path := range []string{"/", "/organizations", "/bases", "/policies", "/guides", "/guides/startup", "/eligibility"} {
		a, b := signed.get(path), public.get(path)
		if string(a.body) != string(b.body) || a.header.Get("Set-Cookie") != "" || b.header.Get("Set-Cookie") != "" {
			t.Errorf("%s differs for who is signed in", path)
		}
		if strings.Contains(string(a.body), signed.name) {
			t.Errorf("%s shows the visitor's name", path)
		}
	}
}
