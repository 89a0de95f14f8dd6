package organizationpages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// maxForm bounds what a form of these pages may weigh.
const maxForm = 64 << 10

// editor is one form of this feature: what it looks like, what stands in it at
// first, and what it does. The flow of every form is the same, see form.
type editor struct {
	view  formView
	saved url.Values // as on record; of a creating form the defaults
	// save reads the form and does the act. A fault of reading comes back from
	// f.Err before anything is done.
	save func(f *form.Form) error
	// done is said after the act, to is where it leads; done may be empty.
	done string
	to   func() string
	// answer, when set, is shown instead of leading on: a number unmasked.
	answer func() templ.Component
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
	err := e.save(f)
	if err == nil {
		if e.answer != nil {
			return httpserver.Render(w, r, http.StatusOK, e.answer())
		}
		p.Flash(r.Context(), e.done)
		return httpserver.SeeOther(w, r, e.to())
	}
	switch {
	case errs.Is(err, errs.Invalid) && len(errs.FieldsOf(err)) > 0:
		e.view.Warnings = organization.WarningsOf(err)
		e.again(r.PostForm, errs.FieldsOf(err), "token", "version", "replaces")
		e.view.Page.Errors = len(e.view.Faults)
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, formPage(e.view))
	case errs.Is(err, errs.Conflict):
		// The form comes back with the new version in it: who saves again has seen
		// both. The message of a conflict without versions stands alone.
		e.again(r.PostForm, nil, "token")
		e.view.Stale = true
		e.view.Lead = errs.Message(err)
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
	for i, h := range e.view.Hidden {
		if slices.Contains(keep, h.Name) && typed.Has(h.Name) {
			e.view.Hidden[i].Value = typed.Get(h.Name)
		}
	}
}

func version(n int) ui.Pair { return ui.Pair{Name: "version", Value: strconv.Itoa(n)} }

// versionOf reads the version that the form was opened with; a tampered one is
// stale.
func versionOf(f *form.Form) int {
	n, _ := strconv.Atoi(f.Raw("version"))
	return n
}

// optionalInt is nil for a box left empty: not recorded is not 0.
func optionalInt(f *form.Form, name, label string) *int {
	n := f.Int(name, label, form.Max(1_000_000))
	if !f.Filled(name) {
		return nil
	}
	return &n
}
