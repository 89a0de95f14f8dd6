// Package jobs runs what happens later: work enqueued in the transaction that
// asks for it, and work that recurs. Level 2; owns the tables of River
// (river_*), which River itself migrates, see Migrate.
//
// A job is one idempotent service call: it may run twice after a crash, on any
// replica. Its arguments are stored in clear and hold references only, never an
// ID number, an account or a text that a person wrote.
package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivertype"
)

const (
	// timeout ends an attempt that hangs; no job has a reason to take longer.
	timeout = 2 * time.Minute
	// fetchCooldown is how soon after one fetch the next may follow. River's
	// default of 100 ms fetches too little at a time for a burst of mail.
	fetchCooldown = 50 * time.Millisecond
	// periodicQueue is apart, so that recurring work never waits behind a burst.
	periodicQueue   = "periodic"
	periodicWorkers = 2
	defaultWorkers  = 8
)

// Options are what a deployment may choose. The zero value is right for one
// machine.
type Options struct {
	Logger   *slog.Logger // slog.Default() when nil
	Workers  int          // jobs run at once by this process, 8 when zero
	PollOnly bool         // behind a pooler that does not pass LISTEN on
}

// Client enqueues jobs and, once started, runs them.
type Client struct {
	river    *river.Client[pgx.Tx]
	pool     *pgxpool.Pool
	registry *Registry
	schedule func() error
}

// New returns a client that is not running yet. Services may hold it before
// their handlers are in reg; Start and Drain see whatever reg holds by then.
func New(db *postgres.DB, reg *Registry, o Options) (*Client, error) {
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	if o.Workers == 0 {
		o.Workers = defaultWorkers
	}
	r, err := river.NewClient(riverpgxv5.New(db.Pool()), &river.Config{
		Queues: map[string]river.QueueConfig{
			river.QueueDefault: {MaxWorkers: o.Workers},
			periodicQueue:      {MaxWorkers: periodicWorkers},
		},
		Workers:             reg.workers,
		Logger:              o.Logger.With("component", "jobs"),
		ErrorHandler:        &complaint{o.Logger},
		Middleware:          []rivertype.Middleware{&discretion{log: o.Logger}},
		FetchCooldown:       fetchCooldown,
		FetchOnlyKnownKinds: true, // during an upgrade the older binary leaves new kinds alone
		JobTimeout:          timeout,
		PollOnly:            o.PollOnly,
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: %w", err)
	}
	c := &Client{river: r, pool: db.Pool(), registry: reg}
	c.schedule = sync.OnceValue(func() error { // a second Start must not add them twice
		_, err := r.PeriodicJobs().AddManySafely(reg.periodic())
		return err
	})
	return c, nil
}

// Enqueue adds a job in tx: it exists when, and only when, tx commits. A kind
// that nobody handles is an error.
func (c *Client) Enqueue(ctx context.Context, tx postgres.Tx, args river.JobArgs) error {
	if _, err := c.river.InsertTx(ctx, tx, args, nil); err != nil {
		return fmt.Errorf("enqueue %s: %w", args.Kind(), err)
	}
	return nil
}

// Start checks that the tables fit and begins to run jobs until Stop. The
// recurring ones run once soon after the start of the first replica, then at
// their intervals on whichever replica leads. Canceling ctx is a hard stop.
func (c *Client) Start(ctx context.Context) error {
	if err := errors.Join(c.registry.err, checkSchema(ctx, c.pool), c.schedule()); err != nil {
		return fmt.Errorf("jobs: %w", err)
	}
	if err := c.river.Start(ctx); err != nil {
		return fmt.Errorf("jobs: %w", postgres.Translate(err))
	}
	return nil
}

// Stop fetches no more jobs and waits for the running ones. When ctx ends
// first they are canceled, and another replica or the next start runs them
// again.
func (c *Client) Stop(ctx context.Context) error {
	err := c.river.Stop(ctx)
	if ctx.Err() == nil {
		return err
	}
	const grace = 5 * time.Second // for canceled jobs to notice
	hard, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace)
	defer cancel()
	if err := c.river.StopAndCancel(hard); err != nil {
		return fmt.Errorf("jobs: still running after the stop: %w", err)
	}
	return nil
}
