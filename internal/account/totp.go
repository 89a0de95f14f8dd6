package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"fmt"
	"net/url"
	"strings"
	"time"

	"civilaffairs/internal/errs"

	"github.com/google/uuid"
	"github.com/pquerna/otp/hotp"
	"golang.org/x/text/unicode/norm"
)

// The second factor is RFC 6238 with the parameters every authenticator app
// knows: SHA-1, six digits, thirty seconds; one step of skew either way.
const (
	totpStep      = 30 * time.Second
	totpIssuer    = "坪山社会组织"
	recoveryCount = 10
)

var plainBase32 = base32.StdEncoding.WithPadding(base32.NoPadding)

// matchingStep returns the time step whose code was typed, 0 when none in reach
// is newer than last: a code works once, and none before it works afterwards.
func matchingStep(secret, code string, last int64, now time.Time) int64 {
	current := now.Unix() / int64(totpStep/time.Second)
	var found int64
	for s := current - 1; s <= current+1; s++ {
		want, err := hotp.GenerateCode(secret, uint64(s))
		if err == nil && s > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			found = s
		}
	}
	return found
}

// normalCode strips what people type around a code: blanks, hyphens, full width.
func normalCode(s string) string {
	s = strings.ToUpper(norm.NFKC.String(s))
	return strings.Map(func(r rune) rune {
		if (r >= '0' && r <= '9') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, s)
}

// Enrolment is a second factor on offer: Secret for typing, URL for the QR code.
type Enrolment struct {
	Nonce  string
	Secret string
	URL    string
}

// NewNonce returns what an enrolment is derived from; the form carries it, so
// that a mistyped code does not change the secret already scanned.
func NewNonce() string {
	return rand.Text()
}

// Enrolment derives the secret on offer to an account from nonce and the key
// outside the database: nothing is stored until a first code proves the app.
func (s *Service) Enrolment(accountID uuid.UUID, username, nonce string) Enrolment {
	sum := s.keys.BlindIndex("account.totp.offer", accountID.String()+":"+nonce)
	secret := plainBase32.EncodeToString(sum[:20])
	// The issuer stands in the query alone: a short URL makes a code that a phone
	// reads from a poor screen.
	label := url.PathEscape(username)
	query := url.Values{"secret": {secret}, "issuer": {totpIssuer}}
	return Enrolment{Nonce: nonce, Secret: secret,
		// Authenticator apps read %20, not +, as a blank.
		URL: "otpauth://totp/" + label + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")}
}

// newRecoveryCodes returns codes of 80 random bits, in groups for copying by hand.
func newRecoveryCodes() []string {
	codes := make([]string, recoveryCount)
	for i := range codes {
		var b [10]byte
		_, _ = rand.Read(b[:])
		c := plainBase32.EncodeToString(b[:])
		codes[i] = fmt.Sprintf("%s-%s-%s-%s", c[:4], c[4:8], c[8:12], c[12:])
	}
	return codes
}

// recoveryIndex is how a code is stored. A keyed digest suffices: the codes are
// random, not chosen.
func (s *Service) recoveryIndex(accountID uuid.UUID, code string) []byte {
	return s.keys.BlindIndex("account_recovery_code", accountID.String()+":"+normalCode(code))
}

func (s *Service) openTOTP(a record) (string, error) {
	if a.TOTPSealed == nil {
		return "", nil
	}
	return s.keys.Open("account.totp", a.ID, a.TOTPSealed)
}

// firstCode checks the code that proves an enrolment and returns its step.
func firstCode(e Enrolment, code string, now time.Time) (int64, error) {
	if c := normalCode(code); len(c) == 6 {
		if used := matchingStep(e.Secret, c, 0, now); used != 0 {
			return used, nil
		}
	}
	return 0, errs.FieldError("code", "动态口令",
		"动态口令对不上。请扫描这一页的二维码，输入手机上正在显示的 6 位数字；手机时间要准")
}
