package app

import (
	"context"
	"log/slog"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/demo"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Migrate brings an external database up to date; it needs PORTAL_MIGRATE_URL.
func Migrate(ctx context.Context, cfg Config) error {
	cfg, err := cfg.Complete()
	if err != nil {
		return err
	}
	if cfg.MigrateURL == "" {
		return errs.New(errs.Invalid, "PORTAL_MIGRATE_URL is not set; the embedded database migrates by itself")
	}
	return postgres.Migrate(ctx, cfg.MigrateURL, jobs.Migrate)
}

// CreateUser makes an office account from the command line: the first
// administrator of an installation. Everyone else is made in the portal.
func CreateUser(ctx context.Context, cfg Config, log *slog.Logger, in account.NewAccount, password string) error {
	a, err := New(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer a.Close()
	_, err = a.services.accounts.CreateUser(ctx, authz.SystemActor, in, password)
	return err
}

// PlantProjects adds n funded projects to a demo, for measurements. On an empty
// database the demo itself is planted first; real data are refused.
func PlantProjects(ctx context.Context, cfg Config, log *slog.Logger, n int) error {
	a, err := New(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer a.Close()
	if a.ownerURL == "" {
		return errs.New(errs.Invalid, "bulk data are written by the owner: set PORTAL_MIGRATE_URL to the owner's URL of this database")
	}
	owner, err := pgxpool.New(ctx, a.ownerURL)
	if err != nil {
		return err
	}
	defer owner.Close()
	return demo.PlantProjects(ctx, a.db, owner, n)
}

// Sweep does at once what the recurring jobs do: deadlines that have passed,
// seals, mail. End-to-end tests call it after they moved the clock.
func (a *App) Sweep(ctx context.Context) error { return a.jobs.Drain(ctx) }
