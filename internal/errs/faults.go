package errs

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Faults collects field errors in the order of the form.
type Faults []Field

// Add notes a fault; the message stands by the field, without a final stop.
func (f *Faults) Add(name, label, message string) {
	*f = append(*f, Field{Name: name, Label: label, Message: strings.TrimSuffix(message, "。")})
}

// Length wants least to most characters.
func (f *Faults) Length(name, label, v string, least, most int) {
	switch n := utf8.RuneCountInString(v); {
	case n == 0 && least > 0:
		f.Add(name, label, "填"+label+"。")
	case n < least:
		f.Add(name, label, fmt.Sprintf("%s至少 %d 个字，现在是 %d 个字。写得再具体些。", label, least, n))
	case n > most:
		f.Add(name, label, fmt.Sprintf("%s最多 %d 个字，现在是 %d 个字。删去 %d 个字。", label, most, n, n-most))
	}
}

// Err returns the faults as one Invalid error, nil when there are none.
func (f Faults) Err() error { return Fields(f) }

// Take notes err at the field and passes v on.
func Take[T any](f *Faults, name, label string, v T, err error) T {
	if err != nil {
		f.Add(name, label, Message(err))
	}
	return v
}

// OneOf wants a value of a closed list.
func OneOf[T ~string](f *Faults, name, label string, v T, options []T) {
	if !slices.Contains(options, v) {
		f.Add(name, label, "选一项"+label+"。")
	}
}
