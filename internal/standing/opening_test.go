package standing_test

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

func (b bench) grade(star int, from, to, cert string) standing.GradeInput {
	return standing.GradeInput{OrgID: b.org, Star: star, FromOn: d(from), ToOn: d(to), CertNo: cert}
}

func (b bench) past(k standing.Kind, from, closed string) standing.PastEntry {
	e := standing.PastEntry{EntryInput: b.entry(k, from, ""), ClosedOn: d(closed)}
	if closed != "" {
		e.CloseReason = "补报年报，移出"
	}
	return e
}

// bring plants grades and entries as an import does.
func (b bench) bring(t *testing.T, grades []standing.GradeInput, entries []standing.PastEntry) (id uuid.UUID, err error) {
	t.Helper()
	id = uuid.New()
	return id, b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		if _, err := b.PlantGrades(t.Context(), tx, now, b.clerk, id, grades); err != nil {
			return err
		}
		_, err := b.PlantEntries(t.Context(), tx, now, b.clerk, id, entries)
		return err
	})
}

func (b bench) undo(t *testing.T, id uuid.UUID) error {
	t.Helper()
	return b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error { return b.Undo(t.Context(), tx, now, b.clerk, id) })
}

func (b bench) rows(t *testing.T) (text string) {
	t.Helper()
	if err := b.db.Owner.QueryRow(t.Context(), `select coalesce(string_agg(x, E'\n' order by x), '') from (
		select e::text from standing_entry e union all select g::text from standing_grade g) r (x)`).Scan(&text); err != nil {
		t.Fatal(err)
	}
	return text
}

// Grades and entries of before answer for their days; read again they change
// nothing, and undone they leave nothing.
func TestStandingOfBeforeByImport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.AddGrade(t.Context(), b.clerk, func() standing.GradeInput {
		in := b.grade(1, "2024-02-01", "2024-12-31", "坪星2024-001")
		in.Token = b.clear().Token
		return in
	}()); err != nil {
		t.Fatal(err)
	}
	before := b.rows(t)
	grades := []standing.GradeInput{b.grade(2, "2025-01-01", "2026-12-31", "坪星2025-001")}
	entries := []standing.PastEntry{b.past(standing.AbnormalList, "2024-03-01", "2024-06-30"), b.past(standing.AbnormalList, "2026-03-01", "")}
	id, err := b.bring(t, grades, entries)
	if err != nil {
		t.Fatal(err)
	}
	for on, want := range map[civil.Date]standing.State{d("2024-06-30"): standing.StateListed, d("2024-07-01"): standing.StateUnknown, today: standing.StateListed} {
		if got := b.on(t, on).State(standing.AbnormalList); got != want {
			t.Errorf("%s: %s, want %s", on, got, want)
		}
	}
	if b.on(t, today).Stars() != 2 || b.on(t, d("2024-05-01")).Stars() != 1 {
		t.Error("stars of the wrong day")
	}
	opened := b.rows(t)
	if _, err := b.bring(t, grades, entries); err != nil || b.rows(t) != opened {
		t.Errorf("read again: %v", err)
	}
	if err := b.undo(t, id); err != nil || b.rows(t) != before {
		t.Errorf("undone: %v\n%s", err, b.rows(t))
	}
}

