package registry

import (
	"context"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/jackc/pgx/v5"
)

// Outcome is what a reviewer proposes.
type Outcome string

// Grant gives what was applied for, or revokes; Deny does not.
const (
	Grant Outcome = "support"
	Deny  Outcome = "refuse"
)

// Name returns the outcome in Chinese.
func (o Outcome) Name(f Family) string {
	verb := "准予"
	if f == Revocation {
		verb = "撤销"
	}
	if o == Grant {
		return "拟" + verb
	}
	return "拟不予" + verb
}

// Proposal is what the reviewer puts to the leader. Code is the credit code that
// the registrar gives to a legal person, with a reason when it does not add up.
type Proposal struct {
	Outcome    Outcome   `db:"outcome"`
	Ground     string    `db:"ground"`
	Reason     string    `db:"reason"`
	Code       string    `db:"code"`
	CodeReason string    `db:"code_reason"`
	ActorName  string    `db:"actor_name"`
	At         time.Time `db:"at"`
}

// DenialGrounds are the reasons for which what was accepted is not granted; each
// cites its article. For a revocation they are those of not revoking.
func DenialGrounds(f Family) []application.Ground {
	const policy, law = "《实施意见》二（二）、三（三）", "登记管理条例（条号待确认）"
	switch f {
	case Filing, Registration:
		return []application.Ground{
			{Key: "conditions", Text: "不具备规定的条件", Article: law},
			{Key: "name", Text: "名称不符合规定，或与已有组织的名称相同、相近", Article: law},
			{Key: "purpose", Text: "宗旨或业务范围不符合规定", Article: policy},
			{Key: "false", Text: "申请材料不真实", Article: policy},
		}
	case Revocation:
		return []application.Ground{
			{Key: "facts", Text: "事实不清或证据不足", Article: policy},
			{Key: "rectified", Text: "已经整改，恢复正常活动", Article: policy},
			{Key: "guided", Text: "可以引导合并或自行注销", Article: policy},
		}
	}
	return []application.Ground{
		{Key: "conditions", Text: "不符合规定的条件", Article: law},
		{Key: "procedure", Text: "没有按章程作出有效决议", Article: policy},
		{Key: "unsettled", Text: "债权债务、资助或财产没有处理完毕", Article: policy},
		{Key: "false", Text: "申请材料不真实", Article: policy},
	}
}

// Grounds are the reasons for not taking a case in.
func (k kind) Grounds() []application.Ground {
	return []application.Ground{
		{Key: "scope", Text: "不属于本机关的办理范围", Article: "《实施意见》三（三）1"},
		{Key: "not_community", Text: "不属于社区社会组织", Article: "《实施意见》二（二）"},
		{Key: "false", Text: "申请材料不真实", Article: "《实施意见》三（三）3"},
		{Key: "incomplete", Text: "补正后材料仍不齐全或不符合要求", Article: "政策参数“补正次数”"},
		{Key: "ended", Text: "组织已经终止", Article: "《实施意见》三（三）3"},
	}
}

const reasonMin, reasonMax = 10, 1000

// needsCode reports whether the decision gives a credit code: to whoever becomes
// a legal person by it.
func needsCode(d application.Document) bool {
	switch d := d.(type) {
	case *Founding:
		return d.Basis == organization.Registered
	case *ChangeRequest:
		return d.Has(ConversionMatter)
	case *MergerRequest:
		return d.New != nil && d.New.Basis == organization.Registered
	}
	return false
}

// typeOf is the type that a code must agree with.
func typeOf(d application.Document, o organization.Organization) organization.OrgType {
	switch d := d.(type) {
	case *Founding:
		return d.Type
	case *MergerRequest:
		return d.New.Type
	}
	return o.Type
}

// CheckProposal reports what is wrong with a proposal: errs.Invalid at outcome,
// ground, reason or code.
func CheckProposal(f Family, in *Proposal, wantsCode bool) error {
	var faults []errs.Field
	n := utf8.RuneCountInString(in.Reason)
	switch in.Outcome {
	case Grant:
		in.Ground = ""
		if !wantsCode {
			in.Code, in.CodeReason = "", ""
		} else if message := codeFault(in); message != "" {
			faults = append(faults, fault("code", "统一社会信用代码", message))
		}
	case Deny:
		in.Code, in.CodeReason = "", ""
		faults = append(faults, denialFaults(f, in.Ground, n)...)
	default:
		faults = append(faults, fault("outcome", "您的意见", "选一项意见"))
	}
	if n > reasonMax {
		faults = append(faults, fault("reason", "理由", fmt.Sprintf("最多 1,000 个字，现在是 %d 个字。请删减", n)))
	}
	return errs.Fields(faults)
}

