package eventpages

import (
	"fmt"
	"net/http"
	"strconv"

	"civilaffairs/internal/event"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/download"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// detailView is one activity as everyone sees it.
type detailView struct {
	layout.Page
	State        string
	Tone         ui.Tone
	No           string
	Title        string
	Demo         bool
	Organization string
	Href         string
	When         string
	Off          string // why it does not take place
	Facts        []ui.Fact
	Intro        string
	Outcome      string
	Hours        []ui.Stat
	Pictures     []pictureView
	Volunteer    string // where to offer help, "" when that is not asked
	Wanted       string
	Feed         string
}

// pictureView is a picture with its line.
type pictureView struct {
	Src, Caption, Alt, Removal string
	Width, Height              string
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Events.Read(r.Context(), number(r))
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, detailPage(newDetail(d)))
}

func newDetail(d event.Detail) detailView {
	v := detailView{State: d.State.Name(), Tone: tone(d.State), No: d.No, Title: d.Title, Demo: d.Demo, Organization: d.OrgName, Href: paths.Organization(d.OrgRoot.String()),
		When: times(d.Day, d.From, d.Until), Off: d.EndedWhy, Intro: d.Intro, Outcome: d.Outcome}
	v.Page = open(d.Title, calendarCrumb())
	v.Description = d.Intro
	v.Facts = []ui.Fact{ui.F("时间", v.When), ui.F("地点", d.Place), ui.F("社区", d.Regions.FullName(d.CommunityCode)), ui.F("主题", d.Theme.Name())}
	if d.Audience != "" {
		v.Facts = append(v.Facts, ui.F("服务对象", d.Audience))
	}
	switch d.State {
	case event.Held:
		v.Facts = append(v.Facts, ui.F("参加人数", whole(d.Participants)+" 人"))
		if d.Confirmed {
			v.Facts = append(v.Facts, ui.F("社区确认", d.ConfirmedBy+"已确认"))
		} else {
			v.Facts = append(v.Facts, ui.F("社区确认", "还没有确认"))
		}
	default:
		v.Facts = append(v.Facts, ui.F("预计参加", whole(d.Expected)+" 人"))
	}
	if d.Project != "" {
		v.Facts = append(v.Facts, ui.Fact{Label: "活动补贴", Body: ui.Link(d.Project, paths.Project(d.Project))})
	}
	for _, s := range d.Hours {
		v.Hours = append(v.Hours, ui.Stat{Label: s.Kind.Name() + "服务", Value: event.HoursText(s.Minutes), Note: people(s.Entries)})
	}
	for _, x := range d.Pictures {
		v.Pictures = append(v.Pictures, pictureView{Src: paths.ActivityPicture(d.No, x.ID.String()), Caption: x.Caption, Alt: x.Caption, Removal: paths.ActivityPictureRemoval(d.No, x.ID.String()),
			Width: strconv.Itoa(x.Width), Height: strconv.Itoa(x.Height)})
	}
	if d.State == event.Planned && !d.Begun(d.Now) {
		v.Feed = paths.ActivityCalendar(d.No)
		if d.Accepting {
			v.Volunteer = paths.OrganizationVolunteering(d.OrgRoot.String(), d.No)
		}
		if d.Wanted > 0 {
			v.Wanted = "这次活动招志愿者 " + strconv.Itoa(d.Wanted) + " 人。"
		}
	}
	return v
}

func tone(s event.State) ui.Tone {
	switch s {
	case event.Held:
		return ui.Good
	case event.Planned:
		return ui.Info
	case event.Blocked:
		return ui.Bad
	}
	return ui.Mute
}

// picture sends a released picture; anything else is not found.
func (p *Pages) picture(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "picture")
	if err != nil {
		return err
	}
	a, content, err := p.Events.PublicPicture(r.Context(), number(r), id)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

// statisticsView is the time that social workers and volunteers gave.
type statisticsView struct {
	layout.Page
	Lead          string
	Years         []ui.Tab
	Places        ui.Table
	Organizations ui.Table
	Any           bool
	Files         export.Links
}

// shownOrganizations bounds the table of the page; the file has all.
const shownOrganizations = 30

