// Package httpserver is the border between HTTP and the rest: handlers that
// return errors, one map from error kind to status, declared permissions, and
// pages rendered to a buffer. Level 1; no tables.
package httpserver

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
)

// Handler answers a request or returns why it cannot.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Statuses is the one map from error kind to HTTP status.
var Statuses = map[errs.Kind]int{
	errs.Internal:        http.StatusInternalServerError,
	errs.Invalid:         http.StatusUnprocessableEntity,
	errs.NotFound:        http.StatusNotFound,
	errs.Forbidden:       http.StatusForbidden,
	errs.Unauthenticated: http.StatusUnauthorized,
	errs.Conflict:        http.StatusConflict,
	errs.TooMany:         http.StatusTooManyRequests,
	errs.Unavailable:     http.StatusServiceUnavailable,
	errs.TooLarge:        http.StatusRequestEntityTooLarge,
}

// Status returns the HTTP status of err.
func Status(err error) int { return Statuses[errs.KindOf(err)] }

// Failure is what an error page shows. Reference is set for 500 only and
// appears in the log beside the cause.
type Failure struct {
	Status    int
	Message   string
	Fields    []errs.Field
	Reference string
}

// ErrorPage renders a failure for the visitor of r; the shell provides it.
type ErrorPage func(r *http.Request, f Failure) templ.Component

// Route is a declared route: what the matrix test and the guard both read.
type Route struct {
	Method     string
	Pattern    string
	Permission authz.Permission
}

// Router mounts handlers with their permission. Every route goes through it:
// the access test fails for one that chi knows and Router does not.
type Router struct {
	mux    chi.Router
	log    *slog.Logger
	page   ErrorPage
	routes *[]Route // one list for a router and its groups
}

// NewRouter returns a Router over mux.
func NewRouter(mux chi.Router, log *slog.Logger, page ErrorPage) *Router {
	return &Router{mux: mux, log: log, page: page, routes: new([]Route)}
}

// Log is the log of the site, for what is neither business nor a fault.
func (ro *Router) Log() *slog.Logger { return ro.log }

// With returns a Router for the same site whose handlers run behind mw, such as
// the session: public pages go without it, so they never vary by visitor.
func (ro *Router) With(mw ...func(http.Handler) http.Handler) *Router {
	return &Router{mux: ro.mux.With(mw...), log: ro.log, page: ro.page, routes: ro.routes}
}

// Get declares a safe route. It runs under a read-only context: a service that
// tries to write fails.
func (ro *Router) Get(pattern string, p authz.Permission, h Handler) {
	ro.handle(http.MethodGet, pattern, p, func(w http.ResponseWriter, r *http.Request) error {
		return h(w, r.WithContext(postgres.ReadOnly(r.Context())))
	})
}

// Post declares a route that changes something.
func (ro *Router) Post(pattern string, p authz.Permission, h Handler) {
	ro.handle(http.MethodPost, pattern, p, h)
}

func (ro *Router) handle(method, pattern string, p authz.Permission, h Handler) {
	if !p.Known() {
		panic("undeclared permission " + string(p) + " at " + pattern)
	}
	*ro.routes = append(*ro.routes, Route{method, pattern, p})
	ro.mux.Method(method, pattern, ro.Adapt(func(w http.ResponseWriter, r *http.Request) error {
		if err := ActorOf(r.Context()).Require(p); err != nil {
			return err
		}
		return h(w, r)
	}))
}

// Routes returns the declared routes in the order of declaration.
func (ro *Router) Routes() []Route { return slices.Clone(*ro.routes) }

// Adapt turns a Handler into an http.Handler: the returned error decides
// status, log level and page, and nothing internal reaches the visitor. A panic
// is such an error, with its stack for the log.
func (ro *Router) Adapt(h Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := guarded(h, w, r); err != nil {
			ro.Fail(w, r, err)
		}
	})
}

func guarded(h Handler, w http.ResponseWriter, r *http.Request) (err error) {
	defer func() {
		switch v := recover(); v {
		case nil:
		case http.ErrAbortHandler: // the server's own way to break an answer off
			panic(v)
		default:
			err = fmt.Errorf("panic: %v\n%s", v, debug.Stack())
		}
	}()
	return h(w, r)
}

// Fail answers r with the page for err. An unauthenticated GET goes to the
// sign-in page and comes back afterwards.
func (ro *Router) Fail(w http.ResponseWriter, r *http.Request, err error) {
	f := Failure{Status: Status(err), Message: errs.Message(err), Fields: errs.FieldsOf(err)}
	if f.Status == http.StatusUnauthorized && r.Method == http.MethodGet {
		http.Redirect(w, r, SignInPath(r.URL), http.StatusSeeOther)
		return
	}
	level := slog.LevelInfo
	if f.Status >= 500 {
		level, f.Reference = slog.LevelError, reference()
	}
	ro.log.Log(r.Context(), level, "request refused", "status", f.Status, "method", r.Method,
		"path", r.URL.Path, "reference", f.Reference, "error", err)
	if f.Status == http.StatusTooManyRequests || f.Status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "60")
	}
	if err := Render(w, r, f.Status, ro.page(r, f)); err != nil {
		ro.log.Error("error page", "error", err)
		http.Error(w, "系统出错，编号 "+f.Reference, http.StatusInternalServerError)
	}
}

// Render renders a page to a buffer and only then writes it, so that a failing
// template becomes a clean error page and never half a page.
func Render(w http.ResponseWriter, r *http.Request, status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.Context(), &buf); err != nil {
		return err
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(buf.Bytes()) // the visitor left: nothing to do
	return nil
}

// SeeOther answers a successful change with 303 to path.
func SeeOther(w http.ResponseWriter, r *http.Request, path string) error {
	http.Redirect(w, r, path, http.StatusSeeOther)
	return nil
}

// Param returns a part of the path, such as the {no} of a pattern.
func Param(r *http.Request, name string) string { return chi.URLParam(r, name) }

type actorKey struct{}

// WithActor puts the signed-in actor into the context; the session middleware
// does, and nothing below web reads it but through ActorOf at the HTTP edge.
func WithActor(ctx context.Context, a authz.Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorOf returns the actor of the request, the zero Actor for the public.
func ActorOf(ctx context.Context) authz.Actor {
	a, _ := ctx.Value(actorKey{}).(authz.Actor)
	return a
}

func reference() string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
