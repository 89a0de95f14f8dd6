package standing_test

import (
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/standing"
)

func d(s string) civil.Date {
	if s == "" {
		return civil.Date{}
	}
	return civil.MustParse(s)
}

// A list never looked at is unknown; an entry in force is listed whatever the
// looks say; its last day still counts.
func TestState(t *testing.T) {
	t.Parallel()
	entry := func(from, to string) []standing.Entry {
		return []standing.Entry{{Kind: standing.AbnormalList, FromOn: d(from), ToOn: d(to)}}
	}
	look := func(r standing.Result) map[standing.Kind]standing.Check {
		return map[standing.Kind]standing.Check{standing.AbnormalList: {List: standing.AbnormalList, Result: r}}
	}
	for _, c := range []struct {
		name    string
		entries []standing.Entry
		checks  map[standing.Kind]standing.Check
		want    standing.State
	}{
		{"nobody looked", nil, nil, standing.StateUnknown},
		{"clear", nil, look(standing.Clear), standing.StateClear},
		{"seen listed, no entry recorded", nil, look(standing.Listed), standing.StateListed},
		{"open entry", entry("2026-01-01", ""), nil, standing.StateListed},
		{"open entry against a look", entry("2026-01-01", ""), look(standing.Clear), standing.StateListed},
		{"last day", entry("2026-01-01", "2026-11-23"), nil, standing.StateListed},
		{"ended, nobody looked since", entry("2026-01-01", "2026-11-22"), nil, standing.StateUnknown},
		{"ended and looked", entry("2026-01-01", "2026-11-22"), look(standing.Clear), standing.StateClear},
		{"begins tomorrow", entry("2026-11-24", ""), look(standing.Clear), standing.StateClear},
	} {
		s := standing.Standing{On: d("2026-11-23"), Entries: c.entries, Checks: c.checks}
		if got := s.State(standing.AbnormalList); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := s.State(standing.SeriousList); got != standing.StateUnknown {
			t.Errorf("%s: another list is %q", c.name, got)
		}
	}
}

// On the day that ClearFrom names, and not before, no entry holds any more.
func TestClearFrom(t *testing.T) {
	t.Parallel()
	ban := func(from, to string) standing.Entry {
		return standing.Entry{Kind: standing.Ban, FromOn: d(from), ToOn: d(to)}
	}
	for _, c := range []struct {
		name    string
		entries []standing.Entry
		want    string
	}{
		{"none", nil, ""},
		{"one", []standing.Entry{ban("2026-01-01", "2028-12-31")}, "2029-01-01"},
		{"two that overlap", []standing.Entry{ban("2026-01-01", "2028-12-31"), ban("2026-05-01", "2027-04-30")}, "2029-01-01"},
		{"an open one", []standing.Entry{ban("2026-01-01", "2028-12-31"), ban("2026-05-01", "")}, ""},
		{"ended", []standing.Entry{ban("2020-01-01", "2022-12-31")}, ""},
	} {
		s := standing.Standing{On: d("2026-11-23"), Entries: c.entries}
		got := s.ClearFrom(standing.Ban)
		if got != d(c.want) {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
			continue
		}
		if got.IsZero() {
			continue
		}
		s.On = got
		if len(s.InForce(standing.Ban)) != 0 {
			t.Errorf("%s: still in force on %s", c.name, got)
		}
		s.On = got.AddDays(-1)
		if len(s.InForce(standing.Ban)) == 0 {
			t.Errorf("%s: over before %s", c.name, got)
		}
	}
}

func TestGrade(t *testing.T) {
	t.Parallel()
	g := standing.Grade{Star: 2, FromOn: d("2025-01-01"), ToOn: d("2026-12-31")}
	for on, want := range map[string]bool{"2024-12-31": false, "2025-01-01": true, "2026-12-31": true, "2027-01-01": false} {
		if got := g.InForceOn(d(on)); got != want {
			t.Errorf("in force on %s: %v", on, got)
		}
	}
	if g.Name() != "二星级" {
		t.Errorf("name %q", g.Name())
	}
}
