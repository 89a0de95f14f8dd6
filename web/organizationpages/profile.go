package organizationpages

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/standing"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

type ctx = context.Context

// lister reads one page of a list.
type lister func(ctx ctx, q postgres.Querier, regions *district.RegionSet, f organization.Filter, cursor string, size int) (organization.Page, error)

// profileView is the public profile; it is built from organization.Profile,
// which holds nothing that is not public.
type profileView struct {
	layout.Page
	Name       string
	Demo       bool
	Status     string
	StatusTone ui.Tone
	Meta       string
	Intro      string
	Listed     []listedView
	Facts      []ui.Fact
	People     []ui.Fact
	Lists      ui.Table
	Activities tableView
	Grants     tableView
	Disclosed  ui.Table
	Section    string // all that it has published, "" when nothing
	Timeline   []ui.Event
	Past       pastForm
	Helping    helpingView
}

// listedView is an entry of a list in force, said at the top of the page.
type listedView struct{ Title, Text string }

// showPublic shows the public profile.
func (p *Pages) showPublic(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	if asked(r) {
		return p.showPast(w, r, id, false)
	}
	var v profileView
	var into uuid.UUID
	err = p.DB.Read(r.Context(), func(q postgres.Querier, now time.Time) error {
		today := civil.On(now)
		o, err := organization.Public(r.Context(), q, id)
		if err != nil {
			return err
		}
		if into = o.MergedInto; into != uuid.Nil {
			return nil
		}
		regions, err := district.Regions(r.Context(), q)
		if err != nil {
			return err
		}
		s, err := standing.On(r.Context(), q, id, today)
		if err != nil {
			return err
		}
		bounds, err := organization.SizeBoundsOn(r.Context(), q, today)
		if err != nil {
			return err
		}
		awards, err := report.AwardsOf(r.Context(), q, id)
		if err != nil {
			return err
		}
		v = newProfile(o, s, regions, bounds)
		v.Grants = publicGrants(o, awards)
		if v.Disclosed, err = p.Disclosed(r.Context(), q, id); err != nil {
			return err
		}
		v.Helping, err = helping(r.Context(), q, id)
		return err
	})
	if err != nil {
		return err
	}
	if into != uuid.Nil {
		return httpserver.SeeOther(w, r, paths.Organization(into.String()))
	}
	if v.Disclosed.Columns != nil {
		v.Section = paths.Disclosures(id.String())
	}
	v.Past = pastForm{Action: paths.Organization(id.String()), Field: ui.Field{Name: "on", Label: "看哪一天的情况"}}
	return httpserver.Render(w, r, http.StatusOK, profilePage(v))
}

func newProfile(o organization.Profile, s standing.Standing, regions *district.RegionSet, bounds organization.SizeBounds) profileView {
	v := profileView{Name: o.Name, Demo: o.Demo, Status: o.Status.Name(), StatusTone: statusTone(o.Status),
		Meta: o.NumberLabel + " " + o.Number, Intro: o.Introduction, Lists: publicLists(s)}
	v.Page = layout.Page{Title: o.Name, Nav: "organizations", Description: o.Introduction,
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "社会组织", Href: paths.Organizations}, {Label: o.Name}}}
	for _, e := range s.Entries {
		if e.InForceOn(s.On) && e.Kind != standing.Violation {
			v.Listed = append(v.Listed, listedView{e.FromOn.Chinese() + "起" + entryTitle(e), e.Reason + "（" + e.Basis + "）"})
		}
	}
	v.Facts = publicFacts(o, s, regions)
	v.People = []ui.Fact{ui.F("规模", bounds.SizeOf(o.Type, o.Members, o.Staff).Name()), ui.F("会员", heads(o.Members)), ui.F("从业人员", heads(o.Staff)), ui.F("社工", heads(o.SocialWorkers)), ui.F("义工", heads(o.Volunteers))}
	v.Activities = publicActivities(o, regions)
	v.Timeline = timeline(o, s)
	return v
}

func heads(n *int) string {
	if n == nil {
		return "未登记"
	}
	return strconv.Itoa(*n) + " 人"
}

func publicFacts(o organization.Profile, s standing.Standing, regions *district.RegionSet) []ui.Fact {
	star := ui.F("星级", "没有有效的星级")
	if s.Grade != nil {
		star = ui.Fact{Label: "星级", Body: ui.Join(ui.Stars(s.Grade.Star, s.Grade.Name()), small("至 "+s.Grade.ToOn.Chinese()))}
	}
	facts := []ui.Fact{ui.F("类别", categoryName(o.Category)), star, ui.F("组织类型", o.Type.Name()), ui.F("管理方式", o.Basis.Name()),
		ui.F(o.NumberLabel, o.Number), ui.F("成立日期", o.EstablishedOn), ui.F("登记或备案机关", o.Registrar), ui.F("负责人", o.HeadName),
		ui.F("社区", regions.FullName(o.CommunityCode))}
	if len(o.ServiceTargets) > 0 {
		facts = append(facts, ui.F("服务对象", organization.TargetNames(o.ServiceTargets)))
	}
	if o.Reach != organization.ReachUnknown {
		facts = append(facts, ui.F("活动范围", o.Reach.Name()))
	}
	for _, f := range []ui.Fact{ui.F("业务主管单位", o.SupervisingUnit), ui.F("活动地域", o.ActivityScope), ui.F("业务范围", o.BusinessScope)} {
		if f.Value != "" {
			facts = append(facts, f)
		}
	}
	if o.Status != organization.Active {
		facts = append(facts, ui.F("状态", o.Status.Name()+"，"+o.StatusSince+"起"))
	}
	return facts
}

