package httpserver

import (
	"net/url"
	"strings"
)

// SignInPath returns the sign-in page that leads back to u afterwards.
func SignInPath(u *url.URL) string {
	return "/login?" + url.Values{"next": {u.RequestURI()}}.Encode()
}

// LocalPath returns p when it is a path on this site, fallback otherwise: the
// only redirect target that may come from a request.
func LocalPath(p, fallback string) string {
	if !strings.HasPrefix(p, "/") || strings.HasPrefix(p, "//") || strings.ContainsAny(p, "\\\r\n\t") {
		return fallback
	}
	u, err := url.Parse(p)
	if err != nil || u.Host != "" || u.Scheme != "" {
		return fallback
	}
	return p
}
