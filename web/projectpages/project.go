package projectpages

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// projectView is one project from application to closing.
type projectView struct {
	layout.Page
	State        ui.Cell
	Meta         string
	Title        string
	Demo         bool
	Organization string
	Href         string // of the organization
	Purpose      string
	Before       string // that it was granted before the portal, "" for its own
	Net          string
	Paid         bool
	Amounts      []ui.MoneyLine
	Way          string // heads the timeline
	Timeline     []ui.Event
	Moves        ui.Table
	AnyMoves     bool
	NoMoves      [2]string // why there are none, and what comes next
	Facts        []ui.Fact
	Documents    []document
	Supervision  string // telephone, "" while the deployer has not said
}

type document struct{ Label, Href, Note string }

func (p *Pages) newProject(ctx context.Context, f report.ProjectFile) projectView {
	v := projectView{State: state(f.Project), Meta: f.No + " · " + f.Programme.Name() + " · " + strconv.Itoa(f.Year) + " 年预算", Title: f.Title, Demo: f.Demo,
		Organization: f.OrganizationName, Href: paths.Organization(f.OrganizationID.String()), Purpose: purpose(f.Purpose), Net: f.Net().String(), Way: "从申请到结清",
		NoMoves: [2]string{"还没有拨付。", "拨付成功后，日期、编号和金额会列在这里。"}, Paid: f.Paid > 0,
		Amounts: amounts(f), Timeline: p.timeline(f), Moves: moves(f), AnyMoves: len(f.Moves) > 0, Facts: facts(f), Documents: p.documents(f),
		Supervision: layout.Of(ctx).Site.Supervision}
	if f.Before != nil {
		v.beforePortal(f)
	}
	v.Page = layout.Page{Title: f.Title + " " + f.No, Nav: "projects", Description: f.OrganizationName + "“" + f.Title + "”：核定 " + f.Approved.String() + " 元。",
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "资助项目", Href: paths.Projects}, {Label: f.No}}}
	return v
}

// beforePortal says of a grant of before what is known of it, and what is not.
func (v *projectView) beforePortal(f report.ProjectFile) {
	v.Meta = f.No + " · " + f.Programme.Name() + " · " + strconv.Itoa(f.Year) + " 年"
	if f.Programme != organization.OtherProgramme {
		v.Meta += "预算"
	}
	v.Way = "从核定到结清"
	v.Before = "这笔资助在平台上线前核定，" + f.Before.OpenedOn.Chinese() + "按民政局的记录导入。申请、意见和公示在线下进行，这里没有。"
	v.NoMoves = [2]string{"拨付记录还没有补录。", "民政局补录后，日期和金额会列在这里。"}
}

// purpose ends as a sentence; "" when nobody recorded what the money was for.
func purpose(s string) string {
	if s = strings.TrimRight(s, "。 "); s == "" {
		return "用途没有记录。"
	}
	return s + "。"
}

// amounts draws each sum to the scale of the largest.
func amounts(f report.ProjectFile) []ui.MoneyLine {
	largest := max(f.Requested, f.Approved, 1)
	share := func(m money.Fen) int { return int(m * 1000 / largest) }
	approved := ui.MoneyLine{Label: "核定", Amount: f.Approved.String(), To: share(f.Approved), Why: "核定：审批通过并公示期满的金额，和申请的一样多。"}
	if f.Approved < f.Requested {
		approved.Why = "核定：审批通过并公示期满的金额，比申请的少 " + (f.Requested - f.Approved).String() + " 元。"
	}
	var list []ui.MoneyLine
	if f.Before != nil {
		approved.Why = "核定：拨款文件上的金额。"
	} else {
		list = append(list, ui.MoneyLine{Label: "申请", Amount: f.Requested.String(), To: share(f.Requested), Tone: ui.Quiet, Why: "组织在申请书里提出的金额。"})
	}
	if f.Before != nil && len(f.Moves) == 0 { // not recorded, which is not the same as nothing
		return append(list, approved, ui.MoneyLine{Label: "已拨付", Amount: "—", Why: "拨付、退回和追回的记录还没有补录。"})
	}
	list = append(list, approved, ui.MoneyLine{Label: "已拨付", Amount: f.Paid.String(), To: share(f.Paid), Why: paidWhy(f)})
	if f.Returned > 0 {
		list = append(list, ui.MoneyLine{Label: "已退回", Amount: "−" + f.Returned.String(), From: share(f.Paid - f.Returned), To: share(f.Paid), Tone: ui.Bad,
			Why: "没有用完的钱，由组织退回专项资金。"})
	}
	if f.Recovered > 0 {
		list = append(list, ui.MoneyLine{Label: "已追回", Amount: "−" + f.Recovered.String(), From: share(f.Net()), To: share(f.Paid - f.Returned), Tone: ui.Bad,
			Why: "没有按规定用途使用，依决定追回的钱。"})
	}
	if f.Back() == 0 {
		list = append(list, ui.MoneyLine{Label: "退回或追回", Amount: "0.00", Why: "没有退回，也没有追回。"})
	}
	return append(list, ui.MoneyLine{Label: "资助净额", Amount: f.Net().String(), To: share(f.Net()), Sum: true, Why: "已拨付减去退回和追回，是公共资金最终用在这个项目上的钱。"})
}

