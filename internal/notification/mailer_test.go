package notification

import (
	"encoding/base64"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const subject = "孵化关爱工程 FH-2026-0001：待补正"

// write sends n messages, as an act on a case would, one to each address.
func write(t *testing.T, db *dbtest.DB, addresses ...string) {
	t.Helper()
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		var to []account.Recipient
		for _, a := range addresses {
			to = append(to, account.Recipient{AccountID: uuid.New(), Name: "张三", Email: a})
		}
		return Send(t.Context(), tx, now, to, Message{Kind: "startup", CaseNo: "FH-2026-0001", Title: subject, Body: "有内容要补正。"})
	})
	if err != nil {
		t.Fatal(err)
	}
}

func people(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("p%d@example.org", i)
	}
	return out
}

func newMailer(t *testing.T, db *dbtest.DB, p *postOffice) *Mailer {
	t.Helper()
	m, err := NewMailer(MailConfig{DB: db.App, URL: "smtp://" + p.address, From: "portal@example.org", Name: "坪山区民政局"})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// unsent counts what waits in the outbox.
func unsent(t *testing.T, db *dbtest.DB) (n int) {
	t.Helper()
	if err := db.Owner.QueryRow(t.Context(), `select count(*) from mail_outbox where sent_at is null`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func wantEach(t *testing.T, p *postOffice, mails int) {
	t.Helper()
	got := p.byID()
	if len(got) != mails {
		t.Fatalf("%d different mails arrived, want %d", len(got), mails)
	}
	for id, n := range got {
		if n != 1 {
			t.Errorf("%s arrived %d times", id, n)
		}
	}
}

func TestAMailIsPlainTextUnderItsOwnMessageID(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	m := newMailer(t, db, p)
	write(t, db, "zhang@example.org", "") // without an address there is no mail
	for range 2 {
		if err := m.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	wantEach(t, p, 1)
	var id uuid.UUID
	if err := db.Owner.QueryRow(t.Context(), `select id from mail_outbox where sent_at is not null and attempts = 1`).Scan(&id); err != nil {
		t.Fatal(err)
	}
	got := p.mails[0]
	if got.ID != "<"+id.String()+"@example.org>" || got.To != "zhang@example.org" || got.Subject != subject {
		t.Errorf("headers %+v", got)
	}
	body, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(got.Body), ""))
	if err != nil || !strings.HasPrefix(string(body), "张三：\n\n有内容要补正。") && !strings.HasPrefix(string(body), "张三：\r\n\r\n有内容要补正。") {
		t.Errorf("body %q: %v", body, err)
	}
	if got.Encoding != "base64" || !strings.HasPrefix(got.Type, "text/plain; charset=UTF-8") {
		t.Errorf("type %q, encoding %q", got.Type, got.Encoding)
	}
}

func TestAMessageNotCommittedSendsNoMail(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	undone := fmt.Errorf("undone")
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		to := []account.Recipient{{AccountID: uuid.New(), Name: "张三", Email: "zhang@example.org"}}
		if err := Send(t.Context(), tx, now, to, Message{Title: "题", Body: "文"}); err != nil {
			return err
		}
		return undone
	})
	if err == nil {
		t.Fatal("committed")
	}
	if err := newMailer(t, db, p).Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantEach(t, p, 0)
}

// QUALITY R14: SMTP down for an hour, none lost, none doubled.
func TestAServerThatIsDownLosesNothing(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	m := newMailer(t, db, p)
	write(t, db, people(2*batchSize+3)...)
	p.close()
	for range 4 {
		if err := m.Send(t.Context()); err == nil {
			t.Fatal("a server that is down is no failure")
		}
		db.Advance(t, 15*time.Minute)
	}
	if n := unsent(t, db); n != 2*batchSize+3 {
		t.Fatalf("%d mails wait, want all %d", n, 2*batchSize+3)
	}
	state, err := m.State(t.Context(), authz.Actor{Role: authz.AdminSystem})
	if err != nil || !state.On || state.Waiting != 2*batchSize+3 || state.Failing == 0 || state.Reason == "" || state.Oldest.IsZero() {
		t.Errorf("state %+v: %v", state, err)
	}
	p.open()
	if err := m.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantEach(t, p, 2*batchSize+3)
	if n := unsent(t, db); n != 0 {
		t.Errorf("%d mails left behind", n)
	}
}

