package applying

import (
	"net/http"
	"slices"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
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
	Parts                  []Answers
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
	Extra                  Extra
	Lost                   []ui.Fact // what an office typed and can no longer send: somebody else was first
	Version, Token         string
	Receipt                string
	Answer                 string // where the applicant Answers a correction, "" without one
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

// caseOf is the view of a case. typed is what an office sent and was not taken,
// nil for a fresh page.
func (p *Pages) caseOf(r *http.Request, in application.View, typed *Typed) (caseView, error) {
	own, err := p.Face(in.Case.Kind)
	if err != nil {
		return caseView{}, err
	}
	v := headOf(in, Actor(r), own)
	if len(in.Signed) > 0 {
		if v.Parts, err = own.Signed(in); err != nil {
			return v, err
		}
		if v.Organization, err = own.Applicant(in, v.Staff); err != nil {
			return v, err
		}
	}
	v.Opinions, v.Papers, v.Letters = opinionsOf(in.Opinions), papersOfCase(in), lettersOf(in)
	v.Corrections, v.Timeline = correctionsOf(in.Corrections), timelineOf(in, own)
	v.MayWithdraw, v.MayOpine, v.MayDecide = in.May("withdraw"), in.May("opine"), in.May("accept")
	if v.MayDecide {
		v.Decision = decisionOf(in)
	}
	if typed != nil {
		v.Decision = v.Decision.typed(*typed)
	}
	if v.Extra, err = own.Behind(r, in, typed); err != nil {
		return v, err
	}
	v.Why = whyNot(in, Actor(r), v.Extra)
	return v, nil
}

func headOf(in application.View, a authz.Actor, own Face) caseView {
	c := in.Case
	v := caseView{
		No: c.No, Kind: in.Kind.Workflow().Name, Title: c.Title, State: in.Kind.Workflow().PlaceName(c.Place()), Tone: StateTone(c.State),
		Next: waitingText(c, own), Counter: c.Channel == casework.Counter, Staff: a.Role.Staff(), Applicant: !a.Role.Staff(),
		Version: itoa(c.Version), Token: NewToken(), Clock: clockOf(in),
	}
	if c.About != "" {
		v.Kind += "：" + c.About
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
func clockOf(in application.View) *ui.Clock {
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

func opinionsOf(list []casework.Opinion) []opinionLine {
	tones := map[casework.Stance]ui.Tone{casework.Support: ui.Good, casework.Oppose: ui.Bad, casework.OpinionLapsed: ui.Mute}
	out := make([]opinionLine, len(list))
	for i, o := range list {
		out[i] = opinionLine{Who: o.Stage.Name(), Stance: o.Stance.Name(), Text: o.Text, Tone: tones[o.Stance], Meta: Clock(o.At)}
		if o.Stance != casework.OpinionLapsed {
			out[i].Meta += " " + o.ActorName
		}
	}
	return out
}

func papersOfCase(in application.View) []paperLine {
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

func lettersOf(in application.View) []letterLine {
	out := make([]letterLine, len(in.Letters))
	for i, l := range in.Letters {
		out[i] = letterLine{Title: l.Kind.Title(), No: l.No(), Href: paths.ApplicationLetter(in.Case.No, l.ID.String()), Meta: l.IssuedOn.Chinese()}
	}
	return out
}

func correctionsOf(list []casework.Correction) []correctionLine {
	out := make([]correctionLine, len(list))
	for i, c := range list {
		line := correctionLine{Title: "第 " + itoa(c.Round) + " 次补正", Meta: Clock(c.IssuedAt) + " " + c.IssuerName}
		if c.AnsweredAt != nil {
			line.Meta += "，" + Clock(*c.AnsweredAt) + " 已补正"
		}
		for _, f := range c.Flaws {
			line.Facts = append(line.Facts, ui.F(f.Label, f.Reason))
		}
		out[i] = line
	}
	return out
}

func timelineOf(in application.View, own Face) []ui.Event {
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
		out = append(out, ui.Event{When: "现在", Title: in.Kind.Workflow().PlaceName(in.Case.Place()), Text: waitingText(in.Case, own), State: "now"})
	}
	return out
}

// whyNot tells an office why it finds no buttons although the case stands with
// its role: the same person did an earlier act.
func whyNot(in application.View, a authz.Actor, x Extra) string {
	before := slices.ContainsFunc(in.Events, func(e casework.Event) bool { return e.PersonID == a.PersonID })
	if before && x.ActHref == "" && in.Case.Waits == a.Role && len(in.Actions) == 0 && a.Role.Staff() {
		return "这件您办过前面的步骤，这一步要由另一位同事办理。"
	}
	return ""
}

func (p *Pages) showLetter(w http.ResponseWriter, r *http.Request) error {
	l, c, err := p.Applications.Letter(r.Context(), Actor(r), Number(r), httpserver.Param(r, "id"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, letterPage(c.No, l))
}
