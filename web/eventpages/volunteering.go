package eventpages

import (
	"net/http"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// openForm begins a form that the public sends.
func openForm(r *http.Request, title, lead, submit string, crumbs ...layout.Crumb) *formpage.Editor {
	e := &formpage.Editor{}
	e.View = formpage.View{Page: open(title, crumbs...), Heading: title, Lead: lead, Submit: submit, Action: r.URL.RequestURI()}
	return e
}

var ages = []ui.Option{{Value: "adult", Label: "已满 18 周岁"}, {Value: "guardian", Label: "未满 18 周岁，监护人已经同意"}}

func consentControl(text string) formpage.Control {
	return formpage.TickMany("consent", "资料的使用", []ui.Option{{Value: "yes", Label: text}})
}

func ticked(f *form.Form, name string) bool { return f.Raw(name) == "yes" }

// volunteeringForm takes the offer of a resident to help an organization.
func (p *Pages) volunteeringForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "id")
	if err != nil {
		return nil, err
	}
	call, err := p.Events.CallOf(r.Context(), id, r.URL.Query().Get("event"))
	if err != nil {
		return nil, err
	}
	e := openForm(r, "报名做志愿者", "填写的内容加密保存，只有这个组织能看到，不公开。", "下一步：核对后报名", layout.Crumb{Label: call.OrgName, Href: paths.Organization(id.String())})
	e.Facts = []ui.Fact{{Label: "组织", Value: call.OrgName, Demo: call.Demo}}
	if call.EventNo != "" {
		e.Facts = append(e.Facts, ui.Fact{Label: "活动", Body: ui.Link(call.EventName, paths.Activity(call.EventNo))})
	}
	if call.Text != "" {
		e.Facts = append(e.Facts, ui.F("招募说明", call.Text))
	}
	e.Back, e.BackLabel = paths.Organization(id.String()), "返回组织介绍"
	if !call.Open {
		e.Obstacles = []string{"这个组织现在没有开放志愿者报名。可以看看活动日历上别的组织，或到社区询问。"}
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(personControls()...)
	e.Ask(formpage.OneOf("age", "年龄", ages), consentControl(event.ConsentText))
	e.Save = func(f *form.Form) error {
		a := applicationOf(f)
		a.OrgID, a.EventNo = id, call.EventNo
		if !call.Open && !formpage.Confirmed(f) { // closed while somebody was typing
			return errs.New(errs.Conflict, e.Obstacles[0])
		}
		check := a
		if err := check.Check(); err != nil {
			return err
		}
		if !formpage.Confirmed(f) {
			e.Review = &ui.Review{Title: "核对后报名", Effect: "报名以后，组织会打电话和您联系。", Submit: "报名", Facts: []ui.Fact{ui.F("组织", call.OrgName),
				ui.F("姓名", check.Name), ui.F("手机", check.Mobile), ui.F("留言", orNone(check.Note, "没有填"))}}
			return nil
		}
		receipt, err := p.Events.Apply(r.Context(), a)
		if err == nil {
			e.Answer = receiptPage(receiptView{Page: open("报名已收到"), Title: "报名已收到", Lead: "记下回执号。它只在这一页显示一次，查询、退出和删除资料要用。", Code: receipt.Code,
				Facts: []ui.Fact{ui.F("组织", receipt.OrgName), ui.F("时间", receipt.At.In(civil.Shanghai).Format("2006年1月2日 15:04"))},
				Next:  "组织看到以后会和您联系。没有接收的，理由可以用回执号查到。", Links: []ui.Tab{{Label: "查询报名", Href: paths.Volunteering}, {Label: "活动日历", Href: paths.Activities}}})
		}
		return err
	}
	return e, nil
}

func personControls() []formpage.Control {
	name := formpage.Line("name", "姓名", 14)
	name.Autocomplete = "name"
	mobile := formpage.Line("mobile", "手机", 14).Hint("11 位手机号，组织用来和您联系")
	mobile.Type, mobile.InputMode, mobile.Autocomplete = "tel", "tel", "tel"
	return []formpage.Control{name, mobile, formpage.Lines("note", "留言", 3, 200).Hint("会做什么、什么时候有空").Optional()}
}

