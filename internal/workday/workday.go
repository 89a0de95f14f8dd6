// Package workday counts the working days of China: Monday to Friday, less the
// holidays and plus the make-up days (调休上班) that the State Council announces
// each year. Level 0 (above civil); no tables, the days are given.
//
// A year is known when its whole announcement was loaded. In any other year the
// package counts Monday to Friday and says so: a result that rests on such a day
// is Provisional (暂定). Inner targets may use it and be recomputed; legal clocks
// must not close on it (DESIGN §1 item 4).
package workday

import (
	"time"

	"civilaffairs/internal/civil"
)

// Kind says what an announced day is. Its values are those of the calendar table.
type Kind string

// The closed list of kinds.
const (
	Off  Kind = "off"  // a holiday, or a day off moved next to one
	Work Kind = "work" // a weekend day that is worked (调休上班)
)

// Day is one day of an announcement. Ordinary days are not announced.
type Day struct {
	Date civil.Date
	Kind Kind
	Name string // the holiday it belongs to: 国庆节
}

// Calendar answers what a day is. It does not change and is safe for concurrent
// use.
type Calendar struct {
	days  map[civil.Date]Day
	years map[int]bool
}

// New returns a calendar of the announced days, in which years are known. A day
// of another year is known by itself: 元旦 announcements reach into the December
// before. The last entry of a day counts; one of no known kind does not.
func New(days []Day, years ...int) *Calendar {
	c := &Calendar{days: make(map[civil.Date]Day, len(days)), years: make(map[int]bool, len(years))}
	for _, d := range days {
		if d.Kind == Off || d.Kind == Work {
			c.days[d.Date] = d
		}
	}
	for _, y := range years {
		c.years[y] = true
	}
	return c
}

// Knows reports whether the year's announcement is loaded.
func (c *Calendar) Knows(year int) bool { return c.years[year] }

// IsWorkday reports whether d is worked, and whether that is known rather than
// assumed from the weekday.
func (c *Calendar) IsWorkday(d civil.Date) (work, known bool) {
	if day, announced := c.days[d]; announced {
		return day.Kind == Work, true
	}
	weekday := d.Weekday()
	return weekday != time.Saturday && weekday != time.Sunday, c.years[d.Year]
}

// Name returns what to call a special day: 调休上班, or the holiday's name; "" for
// an ordinary day.
func (c *Calendar) Name(d civil.Date) string {
	switch day := c.days[d]; day.Kind {
	case Work:
		return "调休上班"
	case Off:
		return day.Name
	default:
		return ""
	}
}

// Deadline is a day found by counting.
type Deadline struct {
	On          civil.Date
	Provisional bool // a day of an unknown year was counted or passed over
}

// Add returns the n-th working day after d, d excluded (民法典 201); for a negative
// n the n-th before d. Zero gives d itself, whatever day it is.
func (c *Calendar) Add(d civil.Date, n int) Deadline {
	step := 1
	if n < 0 {
		step, n = -1, -n
	}
	due := Deadline{On: d}
	for n > 0 {
		due.On = due.On.AddDays(step)
		work, known := c.IsWorkday(due.On)
		due.Provisional = due.Provisional || !known
		if work {
			n--
		}
	}
	return due
}

// OnOrAfter returns d if it is a working day, else the next one: a period that
// ends on a holiday runs on (民法典 203).
func (c *Calendar) OnOrAfter(d civil.Date) Deadline {
	work, known := c.IsWorkday(d)
	if work {
		return Deadline{On: d, Provisional: !known}
	}
	next := c.Add(d, 1)
	next.Provisional = next.Provisional || !known
	return next
}

// Between returns the number of working days from one day to another: from
// excluded, to included. It is negative when to is earlier, so that the first
// day after a deadline counts as overdue even on a weekend. It undoes Add:
// Between(d, Add(d, n).On) is n.
func (c *Calendar) Between(from, to civil.Date) (n int, provisional bool) {
	first, last, sign := from.AddDays(1), to, 1
	if to.Before(from) {
		first, last, sign = to, from.AddDays(-1), -1
	}
	for d := first; !d.After(last); d = d.AddDays(1) {
		work, known := c.IsWorkday(d)
		provisional = provisional || !known
		if work {
			n += sign
		}
	}
	return n, provisional
}

// Period is a public notice: whole working days, both ends included. It ends at
// End.End(), 24:00 of the last day.
type Period struct {
	Start, End  civil.Date
	Provisional bool // it must not close before the year is loaded
}

// Period returns the period of a notice of n working days that was published on
// a day: it starts on the first working day after that and contains exactly n
// (domain §10). There is no notice without a day: n below 1 counts as 1.
func (c *Calendar) Period(published civil.Date, n int) Period {
	start := c.Add(published, 1)
	end := c.Add(start.On, max(n, 1)-1)
	return Period{Start: start.On, End: end.On, Provisional: start.Provisional || end.Provisional}
}

// Contains reports whether d lies within the period, days off included.
func (p Period) Contains(d civil.Date) bool { return !d.Before(p.Start) && !d.After(p.End) }
