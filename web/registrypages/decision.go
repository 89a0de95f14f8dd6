package registrypages

import (
	"net/http"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// The stages of a decision, each a resource under the case.
const (
	stagePropose = "registry-proposal"
	stageDecide  = "registry-decision"
	stageAnswer  = "statement"
)

// The choices of the boxes.
const (
	choiceGrant = "grant"
	choiceDeny  = "deny"
	choiceBack  = "back"
)

// verdictView is the box in which a reviewer proposes, the registrar decides, or
// the organization is heard; one person has one of them.
type verdictView struct {
	Stage                        string // "" for none
	Heading, Hint                string
	Choice                       string
	Choices                      []ui.Option
	Ground                       string
	Grounds                      []ui.Option // when this box may deny with a ground of its own
	NeedsCode                    bool
	Code, CodeReason             string
	Reason, ReasonHint, ReasonIs string
	Errors                       ui.Errors
}

func verb(f registry.Family) string {
	if f == registry.Revocation {
		return "撤销"
	}
	return "准予"
}

func grounds(f registry.Family) []ui.Option {
	var options []ui.Option
	for _, g := range registry.DenialGrounds(f) {
		options = append(options, ui.Option{Value: g.Key, Label: g.Text, Hint: g.Article})
	}
	return options
}

func verdictOf(f face, in application.View, own registry.View) verdictView {
	act := verb(f.family)
	switch {
	case in.May(registry.Endorse):
		v := verdictView{Stage: stagePropose, Heading: "您的意见（复核）", Hint: "签批由另一人办理。", Grounds: grounds(f.family), NeedsCode: own.NeedsCode,
			Choices: []ui.Option{{Value: choiceGrant, Label: "拟" + act + "，送签批"}, {Value: choiceDeny, Label: "拟不予" + act + "，送签批"}}}
		if in.May(registry.SendBack) {
			v.Choices = append(v.Choices, ui.Option{Value: choiceBack, Label: "退回经办核实"})
		}
		v.ReasonIs, v.ReasonHint = "理由", "不予"+act+"或退回时必填，10 至 1,000 字"
		return v
	case in.May(registry.Sign):
		v := verdictView{Stage: stageDecide, Heading: "您的决定（签批）", Hint: "决定以后立即生效，不能撤回。", ReasonIs: "理由"}
		grant := ui.Option{Value: choiceGrant, Label: "同意，" + act}
		deny := ui.Option{Value: choiceDeny, Label: "不予" + act + "，出具决定书"}
		switch {
		case f.street:
			v.Choices, v.Grounds, v.ReasonHint = []ui.Option{grant, deny}, grounds(f.family), "不予"+act+"或退回时必填，10 至 1,000 字"
		case own.Proposal != nil && own.Proposal.Outcome == registry.Deny:
			v.Choices, v.ReasonHint = []ui.Option{deny}, "退回复核必填，10 至 1,000 字"
		default:
			v.Choices, v.ReasonHint = []ui.Option{grant}, "退回复核必填，10 至 1,000 字"
		}
		if in.May(registry.Reconsider) {
			back := "退回复核"
			if f.street {
				back = "退回经办"
			}
			v.Choices = append(v.Choices, ui.Option{Value: choiceBack, Label: back})
		}
		return v
	case in.May(registry.Answer):
		return verdictView{Stage: stageAnswer, Heading: "陈述申辩", ReasonIs: "陈述申辩", ReasonHint: "写明事实和理由，5 至 2,000 字。只能提出一次；没有意见的可以不提"}
	}
	return verdictView{}
}

// typed puts what was typed back into the box.
func (v verdictView) typed(t applying.Typed) verdictView {
	f := t.Values
	v.Choice, v.Ground, v.Reason, v.Errors = f.Get("choice"), f.Get("ground"), f.Get("reason"), t.Faults
	v.Code, v.CodeReason = f.Get("code"), f.Get("code_reason")
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
			v, err := p.reviewOf(r, stage)
			if err != nil {
				return p.Applying.Refused(w, r, err)
			}
			return p.Applying.Confirm(w, r, v)
		}
		done, err := p.decide(r, stage)
		if err != nil {
			return p.Applying.Refused(w, r, renamed(err))
		}
		p.Flash(r.Context(), done)
		return httpserver.SeeOther(w, r, paths.Application(number(r)))
	}
}

// renamed gives the faults of the service the names of the controls.
func renamed(err error) error {
	fields := errs.FieldsOf(err)
	if len(fields) == 0 {
		return err
	}
	out := make([]errs.Field, len(fields))
	for i, f := range fields {
		out[i] = f
		switch f.Name {
		case "outcome":
			out[i].Name = "choice"
		case "text":
			out[i].Name = "reason"
		}
	}
	return errs.Fields(out)
}

