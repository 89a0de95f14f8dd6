package startup

import (
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
)

// Params are the parameters of start-up support under one edition.
type Params struct {
	funding.RecordTerms
	MinAgeMonths     int  // 半年: the only one that the policy itself sets
	MetNextDay       bool // a period is met on the day after the corresponding day (strict reading)
	MaxAgeMonths     int
	AmountFiled      money.Fen
	AmountRegistered money.Fen
	PriorityBonusPct int
	MinActivities    int
	SameHeadYears    int
}

// Facts are what is recorded about an organization now.
type Facts struct {
	funding.Record
	New          bool // founded anew; not by rename or merger
	OriginName   string
	Registered   bool // false: filed
	CategoryName string
	Priority     bool   // one of the three categories of 二（二）
	Finance      Filing // finance system
	Disclosure   Filing // disclosure system
	Activities   []Held
	Grant        string   // earlier start-up grant or open application, in words; "" none
	GrantsKnown  bool     // an office looked for grants of before
	SameHead     []string // organizations with the same head and community, supported within the look-back
}

// Filing is a system's way to the file.
type Filing struct {
	Given     civil.Date // handed in; zero: not
	Confirmed civil.Date // by an office; zero: not yet
}

// Held is an activity that took place, and when an office confirmed it.
type Held struct {
	On        civil.Date
	Confirmed civil.Date // zero: not yet
}

// Eligibility answers every condition of start-up support on a date, worst
// first: unmet, unknown, met, notes. Facts stay as they are recorded now; only
// the date moves.
func Eligibility(f Facts, p Params, on civil.Date) []funding.Line {
	lines := append([]funding.Line{
		age(f, p, on), newEnough(f, p, on), funding.ActiveLine(f.Record, "三（二）1（1）"), origin(f, p), once(f, p), systems(f, p, on), activities(f, p, on),
	}, funding.Excluded(f.Record, p.RecordTerms, on)...)
	funding.Sort(lines)
	return append(lines, notes(f, p)...)
}

// Cap is the largest amount that the organization may ask for: the base of its
// kind, a fifth more for the three categories that the policy wants fostered
// first (二（二）).
func Cap(registered, priority bool, p Params) money.Fen {
	base := p.AmountFiled
	if registered {
		base = p.AmountRegistered
	}
	if priority {
		base += base * money.Fen(p.PriorityBonusPct) / 100
	}
	return base
}

// age: “新成立的社区社会组织，可在半年后申请”. The corresponding day counts
// (domain §14.5); a missing one is the last day of the month.
func age(f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "age", Label: fmt.Sprintf("成立满 %d 个月", p.MinAgeMonths), From: "登记备案档案", Source: funding.FromPolicy("三（二）1（1）"), BlocksUnknown: true}
	if p.MinAgeMonths == 6 {
		l.Label = "成立满半年"
	}
	if f.EstablishedOn.IsZero() {
		return funding.UnknownLine(l, "没有登记成立日期", "请街道在组织档案中登记成立日期", "")
	}
	first := f.EstablishedOn.AddMonths(p.MinAgeMonths)
	if p.MetNextDay {
		first = first.AddDays(1)
	}
	l.Value = f.EstablishedOn.Chinese() + "成立，" + elapsed(f.EstablishedOn, on)
	if on.Before(first) {
		l.Answer, l.Flips, l.Remedy = funding.Unmet, first, first.Chinese()+"起可以申请"
		return l
	}
	l.Answer = funding.Met
	return l
}

// newEnough keeps start-up support for new organizations. The last eligible day
// is the corresponding day itself.
func newEnough(f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "new_enough", Label: fmt.Sprintf("成立不超过 %d 个月", p.MaxAgeMonths), From: "登记备案档案", Source: p.FromParam("新组织年限"), BlocksUnknown: true, AtSubmission: true}
	if f.EstablishedOn.IsZero() {
		return funding.UnknownLine(l, "没有登记成立日期", "请街道在组织档案中登记成立日期", "")
	}
	last := f.EstablishedOn.AddMonths(p.MaxAgeMonths)
	l.Value = elapsed(f.EstablishedOn, on)
	if on.After(last) {
		l.Answer, l.Remedy = funding.Unmet, "启动扶持只给新成立的组织。可以申请成长关爱工程的活动补贴"
		return l
	}
	l.Answer, l.Flips = funding.Met, last.AddDays(1)
	return l
}

func origin(f Facts, p Params) funding.Line {
	l := funding.Line{Key: "origin", Label: "是新成立的组织", Value: f.OriginName, From: "登记备案档案", Source: p.FromParam("更名、合并后重新登记的不算新成立"), Answer: funding.Met}
	if !f.New {
		l.Answer, l.Remedy = funding.Unmet, "更名或合并而来的组织不能申请启动扶持，可以申请成长关爱工程"
	}
	return l
}

