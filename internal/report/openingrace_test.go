package report_test

import (
	"context"
	"sync"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report/reporttest"

	"github.com/google/uuid"
)

// Two clerks import one file at once while grants are paid: it counts once, and
// nobody waits for somebody who waits for him.
func TestHistoryIsOpenedOnceByTwo(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	orgs := g.Organizations(t, 60, civil.Of(2018, 3, 1))
	grants, moves := grantsOfBefore(orgs, 240)
	live := make([]reporttest.Award, 12)
	for i := range live {
		live[i] = g.Grant(t, reporttest.Award{Year: 2026})
	}
	var wg sync.WaitGroup
	both := func(do func(ctx context.Context) (uuid.UUID, []organization.OpeningCheck, error)) {
		for range 2 {
			wg.Go(func() {
				if _, _, err := do(t.Context()); err != nil && !errs.Is(err, errs.Conflict) {
					t.Error(err)
				}
			})
		}
	}
	both(func(ctx context.Context) (uuid.UUID, []organization.OpeningCheck, error) { return g.Open(ctx, grants) })
	for _, a := range live[:6] {
		g.Pay(t, a, a.Amount/2, a.On.AddDays(9))
	}
	wg.Wait()
	equals(t, s, expected(grants, nil))
	both(func(ctx context.Context) (uuid.UUID, []organization.OpeningCheck, error) {
		return g.OpenMoney(ctx, moves)
	})
	for _, a := range live[6:] {
		g.Pay(t, a, a.Amount/2, a.On.AddDays(9))
	}
	wg.Wait()
	equals(t, s, expected(grants, moves))
	agree(t, g.DB)
}
