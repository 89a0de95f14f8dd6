package policypages

import (
	"fmt"

	"civilaffairs/internal/policy"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// listView is the page of all documents.
type listView struct {
	Lead   string
	Notice string // no policy is in force: what that means
	Table  ui.Table
}

func newListView(r policy.Register) listView {
	v := listView{
		Lead:   "社区社会组织的培育、扶持、评估和监管，依据下面的文件。每一条都可以单独打开、引用。",
		Notice: r.Notice,
		Table: ui.Table{Caption: "政策文件", Columns: []ui.Column{
			{Label: "文件"}, {Label: "发布日期"}, {Label: "有效期"}, {Label: "有效性"},
		}},
	}
	var rows []ui.Row
	for _, d := range r.Documents {
		force := d.ForceOn(r.On)
		about := d.IssuedBy
		if d.Kind == policy.KindRules {
			about = "实施细则，依据上面的文件。" + about
		}
		name := ui.Head(d.Title, paths.Policy(d.Slug), about)
		name.Body = documentName(d)
		rows = append(rows, ui.Cells(name, ui.T(d.IssuedOn.String()), ui.T(period(d)), ui.C(ui.Tag(force.Name(), forceTone(force)))))
	}
	v.Table.Groups = ui.Rows(rows...)
	return v
}

// documentView is the page of one document.
type documentView struct {
	Title, Office string
	Demo          bool
	ForceWord     string
	ForceTone     ui.Tone
	Lapsed        string // what a lapsed document no longer does, "" while in force
	Number, Date  string
	Facts         []ui.Fact
	Contents      []content
	Articles      []articleView
	Parameters    string // address of the staff page
	Related       []related
	Editions      []related // of parameters, the latest first
}

// related is a neighbour of the document.
type related struct{ Label, Href, Text string }

// content is a line of the table of contents.
type content struct{ Label, Href, Class string }

// articleView is one article as it is printed.
type articleView struct {
	Anchor, Class string
	Title         string   // the heading line, "" for an article without
	Heading       int      // its level, 2 or 3
	Paragraphs    []string // the first begins with the number where there is no heading line
}

// classes name the depth of an article for the style sheet.
var classes = [...]string{"d1", "d1", "d2", "d3", "d4"}

func newDocumentView(t policy.Text) documentView {
	d := t.Document
	force := d.ForceOn(t.On)
	v := documentView{
		Title: d.Title, Office: d.IssuedBy, Demo: d.Demo, ForceWord: force.Name(), ForceTone: forceTone(force),
		Number: d.No, Date: d.IssuedOn.Chinese(), Parameters: paths.PolicyParameters(d.Slug),
	}
	if force == policy.Lapsed || force == policy.Revised {
		v.Lapsed = "有效期" + d.Period() + "。现在不能依据它提出新的申请；有效期内提交的申请继续办理，已经核定的资助照常执行。"
	}
	v.Facts = []ui.Fact{ui.F("发布机构", d.IssuedBy)}
	if d.No != "" {
		v.Facts = append(v.Facts, ui.F("文号", d.No))
	}
	v.Facts = append(v.Facts, ui.F("发布日期", v.Date), ui.F("施行日期", d.EffectiveFrom.Chinese()),
		ui.F("有效期至", orNone(d.EffectiveTo, "没有设定")), ui.Fact{Label: "有效性", Body: ui.Tag(v.ForceWord, v.ForceTone)})
	if !d.ArchivedOn.IsZero() {
		v.Facts = append(v.Facts, ui.F("归档日期", d.ArchivedOn.Chinese()))
	}
	if d.Source != "" {
		v.Facts = append(v.Facts, ui.F("来源", d.Source))
	}
	v.neighbours(t)
	for _, a := range t.Articles {
		v.Articles = append(v.Articles, newArticleView(a))
		v.Contents = append(v.Contents, content{
			Label: a.Number + a.Label, Href: "#" + policy.Anchor(a.Path), Class: classes[min(a.Depth(), 4)],
		})
	}
	return v
}

// neighbours are the policy above, the rules below, what revised it, and its
// parameters.
func (v *documentView) neighbours(t policy.Text) {
	add := func(what string, d policy.Document) {
		v.Related = append(v.Related, related{d.Title, paths.Policy(d.Slug), what + "，" + d.ForceOn(t.On).Name() + "，" + d.Period()})
	}
	if t.Under != nil {
		add("依据的政策文件", *t.Under)
	}
	for _, d := range t.Rules {
		add("实施细则", d)
	}
	if t.Revision != nil {
		add("修订它的文件", *t.Revision)
	}
	for _, e := range t.Editions {
		text := e.Span().String()
		if e.Span().Contains(t.On) {
			text += "，现行"
		}
		v.Editions = append(v.Editions, related{e.Label, paths.PolicyEdition(t.Document.Slug, e.ID.String()), text})
	}
}

// editionsView is the public page of the parameters under a document.
type editionsView struct {
	Title, Slug, Label string
	Lead               string
	Demo               bool
	Tabs               []ui.Tab
	Table              ui.Table
}

// siteGroup holds the settings of the site, which are no rules for the public.
const siteGroup = "站点安全"

func newEditionsView(values policy.Values, all []policy.EditionFacts) editionsView {
	d, e := values.Document, values.Edition
	v := editionsView{Title: d.Title, Slug: d.Slug, Label: e.Label, Demo: e.Demo, Table: ui.Table{Caption: e.Label,
		Columns: []ui.Column{{Label: "规定什么"}, {Label: "怎么规定", Number: true}, {Label: "依据"}, {Label: "状态"}}}}
	open := 0
	for _, def := range policy.Definitions() {
		if def.Group == siteGroup {
			continue
		}
		p := e.Params.Param(def.Key)
		if !p.Confirmed {
			open++
		}
		if n := len(v.Table.Groups); n == 0 || v.Table.Groups[n-1].Title != def.Group {
			v.Table.Groups = append(v.Table.Groups, ui.Group{Title: def.Group})
		}
		article := ui.C(ui.Link(p.Article, paths.PolicyArticle(d.Slug, policy.Anchor(p.Article))))
		last := &v.Table.Groups[len(v.Table.Groups)-1]
		last.Rows = append(last.Rows, ui.Cells(ui.Head(p.Label, "", ""), ui.T(p.Display()), article, ui.C(confirmedTag(p))))
	}
	switch {
	case e.Span().Contains(values.On) && d.ForceOn(values.On) == policy.InForce:
		v.Lead = "现行的一版，" + e.Span().String() + "适用。"
	default:
		v.Lead = e.Span().String() + "适用，不是现行的。"
	}
	v.Lead += fmt.Sprintf("待确认的 %d 项是默认值，民政局确认后会有新的一版。", open)
	for _, x := range all {
		v.Tabs = append(v.Tabs, ui.Tab{Label: x.Label, Href: paths.PolicyEdition(d.Slug, x.ID.String()), Current: x.ID == e.ID})
	}
	return v
}

func newArticleView(a policy.Article) articleView {
	v := articleView{Anchor: policy.Anchor(a.Path), Class: classes[min(a.Depth(), 4)], Paragraphs: a.Paragraphs()}
	if a.Title != "" {
		v.Title, v.Heading = a.Number+a.Title, min(a.Depth()+1, 3)
	} else if len(v.Paragraphs) > 0 {
		v.Paragraphs[0] = a.Number + v.Paragraphs[0]
	}
	return v
}

// showOpen is the value of ?show= that leaves only what is 待确认.
const showOpen = "open"

// parametersView is the staff page of the parameters of an edition.
type parametersView struct {
	Title, Label string
	Slug         string
	Lead         string
	Demo         bool
	Tabs         []ui.Tab
	Table        ui.Table
	Empty        bool
}

func newParametersView(values policy.Values, onlyOpen bool) parametersView {
	d, e := values.Document, values.Edition
	address := paths.PolicyParameters(d.Slug)
	v := parametersView{Title: d.Title, Label: e.Label, Slug: d.Slug, Demo: e.Demo, Table: ui.Table{
		Caption: e.Label, Columns: []ui.Column{{Label: "参数"}, {Label: "值", Number: true}, {Label: "依据"}, {Label: "来源"}, {Label: "状态"}},
	}}
	all, open := 0, 0
	for _, def := range policy.Definitions() {
		p := e.Params.Param(def.Key)
		all++
		if !p.Confirmed {
			open++
		} else if onlyOpen {
			continue
		}
		groups := v.Table.Groups
		if len(groups) == 0 || groups[len(groups)-1].Title != def.Group {
			v.Table.Groups = append(groups, ui.Group{Title: def.Group})
		}
		last := &v.Table.Groups[len(v.Table.Groups)-1]
		last.Rows = append(last.Rows, parameterRow(d.Slug, p))
	}
	v.Lead = fmt.Sprintf("自%s起适用。共 %d 项：政策原文写明的 %d 项已确认，其余 %d 项待民政局确认。", e.EffectiveFrom.Chinese(), all, all-open, open)
	v.Tabs = []ui.Tab{
		{Label: "全部", Href: address, Count: fmt.Sprint(all), Current: !onlyOpen},
		{Label: "待确认", Href: address + "?show=" + showOpen, Count: fmt.Sprint(open), Current: onlyOpen},
	}
	v.Empty = len(v.Table.Groups) == 0
	return v
}

func parameterRow(slug string, p policy.Param) ui.Row {
	article := ui.T("站点设置")
	if p.Article != "" {
		article = ui.Cell{Body: ui.Link(p.Article, paths.PolicyArticle(slug, policy.Anchor(p.Article)))}
	}
	state := ui.C(ui.Tag("待确认", ui.Warn))
	if p.Confirmed {
		state = ui.C(ui.Tag("已确认", ui.Good))
	}
	return ui.Cells(ui.Head(p.Label, "", string(p.Key)), ui.T(p.Display()), article, ui.T(p.Source.Name()), state)
}
