package noticepages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// listView is the public list.
type listView struct {
	layout.Page
	Types, Years  []ui.Option
	Type, Year    string
	Running, Over *ui.Table // nil when there are none
	Later         bool      // a page after the first
	Filtered      bool
	Files         export.Links
	Pages         ui.Pages
}

func (p *Pages) listPublic(w http.ResponseWriter, r *http.Request) error {
	l, err := p.Notices.Public(r.Context(), publicFilter(r.URL.Query()))
	if err != nil {
		return err
	}
	v := listView{Page: open("公示公告", 0), Types: []ui.Option{{Label: "全部类型"}}, Years: []ui.Option{{Label: "全部年度"}},
		Type: string(l.Filter.Type), Filtered: l.Filter.Type != "" || l.Filter.Year != 0, Later: l.Filter.Cursor != "" && len(l.Running) == 0}
	v.Description = "坪山区民政局的公示公告：正在公示的可以提出异议，结束的可以查结果。"
	for _, t := range notice.Types {
		v.Types = append(v.Types, ui.Option{Value: string(t), Label: t.Name()})
	}
	if l.First > 0 {
		for y := l.Today.Year; y >= l.First; y-- {
			v.Years = append(v.Years, ui.Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y) + "年"})
		}
	}
	if l.Filter.Year != 0 {
		v.Year = strconv.Itoa(l.Filter.Year)
	}
	if len(l.Running) > 0 {
		v.Running = listTable("正在公示", l, l.Running)
	}
	if len(l.Over) > 0 {
		v.Over = listTable("已结束", l, l.Over)
	}
	keep := url.Values{"type": {v.Type}, "year": {v.Year}}
	v.Files, v.Feed = export.LinksTo(paths.NoticesData, keep), paths.WithQuery(paths.NoticesAtom, keep)
	if l.Next != "" {
		next := url.Values{"type": {v.Type}, "year": {v.Year}, "after": {l.Next}}
		v.Pages.Next = paths.WithQuery(paths.Notices, next)
	}
	if l.Filter.Cursor != "" {
		v.Pages.Previous = paths.WithQuery(paths.Notices, keep)
	}
	return httpserver.RenderPublic(w, r, listPage(v))
}

func listTable(caption string, l notice.List, rows []notice.Listed) *ui.Table {
	t := &ui.Table{Caption: caption, Columns: []ui.Column{{Label: "公示"}, {Label: "状态"}, {Label: "公示期"}, {Label: "项数", Number: true}, {Label: "合计（元）", Number: true}}}
	var out []ui.Row
	for _, n := range rows {
		period := span(n.StartsOn, n.EndsOn)
		if n.Provisional {
			period += "（暂定）"
		}
		out = append(out, ui.Cells(ui.Head(n.Title, paths.Notice(n.No), n.No+"，"+n.Type.Name()), ui.C(stateTag(n.Notice, l.Now)),
			ui.TS(period, left(n.Notice, l.Moment)), ui.T(strconv.Itoa(n.Items)), ui.T(n.Total.String())))
	}
	t.Groups = ui.Rows(out...)
	return t
}

// left says how long a running notice goes on.
func left(n notice.Notice, m notice.Moment) string {
	if n.State != notice.Running || n.Provisional || n.Over(m.Now) {
		return ""
	}
	if d := m.Left(n.EndsOn); d > 0 {
		return fmt.Sprintf("还剩 %d 个工作日", d)
	}
	return fmt.Sprintf("今天 %d:00 结束", n.EndHour)
}

// pageView is one notice.
type pageView struct {
	layout.Page
	No, Title     string
	State         stateView
	Days          []ui.Day
	Warning       string // instead of the strip
	Letter        ui.Letter
	Paragraphs    []string
	Items         ui.Table
	How           string
	Facts, Ways   []ui.Fact
	Answers       *ui.Table
	History       []ui.Event
	Earlier       []earlierView
	Takes         bool
	Running       bool
	Withdrawn     string // the reason
	Objection     objectionForm
	AfterwardText string
}

