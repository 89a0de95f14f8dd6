package casework_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
	"civilaffairs/internal/workflow"
)

func due(c casework.Case) string {
	s := c.DueOn.String()
	if c.DueProvisional {
		s += " provisional"
	}
	return s
}

// Deadlines count in Chinese working days, holidays and make-up days included,
// from the day after the act (domain §10).
func TestDeadlinesAreWorkingDays(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	for _, c := range []struct{ on, community, why string }{
		{"2026-11-23", "2026-11-26", "an ordinary week"},
		{"2026-11-26", "2026-12-01", "over a weekend"},
		{"2026-11-28", "2026-12-02", "submitted on a Saturday"},
		{"2026-09-18", "2026-09-22", "the next Sunday is worked"},
		{"2026-09-30", "2026-10-10", "over the national holiday; 10 October is a worked Saturday"},
		{"2026-02-13", "2026-02-25", "over spring festival; 14 February is worked"},
		{"2026-12-29", "2027-01-01 provisional", "into a year that is not announced"},
		{"2026-12-28", "2026-12-31", "to the last day of the known year"},
	} {
		k.goTo(t, c.on)
		if got := k.submit(t); due(got) != c.community || got.ClockFrom.String() != c.on || *got.ClockDays != 3 {
			t.Errorf("%s: %s, due %s; want %s", c.why, c.on, due(got), c.community)
		}
	}
}

// An opinion lapses on the day after its due date and not on the day itself, on
// both stages; what was not said is noted.
func TestOpinionsLapseOnTheDayAfter(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23") // community due on 26 November
	no := k.submit(t).No
	for _, step := range []struct {
		at    string
		moved int
		place workflow.Place
		due   string
	}{
		{"2026-11-26T23:59:58+08:00", 0, atCommunity, "2026-11-26"},
		{"2026-11-27T00:00:01+08:00", 1, atSubdistrict, "2026-12-04"},
		{"2026-12-04T23:59:58+08:00", 0, atSubdistrict, "2026-12-04"},
		{"2026-12-05T00:00:01+08:00", 1, atAccepting, "2026-12-18"}, // a Saturday: the day after is a day
		{"2026-12-30T09:00:00+08:00", 0, atAccepting, "2026-12-18"}, // an office that is late stays late
	} {
		at, err := time.Parse(time.RFC3339, step.at)
		if err != nil {
			t.Fatal(err)
		}
		k.db.SetNow(t, at)
		if n := k.lapse(t); n != step.moved {
			t.Errorf("%s: %d moved", step.at, n)
		}
		if c := k.load(t, no); c.Place() != step.place || due(c) != step.due {
			t.Errorf("%s: %s due %s, want %s due %s", step.at, c.Place(), due(c), step.place, step.due)
		}
	}
	opinions := k.dossier(t, k.head, k.load(t, no)).Opinions
	if len(opinions) != 2 {
		t.Fatalf("opinions %+v", opinions)
	}
	for i, stage := range []authz.Role{authz.Community, authz.Subdistrict} {
		if o := opinions[i]; o.Stage != stage || o.Stance != casework.OpinionLapsed || o.Stance.Name() != "逾期未提出" {
			t.Errorf("opinion %+v", o)
		}
	}
}

// While a case is being corrected the office's clock stands; afterwards what was
// left of it is counted from the day of the answer.
func TestTheClockPausesForACorrection(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	for name, c := range map[string]struct {
		accepted, returned, answered, due string
		left                              int
	}{
		"four of ten days used":           {"2026-11-23", "2026-11-27", "2026-12-04", "2026-12-14", 6},
		"returned at once":                {"2026-11-23", "2026-11-23", "2026-11-24", "2026-12-08", 10},
		"returned at a weekend":           {"2026-11-23", "2026-11-29", "2026-11-30", "2026-12-08", 6},
		"on the due day itself":           {"2026-11-23", "2026-12-07", "2026-12-08", "2026-12-09", 0},
		"overdue: one day at least":       {"2026-11-23", "2026-12-10", "2026-12-11", "2026-12-14", -3},
		"over the national holiday":       {"2026-09-28", "2026-09-30", "2026-10-08", "2026-10-19", 8},
		"the answer is long in coming":    {"2026-10-12", "2026-10-14", "2026-10-28", "2026-11-09", 8},
		"into a year that is not known":   {"2026-12-21", "2026-12-25", "2026-12-28", "2027-01-05 provisional", 6},
		"from a provisional deadline too": {"2026-12-25", "2026-12-29", "2026-12-30", "2027-01-11 provisional", 8},
	} {
		t.Run(name, func(t *testing.T) {
			k.goTo(t, c.accepted)
			no := k.accepting(t).No
			k.goTo(t, c.returned)
			paused := k.giveBack(t, no)
			if paused.PausedDays == nil || *paused.PausedDays != c.left || *paused.ClockDays != days["correct"] || paused.ClockFrom.String() != c.returned {
				t.Errorf("paused: left %v, clock %v days from %s; want %d left", paused.PausedDays, *paused.ClockDays, paused.ClockFrom, c.left)
			}
			k.goTo(t, c.answered)
			got := k.answer(t, no)
			if due(got) != c.due || got.PausedDays != nil || got.Place() != atAccepting {
				t.Errorf("due %s, want %s (left %d, from %s)", due(got), c.due, c.left, c.answered)
			}
		})
	}
}