func applicationOf(f *form.Form) event.Application {
	return event.Application{Token: f.Raw("token"), Name: f.Raw("name"), Mobile: f.Raw("mobile"), Note: f.Raw("note"), Age: f.Raw("age"), Consent: ticked(f, "consent")}
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// receiptView is shown once.
type receiptView struct {
	layout.Page
	Title, Lead string
	Code        string
	Facts       []ui.Fact
	Next        string
	Links       []ui.Tab
}

// The acts on a registration that its receipt opens.
const (
	look    = "look"
	quit    = "quit"
	quitAll = "erase"
)

// registrationForm shows a registration to who holds its receipt, and ends it. The
// receipt is sent by POST so that it stands in no address and no log.
func (p *Pages) registrationForm(r *http.Request) (*formpage.Editor, error) {
	e := openForm(r, "查询志愿者报名", "填报名时得到的回执号，不用登录。退出和删除资料也在这里办。", "下一步", calendarCrumb())
	receipt := formpage.Line("receipt", "回执号", 34).Hint("24 位字母和数字，大小写、横线和空格都可以")
	receipt.Autocomplete = "off"
	e.Ask(receipt, formpage.OneOf("act", "要办什么", []ui.Option{{Value: look, Label: "看看报名的情况"}, {Value: quit, Label: "退出，不再做志愿者"},
		{Value: quitAll, Label: "退出并删除资料", Hint: "姓名、手机和留言立即删除，不能恢复。已经记下的服务时长留着，但不再和您有关"}}))
	e.Saved = map[string][]string{"act": {look}}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Save = func(f *form.Form) error {
		code, act := f.Raw("receipt"), f.Choice("act", "要办什么", []string{look, quit, quitAll}, form.Required)
		if err := f.Err(); err != nil {
			return err
		}
		found, err := p.Events.Registration(r.Context(), code)
		if err != nil {
			return err
		}
		if act == look {
			e.Shown = registrationFacts(found)
			return nil
		}
		if !formpage.Confirmed(f) {
			e.Review = &ui.Review{Title: "确认退出", Effect: "退出以后，组织不再和您联系。", Submit: "退出", Facts: []ui.Fact{ui.F("组织", found.OrgName), ui.F("现在", found.State.Name())}}
			if act == quitAll {
				e.Review.Title, e.Review.Submit, e.Review.Effect = "确认退出并删除资料", "退出并删除", "姓名、手机和留言立即删除，不能恢复。"
			}
			e.Stop = act == quitAll
			return nil
		}
		if err := p.Events.LeaveBy(r.Context(), code, act == quitAll); err != nil {
			return err
		}
		done := receiptView{Page: open("已经退出"), Title: "已经退出", Lead: "您不再是这个组织的志愿者。", Links: []ui.Tab{{Label: "活动日历", Href: paths.Activities}}}
		if act == quitAll {
			done.Page, done.Title, done.Lead = open("资料已删除"), "资料已删除", "您的姓名、手机和留言已经删除，组织也看不到了。"
		}
		e.Answer = receiptPage(done)
		return nil
	}
	return e, nil
}

func registrationFacts(x event.Registration) templ.Component {
	v := []ui.Fact{ui.F("组织", x.OrgName), ui.F("报名时间", x.Applied.In(civil.Shanghai).Format("2006年1月2日 15:04")), ui.F("现在", x.State.Name())}
	if x.EventNo != "" {
		v = append(v, ui.Fact{Label: "活动", Body: ui.Link(x.EventTag, paths.Activity(x.EventNo))})
	}
	if x.Reason != "" {
		v = append(v, ui.F("没有接收的理由", x.Reason))
	}
	if x.Minutes > 0 {
		v = append(v, ui.F("记下的服务时长", event.HoursText(x.Minutes)))
	}
	return foundFacts(v)
}

// removalForm takes the wish of anybody to have a picture taken down.
func (p *Pages) removalForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "picture")
	if err != nil {
		return nil, err
	}
	d, err := p.Events.Read(r.Context(), number(r))
	if err != nil {
		return nil, err
	}
	e := openForm(r, "请求撤下照片", "您填写的内容不公开，只有民政局处理的人能看到。照片里的人和监护人提出的，照片马上先遮下。", "下一步：核对后提出", calendarCrumb(), layout.Crumb{Label: d.Title, Href: paths.Activity(d.No)})
	e.Back, e.BackLabel = paths.Activity(d.No), "返回活动"
	e.Facts = []ui.Fact{ui.F("活动", d.Title)}
	found := false
	for _, x := range d.Pictures {
		if x.ID == id {
			found = true
			e.Facts = append(e.Facts, ui.F("照片", x.Caption))
			e.Above = thumbnail(paths.ActivityPicture(d.No, id.String()), x.Caption)
		}
	}
	if !found {
		if r.Method == http.MethodGet {
			return nil, errs.New(errs.NotFound, "这张照片已经不公开了，不用再请求。")
		}
		e.Above = nil // the same form again after the picture is gone
	}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(formpage.OneOf("relation", "您是", formpage.Named(event.Relations)), formpage.Lines("reason", "为什么要撤下", 4, 500).Hint("比如：照片里是我的孩子，没有同意公开"),
		formpage.Line("phone", "电话", 16).Hint("需要核实时联系您，不公开").Optional())
	e.Save = func(f *form.Form) error {
		in := event.Asking{Token: f.Raw("token"), EventNo: d.No, Picture: id, Relation: event.Relation(f.Raw("relation")), Reason: f.Raw("reason"), Phone: f.Raw("phone")}
		check := in
		if err := check.Check(); err != nil {
			return err
		}
		if !formpage.Confirmed(f) {
			e.Review = &ui.Review{Title: "核对后提出", Effect: "提出以后不能修改，结果可以凭回执号查询。", Submit: "提出请求", Facts: []ui.Fact{ui.F("活动", d.Title), ui.F("您是", check.Relation.Name()),
				ui.F("为什么要撤下", check.Reason), ui.F("电话", orNone(check.Phone, "没有填"))}}
			return nil
		}
		asked, err := p.Events.AskRemoval(r.Context(), in)
		if err == nil {
			e.Answer = askedPage(asked)
		}
		return err
	}
	return e, nil
}

