package account_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
)

func TestFiveFailuresLockOneAddressForThirtyMinutes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	b.fail(t, "org1-head", here, 5)
	_, err := b.SignIn(t.Context(), "org1-head", good, here)
	wantKind(t, "right password after five wrong", err, errs.TooMany)
	if _, err = b.SignIn(t.Context(), "org1-head", good, "192.0.2.99"); err != nil {
		t.Fatalf("the owner at another address: %v", err)
	}
	b.db.Advance(t, 29*time.Minute)
	_, err = b.SignIn(t.Context(), "org1-head", good, here)
	wantKind(t, "after 29 minutes", err, errs.TooMany)
	b.db.Advance(t, 2*time.Minute)
	if _, err = b.SignIn(t.Context(), "org1-head", good, here); err != nil {
		t.Fatalf("after 31 minutes: %v", err)
	}
}

func TestFourFailuresDoNotLock(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	b.fail(t, "org1-head", here, 4)
	p, err := b.SignIn(t.Context(), "org1-head", good, here)
	must(t, err)
	_, _, err = b.Open(t.Context(), p, here, "test")
	must(t, err)
	b.fail(t, "org1-head", here, 4) // forgiven by the sign-in between
}

func TestGuessesSentAtOnceAreCountedOneByOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	var wg sync.WaitGroup
	var mu sync.Mutex
	judged := 0
	for i := range 20 {
		wg.Go(func() {
			_, err := b.SignIn(t.Context(), "org1-head", fmt.Sprintf("wrong-Password-%d", i), here)
			mu.Lock()
			defer mu.Unlock()
			if errs.Is(err, errs.Invalid) {
				judged++
			} else if !errs.Is(err, errs.TooMany) {
				t.Errorf("guess %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	if judged != 5 {
		t.Errorf("%d of 20 guesses were judged, want 5", judged)
	}
}

func TestUnknownNamesAreTreatedLikeKnownOnes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	_, known := b.SignIn(t.Context(), "org1-head", "wrong-Password-1", here)
	_, unknown := b.SignIn(t.Context(), "nobody", "wrong-Password-1", here)
	if known == nil || unknown == nil || known.Error() != unknown.Error() {
		t.Errorf("known: %v; unknown: %v", known, unknown)
	}
	b.fail(t, "nobody", here, 4)
	_, err := b.SignIn(t.Context(), "nobody", "wrong-Password-1", here)
	wantKind(t, "unknown name after five", err, errs.TooMany)
}

// enrolled signs an auditor in for the first time and binds an authenticator.
func (b bench) enrolled(t *testing.T, username string) (secret string, codes []string) {
	t.Helper()
	b.user(t, username, account.NewAccount{Role: authz.Auditor})
	p, err := b.SignIn(t.Context(), username, good, here)
	must(t, err)
	if p.Step() != account.StepEnrol {
		t.Fatalf("staff without a second factor: step %q", p.Step())
	}
	if _, _, err := b.Open(t.Context(), p, here, "test"); !errs.Is(err, errs.Unauthenticated) {
		t.Fatalf("opened without the second factor: %v", err)
	}
	e := b.Enrolment(p.AccountID, username, "nonce")
	_, _, err = b.EnrolFirst(t.Context(), p, "nonce", "000000")
	wantField(t, "wrong first code", err, "code")
	p, codes, err = b.EnrolFirst(t.Context(), p, "nonce", b.code(t, e.Secret, -1))
	must(t, err)
	_, _, err = b.Open(t.Context(), p, here, "test")
	must(t, err)
	return e.Secret, codes
}

func TestACodeWorksOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	secret, _ := b.enrolled(t, "auditor")
	enter := func(code string) error {
		p, err := b.SignIn(t.Context(), "auditor", good, here)
		must(t, err)
		if p.Step() != account.StepCode {
			t.Fatalf("step %q", p.Step())
		}
		if p, err = b.EnterCode(t.Context(), p, code, here); err != nil {
			return err
		}
		_, _, err = b.Open(t.Context(), p, here, "test")
		return err
	}
	now := b.code(t, secret, 0)
	must(t, enter(now[:3]+" "+now[3:]))
	wantField(t, "the same code again", enter(now), "code")
	wantField(t, "an earlier code", enter(b.code(t, secret, -1)), "code")
	wantField(t, "a code of tomorrow", enter(b.code(t, secret, 2880)), "code")
	b.db.Advance(t, time.Minute)
	must(t, enter(b.code(t, secret, 0)))
}

func TestARecoveryCodeWorksOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, codes := b.enrolled(t, "auditor")
	p, err := b.SignIn(t.Context(), "auditor", good, here)
	must(t, err)
	_, err = b.EnterCode(t.Context(), p, codes[3], here)
	must(t, err)
	_, err = b.EnterCode(t.Context(), p, codes[3], here)
	wantField(t, "recovery code again", err, "code")
}

func TestAStrangerCannotLockOutWhoHasASecondFactor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	secret, _ := b.enrolled(t, "auditor")
	for i := range 4 {
		b.fail(t, "auditor", fmt.Sprintf("198.51.100.%d", i), 5)
	}
	// From now on neither a right nor a wrong password tells anything.
	guess, err := b.SignIn(t.Context(), "auditor", "wrong-Password-1", "198.51.100.77")
	must(t, err)
	owner, err := b.SignIn(t.Context(), "auditor", good, here)
	must(t, err)
	if guess.Step() != account.StepCode || owner.Step() != account.StepCode {
		t.Fatalf("steps %q and %q", guess.Step(), owner.Step())
	}
	_, err = b.EnterCode(t.Context(), guess, b.code(t, secret, 0), "198.51.100.77")
	wantField(t, "right code with a wrong password", err, "code")
	owner, err = b.EnterCode(t.Context(), owner, b.code(t, secret, 0), here)
	must(t, err)
	_, _, err = b.Open(t.Context(), owner, here, "test")
	must(t, err)
}

func TestSignInStepsExpire(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	p, err := b.SignIn(t.Context(), "org1-head", good, here)
	must(t, err)
	b.db.Advance(t, 11*time.Minute)
	_, _, err = b.Open(t.Context(), p, here, "test")
	wantKind(t, "after eleven minutes", err, errs.Unauthenticated)
}

func TestStaffChangeTheirPasswordEveryNinetyDays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	secret, _ := b.enrolled(t, "auditor")
	b.db.Advance(t, 91*24*time.Hour)
	p, err := b.SignIn(t.Context(), "org1-head", good, here)
	must(t, err)
	if p.Step() != account.StepDone {
		t.Errorf("an organization's password does not age: step %q", p.Step())
	}
	p, err = b.SignIn(t.Context(), "auditor", good, here)
	must(t, err)
	p, err = b.EnterCode(t.Context(), p, b.code(t, secret, 0), here)
	must(t, err)
	if p.Step() != account.StepPassword {
		t.Fatalf("step %q", p.Step())
	}
	_, err = b.ReplacePassword(t.Context(), p, good)
	wantField(t, "the same password", err, "new_password")
	p, err = b.ReplacePassword(t.Context(), p, "Another-2027-hill")
	must(t, err)
	_, _, err = b.Open(t.Context(), p, here, "test")
	must(t, err)
}
