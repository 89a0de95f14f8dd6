// Package browsertest drives a real Chromium against pages of our own. Test
// infrastructure beside dbtest; no tables; imported by tests only.
//
// One browser per test process, a tab with cookies of its own per test. Every
// method fails the test at once with what it was about; nothing is ever skipped.
package browsertest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds every single step; two busy cores are slow.
const patience = 30 * time.Second

// browser is started once per test process, see launch.
var browser = sync.OnceValues(launch)

// Tab is one tab with its own cookies.
type Tab struct {
	t     testing.TB
	ctx   context.Context
	phone bool

	mu       sync.Mutex
	troubles []string
}

// Open returns an empty tab of 1440 × 900. When the test ends, an uncaught
// exception or a violation of the content security policy fails it, and a failed
// test leaves a picture of the tab in .cache/failed.
func Open(t testing.TB) *Tab {
	t.Helper()
	parent, err := browser()
	if err != nil {
		t.Fatalf("browsertest: %v", err)
	}
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	tab := &Tab{t: t, ctx: ctx}
	t.Cleanup(cancel)
	t.Cleanup(tab.finish)
	// The first run attaches for the life of its context: it must have no timeout.
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browsertest: open a tab: %v", err)
	}
	if err := chromedp.Listen(ctx, tab.hear); err != nil {
		t.Fatalf("browsertest: listen: %v", err)
	}
	if _, err := chromedp.Call(ctx, log.Enable, struct{}{}); err != nil {
		t.Fatalf("browsertest: log: %v", err)
	}
	tab.Desktop()
	return tab
}

// hear notes what no page of ours may do.
func (b *Tab) hear(event any) {
	var trouble string
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		trouble = "uncaught: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			trouble += " " + e.ExceptionDetails.Exception.Description
		}
	case *log.EventEntryAdded:
		if e.Entry.Source != log.EntrySourceSecurity && e.Entry.Source != log.EntrySourceViolation &&
			!strings.Contains(e.Entry.Text, "Content Security Policy") {
			return
		}
		trouble = e.Entry.Text + " " + e.Entry.URL
	default:
		return
	}
	b.mu.Lock()
	b.troubles = append(b.troubles, trouble)
	b.mu.Unlock()
}

// Troubles returns exceptions and policy violations so far, and forgets them.
func (b *Tab) Troubles() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	all := b.troubles
	b.troubles = nil
	return all
}

func (b *Tab) finish() {
	for _, trouble := range b.Troubles() {
		b.t.Errorf("browsertest: %s", trouble)
	}
	if !b.t.Failed() {
		return
	}
	path := "failed/" + strings.NewReplacer("/", "_", " ", "_").Replace(b.t.Name()) + ".png"
	if png, err := run(b, chromedp.FullScreenshot(100)); err != nil {
		b.t.Logf("browsertest: no picture: %v", err)
	} else if path, err = write(path, png); err != nil {
		b.t.Logf("browsertest: no picture: %v", err)
	} else {
		b.t.Logf("browsertest: the tab at the end: %s", path)
	}
}

func run[T any](b *Tab, a chromedp.Action[T]) (T, error) {
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	return chromedp.Run(ctx, a)
}

// must runs a and fails the test with what was being done.
func must[T any](b *Tab, doing string, a chromedp.Action[T]) T {
	b.t.Helper()
	v, err := run(b, a)
	if err != nil {
		where, _ := run(b, chromedp.Location()) // only to say where
		b.t.Fatalf("browsertest: %s at %s: %v", doing, where, err)
	}
	return v
}

// Viewport sets the size of the page in CSS pixels.
func (b *Tab) Viewport(width, height int64) {
	b.t.Helper()
	must(b, "viewport", chromedp.EmulateViewport(width, height))
}

// Desktop sets 1440 × 900.
func (b *Tab) Desktop() { b.t.Helper(); b.phone = false; b.Viewport(1440, 900) }

// Phone sets 390 × 844 with touch.
func (b *Tab) Phone() {
	b.t.Helper()
	b.phone = true
	must(b, "viewport", chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile, chromedp.EmulateTouch))
}

// NoScript switches the page's JavaScript off from the next page on.
func (b *Tab) NoScript() {
	b.t.Helper()
	must(b, "switch scripts off", chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		return err
	}))
}

// Screenshot saves the whole page, a relative path under .cache, and returns
// the absolute path.
func (b *Tab) Screenshot(path string) string {
	b.t.Helper()
	path, err := write(path, must(b, "screenshot", chromedp.FullScreenshot(100)))
	if err != nil {
		b.t.Fatalf("browsertest: screenshot: %v", err)
	}
	return path
}

func write(path string, b []byte) (string, error) {
	if !filepath.IsAbs(path) {
		root, err := root()
		if err != nil {
			return "", err
		}
		path = filepath.Join(root, ".cache", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	return path, os.WriteFile(path, b, 0o644)
}
