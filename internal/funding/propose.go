package funding

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Outcome is what a reviewer proposes.
type Outcome string

// Support grants, RefuseOutcome does not.
const (
	SupportOutcome Outcome = "support"
	RefuseOutcome  Outcome = "refuse"
)

// Name returns the outcome in Chinese.
func (o Outcome) Name() string {
	if o == SupportOutcome {
		return "拟予支持"
	}
	return "拟不予支持"
}

// Proposal is what the reviewer puts to the leader.
type Proposal struct {
	Outcome     Outcome
	Computed    money.Fen
	Computation Computation
	Amount      money.Fen // zero for a refusal
	Large       bool      // needs the leading group's consent, 四（一）
	Ground      string    // of a refusal, from RefusalGrounds
	Reason      string
	ActorName   string
	At          time.Time
}

// ProposalInput is what a reviewer decides. Amount is read only with
// SupportOutcome, Ground only with RefuseOutcome.
type ProposalInput struct {
	Outcome Outcome
	Amount  money.Fen // at most what the rules give; less needs a reason
	Ground  string
	Reason  string
}

// RefusalGrounds are the reasons for which an accepted application is not
// supported; each cites its article. The reviewer adds the facts.
func RefusalGrounds() []application.Ground {
	return []application.Ground{
		{Key: "ineligible", Text: "受理后不再符合申请条件", Article: "《实施意见》三（二）1"},
		{Key: "use", Text: "用途不属于硬件建设、服务支出和能力提升", Article: "《实施意见》三（三）3"},
		{Key: "false", Text: "申请材料不真实", Article: "《实施意见》三（三）3"},
		{Key: "double", Text: "同一用途已经得到其他财政资金", Article: "《实施意见》四（二）"},
		{Key: "budget", Text: "本年度专项资金已经安排完毕", Article: "《实施意见》四（二）"},
	}
}

// RefusalGround returns a ground by its key, false for an unknown one.
func RefusalGround(key string) (application.Ground, bool) {
	return application.GroundOf(RefusalGrounds(), key)
}

const reasonMin, reasonMax = 10, 1000

// CheckProposal reports what is wrong with a proposal when the rules give
// computed: errs.Invalid at outcome, amount, ground or reason.
func CheckProposal(in ProposalInput, computed money.Fen) error {
	var faults []errs.Field
	n := utf8.RuneCountInString(in.Reason)
	reason := func(message string) {
		faults = append(faults, errs.Field{Name: "reason", Label: "理由", Message: message})
	}
	switch in.Outcome {
	case SupportOutcome:
		switch {
		case in.Amount <= 0:
			faults = append(faults, errs.Field{Name: "amount", Label: "拟核定金额", Message: "填拟核定的金额，要大于 0 元"})
		case in.Amount > computed:
			faults = append(faults, errs.Field{Name: "amount", Label: "拟核定金额", Message: fmt.Sprintf("按规则最多 %s 元，现在填的是 %s 元", computed, in.Amount)})
		case in.Amount < computed && n < reasonMin:
			reason(fmt.Sprintf("比核算金额 %s 元少，要写明为什么，至少 %d 个字，申请人会看到", computed, reasonMin))
		}
	case RefuseOutcome:
		if _, ok := RefusalGround(in.Ground); !ok {
			faults = append(faults, errs.Field{Name: "ground", Label: "不予支持的理由", Message: "选一条理由"})
		}
		if n < reasonMin {
			reason(fmt.Sprintf("写清楚查明的情况，至少 %d 个字，会写进决定书", reasonMin))
		}
	default:
		faults = append(faults, errs.Field{Name: "outcome", Label: "您的意见", Message: "选一项：拟予支持、拟不予支持或退回经办"})
	}
	if n > reasonMax {
		reason(fmt.Sprintf("最多 1,000 个字，现在是 %d 个字。请删减", n))
	}
	return errs.Fields(faults)
}

