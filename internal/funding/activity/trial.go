package activity

import (
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"
)

// Trial is what somebody types to try the conditions out. It is an assertion,
// not a record: nothing is stored, and every line says that it was typed.
type Trial struct {
	HeldOn       civil.Date // zero: not asked
	Participants int
	Cost, Other  money.Fen
	Star         int
	Held         int // activities of the year on file
	Claims       int // of the year, already
	Granted      money.Fen
	Reports      funding.Said
	Calendar     *workday.Calendar // by which the time to claim runs out
	funding.Obstructed
}

// Obstacles lists what the trial asks about, by the keys of the lines.
func Obstacles(e policy.Edition) []funding.Obstacle {
	return funding.Obstacles(funding.RecordTermsOf(e))
}

// Tiered reports whether the share depends on how many activities there were.
func Tiered(e policy.Edition) bool { return paramsOf(e).Tiered }

// Cap is the most that one event brings.
func Cap(e policy.Edition) money.Fen { return paramsOf(e).CapEvent }

// TryOut answers the conditions on a date from what was typed, with the rules that
// decide a real claim, and says what it would bring.
func TryOut(t Trial, e policy.Edition, on civil.Date) ([]funding.Line, funding.Verdict, money.Fen) {
	p := paramsOf(e)
	lines, verdict := funding.Assess(func(day civil.Date) []funding.Line { return t.lines(p, day) }, on)
	amount, _ := Amount(Sums{Cost: t.Cost, Other: t.Other, Claimed: max(t.Cost-t.Other, 0), Star: t.Star, Held: t.Held, Granted: t.Granted, Free: money.Max}, p)
	return lines, verdict, amount
}

// lines are the rule's own, in the words of somebody who was asked, with those of
// the event, which a real claim answers at its fields.
func (t Trial) lines(p Params, on civil.Date) []funding.Line {
	f := Facts{Claims: map[int]int{on.Year: t.Claims}, Record: funding.Record{
		EstablishedOn: civil.Of(on.Year-3, 1, 1), Active: !t.Has("status"), StatusName: "正常", ReportsKnown: t.Reports != funding.Unsure, Lists: t.Lists(on)}}
	if !t.HeldOn.IsZero() {
		f.Of, f.Claims = t.HeldOn.Year, map[int]int{t.HeldOn.Year: t.Claims}
	}
	if !f.Active {
		f.StatusName = "不正常"
	}
	if t.Reports == funding.Yes {
		for y := f.EstablishedOn.Year; y <= on.Year; y++ {
			f.Reports = append(f.Reports, y)
		}
	}
	if t.Has("unreported") {
		f.Unreported = "有没交的"
	}
	lines := Eligibility(f, p, on)
	for i := range lines {
		l := &lines[i]
		if l.Answer == funding.Note || l.Key == "intake" {
			continue
		}
		l.From = funding.Asserted
		switch l.Key {
		case "year":
		case "annual_report":
			l.Value = map[funding.Said]string{funding.Yes: "都交了", funding.No: "有没交的", funding.Unsure: "不清楚"}[t.Reports]
			l.Flips, l.Remedy = civil.Date{}, map[bool]string{true: "先补交年度报告"}[t.Reports == funding.No]
		default:
			t.Line(l, p.RecordTerms)
		}
	}
	lines = append(t.event(p, on), lines...)
	funding.Sort(lines)
	return lines
}

// event answers for the event itself.
func (t Trial) event(p Params, on civil.Date) []funding.Line {
	day := funding.Line{Key: "claim_days", Label: fmt.Sprintf("活动后 %d 天内申请", p.ClaimDays), From: funding.Asserted, Source: p.FromParam("申请期限"), Answer: funding.Met, AtSubmission: true}
	people := funding.Line{Key: "participants", Label: fmt.Sprintf("参加的至少 %d 人", p.MinParticipants), From: funding.Asserted, Source: p.FromParam("参加人数"), Answer: funding.Met}
	if t.HeldOn.IsZero() {
		return []funding.Line{day, people}
	}
	last := p.LastDay(t.Calendar, t.HeldOn)
	day.Value = fmt.Sprintf("%s办的活动，到 %s为止", t.HeldOn.Chinese(), last.Chinese())
	if last.After(t.HeldOn.AddDays(p.ClaimDays)) {
		day.Value += fmt.Sprintf("；第 %d 天放假，顺延到下一个工作日", p.ClaimDays)
	}
	switch {
	case on.Before(t.HeldOn):
		day.Answer, day.Flips, day.Remedy = funding.Unmet, t.HeldOn, "办完活动再申请"
	case on.After(last):
		day.Answer, day.Remedy = funding.Unmet, "换一次没有过期的活动"
	default:
		day.Flips = last.AddDays(1)
	}
	people.Value = fmt.Sprintf("%d 人", t.Participants)
	if t.Participants < p.MinParticipants {
		people.Answer, people.Remedy = funding.Unmet, "人数不够的活动不补贴"
	}
	return []funding.Line{day, people}
}
