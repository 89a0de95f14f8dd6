package casework_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

func (k *kernel) try(actor authz.Actor, no string, a workflow.Action) error {
	return k.on(actor, no, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Move(context.Background(), tx, now, actor, c, casework.Move{Action: a})
	})
}

func TestMoveOnlyFromTheRightPlaceByTheRightPerson(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	no := k.accepting(t).No
	twin := k.official // the head under an office account: a person, not an account, is kept apart
	twin.AccountID, twin.PersonID = uuid.New(), k.head.PersonID
	for name, c := range map[string]struct {
		actor  authz.Actor
		action workflow.Action
		want   errs.Kind
	}{
		"from another place":   {k.community, "opine", errs.Conflict},
		"an unknown action":    {k.official, "approve", errs.Conflict},
		"another role":         {k.head, "accept", errs.Forbidden},
		"another office":       {k.subdistrict, "accept", errs.Forbidden},
		"the clock too early":  {authz.SystemActor, workflow.Lapse, errs.Conflict},
		"who submitted":        {twin, "accept", errs.Forbidden},
		"a stranger's head":    {authz.Actor{Role: authz.OrgHead, OrgID: uuid.New(), PersonID: uuid.New()}, "accept", errs.NotFound},
		"a stranger community": {authz.Actor{Role: authz.Community, Community: pinghuan, PersonID: uuid.New()}, "opine", errs.NotFound},
	} {
		if err := k.try(c.actor, no, c.action); errs.KindOf(err) != c.want || errs.Message(err) == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
	if c := k.load(t, no); c.Place() != atAccepting {
		t.Fatalf("a refused act moved the case to %s", c.Place())
	}
	if c := k.move(t, k.official, no, "accept"); c.Place() != atReviewing {
		t.Errorf("control: the clerk's act leads to %s", c.Place())
	}
}

// The buttons of a page and the guard of Move come from one table.
func TestActionsAgreeWithMove(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c := k.accepting(t)
	twin := k.official
	twin.PersonID = k.head.PersonID
	for _, a := range []authz.Actor{k.head, k.community, k.subdistrict, k.official, twin, person(authz.Auditor)} {
		offered := map[workflow.Action]bool{}
		for _, tr := range k.ActionsAfter(a, c, k.dossier(t, a, c).Events) {
			offered[tr.Action] = true
		}
		for _, action := range []workflow.Action{"submit", "opine", "accept", "refuse", "resubmit"} {
			err := k.on(a, c.No, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
				if err := k.Move(context.Background(), tx, now, a, c, casework.Move{Action: action}); err != nil {
					return err
				}
				return errChanged // only to see whether it would go
			})
			if offered[action] != errors.Is(err, errChanged) {
				t.Errorf("%s, %s: offered %v, tried: %v", a.Role, action, offered[action], err)
			}
		}
	}
}

func TestVersionsNoticeEachOther(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	shown := k.accepting(t)
	load := func(actor authz.Actor, version int) error {
		return k.tx(func(tx postgres.Tx, _ time.Time) error {
			_, err := k.LoadForUpdate(context.Background(), tx, actor, shown.No, version)
			return err
		})
	}
	if err := load(k.official, shown.Version); err != nil {
		t.Errorf("control: %v", err)
	}
	k.move(t, k.official, shown.No, "refuse")
	if err := load(k.official, shown.Version); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "不予支持") {
		t.Errorf("stale version: %v", err)
	}
	if err := load(k.official, -1); !errs.Is(err, errs.Conflict) {
		t.Errorf("a form without its version: %v", err)
	}
	stranger := person(authz.OrgHead)
	stranger.OrgID = uuid.New()
	if err := load(stranger, shown.Version); !errs.Is(err, errs.NotFound) {
		t.Errorf("whoever may not see it is told of a conflict: %v", err)
	}
}

