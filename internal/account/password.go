package account

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"civilaffairs/internal/errs"

	"github.com/alexedwards/argon2id"
	"golang.org/x/text/unicode/norm"
)

// Limits of 等级保护 level 3 (domain §12), and a ceiling that keeps one request
// from costing a megabyte of hashing.
const (
	minPassword    = 12
	maxPassword    = 128
	minClasses     = 3
	rememberedLast = 5
	staffMaxAge    = 90 * 24 * time.Hour
)

// DemoPassword opens every demo account and, for that reason, no other.
const DemoPassword = "Demo-2017-0928"

// passwordParams cost 19 MiB and about 40 ms, the second choice of RFC 9106's
// successors at OWASP: the portal runs on small machines.
var passwordParams = argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// decoyHash is compared when there is no account, so that the answer takes as
// long as for one that exists. Nobody knows its password.
const decoyHash = "$argon2id$v=19$m=19456,t=2,p=1$/gvGJxdSKB610TGPj440bw$5pG2Jf3ycRegy3adx2A9gaGGZ9ndTEAuM4Y+GD7+iWE"

// passwordProblem says in Chinese what is wrong with a new password and what to
// do, "" when it may be used. demo lets the published demo password pass.
func passwordProblem(password, username string, demo bool) string {
	n := utf8.RuneCountInString(password)
	lower := strings.ToLower(password)
	switch {
	case n == 0:
		return "密码没有填。至少 12 个字符，大写字母、小写字母、数字、符号里至少用三种"
	case n < minPassword:
		return fmt.Sprintf("密码只有 %d 个字符。至少要 %d 个", n, minPassword)
	case n > maxPassword:
		return fmt.Sprintf("密码有 %d 个字符。最多 %d 个", n, maxPassword)
	case classes(password) < minClasses:
		return fmt.Sprintf("密码只用了 %d 种字符。大写字母、小写字母、数字、符号里至少用三种", classes(password))
	case username != "" && strings.Contains(lower, username):
		return "密码里有用户名，容易被猜到。换一个不含用户名的"
	case distinct(password) < 6:
		return "密码里重复的字符太多，容易被猜到。换几个不同的字符"
	case password == DemoPassword && !demo:
		return "这个密码是公开的演示密码。换一个只有您知道的"
	}
	return ""
}

func classes(password string) int {
	var upper, lower, digit, other int
	for _, r := range password {
		switch {
		case unicode.IsUpper(r):
			upper = 1
		case unicode.IsLower(r):
			lower = 1
		case unicode.IsDigit(r):
			digit = 1
		default:
			other = 1
		}
	}
	return upper + lower + digit + other
}

func distinct(s string) int {
	seen := map[rune]bool{}
	for _, r := range s {
		seen[r] = true
	}
	return len(seen)
}

// passwordExpired reports whether a staff password is over its ninety days.
func passwordExpired(a Account, now time.Time) bool {
	return a.Role.Staff() && now.Sub(a.PasswordChangedAt) > staffMaxAge
}

// hasher bounds how many hashes run at once: each takes 19 MiB, and a flood of
// sign-ins must not take the memory of everybody else's work.
type hasher struct {
	params argon2id.Params
	slots  chan struct{}
}

func newHasher(cheap bool) hasher {
	h := hasher{passwordParams, make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))}
	if cheap {
		h.params.Memory, h.params.Iterations = 64, 1
	}
	return h
}

// turn waits for a free slot; the caller gives it back by calling done.
func (h hasher) turn(ctx context.Context) (done func(), err error) {
	select {
	case h.slots <- struct{}{}:
		return func() { <-h.slots }, nil
	case <-ctx.Done():
		return nil, errs.Wrap(errs.Unavailable, "系统正忙，请稍后再试。", ctx.Err())
	}
}

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	done, err := h.turn(ctx)
	if err != nil {
		return "", err
	}
	defer done()
	return argon2id.CreateHash(norm.NFC.String(password), &h.params)
}

// matches compares password with the hashes, all of them at the same cost; it
// reports whether any fits.
func (h hasher) matches(ctx context.Context, password string, hashes ...string) (bool, error) {
	// An over-long password never was accepted, but must not be quicker to refuse.
	if utf8.RuneCountInString(password) > maxPassword {
		password = "\x00"
	}
	done, err := h.turn(ctx)
	if err != nil {
		return false, err
	}
	defer done()
	fits := make([]bool, len(hashes))
	for i, hash := range hashes {
		if fits[i], err = argon2id.ComparePasswordAndHash(norm.NFC.String(password), hash); err != nil {
			return false, err
		}
	}
	return slices.Contains(fits, true), nil
}
