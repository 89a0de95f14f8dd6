package governancepages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// checklistView is the checklist of one organization with what it rests on.
type checklistView struct {
	layout.Page
	Heading, Lead string
	Demo          bool
	Name          string // of the organization, for offices
	Mine          bool
	Say           string // what has to be done, in one line
	SayTone       ui.Tone
	Items         ui.Table
	Systems       list
	Meetings      list
	Council       list
	Supervisors   list
	Charter       []ui.Fact
	Former        list
}

// list is a table or why there is none.
type list struct {
	Table ui.Table
	Empty string
}

func (l list) any() bool { return len(l.Table.Groups) > 0 && len(l.Table.Groups[0].Rows) > 0 }

func (p *Pages) showChecklist(w http.ResponseWriter, r *http.Request) error {
	id, err := orgID(r)
	if err != nil {
		return err
	}
	o, err := p.Governance.Overview(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	if into := o.Organization.MergedInto; into != uuid.Nil {
		return httpserver.SeeOther(w, r, paths.StaffOrganizationGovernance(into.String()))
	}
	v := checklistView{Mine: mine(r), Demo: o.Organization.Demo, Heading: "内部治理", Name: o.Organization.Name,
		Lead: "章程、会议、理事和监事、换届、财务和信息公开，各在哪一天到期。"}
	if v.Mine {
		v.Page = shell(r, "内部治理", "workspace")
	} else {
		v.Page = shell(r, "内部治理", "governance", layout.Crumb{Label: "内部治理", Href: paths.StaffGovernance},
			layout.Crumb{Label: v.Name, Href: paths.StaffOrganization(id.String())})
		v.Heading = v.Name + "的内部治理"
	}
	v.Say, v.SayTone = verdict(o)
	v.Items = itemTable(o, v.Mine)
	mergedRecords := paths.StaffOrganization(id.String()) + paths.MergedRecords
	if v.Mine {
		mergedRecords = paths.MyOrganization + paths.MergedRecords
	}
	v.Systems, v.Meetings = systemList(o, v.Mine, mergedRecords), meetingList(o, v.Mine, mergedRecords)
	v.Council = officerList(o, v.Mine, mergedRecords, "还没有登记理事。", func(x governance.Officer) bool { return x.Body == governance.TheCouncil && x.LeftOn.IsZero() })
	v.Supervisors = officerList(o, v.Mine, mergedRecords, "还没有登记监事。", func(x governance.Officer) bool { return x.Body == governance.TheSupervisors && x.LeftOn.IsZero() })
	v.Former = officerList(o, false, mergedRecords, "", func(x governance.Officer) bool { return !x.LeftOn.IsZero() })
	v.Charter = charterFacts(o)
	return httpserver.Render(w, r, http.StatusOK, checklistPage(v))
}

func verdict(o governance.Overview) (string, ui.Tone) {
	open, soon := governance.Problems(o.Items, o.Rules, o.Today)
	switch {
	case open > 0 && soon > 0:
		return strconv.Itoa(open) + " 项有问题，" + strconv.Itoa(soon) + " 项在 " + strconv.Itoa(o.Rules.RemindFirst) + " 天内到期。", ui.Warn
	case open > 0:
		return strconv.Itoa(open) + " 项有问题。", ui.Warn
	case soon > 0:
		return "没有逾期的，" + strconv.Itoa(soon) + " 项在 " + strconv.Itoa(o.Rules.RemindFirst) + " 天内到期。", ui.Info
	}
	return "没有逾期的，" + strconv.Itoa(o.Rules.RemindFirst) + " 天内也没有到期的。", ui.Good
}

func itemTable(o governance.Overview, mine bool) ui.Table {
	t := ui.Table{Caption: "治理清单", Columns: []ui.Column{{Label: "事项", Full: true}, {Label: "状态"}, {Label: "到期"}, {Label: "记录"}}}
	help := helpLinks(o.Help)
	if mine {
		t.Columns = append(t.Columns, ui.Column{Label: "办理", Hidden: true})
	}
	var rows []ui.Row
	for _, i := range o.Items {
		row := ui.Cells(ui.Head(i.Duty.Name(), "", i.Rule), ui.C(ui.Tag(i.State.Name(), stateTone(i.State))), dueCell(i, o.Today), ui.T(i.Say))
		if mine {
			var acts []templ.Component
			if i.Next != "" {
				acts = append(acts, ui.Link(i.Next, dutyHref(i, o.Today.Year-1)))
			}
			if href := help[i.Duty]; href != "" && i.State != governance.Exempt {
				acts = append(acts, fileLink("看范本", i.Duty.Name(), href))
			}
			row.Cells = append(row.Cells, ui.C(lines(acts...)))
		}
		if i.State == governance.Overdue || i.State == governance.Faulty {
			row.Mark = ui.Bad
		}
		rows = append(rows, row)
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// helpLinks lead from a duty to what the library offers for it.
func helpLinks(list []governance.Help) map[governance.Duty]string {
	out := map[governance.Duty]string{}
	for _, h := range list {
		out[h.Duty] = paths.GuidelinesFor(string(h.Duty))
		if h.Guidelines == 1 {
			out[h.Duty] = paths.Guideline(h.No)
		}
	}
	return out
}

// dutyHref is where the organization does what a duty asks for.
func dutyHref(i governance.Item, lastYear int) string {
	with := func(part, name, value string) string {
		return paths.WithQuery(paths.MyGovernancePart(part), url.Values{name: {value}})
	}
	if i.Publish {
		return paths.MyDisclosures
	}
	switch i.Duty {
	case governance.DutyReport:
		return paths.MyReport(lastYear)
	case governance.DutyCharter, governance.DutyFinance, governance.DutyDisclosure:
		return paths.MyOrganizationPart("systems")
	case governance.DutyAssembly:
		return with("meetings", "kind", string(governance.AssemblyMeeting))
	case governance.DutyCouncil:
		return with("meetings", "kind", string(governance.CouncilMeeting))
	case governance.DutyElection:
		return with("meetings", "kind", string(governance.ElectionMeeting))
	case governance.DutySupervisors:
		return with("officers", "post", string(governance.Supervisor))
	case governance.DutyParty:
		return paths.MyOrganizationPart("basics")
	}
	return paths.MyOrganization
}

// fileLinks are links to the files of a record.
func fileLinks(o governance.Overview, mine bool, files []attachment.Attachment, none string) []templ.Component {
	var out []templ.Component
	for _, f := range files {
		switch {
		case f.State == attachment.Checking:
			out = append(out, small("正在检查："+f.Filename))
		case f.State != attachment.Accepted:
		case mine:
			out = append(out, ui.Link(f.Filename, paths.MyGovernanceFile(f.ID.String())))
		default:
			out = append(out, ui.Link(f.Filename, paths.StaffGovernanceFile(o.Organization.ID.String(), f.ID.String())))
		}
	}
	if len(out) == 0 {
		out = append(out, small(none))
	}
	return out
}

func systemList(o governance.Overview, mine bool, mergedRecords string) list {
	l := list{Empty: "还没有登记内部制度。", Table: ui.Table{Caption: "内部制度", Columns: []ui.Column{{Label: "制度", Full: true}, {Label: "登记日期"}, {Label: "状态"}, {Label: "文本"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range o.Systems {
		state := ui.C(ui.Tag("待街道确认", ui.Info))
		act := ui.Cell{}
		if !x.ConfirmedOn.IsZero() {
			state = ui.C(ui.Tag("已确认", ui.Good), small(x.ConfirmedOffice+" "+x.ConfirmedOn.String()))
		} else if mine {
			act = ui.C(ui.Link("附上文本", paths.MyGovernanceFiles(string(governance.SystemText), x.ID.String())))
		}
		rows = append(rows, ui.Cells(ui.Head(x.Kind.Name(), "", x.Title).Of(o.Absorbed[x.OrgID], mergedRecords), ui.T(x.FiledOn.String()), state, ui.C(fileLinks(o, mine, x.Files, "没有附文本")...), act))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

func meetingList(o governance.Overview, mine bool, mergedRecords string) list {
	l := list{Empty: "还没有登记会议。", Table: ui.Table{Caption: "会议，最近的在前", Columns: []ui.Column{{Label: "会议", Full: true}, {Label: "日期"}, {Label: "实到／应到"}, {Label: "纪要"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, m := range o.Meetings {
		count := strconv.Itoa(m.Present) + "／" + strconv.Itoa(m.Expected) + " 人"
		came := ui.C(span(count))
		if ok, least := governance.Quorate(o.Rules.Quorum, m.Expected, m.Present); !ok {
			came = ui.C(span(count), ui.Tag("不足 "+strconv.Itoa(least)+" 人", ui.Warn))
		}
		act := ui.Cell{}
		if mine {
			act = ui.C(ui.Link("附纪要", paths.MyGovernanceFiles(string(governance.MeetingMinutes), m.ID.String())), ui.Link("撤销", paths.MyGovernanceRecord("meetings", m.ID.String(), "withdrawal")))
		}
		rows = append(rows, ui.Cells(ui.Head(m.Kind.Name(), "", m.Resolutions).Of(o.Absorbed[m.OrgID], mergedRecords), ui.T(m.HeldOn.String()), came, ui.C(fileLinks(o, mine, m.Files, "没有附纪要")...), act))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

func officerList(o governance.Overview, mine bool, mergedRecords, empty string, in func(governance.Officer) bool) list {
	l := list{Empty: empty, Table: ui.Table{Caption: "任职", Columns: []ui.Column{{Label: "姓名", Full: true}, {Label: "当选"}, {Label: "任期到"}, {Label: "办理", Hidden: true}}}}
	var rows []ui.Row
	for _, x := range o.Officers {
		if !in(x) {
			continue
		}
		to, act := ui.T(x.TermTo.String()), ui.Cell{}
		switch {
		case !x.LeftOn.IsZero():
			to = ui.TS(x.LeftOn.String()+" 卸任", x.LeftReason)
		case x.TermTo.Before(o.Today):
			to = ui.C(span(x.TermTo.String()), ui.Tag("任期已满", ui.Bad))
		}
		if mine && x.LeftOn.IsZero() {
			act = ui.C(ui.Link("登记卸任", paths.MyGovernanceRecord("officers", x.ID.String(), "end")))
		}
		rows = append(rows, ui.Cells(ui.Head(x.Name, "", x.Post.Name()).Of(o.Absorbed[x.OrgID], mergedRecords), ui.T(x.ElectedOn.String()), to, act))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

func charterFacts(o governance.Overview) []ui.Fact {
	c := o.Facts.Charter
	often := func(n *int, unit string) string {
		if n == nil {
			return "没有填"
		}
		return strconv.Itoa(*n) + unit
	}
	is := func(t governance.Tri) string {
		return map[governance.Tri]string{governance.Yes: "设", governance.No: "不设"}[t]
	}
	facts := []ui.Fact{ui.F("每届任期", often(c.TermYears, " 年"))}
	if o.Organization.Type == organization.Association {
		facts = append(facts, ui.F("会员大会", often(c.AssemblyMonths, " 个月内一次")))
	}
	return append(facts, ui.F("理事会", orNone(is(c.HasCouncil), "没有填")), ui.F("理事会会议", often(c.CouncilMonths, " 个月内一次")), ui.F("监事", orNone(is(c.HasSupervisors), "没有填")))
}
