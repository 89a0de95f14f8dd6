package application

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Deps is what the service stands on.
type Deps struct {
	DB          *postgres.DB
	Keys        *secret.Keys
	Cases       *casework.Service
	Accounts    *account.Service
	Attachments *attachment.Service
}

// Service is the use cases of an application up to its acceptance. Every method
// checks the actor's permission and scope; what the actor may not see is
// errs.NotFound.
type Service struct {
	Deps
	kinds  map[string]Kind
	traces []func(cause error) Trace
}

// Trace keeps that a submission of a case came to nothing.
type Trace = func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID) error

// New returns a Service without kinds; features add theirs.
func New(d Deps) *Service { return &Service{Deps: d, kinds: map[string]Kind{}} }

// Add makes a kind of application known. It belongs to the wiring of the
// program: before the first request.
func (s *Service) Add(kinds ...Kind) {
	for _, k := range kinds {
		s.kinds[k.Workflow().Kind] = k
	}
}

// OnRefused registers what a refused submission leaves behind: of returns how to
// keep it, nil for a cause that leaves nothing. It belongs to the wiring of the
// program.
func (s *Service) OnRefused(of func(cause error) Trace) { s.traces = append(s.traces, of) }

// Witnessed returns cause, the end of a submission that was rolled back or nil. What
// it leaves behind is kept in a transaction of its own, also when the applicant
// hangs up.
func (s *Service) Witnessed(ctx context.Context, actor authz.Actor, no string, cause error) error {
	for _, of := range s.traces {
		trace := of(cause)
		if trace == nil {
			continue
		}
		ctx := context.WithoutCancel(ctx)
		err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
			c, err := s.Cases.Load(ctx, tx, actor, no)
			if err != nil {
				return err
			}
			return trace(ctx, tx, now, actor, c.ID)
		})
		if err != nil {
			return fmt.Errorf("keep a refused submission: %w", err)
		}
	}
	return cause
}

// Kind returns a kind by its key; errs.NotFound for an unknown one.
func (s *Service) Kind(key string) (Kind, error) {
	k, ok := s.kinds[key]
	if !ok {
		return nil, errs.New(errs.NotFound, "没有这个事项。请从办事指南选择。")
	}
	return k, nil
}

// OwnerKind is the owner of an application's attachments.
const OwnerKind = "application"

// Open starts a draft in tx and returns its number; whoever has one of the kind
// already gets that one back. The caller has checked permission and scope. A
// case without an organization belongs to the account that opens it.
func (s *Service) Open(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, n casework.NewCase, token string) (string, error) {
	owner := n.OrganizationID
	if owner == uuid.Nil {
		owner = actor.AccountID
	}
	if err := lockDrafts(ctx, tx, n.Kind, owner); err != nil {
		return "", err
	}
	if no, err := DraftOf(ctx, tx, n.Kind, n.OrganizationID, actor.AccountID, n.Channel); err != nil || no != "" {
		return no, err
	}
	return once.Do(ctx, tx, actor, token, func() (string, error) {
		c, err := s.Cases.Open(ctx, tx, now, actor, n)
		if err != nil {
			return "", err
		}
		return c.No, insertApplication(ctx, tx, c)
	})
}

// Lapse lets overdue opinions and corrections lapse; run by a job.
func (s *Service) Lapse(ctx context.Context) error {
	_, err := s.Cases.Lapse(ctx, s.DB, func(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case, from workflow.Place) error {
		if k, ok := s.kinds[c.Kind]; ok && c.Class == workflow.Final {
			if err := k.Released(ctx, tx, now, authz.SystemActor, c, from); err != nil {
				return err
			}
		}
		return s.Announce(ctx, tx, now, c, from)
	})
	return err
}

