package notification

import (
	"context"
	"errors"
	"fmt"
	"strings"

	gomail "github.com/wneessen/go-mail"
)

// sendBatch offers the mails to the server over one connection. broken is true
// when there was none, or it was lost: what was not offered is due again at once.
func (m *Mailer) sendBatch(ctx context.Context, batch []letter) (broken bool, err error) {
	// What became of a mail is noted even when the run is being stopped.
	note := context.WithoutCancel(ctx)
	client, err := gomail.NewClient(m.host, m.options...)
	if err == nil {
		err = client.DialWithContext(ctx)
	}
	if err != nil {
		why := "mail server not reached: " + err.Error()
		return true, errors.Join(errors.New(why), untried(note, m.db, batch, why))
	}
	defer func() { _ = client.Close() }() // the server took or refused each mail before
	var refused []error
	for i, l := range batch {
		if ctx.Err() != nil {
			return true, errors.Join(append(refused, untried(note, m.db, batch[i:], "stopped before its turn"))...)
		}
		delivered, lost, why := m.deliver(client, l)
		switch {
		case delivered:
			err = sent(note, m.db, l.ID)
		default:
			refused = append(refused, errors.New(why))
			err = failed(note, m.db, l, why)
		}
		if err != nil {
			return true, errors.Join(append(refused, err)...) // no database: leases run out by themselves
		}
		if lost {
			return true, errors.Join(append(refused, untried(note, m.db, batch[i+1:], "connection lost before its turn"))...)
		}
	}
	return false, errors.Join(refused...)
}

// deliver hands one mail to the server. lost is true when the connection broke,
// why is fit for the log: the reason, never the address.
func (m *Mailer) deliver(client *gomail.Client, l letter) (delivered, lost bool, why string) {
	msg, err := m.compose(l)
	if err != nil {
		return false, false, "not a mail: " + err.Error()
	}
	err = client.Send(msg)
	if msg.IsDelivered() {
		return true, err != nil, ""
	}
	refusal, ok := errors.AsType[*gomail.SendError](err)
	if !ok {
		return false, true, "not sent"
	}
	return false, refusal.ErrorCode() == 0, fmt.Sprintf("%s: code %d %s", refusal.Reason, refusal.ErrorCode(), refusal.EnhancedStatusCode())
}

// compose writes plain text in UTF-8. Base64, because Chinese in quoted-printable
// is three times as long.
func (m *Mailer) compose(l letter) (*gomail.Msg, error) {
	msg := gomail.NewMsg(gomail.WithEncoding(gomail.EncodingB64), gomail.WithNoDefaultUserAgent())
	msg.FromMailAddress(&m.from)
	if err := msg.To(l.Recipient); err != nil {
		return nil, errors.New("the recipient is no address")
	}
	_, domain, _ := strings.Cut(m.from.Address, "@")
	msg.SetMessageIDWithValue(l.ID.String() + "@" + domain)
	msg.SetDateWithValue(l.QueuedAt)
	// Robots must not answer a robot.
	msg.SetGenHeader("Auto-Submitted", "auto-generated")
	msg.Subject(strings.Join(strings.Fields(l.Subject), " "))
	msg.SetBodyString(gomail.TypeTextPlain, l.Body)
	return msg, nil
}