// stateView is what the top of the page says.
type stateView struct {
	Tag      string
	Tone     ui.Tone
	Headline string
	Meta     string
}

// earlierView is a text that an erratum replaced.
type earlierView struct {
	Summary, Title string
	Paragraphs     []string
}

func (p *Pages) showPublic(w http.ResponseWriter, r *http.Request) error {
	n, err := p.Notices.Read(r.Context(), number(r))
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, noticePage(viewOf(n, layout.Of(r.Context()).Site.Bureau)))
}

func viewOf(n notice.Page, bureau string) pageView {
	v := pageView{Page: open(n.No, 0, layout.Crumb{Label: "公示公告", Href: paths.Notices}), No: n.No, Title: n.Text.Title}
	v.Page.Title = n.Text.Title
	v.Description = n.Text.Title + "，" + n.No
	v.Paragraphs = strings.Split(n.Text.Body, "\n")
	v.Items, v.How = itemsTable(n), n.Text.ObjectionHow
	v.Takes, v.Running = n.Takes(n.Now), n.State == notice.Running
	v.Letter = ui.Letter{Office: bureau, Number: "公示号 " + n.No, Title: n.Text.Title}
	if !n.PublishedOn.IsZero() {
		v.Letter.Date = n.PublishedOn.Chinese()
		days := notice.DaysOf(n.Calendar, n.PublishedOn, n.Period())
		v.State = stateOf(n, days)
		period := fmt.Sprintf("公示期为 %s，共 %d 个工作日。", span(n.StartsOn, n.EndsOn), n.Days())
		if n.Provisional {
			period = fmt.Sprintf("公示期从 %s起，共 %d 个工作日；结束日期暂定为 %s，工作日历公布后确定。", n.StartsOn.Chinese(), n.Days(), n.EndsOn.Chinese())
		}
		v.Paragraphs = append(v.Paragraphs, period)
		if n.State != notice.Withdrawn {
			if v.Days = strip(days, n.Today, n.EndHour); v.Days == nil {
				v.Warning = fmt.Sprintf("%d年的工作日安排还没有公布，结束日期是暂定的。公布以前公示不会结束，异议一直接收。", n.EndsOn.Year)
			}
		}
	}
	if n.State == notice.Withdrawn {
		v.Withdrawn = n.Reason
		v.State = stateView{Tag: "已撤回", Tone: ui.Bad, Headline: civil.On(*n.WithdrawnAt).Chinese() + "撤回", Meta: "撤回的公示不再有效，原文留在这里备查。"}
	}
	v.Facts, v.Ways = factsOf(n, bureau), waysOf(n.Text.Text)
	v.Answers, v.History, v.Earlier = answers(n), history(n), earlier(n)
	v.Objection = formOf(n, objectionTyped{}, nil)
	return v
}

func stateOf(n notice.Page, days []notice.Day) stateView {
	meta := fmt.Sprintf("%s发布，从下一个工作日起算 %d 个工作日。%s", n.PublishedOn.Chinese(), n.Days(), special(days))
	end := notice.EndText(n.EndsOn, n.EndHour)
	switch {
	case n.State == notice.Ended || n.Over(n.Now):
		return stateView{"已结束", ui.Mute, n.EndsOn.Chinese() + " " + strconv.Itoa(n.EndHour) + ":00 结束", meta}
	case n.Provisional:
		return stateView{"公示中", ui.Warn, "暂定 " + end + " 结束", meta}
	case n.Today == n.EndsOn:
		return stateView{"公示中", ui.Warn, fmt.Sprintf("今天 %d:00 结束", n.EndHour), meta}
	}
	return stateView{"公示中", ui.Warn, fmt.Sprintf("还剩 %d 个工作日，%s 结束", n.Left(n.EndsOn), end), meta}
}

