package homepages

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"civilaffairs/internal/incubator"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// homeView is the home page.
type homeView struct {
	On, OnISO            string
	Organizations, Bases string
	Lead                 string
	Stats                []ui.Stat
	MapTitle             string
	Map                  ui.Map
	Most                 string // end of the map's scale
	Offers               ui.Table
	OffersNote           string
	Closed               string // why nothing new is taken, "" when applications are
	ClosedDoc            string // address of the document that is cited
	Steps                []step
	Documents            []document
	Money                moneyView
	Newest               []newProject
	Notices              []notice
}

// moneyView is this year's money in the opening; Projects is "" before the first
// award of the year, and the opening then tells of the organizations.
type moneyView struct{ Projects, Approved string }

// newProject is an award in the list of the newest.
type newProject struct {
	OnISO, On, Programme, Title, Href string
	Amount, Organization              string
	Demo                              bool
}

// notice is a public notice whose period runs; Href is "" while notices have no
// pages.
type notice struct{ Title, Href, Meta string }

// step is one thing to do on the way to an application.
type step struct{ Title, Text, Label, Href string }

// document is a line of the policy documents.
type document struct {
	Title, Href, Force, Meta string
	Tone                     ui.Tone
	Demo                     bool
}

func newHomeView(h report.Home) homeView {
	count := func(f organization.Filter) int { return h.Counts.Sum(f) }
	total, open := count(organization.Filter{}), 0
	for _, b := range h.Bases {
		if b.Status == incubator.Open {
			open++
		}
	}
	priority := 0
	for _, c := range organization.Categories {
		if c.Priority() {
			priority += count(organization.Filter{Category: c})
		}
	}
	v := homeView{
		On: h.Today.Chinese(), OnISO: h.Today.String(), Organizations: strconv.Itoa(total), Bases: strconv.Itoa(len(h.Bases)),
		Lead: "哪个社区有哪些组织、在做什么，都可以在这里查到。新成立的组织可以先核对资格，再申请启动扶持。",
		Stats: []ui.Stat{
			{Label: "登记的组织", Value: strconv.Itoa(count(organization.Filter{Basis: organization.Registered})), Unit: "个", Note: "有法人资格"},
			{Label: "备案的组织", Value: strconv.Itoa(count(organization.Filter{Basis: organization.Filed})), Unit: "个", Note: "在街道备案"},
			{Label: "重点培育的三类", Value: strconv.Itoa(priority), Unit: "个", Note: "福利、公益、社会服务"},
			{Label: "已开放的基地", Value: strconv.Itoa(open), Unit: "个", Note: "设在党群服务中心"},
		},
	}
	v.tiles(h)
	v.money(h)
	v.Offers, v.OffersNote = offersTable(h), "不收费。申请都在网上办，社区党群服务中心可以帮您填。"
	if !h.Rules.InForce {
		v.Closed, v.ClosedDoc = checks.Closed(h.Rules.Document, h.On), paths.Policy(h.Rules.Document.Slug)
	}
	v.Steps = steps(h)
	for _, d := range h.Documents {
		force := d.ForceOn(h.Today)
		v.Documents = append(v.Documents, document{Title: d.Title, Href: paths.Policy(d.Slug), Demo: d.Demo, Force: force.Name(),
			Tone: forceTone(force), Meta: d.IssuedBy + " · " + d.IssuedOn.Chinese() + "发布 · 有效期" + d.Period()})
	}
	return v
}

// levels is the number of steps of the map's colour scale above none.
const levels = 4

// tiles draws the communities with their organizations, darkest where most are.
func (v *homeView) tiles(h report.Home) {
	most, communities := 0, 0
	subdistricts := h.Regions.OnMap(h.Today)
	for _, s := range subdistricts {
		for _, c := range h.Regions.CommunitiesOf(s.Code, h.Today) {
			most = max(most, h.Counts.Sum(organization.Filter{Community: c.Code}))
		}
	}
	for _, s := range subdistricts {
		area := ui.Area{Name: s.Name}
		for _, c := range h.Regions.CommunitiesOf(s.Code, h.Today) {
			n := h.Counts.Sum(organization.Filter{Community: c.Code})
			t := ui.Tile{Name: c.ShortName(), Value: "暂无", Href: paths.WithQuery(paths.Organizations, url.Values{"community": {c.Code}})}
			if n > 0 {
				t.Value, t.Level = fmt.Sprintf("%d个", n), (levels*n+most-1)/most
			}
			t.Label = s.Name + t.Name + t.Value + "，" + c.Name + "的社会组织"
			area.Tiles = append(area.Tiles, t)
			communities++
		}
		v.Map.Areas = append(v.Map.Areas, area)
	}
	v.Map.Label = "各社区的社会组织数量"
	v.MapTitle = fmt.Sprintf("%d 个街道，%d 个社区", len(subdistricts), communities)
	if most > 0 {
		v.Most = fmt.Sprintf("最多 %d 个", most)
	}
}

