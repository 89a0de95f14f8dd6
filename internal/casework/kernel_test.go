package casework_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// The places of a kind with every mechanism of the kernel: opinions that lapse,
// a correction that pauses the clock, a clock that runs on after acceptance.
var (
	atDraft       = workflow.Place{State: workflow.Draft, Waits: authz.OrgHead}
	atCommunity   = workflow.Place{State: workflow.Opining, Waits: authz.Community}
	atSubdistrict = workflow.Place{State: workflow.Opining, Waits: authz.Subdistrict}
	atAccepting   = workflow.Place{State: workflow.Accepting, Waits: authz.BureauClerk}
	atCorrecting  = workflow.Place{State: workflow.Correcting, Waits: authz.OrgHead}
	atReviewing   = workflow.Place{State: workflow.Reviewing, Waits: authz.BureauReviewer}
	atRefused     = workflow.Place{State: workflow.Refused}
	atLapsed      = workflow.Place{State: workflow.Lapsed}
)

func sample() *workflow.Definition {
	act := func(a workflow.Action, from, to workflow.Place, by authz.Role, set func(*workflow.Transition)) workflow.Transition {
		t := workflow.Transition{Action: a, Label: string(a), From: []workflow.Place{from}, To: to, By: []authz.Role{by}}
		if set != nil {
			set(&t)
		}
		return t
	}
	due := func(param string) func(*workflow.Transition) {
		return func(t *workflow.Transition) { t.DueParam = param }
	}
	return &workflow.Definition{Kind: "sample", Name: "样本", Prefix: "YB", Start: atDraft, Transitions: []workflow.Transition{
		act("submit", atDraft, atCommunity, authz.OrgHead, due("community")),
		act("opine", atCommunity, atSubdistrict, authz.Community, due("subdistrict")),
		act(workflow.Lapse, atCommunity, atSubdistrict, authz.System, due("subdistrict")),
		act("opine", atSubdistrict, atAccepting, authz.Subdistrict, due("bureau")),
		act(workflow.Lapse, atSubdistrict, atAccepting, authz.System, due("bureau")),
		act("accept", atAccepting, atReviewing, authz.BureauClerk, func(t *workflow.Transition) {
			t.NotBy, t.KeepsDue = []workflow.Action{"submit"}, true
		}),
		act("return", atAccepting, atCorrecting, authz.BureauClerk, func(t *workflow.Transition) { t.PausesClock, t.DueParam = true, "correct" }),
		act("resubmit", atCorrecting, atAccepting, authz.OrgHead, func(t *workflow.Transition) { t.KeepsDue = true }),
		act("refuse", atAccepting, atRefused, authz.BureauClerk, nil),
		act(workflow.Lapse, atCorrecting, atLapsed, authz.System, nil),
	}}
}

var days = map[string]int{"community": 3, "subdistrict": 5, "bureau": 10, "correct": 10}

// kernel is the kernel on a database of its own, at nine o'clock of a day.
type kernel struct {
	*casework.Service
	db                                     *dbtest.DB
	head, community, subdistrict, official authz.Actor
	edition                                uuid.UUID
}

func newKernel(t *testing.T, day string) *kernel {
	t.Helper()
	k := &kernel{db: dbtest.New(t), edition: uuid.New()}
	k.goTo(t, day)
	var err error
	k.Service, err = casework.New(func(_ context.Context, _ postgres.Querier, e uuid.UUID, param string) (int, error) {
		n, ok := days[param]
		if !ok || e != k.edition {
			return 0, fmt.Errorf("no parameter %s of %s", param, e)
		}
		return n, nil
	}, sample())
	if err != nil {
		t.Fatal(err)
	}
	k.head = person(authz.OrgHead)
	k.head.OrgID = uuid.New()
	k.community, k.subdistrict, k.official = person(authz.Community), person(authz.Subdistrict), person(authz.BureauClerk)
	k.community.Community, k.community.Subdistrict, k.subdistrict.Subdistrict = liulian, pingshan, pingshan
	return k
}

func person(r authz.Role) authz.Actor {
	return authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: r.Name(), Role: r}
}

func (k *kernel) goTo(t *testing.T, day string) {
	t.Helper()
	k.db.SetNow(t, civil.MustParse(day).Start().Add(9*time.Hour))
}

// tx runs fn in a transaction; when it fails, everything is rolled back.
func (k *kernel) tx(fn func(tx postgres.Tx, now time.Time) error) error {
	return k.db.App.InTx(context.Background(), fn)
}

