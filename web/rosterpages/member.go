package rosterpages

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/roster"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// memberView is one stay of one person.
type memberView struct {
	layout.Page
	Name      string
	Demo      bool
	Status    string
	Tone      ui.Tone
	Meta      string
	Elsewhere []string
	Lacking   []string
	Sections  []section
}

// section is one part of the page with what may be done about it.
type section struct {
	Title, Note string
	Body        templ.Component
	Links       []ui.Tab
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	f, at, err := p.member(r)
	if err != nil {
		return err
	}
	v := memberView{Page: shell(r, f.Name, 0, f.Organization, at, layout.Crumb{Label: "花名册", Href: paths.RosterOf(at.base)}), Name: f.Name, Demo: f.Organization.Demo,
		Status: "在册", Tone: ui.Good, Meta: f.Post.Name() + "，" + employment(f.Member), Elsewhere: f.Elsewhere}
	if f.MergedFrom != "" {
		v.Meta += "，原记录：" + f.MergedFrom
	}
	if !f.LeftOn.IsZero() {
		v.Status, v.Tone = "已离开", ui.Mute
	}
	v.Sections = []section{{Title: "登记内容", Body: ui.Facts(facts(f)), Links: factLinks(r, f, at)}}
	if f.TermsShown {
		v.Lacking = lacking(f)
		v.Sections = append(v.Sections,
			section{Title: "劳动合同", Note: sealedNote, Body: contracts(r, f, at), Links: links(r, f, at, "contracts", "登记一份合同")},
			section{Title: "参保月份", Note: "由本组织或代缴单位缴纳社会保险的月份", Body: insured(f), Links: links(r, f, at, "insurance", "登记参保月份")})
	}
	v.Sections = append(v.Sections, section{Title: "参加过的培训", Body: trainings(f)})
	if len(f.Others) > 0 {
		v.Sections = append(v.Sections, section{Title: "在本组织的其他任职", Body: others(f, at)})
	}
	return httpserver.Render(w, r, http.StatusOK, memberPage(v))
}

const sealedNote = "合同和参保月份加密保存，只有本组织、所在社区和街道、民政局和审计能看"

func facts(f roster.File) []ui.Fact {
	id := "没有登记"
	if f.IDMask != "" {
		id = f.IDType.Name() + " " + f.IDMask
	}
	out := []ui.Fact{ui.F("证件", id), ui.F("职务", f.Post.Name()), ui.F("专职", map[bool]string{true: "是", false: "不是"}[f.FullTime]),
		ui.F("学历", f.Education.Name()), ui.F("职业资格", f.Qualification.Name()), ui.F("加入日期", f.JoinedOn.Chinese())}
	if !f.LeftOn.IsZero() {
		out = append(out, ui.F("最后一天", f.LeftOn.Chinese()), ui.F("离开原因", f.LeftReason.Name()))
	}
	return out
}

// links are those of who may edit.
func links(r *http.Request, f roster.File, at place, pairs ...string) []ui.Tab {
	if !actor(r).Can(authz.RosterEdit) {
		return nil
	}
	var out []ui.Tab
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, ui.Tab{Label: pairs[i+1], Href: paths.RosterAct(at.base, f.ID.String(), pairs[i])})
	}
	return out
}

func factLinks(r *http.Request, f roster.File, at place) []ui.Tab {
	leave := "登记离开"
	if !f.LeftOn.IsZero() {
		leave = "更正离开的登记"
	}
	out := links(r, f, at, "facts", "更正登记内容", "end", leave, "withdrawal", "撤销登记错的记录")
	if actor(r).Can(authz.SensitiveUnmask) && f.IDMask != "" {
		out = append(out, ui.Tab{Label: "查看完整证件号码", Href: paths.RosterAct(at.base, f.ID.String(), "unmasking")})
	}
	return out
}

// lacking says which months of a full-time stay are not borne out.
func lacking(f roster.File) []string {
	var out []string
	stay := roster.Stay{Member: f.Member, Terms: f.Terms}
	contract, insurance := stay.Unproven(civil.MonthOf(f.Today).Add(-1))
	if len(contract) > 0 {
		out = append(out, runs(contract)+"没有劳动合同。")
	}
	if len(insurance) > 0 {
		out = append(out, runs(insurance)+"没有参保记录。")
	}
	return out
}