func paidWhy(f report.ProjectFile) string {
	payments := 0
	for _, m := range f.Moves {
		if m.Kind == report.Payment {
			payments++
		}
	}
	switch {
	case payments == 0 && f.Progress == report.Terminated:
		return "项目已终止，没有拨付。"
	case payments == 0:
		return "还没有拨付。"
	case payments == 1:
		return "一次到账。"
	}
	return fmt.Sprintf("分 %d 次到账。", payments)
}

func moves(f report.ProjectFile) ui.Table {
	t := ui.Table{Caption: "拨付、退回和追回明细", Columns: []ui.Column{{Label: "日期"}, {Label: "事项"}, {Label: "拨付编号"}, {Label: "金额（元）", Number: true}}}
	span := 3
	if f.Before != nil { // the portal gave no numbers then
		t.Columns, span = slices.Delete(t.Columns, 2, 3), 2
	}
	rows := make([]ui.Row, len(f.Moves))
	for i, m := range f.Moves {
		amount, what := m.Amount.String(), "拨付"
		switch m.Kind {
		case report.Return:
			amount, what = "−"+amount, "退回结余"
		case report.Recovery:
			amount, what = "−"+amount, "追回"
		}
		rows[i] = ui.Cells(ui.T(m.On.String()), ui.Head(what, "", ""), ui.T(m.No), ui.T(amount))
		if f.Before != nil {
			rows[i].Cells = slices.Delete(rows[i].Cells, 2, 3)
		}
	}
	t.Groups = ui.Rows(rows...)
	t.Foot = []ui.Row{ui.Cells(ui.Cell{Text: "资助净额", Head: true, Span: span}, ui.T(f.Net().String()))}
	return t
}

func facts(f report.ProjectFile) []ui.Fact {
	category := f.Category.Name()
	if f.Category.Priority() {
		category += "（重点）"
	}
	if f.Before != nil {
		return factsBefore(f, category)
	}
	edition := ui.F("规则版本", f.Edition)
	if f.DemoRules {
		edition = ui.Fact{Label: "规则版本", Body: ui.Join(text(f.Edition), ui.Tag("演示参数", ui.None))}
	}
	return []ui.Fact{
		{Label: "组织", Body: ui.Link(f.OrganizationName, paths.Organization(f.OrganizationID.String())), Demo: f.Demo},
		ui.F("工程", f.Programme.Name()), ui.F("类别", category), ui.F("社区", f.Regions.FullName(f.Community)),
		ui.F("核定日期", f.GrantedOn.Chinese()), edition,
		{Label: "依据", Body: ui.Link("《"+f.DocumentTitle+"》", paths.Policy(f.DocumentSlug))},
	}
}

// factsBefore are those of a grant of before: as of the day of its award.
func factsBefore(f report.ProjectFile, category string) []ui.Fact {
	list := []ui.Fact{
		{Label: "组织", Body: ui.Link(f.OrganizationName, paths.Organization(f.OrganizationID.String())), Demo: f.Demo},
		ui.F("工程", f.Programme.Name()), ui.F("类别", category), ui.F("社区", f.Regions.FullName(f.Community)), ui.F("核定日期", f.GrantedOn.Chinese()),
	}
	if f.Before.DocumentNo != "" {
		list = append(list, ui.F("拨款文号", f.Before.DocumentNo))
	}
	switch b := f.Before; {
	case !b.UseReportFiledOn.IsZero():
		list = append(list, ui.F("使用报告", b.UseReportFiledOn.Chinese()+"报送"))
	case !b.UseReportDueOn.IsZero():
		list = append(list, ui.F("使用报告", "还没有报送，期限 "+b.UseReportDueOn.Chinese()))
	}
	return append(list, ui.F("记录来源", "平台上线前的资助记录，"+f.Before.OpenedOn.Chinese()+"导入"))
}

