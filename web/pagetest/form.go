package pagetest

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"civilaffairs/internal/civil"

	"github.com/PuerkitoBio/goquery"
)

// posting is the form of a page that has one.
const posting = "main form[method=post]"

// unseen are controls that nobody types into, or whose text never comes back.
const unseen = "[type=hidden], [type=password], [type=file], button, [type=submit]"

// Form is what a browser would send of the first form that posts, unchanged.
func (p Page) Form() url.Values { return values(p.Find(posting).First()) }

func values(form *goquery.Selection) url.Values {
	v := url.Values{}
	form.Find("input[name], select[name], textarea[name]").Not("[disabled], [type=file], [type=submit]").Each(func(_ int, c *goquery.Selection) {
		name, _ := c.Attr("name")
		for _, value := range held(c) {
			v.Add(name, value)
		}
	})
	return v
}

// held is what a control holds: several values, one or none.
func held(c *goquery.Selection) []string {
	value, _ := c.Attr("value")
	switch kind := c.AttrOr("type", ""); {
	case c.Is("textarea"):
		return []string{strings.TrimPrefix(c.Text(), "\n")}
	case c.Is("select"):
		chosen := c.Find("option[selected]")
		if chosen.Length() == 0 {
			chosen = c.Find("option").First()
		}
		return chosen.Map(func(_ int, o *goquery.Selection) string { return o.AttrOr("value", o.Text()) })
	case kind == "radio" || kind == "checkbox":
		if !c.Is("[checked]") {
			return nil
		}
	}
	return []string{value}
}

// With is v with other answers, names and values in turn; a name that is given
// twice has both.
func With(v url.Values, pairs ...string) url.Values {
	out := url.Values{}
	maps.Copy(out, v)
	answers := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		answers.Add(pairs[i], pairs[i+1])
	}
	maps.Copy(out, answers)
	return out
}

// Day are the three answers to the question for a day.
func Day(name string, d civil.Date) []string {
	return []string{name + "-year", fmt.Sprint(d.Year), name + "-month", fmt.Sprint(int(d.Month)), name + "-day", fmt.Sprint(d.Day)}
}

// Press fills in the first form of the page that posts and sends it, as a browser
// would: what stands in it is sent along.
func (p Page) Press(pairs ...string) Page { p.site.Helper(); return p.Attach("", nil, pairs...) }

// Attach is Press with files, names and contents in turn, in the control called name.
func (p Page) Attach(name string, files []string, pairs ...string) Page {
	p.site.Helper()
	form := p.Find(posting).First()
	if form.Length() == 0 {
		p.site.Fatalf("%s as %q (%d) has no form: %s", p.Path, p.as, p.Status, p.Text("main"))
	}
	v, path := With(values(form), pairs...), form.AttrOr("action", p.Path)
	var answer Page
	if form.AttrOr("enctype", "") == "multipart/form-data" {
		body, kind := p.parts(v, name, files)
		answer = p.site.do(p.as, p.site.request(http.MethodPost, path, body, "Content-Type", kind))
	} else {
		if len(files) > 0 {
			p.site.Fatalf("%s takes no files", p.Path)
		}
		answer = p.site.Post(p.as, path, v)
	}
	answer.typed, answer.forged = url.Values{}, false
	form.Find("[name]").Not(unseen).Each(func(_ int, c *goquery.Selection) {
		if name, _ := c.Attr("name"); v.Has(name) {
			answer.typed[name] = v[name]
		}
	})
	return answer
}

// parts are values and files as a form with files sends them.
func (p Page) parts(v url.Values, control string, files []string) (io.Reader, string) {
	p.site.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, values := range v {
		for _, value := range values {
			p.site.Must(w.WriteField(name, value))
		}
	}
	for i := 0; i+1 < len(files); i += 2 {
		part, err := w.CreateFormFile(control, files[i])
		p.site.Must(err)
		_, err = io.WriteString(part, files[i+1])
		p.site.Must(err)
	}
	p.site.Must(w.Close())
	return &body, w.FormDataContentType()
}

// Kept wants what was typed into the form still to stand in it. A value that a list
// does not offer cannot be shown again.
func (p Page) Kept() Page {
	p.site.Helper()
	for name, typed := range p.typed {
		controls := p.Find(`main form [name="` + name + `"]`).Not(unseen)
		if controls.Length() == 0 {
			if !p.forged && p.Find(`main form [name="`+name+`"]`).Length() == 0 {
				p.site.Errorf("%s as %q: the control %s is gone", p.Path, p.as, name)
			}
			continue
		}
		var now []string
		controls.Each(func(_ int, c *goquery.Selection) { now = append(now, held(c)...) })
		for _, value := range typed {
			if !slices.ContainsFunc(now, func(n string) bool { return plain(n) == plain(value) }) && offers(controls, value) {
				p.site.Errorf("%s as %q: %s holds %q, typed was %q", p.Path, p.as, name, now, value)
			}
		}
	}
	return p
}

// offers reports whether one can answer with the value: anything in a box of text.
func offers(controls *goquery.Selection, value string) bool {
	if !controls.Is("select, [type=radio], [type=checkbox]") {
		return true
	}
	return controls.Find("option").AddSelection(controls).FilterFunction(func(_ int, o *goquery.Selection) bool { return o.AttrOr("value", "") == value }).Length() > 0
}

// plain is a text without what no page can show: controls and the space around it.
func plain(text string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.C, r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, text))
}
