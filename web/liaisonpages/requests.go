package liaisonpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/liaison"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// requestsView is a list of requests of one's own office.
type requestsView struct {
	layout.Page
	Heading string
	Lead    string
	Tabs    []ui.Tab
	Table   ui.Table
	Empty   string
	Next    string // what to do about it
	Pages   ui.Pages
}

// listRequests shows what waits for the own office, what it sent and what it
// dealt with. An organization has all of it on its own timeline.
func (p *Pages) listRequests(w http.ResponseWriter, r *http.Request) error {
	if mine(r) {
		return httpserver.SeeOther(w, r, paths.MyLiaison)
	}
	tab := choice(r.URL.Query().Get("tab"), liaison.Tabs, liaison.Waiting)
	after := r.URL.Query().Get("after")
	list, err := p.Liaison.Requests(r.Context(), actor(r), tab, after, pageSize)
	if err != nil {
		return err
	}
	v := requestsView{Heading: "协查请求", Lead: "向别的单位问一个组织的情况，在组织档案的“协同记录”里发；别的单位问您的，在这里答复。",
		Page: layout.Page{Title: "协查请求", Nav: "liaison", Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}, {Label: "协查请求"}}}}
	for _, t := range liaison.Tabs {
		x := ui.Tab{Label: tabName(t, actor(r)), Href: paths.StaffLiaisonTab(string(t)), Current: t == tab}
		if t == liaison.Waiting && actor(r).Role != authz.Auditor {
			x.Count = strconv.Itoa(list.Waiting)
		}
		v.Tabs = append(v.Tabs, x)
	}
	v.Table = requestTable(list, tab)
	v.Empty, v.Next = nothing(tab)
	if list.Next != "" {
		v.Pages.Next = paths.WithQuery(paths.StaffLiaison, url.Values{"tab": {string(tab)}, "after": {list.Next}})
	}
	if after != "" {
		v.Pages.Previous = paths.StaffLiaisonTab(string(tab))
	}
	return httpserver.Render(w, r, http.StatusOK, requestsPage(v))
}

// tabName says it for who reads for everybody.
func tabName(t liaison.Tab, a authz.Actor) string {
	if a.Role == authz.Auditor {
		return map[liaison.Tab]string{liaison.Waiting: "等答复", liaison.Sent: "全部请求", liaison.Done: "已答复"}[t]
	}
	return t.Name()
}

func nothing(tab liaison.Tab) (why, next string) {
	switch tab {
	case liaison.Sent:
		return "还没有发过请求。", "打开一个组织的档案，在“协同记录”里发协查请求。"
	case liaison.Done:
		return "还没有答复过的请求。", "答复、转办以后会列在这里。"
	}
	return "现在没有等您单位答复的请求。", "别的单位发来请求时，会发消息给您，也会列在这里。"
}

func requestTable(list liaison.Requests, tab liaison.Tab) ui.Table {
	who := "谁问的"
	if tab == liaison.Sent {
		who = "问谁"
	}
	t := ui.Table{Caption: tab.Name(), Columns: []ui.Column{{Label: "组织和问题", Full: true}, {Label: who}, {Label: "答复期限"}, {Label: "状态"}}}
	var rows []ui.Row
	for _, a := range list.Items {
		name := ui.Head(a.OrgName, paths.OrganizationLiaison(a.OrgID.String()), a.Text)
		name.Demo = a.Demo
		other := a.FromName
		if tab == liaison.Sent {
			other = a.ToName
		}
		row := ui.Cells(name, ui.TS(other, list.Regions.Name(a.Community)), ui.T(due(a)), ui.C(stateTag(a, list.Today)))
		if a.State == liaison.Open && a.DueOn.Before(list.Today) {
			row.Mark = ui.Bad
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func due(a liaison.Ask) string {
	if a.DueProvisional {
		return a.DueOn.String() + "（暂定）"
	}
	return a.DueOn.String()
}

func stateTag(a liaison.Ask, today civil.Date) templ.Component {
	switch {
	case a.State == liaison.Open && a.DueOn.Before(today):
		return ui.Tag("超期未答复", ui.Bad)
	case a.State == liaison.Open:
		return ui.Tag(a.State.Name(), ui.Info)
	case a.State == liaison.Answered:
		return ui.Tag(a.State.Name(), ui.Good)
	}
	return ui.Tag(a.State.Name(), ui.Mute)
}
