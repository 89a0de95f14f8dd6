package ui

import (
	"fmt"

	"civilaffairs/internal/errs"
)

// Errors is what is wrong with a form, in the order of its fields:
// ui.Errors(errs.FieldsOf(err)).
type Errors []errs.Field

// For returns the message at the field name, "" when there is none.
func (e Errors) For(name string) string {
	for _, f := range e {
		if f.Name == name {
			return f.Message
		}
	}
	return ""
}

// Any reports whether something has to be put right.
func (e Errors) Any() bool { return len(e) > 0 }

// ErrorCount says how many places are to be put right; the error summary and
// the title of the page use the same words.
func ErrorCount(n int) string { return fmt.Sprintf("有 %d 处要改", n) }

// summaryTitle heads the error summary; saved says that the rest was kept.
func summaryTitle(n int, saved bool) string {
	if saved {
		return ErrorCount(n) + "，其余内容已保存"
	}
	return ErrorCount(n)
}
