package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func TestUUIDsGoBothWays(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).App.Pool()
	id := uuid.Must(uuid.NewV7())
	type row struct {
		Plain   uuid.UUID
		Text    string
		Null    *uuid.UUID
		Present *uuid.UUID
		NullU   uuid.NullUUID `db:"null_u"`
		List    []uuid.UUID
	}
	got, err := postgres.One[row](t.Context(), pool,
		`select $1::uuid as plain, $1::uuid::text as text, $2::uuid as null, $1::uuid as present, $3::uuid as null_u, $4::uuid[] as list`,
		id, (*uuid.UUID)(nil), uuid.NullUUID{}, []uuid.UUID{id, {}})
	if err != nil {
		t.Fatal(err)
	}
	if got.Plain != id || got.Text != id.String() || got.Null != nil || *got.Present != id || got.NullU.Valid || !slices.Equal(got.List, []uuid.UUID{id, {}}) {
		t.Fatalf("%+v, want %v", got, id)
	}
	var found bool
	if err := pool.QueryRow(t.Context(), `select $1::uuid = any($2)`, id, []uuid.UUID{id}).Scan(&found); err != nil || !found {
		t.Fatalf("any: %v, %v", found, err)
	}
}

func TestCivilDatesGoBothWays(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).App.Pool()
	leap := civil.MustParse("2028-02-29")
	type row struct {
		D    civil.Date
		Text string
		None civil.Date
		List []civil.Date
	}
	got, err := postgres.One[row](t.Context(), pool,
		`select $1::date as d, $1::date::text as text, $2::date as none, $3::date[] as list`, leap, civil.Date{}, []civil.Date{leap})
	if err != nil {
		t.Fatal(err)
	}
	if got.D != leap || got.Text != "2028-02-29" || !got.None.IsZero() || !slices.Equal(got.List, []civil.Date{leap}) {
		t.Fatalf("%+v", got)
	}
	var isNull bool
	if err := pool.QueryRow(t.Context(), `select $1::date is null`, civil.Date{}).Scan(&isNull); err != nil || !isNull {
		t.Fatalf("zero date stored as %v, %v", isNull, err)
	}
}

func TestLimitsAreSet(t *testing.T) {
	t.Parallel()
	pool := dbtest.New(t).App.Pool()
	for name, want := range map[string]string{
		"lock_timeout": "3s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "1min", "TimeZone": "UTC", "application_name": "portal",
	} {
		var got string
		if err := pool.QueryRow(t.Context(), `select current_setting($1)`, name).Scan(&got); err != nil || got != want {
			t.Errorf("%s = %q, want %q (%v)", name, got, want, err)
		}
	}
}

func TestURLOverridesLimits(t *testing.T) {
	t.Parallel()
	db, err := postgres.Open(t.Context(), dbtest.New(t).AppURL()+"&lock_timeout=7s")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var got string
	if err := db.Pool().QueryRow(t.Context(), `show lock_timeout`).Scan(&got); err != nil || got != "7s" {
		t.Fatalf("%q, %v", got, err)
	}
}

func TestOpenTellsTroubleApart(t *testing.T) {
	t.Parallel()
	if _, err := postgres.Open(t.Context(), "postgres://nobody@127.0.0.1:1/none?sslmode=disable"); !errs.Is(err, errs.Unavailable) {
		t.Errorf("nobody listens: %v", err)
	}
	if _, err := postgres.Open(t.Context(), "postgres://[broken"); err == nil || errs.Is(err, errs.Unavailable) {
		t.Errorf("malformed URL: %v", err)
	}
}

