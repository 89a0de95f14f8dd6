package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// browser is a visitor without JavaScript: it keeps cookies, follows redirects
// and links, and sends forms as they stand in the page.
type browser struct {
	t       testing.TB
	portal  *portal
	http    *http.Client
	address string
	who     *someone // who signs in when asked to; nil for the public
	at      string   // the page last shown, for the Referer
}

func (p *portal) browser(t testing.TB) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	p.visitors++
	address := fmt.Sprintf("198.51.%d.%d", p.visitors/250, 1+p.visitors%250)
	return &browser{t: t, portal: p, http: &http.Client{Jar: jar}, address: address, at: p.url + "/"}
}

// page is an answer.
type page struct {
	*goquery.Document // nil when it is no HTML
	browser           *browser
	status            int
	path              string // where the visitor ended, with the query
	header            http.Header
	body              []byte
	statements        []string // SQL of the last hop
}

// request is a GET or POST as a browser sends it from a page of the portal.
func (b *browser) request(method, path, contentType string, body []byte) *http.Request {
	b.t.Helper()
	target := path
	if !strings.HasPrefix(path, "http") {
		target = b.portal.url + path
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, target, bytes.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Accept": "text/html,application/xhtml+xml", "Accept-Language": "zh-CN", "Content-Type": contentType,
		"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document",
		"X-Forwarded-For": b.address, "Referer": b.at, requestNumber: uuid.NewString(),
	} {
		if value != "" {
			r.Header.Set(name, value)
		}
	}
	if method == http.MethodPost {
		r.Header.Set("Origin", b.portal.url)
	}
	return r
}

// send does a request and reads the answer; it may be called from goroutines.
func (b *browser) send(r *http.Request) (*page, error) {
	res, err := b.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	p := &page{browser: b, status: res.StatusCode, path: res.Request.URL.RequestURI(), header: res.Header,
		statements: b.portal.statements(r.Header.Get(requestNumber))}
	if f := res.Request.URL.Fragment; f != "" {
		p.path += "#" + f
	}
	if p.body, err = io.ReadAll(res.Body); err != nil {
		return nil, err
	}
	if strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		p.Document, err = goquery.NewDocumentFromReader(bytes.NewReader(p.body))
	}
	return p, err
}

// show sends a request and looks at what came: no page of any test may show a
// slip of a template or of a format.
func (b *browser) show(r *http.Request) *page {
	b.t.Helper()
	p, err := b.send(r)
	if err != nil {
		b.t.Fatal(err)
	}
	if p.status >= 500 {
		b.t.Fatalf("%s %s: %d: %s; logged: %s", r.Method, p.path, p.status, p.main(), strings.Join(b.portal.log.all(), "\n"))
	}
	if p.Document != nil {
		b.at = b.portal.url + p.path
		for _, slip := range slips(p.Document.Text()) {
			b.t.Errorf("%s %s shows %q", r.Method, p.path, slip)
		}
	}
	return p
}

// slips are what only a defect puts into a page.
func slips(text string) (found []string) {
	for _, slip := range []string{"@ui.", "@layout.", "%!", "<nil>", "0001年", "{ v."} {
		if strings.Contains(text, slip) {
			found = append(found, slip)
		}
	}
	return found
}

// get opens an address.
func (b *browser) get(path string) *page {
	b.t.Helper()
	return b.show(b.request(http.MethodGet, path, "", nil))
}

// open opens an address as who the browser belongs to, and signs in on the way
// when the portal asks for it.
func (b *browser) open(path string) *page {
	b.t.Helper()
	p := b.get(path)
	if b.who == nil || !strings.HasPrefix(p.path, "/login") {
		return p
	}
	return b.signIn(p)
}

// follow follows the link of the page whose text holds words.
func (p *page) follow(words string) *page {
	p.browser.t.Helper()
	return p.browser.get(p.link(words))
}

// link is where the link whose text holds words leads.
func (p *page) link(words string) string {
	p.browser.t.Helper()
	found := p.Find("a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.Contains(plainText(a), words) }).First()
	href, ok := found.Attr("href")
	if !ok {
		p.browser.t.Fatalf("%s has no link %q: %s", p.path, words, p.main())
	}
	base, err := url.Parse(p.browser.portal.url + p.path)
	if err != nil {
		p.browser.t.Fatal(err)
	}
	to, err := base.Parse(href)
	if err != nil {
		p.browser.t.Fatal(err)
	}
	return to.String()
}

// is checks where the visitor ended and how.
func (p *page) is(status int, path string) *page {
	p.browser.t.Helper()
	if at, _, _ := strings.Cut(p.path, "#"); p.status != status || at != path {
		p.browser.t.Fatalf("ended at %s with %d, want %s with %d: %s", p.path, p.status, path, status, p.main())
	}
	return p
}

// says checks that every text stands in the page.
func (p *page) says(texts ...string) *page {
	p.browser.t.Helper()
	all := p.main()
	for _, text := range texts {
		if !strings.Contains(all, text) {
			p.browser.t.Fatalf("%s does not say %q: %s", p.path, text, all)
		}
	}
	return p
}

// lacks checks that none of the texts stands in the page or its source.
func (p *page) lacks(texts ...string) *page {
	p.browser.t.Helper()
	for _, text := range texts {
		if strings.Contains(p.main(), text) || bytes.Contains(p.body, []byte(text)) {
			p.browser.t.Fatalf("%s says %q: %s", p.path, text, p.main())
		}
	}
	return p
}

// main is the text of the page's own part.
func (p *page) main() string {
	if p.Document == nil {
		return fmt.Sprintf("%.200s", p.body)
	}
	main := p.Find("main")
	if main.Length() == 0 {
		main = p.Find("body")
	}
	return plainText(main)
}

// summary is what the error summary names: the anchors of the fields at fault.
func (p *page) summary() (names []string) {
	p.Find(".error-summary a").Each(func(_ int, a *goquery.Selection) {
		names = append(names, strings.TrimPrefix(a.AttrOr("href", ""), "#"))
	})
	return names
}

// refused checks a form that came back: 422, each field named in the summary and
// marked at its place, and no other.
func (p *page) refused(fields ...string) *page {
	p.browser.t.Helper()
	if p.status != http.StatusUnprocessableEntity {
		p.browser.t.Fatalf("%s: %d instead of 422: %s", p.path, p.status, p.main())
	}
	if got := strings.Join(p.summary(), " "); got != strings.Join(fields, " ") {
		p.browser.t.Fatalf("%s: at fault are %q, want %q: %s", p.path, got, strings.Join(fields, " "), p.main())
	}
	for _, f := range fields {
		if p.Find(`[id="`+f+`"]`).Length() != 1 {
			p.browser.t.Errorf("%s: the summary leads to #%s, which stands there %d times", p.path, f, p.Find(`[id="`+f+`"]`).Length())
		}
	}
	return p
}

func plainText(s *goquery.Selection) string { return strings.Join(strings.Fields(s.Text()), " ") }