func denialFaults(f Family, ground string, n int) (faults []errs.Field) {
	if _, ok := application.GroundOf(DenialGrounds(f), ground); !ok {
		faults = append(faults, fault("ground", "理由类别", "选一条理由"))
	}
	if n < reasonMin {
		faults = append(faults, fault("reason", "理由", fmt.Sprintf("写清楚查明的情况，至少 %d 个字，会写进决定书", reasonMin)))
	}
	return faults
}

// codeFault takes a code that does not add up with a reason, as the record does.
func codeFault(p *Proposal) string {
	code, err := identifier.ParseCreditCode(p.Code)
	reasoned := utf8.RuneCountInString(p.CodeReason) >= 5
	switch {
	case err == nil:
		p.CodeReason = ""
	case errors.Is(err, identifier.ErrChecksum) && reasoned && utf8.RuneCountInString(p.CodeReason) <= 200:
	case errors.Is(err, identifier.ErrChecksum):
		return errs.Message(err) + "。赋码系统给出的确实是这个代码的，写明例外理由，5 到 200 个字"
	default:
		return errs.Message(err)
	}
	p.Code = string(code)
	return ""
}

// Propose is the reviewer's act: grant or deny, with reasons. What stands on
// record against a grant stops it.
func (s *Service) Propose(ctx context.Context, actor authz.Actor, no string, version int, in Proposal, token string) error {
	in.Reason, in.CodeReason = form.Clean(in.Reason, true), form.Clean(in.CodeReason, false)
	return s.Applications.Act(ctx, actor, authz.RegistryReview, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		f, err := s.family(*c)
		if err != nil {
			return err
		}
		d, err := documentOf(ctx, tx, *c)
		if err != nil {
			return err
		}
		if err := CheckProposal(f, &in, needsCode(d)); err != nil {
			return err
		}
		action := Oppose
		if in.Outcome == Grant {
			action = Endorse
			if _, err := s.ready(ctx, tx, now, *c); err != nil {
				return err
			}
			if err := s.codeFits(ctx, tx, *c, d, in); err != nil {
				return err
			}
		}
		note := in.Outcome.Name(f)
		if g, ok := application.GroundOf(DenialGrounds(f), in.Ground); ok {
			note += "：" + g.Text
		}
		if in.Reason != "" {
			note += "。" + in.Reason
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: action, Note: note, OfficeOnly: true}); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `
			insert into registry_proposal (case_id, seq, at, outcome, ground, reason, code, code_reason, account_id, person_id, actor_name)
			select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from registry_proposal where case_id = $1`,
			c.ID, now, in.Outcome, in.Ground, in.Reason, in.Code, in.CodeReason, actor.AccountID, actor.PersonID, actor.Name)
		return err
	})
}

// codeFits compares a code with the type of who gets it, and with those given.
func (s *Service) codeFits(ctx context.Context, q postgres.Querier, c casework.Case, d application.Document, in Proposal) error {
	if in.Code == "" {
		return nil
	}
	var o organization.Organization
	var err error
	if f, _, _ := FamilyOf(c.Kind); !f.Founds() {
		if o, err = organization.Load(ctx, q, c.OrganizationID); err != nil {
			return err
		}
	}
	if err := organization.CodeOf(in.Code, typeOf(d, o)); err != nil {
		return errs.FieldError("code", "统一社会信用代码", errs.Message(err))
	}
	found, err := organization.ByNumbers(ctx, q, []string{in.Code})
	if other, taken := found[in.Code]; err == nil && taken {
		return errs.FieldError("code", "统一社会信用代码", "这个代码已经登记在"+other.Name+"名下。到赋码系统核对")
	}
	return err
}

func (s *Service) family(c casework.Case) (Family, error) {
	f, _, ok := FamilyOf(c.Kind)
	if !ok {
		return f, errs.New(errs.NotFound, "没有找到这件。可能编号有误，或不属于登记备案事项。")
	}
	return f, nil
}

// SendBack gives the case back to who took it in, with what has to be looked at.
func (s *Service) SendBack(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	return s.giveBack(ctx, actor, authz.RegistryReview, no, version, SendBack, reason, token)
}

// Reconsider gives what was to be signed back: to the reviewer, on the street to
// who took it in.
func (s *Service) Reconsider(ctx context.Context, actor authz.Actor, no string, version int, reason, token string) error {
	return s.giveBack(ctx, actor, authz.RegistryDecide, no, version, Reconsider, reason, token)
}

func (s *Service) giveBack(ctx context.Context, actor authz.Actor, p authz.Permission, no string, version int, action workflow.Action, reason, token string) error {
	reason = form.Clean(reason, true)
	return s.Applications.Act(ctx, actor, p, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		if _, err := s.family(*c); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(reason); n < reasonMin || n > reasonMax {
			return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，%d 到 1,000 个字，接手的同事照着办", reasonMin))
		}
		return s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: action, Note: reason, OfficeOnly: true})
	})
}

