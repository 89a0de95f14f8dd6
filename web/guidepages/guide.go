package guidepages

import (
	"context"
	"fmt"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// listView is the list of guides.
type listView struct {
	Lead   string
	Closed string
	Table  ui.Table
}

func newListView(h report.Home) listView {
	v := listView{Lead: "谁可以申请、要交什么、多久办完，一个项目一页。不收费。", Table: ui.Table{Caption: "办事指南", Columns: []ui.Column{
		{Label: "事项"}, {Label: "谁可以申请", Full: true}, {Label: "给多少", Full: true}, {Label: "什么时候"},
	}}}
	if !h.Rules.InForce {
		v.Closed = checks.Closed(h.Rules.Document, h.On)
	}
	var rows []ui.Row
	for _, o := range h.Offers {
		word, tone := timeOf(h.Terms, o.Offer)
		rows = append(rows, ui.Cells(ui.Head(o.Name, paths.Guide(o.Kind), ""), ui.T(o.Who),
			ui.Cell{Body: textLines(checks.Gives(o.Offer)), Sub: checks.GivesNote(o.Offer)}, ui.C(ui.Tag(word, tone))))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

func timeOf(t report.Terms, o funding.Offer) (string, ui.Tone) {
	if t.Rules.InForce {
		return o.When, ui.Good
	}
	return "现在不受理", ui.Mute
}

// guideView is the guide of one programme (Appendix E).
type guideView struct {
	Kind, Name, Who string
	Closed          string
	Facts           []ui.Fact
	Conditions      ui.Table
	Papers          ui.Table
	Sections        string
	Flow            []ui.Event
	FlowNote        string
	Values          ui.Table
	ValuesNote      string
	Obligation      []string
	Places          []ui.Fact
	Questions       []funding.Question
	Apply           string // address of one's own check, "" while nothing is taken
}

func newGuideView(ctx context.Context, g report.Guide) guideView {
	links := checks.Links{Document: g.Rules.Document.Slug, Values: "#values"}
	v := guideView{
		Kind: g.Kind, Name: g.Name, Who: g.Who, Conditions: conditionsTable(g.Conditions, links), Papers: papersTable(g.Papers),
		Flow: flowEvents(g.Flow), FlowNote: flowNote(g.Flow), Values: valuesTable(g), Obligation: g.Obligation,
		Places: places(layout.Of(ctx).Site), Questions: g.Questions,
		ValuesNote: fmt.Sprintf("采用“%s”。政策没有规定法定时限，下面的时限是承诺时限。", g.Rules.Edition.Label),
	}
	var titles []string
	for _, s := range g.Sections {
		titles = append(titles, s.Title)
	}
	v.Sections = strings.Join(titles, "、")
	word, tone := timeOf(g.Terms, g.Offer)
	v.Facts = []ui.Fact{
		ui.F("事项名称", g.Name),
		{Label: "依据", Body: basis(g.Rules.Document.Title, g.Article, paths.PolicyArticle(g.Rules.Document.Slug, policy.Anchor(g.Article.Path)))},
		ui.F("对象", g.Who),
		{Label: "给多少", Body: amounts(checks.Gives(g.Offer), checks.GivesNote(g.Offer))},
		{Label: "什么时候", Body: ui.Tag(word, tone)},
		ui.F("收费", "不收费"),
	}
	if g.Rules.InForce {
		v.Apply = paths.MyEligibility(g.Kind)
	} else {
		v.Closed = checks.Closed(g.Rules.Document, g.On)
	}
	return v
}

func conditionsTable(lines []funding.Line, links checks.Links) ui.Table {
	t := ui.Table{Caption: "条件", Columns: []ui.Column{{Label: "条件"}, {Label: "依据"}}}
	var rows []ui.Row
	for _, l := range lines {
		rows = append(rows, ui.Cells(ui.Head(l.Label, "", ""), ui.C(checks.Source(l.Source, links))))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func papersTable(papers []report.Paper) ui.Table {
	t := ui.Table{Caption: "材料", Columns: []ui.Column{{Label: "材料"}, {Label: "要不要交"}, {Label: "份数"}, {Label: "说明", Full: true}}}
	var rows []ui.Row
	for _, p := range papers {
		need := "必交"
		switch {
		case p.Sometimes:
			need = "由代收单位收款时必交"
		case !p.Required:
			need = "可不交"
		}
		count := "1 份"
		if p.Max > 1 {
			count = fmt.Sprintf("最多 %d 份", p.Max)
		}
		rows = append(rows, ui.Cells(ui.Head(p.Label, "", ""), ui.T(need), ui.T(count), ui.T(p.Hint)))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// flowEvents writes the steps of the workflow down, with what else can happen.
func flowEvents(f report.Flow) []ui.Event {
	var out []ui.Event
	for i, s := range f.Steps {
		e := ui.Event{When: "不限时间", Title: fmt.Sprintf("%d. %s", i+1, s.Label), Text: "由" + roles(s.By) + "办理。"}
		switch {
		case s.Shares:
			e.When = "接着算"
			e.Text += "和上一步合用一个期限。"
		case s.Due != nil:
			e.When = spaced(*s.Due)
		}
		if s.Lapses {
			e.Text += "逾期没有提出的，记为逾期未提出，直接转下一步。"
		}
		for _, x := range s.Exits {
			e.Text += exitText(x)
		}
		out = append(out, e)
	}
	return out
}

func exitText(x report.Exit) string {
	text := "也可能" + x.Label
	if x.Due != nil {
		text += "：请在 " + spaced(*x.Due) + "内改好再提交"
	}
	if x.Pauses {
		text += "，这段时间不计入办理期限"
	}
	if x.Lapse != "" {
		text += "；" + x.Lapse
	}
	return text + "。"
}

func flowNote(f report.Flow) string {
	var labels []string
	for _, x := range f.Anyhow {
		labels = append(labels, x.Label+"（"+roles(x.By)+"）")
	}
	if len(labels) == 0 {
		return ""
	}
	return "办结以前可以" + strings.Join(labels, "、") + "。意见只供参考，不同意的也会写明理由转到下一步。"
}

func roles(list []authz.Role) string {
	names := make([]string, len(list))
	for i, r := range list {
		names[i] = r.Name()
	}
	return strings.Join(names, "或")
}

// spaced is a value with a space before its unit: 3 个工作日.
func spaced(p policy.Param) string {
	if p.Unit == "" || p.Unit == "%" {
		return p.Display()
	}
	return p.Value + " " + p.Unit
}

// valuesTable lists the parameters: deadlines first, then the other values.
func valuesTable(g report.Guide) ui.Table {
	t := ui.Table{Caption: "时限和采用的数值", Columns: []ui.Column{{Label: "项目"}, {Label: "数值"}, {Label: "依据"}, {Label: "来源"}}}
	deadlines, others := ui.Group{Title: "时限"}, ui.Group{Title: "数值"}
	for _, p := range g.Params {
		source := ui.C(ui.Tag(checks.PendingWords, ui.Warn))
		if p.Confirmed {
			source = ui.T("政策原文")
			if p.Source != policy.FromPolicy {
				source = ui.T("民政局已确认")
			}
		}
		row := ui.Cells(ui.Head(p.Label, "", ""), ui.T(spaced(p)),
			ui.Cell{Body: ui.Link(p.Article, paths.PolicyArticle(g.Rules.Document.Slug, policy.Anchor(p.Article)))}, source)
		if p.Unit == "个工作日" {
			deadlines.Rows = append(deadlines.Rows, row)
		} else {
			others.Rows = append(others.Rows, row)
		}
	}
	t.Groups = []ui.Group{deadlines, others}
	return t
}

// places says where to go; what only the deployer knows stays open.
func places(s layout.Site) []ui.Fact {
	return []ui.Fact{
		{Label: "网上办理", Body: ui.Link("先核对资格，再填申请", paths.Eligibility)},
		{Label: "窗口代办", Body: ui.Link("所在社区的党群服务中心（孵化基地）", paths.Bases)},
		{Label: "受理机关", Value: s.Bureau},
		{Label: "办公地址", Body: deployed(s.Address)},
		{Label: "咨询电话", Body: deployed(s.Phone)},
		{Label: "监督电话", Body: deployed(s.Supervision)},
	}
}
