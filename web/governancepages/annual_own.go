package governancepages

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// registerReports declares the routes of annual reports.
func (p *Pages) registerReports(s *httpserver.Router, forms formpage.Forms) {
	my := paths.MyReports
	s.Get(my, authz.OrganizationEdit, p.showReports)
	year := my + "/{year}"
	s.Get(year, authz.OrganizationEdit, p.showReport)
	forms.Declare(s, year+"/parts/{part}", authz.OrganizationEdit, p.partForm)
	s.Get(year+"/papers", authz.OrganizationEdit, p.showPapers)
	s.Post(year+"/papers/{slot}", authz.OrganizationEdit, p.createPaper)
	s.Post(year+"/papers/{slot}/{file}/removal", authz.OrganizationEdit, p.removePaper)
	s.Get(year+"/file/{file}", authz.OrganizationEdit, p.sendPaper)
	s.Get(year+"/review", authz.OrganizationEdit, p.reviewReport)
	forms.Declare(s, year+"/submission", authz.AnnualReportSubmit, p.submissionForm)
	p.registerReportDesk(s, forms)
}

func reportsCrumb() layout.Crumb { return layout.Crumb{Label: "年度报告", Href: paths.MyReports} }

func yearCrumb(year int) layout.Crumb {
	return layout.Crumb{Label: yearTitle(year), Href: paths.MyReport(year)}
}

func yearTitle(year int) string { return strconv.Itoa(year) + " 年度报告" }

// reportsView is the years about which an organization owes a report.
type reportsView struct {
	layout.Page
	Lead string
	Say  string // what is overdue, "" for nothing
	List list
}

func (p *Pages) showReports(w http.ResponseWriter, r *http.Request) error {
	o, err := p.Governance.Reports(r.Context(), actor(r))
	if err != nil {
		return err
	}
	v := reportsView{Page: shell(r, "年度报告", "workspace", ownCrumb()), Lead: "每年写上一年度的报告，由负责人签署报送。",
		List: list{Empty: fmt.Sprintf("组织 %d 年成立，%d 年起报送上一年度的报告。", o.Organization.EstablishedOn.Year, o.Organization.EstablishedOn.Year+1),
			Table: ui.Table{Caption: "各年度的报告", Columns: []ui.Column{{Label: "年度", Full: true}, {Label: "状态"}, {Label: "截止"}, {Label: "说明"}, {Label: "办理", Hidden: true}}}}}
	var rows []ui.Row
	for _, y := range o.Years {
		status := y.Status(o.Rules, o.Today)
		unit, due := y.Due(o.Rules)
		by := ui.TS(due.String(), "报登记管理机关")
		if o.Organization.SupervisingUnit != "" {
			by.Sub = unit.String() + " 前报" + o.Organization.SupervisingUnit
		}
		row := ui.Cells(ui.Head(strconv.Itoa(y.Year)+" 年度", paths.MyReport(y.Year), ""), ui.C(ui.Tag(reportWord(y, status), reportTone(y, status))), by,
			ui.T(reportSay(y, status, o)), ui.C(ui.Link(reportStep(y, status), paths.MyReport(y.Year))))
		if status == governance.ReportOverdue || status == governance.ReportMissing {
			row.Mark = ui.Bad
			if v.Say != "" {
				v.Say += "、"
			}
			v.Say += strconv.Itoa(y.Year) + " 年度"
		}
		rows = append(rows, row)
	}
	v.List.Table.Groups = ui.Rows(rows...)
	return httpserver.Render(w, r, http.StatusOK, reportsPage(v))
}

// reportWord is the status in a word: the conclusion where there is one.
func reportWord(y governance.YearReport, s governance.ReportStatus) string {
	if s == governance.ReportConcluded && y.Conclusion != "" {
		return y.Conclusion.Name()
	}
	if s == governance.ReportOpen && y.Filing != nil {
		return "填写中"
	}
	return s.Name()
}

func reportTone(y governance.YearReport, s governance.ReportStatus) ui.Tone {
	switch s {
	case governance.ReportOverdue, governance.ReportMissing:
		return ui.Bad
	case governance.ReportCorrecting:
		return ui.Warn
	case governance.ReportConcluded:
		return conclusionTone(y.Conclusion)
	}
	return ui.Info
}

func conclusionTone(c organization.Conclusion) ui.Tone {
	switch c {
	case organization.Pass:
		return ui.Good
	case organization.Basic:
		return ui.Warn
	case organization.Fail, organization.Missing:
		return ui.Bad
	}
	return ui.Mute
}

