// Package fundpages shows the special fund to everyone: the budget of a year and
// how it was used, as a page to read, to print and to download. Pages over
// internal/report; no tables.
package fundpages

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/money"
	"civilaffairs/internal/report"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// Pages answers the routes of the fund.
type Pages struct{ report *report.Service }

// New returns the pages.
func New(r *report.Service) *Pages { return &Pages{r} }

// Register declares the routes; both are public and neither varies by visitor.
func (p *Pages) Register(public, _ *httpserver.Router) {
	public.Get(paths.Fund, authz.Public, p.show)
	export.Register(public, paths.FundData, authz.Public, p.exported)
}

// yearOf is the year that is asked for, 0 for none and for what is no year.
func yearOf(r *http.Request) int {
	typed := r.URL.Query().Get("year")
	if typed == "all" {
		return report.AllYears
	}
	year, err := strconv.Atoi(typed)
	if err != nil || year < 2000 || year > 2999 {
		return 0
	}
	return year
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	f, err := p.report.Fund(r.Context(), max(yearOf(r), 0))
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, fundPage(newFund(f)))
}

// exported is the table of the page, or with year=all that of every year.
func (p *Pages) exported(r *http.Request) export.List {
	year, name := yearOf(r), "专项资金"
	switch year {
	case 0:
	case report.AllYears:
		name += "-历年"
	default:
		name += "-" + strconv.Itoa(year)
	}
	l := export.List{Name: name, Columns: []sheet.Column{{Name: "年度", Kind: sheet.Count}, {Name: "用途", Width: 30}}}
	for _, sum := range []string{"预算（元）", "已占用（元）", "已拨付（元）", "已退回（元）", "已追回（元）", "可用（元）", "预算待补录（元）"} {
		l.Columns = append(l.Columns, sheet.Column{Name: sum, Kind: sheet.Money})
	}
	l.Fill = func(r *http.Request, t *export.Table) error {
		lines, today, err := p.report.FundLines(r.Context(), year)
		t.On(today)
		for _, l := range lines {
			if err == nil {
				err = t.Row(l.Year, l.Purpose.Name(), l.Budget, l.Committed, l.Paid, l.Returned, l.Recovered, l.Free(), l.Filled)
			}
		}
		return err
	}
	return l
}

// fundView is one year of the fund.
type fundView struct {
	layout.Page
	Year, Lead   string
	Years        []ui.Tab
	Any          bool
	Stats        []ui.Stat
	Chart        ui.BudgetChart
	Table        ui.Table
	Files        export.Links // of this year
	AllYears     export.Links
	Projects     string // how many are published, and how much
	ProjectsHref string
	Running      string // that the year is not over, "" when it is
	Filled       string // that budgets are still to be brought in, "" when none is
}

func newFund(f report.Fund) fundView {
	year := strconv.Itoa(f.Year)
	v := fundView{Year: year, Any: len(f.Lines) > 0, Files: export.LinksTo(paths.FundData, url.Values{"year": {year}}), AllYears: export.LinksTo(paths.FundData, url.Values{"year": {"all"}}), ProjectsHref: paths.ProjectsOfYear(f.Year, "")}
	v.Page = layout.Page{Title: "资金公开 " + year + " 年", Nav: "fund", Description: "社区社会组织扶持专项资金的年度预算和执行。",
		Crumbs: []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "资金公开"}}}
	for _, y := range f.Years {
		v.Years = append(v.Years, ui.Tab{Label: strconv.Itoa(y) + " 年", Href: paths.FundOf(y), Current: y == f.Year})
	}
	if !v.Any {
		v.Lead = "这一年的预算还没有公布。"
		return v
	}
	t := f.Total
	v.Lead = fmt.Sprintf("预算 %s 元，由区财政安排。已占用 %s 元，已拨付 %s 元，预算执行率 %s。", t.Budget, t.Committed, t.Paid, percent(t.Permille(t.Paid)))
	if t.Filled > 0 {
		v.Lead = fmt.Sprintf("核定资助 %s 元，已拨付 %s 元。预算还没有全部补录。", t.Committed, t.Paid)
	}
	v.Stats = []ui.Stat{
		{Label: "预算", Value: t.Budget.Wan(), Unit: "万元", Note: "含年中调整"},
		{Label: "已占用", Value: t.Committed.Wan(), Unit: "万元", Note: "审批通过，为项目留出的钱"},
		{Label: "已拨付", Value: t.Paid.Wan(), Unit: "万元", Note: "已到组织账户"},
		{Label: "退回和追回", Value: t.Back().Wan(), Unit: "万元", Note: "结余退回 " + t.Returned.Wan() + "，决定追回 " + t.Recovered.Wan()},
	}
	if t.Filled > 0 {
		v.Stats[0] = ui.Stat{Label: "预算", Value: "待补录", Note: "平台上线前的预算"}
		if t.Filled < t.Budget {
			v.Stats[0] = ui.Stat{Label: "预算", Value: (t.Budget - t.Filled).Wan(), Unit: "万元", Note: "另有用途的预算待补录"}
		}
	}
	v.Chart, v.Table = chart(f), table(f)
	if !f.Over() {
		v.Running = year + " 年还没有结束，数字截至 " + f.Today.Chinese() + "。"
	}
	if t.Filled > 0 {
		v.Filled = "标“待补录”的用途，这一年的预算还没有补录，预算一栏先按已核定的资助合计（" + t.Filled.String() + " 元）列出，执行率没有意义。"
	}
	v.Projects = "每个项目逐个公布。" + year + " 年的预算还没有公布的项目。"
	if f.Projects.N > 0 {
		v.Projects = fmt.Sprintf("每个项目逐个公布。%s 年的预算已公布 %d 个项目，核定 %s 元，已拨付 %s 元。", year, f.Projects.N, f.Projects.Approved, f.Projects.Paid)
	}
	if t.Committed > f.Projects.Approved {
		v.Projects += "已占用的钱里，有一部分的项目还在公示，公示期满才列出。"
	}
	return v
}

