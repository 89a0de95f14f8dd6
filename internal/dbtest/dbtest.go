// Package dbtest gives a test a database of its own on a real Postgres. Test
// infrastructure on top of level 2; no tables; imported by tests only.
//
// One throw-away cluster serves every package of a go test run and the runs
// that follow within a minute; each test gets a clone of a migrated template.
// A missing Postgres fails the test: nothing is ever skipped.
package dbtest

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// DB is one test's database; it is dropped when the test ends.
type DB struct {
	App   *postgres.DB  // as the binary sees it: role portal_app
	Owner *pgxpool.Pool // role portal_owner, for planting facts and looking behind the curtain

	cluster *postgres.Cluster
	name    string
}

// cluster is joined once per test process, template made once: the only state
// of this package, and the reason why it is for tests only.
var (
	cluster  = sync.OnceValues(func() (*postgres.Cluster, error) { return within(join) })
	template = sync.OnceValues(func() (string, error) {
		return within(func(ctx context.Context) (string, error) {
			c, err := cluster()
			if err != nil {
				return "", err
			}
			return makeTemplate(ctx, c)
		})
	})
)

func within[T any](fn func(context.Context) (T, error)) (T, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return fn(ctx)
}

// New returns a fresh, migrated database.
func New(t testing.TB) *DB {
	t.Helper()
	source, err := template()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	c, err := cluster()
	if err != nil {
		t.Fatalf("dbtest: %v", err)
	}
	db := &DB{cluster: c, name: "test_" + suffix()}
	ctx := t.Context()
	// FILE_COPY: twice as fast as the default for a schema of this size (STACK §3).
	if err := admin(ctx, c, fmt.Sprintf(`create database %s template %s strategy file_copy`, db.name, source)); err != nil {
		t.Fatalf("dbtest: clone: %v", err)
	}
	t.Cleanup(func() { db.drop(t) })
	if db.App, err = postgres.Open(ctx, db.AppURL()+"&pool_max_conns=8"); err != nil {
		t.Fatalf("dbtest: open: %v", err)
	}
	if db.Owner, err = pgxpool.New(ctx, db.OwnerURL()+"&pool_max_conns=4&timezone=UTC"); err != nil {
		t.Fatalf("dbtest: open: %v", err)
	}
	return db
}

func (db *DB) drop(t testing.TB) {
	// Force cuts off connections first, so that closing a pool never waits for
	// a query that a failed test left behind.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := admin(ctx, db.cluster, fmt.Sprintf(`drop database %s with (force)`, db.name))
	if db.App != nil {
		db.App.Close()
	}
	if db.Owner != nil {
		db.Owner.Close()
	}
	if err != nil {
		t.Errorf("dbtest: drop: %v", err)
	}
}

// AppURL is the connection string of role portal_app, for a whole portal under test.
func (db *DB) AppURL() string { return db.cluster.URL(postgres.AppRole, db.name) }

// OwnerURL is the connection string of the owner.
func (db *DB) OwnerURL() string { return db.cluster.URL(postgres.OwnerRole, db.name) }

// Advance moves the clock of business rules on by d (back when negative).
func (db *DB) Advance(t testing.TB, d time.Duration) {
	t.Helper()
	_, err := db.Owner.Exec(t.Context(), `update clock_offset set shift = shift + $1 * interval '1 microsecond'`, d.Microseconds())
	if err != nil {
		t.Fatalf("dbtest: advance: %v", err)
	}
}

// SetNow moves the clock of business rules to at; it runs on from there.
func (db *DB) SetNow(t testing.TB, at time.Time) {
	t.Helper()
	if _, err := db.Owner.Exec(t.Context(), `update clock_offset set shift = $1::timestamptz - now()`, at.UTC()); err != nil {
		t.Fatalf("dbtest: set now: %v", err)
	}
}

// admin runs one statement in the maintenance database on a connection of its own.
func admin(ctx context.Context, c *postgres.Cluster, sql string) error {
	conn, err := pgx.Connect(ctx, c.URL(postgres.OwnerRole, "postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, sql)
	return err
}

func suffix() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return hex.EncodeToString(b[:])
}
