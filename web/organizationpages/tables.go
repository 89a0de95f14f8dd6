package organizationpages

import (
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/standing"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// tableView is a table or why there is none yet.
type tableView struct {
	Table ui.Table
	Empty string // why there are no rows
	Next  string // and what to do
}

func (v tableView) any() bool { return len(v.Table.Groups) > 0 && len(v.Table.Groups[0].Rows) > 0 }

// may reports what the actor can do on the record at hand: the buttons follow
// the same permissions as the routes.
func may(r *http.Request, p authz.Permission) bool { return actor(r).Can(p) }

func systemTable(r *http.Request, s snapshot) tableView {
	v := tableView{Empty: "还没有登记内部制度。", Next: "章程、财务管理制度和信息公开制度要先登记并由街道确认，才能申请扶持。",
		Table: ui.Table{Caption: "登记的内部制度", Columns: []ui.Column{{Label: "制度", Full: true}, {Label: "通过日期"}, {Label: "备案日期"}, {Label: "状态"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range s.Record.Systems {
		confirmed := !x.ConfirmedOn.IsZero()
		row := ui.Cells(marked(r, s, ui.Head(x.Kind.Name(), "", x.Title), s.from(x.OrgID)), ui.T(orNone(x.AdoptedOn.String(), "没有填")), ui.T(x.FiledOn.String()),
			confirmation(confirmed, x.ConfirmedOffice, x.ConfirmedOn, "待街道确认"), acts(recordActs(r, s, "systems", x.ID.String(), x.Version, confirmed)...))
		rows = append(rows, row)
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

// marked says of a row under which record it was written.
func marked(r *http.Request, s snapshot, head ui.Cell, from string) ui.Cell {
	return head.Of(from, home(r, s.Record.ID)+paths.MergedRecords)
}

// acts is the last cell of a row; a card leaves an empty one out.
func acts(list ...templ.Component) ui.Cell {
	if len(list) == 0 {
		return ui.Cell{}
	}
	return ui.C(list...)
}

func confirmation(confirmed bool, office string, on civil.Date, waiting string) ui.Cell {
	if !confirmed {
		return ui.C(ui.Tag(waiting, ui.Info))
	}
	return ui.C(ui.Tag("已确认", ui.Good), small(office+" "+on.String()))
}

// recordActs are the acts on a system or an activity that the actor may do.
func recordActs(r *http.Request, s snapshot, part, record string, version int, confirmed bool) []templ.Component {
	id := s.Record.ID.String()
	confirmWith := authz.OrganizationRecord
	if part == "activities" {
		confirmWith = authz.ActivityConfirm
	}
	var list []templ.Component
	if !confirmed && may(r, confirmWith) {
		list = append(list, confirmButton(paths.StaffOrganizationAct(id, part, record, "confirmation"), version))
	}
	switch {
	case mine(r) && !confirmed:
		list = append(list, ui.Link("撤销", paths.MyOrganizationWithdrawal(part, record)))
	case may(r, authz.OrganizationRecord):
		list = append(list, ui.Link("撤销", paths.StaffOrganizationAct(id, part, record, "withdrawal")))
	}
	return list
}

func activityTable(r *http.Request, s snapshot) tableView {
	v := tableView{Empty: "还没有活动记录。", Next: "申请孵化关爱至少要有一次社区确认过的活动。",
		Table: ui.Table{Caption: "活动记录，最近的在前", Columns: []ui.Column{{Label: "活动", Full: true}, {Label: "日期"}, {Label: "社区"},
			{Label: "参加（人）", Number: true}, {Label: "义工（人）", Number: true}, {Label: "状态"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range s.Record.Activities {
		confirmed := !x.ConfirmedOn.IsZero()
		rows = append(rows, ui.Cells(marked(r, s, ui.Head(x.Title, "", x.Place), s.from(x.OrgID)), ui.T(x.HeldOn.String()), ui.T(s.Regions.Name(x.CommunityCode)),
			ui.T(strconv.Itoa(x.Participants)), ui.T(strconv.Itoa(x.Volunteers)),
			confirmation(confirmed, x.ConfirmedOffice, x.ConfirmedOn, "待社区确认"), acts(recordActs(r, s, "activities", x.ID.String(), x.Version, confirmed)...)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

func reportTable(r *http.Request, s snapshot) tableView {
	v := tableView{Empty: "还没有登记年度报告。", Next: "平台上报送、作了结论的，会自动出现在这里；以前报过纸质的，请所在街道补登。没有登记的年度，申请扶持时按“未查到”处理。",
		Table: ui.Table{Caption: "年度报告，最近的在前", Columns: []ui.Column{{Label: "年度", Full: true}, {Label: "结论"}, {Label: "报送日期"}, {Label: "单位"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range s.Record.Reports {
		tone := map[organization.Conclusion]ui.Tone{organization.Pass: ui.Good, organization.Basic: ui.Warn}[x.Conclusion]
		if tone == "" {
			tone = ui.Bad
		}
		var act []templ.Component
		if may(r, authz.OrganizationRecord) {
			act = append(act, ui.Link("更正", paths.StaffOrganizationPart(s.Record.ID.String(), "reports")+"?year="+strconv.Itoa(x.Year)))
		}
		rows = append(rows, ui.Cells(marked(r, s, ui.Head(strconv.Itoa(x.Year)+"年度", "", ""), x.From), ui.C(ui.Tag(x.Conclusion.Name(), tone)),
			ui.T(orNone(x.SubmittedOn.String(), "没有报送")), ui.T(x.Unit), acts(act...)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

// grantHead leads to the project of a grant that is on the list.
func grantHead(g organization.Grant) ui.Cell {
	if g.No == "" {
		return ui.Head(g.Title, "", g.DocumentNo)
	}
	return ui.Head(g.Title, paths.Project(g.No), g.No)
}

func grantTable(r *http.Request, s snapshot) tableView {
	v := tableView{Empty: "没有登记过历史资助。", Next: "还没有核查过的，表示未查到，不表示没有。",
		Table: ui.Table{Caption: "本平台启用以前的资助，最近的在前", Columns: []ui.Column{{Label: "项目", Full: true}, {Label: "工程"}, {Label: "核定日期"},
			{Label: "金额（元）", Number: true}, {Label: "使用报告"}, {Label: "办理", Hidden: true}}}}
	if l, ok := s.Record.Looks[organization.EarlierGrants]; ok {
		v.Next = l.CheckedOn.Chinese() + "核查过（" + l.Source + "）。"
	}
	id := s.Record.ID.String()
	var rows []ui.Row
	for _, x := range s.Record.Grants {
		report, links := ui.T("没有要求"), []templ.Component(nil)
		switch {
		case !x.UseReportFiledOn.IsZero():
			report = ui.C(ui.Tag("已报送", ui.Good), small(x.UseReportFiledOn.String()))
		case !x.UseReportDueOn.IsZero() && x.UseReportDueOn.Before(s.Today):
			report = ui.C(ui.Tag("逾期未报", ui.Bad), small(x.UseReportDueOn.String()+" 到期"))
		case !x.UseReportDueOn.IsZero():
			report = ui.C(ui.Tag("待报送", ui.Warn), small(x.UseReportDueOn.String()+" 前"))
		}
		if may(r, authz.OrganizationRecord) {
			if x.No == "" || actor(r).Role == authz.BureauClerk { // what an import brought in is public: the bureau withdraws it
				links = []templ.Component{ui.Link("撤销", paths.StaffOrganizationAct(id, "grants", x.ID.String(), "withdrawal"))}
			}
			if !x.UseReportDueOn.IsZero() && x.UseReportFiledOn.IsZero() {
				links = append([]templ.Component{ui.Link("登记使用报告", paths.StaffOrganizationAct(id, "grants", x.ID.String(), "use-report"))}, links...)
			}
		}
		rows = append(rows, ui.Cells(marked(r, s, grantHead(x), x.From), ui.T(x.Programme.Name()), ui.T(x.AwardedOn.String()),
			ui.T(x.Amount.String()), report, acts(links...)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

// listTable answers for each list: looked up and clear, listed, or unknown.
func listTable(s standing.Standing) ui.Table {
	var rows []ui.Row
	for _, k := range standing.Kinds {
		state, say := ui.Tag("未查到", ui.Warn), "还没有查过"
		if c, looked := s.Checks[k]; looked {
			say = c.CheckedOn.String() + " " + c.Source
		}
		if !k.Elsewhere() { // no entry in our own books is an answer
			state = ui.Tag("没有", ui.Good)
			if _, looked := s.Checks[k]; !looked {
				say = "本平台的监管台账"
			}
		}
		switch s.State(k) {
		case standing.StateClear:
			state = ui.Tag("没有", ui.Good)
		case standing.StateListed:
			state = ui.Tag("有记录", ui.Bad)
			if in := s.InForce(k); len(in) > 0 {
				say = in[0].FromOn.String() + " 起，" + in[0].Basis
			}
		}
		rows = append(rows, ui.Cells(ui.Head(k.Name(), "", ""), ui.C(state), ui.T(say)))
	}
	return ui.Table{Caption: "名录和违规记录查询", Columns: []ui.Column{{Label: "名录", Full: true}, {Label: "结果"}, {Label: "依据", Full: true}}, Groups: ui.Rows(rows...)}
}

// entryTable is every entry that counts, ended ones included.
func entryTable(r *http.Request, s snapshot) tableView {
	v := tableView{Table: ui.Table{Caption: "名录和违规记录", Columns: []ui.Column{{Label: "记录", Full: true}, {Label: "起止"}, {Label: "事由"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range s.Standing.Entries {
		var act []templ.Component
		if may(r, authz.OrganizationRecord) && standing.May(actor(r), x.Kind) && !x.Closed {
			act = append(act, ui.Link("移出或撤销", paths.StaffOrganizationAct(s.Record.ID.String(), "entries", x.ID.String(), "end")))
		}
		rows = append(rows, ui.Cells(ui.Head(x.Kind.Name(), "", x.Basis), ui.T(period(x.FromOn, x.ToOn)), ui.T(x.Reason), acts(act...)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

func gradeTable(r *http.Request, s snapshot) tableView {
	v := tableView{Empty: "没有登记过星级。", Next: "星级每年第四季度评定，有效期两年。",
		Table: ui.Table{Caption: "星级，最近的在前", Columns: []ui.Column{{Label: "星级", Full: true}, {Label: "有效期"}, {Label: "证书编号"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, g := range s.Standing.Grades {
		var act []templ.Component
		if actor(r).Role == authz.BureauClerk {
			act = append(act, ui.Link("撤销", paths.StaffOrganizationAct(s.Record.ID.String(), "grades", g.ID.String(), "withdrawal")))
		}
		state := ""
		if !g.InForceOn(s.Today) {
			state = "不在有效期"
		}
		rows = append(rows, ui.Cells(ui.Head(g.Name(), "", state), ui.T(period(g.FromOn, g.ToOn)), ui.T(g.CertNo), acts(act...)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

func period(from, to civil.Date) string {
	if to.IsZero() {
		return from.String() + " 起"
	}
	return from.String() + " 至 " + to.String()
}

// listed names the lists in force, for a tag.
func listed(kinds []standing.Kind) string {
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = k.Name()
	}
	return strings.Join(names, "、")
}
