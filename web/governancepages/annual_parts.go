package governancepages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/web/applying"
	"civilaffairs/web/formpage"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// partFields are the controls of each part; rows of donations come besides.
var partFields = map[governance.ReportPart][]string{
	governance.PartBasics: {"checked", "differs"}, governance.PartParty: {"party_members", "party_activities", "party"},
	governance.PartGovernance: {"assemblies", "councils", "charter_changed", "governance"}, governance.PartActivities: {"events", "served", "work"},
	governance.PartPeople: {"members", "staff", "full_time", "insured", "volunteers", "social_workers"}, governance.PartFinance: financeFields(),
}

func financeFields() []string {
	out := []string{"opening", "closing", "opening_note"}
	for _, l := range append(append([]governance.MoneyLine{}, governance.IncomeLines...), governance.ExpenseLines...) {
		out = append(out, l.Key)
	}
	return out
}

func partLead(o governance.ReportView, part governance.ReportPart) string {
	lead := map[governance.ReportPart]string{
		governance.PartBasics: "取自登记备案的记录，请逐项核对。", governance.PartParty: "没有的填 0。", governance.PartGovernance: "会议次数已按登记的会议填好，核对后可以改。",
		governance.PartActivities: "次数已按登记过的活动填好，核对后可以改。", governance.PartPeople: fmt.Sprintf("按 %d 年末的人数填，没有的填 0。", o.Year),
		governance.PartFinance: "单位：元，填到分，没有的填 0。合计由系统计算。", governance.PartGrants: "逐笔填写接受的捐赠；平台拨付的资助由系统列出，不用填。",
	}[part]
	return lead
}

// partAbove is what the registry and the ledger know, above the questions.
func partAbove(o governance.ReportView, part governance.ReportPart) templ.Component {
	switch part {
	case governance.PartBasics:
		return ui.Facts(basicFacts(o))
	case governance.PartParty:
		return ui.Facts([]ui.Fact{ui.F("登记的党组织", o.Organization.PartyOrg.Name())})
	case governance.PartGovernance:
		return checklistFold(itemsTable(o.Items))
	case governance.PartFinance:
		if facts := financeKnown(o); len(facts) > 0 {
			return ui.Facts(facts)
		}
	case governance.PartGrants:
		return grantsAbove(grantsTable(o.Facts.Grants), len(o.Facts.Grants) > 0, o.Year)
	}
	return nil
}

// financeKnown is where the year before ended, and the totals of what was saved.
func financeKnown(o governance.ReportView) (facts []ui.Fact) {
	if o.Facts.LastClosing != nil {
		facts = append(facts, ui.F(fmt.Sprintf("%d 年度报告的年末余额", o.Year-1), o.Facts.LastClosing.String()+" 元"))
	}
	if o.Saved[governance.PartFinance].Version > 0 {
		r := o.Report
		facts = append(facts, ui.F("已保存的收入合计", r.TotalIncome().String()+" 元"), ui.F("已保存的支出合计", r.TotalExpense().String()+" 元"))
	}
	return facts
}

func basicFacts(o governance.ReportView) []ui.Fact {
	x := o.Organization
	facts := []ui.Fact{ui.F("组织名称", x.Name), ui.F("组织类型", x.Type.Name()), ui.F(x.NumberLabel(), x.Number()), ui.F("成立日期", x.EstablishedOn.Chinese()),
		ui.F("负责人", x.HeadName), ui.F("住所", x.Address), ui.F("社区", o.Regions.FullName(x.CommunityCode)), ui.F("登记管理机关", x.Registrar),
		ui.F("业务主管单位", orNone(x.SupervisingUnit, "没有"))}
	if x.BusinessScope != "" {
		facts = append(facts, ui.F("业务范围", x.BusinessScope))
	}
	return facts
}

