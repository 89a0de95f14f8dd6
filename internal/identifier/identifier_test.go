package identifier

import (
	"errors"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
)

var today = civil.MustParse("2026-11-23")

// outcome is what a reader must do with typed text: return want, or fail with a
// message that contains says.
type outcome struct {
	typed, want, says string
}

// check runs cases through a reader. A refusal must be errs.Invalid, and a value
// may stand beside it only if the check digit is the one thing wrong.
func check[T ~string](t *testing.T, read func(string) (T, error), cases []outcome) {
	t.Helper()
	for _, c := range cases {
		got, err := read(c.typed)
		switch {
		case c.says == "" && (err != nil || string(got) != c.want):
			t.Errorf("%q → %q, %v; want %q", c.typed, got, err, c.want)
		case c.says == "":
			if again, err := read(string(got)); err != nil || again != got {
				t.Errorf("%q → %q, which reads as %q, %v", c.typed, got, again, err)
			}
		case err == nil:
			t.Errorf("%q → %q, want a refusal with %q", c.typed, got, c.says)
		default:
			if !strings.Contains(err.Error(), c.says) || errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q → %v, want Invalid with %q", c.typed, err, c.says)
			}
			if string(got) != c.want || (got != "") != errors.Is(err, ErrChecksum) {
				t.Errorf("%q → %q beside %v, want %q", c.typed, got, err, c.want)
			}
		}
	}
}

// hostile are values that every reader must refuse, or strip, without harm.
var hostile = []string{"", " \u3000\t", "\u200b\ufeff", "\xff\xfe", "\x00", "'; drop table x --", "<script>alert(1)</script>",
	"=1+1", "../../etc/passwd", "\u202e\u2066", "🙂", strings.Repeat("9", 10_000), strings.Repeat("坪", 5000), strings.Repeat("\u0301", 300), "-", "--", "坪社备〔〕第号"}

func TestHostileValuesAreRefused(t *testing.T) {
	t.Parallel()
	for _, s := range hostile {
		for name, read := range readers() {
			if got, err := read(s); err == nil || got != "" || errs.Message(err) == "" {
				t.Errorf("%s(%.30q) = %q, %v; want a refusal", name, s, got, err)
			}
		}
	}
}

func readers() map[string]func(string) (string, error) {
	return map[string]func(string) (string, error){
		"ParseCreditCode":       func(s string) (string, error) { c, err := ParseCreditCode(s); return string(c), err },
		"ParseUnitCode":         func(s string) (string, error) { c, err := ParseUnitCode(s); return string(c), err },
		"ParseResidentID":       func(s string) (string, error) { c, err := ParseResidentID(s, today); return string(c), err },
		"ParseMobile":           ParseMobile,
		"ParsePhone":            ParsePhone,
		"ParsePersonName":       ParsePersonName,
		"ParseOrganizationName": ParseOrganizationName,
		"ParseCorporateAccount": ParseCorporateAccount,
		"ParsePersonalCard":     ParsePersonalCard,
		"ParseFilingNo":         ParseFilingNo,
	}
}

// Numbers of people and accounts must not reach a message: it goes to pages and
// logs.
func TestMessagesDoNotRepeatSensitiveNumbers(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"440310199002280011", "44031019900228001", "4403101990022800105", "440310900101001", "6222020000000000001", "622202000000000", "1234567"} {
		for _, name := range []string{"ParseResidentID", "ParseCorporateAccount", "ParsePersonalCard"} {
			if _, err := readers()[name](s); err != nil && strings.Contains(err.Error(), s[:6]) {
				t.Errorf("%s(%q): message %q repeats the number", name, s, err)
			}
		}
	}
}

func FuzzReaders(f *testing.F) {
	for _, s := range append([]string{"51440310MJL0000165", "440310199002280010", "13800138000", "0755-28888888-801",
		"欧阳·娜娜", "坪社备[2026]第1号", "6222 0200 0000 0000 013"}, hostile[:10]...) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, read := range readers() {
			got, err := read(s)
			if err != nil {
				if errs.Message(err) == "" || got != "" && !errors.Is(err, ErrChecksum) {
					t.Fatalf("%s(%q) = %q, %v", name, s, got, err)
				}
				continue
			}
			if again, err := read(got); err != nil || again != got {
				t.Fatalf("%s(%q) = %q, which reads as %q, %v", name, s, got, again, err)
			}
		}
	})
}
