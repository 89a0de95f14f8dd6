package fundingpages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/receipt"
	"civilaffairs/web/applying"
	"civilaffairs/web/download"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// reportView is the use report: its form while the organization writes it, what
// was typed otherwise.
type reportView struct {
	No, Kind, Organization, State string
	Tone                          ui.Tone
	Facts                         []ui.Fact
	Rows                          []receiptRow
	Summary                       string
	Nothing                       bool
	Uploads                       []ui.Upload
	Errors                        ui.Errors
	Saved                         bool
	Version, CaseVersion          string
	SavedLine                     string
	Conflict                      []ui.Version
	ConflictBy                    string
	Kinds, Categories             []ui.Option
	Token                         string

	// On the page that asks for the signature.
	Receipts  ui.Table
	Papers    []ui.Fact
	Missing   ui.Errors
	MaySign   bool
	TypedName string
	Agreed    bool
}

func (p *Pages) registerReport(session *httpserver.Router) {
	at := paths.Applications + "/{no}/use-report"
	session.Get(at, authz.CaseView, p.editReport)
	session.Post(at, authz.UseReportWrite, p.updateReport)
	session.Get(at+"/review", authz.CaseView, p.showReportReview)
	session.Post(at+"/submission", authz.UseReportSubmit, p.createReportSubmission)
	session.Post(at+"/decision", authz.UseReportCheck, p.createReportDecision)
	session.Post(at+"/papers/{slot}", authz.UseReportWrite, p.createReportPaper)
	session.Post(at+"/papers/{slot}/{id}/removal", authz.UseReportWrite, p.createReportPaperRemoval)
	session.Get(at+"/files/{id}", authz.CaseView, p.showReportFile)
}

func (p *Pages) editReport(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Funding.ReportForm(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	if !f.Editable {
		return httpserver.Render(w, r, http.StatusOK, reportReviewPage(reportReview(r, f)))
	}
	return httpserver.Render(w, r, http.StatusOK, reportPage(reportOf(f, f.Values, nil)))
}

func reportOf(f funding.ReportForm, typed url.Values, faults ui.Errors) reportView {
	v := reportView{
		No: f.Case.No, Kind: "使用报告", Organization: f.Case.Title, State: f.Case.Place().Name(), Tone: applying.StateTone(f.Case.State),
		Facts: reportFacts(f), Rows: reportRows(typed, faults), Summary: typed.Get("summary"), Nothing: typed.Get("nothing_spent") != "",
		Errors: applying.Anchored(faults), Version: itoa(f.Version), CaseVersion: itoa(f.Case.Version), Token: applying.NewToken(),
	}
	v.Kinds = receiptKinds()
	for _, c := range receipt.Categories {
		v.Categories = append(v.Categories, ui.Option{Value: string(c), Label: c.Name()})
	}
	if f.SavedBy != "" {
		v.SavedLine = "上次保存：" + clock(f.SavedAt) + " " + f.SavedBy
	}
	to := reportLinks(f.Case.No)
	for _, s := range f.Files {
		v.Uploads = append(v.Uploads, applying.SlotRows(to, s, faults.For(application.FileItem(s.Key)))...)
	}
	return v
}

// reportFacts are the figures that the report has to account for.
func reportFacts(f funding.ReportForm) []ui.Fact {
	facts := []ui.Fact{
		{Label: "项目", Value: f.Award.OrganizationName + "　" + f.Award.Title, Demo: true}, ui.F("拨付金额", f.Paid.String()+" 元"),
		ui.F("已登记使用", f.Report.Spent.String()+" 元"), ui.F("结余", f.Report.Unspent.String()+" 元，退回专项资金账户"),
	}
	if f.Report.Unspent < 0 {
		facts[3].Value = "比拨付的多 " + (-f.Report.Unspent).String() + " 元，要改"
	}
	if !f.Case.DueOn.IsZero() {
		facts = append(facts, ui.F("期限", f.Case.DueOn.Chinese()))
	}
	return facts
}

func reportRows(typed url.Values, faults ui.Errors) []receiptRow {
	return receiptRows(typed, funding.MaxReceipts, "票面金额里用资助款支付的部分", funding.ReceiptControl, func(name, label string) ui.Field {
		return ui.Field{Name: name, Label: label, Value: typed.Get(name), Error: faults.For(name)}
	})
}

func reportLinks(no string) applying.SlotLinks {
	return applying.SlotLinks{
		Slot:    func(key string) string { return paths.ApplicationReportSlot(no, key) },
		File:    func(id string) string { return paths.ApplicationReportFile(no, id) },
		Removal: func(key, id string) string { return paths.ApplicationReportRemoval(no, key, id) },
	}
}

// updateReport saves what was typed, whatever it is, and then says what is still
// wrong with it.
func (p *Pages) updateReport(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.TooLarge, "内容太长，没有收下。返回上一页删减后再保存；长材料请作为附件上传。", err)
	}
	seen, _ := strconv.Atoi(r.PostForm.Get("version")) // a missing version is as old as can be
	no := number(r)
	err := p.Funding.SaveReport(r.Context(), actor(r), no, seen, r.PostForm)
	if stale, ok := errors.AsType[*application.StaleError](err); ok && !applying.WantsJSON(r) {
		return p.reportConflict(w, r, stale)
	}
	f, readErr := p.Funding.ReportForm(r.Context(), actor(r), no)
	if applying.WantsJSON(r) {
		return applying.Autosaved(w, application.Saved{Version: f.Version, At: f.SavedAt}, errors.Join(err, readErr))
	}
	if err := errors.Join(err, readErr); err != nil {
		return err
	}
	if r.PostForm.Get("go") != "next" {
		p.Flash(r.Context(), "已保存。")
		return httpserver.SeeOther(w, r, paths.ApplicationReport(no))
	}
	if len(f.Faults) > 0 {
		v := reportOf(f, f.Values, f.Faults)
		v.Saved = true
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, reportPage(v))
	}
	return httpserver.SeeOther(w, r, paths.ApplicationReportAct(no, "review"))
}

