package organizationpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"
)

func missing() error {
	return errs.New(errs.NotFound, "没有找到这条记录。可能已经撤销，或不在您能查看的范围内。")
}

// reportForm records the conclusion about one year; with ?year= it corrects it.
func (p *Pages) reportForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "年度报告", "查过没有报送的，结论选“未报送”；没有登记的年度按“未查到”处理。", "登记年报结论")
	if err != nil {
		return nil, err
	}
	o := s.Record
	e.Saved = url.Values{"year": {strconv.Itoa(s.Today.Year - 1)}, "unit": {"区民政局"}}
	e.Hidden = []ui.Pair{formpage.Version(0)}
	for _, x := range o.Reports {
		if r.URL.Query().Get("year") == strconv.Itoa(x.Year) {
			e.Saved = url.Values{"year": {strconv.Itoa(x.Year)}, "submitted_on": {x.SubmittedOn.String()}, "conclusion": {string(x.Conclusion)}, "unit": {x.Unit}}
			e.Hidden = []ui.Pair{formpage.Version(x.Version)}
			e.Action = r.URL.RequestURI()
		}
	}
	year := formpage.Line("year", "年度", 4)
	year.InputMode, year.Unit = "numeric", "年度"
	e.Ask(
		year, formpage.OneOf("conclusion", "年报结论", formpage.Named(organization.Conclusions)), formpage.Day("submitted_on", "报送日期").Hint("未报送的不填").Optional(),
		formpage.Line("unit", "作出结论的单位", 14),
	)
	e.Done = "年报结论已登记。"
	e.Save = func(f *form.Form) error {
		in := organization.ReportInput{OrgID: o.ID, Version: formpage.VersionOf(f), Year: f.Int("year", "年度", form.Required, form.Min(1990), form.Max(2100)),
			Conclusion:  organization.Conclusion(f.Choice("conclusion", "年报结论", formpage.Keys(organization.Conclusions), form.Required)),
			SubmittedOn: f.Date("submitted_on", "报送日期", form.Past(s.Today)), Unit: f.Text("unit", "作出结论的单位", form.Max(60))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SaveReport(r.Context(), actor(r), in)
	}
	return e, nil
}

// grantForm records support from before the portal.
func (p *Pages) grantForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "历史资助", "登记本平台启用以前得到的扶持。孵化关爱一个组织只有一次。", "登记这笔资助")
	if err != nil {
		return nil, err
	}
	o := s.Record
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(
		formpage.Pick("programme", "扶持项目", formpage.First("请选择", formpage.Named(organization.Programmes))), formpage.Line("title", "项目名称", 0),
		formpage.Day("awarded_on", "核定日期"), formpage.Amount("amount", "金额"), formpage.Line("document_no", "文号", 14).Optional(),
		formpage.Day("use_report_due_on", "使用报告期限").Hint("没有要求的不填").Optional(), formpage.Day("use_report_filed_on", "使用报告报送日期").Hint("还没报送的不填").Optional(),
	)
	e.Done = "历史资助已登记。"
	e.Save = func(f *form.Form) error {
		in := organization.GrantInput{Token: f.Raw("token"), OrgID: o.ID,
			Programme: organization.Programme(f.Choice("programme", "扶持项目", formpage.Keys(organization.Programmes), form.Required)),
			Title:     f.Text("title", "项目名称", form.Max(100)), AwardedOn: f.Date("awarded_on", "核定日期", form.Required, form.Past(s.Today)),
			Amount: f.Money("amount", "金额", form.Required), DocumentNo: f.Text("document_no", "文号", form.Max(60)),
			UseReportDueOn: f.Date("use_report_due_on", "使用报告期限"), UseReportFiledOn: f.Date("use_report_filed_on", "使用报告报送日期", form.Past(s.Today))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.RecordGrant(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) useReportForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记使用报告", "", "登记报送日期")
	if err != nil {
		return nil, err
	}
	id, err := param(r, "record")
	if err != nil {
		return nil, err
	}
	facts, v := withdrawn(s, "grants", id)
	if facts == nil {
		return nil, missing()
	}
	e.Above = factList(facts)
	e.Hidden = []ui.Pair{formpage.Version(v)}
	e.Ask(formpage.Day("use_report_filed_on", "使用报告报送日期"))
	e.Saved = url.Values{"use_report_filed_on": today(s.Today)}
	e.Done = "使用报告已登记。"
	e.Save = func(f *form.Form) error {
		on := f.Date("use_report_filed_on", "使用报告报送日期", form.Required, form.Past(s.Today))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.FileUseReport(r.Context(), actor(r), s.Record.ID, id, formpage.VersionOf(f), on)
	}
	return e, nil
}

// lookForm records that an office went through its papers: from then on, no row
// means that there is nothing.
func (p *Pages) lookForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记核查", "把查到的记录都登记完，再登记核查。核查以后，没有记录就表示没有；没有核查过，只能算未查到。", "登记核查")
	if err != nil {
		return nil, err
	}
	subjects := []organization.Subject{organization.EarlierGrants, organization.AnnualReports}
	e.Hidden = []ui.Pair{formpage.Token()}
	e.Ask(
		formpage.OneOf("subject", "核查的事项", formpage.Named(subjects)), formpage.Day("checked_on", "核查日期"), formpage.Line("source", "在哪里查的", 0).Hint("如：区财政历年拨款台账"),
	)
	e.Saved = url.Values{"checked_on": today(s.Today), "subject": {r.URL.Query().Get("subject")}}
	e.Done = "核查已登记。"
	e.Save = func(f *form.Form) error {
		in := organization.LookInput{Token: f.Raw("token"), OrgID: s.Record.ID, Subject: organization.Subject(f.Choice("subject", "核查的事项", formpage.Keys(subjects), form.Required)),
			CheckedOn: f.Date("checked_on", "核查日期", form.Required, form.Past(s.Today)), Source: f.Text("source", "在哪里查的")}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.RecordLook(r.Context(), actor(r), in)
	}
	return e, nil
}
