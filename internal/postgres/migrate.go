package postgres

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"civilaffairs/migrations"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Step is a part of the schema that a library brings and migrates by itself.
type Step func(ctx context.Context, owner *pgxpool.Pool) error

// Migrate brings the schema up to date as the owner: our files, then steps.
// Several replicas may call it at once; one works, the others wait.
func Migrate(ctx context.Context, ownerURL string, steps ...Step) error {
	config, err := pgxpool.ParseConfig(ownerURL)
	if err != nil {
		return fmt.Errorf("migration URL: %w", err)
	}
	config.MaxConns = 4
	config.ConnConfig.RuntimeParams["application_name"] = "portal migrate"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := migrateFiles(ctx, pool); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	for _, step := range steps {
		if err := step(ctx, pool); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	return nil
}

func migrateFiles(ctx context.Context, pool *pgxpool.Pool) (err error) {
	db := stdlib.OpenDBFromPool(pool)
	defer func() { err = errors.Join(err, db.Close()) }()
	locker, err := lock.NewPostgresSessionLocker()
	if err != nil {
		return err
	}
	// Files of different owners may land in another order than their timestamps;
	// a database that ran between takes the missed one later.
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithSessionLocker(locker), goose.WithAllowOutofOrder(true))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return err
	}
	// Readiness is told by the serving role, which did not exist yet when goose made its table.
	_, err = pool.Exec(ctx, `grant select on goose_db_version to portal_app`)
	return err
}

// SchemaVersions returns the newest applied migration and the newest one in the
// binary; readiness and the start compare them.
func SchemaVersions(ctx context.Context, q Querier) (applied, wanted int64, err error) {
	files, err := fs.Glob(migrations.FS, "*.sql")
	if err != nil {
		return 0, 0, err
	}
	for _, name := range files {
		digits, _, _ := strings.Cut(name, "_")
		version, err := strconv.ParseInt(digits, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("migration %s: %w", name, err)
		}
		wanted = max(wanted, version)
	}
	err = q.QueryRow(ctx, `select coalesce(max(version_id), 0) from goose_db_version where is_applied`).Scan(&applied)
	return applied, wanted, err
}