func (p *Pages) reportConflict(w http.ResponseWriter, r *http.Request, stale *application.StaleError) error {
	f, err := p.Funding.ReportForm(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	v := reportOf(f, stale.Mine, nil)
	theirs := stale.Theirs.Values()
	item := application.Item{Controls: []string{"receipt-*", "summary", "nothing_spent"}}
	for _, name := range applying.Controls(item, stale.Mine, theirs) {
		if mine, other := stale.Mine.Get(name), theirs.Get(name); mine != other {
			v.Conflict = append(v.Conflict, ui.Version{Label: reportLabel(name), Mine: mine, Theirs: other})
		}
	}
	v.ConflictBy = stale.Theirs.ByName + "（" + clock(stale.Theirs.At) + "）"
	return httpserver.Render(w, r, http.StatusConflict, reportPage(v))
}

func reportLabel(control string) string {
	switch control {
	case "summary":
		return "使用效果"
	case "nothing_spent":
		return "没有支出"
	}
	return "票据" + applying.Suffix(control)
}

func (p *Pages) createReportPaper(w http.ResponseWriter, r *http.Request) error {
	no, key := number(r), httpserver.Param(r, "slot")
	c, slot, err := p.Funding.ReportSlot(r.Context(), actor(r), no, key)
	if err != nil {
		return err
	}
	err = p.Applying.Take(w, r, attachment.Owner{Kind: funding.ReportOwner, ID: c.ID}, slot, func(ready *attachment.Prepared) error {
		return p.Funding.AttachToReport(r.Context(), actor(r), no, key, ready)
	})
	if faults := errs.FieldsOf(err); len(faults) > 0 || errs.Is(err, errs.Invalid) || errs.Is(err, errs.TooLarge) {
		f, readErr := p.Funding.ReportForm(r.Context(), actor(r), no)
		if readErr != nil {
			return readErr
		}
		message := errs.Message(err)
		if len(faults) > 0 {
			message = faults[0].Message
		}
		v := reportOf(f, f.Values, ui.Errors{{Name: application.FileItem(key), Label: slot.Label, Message: message}})
		return httpserver.Render(w, r, httpserver.Status(err), reportPage(v))
	}
	if err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.ApplicationReport(no)+"#"+applying.Anchor(application.FileItem(key)))
}

func (p *Pages) createReportPaperRemoval(w http.ResponseWriter, r *http.Request) error {
	no := number(r)
	if err := p.Funding.DetachFromReport(r.Context(), actor(r), no, httpserver.Param(r, "slot"), httpserver.Param(r, "id")); err != nil {
		return err
	}
	p.Flash(r.Context(), "已移除。")
	return httpserver.SeeOther(w, r, paths.ApplicationReport(no))
}

func (p *Pages) showReportFile(w http.ResponseWriter, r *http.Request) error {
	a, content, err := p.Funding.ReportPaper(r.Context(), actor(r), number(r), httpserver.Param(r, "id"))
	if err != nil {
		return err
	}
	return download.View(w, r, a, content)
}

// reportReview is the report as it stands, with the signature below for the head
// who may give it.
func reportReview(r *http.Request, f funding.ReportForm) reportView {
	v := reportOf(f, f.Values, nil)
	v.Receipts, v.Papers = receiptTable(f), nil
	for _, s := range f.Files {
		for _, a := range s.Files {
			v.Papers = append(v.Papers, ui.Fact{Label: s.Label, Body: ui.Link(a.Describe(), paths.ApplicationReportFile(f.Case.No, a.ID.String()))})
		}
	}
	if f.Editable {
		v.Missing, v.MaySign = applying.Anchored(f.Faults), actor(r).Can(authz.UseReportSubmit)
	}
	return v
}