func offersTable(h report.Home) ui.Table {
	t := ui.Table{Caption: "四项工程与星级评估", Columns: []ui.Column{
		{Label: "事项"}, {Label: "谁可以申请", Full: true}, {Label: "给多少", Full: true}, {Label: "什么时候"}, {Label: "办理", Hidden: true},
	}}
	var rows []ui.Row
	for _, o := range h.Offers {
		rows = append(rows, ui.Cells(ui.Head(o.Name, paths.Guide(o.Kind), ""), ui.T(o.Who), ui.Cell{Body: gives(checks.Gives(o.Offer)), Sub: checks.GivesNote(o.Offer)},
			whenCell(h, o), actCell(h, o)))
	}
	for _, a := range h.Others {
		rows = append(rows, ui.Cells(ui.Head(a.Label, "", a.Path), ui.Cell{Text: "政策规定：" + firstSentence(a.Text), Span: 2},
			ui.C(ui.Tag("没有开放", ui.Mute)), ui.C(ui.Go("看条文", paths.PolicyArticle(h.Rules.Document.Slug, policy.Anchor(a.Path))))))
	}
	t.Groups = ui.Rows(rows...)
	return t
}

func whenCell(h report.Home, o report.Offered) ui.Cell {
	if h.Rules.InForce {
		return ui.C(ui.Tag(o.When, ui.Good))
	}
	return ui.Cell{Body: ui.Tag("现在不受理", ui.Mute), Sub: "政策有效期" + h.Rules.Document.Period()}
}

func actCell(h report.Home, o report.Offered) ui.Cell {
	if h.Rules.InForce {
		return ui.C(ui.Go("申请", paths.MyEligibility(o.Kind)))
	}
	return ui.C(ui.Go("看办法", paths.Guide(o.Kind)))
}

// firstSentence is the first sentence of an article that says more than the name
// of the programme, verbatim.
func firstSentence(text string) string {
	text, _, _ = strings.Cut(text, "\n")
	if rest, ok := strings.CutPrefix(text, "实施“"); ok {
		if _, rest, ok = strings.Cut(rest, "”"); ok {
			text = strings.TrimLeft(rest, "。，")
		}
	}
	first, _, _ := strings.Cut(text, "。")
	return "“" + first + "。”"
}

// steps leads through an application; the days are the parameters'.
func steps(h report.Home) []step {
	list := []step{
		{Title: "核对资格", Text: "逐条看符合不符合，不符合的从哪天起符合。不用登录就可以试算。", Label: "试算资格", Href: paths.Eligibility},
		{Title: "注册账号", Text: "用统一社会信用代码或备案编号注册，街道核对后可以登录。", Label: "注册", Href: paths.Register},
		{Title: "填写、签署、提交", Text: "经办人填写，负责人签署提交。随时保存，可以分几次填。也可以到所在社区的党群服务中心，由窗口代办。", Label: "看要填什么、交什么", Href: paths.Guides},
	}
	if len(h.Offers) > 0 {
		p := h.Rules.Edition.Params
		list = append(list, step{Title: "社区、街道提出意见，民政局受理", Text: fmt.Sprintf("社区 %s，街道 %s，民政局 %s。每一步到了哪里、还剩几天，登录后都看得到。",
			p.Param(policy.OpinionCommunityWD).Display(), p.Param(policy.OpinionSubdistrictWD).Display(), p.Param(policy.OpinionBureauWD).Display())})
	}
	return list
}

func forceTone(f policy.Force) ui.Tone {
	switch f {
	case policy.InForce:
		return ui.Good
	case policy.Coming:
		return ui.Info
	default:
		return ui.Mute
	}
}
