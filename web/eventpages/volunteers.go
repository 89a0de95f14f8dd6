package eventpages

import (
	"net/http"
	"net/url"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// volunteersView is one list of an organization's volunteers.
type volunteersView struct {
	layout.Page
	Lead      string
	CallLabel string
	Tabs      []ui.Tab
	Table     ui.Table
	Any       bool
	Empty     [2]string
	Pages     ui.Pages
}

const volunteerPageSize = 30

func (p *Pages) volunteers(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	state := event.VolunteerState(q.Get("state"))
	if !slices.Contains(event.VolunteerStates, state) {
		state = event.Waiting
	}
	page, err := p.Events.Volunteers(r.Context(), actor(r), state, q.Get("after"), volunteerPageSize)
	if err != nil {
		return err
	}
	v := volunteersView{Page: shell("志愿者", "activities", mineCrumb()), Any: len(page.List) > 0, CallLabel: "开放网上报名",
		Lead: "现在没有开放网上报名。开放以后，居民可以在组织介绍和活动页面报名。"}
	if page.Call.Open {
		v.Lead, v.CallLabel = "网上报名开放中：居民可以在组织介绍和活动页面报名。", "改招募说明或停止报名"
	}
	for _, s := range event.VolunteerStates {
		v.Tabs = append(v.Tabs, ui.Tab{Label: s.Name(), Href: paths.MyVolunteerTab(string(s)), Current: s == state})
	}
	v.Empty = [2]string{"没有" + state.Name() + "的人。", "居民报名以后会出现在“等组织确认”里。"}
	v.Table = ui.Table{Caption: state.Name() + "，新报名的在前", Columns: []ui.Column{{Label: "谁", Full: true}, {Label: "手机"}, {Label: "报名"}, {Label: "服务时长"}, {Label: "操作", Hidden: true}}}
	var rows []ui.Row
	for _, x := range page.List {
		rows = append(rows, volunteerRow(x))
	}
	v.Table.Groups = ui.Rows(rows...)
	if page.Next != "" {
		v.Pages.Next = paths.WithQuery(paths.MyVolunteers, url.Values{"state": {string(state)}, "after": {page.Next}})
	}
	if q.Get("after") != "" {
		v.Pages.Previous, v.Pages.Where = paths.MyVolunteerTab(string(state)), "较早的报名"
	}
	return httpserver.Render(w, r, http.StatusOK, volunteersPage(v))
}

func volunteerRow(x event.Volunteer) ui.Row {
	sub := x.Note
	if x.Reason != "" {
		sub = "没有接收：" + x.Reason
	}
	how := ui.TS(civil.On(x.AppliedAt).String(), x.EventName)
	switch {
	case x.OnPaper:
		how.Sub = "纸面报名"
	case !x.Adult && x.EventName == "":
		how.Sub = "未满 18 周岁，监护人同意"
	}
	name := ui.Head(x.Name, "", sub)
	if x.Doubled {
		name.Sub = "和另一份报名是同一个人。" + sub
	}
	at := func(act string) string { return paths.MyVolunteerAct(x.ID.String(), act) }
	acts := []ui.Tab{}
	if x.State == event.Waiting {
		acts = append(acts, ui.Tab{Label: "确认", Href: at("confirmation")}, ui.Tab{Label: "不接收", Href: at("refusal")})
	}
	acts = append(acts, ui.Tab{Label: "看完整手机", Href: at("unmasking")}, ui.Tab{Label: "删除资料", Href: at("erasure")})
	return ui.Cells(name, ui.T(x.Mobile), how, ui.T(event.HoursText(x.Minutes)), ui.C(linkRow(acts, x.Name)))
}

func (p *Pages) callForm(r *http.Request) (*formpage.Editor, error) {
	page, err := p.Events.Volunteers(r.Context(), actor(r), event.Waiting, "", 1)
	if err != nil {
		return nil, err
	}
	e := mineForm(r, "招募志愿者", "开放以后，组织介绍和将要开展的活动页面上有“报名做志愿者”。", "保存", paths.MyVolunteers, "返回志愿者")
	e.Hidden = []ui.Pair{formpage.Version(page.Call.Version)}
	e.Ask(formpage.OneOf("open", "网上报名", []ui.Option{{Value: "yes", Label: "开放"}, {Value: "no", Label: "不开放"}}),
		formpage.Lines("text", "招募说明", 4, 500).Hint("需要什么样的人、做什么、什么时候。会公开"))
	e.Saved = url.Values{"text": {page.Call.Text}, "open": {"yes"}}
	if page.Call.Version > 0 && !page.Call.Open {
		e.Saved.Set("open", "no")
	}
	e.Done = "已保存。"
	e.Save = func(f *form.Form) error {
		open := f.Choice("open", "网上报名", []string{"yes", "no"}, form.Required)
		text := f.Text("text", "招募说明", form.Required, form.Multiline, form.Min(10), form.Max(500))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.SaveCall(r.Context(), actor(r), formpage.VersionOf(f), open == "yes", text)
	}
	return e, nil
}

// paperForm registers somebody who signed up on paper.
func (p *Pages) paperForm(r *http.Request) (*formpage.Editor, error) {
	e := mineForm(r, "登记纸面报名的志愿者", "本人在纸上报名、同意保存资料的，登记在这里，纸面由组织留存。", "登记", paths.MyVolunteerTab(string(event.Confirmed)), "返回志愿者")
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(personControls()...)
	e.Ask(formpage.OneOf("age", "年龄", ages), consentControl("本人已在纸上签字：同意平台保存姓名、手机和留言，只给本组织联系和记录服务时长使用；随时可以要求退出和删除。"))
	e.Done = "已登记。"
	e.Save = func(f *form.Form) error { return p.Events.Add(r.Context(), actor(r), applicationOf(f)) }
	return e, nil
}

// volunteerForm begins a form about one volunteer.
func (p *Pages) volunteerForm(r *http.Request, title, lead, submit string) (*formpage.Editor, event.Volunteer, error) {
	id, err := param(r, "volunteer")
	if err != nil {
		return nil, event.Volunteer{}, err
	}
	x, err := p.Events.Volunteer(r.Context(), actor(r), id)
	if err != nil {
		return nil, x, err
	}
	back := paths.MyVolunteerTab(string(x.State))
	e := mineForm(r, title, lead, submit, back, "返回志愿者", layout.Crumb{Label: "志愿者", Href: paths.MyVolunteers})
	e.Hidden = []ui.Pair{formpage.Version(x.Version)}
	e.Facts = []ui.Fact{ui.F("姓名", x.Name), ui.F("手机", x.Mobile)}
	if x.Note != "" {
		e.Facts = append(e.Facts, ui.F("留言", x.Note))
	}
	if !x.Adult {
		e.Facts = append(e.Facts, ui.F("年龄", "未满 18 周岁，监护人同意"))
	}
	return e, x, nil
}

func (p *Pages) confirmForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.volunteerForm(r, "确认志愿者", "和对方联系、核对以后再确认。确认以后可以记录服务时长。", "确认")
	if err != nil {
		return nil, err
	}
	if x.State != event.Waiting {
		e.Obstacles = []string{"这份报名现在是“" + x.State.Name() + "”，不用再确认。"}
	}
	e.Done, e.To = "已确认。", paths.MyVolunteers
	e.Save = func(f *form.Form) error {
		return p.Events.Confirm(r.Context(), actor(r), x.ID, formpage.VersionOf(f))
	}
	return e, nil
}

