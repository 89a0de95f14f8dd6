package money

import (
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"civilaffairs/internal/errs"
)

// maxTyped is the longest input worth reading, in bytes: an amount with every
// ornament fits three times over.
const maxTyped = 120

// Parse reads an amount in yuan as a person types it: full-width figures,
// thousands separators, ¥ and 元 are understood, 万 only when it is written.
// Anything that could mean two amounts is refused: signs, exponents, hexadecimal,
// fractions of a fen, misplaced separators. The error is errs.Invalid with a
// message for the field.
func Parse(s string) (Fen, error) {
	if len(s) > maxTyped {
		return 0, invalid("金额太长。只填数字，如 1,234.50")
	}
	typed := tidy(s)
	if typed == "" {
		return 0, invalid("金额还没有填。填数字，如 1,234.50")
	}
	number, scale := strip(typed)
	if strings.HasPrefix(number, "-") && len(number) > 1 {
		return 0, invalid("“" + typed + "”是负数。金额填 0 或大于 0 的数")
	}
	whole, fraction, hasPoint := strings.Cut(number, ".")
	if !isDigits(strings.ReplaceAll(whole, ",", "")) || hasPoint && !isDigits(fraction) {
		return 0, invalid("“" + typed + "”认不出是多少钱。只填数字，如 1,234.50")
	}
	if !grouped(whole) {
		return 0, invalid("“" + typed + "”里逗号的位置不对。每三位一个，如 1,234.50，也可以不用逗号")
	}
	return scaled(typed, strings.ReplaceAll(whole, ",", ""), fraction, scale)
}

// scaled joins the figures. scale is the number of decimals that reach down to
// one fen: 2 for 元, 6 for 万元.
func scaled(typed, whole, fraction string, scale int) (Fen, error) {
	if len(fraction) > scale {
		return 0, invalid("“" + typed + "”不到一分钱的部分不能记账。金额最多填到分，即元后面两位小数")
	}
	digits := strings.TrimLeft(whole+fraction+strings.Repeat("0", scale-len(fraction)), "0")
	var fen Fen
	if len(digits) <= 18 { // more figures than that are above Max, and would overflow
		for _, d := range []byte(digits) {
			fen = fen*10 + Fen(d-'0')
		}
	}
	if len(digits) > 18 || fen > Max {
		return 0, invalid("“" + typed + "”超过十亿元。核对金额，单位是元")
	}
	return fen, nil
}

// tidy brings typed text to half width without blanks and invisible characters.
func tidy(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '。':
			return '.' // the point key of a Chinese keyboard
		case r == '−' || r == '–' || r == '—':
			return '-'
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, width.Fold.String(strings.ToValidUTF8(s, "�")))
}

// strip takes the currency words off and says how many decimals reach one fen.
func strip(s string) (number string, scale int) {
	scale = 2
	s = strings.TrimPrefix(s, "人民币")
	s = strings.TrimPrefix(s, "¥")
	s = strings.TrimSuffix(s, "整")
	s = strings.TrimSuffix(strings.TrimSuffix(s, "元"), "圆")
	if before, ok := strings.CutSuffix(s, "万"); ok {
		return before, 6
	}
	return s, scale
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// grouped reports whether the commas of a whole number, if any, stand before
// every third figure. “1,00” is refused: it may be meant as 1.00.
func grouped(s string) bool {
	parts := strings.Split(s, ",")
	if len(parts) == 1 {
		return true
	}
	for i, p := range parts {
		if i == 0 && (len(p) < 1 || len(p) > 3) || i > 0 && len(p) != 3 {
			return false
		}
	}
	return true
}

func invalid(message string) error { return errs.New(errs.Invalid, message) }
