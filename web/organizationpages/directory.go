package organizationpages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// pageSize is the number of rows on a page of a list.
const pageSize = 20

// directoryView is the list of organizations, public or of an office.
type directoryView struct {
	layout.Page
	Heading, Lead string
	Staff         bool
	Base          string // address of the list without filters
	Query         string
	Kept          []ui.Pair // filters that the choice of a place keeps
	Keep          []ui.Pair // filters that a search keeps
	Narrow        []narrowing
	Facets        []ui.Facet
	Chips         []ui.Chip
	Map           ui.Map
	MapNote       string
	Least, Most   string
	Place         string // community or subdistrict chosen
	Places        []ui.Option
	Table         ui.Table
	Any           bool
	EmptyWhy      string
	EmptyNext     string
	Pages         ui.Pages
	Files         export.Links
	Folded        string
	MayRecord     bool
}

// filterOf reads the filter of an address. What is not on offer is left out, so
// that an old bookmark shows more rather than an error.
func filterOf(q url.Values, regions *district.RegionSet) organization.Filter {
	f := organization.Filter{Query: strings.TrimSpace(q.Get("q"))}
	if r, ok := regions.Get(q.Get("place")); ok {
		switch r.Kind {
		case district.Subdistrict:
			f.Subdistrict = r.Code
		case district.Community:
			f.Community = r.Code
		}
	}
	if c := organization.Category(q.Get("category")); slices.Contains(organization.Categories, c) {
		f.Category = c
	}
	if b := organization.Basis(q.Get("basis")); slices.Contains(organization.Bases, b) {
		f.Basis = b
	}
	if t := organization.ServiceTarget(q.Get("target")); slices.Contains(organization.ServiceTargets, t) {
		f.Target = t
	}
	if v := organization.Reach(q.Get("reach")); slices.Contains(organization.Reaches, v) {
		f.Reach = v
	}
	if v := organization.Size(q.Get("size")); slices.Contains(organization.Sizes, v) {
		f.Size = v
	}
	if q.Get("status") == string(organization.All) {
		f.Status = organization.All
	}
	return f
}

// values is the filter as an address; the cursor is not part of it.
func addressOf(f organization.Filter) url.Values {
	return url.Values{"place": {f.Community + f.Subdistrict}, "category": {string(f.Category)}, "basis": {string(f.Basis)},
		"status": {string(f.Status)}, "target": {string(f.Target)}, "reach": {string(f.Reach)}, "size": {string(f.Size)}, "q": {f.Query}}
}

// listing is what one reading of the list gives.
type listing struct {
	filter  organization.Filter
	page    organization.Page
	counts  organization.Tallies
	marks   map[uuid.UUID]standing.Summary
	regions *district.RegionSet
	today   civil.Date
}

func (p *Pages) listPublic(w http.ResponseWriter, r *http.Request) error {
	l, err := p.read(r, organization.List)
	if err != nil {
		return err
	}
	v := newDirectory(l, paths.Organizations, paths.Organization)
	v.Page = layout.Page{Title: "社会组织", Nav: "organizations", Description: "坪山区社区社会组织名录，可按街道、社区和类别查找。",
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "社会组织"}}}
	v.Heading, v.Files = "社会组织", export.LinksTo(paths.OrganizationsData, addressOf(l.filter))
	return httpserver.Render(w, r, http.StatusOK, directoryPage(v))
}

func (p *Pages) listStaff(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	l, err := p.read(r, func(ctx ctx, q postgres.Querier, regions *district.RegionSet, f organization.Filter, cursor string, size int) (organization.Page, error) {
		return p.Organizations.ListFor(ctx, q, regions, a, f, cursor, size)
	})
	if err != nil {
		return err
	}
	l.counts = l.counts.Within(a)
	v := newDirectory(l, paths.StaffOrganizations, paths.StaffOrganization)
	v.Page = shell(r, "组织档案", 0)
	v.Heading, v.Staff, v.MayRecord = "组织档案", true, a.Can(authz.OrganizationRecord)
	v.Files = export.LinksTo(paths.StaffOrganizations, addressOf(l.filter))
	switch {
	case a.Role == authz.Department: // organizations are not counted by unit
		v.Lead = "本单位主管（指导）的组织。"
	case a.Community+a.Subdistrict != "":
		v.Lead = lead(l, orNone(l.regions.Name(a.Community), l.regions.Name(a.Subdistrict)))
	}
	return httpserver.Render(w, r, http.StatusOK, directoryPage(v))
}

// read reads one page of the list with its marks and counts.
func (p *Pages) read(r *http.Request, list lister) (l listing, err error) {
	err = p.DB.Read(r.Context(), func(q postgres.Querier, now time.Time) error {
		l.today = civil.On(now)
		if l.regions, err = district.Regions(r.Context(), q); err != nil {
			return err
		}
		query := r.URL.Query()
		l.filter = filterOf(query, l.regions)
		if l.filter.Size != "" {
			if l.filter.Bounds, err = organization.SizeBoundsOn(r.Context(), q, l.today); err != nil {
				return err
			}
		}
		if l.page, err = list(r.Context(), q, l.regions, l.filter, query.Get("after"), pageSize); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(l.page.Items))
		for i, o := range l.page.Items {
			ids[i] = o.ID
		}
		if l.marks, err = standing.Summaries(r.Context(), q, ids, l.today); err != nil {
			return err
		}
		l.counts, err = organization.Counts(r.Context(), q)
		return err
	})
	return l, err
}

