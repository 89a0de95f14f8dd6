package noticepages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/once"
	"civilaffairs/internal/privacy"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// deskView is the notices of the office.
type deskView struct {
	layout.Page
	Lists   []deskList
	Waiting int // cases that wait for a notice
	Files   export.Links
}

// deskList is one list of it.
type deskList struct {
	Title, Empty string
	Table        *ui.Table
}

func (p *Pages) showDesk(w http.ResponseWriter, r *http.Request) error {
	d, err := p.Notices.Desk(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := deskView{Page: page("公示", "notices", 0), Files: export.LinksTo(paths.StaffNotices, nil)}
	for _, k := range d.Waiting {
		v.Waiting += len(k.Cases)
	}
	v.Lists = []deskList{
		{"等我办的", "没有等您办的公示。", deskTable("等我办的", d.Moment, d.Mine)}, {"在别人那里的", "没有。", deskTable("在别人那里的", d.Moment, d.Others)},
		{"正在公示", "没有正在进行的公示。", deskTable("正在公示", d.Moment, d.Running)}, {"最近结束", "还没有结束的公示。", deskTable("最近结束", d.Moment, d.Over)}}
	return httpserver.Render(w, r, http.StatusOK, deskPage(v))
}

func deskTable(caption string, m notice.Moment, rows []notice.Listed) *ui.Table {
	if len(rows) == 0 {
		return nil
	}
	t := &ui.Table{Caption: caption, Columns: []ui.Column{{Label: "公示"}, {Label: "状态"}, {Label: "稿件"}, {Label: "公示期"}, {Label: "项数", Number: true}, {Label: "合计（元）", Number: true}}}
	var out []ui.Row
	for _, n := range rows {
		text, period := ui.T("—"), "还没有发布"
		if n.Stage != "" {
			text = ui.C(stageTag(n.Stage))
			if n.Seq > 0 {
				text.Sub = "勘误"
			}
		}
		switch {
		case !n.StartsOn.IsZero():
			period = span(n.StartsOn, n.EndsOn)
		case n.State == notice.Scheduled:
			period = n.PublishOn.String() + " 发布"
		}
		name := n.Title
		if name == "" {
			name = "没有写标题的公示"
		}
		out = append(out, ui.Cells(ui.Head(name, paths.StaffNotice(n.ID.String()), n.No), ui.C(stateTag(n.Notice, m.Now)), text,
			ui.TS(period, left(n.Notice, m)), ui.T(strconv.Itoa(n.Items)), ui.T(n.Total.String())))
	}
	t.Groups = ui.Rows(out...)
	return t
}

// newView lets the clerk choose the cases of a new notice, one form a kind.
type newView struct {
	layout.Page
	Kinds  []kindForm
	Faults ui.Errors
}

type kindForm struct {
	Kind, Title, Token string
	Cases              ui.Field
	Options            []ui.Option
	Chosen             []string
}

func (p *Pages) newNotice(w http.ResponseWriter, r *http.Request) error {
	return p.renderNew(w, r, http.StatusOK, nil)
}

func (p *Pages) renderNew(w http.ResponseWriter, r *http.Request, status int, faults ui.Errors) error {
	list, err := p.Notices.Waits(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := newView{Page: page("起草公示", "notices", len(faults), layout.Crumb{Label: "公示", Href: paths.StaffNotices}), Faults: faults}
	for _, k := range list {
		f := kindForm{Kind: k.Kind, Title: k.Cases[0].Programme, Token: once.NewToken(), Options: caseOptions(k.Cases)}
		f.Cases = ui.Field{Name: "cases", ID: "cases-" + k.Kind, Label: "选要公示的办件"}
		if len(v.Kinds) == 0 {
			f.Cases.ID = "cases"
		}
		if r.PostForm.Get("kind") == k.Kind {
			f.Chosen, f.Cases.Error = r.PostForm["cases"], faults.For("cases")
		} else if len(faults) == 0 {
			for _, o := range f.Options {
				f.Chosen = append(f.Chosen, o.Value)
			}
		}
		v.Kinds = append(v.Kinds, f)
	}
	return httpserver.Render(w, r, status, newPage(v))
}

func caseOptions(cases []notice.Candidate) (out []ui.Option) {
	for _, c := range cases {
		out = append(out, ui.Option{Value: c.CaseID.String(), Label: c.OrganizationName, Hint: fmt.Sprintf("%s，%s 元。%s", c.CaseNo, c.Amount, c.Purpose)})
	}
	return out
}

func (p *Pages) createNotice(w http.ResponseWriter, r *http.Request) error {
	if err := parse(w, r); err != nil {
		return err
	}
	id, err := p.Notices.Draft(r.Context(), actor(r), r.PostForm.Get("token"), r.PostForm.Get("kind"), idsOf(r.PostForm["cases"]))
	if err == nil {
		p.Flash(r.Context(), "公示稿已起草。补全联系方式后送审。")
		return httpserver.SeeOther(w, r, paths.StaffNoticeAct(id.String(), "text"))
	}
	faults, again := shown(err)
	if !again {
		return err
	}
	return p.renderNew(w, r, httpserver.Status(err), faults)
}

// idsOf reads the chosen cases; what is no id is one that nobody offered.
func idsOf(values []string) (ids []uuid.UUID) {
	for _, v := range values {
		id, _ := uuid.Parse(v)
		ids = append(ids, id)
	}
	return ids
}

// workView is one notice in the office.
type workView struct {
	layout.Page
	Heading, Lead string
	State         ui.Table
	Tags          []ui.Fact
	Letter        ui.Letter
	Paragraphs    []string
	Items         ui.Table
	Ways          []ui.Fact
	Found         *ui.Table
	Faults        ui.Errors
	Erratum       string // its reason
	Steps         []ui.Event
	Clock         []ui.Event
	Days          []ui.Day
	Acts          []actLink
	Edit          string
	Forbidden     string
	Public        string
	Moving        bool // a text is on its way
}

type actLink struct {
	Label, Href string
	Main, Harm  bool
}

func (p *Pages) showNotice(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	v, err := p.Notices.View(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, workPage(workOf(v, layout.Of(r.Context()).Site.Bureau)))
}

func workOf(n notice.View, bureau string) workView {
	id := n.ID.String()
	v := workView{Page: page(titleOf(n), "notices", 0, layout.Crumb{Label: "公示", Href: paths.StaffNotices}), Heading: titleOf(n)}
	v.Moving = n.Text.Stage != notice.Issued && n.Text.Stage != notice.Dropped
	v.Tags = []ui.Fact{{Label: "公示", Body: stateTag(n.Notice, n.Now)}, {Label: "稿件", Body: stageTag(n.Text.Stage)}}
	if n.No != "" {
		v.Tags = append(v.Tags, ui.F("公示号", n.No))
		if n.State != notice.Scheduled {
			v.Public = paths.Notice(n.No)
		}
	}
	v.Tags = append(v.Tags, ui.F("公示期", periodOf(n)), ui.F("至少", fmt.Sprintf("%d 个工作日，按各件提交时的参数", n.Text.MinimumWD)),
		ui.F("项数与合计", fmt.Sprintf("%d 项，%s 元", len(n.Items), notice.Total(n.Items))))
	if n.Disputes > 0 {
		v.Tags = append(v.Tags, ui.F("异议", fmt.Sprintf("%d 件处理中", n.Disputes)))
	}
	if n.State == notice.Withdrawn {
		v.Tags = append(v.Tags, ui.F("撤回理由", n.Reason))
	}
	v.Letter, v.Paragraphs = ui.Letter{Office: bureau, Title: titleOf(n), Date: "签发日期待定"}, strings.Split(n.Text.Body, "\n")
	if n.Text.IssuedAt != nil {
		v.Letter.Date = civil.On(*n.Text.IssuedAt).Chinese()
	}
	v.Items, v.Ways = itemsTable(notice.Page{Items: n.Items, Regions: n.Regions}), append(waysOf(n.Text.Text), ui.F("怎样提出异议", n.Text.ObjectionHow))
	if n.Text.Erratum() {
		v.Erratum = n.Text.Reason
	}
	if v.Moving {
		v.Found, v.Faults = foundTable(n.Found), ui.Errors(n.Faults)
		v.Days = strip(n.DaysProposed(), civil.Date{}, n.Text.EndHour)
	} else {
		v.Days = strip(n.DaysRunning(), n.Today, n.EndHour)
	}
	for _, s := range n.Steps {
		v.Steps = append(v.Steps, ui.Event{On: civil.On(s.At), Title: s.Act.Name() + "，" + s.ActorName, Text: s.Reason})
	}
	v.Clock = history(notice.Page{Settings: n.Settings})
	v.Forbidden = n.Forbidden
	if n.May.Edit {
		v.Edit = paths.StaffNoticeAct(id, "text")
	}
	for _, a := range acts {
		if a.allowed(n.May) {
			v.Acts = append(v.Acts, actLink{a.title, paths.StaffNoticeAct(id, a.noun), a.main, a.harm})
		}
	}
	return v
}

func titleOf(n notice.View) string {
	if n.Text.Title == "" {
		return "没有写标题的公示"
	}
	return n.Text.Title
}

func periodOf(n notice.View) string {
	if n.PublishedOn.IsZero() {
		when := "签发后马上发布"
		if !n.Text.PublishOn.IsZero() {
			when = n.Text.PublishOn.Chinese() + "发布"
		}
		return fmt.Sprintf("%d 个工作日，%s", n.Text.PeriodWD, when)
	}
	text := fmt.Sprintf("%s，%d 个工作日", span(n.StartsOn, n.EndsOn), n.Days())
	if n.Provisional {
		text += "（暂定）"
	}
	return text
}

// foundTable shows what is private in a text: the reviewer sees each at its
// place.
func foundTable(found []privacy.Found) *ui.Table {
	if len(found) == 0 {
		return nil
	}
	t := &ui.Table{Caption: "隐私检查", Columns: []ui.Column{{Label: "在哪里"}, {Label: "是什么"}, {Label: "内容"}, {Label: "怎么办"}}}
	var rows []ui.Row
	for _, f := range found {
		row := ui.Cells(ui.Head(fmt.Sprintf("%s，第 %d 个字", f.Label, f.At), "", ""), ui.C(ui.Tag(f.Name(), ui.Warn)), ui.T(f.Value), ui.T("核对，能公开的可以保留"))
		if f.Blocks() {
			row = ui.Cells(row.Cells[0], ui.C(ui.Tag(f.Name(), ui.Bad)), row.Cells[2], ui.T("删去。有它不能送审和签发"))
			row.Mark = ui.Bad
		}
		rows = append(rows, row)
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// missing refuses an act that is not what the notice waits for.
func missing(n notice.View, act string) error {
	if n.Forbidden != "" {
		return errs.New(errs.Forbidden, n.Forbidden)
	}
	where := n.State.Name()
	if n.Text.Stage != notice.Issued && n.Text.Stage != notice.Dropped {
		where = n.Text.Stage.Name()
	}
	return errs.Newf(errs.Conflict, "这份公示现在是“%s”，不能%s。回到公示页面看现在要办什么。", where, act)
}
