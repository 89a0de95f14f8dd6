package jobs_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"
)

// letter is a job as a feature would declare it.
type letter struct {
	Case string `json:"case"`
	To   string `json:"to"`
}

func (letter) Kind() string { return "test_letter" }

// unhandled is enqueued by a caller whose handler was forgotten.
type unhandled struct{}

func (unhandled) Kind() string { return "test_unhandled" }

// log is a buffer that several goroutines may write and read.
type log struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.b.Write(p) }
func (l *log) String() string              { l.mu.Lock(); defer l.mu.Unlock(); return l.b.String() }

func setUp(t *testing.T) (*dbtest.DB, *jobs.Registry, *jobs.Client, *log) {
	t.Helper()
	db := dbtest.New(t)
	if err := jobs.Migrate(t.Context(), db.Owner); err != nil {
		t.Fatal(err)
	}
	out := &log{}
	reg := jobs.NewRegistry()
	c, err := jobs.New(db.App, reg, jobs.Options{Logger: slog.New(slog.NewTextHandler(out, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return db, reg, c, out
}

func enqueue(t *testing.T, db *dbtest.DB, c *jobs.Client, after error, args ...letter) {
	t.Helper()
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error {
		for _, a := range args {
			if err := c.Enqueue(t.Context(), tx, a); err != nil {
				return err
			}
		}
		return after
	})
	if !errors.Is(err, after) {
		t.Fatal(err)
	}
}

func start(t *testing.T, c *jobs.Client) {
	t.Helper()
	if err := c.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
		defer cancel()
		if err := c.Stop(ctx); err != nil {
			t.Errorf("stop: %v", err)
		}
	})
}

func await[T any](t *testing.T, what string, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(30 * time.Second):
		t.Fatalf("waited in vain for %s", what)
	}
	return v
}

func TestJobExistsWhenAndOnlyWhenItsTransactionCommits(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	ran := make(chan string, 10)
	jobs.Handle(reg, func(_ context.Context, a letter) error { ran <- a.Case; return nil })
	start(t, c)
	enqueue(t, db, c, errors.New("rolled back"), letter{Case: "FH-2026-0001"})
	enqueue(t, db, c, nil, letter{Case: "FH-2026-0002"})
	if got := await(t, "the job", ran); got != "FH-2026-0002" {
		t.Fatalf("ran %s", got)
	}
	var rows int
	if err := db.Owner.QueryRow(t.Context(), `select count(*) from river_job`).Scan(&rows); err != nil || rows != 1 {
		t.Fatalf("%d jobs in the table: %v", rows, err)
	}
}

func TestKindThatNobodyHandlesIsRefusedInTheTransaction(t *testing.T) {
	t.Parallel()
	db, _, c, _ := setUp(t)
	err := db.App.InTx(t.Context(), func(tx postgres.Tx, _ time.Time) error { return c.Enqueue(t.Context(), tx, unhandled{}) })
	if err == nil {
		t.Fatal("a job was enqueued that nobody will ever run")
	}
}

