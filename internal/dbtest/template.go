package dbtest

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"

	"civilaffairs/internal/postgres"
	"civilaffairs/migrations"

	"github.com/jackc/pgx/v5"
)

// steps are the schemas that libraries bring, as in the binary.
var steps = []postgres.Step{}

// makeTemplate returns the name of the migrated database to clone, making it
// when this cluster has none for these migrations yet.
func makeTemplate(ctx context.Context, c *postgres.Cluster) (string, error) {
	name, err := templateName(migrations.FS)
	if err != nil {
		return "", err
	}
	conn, err := pgx.Connect(ctx, c.URL(postgres.OwnerRole, "postgres"))
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) // releases the advisory lock
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(hashtext('dbtest template'))`); err != nil {
		return "", err
	}
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, name).Scan(&exists); err != nil || exists {
		return name, err
	}
	// Renamed only when complete: a process killed half-way leaves no template.
	draft := "draft_" + suffix()
	if _, err := conn.Exec(ctx, `create database `+draft); err != nil {
		return "", err
	}
	if err := postgres.Migrate(ctx, c.URL(postgres.OwnerRole, draft), steps...); err != nil {
		_, _ = conn.Exec(ctx, `drop database `+draft+` with (force)`) // the first error is the one to tell
		return "", err
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(`alter database %s rename to %s`, draft, name))
	return name, err
}

// templateName changes with any byte of any migration, and with nothing else.
func templateName(files fs.FS) (string, error) {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(b), b)
	}
	return fmt.Sprintf("template_%x", sum.Sum(nil)[:12]), nil
}
