package once_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var (
	head  = authz.Actor{AccountID: uuid.MustParse("01990000-0000-7000-8000-000000000001"), Name: "李娜", Role: authz.OrgHead}
	clerk = authz.Actor{AccountID: uuid.MustParse("01990000-0000-7000-8000-000000000002"), Name: "王芳", Role: authz.OrgClerk}
)

// counter is a thing that must be made once: each make draws a number.
type counter struct{ made atomic.Int32 }

func (c *counter) make() (string, error) { return fmt.Sprintf("FH-2026-%04d", c.made.Add(1)), nil }

func do(ctx context.Context, db *dbtest.DB, actor authz.Actor, token string, fn func() (string, error)) (result string, err error) {
	err = db.App.InTx(ctx, func(tx postgres.Tx, _ time.Time) (err error) {
		result, err = once.Do(ctx, tx, actor, token, fn)
		return err
	})
	return result, err
}

func TestFiftyTogetherMakeOneAndGetTheSameAnswer(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	token, c := once.NewToken(), &counter{}
	answers := make([]string, 50)
	var group sync.WaitGroup
	for i := range answers {
		group.Go(func() {
			answer, err := do(t.Context(), db, head, token, c.make)
			if err != nil {
				t.Error(err)
			}
			answers[i] = answer
		})
	}
	group.Wait()
	for _, answer := range answers {
		if answer != "FH-2026-0001" {
			t.Fatalf("answers %v", answers)
		}
	}
	if n := c.made.Load(); n != 1 {
		t.Fatalf("made %d", n)
	}
	// Control: another form makes another one.
	if answer, err := do(t.Context(), db, head, once.NewToken(), c.make); err != nil || answer != "FH-2026-0002" {
		t.Fatalf("another form got %s: %v", answer, err)
	}
}

func TestTokenOfAnotherActorIsRefused(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	token, c := once.NewToken(), &counter{}
	if _, err := do(t.Context(), db, head, token, c.make); err != nil {
		t.Fatal(err)
	}
	for _, other := range []authz.Actor{clerk, {}} {
		answer, err := do(t.Context(), db, other, token, c.make)
		if !errs.Is(err, errs.Conflict) || answer != "" || c.made.Load() != 1 {
			t.Fatalf("%s got %q: %v", other.Name, answer, err)
		}
	}
	if _, err := do(t.Context(), db, authz.Actor{}, once.NewToken(), c.make); err != nil {
		t.Fatalf("a visitor without an account: %v", err)
	}
}

func TestFailedSubmissionLeavesTheTokenFresh(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	token, c := once.NewToken(), &counter{}
	refused := errs.FieldError("amount", "金额", "“0 元”不能申请。请填写大于 0 的金额。")
	if _, err := do(t.Context(), db, head, token, func() (string, error) { return "", refused }); !errors.Is(err, refused) {
		t.Fatal(err)
	}
	if answer, err := do(t.Context(), db, head, token, c.make); err != nil || answer != "FH-2026-0001" {
		t.Fatalf("after the correction %q: %v", answer, err)
	}
}

func TestUnfinishedUseIsAConflict(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	token, c := once.NewToken(), &counter{}
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		_, err := once.Do(t.Context(), tx, head, token, func() (string, error) { return "", errors.New("lost") })
		if err == nil {
			t.Error("the failure was swallowed")
		}
		return nil // a caller that commits in spite of it
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := do(t.Context(), db, head, token, c.make); !errs.Is(err, errs.Conflict) || c.made.Load() != 0 {
		t.Fatalf("repeated: %v", err)
	}
}

func TestTokenThatIsNoneIsInvalid(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	good, c := once.NewToken(), &counter{}
	for _, token := range []string{"", " ", good[:25], good + "A", strings.ToLower(good), good[:25] + "1", good[:23] + "证", "' or 1=1 -- aaaaaaaaaaaaaaa"} {
		_, err := do(t.Context(), db, head, token, c.make)
		if !errs.Is(err, errs.Invalid) || !strings.Contains(errs.Message(err), "请重新打开页面") {
			t.Errorf("%q: %v", token, err)
		}
	}
	if n := c.made.Load(); n != 0 {
		t.Fatalf("made %d", n)
	}
}

func TestSweepForgetsOldTokensOnly(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	old, young, c := once.NewToken(), once.NewToken(), &counter{}
	if _, err := do(t.Context(), db, head, old, c.make); err != nil {
		t.Fatal(err)
	}
	const more = 1500 // above one batch
	if _, err := db.Owner.Exec(t.Context(), `insert into form_token (token, account_id, result)
		select rpad(translate(n::text, '0189', 'ABCD'), 26, 'Z'), $1, '' from generate_series(1, $2) n`, head.AccountID, more); err != nil {
		t.Fatal(err)
	}
	db.Advance(t, once.Kept-time.Minute)
	if n, err := once.Sweep(t.Context(), db.App); err != nil || n != 0 {
		t.Fatalf("swept %d a minute too early: %v", n, err)
	}
	if _, err := do(t.Context(), db, head, young, c.make); err != nil {
		t.Fatal(err)
	}
	db.Advance(t, 2*time.Minute)
	if n, err := once.Sweep(t.Context(), db.App); err != nil || n != more+1 {
		t.Fatalf("swept %d: %v", n, err)
	}
	if answer, err := do(t.Context(), db, head, young, c.make); err != nil || answer != "FH-2026-0002" {
		t.Fatalf("the young token got %q: %v", answer, err)
	}
}
