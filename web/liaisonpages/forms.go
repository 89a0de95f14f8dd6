package liaisonpages

import (
	"net/http"
	"net/url"
	"slices"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/money"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// editor begins a form that leads back to the timeline.
func editor(r *http.Request, title, lead, submit, organization string, id uuid.UUID) *formpage.Editor {
	at := timelineOf(r, id)
	return &formpage.Editor{Saved: url.Values{}, To: at, View: formpage.View{
		Page: shell(r, title, organization, id, layout.Crumb{Label: "协同记录", Href: at}), Heading: title, Lead: lead, Action: r.URL.Path,
		Submit: submit, Back: at, BackLabel: "返回协同记录", Hidden: []ui.Pair{formpage.Token()}}}
}

// wording is how the form of a kind asks.
var wording = map[liaison.Kind]struct{ lead, label, hint, submit, done string }{
	liaison.Remark:  {"记下了解到的情况，让别的单位不用再问一遍。", "情况", "时间、地点、怎么知道的。不写个人的证件号码、电话和住址", "写进协同记录", "已写进协同记录。"},
	liaison.Request: {"请一个单位在期限前答复一个问题。对方会收到消息，超期会提醒。", "要对方答复的问题", "一次问一件事，写明需要什么", "发出请求", "请求已发出，等对方答复。"},
	liaison.Support: {"记下给了什么支持：政策、理论、资金、场地、人员。", "支持的内容", "给了什么、从什么时候起、谁来办", "写进协同记录", "支持情况已写进协同记录。"},
	liaison.Risk:    {"提示可能有的风险，写明依据。不是处罚，也不代替名录登记。", "风险和依据", "看到了什么，为什么是风险，建议怎么办", "写进协同记录", "风险提示已写进协同记录。"},
}

func audienceControl(least liaison.Audience, most liaison.Audience) formpage.Control {
	hints := map[liaison.Audience]string{liaison.OwnOffice: "审计也能看到", liaison.AllOffices: "登记管理机关、主管部门、街道、社区、工作领导小组",
		liaison.TheirsAsWell: "组织会收到消息，可以答复"}
	var options []ui.Option
	for _, a := range liaison.Audiences {
		if least.Within(a) && a.Within(most) {
			options = append(options, ui.Option{Value: string(a), Label: a.Name(), Hint: hints[a]})
		}
	}
	return formpage.OneOf("audience", "给谁看", options)
}

func officeOptions(list []liaison.Addressee) []ui.Option {
	options := []ui.Option{{Value: "", Label: "请选择"}}
	for _, a := range list {
		options = append(options, ui.Option{Value: a.Key(), Label: a.Name})
	}
	return options
}

func dayControl() formpage.Control {
	return formpage.Number("days", "几个工作日内答复", "个工作日").Hint("从明天数起，1 至 60")
}

// writeForm takes an entry of one kind.
func (p *Pages) writeForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "id")
	if err != nil {
		return nil, err
	}
	kind := liaison.Kind(httpserver.Param(r, "kind"))
	if !slices.Contains(liaison.Kinds, kind) {
		return nil, errs.New(errs.NotFound, "没有这个页面。请核对网址。")
	}
	t, err := p.Liaison.Timeline(r.Context(), actor(r), id, liaison.Talk, "", 1)
	if err != nil {
		return nil, err
	}
	if t.Organization.MergedInto != uuid.Nil {
		return nil, errs.New(errs.NotFound, "这份档案已经并入另一份，不再写记录。打开合并后的档案再写。")
	}
	say := wording[kind]
	e := editor(r, kind.Name(), say.lead, say.submit, t.Organization.Name, id)
	e.Facts = []ui.Fact{ui.F("组织", t.Organization.Name)}
	text := formpage.Lines("text", say.label, 6, 2000).Hint(say.hint)
	least := liaison.OwnOffice
	switch kind {
	case liaison.Request:
		least = liaison.AllOffices
		e.Ask(formpage.Pick("to", "发给谁", officeOptions(t.Addressees)), text, dayControl())
	case liaison.Support:
		e.Ask(formpage.OneOf("support", "支持方式", formpage.Named(liaison.MeansOf)), text, formpage.Amount("amount", "金额").Hint("没有金额的留空").Optional())
	default:
		e.Ask(text)
	}
	e.Ask(audienceControl(least, liaison.TheirsAsWell))
	e.Saved.Set("audience", string(liaison.AllOffices))
	e.Papers = p.papers(r)
	e.Done = say.done
	e.Save = func(f *form.Form) error {
		in := liaison.Input{Token: f.Raw("token"), OrgID: id, Kind: kind, Audience: readAudience(f)}
		if kind == liaison.Request {
			in.To, in.Days = readOffice(f, "发给谁", t.Addressees), f.Int("days", "几个工作日内答复", form.Required, form.Min(1), form.Max(60))
		}
		if kind == liaison.Support {
			in.Support, in.Amount = readMeans(f), optionalMoney(f)
		}
		in.Text = readText(f, say.label)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Liaison.Write(r.Context(), actor(r), in)
	}
	return e, nil
}

