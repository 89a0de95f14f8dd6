package checks

import (
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/report"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// Trial is what one programme asks when somebody tries its conditions out.
type Trial interface {
	// Fields draws the questions with what was typed.
	Fields(q Questions) templ.Component
	// Try reads the answers, noting faults in f, and answers the conditions.
	Try(f *form.Form, t report.Terms) Answered
	// Limit is the largest amount for the organization of c.
	Limit(c funding.Context) money.Fen
}

// Questions is what the fields of a trial are drawn from.
type Questions struct {
	Form    *form.Form
	Errors  ui.Errors
	Edition policy.Edition
}

// Answered is a trial's result; meaningless while the form has faults.
type Answered struct {
	Lines   []funding.Line
	Verdict funding.Verdict
	Limit   money.Fen
}

// Field makes a question with its fault and what was typed.
func (q Questions) Field(name, label, hint string) ui.Field {
	return ui.Field{
		Name: name, Label: label, Hint: hint, Error: q.Errors.For(name), Value: q.Form.Raw(name),
		Date: ui.DateParts{Year: q.Form.Raw(name + "-year"), Month: q.Form.Raw(name + "-month"), Day: q.Form.Raw(name + "-day")},
	}
}

// Columns sets the options of a question side by side.
func Columns(f ui.Field) ui.Field { f.Columns = 2; return f }

// The two answers to the list of obstacles that are not one.
const (
	NoObstacle     = "none"
	UnsureObstacle = "unsure"
)

// ReadObstacles reads which of the obstacles with these keys apply. It takes “none
// of these” and “not sure” for what they say: with nothing ticked, nothing is known.
func ReadObstacles(f *form.Form, keys []string) (found []string, sure bool) {
	const name, label = "obstacles", "有没有下面的情况"
	ticked := f.Choices(name, label, append(keys, NoObstacle, UnsureObstacle), form.Required)
	none, unsure := false, false
	for _, key := range ticked {
		switch key {
		case NoObstacle:
			none = true
		case UnsureObstacle:
			unsure = true
		default:
			found = append(found, key)
		}
	}
	if none && len(ticked) > 1 {
		f.Fail(name, label, "选了“以上都没有”，又选了别的。只留一种")
	}
	return found, !unsure && !f.Failed(name)
}
