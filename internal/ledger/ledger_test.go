package ledger_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func TestReadyNamesAPurposeWithoutReactions(t *testing.T) {
	t.Parallel()
	s := ledger.New(nil)
	if err := s.Ready(ledger.Startup); err == nil || !strings.Contains(err.Error(), "startup") {
		t.Fatalf("%v", err)
	}
	if err := newBench(t).Ready(ledger.Purposes...); err != nil {
		t.Fatal(err)
	}
}

func TestBudgetCountsWhenAnotherPersonHasCheckedIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	org := b.organization(t)
	a := b.award(t, org, 5000)
	refused(t, b.commit(ctx, a), errs.Conflict, "2026年孵化关爱工程", "没有复核过的预算", "5,000.00")

	in := ledger.BudgetInput{Token: once.NewToken(), Year: 2026, Kind: ledger.InitialBudget, Purpose: ledger.Startup, Amount: 8000 * money.Yuan,
		DocumentNo: "深坪财〔2026〕8号", Reason: "年初安排"}
	id, err := b.ProposeBudget(ctx, b.maker, in)
	must(t, err)
	twice, err := b.ProposeBudget(ctx, b.maker, in)
	must(t, err)
	is(t, "sent twice", twice, id)
	refused(t, b.commit(ctx, a), errs.Conflict, "没有复核过的预算")
	refused(t, b.CheckBudgetItem(ctx, again(b.maker), id, 1), errs.Conflict, "另一位")
	refused(t, b.CheckBudgetItem(ctx, b.rev, id, 1), errs.Forbidden)
	must(t, b.CheckBudgetItem(ctx, b.checker, id, 1))
	refused(t, b.CheckBudgetItem(ctx, b.checker, id, 2), errs.Conflict, "已复核")
	must(t, b.commit(ctx, a))
	refused(t, b.commit(ctx, a), errs.Conflict)
	refused(t, b.commit(ctx, b.award(t, org, 3001)), errs.Conflict, "只剩 3,000.00元", "3,001.00")
	in.Token = once.NewToken()
	_, err = b.ProposeBudget(ctx, b.maker, in)
	refused(t, err, errs.Invalid, "kind:", "已经登记过")
	b.verify(t)
}

// Free is what can still be committed.
func (b *bench) Free(ctx context.Context, q postgres.Querier, purpose ledger.Purpose, year int) (money.Fen, error) {
	var batch postgres.Batch
	free := ledger.GatherFree(&batch, purpose, year)
	err := batch.Run(ctx, q)
	return free(), err
}

func TestAdjustments(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	must(t, b.commit(ctx, b.award(t, b.organization(t), 6000)))
	refused(t, b.tryBudget(ctx, ledger.BudgetInput{Kind: ledger.Decrease, Amount: 400_001}), errs.Invalid, "amount:", "4,000.00元")
	must(t, b.tryBudget(ctx, ledger.BudgetInput{Kind: ledger.Decrease, Amount: 100_000}))
	must(t, b.tryBudget(ctx, ledger.BudgetInput{Kind: ledger.Increase, Amount: 200_000}))
	must(t, b.tryBudget(ctx, ledger.BudgetInput{Kind: ledger.Transfer, To: ledger.Venture, Amount: 500_000}))
	for purpose, want := range map[ledger.Purpose]money.Fen{ledger.Startup: 0, ledger.Venture: 500_000, ledger.Talent: 0} {
		free, err := b.Free(ctx, b.db.App.Pool(), purpose, 2026)
		must(t, err)
		is(t, string(purpose), free, want)
	}
	// What was free when it was entered may be committed when it is checked.
	must(t, b.tryBudget(ctx, ledger.BudgetInput{Kind: ledger.Increase, Amount: 100_000}))
	id, err := b.ProposeBudget(ctx, b.maker, ledger.BudgetInput{Token: once.NewToken(), Year: 2026, Kind: ledger.Decrease, Purpose: ledger.Startup,
		Amount: 100_000, DocumentNo: "深坪财〔2026〕9号", Reason: "调减"})
	must(t, err, b.commit(ctx, b.award(t, b.organization(t), 500)))
	refused(t, b.CheckBudgetItem(ctx, b.checker, id, 1), errs.Conflict, "500.00元", "已占用的 6,500.00元")
	must(t, b.RefuseBudgetItem(ctx, b.checker, id, 1, "已经占用"))
	b.verify(t)
}

