package policypages

import (
	"net/http"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func param(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, name))
	if err != nil {
		return uuid.Nil, errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
	}
	return id, nil
}

func missing() error {
	return errs.New(errs.NotFound, "没有找到。可能刚刚改动过，请返回上一页重新打开。")
}

func itoa(n int) string { return strconv.Itoa(n) }

// deskPage is the frame of a page of the desk.
func deskPage(title string, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}, {Label: "政策管理", Href: paths.StaffPolicies}}, crumbs...)
	return layout.Page{Title: title, Nav: "policydesk", Crumbs: append(all, layout.Crumb{Label: title})}
}

// deskTabs leads between the parts of the desk.
func deskTabs(current string) []ui.Tab {
	var tabs []ui.Tab
	for _, t := range []ui.Tab{{Label: "文件和参数", Href: paths.StaffPolicies}, {Label: "空档和待确认", Href: paths.StaffCoverage},
		{Label: "比较两版", Href: paths.StaffCompare}, {Label: "工作日历", Href: paths.StaffCalendar}} {
		t.Current = t.Href == current
		tabs = append(tabs, t)
	}
	return tabs
}

// deskView is the first page of the desk.
type deskView struct {
	layout.Page
	Tabs      []ui.Tab
	Warning   string // days without parameters, "" for none
	Waiting   []waitingLine
	Documents ui.Table
	Editions  ui.Table
	MayEdit   bool
}

// waitingLine is something that waits for a leader.
type waitingLine struct{ Title, Href, Text string }

func (p *Pages) desk(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Desk.Overview(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := deskView{Page: layout.Page{Title: "政策管理", Nav: "policydesk", Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home},
		{Label: "工作台", Href: paths.Workspace}, {Label: "政策管理"}}}, Tabs: deskTabs(paths.StaffPolicies), MayEdit: actor(r).Can(authz.PolicyEdit)}
	if !o.Coverage.Complete() {
		v.Warning = "有政策文件的有效期里缺少签批过的参数，这些天不受理申请。"
	}
	v.wait(o)
	v.Documents, v.Editions = documentsTable(o), editionsTable(o.Editions, o)
	return httpserver.Render(w, r, http.StatusOK, deskHome(v))
}

func (v *deskView) wait(o policy.Overview) {
	for _, d := range o.Documents {
		if d.Status == policy.Submitted {
			v.Waiting = append(v.Waiting, waitingLine{d.Title, paths.StaffPolicy(d.ID.String()), d.KindName() + "，" + d.Period()})
		}
	}
	for _, e := range o.Editions {
		if e.Status == policy.Submitted {
			v.Waiting = append(v.Waiting, waitingLine{e.Label, paths.StaffEdition(e.ID.String()), "参数，" + e.Span().String()})
		}
	}
	for _, c := range o.Closings {
		d := o.Document(c.DocumentID)
		v.Waiting = append(v.Waiting, waitingLine{d.Title, paths.StaffPolicy(d.ID.String()), "设定最后一天、归档或标为已修订"})
	}
}

func statusTone(s policy.Status) ui.Tone {
	switch s {
	case policy.Approved:
		return ui.Good
	case policy.Submitted:
		return ui.Warn
	case policy.Draft:
		return ui.Info
	}
	return ui.Mute
}