func payer(p roster.Payer, unit string) string {
	if p == roster.Agent {
		return unit
	}
	return p.Name()
}

func contracts(r *http.Request, f roster.File, at place) templ.Component {
	if len(f.Contracts) == 0 {
		return nothing("还没有登记劳动合同。", "专职人员要有劳动合同，才能申请人才补贴。")
	}
	t := ui.Table{Caption: "劳动合同", Columns: []ui.Column{{Label: "签合同的单位", Full: true}, {Label: "起始日期"}, {Label: "到期日期"}, {Label: "办理", Hidden: true}}}
	var rows []ui.Row
	for _, c := range f.Contracts {
		to := "无固定期限"
		if !c.To.IsZero() {
			to = c.To.String()
		}
		act := ui.Cell{}
		if actor(r).Can(authz.RosterEdit) {
			act.Body = ui.Link("撤销", paths.RosterAct(at.base, f.ID.String(), "contracts/"+c.From.String()+"/removal"))
		}
		rows = append(rows, ui.Cells(ui.Head(payer(c.Employer, c.Unit), "", ""), ui.T(c.From.String()), ui.T(to), act))
	}
	t.Groups = ui.Rows(rows...)
	return ui.DataTable(t)
}

// insured lists insured months by payer.
func insured(f roster.File) templ.Component {
	if len(f.Months) == 0 {
		return nothing("还没有登记参保月份。", "专职人员按月登记，才能申请人才补贴。")
	}
	return ui.Facts(insuredFacts(f.Months))
}

func insuredFacts(list []roster.InsuredMonth) []ui.Fact {
	var units []string
	months := map[string][]civil.Month{}
	for _, x := range list {
		unit := payer(x.Payer, x.Unit)
		if len(months[unit]) == 0 {
			units = append(units, unit)
		}
		months[unit] = append(months[unit], x.Month)
	}
	out := make([]ui.Fact, len(units))
	for i, u := range units {
		out[i] = ui.F(u, runs(months[u])+"，共 "+strconv.Itoa(len(months[u]))+" 个月")
	}
	return out
}

// runs writes months in order, neighbours together: 2017年11月至2018年3月，2018年5月.
func runs(months []civil.Month) string {
	var out []string
	for i := 0; i < len(months); {
		end := i
		for end+1 < len(months) && months[end+1] == months[end].Next() {
			end++
		}
		switch first, last := months[i], months[end]; {
		case first == last:
			out = append(out, first.Chinese())
		case first.Year == last.Year:
			out = append(out, fmt.Sprintf("%d年%d至%d月", first.Year, first.Month, last.Month))
		default:
			out = append(out, first.Chinese()+"至"+last.Chinese())
		}
		i = end + 1
	}
	return strings.Join(out, "，")
}

func trainings(f roster.File) templ.Component {
	if len(f.Trainings) == 0 {
		return nothing("没有培训记录。", "本平台启用以前的培训由民政局导入。")
	}
	t := ui.Table{Caption: "培训，最近的在前", Columns: []ui.Column{{Label: "培训", Full: true}, {Label: "日期"}, {Label: "学时", Number: true}, {Label: "举办单位"}, {Label: "证书编号"}}}
	var rows []ui.Row
	for _, x := range f.Trainings {
		rows = append(rows, ui.Cells(ui.Head(x.Title, "", x.Kind.Name()), ui.T(x.HeldOn.String()), ui.T(strconv.Itoa(x.Hours)), ui.T(x.Organizer), ui.T(x.CertificateNo)))
	}
	t.Groups = ui.Rows(rows...)
	return ui.DataTable(t)
}

func others(f roster.File, at place) templ.Component {
	t := ui.Table{Caption: "在本组织的其他任职", Columns: []ui.Column{{Label: "职务", Full: true}, {Label: "加入日期"}, {Label: "最后一天"}}}
	var rows []ui.Row
	for _, m := range f.Others {
		rows = append(rows, ui.Cells(ui.Head(m.Post.Name(), paths.RosterMember(at.base, m.ID.String()), ""), ui.T(m.JoinedOn.String()), ui.T(m.LeftOn.String())))
	}
	t.Groups = ui.Rows(rows...)
	return ui.DataTable(t)
}