func TestWhatIsWrongWithABudgetItemStandsAtItsField(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	good := ledger.BudgetInput{Year: 2026, Kind: ledger.InitialBudget, Purpose: ledger.Startup, Amount: 100, DocumentNo: "深坪财〔2026〕8号", Reason: "年初安排"}
	for name, c := range map[string]struct {
		change func(*ledger.BudgetInput)
		want   string
	}{
		"closed year":       {func(in *ledger.BudgetInput) { in.Year = 2025 }, "year:2025年已经结束"},
		"far year":          {func(in *ledger.BudgetInput) { in.Year = 2029 }, "year:"},
		"no kind":           {func(in *ledger.BudgetInput) { in.Kind = "gift" }, "kind:"},
		"no purpose":        {func(in *ledger.BudgetInput) { in.Purpose = "party" }, "purpose:"},
		"transfer to self":  {func(in *ledger.BudgetInput) { in.Kind, in.To = ledger.Transfer, ledger.Startup }, "to:"},
		"nothing":           {func(in *ledger.BudgetInput) { in.Amount = 0 }, "amount:"},
		"negative":          {func(in *ledger.BudgetInput) { in.Amount = -1 }, "amount:"},
		"more than is free": {func(in *ledger.BudgetInput) { in.Kind = ledger.Decrease }, "amount:1.00元超过了没有占用的 0.00元"},
		"no document":       {func(in *ledger.BudgetInput) { in.DocumentNo = " " }, "document_no:"},
		"long reason":       {func(in *ledger.BudgetInput) { in.Reason = strings.Repeat("多", 201) }, "reason:现在是 201 个字"},
	} {
		in := good
		c.change(&in)
		err := b.CheckBudget(t.Context(), b.maker, in)
		t.Log(name)
		refused(t, err, errs.Invalid, c.want)
	}
	must(t, b.CheckBudget(t.Context(), b.maker, good))
}

// The whole way of one award: paid, returned by the bank, paid again to a new
// account, some of it given back.
func TestAPaymentFromProposalToReturn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	all := 5000 * money.Yuan
	_, err := b.propose(ctx, a, payee, all+1)
	refused(t, err, errs.Invalid, "amount:5,000.01元超过了还没有付的 5,000.00元")
	_, err = b.propose(ctx, a, payee, 0)
	refused(t, err, errs.Invalid, "amount:")
	no, err := b.propose(ctx, a, payee, all)
	must(t, err)
	_, err = b.propose(ctx, a, payee, all)
	refused(t, err, errs.Conflict, no, "还在办")
	refused(t, b.Send(ctx, b.maker, no, 1), errs.Conflict, "拟付")
	refused(t, b.Check(ctx, again(b.maker), no, 1), errs.Conflict, "另一位财务人员复核")
	refused(t, b.Check(ctx, b.checker, no, 7), errs.Conflict, "又有了变化")
	must(t, b.Check(ctx, b.checker, no, 1))
	is(t, "sent before sending", b.position(t, a).Sent, 0)
	must(t, b.Send(ctx, b.maker, no, 2))
	p := b.position(t, a)
	is(t, "sent", p.Sent, all)
	is(t, "paid before the outcome", p.Paid, 0)
	refused(t, b.release(ctx, a), errs.Conflict, "还没有登记结果")
	refused(t, b.Cancel(ctx, b.maker, no, 3, "不付了"), errs.Conflict, "不能作废")
	refused(t, b.RecordOutcome(ctx, b.maker, no, 3, ledger.Outcome{State: ledger.Bounced}), errs.Invalid, "reason:")
	refused(t, b.RecordOutcome(ctx, b.maker, no, 3, ledger.Outcome{}), errs.Invalid, "outcome:")
	refused(t, b.RecordOutcome(ctx, b.maker, no, 3, ledger.Outcome{State: ledger.Succeeded, VoucherOn: today.AddDays(1)}), errs.Invalid, "voucher_no:", "还没到")
	refused(t, b.RecordOutcome(ctx, b.maker, no, 3, ledger.Outcome{State: ledger.Succeeded, VoucherNo: "PZ-1", VoucherOn: today.AddDays(-1)}), errs.Invalid, "早于发送")
	must(t, b.RecordOutcome(ctx, b.checker, no, 3, ledger.Outcome{State: ledger.Bounced, Reason: "账号与户名不符"}))
	is(t, "sent after the return", b.position(t, a).Sent, 0)

	renewed := b.account(t, a.OrganizationID, true)
	_, err = b.propose(ctx, a, payee, all)
	refused(t, err, errs.Conflict, "更换过")
	second := b.sent(t, a, renewed, all)
	must(t, b.succeed(ctx, second, 3))
	_, err = b.propose(ctx, a, renewed, 1)
	refused(t, err, errs.Conflict, "已经全部付完")
	refused(t, b.back(ctx, a, false, all+1), errs.Invalid, "amount:")
	must(t, b.back(ctx, a, false, 300*money.Yuan), b.back(ctx, a, true, 200*money.Yuan))
	p = b.position(t, a)
	is(t, "paid", p.Paid, all)
	is(t, "returned", p.Returned, 300*money.Yuan)
	is(t, "recovered", p.Recovered, 200*money.Yuan)
	is(t, "net", p.Net(), 4500*money.Yuan)
	is(t, "told", strings.Join(b.told, "; "), strings.ReplaceAll("returned NO returned; paid NO succeeded; received NO 300.00; received NO 200.00", "NO", a.CaseNo))
	b.verify(t)
}

