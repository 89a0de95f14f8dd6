package workpages

import (
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// queue is the table of an inbox.
func queue(in casework.Inbox, a authz.Actor) ui.Table {
	who, when, clockHead := "等您做", "收到", "办理期限"
	switch in.Filter.Tab {
	case casework.Others, casework.Correcting:
		who = "等谁办"
	case casework.Done:
		who, when, clockHead = "所在", "办结", "结果"
	}
	return ui.Table{
		Caption: heading(in), Class: "queue", Groups: groups(in, a),
		Columns: []ui.Column{{Label: clockHead, Full: true}, {Label: "事项与组织"}, {Label: "工程"}, {Label: "申请（元）", Number: true},
			{Label: who}, {Label: "提醒"}, {Label: when, Number: true}},
	}
}

// groups puts rows that are as urgent as each other under one heading, with
// their number where the page holds all of them.
func groups(in casework.Inbox, a authz.Actor) []ui.Group {
	byDeadline := !in.Filter.Newest && (in.Filter.Tab == casework.Mine || in.Filter.Tab == casework.Others)
	whole := in.Filter.Cursor == "" && in.Next == ""
	var out []ui.Group
	for _, i := range in.Items {
		title := ""
		if byDeadline {
			title = urgency(in.Setting, i)
		}
		if len(out) == 0 || out[len(out)-1].Title != title {
			out = append(out, ui.Group{Title: title})
		}
		last := &out[len(out)-1]
		last.Rows = append(last.Rows, queueRow(in, a, i))
	}
	for n := range out {
		if whole && out[n].Title != "" {
			out[n].Title += " " + itoa(len(out[n].Rows)) + " 件"
		}
	}
	return out
}

func urgency(s casework.Setting, i casework.Item) string {
	if i.DueOn.IsZero() {
		return "没有期限"
	}
	switch left := s.Left(i); {
	case left < 0:
		return "已超期"
	case left <= 1:
		return soon(s)
	}
	return "之后"
}

// which says which of an applicant's cases it is.
func which(i casework.Item) string {
	if i.About == "" {
		return i.No
	}
	return i.No + " · " + i.About
}

func queueRow(in casework.Inbox, a authz.Actor, i casework.Item) ui.Row {
	sub := which(i)
	if a.Community == "" {
		sub += " · " + in.Regions.Name(i.Community)
	}
	head := ui.Head(i.Title, paths.Application(i.No), sub)
	if a.Role.OfOrganization() { // an office has no one organization to lead to
		head = head.Of(i.MergedFrom, paths.MyOrganization+paths.MergedRecords)
	} else {
		head = head.Of(i.MergedFrom, "")
	}
	head.Demo = true
	amount := "—"
	if i.Amount != nil {
		amount = i.Amount.String()
	}
	first, who, when := clockCell(in.Setting, in.Filter.Tab, i), holder(in.Setting, i), short(civil.On(i.ReceivedAt), in.Today)
	switch in.Filter.Tab {
	case casework.Mine:
		who = task(i)
	case casework.Done:
		first, who = ui.C(ui.Tag(i.PlaceName, stateTone(i.State))), in.Regions.FullName(i.Community)
		if i.ClosedAt != nil {
			when = short(civil.On(*i.ClosedAt), in.Today)
		}
	}
	return ui.Cells(first, head, ui.T(strings.TrimSuffix(i.KindName, "工程")), ui.T(amount), ui.T(who), flags(i, in.Filter.Tab), ui.T(when))
}

// clockCell draws the clock: of the office, which stands still during a
// correction, or of whoever has the case now.
func clockCell(s casework.Setting, tab casework.Tab, i casework.Item) ui.Cell {
	if i.State == workflow.Correcting && tab != casework.Mine {
		left := 0
		if i.PausedDays != nil {
			left = max(*i.PausedDays, 0)
		}
		return ui.C(ui.ClockMark(ui.Stopped(left, 0, "补正中，计时暂停")))
	}
	return dueCell(s, i)
}

// dueCell is the clock in working days, or the date of a deadline in months.
func dueCell(s casework.Setting, i casework.Item) ui.Cell {
	if c, ok := clockOf(s, i); ok {
		return ui.C(ui.ClockMark(c))
	}
	if !i.DueOn.IsZero() {
		return ui.T(i.DueOn.String() + " 前")
	}
	return ui.T("没有期限")
}

func clockOf(s casework.Setting, i casework.Item) (ui.Clock, bool) {
	if i.DueOn.IsZero() || i.ClockDays == nil {
		return ui.Clock{}, false
	}
	c := ui.Deadline(*i.ClockDays, s.Left(i))
	c.Provisional = i.DueProvisional
	return c, true
}

// flags are what to look at before opening the case.
func flags(i casework.Item, tab casework.Tab) ui.Cell {
	var tags []templ.Component
	if i.Opposed {
		tags = append(tags, ui.Tag("有不同意意见", ui.Warn))
	}
	if i.LateOpinions > 0 {
		tags = append(tags, ui.Tag("意见逾期 "+itoa(i.LateOpinions)+" 处", ui.Mute))
	}
	if i.CorrectionRounds > 0 {
		tags = append(tags, ui.Tag("第 "+itoa(i.CorrectionRounds)+" 次补正", ui.Info))
	}
	if i.Channel == casework.Counter {
		tags = append(tags, ui.Tag("窗口代办", ui.None))
	}
	if i.State == workflow.Correcting && tab != casework.Mine && !i.DueOn.IsZero() {
		tags = append(tags, ui.Tag(monthDay(i.DueOn)+"前交", ui.None))
	}
	if len(tags) == 0 {
		return ui.T("")
	}
	return ui.C(tags...)
}

// acts are the tasks that the state alone does not tell.
var acts = map[workflow.Place]string{
	{State: workflow.Noticing, Waits: authz.BureauClerk}:  "拟公示稿",
	{State: workflow.Reporting, Waits: authz.OrgHead}:     "提交使用报告",
	{State: workflow.Reporting, Waits: authz.BureauClerk}: "核查使用报告",
	{State: workflow.Reporting, Waits: authz.Finance}:     "确认结余到账",
}

// task is what the one who opens the inbox does next.
func task(i casework.Item) string {
	switch i.State {
	case workflow.Draft:
		return "接着填写"
	case workflow.Opining:
		return "提出意见"
	case workflow.Accepting:
		return "决定是否受理"
	case workflow.Correcting:
		return "补正后再提交"
	case workflow.Reviewing:
		return "复核"
	case workflow.Signing:
		return "签批"
	case workflow.Consenting:
		return "同意或退回"
	case workflow.Disputed:
		return "处理异议"
	case workflow.Granted:
		return "拨付"
	}
	if act, ok := acts[i.Place()]; ok {
		return act
	}
	return i.PlaceName
}

// holder says where the case is and who has it.
func holder(s casework.Setting, i casework.Item) string {
	switch i.Waits {
	case authz.Anonymous:
		return i.PlaceName
	case authz.Community:
		return i.PlaceName + "，" + s.Regions.Name(i.Community)
	case authz.Subdistrict:
		return i.PlaceName + "，" + s.Regions.Name(i.Subdistrict)
	}
	return i.PlaceName + "，" + i.Waits.Name()
}

func stateTone(s workflow.State) ui.Tone {
	switch {
	case s == workflow.Correcting || s == workflow.Disputed || s == workflow.Reporting:
		return ui.Warn
	case s == workflow.Refused || s == workflow.Terminated:
		return ui.Bad
	case s == workflow.Closed || s.Class() == workflow.Grant:
		return ui.Good
	case s.Class() == workflow.Open:
		return ui.Info
	}
	return ui.Mute
}

func kindName(in casework.Inbox, kind string) string {
	for _, k := range in.Kinds {
		if k.Key == kind {
			return k.Name
		}
	}
	return kind
}
