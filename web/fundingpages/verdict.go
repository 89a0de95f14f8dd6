package fundingpages

import (
	"net/http"
	"strings"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/applying"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// verdictView is the box in which a reviewer proposes, the leading group consents
// or a leader signs; one person has one of them.
type verdictView struct {
	Stage   string // one of the stages below, "" for none
	Choice  string
	Choices []ui.Option
	Amount  string
	Ground  string
	Grounds []ui.Option
	Reason  string
	Errors  ui.Errors
}

// The stages of a verdict, each a resource under the application.
const (
	stagePropose   = "proposal"
	stageConsent   = "consent"
	stageSign      = "signature"
	stageTerminate = "termination"
	stageReport    = "use-report" // with pages of its own
)

func verdictOf(in funding.View) verdictView {
	switch {
	case in.May(funding.Endorse):
		v := verdictView{Stage: stagePropose, Choices: []ui.Option{
			{Value: "support", Label: "拟予支持，送签批"}, {Value: "refuse", Label: "拟不予支持，送签批"}, {Value: "back", Label: "退回经办核实"}}}
		if in.Computed != nil {
			v.Amount = in.Computed.Amount.String()
		}
		for _, g := range funding.RefusalGrounds() {
			v.Grounds = append(v.Grounds, ui.Option{Value: g.Key, Label: g.Text, Hint: g.Article})
		}
		return v
	case in.May(funding.Consent):
		return verdictView{Stage: stageConsent, Choices: []ui.Option{{Value: "agree", Label: "同意"}, {Value: "disagree", Label: "不同意，退回复核"}}}
	case in.May(funding.Sign) && in.Proposal != nil:
		v := verdictView{Stage: stageSign, Choices: []ui.Option{{Value: "sign", Label: "同意，核定 " + in.Proposal.Amount.String() + " 元"}, {Value: "back", Label: "退回复核"}}}
		if in.Proposal.Outcome == funding.RefuseOutcome {
			v.Choices[0] = ui.Option{Value: "decline", Label: "不予支持，出具决定书"}
		}
		return v
	case in.May(funding.Close):
		return verdictView{Stage: stageReport}
	case in.May(funding.Terminate):
		return verdictView{Stage: stageTerminate}
	}
	return verdictView{}
}

// typed puts what was typed back into the box.
func (v verdictView) typed(t applying.Typed) verdictView {
	f := t.Values
	v.Choice, v.Ground, v.Reason, v.Errors = f.Get("choice"), f.Get("ground"), f.Get("reason"), t.Faults
	if f.Has("amount") {
		v.Amount = f.Get("amount")
	}
	return v
}

// createVerdict is a step of the decision: shown once more before it is done.
func (p *Pages) createVerdict(stage string) httpserver.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := r.ParseForm(); err != nil {
			return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
		}
		if r.PostForm.Get("back") != "" {
			return p.Applying.Again(w, r)
		}
		if r.PostForm.Get("confirm") == "" {
			return p.confirmVerdict(w, r, stage)
		}
		done, err := p.decide(r, stage)
		if err != nil {
			return p.Applying.Refused(w, r, err)
		}
		p.Flash(r.Context(), done)
		return httpserver.SeeOther(w, r, paths.Application(number(r)))
	}
}

// decide carries a step out and says what was done.
func (p *Pages) decide(r *http.Request, stage string) (string, error) {
	ctx, a, f := r.Context(), actor(r), r.PostForm
	no, version, token, reason := number(r), applying.VersionOf(r), f.Get("token"), f.Get("reason")
	switch stage + " " + f.Get("choice") {
	case stagePropose + " support", stagePropose + " refuse":
		in, err := proposalOf(r)
		if err != nil {
			return "", err
		}
		return "复核意见已送签批。", p.Funding.Propose(ctx, a, no, version, in, token)
	case stagePropose + " back":
		return "已退回经办。", p.Funding.SendBack(ctx, a, no, version, reason, token)
	case stageConsent + " agree":
		return "已表示同意，送签批。", p.Funding.Consent(ctx, a, no, version, true, reason, token)
	case stageConsent + " disagree":
		return "已退回复核。", p.Funding.Consent(ctx, a, no, version, false, reason, token)
	case stageSign + " sign":
		return "已签批，资助款已占用额度。经办人接着拟公示稿。", p.Funding.Sign(ctx, a, no, version, token)
	case stageSign + " decline":
		return "不予支持决定书已生成。", p.Funding.Decline(ctx, a, no, version, token)
	case stageSign + " back":
		return "已退回复核。", p.Funding.Reconsider(ctx, a, no, version, reason, token)
	case stageTerminate + " ":
		return "资助已终止，决定书已生成。", p.Funding.Terminate(ctx, a, no, version, reason, token)
	}
	return "", errs.FieldError("choice", "您的决定", "选一项")
}

func proposalOf(r *http.Request) (funding.ProposalInput, error) {
	f := form.New(r.PostForm)
	in := funding.ProposalInput{Outcome: funding.Outcome(r.PostForm.Get("choice")), Ground: r.PostForm.Get("ground"), Reason: strings.TrimSpace(r.PostForm.Get("reason"))}
	if in.Outcome == funding.SupportOutcome {
		in.Amount = f.Money("amount", "拟核定金额", form.Required)
	}
	return in, errs.Fields(f.Fields())
}

