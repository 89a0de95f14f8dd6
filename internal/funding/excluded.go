package funding

import (
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/policy"
)

const policyName = "《实施意见》"

// FromPolicy cites an article of the policy itself.
func FromPolicy(article string) Source { return Source{Document: policyName, Article: article} }

// FromParam cites the edition for a rule that is not in the policy text.
func (p RecordTerms) FromParam(article string) Source {
	return Source{Document: p.Label, Article: article, Pending: true}
}

// SourceOf cites a parameter of the edition; one that the bureau has confirmed is
// not pending.
func (p RecordTerms) SourceOf(v policy.Param) Source {
	return Source{Document: p.Label, Article: v.Article, Pending: !v.Confirmed}
}

// Excluded answers what keeps an organization from any support: lists, bans,
// violations, recoveries, what it owes of reports.
func Excluded(f Record, p RecordTerms, on civil.Date) []Line {
	return []Line{
		list("abnormal", "不在活动异常名录", f, p, on), list("serious", "不在严重违法失信名单", f, p, on),
		list("defaulter", "不是失信被执行人", f, p, on), violation(f, p, on), ban(f, p, on), recovery(f, on),
		unreported(f, p), annualReport(f, p, on),
	}
}

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

func list(key, label string, f Record, p RecordTerms, on civil.Date) Line {
	l := Line{Key: key, Label: label, From: "监管名录", Source: p.FromParam("资格排除")}
	known := f.Lists[key]
	if !known.CheckedOn.IsZero() {
		l.From = "监管名录，" + known.CheckedOn.Chinese() + "查询"
	}
	listed, flips := known.state(on)
	switch {
	case listed:
		l.Answer, l.Value, l.Flips, l.Remedy = Unmet, "在名单上", flips, "移出名单之后再申请。对列入有异议，请联系列入机关"
		if !flips.IsZero() {
			l.Remedy = flips.Chinese() + "起不在名单上"
		}
	case known.CheckedOn.IsZero():
		return UnknownLine(l, "还没有查询记录", "不影响填表和提交；受理前由经办人查询登记", "")
	default:
		l.Answer, l.Value, l.Flips = Met, "不在", flips
	}
	return l
}

// violation looks back from the day: a violation counts for whole years from
// its decision.
func violation(f Record, p RecordTerms, on civil.Date) Line {
	l := Line{Key: "violation", Label: fmt.Sprintf("近 %d 年没有违规记录", p.ViolationYears), Value: "0 条", From: "监管台账", Source: p.FromParam("资格排除"), Answer: Met}
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
		l.Answer, l.Remedy = Unmet, flips.Chinese()+"起不再受影响"
	}
	return l
}

func ban(f Record, p RecordTerms, on civil.Date) Line {
	l := Line{Key: "ban", Label: "不在限制申报期内", Value: "没有限制", From: "监管台账", Source: p.FromParam("资格排除"), Answer: Met}
	listed, flips := f.Lists["ban"].state(on)
	l.Flips = flips
	if !listed {
		return l
	}
	l.Answer, l.Value, l.Remedy = Unmet, "在限制期内", "限制解除之后再申请"
	if !flips.IsZero() {
		l.Value, l.Remedy = "限制到 "+flips.AddDays(-1).Chinese(), flips.Chinese()+"起可以申请"
	}
	return l
}

func recovery(f Record, on civil.Date) Line {
	l := Line{Key: "recovery", Label: "没有未缴清的追回款", Value: "没有", From: "追回台账", Source: FromPolicy("三（三）3"), Answer: Met}
	listed, flips := f.Lists["recovery"].state(on)
	l.Flips = flips
	if listed {
		l.Answer, l.Value, l.Remedy = Unmet, "有追回款没有缴清", "缴清追回款之后再申请"
	}
	return l
}

func unreported(f Record, p RecordTerms) Line {
	l := Line{Key: "unreported", Label: "以前的资助都交了使用报告", Value: "没有欠交", From: "资助台账", Source: p.FromParam("资格排除"), Answer: Met}
	if f.Unreported != "" {
		l.Answer, l.Value, l.Remedy = Unmet, f.Unreported, "先交这笔资助的使用报告"
	}
	return l
}

// ActiveLine says whether the organization lives.
func ActiveLine(f Record, article string) Line {
	l := Line{Key: "status", Label: "组织状态正常", Value: f.StatusName, From: "登记备案档案", Source: FromPolicy(article)}
	if f.Active {
		l.Answer = Met
		return l
	}
	l.Answer, l.Remedy = Unmet, "先到街道恢复正常状态，再申请"
	return l
}

// annualReport asks for the latest report whose deadline has passed. The report
// of a year is due in the next one; an organization owes none for the years
// before it was founded.
func annualReport(f Record, p RecordTerms, on civil.Date) Line {
	l := Line{Key: "annual_report", Label: "上年度报告已交", From: "组织档案", Source: p.FromParam("资格排除"), Answer: Met, Act: "reports"}
	if f.EstablishedOn.IsZero() {
		return UnknownLine(l, "没有登记成立日期", "请街道在组织档案中登记成立日期", "")
	}
	year := reportYear(p, on)
	met := reported(f, year)
	switch {
	case f.EstablishedOn.Year > year:
		l.Value = fmt.Sprintf("%d 年成立，还不到交报告的时候", f.EstablishedOn.Year)
	case met:
		l.Value = fmt.Sprintf("%d 年度报告已交", year)
	case !f.ReportsKnown:
		return UnknownLine(l, fmt.Sprintf("没有 %d 年度报告的记录", year), "不影响填表和提交；受理前由街道或经办人登记", "reports")
	default:
		l.Answer, l.Value, l.Remedy = Unmet, fmt.Sprintf("没有 %d 年度报告", year), fmt.Sprintf("补交 %d 年度报告", year)
	}
	for y := on.Year; y <= max(on.Year, f.EstablishedOn.Year)+len(f.Reports)+2; y++ {
		overdue := civil.Of(y, p.AnnualReportDue.Month, p.AnnualReportDue.Day).AddDays(1)
		if overdue.After(on) && reported(f, y-1) != met {
			l.Flips = overdue
			break
		}
	}
	if met && !l.Flips.IsZero() {
		l.Remedy = fmt.Sprintf("%s前交 %d 年度报告", l.Flips.AddDays(-1).Chinese(), l.Flips.Year-1)
	}
	return l
}

// reportYear is the latest year whose report is overdue if it is not on file.
func reportYear(p RecordTerms, on civil.Date) int {
	if due := civil.Of(on.Year, p.AnnualReportDue.Month, p.AnnualReportDue.Day); on.After(due) {
		return on.Year - 1
	}
	return on.Year - 2
}

func reported(f Record, year int) bool {
	return f.EstablishedOn.Year > year || slices.Contains(f.Reports, year)
}

// UnknownLine is a line whose fact nobody has recorded.
func UnknownLine(l Line, value, remedy, act string) Line {
	l.Answer, l.Value, l.Remedy, l.Act = Unknown, value, remedy, act
	return l
}
