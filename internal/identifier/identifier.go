// Package identifier reads the numbers and names by which organizations, people
// and accounts are known: unified social credit code, resident ID, phone,
// personal name, bank account, filing number. Level 0 (above errs and civil);
// no tables.
//
// Every reader takes what a person typed (full width, spaces, invisible
// characters), returns the one normal form that is stored and compared, and
// fails with an errs.Invalid whose message stands by the field. ID and account
// numbers are never repeated in a message: messages reach pages and logs.
package identifier

import (
	"errors"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"civilaffairs/internal/errs"
)

// ErrChecksum is in the chain of an error when only the check digit is wrong.
// Some early credit codes really deviate (domain §1.5), so a clerk may accept
// one with a reason; the reader then returns the normal form beside the error.
var ErrChecksum = errors.New("check digit does not match")

// maxTyped is the longest input worth reading, in bytes. No identifier comes
// near it, and it bounds the work that a hostile form can ask for.
const maxTyped = 400

// compact brings typed text to half-width capitals without blanks and invisible
// characters. It reports whether the text is short enough to be an identifier.
func compact(s string) (string, bool) {
	if len(s) > maxTyped {
		return "", false
	}
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || invisible(r) {
			return -1
		}
		return unicode.ToUpper(unify(r))
	}, width.Fold.String(strings.ToValidUTF8(s, "�")))
	return s, true
}

// unify maps the look-alikes that keyboards and word processors produce.
func unify(r rune) rune {
	switch r {
	case '‐', '‑', '‒', '–', '—', '―', '−':
		return '-'
	}
	return r
}

// invisible reports characters that show nothing and only make two equal
// values differ: controls, zero-width and bidi marks, variation selectors.
func invisible(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

func allDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// stranger returns the first character of s outside the allowed ones, for the
// message; "" when there is none.
func stranger(s string, allowed func(rune) bool) string {
	for _, r := range s {
		if !allowed(r) {
			return string(r)
		}
	}
	return ""
}

func isASCIIDigit(r rune) bool { return r >= '0' && r <= '9' }

func length(s string) int { return utf8.RuneCountInString(s) }

func invalid(format string, args ...any) error { return errs.Newf(errs.Invalid, format, args...) }

func checksum(message string) error { return errs.Wrap(errs.Invalid, message, ErrChecksum) }