// Answer is the organization's word before a revocation (陈述申辩), once.
func (s *Service) Answer(ctx context.Context, actor authz.Actor, no string, version int, text, token string) error {
	text = form.Clean(text, true)
	return s.Applications.Act(ctx, actor, authz.RegistryAnswer, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		if _, err := s.family(*c); err != nil {
			return err
		}
		if n := utf8.RuneCountInString(text); n < 5 || n > 2000 {
			return errs.FieldError("text", "陈述申辩", fmt.Sprintf("写明事实和理由，5 到 2,000 个字，现在是 %d 个字", n))
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Answer, Note: "已经提出陈述申辩"}); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `insert into registry_statement (case_id, text, at, account_id, person_id, actor_name) values ($1, $2, $3, $4, $5, $6)`,
			c.ID, text, now, actor.AccountID, actor.PersonID, actor.Name)
		return err
	})
}

// lastProposal returns what the reviewer proposed last; false when nothing was.
func lastProposal(ctx context.Context, q postgres.Querier, c casework.Case) (Proposal, bool, error) {
	p, err := postgres.One[Proposal](ctx, q, `select outcome, ground, reason, code, code_reason, actor_name, at
		from registry_proposal where case_id = $1 order by seq desc limit 1`, c.ID)
	if errs.Is(err, errs.NotFound) || errors.Is(err, pgx.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

// proposed returns what is to be signed. The leader signs what a reviewer put
// forward and nothing else; on the street nobody proposes.
func proposed(ctx context.Context, q postgres.Querier, c casework.Case, want Outcome) (Proposal, error) {
	f, street, _ := FamilyOf(c.Kind)
	if street {
		return Proposal{Outcome: want}, nil
	}
	p, ok, err := lastProposal(ctx, q, c)
	if err == nil && (!ok || p.Outcome != want) {
		err = errs.Newf(errs.Conflict, "复核意见不是“%s”。请看最新的复核意见；不同意的，退回复核并写明理由。", want.Name(f))
	}
	return p, err
}

// Approve decides as applied for, or revokes: everything that follows happens in
// the same transaction. What is taken or ended meanwhile is an error and nothing
// has happened.
func (s *Service) Approve(ctx context.Context, actor authz.Actor, no string, version int, token string) error {
	return s.Applications.Act(ctx, actor, authz.RegistryDecide, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		f, err := s.family(*c)
		if err != nil {
			return err
		}
		p, err := proposed(ctx, tx, *c, Grant)
		if err != nil {
			return err
		}
		if _, err := s.ready(ctx, tx, now, *c); err != nil {
			return err
		}
		d, err := s.openDocument(ctx, tx, *c)
		if err != nil {
			return err
		}
		note := "准予"
		if f == Revocation {
			note = "撤销"
		}
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Sign, Note: note}); err != nil {
			return err
		}
		return s.enact(ctx, tx, now, actor, c, d, p)
	})
}

// Refusal is why the subdistrict decides against; at the bureau it was proposed.
type Refusal struct{ Ground, Reason string }

// Refuse decides against what was applied for, or not to revoke, by an official
// letter with reason, article and remedies.
func (s *Service) Refuse(ctx context.Context, actor authz.Actor, no string, version int, in Refusal, token string) error {
	in.Reason = form.Clean(in.Reason, true)
	return s.Applications.Act(ctx, actor, authz.RegistryDecide, no, version, token, func(tx postgres.Tx, now time.Time, c *casework.Case) error {
		f, err := s.family(*c)
		if err != nil {
			return err
		}
		p, err := proposed(ctx, tx, *c, Deny)
		if err != nil {
			return err
		}
		if _, street, _ := FamilyOf(c.Kind); street {
			p.Ground, p.Reason = in.Ground, in.Reason
			if err := CheckProposal(f, &p, false); err != nil {
				return err
			}
		}
		ground, _ := application.GroundOf(DenialGrounds(f), p.Ground)
		if err := s.Cases.Move(ctx, tx, now, actor, c, casework.Move{Action: Decline, Note: ground.Text}); err != nil {
			return err
		}
		if err := s.released(ctx, tx, now, actor, *c); err != nil {
			return err
		}
		letter, text := casework.RegistryRefusalLetter, refusalText(*c, f, ground, p.Reason)
		if f == Revocation {
			letter, text = casework.NoRevocationLetter, noRevocationText(*c, ground, p.Reason)
		}
		_, err = s.Cases.IssueLetter(ctx, tx, now, actor, *c, letter, c.Title, text)
		return err
	})
}
