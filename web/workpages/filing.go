package workpages

import (
	"fmt"
	"net/http"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// filingView is the workspace of founders: their cases, what filing needs, and
// from when the group to be could apply.
type filingView struct {
	layout.Page
	Lead       string
	Mine       []waiting
	Standing   ui.Table // where each case stands; no groups for none
	Done       ui.Table
	Conditions ui.Table
	Papers     []string
	Date       ui.Field
	Errors     ui.Errors
	Earliest   string // 2026年11月23日起, "" before a date was given
	Reckoning  string // how the date was found
	Mark       string // 待确认, "" when the bureau has confirmed
	Registrar  string
}

// precedent is the provincial rule behind the conditions; it is not the
// district's own, so each line waits for the bureau's word (domain §1.2).
const precedent = "广东省社区社会组织分类管理办法（试行），粤民规字〔2022〕2号"

func (p *Pages) showFiling(w http.ResponseWriter, r *http.Request) error {
	shown, err := p.Policies.Shown(r.Context())
	if err != nil {
		return err
	}
	own, err := p.Desk.Own(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := filingView{
		Lead: ownLead(own, len(own.Mine)), Standing: p.standing(own), Done: p.done(own),
		Page:       page("工作台", "workspace", layout.Crumb{Label: "首页", Href: paths.Home}, layout.Crumb{Label: "工作台"}),
		Conditions: conditions(shown), Registrar: shown.Edition.Params.Param(policy.FilingRegistrar).Value,
		Papers: []string{"章程", "负责人身份证件", "活动场所证明", "成员名单（社会服务机构为工作人员名单）", "活动资金和活动地域说明"},
		Date:   ui.Field{Name: "filed_on", Label: "备案日期", Hint: "填备案证书上的日期，或者打算备案的日期。"},
	}
	for _, i := range own.Mine {
		v.Mine = append(v.Mine, p.waitingOf(own, i))
	}
	status := http.StatusOK
	f := form.New(r.URL.Query())
	if f.Filled("filed_on") {
		filed := f.Date("filed_on", "备案日期", form.Min(civil.Of(2000, 1, 1)))
		if err := f.Err(); errs.Is(err, errs.Invalid) {
			v.Errors = ui.Errors(errs.FieldsOf(err))
			v.Page.Errors, status = len(v.Errors), http.StatusUnprocessableEntity
		} else if err != nil {
			return err
		} else {
			v.reckon(shown.Edition.Params, filed)
		}
	}
	v.Date.Error = v.Errors.For("filed_on")
	v.Date.Date = ui.DateParts{Year: f.Raw("filed_on-year"), Month: f.Raw("filed_on-month"), Day: f.Raw("filed_on-day")}
	return httpserver.Render(w, r, status, filingPage(v))
}

// reckon finds the first day of a start-up application (policy 三（二）1（1）).
func (v *filingView) reckon(p policy.Params, filed civil.Date) {
	months := p.Param(policy.StartupMinAgeMonths)
	method := p.Param(policy.PeriodMetOn)
	v.Earliest = p.MetOn(filed, p.Int(policy.StartupMinAgeMonths)).Chinese() + "起"
	v.Reckoning = fmt.Sprintf("%s备案，满 %s 个月，按%s起算；那个月没有这一天的，算到月末。", filed.Chinese(), months.Value, method.Value)
	if !months.Confirmed || !method.Confirmed {
		v.Mark = "待确认"
	}
}

// conditions lists what filing asks for: what the province says, and the periods
// of the edition.
func conditions(shown policy.Values) ui.Table {
	t := ui.Table{Caption: "备案的条件和期限", Columns: []ui.Column{{Label: "条件"}, {Label: "要求", Full: true}, {Label: "依据"}}}
	var rows []ui.Row
	for _, c := range [][2]string{
		{"社会团体", "发起人至少 3 个自然人，或 2 个单位；成员合计至少 10 个。"},
		{"社会服务机构", "发起人至少 2 个自然人，或 1 个单位；工作人员至少 2 人。"},
		{"名称", "写明社区、业务和组织形式，可以叫社、站、队、中心、组；不设分支机构。"},
		{"场所", "有相对固定的活动场所，可以与其他组织共用。"},
		{"不能备案的", "居民委员会及其工作机构、营利性的或没有组织形式的群体、业主委员会。"},
	} {
		rows = append(rows, ui.Cells(ui.Head(c[0], "", ""), ui.T(c[1]), ui.Cell{Body: source(precedent, "", true)}))
	}
	for _, key := range []policy.Key{policy.FilingRegistrar, policy.FilingAcceptWD, policy.FilingDecideWD, policy.FilingCorrectWD} {
		param := shown.Edition.Params.Param(key)
		href := ""
		if param.Article != "" {
			href = paths.PolicyArticle(shown.Document.Slug, policy.Anchor(param.Article))
		}
		rows = append(rows, ui.Cells(ui.Head(param.Label, "", ""), ui.T(param.Display()),
			ui.Cell{Body: source(param.Article, href, !param.Confirmed)}))
	}
	t.Groups = ui.Rows(rows...)
	return t
}
