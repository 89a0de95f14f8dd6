package ledger_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"

	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

const (
	approvals = 200
	enough    = 50
	each      = 5000 * money.Yuan
)

// crowd is 200 awards of one organization against a pool for 50.
func crowd(t *testing.T) (*bench, []ledger.Award) {
	b := newBench(t)
	b.budget(t, ledger.BudgetInput{Kind: ledger.InitialBudget, Amount: enough * each})
	org := b.organization(t)
	awards := make([]ledger.Award, approvals)
	for i := range awards {
		awards[i] = b.award(t, org, each/money.Yuan)
	}
	return b, awards
}

// together runs fn for every award at once and returns how many succeeded.
func together(awards []ledger.Award, fn func(a ledger.Award) error) int {
	var done atomic.Int64
	var wait sync.WaitGroup
	start := make(chan struct{})
	for _, a := range awards {
		wait.Go(func() {
			<-start
			if fn(a) == nil {
				done.Add(1)
			}
		})
	}
	close(start)
	wait.Wait()
	return int(done.Load())
}

// watch samples the pool until stopped: at every step its sums equal the entries
// and nothing is over the budget.
func (b *bench) watch(t *testing.T) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	wait.Go(func() {
		for ctx.Err() == nil {
			var committed, budget, entries, commitments int64
			err := b.db.Owner.QueryRow(ctx, `select p.committed_fen, p.budget_fen,
				(select coalesce(sum(amount_fen), 0) from ledger_entry where kind = 'commit'), (select coalesce(sum(amount_fen), 0) from ledger_commitment)
				from ledger_pool p`).Scan(&committed, &budget, &entries, &commitments)
			if err == nil && (committed > budget || committed != entries || committed != commitments || committed%int64(each) != 0) {
				t.Errorf("committed %d of %d, entries %d, commitments %d", committed, budget, entries, commitments)
			}
		}
	})
	return func() { cancel(); wait.Wait() }
}

func TestTwoHundredApprovalsOnAPoolForFifty(t *testing.T) {
	t.Parallel()
	b, awards := crowd(t)
	stop := b.watch(t)
	done := together(awards, func(a ledger.Award) error { return b.commit(t.Context(), a) })
	stop()
	is(t, "commitments", done, enough)
	free, err := b.Free(t.Context(), b.db.App.Pool(), ledger.Startup, 2026)
	must(t, err)
	is(t, "free", free, 0)
	b.verify(t)
}

// careless commits as code without a lock would: it reads what is free, waits for
// all others to have read it too, and only then writes.
func (b *bench) careless(t *testing.T, awards []ledger.Award) int {
	var read sync.WaitGroup
	read.Add(len(awards))
	return together(awards, func(a ledger.Award) error {
		free, err := b.Free(t.Context(), b.db.Owner, ledger.Startup, 2026)
		read.Done()
		read.Wait()
		if err != nil || free < a.Amount {
			return err
		}
		return b.insertCommit(t.Context(), a)
	})
}

// insertCommit is the raw path of the serving role.
func (b *bench) insertCommit(ctx context.Context, a ledger.Award) error {
	_, err := b.db.App.Pool().Exec(ctx, `
		with c as (insert into ledger_commitment (id, pool_id, case_id, case_no, organization_id, title, created_at)
			select $1, id, $2, $3, $4, $5, portal_now() from ledger_pool where purpose = 'startup' returning id, pool_id)
		select from c`, uuid.Must(uuid.NewV7()), a.CaseID, a.CaseNo, a.OrganizationID, a.Title)
	if err != nil {
		return err
	}
	_, err = b.db.App.Pool().Exec(ctx, `
		insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, account_id, person_id, actor_name, at, reason)
		select pool_id, id, 'commit', 'commit', $2, $3, $3, '林局长', portal_now(), '核定占用' from ledger_commitment where case_id = $1`,
		a.CaseID, a.Amount, uuid.Must(uuid.NewV7()))
	return err
}

