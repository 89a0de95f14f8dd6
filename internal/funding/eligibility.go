package funding

import (
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
}

// Verdict is what the lines come to together.
type Verdict struct {
	MaySubmit           bool // no line stops the submission today
	MayAccept           bool // nothing unknown is left either
	Met, Unmet, Unknown int
	// Earliest is the first date on which time alone would have removed every
	// obstacle; zero when an act is needed as well, or it will never be.
	Earliest civil.Date
	// Closes is the last date of eligibility as things stand; zero for none.
	Closes civil.Date
	Acts   []Line // the lines that need somebody to do something
}

// Judge reads the lines. Time alone helps only when every line that stops the
// submission has a date on which it becomes met, and no met line ends before it.
func Judge(lines []Line) Verdict {
	v := Verdict{MaySubmit: true, MayAccept: true}
	timeAlone := true
	for _, l := range lines {
		switch l.Answer {
		case Met:
			v.Met++
			if !l.Flips.IsZero() && (v.Closes.IsZero() || l.Flips.Before(v.Closes)) {
				v.Closes = l.Flips
			}
		case Unmet:
			v.Unmet++
			v.MaySubmit, v.MayAccept = false, false
			if l.Flips.IsZero() {
				timeAlone = false
				v.Acts = append(v.Acts, l)
			} else if l.Flips.After(v.Earliest) {
				v.Earliest = l.Flips
			}
		case Unknown:
			v.Unknown++
			v.MayAccept = false
			if l.BlocksUnknown {
				v.MaySubmit, timeAlone = false, false
				v.Acts = append(v.Acts, l)
			}
		}
	}
	if !v.Closes.IsZero() && !v.Earliest.IsZero() && !v.Earliest.Before(v.Closes) {
		v.Earliest = civil.Date{} // the last condition comes true after another has ceased
	}
	if !timeAlone && v.Earliest.IsZero() || v.MaySubmit {
		v.Earliest = civil.Date{}
	}
	if !v.Closes.IsZero() {
		v.Closes = v.Closes.AddDays(-1)
	}
	return v
}
