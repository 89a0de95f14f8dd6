package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5"
)

// drainer is what Drain leaves as the worker's name.
const drainer = "drain"

// Drain runs every recurring job once and then all due jobs, those that they
// enqueue included, in the calling goroutine, until none is due or running
// anywhere. It is for tests and for filling a demo, where nobody waits for a
// schedule; a started client may run beside it. It returns the failures of all
// that it ran itself; what failed is tried again by a started client.
func (c *Client) Drain(ctx context.Context) error {
	if c.registry.err != nil {
		return fmt.Errorf("jobs: %w", c.registry.err)
	}
	d := &discretion{log: slog.Default()}
	var failures error
	for _, t := range c.registry.ticks {
		if err := d.guard(ctx, tickArgs{}.Kind(), 0, nil, t.fn); err != nil {
			failures = errors.Join(failures, fmt.Errorf("%s: %w", t.name, err))
		}
	}
	ticker := time.NewTicker(10 * time.Millisecond) // only while another process runs a job
	defer ticker.Stop()
	for {
		job, err := c.claim(ctx)
		switch {
		case errors.Is(err, pgx.ErrNoRows):
			var running bool
			if err := c.pool.QueryRow(ctx, `select exists (select from river_job where state = 'running')`).Scan(&running); err != nil || !running {
				return errors.Join(failures, err)
			}
			select {
			case <-ctx.Done():
				return errors.Join(failures, ctx.Err())
			case <-ticker.C:
			}
		case err != nil:
			return errors.Join(failures, fmt.Errorf("jobs: claim: %w", err))
		default:
			ran := d.guard(ctx, job.Kind, job.ID, job.Args, func(ctx context.Context) error {
				return c.registry.handlers[job.Kind](ctx, job.Args)
			})
			if ran != nil {
				failures = errors.Join(failures, fmt.Errorf("%s %d: %w", job.Kind, job.ID, ran))
			}
			if err := c.settle(ctx, job, ran); err != nil {
				return errors.Join(failures, fmt.Errorf("jobs: settle: %w", err))
			}
		}
	}
}

type claimed struct {
	ID          int64           `db:"id"`
	Kind        string          `db:"kind"`
	Args        json.RawMessage `db:"args"`
	Attempt     int16           `db:"attempt"`
	MaxAttempts int16           `db:"max_attempts"`
}

// claim takes the next due job as River would; no row is pgx.ErrNoRows.
func (c *Client) claim(ctx context.Context) (claimed, error) {
	kinds := make([]string, 0, len(c.registry.handlers))
	for kind := range c.registry.handlers {
		kinds = append(kinds, kind)
	}
	rows, err := c.pool.Query(ctx, `
		update river_job set state = 'running', attempt = attempt + 1, attempted_at = now(), attempted_by = array_append(attempted_by, $1)
		where id = (select id from river_job
			where state in ('available', 'retryable', 'scheduled') and scheduled_at <= now() and kind = any($2)
			order by priority, scheduled_at, id limit 1 for update skip locked)
		returning id, kind, args, attempt, max_attempts`, drainer, kinds)
	if err != nil {
		return claimed{}, err
	}
	return pgx.CollectExactlyOneRow(rows, pgx.RowToStructByName[claimed])
}

func (c *Client) settle(ctx context.Context, job claimed, ran error) error {
	if ran == nil {
		return postgres.ExecOne(ctx, c.pool, `update river_job set state = 'completed', finalized_at = now() where id = $1`, job.ID)
	}
	record, err := json.Marshal(map[string]any{"at": time.Now().UTC(), "attempt": job.Attempt, "error": ran.Error(), "trace": ""})
	if err != nil {
		return err
	}
	state := "retryable"
	if job.Attempt >= job.MaxAttempts {
		state = "discarded"
	}
	return postgres.ExecOne(ctx, c.pool, `update river_job set state = $2::text::river_job_state,
		finalized_at = case when $2::text = 'discarded' then now() end,
		scheduled_at = now() + interval '1 minute', errors = array_append(errors, $3::jsonb) where id = $1`,
		job.ID, state, string(record))
}
