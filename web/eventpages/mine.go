package eventpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// mineView is the list of an organization's own activities.
type mineView struct {
	layout.Page
	Table ui.Table
	Any   bool
	Pages ui.Pages
}

const minePageSize = 30

func mineCrumb() layout.Crumb {
	return layout.Crumb{Label: "活动和志愿者", Href: paths.MyActivities}
}

func (p *Pages) mine(w http.ResponseWriter, r *http.Request) error {
	after := r.URL.Query().Get("after")
	own, err := p.Events.Mine(r.Context(), actor(r), after, minePageSize)
	if err != nil {
		return err
	}
	v := mineView{Page: shell("活动和志愿者", "activities"), Any: len(own.Events) > 0}
	v.Table = ui.Table{Caption: "本组织的活动，新登记的在前", Columns: []ui.Column{{Label: "活动", Full: true}, {Label: "时间"}, {Label: "社区"}, {Label: "状态"}, {Label: "下一步"}}}
	var rows []ui.Row
	for _, e := range own.Events {
		when := ui.T("日期未填")
		if !e.Day.IsZero() {
			when = ui.TS(e.Day.String(), e.From.String())
		}
		rows = append(rows, ui.Cells(ui.Head(e.Title, paths.MyActivity(e.No), e.No), when, ui.T(own.Regions.Name(e.CommunityCode)), ui.C(ui.Tag(e.State.Name(), tone(e.State))), next(e, e.Over(own.Now))))
	}
	v.Table.Groups = ui.Rows(rows...)
	if own.Next != "" {
		v.Pages.Next = paths.WithQuery(paths.MyActivities, url.Values{"after": {own.Next}})
	}
	if after != "" {
		v.Pages.Previous = paths.MyActivities
		v.Pages.Where = "较早的活动"
	}
	return httpserver.Render(w, r, http.StatusOK, minePage(v))
}

// next is what an organization has to do about an activity.
func next(e event.Event, over bool) ui.Cell {
	switch {
	case over:
		return ui.C(ui.Go("填办完以后的情况", paths.MyActivityAct(e.No, "result")))
	case e.State == event.Draft:
		return ui.C(ui.Go("公开", paths.MyActivityAct(e.No, "publication")))
	}
	return ui.T("")
}

// ownView is one own activity with all that belongs to it.
type ownView struct {
	layout.Page
	State   string
	Tone    ui.Tone
	No      string
	Title   string
	Why     string
	Public  string
	Facts   []ui.Fact
	Intro   string
	Outcome string
	Acts    []ui.Tab
	Hours   ui.Table
	AnyHour bool
	MayHour string
	Photos  string
	PhotoN  string
}

func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Events.MineOne(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	v := ownView{Page: shell(d.Title, "activities", mineCrumb()), State: d.State.Name(), Tone: tone(d.State), No: d.No, Title: d.Title, Why: d.EndedWhy, Intro: d.Intro, Outcome: d.Outcome,
		Facts: ownFacts(d)}
	if d.State.Public() {
		v.Public = paths.Activity(d.No)
	}
	act := func(may bool, label, name string) {
		if may {
			v.Acts = append(v.Acts, ui.Tab{Label: label, Href: paths.MyActivityAct(d.No, name)})
		}
	}
	over := d.Over(d.Now)
	act(over, "填办完以后的情况", "result")
	act(d.State == event.Draft && !over, "公开", "publication")
	act(d.Editable(), "改活动内容", "plan")
	act(d.Begun(d.Now), "记服务时长", "hours")
	act(d.State == event.Planned || d.State == event.Held, "照片", "pictures")
	act(d.State == event.Planned, "取消活动", "cancellation")
	rows := make([]ui.Row, len(d.Entries))
	for i, x := range d.Entries {
		name := x.Name
		if name == "" {
			name = "资料已删除的志愿者"
		}
		rows[i] = ui.Cells(ui.Head(name, "", ""), ui.T(x.Kind.Name()), ui.T(x.From.String()+"–"+x.Until.String()), ui.T(event.HoursText(int64(x.Minutes))),
			ui.C(ui.Link("撤回", paths.MyActivityHours(d.No, x.ID.String()))))
	}
	v.AnyHour = len(rows) > 0
	v.Hours = ui.Table{Caption: "服务时长", Columns: []ui.Column{{Label: "谁", Full: true}, {Label: "身份"}, {Label: "时间"}, {Label: "时长"}, {Label: "操作", Hidden: true}}, Groups: ui.Rows(rows...)}
	if n := len(d.Pictures); n > 0 {
		v.Photos, v.PhotoN = paths.MyActivityAct(d.No, "pictures"), strconv.Itoa(n)+" 张"
	}
	return httpserver.Render(w, r, http.StatusOK, ownPage(v))
}