// Step loads the case for update, makes the move as actor, runs then and tells
// whom it concerns: what a reaction does, in the transaction of its cause.
func (s *Service) Step(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, no string, m casework.Move, then func(c casework.Case) error) error {
	c, err := s.Cases.LoadForUpdate(ctx, tx, authz.SystemActor, no, 0)
	if err != nil {
		return err
	}
	from := c.Place()
	if err := s.Cases.Move(ctx, tx, now, actor, &c, m); err != nil {
		return err
	}
	if then != nil {
		if err := then(c); err != nil {
			return err
		}
	}
	return s.Announce(ctx, tx, now, c, from)
}

// Announce tells whom the case now waits for, and the applicant, in the
// transaction of the act.
func (s *Service) Announce(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case, from workflow.Place) error {
	kind := s.Cases.KindName(c.Kind)
	applicants, err := applicants(ctx, tx, c)
	if err != nil {
		return err
	}
	message := notification.Message{Kind: c.Kind, CaseNo: c.No, Title: fmt.Sprintf("%s %s：%s", kind, c.No, s.Cases.PlaceName(c.Kind, c.Place()))}
	message.Body = s.told(c, from)
	if err := notification.Send(ctx, tx, now, applicants, message); err != nil {
		return err
	}
	if !c.Waits.Staff() {
		return nil
	}
	office, err := account.ByRole(ctx, tx, c.Waits, area(c))
	if err != nil {
		return err
	}
	due := ""
	if !c.DueOn.IsZero() {
		due = "请在 " + c.DueOn.Chinese() + "前办理。"
	}
	message.Title = fmt.Sprintf("%s %s %s：等您办理", kind, c.No, c.Title)
	message.Body = fmt.Sprintf("%s的%s申请现在是“%s”。%s", c.Title, kind, s.Cases.PlaceName(c.Kind, c.Place()), due)
	return notification.Send(ctx, tx, now, office, message)
}

// applicants are who reads about the case on the applicant's side: of an office's
// own draft nobody.
func applicants(ctx context.Context, q postgres.Querier, c casework.Case) ([]account.Recipient, error) {
	switch {
	case c.Channel == casework.Office && c.SubmittedAt == nil:
		return nil, nil
	case c.OrganizationID == uuid.Nil:
		return account.ByID(ctx, q, c.CreatedBy)
	}
	return account.HeadsAndClerks(ctx, q, c.OrganizationID)
}

func area(c casework.Case) string {
	switch c.Waits {
	case authz.Community:
		return c.Community
	case authz.Subdistrict:
		return c.Subdistrict
	}
	return ""
}

// told is the kind's words about a move, or those that all kinds share.
func (s *Service) told(c casework.Case, from workflow.Place) string {
	if k, ok := s.kinds[c.Kind]; ok {
		if text := k.Told(c, from); text != "" {
			return text
		}
	}
	by := ""
	if !c.DueOn.IsZero() {
		by = c.DueOn.Chinese() + "前"
	}
	switch c.State {
	case workflow.Opining:
		if c.Waits == authz.Community {
			return "已提交。社区" + by + "给出意见，之后转街道。"
		}
		return "社区这一步已完成。街道" + by + "给出意见，之后转民政局受理。"
	case workflow.Accepting:
		if from.State == workflow.Correcting {
			return "补正材料已收到。" + office(c) + by + "决定是否受理。"
		}
		return "已转" + office(c) + "。" + office(c) + by + "决定是否受理。"
	case workflow.Correcting:
		return "有内容要补正。请" + by + "改好，由负责人再提交；到期没有提交，视为撤回。办理期限已暂停。"
	case workflow.Refused:
		return "不予受理。决定书写明了理由、依据和救济途径，可以在办件页面打印。"
	case workflow.Withdrawn:
		return "申请已撤回。以后可以另外提出申请。"
	case workflow.Lapsed:
		return "补正期限已过，没有收到补正材料，视为撤回。以后可以另外提出申请。"
	}
	return "现在是“" + s.Cases.PlaceName(c.Kind, c.Place()) + "”。"
}

// office names who takes the case in.
func office(c casework.Case) string {
	if c.Waits == authz.Subdistrict {
		return "街道"
	}
	return "民政局"
}