func reportSay(y governance.YearReport, s governance.ReportStatus, o governance.Reports) string {
	_, late := y.Late(o.Rules, false, o.Today)
	was := ""
	if late > 0 {
		was = fmt.Sprintf("，晚了 %d 天", late)
	}
	switch s {
	case governance.ReportOverdue:
		return fmt.Sprintf("已过 %d 天。现在仍可以报送。", late)
	case governance.ReportMissing:
		return "登记为未报送。现在仍可以补报。"
	case governance.ReportConcluded:
		return y.Recorded.Chinese() + "报送" + was + "。" + y.Unit + "作出结论。"
	case governance.ReportAtUnit, governance.ReportAtRegistrar, governance.ReportCorrecting:
		say := y.Filing.SubmittedOn.Chinese() + "报送" + was + "。"
		if y.Conclusion != "" && y.Conclusion != organization.Missing {
			say += "正在重新审查，原来的结论“" + y.Conclusion.Name() + "”仍有效。"
		}
		return say
	}
	return fmt.Sprintf("还有 %d 天。", -late+o.Today.DaysUntil(dueOf(o.Rules, y)))
}

func dueOf(r governance.Rules, y governance.YearReport) civil.Date {
	_, due := y.Due(r)
	return due
}

func reportStep(y governance.YearReport, s governance.ReportStatus) string {
	switch {
	case s == governance.ReportCorrecting:
		return "去更正"
	case s == governance.ReportConcluded && y.Filing == nil:
		return "看结论"
	case s == governance.ReportOpen, s == governance.ReportOverdue, s == governance.ReportMissing:
		if y.Filing != nil {
			return "接着填"
		}
		return "开始填写"
	}
	return "看报告"
}

// reportOf returns the report that a page of the organization is about.
func (p *Pages) reportOf(r *http.Request) (governance.ReportView, error) {
	year, err := strconv.Atoi(httpserver.Param(r, "year"))
	if err != nil || year < 1990 || year > 2999 {
		return governance.ReportView{}, missing()
	}
	return p.Governance.Report(r.Context(), actor(r), year)
}

// reportView is one report: the parts to fill in, or what was signed.
type reportView struct {
	layout.Page
	Heading, Lead string
	Demo          bool
	Name          string // of the organization, for offices
	Tag           string
	Tone          ui.Tone
	Note          string // what has to be done, "" for nothing
	NoteTone      ui.Tone
	Asked         []ui.Fact
	Tasks         []ui.Task // while it may be written
	Missing       []ui.Fact // on the page of review: what is left
	Parts         []reportPart
	Papers        []ui.Fact
	Facts         []ui.Fact
	Timeline      []ui.Event
	Next          string // the one thing to do
	NextHref      string
	Acts          []ui.Tab // what else may be decided
	More          []ui.Tab // other pages
	Written       bool
	Review        bool
}

func (p *Pages) showReport(w http.ResponseWriter, r *http.Request) error {
	o, err := p.reportOf(r)
	if err != nil {
		return err
	}
	title := yearTitle(o.Year)
	v := reportView{Page: shell(r, title, "workspace", ownCrumb(), reportsCrumb()), Heading: title, Demo: o.Organization.Demo, Written: o.May.Write}
	status := o.Status()
	v.Tag, v.Tone = reportWord(o.YearReport, status), reportTone(o.YearReport, status)
	v.Lead = reportSay(o.YearReport, status, governance.Reports{Organization: o.Organization, Today: o.Today, Rules: o.Rules})
	v.Timeline = reportTimeline(o)
	switch {
	case o.May.Write:
		v.Tasks = reportTasks(o, "")
		v.Next, v.NextHref = nextOfDraft(o)
		if o.Filing.State == governance.FilingCorrecting {
			v.Note, v.NoteTone = "请更正后再签署报送，最迟"+o.Filing.CorrectionDue().On.Chinese()+"。", ui.Warn
			v.Asked = []ui.Fact{ui.F("要更正的", o.Filing.Asked), ui.F("涉及的部分", partNames(o.Filing.AskedParts))}
		}
	case o.Filing.Round == 0:
		v.Note, v.NoteTone = "这一年度的结论由"+o.Unit+"按纸质年报登记，不用在平台上再报。", ui.Info
	default:
		v.Facts, v.Parts, v.Papers = reportFacts(o), reportParts(o), paperFacts(o, func(file string) string { return paths.MyReportFile(o.Year, file) })
	}
	return httpserver.Render(w, r, http.StatusOK, reportPage(v))
}

