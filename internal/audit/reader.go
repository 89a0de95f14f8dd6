package audit

import (
	"context"
	"io"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
)

// Reader shows the trail to who may see it (authz.AuditView).
type Reader struct{ db *postgres.DB }

// NewReader returns a Reader over db.
func NewReader(db *postgres.DB) *Reader { return &Reader{db: db} }

// Recent is the package's Recent for an actor. Two statements.
func (r *Reader) Recent(ctx context.Context, actor authz.Actor, f Filter, cursor string) (p Page, err error) {
	if err := actor.Require(authz.AuditView); err != nil {
		return p, err
	}
	err = r.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		p, err = Recent(ctx, q, f, cursor)
		return err
	})
	return p, err
}

// Chain returns the whole history of one subject, oldest first. Two statements.
func (r *Reader) Chain(ctx context.Context, actor authz.Actor, subject, subjectID string) (items []Item, err error) {
	if err := actor.Require(authz.AuditView); err != nil {
		return nil, err
	}
	err = r.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		items, err = BySubject(ctx, q, subject, subjectID)
		return err
	})
	return items, err
}

// Export records that the actor takes a copy of the trail, then calls begin with
// the day and writes to the writer that begin returns. An error before begin has written
// nothing; one after it leaves a copy without its last line, which Verify sees.
func (r *Reader) Export(ctx context.Context, actor authz.Actor, begin func(on civil.Date) io.Writer) error {
	if err := actor.Require(authz.AuditView); err != nil {
		return err
	}
	err := r.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		return Record(ctx, tx, now, actor, Entry{Subject: "account", SubjectID: actor.AccountID.String(), Action: "audit.export"})
	})
	if err != nil {
		return err
	}
	return r.db.Read(ctx, func(q postgres.Querier, now time.Time) error { return Export(ctx, q, begin(civil.On(now))) })
}