func ownFacts(d event.OwnDetail) []ui.Fact {
	empty := func(s string) string { return orNone(s, "还没有填") }
	when := ""
	if !d.Day.IsZero() {
		when = times(d.Day, d.From, d.Until)
	}
	facts := []ui.Fact{ui.F("时间", empty(when)), ui.F("地点", empty(d.Place)), ui.F("社区", empty(placeName(d.Regions, d.CommunityCode))), ui.F("主题", empty(d.Theme.Name())),
		ui.F("预计参加", empty(count(d.Expected))), ui.F("需要志愿者", strconv.Itoa(d.Wanted)+" 人")}
	if d.Audience != "" {
		facts = append(facts, ui.F("服务对象", d.Audience))
	}
	if d.State == event.Held {
		confirmed := "还没有确认"
		if d.Confirmed {
			confirmed = "已确认"
		}
		facts = append(facts, ui.F("实际参加", count(d.Participants)), ui.F("社区确认", confirmed))
	}
	return facts
}

func placeName(regions *district.RegionSet, code string) string {
	if code == "" {
		return ""
	}
	return regions.FullName(code)
}

func count(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n) + " 人"
}

// mineForm begins a form of an organization.
func mineForm(r *http.Request, title, lead, submit, back, label string, crumbs ...layout.Crumb) *formpage.Editor {
	e := &formpage.Editor{To: back}
	e.View = formpage.View{Page: shell(title, "activities", append([]layout.Crumb{mineCrumb()}, crumbs...)...), Heading: title, Lead: lead, Submit: submit, Action: r.URL.Path, Back: back, BackLabel: label}
	return e
}

// eventForm begins a form about one own activity.
func (p *Pages) eventForm(r *http.Request, title, lead, submit string) (*formpage.Editor, event.OwnDetail, error) {
	d, err := p.Events.MineOne(r.Context(), actor(r), number(r))
	if err != nil {
		return nil, d, err
	}
	at := paths.MyActivity(d.No)
	e := mineForm(r, title, lead, submit, at, "返回活动", layout.Crumb{Label: d.Title, Href: at})
	e.Hidden = []ui.Pair{formpage.Version(d.Version)}
	e.Mend = func(string) string { return paths.MyActivityAct(d.No, "plan") }
	return e, d, nil
}

