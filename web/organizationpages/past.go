package organizationpages

import (
	"net/http"
	"net/url"
	"strconv"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// pastForm asks for the day whose facts a profile shows.
type pastForm struct {
	Action string
	Field  ui.Field
}

// pastView is a profile on a past day.
type pastView struct {
	layout.Page
	Name       string
	Demo       bool
	Banner     string // 这是 2024年3月1日 的情况, "" when there is no day to show
	Today      string // address of today's profile
	Status     string
	StatusTone ui.Tone
	Meta       string
	Past       pastForm
	Faults     ui.Errors
	Facts      []ui.Fact
	Lists      ui.Table
	Sections   []section
	Silent     string // parts of which no history is kept
}

// asked reports whether the address asks for a past day, however it is written.
func asked(r *http.Request) bool {
	q := r.URL.Query()
	return q.Has("on") || q.Has("on-year") || q.Has("on-month") || q.Has("on-day")
}

// showPast shows the facts of a past day: to staff the record as well, to
// everyone what is public. What has no history is said to have none.
func (p *Pages) showPast(w http.ResponseWriter, r *http.Request, id uuid.UUID, staff bool) error {
	v := pastView{Today: paths.Organization(id.String())}
	if staff {
		v.Today = paths.StaffOrganization(id.String())
	}
	v.Past = pastForm{Action: v.Today, Field: ui.Field{Name: "on", Label: "看哪一天的情况"}}
	var into uuid.UUID
	err := p.DB.Read(r.Context(), func(q postgres.Querier, now time.Time) error {
		o, err := p.shown(r, q, id, staff)
		if err != nil {
			return err
		}
		v.Name, v.Demo = o.Name, o.Demo
		if into = o.MergedInto; into != uuid.Nil {
			return nil
		}
		f := form.New(boxesOf(r.URL.Query()))
		on := f.Date("on", "日期", form.Required)
		if err := f.Err(); err != nil {
			return err
		}
		v.Past.Field.Date = ui.DateOf(on)
		a, err := organization.ReadOn(r.Context(), q, id, on, civil.On(now))
		if err != nil {
			return err
		}
		regions, err := district.Regions(r.Context(), q)
		if err != nil {
			return err
		}
		s, err := standing.On(r.Context(), q, id, on)
		if err != nil {
			return err
		}
		v.fill(a, s, regions, staff)
		return nil
	})
	if into != uuid.Nil {
		at := paths.Organization
		if staff {
			at = paths.StaffOrganization
		}
		return httpserver.SeeOther(w, r, paths.WithQuery(at(into.String()), r.URL.Query()))
	}
	v.Page = pastShell(r, v, staff)
	if fields := errs.FieldsOf(err); len(fields) > 0 {
		v.refuse(r, fields)
		return httpserver.Render(w, r, httpserver.Status(err), pastPage(v))
	}
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, pastPage(v))
}

// shown finds the organization for who asks.
func (p *Pages) shown(r *http.Request, q postgres.Querier, id uuid.UUID, staff bool) (organization.Organization, error) {
	if staff {
		return p.Organizations.Visible(r.Context(), q, actor(r), id)
	}
	return organization.Load(r.Context(), q, id)
}

// boxesOf takes a date written as on=2024-03-01 apart, so that both ways of asking
// are read alike.
func boxesOf(q url.Values) url.Values {
	if on, err := civil.Parse(q.Get("on")); err == nil {
		d := ui.DateOf(on)
		return url.Values{"on-year": {d.Year}, "on-month": {d.Month}, "on-day": {d.Day}}
	}
	return q
}

func (v *pastView) refuse(r *http.Request, fields []errs.Field) {
	q := boxesOf(r.URL.Query())
	v.Past.Field.Date = ui.DateParts{Year: q.Get("on-year"), Month: q.Get("on-month"), Day: q.Get("on-day")}
	v.Past.Field.Error = fields[0].Message
	v.Faults = fields
	v.Page.Errors = len(fields)
}

