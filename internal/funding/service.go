package funding

import (
	"context"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Deps is what the service stands on.
type Deps struct {
	DB           *postgres.DB
	Applications *application.Service // learns the programmes
	Cases        *casework.Service
	Attachments  *attachment.Service
	Ledger       *ledger.Service
	Programmes   []Programme
}

// Service is the use cases of an application. Every method checks the actor's
// permission and scope; what the actor may not see is errs.NotFound.
type Service struct {
	Deps
	programmes map[string]Programme
}

// New returns a Service over the given programmes.
func New(d Deps) *Service {
	s := &Service{Deps: d, programmes: map[string]Programme{}}
	for _, p := range d.Programmes {
		s.programmes[p.Workflow().Kind] = p
		d.Applications.Add(kind{p, s})
	}
	d.Applications.OnRefused(receipt.TraceOf)
	return s
}

// Programme returns a programme by its key; errs.NotFound for an unknown one.
func (s *Service) Programme(key string) (Programme, error) {
	p, ok := s.programmes[key]
	if !ok {
		return nil, errs.New(errs.NotFound, "没有这个项目。请从办事指南选择。")
	}
	return p, nil
}

// Open starts a draft and returns its number; an organization that has one
// already gets that one back. At the counter a community opens it for an
// organization of its own area.
func (s *Service) Open(ctx context.Context, actor authz.Actor, kind string, org uuid.UUID, token string) (string, error) {
	permission, channel := authz.ApplicationDraft, casework.Online
	if actor.Role == authz.Community {
		permission, channel = authz.ApplicationCounter, casework.Counter
	}
	if err := actor.Require(permission); err != nil {
		return "", err
	}
	if _, err := s.Programme(kind); err != nil {
		return "", err
	}
	if channel == casework.Online {
		org = actor.OrgID
	}
	var no string
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := visible(ctx, tx, actor, org)
		if err != nil {
			return err
		}
		if o.Status.Final() {
			return errs.Newf(errs.Conflict, "%s%s，不能再申请扶持。", o.Name, o.Status.Name())
		}
		no, err = s.Applications.Open(ctx, tx, now, actor, casework.NewCase{
			Kind: kind, Title: o.Name, OrganizationID: o.ID, Community: o.CommunityCode, Subdistrict: o.SubdistrictCode, Channel: channel,
		}, token)
		return err
	})
	return no, err
}

// rulesOn returns the document and edition that hold on a date. Outside any
// document's force, or while its parameters are not approved, InForce is false:
// nothing new is taken (DESIGN §1).
func rulesOn(ctx context.Context, q postgres.Querier, on civil.Date) (Rules, error) {
	d, open, e, err := policy.On(ctx, q, on) // outside force the edition still explains what the rules were
	return Rules{Document: d, InForce: open, Edition: e}, err
}

// rulesOf returns the rules of a case: the pinned edition once submitted, what
// is in force today before.
func rulesOf(ctx context.Context, q postgres.Querier, c casework.Case, today civil.Date) (Rules, error) {
	if c.EditionID == nil {
		return rulesOn(ctx, q, today)
	}
	edition, err := policy.EditionByID(ctx, q, *c.EditionID)
	return Rules{InForce: true, Edition: edition}, err
}

// Eligibility answers a programme's conditions for an organization that the
// actor may see, on a date, with the verdict.
func (s *Service) Eligibility(ctx context.Context, actor authz.Actor, kind string, org uuid.UUID, on civil.Date) (Check, error) {
	p, err := s.Programme(kind)
	if err != nil {
		return Check{}, err
	}
	var check Check
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		o, err := visible(ctx, q, actor, org)
		if err != nil {
			return err
		}
		check.Organization, check.Today, check.On = o, civil.On(now), on
		if on.IsZero() {
			check.On = check.Today
		}
		if check.Rules, err = rulesOn(ctx, q, check.On); err != nil {
			return err
		}
		conditions, err := p.Conditions(ctx, q, o.ID, uuid.Nil, check.On, check.Rules)
		if err != nil {
			return err
		}
		check.Lines, check.Verdict = Assess(conditions, check.On)
		check.Draft, err = application.DraftOf(ctx, q, kind, o.ID, uuid.Nil, casework.Online)
		return err
	})
	return check, err
}

// Check is an organization's eligibility for a programme on a date.
type Check struct {
	Organization organization.Organization
	Today, On    civil.Date
	Rules        Rules
	Lines        []Line
	Verdict      Verdict
	Draft        string // number of its open draft, "" when there is none
}

// Told says what happened to an application for support and what comes next.
func (kind) Told(c casework.Case, from workflow.Place) string {
	by := ""
	if !c.DueOn.IsZero() {
		by = c.DueOn.Chinese() + "前"
	}
	switch c.State {
	case workflow.Reviewing, workflow.Consenting, workflow.Signing:
		if from.State != workflow.Accepting {
			return "复核还在进行，有结果会再通知您。"
		}
		return "已受理，进入复核。受理通知书可以在办件页面打印。"
	case workflow.Noticing:
		return noticingText(c, from)
	case workflow.Disputed:
		return "公示期间收到异议，民政局正在核实。需要您说明情况时会联系您。"
	case workflow.Granted:
		return "公示期满，资助已核定，批复可以在办件页面打印。资助款" + by + "拨付。请核对收款账户。"
	case workflow.Reporting:
		return reportingText(c, from, by)
	case workflow.Closed:
		if from == Granted {
			return "补贴款已拨付，这件办结。拨款通知书可以在办件页面打印。"
		}
		return "使用报告已核查通过，这件办结。"
	case workflow.Terminated:
		return "资助已终止。决定书写明了理由和救济途径，可以在办件页面打印。"
	case workflow.Refused:
		if from.State != workflow.Accepting {
			return "不予支持。决定书写明了理由、依据和救济途径，可以在办件页面打印。"
		}
	}
	return ""
}

func noticingText(c casework.Case, from workflow.Place) string {
	switch {
	case c.Place() == ToPublish:
		return "审批已通过，等候公示。公示期满没有异议，资助才最后核定。"
	case from.State == workflow.Disputed:
		return "异议经核实不成立，公示继续。公示期满，资助才最后核定。"
	}
	return "已开始公示。公示期满没有异议，资助核定，资助款拨付到经核实的账户。"
}

// reportingText says what the use report waits for.
func reportingText(c casework.Case, from workflow.Place, by string) string {
	switch {
	case c.Place() == Checking:
		return "使用报告已提交。民政局" + by + "核查。"
	case c.Place() == Returning:
		return "使用报告已核查通过。请" + by + "把结余退回专项资金账户，财务确认收到后办结。"
	case from.State == workflow.Reporting:
		return "使用报告要修改，原因在办件页面。请" + by + "改好，由负责人再提交。"
	}
	return "资助款已拨付，拨款通知书可以在办件页面打印。请" + by + "提交使用报告，保存好票据。"
}
