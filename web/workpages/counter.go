package workpages

import (
	"net/http"
	"net/url"
	"slices"

	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

const organizationsPerPage = 20

// counterView is the paper counter of a community.
type counterView struct {
	layout.Page
	Kind   string   // the programme that the buttons open
	Kinds  []ui.Tab // to choose another
	Drafts ui.Table // no groups for none
	Query  string
	Table  ui.Table // no groups for none
	Pages  ui.Pages
	Checks []string
}

func (p *Pages) showCounter(w http.ResponseWriter, r *http.Request) error {
	a, query := actor(r), r.URL.Query()
	search, kind := searchText(query.Get("q")), p.counterKind(query.Get("programme"))
	drafts, err := p.Desk.CounterDrafts(r.Context(), a)
	if err != nil {
		return err
	}
	found, err := p.Organizations.Choose(r.Context(), a, search, query.Get("page"), organizationsPerPage)
	if err != nil {
		return err
	}
	v := counterView{
		Page: page("窗口代办", "counter", crumbs(layout.Crumb{Label: "窗口代办"})...), Kind: kind, Kinds: p.counterKinds(kind, search),
		Query: search, Drafts: p.draftTable(drafts), Table: choices(found, kind, p.Desk.KindName(kind)),
		Checks: []string{
			"来人是负责人本人：核对身份证原件，与组织档案中的负责人一致。经办人来交的，要有负责人签名的委托书。",
			"录入完成后打印申请表，当面念清金额、用途和收款账户。",
			"负责人在打印件上签名并加盖组织印章；没有印章的备案组织，由负责人签名并按手印。",
			"扫描签字盖章的打印件，上传到“签字盖章的申请表”，再提交。原件由窗口存档。",
		},
	}
	to := func(cursor string) string {
		if cursor == "" {
			return ""
		}
		return paths.WithQuery(paths.Counter, url.Values{"q": {search}, "programme": {kind}, "page": {cursor}})
	}
	v.Pages = ui.Pages{Previous: to(found.Previous), Next: to(found.Next)}
	return httpserver.Render(w, r, http.StatusOK, counterPage(v))
}

// counterKind is the programme that was chosen, the first for none or an unknown one.
func (p *Pages) counterKind(chosen string) string {
	if slices.Contains(p.Programmes, chosen) {
		return chosen
	}
	return p.Programmes[0]
}

func (p *Pages) counterKinds(current, search string) []ui.Tab {
	tabs := make([]ui.Tab, len(p.Programmes))
	for i, kind := range p.Programmes {
		tabs[i] = ui.Tab{Label: p.Desk.KindName(kind), Current: kind == current,
			Href: paths.WithQuery(paths.Counter, url.Values{"q": {search}, "programme": {kind}})}
	}
	return tabs
}

func (p *Pages) draftTable(drafts []casework.Item) ui.Table {
	t := ui.Table{Caption: "没有提交的代办件", Columns: []ui.Column{{Label: "组织"}, {Label: "工程"}, {Label: "开始填写"}, {Label: "继续", Hidden: true}}}
	var rows []ui.Row
	for _, i := range drafts {
		head := ui.Head(i.Title, paths.Application(i.No), i.No)
		head.Demo = true
		rows = append(rows, ui.Cells(head, ui.T(p.Desk.KindName(i.Kind)), ui.T(civil.On(i.ReceivedAt).String()), ui.C(ui.Go("接着填写", paths.Application(i.No)))))
	}
	return filled(t, rows)
}

func choices(found organization.Page, kind, programme string) ui.Table {
	t := ui.Table{Caption: "本社区的组织", Columns: []ui.Column{{Label: "组织"}, {Label: "管理方式"}, {Label: "类别"}, {Label: "成立"}, {Label: "代办", Hidden: true, Full: true}}}
	var rows []ui.Row
	for _, o := range found.Items {
		head := ui.Head(o.Name, paths.Organization(o.ID.String()), "")
		head.Demo = o.Demo
		start := startForm{Organization: o.ID.String(), Name: o.Name, Kind: kind, Programme: programme, Token: once.NewToken()}
		rows = append(rows, ui.Cells(head, ui.T(o.Basis.Name()), ui.T(o.Category.Name()), ui.T(o.EstablishedOn.String()), ui.C(startButton(start))))
	}
	return filled(t, rows)
}

// startForm opens an application for one organization.
type startForm struct{ Organization, Name, Kind, Programme, Token string }
