package guidepages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// trialView is the trial calculation from what is typed. It stores nothing: the
// form is a GET, so that its address can be kept and sent.
type trialView struct {
	Kind, Name string
	Programmes []progLink
	Errors     ui.Errors
	Fields     templ.Component
	On         ui.Field
	Outcome    *outcome
	Lines      templ.Component
	OnDay      string
	Today      string
	Mine       string
	Guide      string
	Closed     string // why nothing is taken today, before anything was typed
}

// progLink is one programme in the list at the side.
type progLink struct {
	Name, Text, Href string
	Current          bool
}

const (
	onField, onLabel = "on", "试算哪一天"
)

func (p *Pages) trial(w http.ResponseWriter, r *http.Request) error {
	values := r.URL.Query()
	kind := values.Get("programme")
	if kind == "" {
		kind = p.Report.Programmes()[0].Workflow().Kind
	}
	programme, err := p.Report.Programme(kind)
	if err != nil {
		return err
	}
	own, err := p.trialOf(kind)
	if err != nil {
		return err
	}
	terms, err := p.Report.Terms(r.Context(), dayOf(values))
	if err != nil {
		return err
	}
	f := form.New(values)
	name := programme.Workflow().Name
	v := trialView{Kind: kind, Name: name, Today: terms.Today.Chinese(), OnDay: terms.On.Chinese(), Mine: paths.MyEligibility(kind), Guide: paths.Guide(kind)}
	if f.Raw("try") != "" {
		v.answer(own, f, terms)
	} else if !terms.Rules.InForce {
		v.Closed = checks.Closed(terms.Rules.Document, terms.On)
	}
	q := checks.Questions{Form: f, Errors: v.Errors, Edition: terms.Rules.Edition}
	v.Fields, v.On = own.Fields(q), onBoxes(q, terms.Today)
	v.Programmes = p.programmeLinks(kind, v.short(), func(kind string) string {
		return paths.WithQuery(paths.Eligibility, url.Values{"programme": {kind}})
	})
	return httpserver.Render(w, r, v.status(), trialPageOf(v))
}

// dayOf reads the day to try; zero, for today, when it is missing or wrong. What
// is wrong with it is said with the other faults.
func dayOf(values url.Values) civil.Date { return form.New(values).Date(onField, onLabel) }

func (v *trialView) answer(own checks.Trial, f *form.Form, t report.Terms) {
	a := own.Try(f, t)
	f.Date(onField, onLabel)
	if v.Errors = ui.Errors(f.Fields()); v.Errors.Any() {
		return
	}
	links := checks.Links{Document: t.Rules.Document.Slug, Values: v.Guide + "#values"}
	o := newOutcome(judged{Kind: v.Kind, Name: v.Name, Terms: t, Lines: a.Lines, Verdict: a.Verdict, Limit: a.Limit, Links: links})
	v.Outcome, v.Lines = &o, checks.LinesTable(v.Name+"的条件，按您填的逐条核对", a.Lines, t.On, links)
}

func (v *trialView) status() int {
	if v.Errors.Any() {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

func (v *trialView) short() string {
	if v.Outcome == nil {
		return "填几项就能试算"
	}
	return v.Outcome.Short
}

// onBoxes shows the day in boxes however it came.
func onBoxes(q checks.Questions, today civil.Date) ui.Field {
	field := q.Field(onField, onLabel, "不填就是今天，"+today.Chinese())
	field.Optional = true
	if d := form.New(url.Values{onField: {q.Form.Raw(onField)}}).Date(onField, onLabel); field.Date == (ui.DateParts{}) && !d.IsZero() {
		field.Date = ui.DateOf(d)
	}
	return field
}

// programmeLinks lists what the portal offers, with what is known of the current
// one.
func (p *Pages) programmeLinks(current, text string, href func(kind string) string) []progLink {
	var out []progLink
	for _, programme := range p.Report.Programmes() {
		def := programme.Workflow()
		link := progLink{Name: def.Name, Href: href(def.Kind), Current: def.Kind == current}
		if link.Current {
			link.Text = text
		}
		out = append(out, link)
	}
	return out
}
