package errs

import (
	"errors"
	"fmt"
	"slices"
)

// Warning is something odd that may still be right. It stops the saving until
// its code comes back as accepted: somebody has looked into it.
type Warning struct {
	Code    string
	Message string
}

// Unaccepted is the error that carries warnings nobody has accepted yet. It
// wraps an Invalid about the control “accept”.
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

// Accepted returns an *Unaccepted with all warnings while one of them has not
// been accepted, nil when every one has.
func Accepted(all []Warning, accepted []string) error {
	open := 0
	for _, w := range all {
		if !slices.Contains(accepted, w.Code) {
			open++
		}
	}
	if open == 0 {
		return nil
	}
	return &Unaccepted{Warnings: all, cause: FieldError("accept", "需要核对", fmt.Sprintf("有 %d 处需要核对。核对无误的，逐条勾选后再保存", open))}
}
