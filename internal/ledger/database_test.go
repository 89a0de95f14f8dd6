package ledger_test

import (
	"errors"
	"strings"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgconn"
)

// constraintOf names the rule that refused, "" when none did.
func constraintOf(err error) string {
	pg, _ := errors.AsType[*pgconn.PgError](err)
	if pg == nil {
		return ""
	}
	return pg.ConstraintName
}

// raw runs one statement as the role that serves, past every service.
func (b *bench) raw(t *testing.T, sql string, args ...any) error {
	t.Helper()
	_, err := b.db.App.Pool().Exec(t.Context(), sql, args...)
	return err
}

const rawProposal = `insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, made_at, made_by, made_person, maker_name)
	select gen_random_uuid(), 'BK-2026-9' || lpad((random() * 999999)::int::text, 6, '0'), id, $2, $3, portal_now(), gen_random_uuid(), $4, '财务'
	from ledger_commitment where case_id = $1`

const rawCheck = `update ledger_payment set state = 'checked', checked_at = portal_now(), checked_by = gen_random_uuid(), checked_person = $2, checker_name = '财务' where no = $1`

const rawSend = `update ledger_payment set state = 'sent', sent_at = portal_now(), sent_by = gen_random_uuid(), sent_person = $2, sender_name = '财务' where no = $1`

// Each forbidden payment is refused by the database to the serving role itself.
func TestForbiddenPaymentsAreRefusedByTheDatabase(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 100_000)
	maker, checker := b.maker.PersonID, b.checker.PersonID
	hold := func(in ledger.HoldInput) {
		in.Source, in.Reason = "监督检查", "正在接受检查"
		must(t, b.Freeze(ctx, b.rev, once.NewToken(), in))
	}
	proposal := func(a ledger.Award, payee uuid.UUID) error {
		return b.raw(t, rawProposal, a.CaseID, payee, a.Amount, maker)
	}
	closed := func() (ledger.Award, uuid.UUID) {
		org := b.organization(t)
		payee, a := b.account(t, org, true), b.award(t, org, 1000)
		must(t, b.commit(ctx, a))
		return a, payee
	}
	made := func() (ledger.Award, string) {
		a, payee := b.granted(t, 1000)
		no, err := b.propose(ctx, a, payee, a.Amount)
		must(t, err)
		return a, no
	}
	checked := func() (ledger.Award, string) {
		a, no := made()
		must(t, b.Check(ctx, b.checker, no, 1))
		return a, no
	}
	for name, c := range map[string]struct {
		try  func() error
		rule string
	}{
		"before the notice has settled": {func() error { return proposal(closed()) }, "ledger_payment_gate"},
		"dated before the gate opened": {func() error {
			a, p := b.granted(t, 1000)
			return b.raw(t, strings.Replace(rawProposal, "portal_now()", "portal_now() - interval '1 day'", 1), a.CaseID, p, a.Amount, maker)
		}, "ledger_payment_gate"},
		"with a hold on the case": {func() error {
			a, p := b.granted(t, 1000)
			hold(ledger.HoldInput{CaseID: a.CaseID})
			return proposal(a, p)
		}, "ledger_payment_hold"},
		"with a hold on the organization": {func() error {
			a, p := b.granted(t, 1000)
			hold(ledger.HoldInput{OrganizationID: a.OrganizationID})
			return proposal(a, p)
		}, "ledger_payment_hold"},
		"to an unverified account": {func() error { a, _ := b.granted(t, 1000); return proposal(a, b.account(t, a.OrganizationID, false)) }, "ledger_payment_payee_unverified"},
		"to a replaced account":    {func() error { a, p := b.granted(t, 1000); b.account(t, a.OrganizationID, true); return proposal(a, p) }, "ledger_payment_payee_replaced"},
		"to another's account":     {func() error { a, _ := b.granted(t, 1000); _, p := b.granted(t, 1); return proposal(a, p) }, "ledger_payment_payee_owner"},
		"by who decided": {func() error {
			a, p := b.granted(t, 1000)
			return b.raw(t, rawProposal, a.CaseID, p, a.Amount, b.leader.PersonID)
		}, "ledger_payment_decider"},
		"more than was awarded": {func() error { a, p := b.granted(t, 1000); a.Amount++; return proposal(a, p) }, "ledger_commitment_paid_within_amount"},
		"a second one beside the first": {func() error {
			a, p := b.granted(t, 1000)
			a.Amount /= 2
			must(t, proposal(a, p))
			return proposal(a, p)
		}, "ledger_payment_one_open"},
		"begun as sent": {func() error {
			a, p := b.granted(t, 1000)
			return b.raw(t, `insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, state, made_at, made_by, made_person, maker_name, checked_at, checked_by, checked_person, checker_name, sent_at, sent_by, sent_person, sender_name) select gen_random_uuid(), 'BK-2026-8001', id, $2, $3, 'sent', portal_now(), id, $4, '财务', portal_now(), id, $5, '财务', portal_now(), id, $4, '财务' from ledger_commitment where case_id = $1`, a.CaseID, p, a.Amount, maker, checker)
		}, "ledger_payment_transition"},
		"checked by its maker":   {func() error { _, no := made(); return b.raw(t, rawCheck, no, maker) }, "ledger_payment_two_persons"},
		"checked by who decided": {func() error { _, no := made(); return b.raw(t, rawCheck, no, b.rev.PersonID) }, "ledger_payment_decider"},
		"checked with a hold": {func() error {
			a, no := made()
			hold(ledger.HoldInput{CaseID: a.CaseID})
			return b.raw(t, rawCheck, no, checker)
		}, "ledger_payment_hold"},
		"checked for a replaced account": {func() error {
			a, no := made()
			b.account(t, a.OrganizationID, true)
			return b.raw(t, rawCheck, no, checker)
		}, "ledger_payment_payee_replaced"},
		"sent unchecked": {func() error { _, no := made(); return b.raw(t, rawSend, no, maker) }, "ledger_payment_transition"},
		"sent with a hold": {func() error {
			a, no := checked()
			hold(ledger.HoldInput{OrganizationID: a.OrganizationID})
			return b.raw(t, rawSend, no, maker)
		}, "ledger_payment_hold"},
		"sent to a replaced account": {func() error {
			a, no := checked()
			b.account(t, a.OrganizationID, true)
			return b.raw(t, rawSend, no, maker)
		}, "ledger_payment_payee_replaced"},
		"sent by who decided": {func() error { _, no := checked(); return b.raw(t, rawSend, no, b.leader.PersonID) }, "ledger_payment_decider"},
		"sent with the checker taken away": {func() error {
			_, no := checked()
			return b.raw(t, strings.Replace(rawSend, "sent_at =", "checked_person = $2, sent_at =", 1), no, maker)
		}, "ledger_payment_transition"},
	} {
		if err := c.try(); constraintOf(err) != c.rule {
			t.Errorf("%s: %v (%s), want %s", name, err, constraintOf(err), c.rule)
		}
	}
	// The control: what is in order passes the same raw statements.
	a, payee := b.granted(t, 1000)
	must(t, proposal(a, payee))
	no := b.position(t, a).Payments[0].No
	must(t, b.raw(t, rawCheck, no, checker), b.raw(t, rawSend, no, maker))
	is(t, "sent", b.position(t, a).Sent, a.Amount)
	b.verify(t)
}

