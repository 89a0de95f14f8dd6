package activity

import (
	"fmt"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
)

// Offer describes activity claims under an edition: every number is a parameter.
func (Programme) Offer(e policy.Edition, on civil.Date) funding.Offer {
	p := paramsOf(e)
	when := "全年受理"
	if p.Yearly {
		when = "每年" + dayOf(p.From) + "至" + dayOf(p.To)
	}
	return funding.Offer{
		Who:  fmt.Sprintf("办过社区公益活动的组织，活动后 %d 天内申请，每年最多 %d 次", p.ClaimDays, p.MaxPerYear),
		When: when,
		Gives: []funding.Given{
			{To: "每次活动", Param: e.Params.Param(policy.ActivityCapEvent)},
			{To: "每个组织每年", Param: e.Params.Param(policy.ActivityCapYear)},
			{To: "三星级组织", Param: e.Params.Param(policy.ActivityStar3BonusPct), More: true},
		},
		Conditions: conditions(p, on), Questions: questions(p),
	}
}

// conditions are the lines of an organization that meets them all: labels and
// sources, no facts.
func conditions(p Params, on civil.Date) []funding.Line {
	ideal := Trial{Reports: funding.Yes, Obstructed: funding.Obstructed{Sure: true}}
	var out []funding.Line
	for _, l := range ideal.lines(p, on) {
		if l.Answer != funding.Note {
			out = append(out, funding.Line{Key: l.Key, Label: l.Label, Source: l.Source})
		}
	}
	return out
}

func questions(p Params) []funding.Question {
	rate := fmt.Sprintf("实际支出的 %d%%", p.RatePct)
	if p.Tiered {
		rate = fmt.Sprintf("实际支出的 %d%%；当年在组织档案里已确认的活动满 %d 次的，%d%%", p.TierLowPct, p.TierFrom, p.TierHighPct)
	}
	return []funding.Question{
		{Ask: "补贴怎么算？", Answer: fmt.Sprintf("按%s算，活动时是三星级的再加 %d%%、二星级的再加 %d%%；不超过每次上限、当年余额、没有别人付的支出、申请金额和本年度资金余额，取最小的，舍去不足一元的。签署前能看到逐行核算。",
			rate, p.Star3BonusPct, p.Star2BonusPct)},
		{Ask: "哪些支出可以列？", Answer: strings.Join(namesOf(Costs, func(c Spending) string { return c.Name }), "、") + "。票据日期和活动日期相差不超过 " + fmt.Sprint(p.ReceiptDays) + " 天。"},
		{Ask: "哪些支出不补贴？", Answer: strings.Join(namesOf(NotCosts, func(x Excluded) string { return x.Name }), "、") + "（三（三）3）。"},
		{Ask: "一张票据能用两次吗？", Answer: "不能超过票面金额。所有组织、所有年度的票据一起核对，用完的票据提交时会被拒收。"},
		{Ask: "一定要事前报备吗？", Answer: "不一定。报备以后社区和街道提前知道，愿意公开的，居民能在活动日历上看到；申请时选上对应的报备即可。"},
		{Ask: "拿到补贴后还要交使用报告吗？", Answer: "不用。补贴的是已经花掉的钱，票据在申请时就核对过了；拨付后办结，请保存票据和活动记录备查。"},
		{Ask: "照片里有孩子怎么办？", Answer: "先给面部打码，或取得监护人书面同意。照片里的位置信息上传时自动去掉。"},
	}
}

func namesOf[T any](list []T, name func(T) string) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = name(v)
	}
	return out
}
