package funding

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// React registers what funding does when a notice or a payment moves: each runs
// in the transaction of what it reacts to.
func (s *Service) React(n *notice.Service, l *ledger.Service) {
	for kind := range s.programmes {
		purpose := ledger.Purpose(kind)
		n.Source(kind, s.candidates(kind))
		n.OnIssued(kind, s.noticeMove(Publish))
		n.OnWithdrawn(kind, s.noticeMove(Unpublish))
		n.OnDismissed(kind, s.noticeMove(Dismiss))
		n.OnDisputed(kind, s.disputed)
		n.OnUpheld(kind, s.upheld)
		n.OnSettled(kind, s.settled)
		l.BeforePay(purpose, s.payable)
		l.OnPaid(purpose, s.paid)
		l.OnReturned(purpose, s.bounced)
		l.OnReceived(purpose, s.received)
	}
}

// noticeMove is a reaction that only moves the case.
func (s *Service) noticeMove(action workflow.Action) notice.Reaction {
	return func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, item notice.Item) error {
		return s.Applications.Step(ctx, tx, now, actor, item.CaseNo, casework.Move{Action: action}, nil)
	}
}

// disputed holds the case until the objection is answered. Whoever objects has
// no account: the clock of the notice makes the step.
func (s *Service) disputed(ctx context.Context, tx postgres.Tx, now time.Time, _ authz.Actor, item notice.Item) error {
	return s.Applications.Step(ctx, tx, now, authz.SystemActor, item.CaseNo, casework.Move{Action: Dispute}, nil)
}

// upheld takes the grant back before it became final: the money is free again
// and the organization gets the decision with its remedies.
func (s *Service) upheld(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, item notice.Item) error {
	var reason string // as it is published
	err := tx.QueryRow(ctx, `select outcome from notice_objection where item_id = $1 and state = 'upheld' limit 1`, item.ID).Scan(&reason)
	if err != nil {
		return err
	}
	return s.Applications.Step(ctx, tx, now, actor, item.CaseNo, casework.Move{Action: Uphold, Note: reason}, func(c casework.Case) error {
		if err := s.giveUp(ctx, tx, now, actor, c, "公示异议成立"); err != nil {
			return err
		}
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, c, casework.NotSupportedLetter, c.Title, upheldText(p, c, reason))
		return err
	})
}

// settled makes the grant final: it is public from now on, its gate is open, and
// what the leader signed goes out as the 批复.
func (s *Service) settled(ctx context.Context, tx postgres.Tx, now time.Time, _ authz.Actor, item notice.Item) error {
	return s.Applications.Step(ctx, tx, now, authz.SystemActor, item.CaseNo, casework.Move{Action: Settle}, func(c casework.Case) error {
		if err := postgres.ExecOne(ctx, tx, `update award set granted_at = $2, granted_on = $3 where case_id = $1 and granted_at is null`,
			c.ID, now, civil.On(now)); err != nil {
			return err
		}
		if err := s.Ledger.OpenGate(ctx, tx, now, authz.SystemActor, c.ID, ledger.NoticeGate); err != nil {
			return err
		}
		a, err := awardOf(ctx, tx, c.ID)
		if err != nil {
			return err
		}
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		signer := authz.Actor{AccountID: a.SignedBy, Name: a.SignerName, Role: authz.BureauLeader}
		_, err = s.Cases.IssueLetter(ctx, tx, now, signer, c, casework.ApprovalLetter, c.Title, approvalText(p, c, a))
		return err
	})
}

// candidates lists the signed cases of a kind that wait for their notice.
func (s *Service) candidates(kind string) notice.Candidates {
	return func(ctx context.Context, q postgres.Querier, _ time.Time) ([]notice.Candidate, error) {
		awards, err := postgres.All[Award](ctx, q, `select `+awardColumns+` from award a
			where programme = $1 and exists (select from case_file c where c.id = a.case_id and c.state = 'noticing' and c.waits_role = $2)
			order by signed_at, no`, kind, authz.BureauClerk)
		if err != nil {
			return nil, err
		}
		out := make([]notice.Candidate, len(awards))
		for i, a := range awards {
			out[i] = notice.Candidate{CaseID: a.CaseID, CaseNo: a.No, OrganizationID: a.OrganizationID, OrganizationName: a.OrganizationName,
				Community: a.Community, Programme: s.Cases.KindName(kind), Amount: a.Amount, Purpose: a.Purpose, EditionID: a.EditionID}
		}
		return out, nil
	}
}

// payable says why a case may not be paid now: its conditions are answered once
// more from the facts of this moment.
func (s *Service) payable(ctx context.Context, tx postgres.Tx, now time.Time, caseID uuid.UUID) error {
	c, err := s.Cases.ByID(ctx, tx, caseID)
	if err != nil {
		return err
	}
	if c.Place() != Granted {
		return errs.Newf(errs.Conflict, "%s 现在是“%s”，不能拨付。", c.No, c.Place().Name())
	}
	rules, err := rulesOf(ctx, tx, c, civil.On(now))
	if err != nil {
		return err
	}
	return s.stillEligible(ctx, tx, now, c, rules, "payment")
}

// paid starts the time for the use report once the whole grant has arrived.
func (s *Service) paid(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, y ledger.Payment) error {
	position, _, err := s.Ledger.OfCase(ctx, tx, y.CaseID)
	if err != nil || position.Paid < position.Committed {
		return err
	}
	note := "拨付 " + y.Amount.String() + " 元，凭证 " + y.VoucherNo
	return s.Applications.Step(ctx, tx, now, actor, y.CaseNo, casework.Move{Action: Pay, Note: note}, func(c casework.Case) error {
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, c, casework.PaymentLetter, c.Title, paymentText(p, c, y.Amount, y.VoucherNo, y.VoucherOn))
		return err
	})
}

// bounced asks the organization to look at its account; the amount is paid again.
func (s *Service) bounced(ctx context.Context, tx postgres.Tx, now time.Time, _ authz.Actor, y ledger.Payment) error {
	to, err := account.HeadsAndClerks(ctx, tx, y.OrganizationID)
	if err != nil {
		return err
	}
	return notification.Send(ctx, tx, now, to, notification.Message{Kind: string(y.Purpose), CaseNo: y.CaseNo,
		Title: fmt.Sprintf("%s：拨款没有到账（%s）", y.CaseNo, y.State.Name()),
		Body:  "原因：" + y.Reason + "。请核对组织档案里的收款账户；有变化的，重新登记，财务核实后再拨付。"})
}

// received closes a case when all that was left has come back.
func (s *Service) received(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, r ledger.Repayment) error {
	c, err := s.Cases.ByID(ctx, tx, r.CaseID)
	if err != nil || r.Recovered || c.Place() != Returning {
		return err
	}
	report, err := lastReport(ctx, tx, r.CaseID)
	if err != nil || r.Returned < report.Unspent {
		return err
	}
	return s.Applications.Step(ctx, tx, now, actor, r.CaseNo, casework.Move{Action: Refund, Note: "收到结余 " + r.Returned.String() + " 元"}, nil)
}
