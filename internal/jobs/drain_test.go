package jobs_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"
)

func TestDrainRunsWhatIsDueAndWhatThatEnqueues(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	var ran []string
	jobs.Every(reg, "lapse", time.Hour, func(ctx context.Context) error {
		ran = append(ran, "lapse")
		return db.App.InTx(ctx, func(tx postgres.Tx, _ time.Time) error { return c.Enqueue(ctx, tx, letter{Case: "from lapse"}) })
	})
	jobs.Handle(reg, func(ctx context.Context, a letter) error {
		ran = append(ran, a.Case)
		if a.Case != "first" {
			return nil
		}
		return db.App.InTx(ctx, func(tx postgres.Tx, _ time.Time) error { return c.Enqueue(ctx, tx, letter{Case: "second"}) })
	})
	enqueue(t, db, c, nil, letter{Case: "first"})
	if err := c.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"lapse", "first", "from lapse", "second"}; !slices.Equal(ran, want) {
		t.Fatalf("ran %v, want %v", ran, want)
	}
	var left int
	if err := db.Owner.QueryRow(t.Context(), `select count(*) from river_job where state <> 'completed'`).Scan(&left); err != nil || left != 0 {
		t.Fatalf("%d jobs left: %v", left, err)
	}
}

func TestDrainTellsWhatFailedAndKeepsItForLater(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	down := errors.New("mail server is down")
	fail := true
	jobs.Handle(reg, func(context.Context, letter) error {
		if fail {
			return down
		}
		return nil
	})
	enqueue(t, db, c, nil, letter{Case: "FH-2026-0001"})
	if err := c.Drain(t.Context()); !errors.Is(err, down) || !strings.Contains(err.Error(), "test_letter") {
		t.Fatalf("drain said %v", err)
	}
	if err := c.Drain(t.Context()); err != nil { // not due again yet
		t.Fatal(err)
	}
	var state, stored string
	const read = `select state::text, coalesce(errors[1]->>'error', '') from river_job`
	if err := db.Owner.QueryRow(t.Context(), read).Scan(&state, &stored); err != nil || state != "retryable" || stored != down.Error() {
		t.Fatalf("job is %s with error %q: %v", state, stored, err)
	}
	fail = false
	if _, err := db.Owner.Exec(t.Context(), `update river_job set scheduled_at = now()`); err != nil {
		t.Fatal(err)
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := db.Owner.QueryRow(t.Context(), read).Scan(&state, &stored); err != nil || state != "completed" {
		t.Fatalf("job is %s after the repair: %v", state, err)
	}
}

func TestDrainSharesTheQueueWithARunningClient(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	ran := make(chan string, 100)
	jobs.Handle(reg, func(_ context.Context, a letter) error { ran <- a.Case; return nil })
	start(t, c)
	for range 20 {
		enqueue(t, db, c, nil, letter{Case: "FH-2026-0001"})
	}
	if err := c.Drain(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := len(ran); n != 20 {
		t.Fatalf("%d runs of 20 jobs", n)
	}
}
