package ui

import (
	"strconv"
	"strings"

	"civilaffairs/internal/civil"

	"github.com/a-h/templ"
)

// Field is one question of a form, whatever control asks it. Only Name and
// Label are needed; a zero value is the plain case.
type Field struct {
	Name  string // name of the control; also its id and the anchor of the error summary
	Label string
	Hint  string
	Error string // errors.For(Name)
	Value string // as typed, not as normalised

	Optional     bool     // marked 可不填; what is required carries no mark
	Unit         string   // after the control: 元, 人
	Width        int      // expected characters: 2, 4, 8, 14; 0 is the full line
	Type         string   // of input: text unless set; email, tel, search
	InputMode    string   // keyboard of a phone: numeric, decimal, tel, email
	Autocomplete string   // name, tel, email, street-address, off …
	ReadOnly     bool     // shown dashed, sent, not editable
	Rows         int      // of a text area; 5 unless set
	Max          int      // characters of a text area: shown and counted, never cut
	Suggest      []string // of a line: what it offers to choose from; anything else may be typed
	HideLabel    bool     // read out, not seen: a filter bar, a table cell
	Heading      bool     // the label is the heading of the page: one question a page
	Columns      int      // of radios and checkboxes: 1, 2, or 6 short ones
	ID           string   // instead of Name, when one page has the same field twice
	Date         DateParts
	Accept       string // of a file input: ".pdf,.jpg"
	Capture      bool   // of a file input: a phone opens its camera
	Multiple     bool   // of a file input
}

// DateParts is a date as typed in three boxes.
type DateParts struct{ Year, Month, Day string }

// DateOf returns the boxes that hold d; empty for the zero Date.
func DateOf(d civil.Date) DateParts {
	if d.IsZero() {
		return DateParts{}
	}
	return DateParts{strconv.Itoa(d.Year), strconv.Itoa(int(d.Month)), strconv.Itoa(d.Day)}
}

// Option is one answer of a select, of radios or of checkboxes.
type Option struct {
	Value, Label string
	Hint         string // radios and checkboxes: a line under the label
	Group        string // selects: options of one group stand together
}

// Options makes options whose value is their label.
func Options(labels ...string) []Option {
	out := make([]Option, len(labels))
	for i, l := range labels {
		out[i] = Option{Value: l, Label: l}
	}
	return out
}

func (f Field) id() string {
	if f.ID != "" {
		return f.ID
	}
	return f.Name
}

func (f Field) hintID() string  { return f.id() + "-hint" }
func (f Field) errorID() string { return f.id() + "-error" }
func (f Field) countID() string { return f.id() + "-count" }
func (f Field) listID() string  { return f.id() + "-list" }

// describedBy names what a screen reader says after the label: hint, error,
// then the length that is left.
func (f Field) describedBy() string {
	var ids []string
	if f.Hint != "" {
		ids = append(ids, f.hintID())
	}
	if f.Error != "" {
		ids = append(ids, f.errorID())
	}
	if f.Max > 0 {
		ids = append(ids, f.countID())
	}
	return strings.Join(ids, " ")
}

func (f Field) boxClass() string {
	if f.Error != "" {
		return "field bad"
	}
	return "field"
}

func (f Field) labelClass() string {
	if f.HideLabel {
		return "sr"
	}
	return "label"
}

func (f Field) inputType() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

func (f Field) rows() string {
	if f.Rows == 0 {
		return "5"
	}
	return strconv.Itoa(f.Rows)
}

func (f Field) width() string { return strconv.Itoa(f.Width) }

// withDefaults fills in keyboard, width and unit where the page said nothing.
func (f Field) withDefaults(inputMode string, width int, unit string) Field {
	if f.InputMode == "" {
		f.InputMode = inputMode
	}
	if f.Width == 0 {
		f.Width = width
	}
	if f.Unit == "" {
		f.Unit = unit
	}
	return f
}

// part is one of the three boxes of a date.
type part struct {
	Name, ID, Label, Value string
	Width                  string
	Autocomplete           string
}

// parts splits a date field. The first box carries the field's own id, so that
// the error summary leads into it.
func (f Field) parts() []part {
	birthday := func(s string) string {
		if f.Autocomplete == "bday" {
			return "bday-" + s
		}
		return ""
	}
	return []part{
		{f.Name + "-year", f.id(), "年", f.Date.Year, "4", birthday("year")},
		{f.Name + "-month", f.id() + "-month", "月", f.Date.Month, "2", birthday("month")},
		{f.Name + "-day", f.id() + "-day", "日", f.Date.Day, "2", birthday("day")},
	}
}

// optionID gives the first option the field's own id, for the error summary.
func (f Field) optionID(i int) string {
	if i == 0 {
		return f.id()
	}
	return f.id() + "-" + strconv.Itoa(i+1)
}

// group is a run of select options under one heading, "" for none.
type group struct {
	Label   string
	Options []Option
}

func grouped(options []Option) []group {
	var out []group
	for _, o := range options {
		if len(out) == 0 || out[len(out)-1].Label != o.Group {
			out = append(out, group{Label: o.Group})
		}
		last := &out[len(out)-1]
		last.Options = append(last.Options, o)
	}
	return out
}

// described is the attribute that ties hint and error to the control.
func (f Field) described() templ.Attributes {
	if ids := f.describedBy(); ids != "" {
		return templ.Attributes{"aria-describedby": ids}
	}
	return nil
}

// control is what every visible control has in common.
func (f Field) control() templ.Attributes {
	a := templ.Attributes{}
	for name, value := range map[string]string{
		"aria-describedby": f.describedBy(), "inputmode": f.InputMode, "autocomplete": f.Autocomplete,
	} {
		if value != "" {
			a[name] = value
		}
	}
	if len(f.Suggest) > 0 {
		a["list"] = f.listID()
	}
	if f.Width > 0 {
		a["data-w"] = f.width()
	}
	if f.Error != "" {
		a["aria-invalid"] = "true"
	}
	if f.ReadOnly {
		a["readonly"] = true
	}
	return a
}

func (f Field) locked() Field { f.ReadOnly = true; return f }

// passwordKind lets a password manager fill in the right one.
func (f Field) passwordKind() string {
	if f.Autocomplete == "" {
		return "current-password"
	}
	return f.Autocomplete
}
