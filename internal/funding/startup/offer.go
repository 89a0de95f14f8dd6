package startup

import (
	"fmt"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
)

// Offer describes start-up support under an edition: every number is a parameter.
func (Programme) Offer(e policy.Edition, on civil.Date) funding.Offer {
	p := paramsOf(e)
	return funding.Offer{
		Who: fmt.Sprintf("成立%s、不超过 %d 个月的新组织，一个组织一次", fullMonths(p.MinAgeMonths), p.MaxAgeMonths), When: "全年受理",
		Gives: []funding.Given{
			{To: "备案组织", Param: e.Params.Param(policy.StartupAmountFiled)},
			{To: "登记组织", Param: e.Params.Param(policy.StartupAmountRegistered)},
			{To: "重点三类", Param: e.Params.Param(policy.StartupPriorityBonusPct), More: true},
		},
		Conditions: conditions(p, on), Questions: questions(p),
	}
}

// conditions are the lines of an organization that meets them all, in the order
// of the rules: labels and sources, no facts.
func conditions(p Params, on civil.Date) []funding.Line {
	ideal := Trial{EstablishedOn: on.AddMonths(-p.MinAgeMonths).AddDays(-1), Category: organization.CultureSport, Origin: organization.OriginNew,
		Finance: funding.Yes, Disclosure: funding.Yes, Activities: true, Reports: funding.Yes, Obstructed: funding.Obstructed{Sure: true}}
	var out []funding.Line
	for _, l := range ideal.lines(ideal.facts(p, on), p, on) {
		if l.Answer != funding.Note {
			out = append(out, funding.Line{Key: l.Key, Label: l.Label, Source: l.Source})
		}
	}
	return out
}

func questions(p Params) []funding.Question {
	return []funding.Question{
		{Ask: "“" + fullMonths(p.MinAgeMonths) + "”从哪天算起，到哪天算满？", Answer: countingAnswer(p)},
		{Ask: "“重点三类”是哪三类？", Answer: strings.Join(priorityNames(), "、") + "（二（二）重点培育）。证书或组织档案里的业务类别是这三类的，金额按比例上浮。"},
		{Ask: "资助款可以用在哪里？", Answer: "只能用于" + strings.Join(useNames(), "、") + "，专款专用，不得侵占、私分、挪用（三（三）3）。申请时逐行写明用途，各行合计要和申请金额一致。"},
		{Ask: "组织没有自己的银行账户怎么办？", Answer: "可以由" + strings.Join(agentNames(), "、") + "代收。申请时交代收单位盖章的授权书。"},
		{Ask: "资格核对里有“未查到”，还能申请吗？", Answer: "可以先填草稿。只有机关能查的名单，不影响您填表和提交，受理前由经办人查询登记；没有查到之前不会受理。"},
		{Ask: "不会上网填怎么办？", Answer: "到所在社区的党群服务中心，由社区窗口代办：社区帮您录入，负责人在打印的申请表上签字盖章。"},
	}
}

// countingAnswer shows the rule by its own result, month end included.
func countingAnswer(p Params) string {
	met := func(from civil.Date) string {
		d := from.AddMonths(p.MinAgeMonths)
		if p.MetNextDay {
			d = d.AddDays(1)
		}
		return from.Chinese() + "成立的，" + d.Chinese() + "起可以申请"
	}
	rule := "从证书上的成立日期算起，到对应日当天算满"
	if p.MetNextDay {
		rule = "从证书上的成立日期算起，对应日的次日算满"
	}
	return rule + "；那个月没有对应日的，按月末算。例如" + met(civil.Of(2026, 5, 23)) + "；" + met(civil.Of(2026, 8, 31)) + "。"
}

// fullMonths says 满半年 for the six months of the policy's words.
func fullMonths(n int) string {
	if n == 6 {
		return "满半年"
	}
	return fmt.Sprintf("满 %d 个月", n)
}

func priorityNames() []string {
	var names []string
	for _, c := range organization.Categories {
		if c.Priority() {
			names = append(names, c.Name()+"类")
		}
	}
	return names
}

func useNames() []string {
	names := make([]string, len(Uses))
	for i, u := range Uses {
		names[i] = u.Name
	}
	return names
}

func agentNames() []string {
	names := make([]string, len(organization.AgentKinds))
	for i, k := range organization.AgentKinds {
		names[i] = k.Name()
	}
	return names
}
