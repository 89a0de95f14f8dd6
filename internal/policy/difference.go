package policy

import (
	"slices"

	"civilaffairs/internal/civil"
)

// Difference is a parameter on which two editions do not agree.
type Difference struct {
	Definition
	Left, Right Param
}

// Differences returns what differs between two complete sets, in the order of the
// closed list: value, article, source or confirmation.
func Differences(left, right Params) []Difference {
	var out []Difference
	for _, d := range definitions {
		if l, r := left.as(d.Key), right.as(d.Key); l != r {
			out = append(out, Difference{d, l, r})
		}
	}
	return out
}

// Pending returns the parameters that are 待确认, in the order of the closed list.
func (p Params) Pending() []Param {
	var out []Param
	for _, d := range definitions {
		if v := p.as(d.Key); !v.Confirmed {
			out = append(out, v)
		}
	}
	return out
}

// Span is a run of days, both ends included; a zero To is without end.
type Span struct{ From, To civil.Date }

// String returns the span in words: 2026年11月23日至2027年1月1日.
func (s Span) String() string {
	switch s.To {
	case civil.Date{}:
		return s.From.Chinese() + "起"
	case s.From:
		return s.From.Chinese()
	}
	return s.From.Chinese() + "至" + s.To.Chinese()
}

// Contains reports whether day lies within the span.
func (s Span) Contains(day civil.Date) bool {
	return !day.Before(s.From) && (s.To.IsZero() || !day.After(s.To))
}

// Uncovered returns the days of whole that lie in none of parts, as the fewest
// spans, the earliest first.
func Uncovered(whole Span, parts []Span) []Span {
	parts = slices.SortedFunc(slices.Values(parts), func(a, b Span) int { return a.From.Compare(b.From) })
	var gaps []Span
	next := whole.From // the first day not yet known to be covered
	for _, p := range parts {
		if !whole.To.IsZero() && p.From.After(whole.To) {
			break
		}
		if p.From.After(next) {
			gaps = append(gaps, Span{next, p.From.AddDays(-1)})
		}
		if p.To.IsZero() {
			return gaps
		}
		if after := p.To.AddDays(1); after.After(next) {
			next = after
		}
	}
	if whole.To.IsZero() || !next.After(whole.To) {
		gaps = append(gaps, Span{next, whole.To})
	}
	return gaps
}
