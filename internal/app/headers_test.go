package app_test

import (
	"net/http"
	"strings"
)

// unsafeHeaders names what an answer of the portal lacks or allows too much.
func unsafeHeaders(h http.Header) (found []string) {
	policy := h.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"} {
		if !strings.Contains(policy, want) {
			found = append(found, "policy lacks "+want)
		}
	}
	for _, never := range []string{"unsafe-", "*", "http:", "https:"} {
		if strings.Contains(policy, never) {
			found = append(found, "policy allows "+never)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
	} {
		if h.Get(name) != want {
			found = append(found, name+" is "+h.Get(name))
		}
	}
	if !strings.Contains(h.Get("Permissions-Policy"), "camera=()") {
		found = append(found, "no Permissions-Policy")
	}
	return found
}
