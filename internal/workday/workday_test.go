package workday

import (
	_ "embed"
	"encoding/csv"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
)

// The announcements of the years that the vectors need.
//
//go:embed testdata/days.csv
var daysCSV string

func announced(t testing.TB) []Day {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(daysCSV)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var days []Day
	for _, r := range rows[1:] {
		days = append(days, Day{civil.MustParse(r[0]), Kind(r[1]), r[2]})
	}
	return days
}

func calendar(t testing.TB) *Calendar {
	t.Helper()
	return New(announced(t), 2017, 2021, 2024, 2025, 2026)
}

func day(s string) civil.Date { return civil.MustParse(s) }

// The vectors of domain §10, and both sides of the year's end.
func TestPeriodVectors(t *testing.T) {
	t.Parallel()
	c := calendar(t)
	for _, v := range []struct {
		published   string
		n           int
		start, end  string
		provisional bool
	}{
		{"2021-08-17", 5, "2021-08-18", "2021-08-24", false},
		{"2026-09-18", 5, "2026-09-20", "2026-09-24", false}, // starts on a make-up Sunday
		{"2026-09-30", 5, "2026-10-08", "2026-10-13", false}, // counts a make-up Saturday
		{"2026-02-13", 7, "2026-02-14", "2026-03-02", false},
		{"2025-01-24", 5, "2025-01-26", "2025-02-07", false},
		{"2024-09-30", 10, "2024-10-08", "2024-10-18", false},
		{"2017-09-28", 5, "2017-09-29", "2017-10-11", false},
		{"2026-11-23", 5, "2026-11-24", "2026-11-30", false},
		{"2026-11-23", 7, "2026-11-24", "2026-12-02", false},
		{"2026-11-23", 10, "2026-11-24", "2026-12-07", false},

		{"2026-10-01", 1, "2026-10-08", "2026-10-08", false}, // published on a holiday
		{"2026-09-17", 2, "2026-09-18", "2026-09-20", false}, // the day before the make-up Sunday's vector
		{"2026-09-19", 5, "2026-09-20", "2026-09-24", false}, // on the Saturday between
		{"2026-09-20", 5, "2026-09-21", "2026-09-28", false}, // on the make-up Sunday itself
		{"2026-09-29", 5, "2026-09-30", "2026-10-12", false},
		{"2026-11-23", 1, "2026-11-24", "2026-11-24", false},
		{"2026-11-23", 0, "2026-11-24", "2026-11-24", false},
		{"2026-11-23", -3, "2026-11-24", "2026-11-24", false},

		{"2026-12-30", 1, "2026-12-31", "2026-12-31", false}, // the last day that is known
		{"2026-12-30", 2, "2026-12-31", "2027-01-01", true},
		{"2026-12-30", 5, "2026-12-31", "2027-01-06", true},
		{"2026-12-31", 1, "2027-01-01", "2027-01-01", true},
	} {
		p := c.Period(day(v.published), v.n)
		if want := (Period{day(v.start), day(v.end), v.provisional}); p != want {
			t.Errorf("published %s, %d: %+v, want %+v", v.published, v.n, p, want)
		}
	}
}

