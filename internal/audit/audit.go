// Package audit keeps what happened: one chain of digests per subject, written
// in the transaction of the change, and signed seals that link all entries into
// one global chain. Level 2; owns the tables audit_subject, audit_entry,
// audit_seal and audit_seal_entry.
//
// Who can write to the database can still forge a chain, because its digests
// need no key. The seals do: they are signed with a key outside the database,
// and the head of each day is published. Verify checks an export offline and
// names the row that was altered.
package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Entry is one thing that was done to one subject.
type Entry struct {
	Subject   string // what kind of thing: "organization"
	SubjectID string // its id, or the readable number of a case
	Action    string // "organization.profile.save"
	// Detail holds references, field names and keyed digests of sensitive values,
	// never the values: strings, booleans, whole numbers, and lists and maps of
	// those. A fraction is refused; money is fen.
	Detail map[string]any
}

// Record appends e to the chain of its subject. Writers of one subject wait for
// each other until their transactions end, so it comes last in a transaction
// (lock order: audit subject). Every error is Internal: a change that cannot be
// recorded must not happen.
func Record(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, e Entry) error {
	r, err := rowOf(now, actor, e)
	if err == nil {
		if err = extend(ctx, tx, &r); err != nil {
			err = fmt.Errorf("audit: %s of %s %s: %w", e.Action, e.Subject, e.SubjectID, err)
		}
	}
	return err
}

// RecordAll records entries as Record does, however many in the same few round
// trips. Subjects are locked in one order, so that two who record about the same
// ones wait for each other.
func RecordAll(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, entries []Entry) error {
	if len(entries) == 0 {
		return nil
	}
	rows := make([]row, len(entries))
	for i, e := range entries {
		var err error
		if rows[i], err = rowOf(now, actor, e); err != nil {
			return err
		}
	}
	if err := extendAll(ctx, tx, rows); err != nil {
		return fmt.Errorf("audit: %d entries, the first %s: %w", len(entries), entries[0].Action, err)
	}
	return nil
}

// rowOf is an entry as it is kept, without its place in the chain.
func rowOf(now time.Time, actor authz.Actor, e Entry) (row, error) {
	if e.Subject == "" || e.SubjectID == "" || e.Action == "" {
		return row{}, fmt.Errorf("audit: entry without subject, id or action: %q %q %q", e.Subject, e.SubjectID, e.Action)
	}
	detail, err := canonicalDetail(e.Detail)
	if err != nil {
		return row{}, fmt.Errorf("audit: detail of %s: %w", e.Action, err)
	}
	return row{
		Subject: e.Subject, SubjectID: e.SubjectID, Action: e.Action, Detail: detail,
		At:        now.UTC().Truncate(time.Microsecond), // as Postgres keeps it
		AccountID: reference(actor.AccountID), PersonID: reference(actor.PersonID),
		ActorName: short(actor.Name, 200), ActorRole: string(actor.Role), IP: short(actor.IP, 60),
	}, nil
}

// extend locks the subject's head and appends r to its chain: two round trips.
func extend(ctx context.Context, tx postgres.Tx, r *row) error {
	h, err := lockHead(ctx, tx, r.Subject, r.SubjectID)
	if err != nil {
		return err
	}
	r.ID, r.TxID, r.Seq, r.PrevDigest = h.NextID, h.TxID, h.Seq+1, h.Digest
	r.Digest = r.sum()
	return insertEntry(ctx, tx, *r)
}

// extendAll is extend for many rows; several of one subject follow each other.
func extendAll(ctx context.Context, tx postgres.Tx, rows []row) error {
	heads, ids, err := lockHeads(ctx, tx, rows)
	if err != nil {
		return err
	}
	for i := range rows {
		r := &rows[i]
		h := heads[subjectOf(*r)]
		r.ID, r.TxID, r.Seq, r.PrevDigest = ids[i], h.TxID, h.Seq+1, h.Digest
		r.Digest = r.sum()
		h.Seq, h.Digest = r.Seq, r.Digest
	}
	return insertEntries(ctx, tx, rows, heads)
}

// reference is NULL for nobody.
func reference(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// short keeps what came from outside within its column; history is never lost
// to an overlong name or a forged address.
func short(s string, n int) string {
	if r := []rune(clean(s)); len(r) > n {
		return string(r[:n])
	}
	return clean(s)
}

// clean makes s storable as it will be read back: Postgres takes no NUL and no
// broken UTF-8, and the digest must be of what is stored.
func clean(s string) string {
	if utf8.ValidString(s) && !bytes.ContainsRune([]byte(s), 0) {
		return s
	}
	r := []rune(s) // broken bytes become U+FFFD
	for i := range r {
		if r[i] == 0 {
			r[i] = utf8.RuneError
		}
	}
	return string(r)
}

// errFraction tells a developer that a detail would not read back unchanged.
var errFraction = errors.New("a number that is not whole does not read back unchanged; write it as text")
