package district_test

import (
	"context"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
)

func nov23(t *testing.T) *dbtest.DB {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai))
	return db
}

func seed(t *testing.T, db *dbtest.DB, years ...int) error {
	t.Helper()
	return db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		return district.SeedDemoCalendar(t.Context(), tx, years)
	})
}

// The vectors of domain §10, through the tables.
func TestNoticePeriodsFromTheTables(t *testing.T) {
	t.Parallel()
	db := nov23(t)
	near := read(t, db, district.Calendar)
	far := read(t, db, func(ctx context.Context, q postgres.Querier) (*workday.Calendar, error) {
		return district.CalendarOf(ctx, q, 2017, 2022)
	})
	for _, c := range []struct {
		cal                   *workday.Calendar
		published, start, end string
		n                     int
		provisional           bool
	}{
		{far, "2021-08-17", "2021-08-18", "2021-08-24", 5, false},
		{far, "2017-09-28", "2017-09-29", "2017-10-11", 5, false},
		{near, "2024-09-30", "2024-10-08", "2024-10-18", 10, false},
		{near, "2025-01-24", "2025-01-26", "2025-02-07", 5, false},
		{near, "2026-02-13", "2026-02-14", "2026-03-02", 7, false},
		{near, "2026-09-18", "2026-09-20", "2026-09-24", 5, false},
		{near, "2026-09-30", "2026-10-08", "2026-10-13", 5, false},
		{near, "2026-11-23", "2026-11-24", "2026-12-07", 10, false},
		{near, "2026-12-30", "2026-12-31", "2027-01-06", 5, true}, // 2027 is not announced
	} {
		p := c.cal.Period(civil.MustParse(c.published), c.n)
		if c.provisional {
			if !p.Provisional {
				t.Errorf("%s + %d is not provisional", c.published, c.n)
			}
			continue
		}
		if p.Start.String() != c.start || p.End.String() != c.end || p.Provisional {
			t.Errorf("%s + %d: %+v, want %s to %s", c.published, c.n, p, c.start, c.end)
		}
	}
}

func TestDemoCalendarFillsUnknownYearsOnly(t *testing.T) {
	t.Parallel()
	db := nov23(t)
	newYear := civil.MustParse("2027-01-01")
	if _, known := read(t, db, district.Calendar).IsWorkday(newYear); known {
		t.Fatal("2027 is known without being announced")
	}
	for range 2 {
		if err := seed(t, db, 2026, 2027, 2028); err != nil {
			t.Fatal(err)
		}
	}
	cal := read(t, db, district.Calendar)
	if work, known := cal.IsWorkday(newYear); work || !known {
		t.Errorf("new year's day 2027: work %v, known %v", work, known)
	}
	if p := cal.Period(civil.MustParse("2026-12-30"), 5); p.End.String() != "2027-01-07" || p.Provisional {
		t.Errorf("over the turn of the year: %+v", p)
	}
	if cal.Name(civil.MustParse("2026-10-10")) == "" {
		t.Error("the published make-up day of 2026 was lost")
	}
	sources := map[int]string{}
	for _, y := range read(t, db, district.Years) {
		sources[y.Year] = y.Source
		if y.Demo != (y.Year > 2026) {
			t.Errorf("%d demo: %v", y.Year, y.Demo)
		}
	}
	if sources[2027] != "演示日历" || sources[2026] != "国务院办公厅关于2026年部分节假日安排的通知" {
		t.Errorf("sources %v", sources)
	}
}

func TestLoadYearOnceAndWithinItself(t *testing.T) {
	t.Parallel()
	db := nov23(t)
	load := func(year int, days ...workday.Day) error {
		return db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
			return district.LoadYear(t.Context(), tx, now, year, "测试通知", days)
		})
	}
	day := workday.Day{Date: civil.MustParse("2027-02-06"), Kind: workday.Off, Name: "春节"}
	if err := load(2026, day); !errs.Is(err, errs.Conflict) {
		t.Errorf("a known year: %v", err)
	}
	if err := load(2028, day); !errs.Is(err, errs.Invalid) {
		t.Errorf("a day of another year: %v", err)
	}
	if err := load(2027, day); err != nil {
		t.Fatal(err)
	}
	cal := read(t, db, district.Calendar)
	if _, known := cal.IsWorkday(civil.MustParse("2028-01-03")); known {
		t.Error("the refused year was kept")
	}
	if cal.Name(day.Date) != "春节" {
		t.Errorf("name %q", cal.Name(day.Date))
	}
}
