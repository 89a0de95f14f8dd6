// Package departmentpages shows the list of supervising departments to the bureau
// and lets it be kept. Pages over internal/department; no tables.
package departmentpages

import (
	"cmp"
	"context"
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/department"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// Deps is what the pages stand on.
type Deps struct {
	Departments *department.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of departments.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	s.Get(paths.StaffDepartments, authz.DepartmentView, p.list)
	forms.Declare(s, paths.StaffDepartmentNew, authz.DepartmentEdit, p.newForm)
	one := paths.StaffDepartments + "/{code}"
	s.Get(one, authz.DepartmentView, p.show)
	forms.Declare(s, one+"/name", authz.DepartmentEdit, p.nameForm)
	forms.Declare(s, one+"/aliases", authz.DepartmentEdit, p.aliasForm)
	forms.Declare(s, one+"/end", authz.DepartmentEdit, p.endForm)
	forms.Declare(s, one+"/confirmation", authz.DepartmentEdit, p.confirmation)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func shell(title string, crumbs ...layout.Crumb) layout.Page {
	all := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}
	return layout.Page{Title: title, Nav: "departments", Crumbs: append(append(all, crumbs...), layout.Crumb{Label: title})}
}

func listCrumb() layout.Crumb {
	return layout.Crumb{Label: "业务主管单位", Href: paths.StaffDepartments}
}

// listView is every department, and what people wrote that means none of them.
type listView struct {
	layout.Page
	Table   ui.Table
	Unknown ui.Table
	MayEdit bool
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	l, err := p.Departments.List(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := listView{Page: shell("业务主管单位"), MayEdit: actor(r).Can(authz.DepartmentEdit),
		Table: ui.Table{Caption: "单位", Columns: []ui.Column{{Label: "单位", Full: true}, {Label: "主管的组织", Number: true}, {Label: "账号", Number: true}, {Label: "状态"}}}}
	var rows []ui.Row
	for _, d := range l.Departments {
		name := d.NameOn(l.Today)
		rows = append(rows, ui.Cells(ui.Head(name.Name, paths.StaffDepartment(d.Code), name.Short), ui.T(strconv.Itoa(d.Organizations)), ui.T(strconv.Itoa(d.Accounts)), ui.C(state(d, l.Today))))
	}
	v.Table.Groups = ui.Rows(rows...)
	rows = nil
	for _, u := range l.Unknown {
		rows = append(rows, ui.Cells(ui.Head(u.Text, "", ""), ui.T(strconv.Itoa(u.Organizations))))
	}
	if len(rows) > 0 {
		v.Unknown = ui.Table{Caption: "没有对上的写法", Columns: []ui.Column{{Label: "档案上写的", Full: true}, {Label: "组织", Number: true}}, Groups: ui.Rows(rows...)}
	}
	return httpserver.Render(w, r, http.StatusOK, listPage(v))
}

// oneView is a department with its names by date.
type oneView struct {
	layout.Page
	Heading   string
	Confirmed bool
	Facts     []ui.Fact
	Names     ui.Table
	Acts      []ui.Tab
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	d, today, err := p.Departments.Get(r.Context(), actor(r), httpserver.Param(r, "code"))
	if err != nil {
		return err
	}
	name := d.NameOn(today)
	v := oneView{Page: shell(name.Name, listCrumb()), Heading: name.Name, Confirmed: d.Confirmed, Facts: facts(d, today)}
	v.Names = ui.Table{Caption: "历次名称", Dense: true, Columns: []ui.Column{{Label: "全称"}, {Label: "简称"}, {Label: "从哪天起"}}}
	var rows []ui.Row
	for _, n := range d.Names {
		rows = append(rows, ui.Cells(ui.Head(n.Name, "", ""), ui.T(n.Short), ui.T(n.From.String())))
	}
	v.Names.Groups = ui.Rows(rows...)
	if actor(r).Can(authz.DepartmentEdit) {
		v.Acts = []ui.Tab{{Label: "改名", Href: paths.StaffDepartmentAct(d.Code, "name")}, {Label: "改别名", Href: paths.StaffDepartmentAct(d.Code, "aliases")},
			{Label: "登记撤销", Href: paths.StaffDepartmentAct(d.Code, "end")}}
		if !d.ValidTo.IsZero() {
			v.Acts[2].Label = "改撤销日期"
		}
		if !d.Confirmed {
			v.Acts = append([]ui.Tab{{Label: "确认无误", Href: paths.StaffDepartmentAct(d.Code, "confirmation")}}, v.Acts...)
		}
	}
	return httpserver.Render(w, r, http.StatusOK, onePage(v))
}

func facts(d department.Listed, today civil.Date) []ui.Fact {
	span := d.ValidFrom.Chinese() + "起"
	if !d.ValidTo.IsZero() {
		span += "，" + d.ValidTo.Chinese() + "止"
	}
	return []ui.Fact{ui.F("简称", d.NameOn(today).Short), ui.F("代码", d.Code), {Label: "状态", Body: state(d, today)}, ui.F("存在期间", span),
		ui.F("别名", cmp.Or(strings.Join(d.Aliases, "、"), "没有")), ui.F("主管的组织", strconv.Itoa(d.Organizations)+" 个"), ui.F("使用中的账号", strconv.Itoa(d.Accounts)+" 个")}
}
