// Package postgres opens the database and runs transactions. Level 1; owns the
// table clock_offset and the function portal_now().
//
// Lock order, the same everywhere: case → application → attachment → account →
// receipt → ledger → notice → audit subject. Rows of one table are locked by ascending id.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/errs"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Querier is what a store function needs to read or write: a Tx or a pool.
type Querier interface {
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Tx is a running transaction. Services open it; store functions, audit and
// jobs receive it.
type Tx = pgx.Tx

// DB is the pool of the role that serves (portal_app): it can read and write,
// but not alter audit, ledger or payment rows.
type DB struct{ pool *pgxpool.Pool }

// New wraps an open pool.
func New(pool *pgxpool.Pool) *DB { return &DB{pool: pool} }

// Pool returns the pool, for the session store, the job runner and the
// readiness check. Features use InTx and Read.
func (db *DB) Pool() *pgxpool.Pool { return db.pool }

// Close waits for running queries and closes the pool.
func (db *DB) Close() { db.pool.Close() }

type readOnlyKey struct{}

// ReadOnly marks ctx as belonging to a safe request (GET, HEAD). InTx refuses
// to open a transaction under such a context, so a GET cannot write.
func ReadOnly(ctx context.Context) context.Context {
	return context.WithValue(ctx, readOnlyKey{}, true)
}

// IsReadOnly reports whether ctx belongs to a safe request.
func IsReadOnly(ctx context.Context) bool { v, _ := ctx.Value(readOnlyKey{}).(bool); return v }

// InTx runs fn in a read-committed transaction and commits when it returns nil.
// now is the database's transaction time plus the stored offset: the only clock
// of business rules, so that replicas with skewed clocks agree.
//
// Constraint violations come back as errs.Conflict, text that no column takes as
// errs.Invalid, a lost connection or lock timeout as errs.Unavailable; what fn
// returns comes back unchanged otherwise.
func (db *DB) InTx(ctx context.Context, fn func(tx Tx, now time.Time) error) error {
	if IsReadOnly(ctx) {
		return errors.New("postgres: InTx under a read-only request")
	}
	return db.run(ctx, pgx.TxOptions{}, fn)
}

// Read runs fn in a read-only transaction that sees one snapshot.
func (db *DB) Read(ctx context.Context, fn func(q Querier, now time.Time) error) error {
	opts := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	return db.run(ctx, opts, func(tx Tx, now time.Time) error { return fn(tx, now) })
}

// Glance runs fn outside of any transaction: for a single statement that needs
// neither a snapshot nor the time, such as a count in the head of a page.
func (db *DB) Glance(fn func(q Querier) error) error { return Translate(fn(db.pool)) }

func (db *DB) run(ctx context.Context, opts pgx.TxOptions, fn func(Tx, time.Time) error) error {
	err := pgx.BeginTxFunc(ctx, db.pool, opts, func(tx pgx.Tx) error {
		var now time.Time
		if err := tx.QueryRow(ctx, `select portal_now()`).Scan(&now); err != nil {
			return fmt.Errorf("transaction time: %w", err)
		}
		return fn(tx, now.UTC())
	})
	return Translate(err)
}

// ExecOne runs a statement that must change exactly one row: the optimistic
// lock of every versioned update. Another count is errs.Conflict.
func ExecOne(ctx context.Context, q Querier, sql string, args ...any) error {
	tag, err := q.Exec(ctx, sql, args...)
	if err != nil {
		return err
	}
	if n := tag.RowsAffected(); n != 1 {
		return errs.Wrap(errs.Conflict, "这条记录刚刚被别人改过。请重新打开页面，核对后再保存。",
			fmt.Errorf("%d rows changed by %.60q", n, sql))
	}
	return nil
}

// One collects exactly one row by column name; no row is errs.NotFound.
func One[T any](ctx context.Context, q Querier, sql string, args ...any) (T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		var zero T
		return zero, err
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[T])
	if errors.Is(err, pgx.ErrNoRows) {
		return v, errs.Wrap(errs.NotFound, "没有找到。可能已经删除，或不在您能查看的范围内。", err)
	}
	return v, err
}

// All collects rows by column name; none gives an empty slice.
func All[T any](ctx context.Context, q Querier, sql string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[T])
}

// together is how many rows of Each are in memory at a time.
const together = 500

// Each gives all rows of a query to fn, a few at a time and in order, through a
// cursor of the server: for exports, however long the list. fn is called at least
// once, with none for no rows. q is inside a transaction.
func Each[T any](ctx context.Context, q Querier, fn func(rows []T) error, sql string, args ...any) error {
	if _, err := q.Exec(ctx, "declare each_row no scroll cursor for "+sql, args...); err != nil {
		return err
	}
	for {
		// Described anew each time: what the words fetch depends on the cursor.
		rows, err := All[T](ctx, q, fmt.Sprintf("fetch %d from each_row", together), pgx.QueryExecModeDescribeExec)
		if err == nil {
			err = fn(rows)
		}
		if err != nil {
			return err
		}
		if len(rows) < together {
			_, err = q.Exec(ctx, "close each_row")
			return err
		}
	}
}

// Translate gives database failures their kind. Errors that carry a kind
// already, and unknown ones, come back unchanged.
func Translate(err error) error {
	if _, told := errors.AsType[*errs.Error](err); told {
		return err // a service has said what the violation means
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		if _, connect := errors.AsType[*pgconn.ConnectError](err); connect {
			return errs.Wrap(errs.Unavailable, "系统正在恢复，请一分钟后再试。您填的内容没有丢失。", err)
		}
		return err
	}
	switch {
	case pg.Code == "23505" || pg.Code == "23P01": // unique, exclusion
		return errs.Wrap(errs.Conflict, "这条记录已经有了，没有重复保存。", err)
	case pg.Code == "22021" || pg.Code == "22P05": // NUL or broken UTF-8, which no keyboard types
		return errs.Wrap(errs.Invalid, "填的内容里有系统存不了的字符。请删去看不见的字符，重新输入。", err)
	case pg.Code == "55P03" || pg.Code == "57014" || pg.Code[:2] == "08" || pg.Code[:2] == "53" || pg.Code[:3] == "57P":
		return errs.Wrap(errs.Unavailable, "系统正忙，请稍后再试。您填的内容没有丢失。", err)
	}
	return err
}

// Violates reports whether err is the violation of the named constraint, so
// that a service can put the message at the field.
func Violates(err error, constraint string) bool {
	pg, ok := errors.AsType[*pgconn.PgError](err)
	return ok && pg.ConstraintName == constraint
}