func TestStandingOfBeforeStaysWhileItIsUsed(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	id, err := b.bring(t, nil, []standing.PastEntry{b.past(standing.AbnormalList, "2026-03-01", "")})
	if err != nil {
		t.Fatal(err)
	}
	entry := b.on(t, today).Entries[0]
	if err := b.CloseEntry(t.Context(), b.clerk, entry.ID, 1, today, "补报年报，移出"); err != nil {
		t.Fatal(err)
	}
	if err := b.undo(t, id); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "办过移出") {
		t.Errorf("removed since: %v", err)
	}
	if id, err = b.bring(t, []standing.GradeInput{b.grade(3, "2025-01-01", "2026-12-31", "坪星2025-001")}, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, state, class, edition_id, created_by, created_at, submitted_at, entered_at)
		values ($1, 'activity', 'CZ-2026-0099', 2026, 99, '互助会', $2, 'opining', 'open', $1, $1, portal_now(), portal_now(), portal_now())`, uuid.New(), b.org); err != nil {
		t.Fatal(err)
	}
	if err := b.undo(t, id); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "CZ-2026-0099") {
		t.Errorf("an application was judged by it: %v", err)
	}
	err = b.db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		_, err := tx.Exec(t.Context(), `select standing_undo($1)`, id)
		return err
	})
	if !postgres.Violates(err, "standing_undo_depends") {
		t.Errorf("past the service: %v", err)
	}
}

func TestWhatIsWrongWithStandingOfBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	if _, err := b.bring(t, []standing.GradeInput{b.grade(2, "2025-01-01", "2026-12-31", "坪星2025-001")},
		[]standing.PastEntry{b.past(standing.AbnormalList, "2024-03-01", "2024-06-30")}); err != nil {
		t.Fatal(err)
	}
	nowhere := b.grade(1, "2024-02-01", "2024-12-31", "坪星2024-001")
	nowhere.OrgID = uuid.New()
	for _, c := range []struct {
		name, field string
		row         standing.GradeInput
	}{
		{"an organization that is not there", "organization", nowhere},
		{"four stars", "star", b.grade(4, "2024-02-01", "2024-12-31", "坪星2024-001")},
		{"before the founding", "from", b.grade(1, "2023-01-01", "2024-12-31", "坪星2024-001")},
		{"ends before it begins", "to", b.grade(1, "2024-05-01", "2024-04-30", "坪星2024-001")},
		{"no number", "cert_no", b.grade(1, "2024-02-01", "2024-12-31", "")},
		{"a number that is taken", "cert_no", b.grade(1, "2024-02-01", "2024-12-31", "坪星2025-001")},
		{"over another one", "from", b.grade(1, "2024-02-01", "2025-01-01", "坪星2024-001")},
	} {
		checks, err := b.CheckGrades(t.Context(), b.db.App.Pool(), []standing.GradeInput{c.row})
		if err != nil || len(checks[0].Faults) != 1 || checks[0].Faults[0].Name != c.field {
			t.Errorf("%s: %+v, %v", c.name, checks, err)
		}
	}
	other := b.past(standing.AbnormalList, "2024-03-01", "2024-06-30")
	other.Reason = "另一个事由，写清楚"
	ban := b.past(standing.Ban, "2024-03-01", "2024-06-30")
	ban.ToOn = d("2024-12-31")
	reasonless := b.past(standing.SeriousList, "2024-03-01", "2024-06-30")
	reasonless.CloseReason = ""
	dateless := b.past(standing.SeriousList, "2024-03-01", "")
	dateless.CloseReason = "补报年报，移出"
	over := b.past(standing.AbnormalList, "2024-06-30", "2024-08-01")
	over.Basis = "坪民罚〔2024〕9号"
	for _, c := range []struct {
		name, field string
		row         standing.PastEntry
	}{
		{"the same ground, another reason", "basis", other},
		{"over another one", "from", over},
		{"removed before it began", "closed_on", b.past(standing.SeriousList, "2024-03-01", "2024-02-28")},
		{"removed tomorrow", "closed_on", b.past(standing.SeriousList, "2024-03-01", "2026-11-24")},
		{"a removed ban", "closed_on", ban},
		{"removed for no reason", "close_reason", reasonless},
		{"a reason without a day", "closed_on", dateless},
	} {
		checks, err := b.CheckEntries(t.Context(), b.db.App.Pool(), today.Start(), b.clerk, []standing.PastEntry{c.row})
		if err != nil || len(checks[0].Faults) != 1 || checks[0].Faults[0].Name != c.field {
			t.Errorf("%s: %+v, %v", c.name, checks, err)
		}
	}
	err := b.db.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		_, err := b.PlantGrades(t.Context(), tx, now, b.subdistrict, uuid.New(), nil)
		return err
	})
	if !errs.Is(err, errs.Forbidden) {
		t.Errorf("a subdistrict imports: %v", err)
	}
}
