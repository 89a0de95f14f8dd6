package account

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"

	"github.com/alexedwards/argon2id"
	"github.com/google/uuid"
)

func TestPasswordRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what, password string
		ok             bool
	}{
		{"twelve characters of three classes", "Abcdefgh1234", true},
		{"eleven characters", "Abcdefgh123", false},
		{"two classes", "abcdefgh1234", false},
		{"two classes and a sign", "abcdefgh-234", true},
		{"Chinese counts as signs", "坪山社区组织扶持资金Ab", true},
		{"the user name in it", "xXx-LiSi-2026", false},
		{"few different characters", "Aa1Aa1Aa1Aa1", false},
		{"a hundred and twenty-eight", "Ab1-xyzw" + strings.Repeat("q", 120), true},
		{"one more", "Ab1-xyzw" + strings.Repeat("q", 121), false},
		{"nothing", "", false},
		{"the published one", DemoPassword, false},
	} {
		if msg := passwordProblem(c.password, "lisi", false); (msg == "") != c.ok {
			t.Errorf("%s: %q", c.what, msg)
		}
	}
	if msg := passwordProblem(DemoPassword, "org1-head", true); msg != "" {
		t.Errorf("the demo password in a demo: %q", msg)
	}
}

func TestOneTimePasswordsFollowTheRules(t *testing.T) {
	t.Parallel()
	s := &Service{keys: testKeys(t)}
	for range 200 {
		if msg := passwordProblem(s.oneTimePassword(NewNonce()), "clerk", false); msg != "" {
			t.Fatal(msg)
		}
	}
}

// The decoy must cost what a real hash costs, or its speed tells that there is
// no such account.
func TestTheDecoyCostsTheSame(t *testing.T) {
	t.Parallel()
	p, _, _, err := argon2id.DecodeHash(decoyHash)
	if err != nil || *p != passwordParams {
		t.Errorf("decoy %+v, passwords %+v, %v", p, passwordParams, err)
	}
}

func TestUserNames(t *testing.T) {
	t.Parallel()
	for typed, ok := range map[string]bool{
		"lisi": true, " LiSi ": true, "ｌｉｓｉ": true, "org1-head": true, "13800001234": true,
		"ab": false, "李四": false, "li si": false, "-lisi": false, "440310199002280010": false, "34052419800101001X": false,
		strings.Repeat("a", 32): true, strings.Repeat("a", 33): false, "a<b>c": false,
	} {
		if msg := usernameProblem(NormalUsername(typed)); (msg == "") != ok {
			t.Errorf("%q: %q", typed, msg)
		}
	}
}

func TestLockOut(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 1, 0, 0, 0, time.UTC)
	series := func(n int, gap time.Duration, address string, o outcome) (list []attempt) {
		for i := range n {
			list = append(list, attempt{At: now.Add(-time.Duration(n-i) * gap), Address: address, Step: stepPassword, Outcome: o})
		}
		return list
	}
	join := func(lists ...[]attempt) (all []attempt) {
		for _, l := range lists {
			all = append(all, l...)
		}
		return all
	}
	for _, c := range []struct {
		what             string
		attempts         []attempt
		address, account bool
	}{
		{"four failures", series(4, time.Minute, "a", failed), false, false},
		{"five within fifteen minutes", series(5, time.Minute, "a", failed), true, false},
		{"five over an hour", series(5, 15*time.Minute, "a", failed), false, false},
		{"five elsewhere", series(5, time.Minute, "b", failed), false, false},
		{"five, then signed in", join(series(5, time.Minute, "a", failed), series(1, time.Second, "a", ok)), false, false},
		{"five, then signed in elsewhere", join(series(5, time.Minute, "a", failed), series(1, time.Second, "b", ok)), true, false},
		{"five, then unlocked", join(series(5, time.Minute, "a", failed), series(1, time.Second, "c", unlocked)), false, false},
		{"nineteen over the day", series(19, 20*time.Minute, "b", failed), false, false},
		{"twenty over the day", series(20, 20*time.Minute, "b", failed), false, true},
		{"twenty, signed in since", join(series(20, 20*time.Minute, "b", failed), series(1, time.Second, "a", ok)), false, true},
		{"twenty, the last half an hour ago", series(20, 31*time.Minute, "b", failed), false, false},
	} {
		l := judge(c.attempts, "a", now)
		if now.Before(l.Address) != c.address || now.Before(l.Account) != c.account {
			t.Errorf("%s: %+v", c.what, l)
		}
	}
}

// A guesser with as many addresses as they like gets fewer than a hundred
// passwords judged in any day (QUALITY S12).
func TestGuessesPerDayAreBounded(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	var list []attempt
	for m := range 3 * 24 * 60 {
		now := start.Add(time.Duration(m) * time.Minute)
		if l := judge(list, "fresh", now); now.Before(l.Account) {
			continue
		}
		list = append(list, attempt{At: now, Address: uuid.NewString(), Step: stepPassword, Outcome: failed})
	}
	worst := 0
	for i, a := range list {
		n := 0
		for _, b := range list[i:] {
			if b.At.Sub(a.At) < 24*time.Hour {
				n++
			}
		}
		worst = max(worst, n)
	}
	if worst > 100 || worst < 20 {
		t.Errorf("%d guesses within a day", worst)
	}
}

func TestWhoManagesWhom(t *testing.T) {
	t.Parallel()
	org, other := uuid.New(), uuid.New()
	clerk := Account{ID: uuid.New(), Role: authz.OrgClerk, OrgID: org, Subdistrict: "440310001"}
	finance := Account{ID: uuid.New(), Role: authz.Finance}
	for _, c := range []struct {
		what           string
		actor          authz.Actor
		target         Account
		disable, reset bool
	}{
		{"system administrator and office", authz.Actor{Role: authz.AdminSystem}, finance, true, false},
		{"security administrator and office", authz.Actor{Role: authz.AdminSecurity}, finance, false, true},
		{"system administrator and applicant", authz.Actor{Role: authz.AdminSystem}, clerk, false, false},
		{"own subdistrict", authz.Actor{Role: authz.Subdistrict, Subdistrict: "440310001"}, clerk, true, true},
		{"other subdistrict", authz.Actor{Role: authz.Subdistrict, Subdistrict: "440310002"}, clerk, false, false},
		{"subdistrict and office", authz.Actor{Role: authz.Subdistrict, Subdistrict: "440310001"}, finance, false, false},
		{"own head", authz.Actor{Role: authz.OrgHead, OrgID: org}, clerk, true, true},
		{"other head", authz.Actor{Role: authz.OrgHead, OrgID: other}, clerk, false, false},
		{"oneself", authz.Actor{AccountID: finance.ID, Role: authz.AdminSystem}, finance, false, false},
		{"the bureau", authz.Actor{Role: authz.BureauLeader}, clerk, false, false},
	} {
		if d, r := mayDisable(c.actor, c.target), mayReset(c.actor, c.target); d != c.disable || r != c.reset {
			t.Errorf("%s: disable %v, reset %v", c.what, d, r)
		}
	}
}

func TestAddressBlocks(t *testing.T) {
	t.Parallel()
	for ip, want := range map[string]string{
		"192.0.2.7": "192.0.2.7", "::ffff:192.0.2.7": "192.0.2.7", "": "unknown", "<script>": "unknown",
		"2001:db8:1:2:3::4": "2001:db8:1:2::/64", "2001:db8:1:2:ffff::9": "2001:db8:1:2::/64",
	} {
		if got := addressBlock(ip); got != want {
			t.Errorf("%q: %q, want %q", ip, got, want)
		}
	}
}
