package policypages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/web/layout"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// kind is how a question of a form is asked.
type kind int

const (
	text kind = iota
	area
	number
	amount
	date
	choose   // a select
	radio    // one of a few
	tickMany // any number of a few
)

// control is one question: a field and its answers to choose from.
type control struct {
	kind
	ui.Field
	Options []ui.Option
	Values  []string // tickMany: those ticked
}

// formView is the view of every form of the desk, confirmations included: those
// say under Facts what is to be done, and ask for a reason at most.
type formView struct {
	layout.Page
	Heading, Lead string
	Facts         []ui.Fact
	Above         templ.Component // may be nil
	Controls      []control
	Hidden        []ui.Pair
	Faults        ui.Errors
	Elsewhere     []elsewhere  // faults that are put right on another page
	Conflict      []ui.Version // both versions, when somebody saved meanwhile
	Stale         string       // what happened meanwhile, "" for nothing
	Action        string
	Submit        string
	Preview       string // button that shows before it saves, "" for none
	Stop          bool   // the act takes something away
	Back          string
	BackLabel     string
}

// editor is one form: what it looks like, what stands in it at first, and what
// it does.
type editor struct {
	view  formView
	saved url.Values
	// save reads the form and does the act. A fault of reading comes back from
	// f.Err before anything is done. shown is an answer to look at instead of a
	// thing done: a preview.
	save func(f *form.Form) (shown templ.Component, err error)
	done string // said after the act
	to   string // where it leads
	// mend is the page on which a fault without a control is put right.
	mend func(field string) string
}

// elsewhere is a fault that is put right on another page.
type elsewhere struct{ ID, Label, Message, Href string }

// builder makes the editor of a request, or says why there is none.
type builder func(r *http.Request) (*editor, error)

// maxForm bounds what a form may weigh: the whole text of a document, percent
// encoded, at its longest.
const maxForm = 1 << 20

// form declares the two routes of a form: the empty one and the act.
func (p *Pages) form(s *httpserver.Router, pattern string, permission authz.Permission, build builder) {
	s.Get(pattern, permission, func(w http.ResponseWriter, r *http.Request) error {
		e, err := build(r)
		if err != nil {
			return err
		}
		e.view.fill(e.saved, nil)
		return httpserver.Render(w, r, http.StatusOK, formPage(e.view))
	})
	s.Post(pattern, permission, func(w http.ResponseWriter, r *http.Request) error {
		r.Body = http.MaxBytesReader(w, r.Body, maxForm)
		if err := r.ParseForm(); err != nil {
			return errs.Wrap(errs.TooLarge, "这个表单的内容太长，没有收下。请删短后再提交。", err)
		}
		e, err := build(r)
		if err != nil {
			return err
		}
		return p.submit(w, r, e)
	})
}

// submit does the act and leads on, or shows the same form again with what was
// typed: 422 with the faults, 409 with both versions.
func (p *Pages) submit(w http.ResponseWriter, r *http.Request, e *editor) error {
	f := form.New(r.PostForm)
	shown, err := e.save(f)
	switch {
	case err == nil && shown != nil:
		e.again(r.PostForm, nil, "token", "version")
		e.view.Above = shown
		return httpserver.Render(w, r, http.StatusOK, formPage(e.view))
	case err == nil:
		p.Flash(r.Context(), e.done)
		return httpserver.SeeOther(w, r, e.to)
	case errs.Is(err, errs.Invalid) && len(errs.FieldsOf(err)) > 0:
		e.again(r.PostForm, errs.FieldsOf(err), "token", "version")
		e.view.Page.Errors = len(e.view.Faults)
		if shown != nil {
			e.view.Above = shown
		}
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, formPage(e.view))
	case errs.Is(err, errs.Conflict):
		// The form comes back with the new version in it: who saves again has seen both.
		e.again(r.PostForm, nil, "token")
		e.view.Stale = errs.Message(err)
		e.view.Conflict = e.view.versions(r.PostForm, e.saved)
		return httpserver.Render(w, r, http.StatusConflict, formPage(e.view))
	}
	return err
}

