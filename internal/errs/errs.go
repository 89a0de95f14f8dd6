// Package errs gives an error a kind, a message for the person and a cause for
// the log. Level 0; no tables.
//
// A message is Chinese, says what is wrong and what to do next, and may be
// shown as it is. A cause is never shown.
package errs

import (
	"errors"
	"fmt"
)

// Kind says what a failure means to the caller; httpserver maps it to a status.
type Kind int

// The closed list of kinds. An error that carries none is Internal.
const (
	Internal        Kind = iota // a defect or a broken dependency: 500, reference number only
	Invalid                     // what was typed cannot be taken: 422, with field errors
	NotFound                    // absent, or not for this person to see: 404
	Forbidden                   // known to the person, but not theirs to do: 403
	Unauthenticated             // no session: to the sign-in page
	Conflict                    // stale version, illegal transition, duplicate: 409
	TooMany                     // rate limit or lock-out: 429
	Unavailable                 // a dependency is down for the moment: 503
	TooLarge                    // the request body is over its limit: 413
)

// Error is a failure with two audiences. Build it with the functions below.
type Error struct {
	Kind    Kind
	Message string  // for the person
	Fields  []Field // in the order of the form; only with Invalid
	Cause   error   // for the log
}

// Field is what is wrong with one field of a form.
type Field struct {
	Name    string // the control's name attribute, also the anchor of the error summary
	Label   string // the field's Chinese label
	Message string // what is wrong, with the value, then what to do
}

func (e *Error) Error() string {
	if e.Cause != nil {
		return e.Message + ": " + e.Cause.Error()
	}
	if len(e.Fields) > 0 {
		return fmt.Sprintf("%s %v", e.Message, e.Fields)
	}
	return e.Message
}

func (e *Error) Unwrap() error { return e.Cause }

// New returns an error of kind k with a message for the person.
func New(k Kind, message string) *Error { return &Error{Kind: k, Message: message} }

// Newf is New with a format.
func Newf(k Kind, format string, args ...any) *Error {
	return &Error{Kind: k, Message: fmt.Sprintf(format, args...)}
}

// Wrap keeps cause for the log behind a message for the person.
func Wrap(k Kind, message string, cause error) *Error {
	return &Error{Kind: k, Message: message, Cause: cause}
}

// Fields returns an Invalid error that names the fields at fault, or nil when
// there are none.
func Fields(fields []Field) error {
	if len(fields) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Message: fmt.Sprintf("有 %d 处要改", len(fields)), Fields: fields}
}

// FieldError returns an Invalid error about a single field.
func FieldError(name, label, message string) error {
	return Fields([]Field{{Name: name, Label: label, Message: message}})
}

// KindOf returns the kind of the first *Error in err's chain, Internal when
// there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// Is reports whether err is of kind k.
func Is(err error, k Kind) bool { return err != nil && KindOf(err) == k }

// FieldsOf returns the field errors in err's chain, nil when there are none.
func FieldsOf(err error) []Field {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Fields
	}
	return nil
}

// Message returns what may be shown to the person, "" for an Internal error.
func Message(err error) string {
	if e, ok := errors.AsType[*Error](err); ok && e.Kind != Internal {
		return e.Message
	}
	return ""
}
