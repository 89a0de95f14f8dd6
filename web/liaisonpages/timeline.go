package liaisonpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/liaison"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// timelineView is the stream of one organization.
type timelineView struct {
	layout.Page
	Name, Lead string
	Demo       bool
	Record     string // the record of the organization
	RecordName string
	Writes     []ui.Tab
	Sorts      []ui.Tab
	Items      []itemView
	Empty      string
	Pages      ui.Pages
}

// itemView is one thing in the stream.
type itemView struct {
	On      civil.Date
	Sort    string // what it is
	Title   string
	Quoted  string // what an answer answers
	Text    string
	Meta    string // who, and for whom
	From    ui.Origin
	Gone    string // why it was withdrawn
	Tags    []tagView
	Files   []templ.Component
	Links   []ui.Tab
	CaseRef string
	State   string // mark of the timeline
}

type tagView struct {
	Word string
	Tone ui.Tone
}

func (p *Pages) showTimeline(w http.ResponseWriter, r *http.Request) error {
	id, err := organizationOf(r)
	if err != nil {
		return err
	}
	only := choice(r.URL.Query().Get("sort"), liaison.Sorts, "")
	after := r.URL.Query().Get("after")
	t, err := p.Liaison.Timeline(r.Context(), actor(r), id, only, after, pageSize)
	if err != nil {
		return err
	}
	if into := t.Organization.MergedInto; into != uuid.Nil {
		return httpserver.SeeOther(w, r, timelineOf(r, into))
	}
	at := timelineOf(r, id)
	v := timelineView{Page: shell(r, "协同记录", t.Organization.Name, id), Name: t.Organization.Name, Demo: t.Organization.Demo,
		Lead:   "登记管理机关、主管部门、街道和社区在这里互通情况、协查答复、记下给的支持；登记、办件、资助等已有的记录也在同一条线上。各人只看得到自己能看的。",
		Record: paths.StaffOrganization(id.String()), RecordName: "组织档案", Sorts: sorts(at, only), Empty: "还没有记录。"}
	if mine(r) {
		v.Lead = "各有关单位写给您组织的情况、请求和支持，连同登记、办件、资助等记录，都在这一条线上。有请求的，在期限前答复。"
		v.Record, v.RecordName = paths.MyOrganization, "本组织档案"
	}
	if actor(r).Can(authz.LiaisonWrite) {
		for _, k := range liaison.Kinds {
			v.Writes = append(v.Writes, ui.Tab{Label: "写" + k.Name(), Href: paths.OrganizationLiaisonNew(id.String(), string(k))})
		}
		v.Writes[1].Label = "发" + liaison.Request.Name()
	}
	for _, i := range t.Items {
		v.Items = append(v.Items, newItem(i, actor(r), at, v.Record, t.Today))
	}
	if t.Next != "" {
		v.Pages.Next = paths.WithQuery(at, url.Values{"sort": {string(only)}, "after": {t.Next}})
	}
	if after != "" {
		v.Pages.Previous = paths.WithQuery(at, url.Values{"sort": {string(only)}})
		v.Pages.Where = "较早的记录"
	}
	return httpserver.Render(w, r, http.StatusOK, timelinePage(v))
}

func sorts(at string, only liaison.Sort) []ui.Tab {
	tabs := []ui.Tab{{Label: "全部", Href: at, Current: only == ""}}
	for _, s := range liaison.Sorts {
		tabs = append(tabs, ui.Tab{Label: s.Name(), Href: paths.WithQuery(at, url.Values{"sort": {string(s)}}), Current: s == only})
	}
	return tabs
}

func newItem(i liaison.Item, a authz.Actor, at, record string, today civil.Date) itemView {
	v := itemView{On: civil.On(i.At), Sort: i.Sort.Name(), Title: i.Title, Text: i.Detail, From: ui.Origin{Name: i.From, Href: record + paths.MergedRecords}}
	if i.CaseNo != "" && i.Sort == liaison.Cases {
		v.CaseRef = paths.Application(i.CaseNo)
	}
	e := i.Entry
	if e == nil {
		return v
	}
	v.Sort, v.Title, v.Text = e.Kind.Name(), e.OfficeName+"："+e.Kind.Name(), e.Text
	v.Meta = e.ActorName + "　" + e.Audience.Name()
	if e.Corrects != nil {
		v.Title = e.OfficeName + "：更正" + e.Kind.Name()
	}
	if e.Kind == liaison.Support {
		v.Title += "（" + e.Support.Name() + "）"
		if e.Amount != nil {
			v.Tags = append(v.Tags, tagView{e.Amount.String() + " 元", ui.None})
		}
	}
	if e.Question != "" {
		v.Quoted = e.Question
	}
	if e.WithdrawnAt != nil {
		v.Gone = e.WithdrawnName + civil.On(*e.WithdrawnAt).Chinese() + "撤回：" + e.WithdrawnReason
		v.State = "next"
		return v
	}
	if e.Corrected {
		v.Tags = append(v.Tags, tagView{"已被更正", ui.Warn})
	}
	if e.Kind == liaison.Risk {
		v.State = "bad"
	}
	v.Files = fileLinks(*e, at)
	v.request(*e, today)
	v.Links = acts(*e, a, at)
	return v
}

// request tells whom a request asks, and until when.
func (v *itemView) request(e liaison.Entry, today civil.Date) {
	if e.Kind != liaison.Request {
		return
	}
	v.Title = e.OfficeName + "：请" + e.ToName + "答复"
	if e.Forwards != nil {
		v.Title = e.OfficeName + "：转给" + e.ToName + "答复"
	}
	word, tone := e.State.Name(), ui.Mute
	switch {
	case e.State == liaison.Open && e.DueOn.Before(today):
		word, tone = "超期未答复", ui.Bad
	case e.State == liaison.Open:
		word, tone, v.State = "等答复", ui.Info, "now"
	case e.State == liaison.Answered:
		tone = ui.Good
	}
	v.Tags = append(v.Tags, tagView{word, tone})
	if e.State == liaison.Open {
		v.Tags = append(v.Tags, tagView{dueBy(e.DueOn, e.DueProvisional), ui.None})
	}
}

func dueBy(on civil.Date, provisional bool) string {
	if provisional {
		return on.Chinese() + "前（暂定）"
	}
	return on.Chinese() + "前"
}

// acts are what the reader may do with an entry.
func acts(e liaison.Entry, a authz.Actor, at string) []ui.Tab {
	var out []ui.Tab
	for _, x := range []struct {
		may        bool
		act, label string
	}{
		{e.Answerable(a), "answer", "答复"}, {e.Forwardable(a), "forward", "转办"},
		{e.Correctable(a), "correction", "更正"}, {e.Withdrawable(a) && a.Can(authz.LiaisonWrite), "withdrawal", "撤回"},
	} {
		if x.may {
			out = append(out, ui.Tab{Label: x.label, Href: paths.LiaisonAct(at, e.ID.String(), x.act)})
		}
	}
	return out
}
