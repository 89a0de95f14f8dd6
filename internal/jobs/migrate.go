package jobs

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// migrateLock is the advisory lock of Migrate; the number means nothing.
const migrateLock = 7_207_320_026

// Migrate brings River's tables up to date as the owner and lets portal_app use
// them. Replicas that migrate at the same time take turns. It is a
// postgres.Step.
func Migrate(ctx context.Context, owner *pgxpool.Pool) error {
	conn, err := owner.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("jobs: migrate: %w", err)
	}
	defer conn.Release()
	if err := lockMigrations(ctx, conn); err != nil {
		return fmt.Errorf("jobs: migrate: %w", err)
	}
	err = migrate(ctx, owner)
	// A pooled connection keeps its session locks, so it gives this one back.
	_, unlockErr := conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, migrateLock)
	if err := errors.Join(err, unlockErr); err != nil {
		return fmt.Errorf("jobs: migrate: %w", err)
	}
	return nil
}

func migrate(ctx context.Context, owner *pgxpool.Pool) error {
	m, err := rivermigrate.New(riverpgxv5.New(owner), nil)
	if err != nil {
		return err
	}
	if _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return err
	}
	// The default privileges of the schema already say the first line where the
	// owner has not changed since; what was migrated is not the server's to write.
	_, err = owner.Exec(ctx, `
		grant select, insert, update, delete on river_job, river_queue, river_leader to portal_app;
		grant usage, select on all sequences in schema public to portal_app;
		grant select on river_migration to portal_app;
		revoke insert, update, delete, truncate on river_migration from portal_app`)
	return err
}

// lockMigrations asks again and again instead of waiting inside Postgres: a
// waiting statement would hold up the concurrent index builds of the one that
// works.
func lockMigrations(ctx context.Context, conn *pgxpool.Conn) error {
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for {
		var locked bool
		if err := conn.QueryRow(ctx, `select pg_try_advisory_lock($1)`, migrateLock).Scan(&locked); err != nil || locked {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
}

// checkSchema fails when River's tables are older than the River in the binary.
func checkSchema(ctx context.Context, pool *pgxpool.Pool) error {
	m, err := rivermigrate.New[pgx.Tx](riverpgxv5.New(pool), nil)
	if err != nil {
		return err
	}
	result, err := m.Validate(ctx, nil)
	if err != nil {
		return err
	}
	if !result.OK {
		return fmt.Errorf("the job tables do not fit, run portal migrate: %s", strings.Join(result.Messages, "; "))
	}
	return nil
}
