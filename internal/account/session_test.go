package account_test

import (
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

func (b bench) open(t *testing.T, username, password string) uuid.UUID {
	t.Helper()
	p, err := b.SignIn(t.Context(), username, password, here)
	must(t, err)
	id, _, err := b.Open(t.Context(), p, here, "test")
	must(t, err)
	return id
}

func (b bench) alive(t *testing.T, id uuid.UUID) bool {
	t.Helper()
	_, err := b.sessions.Resolve(t.Context(), id)
	if err != nil && !errs.Is(err, errs.Unauthenticated) {
		t.Fatal(err)
	}
	return err == nil
}

func TestIdleAndAbsoluteLimits(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	id := b.open(t, "org1-head", good)
	b.db.Advance(t, 29*time.Minute)
	if !b.alive(t, id) {
		t.Fatal("over after 29 idle minutes")
	}
	b.db.Advance(t, 29*time.Minute)
	if !b.alive(t, id) {
		t.Fatal("being seen did not count")
	}
	b.db.Advance(t, 31*time.Minute)
	if b.alive(t, id) {
		t.Fatal("alive after 31 idle minutes")
	}
	id = b.open(t, "org1-head", good)
	for range 35 { // 11 h 40 min in steps of 20 minutes
		b.db.Advance(t, 20*time.Minute)
		if !b.alive(t, id) {
			t.Fatal("over within twelve hours of use")
		}
	}
	b.db.Advance(t, 21*time.Minute)
	if b.alive(t, id) {
		t.Fatal("alive after twelve hours")
	}
}

func TestRevocationIsOverWithTheNextRequest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	org := b.head(t, "org1-head")
	street := b.user(t, "subdistrict-pingshan", account.NewAccount{Role: authz.Subdistrict, Subdistrict: pingshan})
	id := b.open(t, "org1-head", good)
	m, err := b.Get(t.Context(), street, org.AccountID)
	must(t, err)
	must(t, b.Disable(t.Context(), street, org.AccountID, "换届后不再任职", m.Version))
	if b.alive(t, id) {
		t.Fatal("a disabled account is still signed in")
	}
	_, err = b.SignIn(t.Context(), "org1-head", good, here)
	wantKind(t, "sign in disabled", err, errs.Invalid)
}

func TestAPasswordChangeEndsTheOtherSessions(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	org := b.head(t, "org1-head")
	mine, other := b.open(t, "org1-head", good), b.open(t, "org1-head", good)
	renewed, err := b.ChangePassword(t.Context(), org, mine, good, "Another-2027-hill")
	must(t, err)
	if b.alive(t, other) || b.alive(t, mine) || !b.alive(t, renewed) {
		t.Errorf("other %v, old id %v, new id %v; want only the last", b.alive(t, other), b.alive(t, mine), b.alive(t, renewed))
	}
	must(t, b.SignOut(t.Context(), org, renewed))
	if b.alive(t, renewed) {
		t.Error("alive after signing out")
	}
}

func TestOneCannotEndSomebodyElsesSession(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.head(t, "org1-head")
	stranger := b.head(t, "org2-head")
	id := b.open(t, "org1-head", good)
	wantKind(t, "end a stranger's session", b.EndSession(t.Context(), stranger, id), errs.NotFound)
	if !b.alive(t, id) {
		t.Error("the session ended all the same")
	}
}

func TestTheLastFivePasswordsStayBehind(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	org := b.head(t, "org1-head")
	id := b.open(t, "org1-head", good)
	present := good
	change := func(next string) error {
		b.db.Advance(t, time.Minute)
		renewed, err := b.ChangePassword(t.Context(), org, id, present, next)
		if err == nil {
			id, present = renewed, next
		}
		return err
	}
	for _, next := range []string{"Second-2026-hill", "Third-2026-hill!", "Fourth-2026-hill", "Fifth-2026-hill!"} {
		must(t, change(next))
	}
	wantField(t, "the fifth to last", change(good), "new_password")
	must(t, change("Sixth-2026-hill!"))
	must(t, change(good)) // six changes ago: free again
	wantField(t, "too short", change("Ab1-short"), "new_password")
	_, err := b.ChangePassword(t.Context(), org, id, "not-the-password-1A", "Seventh-2026-hill")
	wantField(t, "wrong present password", err, "password")
}
