package browsertest

import (
	"fmt"
	"os"
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
	return must(b, "run axe", chromedp.Evaluate[[]violation](`axe.run(document, {runOnly: `+rules+`, resultTypes: ["violations"]})
		.then(r => r.violations.map(v => ({id: v.id, help: v.help, impact: v.impact || "", where: v.nodes.map(n => n.target.join(" "))})))`,
		chromedp.EvalAwaitPromise))
}
