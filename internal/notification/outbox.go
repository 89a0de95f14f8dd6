package notification

import (
	"context"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const (
	// kept is how long a mail stays in the outbox, sent or not. What could not be
	// sent in that time is stale news, and its reader has the message in the portal.
	kept = 30 * 24 * time.Hour
	// lease is how long one replica has a mail to itself. A process that died while
	// sending holds it no longer; the mail then goes out with the same Message-ID.
	lease = 5 * time.Minute

	firstPause, longestPause = time.Minute, 6 * time.Hour
)

// letter is one mail that waits to be sent.
type letter struct {
	ID        uuid.UUID `db:"id"` // becomes the Message-ID
	Recipient string    `db:"recipient"`
	Subject   string    `db:"subject"`
	Body      string    `db:"body"`
	QueuedAt  time.Time `db:"queued_at"`
	Attempts  int       `db:"attempts"` // with the one that begins
}

func queue(ctx context.Context, tx postgres.Tx, now time.Time, recipient, subject, body string) error {
	_, err := tx.Exec(ctx, `insert into mail_outbox (id, recipient, subject, body, queued_at, next_try_at) values ($1, $2, $3, $4, $5, $5)`,
		uuid.Must(uuid.NewV7()), recipient, subject, body, now)
	return err
}

// claim takes up to limit due mails for the length of a lease. Replicas that
// claim at once get different ones.
func claim(ctx context.Context, db *postgres.DB, limit int) (batch []letter, err error) {
	err = db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		batch, err = postgres.All[letter](ctx, tx, `
			with due as (
				select id from mail_outbox where sent_at is null and next_try_at <= $1
				order by next_try_at, id limit $3 for update skip locked)
			update mail_outbox m set attempts = m.attempts + 1, next_try_at = $2 from due where m.id = due.id
			returning m.id, m.recipient, m.subject, m.body, m.queued_at, m.attempts`, now, now.Add(lease), limit)
		return err
	})
	return batch, err
}

// sent notes that the server has taken the mail.
func sent(ctx context.Context, db *postgres.DB, id uuid.UUID) error {
	return db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := tx.Exec(ctx, `update mail_outbox set sent_at = $2, last_error = '' where id = $1 and sent_at is null`, id, now)
		return err
	})
}

// failed puts the mail off, longer each time.
func failed(ctx context.Context, db *postgres.DB, l letter, why string) error {
	return db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := tx.Exec(ctx, `update mail_outbox set next_try_at = $2, last_error = left($3, 300) where id = $1 and sent_at is null`,
			l.ID, now.Add(pause(l.Attempts)), why)
		return err
	})
}

// untried gives back what was claimed and never offered to the server: that the
// server is down says nothing of the mail, so it is due at the next run.
func untried(ctx context.Context, db *postgres.DB, batch []letter, why string) error {
	ids := make([]uuid.UUID, len(batch))
	for i, l := range batch {
		ids[i] = l.ID
	}
	return db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := tx.Exec(ctx, `update mail_outbox set attempts = attempts - 1, next_try_at = $2, last_error = left($3, 300)
			where id = any($1) and sent_at is null and attempts > 0`, ids, now, why)
		return err
	})
}

// pause is how long a mail rests after so many attempts: 1 min, 2, 4 … 6 h.
func pause(attempts int) time.Duration {
	p := firstPause
	for range attempts - 1 {
		if p *= 2; p >= longestPause {
			return longestPause
		}
	}
	return p
}

// sweep removes old mails, a thousand in each transaction, and returns how many
// of them had never been sent.
func sweep(ctx context.Context, db *postgres.DB) (unsent int, err error) {
	const batch = 1000
	type swept struct {
		All    int `db:"swept"`
		Unsent int `db:"unsent"`
	}
	for {
		var n swept
		err := db.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			n, err = postgres.One[swept](ctx, tx, `
				with old as (delete from mail_outbox where id in
					(select id from mail_outbox where queued_at < $1 limit $2 for update skip locked) returning sent_at)
				select count(*)::int as swept, count(*) filter (where sent_at is null)::int as unsent from old`, now.Add(-kept), batch)
			return err
		})
		unsent += n.Unsent
		if err != nil || n.All < batch {
			return unsent, err
		}
	}
}
