package applying

import (
	"civilaffairs/internal/application"
	"civilaffairs/web/ui"
)

// Answers are the facts of one part of an application.
type Answers struct {
	Title string
	Facts []ui.Fact
}

// text returns the only answer of a part that is named after it: the title
// need not be said twice.
func (a Answers) text() (string, bool) {
	if len(a.Facts) != 1 || a.Facts[0].Label != a.Title || a.Facts[0].Body != nil {
		return "", false
	}
	return a.Facts[0].Value, true
}

// Named is an answer with the control that was typed into.
type Named struct {
	Control string
	ui.Fact
}

// Part is the answers of one section, by its key.
type Part struct {
	Key, Title string
	Facts      []Named
}

// Answer is what was typed into a control, in words; value "" for nothing.
func Answer(control, label, value string) Named {
	return Named{Control: control, Fact: ui.F(label, value)}
}

// PartOf are the answers of the section with key.
func PartOf(key, title string, facts ...Named) Part {
	return Part{Key: key, Title: title, Facts: facts}
}

// AnswersOf are the parts without their controls, as a signed case shows them.
func AnswersOf(parts []Part) []Answers {
	out := make([]Answers, len(parts))
	for i, p := range parts {
		out[i].Title = p.Title
		for _, n := range p.Facts {
			out[i].Facts = append(out[i].Facts, n.Fact)
		}
	}
	return out
}

// TypedOver are the answers of a part that is being written: what could not be
// read stands as it was typed.
func TypedOver(f application.Form, facts []Named) []ui.Fact {
	out := make([]ui.Fact, len(facts))
	for i, n := range facts {
		out[i] = n.Fact
		if n.Value == "" && n.Body == nil {
			out[i].Value = f.Values.Get(n.Control)
			if out[i].Value == "" {
				out[i].Value = "没有填"
			}
		}
	}
	return out
}
