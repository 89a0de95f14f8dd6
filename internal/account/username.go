package account

import (
	"regexp"
	"strings"

	"golang.org/x/text/unicode/norm"
)

var usernamePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._-]{2,31}$`)

// residentShaped is a user name made of an ID number: it would print the number
// on every list.
var residentShaped = regexp.MustCompile(`^[0-9]{17}[0-9x]$`)

// NormalUsername is the form under which a user name is unique: full-width
// characters become ASCII, capitals small, blanks around it go.
func NormalUsername(s string) string {
	return strings.ToLower(strings.TrimSpace(norm.NFKC.String(s)))
}

// usernameProblem takes a normalised name and says what is wrong with it, ""
// when it may be used.
func usernameProblem(u string) string {
	switch {
	case u == "":
		return "用户名没有填。用 3 到 32 个小写字母、数字或 . _ -"
	case residentShaped.MatchString(u):
		return "用户名像身份证号。用户名别人看得到，换一个"
	case !usernamePattern.MatchString(u):
		return "用户名“" + clip(u, 32) + "”不能用。用 3 到 32 个小写字母、数字或 . _ -，以字母或数字开头"
	}
	return ""
}

// clip keeps a quoted value from filling the page.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n]) + "…"
	}
	return s
}