func readText(f *form.Form, label string) string {
	return f.Text("text", label, form.Required, form.Multiline, form.Max(2000))
}

func readAudience(f *form.Form) liaison.Audience {
	return liaison.Audience(f.Choice("audience", "给谁看", formpage.Keys(liaison.Audiences), form.Required))
}

func readOffice(f *form.Form, label string, list []liaison.Addressee) string {
	return f.Choice("to", label, formpage.ValuesOf(officeOptions(list)), form.Required)
}

func readMeans(f *form.Form) liaison.Means {
	return liaison.Means(f.Choice("support", "支持方式", formpage.Keys(liaison.MeansOf), form.Required))
}

func optionalMoney(f *form.Form) *money.Fen {
	if amount := f.Money("amount", "金额"); f.Filled("amount") {
		return &amount
	}
	return nil
}

// about finds the entry of the request and begins a form about it.
func (p *Pages) about(r *http.Request, title, lead, submit string) (*formpage.Editor, liaison.Found, error) {
	id, err := organizationOf(r)
	if err != nil {
		return nil, liaison.Found{}, err
	}
	entry, err := param(r, "entry")
	if err != nil {
		return nil, liaison.Found{}, err
	}
	found, err := p.Liaison.Entry(r.Context(), actor(r), id, entry)
	if err != nil {
		return nil, found, err
	}
	e := editor(r, title, lead, submit, found.Organization.Name, id)
	x := found.Entry
	e.Facts = []ui.Fact{ui.F("组织", found.Organization.Name), ui.F("谁写的", x.OfficeName+" "+x.ActorName)}
	if x.Question != "" {
		e.Facts = append(e.Facts, ui.F("问题", x.Question))
	}
	e.Facts = append(e.Facts, ui.F(x.Kind.Name(), x.Text))
	if len(x.Files) > 0 {
		e.Facts = append(e.Facts, ui.Fact{Label: "附件", Body: fileList(fileLinks(x, timelineOf(r, id)))})
	}
	if x.Kind == liaison.Request {
		e.Facts = append(e.Facts, ui.F("答复期限", dueBy(x.DueOn, x.DueProvisional)))
	}
	return e, found, nil
}

// gone refuses a form about an entry with which the act is not possible any more.
func gone(possible bool, message string) error {
	if possible {
		return nil
	}
	return errs.New(errs.Conflict, message)
}