func TestTransactions(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	ctx := t.Context()
	if _, err := db.Owner.Exec(ctx, `create table rows (id int constraint rows_id unique, version int not null default 1)`); err != nil {
		t.Fatal(err)
	}
	insert := func(ctx context.Context, id int, fail error) error {
		return db.App.InTx(ctx, func(tx postgres.Tx, _ time.Time) error {
			if _, err := tx.Exec(ctx, `insert into rows (id) values ($1)`, id); err != nil {
				return err
			}
			return fail
		})
	}
	if err := insert(ctx, 1, nil); err != nil {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	if err := insert(ctx, 2, refused); !errors.Is(err, refused) {
		t.Errorf("own error comes back as %v", err)
	}
	err := insert(ctx, 1, nil)
	if !errs.Is(err, errs.Conflict) || !postgres.Violates(err, "rows_id") {
		t.Errorf("duplicate: %v", err)
	}
	if err := insert(postgres.ReadOnly(ctx), 3, nil); err == nil {
		t.Error("wrote under a read-only request")
	}
	err = db.App.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		_, err := q.Exec(ctx, `insert into rows (id) values (4)`)
		return err
	})
	if err == nil {
		t.Error("wrote in Read")
	}
	if ids, err := postgres.All[struct{ ID int }](ctx, db.Owner, `select id from rows`); err != nil || len(ids) != 1 {
		t.Errorf("rows %v, %v: only the first insert may stay", ids, err)
	}
	if err := postgres.ExecOne(ctx, db.App.Pool(), `update rows set version = 2 where id = 1 and version = 9`); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale version: %v", err)
	}
	if _, err := postgres.One[struct{ ID int }](ctx, db.Owner, `select id from rows where id = 7`); !errs.Is(err, errs.NotFound) {
		t.Errorf("no row: %v", err)
	}
}

func TestLockTimeoutIsUnavailable(t *testing.T) {
	t.Parallel()
	err := postgres.Translate(lockTimeout(t))
	if !errs.Is(err, errs.Unavailable) {
		t.Fatalf("%v", err)
	}
}

// lockTimeout returns what Postgres says when a lock is not to be had.
func lockTimeout(t *testing.T) error {
	t.Helper()
	db := dbtest.New(t)
	holder, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = holder.Rollback(t.Context()) }()
	if _, err := holder.Exec(t.Context(), `lock table clock_offset`); err != nil {
		t.Fatal(err)
	}
	return pgx.BeginFunc(t.Context(), db.Owner, func(tx pgx.Tx) error {
		_, err := tx.Exec(t.Context(), `lock table clock_offset nowait`)
		return err
	})
}

func TestStatementsAreCounted(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	ctx, counter := postgres.CountStatements(t.Context())
	err := db.App.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		_, err := postgres.All[struct{ N int }](ctx, q, `select generate_series(1, 3) as n`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := counter.Statements(); len(got) != 2 { // portal_now and ours
		t.Errorf("Read: %q", got)
	}
	batch := &pgx.Batch{}
	batch.Queue(`select 1`)
	batch.Queue(`select 2`)
	if err := db.App.Pool().SendBatch(ctx, batch).Close(); err != nil {
		t.Fatal(err)
	}
	if counter.Count() != 3 { // a batch is one round trip
		t.Errorf("with a batch of two: %q", counter.Statements())
	}
	if _, err := db.App.Pool().Exec(t.Context(), `select 3`); err != nil || counter.Count() != 3 {
		t.Errorf("a statement of another context is counted: %q, %v", counter.Statements(), err)
	}
}

// Lists of two shapes on one connection: what is fetched is described anew.
func TestEachGivesEveryRowInParts(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	type number struct {
		N int `db:"n"`
	}
	type named struct {
		N    int    `db:"n"`
		Name string `db:"name"`
	}
	for _, most := range []int{0, 1, 500, 1201} {
		var calls, sum, names int
		err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			err := postgres.Each(t.Context(), q, func(rows []number) error {
				calls++
				for _, r := range rows {
					sum += r.N
				}
				return nil
			}, `select n from generate_series(1, $1::int) n`, most)
			if err != nil {
				return err
			}
			return postgres.Each(t.Context(), q, func(rows []named) error { names += len(rows); return nil }, `select n, 'x' as name from generate_series(1, $1::int) n`, most)
		})
		if err != nil || sum != most*(most+1)/2 || names != most || calls != most/500+1 {
			t.Errorf("%d rows: sum %d, %d calls, %d names, %v", most, sum, calls, names, err)
		}
	}
	stop := errors.New("stop")
	err := db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		return postgres.Each(t.Context(), q, func([]number) error { return stop }, `select n from generate_series(1, 9) n`)
	})
	if !errors.Is(err, stop) {
		t.Errorf("what the reader of the rows said is lost: %v", err)
	}
}
