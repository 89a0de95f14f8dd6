package funding

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Sign grants what the reviewer proposed: the money is committed from this
// year's pool in the same transaction, so that the last yuan is granted once.
// errs.Conflict when the proposal is a refusal or the pool does not suffice.
func (s *Service) Sign(ctx context.Context, actor authz.Actor, no string, version int, token string) error {
	return s.Applications.Act(ctx, actor, authz.ApplicationSign, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		proposal, err := proposed(ctx, tx, c.ID, SupportOutcome)
		if err != nil {
			return err
		}
		rules, err := rulesOf(ctx, tx, *c, civil.On(now))
		if err != nil {
			return err
		}
		if err := s.stillEligible(ctx, tx, now, *c, rules, "approval"); err != nil {
			return err
		}
		if err := s.stillDue(ctx, tx, now, *c, proposal); err != nil {
			return err
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Sign, Note: "核定 " + proposal.Amount.String() + " 元", OfficeOnly: true}); err != nil {
			return err
		}
		return s.award(ctx, tx, now, actor, *c, proposal)
	})
}

// stillDue computes the amount once more, under lock: what was granted to others
// or came to light since the proposal counts.
func (s *Service) stillDue(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case, p Proposal) error {
	computation, _, err := s.compute(ctx, tx, now, c, true)
	if err == nil && computation.Amount < p.Amount {
		err = errs.Newf(errs.Conflict, "按现在的数据最多可以核定 %s 元，比复核意见的 %s 元少。请退回复核，重新核算。", computation.Amount, p.Amount)
	}
	return err
}

// proposed returns the proposal that the leader is to sign. One that proposes
// the opposite is errs.Conflict: what is signed is what a reviewer put forward.
func proposed(ctx context.Context, q postgres.Querier, caseID uuid.UUID, want Outcome) (Proposal, error) {
	p, ok, err := lastProposal(ctx, q, caseID)
	if err != nil {
		return p, err
	}
	if !ok || p.Outcome != want {
		return p, errs.Newf(errs.Conflict, "复核意见不是“%s”。请看最新的复核意见；不同意的，退回复核并写明理由。", want.Name())
	}
	return p, nil
}

// award keeps what was granted and commits the money. Whoever had a part in the
// decision neither makes nor checks the payment.
func (s *Service) award(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, p Proposal) error {
	_, o, err := lastSigned(ctx, tx, c.ID)
	if err != nil {
		return err
	}
	deciders, err := casework.PeopleWho(ctx, tx, c.ID, decided)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into award (case_id, no, programme, year, organization_id, organization_name, category, subdistrict, community, title, purpose,
			amount_fen, large, edition_id, signed_at, signed_by, signer_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)`,
		c.ID, c.No, c.Kind, civil.On(now).Year, c.OrganizationID, o.Name, o.Category, c.Subdistrict, c.Community, p.Computation.Title, p.Computation.Purpose,
		p.Amount, p.Large, c.EditionID, now, actor.AccountID, actor.Name)
	if err != nil {
		return err
	}
	return s.Ledger.Commit(ctx, tx, now, actor, ledger.Award{
		CaseID: c.ID, CaseNo: c.No, Purpose: ledger.Purpose(c.Kind), OrganizationID: c.OrganizationID, Title: o.Name + " " + p.Computation.Title,
		Amount: p.Amount, Gates: []ledger.Gate{ledger.NoticeGate}, Deciders: deciders,
	})
}

// Decline refuses what the reviewer proposed to refuse, by an official letter
// with reason, article and remedies.
func (s *Service) Decline(ctx context.Context, actor authz.Actor, no string, version int, token string) error {
	return s.Applications.Act(ctx, actor, authz.ApplicationSign, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		proposal, err := proposed(ctx, tx, c.ID, RefuseOutcome)
		if err != nil {
			return err
		}
		ground, _ := RefusalGround(proposal.Ground)
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Decline, Note: ground.Text}); err != nil {
			return err
		}
		if err := p.Release(ctx, tx, now, actor, *c); err != nil {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, *c, casework.NotSupportedLetter, c.Title, notSupportedText(p, *c, ground, proposal.Reason))
		return err
	})
}

// Terminate ends a grant that has not been paid, with a reason that the
// organization reads in the letter. What was committed is free again.
func (s *Service) Terminate(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.Applications.Act(ctx, actor, authz.ApplicationSign, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		if err := CheckReason(reason); err != nil {
			return err
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Terminate, Note: reason}); err != nil {
			return err
		}
		if err := s.giveUp(ctx, tx, now, actor, *c, "终止资助"); err != nil {
			return err
		}
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, *c, casework.TerminationLetter, c.Title, terminationText(p, *c, reason))
		return err
	})
}

// giveUp frees what an application had claimed, the committed money included;
// before the signature there is none.
func (s *Service) giveUp(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, reason string) error {
	p, err := s.Programme(c.Kind)
	if err != nil {
		return err
	}
	if err := p.Release(ctx, tx, now, actor, c); err != nil {
		return err
	}
	return s.Ledger.Release(ctx, tx, now, actor, c.ID, reason)
}