// again fills the form with what was typed. The hidden values named stay as
// they came: the token, so that sending again is still one act, and after a
// fault the version, so that nothing saved meanwhile is overwritten unseen.
func (e *editor) again(typed url.Values, faults []errs.Field, keep ...string) {
	e.view.fill(typed, ui.Errors(faults))
	for _, f := range faults {
		here := slices.ContainsFunc(e.view.Controls, func(c control) bool { return c.Name == f.Name })
		if !here && e.mend != nil {
			e.view.Elsewhere = append(e.view.Elsewhere, elsewhere{f.Name, f.Label, f.Message, e.mend(f.Name)})
		}
	}
	for i, h := range e.view.Hidden {
		if slices.Contains(keep, h.Name) && typed.Has(h.Name) {
			e.view.Hidden[i].Value = typed.Get(h.Name)
		}
	}
}

// fill puts what was typed and what is wrong with it into every control.
func (v *formView) fill(typed url.Values, faults ui.Errors) {
	v.Faults = faults
	for i := range v.Controls {
		c := &v.Controls[i]
		c.Value, c.Error, c.Values = strings.ToValidUTF8(typed.Get(c.Name), "�"), faults.For(c.Name), typed[c.Name]
		if c.kind == date {
			c.Date = boxes(typed, c.Name)
		}
	}
}

// boxes are the three boxes of a date as typed, or its one value taken apart.
func boxes(typed url.Values, name string) ui.DateParts {
	d := ui.DateParts{Year: typed.Get(name + "-year"), Month: typed.Get(name + "-month"), Day: typed.Get(name + "-day")}
	if d == (ui.DateParts{}) {
		if whole, err := civil.Parse(typed.Get(name)); err == nil {
			return ui.DateOf(whole)
		}
	}
	return d
}

// shown is the answer in words, for the comparison of two versions.
func (c control) shown(v url.Values) string {
	switch c.kind {
	case date:
		if d := boxes(v, c.Name); d != (ui.DateParts{}) {
			return d.Year + "年" + d.Month + "月" + d.Day + "日"
		}
		return ""
	case choose, radio, tickMany:
		var labels []string
		for _, o := range c.Options {
			if o.Value != "" && slices.Contains(v[c.Name], o.Value) {
				labels = append(labels, o.Label)
			}
		}
		return strings.Join(labels, "、")
	}
	return v.Get(c.Name)
}

// versions compares what was typed with what is saved now, control by control.
func (v formView) versions(typed, saved url.Values) []ui.Version {
	var out []ui.Version
	for _, c := range v.Controls {
		if mine, theirs := c.shown(typed), c.shown(saved); mine != theirs && saved.Has(c.Name) {
			out = append(out, ui.Version{Label: c.Label, Mine: orEmpty(mine), Theirs: orEmpty(theirs)})
		}
	}
	return out
}

func orEmpty(s string) string {
	if s == "" {
		return "（空）"
	}
	return s
}

func line(name, label string, width int) control {
	return control{kind: text, Field: ui.Field{Name: name, Label: label, Width: width}}
}

func lines(name, label string, rows, most int) control {
	return control{kind: area, Field: ui.Field{Name: name, Label: label, Rows: rows, Max: most}}
}

func day(name, label string) control {
	return control{kind: date, Field: ui.Field{Name: name, Label: label}}
}

func pick(name, label string, options []ui.Option) control {
	return control{kind: choose, Field: ui.Field{Name: name, Label: label}, Options: options}
}

func oneOf(name, label string, options []ui.Option) control {
	return control{kind: radio, Field: ui.Field{Name: name, Label: label}, Options: options}
}

// why is the reason of an act.
func why(hint string) control { return lines("reason", "理由", 3, 500).hint(hint) }

func (c control) hint(s string) control { c.Hint = s; return c }

func (c control) optional() control { c.Optional = true; return c }

func token() ui.Pair { return ui.Pair{Name: "token", Value: once.NewToken()} }

func version(n int) ui.Pair { return ui.Pair{Name: "version", Value: strconv.Itoa(n)} }

// versionOf reads the version that the form was opened with; a tampered one is
// stale.
func versionOf(f *form.Form) int {
	n, _ := strconv.Atoi(f.Raw("version"))
	return n
}

// reasonOf reads the reason; how long it must be the service says.
func reasonOf(f *form.Form) string { return f.Text("reason", "理由", form.Multiline, form.Max(500)) }

func first(label string, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Value: "", Label: label}}, options...)
}

// valuesOf are the values that the options of a closed list take.
func valuesOf(options []ui.Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Value
	}
	return out
}
