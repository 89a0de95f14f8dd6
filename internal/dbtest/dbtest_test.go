package dbtest

import (
	"testing"
	"testing/fstest"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
)

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	a, b := New(t), New(t)
	if _, err := a.Owner.Exec(t.Context(), `create table only_in_a (n int)`); err != nil {
		t.Fatal(err)
	}
	var found bool
	err := b.Owner.QueryRow(t.Context(), `select to_regclass('only_in_a') is not null`).Scan(&found)
	if err != nil || found {
		t.Fatalf("table of another test seen: %v, %v", found, err)
	}
}

func TestDatabaseIsDroppedWithItsTest(t *testing.T) {
	t.Parallel()
	var inner *DB
	t.Run("inner", func(t *testing.T) { inner = New(t) })
	outer := New(t)
	var left int
	if err := outer.Owner.QueryRow(t.Context(), `select count(*) from pg_database where datname in ($1, $2)`, inner.name, outer.name).Scan(&left); err != nil {
		t.Fatal(err)
	}
	if left != 1 { // the outer one, as the control
		t.Fatalf("%d databases, want only the running test's", left)
	}
}

func TestClockMovesByTheStoredOffset(t *testing.T) {
	t.Parallel()
	db := New(t)
	at := time.Date(2027, 3, 1, 9, 0, 0, 0, time.UTC)
	now := func() (got time.Time) {
		err := db.App.InTx(t.Context(), func(_ postgres.Tx, now time.Time) error { got = now; return nil })
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if d := time.Since(now()); d < -time.Hour || d > time.Hour {
		t.Fatalf("clock starts %v off", d)
	}
	db.SetNow(t, at)
	if d := now().Sub(at); d < 0 || d > time.Minute {
		t.Fatalf("after SetNow %v from %v", d, at)
	}
	db.Advance(t, 366*24*time.Hour) // over the leap day
	if d := now().Sub(at.AddDate(1, 0, 0)); d < 0 || d > time.Minute {
		t.Fatalf("after Advance %v off", d)
	}
}

func TestAppRoleCannotMoveTheClock(t *testing.T) {
	t.Parallel()
	db := New(t)
	_, err := db.App.Pool().Exec(t.Context(), `update clock_offset set shift = '1 day'`)
	if err == nil || errs.Is(err, errs.Unavailable) {
		t.Fatalf("portal_app moved the clock: %v", err)
	}
	var role string
	if err := db.App.Pool().QueryRow(t.Context(), `select current_user`).Scan(&role); err != nil || role != postgres.AppRole {
		t.Fatalf("role %q, %v", role, err)
	}
}

func TestTemplateNameFollowsEveryByte(t *testing.T) {
	t.Parallel()
	file := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	root := func(sum string) fstest.MapFS {
		return fstest.MapFS{"go.sum": file(sum), "internal/jobs/migrate.go": file("m")}
	}
	name := func(files, root fstest.MapFS) string {
		n, err := templateName(files, root)
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	one := name(fstest.MapFS{"1.sql": file("a"), "2.sql": file("b")}, root("s"))
	if name(fstest.MapFS{"1.sql": file("a"), "2.sql": file("b")}, root("s")) != one {
		t.Fatal("same migrations, another name")
	}
	if name(fstest.MapFS{"1.sql": file("a"), "2.sql": file("b")}, root("t")) == one {
		t.Fatal("another library, the same name")
	}
	for _, other := range []fstest.MapFS{
		{"1.sql": file("a"), "2.sql": file("c")}, {"1.sql": file("a")}, {"1.sql": file("a"), "3.sql": file("b")},
	} {
		if name(other, root("s")) == one {
			t.Fatalf("%v has the same name", other)
		}
	}
}

func TestJobTablesAreInTheTemplate(t *testing.T) {
	t.Parallel()
	var n int
	if err := New(t).App.Pool().QueryRow(t.Context(), `select count(*) from river_job`).Scan(&n); err != nil || n != 0 {
		t.Fatalf("%d jobs, %v", n, err)
	}
}
