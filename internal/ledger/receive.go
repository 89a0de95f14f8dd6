package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Repayment is money that came back from an organization.
type Repayment struct {
	CaseID         uuid.UUID
	CaseNo         string
	Purpose        Purpose
	OrganizationID uuid.UUID
	Recovered      bool // taken back by decision, rather than unspent
	Amount         money.Fen
	VoucherNo      string
	Returned       money.Fen // of the case, this one included
	RecoveredTotal money.Fen
}

// ReturnInput is money that came back, to record.
type ReturnInput struct {
	Token     string
	CaseNo    string
	Recovered bool // 追回; else 结余退回
	Amount    money.Fen
	VoucherNo string
	Reason    string
}

// ReceiveReturn records that an organization gave money of a case back: 结余退回 or
// 追回. It stands as a figure of its own beside what was paid, and never exceeds
// it: errs.Invalid at the amount.
func (s *Service) ReceiveReturn(ctx context.Context, actor authz.Actor, in ReturnInput) error {
	if err := officer(actor, authz.FundPay); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		p, err := lockPosition(ctx, tx, in.CaseNo)
		if err != nil {
			return err
		}
		_, err = once.Do(ctx, tx, actor, in.Token, func() (string, error) { return "", s.receive(ctx, tx, now, actor, p, in) })
		return err
	})
	return told(err)
}

func (s *Service) receive(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p Position, in ReturnInput) error {
	if err := p.takes(in); err != nil {
		return err
	}
	kind := ReturnEntry
	if in.Recovered {
		kind = RecoverEntry
	}
	err := insertEntry(ctx, tx, now, actor, Entry{PoolID: p.PoolID, Kind: kind, Amount: in.Amount,
		Reason: strings.TrimSpace(in.Reason), DocumentNo: strings.TrimSpace(in.VoucherNo)}, &p.ID)
	if err != nil {
		return err
	}
	r, err := s.reactionsOf(p.Purpose)
	if err != nil {
		return err
	}
	back := Repayment{CaseID: p.CaseID, CaseNo: p.CaseNo, Purpose: p.Purpose, OrganizationID: p.OrganizationID, Recovered: in.Recovered,
		Amount: in.Amount, VoucherNo: in.VoucherNo, Returned: p.Returned, RecoveredTotal: p.Recovered}
	if in.Recovered {
		back.RecoveredTotal += in.Amount
	} else {
		back.Returned += in.Amount
	}
	if err := r.received(ctx, tx, now, actor, back); err != nil {
		return err
	}
	return note(ctx, tx, now, actor, p.CaseID, "ledger.receive", map[string]any{"no": p.CaseNo, "kind": string(kind), "fen": int64(in.Amount)})
}

// takes judges money that comes back.
func (p Position) takes(in ReturnInput) error {
	var f faults
	switch {
	case in.Amount <= 0:
		f.add("amount", "到账金额", "填大于 0 的金额。")
	case p.Net() == 0:
		f.add("amount", "到账金额", "这件没有付出去、还没有退回的钱，没有什么可以退。")
	case in.Amount > p.Net():
		f.add("amount", "到账金额", fmt.Sprintf("%s元超过了已付、还没有退回的 %s元。核对银行回单。", in.Amount, p.Net()))
	}
	f.length("voucher_no", "凭证号", in.VoucherNo, 2, 40)
	f.length("reason", "说明", in.Reason, 2, 300)
	return errs.Fields(f)
}

// CheckReturn tells what ReceiveReturn would refuse, before the confirmation.
func (s *Service) CheckReturn(ctx context.Context, actor authz.Actor, in ReturnInput) (Position, error) {
	if err := officer(actor, authz.FundPay); err != nil {
		return Position{}, err
	}
	p, err := s.Position(ctx, actor, in.CaseNo)
	if err != nil {
		return p, err
	}
	return p, p.takes(in)
}

// Reverse takes a wrong budget or return entry back by another entry (冲正). Who
// made an entry does not reverse it.
func (s *Service) Reverse(ctx context.Context, actor authz.Actor, token string, id int64, reason string) error {
	if err := officer(actor, authz.FundBudget); err != nil {
		return err
	}
	if err := reasonFault(reason, 5); err != nil {
		return err
	}
	err := s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := once.Do(ctx, tx, actor, token, func() (string, error) { return "", reverse(ctx, tx, now, actor, id, reason) })
		return err
	})
	return told(err)
}

func reverse(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id int64, reason string) error {
	e, err := entryByID(ctx, tx, id)
	switch {
	case err != nil:
		return err
	case !e.Reversible():
		return errs.New(errs.Conflict, "这条分录不能冲正，或已经冲正过。")
	case e.PersonID == actor.PersonID:
		return errs.New(errs.Conflict, refusals["ledger_entry_two_persons"])
	}
	commitment, err := commitmentOfEntry(ctx, tx, id)
	if err != nil {
		return err
	}
	err = insertEntry(ctx, tx, now, actor, Entry{PoolID: e.PoolID, Kind: ReversalEntry, OfKind: e.Kind, Amount: -e.Amount, Reverses: &id,
		Reason: strings.TrimSpace(reason)}, commitment)
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "fund", SubjectID: poolName(e.Year, e.Purpose), Action: "ledger.reverse",
		Detail: map[string]any{"entry": strconv.FormatInt(id, 10), "fen": int64(-e.Amount)}})
}