func (k *kernel) must(t *testing.T, fn func(tx postgres.Tx, now time.Time) error) {
	t.Helper()
	if err := k.tx(fn); err != nil {
		t.Fatal(err)
	}
}

func (k *kernel) open(t *testing.T) (c casework.Case) {
	t.Helper()
	k.must(t, func(tx postgres.Tx, now time.Time) (err error) {
		c, err = k.Open(t.Context(), tx, now, k.head, k.fresh())
		return err
	})
	return c
}

func (k *kernel) fresh() casework.NewCase {
	return casework.NewCase{Kind: "sample", Title: "六联互助社", OrganizationID: k.head.OrgID, Community: liulian, Subdistrict: pingshan, Channel: casework.Online}
}

// on loads the case for update as the actor and runs fn.
func (k *kernel) on(actor authz.Actor, no string, fn func(tx postgres.Tx, now time.Time, c *casework.Case) error) error {
	return k.tx(func(tx postgres.Tx, now time.Time) error {
		c, err := k.LoadForUpdate(context.Background(), tx, actor, no, 0)
		if err != nil {
			return err
		}
		return fn(tx, now, &c)
	})
}

func (k *kernel) do(t *testing.T, actor authz.Actor, no string, fn func(tx postgres.Tx, now time.Time, c *casework.Case) error) casework.Case {
	t.Helper()
	if err := k.on(actor, no, fn); err != nil {
		t.Fatal(err)
	}
	return k.load(t, no)
}

func (k *kernel) load(t *testing.T, no string) (c casework.Case) {
	t.Helper()
	err := k.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		c, err = k.Load(t.Context(), q, authz.SystemActor, no)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (k *kernel) move(t *testing.T, actor authz.Actor, no string, a workflow.Action) casework.Case {
	t.Helper()
	return k.do(t, actor, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Move(t.Context(), tx, now, actor, c, casework.Move{Action: a})
	})
}

var signed = casework.Submission{Document: []byte(`{"b": 1,  "a": 1}`), StatementVersion: "1", Method: casework.Reauthenticated, SignerName: "陈一"}

func (k *kernel) submit(t *testing.T) casework.Case {
	t.Helper()
	return k.do(t, k.head, k.open(t).No, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Submit(t.Context(), tx, now, k.head, c, k.edition, new(3000*money.Yuan), signed)
	})
}

func (k *kernel) opine(t *testing.T, actor authz.Actor, no string) casework.Case {
	t.Helper()
	return k.do(t, actor, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Opine(t.Context(), tx, now, actor, c, casework.Opinion{Stance: casework.Support})
	})
}

func (k *kernel) accepting(t *testing.T) casework.Case {
	t.Helper()
	no := k.submit(t).No
	k.opine(t, k.community, no)
	return k.opine(t, k.subdistrict, no)
}

func (k *kernel) giveBack(t *testing.T, no string) casework.Case {
	t.Helper()
	return k.do(t, k.official, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		_, err := k.Return(t.Context(), tx, now, k.official, c, []casework.Flaw{{Field: "amount", Label: "金额", Reason: "金额请重新核算"}}, 2)
		return err
	})
}

func (k *kernel) answer(t *testing.T, no string) casework.Case {
	t.Helper()
	return k.do(t, k.head, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Resubmit(t.Context(), tx, now, k.head, c, new(3000*money.Yuan), signed)
	})
}

func (k *kernel) lapse(t *testing.T) int {
	t.Helper()
	n, err := k.Lapse(t.Context(), k.db.App, func(context.Context, postgres.Tx, time.Time, casework.Case, workflow.Place) error { return nil })
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// count counts rows behind the service.
func (k *kernel) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	if err := k.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func (k *kernel) dossier(t *testing.T, actor authz.Actor, c casework.Case) (d casework.Dossier) {
	t.Helper()
	err := k.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		d, err = casework.DossierOf(t.Context(), q, actor, c)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// together runs n calls at once and returns their errors.
func together(n int, fn func(i int) error) []error {
	failed := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { failed[i] = fn(i) })
	}
	wg.Wait()
	return failed
}

var errChanged = errors.New("changed my mind")

