package policypages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/workday"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// calendarView shows which years are known and what waits.
type calendarView struct {
	layout.Page
	Tabs      []ui.Tab
	Lead      string
	Years     ui.Table
	Proposals []proposalView
	MayEdit   bool
}

// proposalView is an entered year.
type proposalView struct {
	Title string
	Word  string
	Tone  ui.Tone
	Facts []ui.Fact
	Days  ui.Table
	Acts  []link
}

func (p *Pages) calendarYears(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Calendar.Overview(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := calendarView{Page: deskPage("工作日历"), Tabs: deskTabs(paths.StaffCalendar), MayEdit: actor(r).Can(authz.PolicyEdit),
		Years: ui.Table{Caption: "已有的年份", Columns: []ui.Column{{Label: "年份"}, {Label: "依据"}, {Label: "载入日期"}}}}
	v.Lead = fmt.Sprintf("%d年的放假安排已经载入，期限按它算。", o.On.Year)
	switch {
	case !o.Knows(o.On.Year):
		v.Lead = fmt.Sprintf("还没有%d年的放假安排：落在这一年的期限都是暂定的，公示不能截止。", o.On.Year)
	case !o.Knows(o.On.Year + 1):
		v.Lead += fmt.Sprintf("%d年的还没有：落在那一年的期限是暂定的，公示不能截止。国务院办公厅的通知公布后，在这里录入。", o.On.Year+1)
	}
	var rows []ui.Row
	for _, y := range o.Years {
		source := ui.T(y.Source)
		if y.Demo {
			source = ui.C(ui.Tag(y.Source, ui.Warn))
		}
		rows = append(rows, ui.Cells(ui.Head(itoa(y.Year), "", ""), source, ui.T(civil.On(y.LoadedAt).String())))
	}
	v.Years.Groups = ui.Rows(rows...)
	for _, x := range o.Proposals {
		v.Proposals = append(v.Proposals, newProposal(x, actor(r)))
	}
	return httpserver.Render(w, r, http.StatusOK, calendarPage(v))
}

func newProposal(x calendar.Proposal, a authz.Actor) proposalView {
	v := proposalView{Title: itoa(x.Year) + "年", Word: "待签批", Tone: ui.Warn, Facts: proposalFacts(x), Days: daysTable(x)}
	if !x.Open() {
		v.Word, v.Tone = "已退回", ui.Mute
		v.Facts = append(v.Facts, ui.F("退回的理由", x.DecidedName+"："+x.Reason))
		return v
	}
	if a.Can(authz.PolicyApprove) {
		v.Acts = []link{{"签批" + v.Title + "的日历", paths.StaffCalendarAct(x.ID.String(), "approval")}, {"退回", paths.StaffCalendarAct(x.ID.String(), "refusal")}}
	}
	return v
}

func proposalFacts(x calendar.Proposal) []ui.Fact {
	off, work := 0, 0
	for _, d := range x.Days {
		if d.Kind == workday.Work {
			work++
		} else {
			off++
		}
	}
	return []ui.Fact{ui.F("年份", itoa(x.Year)+"年"), ui.F("依据", x.Source), ui.F("放假", itoa(off)+" 天"), ui.F("调休上班", itoa(work)+" 天"),
		ui.F("录入人", x.ProposedName+"，"+civil.On(x.ProposedAt).Chinese())}
}

func daysTable(x calendar.Proposal) ui.Table {
	var list []calendar.Row
	for _, d := range x.Days {
		list = append(list, calendar.Row{Day: workday.Day(d)})
	}
	return rowsTable(itoa(x.Year)+"年放假和调休", list)
}

// rowsTable shows the days as they were read, those at fault marked.
func rowsTable(caption string, list []calendar.Row) ui.Table {
	t := ui.Table{Caption: caption, Columns: []ui.Column{{Label: "日期"}, {Label: "星期"}, {Label: "放假还是上班"}, {Label: "节日"}, {Label: "核对", Full: true}}}
	var rows []ui.Row
	for _, x := range list {
		if x.Fault != "" {
			row := ui.Cells(ui.Head("第 "+itoa(x.Line)+" 行", "", x.Typed), ui.T("—"), ui.T("—"), ui.T("—"), ui.C(ui.Tag("要改", ui.Bad), plain(x.Fault)))
			row.Mark = ui.Bad
			rows = append(rows, row)
			continue
		}
		kind := ui.T("放假")
		if x.Day.Kind == workday.Work {
			kind = ui.T("调休上班")
		}
		rows = append(rows, ui.Cells(ui.Head(x.Day.Date.String(), "", ""), ui.T(x.Day.Date.ChineseWeekday()), kind, ui.T(x.Day.Name), ui.T(x.Remark)))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

// newYearForm takes a year from pasted rows: shown first, handed in when the same
// rows are sent again.
func (p *Pages) newYearForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.Calendar.Overview(r.Context(), actor(r))
	if err != nil {
		return nil, err
	}
	year := o.On.Year
	for o.Knows(year) {
		year++
	}
	e := &formpage.Editor{View: formpage.View{
		Page: deskPage("录入一年的放假安排", layout.Crumb{Label: "工作日历", Href: paths.StaffCalendar}), Heading: "录入一年的放假安排",
		Lead:   "照国务院办公厅的通知，录放假的日子和调休上班的日子；平常的周末不录。先预览，再提交签批。",
		Action: paths.StaffCalendarNew, Preview: "预览", Back: paths.StaffCalendar, BackLabel: "不录了", Hidden: []ui.Pair{formpage.Token(), formpage.Seen()},
	}, Saved: url.Values{"year": {strconv.Itoa(year)}, "source": {fmt.Sprintf("国务院办公厅关于%d年部分节假日安排的通知", year)}},
		Done: "已提交，等局领导签批。", To: paths.StaffCalendar}
	e.Ask(
		formpage.Number("year", "年份", "年"), formpage.Line("source", "依据", 0).Hint("通知的名称和文号"),
		formpage.Lines("text", "日期表", 14, 5000).Hint("一行一天：日期,off 或 work,节日名称。如 2027-01-01,off,元旦"),
	)
	e.Save = func(f *form.Form) error {
		in := calendar.Input{Token: f.Raw("token"), Year: f.Int("year", "年份", form.Required, form.Min(2017), form.Max(2100)),
			Source: f.Text("source", "依据", form.Required), Text: f.Text("text", "日期表", form.Required, form.Multiline, form.Max(5000))}
		if err := f.Err(); err != nil {
			return err
		}
		e.Shown = tableBand("读到的日期", rowsTable("读到的日期", calendar.Parse(in.Text, in.Year)), "")
		seen := fmt.Sprint(in.Year, in.Source, in.Text)
		if err := p.Calendar.Check(r.Context(), actor(r), in); err != nil {
			return err
		}
		if !formpage.Previewed(f, seen) {
			e.Offer(seen, "提交签批")
			return nil
		}
		e.Shown = nil
		return p.Calendar.Propose(r.Context(), actor(r), in)
	}
	return e, nil
}

// yearActForm decides an entered year.
func (p *Pages) yearActForm(approve bool) formpage.Builder {
	return func(r *http.Request) (*formpage.Editor, error) {
		id, err := param(r, "id")
		if err != nil {
			return nil, err
		}
		x, err := p.Calendar.Get(r.Context(), actor(r), id)
		if err != nil {
			return nil, err
		}
		if !x.Open() {
			return nil, errs.New(errs.Conflict, "这份日历已经决定过了。")
		}
		title, noun := fmt.Sprintf("签批%d年的日历", x.Year), "approval"
		v := formpage.View{Lead: "签批后按它算期限，暂定的期限在几分钟内重新算过。载入的年份不能撤销。"}
		if !approve {
			title, noun, v.Lead, v.Stop = fmt.Sprintf("退回%d年的日历", x.Year), "refusal", "退回后可以重新录入。", true
			v.Ask(formpage.Why("写明哪里不对"))
		}
		v.Page, v.Heading, v.Submit = deskPage(title, layout.Crumb{Label: "工作日历", Href: paths.StaffCalendar}), "确认"+title, title
		v.Facts, v.Above = proposalFacts(x), tableBand("放假和调休", daysTable(x), "")
		v.Action, v.Back, v.BackLabel = paths.StaffCalendarAct(id.String(), noun), paths.StaffCalendar, "返回工作日历"
		v.Hidden = []ui.Pair{formpage.Version(x.Version)}
		e := &formpage.Editor{View: v, To: paths.StaffCalendar, Done: map[bool]string{true: "日历已载入。", false: "已退回。"}[approve]}
		e.Save = func(f *form.Form) error {
			if approve {
				return p.Calendar.Approve(r.Context(), actor(r), id, formpage.VersionOf(f))
			}
			reason := formpage.ReasonOf(f)
			if err := f.Err(); err != nil {
				return err
			}
			return p.Calendar.Refuse(r.Context(), actor(r), id, formpage.VersionOf(f), reason)
		}
		return e, nil
	}
}
