package applying

import (
	"net/http"
	"strconv"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// reviewView is check-Answers with the signature below.
type reviewView struct {
	SectionView
	Parts        []Answers
	Papers       []ui.Fact
	Missing      ui.Errors // what is left to fill in, as links to its part
	Stops        bool      // what is on record stops the submission
	Judged       templ.Component
	Printed      []ui.Fact
	Statement    application.Statement
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
	review, err := p.Applications.Review(r.Context(), Actor(r), Number(r))
	if err != nil {
		return reviewView{}, err
	}
	f := review.Form
	own, err := p.Face(f.Case.Kind)
	if err != nil {
		return reviewView{}, err
	}
	v := reviewView{
		SectionView: sectionOf(f, application.Section{Key: "review", Title: "核对并签署提交"}),
		Statement:   f.Kind.Statement(), Head: Actor(r).Name, Version: f.Case.Version, Token: NewToken(),
		Counter: Actor(r).Role == authz.Community, MaySign: Actor(r).Role != authz.OrgClerk,
		Resubmission: f.Case.State == workflow.Correcting, Method: string(casework.Reauthenticated),
	}
	v.Step = v.Steps
	if v.Counter {
		v.Method, v.Head = string(casework.StampedPrint), f.Subject.Signer()
	}
	v.Missing = linked(f, f.Faults)
	for _, s := range f.Sections {
		v.Parts = append(v.Parts, Answers{Title: s.Title, Facts: withChange(f, s, own.Typed(f, s.Key))})
	}
	v.Papers, v.Stamped = paperFacts(f)
	v.Judged, v.Stops = own.Judged(review), len(review.Judgement.Obstacles()) > 0
	v.Printed, v.Closed = own.Printed(f), f.Subject.Closed()
	v.Ready = len(v.Missing) == 0 && !v.Stops && v.Closed == ""
	return v, nil
}

// linked gives each fault an anchor on the review page: the heading of its part.
func linked(f application.Form, faults []errs.Field) ui.Errors {
	out := make(ui.Errors, len(faults))
	for i, fault := range faults {
		out[i] = fault
		out[i].Name = Anchor(fault.Name)
		for _, s := range f.Sections {
			if s.Has(fault.Name) {
				out[i].Name = "part-" + s.Key
			}
		}
		if strings.HasPrefix(fault.Name, application.FileItem("")) {
			out[i].Name = "part-papers"
		}
	}
	return out
}

func withChange(f application.Form, s application.Section, facts []ui.Fact) []ui.Fact {
	for i := range facts {
		if f.Editable && len(s.Items) > 0 && f.MayEdit(s.Items[min(i, len(s.Items)-1)].Name) {
			facts[i].Change = paths.ApplicationSection(f.Case.No, s.Key)
		}
	}
	return facts
}

func paperFacts(f application.Form) (facts []ui.Fact, stamped bool) {
	for _, s := range f.Slots {
		value := "没有上传"
		for i, a := range s.Files {
			if i == 0 {
				value = a.Describe()
			} else {
				value += "；" + a.Describe()
			}
		}
		if s.Key == application.StampSlot {
			stamped = s.Usable() > 0
		}
		if len(s.Files) > 0 || s.Required {
			fact := ui.F(s.Label, value)
			if s.Open {
				fact.Change = paths.ApplicationPapers(f.Case.No) + "#" + Anchor(application.FileItem(s.Key))
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
	no, form := Number(r), r.PostForm
	version, _ := strconv.Atoi(form.Get("version"))
	sig := application.Signature{
		Method: casework.SignMethod(form.Get("method")), StatementVersion: form.Get("statement"),
		Agreed: form.Get("agreed") != "", TypedName: form.Get("typed_name"), Password: form.Get("password"),
	}
	err := p.Applications.Submit(r.Context(), Actor(r), no, version, sig, form.Get("token"))
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
	v, err := p.Applications.View(r.Context(), Actor(r), Number(r))
	if err != nil {
		return err
	}
	if len(v.Submissions) == 0 {
		return errs.New(errs.NotFound, "这件还没有提交，没有回执。")
	}
	own, err := p.Face(v.Case.Kind)
	if err != nil {
		return err
	}
	last := v.Submissions[len(v.Submissions)-1]
	method := "登录密码和姓名签署"
	if last.Method == casework.StampedPrint {
		method = "签字盖章的纸质申请表"
	}
	receipt := receiptView{
		No: v.Case.No, Kind: v.Kind.Workflow().Name, Organization: v.Case.Title, At: fullClock(last.At),
		Signer: last.SignerName, Digest: last.Digest, Method: method, Next: waitingText(v.Case, own),
	}
	if v.Case.Amount != nil {
		receipt.Amount = v.Case.Amount.String() + " 元"
	}
	return httpserver.Render(w, r, http.StatusOK, receiptPage(receipt))
}

// waitingText says who has the case and until when.
func waitingText(c casework.Case, own Face) string {
	by := ""
	if !c.DueOn.IsZero() {
		by = c.DueOn.Chinese() + "前"
		if c.DueProvisional {
			by += "（暂定，节假日安排还没公布）"
		}
	}
	if text := own.Waiting(c, by); text != "" {
		return text
	}
	office := "民政局"
	if c.Waits == authz.Subdistrict {
		office = "街道"
	}
	switch {
	case by == "":
		return "现在是“" + c.Place().Name() + "”。"
	case c.State == workflow.Opining && c.Waits == authz.Community:
		return "社区" + by + "给出意见，之后转街道、民政局。"
	case c.State == workflow.Opining:
		return office + by + "给出意见，之后转民政局。"
	case c.State == workflow.Accepting:
		return office + by + "决定是否受理。"
	case c.State == workflow.Correcting:
		return "等您补正，" + by + "提交。逾期视为撤回。"
	case c.State == workflow.Reviewing || c.State == workflow.Signing:
		return office + by + "完成复核和签批。"
	}
	return "现在是“" + c.Place().Name() + "”，" + by + "办理。"
}
