package receipt

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// What an applicant learns of a paper that is known already: nothing of whose it
// is, for what, or how much is left.
const (
	usedUp = "该票据已被使用。换一张票据；确实没有用过的，联系民政局经办核对"
	differ = "和已登记的同一张票据不一致。对照票面核对这一行；确实无误的，联系民政局经办核对"
)

// Replace makes entries the whole list of a case, in the caller's transaction,
// which holds the lock of the case and has checked who acts. The rows before are
// released and kept.
//
// A row that Check refuses, a paper used up by live allocations of other cases and
// a paper that they know with other data are errs.Invalid at their controls, and
// the caller's transaction must be given up; because of other cases it is a
// *RefusedError, which TraceOf keeps. A paper that no other case uses is set
// right by what is entered now.
func Replace(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, entries []Entry, names Names) error {
	entries = normal(entries)
	if err := errs.Fields(Check(entries, civil.On(now), names)); err != nil {
		return err
	}
	keys, err := keysOf(ctx, tx, entries)
	if err != nil {
		return err
	}
	if err := insertUnknown(ctx, tx, now, actor.AccountID, entries); err != nil {
		return err
	}
	known, err := lock(ctx, tx, caseID, keys)
	if err != nil {
		return err
	}
	wrong, against, faults := settle(entries, keys, known, names)
	if err := errs.Fields(faults); err != nil {
		return refusal(ctx, tx, caseID, against, err)
	}
	released, err := release(ctx, tx, now, actor.AccountID, caseID)
	if err != nil || len(entries) == 0 && released == 0 {
		return err
	}
	corrected := []string{}
	for _, w := range wrong {
		if err := correct(ctx, tx, w.row, w.entry); err != nil {
			return err
		}
		corrected = append(corrected, w.row.ID.String())
	}
	ids := make([]uuid.UUID, len(entries))
	for i, key := range keys {
		ids[i] = known[key].ID
	}
	if err := insertAllocations(ctx, tx, now, actor.AccountID, caseID, ids, entries); err != nil {
		return err
	}
	return note(ctx, tx, now, actor, caseID, "receipt.replace",
		map[string]any{"receipts": texts(ids), "released": released, "corrected": corrected})
}

// Release gives the papers of a case free, when it ends without a grant. A case
// that has none, or has released them, changes nothing.
func Release(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID) error {
	if _, err := lock(ctx, tx, caseID, nil); err != nil {
		return err
	}
	released, err := release(ctx, tx, now, actor.AccountID, caseID)
	if err != nil || released == 0 {
		return err
	}
	return note(ctx, tx, now, actor, caseID, "receipt.release", map[string]any{"released": released})
}

// correction is a paper recorded otherwise than it is entered now.
type correction struct {
	row   row
	entry Entry
}

// settle compares the list with the papers, which are locked: what to set right,
// or the faults and the papers of other cases that are against it.
func settle(entries []Entry, keys []string, known map[string]row, names Names) (wrong []correction, against map[uuid.UUID]Reason, faults []errs.Field) {
	// The database folds names by its own rules; Check has judged by ours.
	if faults = shared(entries, keys, names); faults != nil {
		return nil, nil, faults
	}
	c, against := checker{names: names}, map[uuid.UUID]Reason{}
	wanted := map[string]money.Fen{}
	for i, e := range entries {
		wanted[keys[i]] += e.Amount
	}
	done := map[string]bool{}
	for i, e := range entries {
		c.row = i
		r := known[keys[i]]
		others := r.Allocated - r.Own
		switch {
		case others > 0 && others+wanted[keys[i]] > r.Amount:
			c.fail(PartNumber, usedUp)
			against[r.ID] = UsedUp
		case e.agrees(r.entry()) || done[keys[i]]:
		case others > 0:
			c.fail(PartNumber, differ)
			against[r.ID] = Differs
		default:
			wrong, done[keys[i]] = append(wrong, correction{r, e}), true
		}
	}
	return wrong, against, c.faults
}

func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: caseID.String(), Action: action, Detail: detail})
}

func texts(ids []uuid.UUID) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = id.String()
	}
	return out
}