func nextOfDraft(o governance.ReportView) (label, href string) {
	if !o.Ready() {
		for _, t := range reportTasks(o, "") {
			if t.Tone != ui.Good && t.Href != "" && t.State != unasked {
				return "接着填：" + t.Label, t.Href
			}
		}
	}
	if o.May.Sign {
		return "核对并签署报送", paths.MyReportSubmission(o.Year)
	}
	return "核对全文", paths.MyReportReview(o.Year)
}

const unasked = "不用改"

// reportTasks are the parts of the form with the state of each.
func reportTasks(o governance.ReportView, current governance.ReportPart) []ui.Task {
	var tasks []ui.Task
	for _, part := range governance.ReportParts {
		_, begun := o.Saved[part]
		t := ui.Task{Label: part.Name(), Href: paths.MyReportPart(o.Year, string(part)), Current: part == current}
		t.State, t.Tone = partState(begun, len(o.Faults[part]))
		if o.Filing.State == governance.FilingCorrecting && !o.Open(part) {
			t.State, t.Tone = unasked, ui.Mute
		}
		tasks = append(tasks, t)
	}
	papers := ui.Task{Label: governance.PartPapers.Name(), Href: paths.MyReportPapers(o.Year), Current: current == governance.PartPapers, State: "已交齐", Tone: ui.Good}
	if n := len(o.Faults[governance.PartPapers]); n > 0 {
		papers.State, papers.Tone = "缺 "+strconv.Itoa(n)+" 份", ui.Info
	}
	sign := ui.Task{Label: "核对并签署报送", Href: paths.MyReportReview(o.Year)}
	if o.May.Sign {
		sign.Href = paths.MyReportSubmission(o.Year)
	}
	if !o.Ready() {
		sign.Hint = "前面各部分填好以后，由负责人签署"
	}
	return append(tasks, papers, sign)
}

func partState(begun bool, faults int) (string, ui.Tone) {
	switch {
	case !begun:
		return "未开始", ui.Mute
	case faults > 0:
		return "还有 " + strconv.Itoa(faults) + " 处", ui.Info
	}
	return "已填好", ui.Good
}

func partNames(keys []string) string {
	names := ""
	for i, k := range keys {
		if i > 0 {
			names += "、"
		}
		names += governance.ReportPart(k).Name()
	}
	return names
}

// partForm is one part: it saves whatever is typed, and then says what is wrong.
func (p *Pages) partForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.reportOf(r)
	if err != nil {
		return nil, err
	}
	part := governance.ReportPart(httpserver.Param(r, "part"))
	if !slices.Contains(governance.ReportParts, part) || !o.May.Write {
		return nil, missing()
	}
	e := &formpage.Editor{}
	e.View = formpage.View{Page: shell(r, part.Name(), "workspace", ownCrumb(), reportsCrumb(), yearCrumb(o.Year)), Heading: part.Name(), Lead: partLead(o, part),
		Submit: "保存并继续", Action: r.URL.Path, Back: paths.MyReport(o.Year), BackLabel: "回到" + yearTitle(o.Year), Aside: tasksAside(o, part), Above: partAbove(o, part)}
	typed, begun := o.Typed[part]
	if !begun {
		typed = o.Facts.Begin(part)
	}
	e.Saved = typed
	partControls(&e.View, part, o, rowsOf(typed, r))
	if !o.Open(part) {
		e.Obstacles = []string{"这次更正不涉及这一部分，内容已锁定。"}
	}
	e.Hidden = []ui.Pair{formpage.Version(o.Saved[part].Version)}
	e.Done = part.Name() + "已保存。"
	e.Save = func(f *form.Form) error {
		typed := ofPart(r.PostForm, part)
		if err := p.Governance.SavePart(r.Context(), actor(r), o.Year, part, formpage.VersionOf(f), typed); err != nil {
			return err
		}
		now, err := p.reportOf(r)
		if err != nil {
			return err
		}
		e.To = afterPart(now, part)
		if faults := now.Faults[part]; len(faults) > 0 {
			e.Kept, e.Hidden, e.Aside = true, []ui.Pair{formpage.Version(now.Saved[part].Version)}, tasksAside(now, part)
			e.Above = partAbove(now, part)
			return errs.Fields(faults)
		}
		return nil
	}
	return e, nil
}

// afterPart is the next part that can be changed; papers come after the last.
func afterPart(o governance.ReportView, part governance.ReportPart) string {
	for _, next := range governance.ReportParts[slices.Index(governance.ReportParts, part)+1:] {
		if o.Open(next) {
			return paths.MyReportPart(o.Year, string(next))
		}
	}
	return paths.MyReportPapers(o.Year)
}

