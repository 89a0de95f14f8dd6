package notification

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Item is a message as its reader sees it.
type Item struct {
	ID     uuid.UUID  `db:"id"`
	Kind   string     `db:"kind"`
	CaseNo string     `db:"case_no"`
	Title  string     `db:"title"`
	Body   string     `db:"body"`
	At     time.Time  `db:"at"`
	ReadAt *time.Time `db:"read_at"`
}

// Page is a part of one's messages, the newest first.
type Page struct {
	Items  []Item
	Next   uuid.UUID // the page after begins before this message; uuid.Nil at the end
	Unread int       // of all messages, counted up to UnreadLimit
	Today  civil.Date
}

// UnreadLimit is where counting of unread messages stops: beyond it pages say 99+.
const UnreadLimit = 100

// Service is what a signed-in person does with the own messages.
type Service struct{ db *postgres.DB }

// NewService returns a Service over db.
func NewService(db *postgres.DB) *Service { return &Service{db: db} }

// Messages returns size of the actor's messages older than the message before,
// uuid.Nil for the newest. Three statements.
func (s *Service) Messages(ctx context.Context, actor authz.Actor, before uuid.UUID, size int) (Page, error) {
	var p Page
	if err := actor.Require(authz.AccountOwn); err != nil {
		return p, err
	}
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		p.Today = civil.On(now)
		if p.Items, err = recent(ctx, q, actor, before, size+1); err != nil {
			return err
		}
		p.Unread, err = unread(ctx, q, actor)
		return err
	})
	if len(p.Items) > size {
		p.Items = p.Items[:size]
		p.Next = p.Items[size-1].ID
	}
	return p, err
}

// Latest returns the size newest of the actor's messages and how many are unread,
// up to UnreadLimit: for a page that shows more than messages. One statement.
func (s *Service) Latest(ctx context.Context, actor authz.Actor, size int) (items []Item, unread int, err error) {
	if err := actor.Require(authz.AccountOwn); err != nil {
		return nil, 0, err
	}
	var counts []Count
	err = s.db.Glance(func(q postgres.Querier) error {
		var b postgres.Batch
		postgres.Gather(&b, &items, recentSQL, actor.AccountID, uuid.Nil, size)
		GatherUnread(&b, actor, &counts)
		return b.Run(ctx, q)
	})
	if len(counts) > 0 {
		unread = counts[0].N
	}
	return items, unread, err
}

// Unread counts the actor's unread messages, up to UnreadLimit: for the shell.
func (s *Service) Unread(ctx context.Context, actor authz.Actor) (n int, err error) {
	err = s.db.Glance(func(q postgres.Querier) error {
		n, err = unread(ctx, q, actor)
		return err
	})
	return n, err
}

// Count is a number that a batch reads.
type Count struct {
	N int `db:"n"`
}

// GatherUnread adds the count of Unread to a batch, for who counts other things
// in the same round trip.
func GatherUnread(b *postgres.Batch, actor authz.Actor, into *[]Count) {
	postgres.Gather(b, into, unreadSQL, actor.AccountID, UnreadLimit)
}

// MarkRead marks the actor's messages up to and including the message upTo as
// read: what came after the page was shown stays new. It returns how many were.
func (s *Service) MarkRead(ctx context.Context, actor authz.Actor, upTo uuid.UUID) (marked int, err error) {
	if err := actor.Require(authz.AccountOwn); err != nil {
		return 0, err
	}
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		tag, err := tx.Exec(ctx, `update notification set read_at = $3 where account_id = $1 and id <= $2 and read_at is null`,
			actor.AccountID, upTo, now)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		marked = int(tag.RowsAffected())
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "account", SubjectID: actor.AccountID.String(),
			Action: "account.messages.read", Detail: map[string]any{"up_to": upTo.String(), "messages": marked}})
	})
	return marked, err
}

func recent(ctx context.Context, q postgres.Querier, actor authz.Actor, before uuid.UUID, limit int) ([]Item, error) {
	return postgres.All[Item](ctx, q, recentSQL, actor.AccountID, before, limit)
}

const recentSQL = `
	select id, kind, case_no, title, body, at, read_at from notification
	where account_id = $1 and ($2 = '00000000-0000-0000-0000-000000000000'::uuid or id < $2)
	order by id desc limit $3`

func unread(ctx context.Context, q postgres.Querier, actor authz.Actor) (n int, err error) {
	err = q.QueryRow(ctx, unreadSQL, actor.AccountID, UnreadLimit).Scan(&n)
	return n, err
}

const unreadSQL = `select count(*)::int as n from (select from notification where account_id = $1 and read_at is null limit $2) u`
