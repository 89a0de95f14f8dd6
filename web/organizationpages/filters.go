package organizationpages

import (
	"strconv"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"
)

// facets are the ways to narrow the list, with stored counts.
func facets(l listing, at func(func(*organization.Filter)) string) []ui.Facet {
	option := func(label string, current bool, change func(*organization.Filter)) ui.FacetOption {
		g := l.filter
		change(&g)
		g.Query = ""
		href := at(change)
		if current { // pressing the current one again takes it off
			href = at(func(f *organization.Filter) { clearLike(f, change) })
		}
		return ui.FacetOption{Label: label, Href: href, Current: current, Count: l.counts.Sum(g)}
	}
	category, basis, life := ui.Facet{Title: "类别（3+3）"}, ui.Facet{Title: "管理方式"}, ui.Facet{Title: "范围"}
	for _, c := range organization.Categories {
		label := c.Name()
		if c.Priority() {
			label += " · 重点"
		}
		category.Options = append(category.Options, option(label, l.filter.Category == c, func(f *organization.Filter) { f.Category = c }))
	}
	for _, b := range organization.Bases {
		basis.Options = append(basis.Options, option(b.Name(), l.filter.Basis == b, func(f *organization.Filter) { f.Basis = b }))
	}
	all := option("含已注销、已撤销", l.filter.Status == organization.All, func(f *organization.Filter) { f.Status = organization.All })
	living := l.filter
	living.Status = ""
	if all.Current || all.Count > l.counts.Sum(living) { // some have ended
		life.Options = []ui.FacetOption{all}
	}
	return []ui.Facet{category, basis, life}
}

// clearLike takes off what change puts on.
func clearLike(f *organization.Filter, change func(*organization.Filter)) {
	var only organization.Filter
	change(&only)
	if only.Category != "" {
		f.Category = ""
	}
	if only.Basis != "" {
		f.Basis = ""
	}
	if only.Status != "" {
		f.Status = ""
	}
}

// narrowing is a choice beside the search: what is not counted is no facet.
type narrowing struct {
	Field   ui.Field
	Options []ui.Option
}

// narrowed are the names under which narrowings come.
var narrowed = []string{"q", "target", "size", "reach"}

func narrowings(f organization.Filter) []narrowing {
	return []narrowing{
		{ui.Field{Name: "target", Label: "服务对象", Value: string(f.Target)}, formpage.First("不限", formpage.Named(organization.ServiceTargets))},
		{ui.Field{Name: "size", Label: "规模", Value: string(f.Size)}, formpage.First("不限", formpage.Named(organization.Sizes))},
		{ui.Field{Name: "reach", Label: "活动范围", Value: string(f.Reach)}, formpage.First("不限", formpage.Named(organization.Reaches))},
	}
}

func chips(l listing, at func(func(*organization.Filter)) string) []ui.Chip {
	f := l.filter
	var out []ui.Chip
	add := func(on bool, label string, clear func(*organization.Filter)) {
		if on {
			out = append(out, ui.Chip{Label: label, Href: at(clear)})
		}
	}
	add(f.Subdistrict != "", l.regions.Name(f.Subdistrict), func(f *organization.Filter) { f.Subdistrict = "" })
	add(f.Community != "", l.regions.Name(f.Community), func(f *organization.Filter) { f.Community = "" })
	add(f.Category != "", f.Category.Name(), func(f *organization.Filter) { f.Category = "" })
	add(f.Basis != "", f.Basis.Name(), func(f *organization.Filter) { f.Basis = "" })
	add(f.Target != "", f.Target.Name(), func(f *organization.Filter) { f.Target = "" })
	add(f.Size != "", f.Size.Name(), func(f *organization.Filter) { f.Size = "" })
	add(f.Reach != "", "活动范围："+f.Reach.Name(), func(f *organization.Filter) { f.Reach = "" })
	add(f.Status == organization.All, "含已注销、已撤销", func(f *organization.Filter) { f.Status = "" })
	add(f.Query != "", "“"+f.Query+"”", func(f *organization.Filter) { f.Query = "" })
	return out
}

func places(regions *district.RegionSet, on civil.Date) []ui.Option {
	out := []ui.Option{{Value: "", Label: "全区"}}
	for _, s := range regions.Subdistricts(on) {
		all := regions.CommunitiesOf(s.Code, on)
		out = append(out, ui.Option{Value: s.Code, Label: s.Name + "（全部 " + strconv.Itoa(len(all)) + " 个社区）", Group: s.Name})
		for _, c := range all {
			label := c.Name
			if len(c.Aliases) > 0 {
				label += "（" + c.Aliases[0] + "）"
			}
			out = append(out, ui.Option{Value: c.Code, Label: label, Group: s.Name})
		}
	}
	return out
}

// tiles is the district's map with the count of every community under the other
// conditions.
func tiles(l listing, at func(func(*organization.Filter)) string) (ui.Map, string) {
	f := l.filter
	f.Query, f.Subdistrict, f.Community = "", "", ""
	most := 0
	for _, c := range l.regions.Communities(l.today) {
		f.Community = c.Code
		most = max(most, l.counts.Sum(f))
	}
	m := ui.Map{Label: "各社区的组织数"}
	for _, s := range l.regions.OnMap(l.today) {
		area := ui.Area{Name: s.Name, Selected: l.filter.Subdistrict == s.Code}
		for _, c := range l.regions.CommunitiesOf(s.Code, l.today) {
			f.Community = c.Code
			n := l.counts.Sum(f)
			value := strconv.Itoa(n) + " 个"
			if n == 0 {
				value = "没有"
			}
			area.Tiles = append(area.Tiles, ui.Tile{Name: c.ShortName(), Value: value, Label: s.Name + c.Name + "，" + value, Level: level(n, most),
				Selected: l.filter.Community == c.Code,
				Href:     at(func(f *organization.Filter) { f.Community, f.Subdistrict = c.Code, "" })})
		}
		m.Areas = append(m.Areas, area)
	}
	return m, strconv.Itoa(max(most, 1)) + " 个"
}

// level is the step of n on a scale of four up to most; 0 is none.
func level(n, most int) int {
	if n == 0 {
		return 0
	}
	return min(4, 1+(n-1)*4/max(most, 1))
}
