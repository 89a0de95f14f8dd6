package app_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/civil"

	"github.com/PuerkitoBio/goquery"
)

// htmlForm is a form of a page. What a person types changes its controls, and
// what is sent is made of its controls: nothing else can be posted, but by forge.
type htmlForm struct {
	page   *page
	form   *goquery.Selection
	files  map[any][]upload // by the node of the input
	forged []entry
}

type entry struct {
	name, value string
	file        *upload
}

// upload is a file on the visitor's disk.
type upload struct {
	name string
	data []byte
}

// form returns the form of the page that is sent to action.
func (p *page) form(action string) *htmlForm {
	p.browser.t.Helper()
	if p.Document == nil {
		p.browser.t.Fatalf("%s is no page: %s", p.path, p.main())
	}
	found := p.Find("form").FilterFunction(func(_ int, f *goquery.Selection) bool { return f.AttrOr("action", "") == action })
	if found.Length() == 0 {
		p.browser.t.Fatalf("%s (%d) has no form to %s: %s", p.path, p.status, action, p.main())
	}
	return &htmlForm{page: p, form: found.First(), files: map[any][]upload{}}
}

// has reports whether the page has a form to action.
func (p *page) has(action string) bool {
	return p.Document != nil && p.Find(`form[action="`+action+`"]`).Length() > 0
}

func (f *htmlForm) fatalf(format string, args ...any) {
	f.page.browser.t.Helper()
	f.page.browser.t.Fatalf("%s, form to %s: "+format, append([]any{f.page.path, f.form.AttrOr("action", "")}, args...)...)
}

func (f *htmlForm) controls() *goquery.Selection {
	inside := f.form.Find("input[name], select[name], textarea[name]")
	if id := f.form.AttrOr("id", ""); id != "" {
		inside = inside.AddSelection(f.page.Find(`[form="` + id + `"][name]`).Not("button"))
	}
	return inside
}

func (f *htmlForm) named(name string) *goquery.Selection {
	return f.controls().FilterFunction(func(_ int, c *goquery.Selection) bool { return c.AttrOr("name", "") == name })
}

func kindOf(c *goquery.Selection) string {
	if node := goquery.NodeName(c); node != "input" {
		return node
	}
	return strings.ToLower(c.AttrOr("type", "text"))
}

func disabled(c *goquery.Selection) bool {
	_, off := c.Attr("disabled")
	return off || c.ParentsFiltered("fieldset[disabled]").Length() > 0
}

// set types a value, picks an option or ticks boxes, in pairs of name and value.
// A control that is not there, hidden, disabled or read-only fails the test.
func (f *htmlForm) set(pairs ...string) *htmlForm {
	f.page.browser.t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		f.put(pairs[i], pairs[i+1])
	}
	return f
}

func (f *htmlForm) put(name, value string) {
	f.page.browser.t.Helper()
	c := f.named(name)
	if c.Length() == 0 {
		f.fatalf("no control %s", name)
	}
	first := c.First()
	if _, locked := first.Attr("readonly"); locked || disabled(first) || kindOf(first) == "hidden" {
		f.fatalf("%s cannot be changed by hand", name)
	}
	switch kindOf(first) {
	case "radio":
		f.choose(c, name, value, "checked")
	case "checkbox":
		f.choose(c, name, value, "")
	case "select":
		f.choose(first.Find("option"), name, value, "selected")
	case "textarea":
		first.SetText(value)
	case "file":
		f.fatalf("%s takes a file", name)
	default:
		first.SetAttr("value", strings.NewReplacer("\r", "", "\n", "").Replace(value)) // a line has no line breaks
	}
}