// Of ten clerks who decide at once one succeeds, the others learn of it.
func TestOneOfManyDecides(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	shown := k.accepting(t)
	won := 0
	for _, err := range together(10, func(i int) error {
		clerk := person(authz.BureauClerk)
		return k.tx(func(tx postgres.Tx, now time.Time) error {
			c, err := k.LoadForUpdate(context.Background(), tx, clerk, shown.No, shown.Version)
			if err != nil {
				return err
			}
			return k.Move(context.Background(), tx, now, clerk, &c, casework.Move{Action: []workflow.Action{"accept", "refuse"}[i%2]})
		})
	}) {
		switch {
		case err == nil:
			won++
		case !errs.Is(err, errs.Conflict):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d decisions", won)
	}
}

// Every act leaves a row in the timeline and one in the audit trail, in its own
// transaction: rolled back, it leaves nothing.
func TestEveryActIsRecordedOrDidNotHappen(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c := k.accepting(t)
	rows := func() string {
		var s string
		for _, table := range []string{"case_file", "case_event", "case_opinion", "case_correction", "case_correction_field", "case_submission", "case_letter", "audit_entry"} {
			s += fmt.Sprint(table, k.count(t, `select count(*) from `+table), " ")
		}
		return s + fmt.Sprint("version", k.load(t, c.No).Version)
	}
	acts := map[string]struct {
		actor authz.Actor
		do    func(tx postgres.Tx, now time.Time, c *casework.Case) error
	}{
		"accept": {k.official, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
			return k.Move(t.Context(), tx, now, k.official, c, casework.Move{Action: "accept"})
		}},
		"return": {k.official, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
			_, err := k.Return(t.Context(), tx, now, k.official, c, []casework.Flaw{{Field: "a", Label: "甲", Reason: "请重新上传清晰的"}}, 2)
			return err
		}},
		"letter": {k.official, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
			_, err := k.IssueLetter(t.Context(), tx, now, k.official, *c, casework.AcceptedLetter, "某", nil)
			return err
		}},
	}
	before := rows()
	for name, a := range acts {
		err := k.on(a.actor, c.No, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
			if err := a.do(tx, now, c); err != nil {
				return err
			}
			return errChanged
		})
		if !errors.Is(err, errChanged) {
			t.Fatalf("%s: %v", name, err)
		}
		if after := rows(); after != before {
			t.Errorf("%s, rolled back, left\n%s\nbefore\n%s", name, after, before)
		}
	}
	k.move(t, k.official, c.No, "accept")
	const act = `select count(*) from case_event e join audit_entry a on a.subject = 'case' and a.subject_id = e.case_id::text and a.action = 'case.' || e.action
		and a.account_id = e.account_id and a.person_id = e.person_id and a.detail ->> 'to' = e.to_state`
	if n, events := k.count(t, act), k.count(t, `select count(*) from case_event`); n != events || events != 5 {
		t.Errorf("%d of %d acts are in the audit trail, 5 were done", n, events)
	}
}

func TestATimelineHidesNotesForTheOffice(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c := k.accepting(t)
	k.do(t, k.official, c.No, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Move(t.Context(), tx, now, k.official, c, casework.Move{Action: "accept", Note: "材料原件已核对", OfficeOnly: true})
	})
	for actor, want := range map[*authz.Actor]string{&k.official: "材料原件已核对", &k.community: "材料原件已核对", &k.head: ""} {
		events := k.dossier(t, *actor, c).Events
		if got := events[len(events)-1]; got.Note != want || got.Seq != len(events) || got.Action != "accept" {
			t.Errorf("%s reads %+v", actor.Role, got)
		}
	}
}

// What was done is never altered: the portal's own role cannot, whatever its
// statement. The control is the table of the cases themselves.
func TestHistoryCannotBeAltered(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c := k.accepting(t)
	if _, err := k.letter(c, true); err != nil {
		t.Fatal(err)
	}
	try := func(sql string) error {
		return k.tx(func(tx postgres.Tx, _ time.Time) error { _, err := tx.Exec(context.Background(), sql); return err })
	}
	for table, column := range map[string]string{"case_event": "note", "case_opinion": "text", "case_submission": "signer_name", "case_letter": "addressee"} {
		for _, sql := range []string{"update " + table + " set " + column + " = 'x'", "delete from " + table, "truncate " + table + " cascade"} {
			if err := try(sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("%s: %v", sql, err)
			}
		}
	}
	for _, sql := range []string{"delete from case_file", "truncate case_file cascade", "delete from case_correction", "delete from case_letter_counter"} {
		if err := try(sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if err := try("update case_file set title = 'y' where no = '" + c.No + "'"); err != nil {
		t.Errorf("control: %v", err)
	}
}

func TestASubmissionIsKeptAsItWasSigned(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	c := k.submit(t)
	again := k.on(k.head, c.No, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return k.Submit(t.Context(), tx, now, k.head, c, k.edition, new(money.Fen(1)), signed)
	})
	if !errs.Is(again, errs.Conflict) {
		t.Errorf("submitted twice: %v", again)
	}
	if c.EditionID == nil || *c.EditionID != k.edition || c.SubmittedAt == nil || *c.Amount != 3000*money.Yuan {
		t.Errorf("submitted case %+v", c)
	}
	list := k.dossier(t, k.head, c).Submissions
	if len(list) != 1 || list[0].SignerName != "陈一" || string(list[0].Document) != string(signed.Document) {
		t.Fatalf("kept %+v", list)
	}
	// The receipt's digest can be computed again from what is stored.
	if sum := sha256.Sum256(list[0].Document); list[0].Digest != hex.EncodeToString(sum[:]) {
		t.Errorf("digest %s is not of %s", list[0].Digest, list[0].Document)
	}
}
