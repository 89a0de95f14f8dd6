package account

import (
	"context"
	"net/netip"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Limits on guessing (domain §12, QUALITY S12). From one address five failures
// in fifteen minutes lock the account for thirty. Over all addresses, twenty
// failures in a day leave one guess in thirty minutes, at most 69 a day; who has
// a second factor is still let in by it, so that nobody can be locked out by a
// stranger. With the right password, thirty codes a day may be tried.
const (
	pairFailures    = 5
	pairWindow      = 15 * time.Minute
	lockFor         = 30 * time.Minute
	accountFailures = 20
	codeFailures    = 30
	accountWindow   = 24 * time.Hour
)

type step string

const (
	stepPassword step = "password"
	stepCode     step = "code"
)

type outcome string

// Outcomes. Only failed counts against the guesser; ok forgives the failures of
// the same address, unlocked all of them.
const (
	failed   outcome = "failed"
	passed   outcome = "passed" // right, with more steps to come: neither counts nor forgives
	ok       outcome = "ok"     // signed in
	held     outcome = "held"   // password not judged until the second factor is there
	locked   outcome = "locked"
	unlocked outcome = "unlocked"
)

type attempt struct {
	At      time.Time `db:"at"`
	Address string    `db:"address"`
	Step    step      `db:"step"`
	Outcome outcome   `db:"outcome"`
}

// lock is what the attempts of the last day mean for the next one.
type lock struct {
	Address time.Time // this address may not try before
	Account time.Time // the account takes no password alone before
	Codes   time.Time // no code is taken before
}

// judge weighs the attempts of one user name, oldest first, for a new one from
// address. The zero time means “no lock”.
func judge(attempts []attempt, address string, now time.Time) lock {
	var pair, all, codes []time.Time
	for _, a := range attempts {
		switch {
		case a.Outcome == unlocked:
			pair, all, codes = nil, nil, nil
		case a.Outcome == ok && a.Address == address:
			pair = nil
		case a.Outcome == failed && now.Sub(a.At) < accountWindow:
			all = append(all, a.At)
			if a.Address == address {
				pair = append(pair, a.At)
			}
			if a.Step == stepCode {
				codes = append(codes, a.At)
			}
		}
	}
	var l lock
	if n := len(pair); n >= pairFailures && pair[n-1].Sub(pair[n-pairFailures]) < pairWindow {
		l.Address = pair[n-1].Add(lockFor)
	}
	if n := len(all); n >= accountFailures {
		l.Account = all[n-1].Add(lockFor)
	}
	if n := len(codes); n >= codeFailures {
		l.Codes = codes[n-codeFailures].Add(accountWindow)
	}
	return l
}

// admission is the answer to “may this attempt be judged at all?”.
type admission struct {
	ID   int64 // the attempt, recorded as failed until told otherwise
	Held bool  // the password alone is not enough for now
}

// admit records an attempt as a failure before anything is compared: a hundred
// guesses sent at once see each other, and one that never finishes counts. A
// locked attempt is recorded as such and comes back as errs.TooMany; the caller
// must commit in both cases, or the record is lost.
func (s *Service) admit(ctx context.Context, tx postgres.Tx, now time.Time, username string, accountID uuid.UUID, address string, st step) (admission, error) {
	index := s.usernameIndex(username)
	if err := lockAttempts(ctx, tx, index); err != nil {
		return admission{}, err
	}
	recent, err := listAttempts(ctx, tx, index, now.Add(-accountWindow))
	if err != nil {
		return admission{}, err
	}
	l := judge(recent, address, now)
	o := failed
	var refusal error
	switch {
	case now.Before(l.Address):
		o, refusal = locked, tooManyAttempts(l.Address.Sub(now))
	case st == stepCode && now.Before(l.Codes):
		o, refusal = locked, tooManyAttempts(l.Codes.Sub(now))
	case st == stepPassword && now.Before(l.Account):
		o = held
	}
	id, err := insertAttempt(ctx, tx, now, index, accountID, address, st, o)
	if err != nil {
		return admission{}, err
	}
	return admission{ID: id, Held: o == held}, refusal
}

func tooManyAttempts(wait time.Duration) error {
	minutes := int((wait + time.Minute - 1) / time.Minute)
	return errs.Newf(errs.TooMany,
		"登录失败次数太多，暂时不能再试。请 %d 分钟后再登录；忘记密码的，请联系街道或系统管理员重置。", minutes)
}

// usernameIndex stands for a user name in the attempts: people type passwords
// into that field, so it is not kept in clear.
func (s *Service) usernameIndex(username string) []byte {
	return s.keys.BlindIndex("sign_in_attempt.username", username)
}

// addressBlock is what counts as one address: an IPv6 visitor owns a /64.
func addressBlock(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil {
		return "unknown"
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return a.String()
	}
	p, err := a.Prefix(64)
	if err != nil {
		return a.String()
	}
	return p.String()
}
