package browsertest

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// named selects a form control by its name attribute.
func named(name string) chromedp.CSS { return chromedp.CSS(fmt.Sprintf(`[name=%q]`, name)) }

// Go opens url and returns the status of the page.
func (b *Tab) Go(url string) int {
	b.t.Helper()
	return status(must(b, "open "+url, chromedp.NavigateResponse(url)))
}

// Cookie gives the tab a cookie for the server at url before it goes there.
func (b *Tab) Cookie(url, name, value string) {
	b.t.Helper()
	must(b, "cookie "+name, chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{URL: url, Name: name, Value: value})
		return err
	}))
}

func status(r *network.Response) int {
	if r == nil {
		return 0 // about:blank and the like have no response
	}
	return int(r.Status)
}

// Submit clicks the element that css selects, waits for the page that follows
// and returns its status. Use Click where no page follows.
func (b *Tab) Submit(css string) int {
	b.t.Helper()
	return b.follow("submit "+css, chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// Press clicks the link or button with this text and waits for the page that
// follows; it returns its status.
func (b *Tab) Press(text string) int {
	b.t.Helper()
	return b.follow("press "+text, chromedp.Click(labelled(text), chromedp.NodeVisible))
}

func (b *Tab) follow(doing string, click chromedp.Action[chromedp.Void]) int {
	b.t.Helper()
	return status(must(b, doing, func(ctx context.Context, _ *chromedp.Target) (*network.Response, error) {
		return chromedp.RunResponse(ctx, click)
	}))
}

// labelled is the XPath of links and buttons with exactly this text.
func labelled(text string) string {
	return fmt.Sprintf(`//*[self::a or self::button or self::summary][normalize-space(.)=%[1]q] | //input[@type="submit"][@value=%[1]q]`, text)
}

// Click clicks what css selects without waiting for a page.
func (b *Tab) Click(css string) {
	b.t.Helper()
	must(b, "click "+css, chromedp.Click(chromedp.CSS(css), chromedp.NodeVisible))
}

// Fill replaces the text of the control called name, as typing would.
func (b *Tab) Fill(name, value string) {
	b.t.Helper()
	must(b, "fill "+name, chromedp.Steps(
		chromedp.WaitVisible(named(name)),
		chromedp.Focus(named(name)),
		chromedp.Evaluate[chromedp.Void](`document.activeElement.select()`), // what is typed replaces it
		chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Call(ctx, input.InsertText, input.InsertTextParams{Text: value})
			return err
		}),
		chromedp.Blur(named(name)),
	))
}

// Choose clicks the radio button or box called name with this value. One that
// nobody can see, such as in a closed details, fails the test.
func (b *Tab) Choose(name, value string) {
	b.t.Helper()
	css := fmt.Sprintf(`input[name=%q][value=%q]`, name, value)
	must(b, "choose "+name+" "+value, chromedp.Steps(
		chromedp.WaitReady(chromedp.CSS(css)),
		chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
			if (!document.querySelector(%q).checkVisibility()) throw new Error('not to be seen: ' + %[1]q);
		})()`, css)),
		chromedp.Click(chromedp.CSS(css)),
	))
}

// Select picks the option with this value in the list called name.
func (b *Tab) Select(name, value string) {
	b.t.Helper()
	b.Eval(fmt.Sprintf(`(() => {
		const list = document.querySelector('select[name=%[1]q]');
		if (![...list.options].some(o => o.value === %[2]q)) throw new Error('no option ' + %[2]q);
		list.value = %[2]q;
		list.dispatchEvent(new Event('input', {bubbles: true}));
		list.dispatchEvent(new Event('change', {bubbles: true}));
	})()`, name, value))
}

// Upload puts files into the file control called name.
func (b *Tab) Upload(name string, files ...string) {
	b.t.Helper()
	b.Attach(fmt.Sprintf(`[name=%q]`, name), files...)
}

// Attach puts files into the file control that css selects, where several
// controls have one name.
func (b *Tab) Attach(css string, files ...string) {
	b.t.Helper()
	for i, f := range files {
		abs, err := filepath.Abs(f)
		if err != nil {
			b.t.Fatalf("browsertest: upload: %v", err)
		}
		files[i] = abs
	}
	must(b, "upload to "+css, chromedp.SetUploadFiles(chromedp.CSS(css), files, chromedp.NodeReady))
}

// Keys sends keys to what has the focus: letters, or kb.Tab, kb.Enter …
func (b *Tab) Keys(keys string) {
	b.t.Helper()
	must(b, "keys", chromedp.KeyEvent(keys))
}

// Text returns the visible text of the first element that css selects; it waits for it.
func (b *Tab) Text(css string) string {
	b.t.Helper()
	return strings.TrimSpace(must(b, "text of "+css, chromedp.Text(chromedp.CSS(css), chromedp.NodeVisible)))
}

// Value returns what the control called name holds.
func (b *Tab) Value(name string) string {
	b.t.Helper()
	return must(b, "value of "+name, chromedp.Value(named(name)))
}

// Count returns how many elements css selects now.
func (b *Tab) Count(css string) int {
	b.t.Helper()
	return must(b, "count "+css, chromedp.Evaluate[int](fmt.Sprintf(`document.querySelectorAll(%q).length`, css)))
}

// Wait waits until css selects a visible element.
func (b *Tab) Wait(css string) {
	b.t.Helper()
	must(b, "wait for "+css, chromedp.WaitVisible(chromedp.CSS(css)))
}

// Eval runs JavaScript in the page for its effect, even under NoScript; a
// promise is awaited.
func (b *Tab) Eval(js string) {
	b.t.Helper()
	must(b, "eval", chromedp.Evaluate[chromedp.Void](js, chromedp.EvalAwaitPromise))
}

// Title returns the document's title.
func (b *Tab) Title() string { b.t.Helper(); return must(b, "title", chromedp.Title()) }

// URL returns the address of the page.
func (b *Tab) URL() string { b.t.Helper(); return must(b, "location", chromedp.Location()) }

// HTML returns the document as it stands.
func (b *Tab) HTML() string {
	b.t.Helper()
	return must(b, "html", chromedp.OuterHTML(chromedp.CSS("html")))
}

// FitsWidth fails the test when the page can be scrolled sideways, and names
// the elements that stick out.
func (b *Tab) FitsWidth() {
	b.t.Helper()
	out := must(b, "width", chromedp.Evaluate[[]string](`(() => {
		const room = document.documentElement.clientWidth;
		if (document.documentElement.scrollWidth <= room) return [];
		return [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > room + 1)
			.map(e => e.tagName.toLowerCase() + (e.className ? '.' + e.className : '')).concat('page ' + document.documentElement.scrollWidth);
	})()`))
	if len(out) > 0 {
		b.t.Errorf("%s is wider than its window: %s", b.URL(), strings.Join(out, ", "))
	}
}
