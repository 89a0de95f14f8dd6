package formpage

import (
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/web/ui"
)

// kind is how a question is asked.
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
	secret   // a password: never shown again
)

// Control is one question: a field and its answers to choose from. Make it with
// the functions below, and set more of its field where a question needs it.
type Control struct {
	kind kind
	ui.Field
	Options []ui.Option
	values  []string                  // tickMany: those ticked
	remark  func(typed string) string // in place of the hint: what to know of what was typed; nil for nothing
}

// Line asks for a line of text; width in characters, 0 is the full line.
func Line(name, label string, width int) Control {
	return Control{kind: text, Field: ui.Field{Name: name, Label: label, Width: width}}
}

// Listed asks for one of a list that may lack it: then it is typed. remark says
// what to know of what was typed, in place of the hint; "" for nothing.
func Listed(name, label string, list []string, remark func(typed string) string) Control {
	c := Line(name, label, 0).Hint("从名单里选。名单里没有的，写公章上的全称")
	c.Suggest, c.remark = list, remark
	return c
}

// Lines asks for a text of at most so many characters.
func Lines(name, label string, rows, most int) Control {
	return Control{kind: area, Field: ui.Field{Name: name, Label: label, Rows: rows, Max: most}}
}

// Why asks for the reason of an act, see ReasonOf.
func Why(hint string) Control { return Lines("reason", "理由", 3, 500).Hint(hint) }

// Number asks for a whole number.
func Number(name, label, unit string) Control {
	return Control{kind: number, Field: ui.Field{Name: name, Label: label, Unit: unit}}
}

// Amount asks for an amount of money.
func Amount(name, label string) Control {
	return Control{kind: amount, Field: ui.Field{Name: name, Label: label}}
}

// Day asks for a date in three boxes.
func Day(name, label string) Control {
	return Control{kind: date, Field: ui.Field{Name: name, Label: label}}
}

// Pick asks for one of many, by a select.
func Pick(name, label string, options []ui.Option) Control {
	return Control{kind: choose, Field: ui.Field{Name: name, Label: label}, Options: options}
}

// OneOf asks for one of a few, by radios.
func OneOf(name, label string, options []ui.Option) Control {
	return Control{kind: radio, Field: ui.Field{Name: name, Label: label}, Options: options}
}

// TickMany asks for any number of a few, by boxes to tick.
func TickMany(name, label string, options []ui.Option) Control {
	return Control{kind: tickMany, Field: ui.Field{Name: name, Label: label}, Options: options}
}

// Secret asks for the password of who is signed in. What was typed is never sent
// back.
func Secret(name, label string) Control {
	return Control{kind: secret, Field: ui.Field{Name: name, Label: label}}
}

// Hint returns the control with a line under its label.
func (c Control) Hint(s string) Control { c.Field.Hint = s; return c }

// Optional returns the control marked 可不填.
func (c Control) Optional() Control { c.Field.Optional = true; return c }

// names are the names under which the control sends its answer.
func (c Control) names() []string {
	if c.kind == secret {
		return nil // never carried on by a page of review
	}
	if c.kind == date {
		return []string{c.Name, c.Name + "-year", c.Name + "-month", c.Name + "-day"}
	}
	return []string{c.Name}
}

// Filled returns the control as it was typed, with the field that a form of
// sections has prepared: value, fault, lock and hint of its own.
func (c Control) Filled(typed url.Values, f ui.Field) Control {
	c.values = typed[c.Name]
	c.Value, c.Error, c.ReadOnly = f.Value, f.Error, f.ReadOnly
	if f.Hint != "" {
		c.Field.Hint = f.Hint
	}
	if c.kind == date {
		c.Date = boxes(typed, c.Name)
	}
	c.mark()
	return c
}

// mark puts a remark on what was typed in the place of the hint.
func (c *Control) mark() {
	if c.remark != nil {
		if said := c.remark(c.Value); said != "" {
			c.Field.Hint = said
		}
	}
}

// fill puts what was typed and what is wrong with it into the control.
func (c *Control) fill(typed url.Values, faults ui.Errors) {
	c.Value, c.Error, c.values = strings.ToValidUTF8(typed.Get(c.Name), "�"), faults.For(c.Name), typed[c.Name]
	if c.kind == date {
		c.Date = boxes(typed, c.Name)
	}
	c.mark()
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
func (c Control) shown(v url.Values) string {
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

// First puts a line before the options of a select that chooses nothing.
func First(label string, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Value: "", Label: label}}, options...)
}

// Named are the options of a closed list whose values have Chinese names.
func Named[T interface {
	~string
	Name() string
}](list []T) []ui.Option {
	out := make([]ui.Option, len(list))
	for i, v := range list {
		out[i] = ui.Option{Value: string(v), Label: v.Name()}
	}
	return out
}

// Keys are the values that a closed list takes.
func Keys[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// ValuesOf are the values that options take.
func ValuesOf(options []ui.Option) []string {
	out := make([]string, len(options))
	for i, o := range options {
		out[i] = o.Value
	}
	return out
}