func receiptTable(f funding.ReportForm) ui.Table {
	var rows []ui.Row
	for _, e := range f.Report.Lines {
		rows = append(rows, ui.Cells(ui.Head(e.Item, "", e.Seller), ui.TS(e.Kind.Name(), e.Number), ui.T(e.IssuedOn.String()),
			ui.T(e.Category.Name()), ui.T(e.Total.String()), ui.T(e.Amount.String())))
	}
	return ui.Table{
		Caption: "票据 " + itoa(len(rows)) + " 张", Groups: ui.Rows(rows...), Dense: true,
		Columns: []ui.Column{{Label: "买什么、做什么"}, {Label: "票据"}, {Label: "开票日期"}, {Label: "用途"}, {Label: "票面金额（元）", Number: true}, {Label: "用资助款支付（元）", Number: true}},
		Foot:    []ui.Row{ui.Cells(ui.Cell{Text: "合计", Span: 5, Head: true}, ui.T(f.Report.Spent.String()))},
	}
}

func (p *Pages) showReportReview(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Funding.ReportForm(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, reportReviewPage(reportReview(r, f)))
}

// createReportSubmission signs and hands in the report; the password is never
// sent back.
func (p *Pages) createReportSubmission(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	form, no := r.PostForm, number(r)
	sig := funding.ReportSignature{Agreed: form.Get("agreed") != "", TypedName: form.Get("typed_name"), Password: form.Get("password")}
	err := p.Funding.SubmitReport(r.Context(), actor(r), no, applying.VersionOf(r), sig, form.Get("token"))
	if err == nil {
		p.Flash(r.Context(), "使用报告已提交，等民政局核查。")
		return httpserver.SeeOther(w, r, paths.Application(no))
	}
	faults := errs.FieldsOf(err)
	if len(faults) == 0 && !errs.Is(err, errs.Conflict) {
		return err
	}
	f, readErr := p.Funding.ReportForm(r.Context(), actor(r), no)
	if readErr != nil {
		return readErr
	}
	if len(faults) == 0 {
		faults = []errs.Field{{Name: "agreed", Label: "没有提交", Message: errs.Message(err)}}
	}
	if slices.ContainsFunc(faults, func(f errs.Field) bool { return strings.HasPrefix(f.Name, "receipt-") }) {
		return httpserver.Render(w, r, httpserver.Status(err), reportPage(reportOf(f, f.Values, faults))) // at its row
	}
	v := reportReview(r, f)
	v.Missing, v.Errors, v.TypedName, v.Agreed = nil, applying.Anchored(faults), sig.TypedName, sig.Agreed
	return httpserver.Render(w, r, httpserver.Status(err), reportReviewPage(v))
}

// createReportDecision accepts the report or sends it back, after showing it
// once more.
func (p *Pages) createReportDecision(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	f, no := r.PostForm, number(r)
	if f.Get("back") != "" {
		return p.Applying.Again(w, r)
	}
	choice, reason := f.Get("choice"), f.Get("reason")
	if f.Get("confirm") == "" {
		v, err := reportVerdict(no, choice, reason)
		if err != nil {
			return p.Applying.Refused(w, r, err)
		}
		return p.Applying.Confirm(w, r, v)
	}
	var err error
	done := "使用报告已核查通过。"
	if choice == "accept" {
		err = p.Funding.AcceptReport(r.Context(), actor(r), no, applying.VersionOf(r), f.Get("token"))
	} else {
		done, err = "使用报告已退回修改。", p.Funding.ReturnReport(r.Context(), actor(r), no, applying.VersionOf(r), reason, f.Get("token"))
	}
	if err != nil {
		return p.Applying.Refused(w, r, err)
	}
	p.Flash(r.Context(), done)
	return httpserver.SeeOther(w, r, paths.Application(no))
}

func reportVerdict(no, choice, reason string) (ui.Review, error) {
	v := ui.Review{Action: paths.ApplicationReportAct(no, "decision"), Facts: []ui.Fact{ui.F("编号", no)}}
	switch choice {
	case "accept":
		v.Title, v.Submit = "确认使用报告核查通过", "确认核查通过"
		v.Effect = "没有结余的，这件办结；有结余的，等组织退回、财务确认收到后办结。"
		return v, nil
	case "return":
		v.Title, v.Submit, v.Effect = "确认退回使用报告", "确认退回修改", "组织按理由修改后，由负责人再提交。"
		v.Facts = append(v.Facts, ui.F("理由", reason))
		return v, funding.CheckReason(reason)
	}
	return v, errs.FieldError("choice", "您的决定", "选一项：核查通过或退回修改")
}
