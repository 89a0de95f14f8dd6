package registrypages

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/applying"
	"civilaffairs/web/formpage"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// face is what one variant of a matter shows of its own.
type face struct {
	family   registry.Family
	street   bool
	registry *registry.Service
}

// Section renders the questions of one part.
func (face) Section(v applying.SectionView) templ.Component {
	switch v.Section.Key {
	case "initiators":
		return initiatorsSection(v, initiatorRows(v))
	case "parties":
		return partiesSection(v, partyRows(v))
	}
	return questionsSection(v, blocksOf(v))
}

// counted are the controls whose empty answer reads as nought.
var counted = []string{"members", "staff", "volunteers"}

// Typed lists what was typed in a part.
func (f face) Typed(in application.Form, section string) []ui.Fact {
	document, _ := in.Kind.Read(in.Values, in.Subject)
	for _, part := range partsOf(document, in.Subject.(registry.Subject).Regions) {
		if part.Key == section {
			for i, n := range part.Facts {
				if in.Values.Get(n.Control) == "" && slices.Contains(counted, n.Control) {
					part.Facts[i].Value = "" // not typed is not nought
				}
			}
			return applying.TypedOver(in, part.Facts)
		}
	}
	return nil
}

// Words names the options of choices; everything else says itself.
func (face) Words(in application.Form, control, typed string) string {
	s := in.Subject.(registry.Subject)
	options := map[string][]ui.Option{
		"org_type": formpage.Named(organization.OrgTypes), "category": formpage.Named(organization.Categories), "premises": formpage.Named(organization.PremisesKinds),
		"subdistrict": subdistricts(s.Regions, s.Today), "community": communities(s.Regions, s.Today), "way": formpage.Named(organization.SuccessionKinds),
		"end_reason": choices(registry.EndReasons), "property": choices(registry.PropertyGoes), "matters": formpage.Named(registry.Matters), "head_id_type": idTypes(),
	}
	switch {
	case typed == "":
		return "没有填"
	case strings.HasPrefix(control, "init-id-") || control == "head_id_no" || control == "head_mobile":
		return "另一个号码"
	}
	return shownOf(typed, options[control])
}

// Signed lists the answers of a signed case.
func (face) Signed(v application.View) ([]applying.Answers, error) {
	own, _ := v.Behind.(registry.View)
	return applying.AnswersOf(partsOf(own.Document, v.Regions)), nil
}

// stood is the applicant as it stood at submission: an organization, or who
// wants to found one.
type stood struct {
	ID          string                `json:"id"`
	Name        string                `json:"name"`
	Founder     string                `json:"founder"`
	Type        organization.OrgType  `json:"type"`
	Basis       organization.Basis    `json:"basis"`
	Category    organization.Category `json:"category"`
	Number      string                `json:"number"`
	NumberLabel string                `json:"number_label"`
	Registrar   string                `json:"registrar"`
	Community   string                `json:"community"`
	HeadName    string                `json:"head_name"`
}

// Applicant lists who applied.
func (f face) Applicant(v application.View, staff bool) ([]ui.Fact, error) {
	var o stood
	if err := json.Unmarshal(v.Profile, &o); err != nil {
		return nil, err
	}
	if f.family.Founds() {
		return []ui.Fact{{Label: "拟成立的组织", Value: o.Name, Demo: true}, ui.F("申请人", o.Founder)}, nil
	}
	href := paths.Organization(o.ID)
	if staff {
		href = paths.StaffOrganization(o.ID)
	}
	facts := []ui.Fact{
		{Label: "组织", Body: ui.Link(o.Name, href), Demo: true}, ui.F("性质", o.Basis.Name()+"，"+o.Type.Name()), ui.F("类别", o.Category.Name()),
		ui.F(o.NumberLabel, o.Number), ui.F("登记备案机关", o.Registrar), ui.F("所在", v.Regions.FullName(o.Community)), ui.F("负责人", o.HeadName),
	}
	return slices.DeleteFunc(facts, func(f ui.Fact) bool { return f.Body == nil && f.Value == "" }), nil
}

// Printed lists who applies now.
func (f face) Printed(in application.Form) []ui.Fact {
	s := in.Subject.(registry.Subject)
	if f.family.Founds() {
		return []ui.Fact{ui.F("申请人", s.Founder)}
	}
	o := s.Organization
	return []ui.Fact{{Label: "名称", Value: o.Name, Demo: true}, ui.F(o.NumberLabel(), o.Number()), ui.F("性质", o.Basis.Name()+"，"+o.Type.Name()),
		ui.F("登记备案机关", o.Registrar), ui.F("负责人", o.HeadName)}
}

// More leads nowhere: the forms say what they ask.
func (face) More(application.Form) (label, href string) { return "", "" }

// judgedView is what stands against a submission.
type judgedView struct {
	No, Version, Token string
	Obstacles          []ui.Fact
	Ask                bool // the other parties of a merger have not all agreed
}

