package fundingpages

import (
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// reviewView is check-answers with the signature below.
type reviewView struct {
	sectionView
	Parts        []answers
	Papers       []ui.Fact
	Missing      ui.Errors      // what is left to fill in, as links to its part
	Unmet        []funding.Line // conditions that stop the submission
	Pending      int            // conditions that an office still has to look up
	Statement    funding.Statement
	MaySign      bool // the head, or the counter with a stamped print
	Ready        bool // nothing but the signature is left
	Counter      bool
	Head         string
	Version      int
	Token        string
	Method       string
	TypedName    string
	Agreed       bool
	Stamped      bool // a stamped print is there
	Resubmission bool
	Closed       string
}

func (p *Pages) showReview(w http.ResponseWriter, r *http.Request) error {
	v, err := p.review(r)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, reviewPage(v))
}

func (p *Pages) review(r *http.Request) (reviewView, error) {
	review, err := p.Funding.Review(r.Context(), actor(r), number(r))
	if err != nil {
		return reviewView{}, err
	}
	f := review.Form
	own, err := pageOf(f.Case.Kind)
	if err != nil {
		return reviewView{}, err
	}
	v := reviewView{
		sectionView: sectionOf(f, funding.Section{Key: "review", Title: "核对并签署提交"}),
		Statement:   f.Programme.Statement(), Head: actor(r).Name, Version: f.Case.Version, Token: newToken(),
		Counter: actor(r).Role == authz.Community, MaySign: may(r, authz.ApplicationSubmit) || may(r, authz.ApplicationCounter),
		Resubmission: f.Case.State == workflow.Correcting, Method: string(casework.Reauthenticated),
	}
	v.Step = v.Steps
	if v.Counter {
		v.Method, v.Head = string(casework.StampedPrint), f.Context.Organization.HeadName
	}
	v.Missing = linked(f, f.Faults)
	for _, s := range f.Sections {
		v.Parts = append(v.Parts, answers{Title: s.Title, Facts: withChange(f, s, own.Typed(f, s.Key))})
	}
	v.Papers, v.Stamped = paperFacts(f)
	for _, l := range review.Lines {
		if l.Answer == funding.Unmet || l.Answer == funding.Unknown && l.BlocksUnknown {
			v.Unmet = append(v.Unmet, l)
		} else if l.Answer == funding.Unknown {
			v.Pending++
		}
	}
	if !f.Context.Rules.InForce {
		v.Closed = "今天没有生效的政策文件，暂不受理新的申请。草稿已保存，文件生效后可以提交。"
	}
	v.Ready = len(v.Missing) == 0 && len(v.Unmet) == 0 && v.Closed == ""
	return v, nil
}

// linked gives each fault an anchor on the review page: the heading of its part.
func linked(f funding.Form, faults []errs.Field) ui.Errors {
	out := make(ui.Errors, len(faults))
	for i, fault := range faults {
		out[i] = fault
		out[i].Name = anchor(fault.Name)
		for _, s := range f.Sections {
			if s.Has(fault.Name) {
				out[i].Name = "part-" + s.Key
			}
		}
		if strings.HasPrefix(fault.Name, funding.FileItem("")) {
			out[i].Name = "part-papers"
		}
	}
	return out
}

func withChange(f funding.Form, s funding.Section, facts []ui.Fact) []ui.Fact {
	for i := range facts {
		if f.Editable && len(s.Items) > 0 && f.MayEdit(s.Items[min(i, len(s.Items)-1)].Name) {
			facts[i].Change = paths.ApplicationSection(f.Case.No, s.Key)
		}
	}
	return facts
}

func paperFacts(f funding.Form) (facts []ui.Fact, stamped bool) {
	for _, s := range f.Slots {
		value := "没有上传"
		for i, a := range s.Files {
			if i == 0 {
				value = a.Describe()
			} else {
				value += "；" + a.Describe()
			}
		}
		if s.Key == funding.StampSlot {
			stamped = s.Usable() > 0
		}
		if len(s.Files) > 0 || s.Required {
			fact := ui.F(s.Label, value)
			if s.Open {
				fact.Change = paths.ApplicationPapers(f.Case.No) + "#" + anchor(funding.FileItem(s.Key))
			}
			facts = append(facts, fact)
		}
	}
	return facts, stamped
}

