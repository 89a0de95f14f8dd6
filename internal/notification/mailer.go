package notification

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/postgres"

	gomail "github.com/wneessen/go-mail"
)

// MailConfig is what the mailer is made of.
type MailConfig struct {
	DB   *postgres.DB
	URL  string // smtp://user:pass@host:port or smtps://…; "" switches mail off
	From string // sender's address; "" takes the user of URL, or no-reply at its host
	Name string // sender's name as mail programs show it
	Log  *slog.Logger

	// TLS replaces the verification of the server against the system's authorities;
	// nil for that.
	TLS *tls.Config
}

// Mailer sends what waits in the outbox. Safe for concurrent use, and for
// several replicas on one database.
type Mailer struct {
	db      *postgres.DB
	log     *slog.Logger
	from    mail.Address
	host    string
	options []gomail.Option // nil when mail is off
}

// timeout bounds the connection and each exchange with the server.
const timeout = 20 * time.Second

// NewMailer returns a Mailer, or an error that names what is wrong with the
// settings. It does not connect: a server that is down is no reason not to start.
func NewMailer(c MailConfig) (*Mailer, error) {
	m := &Mailer{db: c.DB, log: c.Log}
	if m.log == nil {
		m.log = slog.Default()
	}
	if c.URL == "" {
		return m, nil
	}
	u, err := url.Parse(c.URL)
	if err != nil || u.Hostname() == "" || u.Scheme != "smtp" && u.Scheme != "smtps" {
		return nil, errors.New("mail server is written smtps://USER:PASSWORD@HOST:PORT (or smtp://)") // the URL holds a password: never quoted
	}
	m.host, m.options = u.Hostname(), options(u, c.TLS)
	from := c.From
	if from == "" {
		if from = u.User.Username(); !strings.Contains(from, "@") {
			from = "no-reply@" + m.host
		}
	}
	address, err := mail.ParseAddress(from)
	if err != nil {
		return nil, fmt.Errorf("sender of mail %q: %w", from, err)
	}
	m.from = mail.Address{Name: c.Name, Address: address.Address}
	_, err = gomail.NewClient(m.host, m.options...)
	return m, err
}

// options turns the URL into those of the client. A password never travels in
// clear: with one, smtp:// insists on STARTTLS unless the server is this machine.
func options(u *url.URL, config *tls.Config) []gomail.Option {
	port, policy := 25, gomail.TLSOpportunistic
	opts := []gomail.Option{gomail.WithTimeout(timeout)}
	if u.User != nil {
		password, _ := u.User.Password()
		opts = append(opts, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(u.User.Username()), gomail.WithPassword(password))
		port = 587
		if !loopback(u.Hostname()) {
			policy = gomail.TLSMandatory
		}
	}
	if config != nil {
		opts = append(opts, gomail.WithTLSConfig(config))
	}
	if u.Scheme == "smtps" {
		port = 465
		opts = append(opts, gomail.WithSSL())
	} else {
		opts = append(opts, gomail.WithTLSPolicy(policy))
	}
	if n, err := strconv.Atoi(u.Port()); err == nil {
		port = n
	}
	return append(opts, gomail.WithPort(port))
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// On reports whether a mail server is set.
func (m *Mailer) On() bool { return m.options != nil }

// batchSize is how many mails go over one connection: few enough that a lease
// outlasts them.
const batchSize = 20

// Send sends every due mail and drops those older than thirty days. A mail that
// the server took is sent once; one that was under way when the process or the
// connection died is sent again under the same Message-ID. Without a server it
// only drops.
//
// The error says how many mails failed and why; all of them stay in the outbox.
func (m *Mailer) Send(ctx context.Context) error {
	dropped, err := sweep(ctx, m.db)
	if dropped > 0 {
		m.log.WarnContext(ctx, "mail dropped: not sent within thirty days", "mails", dropped, "server", m.On())
	}
	if err != nil || !m.On() {
		return err
	}
	var failures []error
	for ctx.Err() == nil {
		batch, err := claim(ctx, m.db, batchSize)
		if err != nil || len(batch) == 0 {
			return errors.Join(append(failures, err)...)
		}
		broken, err := m.sendBatch(ctx, batch)
		failures = append(failures, err)
		if broken {
			break // the next run begins where this one stopped
		}
	}
	return errors.Join(append(failures, ctx.Err())...)
}
