package form

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
)

// Limits of a text without Max, in characters.
const (
	defaultLine  = 200
	defaultLines = 5000
	defaultCode  = 64
)

// Text reads a text and cleans it. Options: Required, Min, Max, Multiline,
// NoEmoji. Without Max, a line holds 200 characters and a multi-line text 5,000.
func (f *Form) Text(name, label string, opts ...Option) string {
	r := f.begin(name, opts)
	standard := defaultLine
	if r.multiline {
		standard = defaultLines
	}
	least, most := bound(f, name, r.min, 0), bound(f, name, r.max, standard)
	typed := strings.TrimSpace(f.values.Get(name))
	if broken(typed) {
		f.Fail(name, label, label+"里有认不出的字符。删掉后重新输入")
		return ""
	}
	var text string
	// Cleaning shortens a text, but not eightfold by accident.
	length := 0
	if len(typed) > 8*max(most, 0)+4096 {
		length = utf8.RuneCountInString(typed)
	} else {
		text = Clean(typed, r.multiline)
		length = utf8.RuneCountInString(text)
	}
	switch {
	case length == 0:
		if r.required {
			f.Fail(name, label, label+"还没有填。在这里填上")
		}
	case length > most:
		f.Fail(name, label, fmt.Sprintf("%s最多 %d 字，现在是 %d 字。删去 %d 字", label, most, length, length-most))
	case length < least:
		f.Fail(name, label, fmt.Sprintf("%s至少 %d 字，现在是 %d 字。再写 %d 字", label, least, length, least-length))
	case r.noEmoji && emoji(text) != "":
		f.Fail(name, label, fmt.Sprintf("%s里有表情符号“%s”。删掉它", label, emoji(text)))
	}
	return unlessFailed(f, name, text)
}

// Code reads a code-like value (a case number, an invoice number): half width,
// no white space. Options: Required, Min, Max. Without Max it holds 64
// characters.
func (f *Form) Code(name, label string, opts ...Option) string {
	r := f.begin(name, opts)
	least, most := bound(f, name, r.min, 0), bound(f, name, r.max, defaultCode)
	typed, ok := f.short(name, label)
	if !ok {
		return ""
	}
	switch length := utf8.RuneCountInString(typed); {
	case broken(typed):
		f.Fail(name, label, label+"里有认不出的字符。删掉后重新输入")
	case length == 0:
		if r.required {
			f.Fail(name, label, label+"还没有填。在这里填上")
		}
	case length > most:
		f.Fail(name, label, fmt.Sprintf("%s最多 %d 位，现在是 %d 位。核对后重新填", label, most, length))
	case length < least:
		f.Fail(name, label, fmt.Sprintf("%s至少 %d 位，现在是 %d 位。核对后重新填", label, least, length))
	}
	return unlessFailed(f, name, typed)
}

// maxShort is the longest code-like value worth reading, in bytes.
const maxShort = 1000

// short returns a code-like value, or notes that it is far too long to be one.
func (f *Form) short(name, label string) (string, bool) {
	typed := strings.TrimSpace(f.values.Get(name))
	if len(typed) > maxShort {
		f.Fail(name, label, label+"太长。核对后重新填")
		return "", false
	}
	return code(typed), true
}

// Parse reads a field with a reader of its own, such as those of package
// identifier. A failure's message stands by the field; one that is not for the
// person is reported by Err. Option: Required.
func Parse[T any](f *Form, name, label string, read func(string) (T, error), opts ...Option) T {
	var none T
	r := f.begin(name, opts)
	typed := f.values.Get(name)
	if !visible(typed) {
		if r.required {
			f.Fail(name, label, label+"还没有填。在这里填上")
		}
		return none
	}
	value, err := read(typed)
	if err == nil {
		return unlessFailed(f, name, value)
	}
	if message := errs.Message(err); message != "" {
		f.Fail(name, label, message)
	} else {
		f.misuse = fmt.Errorf("form: field %s: %w", name, err)
	}
	return none
}

// Mobile reads a mobile number of 11 digits. Option: Required.
func (f *Form) Mobile(name, label string, opts ...Option) string {
	return Parse(f, name, label, identifier.ParseMobile, opts...)
}

// Choice reads one of the values on offer, as a select or radio group sends it.
// Option: Required.
func (f *Form) Choice(name, label string, options []string, opts ...Option) string {
	r := f.begin(name, opts)
	value := f.values.Get(name)
	if !visible(value) {
		if r.required {
			f.Fail(name, label, label+"还没有选。选一项")
		}
		return ""
	}
	if !slices.Contains(options, value) {
		f.Fail(name, label, quote(Clean(clip(value), false))+"不在可选的范围里。从列出的几项里选")
	}
	return unlessFailed(f, name, value)
}

// Choices reads any number of the values on offer, without repeats, in the order
// of options. Options: Required, Min, Max.
func (f *Form) Choices(name, label string, options []string, opts ...Option) []string {
	r := f.begin(name, opts)
	least, most := bound(f, name, r.min, 0), bound(f, name, r.max, len(options))
	if r.required {
		least = max(least, 1)
	}
	asked := map[string]bool{}
	for _, value := range f.values[name] {
		if !visible(value) {
			continue
		}
		if !slices.Contains(options, value) {
			f.Fail(name, label, quote(Clean(clip(value), false))+"不在可选的范围里。从列出的几项里选")
			return nil
		}
		asked[value] = true
	}
	var chosen []string
	for _, o := range options {
		if asked[o] {
			chosen = append(chosen, o)
			delete(asked, o)
		}
	}
	switch n := len(chosen); {
	case n == 0 && r.required:
		f.Fail(name, label, fmt.Sprintf("%s还没有选。至少选 %d 项", label, least))
	case n > most:
		f.Fail(name, label, fmt.Sprintf("%s最多选 %d 项，现在选了 %d 项。去掉 %d 项", label, most, n, n-most))
	case n > 0 && n < least:
		f.Fail(name, label, fmt.Sprintf("%s至少选 %d 项，现在选了 %d 项。再选 %d 项", label, least, n, least-n))
	}
	return unlessFailed(f, name, chosen)
}

// Bool reads a tick box or a yes-no choice: on, 1, true, yes; nothing, 0, false,
// no, off. Option: Required, which asks for the tick.
func (f *Form) Bool(name, label string, opts ...Option) bool {
	r := f.begin(name, opts)
	value := f.values.Get(name)
	switch value {
	case "on", "1", "true", "yes":
		return unlessFailed(f, name, true)
	case "", "off", "0", "false", "no":
		if r.required {
			f.Fail(name, label, "“"+label+"”还没有勾选。看过以后勾选")
		}
		return false
	}
	f.Fail(name, label, quote(Clean(clip(value), false))+"不在可选的范围里。重新勾选")
	return false
}

// unlessFailed returns value, or nothing when the field has a fault.
func unlessFailed[T any](f *Form, name string, value T) T {
	if f.Failed(name) {
		var none T
		return none
	}
	return value
}

// clip bounds a value that is only going to be quoted.
func clip(s string) string { return s[:min(len(s), maxShort)] }
