package application

import (
	"fmt"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
)

// Received begins every letter about a case.
func Received(k Kind, c casework.Case) string {
	return fmt.Sprintf("您单位%s提交的%s申请（编号 %s）已收悉。", civil.On(*c.SubmittedAt).Chinese(), k.Workflow().Name, c.No)
}

// Remedies are those of general administrative law (行政复议 60 days, 行政诉讼 six
// months), to be confirmed by the bureau.
var Remedies = casework.Paragraph{Heading: "救济途径", Lines: []string{
	"如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法提起行政诉讼。"}}

// Afterwards closes a refusal.
var Afterwards = casework.Paragraph{Heading: "以后的申请", Lines: []string{"本决定不影响您单位在情况改变之后另行提出申请。"}}

func acceptedText(k Kind, c casework.Case) []casework.Paragraph {
	next := "经审查，申请材料齐全，符合受理条件，现予受理。" + k.AfterAcceptance()
	if !c.DueOn.IsZero() {
		next += "办理期限为 " + c.DueOn.Chinese() + "。"
	}
	return []casework.Paragraph{{Lines: []string{Received(k, c), next}}}
}

func correctionText(k Kind, c casework.Case, correction casework.Correction) []casework.Paragraph {
	items := make([]string, len(correction.Flaws))
	for i, f := range correction.Flaws {
		items[i] = fmt.Sprintf("%d. %s：%s", i+1, f.Label, f.Reason)
	}
	how := fmt.Sprintf("请于 %s前在平台补正后由负责人再提交", c.DueOn.Chinese())
	if t, ok := k.Workflow().Find(c.Place(), "resubmit"); ok && slices.Contains(t.By, authz.Community) {
		how += "，也可以到社区党群服务中心窗口代办"
	}
	return []casework.Paragraph{
		{Lines: []string{Received(k, c), "经审查，下列内容需要补正，现一次告知："}},
		{Heading: "补正内容", Lines: items},
		{Heading: "补正期限", Lines: []string{how + "。补正期间，办理期限暂停；逾期未提交，视为撤回申请。"}},
	}
}

func refusedText(k Kind, c casework.Case, g Ground, facts string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{Received(k, c)}},
		{Heading: "查明的情况", Lines: []string{facts}},
		{Heading: "决定", Lines: []string{fmt.Sprintf("因%s，依据%s，对该申请不予受理。", g.Text, g.Article)}},
		Remedies, Afterwards,
	}
}
