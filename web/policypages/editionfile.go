package policypages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// editionFileView is an edition as staff see it.
type editionFileView struct {
	layout.Page
	Edition   policy.EditionFacts
	Word      string
	Tone      ui.Tone
	Returned  string
	Facts     []ui.Fact
	Acts      []link
	Faults    []formpage.Elsewhere // what keeps a draft from being handed in
	Different ui.Table             // from the one it was copied from; no groups for none
	From      string               // name of that one
	Table     ui.Table
	History   ui.Table
}

func (p *Pages) editionFile(w http.ResponseWriter, r *http.Request) error {
	id, err := param(r, "id")
	if err != nil {
		return err
	}
	file, err := p.Desk.EditionFile(r.Context(), actor(r), id)
	if err != nil {
		return err
	}
	e, a := file.Edition, actor(r)
	v := editionFileView{Page: deskPage(e.Label), Edition: e.EditionFacts, Word: e.Status.Name(), Tone: statusTone(e.Status), Facts: editionFacts(file),
		Returned: returned(file.Changes, e.Status), History: historyTable(file.Changes)}
	editing := e.Status == policy.Draft && a.Can(authz.PolicyEdit)
	for _, x := range offered(editionActs, a, e.Status) {
		v.Acts = append(v.Acts, link{x.Label, paths.StaffEditionAct(id.String(), x.Noun)})
	}
	if editing {
		v.Acts = append(v.Acts, link{"修改名称和日期", paths.StaffEditionAct(id.String(), "facts")})
		if len(e.Params.Pending()) > 0 {
			v.Acts = append(v.Acts, link{"确认待确认的参数", paths.StaffEditionAct(id.String(), "confirmation")})
		}
		for _, f := range file.Faults {
			v.Faults = append(v.Faults, formpage.Elsewhere{ID: f.Name, Label: f.Label, Message: f.Message, Href: mendEdition(file, f.Name)})
		}
	}
	if a.Can(authz.PolicyEdit) && e.Status != policy.Discarded {
		v.Acts = append(v.Acts, link{"从这一版复制", paths.StaffEditionFrom(e.DocumentID.String(), id.String())})
	}
	if file.Copied != nil {
		v.From, v.Different = file.Copied.Label, differencesTable(policy.Differences(file.Copied.Params, e.Params), reasonsOf(file.Changes), file.Copied.Label, e.Label)
	}
	v.Table = valuesTable(file, editing)
	return httpserver.Render(w, r, http.StatusOK, editionFilePage(v))
}

func reasonsOf(changes []policy.Change) map[policy.Key]string {
	out := map[policy.Key]string{}
	for _, c := range changes {
		if _, later := out[c.Key]; c.Key != "" && !later {
			out[c.Key] = c.Reason
		}
	}
	return out
}

func editionFacts(file policy.EditionFile) []ui.Fact {
	e := file.Edition
	facts := []ui.Fact{ui.F("名称", e.Label), {Label: "依据的文件", Body: ui.Link(file.Document.Title, paths.StaffPolicy(file.Document.ID.String()))},
		ui.F("适用", e.Span().String()), ui.F("待确认", itoa(len(e.Params.Pending()))+" 项，共 "+itoa(len(policy.Definitions()))+" 项")}
	if file.Copied != nil {
		facts = append(facts, ui.F("复制自", file.Copied.Label))
	}
	if e.Reason != "" {
		facts = append(facts, ui.F("理由", e.Reason))
	}
	return facts
}

// valuesTable lists every parameter by subject, with a link to its form while
// the edition is a draft and to its history.
func valuesTable(file policy.EditionFile, editing bool) ui.Table {
	t := ui.Table{Caption: file.Edition.Label, Columns: []ui.Column{{Label: "参数"}, {Label: "值", Number: true}, {Label: "依据"}, {Label: "来源"}, {Label: "状态"}, {Label: "办理", Hidden: true}}}
	for _, d := range policy.Definitions() {
		v := file.Edition.Params.Param(d.Key)
		if len(t.Groups) == 0 || t.Groups[len(t.Groups)-1].Title != d.Group {
			t.Groups = append(t.Groups, ui.Group{Title: d.Group})
		}
		act := link{"历次", paths.StaffParameter(string(d.Key))}
		if editing {
			act = link{"修改", paths.StaffEditionParameter(file.Edition.ID.String(), string(d.Key))}
		}
		last := &t.Groups[len(t.Groups)-1]
		last.Rows = append(last.Rows, ui.Cells(ui.Head(v.Label, "", string(v.Key)), ui.T(v.Display()), ui.T(articleText(v)), ui.T(v.Source.Name()),
			ui.C(confirmedTag(v)), ui.Cell{Body: parameterLink(act.Label, act.Href, v.Label)}))
	}
	return t
}

