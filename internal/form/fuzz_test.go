package form

import (
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
)

// readAll reads one typed value every way there is, into fields of their own.
func readAll(s string) (f *Form, text, lines, token string, n int, amount money.Fen, day civil.Date) {
	f = New(url.Values{"text": {s}, "lines": {s}, "code": {s}, "n": {s}, "amount": {s}, "day": {s}, "mobile": {s}, "choice": {s, s}, "bool": {s}, "row-1-x": {s},
		"boxes-year": {s}, "boxes-month": {s}, "boxes-day": {"2"}})
	text = f.Text("text", "甲", NoEmoji, Max(300))
	lines = f.Text("lines", "乙", Multiline)
	token = f.Code("code", "丙")
	n = f.Int("n", "丁")
	amount = f.Money("amount", "戊")
	day = f.Date("day", "己")
	f.Date("boxes", "庚")
	f.Mobile("mobile", "辛")
	f.Choice("choice", "壬", []string{"a"})
	f.Choices("choice", "壬", []string{"a"})
	f.Bool("bool", "癸")
	f.Rows("row", "子", 10)
	return f, text, lines, token, n, amount, day
}

var hostile = []string{"", "好", "𠮷", "１２", "1,000.5元", "2026-02-30", "2026年1月2日", "\xff\xfe", "\x00", "\u202e", "a\u0344\u0344\u0344", "e\u200b\u0301", "\r\n\r", "🙂", "<script>", "=1+1", "9999999999999999999999", "\u1100\u0323\u1161", "ﾊﾞ"}

func FuzzReaders(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		f, text, lines, token, n, amount, day := readAll(s)
		for _, got := range []string{text, lines, token} {
			if !utf8.ValidString(got) || strings.ContainsAny(got, "\x00\u200b\u202e\ufeff\r") || got != strings.TrimSpace(got) {
				t.Errorf("%q is read as %q", s, got)
			}
		}
		if strings.Contains(text+token, "\n") || utf8.RuneCountInString(text) > 300 || emoji(text) != "" || utf8.RuneCountInString(token) > defaultCode {
			t.Errorf("%q passes the limits as %q, %q", s, text, token)
		}
		for _, multiline := range []bool{false, true} {
			if once := Clean(s, multiline); Clean(once, multiline) != once {
				t.Errorf("Clean(%q) = %q, cleaned again %q", s, once, Clean(once, multiline))
			}
		}
		if n < 0 || amount < 0 || amount > money.Max || !day.IsZero() && (!day.Valid() || day.Year < firstYear || day.Year > lastYear) {
			t.Errorf("%q is read as %d, %d, %v", s, n, amount, day)
		}
		for _, field := range f.Fields() {
			if field.Message == "" || !utf8.ValidString(field.Message) || len(field.Message) > 500 {
				t.Errorf("%q: message of %s is %q", s, field.Name, field.Message)
			}
		}
		if err := f.Err(); (err != nil) != (len(f.Fields()) > 0) || err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%q: Err = %v with %d fields", s, err, len(f.Fields()))
		}
	})
}

// One megabyte of anything is refused by its size, with a message.
func megabytes() map[string]string {
	const size = 1 << 20
	inputs := map[string]string{}
	for name, unit := range map[string]string{"han": "坪", "rare": "𠮷", "digits": "9", "marks": "\u0323", "jamo": "\u1100", "blanks": "\u3000", "zero width": "\u200b", "invalid": "\xff", "lines": "\r\n", "commas": ",", "brackets": "〔", "double mark": "\u0344"} {
		inputs[name] = strings.Repeat(unit, size/len(unit))
	}
	return inputs
}

func TestMegabyteIsRefusedWithAMessage(t *testing.T) {
	t.Parallel()
	for name, s := range megabytes() {
		f, text, lines, token, n, amount, day := readAll("1" + s)
		if name == "blanks" || name == "lines" { // these are trimmed away, and 1 is left
			if text != "1" || n != 1 || f.Failed("text") {
				t.Errorf("%s: %q, %d, %v", name, text, n, f.Fields())
			}
			continue
		}
		if text+lines+token != "" || n != 0 || amount != 0 || !day.IsZero() || len(f.Fields()) < 6 {
			t.Errorf("%s: taken, faults %v", name, f.Fields())
		}
	}
}

// BenchmarkMegabyte reports what the worst inputs cost: all twelve readings of
// one value. The limit for a single reading is 10 ms.
func BenchmarkMegabyte(b *testing.B) {
	for name, s := range megabytes() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				readAll(s)
			}
		})
	}
}
