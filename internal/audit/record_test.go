package audit_test

import (
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var clerk = authz.Actor{
	AccountID: uuid.MustParse("01990000-0000-7000-8000-000000000001"), PersonID: uuid.MustParse("01990000-0000-7000-8000-000000000002"),
	Name: "李娜", Role: authz.BureauClerk, IP: "203.0.113.7",
}

// tamper does what only the owner of the database can, and only on purpose.
func tamper(t testing.TB, db *dbtest.DB, sql string, args ...any) {
	t.Helper()
	tx, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	for _, table := range []string{"audit_entry", "audit_seal", "audit_seal_entry"} {
		if _, err := tx.Exec(t.Context(), `alter table `+table+` disable trigger append_only`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"audit_entry", "audit_seal", "audit_seal_entry"} {
		if _, err := tx.Exec(t.Context(), `alter table `+table+` enable trigger append_only`); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// record writes entries in one transaction, as a service would.
func record(t testing.TB, db *dbtest.DB, actor authz.Actor, entries ...audit.Entry) {
	t.Helper()
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		for _, e := range entries {
			if err := audit.Record(t.Context(), tx, now, actor, e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func entry(subject, id, action string, detail map[string]any) audit.Entry {
	return audit.Entry{Subject: subject, SubjectID: id, Action: action, Detail: detail}
}

func TestEntriesOfOneSubjectFormAChain(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	record(t, db, clerk, entry("organization", "a", "organization.create", nil), entry("organization", "b", "organization.create", nil),
		entry("organization", "a", "organization.profile.save", map[string]any{"fields": []string{"name", "address"}}))
	record(t, db, authz.SystemActor, entry("organization", "a", "organization.expire", nil))
	var linked int
	err := db.Owner.QueryRow(t.Context(), `select count(*) from audit_entry e join audit_entry p
		on p.subject = e.subject and p.subject_id = e.subject_id and p.seq = e.seq - 1 and p.digest = e.prev_digest
		where e.subject_id = 'a' and p.id < e.id`).Scan(&linked)
	if err != nil || linked != 2 {
		t.Fatalf("%d links in a chain of three: %v", linked, err)
	}
	var others int
	if err := db.Owner.QueryRow(t.Context(), `select max(seq) from audit_entry where subject_id = 'b'`).Scan(&others); err != nil || others != 1 {
		t.Fatalf("chain of another subject at %d: %v", others, err)
	}
}
