package ledger

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Service keeps the ledger. Register reactions before it serves.
type Service struct {
	db        *postgres.DB
	reactions map[Purpose]*reactions
}

// New returns the service over db, without reactions.
func New(db *postgres.DB) *Service {
	s := &Service{db: db, reactions: map[Purpose]*reactions{}}
	for _, p := range Purposes {
		s.reactions[p] = &reactions{}
	}
	return s
}

// The reactions of a feature to its money. They run in the transaction of the
// act, after the ledger has recorded it, with the case locked; an error undoes
// everything.
type (
	// PaymentReaction learns the outcome of a payment.
	PaymentReaction func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p Payment) error
	// RepaymentReaction learns that an organization gave money back.
	RepaymentReaction func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, r Repayment) error
	// Check says why a case may not be paid now: an error that the officer reads.
	Check func(ctx context.Context, tx postgres.Tx, now time.Time, caseID uuid.UUID) error
)

type reactions struct {
	paid, returned PaymentReaction
	received       RepaymentReaction
	before         Check
}

// OnPaid registers what follows when a payment has arrived.
func (s *Service) OnPaid(p Purpose, fn PaymentReaction) { s.reactions[p].paid = fn }

// OnReturned registers what follows when a sent payment failed or came back
// (退票); Payment.State says which. The amount may then be paid again.
func (s *Service) OnReturned(p Purpose, fn PaymentReaction) { s.reactions[p].returned = fn }

// OnReceived registers what follows when an organization gave money back.
func (s *Service) OnReceived(p Purpose, fn RepaymentReaction) { s.reactions[p].received = fn }

// BeforePay registers the check that runs when a payment is proposed and again
// when it is sent: the organization may have lost its eligibility meanwhile.
func (s *Service) BeforePay(p Purpose, fn Check) { s.reactions[p].before = fn }

// Ready returns an error when one of the purposes lacks a reaction: then the
// portal must not start.
func (s *Service) Ready(purposes ...Purpose) error {
	for _, p := range purposes {
		r, known := s.reactions[p]
		switch {
		case !known:
			return fmt.Errorf("ledger: no purpose %q", p)
		case r.paid == nil, r.returned == nil, r.received == nil, r.before == nil:
			return fmt.Errorf("ledger: purpose %s lacks one of OnPaid, OnReturned, OnReceived, BeforePay", p)
		}
	}
	return nil
}

// reactionsOf returns the reactions of p, an Internal error when some are missing:
// money must not move past a feature that does not know.
func (s *Service) reactionsOf(p Purpose) (*reactions, error) {
	if err := s.Ready(p); err != nil {
		return nil, err
	}
	return s.reactions[p], nil
}

// note records a change that belongs to a case.
func note(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, action string, detail map[string]any) error {
	return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: caseID.String(), Action: action, Detail: detail})
}

// officer refuses an account without a person: separation of duties compares
// persons, and a payment needs one.
func officer(actor authz.Actor, p authz.Permission) error {
	if err := actor.Require(p); err != nil {
		return err
	}
	if actor.PersonID == uuid.Nil {
		return errs.New(errs.Forbidden, "您的账号还没有登记对应的人，不能办资金。请系统管理员补登后再办。")
	}
	return nil
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到。可能编号有误，或不在您能查看的范围内。")
}

func stale() error {
	return errs.New(errs.Conflict, "这条记录刚刚被别人改过。请核对现在的情况后再办。")
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