func once(f Facts, p Params) funding.Line {
	l := funding.Line{Key: "once", Label: "没有领过启动扶持，也没有在办的申请", Value: "0 件", From: "资助台账，全部年度", Source: p.FromParam("一个组织一次"), Answer: funding.Met}
	if f.Grant != "" {
		l.Answer, l.Value, l.Remedy = funding.Unmet, f.Grant, "启动扶持一个组织只有一次。正在办的申请请在工作台查看"
	} else if !f.GrantsKnown {
		return funding.UnknownLine(l, "本平台 0 件；以前的资助还没有查询记录", "不影响填表和提交；受理前由经办人查询登记", "")
	}
	return l
}

func systems(f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "systems", Label: "财务制度和信息公开制度已备案", From: "组织档案", Source: p.FromParam("制度要求"), Answer: funding.Met, Act: "systems"}
	finance, disclosure := f.Finance.from(), f.Disclosure.from()
	l.Value = "财务制度：" + f.Finance.words(on) + "；信息公开制度：" + f.Disclosure.words(on)
	if reached(finance, on) && reached(disclosure, on) {
		return l
	}
	l.Answer, l.Remedy = funding.Unmet, "把缺的制度报到组织档案，由社区或街道确认"
	if !finance.IsZero() && !disclosure.IsZero() {
		l.Flips = laterOf(finance, disclosure)
	}
	return l
}

// from is the first day on which the system counts; zero when not confirmed.
func (f Filing) from() civil.Date {
	if f.Given.IsZero() || f.Confirmed.IsZero() {
		return civil.Date{}
	}
	return laterOf(f.Given, f.Confirmed)
}

func (f Filing) words(on civil.Date) string {
	switch {
	case f.Given.IsZero():
		return "没有"
	case f.Confirmed.IsZero():
		return f.Given.Chinese() + "已报，等确认"
	case reached(f.from(), on):
		return f.from().Chinese() + "已备案"
	default:
		return f.from().Chinese() + "起"
	}
}

// reached reports whether a day that is known has come.
func reached(day, on civil.Date) bool { return !day.IsZero() && !day.After(on) }

func laterOf(a, b civil.Date) civil.Date {
	if a.After(b) {
		return a
	}
	return b
}

func activities(f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "activities", Label: fmt.Sprintf("至少办过 %d 次活动", p.MinActivities), From: "活动记录", Source: p.FromParam("活动证明"), Answer: funding.Met, Act: "activities"}
	var count []civil.Date // days from which a confirmed activity counts
	waiting := 0
	for _, a := range f.Activities {
		if a.Confirmed.IsZero() {
			waiting++
			continue
		}
		count = append(count, laterOf(a.On, a.Confirmed))
	}
	slices.SortFunc(count, civil.Date.Compare)
	n := 0
	for _, d := range count {
		if reached(d, on) {
			n++
		}
	}
	l.Value = fmt.Sprintf("%d 次", n)
	if waiting > 0 {
		l.Value += fmt.Sprintf("，另有 %d 次等社区确认", waiting)
	}
	if n >= p.MinActivities {
		return l
	}
	l.Answer, l.Remedy = funding.Unmet, "在组织档案里登记已经办过的活动，由社区确认"
	if len(count) >= p.MinActivities {
		l.Flips = count[p.MinActivities-1]
	}
	return l
}

func notes(f Facts, p Params) []funding.Line {
	limit := Cap(f.Registered, f.Priority, p)
	kind, base := "备案", p.AmountFiled
	if f.Registered {
		kind, base = "登记", p.AmountRegistered
	}
	amount := funding.Line{Key: "amount", Label: "最高金额 " + limit.String() + " 元", Answer: funding.Note, From: "3+3 类别",
		Value: fmt.Sprintf("%s组织 %s 元", kind, base), Source: p.FromParam("启动扶持金额")}
	if f.Priority {
		amount.Label = fmt.Sprintf("重点类别加 %d%%，最高 %s 元", p.PriorityBonusPct, limit)
		amount.Value = fmt.Sprintf("%s类：%s + %s 元", f.CategoryName, base, limit-base)
		amount.Source = funding.FromPolicy("二（二）")
	}
	lines := []funding.Line{amount}
	for _, name := range f.SameHead {
		lines = append(lines, funding.Line{Key: "same_head", Label: "同一负责人在同一社区有别的组织领过", Answer: funding.Note,
			Value: name, From: "资助台账，近 3 年", Source: p.FromParam("同一负责人提醒"), Remedy: "不影响提交，经办人会核实"})
	}
	return lines
}

// LimitOf is Cap for the organization and edition of a form.
func LimitOf(c funding.Context) money.Fen {
	o := c.Organization
	return Cap(o.Basis == organization.Registered, o.Category.Priority(), paramsOf(c.Rules.Edition))
}
