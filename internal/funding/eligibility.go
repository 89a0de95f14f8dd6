package funding

import (
	"slices"

	"civilaffairs/internal/civil"
)

// Answer is what one line of eligibility comes to. A fact not recorded is
// unknown, never met.
type Answer string

// The three answers, and Note for a line that informs and decides nothing.
const (
	Met     Answer = "met"
	Unmet   Answer = "unmet"
	Unknown Answer = "unknown"
	Note    Answer = "note"
)

// Source says where a rule stands: an article of the policy, or a parameter of
// the edition that the bureau has yet to confirm.
type Source struct {
	Document string `json:"document"`          // 《实施意见》 or the edition's label
	Article  string `json:"article"`           // 三（二）1（1）
	Pending  bool   `json:"pending,omitempty"` // 待确认: not from the policy text
}

// Line is one condition of a programme with its answer, line by line: the value
// used, where it comes from, the article, and the date on which the answer flips.
type Line struct {
	Key    string `json:"key"`
	Label  string `json:"label"`
	Answer Answer `json:"answer"`
	Value  string `json:"value"` // what was found: “2026年5月23日成立，到今天 4 个月 16 天”
	From   string `json:"from"`  // where it was found
	Source Source `json:"source"`
	// Flips is the civil date on which the answer changes by itself: an unmet line
	// becomes met, a met one ceases to be. Zero when time alone does not change it.
	Flips civil.Date `json:"flips,omitzero"`
	// Remedy is what to do about it; Act names the page that does it.
	Remedy string `json:"remedy,omitempty"`
	Act    string `json:"act,omitempty"`
	// BlocksUnknown makes an unknown answer stop the submission. Lists that only
	// an office can look up do not: they are settled before acceptance.
	BlocksUnknown bool `json:"blocks_unknown,omitempty"`
	// AtSubmission judges a submitted application on the day of its submission:
	// whoever was in time does not lose by what the offices take. Lists, reports
	// and status are always today's.
	AtSubmission bool `json:"at_submission,omitempty"`
}

// Stops reports whether the line stops a submission.
func (l Line) Stops() bool { return l.Answer == Unmet || l.Answer == Unknown && l.BlocksUnknown }

// Conditions answers a programme's conditions on a date from facts that are
// recorded already; only the date moves.
type Conditions func(on civil.Date) []Line

// Submitted returns the conditions of an application that was submitted on a day.
func (c Conditions) Submitted(day civil.Date) Conditions {
	return func(on civil.Date) []Line {
		lines, then := c(on), c(day)
		for i, l := range lines {
			at := slices.IndexFunc(then, func(t Line) bool { return t.Key == l.Key })
			if l.AtSubmission && at >= 0 {
				lines[i] = then[at]
				lines[i].Value, lines[i].Flips = "提交时"+then[at].Value, civil.Date{}
			}
		}
		Sort(lines)
		return lines
	}
}

// Sort puts the worst answers first and notes last; within an answer the order
// of the rules stays.
func Sort(lines []Line) {
	rank := map[Answer]int{Unmet: 0, Unknown: 1, Met: 2, Note: 3}
	slices.SortStableFunc(lines, func(a, b Line) int { return rank[a.Answer] - rank[b.Answer] })
}

// Verdict is what the lines come to together.
type Verdict struct {
	MaySubmit           bool // no line stops the submission today
	MayAccept           bool // nothing unknown is left either
	Met, Unmet, Unknown int
	// Earliest is the first date on which the organization may submit if nothing
	// but time passes; zero when it may today, when an act is needed, or never.
	Earliest civil.Date
	// Closes is the last date of eligibility as things stand; zero for none.
	Closes civil.Date
	Acts   []Line // the lines that need somebody to do something
}

// Assess answers the conditions on a date and judges them, the earliest date
// included.
func Assess(c Conditions, on civil.Date) ([]Line, Verdict) {
	lines := c(on)
	v := Judge(lines)
	if !v.MaySubmit && len(v.Acts) == 0 {
		v.Earliest = earliest(c, on)
	}
	return lines, v
}

// maxFlips bounds the search for the earliest date: an organization has few
// dates ahead of it.
const maxFlips = 64

// earliest goes from date to date on which some answer flips until all allow
// the submission. A line may flip more than once, so one look is not enough.
func earliest(c Conditions, on civil.Date) civil.Date {
	for range maxFlips {
		var next civil.Date
		lines := c(on)
		if Judge(lines).MaySubmit {
			return on
		}
		for _, l := range lines {
			if !l.Flips.IsZero() && (next.IsZero() || l.Flips.Before(next)) {
				next = l.Flips
			}
		}
		if next.IsZero() {
			break
		}
		on = next
	}
	return civil.Date{}
}

// Judge counts the lines and says what they allow. It does not look ahead; see
// Assess.
func Judge(lines []Line) Verdict {
	v := Verdict{MaySubmit: true, MayAccept: true}
	for _, l := range lines {
		switch l.Answer {
		case Met:
			v.Met++
			if eve := l.Flips; !eve.IsZero() && (v.Closes.IsZero() || !eve.After(v.Closes)) {
				v.Closes = eve.AddDays(-1)
			}
		case Unmet:
			v.Unmet++
			v.MaySubmit, v.MayAccept = false, false
			if l.Flips.IsZero() {
				v.Acts = append(v.Acts, l)
			}
		case Unknown:
			v.Unknown++
			v.MayAccept = false
			if l.BlocksUnknown {
				v.MaySubmit = false
				v.Acts = append(v.Acts, l)
			}
		}
	}
	return v
}