// ofPart keeps the controls of the part: a forged field goes nowhere.
func ofPart(typed url.Values, part governance.ReportPart) url.Values {
	kept := url.Values{}
	for name, list := range typed {
		if name != "version" && (slices.Contains(partFields[part], name) || part == governance.PartGrants && len(name) > 9 && name[:9] == "donation-") {
			kept[name] = list
		}
	}
	return kept
}

func (p *Pages) reviewReport(w http.ResponseWriter, r *http.Request) error {
	o, err := p.reportOf(r)
	if err != nil {
		return err
	}
	if !o.May.Write {
		return httpserver.SeeOther(w, r, paths.MyReport(o.Year))
	}
	v := reviewOf(r, o)
	v.Note, v.NoteTone = "内容填好后，请负责人用自己的账号登录，签署报送。", ui.Info
	if o.May.Sign {
		v.Note, v.Next, v.NextHref = "", "去签署报送", paths.MyReportSubmission(o.Year)
	}
	return httpserver.Render(w, r, http.StatusOK, reportPage(v))
}

func reviewOf(r *http.Request, o governance.ReportView) reportView {
	v := reportView{Page: shell(r, "核对全文", "workspace", ownCrumb(), reportsCrumb(), yearCrumb(o.Year)), Heading: "核对" + yearTitle(o.Year), Review: true,
		Demo: o.Organization.Demo, Parts: reportParts(o), Papers: paperFacts(o, func(file string) string { return paths.MyReportFile(o.Year, file) })}
	v.Missing = missingFacts(o)
	return v
}

// missingFacts are what is left to do, each with the part where it is done.
func missingFacts(o governance.ReportView) (out []ui.Fact) {
	for _, part := range governance.CorrectableParts {
		href := paths.MyReportPart(o.Year, string(part))
		if part == governance.PartPapers {
			href = paths.MyReportPapers(o.Year)
		}
		if _, begun := o.Saved[part]; !begun && part != governance.PartPapers {
			out = append(out, ui.Fact{Label: part.Name(), Value: "还没有填", Change: href, Act: "去填"})
			continue
		}
		for _, f := range o.Faults[part] {
			out = append(out, ui.Fact{Label: part.Name() + "：" + f.Label, Value: f.Message, Change: href, Act: "去填"})
		}
	}
	return out
}

// submissionForm is all of the report with the signature of the head below.
func (p *Pages) submissionForm(r *http.Request) (*formpage.Editor, error) {
	o, err := p.reportOf(r)
	if err != nil {
		return nil, err
	}
	if !o.May.Sign && r.Method == http.MethodGet {
		return nil, errs.New(errs.Conflict, "这份年报现在不能签署。到年度报告的页面看它在哪一步。")
	}
	e := &formpage.Editor{To: paths.MyReport(o.Year), Done: yearTitle(o.Year) + "已签署报送。"}
	e.View = formpage.View{Page: shell(r, "签署报送", "workspace", ownCrumb(), reportsCrumb(), yearCrumb(o.Year)), Heading: "核对并签署" + yearTitle(o.Year),
		Submit: "签署报送", Action: r.URL.Path, Back: paths.MyReport(o.Year), BackLabel: "回到" + yearTitle(o.Year), Above: signAbove(reviewOf(r, o), governance.ReportStatement.Lines)}
	if n := len(missingFacts(o)); n > 0 {
		e.Obstacles = []string{fmt.Sprintf("还差 %d 处没有填好，列在这一页的上面。补齐以后，在这里签署。", n)}
	}
	e.Ask(formpage.TickMany("agreed", "承诺", []ui.Option{{Value: "yes", Label: "我已阅读并承诺"}}),
		formpage.Line("typed_name", "姓名", 14).Hint("填写您的姓名全称，和账号登记的一致"), formpage.Secret("password", "登录密码").Hint("证明是您本人签署"))
	e.Hidden = []ui.Pair{formpage.Token(), formpage.Version(o.Filing.Version)}
	e.Mend = func(field string) string {
		for part, faults := range o.Faults {
			if slices.ContainsFunc(faults, func(f errs.Field) bool { return f.Name == field }) && part != governance.PartPapers {
				return paths.MyReportPart(o.Year, string(part)) + "#" + field
			}
		}
		return paths.MyReportPapers(o.Year)
	}
	e.Save = func(f *form.Form) error {
		return p.Governance.SignReport(r.Context(), actor(r), o.Year, formpage.VersionOf(f), application.Signature{Method: casework.Reauthenticated,
			StatementVersion: governance.ReportStatement.Version, Agreed: f.Raw("agreed") == "yes", TypedName: f.Raw("typed_name"), Password: f.Raw("password")}, f.Raw("token"))
	}
	return e, nil
}