// The same statements pass when the trigger is gone: it is what refuses them.
func TestWithoutTheTriggerForbiddenPaymentsPass(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 1000)
	must(t, b.Freeze(t.Context(), b.rev, once.NewToken(), ledger.HoldInput{CaseID: a.CaseID, Source: "监督检查", Reason: "正在接受检查"}))
	b.exec(t, `drop trigger guard on ledger_payment`)
	must(t, b.raw(t, rawProposal, a.CaseID, payee, a.Amount, b.leader.PersonID))
}

// What the serving role may not write at all, and what not even the owner may.
func TestHistoryAndSumsCannotBeEdited(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := t.Context()
	b.yearly(t, 10_000)
	a, payee := b.granted(t, 5000)
	no := b.sent(t, a, payee, a.Amount)
	must(t, b.succeed(ctx, no, 3), b.Freeze(ctx, b.rev, once.NewToken(), ledger.HoldInput{CaseID: a.CaseID, Source: "监督检查", Reason: "正在接受检查"}))
	for _, sql := range []string{
		`update ledger_entry set amount_fen = 1`, `delete from ledger_entry`, `truncate ledger_entry cascade`,
		`update ledger_pool set budget_fen = 1e9`, `delete from ledger_pool`, `insert into ledger_pool (id, year, purpose, created_at, budget_fen) values (gen_random_uuid(), 2026, 'talent', portal_now(), 1)`,
		`update ledger_commitment set amount_fen = 1e9`, `update ledger_commitment set paid_fen = 0`, `delete from ledger_commitment`,
		`insert into ledger_commitment (id, pool_id, case_id, case_no, organization_id, title, created_at, amount_fen) select gen_random_uuid(), pool_id, case_id, 'x', organization_id, 'x', portal_now(), 5 from ledger_commitment`,
		`update ledger_payment set amount_fen = 1`, `update ledger_payment set payee_id = gen_random_uuid()`, `update ledger_payment set made_person = gen_random_uuid()`, `delete from ledger_payment`,
		`delete from ledger_gate`, `delete from ledger_decider`, `update ledger_decider set person_id = gen_random_uuid()`,
		`update ledger_hold set reason = '没有理由了'`, `delete from ledger_hold`, `update ledger_budget_item set amount_fen = 1`, `delete from ledger_budget_item`,
	} {
		if err := b.raw(t, sql); err == nil || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("the serving role may %q: %v", sql, err)
		}
	}
	for sql, rule := range map[string]string{
		`update ledger_gate set opened_at = null, opened_by = null, opened_person = null, opener_name = null`:                                "ledger_gate_once",
		`update ledger_payment set state = 'failed', reason = '改口'`:                                                                          "ledger_payment_transition",
		`update ledger_payment set voucher_no = 'PZ-2'`:                                                                                      "ledger_payment_transition",
		`update ledger_budget_item set state = 'proposed', checked_at = null, checked_by = null, checked_person = null, checker_name = null`: "ledger_budget_item_transition",
		`insert into ledger_entry (pool_id, kind, of_kind, amount_fen, item_id, account_id, person_id, actor_name, at, reason) select pool_id, kind, of_kind, amount_fen, item_id, account_id, person_id, actor_name, at, reason from ledger_entry where kind = 'budget'`:                                                 "ledger_entry_item",
		`insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, payment_id, account_id, person_id, actor_name, at, reason) select pool_id, commitment_id, kind, of_kind, amount_fen, payment_id, account_id, person_id, actor_name, at, reason from ledger_entry where kind = 'send'`:               "ledger_entry_payment",
		`insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, account_id, person_id, actor_name, at, reason) select pool_id, commitment_id, 'return', 'return', 600000, account_id, person_id, actor_name, at, reason from ledger_entry where kind = 'pay'`:                                       "ledger_pool_returned_within_paid",
		`insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, account_id, person_id, actor_name, at, reason) select pool_id, commitment_id, 'release', 'release', -1, account_id, person_id, actor_name, at, reason from ledger_entry where kind = 'pay'`:                                         "ledger_pool_paid_within_committed",
		`insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, reverses, account_id, person_id, actor_name, at, reason) select pool_id, commitment_id, 'reversal', 'pay', -amount_fen, id, gen_random_uuid(), gen_random_uuid(), actor_name, at, reason from ledger_entry where kind = 'pay'`:      "ledger_entry_reversal",
		`insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, account_id, person_id, actor_name, at, reason) select p.id, e.commitment_id, 'return', 'return', 1, account_id, person_id, actor_name, at, reason from ledger_entry e, ledger_pool p where e.kind = 'pay' and p.purpose = 'talent'`: "ledger_entry_pool_of_commitment",
	} {
		if strings.Contains(sql, "'talent'") {
			b.budget(t, ledger.BudgetInput{Kind: ledger.InitialBudget, Purpose: ledger.Talent, Amount: money.Yuan})
		}
		if err := b.raw(t, sql); constraintOf(err) != rule {
			t.Errorf("%.120q: %v (%s), want %s", sql, err, constraintOf(err), rule)
		}
	}
	for _, sql := range []string{`update ledger_entry set reason = '改了'`, `delete from ledger_entry`, `delete from ledger_payment`, `delete from ledger_hold`, `delete from ledger_decider`, `delete from ledger_gate`, `delete from ledger_budget_item`} {
		if _, err := b.db.Owner.Exec(ctx, sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("the owner may %q: %v", sql, err)
		}
	}
	b.verify(t)
}

// Verify is no formality: a sum that was tampered with is named.
func TestVerifyNamesASumThatWasChanged(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.yearly(t, 10_000)
	a, _ := b.granted(t, 5000)
	b.exec(t, `update ledger_pool set committed_fen = committed_fen + 1`)
	b.exec(t, `update ledger_commitment set pending_fen = 2 where case_id = $1`, a.CaseID)
	wrong, err := ledger.Verify(t.Context(), b.db.App.Pool())
	if err != nil || len(wrong) != 2 {
		t.Fatalf("%+v, %v", wrong, err)
	}
	for _, w := range wrong {
		if w.Sum == "committed" && w.Stored-w.Computed != 1 || w.Sum == "pending" && w.Stored-w.Computed != 2 {
			t.Errorf("%+v", w)
		}
	}
	refused(t, b.commit(t.Context(), a), errs.Conflict)
}
