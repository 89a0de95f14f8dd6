package eventpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// staffListView is the public activities of an office's area.
type staffListView struct {
	layout.Page
	Tabs  []ui.Tab
	Table ui.Table
	Any   bool
	Pages ui.Pages
}

func (p *Pages) staffList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	blocked := q.Get("show") == "blocked"
	page, err := p.Events.Overseen(r.Context(), actor(r), blocked, q.Get("after"), minePageSize)
	if err != nil {
		return err
	}
	v := staffListView{Page: shell("公开的活动", "activities"), Any: len(page.Entries) > 0}
	show := func(s string) string { return paths.WithQuery(paths.StaffActivities, url.Values{"show": {s}}) }
	v.Tabs = []ui.Tab{{Label: "公开的", Href: show(""), Current: !blocked}, {Label: "已下架", Href: show("blocked"), Current: blocked}}
	var rows []ui.Row
	for _, e := range page.Entries {
		head, act := ui.Head(e.Title, paths.Activity(e.No), e.OrgName), ui.Link("下架", paths.StaffActivityAct(e.No, "blocking"))
		if blocked {
			head.Href, act = "", ui.Link("恢复公开", paths.StaffActivityAct(e.No, "unblocking"))
		}
		if e.State == event.Cancelled {
			act = nil
		}
		head.Demo = e.Demo
		rows = append(rows, ui.Cells(head, ui.TS(e.Day.String(), e.From.String()), ui.T(page.Regions.Name(e.CommunityCode)), ui.C(ui.Tag(e.State.Name(), tone(e.State))), cell(act)))
	}
	v.Table = ui.Table{Caption: "活动，新公开的在前", Columns: []ui.Column{{Label: "活动与组织", Full: true}, {Label: "时间"}, {Label: "社区"}, {Label: "状态"}, {Label: "操作", Hidden: true}}, Groups: ui.Rows(rows...)}
	if page.Next != "" {
		v.Pages.Next = paths.WithQuery(paths.StaffActivities, url.Values{"show": {q.Get("show")}, "after": {page.Next}})
	}
	if q.Get("after") != "" {
		v.Pages.Previous, v.Pages.Where = show(q.Get("show")), "较早的活动"
	}
	return httpserver.Render(w, r, http.StatusOK, staffListPage(v))
}

func (p *Pages) overseenForm(r *http.Request, title, lead, submit string) (*formpage.Editor, event.Entry, error) {
	x, version, err := p.Events.Oversee(r.Context(), actor(r), number(r))
	if err != nil {
		return nil, x, err
	}
	e := &formpage.Editor{To: paths.StaffActivities}
	e.View = formpage.View{Page: shell(title, "activities", layout.Crumb{Label: "公开的活动", Href: paths.StaffActivities}), Heading: title, Lead: lead, Submit: submit, Action: r.URL.Path,
		Back: paths.StaffActivities, BackLabel: "返回活动"}
	e.Hidden = []ui.Pair{formpage.Version(version)}
	e.Facts = []ui.Fact{ui.F("活动", x.Title), {Label: "组织", Value: x.OrgName, Demo: x.Demo}, ui.F("时间", times(x.Day, x.From, x.Until)), ui.F("现在", x.State.Name())}
	return e, x, nil
}

func (p *Pages) blockForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.overseenForm(r, "下架活动", "下架以后公众看不到这次活动和它的照片。理由会告诉组织。", "下架")
	if err != nil {
		return nil, err
	}
	e.Stop = true
	if x.State != event.Planned && x.State != event.Held {
		e.Obstacles = []string{"这次活动现在是“" + x.State.Name() + "”，不能下架。"}
	}
	e.Ask(formpage.Why("会告诉组织"))
	e.Done = "已下架，组织已收到通知。"
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Block(r.Context(), actor(r), number(r), formpage.VersionOf(f), reason)
	}
	return e, nil
}

