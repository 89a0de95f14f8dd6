package eventpages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/event"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// pageSize is how many activities a page of the list shows.
const pageSize = 20

// listView is the calendar as a list.
type listView struct {
	layout.Page
	Lead   string
	Tabs   []ui.Tab
	Filter filterView
	Table  ui.Table
	Empty  emptyView
	Pages  ui.Pages
	Feed   string
}

// filterView narrows either view.
type filterView struct {
	Action string
	Keep   []ui.Pair
	Place  ui.Field
	Places []ui.Option
	Theme  ui.Field
	Themes []ui.Option
	Chips  []ui.Chip
	Clear  string
}

// emptyView says why nothing is there and what to do.
type emptyView struct{ Why, Next, Label, Href string }

// filterOf reads the filter of an address. What is not on offer is left out.
func filterOf(q url.Values) event.Filter {
	var f event.Filter
	switch place := q.Get("place"); {
	case !digits(place):
	case len(place) == 9:
		f.Subdistrict = place
	case len(place) == 12:
		f.Community = place
	}
	if t := event.Theme(q.Get("theme")); slices.Contains(event.Themes, t) {
		f.Theme = t
	}
	if id, err := uuid.Parse(q.Get("organization")); err == nil {
		f.OrgID = id
	}
	return f
}

func digits(s string) bool {
	return s != "" && !slices.ContainsFunc([]byte(s), func(b byte) bool { return b < '0' || b > '9' })
}

// address is the filter as an address, without what is particular to a view.
func address(f event.Filter) url.Values {
	q := url.Values{"place": {f.Community + f.Subdistrict}, "theme": {string(f.Theme)}}
	if f.OrgID != uuid.Nil {
		q.Set("organization", f.OrgID.String())
	}
	return q
}

func with(q url.Values, pairs ...string) url.Values {
	out := url.Values{}
	for k, v := range q {
		out[k] = v
	}
	for i := 0; i+1 < len(pairs); i += 2 {
		out.Set(pairs[i], pairs[i+1])
	}
	return out
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f, past := filterOf(q), q.Get("when") == "past"
	page, err := p.Events.List(r.Context(), f, past, q.Get("after"), pageSize)
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, listPage(newList(page, f, past)))
}

const description = "坪山区社区社会组织要办的和办过的公益活动，按社区和主题查看。"

func newList(page event.Page, f event.Filter, past bool) listView {
	v := listView{Lead: lead(page.Totals, page.Today.Year), Tabs: tabs(f, past, false), Table: table(page, past), Feed: paths.WithQuery(paths.ActivitiesFeed, address(f))}
	v.Page = open("活动日历")
	v.Description = description
	q := address(f)
	if past {
		q.Set("when", "past")
	}
	v.Filter = newFilter(paths.Activities, q, f, page.Regions, page.Today, page.Entries)
	if len(page.Entries) == 0 {
		v.Empty = nothing(f, past)
	}
	if page.Previous != "" {
		v.Pages.Previous = paths.WithQuery(paths.Activities, with(q, "after", page.Previous))
	}
	if page.Next != "" {
		v.Pages.Next = paths.WithQuery(paths.Activities, with(q, "after", page.Next))
	}
	return v
}

// lead opens with what was given this year.
func lead(t event.Totals, year int) string {
	volunteers, social := t[event.Volunteering], t[event.SocialWork]
	text := "社区社会组织要办的和办过的公益活动。"
	if volunteers.Entries+social.Entries > 0 {
		text += strconv.Itoa(year) + " 年志愿者已服务 " + people(volunteers.Entries) + "、" + event.HoursText(volunteers.Minutes) +
			"，社工 " + people(social.Entries) + "、" + event.HoursText(social.Minutes) + "。"
	}
	return text
}

func tabs(f event.Filter, past, month bool) []ui.Tab {
	return []ui.Tab{{Label: "将要开展", Href: paths.WithQuery(paths.Activities, address(f)), Current: !past && !month},
		{Label: "已经开展", Href: paths.WithQuery(paths.Activities, with(address(f), "when", "past")), Current: past},
		{Label: "按月看", Href: paths.WithQuery(paths.ActivitiesMonth, address(f)), Current: month}}
}