func planControls(regions *district.RegionSet, today civil.Date) []formpage.Group {
	clock := func(name, label, hint string) formpage.Control { return formpage.Line(name, label, 6).Hint(hint) }
	var homes []ui.Option
	for _, o := range places(regions, today) {
		if len(o.Value) == 12 {
			homes = append(homes, o)
		}
	}
	return []formpage.Group{
		{Controls: []formpage.Control{formpage.Line("title", "活动名称", 0).Hint("4 到 80 个字，会公开"), formpage.Pick("theme", "主题", formpage.First("请选择", formpage.Named(event.Themes)))}},
		{Title: "时间和地点", Controls: []formpage.Control{formpage.Day("day", "活动日期").Hint("连办几天的，一天登记一场"), clock("from", "开始时间", "如 9:30"), clock("until", "结束时间", "如 11:30"),
			formpage.Pick("community", "活动所在社区", formpage.First("请选择", homes)), formpage.Line("place", "活动地点", 0).Hint("居民找得到的地方，如：六联社区党群服务中心二楼")}},
		{Title: "内容", Controls: []formpage.Control{formpage.Line("audience", "服务对象", 0).Hint("如：独居老人、双职工家庭的孩子").Optional(),
			formpage.Lines("intro", "活动介绍", 5, 1000).Hint("做什么、怎么参加。会公开，不写个人的电话和住址"), formpage.Number("expected", "预计参加人数", "人"),
			formpage.Number("wanted", "需要志愿者", "人").Hint("不招募的留空")}},
	}
}

func planOf(e event.Event) url.Values {
	v := url.Values{"title": {e.Title}, "theme": {string(e.Theme)}, "from": {e.From.String()}, "until": {e.Until.String()}, "community": {e.CommunityCode}, "place": {e.Place},
		"audience": {e.Audience}, "intro": {e.Intro}, "expected": {whole(e.Expected)}, "wanted": {strconv.Itoa(e.Wanted)}}
	if !e.Day.IsZero() {
		v.Set("day", e.Day.String())
	}
	if e.Wanted == 0 {
		v.Set("wanted", "")
	}
	return v
}

// readPlan reads what is there; what a public activity lacks the service says.
func readPlan(f *form.Form) event.Input {
	clock := func(name, label string) event.Clock {
		if !f.Filled(name) {
			return event.Unset
		}
		return form.Parse(f, name, label, event.ParseClock)
	}
	return event.Input{Title: f.Text("title", "活动名称", form.Required, form.Max(80), form.NoEmoji), Theme: event.Theme(f.Choice("theme", "主题", formpage.Keys(event.Themes))),
		Day: f.Date("day", "活动日期"), From: clock("from", "开始时间"), Until: clock("until", "结束时间"), CommunityCode: f.Code("community", "活动所在社区"),
		Place: f.Text("place", "活动地点", form.Max(120)), Audience: f.Text("audience", "服务对象", form.Max(event.MostAudience)), Intro: f.Text("intro", "活动介绍", form.Multiline, form.Max(1000)),
		Expected: formpage.OptionalInt(f, "expected", "预计参加人数"), Wanted: f.Int("wanted", "需要志愿者", form.Max(1000))}
}

// newForm keeps a new activity, seen by the organization alone.
func (p *Pages) newForm(r *http.Request) (*formpage.Editor, error) {
	own, err := p.Events.Mine(r.Context(), actor(r), "", 1)
	if err != nil {
		return nil, err
	}
	e := mineForm(r, "登记活动", "先保存，再决定要不要公开。没填完也能保存。", "保存", paths.MyActivities, "返回活动列表")
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Groups = planControls(own.Regions, civil.On(own.Now))
	e.Done = "已保存，还没有公开。核对以后按“公开”，居民就能看到。"
	e.Save = func(f *form.Form) error {
		in := readPlan(f)
		if err := f.Err(); err != nil {
			return err
		}
		no, err := p.Events.Create(r.Context(), actor(r), f.Raw("token"), in)
		e.To = paths.MyActivity(no)
		return err
	}
	return e, nil
}