// choose picks the option with value, and only it when mark names the attribute
// of a single choice.
func (f *htmlForm) choose(options *goquery.Selection, name, value, mark string) {
	f.page.browser.t.Helper()
	found := options.FilterFunction(func(_ int, o *goquery.Selection) bool { return optionValue(o) == value && !disabled(o) })
	if found.Length() == 0 {
		var offered []string
		options.Each(func(_ int, o *goquery.Selection) { offered = append(offered, optionValue(o)) })
		f.fatalf("%s has no option %q among %q", name, value, offered)
	}
	if mark == "" {
		found.SetAttr("checked", "")
		return
	}
	options.RemoveAttr(mark)
	found.First().SetAttr(mark, "")
}

func optionValue(o *goquery.Selection) string {
	if v, ok := o.Attr("value"); ok {
		return v
	}
	if goquery.NodeName(o) == "option" {
		return plainText(o)
	}
	return "on"
}

// untick takes the ticks of a group of boxes away.
func (f *htmlForm) untick(name string) *htmlForm { f.named(name).RemoveAttr("checked"); return f }

// date fills the three boxes of a date.
func (f *htmlForm) date(name string, d civil.Date) *htmlForm {
	f.page.browser.t.Helper()
	return f.set(name+"-year", strconv.Itoa(d.Year), name+"-month", strconv.Itoa(int(d.Month)), name+"-day", strconv.Itoa(d.Day))
}

// attach chooses files.
func (f *htmlForm) attach(name string, files ...upload) *htmlForm {
	f.page.browser.t.Helper()
	c := f.named(name)
	if c.Length() != 1 || kindOf(c) != "file" {
		f.fatalf("no file input %s", name)
	}
	f.files[c.Nodes[0]] = files
	return f
}

// forge adds what the page does not offer: only for showing that it is ignored
// or refused.
func (f *htmlForm) forge(name, value string) *htmlForm {
	f.forged = append(f.forged, entry{name: name, value: value})
	return f
}

// value is what stands in a control now.
func (f *htmlForm) value(name string) string {
	for _, e := range f.entries(nil) {
		if e.name == name {
			return e.value
		}
	}
	return ""
}

// entries is the entry list of the HTML standard: what a browser sends.
func (f *htmlForm) entries(button *goquery.Selection) []entry {
	var list []entry
	f.controls().Each(func(_ int, c *goquery.Selection) {
		name := c.AttrOr("name", "")
		if name == "" || disabled(c) {
			return
		}
		switch kind := kindOf(c); kind {
		case "submit", "button", "reset", "image":
		case "checkbox", "radio":
			if _, on := c.Attr("checked"); on {
				list = append(list, entry{name: name, value: optionValue(c)})
			}
		case "select":
			list = append(list, selected(c)...)
		case "file":
			chosen := f.files[c.Nodes[0]]
			if len(chosen) == 0 {
				chosen = []upload{{}}
			}
			for i := range chosen {
				list = append(list, entry{name: name, value: chosen[i].name, file: &chosen[i]})
			}
		case "textarea":
			text := strings.ReplaceAll(strings.ReplaceAll(c.Text(), "\r\n", "\n"), "\n", "\r\n")
			list = append(list, entry{name: name, value: text})
		default:
			list = append(list, entry{name: name, value: c.AttrOr("value", "")})
		}
	})
	if button != nil && button.AttrOr("name", "") != "" {
		list = append(list, entry{name: button.AttrOr("name", ""), value: button.AttrOr("value", "")})
	}
	return append(list, f.forged...)
}

// selected returns the chosen options; a single choice without any is its first.
func selected(c *goquery.Selection) (list []entry) {
	name := c.AttrOr("name", "")
	options := c.Find("option").FilterFunction(func(_ int, o *goquery.Selection) bool { return !disabled(o) })
	chosen := options.Filter("[selected]")
	if _, many := c.Attr("multiple"); !many {
		if chosen.Length() == 0 {
			chosen = options.First()
		}
		chosen = chosen.Last()
	}
	chosen.Each(func(_ int, o *goquery.Selection) { list = append(list, entry{name: name, value: optionValue(o)}) })
	return list
}

