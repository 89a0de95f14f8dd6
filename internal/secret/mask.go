package secret

import "strings"

// MaskResidentID hides the middle eight of an ID number: 440310********001X.
// Of a shorter document number only the last two characters stay.
func MaskResidentID(s string) string {
	if r := []rune(s); len(r) == 18 {
		return string(r[:6]) + "********" + string(r[14:])
	}
	return keepLast(s, 2)
}

// MaskMobile hides the middle of a mobile number: 138****1234. Of any other
// telephone number the last four digits stay.
func MaskMobile(s string) string {
	if r := []rune(s); len(r) == 11 && r[0] == '1' {
		return string(r[:3]) + "****" + string(r[7:])
	}
	return keepLast(s, 4)
}

// MaskAccountNumber shows the last four digits of a bank account: ****1234. The
// number of stars does not tell the length.
func MaskAccountNumber(s string) string {
	r := []rune(s)
	if len(r) == 0 {
		return ""
	}
	if len(r) < 8 {
		return "****"
	}
	return "****" + string(r[len(r)-4:])
}

// keepLast hides all but the last n characters, and everything of a value so
// short that what stays would nearly be the value.
func keepLast(s string, n int) string {
	r := []rune(s)
	if len(r) < 2*n {
		return strings.Repeat("*", len(r))
	}
	return strings.Repeat("*", len(r)-n) + string(r[len(r)-n:])
}