// Everything is judged again at each step: what held at the proposal may not
// hold when money moves.
func TestWhatChangedAfterTheProposalStopsThePayment(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		happens func(t *testing.T, b *bench, a ledger.Award)
		says    string
	}{
		"account replaced": {func(t *testing.T, b *bench, a ledger.Award) { b.account(t, a.OrganizationID, true) }, "作废这笔付款"},
		"case held": {func(t *testing.T, b *bench, a ledger.Award) {
			must(t, b.Freeze(t.Context(), b.rev, once.NewToken(), ledger.HoldInput{CaseID: a.CaseID, Source: "投诉举报", Reason: "核实活动是否举办"}))
		}, "已冻结：核实活动是否举办"},
		"organization held": {func(t *testing.T, b *bench, a ledger.Award) {
			must(t, b.Freeze(t.Context(), b.maker, once.NewToken(), ledger.HoldInput{OrganizationID: a.OrganizationID, Source: "监督检查", Reason: "正在接受检查"}))
		}, "已冻结：正在接受检查"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			ctx := t.Context()
			b.yearly(t, 10_000)
			a, payee := b.granted(t, 5000)
			no, err := b.propose(ctx, a, payee, a.Amount)
			must(t, err)
			c.happens(t, b, a)
			refused(t, b.Check(ctx, b.checker, no, 1), errs.Conflict, c.says)
			other, payee2 := b.granted(t, 1000)
			no2, err := b.propose(ctx, other, payee2, other.Amount)
			must(t, err, b.Check(ctx, b.checker, no2, 1))
			c.happens(t, b, other)
			refused(t, b.Send(ctx, b.maker, no2, 2), errs.Conflict, c.says)
			must(t, b.Cancel(ctx, b.maker, no, 1, "情况变化"), b.Cancel(ctx, b.checker, no2, 2, "情况变化"))
			is(t, "pending", b.position(t, a).Pending, 0)
			b.verify(t)
		})
	}
}

func TestEligibilityIsAskedAtProposalAndAtSending(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	listed := errs.New(errs.Conflict, "组织已列入活动异常名录，不能拨付。")
	b.ineligible = listed
	_, err := b.propose(ctx, a, payee, a.Amount)
	refused(t, err, errs.Conflict, "活动异常名录")
	b.ineligible = nil
	no, err := b.propose(ctx, a, payee, a.Amount)
	must(t, err, b.Check(ctx, b.checker, no, 1))
	b.ineligible = listed
	refused(t, b.Send(ctx, b.maker, no, 2), errs.Conflict, "活动异常名录")
}