// One announced day does not make its year known: the end moves, the mark stays
// until the whole year is loaded. (Domain §10 prints 2027-01-06 for the case with
// the holiday; by its own counting rule that is the end without it.)
func TestPeriodIntoAnUnknownYear(t *testing.T) {
	t.Parallel()
	newYear := append(announced(t), Day{day("2027-01-01"), Off, "元旦"})
	for _, v := range []struct {
		name        string
		calendar    *Calendar
		end         string
		provisional bool
	}{
		{"nothing of 2027", New(announced(t), 2026), "2027-01-06", true},
		{"2027-01-01 entered", New(newYear, 2026), "2027-01-07", true},
		{"2027 loaded", New(newYear, 2026, 2027), "2027-01-07", false},
		{"no year loaded", New(nil), "2027-01-06", true},
	} {
		if p := v.calendar.Period(day("2026-12-30"), 5); p != (Period{day("2026-12-31"), day(v.end), v.provisional}) {
			t.Errorf("%s: %+v, want …%s, %v", v.name, p, v.end, v.provisional)
		}
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	c := calendar(t)
	for _, v := range []struct {
		on          string
		work, known bool
		name        string
	}{
		{"2026-11-23", true, true, ""}, {"2026-11-21", false, true, ""}, {"2026-11-22", false, true, ""},
		{"2026-10-01", false, true, "国庆节"}, {"2026-10-07", false, true, "国庆节"}, {"2026-10-08", true, true, ""},
		{"2026-10-09", true, true, ""}, {"2026-10-10", true, true, "调休上班"}, {"2026-10-11", false, true, ""},
		{"2026-09-20", true, true, "调休上班"}, {"2026-09-24", true, true, ""}, {"2026-09-25", false, true, "中秋节"}, {"2026-09-28", true, true, ""},
		{"2026-02-14", true, true, "调休上班"}, {"2026-02-15", false, true, "春节"}, {"2026-02-23", false, true, "春节"}, {"2026-02-24", true, true, ""}, {"2026-02-28", true, true, "调休上班"},
		{"2026-01-03", false, true, "元旦"}, {"2026-01-04", true, true, "调休上班"}, {"2026-12-31", true, true, ""},
		{"2025-12-31", true, true, ""}, {"2024-02-29", true, true, ""}, {"2017-09-30", true, true, "调休上班"}, {"2017-10-08", false, true, "中秋节、国庆节"}, {"2017-10-09", true, true, ""},
		{"2027-01-01", true, false, ""}, {"2027-01-02", false, false, ""}, {"2023-10-02", true, false, ""}, // years not loaded
	} {
		work, known := c.IsWorkday(day(v.on))
		if work != v.work || known != v.known || c.Name(day(v.on)) != v.name {
			t.Errorf("%s: work %v, known %v, %q; want %v, %v, %q", v.on, work, known, c.Name(day(v.on)), v.work, v.known, v.name)
		}
	}
	if !c.Knows(2026) || c.Knows(2027) {
		t.Error("Knows does not follow the loaded years")
	}
}

func TestCalendarEntries(t *testing.T) {
	t.Parallel()
	d := day("2026-11-23")
	if work, _ := New([]Day{{d, Off, "甲"}, {d, Work, "乙"}}, 2026).IsWorkday(d); !work {
		t.Error("the last entry of a day must count")
	}
	if work, known := New([]Day{{d, "holiday", "甲"}}).IsWorkday(d); !work || known {
		t.Error("an entry of no known kind must not count")
	}
	// The announcement for 2019 made Saturday 2018-12-29 a working day.
	if work, known := New([]Day{{day("2018-12-29"), Work, "元旦"}}, 2019).IsWorkday(day("2018-12-29")); !work || !known {
		t.Error("a day announced by the next year's notice is known")
	}
}

func TestAddAndOnOrAfter(t *testing.T) {
	t.Parallel()
	c := calendar(t)
	for _, v := range []struct {
		from        string
		n           int
		want        string
		provisional bool
	}{
		{"2026-11-23", 0, "2026-11-23", false}, {"2026-11-22", 0, "2026-11-22", false}, {"2026-11-23", 1, "2026-11-24", false},
		{"2026-11-20", 1, "2026-11-23", false}, {"2026-11-21", 1, "2026-11-23", false}, {"2026-09-30", 1, "2026-10-08", false},
		{"2026-10-09", 1, "2026-10-10", false}, {"2026-10-10", 1, "2026-10-12", false}, {"2026-11-23", 15, "2026-12-14", false},
		{"2026-11-23", -1, "2026-11-20", false}, {"2026-11-22", -1, "2026-11-20", false}, {"2026-10-08", -1, "2026-09-30", false}, {"2026-10-12", -1, "2026-10-10", false},
		{"2026-12-30", 1, "2026-12-31", false}, {"2026-12-31", 1, "2027-01-01", true}, {"2027-01-04", -1, "2027-01-01", true},
		{"2027-01-01", -1, "2026-12-31", false}, // the day counted from is not itself counted
	} {
		if got := c.Add(day(v.from), v.n); got != (Deadline{day(v.want), v.provisional}) {
			t.Errorf("Add(%s, %d) = %+v, want %s, %v", v.from, v.n, got, v.want, v.provisional)
		}
	}
	for _, v := range []struct {
		from, want  string
		provisional bool
	}{
		{"2026-11-23", "2026-11-23", false}, {"2026-11-21", "2026-11-23", false}, {"2026-10-01", "2026-10-08", false}, {"2026-10-10", "2026-10-10", false},
		{"2026-12-31", "2026-12-31", false}, {"2027-01-01", "2027-01-01", true}, {"2023-12-30", "2024-01-02", true}, // a day of 2023 was passed over
	} {
		if got := c.OnOrAfter(day(v.from)); got != (Deadline{day(v.want), v.provisional}) {
			t.Errorf("OnOrAfter(%s) = %+v, want %s, %v", v.from, got, v.want, v.provisional)
		}
	}
}

func TestBetween(t *testing.T) {
	t.Parallel()
	c := calendar(t)
	for _, v := range []struct {
		from, to    string
		want        int
		provisional bool
	}{
		{"2026-11-23", "2026-11-23", 0, false}, {"2026-11-23", "2026-11-24", 1, false}, {"2026-11-20", "2026-11-23", 1, false}, {"2026-11-20", "2026-11-22", 0, false},
		{"2026-11-24", "2026-11-23", -1, false}, {"2026-11-21", "2026-11-20", -1, false}, {"2026-11-23", "2026-11-20", -1, false}, {"2026-11-23", "2026-11-22", 0, false},
		{"2026-09-30", "2026-10-13", 5, false}, {"2026-10-13", "2026-09-30", -5, false}, {"2026-12-31", "2027-01-04", 2, true}, {"2026-12-30", "2026-12-31", 1, false},
		{"2027-01-01", "2026-12-31", -1, false}, {"2025-12-31", "2026-12-31", 248, false}, {"2016-12-31", "2017-12-31", 249, false}, // whole years
	} {
		if n, provisional := c.Between(day(v.from), day(v.to)); n != v.want || provisional != v.provisional {
			t.Errorf("Between(%s, %s) = %d, %v; want %d, %v", v.from, v.to, n, provisional, v.want, v.provisional)
		}
	}
	// A date that does not exist ends the count instead of running for ever.
	if n, _ := c.Between(day("2026-02-24"), civil.Of(2026, time.February, 30)); n != 5 {
		t.Errorf("to 30 February: %d", n)
	}
}

// properties checks what holds for every calendar, day and number.
func properties(t *testing.T, c *Calendar, d civil.Date, n int) {
	t.Helper()
	p := c.Period(d, n)
	count := 0
	for x := p.Start; p.Contains(x); x = x.AddDays(1) {
		if work, _ := c.IsWorkday(x); work {
			count++
		}
	}
	first, _ := c.IsWorkday(p.Start)
	last, _ := c.IsWorkday(p.End)
	if count != n || !first || !last || !p.Start.After(d) || p.Contains(d) || p.Contains(p.End.AddDays(1)) {
		t.Fatalf("Period(%s, %d) = %+v with %d working days", d, n, p, count)
	}
	if gap, _ := c.Between(d, p.Start); gap != 1 {
		t.Fatalf("Period(%s, %d) starts %d working days later", d, n, gap)
	}
	due, back := c.Add(d, n), c.Add(d, -n)
	if due.On != p.End || due.Provisional != p.Provisional {
		t.Fatalf("Add(%s, %d) = %+v, but the period ends %+v", d, n, due, p)
	}
	if got, provisional := c.Between(d, due.On); got != n || provisional != due.Provisional {
		t.Fatalf("Between(%s, Add(%d)) = %d, %v", d, n, got, provisional)
	}
	if got, provisional := c.Between(d, back.On); got != -n || provisional != back.Provisional {
		t.Fatalf("Between(%s, Add(%d)) = %d, %v", d, -n, got, provisional)
	}
	if work, _ := c.IsWorkday(d); work {
		if again := c.Add(due.On, -n).On; again != d {
			t.Fatalf("%s + %d - %d = %s", d, n, n, again)
		}
	} else if next := c.OnOrAfter(d).On; next != p.Start {
		t.Fatalf("OnOrAfter(%s) = %s, but the next working day is %s", d, next, p.Start)
	}
}

func TestProperties(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range []*Calendar{calendar(t), New(nil)} {
		for d := day("2016-12-01"); d.Before(day("2018-02-01")); d = d.AddDays(1) {
			properties(t, c, d, 1+r.IntN(12))
		}
		for d := day("2024-01-01"); d.Before(day("2027-02-01")); d = d.AddDays(1) {
			properties(t, c, d, 1+r.IntN(60))
		}
	}
}

func FuzzProperties(f *testing.F) {
	f.Add(2026, 9, 18, 5, uint16(0), false)
	f.Add(2026, 12, 30, 5, uint16(3), true)
	f.Add(2024, 2, 29, 200, uint16(65535), true)
	base := announced(f)
	f.Fuzz(func(t *testing.T, year, month, dayOfMonth, n int, flip uint16, work bool) {
		if year < 1900 || year > 2100 || n < 1 || n > 400 {
			return
		}
		d := civil.Of(year, time.Month(month), dayOfMonth)
		if !d.Valid() {
			return
		}
		// One more announced day somewhere near, of either kind.
		kind := Off
		if work {
			kind = Work
		}
		extra := Day{d.AddDays(int(flip%256) - 128), kind, "试"}
		properties(t, New(append(base[:len(base):len(base)], extra), 2026), d, n)
	})
}
