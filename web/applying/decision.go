package applying

import (
	"net/http"
	"slices"
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
)

// decisionView is the box in which a clerk decides, or an office gives its opinion.
type decisionView struct {
	Choice  string // accept, return, refuse
	Stance  string
	Text    string
	Items   []flawField // everything a correction can name
	Round   int
	Grounds []ui.Option
	Ground  string
	Facts   string
	Accept  string // what accepting leads to
	Others  string // who goes on
	Errors  ui.Errors
}

// flawField is one line of the list of corrections: a tick and a reason.
type flawField struct {
	Name, Label, Reason, Error string
	Picked                     bool
}

func decisionOf(in application.View) decisionView {
	d := decisionView{Round: in.Case.CorrectionRounds + 1, Accept: "受理，送复核", Others: "复核和签批由另外两人办理。"}
	if in.Case.Waits == authz.Subdistrict {
		d.Accept, d.Others = "受理，送决定", "决定由另一人作出。"
	}
	for _, item := range application.Correctable(in.Kind, in.Papers) {
		d.Items = append(d.Items, flawField{Name: item.Name, Label: item.Label})
	}
	for _, ground := range in.Kind.Grounds() {
		d.Grounds = append(d.Grounds, ui.Option{Value: ground.Key, Label: ground.Text, Hint: ground.Article})
	}
	return d
}

// typed puts what the clerk typed back into the box.
func (d decisionView) typed(t Typed) decisionView {
	f, faults := t.Values, t.Faults
	d.Choice, d.Stance, d.Text, d.Ground, d.Facts, d.Errors = f.Get("choice"), f.Get("stance"), f.Get("text"), f.Get("ground"), f.Get("facts"), faults
	for i, item := range d.Items {
		d.Items[i].Picked, d.Items[i].Reason = slices.Contains(f["flaw"], item.Name), f.Get("reason-"+item.Name)
		d.Items[i].Error = faults.For("reason-" + item.Name)
	}
	return d
}

// createOpinion shows the opinion once more before it is given: it cannot be
// taken back.
func (p *Pages) createOpinion(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	f, no := r.PostForm, Number(r)
	if f.Get("back") != "" {
		return p.Again(w, r)
	}
	stance, version := casework.Stance(f.Get("stance")), VersionOf(r)
	if f.Get("confirm") == "" {
		if err := casework.CheckOpinion(stance, f.Get("text")); err != nil {
			return p.Refused(w, r, err)
		}
		facts := []ui.Fact{ui.F("编号", no), ui.F("意见", stance.Name())}
		if text := strings.TrimSpace(f.Get("text")); text != "" {
			facts = append(facts, ui.F("说明", text))
		}
		return p.Confirm(w, r, ui.Review{
			Title: "确认提出意见", Effect: "提出后不能更改，申请转到下一个单位。意见供民政局参考，申请人也会看到。", Facts: facts,
			Action: paths.ApplicationAct(no, "opinion"), Submit: "确认：" + stance.Name(),
		})
	}
	err := p.Applications.Opine(r.Context(), Actor(r), no, version, stance, f.Get("text"), f.Get("token"))
	if err != nil {
		return p.Refused(w, r, err)
	}
	p.Flash(r.Context(), "意见已提出："+stance.Name()+"。申请已转到下一步。")
	return httpserver.SeeOther(w, r, paths.Application(no))
}

// createDecision takes in, returns or refuses an application; each is shown once
// more before it is done.
func (p *Pages) createDecision(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	if r.PostForm.Get("back") != "" {
		return p.Again(w, r)
	}
	if r.PostForm.Get("confirm") == "" {
		return p.confirmDecision(w, r)
	}
	f, no, version, token := r.PostForm, Number(r), VersionOf(r), r.PostForm.Get("token")
	var err error
	var done string
	switch f.Get("choice") {
	case "accept":
		done, err = "已受理，受理通知书已生成。", p.Applications.Accept(r.Context(), Actor(r), no, version, token)
	case "return":
		done, err = "已退回补正，补正通知书已生成。", p.Applications.Return(r.Context(), Actor(r), no, version, flawsOf(r), token)
	case "refuse":
		done, err = "不予受理决定书已生成。", p.Applications.Refuse(r.Context(), Actor(r), no, version, f.Get("ground"), f.Get("facts"), token)
	default:
		err = errs.FieldError("choice", "您的决定", "选一项：受理、退回补正或不予受理")
	}
	if err != nil {
		return p.Refused(w, r, err)
	}
	p.Flash(r.Context(), done)
	return httpserver.SeeOther(w, r, paths.Application(no))
}