func confirmedTag(v policy.Param) templ.Component {
	if v.Confirmed {
		return ui.Tag("已确认", ui.Good)
	}
	return ui.Tag("待确认", ui.Warn)
}

// parameterFacts is what a form about one parameter shows beside it.
func parameterFacts(file policy.EditionFile, now policy.Param) []ui.Fact {
	facts := []ui.Fact{ui.F("这一版", file.Edition.Label+"，"+file.Edition.Span().String()), ui.F("参数代码", string(now.Key))}
	if file.Copied != nil {
		had := file.Copied.Params.Param(now.Key)
		facts = append(facts, ui.F(file.Copied.Label, had.Display()+"，"+articleText(had)+"，"+had.Source.Name()))
	}
	return append(facts, ui.Fact{Label: "历次", Body: ui.Link("这个参数的历次取值", paths.StaffParameter(string(now.Key)))})
}

// differencesTable shows two editions side by side: only what differs.
func differencesTable(list []policy.Difference, why map[policy.Key]string, left, right string) ui.Table {
	t := ui.Table{Caption: "不同的参数", Columns: []ui.Column{{Label: "参数"}, {Label: left}, {Label: right}, {Label: "理由", Full: true}}}
	var rows []ui.Row
	for _, d := range list {
		rows = append(rows, ui.Cells(ui.Head(d.Label, paths.StaffParameter(string(d.Key)), ""), sideCell(d.Left), sideCell(d.Right), ui.T(orDash(why[d.Key]))))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}

func sideCell(v policy.Param) ui.Cell {
	state := "待确认"
	if v.Confirmed {
		state = "已确认"
	}
	return ui.TS(v.Display(), articleText(v)+"，"+v.Source.Name()+"，"+state)
}

func differencesBand(title string, file policy.EditionFile) templ.Component {
	list := policy.Differences(file.Copied.Params, file.Edition.Params)
	return tableBand(title, differencesTable(list, reasonsOf(file.Changes), file.Copied.Label, file.Edition.Label), "没有不同。")
}

// compareView is two editions side by side.
type compareView struct {
	layout.Page
	Tabs        []ui.Tab
	Options     []ui.Option
	Left, Right string // ids
	Faults      ui.Errors
	Lead        string
	Table       ui.Table
	Same        bool
}

func (p *Pages) compare(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Desk.Overview(r.Context(), actor(r))
	if err != nil {
		return err
	}
	q := r.URL.Query()
	v := compareView{Page: deskPage("比较两版"), Tabs: deskTabs(paths.StaffCompare), Options: editionOptions(o), Left: q.Get("left"), Right: q.Get("right")}
	left, errLeft := uuid.Parse(v.Left)
	right, errRight := uuid.Parse(v.Right)
	if v.Left == "" && v.Right == "" {
		return httpserver.Render(w, r, http.StatusOK, comparePage(v))
	}
	var c policy.Comparison
	if errLeft == nil && errRight == nil {
		c, err = p.Desk.Compare(r.Context(), actor(r), left, right)
	}
	if errLeft != nil || errRight != nil || errs.Is(err, errs.NotFound) {
		v.Faults = ui.Errors{{Name: "left", Label: "两版参数", Message: "没有这样的两版。从列出的里面选"}}
		v.Page.Errors = 1
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, comparePage(v))
	}
	if err != nil {
		return err
	}
	v.Table = differencesTable(c.Differences, c.Reasons, c.Left.Label, c.Right.Label)
	v.Same = len(c.Differences) == 0
	v.Lead = "“" + c.Left.Label + "”（" + c.Left.Span().String() + "）和“" + c.Right.Label + "”（" + c.Right.Span().String() + "）有 " + itoa(len(c.Differences)) + " 项不同。"
	return httpserver.Render(w, r, http.StatusOK, comparePage(v))
}

// pastView is a parameter through time.
type pastView struct {
	layout.Page
	Label, Key string
	Table      ui.Table
}

