package layout

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"
)

// modes are the display modes a visitor may switch on, in the order of the buttons.
var modes = []struct{ Key, Label string }{
	{"elder", "长者模式"},
	{"contrast", "高对比度"},
}

const (
	modeCookie = "modes"
	modeMaxAge = 365 * 24 * 3600 // seconds; a year of not having to choose again
)

func (c Context) on(mode string) bool { return slices.Contains(c.Modes, mode) }

// ModesOf returns the known display modes in the cookie of r.
func ModesOf(r *http.Request) []string {
	c, err := r.Cookie(modeCookie)
	if err != nil {
		return nil
	}
	chosen := strings.Split(c.Value, ".")
	var out []string
	for _, m := range modes {
		if slices.Contains(chosen, m.Key) {
			out = append(out, m.Key)
		}
	}
	return out
}

// Middleware puts the Context that build makes into every request, with the
// display modes of its cookie and the way back to the page.
func Middleware(build func(*http.Request) Context) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := build(r)
			c.Modes, c.Return = ModesOf(r), returnPath(r)
			next.ServeHTTP(w, r.WithContext(With(r.Context(), c)))
		})
	}
}

// returnPath is where a change of mode leads: this page, or the page of the
// form when this one answers a POST and cannot be asked for again.
func returnPath(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return httpserver.LocalPath(r.URL.RequestURI(), paths.Home)
	}
	from, err := url.Parse(r.Referer())
	if err != nil || from.Host != r.Host {
		return paths.Home
	}
	return httpserver.LocalPath(from.RequestURI(), paths.Home)
}

// RegisterPreferences declares POST /preferences on the router of public
// pages: the choice lives in a cookie, not in a session. secure is set when the
// site is served over https.
func RegisterPreferences(public *httpserver.Router, secure bool) {
	public.Post(paths.Preferences, authz.Public, func(w http.ResponseWriter, r *http.Request) error {
		return toggleMode(w, r, secure)
	})
}

// toggleMode switches the posted mode on or off and leads back. An unknown mode
// is Invalid.
func toggleMode(w http.ResponseWriter, r *http.Request, secure bool) error {
	r.Body = http.MaxBytesReader(w, r.Body, 8<<10)
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "这个请求读不出来。返回上一页，再按一次", err)
	}
	mode := r.PostForm.Get("mode")
	var next []string
	known := false
	for _, m := range modes {
		on := slices.Contains(ModesOf(r), m.Key)
		if m.Key == mode {
			known, on = true, !on
		}
		if on {
			next = append(next, m.Key)
		}
	}
	if !known {
		return errs.New(errs.Invalid, "没有这种显示模式。请从页面顶部选择长者模式或高对比度")
	}
	http.SetCookie(w, &http.Cookie{
		Name: modeCookie, Value: strings.Join(next, "."), Path: "/", MaxAge: modeMaxAge,
		Secure: secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
	return httpserver.SeeOther(w, r, httpserver.LocalPath(r.PostForm.Get("next"), paths.Home))
}