// publicLists says of each list of other authorities whether it was looked up.
func publicLists(s standing.Standing) ui.Table {
	var rows []ui.Row
	for _, k := range []standing.Kind{standing.AbnormalList, standing.SeriousList, standing.CourtDefaulter} {
		state, say := ui.Tag("还没有查询", ui.Mute), ""
		if c, looked := s.Checks[k]; looked {
			say = c.CheckedOn.String()
		}
		switch s.State(k) {
		case standing.StateClear:
			state = ui.Tag("没有列入", ui.Good)
		case standing.StateListed:
			state = ui.Tag("列入", ui.Bad)
		}
		rows = append(rows, ui.Cells(ui.Head(k.Name(), "", ""), ui.C(state), ui.T(say)))
	}
	return ui.Table{Caption: "名录查询结果", Columns: []ui.Column{{Label: "名录", Full: true}, {Label: "结果"}, {Label: "查询日期"}}, Groups: ui.Rows(rows...)}
}

// shownActivities bounds the public table; older ones are part of the total.
const shownActivities = 20

func publicActivities(o organization.Profile, regions *district.RegionSet) tableView {
	v := tableView{Empty: "还没有确认过的活动。", Next: "组织登记活动、社区确认以后，会出现在这里。",
		Table: ui.Table{Caption: "公益活动，最近的在前", Columns: []ui.Column{{Label: "活动", Full: true}, {Label: "日期"}, {Label: "社区"}, {Label: "参加（人）", Number: true}}}}
	var rows []ui.Row
	for _, a := range o.Activities[:min(len(o.Activities), shownActivities)] {
		rows = append(rows, ui.Cells(ui.Head(a.Title, "", a.Summary), ui.T(a.HeldOn.String()), ui.T(regions.Name(a.CommunityCode)), ui.T(strconv.Itoa(a.Participants))))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

// publicGrants are the awards of this portal, then what was granted before it.
func publicGrants(o organization.Profile, awards []report.Project) tableView {
	v := tableView{Empty: "没有扶持记录。", Next: "得到的扶持在核定并公示以后，会出现在这里。",
		Table: ui.Table{Caption: "得到的扶持，最近的在前", Columns: []ui.Column{{Label: "项目", Full: true}, {Label: "工程"}, {Label: "核定日期"}, {Label: "金额（元）", Number: true}}}}
	var rows []ui.Row
	for _, a := range awards {
		rows = append(rows, ui.Cells(ui.Head(a.Title, paths.Project(a.No), a.No), ui.T(a.Programme.Name()), ui.T(a.GrantedOn.String()), ui.T(a.Approved.String())))
	}
	for _, g := range o.Grants {
		rows = append(rows, ui.Cells(grantHead(g), ui.T(g.Programme.Name()), ui.T(g.AwardedOn.String()), ui.T(g.Amount.String())))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

// timeline puts the registry's events together with lists and grades, oldest
// first.
func timeline(o organization.Profile, s standing.Standing) []ui.Event {
	var out []ui.Event
	for _, e := range o.Events {
		out = append(out, ui.Event{On: e.HappenedOn, Title: e.Title, Text: e.Detail})
	}
	for _, e := range s.Entries {
		out = append(out, ui.Event{On: e.FromOn, Title: entryTitle(e), Text: e.Reason + "（" + e.Basis + "）", State: "bad"})
		if !e.ToOn.IsZero() && e.ToOn.Before(s.On) {
			out = append(out, ui.Event{On: e.ToOn, Title: e.Kind.Name() + "：到这一天为止", Text: e.CloseReason})
		}
	}
	for _, g := range s.Grades {
		if !g.FromOn.After(s.On) {
			out = append(out, ui.Event{On: g.FromOn, Title: "评为" + g.Name(), Text: "有效期至 " + g.ToOn.Chinese()})
		}
	}
	slices.SortStableFunc(out, func(a, b ui.Event) int { return a.On.Compare(b.On) })
	return out
}

func entryTitle(e standing.Entry) string {
	switch e.Kind {
	case standing.AbnormalList, standing.SeriousList, standing.CourtDefaulter:
		return "列入" + e.Kind.Name()
	}
	return e.Kind.Name()
}