// decide carries a step out and says what was done.
func (p *Pages) decide(r *http.Request, stage string) (string, error) {
	ctx, a, f := r.Context(), actor(r), r.PostForm
	no, version, token, reason := number(r), applying.VersionOf(r), f.Get("token"), f.Get("reason")
	switch stage + " " + f.Get("choice") {
	case stagePropose + " " + choiceGrant, stagePropose + " " + choiceDeny:
		return "复核意见已送签批。", p.Registry.Propose(ctx, a, no, version, proposalOf(r), token)
	case stagePropose + " " + choiceBack:
		return "已退回经办。", p.Registry.SendBack(ctx, a, no, version, reason, token)
	case stageDecide + " " + choiceGrant:
		return "已作出决定，决定书和证书已生成。", p.Registry.Approve(ctx, a, no, version, token)
	case stageDecide + " " + choiceDeny:
		return "已作出决定，决定书已生成。", p.Registry.Refuse(ctx, a, no, version, registry.Refusal{Ground: f.Get("ground"), Reason: reason}, token)
	case stageDecide + " " + choiceBack:
		return "已退回。", p.Registry.Reconsider(ctx, a, no, version, reason, token)
	case stageAnswer + " ":
		return "陈述申辩已提交。", p.Registry.Answer(ctx, a, no, version, reason, token)
	}
	return "", errs.FieldError("choice", "您的决定", "选一项")
}

func proposalOf(r *http.Request) registry.Proposal {
	f := r.PostForm
	p := registry.Proposal{Outcome: registry.Grant, Ground: f.Get("ground"), Reason: strings.TrimSpace(f.Get("reason")), Code: f.Get("code"), CodeReason: f.Get("code_reason")}
	if f.Get("choice") == choiceDeny {
		p.Outcome = registry.Deny
	}
	return p
}

// reviewOf repeats a step with its effect before it is done.
func (p *Pages) reviewOf(r *http.Request, stage string) (ui.Review, error) {
	in, err := p.Applying.Applications.View(r.Context(), actor(r), number(r))
	if err != nil {
		return ui.Review{}, err
	}
	own, ok := in.Behind.(registry.View)
	if !ok {
		return ui.Review{}, errs.New(errs.NotFound, "没有找到这件。可能编号有误，或不属于登记备案事项。")
	}
	f, reason := r.PostForm, strings.TrimSpace(r.PostForm.Get("reason"))
	v := ui.Review{Action: paths.ApplicationAct(in.Case.No, stage), Facts: []ui.Fact{ui.F("编号", in.Case.No), ui.F("申请人", in.Case.Title)}}
	act := verb(own.Family)
	with := func(title, effect string) {
		v.Title, v.Submit, v.Effect = "确认"+title, "确认"+title, effect
		if reason != "" {
			v.Facts = append(v.Facts, ui.F("理由", reason))
		}
	}
	switch stage + " " + f.Get("choice") {
	case stagePropose + " " + choiceGrant, stagePropose + " " + choiceDeny:
		proposal := proposalOf(r)
		if err := registry.CheckProposal(own.Family, &proposal, own.NeedsCode); err != nil {
			return v, renamed(err)
		}
		v.Facts = append(v.Facts, proposalFacts(own.Family, &registry.Proposal{Outcome: proposal.Outcome, Ground: proposal.Ground, Code: proposal.Code})[:1]...)
		if proposal.Code != "" {
			v.Facts = append(v.Facts, ui.F("统一社会信用代码", proposal.Code))
		}
		with("复核意见", "送局领导签批，由另一人决定。")
	case stagePropose + " " + choiceBack, stageDecide + " " + choiceBack:
		with("退回", "由接手的同事按理由重新办理。")
	case stageDecide + " " + choiceGrant:
		with(act, effectOf(own.Family))
	case stageDecide + " " + choiceDeny:
		with("不予"+act, "这件就此结束，不能恢复。系统生成决定书，写明理由、依据和救济途径。")
		v.Harm = true
		if own.Street {
			refusal := registry.Proposal{Outcome: registry.Deny, Ground: f.Get("ground"), Reason: reason}
			return v, renamed(registry.CheckProposal(own.Family, &refusal, false))
		}
	case stageAnswer + " ":
		with("提交陈述申辩", "只能提出一次，提交后不能更改。")
	default:
		return v, errs.FieldError("choice", "您的决定", "选一项")
	}
	return v, nil
}

// effectOf says what a decision does at once.
func effectOf(f registry.Family) string {
	switch f {
	case registry.Filing, registry.Registration:
		return "立即生效：组织入库，生成编号、决定书和证书，发起人的账号成为负责人账号。"
	case registry.Change:
		return "立即生效：登记事项按日期变更，换发证书；变更负责人的，负责人账号同时移交，原负责人的登录退出。"
	case registry.Merger:
		return "立即生效：被合并的组织终止，历史记录由存续或新设的组织承接。"
	case registry.Revocation:
		return "立即生效：组织的备案或登记被撤销，证书作废，不能再申请扶持。系统生成撤销决定书。"
	}
	return "立即生效：组织注销，证书作废，记录继续公开并注明注销日期。"
}
