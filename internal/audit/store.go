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

// subject is what a chain is about.
type subject struct{ kind, id string }

func subjectOf(r row) subject { return subject{r.Subject, r.SubjectID} }

// lockHeads is lockHead for the subjects of many rows, and draws an id for each
// row.
func lockHeads(ctx context.Context, tx postgres.Tx, rows []row) (heads map[subject]*head, ids []int64, err error) {
	kinds, subjects := make([]string, len(rows)), make([]string, len(rows))
	for i, r := range rows {
		kinds[i], subjects[i] = r.Subject, r.SubjectID
	}
	heads = make(map[subject]*head, len(rows))
	batch := &pgx.Batch{}
	batch.Queue(`insert into audit_subject (subject, subject_id) select distinct s, i from unnest($1::text[], $2::text[]) u (s, i) order by 1, 2 on conflict do nothing`, kinds, subjects)
	batch.Queue(`select subject, subject_id, seq, digest, pg_current_xact_id() as txid from audit_subject
		where (subject, subject_id) in (select * from unnest($1::text[], $2::text[])) order by subject, subject_id for update`, kinds, subjects).Query(func(found pgx.Rows) error {
		var s subject
		var h head
		_, err := pgx.ForEachRow(found, []any{&s.kind, &s.id, &h.Seq, &h.Digest, &h.TxID}, func() error {
			locked := h
			locked.Digest = append([]byte{}, h.Digest...)
			heads[s] = &locked
			return nil
		})
		return err
	})
	batch.Queue(`select nextval('audit_entry_id_seq') from generate_series(1, $1::int)`, len(rows)).Query(func(drawn pgx.Rows) (err error) {
		ids, err = pgx.CollectRows(drawn, pgx.RowTo[int64])
		return err
	})
	return heads, ids, tx.SendBatch(ctx, batch).Close()
}

func insertEntries(ctx context.Context, tx postgres.Tx, rows []row, heads map[subject]*head) error {
	n := len(rows)
	ids, seqs := make([]int64, n), make([]int64, n)
	kinds, subjects, actions, details := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	prev, digests := make([][]byte, n), make([][]byte, n)
	for i, r := range rows {
		ids[i], seqs[i], kinds[i], subjects[i], actions[i], details[i] = r.ID, r.Seq, r.Subject, r.SubjectID, r.Action, string(r.Detail)
		prev[i], digests[i] = r.PrevDigest, r.Digest
	}
	one := rows[0] // the actor and the moment are those of all
	_, err := tx.Exec(ctx, `
		insert into audit_entry (id, subject, subject_id, seq, at, account_id, person_id, actor_name, actor_role, ip, action, detail, prev_digest, digest, txid)
		select id, subject, subject_id, seq, $9, $10, $11, $12, $13, $14, action, detail::jsonb, prev, digest, $15
		from unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[], $7::bytea[], $8::bytea[])
			u (id, subject, subject_id, seq, action, detail, prev, digest)`,
		ids, kinds, subjects, seqs, actions, details, prev, digests, one.At, one.AccountID, one.PersonID, one.ActorName, one.ActorRole, one.IP, one.TxID)
	if err != nil {
		return err
	}
	kinds, subjects, seqs, digests = nil, nil, nil, nil
	for s, h := range heads {
		kinds, subjects, seqs, digests = append(kinds, s.kind), append(subjects, s.id), append(seqs, h.Seq), append(digests, h.Digest)
	}
	_, err = tx.Exec(ctx, `update audit_subject s set seq = u.seq, digest = u.digest
		from unnest($1::text[], $2::text[], $3::bigint[], $4::bytea[]) u (subject, subject_id, seq, digest)
		where s.subject = u.subject and s.subject_id = u.subject_id`, kinds, subjects, seqs, digests)
	return err
}