func documentsTable(o policy.Overview) ui.Table {
	t := ui.Table{Caption: "文件", Columns: []ui.Column{{Label: "文件"}, {Label: "种类"}, {Label: "有效期"}, {Label: "有效性"}, {Label: "办到哪一步"}}}
	var rows []ui.Row
	for _, d := range o.Documents {
		name := ui.Head("", "", orNothing(d.No))
		name.Body = deskDocument(d)
		force := ui.T("—")
		if d.Status == policy.Approved {
			f := d.ForceOn(o.On)
			force = ui.C(ui.Tag(f.Name(), forceTone(f)))
		}
		rows = append(rows, ui.Cells(name, ui.T(d.KindName()), ui.T(period(d)), force, ui.C(ui.Tag(d.Status.Name(), statusTone(d.Status)))))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func orNothing(no string) string {
	if no == "" {
		return "没有文号"
	}
	return no
}

func editionsTable(list []policy.EditionFacts, o policy.Overview) ui.Table {
	t := ui.Table{Caption: "各版参数", Columns: []ui.Column{{Label: "名称"}, {Label: "依据的文件"}, {Label: "适用"}, {Label: "办到哪一步"}}}
	var rows []ui.Row
	for _, e := range list {
		state := ui.C(ui.Tag(e.Status.Name(), statusTone(e.Status)))
		if e.Status == policy.Approved && e.Span().Contains(o.On) {
			state = ui.C(ui.Tag("现行", ui.Good))
		}
		name := ui.Head("", "", "")
		name.Body = deskEdition(e)
		rows = append(rows, ui.Cells(name, ui.T(o.Document(e.DocumentID).Title), ui.T(spanCell(e.Span())), state))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func spanCell(s policy.Span) string {
	if s.To.IsZero() {
		return s.From.String() + " 起"
	}
	return s.From.String() + " 至 " + s.To.String()
}

// documentFileView is a document as staff see it.
type documentFileView struct {
	layout.Page
	Document         policy.Document
	Word             string
	Tone             ui.Tone
	Returned         string // why a leader sent it back, "" otherwise
	Facts            []ui.Fact
	Acts             []link
	Closing          []ui.Fact // of a change that waits; nil for none
	ClosingActs      []link
	Articles         ui.Table
	None             bool // no articles yet
	Editing          bool
	Editions         ui.Table
	HasEditions      bool
	History          ui.Table
	Public, TextHref string
}

type link struct{ Label, Href string }

func (p *Pages) documentFile(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	file, err := p.Desk.DocumentFile(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	d, a := file.Document, actor(r)
	v := documentFileView{Page: deskPage(d.Title), Document: d, Word: d.Status.Name(), Tone: statusTone(d.Status), Facts: documentFacts(file),
		Editing: d.Status == policy.Draft && a.Can(authz.PolicyEdit), None: len(file.Articles) == 0, History: historyTable(file.Changes),
		TextHref: paths.StaffPolicyAct(id.String(), "text")}
	v.Returned = returned(file.Changes, d.Status)
	if d.Status == policy.Approved {
		v.Public = paths.Policy(d.Slug)
	}
	v.Acts = documentLinks(file, a)
	v.Articles = articlesTable(file.Articles, editable(v.Editing, id), d.Version)
	var own []policy.EditionFacts
	for _, e := range file.Overview.Editions {
		if e.DocumentID == id {
			own = append(own, e)
		}
	}
	v.Editions, v.HasEditions = editionsTable(own, file.Overview), len(own) > 0
	if file.Closing != nil {
		v.Closing = closingFacts(*file.Closing, file.Overview)
		if a.Can(authz.PolicyApprove) {
			v.ClosingActs = []link{{"签批这项变更", paths.StaffClosingAct(file.Closing.ID.String(), "approval")},
				{"不同意", paths.StaffClosingAct(file.Closing.ID.String(), "refusal")}}
		}
	}
	return httpserver.Render(w, r, http.StatusOK, documentFilePage(v))
}

func editable(yes bool, id uuid.UUID) string {
	if !yes {
		return ""
	}
	return id.String()
}

func documentLinks(file policy.DocumentFile, a authz.Actor) []link {
	d := file.Document
	var out []link
	for _, x := range offered(documentActs, a, d.Status) {
		out = append(out, link{x.Label, paths.StaffPolicyAct(d.ID.String(), x.Noun)})
	}
	if a.Can(authz.PolicyEdit) {
		switch d.Status {
		case policy.Draft:
			out = append(out, link{"修改文件信息", paths.StaffPolicyAct(d.ID.String(), "facts")})
		case policy.Approved:
			if file.Closing == nil {
				out = append(out, link{"设定最后一天、归档或标为已修订", paths.StaffPolicyAct(d.ID.String(), "closing")})
			}
		}
		if d.Kind == policy.KindPolicy && d.Status != policy.Discarded {
			out = append(out, link{"新建一版参数", paths.StaffEditionFrom(d.ID.String(), "")})
		}
	}
	return out
}

func documentFacts(file policy.DocumentFile) []ui.Fact {
	d := file.Document
	facts := []ui.Fact{ui.F("种类", d.KindName())}
	if d.UnderID != uuid.Nil {
		facts = append(facts, ui.F("依据的政策文件", file.Overview.Document(d.UnderID).Title))
	}
	facts = append(facts, ui.F("标题", d.Title), ui.F("文号", orNothing(d.No)), ui.F("发布机构", d.IssuedBy), ui.F("发布日期", d.IssuedOn.Chinese()),
		ui.F("有效期", d.Period()), ui.F("来源", d.Source))
	if !d.ArchivedOn.IsZero() {
		facts = append(facts, ui.F("归档日期", d.ArchivedOn.Chinese()))
	}
	if d.RevisedByID != uuid.Nil {
		facts = append(facts, ui.F("修订它的文件", file.Overview.Document(d.RevisedByID).Title))
	}
	return facts
}

func closingFacts(c policy.Closing, o policy.Overview) []ui.Fact {
	var facts []ui.Fact
	if !c.LastDay.IsZero() {
		facts = append(facts, ui.F("最后一天", c.LastDay.Chinese()))
	}
	if !c.ArchivedOn.IsZero() {
		facts = append(facts, ui.F("归档日期", c.ArchivedOn.Chinese()))
	}
	if c.RevisedByID != uuid.Nil {
		facts = append(facts, ui.F("修订它的文件", o.Document(c.RevisedByID).Title))
	}
	return append(facts, ui.F("理由", c.Reason), ui.F("提出人", c.ProposedName+"，"+civil.On(c.ProposedAt).Chinese()))
}

// returned is why the latest act sent a draft back.
func returned(changes []policy.Change, s policy.Status) string {
	for _, c := range changes {
		if s == policy.Draft && c.Action == policy.Return {
			return c.ActorName + civil.On(c.At).Chinese() + "退回：" + c.Reason
		}
		if c.Action == policy.Submit {
			return ""
		}
	}
	return ""
}

// articlesTable lists articles; document is the id of a draft whose articles can
// be changed here, "" otherwise.
func articlesTable(list []policy.Article, document string, version int) ui.Table {
	t := ui.Table{Caption: "条文", Columns: []ui.Column{{Label: "引用写法"}, {Label: "条目名称"}, {Label: "正文", Full: true}}}
	if document != "" {
		t.Columns = append(t.Columns, ui.Column{Label: "修改", Hidden: true})
	}
	var rows []ui.Row
	for i, a := range list {
		text := ui.T(short(a.Number+a.Text, 60))
		if a.Title != "" {
			text = ui.TS(a.Number+a.Title, short(a.Text, 60))
		}
		row := ui.Cells(ui.Head(a.Path, "", ""), ui.T(a.Label), text)
		if document != "" {
			row.Cells = append(row.Cells, ui.Cell{Body: articleActs(articleRow{document, a.Path, a.Ordinal, version, i > 0, i+1 < len(list)})})
		}
		rows = append(rows, row)
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

// articleRow is what can be done with an article of a draft.
type articleRow struct {
	Document, Path   string
	Ordinal, Version int
	Up, Down         bool
}

func historyTable(changes []policy.Change) ui.Table {
	t := ui.Table{Caption: "谁、什么时候、为什么", Columns: []ui.Column{{Label: "时间"}, {Label: "谁"}, {Label: "做了什么"}, {Label: "理由", Full: true}}}
	var rows []ui.Row
	for _, c := range changes {
		what := c.Action.Name()
		if c.Key != "" {
			what += "：" + definition(c.Key).Label
		}
		rows = append(rows, ui.Cells(ui.Head(c.At.In(civil.Shanghai).Format("2006-01-02 15:04"), "", ""), ui.TS(c.ActorName, c.ActorRole.Name()), ui.T(what), ui.T(orDash(c.Reason))))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