func TestWhoDecidedTouchesNoMoneyWithAnyAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	org := b.organization(t)
	payee, a := b.account(t, org, true), b.award(t, org, 5000)
	third := person(authz.Finance, "褚财务")
	a.Deciders = append(a.Deciders, b.checker.PersonID)
	must(t, b.commit(ctx, a), b.open(ctx, a, ledger.NoticeGate))
	_, err := b.Propose(ctx, again(b.checker), ledger.PaymentInput{Token: once.NewToken(), CaseNo: a.CaseNo, Payee: payee, Amount: a.Amount})
	refused(t, err, errs.Conflict, "参与这件审批")
	no, err := b.propose(ctx, a, payee, a.Amount)
	must(t, err)
	refused(t, b.Check(ctx, b.checker, no, 1), errs.Conflict, "参与这件审批")
	must(t, b.Check(ctx, third, no, 1))
	refused(t, b.Send(ctx, b.checker, no, 2), errs.Conflict, "参与这件审批")
	must(t, b.Send(ctx, third, no, 2))
	refused(t, b.RecordOutcome(ctx, b.checker, no, 3, ledger.Outcome{State: ledger.Failed, Reason: "余额不足"}), errs.Conflict, "参与这件审批")
	nobody := b.maker
	nobody.PersonID = uuid.Nil
	refused(t, b.Check(ctx, nobody, no, 3), errs.Forbidden, "没有登记对应的人")
}

func TestObstaclesNameWhatIsMissing(t *testing.T) {
	t.Parallel()
	at := time.Now()
	verified, open := &ledger.Payee{Last4: "1234", VerifiedAt: &at}, []ledger.GateState{{Gate: ledger.NoticeGate, OpenedAt: &at}}
	money1 := ledger.Commitment{Sums: ledger.Sums{Committed: 100}}
	for name, c := range map[string]struct {
		p    ledger.Position
		want []string
	}{
		"free":       {ledger.Position{Commitment: money1, Gates: open, Payee: verified}, nil},
		"gate":       {ledger.Position{Commitment: money1, Gates: []ledger.GateState{{Gate: ledger.NoticeGate}, {Gate: ledger.FinalGate}}, Payee: verified}, []string{"公示期满无异议", "结项验收通过"}},
		"hold":       {ledger.Position{Commitment: money1, Gates: open, Payee: verified, Holds: []ledger.Hold{{Reason: "检查中"}, {Reason: "旧的", LiftedAt: &at}}}, []string{"检查中"}},
		"no account": {ledger.Position{Commitment: money1, Gates: open}, []string{"没有填收款账户"}},
		"unverified": {ledger.Position{Commitment: money1, Gates: open, Payee: &ledger.Payee{Last4: "9"}}, []string{"还没有核验"}},
		"under way":  {ledger.Position{Commitment: money1, Gates: open, Payee: verified, Payments: []ledger.Payment{{No: "BK-1", State: ledger.Sent}, {State: ledger.Failed}}}, []string{"BK-1"}},
		"all paid":   {ledger.Position{Commitment: ledger.Commitment{Sums: ledger.Sums{Committed: 100, Paid: 100}}, Gates: open, Payee: verified}, []string{"已经全部付完"}},
	} {
		got := c.p.Obstacles()
		if len(got) != len(c.want) {
			t.Fatalf("%s: %q", name, got)
		}
		for i := range got {
			if !strings.Contains(got[i], c.want[i]) {
				t.Errorf("%s: %q does not say %q", name, got[i], c.want[i])
			}
		}
	}
}

