package organizationpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/web/ui"
)

func missing() error {
	return errs.New(errs.NotFound, "没有找到这条记录。可能已经撤销，或不在您能查看的范围内。")
}

// reportForm records the conclusion about one year; with ?year= it corrects it.
func (p *Pages) reportForm(r *http.Request) (*editor, error) {
	e, s, err := p.editing(r, "年度报告", "查过没有报送的，结论选“未报送”；没有登记的年度按“未查到”处理。", "登记年报结论")
	if err != nil {
		return nil, err
	}
	o := s.Record
	e.saved = url.Values{"year": {strconv.Itoa(s.Today.Year - 1)}, "unit": {"区民政局"}}
	e.view.Hidden = []ui.Pair{version(0)}
	for _, x := range o.Reports {
		if r.URL.Query().Get("year") == strconv.Itoa(x.Year) {
			e.saved = url.Values{"year": {strconv.Itoa(x.Year)}, "submitted_on": {x.SubmittedOn.String()}, "conclusion": {string(x.Conclusion)}, "unit": {x.Unit}}
			e.view.Hidden = []ui.Pair{version(x.Version)}
			e.view.Action = r.URL.RequestURI()
		}
	}
	year := line("year", "年度", 4)
	year.InputMode, year.Unit = "numeric", "年度"
	e.view.Groups = []group{{Controls: []control{
		year, oneOf("conclusion", "年报结论", named(organization.Conclusions)), day("submitted_on", "报送日期").hint("未报送的不填").optional(),
		line("unit", "作出结论的单位", 14),
	}}}
	e.done = "年报结论已登记。"
	e.save = func(f *form.Form) error {
		in := organization.ReportInput{OrgID: o.ID, Version: versionOf(f), Year: f.Int("year", "年度", form.Required, form.Min(1990), form.Max(2100)),
			Conclusion:  organization.Conclusion(f.Choice("conclusion", "年报结论", keys(organization.Conclusions), form.Required)),
			SubmittedOn: f.Date("submitted_on", "报送日期", form.Past(s.Today)), Unit: f.Text("unit", "作出结论的单位", form.Max(60))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SaveReport(r.Context(), actor(r), in)
	}
	return e, nil
}

// grantForm records support from before the portal.
func (p *Pages) grantForm(r *http.Request) (*editor, error) {
	e, s, err := p.editing(r, "历史资助", "登记本平台启用以前得到的扶持。孵化关爱一个组织只有一次。", "登记这笔资助")
	if err != nil {
		return nil, err
	}
	o := s.Record
	e.view.Hidden = []ui.Pair{token()}
	e.view.Groups = []group{{Controls: []control{
		pick("programme", "扶持项目", first("请选择", named(organization.Programmes))), line("title", "项目名称", 0),
		day("awarded_on", "核定日期"), {kind: amount, Field: ui.Field{Name: "amount", Label: "金额"}}, line("document_no", "文号", 14).optional(),
		day("use_report_due_on", "使用报告期限").hint("没有要求的不填").optional(), day("use_report_filed_on", "使用报告报送日期").hint("还没报送的不填").optional(),
	}}}
	e.done = "历史资助已登记。"
	e.save = func(f *form.Form) error {
		in := organization.GrantInput{Token: f.Raw("token"), OrgID: o.ID,
			Programme: organization.Programme(f.Choice("programme", "扶持项目", keys(organization.Programmes), form.Required)),
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

func (p *Pages) useReportForm(r *http.Request) (*editor, error) {
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
	e.view.Above = factList(facts)
	e.view.Hidden = []ui.Pair{version(v)}
	e.view.Groups = []group{{Controls: []control{day("use_report_filed_on", "使用报告报送日期")}}}
	e.saved = url.Values{"use_report_filed_on": today(s.Today)}
	e.done = "使用报告已登记。"
	e.save = func(f *form.Form) error {
		on := f.Date("use_report_filed_on", "使用报告报送日期", form.Required, form.Past(s.Today))
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.FileUseReport(r.Context(), actor(r), s.Record.ID, id, versionOf(f), on)
	}
	return e, nil
}

// lookForm records that an office went through its papers: from then on, no row
// means that there is nothing.
func (p *Pages) lookForm(r *http.Request) (*editor, error) {
	e, s, err := p.editing(r, "登记核查", "把查到的记录都登记完，再登记核查。核查以后，没有记录就表示没有；没有核查过，只能算未查到。", "登记核查")
	if err != nil {
		return nil, err
	}
	subjects := []organization.Subject{organization.EarlierGrants, organization.AnnualReports}
	e.view.Hidden = []ui.Pair{token()}
	e.view.Groups = []group{{Controls: []control{
		oneOf("subject", "核查的事项", named(subjects)), day("checked_on", "核查日期"), line("source", "在哪里查的", 0).hint("如：区财政历年拨款台账"),
	}}}
	e.saved = url.Values{"checked_on": today(s.Today), "subject": {r.URL.Query().Get("subject")}}
	e.done = "核查已登记。"
	e.save = func(f *form.Form) error {
		in := organization.LookInput{Token: f.Raw("token"), OrgID: s.Record.ID, Subject: organization.Subject(f.Choice("subject", "核查的事项", keys(subjects), form.Required)),
			CheckedOn: f.Date("checked_on", "核查日期", form.Required, form.Past(s.Today)), Source: f.Text("source", "在哪里查的")}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.RecordLook(r.Context(), actor(r), in)
	}
	return e, nil
}
