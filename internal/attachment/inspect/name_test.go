package inspect_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"civilaffairs/internal/attachment/inspect"
)

func TestCleanName(t *testing.T) {
	t.Parallel()
	for sent, want := range map[string]string{
		"章程.pdf":                           "章程.pdf",
		"1.活动方案（终稿）.docx":                  "1.活动方案（终稿）.docx",
		"𠮷野坣.pdf":                          "𠮷野坣.pdf",
		`C:\fakepath\签到表.jpg`:              "签到表.jpg",
		"../../etc/passwd":                 "passwd",
		`..\..\boot.ini`:                   "boot.ini",
		"/etc/cron.d/x.pdf":                "x.pdf",
		"a\r\nSet-Cookie: x=1.pdf":         "a Set-Cookie_ x=1.pdf",
		"活动\u202efdp.exe":                  "活动fdp.exe",
		"零\u200b宽\ufeff.pdf":               "零宽.pdf",
		"\x00\x07.pdf":                     "未命名.pdf",
		"":                                 "未命名",
		"..":                               "未命名",
		".htaccess":                        "未命名.htaccess",
		"CON.pdf":                          "_CON.pdf",
		"com1.docx":                        "_com1.docx",
		"command.docx":                     "command.docx",
		"a.pdf. . ":                        "a.pdf",
		"  多  个   空 格 .pdf":                "多 个 空 格.pdf",
		`<b>"x"|y?*.pdf`:                   "_b__x__y__.pdf",
		"e\u0301t\u00e9.pdf":               "été.pdf",
		"\xd5\xc2\xb3\xcc.pdf":             "章程.pdf", // GBK
		strings.Repeat("长", 300) + ".docx": strings.Repeat("长", 115) + ".docx",
		strings.Repeat("𠮷", 300):           strings.Repeat("𠮷", 120),
	} {
		if got := inspect.CleanName(sent); got != want {
			t.Errorf("%q: %q, want %q", sent, got, want)
		}
	}
}

// encodings of “..” and of separators, combined: no cleaned name may leave a directory.
func TestNoNameTraverses(t *testing.T) {
	t.Parallel()
	dots := []string{"..", "%2e%2e", "%252e%252e", "..%00", "．．", "‥", "․․", "..\u200b", ".\u202e.", "%c0%ae%c0%ae", "\xc0\xae\xc0\xae", "....", "..;"}
	seps := []string{"/", `\`, "%2f", "%5c", "%252f", "／", "＼", "∕", "⁄", "\xc0\xaf", "//", `\\`, "/./", "\x00/"}
	tails := []string{"etc/passwd", "secret.pdf", `windows\win.ini`, "a.pdf\x00.jpg", "con", ""}
	n := 0
	for _, d := range dots {
		for _, s := range seps {
			for _, tail := range tails {
				n++
				got := inspect.CleanName(d + s + d + s + tail)
				if strings.ContainsAny(got, `/\`) || got == ".." || got == "." || got == "" || strings.HasPrefix(got, ".") ||
					strings.ContainsFunc(got, unicode.IsControl) || utf8.RuneCountInString(got) > inspect.MaxNameRunes {
					t.Errorf("%q became %q", d+s+d+s+tail, got)
				}
			}
		}
	}
	if n < 1000 {
		t.Errorf("only %d names", n)
	}
}

func FuzzCleanName(f *testing.F) {
	f.Add("a/../b.pdf")
	f.Add("\xff.pdf")
	f.Fuzz(func(t *testing.T, sent string) {
		got := inspect.CleanName(sent)
		if got == "" || strings.ContainsAny(got, "/\\\r\n\x00") || !utf8.ValidString(got) ||
			utf8.RuneCountInString(got) > inspect.MaxNameRunes || inspect.CleanName(got) != got {
			t.Errorf("%q became %q, then %q", sent, got, inspect.CleanName(got))
		}
	})
}