func (p *Pages) confirmDecision(w http.ResponseWriter, r *http.Request) error {
	f, no := r.PostForm, Number(r)
	v := ui.Review{Action: paths.ApplicationAct(no, "decision"), Facts: []ui.Fact{ui.F("编号", no)}}
	switch f.Get("choice") {
	case "accept":
		v.Title, v.Submit = "确认受理", "确认受理"
		v.Effect = "系统会按现在的数据再核一遍。受理后由另一位同事接着办，并生成受理通知书。"
	case "return":
		flaws := flawsOf(r)
		if err := casework.CheckFlaws(flaws); err != nil {
			return p.Refused(w, r, err)
		}
		v.Title, v.Submit, v.Effect = "确认退回补正", "确认退回补正", "只开放下面这些内容给申请人修改，办理期限暂停。要补的请一次列全。"
		labels, err := p.labels(r)
		if err != nil {
			return err
		}
		for _, flaw := range flaws {
			v.Facts = append(v.Facts, ui.F(labels[flaw.Field], flaw.Reason))
		}
	case "refuse":
		in, err := p.Applications.View(r.Context(), Actor(r), no)
		if err != nil {
			return err
		}
		if err := application.CheckRefusal(in.Kind.Grounds(), f.Get("ground"), f.Get("facts")); err != nil {
			return p.Refused(w, r, err)
		}
		v.Title, v.Submit, v.Harm = "确认不予受理", "确认不予受理", true
		v.Effect = "这件就此结束，不能恢复。系统生成不予受理决定书，写明理由、依据和救济途径。"
		v.Facts = append(v.Facts, ui.F("理由", groundText(in.Kind, f.Get("ground"))), ui.F("查明的情况", strings.TrimSpace(f.Get("facts"))))
	default:
		return p.Refused(w, r, errs.FieldError("choice", "您的决定", "选一项：受理、退回补正或不予受理"))
	}
	return p.Confirm(w, r, v)
}

func groundText(k application.Kind, key string) string {
	g, _ := application.GroundOf(k.Grounds(), key)
	return g.Text
}

// labels names the items that a correction of this case can name.
func (p *Pages) labels(r *http.Request) (map[string]string, error) {
	in, err := p.Applications.View(r.Context(), Actor(r), Number(r))
	if err != nil {
		return nil, err
	}
	labels := map[string]string{}
	for _, item := range application.Correctable(in.Kind, in.Papers) {
		labels[item.Name] = item.Label
	}
	return labels, nil
}

// Confirm renders the confirmation page of an act; every value of the form is
// carried along.
func (p *Pages) Confirm(w http.ResponseWriter, r *http.Request, v ui.Review) error {
	no := Number(r)
	v.Token, v.Back = r.PostForm.Get("token"), paths.Application(no)
	v.Return = v.Action != paths.ApplicationAct(no, "withdrawal")
	for name, values := range r.PostForm {
		if name != "token" && name != "confirm" && name != "back" {
			for _, value := range values {
				v.Carry = append(v.Carry, ui.Pair{Name: name, Value: value})
			}
		}
	}
	v.Carry = append(v.Carry, ui.Pair{Name: "confirm", Value: "1"})
	return httpserver.Render(w, r, http.StatusOK, confirmPage(no, v))
}

// Again leads back from the confirmation with everything that was typed.
func (p *Pages) Again(w http.ResponseWriter, r *http.Request) error {
	in, err := p.Applications.View(r.Context(), Actor(r), Number(r))
	if err != nil {
		return err
	}
	v, err := p.caseOf(r, in, &Typed{Values: r.PostForm})
	if err != nil {
		return err
	}
	return renderCase(w, r, http.StatusOK, v)
}