func (p *Pages) planForm(r *http.Request) (*formpage.Editor, error) {
	e, d, err := p.eventForm(r, "改活动内容", "已经公开的，保存以后居民马上看到新的内容。", "保存")
	if err != nil {
		return nil, err
	}
	if !d.Editable() {
		e.Obstacles = []string{"这次活动" + d.State.Name() + "，计划不能再改。"}
	}
	e.Groups = planControls(d.Regions, civil.On(d.Now))
	e.Saved, e.Done = planOf(d.Event), "已保存。"
	e.Save = func(f *form.Form) error {
		in := readPlan(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Save(r.Context(), actor(r), d.No, formpage.VersionOf(f), in)
	}
	return e, nil
}

func (p *Pages) publicationForm(r *http.Request) (*formpage.Editor, error) {
	e, d, err := p.eventForm(r, "公开活动", "公开以后，居民在活动日历上看到，可以报名做志愿者。", "公开")
	if err != nil {
		return nil, err
	}
	e.Facts = append([]ui.Fact{ui.F("活动", d.Title)}, ownFacts(d)...)
	e.Facts = append(e.Facts, ui.F("活动介绍", orNone(d.Intro, "还没有填")))
	if d.State != event.Draft {
		e.Obstacles = append(e.Obstacles, "这次活动现在是“"+d.State.Name()+"”，不用再公开。")
	} else {
		for _, x := range event.Missing(d.Event, d.Regions, d.Now) {
			e.Obstacles = append(e.Obstacles, x.Label+"："+x.Message)
		}
		if e.Obstacles != nil {
			e.Back, e.BackLabel = paths.MyActivityAct(d.No, "plan"), "补填活动内容"
		}
	}
	e.Done = "已公开。居民在活动日历上能看到了。"
	e.Save = func(f *form.Form) error {
		return p.Events.Publish(r.Context(), actor(r), d.No, formpage.VersionOf(f))
	}
	return e, nil
}

func (p *Pages) cancellationForm(r *http.Request) (*formpage.Editor, error) {
	e, d, err := p.eventForm(r, "取消活动", "取消以后，活动日历上写明已取消和理由，不能再恢复。", "取消这次活动")
	if err != nil {
		return nil, err
	}
	e.Stop = true
	e.Facts = []ui.Fact{ui.F("活动", d.Title)}
	if d.State != event.Planned {
		e.Obstacles = []string{"这次活动现在是“" + d.State.Name() + "”，不能取消。"}
	}
	e.Ask(formpage.Why("会公开，如：台风，改到下个月"))
	e.Done = "已取消，活动日历上写明了。"
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Cancel(r.Context(), actor(r), d.No, formpage.VersionOf(f), reason)
	}
	return e, nil
}

