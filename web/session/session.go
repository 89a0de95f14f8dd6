// Package session is the browser's session: cookie, store, and who stands behind
// a request. A leaf of web beside the pages; owns the table sessions, which is
// the scs store's, and reads accounts through internal/account.
//
// The cookie holds 256 random bits; the store keeps only their digest. All time
// limits are judged by internal/account on the database's clock; the expiry of
// scs only says when a row may be swept.
package session

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/layout"

	"github.com/alexedwards/scs/pgxstore"
	"github.com/alexedwards/scs/v2"
	"github.com/google/uuid"
)

// sweepAfter is longer than any session lasts by the account rules, so that a
// skewed clock of this machine never ends one.
const sweepAfter = 24 * time.Hour

// Keys of the values in a session.
const (
	keySession  = "session"  // id of the signed-in session
	keyProgress = "progress" // a sign-in under way
	keyNext     = "next"     // where it leads
	keyFlash    = "flash"
	keyExpired  = "expired" // a session was over: the sign-in page says so, once
)

// Config is what the manager is made of. DB may be another pool than the
// features': the session is written while a page is only read.
type Config struct {
	DB             *postgres.DB
	HTTPS          bool           // scheme of the base URL: __Host- cookie, Secure
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	Log            *slog.Logger
	Fail           func(w http.ResponseWriter, r *http.Request, err error) // (*httpserver.Router).Fail
}

// Manager keeps sessions. Safe for concurrent use.
type Manager struct {
	scs      *scs.SessionManager
	accounts *account.Sessions
	proxies  []netip.Prefix
	fail     func(w http.ResponseWriter, r *http.Request, err error)
}

// New returns a Manager. Account sessions and expired rows are swept by
// account.Sessions.Purge, so no goroutine of its own runs.
func New(c Config) *Manager {
	s := scs.New()
	s.Store = pgxstore.NewWithCleanupInterval(c.DB.Pool(), 0)
	s.HashTokenInStore = true
	s.Lifetime = sweepAfter
	s.Cookie.Name = "session"
	if c.HTTPS {
		// The prefix makes browsers refuse the cookie from a subdomain or without TLS.
		s.Cookie.Name, s.Cookie.Secure = "__Host-session", true
	}
	s.Cookie.HttpOnly, s.Cookie.SameSite, s.Cookie.Path = true, http.SameSiteLaxMode, "/"
	s.Cookie.Persist = false
	m := &Manager{scs: s, accounts: account.NewSessions(c.DB), proxies: c.TrustedProxies, fail: c.Fail}
	s.ErrorFunc = func(w http.ResponseWriter, r *http.Request, err error) {
		if m.fail == nil {
			http.Error(w, "系统正忙，请稍后再试。", http.StatusServiceUnavailable)
			return
		}
		m.fail(w, r, errs.Wrap(errs.Unavailable, "系统正忙，请稍后再试。您填的内容没有丢失。", err))
	}
	return m
}

// Middleware loads the session, puts the actor (with address) and the flash into
// the context, and forbids every cache to keep the answer.
func (m *Manager) Middleware(next http.Handler) http.Handler {
	return m.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		ctx := r.Context()
		actor, err := m.actor(ctx, m.ClientIP(r))
		if err != nil {
			m.scs.ErrorFunc(w, r, err)
			return
		}
		ctx = httpserver.WithActor(ctx, actor)
		if wantsPage(r) {
			if message := m.scs.PopString(ctx, keyFlash); message != "" {
				ctx = layout.WithFlash(ctx, message)
			}
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// actor resolves the signed-in session; one that is over leaves nothing behind
// but the note that it was.
func (m *Manager) actor(ctx context.Context, ip string) (authz.Actor, error) {
	id, ok := m.SessionID(ctx)
	if !ok {
		return authz.Actor{IP: ip}, nil
	}
	current, err := m.accounts.Resolve(ctx, id)
	if errs.Is(err, errs.Unauthenticated) {
		if err := m.scs.Clear(ctx); err != nil {
			return authz.Actor{}, err
		}
		m.scs.Put(ctx, keyExpired, true)
		return authz.Actor{IP: ip}, nil
	}
	if err != nil {
		return authz.Actor{}, err
	}
	return current.Account.Actor(ip), nil
}

// wantsPage reports whether r asks for a page to look at: a flash must not be
// used up by a picture or a script.
func wantsPage(r *http.Request) bool {
	dest := r.Header.Get("Sec-Fetch-Dest")
	return r.Method == http.MethodGet && (dest == "" || dest == "document")
}

// SessionID returns the id of the signed-in session behind ctx.
func (m *Manager) SessionID(ctx context.Context) (uuid.UUID, bool) {
	id, err := uuid.Parse(m.scs.GetString(ctx, keySession))
	return id, err == nil
}

// Flash leaves a message for the next page that the visitor sees.
func (m *Manager) Flash(ctx context.Context, message string) { m.scs.Put(ctx, keyFlash, message) }

// SignIn makes ctx's session the signed-in session id, under a new token: what
// was planted in the browser before is worth nothing (session fixation).
func (m *Manager) SignIn(ctx context.Context, id uuid.UUID) error {
	if err := m.scs.Clear(ctx); err != nil {
		return err
	}
	if err := m.scs.RenewToken(ctx); err != nil {
		return err
	}
	m.scs.Put(ctx, keySession, id.String())
	return nil
}

// SignOut forgets everything, on the server first.
func (m *Manager) SignOut(ctx context.Context) error { return m.scs.Destroy(ctx) }

// Expired reports, once, that the visitor's session was over.
func (m *Manager) Expired(ctx context.Context) bool { return m.scs.PopBool(ctx, keyExpired) }
