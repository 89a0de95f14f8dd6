// Package form reads what a person typed into a form: it cleans the text, turns
// it into values, and collects one message per field in the order of reading.
// Level 0 (above errs, civil, money and identifier); no tables.
//
// A reader never fails and never panics. On a fault it notes the message and
// returns the zero value, so that nothing doubtful is used by accident; the text
// itself stays in Raw, for the form that is shown again. An empty field without
// Required is not a fault: drafts save however incomplete they are.
//
// The work is bounded whatever arrives: text far above its limit is refused by
// its size, before it is cleaned.
package form

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/errs"
)

// Form is one submitted form. It belongs to one request and is not for
// concurrent use.
type Form struct {
	values url.Values
	order  map[string]int // field name → position of its first reading
	faults map[string]errs.Field
	misuse error
}

// New returns a reader of values, which it does not change. nil is an empty form.
func New(values url.Values) *Form {
	return &Form{values: values, order: map[string]int{}, faults: map[string]errs.Field{}}
}

// Raw returns the first value of the control name exactly as it was typed, for
// the form that is shown again. Bytes that are no UTF-8 become �, because a page
// cannot carry them.
func (f *Form) Raw(name string) string { return strings.ToValidUTF8(f.values.Get(name), "�") }

// RawAll returns all values of the control name, as Raw does.
func (f *Form) RawAll(name string) []string {
	var all []string
	for _, v := range f.values[name] {
		all = append(all, strings.ToValidUTF8(v, "�"))
	}
	return all
}

// Filled reports whether anything visible was typed into the field, be it one
// control or the three boxes of a date. It tells 0 from nothing.
func (f *Form) Filled(name string) bool {
	for _, control := range [...]string{name, name + yearBox, name + monthBox, name + dayBox} {
		if slices.ContainsFunc(f.values[control], visible) {
			return true
		}
	}
	return false
}

// Fail notes a fault that the caller found. The first fault of a field stays.
func (f *Form) Fail(name, label, message string) {
	f.touch(name)
	if _, failed := f.faults[name]; !failed {
		f.faults[name] = errs.Field{Name: name, Label: label, Message: message}
	}
}

// Failed reports whether the field already has a fault.
func (f *Form) Failed(name string) bool { _, failed := f.faults[name]; return failed }

// Fields returns the faults in the order in which their fields were first read,
// nil when there are none. Name is the name that was read: for a date that of
// the group, not of a box.
func (f *Form) Fields() []errs.Field {
	var fields []errs.Field
	for _, fault := range f.faults {
		fields = append(fields, fault)
	}
	slices.SortFunc(fields, func(a, b errs.Field) int { return cmp.Compare(f.order[a.Name], f.order[b.Name]) })
	return fields
}

// Err returns the faults as one errs.Invalid error, nil when there are none. A
// reader called with an option that it cannot apply gives an error without a kind
// (errs.Internal): a check left out in silence would be worse.
func (f *Form) Err() error {
	if f.misuse != nil {
		return f.misuse
	}
	return errs.Fields(f.Fields())
}

// Rows returns the indices n, ascending, of the rows “name-n-column” in which
// something was typed, so that rows left blank do not count. More than most rows
// are a fault of the field name, and none is returned.
func (f *Form) Rows(name, label string, most int) []int {
	f.touch(name)
	var rows []int
	for control, values := range f.values {
		rest, ok := strings.CutPrefix(control, name+"-")
		index, _, hasColumn := strings.Cut(rest, "-")
		n, err := strconv.Atoi(index)
		if !ok || !hasColumn || err != nil || n < 0 || n > 9999 || strconv.Itoa(n) != index || !slices.ContainsFunc(values, visible) {
			continue
		}
		rows = append(rows, n)
	}
	slices.Sort(rows)
	rows = slices.Compact(rows)
	if len(rows) > most {
		f.Fail(name, label, fmt.Sprintf("%s最多 %d 行，现在是 %d 行。合并或删去 %d 行", label, most, len(rows), len(rows)-most))
		return nil
	}
	return rows
}

// touch notes the position of a field's first reading.
func (f *Form) touch(name string) {
	if _, seen := f.order[name]; !seen {
		f.order[name] = len(f.order)
	}
}
