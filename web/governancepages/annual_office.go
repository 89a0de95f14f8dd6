package governancepages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/sheet"
	"civilaffairs/web/export"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// registerReportDesk declares what the offices do with annual reports.
func (p *Pages) registerReportDesk(s *httpserver.Router, forms formpage.Forms) {
	staff := paths.StaffReports
	s.Get(staff, authz.OrganizationStaff, p.listReports)
	export.Register(s, staff, authz.OrganizationStaff, p.exportReports)
	forms.Declare(s, paths.StaffReportsUnfiled, authz.AnnualReportConclude, p.unfiledForm)
	one := staff + "/{id}"
	s.Get(one, authz.OrganizationStaff, p.showStaffReport)
	s.Get(one+"/file/{file}", authz.OrganizationStaff, p.sendStaffPaper)
	forms.Declare(s, one+"/opinion", authz.AnnualReportOpine, p.opinionForm)
	forms.Declare(s, one+"/correction", authz.AnnualReportConclude, p.correctionForm)
	forms.Declare(s, one+"/conclusion", authz.AnnualReportConclude, p.conclusionForm)
	forms.Declare(s, one+"/reopening", authz.AnnualReportConclude, p.reopeningForm)
}

func staffReportsCrumb() layout.Crumb {
	return layout.Crumb{Label: "年度报告", Href: paths.StaffReports}
}

// queueView is the list of annual reports of a year.
type queueView struct {
	layout.Page
	Lead    string
	Tabs    []ui.Tab
	Tab     string
	Year    ui.Field
	Years   []ui.Option
	Place   ui.Field
	Places  []ui.Option
	List    list
	Pages   ui.Pages
	Export  export.Links
	Unfiled string // where who handed in nothing is put on record, "" for who cannot
}

// reportFilter reads the filter of the list; an unknown tab is the first.
func reportFilter(r *http.Request) governance.ReportFilter {
	q, tabs := r.URL.Query(), governance.ReportTabs(actor(r))
	f := governance.ReportFilter{Tab: governance.ReportTab(q.Get("tab")), Place: q.Get("place")}
	if !slices.Contains(tabs, f.Tab) {
		f.Tab = tabs[0]
	}
	if y, err := strconv.Atoi(q.Get("year")); err == nil && y >= 1990 && y <= 2999 {
		f.Year = y
	}
	return f
}

func (p *Pages) listReports(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	f := reportFilter(r)
	b, err := p.Governance.Queue(r.Context(), actor(r), f, q.Get("after"), pageSize)
	if err != nil {
		return err
	}
	f = b.Filter
	at := func(tab governance.ReportTab, after string) string {
		return paths.WithQuery(paths.StaffReports, url.Values{"year": {strconv.Itoa(f.Year)}, "place": {f.Place}, "tab": {string(tab)}, "after": {after}})
	}
	_, due := governance.Deadlines(b.Rules, f.Year)
	v := queueView{Page: shell(r, "年度报告", "annual-reports"), Tab: string(f.Tab), List: queueList(b),
		Lead:  fmt.Sprintf("%d 年度的报告，最迟%s报登记管理机关。", f.Year, due.On.Chinese()),
		Place: ui.Field{Name: "place", Label: "地方", Value: f.Place}, Places: places(actor(r), b.Regions, b.Today),
		Year: ui.Field{Name: "year", Label: "年度", Value: strconv.Itoa(f.Year)}}
	for y := b.Today.Year - 1; y > b.Today.Year-1-governance.YearsShown; y-- {
		v.Years = append(v.Years, ui.Option{Value: strconv.Itoa(y), Label: strconv.Itoa(y) + " 年度"})
	}
	for _, t := range governance.ReportTabs(actor(r)) {
		v.Tabs = append(v.Tabs, ui.Tab{Label: t.Name(), Href: at(t, ""), Current: t == f.Tab})
	}
	if b.Next != "" {
		v.Pages.Next = at(f.Tab, b.Next)
	}
	if q.Get("after") != "" {
		v.Pages.Previous = at(f.Tab, "")
	}
	v.Export = export.LinksTo(paths.StaffReports, url.Values{"year": {strconv.Itoa(f.Year)}, "place": {f.Place}, "tab": {string(f.Tab)}})
	if actor(r).Can(authz.AnnualReportConclude) && b.Today.After(due.On) {
		v.Unfiled = paths.StaffReportsUnfiledOf(f.Year)
	}
	return httpserver.Render(w, r, http.StatusOK, queuePage(v))
}

