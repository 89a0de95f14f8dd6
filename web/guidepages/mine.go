package guidepages

import (
	"net/http"

	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// mineView is the conditions answered for one's own organization.
type mineView struct {
	Kind, Name   string
	Organization string
	Demo         bool
	Address      string
	OnDay, OnISO string
	Programmes   []progLink
	Errors       ui.Errors
	On           ui.Field
	Outcome      outcome
	Lines        templ.Component
	Draft        string // address of the draft that is open
	Begin        string // label of the button that opens one, "" when there is no use
	Token        string
	Guide        string
}

func (p *Pages) mine(w http.ResponseWriter, r *http.Request) error {
	kind, actor := httpserver.Param(r, "programme"), httpserver.ActorOf(r.Context())
	programme, err := p.Report.Programme(kind)
	if err != nil {
		return err
	}
	own, err := p.trialOf(kind)
	if err != nil {
		return err
	}
	f := form.New(r.URL.Query())
	on := f.Date(onField, onLabel)
	check, err := p.Funding.Eligibility(r.Context(), actor, kind, actor.OrgID, on)
	if err != nil {
		return err
	}
	v := newMineView(kind, programme.Workflow().Name, own, check)
	v.Errors = ui.Errors(f.Fields())
	v.On = onBoxes(checks.Questions{Form: f, Errors: v.Errors}, check.Today)
	v.Programmes = p.programmeLinks(kind, v.Outcome.Short, paths.MyEligibility)
	status := http.StatusOK
	if v.Errors.Any() {
		status = http.StatusUnprocessableEntity
	}
	return httpserver.Render(w, r, status, minePage(v))
}

func newMineView(kind, name string, own checks.Trial, c funding.Check) mineView {
	links := checks.Links{Document: c.Rules.Document.Slug, Values: paths.Guide(kind) + "#values", Act: doing}
	j := judged{
		Kind: kind, Name: name, Terms: report.Terms{Today: c.Today, On: c.On, Rules: c.Rules}, Lines: c.Lines, Verdict: c.Verdict,
		Limit: own.Limit(funding.Context{Today: c.Today, Rules: c.Rules, Organization: c.Organization}), Links: links,
	}
	v := mineView{
		Kind: kind, Name: name, Organization: c.Organization.Name, Demo: c.Organization.Demo, Address: paths.MyEligibility(kind),
		OnDay: c.On.Chinese(), OnISO: c.On.String(), Outcome: newOutcome(j), Guide: paths.Guide(kind), Token: once.NewToken(),
		Lines: checks.LinesTable(name+"的条件，逐条核对", c.Lines, c.On, links),
	}
	switch {
	case c.Draft != "":
		v.Draft = paths.Application(c.Draft)
	case !c.Rules.InForce || v.Outcome.Hopeless:
		// A draft that cannot become an application is no help.
	case c.Verdict.MaySubmit && c.On == c.Today:
		v.Begin = "开始申请"
	default:
		v.Begin = "先填草稿"
	}
	return v
}

// doing is the page on which an organization does what a line asks for.
func doing(act string) (label, href string) {
	switch act {
	case "systems":
		return "去报制度", paths.MyOrganizationPart("systems")
	case "activities":
		return "去登记活动", paths.MyOrganizationPart("activities")
	case "reports":
		return "看年度报告", paths.MyOrganization
	default:
		return "", ""
	}
}
