package activity

import (
	"encoding/json"
	"fmt"

	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
)

// Compute explains the amount line by line: every bound with where it stands, and
// the smallest of them in whole yuan.
func (Programme) Compute(signed json.RawMessage, _ funding.Applicant, known any, r funding.Rules) (funding.Computation, error) {
	var a Application
	if err := json.Unmarshal(signed, &a); err != nil {
		return funding.Computation{}, fmt.Errorf("activity: signed claim: %w", err)
	}
	k, ok := known.(Known)
	if !ok {
		return funding.Computation{}, fmt.Errorf("activity: nothing known of the claim (%T)", known)
	}
	p, s := paramsOf(r.Edition), k.Sums(a)
	amount, least := Amount(s, p)
	c := funding.Computation{
		Title: "活动补贴：" + a.Title, Amount: amount,
		Purpose: fmt.Sprintf("%s，%s，参加 %d 人。", a.HeldOn.Chinese(), k.Regions.Name(a.Community), a.Participants),
	}
	steps := steps{Computation: &c, Params: p, rules: r}
	steps.costs(a, s)
	steps.bounds(s, a)
	steps.add("核算金额，取最小的："+boundNames[least.Key]+"，舍去不足一元的", amount.String()+" 元", p.FromParam("三（二）1（2）"))
	return c, nil
}

var boundNames = map[string]string{
	ByRate: "按比例计算的", ByEvent: "每次上限", ByYear: "当年余额", ByCost: "没有别人付的", ByClaim: "申请金额", ByBudget: "专项资金余额",
}

// steps writes the lines of a computation.
type steps struct {
	*funding.Computation
	Params
	rules funding.Rules
}

func (s steps) add(label, value string, source funding.Source) {
	s.Lines = append(s.Lines, funding.Step{Label: label, Value: value, Source: source})
}

// param cites a parameter with its label, with more words about it.
func (s steps) param(key policy.Key, more, value string) {
	p := s.rules.Edition.Params.Param(key)
	s.add(p.Label+more, value, s.SourceOf(p))
}

func (s steps) costs(a Application, sums Sums) {
	s.add("支出合计", sums.Cost.String()+" 元", funding.Source{Document: fmt.Sprintf("申请表，%d 行票据", len(a.Costs))})
	if s.Tiered {
		key := policy.ActivityTierLowPct
		if sums.Held >= s.TierFrom {
			key = policy.ActivityTierHighPct
		}
		s.param(key, fmt.Sprintf("（当年已确认的活动 %d 次）", sums.Held), percent(s.Rate(sums.Held)))
	} else {
		s.param(policy.ActivityRatePct, "", percent(s.RatePct))
	}
	switch sums.Star {
	case 3:
		s.param(policy.ActivityStar3BonusPct, "", "加 "+percent(s.Star3BonusPct))
	case 2:
		s.param(policy.ActivityStar2BonusPct, "", "加 "+percent(s.Star2BonusPct))
	case 1:
		s.add("星级上浮", "活动时一星级，不上浮", funding.FromPolicy("三（二）2（1）"))
	default:
		s.add("星级上浮", "活动时没有星级，不上浮", funding.FromPolicy("三（二）2（1）"))
	}
}

func (s steps) bounds(sums Sums, a Application) {
	form := funding.Source{Document: "申请表"}
	for _, b := range Bounds(sums, s.Params) {
		value := b.Amount.String() + " 元"
		switch b.Key {
		case ByRate:
			s.add("按比例计算", value, s.FromParam("三（二）1（2）"))
		case ByEvent:
			s.param(policy.ActivityCapEvent, "", value)
		case ByYear:
			s.param(policy.ActivityCapYear, fmt.Sprintf("，减去 %d 年活动已核定的 %s 元", a.HeldOn.Year, sums.Granted), "还剩 "+value)
		case ByCost:
			s.add("支出减去其他资金 "+sums.Other.String()+" 元", value, form)
		case ByClaim:
			s.add("申请金额", value, form)
		case ByBudget:
			s.add("本年度成长关爱工程资金", "还剩 "+money.Fen(b.Amount).String()+" 元", funding.Source{Document: "专项资金台账"})
		}
	}
}

func percent(n int) string { return fmt.Sprintf("%d%%", n) }
