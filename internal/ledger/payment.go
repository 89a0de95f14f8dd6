package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// PaymentInput is a payment to make.
type PaymentInput struct {
	Token  string
	CaseNo string
	Payee  uuid.UUID // the account that the form showed
	Amount money.Fen
}

// Propose makes a payment (拟付) of a case and returns its number. Every gate
// open, no hold, the organization's verified account, eligibility still given and
// nobody among those who decided: else errs.Conflict with the reason, at the
// field as errs.Invalid when it is the amount or the account.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, in PaymentInput) (no string, err error) {
	if err := officer(actor, authz.FundPay); err != nil {
		return "", err
	}
	err = s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		p, err := lockPosition(ctx, tx, in.CaseNo)
		if err != nil {
			return err
		}
		no, err = once.Do(ctx, tx, actor, in.Token, func() (string, error) { return s.propose(ctx, tx, now, actor, p, in) })
		return err
	})
	return no, told(err)
}

func (s *Service) propose(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p Position, in PaymentInput) (string, error) {
	if err := p.admits(actor, in); err != nil {
		return "", err
	}
	r, err := s.reactionsOf(p.Purpose)
	if err != nil {
		return "", err
	}
	if err := r.before(ctx, tx, now, p.CaseID); err != nil {
		return "", err
	}
	no, err := nextPaymentNo(ctx, tx, now)
	if err != nil {
		return "", err
	}
	if err := insertPayment(ctx, tx, now, actor, newID(), no, p.ID, in.Payee, in.Amount); err != nil {
		return "", err
	}
	return no, note(ctx, tx, now, actor, p.CaseID, "ledger.payment.propose", map[string]any{
		"no": p.CaseNo, "payment": no, "fen": int64(in.Amount), "payee": in.Payee.String()})
}

// admits judges a payment before it is made.
func (p Position) admits(actor authz.Actor, in PaymentInput) error {
	if p.Decided(actor.PersonID) {
		return errs.New(errs.Conflict, refusals["ledger_payment_decider"])
	}
	if list := p.Obstacles(); len(list) > 0 {
		return errs.New(errs.Conflict, strings.Join(list, ""))
	}
	switch {
	case p.Payee.ID != in.Payee:
		return errs.New(errs.Conflict, "收款账户在您打开页面之后被更换过。请核对现在的账户（尾号 "+p.Payee.Last4+"）后再制作。")
	case in.Amount <= 0:
		return errs.FieldError("amount", "付款金额", "填大于 0 的金额")
	case in.Amount > p.Unpaid():
		return errs.FieldError("amount", "付款金额", fmt.Sprintf("%s元超过了还没有付的 %s元。填不超过 %s元的金额", in.Amount, p.Unpaid(), p.Unpaid()))
	}
	return nil
}

// CheckProposal tells what Propose would refuse, before the confirmation page.
func (s *Service) CheckProposal(ctx context.Context, actor authz.Actor, in PaymentInput) (Position, error) {
	if err := officer(actor, authz.FundPay); err != nil {
		return Position{}, err
	}
	p, err := s.Position(ctx, actor, in.CaseNo)
	if err != nil {
		return p, err
	}
	return p, p.admits(actor, in)
}

// Check approves a payment (复核). Maker, deciders, a closed gate, a hold or a
// replaced account are errs.Conflict.
func (s *Service) Check(ctx context.Context, actor authz.Actor, no string, version int) error {
	return s.step(ctx, actor, no, version, "ledger.payment.check", func(tx postgres.Tx, now time.Time, p *Payment, at Position) error {
		if p.Made.Person == actor.PersonID {
			return errs.New(errs.Conflict, refusals["ledger_payment_two_persons"])
		}
		if err := at.moves(actor, *p, Proposed); err != nil {
			return err
		}
		p.State = Checked
		return checkPayment(ctx, tx, now, actor, *p)
	})
}

// Send records that a checked payment went to the bank (已发送). Everything is
// judged again, eligibility too: the world may have changed since the proposal.
func (s *Service) Send(ctx context.Context, actor authz.Actor, no string, version int) error {
	return s.step(ctx, actor, no, version, "ledger.payment.send", func(tx postgres.Tx, now time.Time, p *Payment, at Position) error {
		if err := at.moves(actor, *p, Checked); err != nil {
			return err
		}
		r, err := s.reactionsOf(p.Purpose)
		if err != nil {
			return err
		}
		if err := r.before(ctx, tx, now, p.CaseID); err != nil {
			return err
		}
		p.State = Sent
		return sendPayment(ctx, tx, now, actor, *p)
	})
}

// moves judges a step that needs the payment in state from and its way free.
func (p Position) moves(actor authz.Actor, y Payment, from PaymentState) error {
	if y.State != from {
		return errs.Newf(errs.Conflict, "付款 %s 现在是“%s”，不能再办这一步。", y.No, y.State.Name())
	}
	if p.Decided(actor.PersonID) {
		return errs.New(errs.Conflict, refusals["ledger_payment_decider"])
	}
	if list := p.standing(&y.Payee); len(list) > 0 {
		return errs.New(errs.Conflict, strings.Join(list, ""))
	}
	return nil
}