func newFilter(action string, q url.Values, f event.Filter, regions *district.RegionSet, today civil.Date, shown []event.Entry) filterView {
	v := filterView{Action: action, Place: ui.Field{Name: "place", Label: "街道或社区", HideLabel: true, Value: f.Community + f.Subdistrict}, Places: places(regions, today),
		Theme: ui.Field{Name: "theme", Label: "主题", HideLabel: true, Value: string(f.Theme)}, Themes: []ui.Option{{Label: "全部主题"}}, Clear: paths.WithQuery(action, with(q, "place", "", "theme", "", "organization", ""))}
	for _, t := range event.Themes {
		v.Themes = append(v.Themes, ui.Option{Value: string(t), Label: t.Name()})
	}
	for name, value := range q {
		if name != "place" && name != "theme" && value[0] != "" {
			v.Keep = append(v.Keep, ui.Pair{Name: name, Value: value[0]})
		}
	}
	slices.SortFunc(v.Keep, func(a, b ui.Pair) int { return len(a.Name) - len(b.Name) })
	drop := func(label, name string) {
		v.Chips = append(v.Chips, ui.Chip{Label: label, Href: paths.WithQuery(action, with(q, name, ""))})
	}
	if code := f.Community + f.Subdistrict; code != "" {
		drop(regions.Name(code), "place")
	}
	if f.Theme != "" {
		drop(f.Theme.Name(), "theme")
	}
	if f.OrgID != uuid.Nil {
		label := "一个组织"
		if len(shown) > 0 {
			label = shown[0].OrgName
		}
		drop(label, "organization")
	}
	return v
}

func places(regions *district.RegionSet, today civil.Date) []ui.Option {
	out := []ui.Option{{Label: "全区"}}
	for _, s := range regions.Subdistricts(today) {
		out = append(out, ui.Option{Value: s.Code, Label: s.Name + "（全部社区）", Group: s.Name})
		for _, c := range regions.CommunitiesOf(s.Code, today) {
			out = append(out, ui.Option{Value: c.Code, Label: c.Name, Group: s.Name})
		}
	}
	return out
}

func nothing(f event.Filter, past bool) emptyView {
	narrowed := f != event.Filter{}
	switch {
	case narrowed:
		return emptyView{"没有符合条件的活动。", "去掉一个条件，或换一个社区。", "看全部活动", paths.Activities}
	case past:
		return emptyView{"还没有办过的活动。", "活动办完、组织填了情况以后，会出现在这里。", "看将要开展的", paths.Activities}
	}
	return emptyView{"现在没有将要开展的活动。", "组织公开计划以后，会出现在这里。", "看已经开展的", paths.WithQuery(paths.Activities, url.Values{"when": {"past"}})}
}

