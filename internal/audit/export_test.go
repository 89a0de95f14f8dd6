package audit

import (
	"context"
	"testing"

	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Forge recomputes digests as an attacker would who knows this code and may
// write to every table, but has not the signing key.
type Forge struct {
	ctx context.Context
	db  *pgxpool.Pool
}

// ForgeForTest returns one; it exists in tests only.
func ForgeForTest(ctx context.Context, db *pgxpool.Pool) Forge { return Forge{ctx, db} }

// Chains makes every chain of entries consistent again.
func (f Forge) Chains(t *testing.T, exec func(sql string, args ...any)) {
	t.Helper()
	rows, err := postgres.All[row](f.ctx, f.db, `select `+entryColumns+` from audit_entry e order by e.subject, e.subject_id, e.seq`)
	if err != nil {
		t.Fatal(err)
	}
	ends := map[chainKey][]byte{}
	for _, r := range rows {
		k := chainKey{r.Subject, r.SubjectID}
		if r.PrevDigest = ends[k]; r.PrevDigest == nil {
			r.PrevDigest = []byte{}
		}
		if r.Detail, err = canonical(r.Detail); err != nil {
			t.Fatal(err)
		}
		ends[k] = r.sum()
		exec(`update audit_entry set prev_digest = $2, digest = $3 where id = $1`, r.ID, r.PrevDigest, ends[k])
	}
}

// Seals makes the lists and digests of all seals fit the entries.
func (f Forge) Seals(t *testing.T, exec func(sql string, args ...any)) {
	t.Helper()
	exec(`update audit_seal_entry m set digest = e.digest from audit_entry e where e.id = m.entry_id`)
	seals, err := postgres.All[seal](f.ctx, f.db, `select `+sealColumns+` from audit_seal order by number`)
	if err != nil {
		t.Fatal(err)
	}
	prev := []byte{}
	for _, s := range seals {
		members, err := postgres.All[member](f.ctx, f.db, `select entry_id, subject, subject_id, seq, digest
			from audit_seal_entry where seal_number = $1 order by position`, s.Number)
		if err != nil {
			t.Fatal(err)
		}
		s.EntriesDigest, s.PrevDigest = membersSum(members), prev
		prev = s.sum()
		exec(`update audit_seal set entries_digest = $2, prev_digest = $3, digest = $4 where number = $1`, s.Number, s.EntriesDigest, s.PrevDigest, prev)
	}
}
