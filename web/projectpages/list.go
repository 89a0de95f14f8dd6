package projectpages

import (
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// pageSize is the number of rows on a page of the list.
const pageSize = 20

// listView is the list of funded projects.
type listView struct {
	layout.Page
	Lead       leadView
	Query      string
	Keep       []ui.Pair // conditions that a search keeps
	Facets     []ui.Facet
	Folded     string
	Chips      []ui.Chip
	Map        ui.Map
	MapNote    string
	Most       string
	Place      string
	Places     []ui.Option
	Table      ui.Table
	Any        bool
	Empty      emptyView
	Pages      ui.Pages
	DownloadOf string // 这 28 个, or 全部结果
	Files      export.Links
	JSON       string
}

// emptyView says why the list is empty and what to drop.
type emptyView struct {
	Why   string
	Drops []ui.Chip // each leads to the list without one condition
	Next  string
}

// listing is the list with its ways on.
type listing struct {
	report.ProjectPage
	by report.ProjectSort
}

// at is the address of the list with a change of its conditions.
func (l listing) at(change func(*report.ProjectFilter)) string {
	f := l.Filter
	change(&f)
	return paths.WithQuery(paths.Projects, addressOf(f, l.by))
}

func (l listing) total() report.Tally { return l.Tallies.Of(l.Filter) }

func newList(page report.ProjectPage, by report.ProjectSort) listView {
	l := listing{page, by}
	f := l.Filter
	v := listView{Query: f.Query, Place: f.Community + f.Subdistrict, Places: places(l)}
	v.Page = layout.Page{Title: "资助项目", Nav: "projects", Description: "坪山区社区社会组织扶持专项资金资助的每一个项目：核定、拨付、退回和追回。",
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "资助项目"}}}
	for name, value := range addressOf(f, by) {
		if name != "q" && value[0] != "" {
			v.Keep = append(v.Keep, ui.Pair{Name: name, Value: value[0]})
		}
	}
	slices.SortFunc(v.Keep, func(a, b ui.Pair) int { return strings.Compare(a.Name, b.Name) })
	v.Lead, v.Facets, v.Chips = l.lead(), l.facets(), l.chips()
	v.Folded = "筛选条件"
	if n := len(v.Chips); n > 0 {
		v.Folded = "筛选条件（已选 " + strconv.Itoa(n) + " 项）"
	}
	v.Map, v.Most = l.tiles()
	v.MapNote = l.mapNote()
	v.Table, v.Any = l.table(), len(l.Items) > 0
	if !v.Any {
		v.Empty = l.nothing()
	}
	v.Pages = ui.Pages{Previous: l.page(l.Previous), Next: l.page(l.Next)}
	q := addressOf(f, by)
	v.Files, v.JSON = export.LinksTo(paths.ProjectsData, q), paths.WithQuery(paths.ProjectsJSON, q)
	v.DownloadOf = "下载这 " + strconv.Itoa(l.total().N) + " 个"
	if f.Query != "" {
		v.DownloadOf = "下载全部搜索结果"
	}
	return v
}

func (l listing) page(cursor string) string {
	if cursor == "" {
		return ""
	}
	q := addressOf(l.Filter, l.by)
	q.Set("after", cursor)
	return paths.WithQuery(paths.Projects, q)
}

// leadView says what the conditions amount to. N is "" when there is nothing.
type leadView struct{ Where, N, Approved, Rest string }

