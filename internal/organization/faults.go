package organization

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/errs"
)

// faults collects field errors in the order of the form.
type faults []errs.Field

// add notes a fault; the message stands by the field, without a final stop.
func (f *faults) add(name, label, message string) {
	*f = append(*f, errs.Field{Name: name, Label: label, Message: strings.TrimSuffix(message, "。")})
}

// take notes err at the field and passes v on when there is none.
func take[T any](f *faults, name, label string, v T, err error) T {
	if err != nil {
		f.add(name, label, errs.Message(err))
	}
	return v
}

func (f *faults) length(name, label, v string, least, most int) {
	switch n := utf8.RuneCountInString(v); {
	case n == 0 && least > 0:
		f.add(name, label, "填"+label+"。")
	case n < least:
		f.add(name, label, fmt.Sprintf("%s至少 %d 个字，现在是 %d 个字。写得再具体些。", label, least, n))
	case n > most:
		f.add(name, label, fmt.Sprintf("%s最多 %d 个字，现在是 %d 个字。删去 %d 个字。", label, most, n, n-most))
	}
}

func oneOf[T ~string](f *faults, name, label string, v T, options []T) {
	if !slices.Contains(options, v) {
		f.add(name, label, "选一项"+label+"。")
	}
}
