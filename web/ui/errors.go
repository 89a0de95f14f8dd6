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

// notDone is the label of the one error that is no field's: the act itself did
// not happen, because somebody else was first.
const notDone = "没有办成"

// Late reports whether e says only that the act did not happen: there is nothing
// to put right.
func (e Errors) Late() bool { return len(e) == 1 && e[0].Label == notDone }

// Count returns how many fields are to be put right.
func (e Errors) Count() int {
	if e.Late() {
		return 0
	}
	return len(e)
}

// ErrorCount says how many places are to be put right; the error summary and
// the title of the page use the same words.
func ErrorCount(n int) string { return fmt.Sprintf("有 %d 处要改", n) }

// summaryTitle heads the error summary; saved says that the rest was kept.
func (e Errors) summaryTitle(saved bool) string {
	switch {
	case e.Late():
		return notDone
	case saved:
		return ErrorCount(len(e)) + "，其余内容已保存"
	}
	return ErrorCount(len(e))
}

// line is one entry of the summary: the field, and what is wrong with it.
func (e Errors) line(i int) string {
	if e.Late() {
		return e[i].Message
	}
	return e[i].Label + "：" + e[i].Message
}
