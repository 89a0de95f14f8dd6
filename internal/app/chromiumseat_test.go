package app_test

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"

	"github.com/PuerkitoBio/goquery"
)

// seat is somebody of the story at a real Chromium. What it shows is read as a
// page of the story; what is done is done with the tab's own controls.
type seat struct {
	*browsertest.Tab
	t    testing.TB
	who  *someone
	page *page // as last shown
}

// seated puts somebody before a browser of their own; every kind of page that
// they reach is looked at, see look.
func seated(t testing.TB, who *someone) *seat {
	t.Helper()
	return &seat{Tab: browsertest.Open(t), t: t, who: who}
}

// looked holds the kinds of pages that were looked at, by whichever journey came
// there first: looking costs more than walking.
var looked sync.Map

// particular is what makes one page of a kind differ from the next: the number of a
// case but not its letters, which tell the kind, an id, and whose page it is.
var particular = regexp.MustCompile(`\d{4}-\d{4}|[0-9a-f]{8}-[0-9a-f-]{27}|六联社区\p{Han}+(互助会|服务中心)`)

// shown reads the page that has come, and looks at it.
func (b *seat) shown(status int) *page {
	b.t.Helper()
	html, at := b.HTML(), b.URL()
	u, err := url.Parse(at)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = &page{browser: b.who.browser, status: status, path: u.RequestURI(), body: []byte(html)}
	if b.page.Document, err = goquery.NewDocumentFromReader(strings.NewReader(html)); err != nil {
		b.t.Fatal(err)
	}
	if status >= 500 {
		b.t.Fatalf("%s: %d: %s", at, status, b.page.main())
	}
	for _, slip := range slips(b.page.Text()) {
		b.t.Errorf("%s shows %q", at, slip)
	}
	b.look(u.Path + " " + strconv.Itoa(status))
	return b.page
}

// look has axe judge the page at both widths, and measures whether it fits. Each
// kind is judged once: what tells kinds apart is the address, with the letters of a
// case's number, the heading, which names the state of a case, and, once signed in,
// the role of who is looking.
func (b *seat) look(address string) {
	b.t.Helper()
	kind := particular.ReplaceAllString(address+" "+plainText(b.page.Find("h1").First()), "…")
	if !strings.HasPrefix(address, "/login") {
		kind = string(b.who.role) + " " + kind
	}
	if _, before := looked.LoadOrStore(kind, true); before {
		return
	}
	b.Judge()
}

// open types an address, and signs in on the way when the portal asks for it.
func (b *seat) open(path string) *page {
	b.t.Helper()
	p := b.shown(b.Go(b.who.portal.url + path))
	for range 6 {
		switch at, _, _ := strings.Cut(p.path, "?"); {
		case b.who.username == "" || !strings.HasPrefix(at, "/login"):
			return p
		case at == "/login":
			p = b.send(at, "username", b.who.username, "password", b.who.password)
		case at == "/login/password":
			b.who.password = nextPassword(b.who.password)
			p = b.send(at, "new_password", b.who.password, "new_password_again", b.who.password)
		case at == "/login/enrolment":
			b.who.secret = strings.Join(strings.Fields(p.Find("[data-secret]").Text()), "")
			if p = b.send(at, "code", b.who.code()); b.Count("[data-recovery-codes] li") != 10 {
				b.t.Fatalf("no recovery codes: %s", p.main())
			}
			p = b.follow("我已记下")
		case at == "/login/code":
			p = b.send(at, "code", b.who.code())
		}
		if p.status >= 400 {
			b.t.Fatalf("%s cannot sign in: %d at %s: %s", b.who.username, p.status, p.path, p.main())
		}
	}
	b.t.Fatalf("%s is asked again and again: %s", b.who.username, p.main())
	return nil
}

// follow clicks the link in the page's own part whose text holds words.
func (b *seat) follow(words string) *page {
	b.t.Helper()
	link := b.page.Find("main a[href]").FilterFunction(func(_ int, a *goquery.Selection) bool { return strings.Contains(plainText(a), words) }).First()
	if link.Length() == 0 {
		b.t.Fatalf("%s has no link %q: %s", b.page.path, words, b.page.main())
	}
	return b.shown(b.Submit(fmt.Sprintf(`main a[href=%q]`, link.AttrOr("href", ""))))
}

// fill types, picks and ticks in the form to action, as a hand does it.
func (b *seat) fill(action string, pairs ...string) {
	b.t.Helper()
	form := b.page.form(action)
	for i := 0; i+1 < len(pairs); i += 2 {
		name, value := pairs[i], pairs[i+1]
		control := form.named(name).First()
		if control.Length() == 0 {
			form.fatalf("no control %s", name)
		}
		if first := b.page.Find(`[name="` + name + `"]`).First(); first.Nodes[0] != control.Nodes[0] {
			form.fatalf("another %s stands before this one", name)
		}
		switch kindOf(control) {
		case "radio", "checkbox":
			b.Choose(name, value)
			if b.Count(fmt.Sprintf(`[name=%q][value=%q]:checked`, name, value)) == 0 {
				form.fatalf("%s=%s cannot be clicked", name, value)
			}
		case "select":
			b.Select(name, value)
		default:
			b.Fill(name, value)
		}
	}
}

// send fills the form to action and presses its first button.
func (b *seat) send(action string, pairs ...string) *page {
	b.t.Helper()
	b.fill(action, pairs...)
	return b.shown(b.Submit(fmt.Sprintf(`form[action=%q] button:not([type=button])`, action)))
}

// on is what the three boxes of a date take.
func on(name string, d civil.Date) []string {
	return []string{name + "-year", strconv.Itoa(d.Year), name + "-month", strconv.Itoa(int(d.Month)), name + "-day", strconv.Itoa(d.Day)}
}

// until waits for what a script of the page does.
func (b *seat) until(condition string) {
	b.t.Helper()
	b.Eval(`new Promise(done => { const look = () => ` + condition + ` ? done() : setTimeout(look, 20); look(); })`)
}

// hand chooses a file for a slot: with the script, choosing is sending.
func (b *seat) hand(no, slot string, f upload) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), f.name)
	if err := os.WriteFile(path, f.data, 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.Attach(fmt.Sprintf(`form[action="/applications/%s/papers/%s"] input[type=file]`, no, slot), path)
	b.until(fmt.Sprintf(`document.querySelector('#file-%s')?.innerText.includes(%q)`, slot, f.name))
}