func table(page event.Page, past bool) ui.Table {
	t := ui.Table{Caption: "将要开展的活动，最近的在前", Columns: []ui.Column{{Label: "活动与组织", Full: true}, {Label: "时间"}, {Label: "社区"}, {Label: "主题"}, {Label: "情况"}}}
	if past {
		t.Caption = "已经开展的活动，最近的在前"
	}
	rows := make([]ui.Row, len(page.Entries))
	for i, e := range page.Entries {
		head := ui.Head(e.Title, entryHref(e), e.OrgName)
		head.Demo = e.Demo
		when := ui.TS(e.Day.String(), e.Day.ChineseWeekday())
		if e.From != event.Unset {
			when.Sub += " " + e.From.String() + "–" + e.Until.String()
		}
		rows[i] = ui.Cells(head, when, ui.TS(page.Regions.Name(e.CommunityCode), e.Place), ui.T(e.Theme.Name()), situation(e, page.Today))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// entryHref leads to the activity. One that was never announced stands on the page
// of its grant, or on the profile of its organization.
func entryHref(e event.Entry) string {
	switch {
	case e.No != "":
		return paths.Activity(e.No)
	case e.Project != "":
		return paths.Project(e.Project)
	}
	return paths.Organization(e.OrgID.String())
}

// situation is how far an activity is, in a word.
func situation(e event.Entry, today civil.Date) ui.Cell {
	switch {
	case e.State == event.Cancelled:
		return ui.C(ui.Tag("已取消", ui.Mute))
	case e.State == event.Held:
		c := ui.C(ui.Tag("已开展", ui.Good))
		if e.Participants != nil {
			c.Sub = whole(e.Participants) + " 人参加"
		}
		return c
	case e.Day.Before(today):
		return ui.C(ui.Tag("等组织填情况", ui.Mute))
	}
	c := ui.C(ui.Tag("将要开展", ui.Info))
	if e.Wanted > 0 {
		c.Sub = "招志愿者 " + strconv.Itoa(e.Wanted) + " 人"
	}
	return c
}

// monthView is the calendar as a month.
type monthView struct {
	layout.Page
	Heading        string
	Tabs           []ui.Tab
	Filter         filterView
	Days           []dayView
	Any            bool
	Empty          emptyView
	Previous, Next ui.Tab
	Feed           string
}

// dayView is one day of it. One without a number fills the first week.
type dayView struct {
	Date    civil.Date
	Number  string
	Label   string // 11月28日 星期六, read out and on phones
	Today   bool
	Weekend bool
	Items   []itemView
	More    string
	MoreTo  string
}

type itemView struct {
	Time, Title, Organization, Href string
	Off                             bool // cancelled
	Done                            bool
}

func (p *Pages) month(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := filterOf(q)
	m, err := civil.ParseMonth(q.Get("month"))
	if err != nil || m.Year < 2000 || m.Year > 2100 {
		m = civil.Month{}
	}
	page, err := p.Events.Month(r.Context(), f, m)
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, monthPage(newMonth(page, f)))
}

func newMonth(page event.Month, f event.Filter) monthView {
	m := page.Month
	v := monthView{Heading: m.Chinese(), Tabs: tabs(f, false, true), Any: len(page.Days) > 0, Feed: paths.WithQuery(paths.ActivitiesFeed, address(f))}
	v.Page = open(m.Chinese()+"的活动", calendarCrumb())
	v.Description = description
	at := func(m civil.Month) string {
		return paths.WithQuery(paths.ActivitiesMonth, with(address(f), "month", m.String()))
	}
	v.Previous, v.Next = ui.Tab{Label: m.Add(-1).Chinese(), Href: at(m.Add(-1))}, ui.Tab{Label: m.Next().Chinese(), Href: at(m.Next())}
	var shown []event.Entry
	for pad := (int(m.First().Weekday()) + 6) % 7; pad > 0; pad-- {
		v.Days = append(v.Days, dayView{})
	}
	for d := m.First(); !d.After(m.Last()); d = d.AddDays(1) {
		day := newDay(d, page.Days[d], page.Today, f)
		shown = append(shown, page.Days[d].Entries...)
		v.Days = append(v.Days, day)
	}
	v.Filter = newFilter(paths.ActivitiesMonth, with(address(f), "month", m.String()), f, page.Regions, page.Today, shown)
	if !v.Any {
		v.Empty = emptyView{m.Chinese() + "没有活动。", "看看别的月份，或去掉筛选条件。", "看全部活动", paths.Activities}
	}
	return v
}

func newDay(d civil.Date, of event.DayOf, today civil.Date, f event.Filter) dayView {
	v := dayView{Date: d, Number: strconv.Itoa(d.Day), Label: strconv.Itoa(int(d.Month)) + "月" + strconv.Itoa(d.Day) + "日 " + d.ChineseWeekday(), Today: d == today,
		Weekend: d.Weekday() == time.Saturday || d.Weekday() == time.Sunday}
	for _, e := range of.Entries {
		v.Items = append(v.Items, itemView{Time: e.From.String(), Title: e.Title, Organization: e.OrgName, Href: entryHref(e), Off: e.State == event.Cancelled, Done: e.State == event.Held})
	}
	if of.More > 0 {
		v.More = "还有 " + strconv.Itoa(of.More) + " 场"
		q := address(f)
		if d.Before(today) {
			q.Set("when", "past")
		}
		q.Set("after", event.At(d, d.Before(today)))
		v.MoreTo = paths.WithQuery(paths.Activities, q)
	}
	return v
}