func (p *Pages) documents(f report.ProjectFile) []document {
	var list []document
	for _, n := range f.Notices {
		list = append(list, document{Label: "拟资助公示 " + n.No, Href: paths.Notice(n.No), Note: n.PublishedOn.String()})
	}
	return append(list, document{Label: "这个项目的数据（JSON）", Href: paths.ProjectData(f.No)})
}

// timeline tells what was public of the case; opinions stand with the
// submission, payments with their amount.
func (p *Pages) timeline(f report.ProjectFile) []ui.Event {
	var list []ui.Event
	for _, a := range f.Acts {
		if e, ok := act(a); ok {
			list = append(list, e)
		}
	}
	if f.Before != nil {
		list = append(list, eventsBefore(f)...)
	}
	for _, n := range f.Notices {
		e := ui.Event{On: n.PublishedOn, Title: noticeTitle(n), Text: n.StartsOn.Chinese() + "至" + n.EndsOn.Chinese() + "。",
			Body: ui.Link("公示 "+n.No, paths.Notice(n.No))}
		for _, outcome := range n.Outcomes {
			e.Text += "异议处理结果：" + outcome
		}
		list = append(list, e)
	}
	for _, m := range f.Moves {
		e := ui.Event{On: m.On, Title: "拨付 " + m.Amount.String() + " 元", Text: m.No}
		switch m.Kind {
		case report.Return:
			e.Title = "退回结余 " + m.Amount.String() + " 元"
		case report.Recovery:
			e.Title, e.State = "追回 "+m.Amount.String()+" 元", "bad"
		}
		list = append(list, e)
	}
	sortEvents(list)
	return list
}

// eventsBefore are the award of a grant of before, and its use report.
func eventsBefore(f report.ProjectFile) []ui.Event {
	list := []ui.Event{{On: f.GrantedOn, Title: "核定资助 " + f.Approved.String() + " 元", Text: f.Before.DocumentNo}}
	if on := f.Before.UseReportFiledOn; !on.IsZero() {
		list = append(list, ui.Event{On: on, Title: "组织报送使用报告"})
	}
	return list
}

func noticeTitle(n report.PublicNotice) string {
	title := fmt.Sprintf("公示 %d 个工作日", n.Days)
	switch {
	case n.State == "withdrawn":
		return title + "，已撤回"
	case n.Objections == 0:
		return title + "，没有异议"
	}
	return fmt.Sprintf("%s，收到 %d 件异议", title, n.Objections)
}

// act puts a public act into words.
func act(a report.PublicAct) (ui.Event, bool) {
	e := ui.Event{On: a.On()}
	switch a.Action {
	case "submit":
		e.Title = "提交申请"
	case "opine":
		e.Title = opinion(a)
	case "accept":
		e.Title = "民政局受理"
	case "settle":
		e.Title, e.Text = "公示期满，资助核定", "没有未处理完的异议。"
	case "report":
		e.Title = "组织提交使用报告"
	case "reclaim":
		e.Title, e.Text = "使用报告核查通过", "有结余，退回专项资金。"
	case "close":
		e.Title = "使用报告核查通过，项目办结"
	case "refund":
		e.Title = "结余已退回，项目办结"
	case "terminate":
		e.Title, e.State = "资助终止", "bad"
	default:
		return e, false
	}
	return e, true
}

func opinion(a report.PublicAct) string {
	office := "社区"
	if a.Stage == authz.Subdistrict {
		office = "街道"
	}
	switch a.Stance {
	case casework.Support:
		return office + "提出意见：同意"
	case casework.Oppose:
		return office + "提出意见：不同意"
	}
	return office + "逾期未提出意见，按规定继续办理"
}

// sortEvents brings the kinds of events into one order of days.
func sortEvents(list []ui.Event) {
	slices.SortStableFunc(list, func(a, b ui.Event) int { return a.On.Compare(b.On) })
}
