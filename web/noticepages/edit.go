package noticepages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// editView is the text of a notice in the making.
type editView struct {
	layout.Page
	Lead, Action, Back string
	Token, Version     string
	Erratum            bool
	Fields             map[string]ui.Field
	Cases              []ui.Option
	Chosen             []string
	Faults             ui.Errors
	Stale              []ui.Version
	Conflict           string
}

// lines are the fields of the form in order: name, label, hint.
var lines = [...]struct{ name, label, hint string }{
	{"title", "标题", "写明年度和事项"},
	{"body", "正文", "每段一行。公示期的起止日期和各项名单由系统写上，不用写在正文里"},
	{"period", "公示期", ""},
	{"publish_on", "发布日期", "不填，签发后马上发布；要以后发布的，填一个工作日"},
	{"contact_phone", "联系电话", "办公座机，不要填个人手机号"},
	{"contact_address", "联系地址", ""},
	{"supervision_phone", "监督电话", ""},
	{"objection_how", "怎样提出异议", ""},
	{"reason", "勘误理由", "会公开，10 到 500 个字"},
}

func saved(e notice.Editing) url.Values {
	t := e.Text
	v := url.Values{"title": {t.Title}, "body": {t.Body}, "period": {strconv.Itoa(t.PeriodWD)}, "contact_phone": {t.ContactPhone}, "contact_address": {t.ContactAddress},
		"supervision_phone": {t.SupervisionPhone}, "objection_how": {t.ObjectionHow}, "reason": {t.Reason}, "publish_on": {t.PublishOn.String()}}
	for id := range e.Chosen {
		v.Add("cases", id.String())
	}
	return v
}

func editOf(e notice.Editing, typed url.Values, faults ui.Errors) editView {
	id := e.ID.String()
	title := "修改公示稿"
	if e.Text.Erratum() {
		title = "修改勘误稿"
	}
	v := editView{Page: page(title, "notices", len(faults), layout.Crumb{Label: "公示", Href: paths.StaffNotices}, layout.Crumb{Label: titleOf(e.View), Href: paths.StaffNotice(id)}),
		Lead: "随时可以保存，写全了再送审。", Action: paths.StaffNoticeAct(id, "text"), Back: paths.StaffNotice(id), Token: once.NewToken(), Version: strconv.Itoa(e.Version),
		Erratum: e.Text.Erratum(), Fields: map[string]ui.Field{}, Cases: caseOptions(e.Free), Chosen: typed["cases"], Faults: faults}
	for _, l := range lines {
		v.Fields[l.name] = ui.Field{Name: l.name, Label: l.label, Hint: l.hint, Value: typed.Get(l.name), Error: faults.For(l.name)}
	}
	date := v.Fields["publish_on"]
	date.Optional, date.Date = true, ui.DateParts{Year: typed.Get("publish_on-year"), Month: typed.Get("publish_on-month"), Day: typed.Get("publish_on-day")}
	if on, err := civil.Parse(typed.Get("publish_on")); err == nil && date.Date == (ui.DateParts{}) {
		date.Date = ui.DateOf(on)
	}
	v.Fields["publish_on"] = date
	return v
}

func (p *Pages) editing(r *http.Request) (notice.Editing, error) {
	id, err := param(r, "id")
	if err != nil {
		return notice.Editing{}, err
	}
	return p.Notices.Editing(r.Context(), actor(r), id)
}

func (p *Pages) editText(w http.ResponseWriter, r *http.Request) error {
	e, err := p.editing(r)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, editPage(editOf(e, saved(e), nil)))
}

func (p *Pages) updateText(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	e, err := p.editing(r)
	if err != nil {
		return err
	}
	f := form.New(r.PostForm)
	t, cases := textOf(f), idsOf(r.PostForm["cases"])
	if err = f.Err(); err == nil {
		err = p.Notices.Save(r.Context(), actor(r), e.ID, versionOf(r), r.PostForm.Get("token"), t, cases)
	}
	if err == nil {
		p.Flash(r.Context(), "公示稿已保存。")
		return httpserver.SeeOther(w, r, paths.StaffNotice(e.ID.String()))
	}
	faults, again := shown(err)
	if !again {
		return err
	}
	v := editOf(e, r.PostForm, faults)
	if errs.Is(err, errs.Conflict) { // the page brings the new version: who saves again has seen both
		v.Faults, v.Conflict, v.Stale = nil, errs.Message(err), versions(e, r.PostForm)
	} else if r.PostForm.Has("version") {
		v.Version = r.PostForm.Get("version")
	}
	return httpserver.Render(w, r, httpserver.Status(err), editPage(v))
}

func textOf(f *form.Form) notice.Text {
	return notice.Text{
		Title: f.Text("title", "标题", form.Max(120)), Body: f.Text("body", "正文", form.Multiline, form.Max(10000)),
		PeriodWD: f.Int("period", "公示期", form.Min(1), form.Max(notice.MaxPeriod)), PublishOn: f.Date("publish_on", "发布日期"),
		ContactPhone: f.Text("contact_phone", "联系电话", form.Max(40)), ContactAddress: f.Text("contact_address", "联系地址", form.Max(120)),
		SupervisionPhone: f.Text("supervision_phone", "监督电话", form.Max(40)), ObjectionHow: f.Text("objection_how", "怎样提出异议", form.Multiline, form.Max(500)),
		Reason: f.Text("reason", "勘误理由", form.Multiline, form.Max(500)),
	}
}

// versions compares what was typed with what is saved now.
func versions(e notice.Editing, typed url.Values) (out []ui.Version) {
	now := saved(e)
	for _, l := range lines {
		if typed.Has(l.name) && typed.Get(l.name) != now.Get(l.name) {
			out = append(out, ui.Version{Label: l.label, Mine: typed.Get(l.name), Theirs: now.Get(l.name)})
		}
	}
	return out
}