func (p *Pages) unblockForm(r *http.Request) (*formpage.Editor, error) {
	e, x, err := p.overseenForm(r, "恢复公开", "恢复以后公众又能看到这次活动和已公开的照片。", "恢复公开")
	if err != nil {
		return nil, err
	}
	if x.State != event.Blocked {
		e.Obstacles = []string{"这次活动现在是“" + x.State.Name() + "”，没有下架。"}
	}
	e.Done = "已恢复公开。"
	e.Save = func(f *form.Form) error {
		return p.Events.Unblock(r.Context(), actor(r), number(r), formpage.VersionOf(f))
	}
	return e, nil
}

// deskView is what of pictures waits for the bureau.
type deskView struct {
	layout.Page
	Doubtful []ownPictureView
	Requests ui.Table
	AnyAsked bool
}

func (p *Pages) desk(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Events.Desk(r.Context(), actor(r))
	if err != nil {
		return err
	}
	may := actor(r).Can(authz.PictureJudge)
	v := deskView{Page: shell("活动照片", "pictures"), AnyAsked: len(d.Requests) > 0}
	for _, x := range d.Doubtful {
		y := ownPictureView{pictureView: pictureView{Src: paths.StaffPicture(x.ID.String()), Caption: x.Caption, Width: strconv.Itoa(x.Width), Height: strconv.Itoa(x.Height)},
			State: x.State.Name(), Tone: pictureTone(x.State), Say: x.EventTitle}
		if may {
			y.Acts = []ui.Tab{{Label: "看过以后决定", Href: paths.StaffPictureJudgement(x.ID.String())}}
		}
		v.Doubtful = append(v.Doubtful, y)
	}
	today := civil.On(d.Now)
	var rows []ui.Row
	for _, x := range d.Requests {
		state := ui.C(ui.Tag("照片已遮下", ui.Warn))
		if !x.Hid {
			state = ui.C(ui.Tag("照片还公开", ui.Info))
		}
		when := ui.T(due(x.DueOn, x.Provisional))
		if x.DueOn.Before(today) {
			when = ui.C(ui.Tag("超期", ui.Bad))
			when.Sub = x.DueOn.String()
		}
		act := ui.T("")
		if may {
			act = ui.C(ui.Go("处理", paths.StaffPictureRequest(x.ID.String())))
		}
		rows = append(rows, ui.Cells(ui.Head(x.EventTitle, paths.Activity(x.EventNo), x.Caption), ui.T(x.Relation.Name()), state, when, act))
	}
	v.Requests = ui.Table{Caption: "请求撤下的照片，最急的在前", Columns: []ui.Column{{Label: "活动和照片", Full: true}, {Label: "谁提的"}, {Label: "现在"}, {Label: "期限"}, {Label: "操作", Hidden: true}}, Groups: ui.Rows(rows...)}
	return httpserver.Render(w, r, http.StatusOK, deskPage(v))
}

func (p *Pages) staffPicture(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "picture")
	if err != nil {
		return err
	}
	a, content, err := p.Events.StaffPicture(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

func deskForm(r *http.Request, title, lead, submit string) *formpage.Editor {
	e := &formpage.Editor{To: paths.StaffPictures}
	e.View = formpage.View{Page: shell(title, "pictures", layout.Crumb{Label: "活动照片", Href: paths.StaffPictures}), Heading: title, Lead: lead, Submit: submit, Action: r.URL.Path,
		Back: paths.StaffPictures, BackLabel: "返回活动照片"}
	return e
}

func (p *Pages) judgeForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "picture")
	if err != nil {
		return nil, err
	}
	x, err := p.Events.Picture(r.Context(), actor(r), id)
	if err != nil {
		return nil, err
	}
	e := deskForm(r, "这张照片能不能公开", "组织拿不准画面里的未成年人，请您决定。", "决定")
	e.Hidden = []ui.Pair{formpage.Version(x.Version)}
	e.Facts = []ui.Fact{{Label: "活动", Body: ui.Link(x.EventTitle, paths.Activity(x.EventNo))}, ui.F("照片", x.Caption), ui.F("现在", x.State.Name())}
	if x.State == event.Doubtful {
		e.Above = thumbnail(paths.StaffPicture(id.String()), x.Caption)
	} else {
		e.Obstacles = []string{"这张照片现在是“" + x.State.Name() + "”，不用再看。"}
	}
	e.Ask(formpage.OneOf("verdict", "决定", []ui.Option{{Value: "release", Label: "可以公开"}, {Value: "refuse", Label: "不能公开"}}),
		formpage.Why("不能公开的要写，会告诉组织，如：孩子的脸能认出来，没有监护人的书面同意").Optional())
	e.Done = "已决定，组织已收到通知。"
	e.Save = func(f *form.Form) error {
		verdict, reason := f.Choice("verdict", "决定", []string{"release", "refuse"}, form.Required), formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Judge(r.Context(), actor(r), id, formpage.VersionOf(f), verdict == "release", reason)
	}
	return e, nil
}