// Judged lists what has to be settled first; of a merger it asks the others.
func (f face) Judged(in application.Review) templ.Component {
	v := judgedView{No: in.Case.No, Version: itoa(in.Case.Version), Token: applying.NewToken()}
	for _, o := range in.Judgement.Obstacles() {
		fact := ui.F(o.Label, o.Message)
		if no, isCase := strings.CutPrefix(o.Name, "line:case:"); isCase {
			fact.Change = paths.Application(no)
		}
		v.Ask = v.Ask || strings.HasPrefix(o.Name, "line:consent:")
		v.Obstacles = append(v.Obstacles, fact)
	}
	if len(v.Obstacles) == 0 {
		return nil
	}
	v.Ask = v.Ask && len(in.Faults) == 0
	return judged(v)
}

// Waiting says who has the case.
func (f face) Waiting(c casework.Case, by string) string {
	office := "民政局"
	if f.street {
		office = "街道"
	}
	switch {
	case by == "":
		return ""
	case f.family == registry.Revocation && c.State == workflow.Opining:
		return "已告知组织，组织" + by + "陈述申辩。"
	case c.State == workflow.Opining && f.street:
		return "社区" + by + "给出意见，之后由街道办理。"
	case c.State == workflow.Accepting:
		return office + by + "决定是否受理。"
	case c.State == workflow.Reviewing || c.State == workflow.Signing:
		return office + by + "作出决定。"
	}
	return ""
}

// behindView is what the registry keeps of a case.
type behindView struct {
	No, Version, Token string
	Family             registry.Family
	Street             bool
	Proposal           []ui.Fact
	Statement          []ui.Fact
	Result             []ui.Fact
	People             []ui.Fact // whose numbers may be shown in full
	Box                verdictView
}

// Behind shows proposal, statement, certificate and hand-over, and the box of who
// decides.
func (f face) Behind(r *http.Request, in application.View, typed *applying.Typed) (applying.Extra, error) {
	own, _ := in.Behind.(registry.View)
	a := actor(r)
	v := behindView{No: in.Case.No, Version: itoa(in.Case.Version), Token: applying.NewToken(), Family: f.family, Street: f.street,
		Proposal: proposalFacts(f.family, own.Proposal), Result: resultFacts(own), Box: verdictOf(f, in, own)}
	if own.Statement != nil {
		v.Statement = []ui.Fact{ui.F("陈述申辩", own.Statement.Text), ui.F("提出", own.Statement.ActorName+"，"+clock(own.Statement.At))}
	}
	if typed != nil {
		v.Box = v.Box.typed(*typed)
	}
	if mayUnmask(a) {
		v.People = peopleFacts(in.Case.No, own)
	}
	x := applying.Extra{}
	if own.Certificate != nil {
		x.Links = append(x.Links, ui.Pair{Name: own.Certificate.Facts.Title(), Value: paths.Certificate(own.Certificate.No)})
	}
	if a.Role.Staff() {
		x.Middle = behind(v)
		if v.Box.Stage != "" {
			x.Box = verdictBox(v)
		}
		return x, nil
	}
	x.Aside = aside(v)
	if v.Box.Stage == stageAnswer {
		x.Head = answerBox(v)
	}
	return x, nil
}

func proposalFacts(f registry.Family, p *registry.Proposal) []ui.Fact {
	if p == nil {
		return nil
	}
	facts := []ui.Fact{ui.F("意见", p.Outcome.Name(f)), ui.F("复核人", p.ActorName+"，"+clock(p.At))}
	if g, ok := application.GroundOf(registry.DenialGrounds(f), p.Ground); ok {
		facts = append(facts, ui.F("依据", g.Text+"，"+g.Article))
	}
	if p.Code != "" {
		facts = append(facts, ui.F("统一社会信用代码", p.Code))
	}
	if p.Reason != "" {
		facts = append(facts, ui.F("理由", p.Reason))
	}
	return facts
}

// resultFacts say what came of the case.
func resultFacts(v registry.View) []ui.Fact {
	var facts []ui.Fact
	if c := v.Certificate; c != nil {
		facts = append(facts, ui.Fact{Label: "证书", Body: ui.Link(c.No, paths.Certificate(c.No))}, ui.F(c.Facts.NumberLabel, c.Facts.Number))
	}
	if v.Handover != nil {
		facts = append(facts, handoverFacts(*v.Handover)...)
	}
	return facts
}

// peopleFacts lead to the numbers of the people whom a document names.
func peopleFacts(no string, v registry.View) []ui.Fact {
	add := func(facts []ui.Fact, label string, p registry.Person, role string, n int) []ui.Fact {
		if p.IDMask == "" {
			return facts
		}
		return append(facts, ui.Fact{Label: label, Body: ui.Link(p.Name+" "+p.IDMask+"，看完整号码", paths.RegistryUnmasking(no, role, n))})
	}
	var facts []ui.Fact
	switch d := v.Document.(type) {
	case *registry.Founding:
		facts = add(facts, "拟任负责人", d.Head, "head", 0)
		for i, p := range d.Initiators {
			facts = add(facts, "发起人", p.Person, "initiator", i+1)
		}
	case *registry.ChangeRequest:
		if d.Head != nil {
			facts = add(facts, "新负责人", *d.Head, "head", 0)
		}
	case *registry.MergerRequest:
		if d.New != nil {
			facts = add(facts, "新组织的负责人", d.New.Head, "head", 0)
		}
	}
	return facts
}
