package fundingpages

import (
	"encoding/json"
	"net/http"
	"slices"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/applying"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// face is what all programmes show of a case, with the programme's own page.
type face struct{ programmePage }

// contextOf is what the form of a programme is judged by.
func contextOf(f application.Form) funding.Context { return f.Subject.(funding.Context) }

// Applicant lists the organization as it stood when it signed.
func (face) Applicant(in application.View, staff bool) ([]ui.Fact, error) {
	var o funding.Applicant
	if err := json.Unmarshal(in.Profile, &o); err != nil {
		return nil, err
	}
	href := paths.Organization(o.ID.String())
	if staff {
		href = paths.StaffOrganization(o.ID.String()) // where the results of look-ups are recorded
	}
	facts := []ui.Fact{
		{Label: "组织", Body: ui.Link(o.Name, href), Demo: true},
		ui.F("性质", o.Basis.Name()+"，"+o.Type.Name()), ui.F("类别", o.Category.Name()), ui.F(o.NumberLabel, o.Number),
		ui.F("成立", o.EstablishedOn.Chinese()), ui.F("所在", in.Regions.FullName(o.CommunityCode)), ui.F("负责人", o.HeadName),
	}
	return slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Body == nil && f.Value == "" }), nil
}

// Printed lists the organization as it is registered now.
func (face) Printed(f application.Form) []ui.Fact { return profileFacts(contextOf(f).Organization) }

// More leads to the conditions.
func (face) More(f application.Form) (label, href string) {
	return "看资格条件", paths.ApplicationCheck(f.Case.No)
}

// judgedView is what the conditions say to who is about to sign.
type judgedView struct {
	No      string
	Steps   []funding.Step // how the amount comes about, once the form is complete
	Amount  string
	Unmet   []funding.Line // stop the submission
	Pending int            // an office still has to look them up
}

// Judged shows the conditions that are not met, or how many are not known yet.
func (face) Judged(in application.Review) templ.Component {
	v := judgedView{No: in.Case.No}
	if c, ok := funding.Preview(in); ok {
		v.Steps, v.Amount = c.Lines, c.Amount.String()
	}
	for _, l := range in.Judgement.(funding.Judgement).Lines {
		if l.Stops() {
			v.Unmet = append(v.Unmet, l)
		} else if l.Answer == funding.Unknown {
			v.Pending++
		}
	}
	if len(v.Unmet) == 0 && v.Pending == 0 && v.Steps == nil {
		return nil
	}
	return judged(v)
}

// Waiting says who has a case for support and until when, from its review on.
func (face) Waiting(c casework.Case, by string) string {
	switch c.Place() {
	case funding.ToPublish:
		return "已签批。民政局接着公示，公示期满没有异议，资助才最后核定。"
	case funding.Noticing:
		return "正在公示。公示期满没有异议，资助核定。"
	case funding.Disputed:
		return "公示期间收到异议，民政局正在核实。"
	}
	if by == "" {
		return ""
	}
	switch {
	case c.State == workflow.Consenting:
		return "大额项目，工作领导小组" + by + "表示意见。"
	case c.State == workflow.Granted:
		return "公示期满，资助已核定。财务" + by + "拨付。"
	case c.Place() == funding.Checking:
		return "使用报告已提交，民政局" + by + "核查。"
	case c.Place() == funding.Returning:
		return "使用报告已核查通过，组织" + by + "把结余退回专项资金账户。"
	case c.State == workflow.Reporting:
		return "已拨付。组织" + by + "提交使用报告。"
	}
	return ""
}

// behindView is what stands behind an application, for applicant and offices.
type behindView struct {
	No, Version, Token string
	Check              []funding.Line
	CheckedAt          string
	Proposal           []ui.Fact
	Computation        []funding.Step
	Same               sameView
	Notice, Money      []ui.Fact
	Verdict            verdictView
	Report             string // address of the use report, "" while there is none
}

// Behind shows conditions, decision, notice, money and use report.
func (face) Behind(r *http.Request, in application.View, typed *applying.Typed) (applying.Extra, error) {
	a := actor(r)
	b := in.Behind.(funding.View)
	v := behindView{
		No: in.Case.No, Version: itoa(in.Case.Version), Token: applying.NewToken(), Check: b.Check.Lines,
		Proposal: proposalFacts(b.Proposal), Notice: noticeFacts(b), Money: moneyFacts(b, a), Verdict: verdictOf(b),
	}
	if typed != nil {
		v.Verdict = v.Verdict.typed(*typed)
	}
	if !b.Check.At.IsZero() {
		v.CheckedAt = clock(b.Check.At)
	}
	var x applying.Extra
	x.ActLabel, x.ActHref = officeAct(b, a)
	if in.Case.State == workflow.Reporting || b.Reported() {
		v.Report = paths.ApplicationReport(in.Case.No)
	}
	if a.Role.Staff() {
		v.Computation, v.Same = computation(b), sameOf(b)
		x.Middle, x.Side = behind(v), beside(v)
		if v.Verdict.Stage != "" {
			x.Box = verdictBox(v)
		}
		return x, nil
	}
	x.Aside = aside(v)
	switch {
	case v.Report == "":
	case in.Case.Place() == funding.Reporting && a.Can(authz.UseReportWrite):
		x.Head = ui.Join(ui.ButtonLink("填写使用报告", v.Report))
	default:
		x.Links = append(x.Links, ui.Pair{Name: "使用报告", Value: v.Report})
	}
	return x, nil
}
