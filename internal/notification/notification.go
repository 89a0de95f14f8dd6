// Package notification tells people what has happened to their cases: in-app
// messages, and mail through an outbox. Level 4; owns the tables notification
// and mail_outbox.
//
// It stores the kind and number of a case and knows no page; web makes the link.
// A mail repeats what the message says, so that whoever gets none, or gets one
// twice, has lost nothing.
package notification

import (
	"context"
	"time"

	"civilaffairs/internal/account"
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
		if err := queue(ctx, tx, now, r.Email, m.Title, r.Name+"：\n\n"+m.Body+"\n\n请登录平台查看，不要回复这封邮件。"); err != nil {
			return err
		}
	}
	return nil
}
