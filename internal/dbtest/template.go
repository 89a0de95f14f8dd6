package dbtest

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"
	"civilaffairs/migrations"

	"github.com/jackc/pgx/v5"
)

// sources decide the schema besides our migrations: the job tables come from a
// library, of a version that go.sum names, with grants in our file.
var sources = []string{"go.sum", "internal/jobs/migrate.go"}

// makeTemplate returns the name of the migrated database to clone, making it
// when this cluster has none for these migrations yet.
func makeTemplate(ctx context.Context, c *postgres.Cluster) (string, error) {
	root, err := moduleRoot()
	if err != nil {
		return "", err
	}
	name, err := templateName(migrations.FS, os.DirFS(root))
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
	if err := postgres.Migrate(ctx, c.URL(postgres.OwnerRole, draft), jobs.Migrate); err != nil {
		_, _ = conn.Exec(ctx, `drop database `+draft+` with (force)`) // the first error is the one to tell
		return "", err
	}
	_, err = conn.Exec(ctx, fmt.Sprintf(`alter database %s rename to %s`, draft, name))
	return name, err
}

// templateName changes with any byte of any migration or of sources.
func templateName(files, root fs.FS) (string, error) {
	names, err := fs.Glob(files, "*.sql") // sorted
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	add := func(from fs.FS, names []string) error {
		for _, name := range names {
			b, err := fs.ReadFile(from, name)
			if err != nil {
				return err
			}
			fmt.Fprintf(sum, "%s %d\n%s", name, len(b), b)
		}
		return nil
	}
	if err := errors.Join(add(files, names), add(root, sources)); err != nil {
		return "", err
	}
	return fmt.Sprintf("template_%x", sum.Sum(nil)[:12]), nil
}

// moduleRoot is the directory of go.mod: go test runs in the package's own.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	for ; err == nil; dir = filepath.Dir(dir) {
		if _, statErr := os.Stat(filepath.Join(dir, "go.mod")); statErr == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", errors.New("no go.mod above the working directory")
		}
	}
	return "", err
}
