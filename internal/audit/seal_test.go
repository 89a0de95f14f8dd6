package audit_test

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/jackc/pgx/v5/pgconn"
)

func newKeys(t testing.TB) *secret.Keys {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret.json")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

// sealAll seals until nothing waits: a transaction of another test on the same
// server counts as running too. It begins when those older than all entries have
// ended, so that it makes as few seals as it can.
func sealAll(t testing.TB, db *dbtest.DB, keys *secret.Keys) (total audit.Sealed) {
	t.Helper()
	const running = `select count(*) from audit_entry
		where txid between pg_snapshot_xmin(pg_current_snapshot()) and pg_snapshot_xmax(pg_current_snapshot())`
	for deadline := time.Now().Add(30 * time.Second); number(t, db, running) > 0; {
		if time.Now().After(deadline) {
			t.Fatal("older transactions still run")
		}
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		s, err := audit.Seal(t.Context(), db.App, keys)
		if err != nil {
			t.Fatal(err)
		}
		total.Seals += s.Seals
		total.Entries += s.Entries
		if s.Waiting == 0 {
			return total
		}
		if time.Now().After(deadline) {
			t.Fatalf("%d entries still wait", s.Waiting)
		}
	}
}

func export(t testing.TB, db *dbtest.DB) []byte {
	t.Helper()
	var out bytes.Buffer
	err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error { return audit.Export(t.Context(), q, &out) })
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func verify(t testing.TB, file []byte, keys *secret.Keys, published ...audit.Head) audit.Report {
	t.Helper()
	r, err := audit.Verify(bytes.NewReader(file), keys.PublicKey(), published...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// number reads one number as the owner.
func number(t testing.TB, db *dbtest.DB, sql string, args ...any) (n int64) {
	t.Helper()
	if err := db.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

const (
	countUnsealed = `select count(*) from audit_entry e where not exists (select from audit_seal_entry m where m.entry_id = e.id)`
	countMissed   = countUnsealed + ` and e.id <= (select coalesce(max(complete_to), 0) from audit_seal)`
)

func TestWritersAndSealersTogetherLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	const writers, each, subjects = 16, 25, 5
	var writing sync.WaitGroup
	var done atomic.Bool
	var committed, seals atomic.Int64
	for w := range writers {
		writing.Go(func() {
			// On until seals were made amid the writing: a transaction of another test
			// on the same server may hold the first of them back.
			for i := 0; i < each || seals.Load() < 2 && t.Context().Err() == nil; i++ {
				err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
					// Two subjects in one transaction, always in the same order (postgres: lock order).
					for _, s := range []int{(w + i) % subjects, subjects} {
						e := entry("case", fmt.Sprint(s), "case.touch", map[string]any{"writer": w, "turn": i})
						if err := audit.Record(t.Context(), tx, now, clerk, e); err != nil {
							return err
						}
					}
					if i%7 == 0 {
						return errRolledBack
					}
					return nil
				})
				switch {
				case err == nil:
					committed.Add(1)
				case !errors.Is(err, errRolledBack):
					t.Error(err)
					return
				}
			}
		})
	}
	var sealing sync.WaitGroup
	for range 2 {
		sealing.Go(func() {
			defer seals.Add(2) // a sealer that gives up lets the writers end
			for !done.Load() {
				sealed, err := audit.Seal(t.Context(), db.App, keys)
				if seals.Add(int64(sealed.Seals)); err != nil {
					t.Error(err)
					return
				}
				if n := number(t, db, countMissed); n != 0 {
					t.Errorf("%d entries were declared sealed and are not", n)
					return
				}
			}
		})
	}
	writing.Wait()
	done.Store(true)
	sealing.Wait()
	// One more, younger than every seal: the seal that takes it declares the rest complete.
	record(t, db, clerk, entry("case", "0", "case.touch", nil))
	sealAll(t, db, keys)
	want := int(2*committed.Load()) + 1
	r := verify(t, export(t, db), keys)
	if !r.OK() || r.Entries != want || r.Sealed != want || r.Subjects != subjects+1 || r.Seals < 2 {
		t.Fatalf("want %d entries sealed: %v", want, r)
	}
	if n := number(t, db, countUnsealed); n != 0 {
		t.Fatalf("%d entries left behind", n)
	}
	if n := number(t, db, `select max(complete_to) from audit_seal`); n == 0 {
		t.Fatal("no seal ever declared anything complete: every run scans everything")
	}
}

var errRolledBack = errors.New("rolled back on purpose")

func TestTwoSealersMakeOneChain(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	var group sync.WaitGroup
	for round := range 8 {
		record(t, db, clerk, entry("case", fmt.Sprint(round%3), "case.touch", nil))
		for range 4 {
			group.Go(func() {
				if _, err := audit.Seal(t.Context(), db.App, keys); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	sealAll(t, db, keys)
	if r := verify(t, export(t, db), keys); !r.OK() || r.Sealed != 8 || int64(r.Seals) != number(t, db, `select max(number) from audit_seal`) {
		t.Fatal(r)
	}
}

func TestNothingIsSealedWhileAnOlderTransactionRuns(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	slow, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer slow.Rollback(t.Context())
	if _, err := slow.Exec(t.Context(), `select pg_current_xact_id()`); err != nil {
		t.Fatal(err)
	}
	record(t, db, clerk, entry("case", "young", "case.touch", nil))
	s, err := audit.Seal(t.Context(), db.App, keys)
	if err != nil || s.Seals != 0 || s.Waiting != 1 {
		t.Fatalf("sealed %+v: %v", s, err)
	}
	err = audit.Record(t.Context(), slow, time.Now(), clerk, entry("case", "old", "case.touch", nil))
	if err := errors.Join(err, slow.Commit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if s := sealAll(t, db, keys); s.Entries != 2 {
		t.Fatalf("sealed %+v after the older transaction", s)
	}
	if again, err := audit.Seal(t.Context(), db.App, keys); err != nil || again != (audit.Sealed{}) {
		t.Fatalf("sealed nothing as %+v: %v", again, err)
	}
}

func TestManyEntriesMakeSealsOfBoundedSize(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	entries := make([]audit.Entry, 2300)
	for i := range entries {
		entries[i] = entry("case", fmt.Sprint(i%40), "case.touch", nil)
	}
	record(t, db, authz.SystemActor, entries...)
	if s := sealAll(t, db, keys); s.Seals != 3 || s.Entries != len(entries) {
		t.Fatalf("sealed %+v", s)
	}
	if r := verify(t, export(t, db), keys); !r.OK() || r.Sealed != len(entries) {
		t.Fatal(r)
	}
}

func TestEntriesOfARestoredDatabaseAreSealed(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	record(t, db, clerk, entry("case", "1", "case.touch", nil))
	// As after pg_dump and restore into a new cluster, whose transactions count from the start.
	tamper(t, db, `update audit_entry set txid = '18000000000000000000'`)
	if s := sealAll(t, db, keys); s.Entries != 1 {
		t.Fatalf("sealed %+v", s)
	}
}

func TestHistoryCannotBeChanged(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	record(t, db, clerk, entry("case", "1", "case.touch", nil))
	sealAll(t, db, keys)
	for _, table := range []string{"audit_entry", "audit_seal", "audit_seal_entry"} {
		column := map[string]string{"audit_entry": "actor_name = 'x'", "audit_seal": "entries = 2", "audit_seal_entry": "seq = 2"}[table]
		for _, sql := range []string{"update " + table + " set " + column, "delete from " + table, "truncate " + table} {
			// The app is stopped by its rights, before any trigger.
			if _, err := db.App.Pool().Exec(t.Context(), sql); !denied(err) || !strings.Contains(err.Error(), "permission denied") {
				t.Errorf("portal_app: %s: %v", sql, err)
			}
			if _, err := db.Owner.Exec(t.Context(), sql); !denied(err) {
				t.Errorf("owner: %s: %v", sql, err)
			}
		}
	}
	for _, sql := range []string{"delete from audit_subject", "truncate audit_subject", "alter table audit_entry disable trigger all", "drop table audit_entry"} {
		if _, err := db.App.Pool().Exec(t.Context(), sql); !denied(err) {
			t.Errorf("portal_app: %s: %v", sql, err)
		}
	}
	if r := verify(t, export(t, db), keys); !r.OK() || r.Sealed != 1 {
		t.Fatal(r)
	}
}

func denied(err error) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.Code == "42501"
}

func TestHeadOfTheDay(t *testing.T) {
	t.Parallel()
	db, keys := dbtest.New(t), newKeys(t)
	head := func(date string) (h audit.Head, ok bool) {
		err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
			h, ok, err = audit.DailyHead(t.Context(), q, civil.MustParse(date))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return h, ok
	}
	// 23:50 and 00:10 in Shanghai are two days there, and one in UTC.
	db.SetNow(t, time.Date(2026, 11, 23, 15, 50, 0, 0, time.UTC))
	record(t, db, clerk, entry("case", "1", "case.touch", nil))
	sealAll(t, db, keys)
	db.SetNow(t, time.Date(2026, 11, 23, 16, 10, 0, 0, time.UTC))
	record(t, db, clerk, entry("case", "1", "case.touch", nil))
	sealAll(t, db, keys)
	if h, ok := head("2026-11-22"); ok {
		t.Fatalf("a head before the first seal: %v", h)
	}
	monday, _ := head("2026-11-23")
	tuesday, _ := head("2026-11-24")
	later, _ := head("2026-12-24")
	if monday.Number != 1 || tuesday.Number != 2 || later.Number != 2 || len(tuesday.Digest.String()) != 64 {
		t.Fatalf("heads %v, %v, %v", monday, tuesday, later)
	}
	if r := verify(t, export(t, db), keys, monday, tuesday); !r.OK() || r.Head.Digest.String() != tuesday.Digest.String() {
		t.Fatal(r)
	}
}
