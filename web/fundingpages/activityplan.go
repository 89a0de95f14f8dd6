package fundingpages

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// registerPlans declares the routes of what organizations tell of before.
func (p *Pages) registerPlans(s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	my, staff := paths.ActivityPlans, paths.StaffActivityPlans
	s.Get(my, authz.ActivityPlanFile, p.listPlans)
	forms.Declare(s, my+"/new", authz.ActivityPlanFile, p.planForm)
	s.Get(my+"/{id}", authz.ActivityPlanFile, p.showPlan)
	forms.Declare(s, my+"/{id}/withdrawal", authz.ActivityPlanFile, p.planWithdrawalForm)
	s.Get(staff, authz.ActivityPlanView, p.listPlans)
	s.Get(staff+"/{id}", authz.ActivityPlanView, p.showPlan)
	forms.Declare(s, staff+"/{id}/note", authz.ActivityPlanNote, p.planNoteForm)
}

// plansAt is where the list of the actor stands, and one of it.
func plansAt(a authz.Actor) (list string, one func(id string) string) {
	if a.Role.Staff() {
		return paths.StaffActivityPlans, paths.StaffActivityPlan
	}
	return paths.ActivityPlans, paths.ActivityPlan
}

func planShell(title string, a authz.Actor, below bool) layout.Page {
	list, _ := plansAt(a)
	crumbs := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}, {Label: "活动报备"}}
	if below {
		crumbs[2].Href = list
		crumbs = append(crumbs, layout.Crumb{Label: title})
	}
	return layout.Page{Title: title, Nav: "plans", Crumbs: crumbs}
}

// plansView is a list of plans.
type plansView struct {
	layout.Page
	Staff bool
	Tabs  []ui.Tab
	Table ui.Table // no groups for none
	Pages ui.Pages
}

func (p *Pages) listPlans(w http.ResponseWriter, r *http.Request) error {
	a, q := actor(r), r.URL.Query()
	waiting := a.Can(authz.ActivityPlanNote) && q.Get("show") != "all"
	page, err := p.Activities.Plans(r.Context(), a, waiting, q.Get("page"))
	if err != nil {
		return err
	}
	setting, err := p.Activities.Setting(r.Context())
	if err != nil {
		return err
	}
	list, one := plansAt(a)
	v := plansView{Page: planShell("活动报备", a, false), Staff: a.Role.Staff(), Table: plansTable(page.Items, setting, a, one)}
	if a.Can(authz.ActivityPlanNote) {
		v.Tabs = []ui.Tab{{Label: "还没看的", Href: list, Current: waiting}, {Label: "全部", Href: list + "?show=all", Current: !waiting}}
	}
	if page.Next != "" {
		keep := url.Values{"page": {page.Next}}
		if !waiting && v.Staff {
			keep.Set("show", "all")
		}
		v.Pages.Next = paths.WithQuery(list, keep)
	}
	return httpserver.Render(w, r, http.StatusOK, plansPage(v))
}