// confirmVerdict repeats a step with its effect and the amount.
func (p *Pages) confirmVerdict(w http.ResponseWriter, r *http.Request, stage string) error {
	in, err := p.Funding.View(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	v, err := reviewOf(r, in, stage)
	if err != nil {
		return p.Applying.Refused(w, r, err)
	}
	return p.Applying.Confirm(w, r, v)
}

func reviewOf(r *http.Request, in funding.View, stage string) (ui.Review, error) {
	f := r.PostForm
	v := ui.Review{Action: paths.ApplicationAct(in.Case.No, stage), Facts: []ui.Fact{ui.F("编号", in.Case.No), ui.F("组织", in.Case.Title)}}
	reason := strings.TrimSpace(f.Get("reason"))
	give := func(title, effect string) {
		v.Title, v.Submit, v.Effect = "确认"+title, "确认"+title, effect
		if reason != "" {
			v.Facts = append(v.Facts, ui.F("理由", reason))
		}
	}
	switch stage + " " + f.Get("choice") {
	case stagePropose + " support", stagePropose + " refuse":
		return proposalReview(r, in, v)
	case stagePropose + " back":
		give("退回经办", "经办人核实后可以退回补正，或再送复核。")
		return v, funding.CheckReason(reason)
	case stageConsent + " agree":
		give("同意", "同意后送局领导签批。")
		return v, nil
	case stageConsent + " disagree":
		give("不同意", "退回复核，由复核重新提出意见。")
		return v, funding.CheckReason(reason)
	case stageSign + " sign", stageSign + " decline":
		return signatureReview(in, v, f.Get("choice") == "decline"), nil
	case stageSign + " back":
		give("退回复核", "由复核重新提出意见。")
		return v, funding.CheckReason(reason)
	case stageTerminate + " ":
		give("终止资助", "这笔资助不再拨付，占用的额度退回。系统生成终止资助决定书，写明理由和救济途径。")
		v.Harm = true
		return v, funding.CheckReason(reason)
	}
	return v, errs.FieldError("choice", "您的决定", "选一项")
}

func proposalReview(r *http.Request, in funding.View, v ui.Review) (ui.Review, error) {
	p, err := proposalOf(r)
	if err != nil {
		return v, err
	}
	if in.Computed == nil { // somebody else was first
		return v, errs.Newf(errs.Conflict, "这件现在是“%s”，不能再提复核意见。", in.Case.Place().Name())
	}
	if err := funding.CheckProposal(p, in.Computed.Amount); err != nil {
		return v, err
	}
	v.Title, v.Submit = "确认复核意见", "确认送签批"
	v.Facts = append(v.Facts, ui.F("复核意见", p.Outcome.Name()))
	if p.Outcome == funding.SupportOutcome {
		v.Effect = "系统会按现在的数据再核一遍资格，之后送局领导签批；大额项目先送领导小组。"
		v.Facts = append(v.Facts, ui.F("拟核定金额", p.Amount.String()+" 元（"+p.Amount.Upper()+"）"))
	} else {
		v.Effect = "送局领导签批。签批后这件就此结束，理由写进决定书。"
		ground, _ := funding.RefusalGround(p.Ground)
		v.Facts = append(v.Facts, ui.F("依据", ground.Text+"，"+ground.Article))
	}
	if p.Reason != "" {
		v.Facts = append(v.Facts, ui.F("理由", p.Reason))
	}
	return v, nil
}

func signatureReview(in funding.View, v ui.Review, decline bool) ui.Review {
	if in.Proposal != nil {
		v.Facts = append(v.Facts, ui.F("复核意见", in.Proposal.Outcome.Name()+"，"+in.Proposal.ActorName))
	}
	if decline {
		v.Title, v.Submit, v.Harm = "确认不予支持", "确认不予支持", true
		v.Effect = "这件就此结束，不能恢复。系统生成不予支持决定书，写明理由、依据和救济途径。"
		if in.Proposal != nil {
			v.Facts = append(v.Facts, ui.F("查明的情况", in.Proposal.Reason))
		}
		return v
	}
	v.Title, v.Submit = "确认签批同意", "确认签批同意"
	v.Effect = "系统会按现在的数据再核一遍资格，并从本年度专项资金占用这笔额度。之后公示，期满没有异议才拨付。"
	if in.Proposal != nil {
		v.Facts = append(v.Facts, ui.F("核定金额", in.Proposal.Amount.String()+" 元（"+in.Proposal.Amount.Upper()+"）"))
	}
	return v
}

// proposalFacts says what the reviewer proposed, for the offices.
func proposalFacts(p *funding.Proposal) []ui.Fact {
	if p == nil {
		return nil
	}
	facts := []ui.Fact{ui.F("意见", p.Outcome.Name()), ui.F("复核人", p.ActorName+"，"+clock(p.At))}
	if p.Outcome == funding.SupportOutcome {
		facts = append(facts, ui.F("拟核定金额", p.Amount.String()+" 元"))
		if p.Amount < p.Computed {
			facts = append(facts, ui.F("核算金额", p.Computed.String()+" 元"))
		}
		if p.Large {
			facts = append(facts, ui.F("大额项目", "要领导小组同意"))
		}
	} else if g, ok := funding.RefusalGround(p.Ground); ok {
		facts = append(facts, ui.F("依据", g.Text+"，"+g.Article))
	}
	if p.Reason != "" {
		facts = append(facts, ui.F("理由", p.Reason))
	}
	return facts
}

// computation explains the amount line by line: the one put forward, or what the
// rules give now.
// sourceWords is where a step of the amount comes from, in a line.
func sourceWords(s funding.Source) string {
	words := s.Document
	if s.Article != "" {
		words += " " + s.Article
	}
	if s.Pending {
		words += "（待确认）"
	}
	return words
}

func computation(in funding.View) []funding.Step {
	switch {
	case in.Computed != nil:
		return in.Computed.Lines
	case in.Proposal != nil:
		return in.Proposal.Computation.Lines
	}
	return nil
}
