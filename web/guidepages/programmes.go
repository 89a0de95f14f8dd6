package guidepages

import (
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/report"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// trialPage is what one programme asks when somebody tries its conditions out.
// Adding a programme adds a line to trialPages; a test fails when the catalog and
// the pages disagree.
type trialPage interface {
	// Fields draws the questions with what was typed.
	Fields(q questions) templ.Component
	// Try reads the answers, noting faults in f, and answers the conditions.
	Try(f *form.Form, t report.Terms) answered
	// Limit is the largest amount for the organization of c.
	Limit(c funding.Context) money.Fen
}

// questions is what the fields of a trial are drawn from.
type questions struct {
	Form    *form.Form
	Errors  ui.Errors
	Edition policy.Edition
}

// answered is a trial's result; meaningless while the form has faults.
type answered struct {
	Lines   []funding.Line
	Verdict funding.Verdict
	Limit   money.Fen
}

var trialPages = map[string]trialPage{
	"startup": startupTrial{},
}

func pageOf(kind string) (trialPage, error) {
	p, ok := trialPages[kind]
	if !ok {
		return nil, errs.Newf(errs.Internal, "no trial page for programme %q", kind)
	}
	return p, nil
}

// field makes a question with its fault and what was typed.
func (q questions) field(name, label, hint string) ui.Field {
	return ui.Field{
		Name: name, Label: label, Hint: hint, Error: q.Errors.For(name), Value: q.Form.Raw(name),
		Date: ui.DateParts{Year: q.Form.Raw(name + "-year"), Month: q.Form.Raw(name + "-month"), Day: q.Form.Raw(name + "-day")},
	}
}
