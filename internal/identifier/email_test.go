package identifier_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
)

func TestParseEmail(t *testing.T) {
	t.Parallel()
	domain := "@" + strings.Repeat("b", 60) + ".example.org"
	longest := strings.Repeat("a", 254-len(domain)) + domain
	for _, c := range []struct{ typed, want string }{
		{"zhang@example.org", "zhang@example.org"},
		{" Zhang.San+mail@Example.ORG ", "zhang.san+mail@example.org"},
		{longest, longest},
		{longest + "a", ""},
		{strings.Repeat("<", 1<<20) + "a@example.org", ""},
		{"", ""},
		{"zhang", ""},
		{"zhang@", ""},
		{"@example.org", ""},
		{"zhang@example", ""},
		{"zhang@[192.0.2.1]", ""},
		{"zhang@example.org, li@example.org", ""},
		{"张三 <zhang@example.org>", ""},
		{"<zhang@example.org>", ""},
		{"zhang@example.org (张三)", ""},
		{"zhang@example.org\r\nBcc: li@example.org", ""},
		{"zhang＠example.org", ""},
	} {
		got, err := identifier.ParseEmail(c.typed)
		if got != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%.60q: got %q, %v; want %q", c.typed, got, err, c.want)
		}
		if err != nil && (!errs.Is(err, errs.Invalid) || errs.Message(err) == "") {
			t.Errorf("%.60q: %v is not fit for a field", c.typed, err)
		}
	}
}
