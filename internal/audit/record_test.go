package audit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
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

func TestEntryRollsBackWithItsChange(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	record(t, db, clerk, entry("case", "a", "case.create", nil))
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		if err := audit.Record(t.Context(), tx, now, clerk, entry("case", "a", "case.refuse", nil)); err != nil {
			return err
		}
		return errRolledBack
	})
	if !errors.Is(err, errRolledBack) {
		t.Fatal(err)
	}
	record(t, db, clerk, entry("case", "a", "case.accept", nil))
	if n := number(t, db, `select count(*) * 10 + max(seq) from audit_entry`); n != 22 {
		t.Fatalf("rows and last place %d, want two rows and place 2", n)
	}
}

func TestEntryKeepsWhoWhenAndWhat(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	at := time.Date(2026, 11, 23, 1, 2, 3, 456789123, time.UTC)
	long := clerk
	long.Name, long.IP = "李\x00娜"+string([]byte{0xff}), strings.Repeat("f", 500)
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		detail := map[string]any{"fields": []string{"name"}, "org": clerk.AccountID, "amount_fen": int64(1) << 60}
		if err := audit.Record(t.Context(), tx, at, long, entry("case", "a", "case.accept", detail)); err != nil {
			return err
		}
		return audit.Record(t.Context(), tx, at, authz.SystemActor, entry("case", "a", "case.lapse", nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	items, err := audit.BySubject(t.Context(), db.App.Pool(), "case", "a")
	if err != nil || len(items) != 2 {
		t.Fatalf("%d items: %v", len(items), err)
	}
	by, system := items[0], items[1]
	if *by.AccountID != clerk.AccountID || *by.PersonID != clerk.PersonID || by.ActorName != "李\ufffd娜\ufffd" || by.ActorRole != authz.BureauClerk ||
		len(by.IP) != 60 || !by.At.Equal(at.Truncate(time.Microsecond)) || by.Seq != 1 || by.Seal != 0 {
		t.Fatalf("kept %+v", by)
	}
	var detail struct {
		Fields []string
		Org    string
		Amount int64 `json:"amount_fen"`
	}
	if err := json.Unmarshal(by.Detail, &detail); err != nil || detail.Amount != 1<<60 || detail.Org != clerk.AccountID.String() || detail.Fields[0] != "name" {
		t.Fatalf("detail %s: %v", by.Detail, err)
	}
	if system.AccountID != nil || system.PersonID != nil || system.ActorName != "系统" || string(system.Detail) != "{}" {
		t.Fatalf("system kept as %+v", system)
	}
}

func TestEntryThatCannotBeKeptStopsTheChange(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for label, e := range map[string]audit.Entry{
		"fraction":    entry("case", "a", "case.pay", map[string]any{"amount": 0.1}),
		"nested":      entry("case", "a", "case.pay", map[string]any{"lines": []any{map[string]any{"share": 1e21}}}),
		"no json":     entry("case", "a", "case.pay", map[string]any{"fn": func() {}}),
		"no subject":  entry("", "a", "case.pay", nil),
		"no id":       entry("case", "", "case.pay", nil),
		"no action":   entry("case", "a", "", nil),
		"long action": entry("case", "a", strings.Repeat("x", 101), nil),
	} {
		err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error { return audit.Record(t.Context(), tx, now, clerk, e) })
		if err == nil || errs.KindOf(err) != errs.Internal {
			t.Errorf("%s: %v", label, err)
		}
	}
	if n := number(t, db, `select count(*) from audit_entry`); n != 0 {
		t.Fatalf("%d entries kept", n)
	}
}

// Many entries recorded at once are chained, sealed and verified as if each had
// come alone, several about one subject and those of others in between included.
func TestManyEntriesAtOnce(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	record(t, db, clerk, entry("organization", "7", "organization.create", nil))
	var many []audit.Entry
	for i := range 500 {
		many = append(many, entry("organization", fmt.Sprint(i%200), "organization.register", map[string]any{"row": i}))
	}
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error { return audit.RecordAll(t.Context(), tx, now, clerk, many) })
	if err != nil {
		t.Fatal(err)
	}
	record(t, db, clerk, entry("organization", "7", "organization.profile.save", nil))
	sealAll(t, db, keys)
	if r := verify(t, export(t, db), keys); !r.OK() || r.Entries != 502 {
		t.Errorf("%v", r)
	}
	if n := number(t, db, `select seq from audit_subject where subject_id = '7'`); n != 5 {
		t.Errorf("the chain of 7 has %d entries", n)
	}
	tampered := append(many[:1:1], audit.Entry{Subject: "organization", SubjectID: "1"})
	err = db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		return audit.RecordAll(t.Context(), tx, now, clerk, tampered)
	})
	if err == nil || !errs.Is(err, errs.Internal) {
		t.Errorf("an entry without an action among others: %v", err)
	}
}