// submit presses the first button.
func (f *htmlForm) submit() *page {
	f.page.browser.t.Helper()
	return f.page.browser.show(f.request(f.form.Find("button:not([type=button]), input[type=submit]").First()))
}

// press presses the button with a name and value.
func (f *htmlForm) press(name, value string) *page {
	f.page.browser.t.Helper()
	button := f.form.Find(`button[name="` + name + `"][value="` + value + `"]`)
	if button.Length() != 1 {
		f.fatalf("no button %s=%s", name, value)
	}
	return f.page.browser.show(f.request(button))
}

// request is what pressing the button sends.
func (f *htmlForm) request(button *goquery.Selection) *http.Request {
	f.page.browser.t.Helper()
	if button.Length() == 0 {
		f.fatalf("no button to press")
	}
	f.wouldBeSent()
	entries, b := f.entries(button), f.page.browser
	action := f.form.AttrOr("action", f.page.path)
	if strings.ToLower(f.form.AttrOr("method", "get")) != "post" {
		path, _, _ := strings.Cut(action, "?")
		return b.request(http.MethodGet, path+"?"+urlencoded(entries), "", nil)
	}
	if f.form.AttrOr("enctype", "") != "multipart/form-data" {
		return b.request(http.MethodPost, action, "application/x-www-form-urlencoded", []byte(urlencoded(entries)))
	}
	contentType, body := f.multipart(entries)
	return b.request(http.MethodPost, action, contentType, body)
}

// wouldBeSent fails when the browser itself would hold the form back.
func (f *htmlForm) wouldBeSent() {
	f.page.browser.t.Helper()
	if _, own := f.form.Attr("novalidate"); own {
		return
	}
	f.controls().Filter("[required]").Each(func(_ int, c *goquery.Selection) {
		name := c.AttrOr("name", "")
		if !slices.ContainsFunc(f.entries(nil), func(e entry) bool { return e.name == name && e.value != "" }) {
			f.fatalf("a browser asks for %s and sends nothing", name)
		}
	})
}

func urlencoded(entries []entry) string {
	parts := make([]string, len(entries))
	for i, e := range entries {
		parts[i] = url.QueryEscape(e.name) + "=" + url.QueryEscape(e.value)
	}
	return strings.Join(parts, "&")
}

func (f *htmlForm) multipart(entries []entry) (contentType string, body []byte) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	quote := strings.NewReplacer(`"`, "%22", "\r", "%0D", "\n", "%0A")
	for _, e := range entries {
		h := textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + quote.Replace(e.name) + `"`}}
		content := []byte(e.value)
		if e.file != nil {
			h["Content-Disposition"][0] += `; filename="` + quote.Replace(e.file.name) + `"`
			h.Set("Content-Type", "application/octet-stream")
			content = e.file.data
		}
		part, err := w.CreatePart(h)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			f.fatalf("%v", err)
		}
	}
	if err := w.Close(); err != nil {
		f.fatalf("%v", err)
	}
	return w.FormDataContentType(), buf.Bytes()
}

// sending is a request that somebody is about to send.
type sending struct {
	by      *browser
	request *http.Request
}

// sending is what pressing the first button of the form sends.
func (f *htmlForm) sending() sending {
	f.page.browser.t.Helper()
	return sending{f.page.browser, f.request(f.form.Find("button").First())}
}

// together sends requests at the same moment and returns their answers in the
// same order.
func together(t testing.TB, list ...sending) []*page {
	t.Helper()
	pages, failed := make([]*page, len(list)), make([]error, len(list))
	var ready, done sync.WaitGroup
	start := make(chan struct{})
	for i, s := range list {
		ready.Add(1)
		done.Go(func() {
			ready.Done()
			<-start
			pages[i], failed[i] = s.by.send(s.request)
		})
	}
	ready.Wait()
	close(start)
	done.Wait()
	for _, err := range failed {
		if err != nil {
			t.Fatal(err)
		}
	}
	return pages
}
