package formpage

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/ui"
	"civilaffairs/web/upload"
)

// usualForm bounds what a form may weigh, percent encoded, unless Forms.Most
// says more.
const usualForm = 64 << 10

// Forms is what the forms of a feature share.
type Forms struct {
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
	Most  int64 // bytes that a form may weigh; 0 for 64 KB
	Files bool  // the forms may take files along, see Papers
}

// Declare declares the two routes of a form: what stands in it, and the act.
func (x Forms) Declare(s *httpserver.Router, pattern string, permission authz.Permission, build Builder) {
	s.Get(pattern, permission, func(w http.ResponseWriter, r *http.Request) error {
		e, err := build(r)
		if err != nil {
			return err
		}
		e.fill(e.Saved, nil)
		return httpserver.Render(w, r, http.StatusOK, page(e.View))
	})
	s.Post(pattern, permission, func(w http.ResponseWriter, r *http.Request) error {
		sent, err := x.read(w, r)
		if err != nil {
			return err
		}
		defer sent.Close()
		e, err := build(r)
		if err != nil {
			return err
		}
		return x.submit(w, r, e, sent)
	})
}

// Parse reads the form of a request within its bounds; for a handler of its own.
func (x Forms) Parse(w http.ResponseWriter, r *http.Request) error {
	most := x.Most
	if most == 0 {
		most = usualForm
	}
	r.Body = http.MaxBytesReader(w, r.Body, most)
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.TooLarge, "这个表单的内容太长，没有收下。请删短后再提交。", err)
	}
	return nil
}

// submit does the act and leads on, or shows the same form again with what was
// typed: 422 with the faults, 409 with both versions.
func (x Forms) submit(w http.ResponseWriter, r *http.Request, e *Editor, sent *upload.Form) error {
	f := form.New(r.PostForm)
	if err := e.receive(sent, f); err != nil {
		return err
	}
	if r.PostForm.Get(back) != "" {
		if err := e.keep(r.PostForm.Get(token), nil); err != nil {
			return err
		}
		e.again(r.PostForm, nil, true)
		return httpserver.Render(w, r, http.StatusOK, page(e.View))
	}
	if e.Save == nil { // there was a form when it was opened
		e.Save = func(*form.Form) error { return errs.New(errs.Conflict, strings.Join(e.Obstacles, "")) }
	}
	err := e.Save(f)
	if err != nil || e.Shown != nil {
		if lost := e.keep(r.PostForm.Get(token), errs.FieldsOf(err)); lost != nil {
			return lost
		}
	}
	switch {
	case err == nil && e.Review != nil:
		return httpserver.Render(w, r, http.StatusOK, reviewPage(e.Page, e.confirmation(r.PostForm)))
	case err == nil && e.Answer != nil:
		return httpserver.Render(w, r, http.StatusOK, e.Answer)
	case err == nil && e.Send != nil:
		return e.Send(w, r)
	case err == nil && e.Shown != nil:
		e.again(r.PostForm, nil, true)
		return httpserver.Render(w, r, http.StatusOK, page(e.View))
	case err == nil:
		x.Flash(r.Context(), e.Done)
		return httpserver.SeeOther(w, r, e.To)
	case errs.Is(err, errs.Invalid) && len(errs.FieldsOf(err)) > 0:
		e.warnings, e.kept = errs.WarningsOf(err), e.Kept
		e.again(r.PostForm, errs.FieldsOf(err), !e.Kept)
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, page(e.View))
	case errs.Is(err, errs.Conflict):
		// The form comes back with the new version in it: who saves again has seen both.
		e.again(r.PostForm, nil, false)
		e.stale, e.conflict = errs.Message(err), e.versions(r.PostForm, e.Saved)
		return httpserver.Render(w, r, http.StatusConflict, page(e.View))
	}
	return err
}

// confirmation carries every value of the form through the page of review.
func (e *Editor) confirmation(typed url.Values) ui.Review {
	v := *e.Review
	v.Action, v.Token, v.Return, v.Harm = e.Action, typed.Get(token), true, e.Stop
	carry := func(name string) {
		for _, value := range typed[name] {
			v.Carry = append(v.Carry, ui.Pair{Name: name, Value: value})
		}
	}
	for _, g := range e.Groups {
		for _, c := range g.Controls {
			for _, name := range c.names() {
				carry(name)
			}
		}
	}
	for _, h := range e.Hidden {
		if h.Name != token {
			carry(h.Name)
		}
	}
	carry(accept)
	v.Carry = append(v.Carry, ui.Pair{Name: confirm, Value: "1"})
	return v
}

// again fills the form with what was typed. The token stays, so that sending
// again is still one act. The other hidden values stay unless somebody saved
// meanwhile, so that nothing is overwritten unseen.
func (e *Editor) again(typed url.Values, faults []errs.Field, unmoved bool) {
	e.fill(typed, ui.Errors(faults))
	if e.Shown != nil {
		e.Above = e.Shown
	}
	for _, f := range faults {
		if e.Mend != nil && !e.has(f.Name) {
			e.elsewhere = append(e.elsewhere, Elsewhere{f.Name, f.Label, f.Message, e.Mend(f.Name)})
		}
	}
	for i, h := range e.Hidden {
		if typed.Has(h.Name) && h.Name != seen && (unmoved || h.Name == token) {
			e.Hidden[i].Value = typed.Get(h.Name)
		}
	}
}