func newDirectory(l listing, base string, page func(id string) string) directoryView {
	f := l.filter
	at := func(change func(f *organization.Filter)) string {
		g := f
		change(&g)
		return paths.WithQuery(base, addressOf(g))
	}
	v := directoryView{Base: base, Query: f.Query, Place: f.Community + f.Subdistrict, Places: places(l.regions, l.today)}
	for name, value := range addressOf(f) {
		if value[0] == "" {
			continue
		}
		if name != "q" {
			v.Kept = append(v.Kept, ui.Pair{Name: name, Value: value[0]})
		}
		if !slices.Contains(narrowed, name) {
			v.Keep = append(v.Keep, ui.Pair{Name: name, Value: value[0]})
		}
	}
	byName := func(a, b ui.Pair) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(v.Kept, byName)
	slices.SortFunc(v.Keep, byName)
	v.Narrow = narrowings(f)
	v.Lead = lead(l, "全区")
	v.Facets = facets(l, at)
	v.Chips = chips(l, at)
	v.Folded = "筛选条件"
	if n := len(v.Chips); n > 0 {
		v.Folded = "筛选条件（已选 " + strconv.Itoa(n) + " 项）"
	}
	v.Map, v.Most = tiles(l, at)
	v.Least, v.MapNote = "没有", "数字是现有组织数，颜色随之加深。"
	if f.Query != "" || f.Target != "" || f.Reach != "" || f.Size != "" {
		v.MapNote = "数字按类别和管理方式统计，不含搜索词、服务对象、规模和活动范围。"
	}
	v.Table, v.Any = rowsOf(l, page), len(l.page.Items) > 0
	v.EmptyWhy, v.EmptyNext = nothing(f)
	cursor := func(c string) string {
		if c == "" {
			return ""
		}
		q := addressOf(f)
		q.Set("after", c)
		return paths.WithQuery(base, q)
	}
	v.Pages = ui.Pages{Previous: cursor(l.page.Previous), Next: cursor(l.page.Next)}
	return v
}

// lead says what the filter amounts to, from stored counts; a search is not
// counted.
func lead(l listing, where string) string {
	f := l.filter
	f.Query = ""
	if code := f.Community + f.Subdistrict; code != "" {
		where = l.regions.FullName(code)
	}
	what := "社区社会组织"
	if f.Category != "" {
		what = f.Category.Name() + "类" + what
	}
	have := "现有"
	if f.Status == organization.All {
		have = "先后有"
	}
	total := l.counts.Sum(f)
	text := where + have + what + " " + strconv.Itoa(total) + " 个"
	if f.Basis == "" && total > 0 {
		g := f
		g.Basis = organization.Registered
		switch registered := l.counts.Sum(g); registered {
		case 0:
			text += "，都是备案的"
		case total:
			text += "，都是登记的"
		default:
			text += "，其中登记 " + strconv.Itoa(registered) + " 个，备案 " + strconv.Itoa(total-registered) + " 个"
		}
	} else if f.Basis != "" {
		text += "（" + f.Basis.Name() + "）"
	}
	return text + "。"
}

func rowsOf(l listing, page func(id string) string) ui.Table {
	t := ui.Table{Caption: "社区社会组织，新成立的在前", Columns: []ui.Column{{Label: "组织", Full: true}, {Label: "类别"}, {Label: "社区"}, {Label: "管理方式"},
		{Label: "成立日期"}, {Label: "状态", Full: true}}}
	var rows []ui.Row
	for _, o := range l.page.Items {
		head := ui.Head(o.Name, page(o.ID.String()), o.Type.Name())
		head.Demo = o.Demo
		mark := l.marks[o.ID]
		state := ui.C(ui.Tag(o.Status.Name(), statusTone(o.Status)))
		switch {
		case len(mark.Lists) > 0:
			state = ui.C(ui.Tag(o.Status.Name(), statusTone(o.Status)), ui.Tag(listed(mark.Lists), ui.Bad))
		case mark.Star > 0:
			state = ui.C(ui.Tag(o.Status.Name(), statusTone(o.Status)), ui.Stars(mark.Star, standing.Grade{Star: mark.Star}.Name()))
		}
		rows = append(rows, ui.Cells(head, ui.T(categoryName(o.Category)), ui.T(strings.TrimSuffix(l.regions.Name(o.CommunityCode), "社区")),
			ui.T(o.Basis.Name()), ui.T(o.EstablishedOn.String()), state))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// limited reports whether something besides a search narrows the list.
func limited(f organization.Filter) bool {
	return f.Community+f.Subdistrict != "" || f.Category != "" || f.Basis != "" || f.Target != "" || f.Reach != "" || f.Size != ""
}

// nothing says why the list is empty and what to do.
func nothing(f organization.Filter) (why, next string) {
	switch {
	case f.Query != "" && limited(f):
		return "没有符合条件的组织。", "去掉一个条件，或者换一个词再找。"
	case f.Query != "":
		return "没有名称里有“" + f.Query + "”的组织。", "换一个短一些的词，或者按社区找。也可以输入完整的统一社会信用代码或备案编号。"
	case limited(f):
		return "没有符合条件的组织。", "去掉一个条件再看。"
	}
	return "还没有登记的组织。", "组织在街道备案或在民政局登记以后，会出现在这里。"
}
