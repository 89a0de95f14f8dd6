package ledger

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func (r paymentRow) payment() Payment {
	stamp := func(at *time.Time, person *uuid.UUID, name string) Stamp {
		s := Stamp{At: at, Name: name}
		if person != nil {
			s.Person = *person
		}
		return s
	}
	return Payment{
		ID: r.ID, No: r.No, CommitmentID: r.CommitmentID, CaseID: r.CaseID, CaseNo: r.CaseNo, Purpose: r.Purpose, Year: r.Year,
		OrganizationID: r.OrganizationID, Organization: r.Organization, Title: r.Title, Amount: money.Fen(r.Amount), State: r.State,
		Payee: Payee{ID: r.PayeeID, OrgID: r.OrganizationID, Agent: r.Agent, AccountName: r.AccountName, BankName: r.BankName, Branch: r.Branch,
			Last4: r.Last4, SavedAt: r.SavedAt, VerifiedAt: r.VerifiedAt, ReplacedAt: r.ReplacedAt},
		Made: stamp(r.MadeAt, r.MadePerson, r.Maker), Check: stamp(r.CheckedAt, r.CheckedPerson, r.Checker),
		Send: stamp(r.SentAt, r.SentPerson, r.Sender), End: stamp(r.EndedAt, r.EndedPerson, r.Ender),
		VoucherNo: r.VoucherNo, VoucherOn: r.VoucherOn, Reason: r.Reason, Version: r.Version,
	}
}

func paymentsOf(rows []paymentRow) []Payment {
	out := make([]Payment, len(rows))
	for i, r := range rows {
		out[i] = r.payment()
	}
	return out
}

func paymentByNo(ctx context.Context, q postgres.Querier, no string) (Payment, error) {
	r, err := postgres.One[paymentRow](ctx, q, paymentSQL+` where y.no = $1`, no)
	if errs.Is(err, errs.NotFound) {
		return Payment{}, notFound()
	}
	return r.payment(), err
}

// lockPayment locks the case, then the commitment, and returns the payment as it
// is then. version is what the page showed; another is errs.Conflict.
func lockPayment(ctx context.Context, tx postgres.Tx, no string, version int) (Payment, error) {
	p, err := paymentByNo(ctx, tx, no)
	if err != nil {
		return p, err
	}
	if err := lockCase(ctx, tx, p.CaseID); err != nil {
		return p, err
	}
	if _, err := tx.Exec(ctx, `select ledger_lock_commitment($1)`, p.CommitmentID); err != nil {
		return p, err
	}
	if p, err = paymentByNo(ctx, tx, no); err == nil && p.Version != version {
		err = errs.Newf(errs.Conflict, "付款 %s 在您打开页面之后又有了变化，现在是“%s”。请核对后再办。", no, p.State.Name())
	}
	return p, err
}

// nextPaymentNo draws a number; gaps are allowed.
func nextPaymentNo(ctx context.Context, tx postgres.Tx, now time.Time) (string, error) {
	var n int64
	year := civil.On(now).Year
	err := tx.QueryRow(ctx, `select next_number('BK', $1)`, year).Scan(&n)
	return fmt.Sprintf("BK-%d-%04d", year, n), err
}

func insertPayment(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, no string, commitment, payee uuid.UUID, amount money.Fen) error {
	_, err := tx.Exec(ctx, `
		insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, made_at, made_by, made_person, maker_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, id, no, commitment, payee, amount, now, actor.AccountID, actor.PersonID, actor.Name)
	return err
}

func checkPayment(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p Payment) error {
	return postgres.ExecOne(ctx, tx, `
		update ledger_payment set state = 'checked', checked_at = $3, checked_by = $4, checked_person = $5, checker_name = $6, version = version + 1
		where id = $1 and version = $2`, p.ID, p.Version, now, actor.AccountID, actor.PersonID, actor.Name)
}

func sendPayment(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p Payment) error {
	return postgres.ExecOne(ctx, tx, `
		update ledger_payment set state = 'sent', sent_at = $3, sent_by = $4, sent_person = $5, sender_name = $6, version = version + 1
		where id = $1 and version = $2`, p.ID, p.Version, now, actor.AccountID, actor.PersonID, actor.Name)
}

// endPayment records an outcome or a cancellation: state, voucher and reason of p.
func endPayment(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p Payment) error {
	return postgres.ExecOne(ctx, tx, `
		update ledger_payment set state = $3, voucher_no = $4, voucher_on = $5, reason = $6,
			ended_at = $7, ended_by = $8, ended_person = $9, ender_name = $10, version = version + 1
		where id = $1 and version = $2`, p.ID, p.Version, p.State, p.VoucherNo, p.VoucherOn, p.Reason, now, actor.AccountID, actor.PersonID, actor.Name)
}

// cancelOpen cancels what was not sent of a commitment.
func cancelOpen(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, commitment uuid.UUID, reason string) error {
	_, err := tx.Exec(ctx, `
		update ledger_payment set state = 'cancelled', reason = left($2, 300), ended_at = $3, ended_by = $4, ended_person = $5, ender_name = $6,
			version = version + 1
		where commitment_id = $1 and state in ('proposed', 'checked')`, commitment, reason, now, actor.AccountID, actor.PersonID, actor.Name)
	return err
}
