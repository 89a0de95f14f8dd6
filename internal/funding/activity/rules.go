package activity

import (
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
)

// Facts are what is recorded about an organization now, as far as claims ask.
type Facts struct {
	funding.Record
	Claims map[int]int // live claims and grants by year of the event, the case at hand left out
	// Of says which year the case at hand belongs to; 0 for a question without a
	// case, which is about the year of the day.
	Of int
	// Draft is a case that has not been submitted: its own form judges the year.
	Draft bool
}

// Eligibility answers every condition of a claim on a date, worst first: unmet,
// unknown, met, notes. What depends on the event is judged at its field.
func Eligibility(f Facts, p Params, on civil.Date) []funding.Line {
	lines := append([]funding.Line{intake(p, on), year(f, p, on), funding.ActiveLine(f.Record, "三（二）1（2）")},
		funding.Excluded(f.Record, p.RecordTerms, on)...)
	funding.Sort(lines)
	return append(lines, notes(p)...)
}

// intake: always open, or between two days of every year.
func intake(p Params, on civil.Date) funding.Line {
	l := funding.Line{Key: "intake", Label: "在受理期内", Value: "全年受理", From: "政策参数", Source: p.FromParam("受理时间"), Answer: funding.Met, AtSubmission: true}
	if !p.Yearly {
		return l
	}
	l.Value = "每年 " + dayOf(p.From) + "至" + dayOf(p.To)
	open, flips := p.open(on)
	l.Flips = flips
	if !open {
		l.Answer, l.Remedy = funding.Unmet, flips.Chinese()+"起受理。草稿可以先填"
	}
	return l
}

// open reports whether claims are taken on a day, and from which day that changes.
// A window may run over the end of the year.
func (p Params) open(on civil.Date) (open bool, flips civil.Date) {
	for y := on.Year - 1; y <= on.Year+1; y++ {
		from, to := in(y, p.From), in(y, p.To)
		if to.Before(from) {
			to = in(y+1, p.To)
		}
		if from.After(on) {
			return false, from
		}
		if !to.Before(on) {
			return true, to.AddDays(1)
		}
	}
	return false, in(on.Year+2, p.From)
}

// in is a month and day in a year; 29 February is the last of that month.
func in(year int, d civil.Date) civil.Date {
	return civil.Of(2000, d.Month, d.Day).AddMonths(12 * (year - 2000))
}

func dayOf(d civil.Date) string { return fmt.Sprintf("%d月%d日", int(d.Month), d.Day) }

func year(f Facts, p Params, on civil.Date) funding.Line {
	of := f.Of
	if of == 0 {
		of = on.Year
	}
	l := funding.Line{Key: "year", Label: fmt.Sprintf("每年最多补贴 %d 次", p.MaxPerYear), From: "资助台账，按活动日期", Source: p.FromParam("每年次数"), Answer: funding.Met}
	l.Value = fmt.Sprintf("%d 年的活动另有 %d 次", of, f.Claims[of])
	switch {
	case f.Draft:
		l.Value = "按填写的活动日期核对"
	case f.Claims[of] >= p.MaxPerYear:
		l.Answer, l.Remedy = funding.Unmet, fmt.Sprintf("%d 年的活动已经用完次数。%d 年办的活动可以申请", of, of+1)
		if f.Of == 0 {
			l.Flips = civil.Of(on.Year+1, 1, 1)
		}
	}
	return l
}

// Notes say what the edition gives and until when.
func Notes(e policy.Edition) []funding.Line { return notes(paramsOf(e)) }

func notes(p Params) []funding.Line {
	rate := fmt.Sprintf("实际支出的 %d%%", p.RatePct)
	if p.Tiered {
		rate = fmt.Sprintf("当年活动满 %d 次的，实际支出的 %d%%；不满的 %d%%", p.TierFrom, p.TierHighPct, p.TierLowPct)
	}
	return []funding.Line{
		{Key: "amount", Label: fmt.Sprintf("每次最高 %s 元，每年最高 %s 元", p.CapEvent, p.CapYear), Answer: funding.Note, Value: rate, From: "政策参数", Source: p.FromParam("补贴金额")},
		{Key: "window", Label: fmt.Sprintf("活动后 %d 天内申请", p.ClaimDays), Answer: funding.Note, Value: fmt.Sprintf("参加的至少 %d 人", p.MinParticipants), From: "政策参数",
			Source: p.FromParam("申请期限"), Remedy: "填表时按活动日期核对"},
	}
}
