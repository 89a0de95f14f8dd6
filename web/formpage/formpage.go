// Package formpage is the one machine behind forms: a feature says what a form
// looks like and what it does, and the machine shows it, does it and leads on, or
// shows it again with what was typed. A leaf of web; no tables.
//
// A form has two routes at one address, see Forms.Declare. A GET shows it with
// what is on record. A POST reads it and does the act: 303 to where it leads,
// 422 with the faults at their fields, 409 with both versions when somebody
// saved meanwhile. What was typed is never lost. Everything works without script.
package formpage

import (
	"net/http"
	"net/url"
	"slices"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/layout"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// View is what a form looks like, confirmations included: those say under Facts
// what is to be done, and ask for a reason at most.
type View struct {
	layout.Page
	Heading, Lead string
	Facts         []ui.Fact       // what the form is about
	Above         templ.Component // more of that; may be nil
	Obstacles     []string        // why it cannot be done now: then there is no button
	Groups        []Group
	Hidden        []ui.Pair
	Action        string
	Submit        string
	Preview       string // button that shows before it saves, "" for none
	Stop          bool   // the act takes something away
	Back          string
	BackLabel     string
	Aside         templ.Component // may be nil

	faults    ui.Errors
	kept      bool // with faults: what was typed is saved all the same
	elsewhere []Elsewhere
	warnings  []errs.Warning // odd, but may be right: one box to tick each
	accepted  []string
	stale     string       // what happened meanwhile, "" for nothing
	conflict  []ui.Version // both versions
}

// Group is a part of a form under a heading, which may be "".
type Group struct {
	Title    string
	Note     string
	Row      bool // of a table: the controls stand side by side, the title names the row
	Controls []Control
}

// Elsewhere is a fault that is put right on another page.
type Elsewhere struct{ ID, Label, Message, Href string }

// Ask adds controls without a heading.
func (v *View) Ask(controls ...Control) { v.Part("", "", controls...) }

// Part adds controls under a heading with a note, either of which may be "".
func (v *View) Part(title, note string, controls ...Control) {
	v.Groups = append(v.Groups, Group{Title: title, Note: note, Controls: controls})
}

// Row adds a row of a table.
func (v *View) Row(title string, controls ...Control) {
	v.Groups = append(v.Groups, Group{Title: title, Row: true, Controls: controls})
}

// Editor is one form: what it looks like, what stands in it at first, and what
// it does.
type Editor struct {
	View
	Saved url.Values // as on record; of a creating form the defaults

	// Save reads the form and does the act. A fault of reading comes back from
	// f.Err before anything is done. What follows may be set while it runs.
	Save func(f *form.Form) error

	// Kept is set by Save when what was typed is saved although there are faults: a
	// draft. Hidden then holds the new version.
	Kept bool

	Done string // said after the act
	To   string // where it leads

	Shown  templ.Component    // an answer to look at above the form, instead of a thing done: a preview
	Review *ui.Review         // the act once more, to be confirmed before it is done; see Confirmed
	Answer templ.Component    // a page shown instead of leading on: a number unmasked
	Send   httpserver.Handler // a file sent instead of leading on

	// Mend is the page on which a fault without a control is put right; may be nil.
	Mend func(field string) string
}

// Builder makes the editor of a request, or says why there is none.
type Builder func(r *http.Request) (*Editor, error)

// has reports whether a control takes the fault of a field.
func (v *View) has(field string) bool {
	return slices.ContainsFunc(v.Groups, func(g Group) bool {
		return slices.ContainsFunc(g.Controls, func(c Control) bool { return c.Name == field })
	})
}

// Asks reports whether name is the name of one of its controls: a forged field
// goes nowhere.
func (v *View) Asks(name string) bool { return v.has(name) }

// fill puts what was typed and what is wrong with it into every control.
func (v *View) fill(typed url.Values, faults ui.Errors) {
	v.faults, v.Errors, v.accepted = faults, len(faults), typed[accept]
	for i := range v.Groups {
		for j := range v.Groups[i].Controls {
			v.Groups[i].Controls[j].fill(typed, faults)
		}
	}
}

// versions compares what was typed with what is saved now, control by control.
func (v *View) versions(typed, saved url.Values) []ui.Version {
	var out []ui.Version
	for _, g := range v.Groups {
		for _, c := range g.Controls {
			// An empty box for a number on record means “keep it”.
			if mine, theirs := c.shown(typed), c.shown(saved); mine != theirs && saved.Has(c.Name) {
				out = append(out, ui.Version{Label: c.Label, Mine: orEmpty(mine), Theirs: orEmpty(theirs)})
			}
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

// warningOptions are the boxes to tick, each warning once.
func warningOptions(list []errs.Warning) []ui.Option {
	out := make([]ui.Option, 0, len(list))
	for _, w := range list {
		o := ui.Option{Value: w.Code, Label: w.Message}
		if !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	return out
}