func percent(permille int) string {
	if permille%10 == 0 {
		return strconv.Itoa(permille/10) + "%"
	}
	return fmt.Sprintf("%d.%d%%", permille/10, permille%10)
}

// chart draws every purpose to the scale of the largest budget.
func chart(f report.Fund) ui.BudgetChart {
	t := f.Total
	c := ui.BudgetChart{
		Title: fmt.Sprintf("已占用预算的 %s，已拨付 %s", percent(t.Permille(t.Committed)), percent(t.Permille(t.Paid))),
		Label: fmt.Sprintf("%d 年各用途的预算、占用和拨付，共占用预算的 %s，拨付 %s", f.Year, percent(t.Permille(t.Committed)), percent(t.Permille(t.Paid))),
		Mark:  elapsed(f),
	}
	if t.Filled > 0 {
		c.Title = "已拨付 " + t.Paid.Wan() + " 万元，预算还没有全部补录"
	}
	largest := money.Fen(1)
	for _, l := range f.Lines {
		largest = max(largest, l.Budget)
	}
	for _, l := range f.Lines {
		figures := fmt.Sprintf("，已占 %s，已拨 %s", percent(l.Permille(l.Committed)), percent(l.Permille(l.Paid)))
		if l.Filled > 0 {
			figures = "（预算待补录），已拨 " + l.Paid.Wan() + " 万"
		}
		name, _, _ := strings.Cut(l.Purpose.Name(), "（")
		c.Bars = append(c.Bars, ui.BudgetBar{Name: name, Size: int(l.Budget * 1000 / largest), Committed: l.Permille(l.Committed), Paid: l.Permille(l.Paid),
			Wide: l.Budget.Wan() + " 万元" + figures, Narrow: l.Budget.Wan() + " 万" + figures})
	}
	return c
}

// elapsed is how much of the year has passed, in thousandths; 0 when it is over
// or has not begun.
func elapsed(f report.Fund) int {
	if f.Year != f.Today.Year {
		return 0
	}
	first := civil.Of(f.Year, time.January, 1)
	return first.DaysUntil(f.Today.AddDays(1)) * 1000 / first.DaysUntil(civil.Of(f.Year+1, time.January, 1))
}

func table(f report.Fund) ui.Table {
	t := ui.Table{Caption: fmt.Sprintf("%d 年专项资金预算和执行（元）", f.Year), Columns: []ui.Column{
		{Label: "用途", Full: true}, {Label: "预算", Number: true}, {Label: "已占用", Number: true}, {Label: "已拨付", Number: true}, {Label: "退回和追回", Number: true},
		{Label: "可用", Number: true}, {Label: "执行率", Number: true}}}
	row := func(l report.Line, head ui.Cell) ui.Row {
		cells := []ui.Cell{head}
		for _, amount := range []money.Fen{l.Budget, l.Committed, l.Paid, l.Back(), l.Free()} {
			cells = append(cells, ui.T(amount.String()))
		}
		rate := percent(l.Permille(l.Paid))
		if l.Filled > 0 {
			rate = "—"
		}
		return ui.Row{Cells: append(cells, ui.T(rate))}
	}
	var rows []ui.Row
	for _, l := range f.Lines {
		projects := ""
		if p := l.Purpose.Programme(); p != "" {
			projects = paths.ProjectsOfYear(f.Year, string(p))
		}
		note := ""
		if l.Filled > 0 {
			note = "预算待补录"
		}
		rows = append(rows, row(l, ui.Head(l.Purpose.Name(), projects, note)))
	}
	t.Groups = ui.Rows(rows...)
	t.Foot = []ui.Row{row(f.Total, ui.Head("合计", "", ""))}
	return t
}
