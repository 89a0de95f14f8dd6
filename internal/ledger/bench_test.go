package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

var today = civil.Of(2026, 11, 23)

// bench is a ledger with its officers on a database of its own.
type bench struct {
	*ledger.Service
	db                                 *dbtest.DB
	maker, checker, leader, clerk, rev authz.Actor
	next                               atomic.Int64
	told                               []string // what the reactions heard
	ineligible                         error    // what the check before paying says
}

func newBench(t testing.TB) *bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	b := &bench{Service: ledger.New(db.App), db: db, maker: person(authz.Finance, "冯财务"), checker: person(authz.Finance, "陈财务"),
		leader: person(authz.BureauLeader, "林局长"), clerk: person(authz.BureauClerk, "周经办"), rev: person(authz.BureauReviewer, "何复核")}
	hear := func(what string) ledger.PaymentReaction {
		return func(_ context.Context, _ postgres.Tx, _ time.Time, _ authz.Actor, p ledger.Payment) error {
			b.told = append(b.told, what+" "+p.CaseNo+" "+string(p.State))
			return nil
		}
	}
	for _, p := range ledger.Purposes {
		b.OnPaid(p, hear("paid"))
		b.OnReturned(p, hear("returned"))
		b.OnReceived(p, func(_ context.Context, _ postgres.Tx, _ time.Time, _ authz.Actor, r ledger.Repayment) error {
			b.told = append(b.told, "received "+r.CaseNo+" "+r.Amount.Yuan())
			return nil
		})
		b.BeforePay(p, func(context.Context, postgres.Tx, time.Time, uuid.UUID) error { return b.ineligible })
	}
	return b
}

func person(r authz.Role, name string) authz.Actor {
	return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: name, Role: r, IP: "192.0.2.1"}
}

// again is another account of the same person.
func again(a authz.Actor) authz.Actor {
	a.AccountID = uuid.Must(uuid.NewV7())
	return a
}

func (b *bench) exec(t testing.TB, sql string, args ...any) {
	t.Helper()
	if _, err := b.db.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// organization records an organization and returns its id.
func (b *bench) organization(t testing.TB) uuid.UUID {
	t.Helper()
	n := b.next.Add(1)
	org, head := uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	b.exec(t, `insert into person (id, name, created_at, updated_at) values ($1, '陈小明', portal_now(), portal_now())`, head)
	b.exec(t, `
		insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
			head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at)
		values ($1, $2, 'association', 'filed', 'welfare', $3, '2024-01-10', '坪山街道', 'new', '2024-01-10',
			$4, '陈小明', '440310001001', '440310001', portal_now(), portal_now())`,
		org, fmt.Sprintf("六联社区第%d互助会", n), fmt.Sprintf("坪社备〔2026〕第%04d号", n), head)
	return org
}

// account gives the organization a new account, in place of the one it has.
func (b *bench) account(t testing.TB, org uuid.UUID, verified bool) uuid.UUID {
	t.Helper()
	id, n := uuid.Must(uuid.NewV7()), b.next.Add(1)
	b.exec(t, `update payee_account set replaced_at = portal_now() where org_id = $1 and replaced_at is null`, org)
	b.exec(t, `
		insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4,
			saved_at, saved_by, verified_at, verified_by)
		select $1, $2, 'own', '中国银行', '坪山支行', name, '\x00', '\x00', $3, portal_now() - interval '1 day', gen_random_uuid(),
			case when $4 then portal_now() - interval '1 hour' end, case when $4 then gen_random_uuid() end from organization where id = $2`,
		id, org, fmt.Sprintf("%04d", n%10000), verified)
	return id
}

// award plants a case of an organization and returns an award for it.
func (b *bench) award(t testing.TB, org uuid.UUID, yuan money.Fen) ledger.Award {
	t.Helper()
	n := b.next.Add(1)
	a := ledger.Award{CaseID: uuid.Must(uuid.NewV7()), CaseNo: fmt.Sprintf("FH-2026-%04d", n), Purpose: ledger.Startup, OrganizationID: org,
		Title: fmt.Sprintf("第%d号互助社", n), Amount: yuan * money.Yuan, Gates: []ledger.Gate{ledger.NoticeGate},
		Deciders: []uuid.UUID{b.leader.PersonID, b.rev.PersonID}}
	b.exec(t, `insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class,
			waits_role, created_by, created_at, submitted_at, edition_id, entered_at)
		values ($1::uuid, 'startup', $2, 2026, $3, $4, $5, '440310001001', '440310001', 'granted', 'granted', 'finance', $1, portal_now(),
			portal_now(), $1, portal_now())`, a.CaseID, a.CaseNo, n, a.Title, org)
	return a
}

// budget enters and checks a budget item.
func (b *bench) budget(t testing.TB, in ledger.BudgetInput) {
	t.Helper()
	if err := b.tryBudget(t.Context(), in); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) tryBudget(ctx context.Context, in ledger.BudgetInput) error {
	if in.Year == 0 {
		in.Year = today.Year
	}
	if in.Purpose == "" {
		in.Purpose = ledger.Startup
	}
	in.Token, in.DocumentNo, in.Reason = once.NewToken(), "深坪财〔2026〕8号", "年度安排"
	id, err := b.ProposeBudget(ctx, b.maker, in)
	if err != nil {
		return err
	}
	return b.CheckBudgetItem(ctx, b.checker, id, 1)
}

func (b *bench) yearly(t testing.TB, yuan money.Fen) {
	t.Helper()
	b.budget(t, ledger.BudgetInput{Kind: ledger.InitialBudget, Amount: yuan * money.Yuan})
}

func (b *bench) commit(ctx context.Context, a ledger.Award) error {
	return b.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error { return b.Commit(ctx, tx, now, b.leader, a) })
}