// Propose is the reviewer's act: grant so much, or refuse, with reasons. The
// amount is computed anew from what was signed, eligibility from the facts of
// this moment; a large item goes to the leading group first (四（一）).
func (s *Service) Propose(ctx context.Context, actor authz.Actor, no string, version int, in ProposalInput, token string) error {
	in.Reason = form.Clean(in.Reason, true)
	return s.Applications.Act(ctx, actor, authz.ApplicationReview, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		computation, rules, err := s.compute(ctx, tx, now, *c, false)
		if err != nil {
			return err
		}
		if err := CheckProposal(in, computation.Amount); err != nil {
			return err
		}
		if in.Outcome == SupportOutcome {
			if err := s.stillEligible(ctx, tx, now, *c, rules, "approval"); err != nil {
				return err
			}
		} else {
			in.Amount = 0
		}
		p := Proposal{Outcome: in.Outcome, Computed: computation.Amount, Computation: computation, Amount: in.Amount, Reason: in.Reason}
		p.Large = in.Outcome == SupportOutcome && in.Amount >= rules.Edition.Params.Fen(policy.LargeItemAmount)
		if in.Outcome == RefuseOutcome {
			p.Ground = in.Ground
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: p.action(), Note: p.note(), OfficeOnly: true}); err != nil {
			return err
		}
		return insertProposal(ctx, tx, now, actor, c.ID, p)
	})
}

// action is the step of the workflow that a proposal takes.
func (p Proposal) action() workflow.Action {
	switch {
	case p.Outcome == RefuseOutcome:
		return Oppose
	case p.Large:
		return Refer
	}
	return Endorse
}

func (p Proposal) note() string {
	text := p.Outcome.Name()
	if p.Outcome == SupportOutcome {
		text += " " + p.Amount.String() + " 元"
	} else if g, ok := RefusalGround(p.Ground); ok {
		text += "：" + g.Text
	}
	if p.Reason != "" {
		text += "。" + p.Reason
	}
	return text
}

// compute returns what the rules of the case give for what was signed last. With
// lock nobody else grants by the same facts until the transaction ends.
func (s *Service) compute(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case, lock bool) (Computation, Rules, error) {
	signed, applicant, err := lastSigned(ctx, q, c.ID)
	if err != nil {
		return Computation{}, Rules{}, err
	}
	return s.computeSigned(ctx, q, now, c, signed, applicant, lock)
}

// computeSigned is compute for who has read what was signed.
func (s *Service) computeSigned(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case, signed json.RawMessage, applicant Applicant, lock bool) (Computation, Rules, error) {
	p, err := s.Programme(c.Kind)
	if err != nil {
		return Computation{}, Rules{}, err
	}
	rules, err := rulesOf(ctx, q, c, civil.On(now))
	if err != nil {
		return Computation{}, rules, err
	}
	known, err := s.known(ctx, q, p, c, civil.On(now), rules, lock)
	if err != nil {
		return Computation{}, rules, err
	}
	computation, err := p.Compute(signed, applicant, known, rules)
	return computation, rules, err
}

// known asks a Knowing programme, nil for any other.
func (s *Service) known(ctx context.Context, q postgres.Querier, p Programme, c casework.Case, today civil.Date, r Rules, lock bool) (any, error) {
	knowing, ok := p.(Knowing)
	if !ok {
		return nil, nil
	}
	return knowing.Known(ctx, q, Asked{CaseID: c.ID, Organization: c.OrganizationID, Today: today, Rules: r, Lock: lock})
}

// Preview returns what the rules would give for a form without faults, for who is
// about to sign it; false for any other.
func Preview(r application.Review) (Computation, bool) {
	k, ok := r.Kind.(kind)
	if !ok || len(r.Faults) > 0 {
		return Computation{}, false
	}
	c := r.Subject.(Context)
	d, _ := k.Programme.Read(r.Values, c)
	text, err := json.Marshal(d)
	if err != nil {
		return Computation{}, false
	}
	computation, err := k.Compute(text, c.Snapshot().(Applicant), c.Known, c.Rules)
	return computation, err == nil
}

// stillEligible answers the conditions again from the facts of now and keeps the
// answers under stage. An unmet or unknown line is errs.Invalid at that line.
func (s *Service) stillEligible(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case, rules Rules, stage string) error {
	p, err := s.Programme(c.Kind)
	if err != nil {
		return err
	}
	lines, _, err := assess(ctx, tx, p, c, civil.On(now), rules)
	if err != nil {
		return err
	}
	var faults []errs.Field
	for _, l := range lines {
		if l.Answer == Unmet || l.Answer == Unknown {
			faults = append(faults, errs.Field{Name: "line:" + l.Key, Label: l.Label, Message: l.Value + "。" + stageNames[stage] + "前要解决：" + l.Remedy})
		}
	}
	if err := errs.Fields(faults); err != nil {
		return err
	}
	return insertCheck(ctx, tx, now, c.ID, stage, *c.EditionID, lines)
}

