package governancepages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

const pageSize = 20

// boardView is who lacks what.
type boardView struct {
	layout.Page
	Lead    string
	Library string // where guidelines are written, or read
	Show    string
	Tabs    []ui.Tab
	Place   ui.Field
	Places  []ui.Option
	Duty    ui.Field
	Duties  []ui.Option
	List    list
	Pages   ui.Pages
}

func (p *Pages) showBoard(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := governance.BoardFilter{Place: q.Get("place")}
	if d := governance.Duty(q.Get("duty")); slices.Contains(governance.Duties, d) {
		f.Duty = d
	}
	if s := governance.Show(q.Get("show")); slices.Contains(governance.Shows, s) {
		f.Show = s
	}
	b, err := p.Governance.Board(r.Context(), actor(r), f, q.Get("after"), pageSize)
	if err != nil {
		return err
	}
	v := boardView{Page: shell(r, "内部治理", "governance"), Show: string(f.Show), List: boardList(b, f),
		Lead:  "本辖区的组织各缺什么、什么时候到期。按今天的记录推算。",
		Place: ui.Field{Name: "place", Label: "地方", Value: f.Place}, Places: places(actor(r), b.Regions, b.Today),
		Duty: ui.Field{Name: "duty", Label: "事项", Value: string(f.Duty)}, Duties: formpage.First("全部事项", formpage.Named(governance.Duties))}
	if v.Library = paths.Guidelines; actor(r).Can(authz.GuidelineView) {
		v.Library = paths.StaffGuidelines
	}
	at := func(show governance.Show, after string) string {
		return paths.WithQuery(paths.StaffGovernance, url.Values{"place": {f.Place}, "duty": {string(f.Duty)}, "show": {string(show)}, "after": {after}})
	}
	for _, s := range governance.Shows {
		v.Tabs = append(v.Tabs, ui.Tab{Label: s.Name(), Href: at(s, ""), Current: s == f.Show})
	}
	if b.Next != "" {
		v.Pages.Next = at(f.Show, b.Next)
	}
	if q.Get("after") != "" {
		v.Pages.Previous = at(f.Show, "")
	}
	return httpserver.Render(w, r, http.StatusOK, boardPage(v))
}

func boardList(b governance.Board, f governance.BoardFilter) list {
	l := list{Empty: "没有" + f.Show.Name() + "的组织。换一个地方或事项再看。", Table: ui.Table{Caption: "组织和事项",
		Columns: []ui.Column{{Label: "组织", Full: true}, {Label: "社区"}, {Label: "事项", Full: true}}}}
	if f.Show == governance.ShowAll {
		l.Empty = "没有符合条件的组织。换一个地方或事项再看。"
	}
	var rows []ui.Row
	for _, x := range b.Rows {
		head := ui.Head(x.Name, paths.StaffOrganizationGovernance(x.ID.String()), "")
		head.Demo = x.Demo
		var tags []templ.Component
		for _, i := range x.Items {
			tags = append(tags, ui.Tag(itemWord(i), stateTone(i.State)))
		}
		rows = append(rows, ui.Cells(head, ui.T(strings.TrimSuffix(b.Regions.Name(x.CommunityCode), "社区")), ui.C(tagRow(tags))))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

// itemWord is an item in a few words: 财务制度 逾期 2026-01-05.
func itemWord(i governance.Item) string {
	word := i.Duty.Name() + " " + i.State.Name()
	if !i.DueOn.IsZero() && i.State != governance.Unknown {
		word += " " + i.DueOn.String()
	}
	return word
}

// places are the places that the actor's board can be narrowed to.
func places(a authz.Actor, regions *district.RegionSet, on civil.Date) []ui.Option {
	if a.Role == authz.Community {
		return []ui.Option{{Value: "", Label: regions.Name(a.Community)}}
	}
	all := "全区"
	if a.Role == authz.Subdistrict {
		all = regions.Name(a.Subdistrict)
	}
	out := []ui.Option{{Value: "", Label: all}}
	for _, s := range regions.Subdistricts(on) {
		if a.Role == authz.Subdistrict && s.Code != a.Subdistrict {
			continue
		}
		if a.Role != authz.Subdistrict {
			out = append(out, ui.Option{Value: s.Code, Label: s.Name, Group: s.Name})
		}
		for _, c := range regions.CommunitiesOf(s.Code, on) {
			out = append(out, ui.Option{Value: c.Code, Label: c.Name, Group: s.Name})
		}
	}
	return out
}
