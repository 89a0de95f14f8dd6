package audit

import (
	"context"

	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5"
)

// head is the locked end of one subject's chain, and what the next entry gets.
type head struct {
	Seq    int64  `db:"seq"`
	Digest []byte `db:"digest"`
	NextID int64  `db:"next_id"`
	TxID   uint64 `db:"txid"`
}

// lockHead makes the subject's head when there is none and locks it. The id is
// drawn after the lock is held, which gives the transaction its number first:
// within one subject ids rise with seq, and the horizon of a seal holds
// (see sealBatch). Hence the materialized step.
func lockHead(ctx context.Context, tx postgres.Tx, subject, subjectID string) (h head, err error) {
	batch := &pgx.Batch{}
	batch.Queue(`insert into audit_subject (subject, subject_id) values ($1, $2) on conflict do nothing`, subject, subjectID)
	batch.Queue(`with h as materialized (
			select seq, digest from audit_subject where subject = $1 and subject_id = $2 for update)
		select seq, digest, pg_current_xact_id() as txid, nextval('audit_entry_id_seq') as next_id from h`,
		subject, subjectID).Query(func(rows pgx.Rows) error {
		h, err = pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[head])
		return err
	})
	return h, tx.SendBatch(ctx, batch).Close()
}

func insertEntry(ctx context.Context, tx postgres.Tx, r row) error {
	return postgres.ExecOne(ctx, tx, `with e as (
			insert into audit_entry (id, subject, subject_id, seq, at, account_id, person_id, actor_name, actor_role, ip,
				action, detail, prev_digest, digest, txid)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))
		update audit_subject set seq = $4, digest = $14 where subject = $2 and subject_id = $3`,
		r.ID, r.Subject, r.SubjectID, r.Seq, r.At, r.AccountID, r.PersonID, r.ActorName, r.ActorRole, r.IP,
		r.Action, r.Detail, r.PrevDigest, r.Digest, r.TxID)
}