func askedPage(a event.Asked) templ.Component {
	state := "照片还在页面上，民政局看过以后决定"
	if a.Hid {
		state = "照片已先遮下，页面上看不到了"
	}
	return receiptPage(receiptView{Page: open("请求已收到"), Title: "请求已收到", Lead: "记下回执号。它只在这一页显示一次，查询结果要用。", Code: a.Code,
		Facts: []ui.Fact{ui.F("活动", a.Title), ui.F("现在", state), ui.F("答复期限", due(a.DueOn, a.Provisional))},
		Links: []ui.Tab{{Label: "查询结果", Href: paths.PictureRequests}, {Label: "活动日历", Href: paths.Activities}}})
}

func due(d civil.Date, provisional bool) string {
	if provisional {
		return d.Chinese() + "前（暂定）"
	}
	return d.Chinese() + "前"
}

// removalProgress says what became of a request.
func (p *Pages) removalProgress(r *http.Request) (*formpage.Editor, error) {
	e := openForm(r, "查询撤下照片的请求", "填提出请求时得到的回执号，不用登录。", "查询", calendarCrumb())
	receipt := formpage.Line("receipt", "回执号", 34).Hint("24 位字母和数字，大小写、横线和空格都可以")
	receipt.Autocomplete = "off"
	e.Ask(receipt)
	e.Save = func(f *form.Form) error {
		found, err := p.Events.Progress(r.Context(), f.Raw("receipt"))
		if err != nil {
			return err
		}
		v := []ui.Fact{ui.F("活动", found.EventTitle), ui.F("收到时间", found.ReceivedAt.In(civil.Shanghai).Format("2006年1月2日 15:04"))}
		switch found.State {
		case "open":
			v = append(v, ui.F("现在", "处理中"), ui.F("答复期限", due(found.DueOn, found.Provisional)))
		case "removed":
			v = append(v, ui.F("现在", "照片已撤下"), ui.F("答复", found.Outcome))
		default:
			v = append(v, ui.F("现在", "照片没有撤下"), ui.F("答复", found.Outcome))
		}
		e.Shown = foundFacts(v)
		return nil
	}
	return e, nil
}