func TestReleaseAndGatesAreIdempotent(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	must(t, b.open(ctx, a, ledger.NoticeGate))
	refused(t, b.open(ctx, a, ledger.FinalGate), errs.NotFound)
	no, err := b.propose(ctx, a, payee, 1000*money.Yuan)
	must(t, err, b.release(ctx, a), b.release(ctx, a))
	y, p, _, err := b.Payment(ctx, b.rev, no)
	must(t, err)
	is(t, "the payment under way", y.State, ledger.Cancelled)
	is(t, "committed", p.Committed, 0)
	refused(t, b.open(ctx, a, ledger.NoticeGate), errs.NotFound)
	must(t, b.release(ctx, b.award(t, a.OrganizationID, 1))) // never committed
	must(t, b.commit(ctx, a))                                // decided anew: a commitment of its own, its gate closed
	if p := b.position(t, a); p.Gates[0].OpenedAt != nil || p.Committed != a.Amount {
		t.Errorf("%+v", p)
	}
	b.verify(t)
}

func TestAPastYearTakesNothingNewAndPaysOn(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	b.db.SetNow(t, civil.Of(2026, 12, 31).End().Add(-time.Minute)) // 23:59 in Shanghai is still this year
	must(t, b.commit(ctx, b.award(t, a.OrganizationID, 10)))
	b.db.SetNow(t, civil.Of(2027, 1, 1).Start())
	refused(t, b.commit(ctx, b.award(t, a.OrganizationID, 10)), errs.Conflict, "2027年")
	refused(t, b.tryBudget(ctx, ledger.BudgetInput{Kind: ledger.Increase, Amount: 1}), errs.Invalid, "year:2026年已经结束")
	no, err := b.propose(ctx, a, payee, a.Amount)
	must(t, err, b.Check(ctx, b.checker, no, 1), b.Send(ctx, b.checker, no, 2))
	must(t, b.RecordOutcome(ctx, b.maker, no, 3, ledger.Outcome{State: ledger.Succeeded, VoucherNo: "PZ-1", VoucherOn: civil.Of(2027, 1, 1)}))
	is(t, "year of the commitment", b.position(t, a).Year, 2026)
	is(t, "paid", b.position(t, a).Paid, a.Amount)
	b.verify(t)
}

func TestAWrongEntryIsTakenBackByAnotherPerson(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	must(t, b.succeed(ctx, b.sent(t, a, payee, a.Amount), 3), b.back(ctx, a, false, 70_000))
	page, err := b.Pool(ctx, b.rev, 2026, ledger.Startup, 0)
	must(t, err)
	wrong, commit := page.Entries[0], page.Entries[len(page.Entries)-2]
	is(t, "last entry", wrong.Kind, ledger.ReturnEntry)
	refused(t, b.Reverse(ctx, b.maker, once.NewToken(), wrong.ID, "登记错了金额"), errs.Conflict, "不能冲正自己")
	refused(t, b.Reverse(ctx, b.checker, once.NewToken(), commit.ID, "登记错了金额"), errs.Conflict, "不能冲正")
	must(t, b.Reverse(ctx, b.checker, once.NewToken(), wrong.ID, "登记错了金额"))
	refused(t, b.Reverse(ctx, b.checker, once.NewToken(), wrong.ID, "登记错了金额"), errs.Conflict, "冲正过")
	is(t, "returned", b.position(t, a).Returned, 0)
	b.verify(t)
}

func TestHoldsAreLiftedOnceWithAReasonAndStay(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	refused(t, b.Freeze(ctx, b.rev, once.NewToken(), ledger.HoldInput{CaseID: a.CaseID, Reason: "短"}), errs.Invalid, "source:", "reason:")
	refused(t, b.Freeze(ctx, b.clerk, once.NewToken(), ledger.HoldInput{CaseID: a.CaseID}), errs.Forbidden)
	must(t, b.Freeze(ctx, b.rev, once.NewToken(), ledger.HoldInput{CaseID: a.CaseID, Source: "投诉举报", Reason: "核实活动是否举办"}))
	h := b.position(t, a).Holds[0]
	_, err := b.propose(ctx, a, payee, a.Amount)
	refused(t, err, errs.Conflict, "已冻结")
	refused(t, b.Unfreeze(ctx, b.rev, h.ID, 5, "已经核实清楚"), errs.Conflict)
	refused(t, b.Unfreeze(ctx, b.rev, h.ID, 1, "好"), errs.Invalid, "reason:")
	must(t, b.Unfreeze(ctx, b.maker, h.ID, 1, "已经核实清楚"))
	refused(t, b.Unfreeze(ctx, b.maker, h.ID, 2, "已经核实清楚"), errs.Conflict)
	_, err = b.propose(ctx, a, payee, a.Amount)
	must(t, err)
	is(t, "history", b.position(t, a).Holds[0].LiftReason, "已经核实清楚")
	err = b.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error { // as supervision will
		_, err := b.PlaceHold(ctx, tx, now, b.rev, ledger.HoldInput{OrganizationID: a.OrganizationID, Source: "监督检查 JC-2026-0001", Reason: "正在接受检查"})
		return err
	})
	must(t, err)
	is(t, "obstacles", len(b.position(t, a).Obstacles()), 2)
}

