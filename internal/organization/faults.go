package organization

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/errs"
)

// Warning is something odd that may still be right. It stops the saving until
// its code comes back in Accept: somebody has looked into it.
type Warning struct {
	Code    string
	Message string
}

// Unaccepted is the error that carries warnings nobody has accepted yet. It
// wraps an errs.Invalid about the control “accept”.
type Unaccepted struct {
	Warnings []Warning
	cause    error
}

func (u *Unaccepted) Error() string { return u.cause.Error() }

func (u *Unaccepted) Unwrap() error { return u.cause }

// WarningsOf returns the warnings that err carries, nil when none.
func WarningsOf(err error) []Warning {
	if u, ok := errors.AsType[*Unaccepted](err); ok {
		return u.Warnings
	}
	return nil
}

func unaccepted(all []Warning, accepted []string) error {
	var open []Warning
	for _, w := range all {
		if !slices.Contains(accepted, w.Code) {
			open = append(open, w)
		}
	}
	if len(open) == 0 {
		return nil
	}
	return &Unaccepted{Warnings: all, cause: errs.FieldError("accept", "需要核对", fmt.Sprintf("有 %d 处需要核对。核对无误的，逐条勾选后再保存", len(open)))}
}

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
