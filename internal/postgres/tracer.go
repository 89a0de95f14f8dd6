package postgres

import (
	"context"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
)

// Counter collects the statements run under one context: a page may run twelve.
// A batch counts once, because it is one round trip; that is what a page waits for.
type Counter struct {
	mu         sync.Mutex
	statements []string
}

type counterKey struct{}

// CountStatements returns a context under which every statement of a pool made
// by Open is counted. Begin, commit and rollback do not count.
func CountStatements(ctx context.Context) (context.Context, *Counter) {
	c := &Counter{}
	return context.WithValue(ctx, counterKey{}, c), c
}

// Count returns the number of statements so far.
func (c *Counter) Count() int { return len(c.Statements()) }

// Statements returns the SQL in order, for the message of a failed test.
func (c *Counter) Statements() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.statements...)
}

// tracer is the hook by which pgx tells of statements.
type tracer struct{}

var (
	_ pgx.QueryTracer    = tracer{}
	_ pgx.BatchTracer    = tracer{}
	_ pgx.CopyFromTracer = tracer{}
)

func count(ctx context.Context, sql string) {
	c, ok := ctx.Value(counterKey{}).(*Counter)
	if !ok {
		return
	}
	verb, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(sql)), " ")
	if verb == "begin" || verb == "commit" || verb == "rollback" {
		return
	}
	c.mu.Lock()
	c.statements = append(c.statements, sql)
	c.mu.Unlock()
}

func (tracer) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	count(ctx, d.SQL)
	return ctx
}

func (tracer) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

func (tracer) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	statements := make([]string, len(d.Batch.QueuedQueries))
	for i, q := range d.Batch.QueuedQueries {
		statements[i] = q.SQL
	}
	count(ctx, strings.Join(statements, ";\n"))
	return ctx
}

func (tracer) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}

func (tracer) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData) {}

func (tracer) TraceCopyFromStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceCopyFromStartData) context.Context {
	count(ctx, "copy "+strings.Join(d.TableName, "."))
	return ctx
}

func (tracer) TraceCopyFromEnd(context.Context, *pgx.Conn, pgx.TraceCopyFromEndData) {}
