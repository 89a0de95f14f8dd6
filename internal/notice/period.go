package notice

import (
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"
)

// MaxPeriod is the longest period that can be chosen, in working days.
const MaxPeriod = 60

// Terms are what the pinned editions of its items ask of a notice.
type Terms struct {
	MinimumWD int // working days
	EndHour   int // on the last day; 24 is midnight
}

// termsOf returns the least period of one item under the edition its case
// pinned: the days of its type, more for a large item (domain §10).
func termsOf(t Type, amount money.Fen, p policy.Params) Terms {
	terms := Terms{MinimumWD: p.Int(types[t].days), EndHour: p.Int(policy.NoticeEndHour)}
	if amount >= p.Fen(policy.LargeItemAmount) {
		terms.MinimumWD = max(terms.MinimumWD, p.Int(policy.NoticeLargeWD))
	}
	return terms
}

// stricter takes what is longer for the public.
func (t Terms) stricter(o Terms) Terms {
	return Terms{MinimumWD: max(t.MinimumWD, o.MinimumWD), EndHour: max(t.EndHour, o.EndHour)}
}

// endOf returns the instant at which a period is over.
func endOf(p workday.Period, hour int) time.Time {
	return p.End.Start().Add(time.Duration(hour) * time.Hour) // no day of Shanghai has other than 24 hours since 1991
}

// set puts the clock of n on a period of its days after published.
func (n *Notice) set(c *workday.Calendar, published civil.Date) {
	p := c.Period(published, n.Days())
	ends := endOf(p, n.EndHour)
	n.PublishedOn, n.StartsOn, n.EndsOn, n.EndsAt, n.Provisional = published, p.Start, p.End, &ends, p.Provisional
}

// Day is one day of a period, as the strip on the page shows it.
type Day struct {
	On     civil.Date
	Count  int    // which working day of the period, 0 for a day that does not count
	Name   string // 调休上班, 国庆节, "" for an ordinary day
	MakeUp bool   // a weekend day that is worked
	Known  bool   // its year is announced
}

// DaysOf lists every day from the publication to the end of a period.
func DaysOf(c *workday.Calendar, published civil.Date, p workday.Period) []Day {
	var out []Day
	count := 0
	for d := published; !d.After(p.End); d = d.AddDays(1) {
		work, known := c.IsWorkday(d)
		day := Day{On: d, Name: c.Name(d), Known: known}
		if work && p.Contains(d) {
			count++
			day.Count = count
		}
		day.MakeUp = work && (d.Weekday() == time.Saturday || d.Weekday() == time.Sunday)
		out = append(out, day)
	}
	return out
}

// EndText returns when a period ends, in words: 10月13日（星期二）24:00.
func EndText(on civil.Date, hour int) string {
	return fmt.Sprintf("%d月%d日（%s）%d:00", int(on.Month), on.Day, on.ChineseWeekday(), hour)
}
