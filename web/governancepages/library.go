package governancepages

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/docx"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/download"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// libraryView is what the library offers. Public: the same for every visitor.
type libraryView struct {
	layout.Page
	Text   ui.Field
	Duty   ui.Field
	Duties []ui.Option
	List   list
}

// guidelineView is one entry of it.
type guidelineView struct {
	layout.Page
	Heading, Lead string
	Facts         []ui.Fact
	Blocks        []docx.Block
	Download      string
	Size          string // of the bureau's own file, "" for a text
	File          string // where the document is
}

// dutyWord says which duty a guideline helps with.
func dutyWord(d governance.Duty) string {
	if d == "" {
		return "日常管理"
	}
	return d.Name()
}

func guidelineFilter(q url.Values) governance.GuidelineFilter {
	f := governance.GuidelineFilter{Text: form.New(url.Values{"q": {q.Get("q")}}).Text("q", "查找")}
	if r := []rune(f.Text); len(r) > 60 {
		f.Text = string(r[:60])
	}
	if d := governance.Duty(q.Get("duty")); slices.Contains(governance.Duties, d) {
		f.Duty = d
	}
	return f
}

func (p *Pages) showLibrary(w http.ResponseWriter, r *http.Request) error {
	f := guidelineFilter(r.URL.Query())
	all, err := p.Governance.Library(r.Context(), f)
	if err != nil {
		return err
	}
	v := libraryView{Text: ui.Field{Name: "q", Label: "查找", Value: f.Text}, Duty: ui.Field{Name: "duty", Label: "事项", Value: string(f.Duty)},
		Duties: formpage.First("全部事项", formpage.Named(governance.Duties)), List: libraryList(all, f)}
	v.Page = layout.Page{Title: "制度规范指引", Nav: "guides", Description: "社区社会组织的章程、会议纪要、监事、换届、财务、信息公开等制度的示范文本，可以下载填写。",
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "制度规范指引"}}}
	return httpserver.RenderPublic(w, r, libraryPage(v))
}

func libraryList(all []governance.Guideline, f governance.GuidelineFilter) list {
	l := list{Empty: "还没有发布的指引。", Table: ui.Table{Caption: "制度规范指引",
		Columns: []ui.Column{{Label: "指引", Full: true}, {Label: "对应事项"}, {Label: "版本"}, {Label: "下载", Hidden: true}}}}
	if f != (governance.GuidelineFilter{}) {
		l.Empty = "没有符合条件的指引。换一个词，或者看全部事项。"
	}
	var rows []ui.Row
	for _, g := range all {
		rows = append(rows, ui.Cells(ui.Head(g.Title, paths.Guideline(g.No), g.Summary), ui.T(dutyWord(g.Duty)),
			ui.TS("第 "+strconv.Itoa(g.Number)+" 版", g.ReleasedOn().String()), ui.C(fileLink("下载", g.Title, paths.GuidelineFile(g.No)))))
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

// number reads the number of an entry in an address.
func number(r *http.Request) (int, error) {
	n, err := strconv.Atoi(httpserver.Param(r, "no"))
	if err != nil || n < 1 || n > 1<<30 {
		return 0, errs.New(errs.NotFound, "没有这个页面。请核对网址。")
	}
	return n, nil
}

func (p *Pages) showGuideline(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r)
	if err != nil {
		return err
	}
	g, file, err := p.Governance.Guideline(r.Context(), no)
	if err != nil {
		return err
	}
	v := guidelineView{Heading: g.Title, Lead: g.Summary, Blocks: governance.Blocks(g.Body), File: paths.GuidelineFile(no), Download: "下载 Word 文档",
		Facts: []ui.Fact{ui.F("对应事项", dutyWord(g.Duty)), ui.F("版本", "第 "+strconv.Itoa(g.Number)+" 版"), ui.F("发布", g.ReleasedOn().Chinese()), ui.F("发布单位", "区民政局"),
			ui.F("依据", "《实施意见》三（三）2")}}
	if file != nil {
		v.Download, v.Size = "下载文件", file.Describe()
	}
	v.Page = layout.Page{Title: g.Title, Nav: "guides", Description: g.Summary,
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "制度规范指引", Href: paths.Guidelines}, {Label: g.Title}}}
	return httpserver.RenderPublic(w, r, guidelinePage(v))
}

func (p *Pages) sendGuideline(w http.ResponseWriter, r *http.Request) error {
	no, err := number(r)
	if err != nil {
		return err
	}
	d, err := p.Governance.GuidelineDownload(r.Context(), no)
	if err != nil {
		return err
	}
	return download.Serve(w, r, d, d.Content)
}

// blockTable is a table of a text. Lines that are empty, to be written into, stand
// in the document only.
func blockTable(b docx.Block) ui.Table {
	t := ui.Table{Caption: "表格：" + strings.Join(b.Rows[0], "、"), Dense: len(b.Rows[0]) <= 3}
	for _, c := range b.Rows[0] {
		t.Columns = append(t.Columns, ui.Column{Label: c})
	}
	var rows []ui.Row
	for _, cells := range b.Rows[1:] {
		var row ui.Row
		filled := false
		for i, c := range cells {
			cell := ui.T(c)
			cell.Head = i == 0 && c != ""
			filled = filled || c != ""
			row.Cells = append(row.Cells, cell)
		}
		if filled {
			rows = append(rows, row)
		}
	}
	t.Groups = ui.Rows(rows...)
	return t
}

// uploadRow is the bureau's own file of a version as a row of uploads.
func uploadRow(a attachment.Attachment, entry, version string) ui.Upload {
	row := ui.Upload{What: ownFile, Need: "已附", State: a.State.Label(), Tone: ui.Tone(a.State.Tone()), File: a.Describe(), Checking: a.State == attachment.Checking, Say: a.Reason}
	if a.State == attachment.Accepted {
		row.Href = paths.StaffGuidelineFile(entry, version, a.ID.String())
	}
	return row
}