func plansTable(list []activity.Plan, x activity.Setting, a authz.Actor, one func(id string) string) ui.Table {
	t := ui.Table{Caption: "活动报备", Columns: []ui.Column{{Label: "活动"}, {Label: "时间"}, {Label: "地点", Full: true}, {Label: "预计人数", Number: true}, {Label: "公开"}, {Label: "进展"}}}
	var rows []ui.Row
	for _, p := range list {
		sub := ""
		if a.Role.Staff() {
			sub = p.Organization
		}
		rows = append(rows, ui.Cells(ui.Head(p.Title, one(p.ID.String()), sub), ui.TS(p.HeldOn.String(), p.Starts+" 至 "+p.Ends),
			ui.TS(p.Place, x.Regions.Name(p.Community)), ui.T(itoa(p.Expected)), ui.T(openWords(p.Open)), ui.T(p.State(x.Today))))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func openWords(open bool) string {
	if open {
		return "公开"
	}
	return "不公开"
}

func (p *Pages) plan(r *http.Request) (activity.Plan, activity.Setting, error) {
	id, err := uuid.Parse(httpserver.Param(r, "id"))
	if err != nil {
		return activity.Plan{}, activity.Setting{}, errs.Wrap(errs.NotFound, "没有找到这次报备。请从活动报备的列表打开。", err)
	}
	plan, err := p.Activities.Plan(r.Context(), actor(r), id)
	if err != nil {
		return plan, activity.Setting{}, err
	}
	setting, err := p.Activities.Setting(r.Context())
	return plan, setting, err
}

// toldView is one plan.
type toldView struct {
	layout.Page
	Title, State string
	Facts        []ui.Fact
	Notes        []ui.Fact
	Acts         []ui.Tab
}

func (p *Pages) showPlan(w http.ResponseWriter, r *http.Request) error {
	plan, x, err := p.plan(r)
	if err != nil {
		return err
	}
	a := actor(r)
	_, one := plansAt(a)
	v := toldView{Page: planShell(plan.Title, a, true), Title: plan.Title, State: plan.State(x.Today), Facts: planFacts(plan, x), Notes: noteFacts(plan)}
	at, ahead := one(plan.ID.String()), !plan.HeldOn.Before(x.Today)
	switch {
	case plan.WithdrawnAt != nil:
	case a.Can(authz.ActivityPlanFile) && ahead:
		v.Acts = []ui.Tab{{Label: "取消这次报备", Href: at + "/withdrawal"}}
	case a.Can(authz.ActivityPlanFile):
		v.Acts = []ui.Tab{{Label: "办完了，申请补贴", Href: paths.MyEligibility(activity.Kind)}}
	case a.Role == authz.Community && plan.CommunityNotedAt == nil, a.Role == authz.Subdistrict && plan.SubdistrictNotedAt == nil:
		v.Acts = []ui.Tab{{Label: "知悉，或给组织提醒", Href: at + "/note"}}
	}
	return httpserver.Render(w, r, http.StatusOK, toldPage(v))
}

func planFacts(p activity.Plan, x activity.Setting) []ui.Fact {
	facts := []ui.Fact{
		{Label: "组织", Value: p.Organization, Demo: true}, ui.F("主题", p.Theme.Name()), ui.F("时间", p.When()), ui.F("地点", x.Regions.FullName(p.Community)+"，"+p.Place),
		ui.F("服务对象", p.Target), ui.F("预计人数", itoa(p.Expected)+" 人"), ui.F("预算", p.Budget.String()+" 元"), ui.F("活动安排", p.Intro),
		ui.F("公开", openWords(p.Open)), ui.F("报备", p.FilerName+"，"+clock(p.FiledAt)),
	}
	if p.WithdrawnAt != nil {
		facts = append(facts, ui.F("取消", clock(*p.WithdrawnAt)+"，"+p.WithdrawnReason))
	}
	return facts
}

func noteFacts(p activity.Plan) []ui.Fact {
	line := func(at *time.Time, who, text string) string {
		switch {
		case at == nil:
			return "还没看"
		case text == "":
			return who + "，" + clock(*at) + "知悉"
		}
		return who + "，" + clock(*at) + "：" + text
	}
	return []ui.Fact{ui.F("社区", line(p.CommunityNotedAt, p.CommunityNoter, p.CommunityNote)), ui.F("街道", line(p.SubdistrictNotedAt, p.SubdistrictNoter, p.SubdistrictNote))}
}

// planForm tells of an event.
func (p *Pages) planForm(r *http.Request) (*formpage.Editor, error) {
	x, err := p.Activities.Setting(r.Context())
	if err != nil {
		return nil, err
	}
	title := "报备一次活动"
	e := &formpage.Editor{Saved: url.Values{}, Done: "已报备。社区和街道会收到消息，不用等批准。"}
	e.View = formpage.View{Page: planShell(title, actor(r), true), Heading: title, Lead: "活动前告诉社区和街道。报备不是审批，也不影响以后申请补贴。",
		Action: paths.ActivityPlans + "/new", Submit: "报备", Back: paths.ActivityPlans, BackLabel: "返回活动报备", Hidden: []ui.Pair{formpage.Token()}}
	e.Part("活动", "", formpage.Line("title", "活动名称", 0).Hint("4 至 80 个字"), formpage.Pick("theme", "活动主题", themeOptions()),
		formpage.Day("held_on", "活动日期"), formpage.Line("starts", "开始时间", 4).Hint("24 小时制，如 14:30"), formpage.Line("ends", "结束时间", 4),
		formpage.Pick("community", "活动所在社区", communityOptions(x.Regions, true)), formpage.Line("place", "活动地点", 0))
	e.Part("安排", "", formpage.Line("target", "服务对象", 0).Hint("如 六联社区 60 岁以上独居老人"), formpage.Number("expected", "预计人数", "人"),
		formpage.Amount("budget", "预算").Hint("没有支出的填 0"), formpage.Lines("intro", "活动安排", 4, 1000).Hint("做什么、谁来做，10 至 1,000 字"),
		formpage.OneOf("open", "要不要让居民看到", []ui.Option{{Value: "yes", Label: "公开", Hint: "名称、时间、地点、主题放上活动日历"}, {Value: "no", Label: "不公开", Hint: "只有社区、街道和民政局看到"}}))
	e.Save = func(f *form.Form) error {
		id, err := p.Activities.FilePlan(r.Context(), actor(r), f.Raw("token"), r.PostForm)
		e.To = paths.ActivityPlan(id.String())
		return err
	}
	return e, nil
}

func (p *Pages) planWithdrawalForm(r *http.Request) (*formpage.Editor, error) {
	e, plan, err := p.planEditor(r, "取消报备", "取消报备")
	if err != nil {
		return nil, err
	}
	e.Stop, e.Done = true, "报备已取消。"
	e.Ask(formpage.Why("写明为什么取消，社区和街道会看到"))
	e.Save = func(f *form.Form) error {
		return p.Activities.WithdrawPlan(r.Context(), actor(r), plan.ID, formpage.VersionOf(f), f.Raw("reason"), f.Raw("token"))
	}
	return e, nil
}

func (p *Pages) planNoteForm(r *http.Request) (*formpage.Editor, error) {
	e, plan, err := p.planEditor(r, "知悉活动报备", "记为知悉")
	if err != nil {
		return nil, err
	}
	e.Done = "已记为知悉。"
	e.Ask(formpage.Lines("note", "给组织的提醒", 3, 300).Hint("场地、安全、和别的活动冲突等。写了，组织会收到消息").Optional())
	e.Save = func(f *form.Form) error {
		return p.Activities.NotePlan(r.Context(), actor(r), plan.ID, formpage.VersionOf(f), strings.TrimSpace(f.Raw("note")), f.Raw("token"))
	}
	return e, nil
}

func (p *Pages) planEditor(r *http.Request, title, submit string) (*formpage.Editor, activity.Plan, error) {
	plan, x, err := p.plan(r)
	if err != nil {
		return nil, plan, err
	}
	_, one := plansAt(actor(r))
	at := one(plan.ID.String())
	e := &formpage.Editor{Saved: url.Values{}, To: at, View: formpage.View{Page: planShell(title, actor(r), true), Heading: title, Facts: planFacts(plan, x),
		Action: r.URL.Path, Submit: submit, Back: at, BackLabel: "返回这次报备", Hidden: []ui.Pair{formpage.Token(), formpage.Version(plan.Version)}}}
	return e, plan, nil
}