func (b *bench) release(ctx context.Context, a ledger.Award) error {
	return b.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		return b.Release(ctx, tx, now, b.leader, a.CaseID, "异议成立，不予支持")
	})
}

func (b *bench) open(ctx context.Context, a ledger.Award, g ledger.Gate) error {
	return b.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error { return b.OpenGate(ctx, tx, now, b.clerk, a.CaseID, g) })
}

// granted is an award committed, with its gate open and a verified account.
func (b *bench) granted(t testing.TB, yuan money.Fen) (ledger.Award, uuid.UUID) {
	t.Helper()
	org := b.organization(t)
	payee := b.account(t, org, true)
	a := b.award(t, org, yuan)
	if err := errors.Join(b.commit(t.Context(), a), b.open(t.Context(), a, ledger.NoticeGate)); err != nil {
		t.Fatal(err)
	}
	return a, payee
}

func (b *bench) propose(ctx context.Context, a ledger.Award, payee uuid.UUID, amount money.Fen) (string, error) {
	return b.Propose(ctx, b.maker, ledger.PaymentInput{Token: once.NewToken(), CaseNo: a.CaseNo, Payee: payee, Amount: amount})
}

// paid brings a payment to its outcome.
func (b *bench) sent(t testing.TB, a ledger.Award, payee uuid.UUID, amount money.Fen) string {
	t.Helper()
	no, err := b.propose(t.Context(), a, payee, amount)
	if err == nil {
		err = b.Check(t.Context(), b.checker, no, 1)
	}
	if err == nil {
		err = b.Send(t.Context(), b.maker, no, 2)
	}
	if err != nil {
		t.Fatal(err)
	}
	return no
}

func (b *bench) succeed(ctx context.Context, no string, version int) error {
	return b.RecordOutcome(ctx, b.maker, no, version, ledger.Outcome{State: ledger.Succeeded, VoucherNo: "PZ-1123-07", VoucherOn: today})
}

func (b *bench) back(ctx context.Context, a ledger.Award, recovered bool, amount money.Fen) error {
	return b.ReceiveReturn(ctx, b.maker, ledger.ReturnInput{Token: once.NewToken(), CaseNo: a.CaseNo, Recovered: recovered, Amount: amount,
		VoucherNo: "TH-0001", Reason: "结余退回专户"})
}

func (b *bench) position(t testing.TB, a ledger.Award) ledger.Position {
	t.Helper()
	p, found, err := b.OfCase(t.Context(), b.db.App.Pool(), a.CaseID)
	if err != nil || !found {
		t.Fatalf("position of %s: %v %v", a.CaseNo, found, err)
	}
	return p
}

// sums fails the test when a stored sum is not what its entries come to.
func (b *bench) verify(t testing.TB) {
	t.Helper()
	wrong, err := ledger.Verify(t.Context(), b.db.App.Pool())
	if err != nil || len(wrong) > 0 {
		t.Fatalf("stored sums: %+v, %v", wrong, err)
	}
}

// refused fails the test unless err is of the kind and says every word.
func refused(t testing.TB, err error, kind errs.Kind, words ...string) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Fatalf("%v, want kind %d", err, kind)
	}
	text := errs.Message(err)
	for _, f := range errs.FieldsOf(err) {
		text += " " + f.Name + ":" + f.Message
	}
	for _, w := range words {
		if !strings.Contains(text, w) {
			t.Errorf("%q does not say %q", text, w)
		}
	}
}

func is[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func must(t testing.TB, list ...error) {
	t.Helper()
	if i := slices.IndexFunc(list, func(err error) bool { return err != nil }); i >= 0 {
		t.Fatalf("step %d: %v", i+1, list[i])
	}
}
