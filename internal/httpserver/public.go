package httpserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// RenderPublic renders a page that is the same for every visitor, but for the
// display modes in their cookie: caches may keep it for a second and ask again
// by its digest after that, so that what is published is never stale.
func RenderPublic(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.Context(), &buf); err != nil {
		return err
	}
	sum := sha256.Sum256(buf.Bytes())
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Cache-Control", "public, max-age=1, must-revalidate")
	h.Set("ETag", tag)
	h.Add("Vary", "Cookie")
	if matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(buf.Bytes()) // the visitor left: nothing to do
	return nil
}

// matches compares an If-None-Match with a tag, weakly, as RFC 9110 asks.
func matches(header, tag string) bool {
	for _, t := range strings.Split(header, ",") {
		if t = strings.TrimSpace(t); t == "*" || strings.TrimPrefix(t, "W/") == tag {
			return true
		}
	}
	return false
}