func TestAFailingReactionUndoesTheOutcome(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	no := b.sent(t, a, payee, a.Amount)
	b.OnPaid(ledger.Startup, nil)
	if err := b.succeed(t.Context(), no, 3); err == nil || !errs.Is(err, errs.Internal) {
		t.Fatalf("money moved past a feature that does not know: %v", err)
	}
	is(t, "paid", b.position(t, a).Paid, 0)
}

// A merged record's award is held with the organization, paid to the one account
// that counts, and by neither before: the same award of its own stays free.
func TestHoldsAndAccountsOfMergedRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 20_000)
	a, old := b.granted(t, 3000)
	control, theirs := b.granted(t, 3000)
	kept := b.organization(t)
	b.exec(t, `update organization set merged_into = $2 where id = $1`, a.OrganizationID, kept)

	is(t, "account while the record that stays has none", b.position(t, a).Payee.ID, old)
	payee := b.account(t, kept, true)
	is(t, "account of the record that stays", b.position(t, a).Payee.ID, payee)
	_, err := b.propose(ctx, a, old, a.Amount)
	refused(t, err, errs.Conflict, "账户")
	err = b.raw(t, `insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, state, made_at, made_by, made_person, maker_name)
		select gen_random_uuid(), 'FK-2026-9999', id, $2, 100, 'proposed', portal_now(), gen_random_uuid(), gen_random_uuid(), '财务' from ledger_commitment where case_id = $1`, a.CaseID, old)
	is(t, "the database of the other account", constraintOf(err), "ledger_payment_payee_replaced")

	h, err := b.Holding(ctx, b.rev, "", a.OrganizationID)
	must(t, err)
	is(t, "what is frozen under the old address", h.OrganizationID, kept)
	must(t, b.Freeze(ctx, b.rev, once.NewToken(), ledger.HoldInput{OrganizationID: kept, Source: "投诉举报", Reason: "核实两份档案的情况"}))
	_, err = b.propose(ctx, a, payee, a.Amount)
	refused(t, err, errs.Conflict, "已冻结")
	err = b.raw(t, `insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, state, made_at, made_by, made_person, maker_name)
		select gen_random_uuid(), 'FK-2026-9998', id, $2, 100, 'proposed', portal_now(), gen_random_uuid(), gen_random_uuid(), '财务' from ledger_commitment where case_id = $1`, a.CaseID, payee)
	is(t, "the database of the hold", constraintOf(err), "ledger_payment_hold")
	blocked := func(no string) bool {
		t.Helper()
		q, err := b.Queue(ctx, b.maker, ledger.Filter{Tab: ledger.Blocked})
		must(t, err)
		return slices.ContainsFunc(q.Dues, func(d ledger.Due) bool { return d.CaseNo == no })
	}
	is(t, "blocked in the list", blocked(a.CaseNo), true)
	is(t, "blocked in the list, of the control", blocked(control.CaseNo), false)
	_, err = b.propose(ctx, control, theirs, control.Amount)
	must(t, err)
	must(t, b.Unfreeze(ctx, b.maker, b.position(t, a).Holds[0].ID, 1, "已经核实清楚"))
	_, err = b.propose(ctx, a, payee, a.Amount)
	must(t, err)
	b.verify(t)
}
