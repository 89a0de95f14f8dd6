package fundingpages

import (
	"encoding/json"
	"maps"
	"strconv"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/district"
	"civilaffairs/internal/event"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/money"
	"civilaffairs/internal/receipt"
	"civilaffairs/web/applying"
	"civilaffairs/web/checks"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// activityPage is what activity claims show of their own.
type activityPage struct{}

// Trial is the trial of activity claims.
func (activityPage) Trial() checks.Trial { return activityTrial{} }

func (activityPage) Section(v applying.SectionView) templ.Component {
	switch v.Section.Key {
	case "organization":
		return organizationSection(v)
	case "event":
		return activityEvent(eventOf(v))
	case "people":
		return activityPeople(peopleOf(v))
	case "costs":
		return activityCosts(costsOf(v))
	default:
		return payeeSection(v, payeeOptions(contextOf(v.Form).Payees))
	}
}

// knownOf is what the form of a claim knows of the organization.
func knownOf(f application.Form) activity.Known {
	k, _ := contextOf(f).Known.(activity.Known) // always, in the form of a claim
	return k
}

// eventView is the part that tells when and where.
type eventView struct {
	applying.SectionView
	Plans, Themes, Communities []ui.Option
	HeldOn                     ui.Field
	Told                       string // day of the plan that the fields were filled from, "" for none
}

func eventOf(v applying.SectionView) eventView {
	c, k := contextOf(v.Form), knownOf(v.Form)
	told, ok := k.Told(c.Today, c.Rules.Edition)
	if ok = ok && v.Editable && v.Form.Saved["event"].Version == 0; ok {
		v.Values = maps.Clone(v.Values)
		for name, value := range map[string]string{"plan": told.ID.String(), "title": told.Title, "theme": string(told.Theme), "held_on": told.HeldOn.String(),
			"starts": told.Starts, "ends": told.Ends, "community": told.Community, "place": told.Place} {
			v.Values.Set(name, value)
		}
	}
	e := eventView{SectionView: v, Themes: themeOptions(), Communities: communityOptions(k.Regions, true)}
	e.HeldOn = dated(applying.Hinted(v.Field("held_on", "held_on", "活动日期"), heldHint(c)), v.Values)
	if ok {
		e.Told = told.HeldOn.Chinese()
	}
	for _, p := range k.Plans {
		e.Plans = append(e.Plans, ui.Option{Value: p.ID.String(), Label: p.HeldOn.String() + "　" + p.Title})
	}
	if len(e.Plans) > 0 {
		e.Plans = append([]ui.Option{{Value: "", Label: "没有报备，或不是报备过的活动"}}, e.Plans...)
	}
	return e
}

// peopleOf takes whom the activity was for from the plan that was chosen, until
// something else is saved.
func peopleOf(v applying.SectionView) applying.SectionView {
	if plan, ok := knownOf(v.Form).Plan(v.Values.Get("plan")); ok && v.Form.Saved["people"].Version == 0 {
		v.Values = maps.Clone(v.Values)
		v.Values.Set("target", plan.Target)
	}
	return v
}

func heldHint(c funding.Context) string {
	for _, l := range activity.Notes(c.Rules.Edition) {
		if l.Key == "window" {
			return l.Label + "，按活动日期算"
		}
	}
	return ""
}

// communityOptions are the communities by subdistrict; outside is for who has to
// learn that it does not do.
func communityOptions(regions *district.RegionSet, outside bool) []ui.Option {
	options := []ui.Option{{Value: "", Label: "选社区"}}
	for _, r := range regions.All() {
		if r.Kind == district.Community && r.ValidTo.IsZero() {
			options = append(options, ui.Option{Value: r.Code, Label: regions.Name(r.ParentCode) + "　" + r.Name})
		}
	}
	if outside {
		options = append(options, ui.Option{Value: activity.Outside, Label: "不在坪山区"})
	}
	return options
}

func themeOptions() []ui.Option { return formpage.First("选主题", formpage.Named(event.Themes)) }

func termOptions(first string, terms []activity.Term) []ui.Option {
	var options []ui.Option
	if first != "" {
		options = append(options, ui.Option{Value: "", Label: first})
	}
	for _, t := range terms {
		options = append(options, ui.Option{Value: t.Key, Label: t.Name})
	}
	return options
}

// costsView is the receipts with their sum.
type costsView struct {
	applying.SectionView
	Rows              []receiptRow
	Kinds, Categories []ui.Option
	Sum               string
}

func costsOf(v applying.SectionView) costsView {
	v.More = "保存，再加一张票据"
	c := costsView{SectionView: v, Kinds: receiptKinds()}
	c.Rows = receiptRows(v.Values, activity.MaxCosts, "票面金额里用于这次活动的部分", activity.CostControl, func(name, label string) ui.Field {
		if strings.HasSuffix(name, "-"+string(receipt.PartCategory)) {
			label = "支出类别"
		}
		f := v.Field("cost", name, label)
		f.Hint = ""
		return f
	})
	for _, x := range activity.Costs {
		c.Categories = append(c.Categories, ui.Option{Value: x.Key, Label: x.Name})
	}
	for _, x := range activity.NotCosts {
		c.Categories = append(c.Categories, ui.Option{Value: x.Key, Label: "不补贴：" + x.Name})
	}
	var sum money.Fen
	for _, row := range c.Rows {
		if fen, err := money.Parse(row.Amount.Value); err == nil {
			sum += fen
		}
	}
	c.Sum = sum.String()
	return c
}

// Typed lists what was typed in a part.
func (activityPage) Typed(f application.Form, section string) []ui.Fact {
	document, _ := f.Kind.Read(f.Values, f.Subject)
	a, _ := document.(activity.Application) // Read always returns one, however incomplete
	for _, part := range activityAnswers(a, knownOf(f).Regions) {
		if part.Key == section {
			return applying.TypedOver(f, part.Facts)
		}
	}
	return nil
}

// Words names options; everything else says itself.
func (activityPage) Words(f application.Form, control, typed string) string {
	switch {
	case typed == "":
		return "没有填"
	case strings.HasSuffix(control, "-"+string(receipt.PartCategory)):
		return activity.CostName(typed)
	case strings.HasSuffix(control, "-"+string(receipt.PartKind)):
		return receipt.Kind(typed).Name()
	case control == "theme":
		return event.Theme(typed).Name()
	case control == "minors":
		return activity.MinorsName(typed)
	case control == "community" && typed == activity.Outside:
		return "不在坪山区"
	case control == "community":
		return knownOf(f).Regions.Name(typed)
	case control == "payee":
		return payeeWords(f, typed)
	}
	return typed
}

// Signed lists the answers of a signed claim.
func (activityPage) Signed(v application.View) ([]applying.Answers, error) {
	var a activity.Application
	if err := json.Unmarshal(v.Signed, &a); err != nil {
		return nil, err
	}
	return applying.AnswersOf(activityAnswers(a, v.Regions)), nil
}

func activityAnswers(a activity.Application, regions *district.RegionSet) []applying.Part {
	number := func(n int, unit string) string {
		if n == 0 {
			return ""
		}
		return strconv.Itoa(n) + " " + unit
	}
	community := ""
	if a.Community != "" {
		community = regions.FullName(a.Community)
	}
	told := "没有报备"
	if a.PlanID != uuid.Nil {
		told = "活动前报备过"
	}
	event := []applying.Named{
		applying.Answer("plan", "事前报备", told), applying.Answer("title", "活动名称", a.Title), applying.Answer("theme", "活动主题", a.Theme.Name()), applying.Answer("held_on", "日期和时间", a.When()),
		applying.Answer("community", "所在社区", community), applying.Answer("place", "地点", a.Place),
	}
	if a.Capacity > 0 {
		event = append(event, applying.Answer("capacity", "场地可容纳", number(a.Capacity, "人")))
	}
	return []applying.Part{
		applying.PartOf("event", "活动情况", event...),
		applying.PartOf("people", "参加情况和效果", peopleAnswers(a, number)...),
		costAnswers(a), payeeAnswers(a.Payee), contactAnswers(a.Contact),
	}
}

func peopleAnswers(a activity.Application, number func(n int, unit string) string) []applying.Named {
	people := []applying.Named{
		applying.Answer("target", "服务对象", a.Target), applying.Answer("participants", "参加人数", number(a.Participants, "人")),
		applying.Answer("volunteers", "义工", number(a.Volunteers, "人")), applying.Answer("hours", "服务时数", number(a.Hours, "小时")),
	}
	if a.Partner != "" {
		people = append(people, applying.Answer("partner", "合办单位", a.Partner))
	}
	if a.Satisfaction != nil {
		people = append(people, applying.Answer("satisfaction", "满意率", strconv.Itoa(*a.Satisfaction)+"%"))
	}
	if len(a.Links) > 0 {
		people = append(people, applying.Answer("links", "报道", strings.Join(a.Links, "，")))
	}
	return append(people, applying.Answer("minors", "照片里的未成年人", activity.MinorsName(a.Minors)), applying.Answer("summary", "活动小结", a.Summary))
}

func costAnswers(a activity.Application) applying.Part {
	costs := applying.Named{Control: "cost", Fact: ui.F("支出和票据", "")}
	if len(a.Costs) > 0 {
		costs.Body = costsTable(a)
	}
	other, amount := "没有", ""
	if a.Other > 0 {
		other = a.Other.String() + " 元，" + a.OtherSource
	}
	if a.Amount > 0 {
		amount = a.Amount.String() + " 元"
	}
	return applying.PartOf("costs", "支出和申请金额", costs, applying.Answer("other", "其他资金", other), applying.Answer("amount", "申请金额", amount))
}

func costsTable(a activity.Application) templ.Component {
	rows := make([]ui.Row, len(a.Costs))
	for i, c := range a.Costs {
		paper := activity.CostName(c.Spent) + "。" + paperName(c.Paper.Kind, c.Paper.Code, c.Paper.Number) + "，" + c.Paper.IssuedOn.Chinese() + "，" + c.Paper.Seller
		rows[i] = ui.Cells(ui.Head(c.Paper.Item, "", paper), ui.T(c.Paper.Amount.String()))
	}
	return ui.DataTable(ui.Table{
		Caption: "支出和票据，" + strconv.Itoa(len(a.Costs)) + " 行", Groups: ui.Rows(rows...), Dense: true,
		Columns: []ui.Column{{Label: "用途和票据", Full: true}, {Label: "金额（元）", Number: true}}, // two fit the narrow column of a case
		Foot:    []ui.Row{ui.Cells(ui.Cell{Text: "合计", Head: true}, ui.T(a.Spent().String()))},
	})
}
