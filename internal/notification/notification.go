// Package notification tells people what has happened to their cases: in-app
// messages, and mail through an outbox. Level 4. Tables: notification, mail_outbox.
//
// It stores the kind and number of a case and knows no page; web makes the link.
package notification

import (
	"context"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Message is one piece of news. It goes out by mail as well, so it holds no
// sensitive value.
type Message struct {
	Kind   string // of the case, "" when it is about none
	CaseNo string
	Title  string
	Body   string
}

// Send writes the message for each recipient, and a mail to those who have an
// address, in the transaction of the act that it tells of.
func Send(ctx context.Context, tx postgres.Tx, now time.Time, to []account.Recipient, m Message) error {
	for _, r := range to {
		_, err := tx.Exec(ctx, `insert into notification (id, account_id, kind, case_no, title, body, at) values ($1, $2, $3, $4, $5, $6, $7)`,
			uuid.Must(uuid.NewV7()), r.AccountID, m.Kind, m.CaseNo, m.Title, m.Body, now)
		if err != nil {
			return err
		}
		if r.Email == "" {
			continue
		}
		_, err = tx.Exec(ctx, `insert into mail_outbox (id, recipient, subject, body, queued_at, next_try_at) values ($1, $2, $3, $4, $5, $5)`,
			uuid.Must(uuid.NewV7()), r.Email, m.Title, r.Name+"：\n\n"+m.Body+"\n\n请登录平台查看，不要回复这封邮件。", now)
		if err != nil {
			return err
		}
	}
	return nil
}

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

// Recent returns the actor's newest messages, at most limit, from before the
// message with id before (uuid.Nil for the newest).
func Recent(ctx context.Context, q postgres.Querier, actor authz.Actor, before uuid.UUID, limit int) ([]Item, error) {
	return postgres.All[Item](ctx, q, `
		select id, kind, case_no, title, body, at, read_at from notification
		where account_id = $1 and ($2 = '00000000-0000-0000-0000-000000000000'::uuid or id < $2)
		order by id desc limit $3`, actor.AccountID, before, limit)
}

// Unread counts the actor's unread messages, up to 100.
func Unread(ctx context.Context, q postgres.Querier, actor authz.Actor) (int, error) {
	var n int
	err := q.QueryRow(ctx, `select count(*) from (select from notification where account_id = $1 and read_at is null limit 100) u`,
		actor.AccountID).Scan(&n)
	return n, err
}

// MarkRead marks all of the actor's messages up to and including id as read.
func MarkRead(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID) error {
	_, err := tx.Exec(ctx, `update notification set read_at = $3 where account_id = $1 and id <= $2 and read_at is null`, actor.AccountID, id, now)
	return err
}
