package identifier

import (
	"errors"
	"strings"
	"testing"

	"civilaffairs/internal/errs"
)

func TestCreditCode(t *testing.T) {
	t.Parallel()
	check(t, ParseCreditCode, []outcome{
		{"51440310MJL0000165", "51440310MJL0000165", ""},
		{"52440310MJL0000162", "52440310MJL0000162", ""},
		{"53440310MJL000016Y", "53440310MJL000016Y", ""},
		{"51440310MJL123454H", "51440310MJL123454H", ""},
		{"52440310MJL123454E", "52440310MJL123454E", ""},
		{" 5144 0310 mjl0 0001 65 ", "51440310MJL0000165", ""},
		{"５１４４０３１０ＭＪＬ００００１６５", "51440310MJL0000165", ""},
		{"51440310ｍｊｌ0000165", "51440310MJL0000165", ""},
		{"51440310-MJL000016-5", "51440310MJL0000165", ""},
		{"\u200b51440310MJL0000165\ufeff", "51440310MJL0000165", ""},

		{"51440310MJL0000166", "51440310MJL0000166", "校验位"}, // outer check
		{"51440310MJL0000175", "51440310MJL0000175", "校验位"}, // organization code check
		{"51440310MJL000061 5", "51440310MJL0000615", "校验位"},
		{"91350100M000100Y43", "", "第 1 位是 9"},
		{"54440310MJL0000165", "", "第 2 位是 4"},
		{"51440310MJL000016", "", "17 位"},
		{"51440310MJL00001655", "", "19 位"},
		{"51440310MJI0000165", "", "字母 I"},
		{"51440310MJO0000165", "", "字母 O"},
		{"51440310MJS0000165", "", "字母 S"},
		{"51440310MJV0000165", "", "字母 V"},
		{"51440310MJZ0000165", "", "字母 Z"},
		{"51440310MJL00001人5", "", "“人”"},
	})
}

func TestUnitCode(t *testing.T) {
	t.Parallel()
	check(t, ParseUnitCode, []outcome{
		{"91350100M000100Y43", "91350100M000100Y43", ""},
		{"91350100M0001TGQXM", "91350100M0001TGQXM", "校验位"}, // a real code that deviates (domain §11)
		{"91350100M0001TGQX1", "91350100M0001TGQX1", ""},
	})
}

func TestCreditCodeParts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code CreditCode
		kind OrgKind
	}{
		{"51440310MJL0000165", Association}, {"52440310MJL0000162", SocialService}, {"53440310MJL000016Y", Foundation},
	} {
		if c.code.OrgKind() != c.kind || c.code.Division() != "440310" {
			t.Errorf("%s: kind %q, division %q", c.code, c.code.OrgKind(), c.code.Division())
		}
		if err := c.code.Match(c.kind); err != nil {
			t.Errorf("%s does not match its own kind: %v", c.code, err)
		}
		err := c.code.Match(OtherKind)
		if !errs.Is(err, errs.Invalid) || !strings.Contains(err.Error(), c.kind.Label()) || !strings.Contains(err.Error(), "其他") {
			t.Errorf("%s against another kind: %v", c.code, err)
		}
	}
	// Codes kept from before 2017 carry the divisions of that time.
	for _, division := range []string{"440307", "440300"} {
		code := withChecks("51" + division + "MJL00001")
		if got, err := ParseCreditCode(code); err != nil || got.Division() != division {
			t.Errorf("%s: %q, %v", code, got.Division(), err)
		}
	}
	for _, c := range []CreditCode{"", "5", "91350100M000100Y43"} {
		if c.OrgKind() != "" {
			t.Errorf("%q has kind %q", c, c.OrgKind())
		}
	}
	if CreditCode("51").Division() != "" || OrgKind("x").Label() != "" {
		t.Error("a fragment has parts")
	}
}

// withChecks completes the first sixteen characters of a code.
func withChecks(first16 string) string {
	first17 := first16 + string(organizationCheck(first16[8:16]))
	return first17 + string(creditCheck(first17))
}

// The outer check must notice every single wrong character; that is what it is for.
func TestCreditCodeNoticesEverySingleError(t *testing.T) {
	t.Parallel()
	const good = "51440310MJL0000165"
	for i := 2; i < len(good); i++ {
		for _, r := range codeAlphabet {
			if byte(r) == good[i] {
				continue
			}
			bad := good[:i] + string(r) + good[i+1:]
			if got, err := ParseCreditCode(bad); !errors.Is(err, ErrChecksum) || string(got) != bad {
				t.Errorf("%s: %q, %v; want ErrChecksum", bad, got, err)
			}
		}
	}
}