// Refused shows the case again with the reasons in the box and
// everything that was typed; a moved or stale case keeps the text as well.
func (p *Pages) Refused(w http.ResponseWriter, r *http.Request, cause error) error {
	kind := errs.KindOf(cause)
	if kind != errs.Invalid && kind != errs.Conflict {
		return cause
	}
	in, err := p.Applications.View(r.Context(), Actor(r), Number(r))
	if err != nil {
		return err
	}
	faults := ui.Errors(errs.FieldsOf(cause))
	if len(faults) == 0 {
		faults = ui.Errors{{Name: "choice", Label: "没有办成", Message: errs.Message(cause)}}
	}
	v, err := p.caseOf(r, in, &Typed{Values: r.PostForm, Faults: Anchored(faults)})
	if err != nil {
		return err
	}
	if !v.MayDecide && !v.MayOpine && v.Extra.Box == nil {
		v.Lost = lost(r, in)
		v.Decision.Errors = ui.Errors{{Name: "lost", Label: "没有办成", Message: errs.Message(cause)}}
	}
	return renderCase(w, r, httpserver.Status(cause), v)
}

// lost lists what was typed into a box that is no longer there, so that nobody
// has to write it again from memory.
func lost(r *http.Request, in application.View) []ui.Fact {
	f := r.PostForm
	var facts []ui.Fact
	add := func(label, value string) {
		if value = strings.TrimSpace(value); value != "" {
			facts = append(facts, ui.F(label, value))
		}
	}
	add("决定", choiceWords[f.Get("choice")])
	for _, item := range application.Correctable(in.Kind, in.Papers) {
		add(item.Label, f.Get("reason-"+item.Name))
	}
	add("理由", groundText(in.Kind, f.Get("ground")))
	add("查明的情况", f.Get("facts"))
	add("拟核定金额", f.Get("amount"))
	add("理由", f.Get("reason"))
	add("意见", casework.Stance(f.Get("stance")).Name())
	add("说明", f.Get("text"))
	return facts
}

// choiceWords are the decisions of all boxes, for what could not be sent.
var choiceWords = map[string]string{
	"accept": "受理", "return": "退回补正", "refuse": "不予支持或不予受理", "support": "拟予支持", "back": "退回", "agree": "同意", "disagree": "不同意",
	"sign": "签批同意", "decline": "签批不予支持",
}

func flawsOf(r *http.Request) []casework.Flaw {
	var flaws []casework.Flaw
	for _, field := range r.PostForm["flaw"] { // in the order of the form
		flaws = append(flaws, casework.Flaw{Field: field, Reason: strings.TrimSpace(r.PostForm.Get("reason-" + field))})
	}
	return flaws
}

func VersionOf(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil || n < 1 {
		return -1 // never current: a form without its version is stale
	}
	return n
}

// createWithdrawal takes an application back, after showing what that means.
func (p *Pages) createWithdrawal(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	f, no := r.PostForm, Number(r)
	if f.Get("confirm") == "" {
		if a := Actor(r); !a.Can(authz.ApplicationDraft) && !a.Can(authz.ApplicationCounter) && !a.Can(authz.ApplicationOffice) {
			return a.Require(authz.ApplicationDraft)
		}
		form, err := p.Applications.Form(r.Context(), Actor(r), no)
		if err != nil {
			return err
		}
		v := ui.Review{
			Title: "确认撤回申请", Submit: "确认撤回", Leave: "不撤回，返回", Harm: true, Action: paths.ApplicationAct(no, "withdrawal"),
			Effect: "撤回后这件就此结束，不能恢复。以后可以另外提出申请。",
			Facts:  []ui.Fact{ui.F("编号", no), ui.F("申请人", form.Case.Title), ui.F("现在", form.Case.State.Name())},
		}
		if reason := strings.TrimSpace(f.Get("reason")); reason != "" {
			v.Facts = append(v.Facts, ui.F("撤回原因", reason))
		}
		if form.Case.State == workflow.Draft {
			v.Title, v.Submit, v.Leave = "确认撤销草稿", "确认撤销草稿", "不撤销，返回"
			v.Effect = "草稿和已上传的附件不再保留，不能恢复。以后可以重新填写。"
		}
		return p.Confirm(w, r, v)
	}
	if err := p.Applications.Withdraw(r.Context(), Actor(r), no, VersionOf(r), f.Get("reason"), f.Get("token")); err != nil {
		return err
	}
	p.Flash(r.Context(), no+" 已撤回。")
	return httpserver.SeeOther(w, r, paths.Workspace)
}
