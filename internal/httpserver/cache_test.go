package httpserver

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/a-h/templ"
)

func renderPublic(t *testing.T, content string, ifNoneMatch ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/projects", nil)
	for _, v := range ifNoneMatch {
		r.Header.Add("If-None-Match", v)
	}
	w := httptest.NewRecorder()
	if err := RenderPublic(w, r, templ.Raw(content)); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestPublicPageIsRevalidated(t *testing.T) {
	t.Parallel()
	first := renderPublic(t, "<p>一</p>")
	h := first.Header()
	tag := h.Get("ETag")
	if first.Code != http.StatusOK || first.Body.String() != "<p>一</p>" || !strings.HasPrefix(tag, `"`) || len(tag) < 20 {
		t.Errorf("%d %q, tag %s", first.Code, first.Body, tag)
	}
	if h.Get("Cache-Control") != "public, no-cache" || h.Get("Vary") != "Cookie" || h.Get("Content-Type") != "text/html; charset=utf-8" || len(h.Values("Set-Cookie")) > 0 {
		t.Errorf("headers %v", h)
	}
	for _, have := range []string{tag, "W/" + tag, `"other", ` + tag, "*"} {
		again := renderPublic(t, "<p>一</p>", have)
		if again.Code != http.StatusNotModified || again.Body.Len() > 0 || again.Header().Get("ETag") != tag || again.Header().Get("Vary") != "Cookie" {
			t.Errorf("If-None-Match %s: %d with %d bytes, %v", have, again.Code, again.Body.Len(), again.Header())
		}
	}
	if w := renderPublic(t, "<p>一</p>", `"other"`, tag); w.Code != http.StatusNotModified {
		t.Errorf("the second line of two: %d", w.Code)
	}
}

// The control: what has changed is sent whole, whatever the visitor has.
func TestChangedPageIsSent(t *testing.T) {
	t.Parallel()
	old := renderPublic(t, "<p>一</p>").Header().Get("ETag")
	for _, have := range []string{old, "W/" + old, `""`, "nonsense", strings.Trim(old, `"`)} {
		if w := renderPublic(t, "<p>二</p>", have); w.Code != http.StatusOK || w.Body.String() != "<p>二</p>" || w.Header().Get("ETag") == old {
			t.Errorf("If-None-Match %s: %d %q", have, w.Code, w.Body)
		}
	}
}
