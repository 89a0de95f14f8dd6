package report_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"

	"github.com/jackc/pgx/v5"
)

// The serving role, which may not write a sum, moves a case: the list follows in
// the same commit, and not before it.
func TestTheListFollowsTheServingRole(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	a := g.Grant(t, reporttest.Award{})
	err := g.DB.App.InTx(t.Context(), func(tx postgres.Tx, now time.Time) error {
		if _, err := tx.Exec(t.Context(), `update case_file set state = 'closed', class = 'final', waits_role = '', closed_at = $2 where id = $1`, a.CaseID, now); err != nil {
			return err
		}
		if f, err := s.ProjectFile(t.Context(), a.No); err != nil || f.Progress != report.Unpaid {
			t.Errorf("before the commit: %s %v", f.Progress, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if f, err := s.ProjectFile(t.Context(), a.No); err != nil || f.Progress != report.Closed {
		t.Errorf("after the commit: %s %v", f.Progress, err)
	}
	if d := differences(t, g); len(d) > 0 {
		t.Error(d)
	}
}

// Two transactions that settle and pay the same groups in opposite orders both
// get through: the sums are locked last, and by one lock.
func TestSumsNeverDeadlock(t *testing.T) {
	t.Parallel()
	g, _ := ground(t)
	var pairs [2][]reporttest.Award
	for i := range 12 {
		a := reporttest.Award{Category: organization.Categories[i%6], Programme: report.Programmes[i%4]}
		pairs[0] = append(pairs[0], g.Sign(t, a))
		pairs[1] = append(pairs[1], g.Sign(t, a))
	}
	slices.Reverse(pairs[1])
	var wait sync.WaitGroup
	for _, awards := range pairs {
		wait.Go(func() {
			for range 3 {
				if err := settleTogether(t, g, awards); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if d := differences(t, g); len(d) > 0 {
		t.Error(d)
	}
	// The control: the rows of the sums touched directly, in opposite orders.
	if !crossed(t, g) {
		t.Error("two writers that cross without the lock got through")
	}
}

// settleTogether makes awards public, or changes them back and forth, in one
// transaction.
func settleTogether(t testing.TB, g *reporttest.Ground, awards []reporttest.Award) error {
	return pgx.BeginFunc(t.Context(), g.DB.Owner, func(tx pgx.Tx) error {
		for _, a := range awards {
			at := a.On.Start().Add(9 * time.Hour)
			if _, err := tx.Exec(t.Context(), `update case_file set state = case state when 'granted' then 'reporting' else 'granted' end, class = 'granted' where id = $1`, a.CaseID); err != nil {
				return err
			}
			if _, err := tx.Exec(t.Context(), `update award set granted_at = $2, granted_on = $3 where case_id = $1 and granted_at is null`, a.CaseID, at, a.On); err != nil {
				return err
			}
		}
		return nil
	})
}

// crossed reports whether two transactions that lock two rows of the sums in
// opposite orders fail each other.
func crossed(t testing.TB, g *reporttest.Ground) bool {
	t.Helper()
	const lock = `select from project_tally where (programme, category, place, progress, year) = ($1, '', '', '', 0) for update`
	var held, done sync.WaitGroup
	held.Add(2)
	failed := make(chan error, 2)
	for _, order := range [][2]string{{"startup", "venture"}, {"venture", "startup"}} {
		done.Go(func() {
			failed <- pgx.BeginFunc(t.Context(), g.DB.Owner, func(tx pgx.Tx) error {
				_, err := tx.Exec(t.Context(), lock, order[0])
				held.Done()
				if err == nil {
					held.Wait()
					_, err = tx.Exec(t.Context(), lock, order[1])
				}
				return err
			})
		})
	}
	done.Wait()
	one, other := <-failed, <-failed
	return one != nil || other != nil
}
