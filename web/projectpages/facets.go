package projectpages

import (
	"slices"
	"strconv"

	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/web/ui"
)

// option is one value of a condition; pressing the current one again takes it
// off.
func (l listing) option(label string, current bool, set, clear func(*report.ProjectFilter)) ui.FacetOption {
	f := l.Filter
	set(&f)
	o := ui.FacetOption{Label: label, Current: current, Count: l.Tallies.Of(f).N, Href: l.at(set)}
	if current {
		o.Href = l.at(clear)
	}
	return o
}

// facets are the ways to narrow the list, with stored counts.
func (l listing) facets() []ui.Facet {
	f := l.Filter
	year, programme, category, progress := ui.Facet{Title: "年度"}, ui.Facet{Title: "工程"}, ui.Facet{Title: "类别（3+3）"}, ui.Facet{Title: "进展"}
	years := l.Tallies.Years()
	if f.Year != 0 && !slices.Contains(years, f.Year) {
		years = append(years, f.Year)
	}
	for _, y := range years {
		year.Options = append(year.Options, l.option(strconv.Itoa(y)+"年", f.Year == y,
			func(f *report.ProjectFilter) { f.Year = y }, func(f *report.ProjectFilter) { f.Year = 0 }))
	}
	for _, p := range report.Programmes {
		only := f
		if only.Programme = p; p == organization.OtherProgramme && f.Programme != p && l.Tallies.Of(only).N == 0 {
			continue // none but history is of no programme
		}
		programme.Options = append(programme.Options, l.option(p.Name(), f.Programme == p,
			func(f *report.ProjectFilter) { f.Programme = p }, func(f *report.ProjectFilter) { f.Programme = "" }))
	}
	for _, c := range organization.Categories {
		label := c.Name()
		if c.Priority() {
			label += " · 重点"
		}
		category.Options = append(category.Options, l.option(label, f.Category == c,
			func(f *report.ProjectFilter) { f.Category = c }, func(f *report.ProjectFilter) { f.Category = "" }))
	}
	for _, p := range report.Progresses {
		progress.Options = append(progress.Options, l.option(p.Name(), f.Progress == p,
			func(f *report.ProjectFilter) { f.Progress = p }, func(f *report.ProjectFilter) { f.Progress = "" }))
	}
	return []ui.Facet{year, programme, category, progress}
}

func (l listing) chips() []ui.Chip {
	f := l.Filter
	var out []ui.Chip
	add := func(on bool, label string, clear func(*report.ProjectFilter)) {
		if on {
			out = append(out, ui.Chip{Label: label, Href: l.at(clear)})
		}
	}
	add(f.Year != 0, strconv.Itoa(f.Year)+"年", func(f *report.ProjectFilter) { f.Year = 0 })
	add(f.Subdistrict != "", l.Regions.Name(f.Subdistrict), func(f *report.ProjectFilter) { f.Subdistrict = "" })
	add(f.Community != "", l.Regions.Name(f.Community), func(f *report.ProjectFilter) { f.Community = "" })
	add(f.Programme != "", f.Programme.Name(), func(f *report.ProjectFilter) { f.Programme = "" })
	add(f.Category != "", f.Category.Name(), func(f *report.ProjectFilter) { f.Category = "" })
	add(f.Progress != "", f.Progress.Name(), func(f *report.ProjectFilter) { f.Progress = "" })
	add(f.Query != "", "“"+f.Query+"”", func(f *report.ProjectFilter) { f.Query = "" })
	return out
}

func places(l listing) []ui.Option {
	out := []ui.Option{{Value: "", Label: "全区"}}
	for _, s := range l.Regions.Subdistricts(l.Today) {
		all := l.Regions.CommunitiesOf(s.Code, l.Today)
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
func (l listing) tiles() (m ui.Map, most string) {
	count := func(community string) int {
		f := l.Filter
		f.Subdistrict, f.Community = "", community
		return l.Tallies.Of(f).N
	}
	top := 0
	for _, c := range l.Regions.Communities(l.Today) {
		top = max(top, count(c.Code))
	}
	m.Label = "各社区的资助项目数"
	for _, s := range l.Regions.OnMap(l.Today) {
		area := ui.Area{Name: s.Name, Selected: l.Filter.Subdistrict == s.Code}
		for _, c := range l.Regions.CommunitiesOf(s.Code, l.Today) {
			n := count(c.Code)
			value := strconv.Itoa(n) + " 个"
			if n == 0 {
				value = "没有"
			}
			area.Tiles = append(area.Tiles, ui.Tile{Name: c.ShortName(), Value: value, Label: s.Name + c.Name + "，" + value, Level: level(n, top),
				Selected: l.Filter.Community == c.Code, Href: l.at(func(f *report.ProjectFilter) { f.Community, f.Subdistrict = c.Code, "" })})
		}
		m.Areas = append(m.Areas, area)
	}
	return m, strconv.Itoa(max(top, 1)) + " 个"
}

// level is the step of n on a scale of four up to most; 0 is none.
func level(n, most int) int {
	if n == 0 {
		return 0
	}
	return min(4, 1+(n-1)*4/max(most, 1))
}

func (l listing) mapNote() string {
	note := "数字是"
	if l.Filter.Year != 0 {
		note += " " + strconv.Itoa(l.Filter.Year) + " 年的"
	}
	note += "项目数，颜色随之加深。"
	if l.Filter.Query != "" {
		note += "按其他条件统计，不含搜索词。"
	}
	return note
}
