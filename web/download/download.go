// Package download sends a file that somebody handed in, inert: a browser saves
// it, or shows a picture in a sandbox, and runs nothing of it. A leaf of web; it
// knows files only as what Source says of them.
package download

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Source is a file to send; attachment.Attachment is one.
type Source interface {
	DownloadName() string // the cleaned name, with its extension
	ContentType() string
	Viewable() bool // may be shown in the window
}

// policy lets a shown picture be a picture and forbids everything else.
const policy = "sandbox; default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Serve sends content to be saved, never shown, and closes it.
func Serve(w http.ResponseWriter, r *http.Request, s Source, content io.ReadSeekCloser) error {
	return send(w, r, s, content, "attachment")
}

// ServeMade is Serve for a file that the portal has made just now.
func ServeMade(w http.ResponseWriter, r *http.Request, name, contentType string, raw []byte) error {
	return Serve(w, r, made{name, contentType}, inMemory{bytes.NewReader(raw)})
}

type made struct{ name, kind string }

func (m made) DownloadName() string { return m.name }
func (m made) ContentType() string  { return m.kind }
func (made) Viewable() bool         { return false }

type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

// View is Serve, but shows what is viewable in the window or in a page.
func View(w http.ResponseWriter, r *http.Request, s Source, content io.ReadSeekCloser) error {
	if s.Viewable() {
		return send(w, r, s, content, "inline")
	}
	return send(w, r, s, content, "attachment")
}

func send(w http.ResponseWriter, r *http.Request, s Source, content io.ReadSeekCloser, disposition string) error {
	defer content.Close()
	h := w.Header()
	h.Set("Content-Type", contentType(s.ContentType()))
	h.Set("Content-Disposition", Disposition(disposition, s.DownloadName()))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("X-Download-Options", "noopen")
	h.Set("Cache-Control", "private, no-store")
	// No time: nothing is cached, so nothing is to be revalidated. Ranges work.
	http.ServeContent(w, r, "", time.Time{}, content)
	return nil
}

// contentType keeps a plain type and falls back to one that nothing renders.
func contentType(t string) string {
	base, _, err := mime.ParseMediaType(t)
	if err != nil || !strings.Contains(base, "/") || strings.HasPrefix(base, "text/") || strings.Contains(base, "html") ||
		strings.Contains(base, "xml") && !strings.HasPrefix(base, "application/vnd.openxmlformats-") ||
		strings.Contains(base, "script") {
		return "application/octet-stream"
	}
	return base
}

// Disposition returns a Content-Disposition with the name in both forms: plain
// ASCII for old clients, RFC 5987 for the Chinese one.
func Disposition(kind, name string) string {
	var ascii, full strings.Builder
	for _, r := range name {
		switch {
		case r < ' ' || r == 0x7f || r == utf8.RuneError:
			continue
		case r > 0x7f || strings.ContainsRune(`"\%;/`, r):
			ascii.WriteByte('_')
		default:
			ascii.WriteRune(r)
		}
		for _, b := range []byte(string(r)) {
			if attrChar(b) {
				full.WriteByte(b)
			} else {
				full.WriteByte('%')
				full.WriteByte(upperHex[b>>4])
				full.WriteByte(upperHex[b&15])
			}
		}
	}
	return kind + `; filename="` + ascii.String() + `"; filename*=UTF-8''` + full.String()
}

const upperHex = "0123456789ABCDEF"

// attrChar is what RFC 5987 lets stand for itself.
func attrChar(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || strings.IndexByte("!#$&+-.^_`|~", b) >= 0
}
