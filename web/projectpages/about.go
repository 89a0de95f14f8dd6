package projectpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/httpserver"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// aboutView is the page that says what open data there are.
type aboutView struct {
	layout.Page
	Sets   ui.Table
	Params ui.Table
	Fields ui.Table
	Extra  ui.Table
}

func (p *Pages) openData(w http.ResponseWriter, r *http.Request) error {
	v := aboutView{Sets: sets(), Params: params(), Fields: fields(), Extra: extra()}
	v.Page = layout.Page{Title: "开放数据", Description: "资助项目和资金执行的数据，可以下载、分析和再利用。",
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "开放数据"}}}
	return httpserver.RenderPublic(w, r, aboutPage(v))
}

func sets() ui.Table {
	return ui.Table{Caption: "可以下载的数据", Columns: []ui.Column{{Label: "数据", Full: true}, {Label: "格式"}, {Label: "下载", Hidden: true}}, Groups: ui.Rows(
		ui.Cells(ui.Head("资助项目（表格）", "", "每行一个项目，一次下载全部"), ui.T("Excel，CSV（UTF-8）"), tableLinks(paths.ProjectsData, nil)),
		ui.Cells(ui.Head("资助项目（360Giving）", "", "按国际资助数据标准 360Giving 1.4 编排，另加退回和追回"), ui.T("JSON"), ui.C(ui.Go("下载 JSON", paths.ProjectsJSON))),
		ui.Cells(ui.Head("社会组织（表格）", "", "现有的社区社会组织：类型、编号、类别、地点、状态、星级和名录"), ui.T("Excel，CSV（UTF-8）"), tableLinks(paths.OrganizationsData, nil)),
		ui.Cells(ui.Head("公示公告（表格）", "", "正在公示和已经结束的公示，每行一份"), ui.T("Excel，CSV（UTF-8）"), tableLinks(paths.NoticesData, nil)),
		ui.Cells(ui.Head("孵化基地（表格）", "", "各社区的基地：地址、开放时间、服务电话"), ui.T("Excel，CSV（UTF-8）"), tableLinks(paths.BasesData, nil)),
		ui.Cells(ui.Head("公示公告（订阅）", "", "最近发布、更正、结束和撤回的公示，用阅读器订阅"), ui.T("Atom"), ui.C(ui.Go("订阅地址", paths.NoticesAtom))),
		ui.Cells(ui.Head("星级（表格）", "", "现在有效的星级，证书编号和有效期"), ui.T("Excel，CSV（UTF-8）"), tableLinks(paths.RatingsData, nil)),
		ui.Cells(ui.Head("预算和执行（表格）", "", "专项资金历年各用途的预算、占用、拨付、退回和追回"), ui.T("Excel，CSV（UTF-8）"), tableLinks(paths.FundData, url.Values{"year": {"all"}})),
	)}
}

func tableLinks(path string, q url.Values) ui.Cell {
	l := export.LinksTo(path, q)
	return ui.C(ui.Go("下载 Excel", l.XLSX), ui.Go("下载 CSV", l.CSV))
}

func params() ui.Table {
	row := func(name, what, example string) ui.Row {
		return ui.Cells(ui.Head(name, "", ""), ui.T(what), ui.T(example))
	}
	return ui.Table{Caption: "下载地址可以带的条件", Columns: []ui.Column{{Label: "参数"}, {Label: "意思", Full: true}, {Label: "例子"}}, Groups: ui.Rows(
		row("year", "预算年度", "2026"), row("programme", "工程：startup、activity、venture、talent；other 是平台上线前专项资金以外的", "startup"),
		row("category", "类别：welfare、charity、social_service_cat、culture_sport、sci_tech、rights", "charity"),
		row("subdistrict", "街道的 9 位代码", "440310002"), row("community", "社区的 12 位代码", "440310002001"),
		row("progress", "进展：unpaid、running、reporting、closed、terminated、came_back", "closed"), row("q", "项目、组织、编号或用途里的词", "共餐"),
		row("sort", "次序：date、approved、paid，加 _asc 从低到高", "paid_asc"),
	)}
}

func fields() ui.Table {
	rows := make([]ui.Row, len(tableColumns))
	for i, c := range tableColumns {
		rows[i] = ui.Cells(ui.Head(c.name, "", ""), ui.T(c.what))
	}
	return ui.Table{Caption: "资助项目（表格）的各列", Columns: []ui.Column{{Label: "列"}, {Label: "意思", Full: true}}, Groups: ui.Rows(rows...)}
}

func extra() ui.Table {
	row := func(name, what string) ui.Row { return ui.Cells(ui.Head(name, "", ""), ui.T(what)) }
	return ui.Table{Caption: "360Giving 标准以外的字段", Columns: []ui.Column{{Label: "字段"}, {Label: "意思", Full: true}}, Groups: ui.Rows(
		row("budgetYear", "预算年度"), row("progress", "进展，取值同上"), row("amountReturned", "组织退回的结余，元"),
		row("amountRecovered", "依决定追回的金额，元"), row("amountNet", "amountDisbursed 减去退回和追回，元"),
		row("beforePortal", "平台上线前的记录是 true；这时没有 amountAppliedFor 和 fromOpenCall"),
	)}
}
