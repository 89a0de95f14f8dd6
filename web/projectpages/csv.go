package projectpages

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"civilaffairs/internal/report"
	"civilaffairs/web/paths"
)

// column is a column of the table with its description for readers.
type column struct{ name, what string }

var csvColumns = []column{
	{"编号", "项目的编号，不会重复"},
	{"项目", "项目名称，签批时的"},
	{"组织", "组织名称，签批时的"},
	{"工程", "四项工程之一；“其他扶持”是平台上线前专项资金以外的"},
	{"类别", "“3+3”分类"},
	{"街道", "所在街道"},
	{"社区", "所在社区"},
	{"社区代码", "12 位统计用区划代码"},
	{"预算年度", "从哪一年的预算支出"},
	{"核定日期", "公示期满、资助核定的日期"},
	{"进展", "待拨付、执行中、待交使用报告、已办结、已终止；平台上线前的，拨付没有补录时是待拨付"},
	{"申请（元）", "组织申请的金额；平台上线前的空着"},
	{"核定（元）", "审批通过的金额"},
	{"已拨付（元）", "已到账的金额；平台上线前的，没有补录时是 0"},
	{"已退回（元）", "组织退回的结余"},
	{"已追回（元）", "依决定追回的金额"},
	{"净额（元）", "已拨付减去退回和追回"},
	{"用途", "资助的用途，签批时的"},
	{"网址", "项目的页面"},
	{"来源", "本平台审批，或平台上线前的记录"},
}

func columns() []string {
	names := make([]string, len(csvColumns))
	for i, c := range csvColumns {
		names[i] = c.name
	}
	return names
}

// cells are in the order of csvColumns. Amounts have no separators.
func (p *Pages) cells(h report.ExportHead, r report.OpenProject) []string {
	requested, source := r.Requested.Yuan(), "本平台"
	if r.Opening {
		requested, source = "", "平台上线前"
	}
	return []string{r.No, r.Title, r.OrganizationName, r.Programme.Name(), r.Category.Name(), h.Regions.Name(r.Subdistrict), h.Regions.Name(r.Community), r.Community,
		strconv.Itoa(r.Year), r.GrantedOn.String(), r.Progress.Name(), requested, r.Approved.Yuan(), r.Paid.Yuan(), r.Returned.Yuan(), r.Recovered.Yuan(),
		r.Net().Yuan(), r.Purpose, p.BaseURL + paths.Project(r.No), source}
}

// table writes RFC 4180 with a byte order mark, by which spreadsheets know the
// encoding.
type table struct {
	w   io.Writer
	csv *csv.Writer
}

func newCSV(w io.Writer) *table {
	c := csv.NewWriter(w)
	c.UseCRLF = true
	return &table{w: w, csv: c}
}

func (t *table) head(names []string) {
	_, _ = io.WriteString(t.w, "\ufeff") // flush reports what is wrong with w
	_ = t.csv.Write(names)
}

func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = inert(c)
	}
	_ = t.csv.Write(cells)
}

func (t *table) flush() error {
	t.csv.Flush()
	return t.csv.Error()
}

// inert keeps a spreadsheet from taking text for a formula: an apostrophe stands
// before whatever could begin one. No figure of ours is negative.
func inert(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return "'" + s
	}
	return s
}
