package ledgerpages

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/web/layout"
	"civilaffairs/web/ui"
)

// maxForm bounds what a form of these pages may weigh.
const maxForm = 64 << 10

// kind is how a question is asked.
type kind int

const (
	text kind = iota
	area
	number
	amount
	date
	choose // a select
	radio  // one of a few
)

// control is one question: a field and its answers to choose from.
type control struct {
	kind
	ui.Field
	Options []ui.Option
}

func (c control) hint(s string) control { c.Hint = s; return c }

func (c control) optional() control { c.Optional = true; return c }

func ask(k kind, name, label string, width int) control {
	return control{kind: k, Field: ui.Field{Name: name, Label: label, Width: width}}
}

func lines(name, label string, most int) control {
	return control{kind: area, Field: ui.Field{Name: name, Label: label, Rows: 3, Max: most}}
}

func among(k kind, name, label string, options []ui.Option) control {
	return control{kind: k, Field: ui.Field{Name: name, Label: label}, Options: options}
}

// formView is the view of every form of this feature.
type formView struct {
	layout.Page
	Heading, Lead string
	Facts         []ui.Fact // what the act is about
	Obstacles     []string  // why it cannot be done now: then there is no button
	Controls      []control
	Hidden        []ui.Pair
	Faults        ui.Errors
	Refused       string // why the act was refused as a whole
	Action        string
	Submit        string
	Stop          bool // the act takes something away
	Back          string
}

// fill puts what was typed and what is wrong with it into every control.
func (v *formView) fill(typed url.Values, faults ui.Errors) {
	v.Faults = faults
	v.Page.Errors = len(faults)
	for i := range v.Controls {
		c := &v.Controls[i]
		c.Value, c.Error = strings.ToValidUTF8(typed.Get(c.Name), "�"), faults.For(c.Name)
		if c.kind == date {
			c.Date = ui.DateParts{Year: typed.Get(c.Name + "-year"), Month: typed.Get(c.Name + "-month"), Day: typed.Get(c.Name + "-day")}
			if whole, err := civil.Parse(typed.Get(c.Name)); err == nil && c.Date == (ui.DateParts{}) {
				c.Date = ui.DateOf(whole)
			}
		}
	}
}

// editor is one form of this feature: what it looks like, what stands in it at
// first, and what it does. The flow of every form is the same, see form.
type editor struct {
	view  formView
	saved url.Values
	// read reads the form and says what is wrong with it.
	read func(f *form.Form) error
	// review, when set, is shown once more before the act is done.
	review func() ui.Review
	act    func() error
	done   string
	to     func() string
}

// builder makes the editor of a request, or says why there is none.
type builder func(r *http.Request) (*editor, error)

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
		if err := parse(w, r); err != nil {
			return err
		}
		e, err := build(r)
		if err != nil {
			return err
		}
		return p.submit(w, r, e)
	})
}

func parse(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.TooLarge, "这个表单的内容太长，没有收下。请删短后再提交。", err)
	}
	return nil
}

// submit shows the act once more where it binds, does it and leads on; or shows
// the same form again with what was typed: 422 with the faults, 409 with why.
func (p *Pages) submit(w http.ResponseWriter, r *http.Request, e *editor) error {
	if r.PostForm.Get("back") != "" {
		return e.again(w, r, nil)
	}
	if err := e.read(form.New(r.PostForm)); err != nil {
		return e.again(w, r, err)
	}
	if e.review != nil && r.PostForm.Get("confirm") == "" {
		return httpserver.Render(w, r, http.StatusOK, reviewPage(e.view.Page, e.confirmation(r.PostForm)))
	}
	if err := e.act(); err != nil {
		return e.again(w, r, err)
	}
	p.Flash(r.Context(), e.done)
	return httpserver.SeeOther(w, r, e.to())
}

// confirmation carries every value of the form through the page of review.
func (e *editor) confirmation(typed url.Values) ui.Review {
	v := e.review()
	v.Action, v.Token, v.Return = e.view.Action, typed.Get("token"), true
	for _, c := range e.view.Controls {
		for _, name := range []string{c.Name, c.Name + "-year", c.Name + "-month", c.Name + "-day"} {
			if typed.Has(name) {
				v.Carry = append(v.Carry, ui.Pair{Name: name, Value: typed.Get(name)})
			}
		}
	}
	for _, h := range e.view.Hidden {
		if h.Name != "token" && typed.Has(h.Name) {
			v.Carry = append(v.Carry, ui.Pair{Name: h.Name, Value: typed.Get(h.Name)})
		}
	}
	v.Carry = append(v.Carry, ui.Pair{Name: "confirm", Value: "1"})
	return v
}

// again shows the form as it was typed. The token stays, so that sending again is
// still one act; after a conflict the page carries the new version, whose state
// it shows.
func (e *editor) again(w http.ResponseWriter, r *http.Request, cause error) error {
	status := http.StatusOK
	switch k := errs.KindOf(cause); {
	case cause == nil:
	case k == errs.Invalid && len(errs.FieldsOf(cause)) > 0, k == errs.Conflict:
		status = httpserver.Status(cause)
	default:
		return cause
	}
	e.view.fill(r.PostForm, ui.Errors(errs.FieldsOf(cause)))
	if status == http.StatusConflict {
		e.view.Refused = errs.Message(cause)
	}
	for i, h := range e.view.Hidden {
		if (h.Name == "token" || status != http.StatusConflict) && r.PostForm.Has(h.Name) {
			e.view.Hidden[i].Value = r.PostForm.Get(h.Name)
		}
	}
	return httpserver.Render(w, r, status, formPage(e.view))
}

func token() ui.Pair { return ui.Pair{Name: "token", Value: once.NewToken()} }

func version(n int) ui.Pair { return ui.Pair{Name: "version", Value: itoa(n)} }

// versionOf reads the version that the page was opened with; a tampered one is
// stale.
func versionOf(f *form.Form) int {
	n, _ := strconv.Atoi(f.Raw("version"))
	return n
}

// yuan reads an amount in 元. 万 is refused here, though it could be read: money
// is written out in a ledger.
func yuan(f *form.Form, name, label string) money.Fen {
	if typed := f.Raw(name); strings.ContainsAny(typed, "万萬") && len(typed) < 60 {
		f.Fail(name, label, "“"+typed+"”要写成元，不用万作单位。如一万元写 10,000")
		return 0
	}
	return f.Money(name, label, form.Required, form.Min(1))
}

// first puts a line before the options of a select that chooses nothing.
func first(label string, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Label: label}}, options...)
}

// named are the options of a closed list whose values have Chinese names.
func named[T interface {
	~string
	Name() string
}](list []T) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, v := range list {
		out[i] = ui.Option{Value: string(v), Label: v.Name()}
	}
	return out
}

func keys[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}