func (p *Pages) answerForm(r *http.Request) (*formpage.Editor, error) {
	e, found, err := p.about(r, "答复", "答复以后不能改，写错了的再写一条更正。", "发出答复")
	if err != nil {
		return nil, err
	}
	x := found.Entry
	if r.Method == http.MethodGet {
		if err := gone(x.Answerable(actor(r)), "这一条现在不能由您答复：可能已经答复、转办或撤回，或者是发给别的单位的。"); err != nil {
			return nil, err
		}
	}
	e.Hidden = append(e.Hidden, formpage.Version(x.Version))
	e.Ask(formpage.Lines("text", "答复", 6, 2000).Hint("不写个人的证件号码、电话和住址"))
	e.Saved.Set("audience", string(x.Audience))
	if !mine(r) && x.Audience == liaison.TheirsAsWell {
		e.Ask(audienceControl(liaison.AllOffices, x.Audience))
	}
	e.Papers = p.papers(r)
	e.Done = "答复已发出。"
	e.Save = func(f *form.Form) error {
		in := liaison.Reply{Token: f.Raw("token"), OrgID: found.Organization.ID, Entry: x.ID, Version: formpage.VersionOf(f), Audience: x.Audience, Text: readText(f, "答复")}
		if !mine(r) && x.Audience == liaison.TheirsAsWell {
			in.Audience = readAudience(f)
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Liaison.Answer(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) forwardForm(r *http.Request) (*formpage.Editor, error) {
	e, found, err := p.about(r, "转办", "不归您单位答复的，转给该答复的单位。答复仍发给最早提问的单位。", "转给这个单位")
	if err != nil {
		return nil, err
	}
	x := found.Entry
	if r.Method == http.MethodGet {
		if err := gone(x.Forwardable(actor(r)), "这个请求现在不能由您转办：可能已经答复、转办或撤回。"); err != nil {
			return nil, err
		}
	}
	e.Hidden = append(e.Hidden, formpage.Version(x.Version))
	e.Ask(formpage.Pick("to", "转给谁", officeOptions(found.Addressees)), formpage.Lines("text", "转办理由", 4, 2000), dayControl())
	e.Done = "已转办。"
	e.Save = func(f *form.Form) error {
		in := liaison.Passing{Token: f.Raw("token"), OrgID: found.Organization.ID, Entry: x.ID, Version: formpage.VersionOf(f), To: readOffice(f, "转给谁", found.Addressees),
			Days: f.Int("days", "几个工作日内答复", form.Required, form.Min(1), form.Max(60)), Reason: readText(f, "转办理由")}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Liaison.Forward(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) correctionForm(r *http.Request) (*formpage.Editor, error) {
	e, found, err := p.about(r, "更正", "原来那条保留不动，后面跟一条更正，给同样的人看。", "写下更正")
	if err != nil {
		return nil, err
	}
	x := found.Entry
	if r.Method == http.MethodGet {
		if err := gone(x.Correctable(actor(r)), "这一条不能更正：可能已经撤回或更正过。更正过的，更正最后那一条。"); err != nil {
			return nil, err
		}
	}
	if x.Kind == liaison.Support {
		e.Ask(formpage.OneOf("support", "支持方式", formpage.Named(liaison.MeansOf)), formpage.Amount("amount", "金额").Hint("没有金额的留空").Optional())
		e.Saved.Set("support", string(x.Support))
		if x.Amount != nil {
			e.Saved.Set("amount", x.Amount.String())
		}
	}
	e.Ask(formpage.Lines("text", "更正后的内容", 6, 2000))
	e.Saved.Set("text", x.Text)
	e.Papers = p.papers(r)
	e.Done = "更正已写进协同记录。"
	e.Save = func(f *form.Form) error {
		in := liaison.Correction{Token: f.Raw("token"), OrgID: found.Organization.ID, Entry: x.ID, Text: readText(f, "更正后的内容")}
		if x.Kind == liaison.Support {
			in.Support, in.Amount = readMeans(f), optionalMoney(f)
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Liaison.Correct(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) withdrawalForm(r *http.Request) (*formpage.Editor, error) {
	e, found, err := p.about(r, "撤回", "撤回后内容不再显示，留下撤回的时间和理由。", "撤回这一条")
	if err != nil {
		return nil, err
	}
	x := found.Entry
	if r.Method == http.MethodGet {
		if err := gone(x.Withdrawable(actor(r)), "这一条不能撤回：可能已经撤回，或者对方已经答复、转办。"); err != nil {
			return nil, err
		}
	}
	e.Stop = true
	e.Ask(formpage.Lines("reason", "撤回的理由", 3, 200).Hint("会显示在原来的位置"))
	e.Done = "已撤回。"
	e.Save = func(f *form.Form) error {
		reason := f.Text("reason", "撤回的理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Liaison.Withdraw(r.Context(), actor(r), f.Raw("token"), found.Organization.ID, x.ID, reason)
	}
	return e, nil
}
