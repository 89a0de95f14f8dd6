package form

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// maxMarks is how many combining marks may follow a letter. Three are enough
// for any script; towers of them run over the lines above.
const maxMarks = 3

// Clean returns text in the form that is stored and compared: NFC, without
// characters that show nothing (zero-width, bidi and other controls, variation
// selectors), trimmed. Chinese punctuation and rare Han stay. With multiline,
// line breaks stay as \n; else every white-space character becomes a space.
// Invalid UTF-8 becomes �; Text refuses it instead. Clean(Clean(s)) is Clean(s).
func Clean(s string, multiline bool) string {
	s = strings.ToValidUTF8(s, "�")
	var b strings.Builder
	b.Grow(len(s))
	for i, r := range s {
		switch {
		case plain(r):
		case r == '\r' && strings.HasPrefix(s[i+1:], "\n"):
			continue
		case unicode.IsSpace(r):
			r = blank(r, multiline)
		case invisible(r):
			continue
		}
		b.WriteRune(r)
	}
	// Marks are counted once they have composed; before, their number depends on
	// how the letter was typed.
	return strings.TrimSpace(capMarks(norm.NFC.String(b.String())))
}

// plain reports what most text consists of, to pass it at once.
func plain(r rune) bool { return r >= ' ' && r < 0x7f || r >= 0x4e00 && r <= 0x9fff }

// capMarks drops the combining marks beyond maxMarks in a row.
func capMarks(s string) string {
	marks := 0
	return strings.Map(func(r rune) rune {
		if plain(r) || !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
		} else if marks++; marks > maxMarks {
			return -1
		}
		return r
	}, s)
}

// blank maps one white-space character. The ideographic space stays in longer
// text, where two of them indent a paragraph.
func blank(r rune, multiline bool) rune {
	switch r {
	case '\n', '\r', '\v', '\f', '\u0085', '\u2028', '\u2029':
		if multiline {
			return '\n'
		}
	case '\u3000':
		if multiline {
			return r
		}
	}
	return ' '
}

// code brings a code-like value (number, date, token) to half width without any
// white space.
func code(s string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case '‐', '‑', '‒', '–', '—', '―', '−':
			return '-'
		}
		if unicode.IsSpace(r) || invisible(r) {
			return -1
		}
		return r
	}, width.Fold.String(strings.ToValidUTF8(s, "�")))
}

// invisible reports characters that show nothing: they would only make two
// equal values differ, or turn a line of text around.
func invisible(r rune) bool {
	switch r {
	case '\u034f', '\u115f', '\u1160', '\u2800', '\u3164', '\uffa0': // joiner and blank letters
		return true
	}
	return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// visible reports whether s holds anything that shows.
func visible(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return !unicode.IsSpace(r) && !invisible(r) }) >= 0
}

// broken reports text that was damaged on its way: invalid UTF-8, or the mark
// that another program left in place of it.
func broken(s string) bool { return !utf8.ValidString(s) || strings.ContainsRune(s, utf8.RuneError) }

// emoji returns the first emoji of s, "" when there is none. Symbols that plain
// fonts carry (★ ☎ ✓) are not emoji.
func emoji(s string) string {
	for _, r := range s {
		if r >= 0x1f000 && r <= 0x1faff || r == 0x20e3 || r >= 0x2300 && unicode.Is(emojiBMP, r) {
			return string(r)
		}
	}
	return ""
}

// emojiBMP are the characters below 0x10000 that show as pictures by default
// (Emoji_Presentation in UTS 51) and the red heart.
var emojiBMP = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x231a, Hi: 0x231b, Stride: 1}, {Lo: 0x23e9, Hi: 0x23ec, Stride: 1}, {Lo: 0x23f0, Hi: 0x23f3, Stride: 3},
	{Lo: 0x25fd, Hi: 0x25fe, Stride: 1}, {Lo: 0x2614, Hi: 0x2615, Stride: 1}, {Lo: 0x2648, Hi: 0x2653, Stride: 1},
	{Lo: 0x267f, Hi: 0x2693, Stride: 0x14}, {Lo: 0x26a1, Hi: 0x26a1, Stride: 1}, {Lo: 0x26aa, Hi: 0x26ab, Stride: 1},
	{Lo: 0x26bd, Hi: 0x26be, Stride: 1}, {Lo: 0x26c4, Hi: 0x26c5, Stride: 1}, {Lo: 0x26ce, Hi: 0x26d4, Stride: 6},
	{Lo: 0x26ea, Hi: 0x26ea, Stride: 1}, {Lo: 0x26f2, Hi: 0x26f3, Stride: 1}, {Lo: 0x26f5, Hi: 0x26fa, Stride: 5},
	{Lo: 0x26fd, Hi: 0x26fd, Stride: 1}, {Lo: 0x2705, Hi: 0x2705, Stride: 1}, {Lo: 0x270a, Hi: 0x270b, Stride: 1},
	{Lo: 0x2728, Hi: 0x2728, Stride: 1}, {Lo: 0x274c, Hi: 0x274e, Stride: 2}, {Lo: 0x2753, Hi: 0x2755, Stride: 1},
	{Lo: 0x2757, Hi: 0x2757, Stride: 1}, {Lo: 0x2764, Hi: 0x2764, Stride: 1}, {Lo: 0x2795, Hi: 0x2797, Stride: 1},
	{Lo: 0x27b0, Hi: 0x27bf, Stride: 0xf}, {Lo: 0x2b1b, Hi: 0x2b1c, Stride: 1}, {Lo: 0x2b50, Hi: 0x2b55, Stride: 5},
}}

// quote returns a typed value short enough to stand in a message.
func quote(s string) string {
	const most = 20
	n := 0
	for i := range s {
		if n++; n > most {
			return "“" + s[:i] + "…”"
		}
	}
	return "“" + s + "”"
}