// lead takes stored sums; a search is not counted.
func (l listing) lead() leadView {
	f, t := l.Filter, l.total()
	where := "全区"
	if code := f.Community + f.Subdistrict; code != "" {
		where = l.Regions.FullName(code)
	}
	if f.Year != 0 {
		where += " " + strconv.Itoa(f.Year) + " 年"
	}
	var kinds []string
	for _, k := range []string{f.Programme.Name(), categoryOf(f.Category), f.Progress.Name()} {
		if k != "" {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) > 0 {
		where += "（" + strings.Join(kinds, "、") + "）"
	}
	if t.N == 0 {
		return leadView{Where: where}
	}
	return leadView{where, strconv.Itoa(t.N), t.Approved.String(),
		"已拨付 " + t.Paid.String() + " 元，已退回 " + t.Returned.String() + " 元，已追回 " + t.Recovered.String() + " 元。"}
}

func categoryOf(c organization.Category) string {
	if c == "" {
		return ""
	}
	return c.Name() + "类"
}

func (l listing) table() ui.Table {
	t := ui.Table{Caption: "资助项目，" + sortWords[l.by], Columns: []ui.Column{
		{Label: "项目与组织", Full: true}, {Label: "工程"}, {Label: "社区"}, l.sortable("核定日期", report.NewestFirst, false),
		l.sortable("核定（元）", report.MostApproved, true), l.sortable("已拨付（元）", report.MostPaid, true), {Label: "进展", Full: true},
	}}
	rows := make([]ui.Row, len(l.Items))
	for i, p := range l.Items {
		head := ui.Head(p.Title, paths.Project(p.No), p.OrganizationName+" · "+p.No)
		head.Demo = p.Demo
		rows[i] = ui.Cells(head, ui.T(p.Programme.Name()), ui.T(strings.TrimSuffix(l.Regions.Name(p.Community), "社区")), ui.T(p.GrantedOn.String()),
			ui.T(p.Approved.String()), ui.T(paid(p)), state(p))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// paid is "—" while nobody has recorded it of a grant of before.
func paid(p report.Project) string {
	if p.Opening && p.Progress == report.Unpaid {
		return "—"
	}
	return p.Paid.String()
}

// state is how far a project is, and what came back of its money.
func state(p report.Project) ui.Cell {
	name := p.Progress.Name()
	if p.Opening && p.Progress == report.Unpaid {
		name = "拨付待补录" // not recorded, which is not the same as not paid
	}
	c := ui.C(ui.Tag(name, tone(p.Progress)))
	switch {
	case p.Recovered > 0:
		c = ui.C(ui.Tag(name, tone(p.Progress)), ui.Tag("有追回", ui.Bad))
		c.Sub = "已追回 " + p.Recovered.String() + " 元"
	case p.Returned > 0:
		c.Sub = "已退回 " + p.Returned.String() + " 元"
	}
	return c
}

func tone(p report.Progress) ui.Tone {
	switch p {
	case report.Closed:
		return ui.Good
	case report.Reporting:
		return ui.Warn
	case report.Terminated:
		return ui.Mute
	}
	return ui.Info
}

var sortWords = map[report.ProjectSort]string{
	report.NewestFirst: "新核定的在前", report.OldestFirst: "最早核定的在前", report.MostApproved: "按核定金额从高到低",
	report.LeastApproved: "按核定金额从低到高", report.MostPaid: "按已拨付金额从高到低", report.LeastPaid: "按已拨付金额从低到高",
}

// sortable is a head that sorts by its column, from its other end when it does
// already.
func (l listing) sortable(label string, first report.ProjectSort, number bool) ui.Column {
	c := ui.Column{Label: label, Number: number}
	next := first
	if l.by == first || l.by == first.Reversed() {
		c.Sort.Order, next = "descending", l.by.Reversed()
		if l.by.Ascending() {
			c.Sort.Order = "ascending"
		}
	}
	c.Sort.Href = paths.WithQuery(paths.Projects, addressOf(l.Filter, next))
	return c
}

// nothing says why the list is empty, and offers to drop each condition.
func (l listing) nothing() emptyView {
	drops := l.chips()
	switch {
	case len(drops) == 0:
		return emptyView{Why: "还没有资助项目。", Next: "项目公示期满、没有异议以后，会出现在这里。"}
	case l.Filter.Query != "" && len(drops) == 1:
		return emptyView{Why: "没有找到“" + l.Filter.Query + "”。", Drops: drops, Next: "换一个短一些的词，或者按社区找。也可以输入完整的项目编号。"}
	}
	return emptyView{Why: "没有符合条件的项目。", Drops: drops, Next: "去掉下面的一个条件，或换一个年度。"}
}
