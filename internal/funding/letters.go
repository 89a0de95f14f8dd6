package funding

import (
	"fmt"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
)

func received(p Programme, c casework.Case) string {
	return application.Received(kind{Programme: p}, c)
}

// notSupportedText is the refusal after acceptance.
func notSupportedText(p Programme, c casework.Case, g application.Ground, facts string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{received(p, c)}},
		{Heading: "查明的情况", Lines: []string{facts}},
		{Heading: "决定", Lines: []string{fmt.Sprintf("因%s，依据%s，对该申请不予支持。", g.Text, g.Article)}},
		application.Remedies,
		application.Afterwards,
	}
}

// upheldText is the refusal after a public objection that was right. It does not
// say who objected.
func upheldText(p Programme, c casework.Case, finding string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{received(p, c), "该申请在公示期间收到异议，经调查，异议成立。"}},
		{Heading: "查明的情况", Lines: []string{finding}},
		{Heading: "决定", Lines: []string{"依据《实施意见》三（三）3、四（二），取消拟给予的资助，对该申请不予支持。"}},
		application.Remedies,
	}
}

// approvalText is the grant (批复), issued when its notice has settled.
func approvalText(p Programme, c casework.Case, a Award) []casework.Paragraph {
	lines := []string{
		fmt.Sprintf("同意给予您单位%s资助，核定金额为人民币 %s 元（大写：%s）。", p.Workflow().Name, a.Amount, a.Amount.Upper()),
		"该项资助已经公示，公示期满。",
	}
	if !c.DueOn.IsZero() {
		lines = append(lines, "资助款于 "+c.DueOn.Chinese()+"前拨付到经核实的收款账户。")
	}
	return []casework.Paragraph{
		{Lines: []string{received(p, c)}},
		{Heading: "批复意见", Lines: lines},
		{Heading: "使用要求", Lines: []string{useTerms(p)}},
	}
}

func useTerms(p Programme) string {
	if !Reports(p) {
		return "该项资助用于补贴已经发生的支出，不用另交使用报告。请保存活动记录和票据，配合检查和审计；票据不得再向其他财政资金报销（《实施意见》三（三）3）。"
	}
	return "资助款专款专用，只用于组织的硬件建设、服务支出和能力提升，不得侵占、私分、挪用（《实施意见》三（三）3）。请保存票据，按时提交使用报告，结余退回。"
}

// paymentText tells that the money was sent, with the day on which its use has
// to be reported.
func paymentText(p Programme, c casework.Case, amount money.Fen, voucher string, on civil.Date) []casework.Paragraph {
	lines := []string{fmt.Sprintf("%s资助款人民币 %s 元（大写：%s）已于 %s拨付到您单位经核实的收款账户。", p.Workflow().Name, amount, amount.Upper(), on.Chinese())}
	if voucher != "" {
		lines = append(lines, "支付凭证号："+voucher+"。")
	}
	if !Reports(p) {
		return []casework.Paragraph{{Lines: lines}, {Heading: "后续", Lines: []string{useTerms(p)}}}
	}
	return []casework.Paragraph{
		{Lines: lines},
		{Heading: "使用报告", Lines: []string{fmt.Sprintf("请于 %s前在平台提交使用报告，逐笔登记票据；结余退回。到期没有提交的，暂停申请其他资助。", c.DueOn.Chinese())}},
	}
}

func terminationText(p Programme, c casework.Case, reason string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{received(p, c), "该申请已经核定资助，款项尚未拨付。"}},
		{Heading: "查明的情况", Lines: []string{reason}},
		{Heading: "决定", Lines: []string{"终止该项资助，不再拨付。"}},
		application.Remedies,
	}
}