func (p *Pages) resultForm(r *http.Request) (*formpage.Editor, error) {
	e, d, err := p.eventForm(r, "办完以后的情况", "保存以后公开，并登记到本组织的活动记录，等社区确认。之后不能再改。", "保存并公开")
	if err != nil {
		return nil, err
	}
	e.Facts = []ui.Fact{ui.F("活动", d.Title), ui.F("时间", orNone(ownFacts(d)[0].Value, "还没有填"))}
	if !d.Over(d.Now) {
		why := "这次活动现在是“" + d.State.Name() + "”，不能再填。"
		if d.Editable() {
			why = "活动还没有结束，结束以后再填。日期、时间没填的，先补上。"
		}
		e.Obstacles = []string{why}
	}
	e.Ask(formpage.Number("participants", "实际参加人数", "人"), formpage.Number("volunteers", "义工人数", "人").Hint("到场服务的，没有的填 0"),
		formpage.Number("social_workers", "社工人数", "人").Hint("没有的填 0"), formpage.Lines("summary", "活动情况", 5, 1000).Hint("做了什么、结果怎样。会公开，不写个人的电话和住址"))
	e.Done = "已保存并公开，等社区确认。"
	e.Saved = url.Values{"volunteers": {headcount(d, event.Volunteering)}, "social_workers": {headcount(d, event.SocialWork)}}
	e.Save = func(f *form.Form) error {
		in := event.Result{Participants: f.Int("participants", "实际参加人数", form.Required, form.Min(1), form.Max(100_000)), Volunteers: f.Int("volunteers", "义工人数", form.Max(100_000)),
			SocialWorkers: f.Int("social_workers", "社工人数", form.Max(100_000)), Summary: f.Text("summary", "活动情况", form.Required, form.Multiline, form.Min(10), form.Max(1000))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Hold(r.Context(), actor(r), d.No, formpage.VersionOf(f), in)
	}
	return e, nil
}

// headcount proposes how many people of a kind were there, by their hours.
func headcount(d event.OwnDetail, k event.Kind) string {
	names := map[string]bool{}
	for _, x := range d.Entries {
		if x.Kind == k {
			names[x.VolunteerID.String()+x.Name] = true
		}
	}
	if len(names) == 0 {
		return ""
	}
	return strconv.Itoa(len(names))
}

func (p *Pages) hoursForm(r *http.Request) (*formpage.Editor, error) {
	d, list, now, err := p.Events.Helpers(r.Context(), actor(r), number(r))
	if err != nil {
		return nil, err
	}
	at := paths.MyActivity(d.No)
	e := mineForm(r, "记服务时长", "服务时间相同的人一次勾选。一个人的同一段时间只能记一次，在别的组织记过的也算。", "记下时长", at, "返回活动", layout.Crumb{Label: d.Title, Href: at})
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Facts = []ui.Fact{ui.F("活动", d.Title)}
	switch {
	case !d.Begun(now):
		e.Obstacles = []string{"活动公开并开始以后，才能记录服务时长。"}
	case len(list) == 0:
		e.Obstacles = []string{"还没有可以记录的人。先在“志愿者”里确认报名的居民，或者在花名册里登记有社工证书的人员。"}
		e.Back, e.BackLabel = paths.MyVolunteers, "去志愿者"
	default:
		e.Facts = append(e.Facts, ui.F("时间", times(d.Day, d.From, d.Until)))
	}
	options := make([]ui.Option, len(list))
	for i, h := range list {
		options[i] = ui.Option{Value: h.Key, Label: h.Name + "（" + h.Kind.Name() + "）", Hint: h.Note}
	}
	e.Ask(formpage.TickMany("who", "谁", options), formpage.Line("from", "开始时间", 6).Hint("从几点起，如 9:00"), formpage.Line("until", "结束时间", 6).Hint("到几点止，如 11:30"))
	e.Saved = url.Values{"from": {d.From.String()}, "until": {d.Until.String()}}
	e.Done = "已记下。还有别的时间段的，再记一次。"
	e.Save = func(f *form.Form) error {
		who := f.RawAll("who")
		span := event.Span{From: event.Unset, Until: event.Unset}
		if f.Filled("from") {
			span.From = form.Parse(f, "from", "开始时间", event.ParseClock)
		}
		if f.Filled("until") {
			span.Until = form.Parse(f, "until", "结束时间", event.ParseClock)
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.RecordHours(r.Context(), actor(r), f.Raw("token"), d.No, who, span)
	}
	return e, nil
}

func (p *Pages) hoursWithdrawalForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "entry")
	if err != nil {
		return nil, err
	}
	e, d, err := p.eventForm(r, "撤回服务时长", "记错的撤回以后再记。撤回的留在操作记录里，不再计入合计。", "撤回")
	if err != nil {
		return nil, err
	}
	e.Stop = true
	e.Facts = []ui.Fact{ui.F("活动", d.Title)}
	for _, x := range d.Entries {
		if x.ID == id {
			e.Facts = append(e.Facts, ui.F("谁", orNone(x.Name, "资料已删除的志愿者")), ui.F("时间", x.From.String()+"–"+x.Until.String()))
		}
	}
	if len(e.Facts) == 1 {
		e.Obstacles = []string{"这条服务记录已经撤回，或者不属于这次活动。"}
	}
	e.Ask(formpage.Why("如：时间记错"))
	e.Done = "已撤回。"
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.WithdrawHours(r.Context(), actor(r), d.No, id, reason)
	}
	return e, nil
}
