package audit

import (
	"context"
	"errors"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5"
)

// sealLock is the advisory lock of the sealers; the number means nothing.
const sealLock = 7_207_320_200

// seal is one stored seal.
type seal struct {
	Number        int64     `db:"number"`
	At            time.Time `db:"at"`
	FirstID       int64     `db:"first_id"`
	LastID        int64     `db:"last_id"`
	Entries       int       `db:"entries"`
	EntriesDigest []byte    `db:"entries_digest"`
	CompleteTo    int64     `db:"complete_to"`
	PrevDigest    []byte    `db:"prev_digest"`
	Digest        []byte    `db:"digest"`
	KeyID         string    `db:"key_id"`
	Signature     []byte    `db:"signature"`
	TopID         int64     `db:"top_id"`
	Horizon       uint64    `db:"horizon"`
}

const sealColumns = `number, at, first_id, last_id, entries, entries_digest, complete_to, prev_digest, digest, key_id, signature, top_id, horizon`

// member is an entry as its seal repeats it.
type member struct {
	ID        int64     `db:"entry_id" json:"id"`
	Subject   string    `db:"subject" json:"subject"`
	SubjectID string    `db:"subject_id" json:"subject_id"`
	Seq       int64     `db:"seq" json:"seq"`
	Digest    HexDigest `db:"digest" json:"digest"`
}

// candidate is an entry that no seal holds yet.
type candidate struct {
	member
	Settled bool `db:"settled"`
}

// moment is what a sealer saw before it looked for entries.
type moment struct {
	TopID  int64  `db:"top_id"` // the highest entry id
	Oldest uint64 `db:"oldest"` // the oldest transaction that was running
}

// lockSeals waits for its turn and returns the last seal, the zero seal when
// there is none. The lock comes in a statement of its own: the next one must see
// what the sealer before committed.
func lockSeals(ctx context.Context, tx postgres.Tx) (last seal, m moment, err error) {
	if _, err := tx.Exec(ctx, `select pg_advisory_xact_lock($1)`, sealLock); err != nil {
		return last, m, err
	}
	last, err = postgres.One[seal](ctx, tx, `select `+sealColumns+` from audit_seal order by number desc limit 1`)
	if errs.Is(err, errs.NotFound) {
		last = seal{PrevDigest: []byte{}, Digest: []byte{}}
	} else if err != nil {
		return last, m, err
	}
	m, err = postgres.One[moment](ctx, tx, `select coalesce(max(id), 0) as top_id,
		pg_snapshot_xmin(pg_current_snapshot()) as oldest from audit_entry`)
	return last, m, err
}

// unsealed returns entries after the given id that no seal holds, by id. One is
// settled when its transaction is older than every running one. A number from
// the future belongs to a former life of the database, before it was restored
// into a new cluster, and is settled too.
func unsealed(ctx context.Context, q postgres.Querier, after int64, limit int) ([]candidate, error) {
	return postgres.All[candidate](ctx, q, `
		select e.id as entry_id, e.subject, e.subject_id, e.seq, e.digest,
			e.txid < pg_snapshot_xmin(pg_current_snapshot()) or e.txid >= pg_snapshot_xmax(pg_current_snapshot()) as settled
		from audit_entry e
		where e.id > $1 and not exists (select from audit_seal_entry m where m.entry_id = e.id)
		order by e.id limit $2`, after, limit)
}

// insertSeal stores the seal. Its horizon is this transaction's number, drawn
// only now: every transaction that had a number when moment was taken has a
// lower one. (A snapshot's xmax would not do: it is the highest ended, plus one.)
func insertSeal(ctx context.Context, tx postgres.Tx, s seal, members []member) error {
	_, err := tx.Exec(ctx, `insert into audit_seal (`+sealColumns+`)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, pg_current_xact_id())`,
		s.Number, s.At, s.FirstID, s.LastID, s.Entries, s.EntriesDigest, s.CompleteTo, s.PrevDigest, s.Digest, s.KeyID, s.Signature, s.TopID)
	if err != nil {
		return err
	}
	columns := []string{"entry_id", "seal_number", "position", "subject", "subject_id", "seq", "digest"}
	n, err := tx.CopyFrom(ctx, pgx.Identifier{"audit_seal_entry"}, columns, pgx.CopyFromSlice(len(members), func(i int) ([]any, error) {
		m := members[i]
		return []any{m.ID, s.Number, i + 1, m.Subject, m.SubjectID, m.Seq, []byte(m.Digest)}, nil
	}))
	if err == nil && n != int64(len(members)) {
		err = errors.New("not every member was stored")
	}
	return err
}
