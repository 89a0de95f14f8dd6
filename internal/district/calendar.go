package district

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
)

// DemoSource marks a calendar year that no office published. Everything that
// shows a source shows it, so nobody takes such a year for the real one.
const DemoSource = "演示日历"

// A clock that runs today began at most two years ago (grade and contract terms
// count in months, not working days) and ends within two.
const yearsBack, yearsAhead = 2, 2

type calendarRow struct {
	Year int        `db:"year"`
	Date civil.Date `db:"date"`
	Kind string     `db:"kind"`
	Name string     `db:"name"`
}

// Calendar reads the working-day calendar around today, two years back and two
// ahead, in one statement of some 150 rows. A year not loaded is unknown to the
// calendar: its results are provisional there.
func Calendar(ctx context.Context, q postgres.Querier) (*workday.Calendar, error) {
	return calendar(ctx, q, aroundSQL, yearsBack, yearsAhead)
}

// GatherCalendar adds what Calendar asks to a batch; what it returns is called
// after the run.
func GatherCalendar(b *postgres.Batch) func() *workday.Calendar {
	var rows []calendarRow
	postgres.Gather(b, &rows, aroundSQL, yearsBack, yearsAhead)
	return func() *workday.Calendar { return calendarFrom(rows) }
}

const aroundSQL = `
		with today as (select extract(year from portal_now() at time zone 'Asia/Shanghai')::int as year)
		select y.year, d.date, coalesce(d.kind, '') as kind, coalesce(d.name, '') as name
		from today t join calendar_year y on y.year between t.year - $1 and t.year + $2
			left join calendar_day d on d.year = y.year
		order by y.year, d.date`

// CalendarOf reads the years first to last, for what happened longer ago.
func CalendarOf(ctx context.Context, q postgres.Querier, first, last int) (*workday.Calendar, error) {
	return calendar(ctx, q, `
		select y.year, d.date, coalesce(d.kind, '') as kind, coalesce(d.name, '') as name
		from calendar_year y left join calendar_day d on d.year = y.year
		where y.year between $1 and $2 order by y.year, d.date`, first, last)
}

func calendar(ctx context.Context, q postgres.Querier, sql string, args ...any) (*workday.Calendar, error) {
	rows, err := postgres.All[calendarRow](ctx, q, sql, args...)
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return calendarFrom(rows), nil
}

func calendarFrom(rows []calendarRow) *workday.Calendar {
	var days []workday.Day
	var years []int
	for _, r := range rows {
		if len(years) == 0 || years[len(years)-1] != r.Year {
			years = append(years, r.Year)
		}
		if r.Date.IsZero() {
			continue // a loaded year without a day of its own
		}
		kind := workday.Off
		if r.Kind == "work" {
			kind = workday.Work
		}
		days = append(days, workday.Day{Date: r.Date, Kind: kind, Name: r.Name})
	}
	return workday.New(days, years...)
}

// Year says where the calendar of a year comes from.
type Year struct {
	Year     int       `db:"year"`
	Source   string    `db:"source"`
	Demo     bool      `db:"demo"`
	LoadedAt time.Time `db:"loaded_at"`
}

// Years returns the loaded years, oldest first.
func Years(ctx context.Context, q postgres.Querier) ([]Year, error) {
	return postgres.All[Year](ctx, q, `select year, source, demo, loaded_at from calendar_year order by year`)
}

// LoadYear records the holidays and make-up days of a year that is not known
// yet, after the notice named by source. errs.Conflict when the year is there
// already, errs.Invalid when a day is of another year.
func LoadYear(ctx context.Context, tx postgres.Tx, now time.Time, year int, source string, days []workday.Day) error {
	_, err := tx.Exec(ctx, `insert into calendar_year (year, source, demo, loaded_at) values ($1, $2, $3, $4)`,
		year, source, source == DemoSource, now)
	if postgres.Violates(err, "calendar_year_pkey") {
		return errs.Wrap(errs.Conflict, fmt.Sprintf("%d年的工作日历已经有了。", year), err)
	}
	if err != nil {
		return fmt.Errorf("calendar year %d: %w", year, err)
	}
	for _, d := range days {
		if d.Date.Year != year || !d.Date.Valid() {
			return errs.Newf(errs.Invalid, "%s不在%d年内。核对日期后再导入。", d.Date.Chinese(), year)
		}
		kind := "off"
		if d.Kind == workday.Work {
			kind = "work"
		}
		if _, err := tx.Exec(ctx, `insert into calendar_day (date, kind, name) values ($1, $2, $3)`,
			d.Date, kind, d.Name); err != nil {
			return fmt.Errorf("calendar day %s: %w", d.Date, err)
		}
	}
	return nil
}

// SeedDemoCalendar loads those of years that are not known yet, marked
// DemoSource; a published year is left as it is. Only holidays on a fixed date
// are in it (元旦 1-1, 劳动节 5-1 and 5-2, 国庆节 10-1 to 10-3: 全国年节及纪念日放假办法).
// Festivals of the lunar calendar and make-up days are what the yearly notice
// decides, and are not invented: such a year is for showing the portal, no more.
func SeedDemoCalendar(ctx context.Context, tx postgres.Tx, years []int) error {
	for _, year := range years {
		var known bool
		var now time.Time
		err := tx.QueryRow(ctx, `select exists (select from calendar_year where year = $1), portal_now()`, year).Scan(&known, &now)
		if err != nil {
			return fmt.Errorf("demo calendar %d: %w", year, err)
		}
		if known {
			continue
		}
		if err := LoadYear(ctx, tx, now, year, DemoSource, fixedHolidays(year)); err != nil {
			return err
		}
	}
	return nil
}

func fixedHolidays(year int) []workday.Day {
	return []workday.Day{
		{Date: civil.Of(year, time.January, 1), Kind: workday.Off, Name: "元旦"},
		{Date: civil.Of(year, time.May, 1), Kind: workday.Off, Name: "劳动节"},
		{Date: civil.Of(year, time.May, 2), Kind: workday.Off, Name: "劳动节"},
		{Date: civil.Of(year, time.October, 1), Kind: workday.Off, Name: "国庆节"},
		{Date: civil.Of(year, time.October, 2), Kind: workday.Off, Name: "国庆节"},
		{Date: civil.Of(year, time.October, 3), Kind: workday.Off, Name: "国庆节"},
	}
}
