package session_test

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/session"

	"github.com/google/uuid"
)

func TestTheCookieOnHTTPS(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, https := range []bool{true, false} {
		m := session.New(session.Config{DB: db.App, HTTPS: https})
		w := httptest.NewRecorder()
		m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			m.Flash(r.Context(), "x")
		})).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
		c := w.Result().Cookies()
		if len(c) != 1 {
			t.Fatalf("%d cookies", len(c))
		}
		if got := c[0]; got.Secure != https || strings.HasPrefix(got.Name, "__Host-") != https || !got.HttpOnly ||
			got.SameSite != http.SameSiteLaxMode || got.Path != "/" || got.Domain != "" || got.MaxAge != 0 {
			t.Errorf("https %v: %+v", https, got)
		}
	}
}

func TestAVisitorWithoutBusinessGetsNoCookie(t *testing.T) {
	t.Parallel()
	m := session.New(session.Config{DB: dbtest.New(t).App})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "session", Value: "planted-by-somebody"})
	m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if a := httpserver.ActorOf(r.Context()); a.SignedIn() || a.IP != "192.0.2.1" {
			t.Errorf("actor %+v", a)
		}
	})).ServeHTTP(w, r)
	if c := w.Result().Cookies(); len(c) != 0 {
		t.Errorf("cookies %v", c)
	}
}

func TestAnUnknownAccountSessionIsNobody(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	m := session.New(session.Config{DB: db.App})
	w := httptest.NewRecorder()
	m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if err := m.SignIn(r.Context(), uuid.New()); err != nil {
			t.Error(err)
		}
	})).ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(w.Result().Cookies()[0])
	m.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if httpserver.ActorOf(r.Context()).SignedIn() {
			t.Error("a session without its row signed somebody in")
		}
		if !m.Expired(r.Context()) || m.Expired(r.Context()) {
			t.Error("that it was over is said exactly once")
		}
		if _, ok := m.Progress(r.Context()); ok {
			t.Error("a sign-in under way appeared")
		}
	})).ServeHTTP(httptest.NewRecorder(), r)
	if err := account.NewSessions(db.App).Purge(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheAddressIsReadAsFarAsProxiesAreTrusted(t *testing.T) {
	t.Parallel()
	m := session.New(session.Config{DB: dbtest.New(t).App, TrustedProxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
	for _, c := range []struct{ peer, forwarded, want string }{
		{"192.0.2.1:5000", "", "192.0.2.1"},
		{"192.0.2.1:5000", "203.0.113.9", "192.0.2.1"}, // no proxy of ours: not believed
		{"10.0.0.1:5000", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.1:5000", "1.1.1.1, 203.0.113.9, 10.0.0.2", "203.0.113.9"},
		{"10.0.0.1:5000", "<script>", "10.0.0.1"},
		{"10.0.0.1:5000", "", "10.0.0.1"},
		{"[::ffff:10.0.0.1]:5000", "2001:db8::1", "2001:db8::1"},
	} {
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.RemoteAddr = c.peer
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		if got := m.ClientIP(r); got != c.want {
			t.Errorf("%s via %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
	}
}