// createSubmission signs and submits. A refusal shows the page again with every
// reason; the password is never sent back.
func (p *Pages) createSubmission(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	no, form := number(r), r.PostForm
	version, _ := strconv.Atoi(form.Get("version"))
	sig := funding.Signature{
		Method: casework.SignMethod(form.Get("method")), StatementVersion: form.Get("statement"),
		Agreed: form.Get("agreed") != "", TypedName: form.Get("typed_name"), Password: form.Get("password"),
	}
	err := p.Funding.Submit(r.Context(), actor(r), no, version, sig, form.Get("token"))
	switch faults := errs.FieldsOf(err); {
	case err == nil:
		return httpserver.SeeOther(w, r, paths.ApplicationReceipt(no))
	case len(faults) > 0:
		v, reviewErr := p.review(r)
		if reviewErr != nil {
			return reviewErr
		}
		v.Missing, v.Ready = nil, true // said by the summary; the form stays, with what was typed
		v.Errors, v.Method, v.TypedName, v.Agreed = linked(v.Form, faults), form.Get("method"), sig.TypedName, sig.Agreed
		return httpserver.Render(w, r, http.StatusUnprocessableEntity, reviewPage(v))
	case errs.Is(err, errs.Conflict):
		// Changed since it was read: it has to be read, and agreed to, again.
		v, reviewErr := p.review(r)
		if reviewErr != nil {
			return err
		}
		v.Errors = ui.Errors{{Name: "part-" + v.Form.Sections[0].Key, Label: "没有提交", Message: errs.Message(err)}}
		v.Method, v.TypedName = form.Get("method"), sig.TypedName
		return httpserver.Render(w, r, http.StatusConflict, reviewPage(v))
	default:
		return err
	}
}

// showPrint is the form on paper: to be signed by the head and stamped.
func (p *Pages) showPrint(w http.ResponseWriter, r *http.Request) error {
	v, err := p.review(r)
	if err != nil {
		return err
	}
	for _, part := range v.Parts {
		withoutChange(part.Facts)
	}
	withoutChange(v.Papers)
	return httpserver.Render(w, r, http.StatusOK, printPage(v))
}

// withoutChange takes the links off what is meant for paper.
func withoutChange(facts []ui.Fact) {
	for i := range facts {
		facts[i].Change = ""
	}
}

// receiptView is what the applicant gets for a submission.
type receiptView struct {
	No, Kind, Organization string
	At, Signer, Digest     string
	Method                 string
	Next                   string
	Amount                 string
}

func (p *Pages) showReceipt(w http.ResponseWriter, r *http.Request) error {
	v, err := p.Funding.View(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	if len(v.Submissions) == 0 {
		return errs.New(errs.NotFound, "这件还没有提交，没有回执。")
	}
	last := v.Submissions[len(v.Submissions)-1]
	method := "负责人登录密码和姓名签署"
	if last.Method == casework.StampedPrint {
		method = "签字盖章的纸质申请表"
	}
	receipt := receiptView{
		No: v.Case.No, Kind: v.Programme.Workflow().Name, Organization: v.Case.Title, At: fullClock(last.At),
		Signer: last.SignerName, Digest: last.Digest, Method: method, Next: waitingText(v.Case),
	}
	if v.Case.Amount != nil {
		receipt.Amount = v.Case.Amount.String() + " 元"
	}
	return httpserver.Render(w, r, http.StatusOK, receiptPage(receipt))
}

// waitingText says who has the case and until when.
func waitingText(c casework.Case) string {
	if c.DueOn.IsZero() {
		return untimedText(c)
	}
	by := c.DueOn.Chinese() + "前"
	if c.DueProvisional {
		by += "（暂定，节假日安排还没公布）"
	}
	switch c.State {
	case workflow.Opining:
		if c.Waits == authz.Community {
			return "社区" + by + "给出意见，之后转街道、民政局。"
		}
		return "街道" + by + "给出意见，之后转民政局。"
	case workflow.Accepting:
		return "民政局" + by + "决定是否受理。"
	case workflow.Correcting:
		return "等您补正，" + by + "提交。逾期视为撤回。"
	case workflow.Reviewing, workflow.Signing:
		return "民政局" + by + "完成复核和签批。"
	case workflow.Consenting:
		return "大额项目，工作领导小组" + by + "表示意见。"
	case workflow.Granted:
		return "公示期满，资助已核定。财务" + by + "拨付。"
	case workflow.Reporting:
		return reportingText(c, by)
	}
	return "现在是“" + c.Place().Name() + "”，" + by + "办理。"
}

// untimedText is waitingText of a place without a deadline of its own.
func untimedText(c casework.Case) string {
	switch c.Place() {
	case funding.ToPublish:
		return "已签批。民政局接着公示，公示期满没有异议，资助才最后核定。"
	case funding.Noticing:
		return "正在公示。公示期满没有异议，资助核定。"
	case funding.Disputed:
		return "公示期间收到异议，民政局正在核实。"
	}
	return "现在是“" + c.Place().Name() + "”。"
}

func reportingText(c casework.Case, by string) string {
	switch c.Place() {
	case funding.Checking:
		return "使用报告已提交，民政局" + by + "核查。"
	case funding.Returning:
		return "使用报告已核查通过，组织" + by + "把结余退回专项资金账户。"
	}
	return "已拨付。组织" + by + "提交使用报告。"
}
