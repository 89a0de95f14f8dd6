package accountpages

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"

	"civilaffairs/internal/httpserver"
	"civilaffairs/web/paths"

	"github.com/a-h/templ"
)

// Limits on what the page of an interrupted form carries back.
const (
	maxCarried = 512 << 10
	maxRead    = 60 << 20 // a whole form with its files (domain §11): read past, not kept
	maxNames   = 500
)

// interruptedView is the answer to a form that arrived without a session: what
// was typed, ready to be sent again.
type interruptedView struct {
	Action string
	Fields []carried
	Files  []string // names of file fields: they have to be chosen again
	Whole  bool     // everything but files and passwords is carried
	SignIn string
}

type carried struct{ Name, Value string }

// Interrupted wraps the site's error page: a POST that is refused because the
// session is over answers 401 with the typed values in hidden fields, so that
// they can be sent again after signing in in another window. Nothing is kept on
// the server, nothing is carried out; passwords, codes and files are left out.
// The cross-site guard in front has made sure that the form was ours.
func Interrupted(site httpserver.ErrorPage) httpserver.ErrorPage {
	return func(r *http.Request, f httpserver.Failure) templ.Component {
		if f.Status != http.StatusUnauthorized || r.Method != http.MethodPost || strings.HasPrefix(r.Header.Get("Accept"), "application/json") {
			return site(r, f)
		}
		v := interruptedView{Action: httpserver.LocalPath(r.URL.RequestURI(), paths.Workspace), SignIn: paths.LoginTo(paths.Workspace)}
		v.Fields, v.Files, v.Whole = carry(r)
		return interruptedPage(v)
	}
}

// carry reads the fields of a form, url-encoded or multipart, whether or not a
// handler has parsed it already.
func carry(r *http.Request) (fields []carried, files []string, whole bool) {
	whole = true
	size := 0
	keep := func(name, value string) {
		size += len(name) + len(value)
		switch {
		case confidential(name):
		case size > maxCarried || len(fields) >= maxNames:
			whole = false
		default:
			fields = append(fields, carried{name, strings.ToValidUTF8(value, "�")})
		}
	}
	if r.PostForm == nil && isMultipart(r) {
		files, err := readParts(r, keep)
		return fields, files, whole && err == nil
	}
	if r.PostForm == nil {
		r.Body = http.MaxBytesReader(nil, r.Body, maxCarried)
		if err := r.ParseForm(); err != nil {
			return nil, nil, false
		}
	}
	names := make([]string, 0, len(r.PostForm))
	for name := range r.PostForm {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		for _, value := range r.PostForm[name] {
			keep(name, value)
		}
	}
	return fields, nil, whole
}

func isMultipart(r *http.Request) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && kind == "multipart/form-data"
}

// readParts keeps the texts of a multipart form and reads past its files, which
// a page cannot put back into a file control.
func readParts(r *http.Request, keep func(name, value string)) (files []string, err error) {
	r.Body = http.MaxBytesReader(nil, r.Body, maxRead)
	parts, err := r.MultipartReader()
	if err != nil {
		return nil, err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return files, err
		}
		if part.FileName() != "" {
			files = append(files, part.FileName())
			continue
		}
		value, err := io.ReadAll(io.LimitReader(part, maxCarried+1))
		if err != nil {
			return files, err
		}
		keep(part.FormName(), string(value))
	}
}

// confidential fields never travel back into a page.
func confidential(name string) bool {
	return strings.Contains(name, "password") || name == "code" || name == "nonce"
}