func itemsTable(items []governance.Item) ui.Table {
	t := ui.Table{Caption: "治理清单", Columns: []ui.Column{{Label: "事项", Full: true}, {Label: "状态"}, {Label: "记录"}}}
	var rows []ui.Row
	for _, i := range items {
		rows = append(rows, ui.Cells(ui.Head(i.Duty.Name(), "", ""), ui.C(ui.Tag(i.State.Name(), stateTone(i.State))), ui.T(i.Say)))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func grantsTable(grants []governance.Received) ui.Table {
	t := ui.Table{Caption: "平台拨付到账的资助", Columns: []ui.Column{{Label: "项目", Full: true}, {Label: "到账日期"}, {Label: "金额（元）", Number: true}}}
	var rows []ui.Row
	var sum money.Fen
	for _, g := range grants {
		rows = append(rows, ui.Cells(ui.Head(g.Title, "", g.No), ui.T(g.On.String()), ui.T(g.Amount.String())))
		sum += g.Amount
	}
	t.Groups = ui.Rows(rows...)
	t.Foot = []ui.Row{ui.Cells(ui.Cell{Text: "合计", Span: 2, Head: true}, ui.T(sum.String()))}
	return t
}

// rowsOf is how many rows of donations the form has: those filled and some more.
func rowsOf(typed url.Values, r *http.Request) int {
	const spare, most = 2, 50
	if r.Method == http.MethodPost {
		typed = r.PostForm
	}
	last := 0
	for n := 1; n <= most; n++ {
		for _, column := range []string{"donor", "amount", "use"} {
			if typed.Get(fmt.Sprintf("donation-%d-%s", n, column)) != "" {
				last = n
			}
		}
	}
	return min(last+spare, most)
}

func donationRows(v *formpage.View, rows int) {
	for n := 1; n <= rows; n++ {
		name := func(column string) string { return fmt.Sprintf("donation-%d-%s", n, column) }
		v.Row("第 "+strconv.Itoa(n)+" 笔", formpage.Line(name("donor"), "捐赠人", 14), formpage.Amount(name("amount"), "金额"), formpage.Line(name("use"), "用途", 0))
	}
}

func partControls(v *formpage.View, part governance.ReportPart, o governance.ReportView, rows int) {
	switch part {
	case governance.PartBasics:
		v.Ask(formpage.OneOf("checked", "核对结果", []ui.Option{{Value: "same", Label: "和现在的情况一致"}, {Value: "differs", Label: "有不一致的，要办变更"}}),
			formpage.Lines("differs", "不一致的地方", 3, 500).Hint("写明哪一项不一致、现在是什么").Optional())
	case governance.PartParty:
		v.Ask(formpage.Number("party_members", "党员人数", "人"), formpage.Number("party_activities", "党建活动次数", "次"),
			formpage.Lines("party", "党建情况", 4, 2000).Hint("党组织建立、活动和发挥作用的情况").Optional())
	case governance.PartGovernance:
		v.Ask(formpage.Number("assemblies", "会员大会次数", "次"), formpage.Number("councils", "理事会次数", "次"),
			formpage.OneOf("charter_changed", "这一年修改过章程", []ui.Option{{Value: string(governance.Yes), Label: "修改过"}, {Value: string(governance.No), Label: "没有"}}),
			formpage.Lines("governance", "治理情况", 5, 2000).Hint("会议、换届、财务管理和信息公开；清单上有问题的，写明怎么改"))
	case governance.PartActivities:
		v.Ask(formpage.Number("events", "活动次数", "次"), formpage.Number("served", "参加和受益人次", "人次"),
			formpage.Lines("work", "业务活动情况", 8, 2000).Hint("做了什么、为谁做、效果怎样。写入信息公开的摘要，不要写个人的证件号、电话"))
	case governance.PartPeople:
		v.Ask(formpage.Number("members", "会员", "人"), formpage.Number("staff", "从业人员", "人").Hint("专职和兼职加起来"), formpage.Number("full_time", "专职人员", "人"),
			formpage.Number("insured", "参加社保的人员", "人"), formpage.Number("volunteers", "义工", "人"), formpage.Number("social_workers", "社工", "人").Hint("有社会工作者职业资格的"))
	case governance.PartFinance:
		v.Ask(formpage.Amount("opening", "年初余额"), formpage.Lines("opening_note", "年初余额的说明", 2, 300).Hint("和上年度报告的年末余额不同时写明原因").Optional())
		v.Part("收入", "", amounts(governance.IncomeLines)...)
		v.Part("支出", "", amounts(governance.ExpenseLines)...)
		v.Part("年末", "", formpage.Amount("closing", "年末余额").Hint("年初余额加收入减支出，要分毫不差"))
	case governance.PartGrants:
		donationRows(v, rows)
	}
}

func amounts(lines []governance.MoneyLine) (out []formpage.Control) {
	for _, l := range lines {
		out = append(out, formpage.Amount(l.Key, l.Name))
	}
	return out
}

// reportPart is one part as it is read.
type reportPart struct {
	Title string
	Facts []ui.Fact
	Table *ui.Table
	Text  string
}

func reportParts(o governance.ReportView) []reportPart {
	r := o.Report
	same := "和登记一致"
	if !r.Checked {
		same = "有不一致的：" + orNone(r.Differs, "没有写")
	}
	n := func(n int, unit string) string { return strconv.Itoa(n) + " " + unit }
	changed := map[governance.Tri]string{governance.Yes: "修改过", governance.No: "没有", governance.NotKnown: "没有填"}[r.Charter]
	finance, donations := financeTable(r), donationTable(r)
	parts := []reportPart{
		{Title: governance.PartBasics.Name(), Facts: append(basicFacts(o), ui.F("核对结果", same))},
		{Title: governance.PartParty.Name(), Facts: []ui.Fact{ui.F("党员", n(r.PartyMembers, "人")), ui.F("党建活动", n(r.PartyActivities, "次"))}, Text: r.Party},
		{Title: governance.PartGovernance.Name(), Facts: []ui.Fact{ui.F("会员大会", n(r.Assemblies, "次")), ui.F("理事会", n(r.Councils, "次")), ui.F("修改章程", changed)}, Text: r.Governance},
		{Title: governance.PartActivities.Name(), Facts: []ui.Fact{ui.F("活动", n(r.Events, "次")), ui.F("参加和受益", n(r.Served, "人次"))}, Text: r.Work},
		{Title: governance.PartPeople.Name(), Facts: []ui.Fact{ui.F("会员", n(r.Members, "人")), ui.F("从业人员", n(r.Staff, "人")), ui.F("专职", n(r.FullTime, "人")),
			ui.F("参加社保", n(r.Insured, "人")), ui.F("义工", n(r.Volunteers, "人")), ui.F("社工", n(r.SocialWorkers, "人"))}},
		{Title: governance.PartFinance.Name(), Table: &finance, Text: r.OpeningNote},
		{Title: governance.PartGrants.Name(), Table: &donations},
	}
	if len(r.Donations) == 0 {
		parts[6].Table, parts[6].Text = nil, "没有接受捐赠。"
	}
	if len(r.Grants) > 0 {
		grants := grantsTable(r.Grants)
		parts = append(parts, reportPart{Title: "平台拨付的资助", Table: &grants})
	}
	return parts
}

func moneyTable(caption string, opening *money.Fen, in, out []governance.Line, closing money.Fen) ui.Table {
	t := ui.Table{Caption: caption, Dense: true, Columns: []ui.Column{{Label: "项目"}, {Label: "金额（元）", Number: true}}}
	group := func(title string, lines []governance.Line) {
		var rows []ui.Row
		var sum money.Fen
		for _, l := range lines {
			if l.Amount != 0 {
				rows = append(rows, ui.Cells(ui.Head(l.Name, "", ""), ui.T(l.Amount.String())))
			}
			sum += l.Amount
		}
		rows = append(rows, ui.Cells(ui.Head(title+"合计", "", ""), ui.T(sum.String())))
		t.Groups = append(t.Groups, ui.Group{Title: title, Rows: rows})
	}
	if opening != nil {
		t.Groups = append(t.Groups, ui.Group{Rows: []ui.Row{ui.Cells(ui.Head("年初余额", "", ""), ui.T(opening.String()))}})
	}
	group("收入", in)
	group("支出", out)
	t.Foot = []ui.Row{ui.Cells(ui.Head("年末余额", "", ""), ui.T(closing.String()))}
	return t
}

func financeTable(r governance.Report) ui.Table {
	return moneyTable("财务收支", &r.Opening, r.Income, r.Expense, r.Closing)
}

func donationTable(r governance.Report) ui.Table {
	t := ui.Table{Caption: "接受的捐赠", Columns: []ui.Column{{Label: "捐赠人", Full: true}, {Label: "用途"}, {Label: "金额（元）", Number: true}}}
	var rows []ui.Row
	for _, d := range r.Donations {
		rows = append(rows, ui.Cells(ui.Head(d.Donor, "", ""), ui.T(d.Use), ui.T(d.Amount.String())))
	}
	t.Groups = ui.Rows(rows...)
	t.Foot = []ui.Row{ui.Cells(ui.Cell{Text: "合计", Span: 2, Head: true}, ui.T(r.Donated().String()))}
	return t
}

func paperFacts(o governance.ReportView, href func(file string) string) (out []ui.Fact) {
	for _, slot := range o.Slots {
		for _, a := range slot.Files {
			f := ui.Fact{Label: slot.Label, Value: a.Describe()}
			if a.State == attachment.Accepted || a.State == attachment.Removed {
				f.Body = ui.Link(a.Describe(), href(a.ID.String()))
			}
			out = append(out, f)
		}
	}
	return out
}

// reportFacts is who handed it in, when, and what came of it.
func reportFacts(o governance.ReportView) []ui.Fact {
	f := o.Filing
	unit, late := o.Late(o.Rules, f.Unit != "", o.Today)
	on := f.SubmittedOn.Chinese()
	if late > 0 {
		on += fmt.Sprintf("，晚了 %d 天", late)
	}
	facts := []ui.Fact{ui.F("报送日期", on), ui.F("签署人", f.SubmittedName), ui.F("登记管理机关", o.Organization.Registrar)}
	if f.From != "" {
		facts = append(facts, ui.F("原记录", f.From))
	}
	if f.Unit != "" {
		word := f.Unit
		if unit > 0 {
			word += fmt.Sprintf("（晚了 %d 天）", unit)
		}
		facts = append(facts, ui.F("业务主管单位", word), ui.F("主管单位意见", opinionWords(o)))
	}
	if f.State == governance.FilingConcluded {
		facts = append(facts, ui.Fact{Label: "结论", Body: ui.Tag(f.Conclusion.Name(), conclusionTone(f.Conclusion))}, ui.F("作出结论", f.ConcludedUnit+"，"+f.ConcludedOn.Chinese()))
		if f.Reason != "" {
			facts = append(facts, ui.F("理由", f.Reason))
		}
	} else if o.Conclusion != "" {
		facts = append(facts, ui.F("现在登记的结论", o.Conclusion.Name()))
	}
	return facts
}

func opinionWords(o governance.ReportView) string {
	f := o.Filing
	due := f.OpinionDue()
	by := due.On.Chinese()
	if due.Provisional {
		by += "（暂定）"
	}
	switch {
	case f.Stance != "" && f.Opinion != "":
		return f.Stance.Name() + "：" + f.Opinion
	case f.Stance != "":
		return f.Stance.Name()
	case f.OpinionPending(o.Today):
		return "等意见，" + by + "前提出"
	}
	return "逾期未提出（" + by + "截止）"
}

var reportActs = map[string]string{"submit": "签署报送", "resubmit": "更正后再次报送", "opine": "业务主管单位提出意见", "return": "退回更正", "conclude": "作出结论", "reopen": "重新审查"}

func reportTimeline(o governance.ReportView) (out []ui.Event) {
	for _, e := range o.Events {
		ev := ui.Event{On: e.On(), Title: reportActs[e.Action], Text: e.Note}
		if e.Action == "conclude" {
			ev.Title += "：" + e.Conclusion.Name()
		}
		if e.ByRole == authz.OrgHead {
			ev.Text = e.ByName
		}
		if e.Action == "return" || e.Conclusion == organization.Fail {
			ev.State = "bad"
		}
		out = append(out, ev)
	}
	due := dueOf(o.Rules, o.YearReport)
	switch o.Status() {
	case governance.ReportAtUnit:
		out = append(out, ui.Event{On: o.Filing.OpinionDue().On, Title: o.Filing.Unit + "提出意见", Text: "到期没有提出，按逾期未提出处理。", State: "next"})
	case governance.ReportAtRegistrar:
		due, say := o.Filing.ConcludeDue(), "最迟这一天。"
		switch {
		case due.Provisional:
			say = "最迟这一天，是暂定的。"
		case o.Today.After(due.On):
			say = "最迟这一天，已经超期。"
		}
		out = append(out, ui.Event{On: due.On, Title: o.Organization.Registrar + "作出结论", Text: say, State: "next"})
	case governance.ReportCorrecting:
		out = append(out, ui.Event{On: o.Filing.CorrectionDue().On, Title: "更正的最后一天", State: "next"})
	case governance.ReportOpen:
		out = append(out, ui.Event{On: due, Title: "报送的最后一天", State: "next"})
	}
	return out
}

// tasksAside is the list of parts beside one of them.
func tasksAside(o governance.ReportView, current governance.ReportPart) templ.Component {
	line := ""
	if s := o.Saved[current]; s.Version > 0 {
		line = s.Name + "于 " + applying.Clock(s.At) + " 保存。可以随时离开，回来接着填。"
	}
	return tasksFold(yearTitle(o.Year), reportTasks(o, current), line, paths.MyReport(o.Year))
}
