package organizationpages

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
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

// group is a part of a form under a heading, which may be "".
type group struct {
	Title    string
	Note     string
	Controls []control
}

// formView is the view of every form of this feature.
type formView struct {
	layout.Page
	Heading, Lead string
	Above         templ.Component // what is on record already; may be nil
	Groups        []group
	Hidden        []ui.Pair
	Warnings      []organization.Warning // odd, but may be right: one box to tick each
	Accepted      []string
	Faults        ui.Errors
	Conflict      []ui.Version // both versions, when somebody saved meanwhile
	Stale         bool
	Action        string
	Submit        string
	Stop          bool // the act takes something away
	Back          string
	BackLabel     string
	Aside         templ.Component // may be nil
}

// fill puts what was typed and what is wrong with it into every control.
func (v *formView) fill(typed url.Values, faults ui.Errors) {
	v.Faults = faults
	v.Accepted = typed["accept"]
	for i := range v.Groups {
		for j := range v.Groups[i].Controls {
			c := &v.Groups[i].Controls[j]
			c.Value, c.Error = typed.Get(c.Name), faults.For(c.Name)
			c.Values = typed[c.Name]
			if c.kind == date {
				c.Date = boxes(typed, c.Name)
			}
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
		d := boxes(v, c.Name)
		if d == (ui.DateParts{}) {
			return ""
		}
		return d.Year + "年" + d.Month + "月" + d.Day + "日"
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
	for _, g := range v.Groups {
		for _, c := range g.Controls {
			mine, theirs := c.shown(typed), c.shown(saved)
			// An empty box for a number on record means “keep it”.
			if mine != theirs && saved.Has(c.Name) {
				out = append(out, ui.Version{Label: c.Label, Mine: orNone(mine, "（空）"), Theirs: orNone(theirs, "（空）")})
			}
		}
	}
	return out
}

func line(name, label string, width int) control {
	return control{kind: text, Field: ui.Field{Name: name, Label: label, Width: width}}
}

func lines(name, label string, rows, most int) control {
	return control{kind: area, Field: ui.Field{Name: name, Label: label, Rows: rows, Max: most}}
}

func people(name, label string) control {
	return control{kind: number, Field: ui.Field{Name: name, Label: label, Unit: "人"}}
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

func (c control) hint(s string) control { c.Hint = s; return c }

func (c control) optional() control { c.Optional = true; return c }

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

func first(label string, options []ui.Option) []ui.Option {
	return append([]ui.Option{{Value: "", Label: label}}, options...)
}

// keys are the values that a closed list takes.
func keys[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
