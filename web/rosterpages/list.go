package rosterpages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/roster"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// listView is the roster of one organization on one day.
type listView struct {
	layout.Page
	Heading, Lead string
	New           string // form of a new member, "" for none
	Action        string
	Day           ui.Field
	Faults        ui.Errors
	Stats         []ui.Stat
	Hint          string // where the numbers of the profile are otherwise, "" for nowhere
	HintLink      ui.Tab
	Table         ui.Table
	Any           bool
	Why, Next     string
	Pages         ui.Pages
	Today         string // the roster of today, "" when it is shown
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	at, err := placeOf(r)
	if err != nil {
		return err
	}
	typed := r.URL.Query()
	f := form.New(typed)
	on := f.Date("on", "日期")
	page, err := p.Roster.List(r.Context(), actor(r), at.org, on, typed.Get("after"))
	if err != nil {
		return err
	}
	if page.Organization.ID != at.org { // merged into another record
		return httpserver.SeeOther(w, r, paths.WithQuery(paths.RosterOf(paths.StaffOrganization(page.Organization.ID.String())), typed))
	}
	if on.After(page.Today) {
		f.Fail("on", "日期", on.Chinese()+"还没到。填今天或以前的日期")
	}
	faults := ui.Errors(errs.FieldsOf(f.Err()))
	status := http.StatusOK
	if faults.Any() {
		status = http.StatusUnprocessableEntity
	}
	return httpserver.Render(w, r, status, listPage(newList(r, page, at, typed, faults)))
}

func newList(r *http.Request, p roster.Page, at place, typed url.Values, faults ui.Errors) listView {
	base := paths.RosterOf(at.base)
	v := listView{Page: shell(r, "花名册", len(faults), p.Organization, at), Heading: "花名册", Action: base, Faults: faults,
		Day: ui.Field{Name: "on", Label: "看哪一天的花名册", Error: faults.For("on"), Date: ui.DateOf(p.On)}}
	if faults.Any() {
		v.Day.Date = ui.DateParts{Year: typed.Get("on-year"), Month: typed.Get("on-month"), Day: typed.Get("on-day")}
	}
	v.Lead = p.On.Chinese() + "在册 " + strconv.Itoa(p.Counts.Members) + " 人。"
	if !mine(r) {
		v.Heading = p.Organization.Name + "的花名册"
	}
	if actor(r).Can(authz.RosterEdit) && !p.Organization.Ended {
		v.New = base + "/new"
	}
	v.Stats = []ui.Stat{{Label: "从业人员", Value: strconv.Itoa(p.Counts.Staff), Unit: "人", Note: "秘书长、专职和兼职"},
		{Label: "专职", Value: strconv.Itoa(p.Counts.FullTime), Unit: "人", Note: "在本组织全职工作"},
		{Label: "持证社工", Value: strconv.Itoa(p.Counts.SocialWorkers), Unit: "人", Note: "有社会工作者职业资格"}}
	if p.On == p.Today {
		v.Hint = differs(p.Organization, p.Counts)
	} else {
		v.Today = base
	}
	if v.Hint != "" && mine(r) {
		v.HintLink = ui.Tab{Label: "改基本情况里的人数", Href: paths.MyOrganizationPart("basics")}
	}
	v.Table, v.Any = memberTable(r, p, at), len(p.Lines) > 0
	v.Why, v.Next = p.On.Chinese()+"的花名册里没有人。", "换一天再看。"
	if p.On == p.Today {
		v.Why, v.Next = "花名册里还没有人。", "由组织的经办人或负责人登记。"
	}
	cursor := func(c string) string {
		if c == "" {
			return ""
		}
		return paths.WithQuery(base, url.Values{"on": {p.On.String()}, "after": {c}})
	}
	v.Pages = ui.Pages{Previous: cursor(p.Previous), Next: cursor(p.Next)}
	return v
}

// differs says where the numbers of the profile are otherwise than those of
// today's roster.
func differs(o roster.Organization, c roster.Counts) string {
	var out []string
	for _, x := range []struct {
		label     string
		said      *int
		onRecords int
	}{{"从业人数", o.Staff, c.Staff}, {"专职人数", o.FullTime, c.FullTime}, {"社工人数", o.SocialWorkers, c.SocialWorkers}} {
		if x.said != nil && *x.said != x.onRecords {
			out = append(out, fmt.Sprintf("%s填的是 %d 人，花名册里是 %d 人", x.label, *x.said, x.onRecords))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "档案里的人数和花名册不一致：" + strings.Join(out, "；") + "。"
}

func memberTable(r *http.Request, p roster.Page, at place) ui.Table {
	t := ui.Table{Caption: "花名册，" + p.On.Chinese(), Columns: []ui.Column{{Label: "姓名", Full: true}, {Label: "职务"}, {Label: "用工"}, {Label: "职业资格"},
		{Label: "加入日期"}}}
	left := slices.ContainsFunc(p.Lines, func(l roster.Line) bool { return !l.LeftOn.IsZero() })
	doubled := slices.ContainsFunc(p.Lines, func(l roster.Line) bool { return len(l.Elsewhere) > 0 })
	if left {
		t.Columns = append(t.Columns, ui.Column{Label: "最后一天"})
	}
	if doubled {
		t.Columns = append(t.Columns, ui.Column{Label: "提醒", Full: true})
	}
	var rows []ui.Row
	for _, m := range p.Lines {
		head := ui.Head(m.Name, paths.RosterMember(at.base, m.ID.String()), "").Of(m.MergedFrom, at.base+paths.MergedRecords)
		head.Demo = p.Organization.Demo
		row := ui.Cells(head, ui.T(m.Post.Name()), ui.T(employment(m.Member)), ui.T(m.Qualification.Name()), ui.T(m.JoinedOn.String()))
		if left {
			row.Cells = append(row.Cells, ui.T(m.LeftOn.String()))
		}
		switch {
		case len(m.Elsewhere) > 0:
			row.Cells = append(row.Cells, ui.C(double(m.Elsewhere)))
		case doubled:
			row.Cells = append(row.Cells, ui.Cell{})
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func employment(m roster.Member) string {
	if m.FullTime {
		return "专职"
	}
	return "不是专职"
}

// double is the mark of who is full-time in another organization at the time.
func double(where []string) templ.Component {
	return ui.Tag("同期在"+strings.Join(where, "、")+"专职", ui.Warn)
}

// day shows a date, or that there is none yet.
func day(d civil.Date, none string) string {
	if d.IsZero() {
		return none
	}
	return d.Chinese()
}
