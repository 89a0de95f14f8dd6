package download_test

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"civilaffairs/internal/attachment"
	"civilaffairs/web/download"
)

type body struct {
	*bytes.Reader
	closed bool
}

func (b *body) Close() error { b.closed = true; return nil }

func get(t *testing.T, a download.Source, header string, serve func(http.ResponseWriter, *http.Request, download.Source, io.ReadSeekCloser) error) *http.Response {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	if header != "" {
		r.Header.Set("Range", header)
	}
	w, b := httptest.NewRecorder(), &body{Reader: bytes.NewReader([]byte("<html><script>alert(1)</script>"))}
	if err := serve(w, r, a, b); err != nil {
		t.Fatal(err)
	}
	if !b.closed {
		t.Error("content left open")
	}
	return w.Result()
}

func TestServedInert(t *testing.T) {
	t.Parallel()
	picture := attachment.Attachment{Filename: "照片.jpg", MediaType: "image/jpeg", Width: 3, Height: 2}
	document := attachment.Attachment{Filename: "章程.pdf", MediaType: "application/pdf"}
	for _, c := range []struct {
		a        attachment.Attachment
		view     bool
		wantKind string
	}{{picture, true, "inline"}, {picture, false, "attachment"}, {document, true, "attachment"}, {document, false, "attachment"}} {
		serve := download.Serve
		if c.view {
			serve = download.View
		}
		res := get(t, c.a, "", serve)
		kind, params, err := mime.ParseMediaType(res.Header.Get("Content-Disposition"))
		if err != nil || kind != c.wantKind || params["filename"] != c.a.Filename {
			t.Errorf("%s view=%v: %q %v %v", c.a.Filename, c.view, kind, params, err)
		}
		for name, want := range map[string]string{"Content-Type": c.a.MediaType, "X-Content-Type-Options": "nosniff", "Cache-Control": "private, no-store"} {
			if got := res.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		csp := res.Header.Get("Content-Security-Policy")
		if !strings.HasPrefix(csp, "sandbox; default-src 'none'") || strings.Contains(csp, "allow-") || strings.Contains(csp, "unsafe") {
			t.Errorf("policy %q", csp)
		}
	}
}

type source struct{ name, kind string }

func (s source) DownloadName() string { return s.name }
func (s source) ContentType() string  { return s.kind }
func (s source) Viewable() bool       { return false }

func TestActiveTypesBecomeBytes(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"text/html", "text/plain", "image/svg+xml", "application/xhtml+xml", "text/javascript", "application/xml", "application/javascript", "", "bad type", "x"} {
		if got := get(t, source{"a", kind}, "", download.Serve).Header.Get("Content-Type"); got != "application/octet-stream" {
			t.Errorf("%q served as %q", kind, got)
		}
	}
	if got := get(t, source{"a", "application/ofd"}, "", download.Serve).Header.Get("Content-Type"); got != "application/ofd" {
		t.Errorf("OFD served as %q", got)
	}
}

func TestDispositionCannotBeBroken(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"a.pdf", "章程（草案）.pdf", `a"b.pdf`, "a\r\nSet-Cookie: x=1.pdf", `a\b;c.pdf`, "100%.pdf", "it's.pdf", "𠮷.pdf", "a\x00b.pdf", ""} {
		h := download.Disposition("attachment", name)
		if strings.ContainsAny(h, "\r\n\x00") || strings.Count(h, `"`) != 2 {
			t.Errorf("%q: %q", name, h)
		}
		for _, c := range h {
			if c > 0x7e {
				t.Errorf("%q: not ASCII: %q", name, h)
				break
			}
		}
		_, params, err := mime.ParseMediaType(h)
		want := strings.NewReplacer("\r", "", "\n", "", "\x00", "").Replace(name)
		if err != nil || params["filename"] != want {
			t.Errorf("%q: read back %q, %v", name, params["filename"], err)
		}
	}
}

func TestRangesResumeADownload(t *testing.T) {
	t.Parallel()
	res := get(t, source{"a.pdf", "application/pdf"}, "bytes=1-4", download.Serve)
	data, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusPartialContent || string(data) != "html" {
		t.Errorf("%d %q", res.StatusCode, data)
	}
}
