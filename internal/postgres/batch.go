package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
)

// Batch is several queries that go to the database in one round trip. A page
// that needs many small lists asks for them together.
type Batch struct{ queries pgx.Batch }

// Gather adds a query whose rows are collected by column name into dst when the
// batch runs; none give an empty slice.
func Gather[T any](b *Batch, dst *[]T, sql string, args ...any) {
	b.queries.Queue(sql, args...).Query(func(rows pgx.Rows) (err error) {
		*dst, err = pgx.CollectRows(rows, pgx.RowToStructByName[T])
		return err
	})
}

// Count is the one row of a statement that counts; Sum adds what was counted, 0 for
// what was not asked.
type Count struct {
	N int `db:"n"`
}

// Sum adds counts.
func Sum(lists ...[]Count) (n int) {
	for _, list := range lists {
		for _, c := range list {
			n += c.N
		}
	}
	return n
}

// Empty reports whether nothing is asked.
func (b *Batch) Empty() bool { return b.queries.Len() == 0 }

// Run sends the batch and collects every result; the first failure ends it.
func (b *Batch) Run(ctx context.Context, q Querier) error {
	return q.SendBatch(ctx, &b.queries).Close()
}