func yearOf(r *http.Request) int {
	if y, err := strconv.Atoi(r.URL.Query().Get("year")); err == nil && y >= 2000 && y <= 2999 {
		return y
	}
	return 0
}

func (p *Pages) statistics(w http.ResponseWriter, r *http.Request) error {
	s, err := p.Events.Statistics(r.Context(), yearOf(r), shownOrganizations)
	if err != nil {
		return err
	}
	v := statisticsView{Page: open("双工一社：服务时长", calendarCrumb()), Any: len(s.Places) > 0}
	v.Description = "社工和志愿者在社区社会组织的活动里服务了多少人次、多少小时。"
	years := map[int]bool{s.Today.Year: true}
	list := []int{s.Today.Year}
	total := event.Totals{}
	for _, y := range s.Years {
		if !years[y.Year] {
			years[y.Year] = true
			list = append(list, y.Year)
		}
		if y.Year == s.Year {
			total[y.Kind] = y
		}
	}
	for _, y := range list {
		v.Years = append(v.Years, ui.Tab{Label: strconv.Itoa(y) + " 年", Href: paths.ActivitiesHours + "?year=" + strconv.Itoa(y), Current: y == s.Year})
	}
	v.Lead = fmt.Sprintf("%d 年，志愿者服务 %s、%s，社工服务 %s、%s。一个人的同一段时间只算一次。", s.Year, people(total[event.Volunteering].Entries), event.HoursText(total[event.Volunteering].Minutes),
		people(total[event.SocialWork].Entries), event.HoursText(total[event.SocialWork].Minutes))
	v.Places = hoursTable("各社区的服务时长", "社区", s.Places, func(x event.Statistic) ui.Cell {
		return ui.Head(s.Regions.FullName(x.Code), paths.Activities+"?place="+x.Code, "")
	})
	v.Organizations = hoursTable("服务时长最多的组织", "组织", s.Organizations, func(x event.Statistic) ui.Cell {
		c := ui.Head(x.OrgName, paths.Organization(x.OrgID.String()), s.Regions.Name(x.Code))
		c.Demo = x.Demo
		return c
	})
	v.Files = export.LinksTo(paths.ActivitiesHours, map[string][]string{"year": {strconv.Itoa(s.Year)}})
	return httpserver.RenderPublic(w, r, statisticsPage(v))
}

func hoursTable(caption, head string, list []event.Statistic, name func(event.Statistic) ui.Cell) ui.Table {
	t := ui.Table{Caption: caption, ShowCaption: true, Columns: []ui.Column{{Label: head, Full: true}, {Label: "志愿者（人次）", Number: true}, {Label: "志愿者（小时）", Number: true},
		{Label: "社工（人次）", Number: true}, {Label: "社工（小时）", Number: true}}}
	rows := make([]ui.Row, len(list))
	for i, x := range list {
		rows[i] = ui.Cells(name(x), ui.T(strconv.FormatInt(x.Times, 10)), ui.T(hours(x.Volunteer)), ui.T(strconv.FormatInt(x.SocialN, 10)), ui.T(hours(x.Social)))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// hours is a number of minutes as hours, to a tenth.
func hours(minutes int64) string {
	tenths := (minutes*10 + 30) / 60
	return fmt.Sprintf("%d.%d", tenths/10, tenths%10)
}

// exportHours is every organization that gave time in a year.
func (p *Pages) exportHours(*http.Request) export.List {
	return export.List{Name: "双工一社服务时长", Columns: []sheet.Column{{Name: "组织"}, {Name: "社区"}, {Name: "年度"}, {Name: "志愿者人次"}, {Name: "志愿者分钟"}, {Name: "社工人次"}, {Name: "社工分钟"}},
		Fill: func(r *http.Request, t *export.Table) error {
			year := yearOf(r)
			return p.Events.EachOrganization(r.Context(), year, func(s event.Statistics, rows []event.Statistic) error {
				t.On(s.Today)
				for _, x := range rows {
					if err := t.Row(x.OrgName, s.Regions.FullName(x.Code), s.Year, x.Times, x.Volunteer, x.SocialN, x.Social); err != nil {
						return err
					}
				}
				return nil
			})
		}}
}