// rowYear is a row of the list as the year of one organization.
func rowYear(x governance.ReportRow, year int) governance.YearReport {
	y := governance.YearReport{Year: year, Conclusion: x.Conclusion, Recorded: x.SubmittedOn}
	if x.FilingID != uuid.Nil {
		y.Filing = &governance.Filing{SubmittedOn: x.SubmittedOn, Conclusion: x.Conclusion}
	}
	return y
}

func queueList(b governance.ReportQueue) list {
	l := list{Empty: b.Filter.Tab.Name() + "的没有。换一个年度、地方或标签再看。", Table: ui.Table{Caption: "年度报告",
		Columns: []ui.Column{{Label: "组织", Full: true}, {Label: "社区"}, {Label: "状态"}, {Label: "报送"}, {Label: "业务主管单位"}}}}
	var rows []ui.Row
	for _, x := range b.Rows {
		href := paths.StaffOrganization(x.OrgID.String()) + "#reports"
		if x.FilingID != uuid.Nil {
			href = paths.StaffReport(x.FilingID.String())
		}
		head := ui.Head(x.Name, href, x.Registrar)
		head.Demo = x.Demo
		y := rowYear(x, b.Filter.Year)
		on := ui.T(x.SubmittedOn.String())
		if late := x.Days(b.Rules, b.Filter.Year, b.Today); late > 0 {
			on.Sub = fmt.Sprintf("晚了 %d 天", late)
			if x.SubmittedOn.IsZero() {
				on = ui.TS("没有报送", fmt.Sprintf("已过 %d 天", late))
			}
		}
		unit := ui.T(orNone(x.Unit, "没有"))
		if x.Stance != "" {
			unit.Sub = x.Stance.Name()
		}
		row := ui.Cells(head, ui.T(strings.TrimSuffix(b.Regions.Name(x.CommunityCode), "社区")), ui.C(ui.Tag(reportWord(y, x.Status), reportTone(y, x.Status))), on, unit)
		if x.Status == governance.ReportOverdue || x.Status == governance.ReportMissing {
			row.Mark = ui.Bad
		}
		rows = append(rows, row)
	}
	l.Table.Groups = ui.Rows(rows...)
	return l
}

