package pagetest

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// Page is an answer. A file has no elements, only a Body.
type Page struct {
	*goquery.Document
	Status int
	To     string // where a redirect leads
	Header http.Header
	Body   string
	Path   string

	site   *Site
	as     string
	typed  url.Values // what the answered form carried
	forged bool       // typed comes from no page
}

// inline is what the content security policy forbids.
const inline = "[style], script:not([src]), [onclick], [onchange], [onsubmit], [onerror], [onload]"

// sound asks of an answer what every answer owes.
func (p Page) sound(html string) {
	p.site.Helper()
	if p.Status >= http.StatusInternalServerError {
		p.site.Errorf("%s as %q: %d %s", p.Path, p.as, p.Status, p.Text("main"))
	}
	if c := p.Header.Values("Set-Cookie"); len(c) > 0 {
		p.site.Errorf("%s sets %q", p.Path, c)
	}
	for _, source := range []string{"@ui.", "%!"} {
		if strings.Contains(html, source) {
			p.site.Errorf("%s shows its own source: %s", p.Path, source)
		}
	}
	if at := p.Find(inline); at.Length() > 0 {
		found, _ := goquery.OuterHtml(at.First())
		p.site.Errorf("%s has style or script inline: %.200s", p.Path, found)
	}
}

// As is the page in the hands of somebody else.
func (p Page) As(name string) Page { p.as = name; return p }

// Text is what the elements that css selects say, one line each.
func (p Page) Text(css string) string {
	var lines []string
	p.Find(css).Each(func(_ int, e *goquery.Selection) { lines = append(lines, strings.Join(strings.Fields(e.Text()), " ")) })
	return strings.Join(lines, "\n")
}

// Is wants a status, and words in the main part of the page; another status ends
// the test.
func (p Page) Is(status int, words ...string) Page {
	p.site.Helper()
	if p.Status != status {
		p.site.Fatalf("%s as %q: %d, want %d: %s", p.Path, p.as, p.Status, status, p.Text("main"))
	}
	return p.Says("main", words...)
}

// Says wants words in what css selects.
func (p Page) Says(css string, words ...string) Page {
	p.site.Helper()
	text := p.Text(css)
	for _, w := range words {
		if !strings.Contains(text, w) {
			p.site.Errorf("%s as %q: %s does not say %q: %.1500s", p.Path, p.as, css, w, text)
		}
	}
	return p
}

// Lacks wants none of the words in what css selects.
func (p Page) Lacks(css string, words ...string) Page {
	p.site.Helper()
	text := p.Text(css)
	for _, w := range words {
		if strings.Contains(text, w) {
			p.site.Errorf("%s as %q: %s says %q: %.1500s", p.Path, p.as, css, w, text)
		}
	}
	return p
}

// Led wants an act to have led on to a page, "" for any.
func (p Page) Led(to string) Page {
	p.site.Helper()
	if p.Status != http.StatusSeeOther || to != "" && p.To != to {
		p.site.Fatalf("%s as %q: %d to %q, want 303 to %q: %s", p.Path, p.as, p.Status, p.To, to, p.Text("main"))
	}
	return p
}

// Follow opens where an act has led.
func (p Page) Follow() Page {
	p.site.Helper()
	return p.site.Get(p.as, p.Led("").To)
}

// Link is where the first element that css selects leads; there must be one.
func (p Page) Link(css string) string {
	p.site.Helper()
	href, ok := p.Find(css).First().Attr("href")
	if !ok {
		p.site.Fatalf("%s as %q: no link %s: %s", p.Path, p.as, css, p.Text("main"))
	}
	return href
}

// Faulty wants the form refused for a field: 422, words in the summary, which leads
// to the field, and at the field itself, and everything that was typed still there.
func (p Page) Faulty(field, says string) Page {
	p.site.Helper()
	p.Is(http.StatusUnprocessableEntity).Says(".error-summary", says).Says(`[id="`+field+`-error"]`, says)
	for _, css := range []string{`.error-summary a[href="#` + field + `"]`, `[id="` + field + `"]`, `[id="` + field + `-error"]`} {
		if p.Find(css).Length() == 0 {
			p.site.Errorf("%s as %q: no %s, the summary says %q", p.Path, p.as, css, p.Text(".error-summary"))
		}
	}
	return p.Kept()
}

// Faults are the fields at which the page has something to say.
func (p Page) Faults() []string {
	return p.Find(`[id$="-error"]`).Map(func(_ int, e *goquery.Selection) string { return strings.TrimSuffix(e.AttrOr("id", ""), "-error") })
}