func (p *Pages) declineForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.volunteerForm(r, "不接收这份报名", "对方凭回执号能看到理由。资料过一段时间自动删除。", "不接收")
	if err != nil {
		return nil, err
	}
	if x.State != event.Waiting {
		e.Obstacles = []string{"这份报名现在是“" + x.State.Name() + "”，不能再答复。"}
	}
	e.Ask(formpage.Why("对方能看到，如：这学期的人手已经够了"))
	e.Done, e.To = "已答复。", paths.MyVolunteers
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Decline(r.Context(), actor(r), x.ID, formpage.VersionOf(f), reason)
	}
	return e, nil
}

func (p *Pages) eraseForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.volunteerForm(r, "删除志愿者的资料", "姓名、手机和留言立即删除，不能恢复。已经记下的服务时长留着，但不再写是谁的。", "删除资料")
	if err != nil {
		return nil, err
	}
	e.Stop = true
	e.Done, e.To = "资料已删除。", paths.MyVolunteers
	e.Save = func(f *form.Form) error {
		return p.Events.Erase(r.Context(), actor(r), x.ID, formpage.VersionOf(f))
	}
	return e, nil
}

func (p *Pages) unmaskForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.volunteerForm(r, "看完整的手机", "每次查看都有记录。", "查看")
	if err != nil {
		return nil, err
	}
	e.Ask(formpage.Why("如：打电话约活动时间"))
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		mobile, err := p.Events.Unmask(r.Context(), actor(r), x.ID, reason)
		if err == nil {
			e.Answer = answerPage(answerView{Page: shell("完整的手机", "activities", mineCrumb()), Title: "完整的手机", Facts: []ui.Fact{ui.F("姓名", x.Name), ui.F("手机", mobile)}, Back: e.Back, BackLabel: e.BackLabel})
		}
		return err
	}
	return e, nil
}

// answerView shows what was unmasked, kept by no cache.
type answerView struct {
	layout.Page
	Title           string
	Facts           []ui.Fact
	Back, BackLabel string
}
