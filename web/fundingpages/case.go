package fundingpages

import (
	"encoding/json"
	"net/http"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// caseView is a submitted application, for applicant and offices alike; what an
// office may do stands in Decide and Opine.
type caseView struct {
	No, Kind, Title, State string
	Tone                   ui.Tone
	Numbers                []ui.Fact // amount, received, deadline
	Clock                  *ui.Clock
	Due                    string // the day on which the clock runs out
	Next                   string
	Organization           []ui.Fact
	Parts                  []answers
	Check                  []funding.Line
	CheckedAt              string
	Tally                  funding.Verdict
	Opinions               []opinionLine
	Papers                 []paperLine
	Corrections            []correctionLine
	Letters                []letterLine
	Timeline               []ui.Event
	Counter                bool
	Staff, Applicant       bool
	MayWithdraw            bool
	MayOpine, MayDecide    bool
	Why                    string // why nothing can be done here now, for an office that might expect it
	Decision               decisionView
	Verdict                verdictView
	Proposal               []ui.Fact
	Computation            []funding.Step
	Lost                   []ui.Fact // what an office typed and can no longer send: somebody else was first
	Version, Token         string
	Receipt                string
	Notice, Money          []ui.Fact
	ActLabel, ActHref      string // where else the office acts
	Report                 string // address of the use report, "" while there is none
	MayReport              bool   // it is the reader's to write
	Answer                 string // where the applicant answers a correction, "" without one
}

type opinionLine struct {
	Who, Stance, Text, Meta string
	Tone                    ui.Tone
}

type paperLine struct{ Label, Name, Href, State string }

type correctionLine struct {
	Title, Meta string
	Facts       []ui.Fact
}

type letterLine struct{ Title, No, Href, Meta string }

func renderCase(w http.ResponseWriter, r *http.Request, status int, v caseView) error {
	if v.Staff {
		return httpserver.Render(w, r, status, staffCasePage(v))
	}
	return httpserver.Render(w, r, status, applicantCasePage(v))
}

func caseOf(r *http.Request, in funding.View) (caseView, error) {
	own, err := pageOf(in.Case.Kind)
	if err != nil {
		return caseView{}, err
	}
	v := headOf(in, actor(r))
	if len(in.Signed) > 0 {
		if v.Parts, err = own.Signed(in.Signed); err != nil {
			return v, err
		}
		if v.Organization, err = profile(in, v.Staff); err != nil {
			return v, err
		}
	}
	v.Check, v.Tally = in.Check.Lines, funding.Judge(in.Check.Lines)
	if !in.Check.At.IsZero() {
		v.CheckedAt = clock(in.Check.At)
	}
	v.Opinions, v.Papers, v.Letters = opinionsOf(in.Opinions), papersOfCase(in), lettersOf(in)
	v.Corrections, v.Timeline = correctionsOf(in.Corrections), timelineOf(in)
	v.MayWithdraw, v.MayOpine, v.MayDecide = in.May("withdraw"), in.May("opine"), in.May("accept")
	if v.MayDecide {
		v.Decision = decisionOf(in)
	}
	if in.Case.State == workflow.Reporting || in.Reported() {
		v.Report, v.MayReport = paths.ApplicationReport(in.Case.No), in.Case.Place() == funding.Reporting && actor(r).Can(authz.UseReportWrite)
	}
	v.Verdict, v.Why = verdictOf(in), whyNot(in, actor(r))
	v.Proposal = proposalFacts(in.Proposal)
	v.Notice, v.Money = noticeFacts(in), moneyFacts(in, actor(r))
	v.ActLabel, v.ActHref = officeAct(in, actor(r))
	if v.Staff {
		v.Computation = computation(in)
	}
	return v, nil
}

func headOf(in funding.View, a authz.Actor) caseView {
	c := in.Case
	v := caseView{
		No: c.No, Kind: in.Programme.Workflow().Name, Title: c.Title, State: c.Place().Name(), Tone: stateTone(c.State),
		Next: waitingText(c), Counter: c.Channel == casework.Counter, Staff: a.Role.Staff(), Applicant: a.Role.OfOrganization(),
		Version: itoa(c.Version), Token: newToken(), Clock: clockOf(in),
	}
	if v.Clock != nil {
		v.Due = c.DueOn.Chinese()
	}
	if c.Class == workflow.Final {
		v.Next = "已于 " + civil.On(*c.ClosedAt).Chinese() + "结束。"
		if !v.Staff && (c.State == workflow.Withdrawn || c.State == workflow.Lapsed) {
			v.Next += "以后可以另外提出申请。"
		}
	}
	if v.Applicant && c.State == workflow.Correcting {
		v.Answer = paths.Application(c.No)
	}
	if c.Amount != nil {
		v.Numbers = append(v.Numbers, ui.F("申请金额", c.Amount.String()+" 元"))
	}
	if c.SubmittedAt != nil {
		v.Numbers = append(v.Numbers, ui.F("收到", civil.On(*c.SubmittedAt).Chinese()))
		v.Receipt = paths.ApplicationReceipt(c.No)
	}
	return v
}

// clockOf draws the deadline of the present place in working days.
func clockOf(in funding.View) *ui.Clock {
	c := in.Case
	if c.DueOn.IsZero() || c.ClockDays == nil {
		return nil
	}
	left, _ := in.Calendar.Between(in.Today, c.DueOn)
	clock := ui.Deadline(*c.ClockDays, left)
	clock.Provisional = c.DueProvisional
	if c.PausedDays != nil {
		clock.Words = "等补正，" + clock.Words + "；办理期限暂停"
	}
	return &clock
}

// profile lists the organization as it stood when it signed.
func profile(in funding.View, staff bool) ([]ui.Fact, error) {
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

func opinionsOf(list []casework.Opinion) []opinionLine {
	tones := map[casework.Stance]ui.Tone{casework.Support: ui.Good, casework.Oppose: ui.Bad, casework.OpinionLapsed: ui.Mute}
	out := make([]opinionLine, len(list))
	for i, o := range list {
		out[i] = opinionLine{Who: o.Stage.Name(), Stance: o.Stance.Name(), Text: o.Text, Tone: tones[o.Stance], Meta: clock(o.At)}
		if o.Stance != casework.OpinionLapsed {
			out[i].Meta += " " + o.ActorName
		}
	}
	return out
}

func papersOfCase(in funding.View) []paperLine {
	var out []paperLine
	for _, s := range in.Papers {
		for _, f := range s.Files {
			line := paperLine{Label: s.Label, Name: f.Describe(), State: f.State.Label()}
			if f.State == "accepted" {
				line.Href = paths.ApplicationFile(in.Case.No, f.ID.String())
			}
			out = append(out, line)
		}
	}
	return out
}

func lettersOf(in funding.View) []letterLine {
	out := make([]letterLine, len(in.Letters))
	for i, l := range in.Letters {
		out[i] = letterLine{Title: l.Kind.Title(), No: l.No(), Href: paths.ApplicationLetter(in.Case.No, l.ID.String()), Meta: l.IssuedOn.Chinese()}
	}
	return out
}

func correctionsOf(list []casework.Correction) []correctionLine {
	out := make([]correctionLine, len(list))
	for i, c := range list {
		line := correctionLine{Title: "第 " + itoa(c.Round) + " 次补正", Meta: clock(c.IssuedAt) + " " + c.IssuerName}
		if c.AnsweredAt != nil {
			line.Meta += "，" + clock(*c.AnsweredAt) + " 已补正"
		}
		for _, f := range c.Flaws {
			line.Facts = append(line.Facts, ui.F(f.Label, f.Reason))
		}
		out[i] = line
	}
	return out
}

func timelineOf(in funding.View) []ui.Event {
	var out []ui.Event
	for _, e := range in.Events {
		text := e.At.In(civil.Shanghai).Format("15:04") + "　" + e.ActorName
		if e.ActorRole != authz.System {
			text += "（" + e.ActorRole.Name() + "）"
		}
		if e.Note != "" {
			text += "。" + e.Note
		}
		event := ui.Event{On: civil.On(e.At), Title: e.Label, Text: text}
		if e.To == workflow.Refused || e.To == workflow.Lapsed {
			event.State = "bad"
		}
		out = append(out, event)
	}
	if in.Case.Class == workflow.Open {
		out = append(out, ui.Event{When: "现在", Title: in.Case.Place().Name(), Text: waitingText(in.Case), State: "now"})
	}
	return out
}

// whyNot tells an office why it finds no buttons although the case stands with
// its role: the same person did an earlier act.
func whyNot(in funding.View, a authz.Actor) string {
	if _, href := officeAct(in, a); href != "" {
		return ""
	}
	before := slices.ContainsFunc(in.Events, func(e casework.Event) bool { return e.PersonID == a.PersonID })
	if before && in.Case.Waits == a.Role && len(in.Actions) == 0 && a.Role.Staff() {
		return "这件您办过前面的步骤，这一步要由另一位同事办理。"
	}
	return ""
}

func (p *Pages) showLetter(w http.ResponseWriter, r *http.Request) error {
	l, c, err := p.Funding.Letter(r.Context(), actor(r), number(r), httpserver.Param(r, "id"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, letterPage(c.No, l))
}