var stageNames = map[string]string{"acceptance": "受理", "approval": "签批", "payment": "拨付"}

// SendBack gives the case back to the clerk with what has to be looked at.
func (s *Service) SendBack(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	return s.moveWithReason(ctx, actor, authz.ApplicationReview, no, version, SendBack, reason, token)
}

// Consent is the leading group's answer on a large item; without consent the
// reason goes back to the reviewer.
func (s *Service) Consent(ctx context.Context, actor authz.Actor, no string, version int, agree bool, reason, token string) error {
	if !agree {
		return s.moveWithReason(ctx, actor, authz.ApplicationConsent, no, version, Dissent, reason, token)
	}
	reason = form.Clean(reason, true)
	return s.Applications.Act(ctx, actor, authz.ApplicationConsent, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		return s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Consent, Note: reason, OfficeOnly: true})
	})
}

// Reconsider gives a proposal back to the reviewer.
func (s *Service) Reconsider(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	return s.moveWithReason(ctx, actor, authz.ApplicationSign, no, version, Reconsider, reason, token)
}

// CheckReason reports a reason that says too little or too much: errs.Invalid at
// the field "reason".
func CheckReason(reason string) error {
	switch n := utf8.RuneCountInString(form.Clean(reason, true)); {
	case n < reasonMin:
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，至少 %d 个字，接手的同事照着办", reasonMin))
	case n > reasonMax:
		return errs.FieldError("reason", "理由", fmt.Sprintf("最多 1,000 个字，现在是 %d 个字。请删减", n))
	}
	return nil
}

func (s *Service) moveWithReason(ctx context.Context, actor authz.Actor, p authz.Permission, no string, version int, action workflow.Action, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.Applications.Act(ctx, actor, p, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		if err := CheckReason(reason); err != nil {
			return err
		}
		return s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: action, Note: reason, OfficeOnly: true})
	})
}

func insertProposal(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, p Proposal) error {
	computation, err := json.Marshal(p.Computation)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into application_proposal (case_id, seq, at, outcome, computed_fen, computation, amount_fen, large, ground, reason, account_id, person_id, actor_name)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, nullif($6, 0), $7, $8, $9, $10, $11, $12 from application_proposal where case_id = $1`,
		caseID, now, p.Outcome, p.Computed, computation, p.Amount, p.Large, p.Ground, p.Reason, actor.AccountID, actor.PersonID, actor.Name)
	return err
}

type proposalRow struct {
	At          time.Time       `db:"at"`
	Outcome     Outcome         `db:"outcome"`
	Computed    money.Fen       `db:"computed_fen"`
	Computation json.RawMessage `db:"computation"`
	Amount      money.Fen       `db:"amount_fen"`
	Large       bool            `db:"large"`
	Ground      string          `db:"ground"`
	Reason      string          `db:"reason"`
	ActorName   string          `db:"actor_name"`
}

// proposalSQL selects the last proposal of a case.
const proposalSQL = `
	select at, outcome, computed_fen, computation, coalesce(amount_fen, 0) as amount_fen, large, ground, reason, actor_name
	from application_proposal where case_id = $1 order by seq desc limit 1`

func (r proposalRow) proposal() (Proposal, error) {
	p := Proposal{Outcome: r.Outcome, Computed: r.Computed, Amount: r.Amount, Large: r.Large, Ground: r.Ground, Reason: r.Reason,
		ActorName: r.ActorName, At: r.At}
	return p, json.Unmarshal(r.Computation, &p.Computation)
}

// lastProposal returns what the reviewer proposed last; false when nothing was.
func lastProposal(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (Proposal, bool, error) {
	rows, err := postgres.All[proposalRow](ctx, q, proposalSQL, caseID)
	if err != nil || len(rows) == 0 {
		return Proposal{}, false, err
	}
	p, err := rows[0].proposal()
	return p, true, err
}

// lastSigned returns the document that was signed last and the organization as
// it stood.
func lastSigned(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (json.RawMessage, Applicant, error) {
	var o Applicant
	signed, err := application.LastSigned(ctx, q, caseID)
	if err != nil {
		return nil, o, err
	}
	return signed.Document, o, json.Unmarshal(signed.Profile, &o)
}