func TestARefusedMailHoldsUpNoOtherAndIsTriedLaterAndLater(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	m := newMailer(t, db, p)
	p.refuse["p1@example.org"] = "450 mailbox busy"
	write(t, db, people(3)...)
	err := m.Send(t.Context())
	if err == nil || strings.Contains(err.Error(), "p1@example.org") {
		t.Errorf("error %v: want one that names no address", err)
	}
	wantEach(t, p, 2)
	for _, wait := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
		db.Advance(t, wait-20*time.Second)
		if err := m.Send(t.Context()); err != nil {
			t.Fatalf("tried before its time: %v", err)
		}
		db.Advance(t, 20*time.Second)
		if err := m.Send(t.Context()); err == nil {
			t.Fatalf("not tried after %s", wait)
		}
	}
	delete(p.refuse, "p1@example.org")
	db.Advance(t, longestPause)
	if err := m.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantEach(t, p, 3)
}

func TestALostAnswerDoublesOnlyUnderTheSameMessageID(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	m := newMailer(t, db, p)
	write(t, db, people(2)...)
	p.mute = true
	if err := m.Send(t.Context()); err == nil {
		t.Fatal("a lost answer passed for a success")
	}
	p.mute = false
	db.Advance(t, 2*time.Minute)
	if err := m.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := p.byID()
	total := 0
	for _, n := range got {
		total += n
	}
	if len(got) != 2 || total != 3 {
		t.Errorf("%v: want two mails, one of them twice", got)
	}
}

func TestAProcessThatDiedWhileSendingLosesNothing(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	m := newMailer(t, db, p)
	write(t, db, people(3)...)
	if batch, err := claim(t.Context(), db.App, batchSize); err != nil || len(batch) != 3 {
		t.Fatalf("claimed %d: %v", len(batch), err)
	}
	if err := m.Send(t.Context()); err != nil { // the other replica keeps off meanwhile
		t.Fatal(err)
	}
	wantEach(t, p, 0)
	db.Advance(t, lease)
	if err := m.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	wantEach(t, p, 3)
}

func TestReplicasSendEachMailOnce(t *testing.T) {
	t.Parallel()
	db, p := dbtest.New(t), openPostOffice(t)
	write(t, db, people(3*batchSize)...)
	var wait sync.WaitGroup
	for range 3 {
		m := newMailer(t, db, p)
		wait.Go(func() {
			if err := m.Send(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	wantEach(t, p, 3*batchSize)
}

func TestWithoutAServerMailIsDroppedAfterThirtyDays(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	m, err := NewMailer(MailConfig{DB: db.App})
	if err != nil || m.On() {
		t.Fatalf("on without a server: %v", err)
	}
	write(t, db, people(2)...)
	db.Advance(t, kept-time.Hour)
	write(t, db, "late@example.org")
	for _, want := range []int{3, 1} {
		if err := m.Send(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := unsent(t, db); n != want {
			t.Fatalf("%d mails wait, want %d", n, want)
		}
		db.Advance(t, 2*time.Hour)
	}
	if _, err := m.State(t.Context(), authz.Actor{Role: authz.OrgHead}); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a head reads the state of the mail: %v", err)
	}
}

func TestMailSettings(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ url, from, want string }{
		{"smtps://notice%40example.org:geheim@mail.example.org:465", "", "notice@example.org"},
		{"smtp://user:geheim@mail.example.org", "", "no-reply@mail.example.org"},
		{"smtp://mail.example.org:25", "portal@example.org", "portal@example.org"},
		{"smtp://mail.example.org", "portal", ""},
		{"http://user:geheim@mail.example.org", "", ""},
		{"smtp://user:geheim@:25", "", ""},
		{"smtp://user:ge heim@mail.example.org", "", ""},
	} {
		m, err := NewMailer(MailConfig{URL: c.url, From: c.from})
		switch {
		case c.want == "" && err == nil:
			t.Errorf("%s from %q: accepted", c.url, c.from)
		case c.want == "" && strings.Contains(err.Error(), "geheim"):
			t.Errorf("the error shows the password: %v", err)
		case c.want != "" && (err != nil || m.from.Address != c.want):
			t.Errorf("%s from %q: %v, %+v", c.url, c.from, err, m)
		}
	}
}
