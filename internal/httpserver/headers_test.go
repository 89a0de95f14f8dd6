package httpserver

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func headersOf(https bool) http.Header {
	rec := httptest.NewRecorder()
	SecureHeaders(https)(http.NotFoundHandler()).ServeHTTP(rec, httptest.NewRequest(http.MethodGet, "/", nil))
	return rec.Header()
}

func TestSecureHeaders(t *testing.T) {
	t.Parallel()
	h := headersOf(true)
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("policy lacks %q: %s", want, policy)
		}
	}
	for _, never := range []string{"unsafe-inline", "unsafe-eval", "*", "http:", "https:"} {
		if strings.Contains(policy, never) {
			t.Errorf("policy allows %q: %s", never, policy)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
	} {
		if got := h.Get(name); got != want {
			t.Errorf("%s = %q, want %q", name, got, want)
		}
	}
	if !strings.Contains(h.Get("Permissions-Policy"), "geolocation=()") {
		t.Errorf("Permissions-Policy = %q", h.Get("Permissions-Policy"))
	}
}

func TestInsistOnHTTPSOnlyWhenServedSo(t *testing.T) {
	t.Parallel()
	if got := headersOf(true).Get("Strict-Transport-Security"); got == "" {
		t.Error("https without Strict-Transport-Security")
	}
	if got := headersOf(false).Get("Strict-Transport-Security"); got != "" {
		t.Errorf("http with Strict-Transport-Security %q: the browser would never come back", got)
	}
}