// Every third opening is rolled back: its number may be lost, never given twice.
func TestNumbersAreUnique(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	numbers := make([]string, 50)
	for _, err := range together(50, func(i int) error {
		return k.tx(func(tx postgres.Tx, now time.Time) error {
			c, err := k.Open(context.Background(), tx, now, k.head, k.fresh())
			if err == nil && i%3 == 0 {
				return errChanged
			}
			numbers[i] = c.No
			return err
		})
	}) {
		if err != nil && !errors.Is(err, errChanged) {
			t.Fatal(err)
		}
	}
	slices.Sort(numbers)
	kept := slices.Compact(slices.DeleteFunc(numbers, func(s string) bool { return s == "" }))
	if stored := k.count(t, `select count(*) from case_file`); len(kept) != 33 || stored != 33 {
		t.Errorf("%d numbers of 33, %d cases", len(kept), stored)
	}
	if !strings.HasPrefix(kept[0], "YB-2026-0") {
		t.Errorf("number %s", kept[0])
	}
	k.goTo(t, "2027-01-01")
	if c := k.open(t); c.No != "YB-2027-0001" {
		t.Errorf("the first of a new year is %s", c.No)
	}
}

func (k *kernel) letter(c casework.Case, keep bool) (l casework.Letter, err error) {
	err = k.tx(func(tx postgres.Tx, now time.Time) error {
		if l, err = k.IssueLetter(context.Background(), tx, now, k.official, c, casework.AcceptedLetter, c.Title, []casework.Paragraph{{Lines: []string{"现予受理。"}}}); err != nil {
			return err
		}
		if !keep {
			return errChanged
		}
		return nil
	})
	return l, err
}

// Every third issue is rolled back: official numbers leave no gap all the same.
// The control draws from a sequence and leaves gaps.
func TestLettersAreNumberedWithoutGaps(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c := k.open(t)
	if _, err := k.db.Owner.Exec(t.Context(), `create sequence control; grant usage on sequence control to portal_app; create table drawn (n int); grant insert on drawn to portal_app`); err != nil {
		t.Fatal(err)
	}
	for i, err := range together(50, func(i int) error {
		_, err := k.letter(c, i%3 != 0)
		_ = k.tx(func(tx postgres.Tx, _ time.Time) error { // the control
			if _, err := tx.Exec(context.Background(), `insert into drawn select nextval('control')`); err != nil || i%3 == 0 {
				return errChanged
			}
			return nil
		})
		return err
	}) {
		if err != nil && (i%3 != 0 || !errors.Is(err, errChanged)) {
			t.Fatal(err)
		}
	}
	const gaps = `select max(%[1]s) - count(*) + count(*) - count(distinct %[1]s) from %[2]s`
	if n := k.count(t, `select count(*) from case_letter`); n != 33 {
		t.Errorf("%d letters of 33", n)
	}
	if n := k.count(t, fmt.Sprintf(gaps, "serial", "case_letter")); n != 0 {
		t.Errorf("%d gaps or repetitions", n)
	}
	if n := k.count(t, fmt.Sprintf(gaps, "n", "drawn")); n == 0 {
		t.Error("control: a sequence leaves no gap either, so the test proves nothing")
	}
	k.goTo(t, "2027-01-01")
	if l, err := k.letter(c, true); err != nil || l.No() != "坪民社受〔2027〕1号" {
		t.Errorf("the first letter of a new year is %s: %v", l.No(), err)
	}
}

func TestALetterIsFoundUnderItsOwnCaseOnly(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c, other := k.open(t), k.open(t)
	issued, err := k.letter(c, true)
	if err != nil {
		t.Fatal(err)
	}
	read := func(of casework.Case, id string) (l casework.Letter, err error) {
		err = k.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			l, err = casework.LetterOf(t.Context(), q, of.ID, id)
			return err
		})
		return l, err
	}
	if l, err := read(c, issued.ID.String()); err != nil || l.No() != issued.No() || l.Paragraphs[0].Lines[0] != "现予受理。" {
		t.Errorf("%+v: %v", l, err)
	}
	for name, try := range map[string]func() (casework.Letter, error){
		"another case's": func() (casework.Letter, error) { return read(other, issued.ID.String()) },
		"none":           func() (casework.Letter, error) { return read(c, uuid.NewString()) },
		"no id":          func() (casework.Letter, error) { return read(c, "' or true --") },
	} {
		if _, err := try(); !errs.Is(err, errs.NotFound) || errs.Message(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if list := k.dossier(t, k.official, c).Letters; len(list) != 1 || list[0].ID != issued.ID {
		t.Errorf("letters of the case: %+v", list)
	}
}