func itemsTable(n notice.Page) ui.Table {
	t := ui.Table{Caption: "公示的各项", Class: "ranks", Columns: []ui.Column{
		{Label: "序号"}, {Label: "组织与用途"}, {Label: "社区"}, {Label: "拟资助（元）", Number: true}, {Label: "状态"}}}
	var rows []ui.Row
	for _, i := range n.Items {
		head := ui.Head(i.OrganizationName, "", i.Purpose)
		head.Demo = true
		rows = append(rows, ui.Cells(ui.T(strconv.Itoa(i.Ordinal)), head, ui.TS(n.Regions.Name(i.Community), i.CaseNo), ui.T(i.Amount.String()), ui.C(itemTag(i.State))))
	}
	t.Groups = ui.Rows(rows...)
	total := ui.Head("合计", "", "")
	total.Span = 3
	if sum := notice.Total(n.Items); sum > 0 {
		t.Foot = []ui.Row{ui.Cells(total, ui.T(sum.String()), ui.T(""))}
	}
	return t
}

func factsOf(n notice.Page, bureau string) []ui.Fact {
	f := []ui.Fact{ui.F("编号", n.No), ui.F("类型", n.Type.Name()), ui.F("发布机构", bureau)}
	if count := len(n.Objections); count > 0 {
		open := 0
		for _, o := range n.Objections {
			if o.State == notice.ObjectionOpen {
				open++
			}
		}
		words := fmt.Sprintf("收到 %d 件，都已处理", count)
		if open > 0 {
			words = fmt.Sprintf("收到 %d 件，%d 件处理中", count, open)
		}
		f = append(f, ui.F("异议", words))
	} else {
		f = append(f, ui.F("异议", "没有收到"))
	}
	if n.Head.Number > 0 {
		f = append(f, ui.Fact{Label: "操作记录封存", Body: headDigest(n.Head.Number, short(n.Head.Digest.String()))})
	}
	return f
}

// short shows the first sixteen figures of a digest, in groups of four.
func short(digest string) string {
	var groups []string
	for i := 0; i+4 <= len(digest) && i < 16; i += 4 {
		groups = append(groups, digest[i:i+4])
	}
	return strings.Join(groups, " ")
}

func waysOf(t notice.Text) []ui.Fact {
	return []ui.Fact{ui.F("联系电话", t.ContactPhone), ui.F("联系地址", t.ContactAddress), ui.F("监督电话", t.SupervisionPhone)}
}

// answers lists what came of objections; nothing of who made them.
func answers(n notice.Page) *ui.Table {
	if len(n.Objections) == 0 {
		return nil
	}
	t := &ui.Table{Caption: "异议处理结果", Columns: []ui.Column{{Label: "对哪一项"}, {Label: "收到"}, {Label: "结果"}, {Label: "理由"}}}
	var rows []ui.Row
	for _, o := range n.Objections {
		state := ui.C(objectionTag(o.State))
		if o.HandledAt != nil {
			state.Sub = civil.On(*o.HandledAt).String()
		}
		rows = append(rows, ui.Cells(ui.Head(fmt.Sprintf("第 %d 项", o.Ordinal), "", ""), ui.T(civil.On(o.Received).String()), state, ui.T(o.Outcome)))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// history tells the settings of the clock; a plain publication needs none.
func history(n notice.Page) (out []ui.Event) {
	if len(n.Settings) < 2 {
		return nil
	}
	for _, s := range n.Settings {
		e := ui.Event{On: civil.On(s.At), Title: s.Cause.Name(), Text: fmt.Sprintf("公示期 %s，%d 个工作日", span(s.StartsOn, s.EndsOn), s.WorkingDays)}
		if s.Provisional {
			e.Text += "（暂定）"
		}
		if s.Reason != "" {
			e.Text += "。" + s.Reason
		}
		out = append(out, e)
	}
	return out
}

func earlier(n notice.Page) (out []earlierView) {
	for _, m := range n.Earlier {
		out = append(out, earlierView{civil.On(*m.IssuedAt).Chinese() + "签发的原文", m.Title, strings.Split(m.Body, "\n")})
	}
	return out
}
