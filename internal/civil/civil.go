// Package civil is the calendar date without time or zone, as the policy counts
// it. Level 0; no tables.
//
// All dates of the portal are civil dates of Asia/Shanghai; instants are UTC.
package civil

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // the binary carries the zone: a bare container has none

	"github.com/jackc/pgx/v5/pgtype"
)

// Shanghai is the zone of every date and clock in the portal.
var Shanghai = mustLoad("Asia/Shanghai")

func mustLoad(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return loc
}

// Date is a civil date. The zero Date means “none”.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// Of returns the date y-m-d without checking it; see Valid.
func Of(y int, m time.Month, d int) Date { return Date{y, m, d} }

// On returns the date of instant t in Shanghai.
func On(t time.Time) Date {
	y, m, d := t.In(Shanghai).Date()
	return Date{y, m, d}
}

// Parse reads 2006-01-02 and refuses dates that do not exist.
func Parse(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("civil date %q: %w", s, err)
	}
	return fromUTC(t), nil
}

// MustParse is Parse for constants and tests.
func MustParse(s string) Date {
	d, err := Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero reports whether d is “none”.
func (d Date) IsZero() bool { return d == Date{} }

// Valid reports whether d exists in the calendar: 2026-02-30 does not.
func (d Date) Valid() bool { return !d.IsZero() && fromUTC(d.utc()) == d }

// String returns 2006-01-02, "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Chinese returns 2026年11月23日, "" for the zero Date.
func (d Date) Chinese() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday { return d.utc().Weekday() }

// ChineseWeekday returns 星期一 … 星期日.
func (d Date) ChineseWeekday() string {
	return [...]string{"星期日", "星期一", "星期二", "星期三", "星期四", "星期五", "星期六"}[d.Weekday()]
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// Compare returns -1, 0 or 1.
func (d Date) Compare(e Date) int { return d.utc().Compare(e.utc()) }

// AddDays returns d moved by n days.
func (d Date) AddDays(n int) Date { return fromUTC(d.utc().AddDate(0, 0, n)) }

// AddMonths returns the corresponding day n months on, or the last day of that
// month when it has none: 2026-08-31 + 6 → 2027-02-28. That is how 半年, 一年 and
// 两年 are counted (民法典 202, domain 0.4).
func (d Date) AddMonths(n int) Date {
	first := time.Date(d.Year, d.Month, 1, 0, 0, 0, 0, time.UTC).AddDate(0, n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return Date{first.Year(), first.Month(), min(d.Day, last)}
}

// DaysUntil returns the number of days from d to e, negative when e is earlier.
func (d Date) DaysUntil(e Date) int { return int(e.utc().Sub(d.utc()).Hours() / 24) }

// Start returns the instant at which d begins in Shanghai.
func (d Date) Start() time.Time { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Shanghai) }

// End returns the instant at which d is over (24:00): the start of the next day.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

func (d Date) utc() time.Time  { return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC) }
func fromUTC(t time.Time) Date { y, m, d := t.Date(); return Date{y, m, d} }

// ScanDate reads a Postgres date; NULL becomes the zero Date.
func (d *Date) ScanDate(v pgtype.Date) error {
	if !v.Valid {
		*d = Date{}
		return nil
	}
	if v.InfinityModifier != pgtype.Finite {
		return errors.New("civil date cannot be infinite")
	}
	*d = fromUTC(v.Time)
	return nil
}

// DateValue writes a Postgres date; the zero Date becomes NULL.
func (d Date) DateValue() (pgtype.Date, error) {
	return pgtype.Date{Time: d.utc(), Valid: !d.IsZero()}, nil
}

// Value implements driver.Valuer for database/sql users such as goose.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.utc(), nil
}

// MarshalText and UnmarshalText give JSON the form 2006-01-02 ("" for none).
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is the inverse of MarshalText.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	v, err := Parse(string(b))
	*d = v
	return err
}