// exportReports is the list as it is filtered, whole.
func (p *Pages) exportReports(*http.Request) export.List {
	return export.List{
		Name: "年度报告",
		Columns: []sheet.Column{{Name: "组织", Width: 36}, {Name: "社区", Width: 14}, {Name: "登记管理机关", Width: 20}, {Name: "业务主管单位", Width: 20}, {Name: "年度"},
			{Name: "状态", Width: 16}, {Name: "报送日期", Kind: sheet.Date}, {Name: "晚了（天）"}, {Name: "主管单位意见", Width: 14}, {Name: "结论", Width: 10}},
		Fill: func(r *http.Request, t *export.Table) error {
			return p.Governance.EachReport(r.Context(), actor(r), reportFilter(r), func(at governance.ReportQueue, rows []governance.ReportRow) error {
				t.On(at.Today)
				for _, x := range rows {
					year := at.Filter.Year
					if err := t.Row(x.Name, at.Regions.Name(x.CommunityCode), x.Registrar, x.Unit, year, x.Status.Name(), x.SubmittedOn,
						x.Days(at.Rules, year, at.Today), x.Stance.Name(), x.Conclusion.Name()); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}

func (p *Pages) staffReport(r *http.Request) (governance.ReportView, error) {
	id, err := param(r, "id")
	if err != nil {
		return governance.ReportView{}, err
	}
	return p.Governance.ReportByID(r.Context(), actor(r), id)
}

func (p *Pages) showStaffReport(w http.ResponseWriter, r *http.Request) error {
	o, err := p.staffReport(r)
	if err != nil {
		return err
	}
	id := o.Filing.ID.String()
	title := o.Organization.Name + "的 " + yearTitle(o.Year)
	status := o.Status()
	v := reportView{Page: shell(r, yearTitle(o.Year), "annual-reports", staffReportsCrumb(), layout.Crumb{Label: o.Organization.Name, Href: paths.StaffOrganization(o.Organization.ID.String())}),
		Heading: title, Demo: o.Organization.Demo, Tag: reportWord(o.YearReport, status), Tone: reportTone(o.YearReport, status),
		Facts: reportFacts(o), Parts: reportParts(o), Timeline: reportTimeline(o),
		Papers: paperFacts(o, func(file string) string { return paths.StaffReportFile(id, file) })}
	if o.Why != "" {
		v.Note, v.NoteTone = o.Why, ui.Info
	}
	if o.Instead != uuid.Nil {
		v.More = append(v.More, ui.Tab{Label: "看为准的那一份", Href: paths.StaffReport(o.Instead.String())})
	}
	switch {
	case o.May.Opine:
		v.Next, v.NextHref = "提出意见", paths.StaffReportAct(id, "opinion")
	case o.May.Conclude:
		v.Next, v.NextHref = "作出结论", paths.StaffReportAct(id, "conclusion")
		if o.May.Return {
			v.Acts = append(v.Acts, ui.Tab{Label: "退回更正", Href: paths.StaffReportAct(id, "correction")})
		}
	case o.May.Reopen:
		v.More = append(v.More, ui.Tab{Label: "重新审查", Href: paths.StaffReportAct(id, "reopening")})
	}
	v.More = append(v.More, ui.Tab{Label: "看治理清单", Href: paths.StaffOrganizationGovernance(o.Organization.ID.String())})
	return httpserver.Render(w, r, http.StatusOK, reportPage(v))
}

func (p *Pages) sendStaffPaper(w http.ResponseWriter, r *http.Request) error {
	o, err := p.staffReport(r)
	if err != nil {
		return err
	}
	return p.sendReportFile(w, r, o)
}

// deskForm starts an act of an office on a report. may says whether it is open.
func (p *Pages) deskForm(r *http.Request, title, lead, submit string, may func(governance.ReportActs) bool) (*formpage.Editor, governance.ReportView, error) {
	o, err := p.staffReport(r)
	if err != nil {
		return nil, o, err
	}
	back := paths.StaffReport(o.Filing.ID.String())
	e := &formpage.Editor{To: back}
	e.View = formpage.View{Page: shell(r, title, "annual-reports", staffReportsCrumb(), layout.Crumb{Label: o.Organization.Name, Href: back}), Heading: title, Lead: lead,
		Submit: submit, Action: r.URL.Path, Back: back, BackLabel: "返回这份年报",
		Facts: append([]ui.Fact{{Label: "组织", Value: o.Organization.Name, Demo: o.Organization.Demo}, ui.F("年度", strconv.Itoa(o.Year))}, reportFacts(o)...)}
	e.Hidden = []ui.Pair{formpage.Token(), formpage.Version(o.Filing.Version)}
	if !may(o.May) {
		why := o.Why
		if why == "" {
			why = "这份年报现在是“" + o.Status().Name() + "”，不能" + title + "。"
		}
		e.Obstacles = []string{why}
	}
	return e, o, nil
}

func (p *Pages) opinionForm(r *http.Request) (*formpage.Editor, error) {
	e, o, err := p.deskForm(r, "提出意见", "意见供登记管理机关作结论时参考。", "提出意见", func(m governance.ReportActs) bool { return m.Opine })
	if err != nil {
		return nil, err
	}
	e.Ask(formpage.OneOf("stance", "意见", formpage.Named(governance.Stances)), formpage.Lines("text", "意见说明", 4, 500).Hint("同意的可以不写；有不同意见的要写明，至少 5 个字。组织会看到"))
	e.Done = "意见已提出，转登记管理机关作结论。"
	e.Save = func(f *form.Form) error {
		text := f.Text("text", "意见说明", form.Multiline, form.Max(500))
		if f.Raw("stance") == string(governance.Oppose) && len([]rune(text)) < 5 {
			f.Fail("text", "意见说明", governance.Oppose.Name()+"要写明是什么意见，至少 5 个字")
		}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.Opine(r.Context(), actor(r), o.Filing.ID, formpage.VersionOf(f), governance.Stance(f.Raw("stance")), text, f.Raw("token"))
	}
	return e, nil
}

func (p *Pages) correctionForm(r *http.Request) (*formpage.Editor, error) {
	e, o, err := p.deskForm(r, "退回更正", "只能退回一次，一次写全；只有选中的部分开放修改。", "退回更正", func(m governance.ReportActs) bool { return m.Return })
	if err != nil {
		return nil, err
	}
	if o.Filing.Corrections > 0 && o.May.Conclude {
		e.Obstacles = []string{"这份年报已经退回更正过一次，不能再退。按报送的内容作结论。"}
	}
	e.Ask(formpage.TickMany("parts", "要更正的部分", formpage.Named(governance.CorrectableParts)),
		formpage.Lines("asked", "要更正什么", 5, 1000).Hint("写明哪里缺、哪里不对、怎么改；组织会看到"))
	e.Done = "已退回，组织收到了通知。"
	e.Save = func(f *form.Form) error {
		var parts []governance.ReportPart
		for _, key := range f.RawAll("parts") {
			parts = append(parts, governance.ReportPart(key))
		}
		text := f.Text("asked", "要更正什么", form.Multiline, form.Max(1000))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.ReturnReport(r.Context(), actor(r), o.Filing.ID, formpage.VersionOf(f), parts, text, f.Raw("token"))
	}
	return e, nil
}

func (p *Pages) conclusionForm(r *http.Request) (*formpage.Editor, error) {
	e, o, err := p.deskForm(r, "作出结论", "结论马上生效，申请扶持的资格按它判断。", "下一步：确认", func(m governance.ReportActs) bool { return m.Conclude })
	if err != nil {
		return nil, err
	}
	e.Ask(formpage.OneOf("conclusion", "结论", formpage.Named(organization.Conclusions[:3])),
		formpage.Lines("reason", "理由", 4, 500).Hint("合格的可以不写；基本合格和不合格的要写明，至少 5 个字。组织会看到"))
	e.Done = "结论已作出，组织收到了通知。"
	e.Save = func(f *form.Form) error {
		c := organization.Conclusion(f.Choice("conclusion", "结论", formpage.Keys(organization.Conclusions[:3]), form.Required))
		reason := f.Text("reason", "理由", form.Multiline, form.Max(500))
		if c != organization.Pass && c != "" && len([]rune(reason)) < 5 {
			f.Fail("reason", "理由", c.Name()+"要写明理由，至少 5 个字")
		}
		if err := f.Err(); err != nil {
			return err
		}
		if !formpage.Confirmed(f) {
			e.Review = &ui.Review{Title: "确认作出结论", Effect: "结论马上生效，组织会收到通知。以后要改，只能写明理由重新审查。", Submit: "确认：" + c.Name(),
				Facts: []ui.Fact{{Label: "组织", Value: o.Organization.Name, Demo: o.Organization.Demo}, ui.F("年度", strconv.Itoa(o.Year)), ui.F("结论", c.Name()), ui.F("理由", orNone(reason, "没有写"))}}
			return nil
		}
		return p.Governance.Conclude(r.Context(), actor(r), o.Filing.ID, formpage.VersionOf(f), c, reason, f.Raw("token"))
	}
	return e, nil
}

func (p *Pages) reopeningForm(r *http.Request) (*formpage.Editor, error) {
	e, o, err := p.deskForm(r, "重新审查", "原来的结论在新的结论作出以前仍然有效。", "重新审查", func(m governance.ReportActs) bool { return m.Reopen })
	if err != nil {
		return nil, err
	}
	e.Ask(formpage.Why("写明为什么要重新审查，5 到 500 个字；组织会看到"))
	e.Stop, e.Done = true, "这份年报重新审查。"
	e.Save = func(f *form.Form) error {
		reason := formpage.ReasonOf(f)
		if err := f.Err(); err != nil {
			return err
		}
		return p.Governance.Reopen(r.Context(), actor(r), o.Filing.ID, formpage.VersionOf(f), reason, f.Raw("token"))
	}
	return e, nil
}

// unfiledForm puts on record who handed in nothing about a year: all that are
// listed, but those whose box is cleared.
func (p *Pages) unfiledForm(r *http.Request) (*formpage.Editor, error) {
	year, _ := strconv.Atoi(r.URL.Query().Get("year"))
	if r.Method == http.MethodPost {
		year, _ = strconv.Atoi(r.PostForm.Get("year"))
	}
	o, err := p.Governance.Unfiled(r.Context(), actor(r), year)
	if err != nil {
		return nil, err
	}
	back := paths.WithQuery(paths.StaffReports, url.Values{"year": {strconv.Itoa(year)}, "tab": {string(governance.TabMissing)}})
	e := &formpage.Editor{To: back}
	title := fmt.Sprintf("登记 %d 年度未报送", year)
	e.View = formpage.View{Page: shell(r, title, "annual-reports", staffReportsCrumb()), Heading: title, Submit: "下一步：核对名单", Action: paths.StaffReportsUnfiled,
		Lead: "由本机关登记备案、到 " + o.Due.Chinese() + "没有报送、也没有登记结论的组织。登记以后仍可以补报。", Back: back, BackLabel: "返回年度报告", Stop: true}
	e.Hidden = []ui.Pair{formpage.Token(), {Name: "year", Value: strconv.Itoa(year)}}
	switch {
	case o.Closed != "":
		e.Obstacles = []string{o.Closed}
	case len(o.List) == 0:
		e.Obstacles = []string{"没有要登记的组织：都报送了，或已经登记过。"}
	}
	var options []ui.Option
	for _, x := range o.List {
		options = append(options, ui.Option{Value: x.ID.String(), Label: x.Name})
	}
	e.Saved = url.Values{"orgs": formpage.ValuesOf(options)}
	e.Ask(formpage.TickMany("orgs", fmt.Sprintf("没有报送的组织，%d 个", len(options)), options).Hint("另有情况的，去掉勾选"))
	e.Save = func(f *form.Form) error {
		chosen := f.RawAll("orgs")
		var ids []uuid.UUID
		var names []string
		for _, x := range o.List {
			if slices.Contains(chosen, x.ID.String()) {
				ids, names = append(ids, x.ID), append(names, x.Name)
			}
		}
		if len(ids) == 0 {
			f.Fail("orgs", "没有报送的组织", "至少选一个组织")
			return f.Err()
		}
		if !formpage.Confirmed(f) {
			e.Review = &ui.Review{Title: "确认登记为未报送", Effect: "登记以后，这些组织不符合申请扶持的条件，直到补报并有了结论。", Submit: fmt.Sprintf("确认登记 %d 个组织", len(ids)),
				Facts: []ui.Fact{ui.F("年度", strconv.Itoa(year)), ui.F("组织", strings.Join(names, "、"))}}
			return nil
		}
		n, err := p.Governance.RecordMissing(r.Context(), actor(r), f.Raw("token"), year, ids)
		e.Done = fmt.Sprintf("已登记 %d 个组织未报送。", n)
		if n < len(ids) {
			e.Done += fmt.Sprintf("%d 个刚刚有了报送或结论，没有登记。", len(ids)-n)
		}
		return err
	}
	return e, nil
}
