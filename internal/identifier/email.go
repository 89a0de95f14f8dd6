package identifier

import (
	"net/mail"
	"strings"

	"civilaffairs/internal/errs"
)

// longestEmail is the limit of a path in SMTP, RFC 5321 §4.5.3.1.3, less its
// two brackets.
const longestEmail = 254

// ParseEmail reads an address such as zhang@example.org: the bare address, no
// display name, at most 254 characters, with a domain that has a dot. A failure
// is errs.Invalid with a message fit for the field.
func ParseEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	if len(s) > longestEmail { // before parsing: the work stays bounded whatever arrives
		return "", errs.Newf(errs.Invalid, "邮箱地址太长，最多 %d 个字符。看一下是不是多粘贴了内容", longestEmail)
	}
	address, err := mail.ParseAddress(s)
	// A domain in brackets is an IP address: legal, never what a person means.
	if err != nil || address.Address != s || !strings.Contains(s[strings.LastIndex(s, "@"):], ".") || strings.HasSuffix(s, "]") {
		return "", errs.New(errs.Invalid, "邮箱地址不完整。写成 name@example.com 这样")
	}
	return strings.ToLower(s), nil
}
