package httpserver

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"

	"github.com/a-h/templ"
)

// revalidate lets a browser or a proxy keep an answer, and makes it ask before
// every use: what is published is seen at once, and never a stale page after it.
const revalidate = "public, no-cache"

// RenderPublic renders a page that is the same for every visitor with the same
// display modes, with a strong ETag of its content: a visitor who has it already
// gets 304 and no page. It is for pages outside of the session.
func RenderPublic(w http.ResponseWriter, r *http.Request, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.Context(), &buf); err != nil {
		return err
	}
	w.Header().Add("Vary", "Cookie") // the display modes live in one
	return WritePublic(w, r, "text/html; charset=utf-8", buf.Bytes())
}

// WritePublic answers with body, or with 304 to who has it already.
func WritePublic(w http.ResponseWriter, r *http.Request, contentType string, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:18]) + `"`
	h := w.Header()
	h.Set("Cache-Control", revalidate)
	h.Set("ETag", tag)
	if has(r.Header.Values("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return nil
	}
	h.Set("Content-Type", contentType)
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write(body) // the visitor left: nothing to do
	return nil
}

// Revalidate marks an answer that is streamed, and so has no ETag: it is asked for
// anew each time.
func Revalidate(w http.ResponseWriter) { w.Header().Set("Cache-Control", revalidate) }

// has reports whether tag is among those of an If-None-Match, compared weakly as
// RFC 9110 wants it for GET.
func has(lines []string, tag string) bool {
	for _, line := range lines {
		for part := range strings.SplitSeq(line, ",") {
			part = strings.TrimSpace(part)
			if part == "*" || strings.TrimPrefix(part, "W/") == tag {
				return true
			}
		}
	}
	return false
}
