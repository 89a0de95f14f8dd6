package projectpages

import (
	"net/http"

	"civilaffairs/internal/report"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
	"civilaffairs/web/paths"
)

// column is a column of the table with its description for readers.
type column struct {
	name, what string
	kind       sheet.Kind
	width      float64
}

var tableColumns = []column{
	{"编号", "项目的编号，不会重复", sheet.Code, 15},
	{"项目", "项目名称，签批时的", sheet.Text, 34},
	{"组织", "组织名称，签批时的", sheet.Text, 34},
	{"工程", "四项工程之一；“其他扶持”是平台上线前专项资金以外的", sheet.Text, 22},
	{"类别", "“3+3”分类", sheet.Text, 12},
	{"街道", "所在街道", sheet.Text, 12},
	{"社区", "所在社区", sheet.Text, 14},
	{"社区代码", "12 位统计用区划代码", sheet.Code, 15},
	{"预算年度", "从哪一年的预算支出", sheet.Count, 0},
	{"核定日期", "公示期满、资助核定的日期", sheet.Date, 0},
	{"进展", "待拨付、执行中、待交使用报告、已办结、已终止；平台上线前的，拨付没有补录时是待拨付", sheet.Text, 14},
	{"申请（元）", "组织申请的金额；平台上线前的空着", sheet.Money, 0},
	{"核定（元）", "审批通过的金额", sheet.Money, 0},
	{"已拨付（元）", "已到账的金额；平台上线前的，没有补录时是 0", sheet.Money, 0},
	{"已退回（元）", "组织退回的结余", sheet.Money, 0},
	{"已追回（元）", "依决定追回的金额", sheet.Money, 0},
	{"净额（元）", "已拨付减去退回和追回", sheet.Money, 0},
	{"用途", "资助的用途，签批时的", sheet.Text, 40},
	{"网址", "项目的页面", sheet.Text, 46},
	{"来源", "本平台审批，或平台上线前的记录", sheet.Text, 12},
}

func (p *Pages) exportProjects(*http.Request) export.List {
	l := export.List{Name: "资助项目"}
	for _, c := range tableColumns {
		l.Columns = append(l.Columns, sheet.Column{Name: c.name, Kind: c.kind, Width: c.width})
	}
	l.Fill = func(r *http.Request, t *export.Table) error {
		f, by := filterOf(r.URL.Query())
		return p.Report.Export(r.Context(), f, by, func(h report.ExportHead, rows []report.OpenProject) error {
			t.On(h.Today)
			for _, row := range rows {
				if err := t.Row(p.cells(h, row)...); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return l
}

// cells are in the order of tableColumns.
func (p *Pages) cells(h report.ExportHead, r report.OpenProject) []any {
	requested, source := any(r.Requested), "本平台"
	if r.Opening {
		requested, source = nil, "平台上线前"
	}
	return []any{r.No, r.Title, r.OrganizationName, r.Programme.Name(), r.Category.Name(), h.Regions.Name(r.Subdistrict), h.Regions.Name(r.Community), r.Community,
		r.Year, r.GrantedOn, r.Progress.Name(), requested, r.Approved, r.Paid, r.Returned, r.Recovered, r.Net(), r.Purpose, p.BaseURL + paths.Project(r.No), source}
}