func pastShell(r *http.Request, v pastView, staff bool) layout.Page {
	if staff {
		return shell(r, "过去某一天的情况", 0, layout.Crumb{Label: "组织档案", Href: paths.StaffOrganizations}, layout.Crumb{Label: v.Name, Href: v.Today})
	}
	return layout.Page{Title: v.Name + "过去某一天的情况", Nav: "organizations", Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home},
		{Label: "社会组织", Href: paths.Organizations}, {Label: v.Name, Href: v.Today}, {Label: "过去某一天的情况"}}}
}

// fill puts the facts of the day into the view.
func (v *pastView) fill(a organization.AsOf, s standing.Standing, regions *district.RegionSet, staff bool) {
	v.Banner, v.Name = "这是"+a.On.Chinese()+"的情况", a.Name
	v.Status, v.StatusTone, v.Meta = a.Status.Name(), statusTone(a.Status), a.NumberLabel()+" "+a.Number()
	v.Facts = []ui.Fact{ui.F("组织类型", a.Type.Name()), ui.F("管理方式", a.Basis.Name()), ui.F("类别", categoryName(a.Category)),
		ui.F("成立日期", a.EstablishedOn.Chinese()), ui.F("登记或备案机关", a.Registrar), ui.F("负责人", a.HeadName),
		ui.F("社区", regions.FullName(a.CommunityCode)), ui.F("状态", a.Status.Name()+"，"+a.StatusSince.Chinese()+"起")}
	if a.SupervisingUnit != "" {
		v.Facts = append(v.Facts, ui.F("业务主管单位", a.SupervisingUnit))
	}
	v.Facts = append(v.Facts, ui.F("服务对象", orNone(organization.TargetNames(a.ServiceTargets), "没有记录")), ui.F("活动范围", orNone(map[bool]string{true: a.Reach.Name()}[a.Reach != ""], "没有记录")))
	star := "没有"
	if s.Grade != nil {
		star = s.Grade.Name() + "，有效期至" + s.Grade.ToOn.Chinese()
	}
	v.Facts = append(v.Facts, ui.F("星级", star))
	v.Lists = publicLists(s)
	v.Silent = "简介、业务范围、活动地域和人数只保存现在的内容，没有历史，这里不显示。"
	if staff {
		v.Lists = listTable(s)
		v.Silent = "住所、业务范围、联系方式、收款账户、人数和党建只保存现在的内容，没有历史，这里不显示。"
		v.Sections = append(v.Sections, section{ID: "systems", Title: "内部制度", Body: recordTable(pastSystems(a))},
			section{ID: "reports", Title: "年度报告", Note: "到这一天为止已经报送的", Body: recordTable(pastReports(a))})
	}
	v.Sections = append(v.Sections, section{ID: "activities", Title: "公益活动", Note: "到这一天为止已经确认的", Body: recordTable(publicActivities(organization.Profile{Activities: a.Activities}, regions))},
		section{ID: "grants", Title: "得到的扶持", Note: "到这一天为止核定的，本平台启用以前的", Body: recordTable(publicGrants(organization.Profile{Grants: a.Grants}, nil))})
}

func pastSystems(a organization.AsOf) tableView {
	v := tableView{Empty: "这一天没有留存的制度。", Table: ui.Table{Caption: "这一天留存的制度",
		Columns: []ui.Column{{Label: "制度", Full: true}, {Label: "备案日期"}, {Label: "确认"}}}}
	var rows []ui.Row
	for _, s := range a.Systems {
		confirmed := "这一天还没有确认"
		if !s.ConfirmedOn.IsZero() && !s.ConfirmedOn.After(a.On) {
			confirmed = s.ConfirmedOffice + " " + s.ConfirmedOn.String()
		}
		rows = append(rows, ui.Cells(ui.Head(s.Title, "", s.Kind.Name()), ui.T(s.FiledOn.String()), ui.T(confirmed)))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

func pastReports(a organization.AsOf) tableView {
	v := tableView{Empty: "到这一天没有报送过的年度报告。", Table: ui.Table{Caption: "年度报告",
		Columns: []ui.Column{{Label: "年度", Full: true}, {Label: "报送日期"}, {Label: "结论"}}}}
	var rows []ui.Row
	for _, r := range a.Reports {
		rows = append(rows, ui.Cells(ui.Head(strconv.Itoa(r.Year)+" 年度", "", ""), ui.T(r.SubmittedOn.String()), ui.T(r.Conclusion.Name())))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}