func TestRecurringJobRunsSoonAfterTheStartOnOneReplica(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	var ran atomic.Int32
	first := make(chan struct{}, 10)
	tick := func(context.Context) error { ran.Add(1); first <- struct{}{}; return nil }
	jobs.Every(reg, "seal", time.Hour, tick)
	other := jobs.NewRegistry()
	jobs.Every(other, "seal", time.Hour, tick)
	replica, err := jobs.New(db.App, other, jobs.Options{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	start(t, c)
	start(t, replica)
	await(t, "the recurring job", first)
	if err := c.Drain(t.Context()); err != nil { // itself runs it once more, and waits for any other run
		t.Fatal(err)
	}
	if n := ran.Load(); n != 2 {
		t.Fatalf("ran %d times on two replicas and in one drain", n)
	}
}

func TestStopWaitsForTheRunningJob(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	started, release := make(chan struct{}), make(chan struct{})
	var finished atomic.Bool
	jobs.Handle(reg, func(context.Context, letter) error {
		close(started)
		<-release
		finished.Store(true)
		return nil
	})
	if err := c.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	enqueue(t, db, c, nil, letter{Case: "FH-2026-0001"})
	await(t, "the job to start", started)
	stopped := make(chan error, 1)
	go func() { stopped <- c.Stop(context.WithoutCancel(t.Context())) }()
	select {
	case <-stopped:
		t.Fatal("stopped while a job was running")
	default:
	}
	close(release)
	if err := await(t, "the stop", stopped); err != nil || !finished.Load() {
		t.Fatalf("stopped with %v, job finished %v", err, finished.Load())
	}
	var state string
	if err := db.Owner.QueryRow(t.Context(), `select state::text from river_job`).Scan(&state); err != nil || state != "completed" {
		t.Fatalf("job left %s: %v", state, err)
	}
}

func TestStopCancelsWhatDoesNotEndInTime(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	started := make(chan struct{})
	jobs.Handle(reg, func(ctx context.Context, _ letter) error {
		close(started)
		<-ctx.Done()
		return ctx.Err()
	})
	if err := c.Start(context.WithoutCancel(t.Context())); err != nil {
		t.Fatal(err)
	}
	enqueue(t, db, c, nil, letter{Case: "FH-2026-0001"})
	await(t, "the job to start", started)
	late, cancel := context.WithCancel(t.Context())
	cancel()
	if err := c.Stop(late); err != nil {
		t.Fatal(err)
	}
	var left int
	err := db.Owner.QueryRow(t.Context(), `select count(*) from river_job where state in ('available', 'retryable')`).Scan(&left)
	if err != nil || left != 1 {
		t.Fatalf("%d jobs kept for the next start: %v", left, err)
	}
}

func TestFailureTellsNothingOfTheArguments(t *testing.T) {
	t.Parallel()
	const name, id = "欧阳娜娜", "11010519491231002X"
	for label, fail := range map[string]func(letter) error{
		"error": func(a letter) error { return fmt.Errorf("no letter to %s: bad number %q", a.To, id) },
		"panic": func(a letter) error { panic(fmt.Sprintf("no letter to %s: bad number %q", a.To, id)) },
	} {
		t.Run(label, func(t *testing.T) {
			t.Parallel()
			db, reg, c, out := setUp(t)
			failed := make(chan struct{}, 1)
			jobs.Handle(reg, func(_ context.Context, a letter) error {
				defer func() { failed <- struct{}{} }()
				return fail(a)
			})
			start(t, c)
			enqueue(t, db, c, nil, letter{Case: "FH-2026-0001", To: name})
			await(t, "the failure", failed)
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
			defer cancel()
			if err := c.Stop(ctx); err != nil {
				t.Fatal(err)
			}
			var stored string
			if err := db.Owner.QueryRow(ctx, `select errors::text from river_job`).Scan(&stored); err != nil {
				t.Fatal(err)
			}
			for where, text := range map[string]string{"table": stored, "log": out.String()} {
				if strings.Contains(text, name) || strings.Contains(text, id) || strings.Contains(text, `\u6b27\u9633`) {
					t.Errorf("%s tells the values: %s", where, text)
				}
				if !strings.Contains(text, "no letter to") { // control: the failure itself is told
					t.Errorf("%s does not tell what failed: %s", where, text)
				}
			}
		})
	}
}

func TestTwoHandlersOfOneKindFailTheStart(t *testing.T) {
	t.Parallel()
	_, reg, c, _ := setUp(t)
	handler := func(context.Context, letter) error { return nil }
	jobs.Handle(reg, handler)
	jobs.Handle(reg, handler)
	jobs.Every(reg, "seal", time.Hour, func(context.Context) error { return nil })
	jobs.Every(reg, "seal", time.Hour, func(context.Context) error { return nil })
	err := c.Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "test_letter") || !strings.Contains(err.Error(), `"seal"`) {
		t.Fatalf("started with %v", err)
	}
}

func TestStartNeedsTheTablesOfThisRiver(t *testing.T) {
	t.Parallel()
	db, reg, c, _ := setUp(t)
	jobs.Handle(reg, func(context.Context, letter) error { return nil })
	if _, err := db.Owner.Exec(t.Context(), `delete from river_migration where version = (select max(version) from river_migration)`); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "portal migrate") {
		t.Fatalf("started on older tables: %v", err)
	}
}

func TestReplicasMayMigrateTogether(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	results := make(chan error, 2) // each needs two connections of a pool of four
	for range 2 {
		go func() { results <- jobs.Migrate(t.Context(), db.Owner) }()
	}
	for range 2 {
		if err := await(t, "the migration", results); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.App.Pool().Exec(t.Context(), `delete from river_migration`); err == nil {
		t.Fatal("portal_app may rewrite the record of migrations")
	}
}
