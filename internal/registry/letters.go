package registry

import (
	"fmt"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
)

// received begins a decision on what was applied for.
func received(c casework.Case) string {
	f, _, _ := FamilyOf(c.Kind)
	return fmt.Sprintf("%s%s提交的%s申请（编号 %s）已收悉。", c.Title, civil.On(*c.SubmittedAt).Chinese(), f.Name(), c.No)
}

func foundedText(c casework.Case, o organization.Organization, cert Certificate) []casework.Paragraph {
	verb := "备案"
	if o.Basis == organization.Registered {
		verb = "登记"
	}
	return []casework.Paragraph{
		{Lines: []string{received(c)}},
		{Heading: "决定", Lines: []string{
			fmt.Sprintf("经审查，符合规定的条件，准予%s%s。", o.Name, verb),
			fmt.Sprintf("%s：%s。证书编号：%s。", o.NumberLabel(), o.Number(), cert.No),
			"类型：" + o.Type.Name() + "；业务类别：" + o.Category.Name() + "；负责人：" + o.HeadName + "。"}},
		{Heading: "要求", Lines: []string{"请按章程开展活动，健全内部管理制度，按时报送年度报告，登记事项变更的及时申请变更。"}},
	}
}

func changedText(c casework.Case, d ChangeRequest, cert Certificate) []casework.Paragraph {
	lines := make([]string, len(d.Lines))
	for i, l := range d.Lines {
		lines[i] = fmt.Sprintf("%d. %s：由“%s”变更为“%s”", i+1, l.Label, l.From, l.To)
	}
	return []casework.Paragraph{
		{Lines: []string{received(c)}},
		{Heading: "核准变更的事项", Lines: lines},
		{Heading: "决定", Lines: []string{"经审查，准予变更，自本决定作出之日起生效。新证书编号：" + cert.No + "，原证书作废。"}},
	}
}

func mergedText(c casework.Case, d MergerRequest, successor organization.Organization, cert Certificate) []casework.Paragraph {
	names := make([]string, len(d.Parties))
	for i, p := range d.Parties {
		names[i] = p.Name
	}
	if d.Way == organization.Consolidation {
		names = append([]string{c.Title}, names...)
	}
	lines := []string{
		fmt.Sprintf("经审查，准予%s。%s自本决定作出之日起注销，证书作废。", d.Way.Name(), strings.Join(names, "、")),
		fmt.Sprintf("其债权债务、财产、未尽义务和历史记录由%s承接。%s不按新成立的组织申请扶持。", successor.Name, successor.Name),
	}
	if cert.No != "" {
		lines = append(lines, fmt.Sprintf("%s：%s。证书编号：%s。", successor.NumberLabel(), successor.Number(), cert.No))
	}
	return []casework.Paragraph{
		{Lines: []string{received(c)}},
		{Heading: "决定", Lines: lines},
	}
}

func endedText(c casework.Case, o organization.Organization, d EndRequest) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{received(c)}},
		{Heading: "决定", Lines: []string{
			fmt.Sprintf("因%s，经审查，准予%s注销，自本决定作出之日起生效，证书作废。", TextOf(EndReasons, d.Reason), o.Name),
			"剩余财产：" + TextOf(PropertyGoes, d.Property) + "。"}},
		{Heading: "要求", Lines: []string{"请交回证书和印章。注销以后不得再以该组织的名义开展活动。"}},
	}
}

func refusalText(c casework.Case, f Family, g application.Ground, facts string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{received(c)}},
		{Heading: "查明的情况", Lines: []string{facts}},
		{Heading: "决定", Lines: []string{fmt.Sprintf("因%s，依据%s，对该%s申请不予准予。", g.Text, g.Article, f.Name())}},
		application.Remedies, application.Afterwards,
	}
}

// noticeText is what an organization is told before it may be revoked.
func noticeText(c casework.Case, o organization.Organization, d RevocationCase) []casework.Paragraph {
	by := ""
	if !c.DueOn.IsZero() {
		by = c.DueOn.Chinese() + "前"
	}
	return []casework.Paragraph{
		{Lines: []string{fmt.Sprintf("%s（%s %s）：经查，拟撤销你单位的%s（编号 %s），现将事实、理由和依据告知如下。", o.Name, o.NumberLabel(), o.Number(), o.Basis.Name(), c.No)}},
		{Heading: "查明的事实", Lines: strings.Split(d.Facts, "\n")},
		{Heading: "已经采取的引导措施", Lines: strings.Split(d.Tried, "\n")},
		{Heading: "理由和依据", Lines: groundLines(d)},
		{Heading: "陈述申辩", Lines: []string{"你单位负责人可以" + by + "在平台陈述申辩，也可以提交证据。逾期没有提出的，视为放弃陈述申辩。"}},
	}
}

func groundLines(d RevocationCase) []string {
	lines := make([]string, len(d.Grounds))
	for i, key := range d.Grounds {
		g := revocationGround(key)
		lines[i] = fmt.Sprintf("%d. %s。依据：%s", i+1, g.Text, g.Article)
	}
	return lines
}

func revokedText(c casework.Case, o organization.Organization, d RevocationCase, said *Statement, p Proposal) []casework.Paragraph {
	heard := "告知以后，你单位没有在期限内陈述申辩。"
	if said != nil {
		heard = fmt.Sprintf("你单位%s提出陈述申辩，已经审查，理由不成立。", civil.On(said.At).Chinese())
	}
	if p.Reason != "" {
		heard += p.Reason
	}
	return []casework.Paragraph{
		{Lines: []string{fmt.Sprintf("%s（%s %s），编号 %s。", o.Name, o.NumberLabel(), o.Number(), c.No)}},
		{Heading: "查明的事实", Lines: strings.Split(d.Facts, "\n")},
		{Heading: "陈述申辩", Lines: []string{heard}},
		{Heading: "理由和依据", Lines: groundLines(d)},
		{Heading: "决定", Lines: []string{fmt.Sprintf("撤销%s的%s，自本决定作出之日起生效，证书作废。请交回证书和印章，不得再以该组织的名义开展活动。", o.Name, o.Basis.Name())}},
		application.Remedies,
	}
}

func noRevocationText(c casework.Case, g application.Ground, facts string) []casework.Paragraph {
	return []casework.Paragraph{
		{Lines: []string{fmt.Sprintf("%s：拟撤销你单位备案或登记一案（编号 %s），经审查：", c.Title, c.No), facts}},
		{Heading: "决定", Lines: []string{fmt.Sprintf("因%s，依据%s，不予撤销。", g.Text, g.Article)}},
	}
}
