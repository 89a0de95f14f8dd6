package form

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"civilaffairs/internal/money"
)

// wholeNumber: separators, when used at all, stand before every third figure.
var wholeNumber = regexp.MustCompile(`^-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)$`)

// Int reads a whole number, 0 when empty (see Filled). Options: Required, Min,
// Max; without them 0 to 2,147,483,647, which is what an integer column holds.
func (f *Form) Int(name, label string, opts ...Option) int {
	r := f.begin(name, opts)
	least, most := bound(f, name, r.min, 0), bound(f, name, r.max, math.MaxInt32)
	typed, ok := f.short(name, label)
	if !ok {
		return 0
	}
	if typed == "" {
		if r.required {
			f.Fail(name, label, label+"还没有填。填一个整数")
		}
		return 0
	}
	if !wholeNumber.MatchString(typed) {
		f.Fail(name, label, quote(typed)+"不是整数。只填数字，如 15")
		return 0
	}
	n, err := strconv.Atoi(strings.ReplaceAll(typed, ",", ""))
	switch {
	case err != nil || n > most: // Atoi fails only for figures beyond int64
		if typed[0] != '-' {
			f.Fail(name, label, fmt.Sprintf("%s最大是 %d，现在填的是%s。核对后重新填", label, most, quote(typed)))
			break
		}
		fallthrough
	case n < least:
		f.Fail(name, label, fmt.Sprintf("%s最小是 %d，现在填的是%s。核对后重新填", label, least, quote(typed)))
	}
	return unlessFailed(f, name, n)
}

// Money reads an amount as money.Parse does, 0 when empty (see Filled). Options:
// Required, Min, Max (money.Fen, or int counting fen).
func (f *Form) Money(name, label string, opts ...Option) money.Fen {
	r := f.begin(name, opts)
	least, most := fenBound(f, name, r.min, 0), fenBound(f, name, r.max, money.Max)
	if !visible(f.values.Get(name)) {
		if r.required {
			f.Fail(name, label, label+"还没有填。填数字，如 1,234.50")
		}
		return 0
	}
	amount := Parse(f, name, label, money.Parse)
	switch {
	case f.Failed(name):
	case amount > most:
		f.Fail(name, label, fmt.Sprintf("%s最多 %s 元，现在填的是 %s 元。改成不超过 %s 元", label, most, amount, most))
	case amount < least:
		f.Fail(name, label, fmt.Sprintf("%s至少 %s 元，现在填的是 %s 元。改成不少于 %s 元", label, least, amount, least))
	}
	return unlessFailed(f, name, amount)
}
