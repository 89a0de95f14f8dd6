package report

import (
	"context"
	"net/url"
	"slices"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Guide is a programme as its guide shows it: everything comes from workflow,
// form, papers and parameters, so that the guide cannot say otherwise.
type Guide struct {
	Terms
	Offered
	Sections   []application.Section
	Papers     []Paper
	Flow       Flow
	Params     []policy.Param // of the programme and its deadlines, in the order of display
	Obligation []string       // what the head undertakes when signing
}

// Paper is one that an application asks for.
type Paper struct {
	application.Slot
	Sometimes bool // only when the money goes to an agent
}

// shared are the parameters that every programme is subject to beside its own
// and those of its workflow.
var shared = []policy.Key{
	policy.CorrectionMaxRounds, policy.PeriodMetOn, policy.LookbackViolationYears, policy.AnnualReportRegistrarDue, policy.NoticeGrantWD,
}

// Guide reads the guide of a programme. errs.NotFound for an unknown one.
func (s *Service) Guide(ctx context.Context, kind string) (Guide, error) {
	var g Guide
	p, err := s.Programme(kind)
	if err != nil {
		return g, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		if g.Terms, err = terms(ctx, q, now, g.On); err != nil {
			return err
		}
		articles, err := policy.Articles(ctx, q, g.Rules.Document.ID)
		g.Article = founding(articles, p)
		return err
	})
	if err != nil {
		return g, err
	}
	g.Kind, g.Name = p.Workflow().Kind, p.Workflow().Name
	if g.Offer, err = offerOf(p, g.Terms); err != nil {
		return g, err
	}
	g.Sections, g.Papers = p.Sections(), papersOf(p, g.Rules)
	g.Flow = flowOf(p.Workflow(), g.Rules.Edition.Params)
	g.Params = paramsOf(p, g.Rules.Edition.Params)
	g.Obligation = p.Statement().Lines
	return g, nil
}

// papersOf asks the programme twice: what an organization with an account of its
// own hands in, and what one adds whose money an agent receives.
func papersOf(p funding.Programme, rules funding.Rules) []Paper {
	always := p.Slots(nil, funding.Context{Rules: rules})
	agent := organization.PayeeAccount{ID: uuid.Max, Kind: organization.AgentAccount}
	all := p.Slots(url.Values{"payee": {agent.ID.String()}}, funding.Context{Rules: rules, Payees: []organization.PayeeAccount{agent}})
	var out []Paper
	for _, slot := range all {
		slot.Label = p.SlotName(slot.Key)
		out = append(out, Paper{Slot: slot, Sometimes: !slices.ContainsFunc(always, func(s application.Slot) bool { return s.Key == slot.Key })})
	}
	return out
}

// paramsOf picks the parameters that bear on the programme.
func paramsOf(p funding.Programme, all policy.Params) []policy.Param {
	def := p.Workflow()
	wanted := slices.Clone(shared)
	for _, t := range def.Transitions {
		if t.DueParam != "" {
			wanted = append(wanted, policy.Key(t.DueParam))
		}
	}
	var out []policy.Param
	for _, d := range policy.Definitions() {
		if d.Group == def.Name || slices.Contains(wanted, d.Key) {
			out = append(out, all.Param(d.Key))
		}
	}
	return out
}
