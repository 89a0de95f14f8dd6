package identifier

import (
	"regexp"
	"strings"
)

// ParseMobile reads a mainland mobile number and returns its 11 digits. +86,
// spaces and hyphens are taken off.
func ParseMobile(s string) (string, error) {
	c, ok := compact(s)
	if !ok {
		return "", invalid("手机号是 11 位，现在填的太长。重新填")
	}
	c = withoutCountry(strings.ReplaceAll(c, "-", ""))
	if c == "" {
		return "", invalid("手机号还没有填。填 11 位手机号")
	}
	if bad := stranger(c, isASCIIDigit); bad != "" {
		return "", invalid("手机号里有“%s”。只填 11 位数字", bad)
	}
	switch {
	case len(c) != 11:
		return "", invalid("手机号是 11 位，现在填的是 %d 位。核对后重新填", len(c))
	case c[0] != '1' || c[1] < '3':
		return "", invalid("手机号以 13 至 19 开头，现在填的以 %s 开头。核对后重新填", c[:2])
	}
	return c, nil
}

func withoutCountry(c string) string {
	for _, prefix := range []string{"+86", "0086", "(+86)", "(86)"} {
		if rest, ok := strings.CutPrefix(c, prefix); ok {
			return rest
		}
	}
	// Without the plus, 86 is a country code only if a whole number follows.
	if len(c) == 13 && strings.HasPrefix(c, "861") {
		return c[2:]
	}
	return c
}

// landline: area code, local number in one or two blocks, extension. Brackets
// round the area code and 转 or # before the extension are how hands write it.
var landline = regexp.MustCompile(`^\(?(0?(?:10|2[0-9]|[3-9][0-9]{2}))\)?-?([2-9][0-9]{2,3})-?([0-9]{4})(?:(?:-|转|#)([0-9]{1,6}))?$`)

// ParsePhone reads any phone on which a person can be reached: a landline with
// area code, returned as 0755-28888888 or 0755-28888888-801, or a mobile number,
// returned as ParseMobile does.
func ParsePhone(s string) (string, error) {
	c, ok := compact(s)
	if !ok {
		return "", invalid("电话号码太长。填区号和号码，如 0755-28888888")
	}
	if c == "" {
		return "", invalid("电话号码还没有填。填手机号，或带区号的座机号，如 0755-28888888")
	}
	if mobile, err := ParseMobile(c); err == nil {
		return mobile, nil
	}
	// The trunk zero is dropped after a country code and required without one.
	rest := strings.TrimPrefix(withoutCountry(c), "-")
	if m := landline.FindStringSubmatch(rest); m != nil && (rest != c || m[1][0] == '0') {
		phone := "0" + strings.TrimPrefix(m[1], "0") + "-" + m[2] + m[3]
		if m[4] != "" {
			phone += "-" + m[4]
		}
		return phone, nil
	}
	if local := strings.ReplaceAll(c, "-", ""); allDigits(local) && (len(local) == 7 || len(local) == 8) {
		return "", invalid("“%s”少了区号。座机号前面加上区号，如 0755-%s", local, local)
	}
	return "", invalid("“%s”不是能拨通的电话号码。填 11 位手机号，或带区号的座机号，如 0755-28888888", shorten(c))
}

// shorten keeps a typed value short enough to stand in a message.
func shorten(s string) string {
	runes := []rune(s) // at most maxTyped bytes
	if len(runes) > 24 {
		return string(runes[:24]) + "…"
	}
	return s
}
