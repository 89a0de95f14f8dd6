package funding

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// kind makes a programme a kind of application.
type kind struct {
	Programme
	s *Service
}

// closed is why nothing new is taken in while no document is in force.
const closed = "今天没有生效的政策文件，暂不受理新的申请。草稿会一直保存，文件生效后可以提交。"

// Applicant is the organization's name.
func (c Context) Applicant() string { return c.Organization.Name }

// Signer is the head of now.
func (c Context) Signer() string { return c.Organization.HeadName }

// Day is today.
func (c Context) Day() civil.Date { return c.Today }

// Edition is the one that a submission pins.
func (c Context) Edition() uuid.UUID { return c.Rules.Edition.ID }

// Closed says that no document is in force.
func (c Context) Closed() string {
	if c.Rules.InForce {
		return ""
	}
	return closed
}

// Snapshot is the organization as it stood at the first submission.
func (c Context) Snapshot() any {
	if c.Stood != nil {
		return *c.Stood
	}
	return applicantOf(c.Organization)
}

func (k kind) Slots(v url.Values, s application.Subject) []application.Slot {
	return k.Programme.Slots(v, s.(Context))
}

func (k kind) Read(v url.Values, s application.Subject) (application.Document, []errs.Field) {
	return k.Programme.Read(v, s.(Context))
}

func (k kind) Subject(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case, snapshot json.RawMessage) (application.Subject, error) {
	out := Context{Today: civil.On(now)}
	if snapshot != nil {
		if err := json.Unmarshal(snapshot, &out.Stood); err != nil {
			return nil, err
		}
	}
	var err error
	if out.Rules, err = rulesOf(ctx, q, c, out.Today); err != nil {
		return nil, err
	}
	if out.Organization, err = organization.Load(ctx, q, c.OrganizationID); err != nil {
		return nil, err
	}
	out.Stood.lay(&out.Organization)
	if c.SubmittedAt != nil {
		out.SubmittedOn = civil.On(*c.SubmittedAt)
	}
	if out.Payees, err = organization.Payees(ctx, q, c.OrganizationID); err != nil {
		return nil, err
	}
	out.Known, err = k.s.known(ctx, q, k.Programme, c, out.Today, out.Rules, false)
	return out, err
}

// Judgement is the conditions answered today.
type Judgement struct {
	Lines   []Line
	Verdict Verdict
}

// Obstacles are the lines that stop a submission.
func (j Judgement) Obstacles() []errs.Field {
	var faults []errs.Field
	for _, l := range j.Lines {
		if l.Stops() {
			faults = append(faults, errs.Field{Name: "line:" + l.Key, Label: l.Label, Message: l.Value + "。" + l.Remedy})
		}
	}
	return faults
}

func (k kind) Judge(ctx context.Context, q postgres.Querier, c casework.Case, s application.Subject) (application.Judgement, error) {
	lines, verdict, err := assess(ctx, q, k.Programme, c, s.Day(), s.(Context).Rules)
	return Judgement{lines, verdict}, err
}

func (k kind) Submitted(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, _ application.Subject, d application.Document, j application.Judgement, again bool) error {
	document, ok := d.(Document)
	if !ok {
		return fmt.Errorf("funding: %T is no document of a programme", d)
	}
	if err := k.Keep(ctx, tx, now, actor, c, document); err != nil {
		return err
	}
	stage := "submission"
	if again {
		stage = "resubmission"
	}
	return insertCheck(ctx, tx, now, c.ID, stage, *c.EditionID, j.(Judgement).Lines)
}

// Accepting computes eligibility again from the facts of this moment under the
// pinned edition; an unmet or unknown line stops the acceptance.
func (k kind) Accepting(ctx context.Context, tx postgres.Tx, now time.Time, c casework.Case) error {
	rules, err := rulesOf(ctx, tx, c, civil.On(now))
	if err != nil {
		return err
	}
	return k.s.stillEligible(ctx, tx, now, c, rules, "acceptance")
}

func (k kind) MaxRounds(ctx context.Context, q postgres.Querier, now time.Time, c casework.Case) (int, error) {
	rules, err := rulesOf(ctx, q, c, civil.On(now))
	return rules.Edition.Params.Int(policy.CorrectionMaxRounds), err
}

func (kind) AfterAcceptance() string { return "我局将依次进行复核、签批和公示。" }

// Grounds are the reasons for which an application for support is not taken in.
func (k kind) Grounds() []application.Ground {
	return []application.Ground{
		{Key: "ineligible", Text: "不符合申请条件", Article: "《实施意见》" + k.Article()},
		{Key: "not_community", Text: "不属于社区社会组织", Article: "《实施意见》二（二）"},
		{Key: "false", Text: "申请材料不真实", Article: "《实施意见》三（三）3"},
		{Key: "incomplete", Text: "补正后材料仍不齐全", Article: "政策参数“补正次数”"},
	}
}

// Released frees what the application had claimed; after the signature the
// committed money as well.
func (k kind) Released(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c casework.Case, from workflow.Place) error {
	if from == ToPublish {
		return k.s.giveUp(ctx, tx, now, actor, c, "申请人撤回")
	}
	return k.Release(ctx, tx, now, actor, c)
}