// The database alone holds the line, however carelessly the serving role writes.
func TestCarelessApprovalsAreHeldByTheDatabase(t *testing.T) {
	t.Parallel()
	b, awards := crowd(t)
	stop := b.watch(t)
	is(t, "commitments", b.careless(t, awards), enough)
	stop()
	b.verify(t)
}

// The control: without the constraint the same approvals overspend.
func TestCarelessApprovalsOverspendWithoutTheGuard(t *testing.T) {
	t.Parallel()
	b, awards := crowd(t)
	b.exec(t, `alter table ledger_pool drop constraint ledger_pool_committed_within_budget`)
	if done := b.careless(t, awards); done <= enough {
		t.Errorf("%d commitments without the guard: the test above proves nothing", done)
	}
}

// Two officers press at once on one award, twice each: one payment comes of it.
func TestTwoOfficersMakeOnePayment(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	both := b.officers(t, a, payee)
	is(t, "payments", both, 1)
	is(t, "pending", b.position(t, a).Pending, a.Amount)
	b.verify(t)
}

func (b *bench) officers(t *testing.T, a ledger.Award, payee uuid.UUID) int {
	return together(make([]ledger.Award, 8), func(ledger.Award) error {
		_, err := b.Propose(t.Context(), person("finance", "财务"), ledger.PaymentInput{Token: once.NewToken(), CaseNo: a.CaseNo, Payee: payee, Amount: a.Amount})
		return err
	})
}

// rawPay is what two officers would do without the service: both have seen an
// unpaid award, both insert.
func (b *bench) rawPay(t *testing.T, a ledger.Award, payee uuid.UUID) int {
	numbers := atomic.Int64{}
	return together(make([]ledger.Award, 8), func(ledger.Award) error {
		n := numbers.Add(1)
		_, err := b.db.App.Pool().Exec(t.Context(), `
			insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, made_at, made_by, made_person, maker_name)
			select $1, 'BK-2026-' || (9000 + $2::int), id, $3, $4, portal_now(), $1, $1, '财务' from ledger_commitment where case_id = $5`,
			uuid.Must(uuid.NewV7()), n, payee, a.Amount, a.CaseID)
		return err
	})
}

func TestRawPaymentsAreHeldByTheDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	is(t, "payments", b.rawPay(t, a, payee), 1)
	b.verify(t)
}

func TestRawPaymentsPayTwiceWithoutTheGuards(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	b.exec(t, `drop index ledger_payment_one_open`)
	b.exec(t, `alter table ledger_commitment drop constraint ledger_commitment_paid_within_amount`)
	if n := b.rawPay(t, a, payee); n < 2 {
		t.Errorf("%d payments without the guards: the test above proves nothing", n)
	}
}

// A hold and a step of a payment meet: whoever comes second sees the first.
func TestAHoldAndASendingNeverBothWin(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 100_000)
	for range 12 {
		a, payee := b.granted(t, 1000)
		no, err := b.propose(t.Context(), a, payee, a.Amount)
		must(t, err, b.Check(t.Context(), b.checker, no, 1))
		var sendErr, holdErr error
		var wait sync.WaitGroup
		wait.Go(func() { sendErr = b.Send(t.Context(), b.maker, no, 2) })
		wait.Go(func() {
			holdErr = b.Freeze(t.Context(), b.rev, once.NewToken(), ledger.HoldInput{OrganizationID: a.OrganizationID, Source: "监督检查", Reason: "正在接受检查"})
		})
		wait.Wait()
		must(t, holdErr)
		y, p, _, err := b.Payment(t.Context(), b.rev, no)
		must(t, err)
		if sendErr == nil && (y.Send.At == nil || p.Sent != a.Amount) || sendErr != nil && (y.State != ledger.Checked || p.Sent != 0) {
			t.Errorf("send %v, payment %s, sent %s", sendErr, y.State, p.Sent)
		}
	}
	b.verify(t)
}
