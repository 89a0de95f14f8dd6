package static

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/httpserver"

	"github.com/a-h/templ"
	"github.com/go-chi/chi/v5"
)

func get(t *testing.T, address, encoding string) *httptest.ResponseRecorder {
	t.Helper()
	mux := chi.NewRouter()
	page := func(*http.Request, httpserver.Failure) templ.Component { return templ.NopComponent }
	Register(httpserver.NewRouter(mux, slog.New(slog.DiscardHandler), page))
	r := httptest.NewRequest(http.MethodGet, address, nil)
	r.Header.Set("Accept-Encoding", encoding)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, r)
	return rec
}

func TestAssetsAreServedForEver(t *testing.T) {
	t.Parallel()
	for address, mediaType := range map[string]string{CSS(): "text/css", JS(): "text/javascript", Icon(): "image/svg+xml"} {
		plain, zipped := get(t, address, ""), get(t, address, "gzip, br")
		if plain.Code != http.StatusOK {
			t.Fatalf("%s: %d", address, plain.Code)
		}
		if got := plain.Header().Get("Cache-Control"); !strings.Contains(got, "immutable") {
			t.Errorf("%s: Cache-Control %q", address, got)
		}
		if got := plain.Header().Get("Content-Type"); !strings.HasPrefix(got, mediaType) {
			t.Errorf("%s: Content-Type %q", address, got)
		}
		zr, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		if unzipped, _ := io.ReadAll(zr); !bytes.Equal(unzipped, plain.Body.Bytes()) {
			t.Errorf("%s: compressed and plain differ", address)
		}
	}
	for _, address := range []string{"/static/app.css", "/static/app-0000000000000000.css", "/static/..%2fstatic.go"} {
		if rec := get(t, address, ""); rec.Code != http.StatusNotFound {
			t.Errorf("%s: %d, want 404", address, rec.Code)
		}
	}
}

// Every source file is served: one left out of the list would be dead.
func TestEverySourceIsServed(t *testing.T) {
	t.Parallel()
	parts, err := fs.Glob(source, "css/*.css")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range parts {
		if name := strings.TrimSuffix(path.Base(p), ".css"); !slices.Contains(sheets, name) {
			t.Errorf("%s is not in the list of sheets", p)
		}
	}
	modules, err := fs.Glob(source, "js/*.js")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range modules {
		if built().names[path.Base(m)] == "" {
			t.Errorf("%s is imported by nothing", m)
		}
	}
}

func TestImportsLeadToServedNames(t *testing.T) {
	t.Parallel()
	any := regexp.MustCompile(`(?m)^import .*"(.*)";$`)
	imports := 0
	for name, a := range built().assets {
		for _, m := range any.FindAllSubmatch(a.plain, -1) {
			imports++
			if _, ok := built().assets[strings.TrimPrefix(string(m[1]), "./")]; !ok {
				t.Errorf("%s imports %s, which is not served", name, m[1])
			}
		}
	}
	if imports < 8 {
		t.Errorf("only %d imports found: the pattern no longer matches the sources", imports)
	}
}

// The policy of the site refuses markup made from strings and code made from text.
func TestScriptsKeepToTheContentPolicy(t *testing.T) {
	t.Parallel()
	sinks := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|createContextualFragment|\.srcdoc|\.style\b|setAttribute\("(style|on)`)
	if !sinks.MatchString(`box.innerHTML = x`) {
		t.Fatal("the pattern matches nothing")
	}
	for name, a := range built().assets {
		if strings.HasSuffix(name, ".js") {
			if found := sinks.Find(a.plain); found != nil {
				t.Errorf("%s uses %s", name, found)
			}
		}
	}
}

func TestStyleSheetIsBalanced(t *testing.T) {
	t.Parallel()
	css := string(built().assets[built().names["app.css"]].plain)
	if open, closed := strings.Count(css, "{"), strings.Count(css, "}"); open != closed {
		t.Errorf("%d braces open, %d close: what follows would be lost", open, closed)
	}
	if !strings.Contains(css[:400], "@layer tokens, base, layout, components, modes, print;") {
		t.Error("the order of the layers is not declared first")
	}
	if strings.Contains(css, "@import") || regexp.MustCompile(`url\((?:https?:)?//`).MatchString(css) {
		t.Error("the style sheet asks for another file")
	}
}
