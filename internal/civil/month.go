package civil

import (
	"fmt"
	"time"
)

// Month is one month of the calendar: what insurance and subsidies count by. The
// zero Month means “none”.
type Month struct {
	Year  int
	Month time.Month
}

// MonthOf returns the month in which d lies.
func MonthOf(d Date) Month { return Month{d.Year, d.Month} }

// ParseMonth reads 2006-01 and refuses months that do not exist.
func ParseMonth(s string) (Month, error) {
	d, err := Parse(s + "-01")
	if err != nil {
		return Month{}, fmt.Errorf("civil: %q is not a month", s)
	}
	return MonthOf(d), nil
}

// First returns the first day of m.
func (m Month) First() Date { return Of(m.Year, m.Month, 1) }

// Last returns the last day of m.
func (m Month) Last() Date { return m.Next().First().AddDays(-1) }

// Next returns the month after m.
func (m Month) Next() Month { return m.Add(1) }

// Add returns the month n months on.
func (m Month) Add(n int) Month { return MonthOf(m.First().AddMonths(n)) }

// Compare returns -1, 0 or 1.
func (m Month) Compare(n Month) int { return m.First().Compare(n.First()) }

// Before reports whether m is earlier than n.
func (m Month) Before(n Month) bool { return m.Compare(n) < 0 }

// After reports whether m is later than n.
func (m Month) After(n Month) bool { return m.Compare(n) > 0 }

// IsZero reports whether m is “none”.
func (m Month) IsZero() bool { return m == Month{} }

// Overlaps reports whether a day of m lies between from and to; a zero to is
// open.
func (m Month) Overlaps(from, to Date) bool {
	return !m.Last().Before(from) && (to.IsZero() || !m.First().After(to))
}

// String returns 2006-01, "" for the zero Month.
func (m Month) String() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", m.Year, int(m.Month))
}

// Chinese returns 2026年11月, "" for the zero Month.
func (m Month) Chinese() string {
	if m.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d年%d月", m.Year, int(m.Month))
}

// MarshalText and UnmarshalText give JSON the form 2006-01 ("" for none).
func (m Month) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (m *Month) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*m = Month{}
		return nil
	}
	*m, err = ParseMonth(string(b))
	return err
}
