package stylepages

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"civilaffairs/internal/httpserver"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"

	"github.com/go-chi/chi/v5"
	"golang.org/x/net/html"
)

// guidePage renders the guide and returns its elements in order.
func guidePage(t *testing.T) []*html.Node {
	t.Helper()
	var buf bytes.Buffer
	ctx := layout.With(context.Background(), layout.Context{Demo: true, DemoText: "假定规则仍然有效。"})
	if err := Guide().Render(ctx, &buf); err != nil {
		t.Fatal(err)
	}
	return elements(t, buf.String())
}

func elements(t *testing.T, text string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode {
			out = append(out, n)
		}
	}
	return out
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.TrimSpace(b.String())
}

// inline lists what the content security policy would refuse.
func inline(nodes []*html.Node) []string {
	var out []string
	for _, n := range nodes {
		if n.Data == "style" || n.Data == "script" && attr(n, "src") == "" {
			out = append(out, "<"+n.Data+">")
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") || strings.HasPrefix(strings.ToLower(a.Val), "javascript:") {
				out = append(out, n.Data+" "+a.Key)
			}
		}
	}
	return out
}

func TestNothingInline(t *testing.T) {
	t.Parallel()
	if got := inline(elements(t, `<p style="x" onclick="y"><script>z</script>`)); len(got) != 3 {
		t.Fatalf("the check finds %v in a page that has three", got)
	}
	if got := inline(guidePage(t)); len(got) > 0 {
		t.Errorf("inline code or style: %v", got)
	}
}

func TestEveryComponentIsShown(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, n := range guidePage(t) {
		for c := range strings.FieldsSeq(attr(n, "class")) {
			seen[c] = true
			for _, state := range []string{"data-tone", "data-a", "data-state", "data-kind"} {
				if v := attr(n, state); v != "" {
					seen[c+"="+v] = true
				}
			}
		}
		if v := attr(n, "data-state"); v != "" {
			seen[n.Parent.Data+" "+attr(n.Parent, "class")+"="+v] = true
		}
	}
	for _, want := range strings.Fields(`btn btn=plain btn=stop go tag=good tag=warn tag=bad tag=info tag=mute tag=none demo stars
		note=info note=good note=warn note=bad note=quiet empty field bad err hint opt input select textarea choice unit file
		error-summary tasks uploads upload facts stats table cards group sub tabs chips clear pager fold facets map tilemap sel frame scale
		clock=good clock=warn clock=bad clock=hold provisional days off on past now make timeline verdict tally money chart keys
		answer=met answer=unmet answer=unknown panel panel=bad decision review doc redhead signoff behind band page-head`) {
		if !seen[want] {
			t.Errorf("the guide does not show %s", want)
		}
	}
}

func TestLabelsAndDescriptionsLeadSomewhere(t *testing.T) {
	t.Parallel()
	nodes := guidePage(t)
	ids, labelled := map[string]*html.Node{}, map[string]bool{}
	for _, n := range nodes {
		if id := attr(n, "id"); id != "" {
			if ids[id] != nil {
				t.Errorf("id %q twice", id)
			}
			ids[id] = n
		}
	}
	for _, n := range nodes {
		if target := attr(n, "for"); target != "" {
			labelled[target] = true
			if ids[target] == nil {
				t.Errorf("label for %q: no such control", target)
			}
		}
		for _, a := range []string{"aria-describedby", "aria-labelledby", "data-count"} {
			for id := range strings.FieldsSeq(attr(n, a)) {
				if ids[id] == nil || text(ids[id]) == "" {
					t.Errorf("%s %s=%q leads to nothing", n.Data, a, id)
				}
			}
		}
		if href := attr(n, "href"); n.Data == "a" && strings.HasPrefix(href, "#") && ids[href[1:]] == nil {
			t.Errorf("link to %s: no such place", href)
		}
	}
	for _, n := range nodes {
		if n.Data != "input" && n.Data != "select" && n.Data != "textarea" || attr(n, "type") == "hidden" {
			continue
		}
		wrapped := n.Parent.Data == "label"
		if !wrapped && !labelled[attr(n, "id")] && attr(n, "aria-label") == "" {
			t.Errorf("%s %q has no label", n.Data, attr(n, "name"))
		}
	}
}

// What is wrong is said with the same words in the summary and at the field,
// and the control says that it is invalid.
func TestErrorsAreSaidTwiceInTheSameWords(t *testing.T) {
	t.Parallel()
	nodes := guidePage(t)
	for _, e := range formErrors {
		var linked, atField, invalid bool
		for _, n := range nodes {
			switch {
			case attr(n, "href") == "#"+e.Name:
				linked = strings.Contains(text(n), e.Message)
			case attr(n, "id") == e.Name+"-error":
				atField = text(n) == e.Message
			case attr(n, "id") == e.Name:
				invalid = attr(n, "aria-invalid") == "true"
			}
		}
		if !linked || !atField || !invalid {
			t.Errorf("%s: in summary %t, at field %t, control invalid %t", e.Name, linked, atField, invalid)
		}
	}
}

func TestGuideIsPublic(t *testing.T) {
	t.Parallel()
	mux := chi.NewRouter()
	router := httpserver.NewRouter(mux, slog.New(slog.DiscardHandler), layout.ErrorPage)
	New().Register(router, router)
	rec := httptest.NewRecorder()
	mux.ServeHTTP(rec, httptest.NewRequest(http.MethodGet, paths.StyleGuide, nil))
	if rec.Code != http.StatusOK || !strings.Contains(rec.Body.String(), "<h1>页面规范</h1>") {
		t.Fatalf("status %d: %.200s", rec.Code, rec.Body.String())
	}
	// Names are invented here on any site: marked without demo mode too.
	if !strings.Contains(rec.Body.String(), `<span class="demo">演示</span>`) {
		t.Error("invented names are not marked")
	}
}