func (p *Pages) parameterHistory(w http.ResponseWriter, r *http.Request) error {
	past, err := p.Desk.History(r.Context(), actor(r), policy.Key(httpserver.Param(r, "key")))
	if err != nil {
		return err
	}
	v := pastView{Page: deskPage(past.Label), Label: past.Label, Key: string(past.Key), Table: ui.Table{Caption: past.Label + "的历次取值",
		Columns: []ui.Column{{Label: "哪一版"}, {Label: "适用"}, {Label: "值", Number: true}, {Label: "依据"}, {Label: "状态"}, {Label: "谁改的、为什么", Full: true}}}}
	var rows []ui.Row
	for _, x := range past.Values {
		why := ui.T("沿用")
		if x.Change != nil {
			why = ui.TS(x.Change.Reason, x.Change.ActorName+"，"+civil.On(x.Change.At).Chinese())
		}
		rows = append(rows, ui.Cells(ui.Head(x.Edition.Label, paths.StaffEdition(x.Edition.ID.String()), ""), ui.T(spanCell(x.Edition.Span())), ui.T(x.Param.Display()),
			ui.TS(articleText(x.Param), x.Param.Source.Name()), ui.C(confirmedTag(x.Param)), why))
	}
	v.Table.Groups = ui.Rows(rows...)
	return httpserver.Render(w, r, http.StatusOK, pastPage(v))
}

// coverageView says which days lack parameters, and what waits for confirmation.
type coverageView struct {
	layout.Page
	Tabs    []ui.Tab
	Good    bool
	Table   ui.Table
	Between []string // days without any policy
	Label   string   // the edition of today, "" for none
	Pending ui.Table
	None    bool // nothing waits for confirmation
	Start   string
}

func (p *Pages) coverage(w http.ResponseWriter, r *http.Request) error {
	c, err := p.Desk.Coverage(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := coverageView{Page: deskPage("空档和待确认"), Tabs: deskTabs(paths.StaffCoverage), Good: c.Complete()}
	v.Table = ui.Table{Caption: "各文件的有效期和参数", Columns: []ui.Column{{Label: "文件"}, {Label: "有效期"}, {Label: "各版参数"}, {Label: "没有参数的日子", Full: true}}}
	var rows []ui.Row
	for _, d := range c.Documents {
		editions := ""
		for _, e := range d.Editions {
			editions += e.Label + "（" + spanCell(e.Span()) + "） "
		}
		gaps := ui.C(ui.Tag("没有空档", ui.Good))
		if len(d.Gaps) > 0 {
			gaps = ui.C(gapsList(d.Gaps))
		}
		row := ui.Cells(ui.Head(d.Document.Title, paths.StaffPolicy(d.Document.ID.String()), ""), ui.T(period(d.Document)), ui.T(orDash(editions)), gaps)
		if len(d.Gaps) > 0 {
			row.Mark = ui.Bad
		}
		rows = append(rows, row)
	}
	v.Table.Groups = ui.Rows(rows...)
	for _, s := range c.Between {
		v.Between = append(v.Between, s.String())
	}
	if c.InForce != nil {
		v.Label = c.InForce.Label
		v.Pending, v.None = pendingTable(c.InForce.Params, c.Document.Slug), len(c.InForce.Params.Pending()) == 0
		if actor(r).Can(authz.PolicyEdit) {
			v.Start = paths.StaffEditionFrom(c.Document.ID.String(), c.InForce.ID.String())
		}
	}
	return httpserver.Render(w, r, http.StatusOK, coveragePage(v))
}

func pendingTable(p policy.Params, slug string) ui.Table {
	t := ui.Table{Caption: "待确认的参数", Columns: []ui.Column{{Label: "参数"}, {Label: "值", Number: true}, {Label: "依据"}, {Label: "来源"}}}
	var rows []ui.Row
	for _, v := range p.Pending() {
		article := ui.T("站点设置")
		if v.Article != "" {
			article = ui.C(ui.Link(v.Article, paths.PolicyArticle(slug, policy.Anchor(v.Article))))
		}
		rows = append(rows, ui.Cells(ui.Head(v.Label, paths.StaffParameter(string(v.Key)), ""), ui.T(v.Display()), article, ui.T(v.Source.Name())))
	}
	if len(rows) > 0 {
		t.Groups = ui.Rows(rows...)
	}
	return t
}