// Cancel ends a payment that was not sent (作废): its maker takes it back, or who
// checks it refuses it. The amount can be paid again.
func (s *Service) Cancel(ctx context.Context, actor authz.Actor, no string, version int, reason string) error {
	if err := reasonFault(reason, 2); err != nil {
		return err
	}
	return s.step(ctx, actor, no, version, "ledger.payment.cancel", func(tx postgres.Tx, now time.Time, p *Payment, _ Position) error {
		if p.State != Proposed && p.State != Checked {
			return errs.Newf(errs.Conflict, "付款 %s 现在是“%s”，不能作废。", p.No, p.State.Name())
		}
		p.State, p.Reason = Cancelled, strings.TrimSpace(reason)
		return endPayment(ctx, tx, now, actor, *p)
	})
}

// Outcome is what became of a sent payment: Succeeded with voucher, Failed or
// Bounced with a reason.
type Outcome struct {
	State     PaymentState
	VoucherNo string
	VoucherOn civil.Date
	Reason    string
}

// RecordOutcome records what became of a sent payment and calls the feature. A
// failed or returned amount can be paid again, perhaps to a new account.
func (s *Service) RecordOutcome(ctx context.Context, actor authz.Actor, no string, version int, o Outcome) error {
	return s.step(ctx, actor, no, version, "ledger.payment.outcome", func(tx postgres.Tx, now time.Time, p *Payment, at Position) error {
		switch {
		case p.State != Sent:
			return errs.Newf(errs.Conflict, "付款 %s 现在是“%s”，不能登记结果。", p.No, p.State.Name())
		case at.Decided(actor.PersonID):
			return errs.New(errs.Conflict, refusals["ledger_payment_decider"])
		}
		if err := o.faults(civil.On(*p.Send.At), civil.On(now)); err != nil {
			return err
		}
		p.State = o.State
		if o.State == Succeeded {
			p.VoucherNo, p.VoucherOn = strings.TrimSpace(o.VoucherNo), o.VoucherOn
		} else {
			p.Reason = strings.TrimSpace(o.Reason)
		}
		if err := endPayment(ctx, tx, now, actor, *p); err != nil {
			return err
		}
		return s.announce(ctx, tx, now, actor, p.No)
	})
}

// announce tells the feature of an outcome.
func (s *Service) announce(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no string) error {
	p, err := paymentByNo(ctx, tx, no)
	if err != nil {
		return err
	}
	r, err := s.reactionsOf(p.Purpose)
	if err != nil {
		return err
	}
	if p.State == Succeeded {
		return r.paid(ctx, tx, now, actor, p)
	}
	return r.returned(ctx, tx, now, actor, p)
}

// faults is what is wrong with an outcome as it was typed.
func (o Outcome) faults(sentOn, today civil.Date) error {
	var f faults
	switch o.State {
	case Succeeded:
		f.length("voucher_no", "凭证号", o.VoucherNo, 2, 40)
		switch {
		case !o.VoucherOn.Valid():
			f.add("voucher_on", "凭证日期", "填凭证上的日期。")
		case o.VoucherOn.Before(sentOn):
			f.add("voucher_on", "凭证日期", o.VoucherOn.Chinese()+"早于发送的那天（"+sentOn.Chinese()+"）。核对凭证。")
		case o.VoucherOn.After(today):
			f.add("voucher_on", "凭证日期", o.VoucherOn.Chinese()+"还没到。填凭证上的日期。")
		}
	case Failed, Bounced:
		f.length("reason", "原因", o.Reason, 2, 300)
	default:
		f.add("outcome", "付款结果", "选一项：成功、失败或退票。")
	}
	return errs.Fields(f)
}

// step is one step of one payment: permission, locks, version, the act, audit.
func (s *Service) step(ctx context.Context, actor authz.Actor, no string, version int, action string,
	act func(tx postgres.Tx, now time.Time, p *Payment, at Position) error) error {
	if err := officer(actor, authz.FundPay); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		p, err := lockPayment(ctx, tx, no, version)
		if err != nil {
			return err
		}
		at, _, err := positionOf(ctx, tx, `c.id = $1`, p.CommitmentID)
		if err != nil {
			return err
		}
		if err := act(tx, now, &p, at); err != nil {
			return err
		}
		return note(ctx, tx, now, actor, p.CaseID, action, map[string]any{"no": p.CaseNo, "payment": p.No, "state": string(p.State), "fen": int64(p.Amount)})
	})
	return told(err)
}

// lockPosition locks the case of that number, then its commitment.
func lockPosition(ctx context.Context, tx postgres.Tx, caseNo string) (Position, error) {
	p, found, err := positionOf(ctx, tx, `c.case_no = $1`, caseNo)
	if err != nil {
		return p, err
	}
	if !found {
		return p, notFound()
	}
	if err := lockCase(ctx, tx, p.CaseID); err != nil {
		return p, err
	}
	if _, err := tx.Exec(ctx, `select ledger_lock_commitment($1)`, p.ID); err != nil {
		return p, err
	}
	p, _, err = positionOf(ctx, tx, `c.id = $1`, p.ID)
	return p, err
}

func reasonFault(reason string, least int) error {
	var f faults
	f.length("reason", "理由", reason, least, 300)
	return errs.Fields(f)
}
