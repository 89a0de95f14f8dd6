package browsertest

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"sync"

	"github.com/chromedp/chromedp"
)

// axeSource is axe-core as make test fetched it, read once.
var axeSource = sync.OnceValues(func() (string, error) {
	path, err := cached("npm/axe/node_modules/axe-core/axe.min.js")
	if err != nil {
		return "", fmt.Errorf("axe-core is not there, run make test, which fetches it: %w", err)
	}
	b, err := os.ReadFile(path)
	return string(b), err
})

// rules are WCAG 2.2 AA and below, and axe's best practices.
const rules = `["wcag2a","wcag2aa","wcag21a","wcag21aa","wcag22aa","best-practice"]`

type violation struct {
	ID     string   `json:"id"`
	Help   string   `json:"help"`
	Impact string   `json:"impact"`
	Where  []string `json:"where"`
}

// notInNames are a server's port, what identifies a thing, and what no name of a
// file holds.
var notInNames = regexp.MustCompile(`:\d+|[0-9a-f]{8}-[0-9a-f-]{27}|[^\p{L}\d]+`)

// Judge has axe judge the page as it stands at desktop and phone, and measures
// whether it fits both; the window has its size again afterwards. Looking costs
// more than walking, so it loads nothing again, and takes pictures only when SHOTS is
// set in the environment: .cache/shots/<test>-<address>-1440.png and -390.png.
func (b *Tab) Judge() {
	b.t.Helper()
	phone := b.phone
	for _, w := range []struct {
		size  func()
		width string
	}{{b.Desktop, "1440"}, {b.Phone, "390"}} {
		w.size()
		b.FitsWidth()
		b.Axe()
		if os.Getenv("SHOTS") != "" {
			b.Screenshot("shots/" + notInNames.ReplaceAllString(b.t.Name()+strings.TrimPrefix(b.URL(), "http://127.0.0.1"), "-") + "-" + w.width + ".png")
		}
	}
	if !phone {
		b.Desktop()
	}
}

// Axe fails the test for every violation that axe finds on the page as it
// stands, with the rule and the elements.
func (b *Tab) Axe() {
	b.t.Helper()
	for _, v := range b.violations() {
		b.t.Errorf("axe at %s: %s (%s, %s): %s", b.URL(), v.Help, v.ID, v.Impact, strings.Join(v.Where, "; "))
	}
}

func (b *Tab) violations() []violation {
	b.t.Helper()
	source, err := axeSource()
	if err != nil {
		b.t.Fatalf("browsertest: %v", err)
	}
	// Through the debugger, which the page's content security policy does not bind;
	// a page that is judged at a second width has it.
	if !must(b, "look for axe", chromedp.Evaluate[bool](`typeof window.axe?.run === "function"`)) {
		must(b, "load axe", chromedp.Evaluate[chromedp.Void](source))
	}
	return must(b, "run axe", chromedp.Evaluate[[]violation](`axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"], preload: false})
		.then(r => r.violations.map(v => ({id: v.id, help: v.help, impact: v.impact || "", where: v.nodes.map(n => n.target.join(" "))})))`,
		chromedp.EvalAwaitPromise))
}