func (p *Pages) decideForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "request")
	if err != nil {
		return nil, err
	}
	x, err := p.Events.Request(r.Context(), actor(r), id)
	if err != nil {
		return nil, err
	}
	e := deskForm(r, "处理撤下照片的请求", "撤下以后照片马上从所有页面消失，文件随后删除，不能恢复。", "决定")
	e.Hidden = []ui.Pair{formpage.Version(x.Version)}
	e.Facts = []ui.Fact{ui.F("活动", x.EventTitle), ui.F("照片", x.Caption), ui.F("照片现在", x.Picture.State.Name()), ui.F("谁提的", x.Relation.Name()), ui.F("为什么要撤下", x.Text),
		ui.F("收到时间", x.ReceivedAt.In(civil.Shanghai).Format("2006年1月2日 15:04")), ui.F("答复期限", due(x.DueOn, x.Provisional))}
	if x.HasPhone {
		e.Facts = append(e.Facts, ui.Fact{Label: "电话", Body: ui.Link("看电话（要写理由）", paths.StaffPictureRequestPhone(id.String()))})
	}
	if x.Picture.State != event.Removed {
		e.Above = thumbnail(paths.StaffPicture(x.PictureID.String()), x.Caption)
	}
	if x.State != "open" {
		e.Obstacles = []string{"这个请求已经处理：" + x.Outcome}
	}
	e.Ask(formpage.OneOf("verdict", "决定", []ui.Option{{Value: "remove", Label: "撤下这张照片"}, {Value: "keep", Label: "不撤下", Hint: "先遮下的会恢复公开"}}),
		formpage.Lines("outcome", "答复", 3, 200).Hint("提出的人凭回执号能看到，组织也会收到"))
	e.Done = "已处理。"
	e.Save = func(f *form.Form) error {
		verdict, outcome := f.Choice("verdict", "决定", []string{"remove", "keep"}, form.Required), f.Text("outcome", "答复", form.Required, form.Multiline, form.Min(5), form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Events.Decide(r.Context(), actor(r), id, formpage.VersionOf(f), verdict == "remove", outcome)
	}
	return e, nil
}

func (p *Pages) phoneForm(r *http.Request) (*formpage.Editor, error) {
	id, err := param(r, "request")
	if err != nil {
		return nil, err
	}
	x, err := p.Events.Request(r.Context(), actor(r), id)
	if err != nil {
		return nil, err
	}
	e := deskForm(r, "看提出请求的人的电话", "每次查看都有记录。", "查看")
	e.Back, e.BackLabel = paths.StaffPictureRequest(id.String()), "返回请求"
	e.Facts = []ui.Fact{ui.F("活动", x.EventTitle), ui.F("照片", x.Caption)}
	if !x.HasPhone {
		e.Obstacles = []string{"提出请求的人没有留电话。"}
	}
	e.Ask(formpage.Why("如：打电话核实"))
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		phone, err := p.Events.UnmaskPhone(r.Context(), actor(r), id, reason)
		if err == nil {
			e.Answer = answerPage(answerView{Page: shell("电话", "pictures"), Title: "电话", Facts: []ui.Fact{ui.F("电话", phone)}, Back: e.Back, BackLabel: e.BackLabel})
		}
		return err
	}
	return e, nil
}

// cell holds a link, or nothing.
func cell(c templ.Component) ui.Cell {
	if c == nil {
		return ui.T("")
	}
	return ui.C(c)
}
