package funding

import (
	"fmt"

	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
)

func received(p Programme, c casework.Case) string {
	return fmt.Sprintf("您单位%s提交的%s申请（编号 %s）已收悉。", civil.On(*c.SubmittedAt).Chinese(), p.Workflow().Name, c.No)
}

func acceptedText(p Programme, c casework.Case) []casework.Paragraph {
	next := "经审查，申请材料齐全，符合受理条件，现予受理。我局将依次进行复核、签批和公示。"
	if !c.DueOn.IsZero() {
		next += "复核期限为 " + c.DueOn.Chinese() + "。"
	}
	return []casework.Paragraph{{Lines: []string{received(p, c), next}}}
}

func correctionText(p Programme, c casework.Case, correction casework.Correction) []casework.Paragraph {
	items := make([]string, len(correction.Flaws))
	for i, f := range correction.Flaws {
		items[i] = fmt.Sprintf("%d. %s：%s", i+1, f.Label, f.Reason)
	}
	return []casework.Paragraph{
		{Lines: []string{received(p, c), "经审查，下列内容需要补正，现一次告知："}},
		{Heading: "补正内容", Lines: items},
		{Heading: "补正期限", Lines: []string{fmt.Sprintf("请于 %s前在平台补正后由负责人再提交，也可以到社区党群服务中心窗口代办。补正期间，办理期限暂停；逾期未提交，视为撤回申请。", c.DueOn.Chinese())}},
	}
}

// refusedText names reason, article and remedies (行政复议 60 days, 行政诉讼 six
// months: general administrative law, to be confirmed by the bureau).
func refusedText(p Programme, c casework.Case, g Ground, facts string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{received(p, c)}},
		{Heading: "查明的情况", Lines: []string{facts}},
		{Heading: "决定", Lines: []string{fmt.Sprintf("因%s，依据%s，对该申请不予受理。", g.Text, g.Article)}},
		{Heading: "救济途径", Lines: []string{"如不服本决定，可以自收到本决定书之日起六十日内依法申请行政复议，或者自收到之日起六个月内依法提起行政诉讼。"}},
		{Heading: "以后的申请", Lines: []string{"本决定不影响您单位在情况改变之后另行提出申请。"}},
	}
}