// What is left when a case is paused rests on the days used, not on a deadline
// that was counted before its year was announced.
func TestAPauseIsNotMisledByAProvisionalDeadline(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-12-25")
	no := k.accepting(t).No
	k.loadYear(t) // and the job has not counted again yet
	k.goTo(t, "2026-12-29")
	if c := k.giveBack(t, no); *c.PausedDays != 8 {
		t.Errorf("%d of 10 days left after two", *c.PausedDays)
	}
}

func TestTheClockRunsOnIntoReview(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	before := k.accepting(t)
	k.goTo(t, "2026-11-25")
	after := k.move(t, k.official, before.No, "accept")
	if due(after) != due(before) || after.ClockFrom != before.ClockFrom || *after.ClockDays != *before.ClockDays {
		t.Errorf("due %s from %s, before %s from %s", due(after), after.ClockFrom, due(before), before.ClockFrom)
	}
}

// loadYear announces an invented 2027: the first three working days are off.
func (k *kernel) loadYear(t *testing.T) {
	t.Helper()
	var off []workday.Day
	for _, d := range []string{"2027-01-01", "2027-01-04", "2027-01-05"} {
		off = append(off, workday.Day{Date: civil.MustParse(d), Kind: workday.Off, Name: "元旦"})
	}
	k.must(t, func(tx postgres.Tx, now time.Time) error {
		return district.LoadYear(t.Context(), tx, now, 2027, "测试通知", off)
	})
}

// A deadline in a year that is not announced is provisional and closes nothing;
// once the year is loaded it is counted again and is a deadline like any other.
func TestAProvisionalDeadlineNeverLapses(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-12-30")
	no := k.submit(t).No
	if c := k.load(t, no); due(c) != "2027-01-04 provisional" {
		t.Fatalf("due %s", due(c))
	}
	k.goTo(t, "2027-03-01")
	if n := k.lapse(t); n != 0 || k.load(t, no).Place() != atCommunity {
		t.Fatalf("%d lapsed on a guessed calendar", n)
	}
	k.goTo(t, "2027-01-06")
	k.loadYear(t)
	if n := k.lapse(t); n != 0 {
		t.Errorf("%d lapsed", n)
	}
	if c := k.load(t, no); due(c) != "2027-01-07" {
		t.Errorf("counted again: due %s", due(c))
	}
	version := k.load(t, no).Version
	if k.lapse(t); k.load(t, no).Version != version {
		t.Error("counting without a change left a trace")
	}
	k.goTo(t, "2027-01-08")
	if n := k.lapse(t); n != 1 || k.load(t, no).Place() != atSubdistrict {
		t.Errorf("control: %d lapsed once the year was known", n)
	}
}

func TestACorrectionLapsesIntoWithdrawal(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	no := k.accepting(t).No
	if c := k.giveBack(t, no); due(c) != "2026-12-07" {
		t.Fatalf("due %s", due(c))
	}
	k.goTo(t, "2026-12-07")
	if n := k.lapse(t); n != 0 {
		t.Errorf("%d lapsed on the last day", n)
	}
	k.goTo(t, "2026-12-08")
	if n := k.lapse(t); n != 1 {
		t.Errorf("%d lapsed on the day after", n)
	}
	c := k.load(t, no)
	if c.Place() != atLapsed || c.ClosedAt == nil || !c.DueOn.IsZero() {
		t.Errorf("%s, closed %v, due %s", c.Place(), c.ClosedAt, c.DueOn)
	}
	if n := k.count(t, `select count(*) from case_opinion where stance = 'lapsed'`); n != 0 {
		t.Errorf("a correction is no opinion: %d", n)
	}
	if n := k.lapse(t); n != 0 {
		t.Errorf("%d lapsed once more", n)
	}
}

// Jobs of two replicas at once move each case once.
func TestTwoReplicasLapseACaseOnce(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	for range 5 {
		k.submit(t)
	}
	k.goTo(t, "2026-11-27")
	moved := make([]int, 4)
	for _, err := range together(4, func(i int) (err error) {
		moved[i], err = k.Lapse(context.Background(), k.db.App, func(context.Context, postgres.Tx, time.Time, casework.Case, workflow.Place) error { return nil })
		return err
	}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	if total := moved[0] + moved[1] + moved[2] + moved[3]; total != 5 || k.count(t, `select count(*) from case_opinion`) != 5 {
		t.Errorf("moved %v", moved)
	}
}

// A case that cannot be moved holds up no other, and is told.
func TestOneFailureHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-11-23")
	first, second := k.submit(t), k.submit(t)
	stray := k.submit(t)
	if _, err := k.db.Owner.Exec(t.Context(), `update case_file set kind = 'gone' where no = $1`, stray.No); err != nil {
		t.Fatal(err)
	}
	k.goTo(t, "2026-11-27")
	n, err := k.Lapse(t.Context(), k.db.App, func(_ context.Context, _ postgres.Tx, _ time.Time, c casework.Case, from workflow.Place) error {
		if c.No == first.No {
			return errChanged
		}
		if from != atCommunity {
			t.Errorf("%s came from %s", c.No, from)
		}
		return nil
	})
	if n != 1 || !errors.Is(err, errChanged) || !strings.Contains(err.Error(), first.No) {
		t.Errorf("%d moved: %v", n, err)
	}
	if a, b, c := k.load(t, first.No), k.load(t, second.No), k.load(t, stray.No); a.Place() != atCommunity || b.Place() != atSubdistrict || c.Place() != atCommunity {
		t.Errorf("%s, %s and a kind that nobody knows %s", a.Place(), b.Place(), c.Place())
	}
	if k.count(t, `select count(*) from case_opinion where case_id = $1`, first.ID) != 0 {
		t.Error("what failed left its opinion")
	}
}
