package workpages

import (
	"net/http"
	"net/url"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// inboxView is the to-do list of an office.
type inboxView struct {
	layout.Page
	Heading                  string
	Line                     []phrase // what to begin with, and what day it is
	Claims                   string   // registrations that wait for a subdistrict, "" for none
	Tabs                     []ui.Tab
	Bar                      filterBar
	Table                    ui.Table
	Empty                    string // why there is nothing, "" with a list
	Remedy                   string // what to do about it
	Elsewhere, ElsewhereHref string
	End                      string // what the list holds
	FromStart                string // address of the first page, "" on it
	Pages                    ui.Pages
	Files                    export.Links
	Bases                    bool // leads to the facts of bases
	Payees                   bool // leads to the accounts to be verified
	Reports                  reportsView
	Duties                   []areaLine
}

// filterBar is the line of controls above the list.
type filterBar struct {
	Tab, Sort, Text, Kind, Subdistrict string
	Kinds, Subdistricts                []ui.Option // nil leaves the control out
	Order                              string      // 按期限从急到缓
	Other, OtherHref                   string      // the other order
}

const longestSearch = 60 // as long as a name can be

// searchText cleans what was typed into a search box.
func searchText(typed string) string {
	text := []rune(typed)
	if len(text) > longestSearch {
		text = text[:longestSearch]
	}
	return form.New(url.Values{"q": {string(text)}}).Text("q", "查找")
}

func readFilter(q url.Values) casework.Filter {
	return casework.Filter{
		Tab: casework.Tab(q.Get("tab")), Kind: q.Get("kind"), Subdistrict: q.Get("subdistrict"),
		Text: searchText(q.Get("q")), Newest: q.Get("sort") == "newest", Cursor: q.Get("after"),
	}
}

// address is the inbox under f; a change of tab or order begins at the first page.
func address(f casework.Filter) string { return paths.WithQuery(paths.Workspace, query(f)) }

func query(f casework.Filter) url.Values {
	q := url.Values{"tab": {string(f.Tab)}, "kind": {f.Kind}, "subdistrict": {f.Subdistrict}, "q": {f.Text}, "after": {f.Cursor}}
	if f.Newest {
		q.Set("sort", "newest")
	}
	return q
}

func (p *Pages) showInbox(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	in, err := p.Desk.Inbox(r.Context(), a, readFilter(r.URL.Query()))
	if err != nil {
		return err
	}
	v := newInboxView(in, a)
	if a.Can(authz.AccountConfirm) {
		claims, err := p.Accounts.CountClaims(r.Context(), a)
		if err != nil {
			return err
		}
		if claims > 0 {
			v.Claims = "有 " + itoa(claims) + " 份账号登记等您确认"
		}
	}
	if watchesDuties(a.Role) {
		duties, err := p.Governance.AreaGlance(r.Context(), a)
		if err != nil {
			return err
		}
		v.Duties = areaLines(duties, in.Today)
		if in.Filter.Tab == casework.Mine && !narrowed(in.Filter) && in.Filter.Cursor == "" {
			v.Reports = reportsOf(in.Setting, duties.Reports)
		}
	}
	return httpserver.Render(w, r, http.StatusOK, inboxPage(v))
}

func narrowed(f casework.Filter) bool { return f.Kind != "" || f.Subdistrict != "" || f.Text != "" }

func newInboxView(in casework.Inbox, a authz.Actor) inboxView {
	f := in.Filter
	v := inboxView{
		Page: page("工作台", "workspace"), Heading: heading(in), Line: openingLine(in),
		Bar: barOf(in, a), Bases: a.Can(authz.BaseEdit), Payees: a.Can(authz.AccountNumberUnmask),
	}
	for _, t := range tabsOf(in) {
		g := f
		g.Tab, g.Cursor = t.tab, ""
		v.Tabs = append(v.Tabs, ui.Tab{Label: t.label, Href: address(g), Count: t.count, Current: t.tab == f.Tab})
	}
	if len(in.Items) == 0 && f.Cursor == "" {
		v.Empty, v.Remedy, v.Elsewhere, v.ElsewhereHref = emptyInbox(in)
		return v
	}
	v.Table = queue(in, a)
	v.Files = export.LinksTo(paths.Workspace, query(f))
	first := f
	first.Cursor = ""
	if f.Cursor != "" {
		v.FromStart = address(first)
	}
	if in.Next != "" {
		next := f
		next.Cursor = in.Next
		v.Pages.Next = address(next)
		v.End = "这一页 " + itoa(len(in.Items)) + " 件，后面还有。"
	} else if f.Cursor == "" {
		v.End = "共 " + itoa(len(in.Items)) + " 件，已全部列出。"
	} else {
		v.End = "已到最后一件。"
	}
	return v
}

func heading(in casework.Inbox) string {
	found := ""
	if narrowed(in.Filter) {
		found = "（筛选后）"
	}
	switch in.Filter.Tab {
	case casework.Mine:
		return "待办 " + itoa(in.Counts.Mine) + " 件" + found
	case casework.Others:
		return "在办 " + itoa(in.Counts.Others) + " 件" + found
	case casework.Correcting:
		return "补正中 " + itoa(in.Counts.Correcting) + " 件" + found
	}
	return "已办结的件" + found
}

type inboxTab struct {
	tab          casework.Tab
	label, count string
}

func tabsOf(in casework.Inbox) []inboxTab {
	tabs := []inboxTab{
		{casework.Mine, "等我办", itoa(in.Counts.Mine)}, {casework.Others, "等别人", itoa(in.Counts.Others)},
		{casework.Correcting, "补正中", itoa(in.Counts.Correcting)}, {casework.Done, "已办", "本月 " + itoa(in.Counts.Done)},
	}
	if !in.Waits { // no step is this role's: a tab that is always empty helps nobody
		tabs = tabs[1:]
		tabs[0].label = "在办"
	}
	return tabs
}

func barOf(in casework.Inbox, a authz.Actor) filterBar {
	f := in.Filter
	b := filterBar{Tab: string(f.Tab), Text: f.Text, Kind: f.Kind, Subdistrict: f.Subdistrict}
	if len(in.Kinds) > 1 {
		b.Kinds = []ui.Option{{Label: "全部工程"}}
		for _, k := range in.Kinds {
			b.Kinds = append(b.Kinds, ui.Option{Value: k.Key, Label: k.Name})
		}
	}
	if a.Subdistrict == "" { // whoever has an area sees no other
		b.Subdistricts = []ui.Option{{Label: "全部街道"}}
		for _, r := range in.Regions.OnMap(in.Today) {
			b.Subdistricts = append(b.Subdistricts, ui.Option{Value: r.Code, Label: r.Name})
		}
	}
	if f.Tab == casework.Done {
		b.Order = "按办结时间，最近的在前"
		return b
	}
	other := f
	other.Newest, other.Cursor = !f.Newest, ""
	b.OtherHref = address(other)
	if b.Order, b.Other = "按期限从急到缓", "按收到时间"; f.Newest {
		b.Sort, b.Order, b.Other = "newest", "按收到时间，最近的在前", "按期限从急到缓"
	}
	return b
}

// emptyInbox says why there is nothing and what to do.
func emptyInbox(in casework.Inbox) (why, remedy, label, href string) {
	f := in.Filter
	if narrowed(f) {
		var by []string
		if f.Text != "" {
			by = append(by, "“"+f.Text+"”")
		}
		if f.Kind != "" {
			by = append(by, kindName(in, f.Kind))
		}
		if f.Subdistrict != "" {
			by = append(by, in.Regions.Name(f.Subdistrict))
		}
		return "没有符合" + strings.Join(by, "、") + "的件。", "去掉条件，或到别的分类里找。", "去掉全部条件", address(casework.Filter{Tab: f.Tab})
	}
	switch f.Tab {
	case casework.Mine:
		if in.Counts.Others > 0 {
			return "现在没有等您办的件。", "有 " + itoa(in.Counts.Others) + " 件在别人手里，到您这一步时会出现在这里，也会发消息给您。", "看等别人的件", address(casework.Filter{Tab: casework.Others})
		}
		return "现在没有等您办的件。", "有新的申请到您这一步时会出现在这里，也会发消息给您。", "看已办结的件", address(casework.Filter{Tab: casework.Done})
	case casework.Others:
		return "现在没有在别人手里的件。", "组织提交申请后，从这里可以看到办到了哪一步。", "看已办结的件", address(casework.Filter{Tab: casework.Done})
	case casework.Correcting:
		return "现在没有等组织补正的件。", "退回补正的件会列在这里，办理期限在补正期间暂停。", "", ""
	}
	return "还没有办结的件。", "不予受理、撤回、失效和办结的件会列在这里。", "", ""
}
