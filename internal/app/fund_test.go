package app_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// fund leaves money in every state at the neighbour's application: a budget to
// check, a commitment with its gate open, a payment proposed,
// a hold on another organization.
func (w *world) fund(t testing.TB) {
	t.Helper()
	finance, record := w.office(authz.Finance), "/staff/organizations/"+w.next.id
	finance.open(record).form(record+"/payee/verification").submit().is(200, record)
	ctx, s := t.Context(), ledger.New(w.db.App)
	s.OnPaid(ledger.Startup, func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Payment) error { return nil })
	s.OnReturned(ledger.Startup, func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Payment) error { return nil })
	s.OnReceived(ledger.Startup, func(context.Context, postgres.Tx, time.Time, authz.Actor, ledger.Repayment) error { return nil })
	s.BeforePay(ledger.Startup, func(context.Context, postgres.Tx, time.Time, uuid.UUID) error { return nil })
	officer := func(r authz.Role, name string) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: name, Role: r}
	}
	maker, leader := officer(authz.Finance, "冯财务"), officer(authz.BureauLeader, "林局长")
	item := func(kind ledger.ItemKind, yuan money.Fen) (uuid.UUID, error) {
		return s.ProposeBudget(ctx, maker, ledger.BudgetInput{Token: once.NewToken(), Year: eligible.Year, Kind: kind, Purpose: ledger.Startup,
			Amount: yuan * money.Yuan, DocumentNo: "深坪财〔2018〕8号", Reason: "年度安排"})
	}
	first := uuid.MustParse(scan[string](t, w.portal, `select id::text from ledger_budget_item`)) // of paid
	second, err := item(ledger.Increase, 1000)
	must(t, err)
	caseID := uuid.MustParse(scan[string](t, w.portal, `select id::text from case_file where no = $1`, w.accepted))
	must(t, w.db.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		a := ledger.Award{CaseID: caseID, CaseNo: w.accepted, Purpose: ledger.Startup, OrganizationID: uuid.MustParse(w.next.id), Title: w.next.name,
			Amount: 5000 * money.Yuan, Gates: []ledger.Gate{ledger.NoticeGate}, Deciders: []uuid.UUID{leader.PersonID}}
		return errors.Join(s.Commit(ctx, tx, now, leader, a), s.OpenGate(ctx, tx, now, leader, caseID, ledger.NoticeGate))
	}))
	payee := uuid.MustParse(scan[string](t, w.portal, `select id::text from payee_account where org_id = $1 and replaced_at is null`, w.next.id))
	w.ids["payment"], err = s.Propose(ctx, maker, ledger.PaymentInput{Token: once.NewToken(), CaseNo: w.accepted, Payee: payee, Amount: 5000 * money.Yuan})
	must(t, err, s.Freeze(ctx, maker, once.NewToken(), ledger.HoldInput{OrganizationID: uuid.MustParse(w.third.id), Source: "监督检查", Reason: "正在接受检查"}))
	w.ids["budget item"] = second.String()
	w.ids["ledger entry"] = scan[string](t, w.portal, `select id::text from ledger_entry where item_id = $1`, first)
	w.ids["hold"] = scan[string](t, w.portal, `select id::text from ledger_hold where organization_id = $1`, w.third.id)
}

func must(t testing.TB, list ...error) {
	t.Helper()
	if err := errors.Join(list...); err != nil {
		t.Fatal(err)
	}
}
