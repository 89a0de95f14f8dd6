package startup

import (
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
)

// state returns whether the organization is listed on a day and when that
// changes by itself: zero when only an act ends it, or nothing is foreseen.
func (l List) state(on civil.Date) (listed bool, flips civil.Date) {
	listed, flips = l.holds(on), civil.Date{}
	if l.Listed && len(l.Entries) == 0 {
		return true, civil.Date{}
	}
	for _, e := range l.Entries {
		for _, day := range []civil.Date{e.From, e.To.AddDays(1)} {
			open := day == e.To.AddDays(1) && e.To.IsZero()
			if !open && day.After(on) && l.holds(day) != listed && (flips.IsZero() || day.Before(flips)) {
				flips = day
			}
		}
	}
	return listed, flips
}

func (l List) holds(on civil.Date) bool {
	for _, e := range l.Entries {
		if !e.From.After(on) && (e.To.IsZero() || !e.To.Before(on)) {
			return true
		}
	}
	return false
}

func list(key, label string, f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: key, Label: label, From: "监管名录", Source: p.fromParam("资格排除")}
	known := f.Lists[key]
	if !known.CheckedOn.IsZero() {
		l.From = "监管名录，" + known.CheckedOn.Chinese() + "查询"
	}
	listed, flips := known.state(on)
	switch {
	case listed:
		l.Answer, l.Value, l.Flips, l.Remedy = funding.Unmet, "在名单上", flips, "移出名单之后再申请。对列入有异议，请联系列入机关"
		if !flips.IsZero() {
			l.Remedy = flips.Chinese() + "起不在名单上"
		}
	case known.CheckedOn.IsZero():
		return unknown(l, "还没有查询记录", "不影响填表和提交；受理前由经办人查询登记", "")
	default:
		l.Answer, l.Value, l.Flips = funding.Met, "不在", flips
	}
	return l
}

// violation looks back from the day: a violation counts for whole years from
// its decision.
func violation(f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "violation", Label: fmt.Sprintf("近 %d 年没有违规记录", p.ViolationYears), Value: "0 条", From: "监管台账", Source: p.fromParam("资格排除"), Answer: funding.Met}
	counted := List{}
	for _, e := range f.Lists["violation"].Entries {
		counted.Entries = append(counted.Entries, Span{e.From, e.From.AddMonths(12 * p.ViolationYears).AddDays(-1)})
		if !e.From.After(on) {
			l.Value = "最近一次 " + e.From.Chinese()
		}
	}
	listed, flips := counted.state(on)
	l.Flips = flips
	if listed {
		l.Answer, l.Remedy = funding.Unmet, flips.Chinese()+"起不再受影响"
	}
	return l
}

func ban(f Facts, p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "ban", Label: "不在限制申报期内", Value: "没有限制", From: "监管台账", Source: p.fromParam("资格排除"), Answer: funding.Met}
	listed, flips := f.Lists["ban"].state(on)
	l.Flips = flips
	if !listed {
		return l
	}
	l.Answer, l.Value, l.Remedy = funding.Unmet, "在限制期内", "限制解除之后再申请"
	if !flips.IsZero() {
		l.Value, l.Remedy = "限制到 "+flips.AddDays(-1).Chinese(), flips.Chinese()+"起可以申请"
	}
	return l
}

func recovery(f Facts, on civil.Date) funding.Line {
	l := funding.Line{Key: "recovery", Label: "没有未缴清的追回款", Value: "没有", From: "追回台账", Source: fromPolicy("三（三）3"), Answer: funding.Met}
	listed, flips := f.Lists["recovery"].state(on)
	l.Flips = flips
	if listed {
		l.Answer, l.Value, l.Remedy = funding.Unmet, "有追回款没有缴清", "缴清追回款之后再申请"
	}
	return l
}

func unreported(f Facts, p Params) funding.Line {
	l := funding.Line{Key: "unreported", Label: "以前的资助都交了使用报告", Value: "没有欠交", From: "资助台账", Source: p.fromParam("资格排除"), Answer: funding.Met}
	if f.Unreported != "" {
		l.Answer, l.Value, l.Remedy = funding.Unmet, f.Unreported, "先交这笔资助的使用报告"
	}
	return l
}
