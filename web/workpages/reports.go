package workpages

import (
	"strings"

	"civilaffairs/internal/casework"
	"civilaffairs/internal/governance"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// reportsView is the annual reports that wait for an office; no groups for none.
type reportsView struct {
	Heading string
	Table   ui.Table
	More    string // said when there are others besides
	Href    string // the list of all
}

// reportsOf lists them by urgency.
func reportsOf(d casework.Setting, v governance.DeskReports) reportsView {
	out := reportsView{Heading: "年度报告 " + itoa(len(v.List)) + " 份", Href: paths.StaffReports,
		Table: ui.Table{Caption: "等您办的年度报告", Class: "queue", Columns: []ui.Column{{Label: "期限", Full: true}, {Label: "组织"}, {Label: "社区"}, {Label: "等您做"}, {Label: "提醒"}, {Label: "报送", Number: true}}}}
	if v.More {
		out.Heading, out.More = "年度报告 "+itoa(len(v.List))+" 份以上", "这里先列最急的 "+itoa(len(v.List))+" 份。"
	}
	var rows []ui.Row
	for _, w := range v.List {
		head := ui.Head(w.Name, paths.StaffReport(w.ID.String()), itoa(w.Year)+" 年度报告")
		head.Demo = w.Demo
		rows = append(rows, ui.Cells(ui.C(ui.ClockMark(reportClock(d, w))), head, ui.T(strings.TrimSuffix(d.Regions.Name(w.Community), "社区")), ui.T(w.Task.Name()),
			reportFlag(w), ui.T(short(w.SignedOn, d.Today))))
	}
	out.Table = filled(out.Table, rows)
	return out
}

// reportFlag is what to look at before opening the report.
func reportFlag(w governance.WaitingReport) ui.Cell {
	switch {
	case w.State == governance.FilingCorrecting && w.Task == governance.TaskConclude:
		return ui.C(ui.Tag("逾期没有更正", ui.Warn))
	case w.Stance == governance.Oppose:
		return ui.C(ui.Tag("主管单位有不同意见", ui.Warn))
	}
	return ui.T("")
}

// reportClock is the clock in working days of whoever has the report now.
func reportClock(d casework.Setting, w governance.WaitingReport) ui.Clock {
	due := w.Due()
	all, _ := d.Calendar.Between(w.SignedOn, due.On)
	c := ui.Deadline(all, d.Left(casework.Item{DueOn: due.On}))
	c.Provisional = due.Provisional
	return c
}

// ownReport is a report that the organization has to correct.
func ownReport(d casework.Setting, w governance.WaitingReport) waiting {
	c := reportClock(d, w)
	return waiting{Title: itoa(w.Year) + " 年度报告", Href: paths.MyReport(w.Year), Act: "看要更正什么", State: governance.ReportCorrecting.Name(), Tone: ui.Warn, Clock: &c,
		Say: "请在 " + w.Due().On.Chinese() + "前改好，由负责人再签署报送；到期没有报送，登记管理机关按已报送的内容作结论。"}
}
