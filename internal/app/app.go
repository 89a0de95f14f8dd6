package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
)

// App is a portal: open database, wired services, routes. Close releases it.
type App struct {
	cfg      Config
	log      *slog.Logger
	keys     *secret.Keys
	embedded *postgres.Embedded // nil with an external database
	db       *postgres.DB
	ownerURL string
	services services
	jobs     *jobs.Client
	site     site
}

// New opens the database (starting the embedded one when no URL is given),
// brings the schema up to date where it may, and wires everything. In demo mode
// it plants the demo data into an empty database and refuses any other.
func New(ctx context.Context, cfg Config, log *slog.Logger) (_ *App, err error) {
	if cfg, err = cfg.Complete(); err != nil {
		return nil, err
	}
	a := &App{cfg: cfg, log: log}
	defer func() {
		if err != nil {
			a.Close()
		}
	}()
	if err := a.open(ctx); err != nil {
		return nil, err
	}
	if a.keys, err = loadKeys(cfg); err != nil {
		return nil, err
	}
	if err := a.wireServices(); err != nil {
		return nil, err
	}
	if err := a.guardDemo(ctx); err != nil {
		return nil, err
	}
	a.wireSite()
	return a, nil
}

// open connects as portal_app, after migrating as the owner where the owner's
// URL is known.
func (a *App) open(ctx context.Context) (err error) {
	url := a.cfg.DatabaseURL
	a.ownerURL = a.cfg.MigrateURL
	if a.cfg.Embedded() {
		if a.embedded, err = postgres.StartEmbedded(ctx, filepath.Join(a.cfg.DataDir, "postgres"), a.log); err != nil {
			return fmt.Errorf("embedded Postgres: %w", err)
		}
		url, a.ownerURL = a.embedded.AppURL(), a.embedded.OwnerURL()
	}
	if a.ownerURL != "" {
		if err := postgres.Migrate(ctx, a.ownerURL, jobs.Migrate); err != nil {
			return fmt.Errorf("migrate: %w", err)
		}
	}
	a.db, err = postgres.Open(ctx, url)
	return err
}

// loadKeys reads the secret file, or makes it on the first start.
func loadKeys(cfg Config) (*secret.Keys, error) {
	if _, err := os.Stat(cfg.SecretFile); errors.Is(err, os.ErrNotExist) {
		if err := os.MkdirAll(filepath.Dir(cfg.SecretFile), 0o700); err != nil {
			return nil, err
		}
		if err := secret.Generate(cfg.SecretFile); err != nil && !errors.Is(err, os.ErrExist) {
			return nil, fmt.Errorf("secret file: %w", err)
		}
	}
	keys, err := secret.Load(cfg.SecretFile)
	if err != nil {
		return nil, fmt.Errorf("secret file: %w", err)
	}
	return keys, nil
}

// Handler is the whole site.
func (a *App) Handler() http.Handler { return a.site.handler }

// DB is the pool that serves, for tests.
func (a *App) DB() *postgres.DB { return a.db }

// Close releases what New opened, in the reverse order.
func (a *App) Close() {
	if a.db != nil {
		a.db.Close()
	}
	if a.embedded != nil {
		if err := a.embedded.Close(); err != nil {
			a.log.Error("stop embedded Postgres", "error", err)
		}
	}
}

const (
	readHeader = 5 * time.Second
	readBody   = 2 * time.Minute // a phone sends 10 MB over a slow line
	writeAll   = 2 * time.Minute
	idle       = 2 * time.Minute
	drain      = 20 * time.Second
)

// Serve runs jobs and answers requests until ctx ends, then lets what is under
// way finish. ready is called with the address once it listens; it may be nil.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	listener, err := net.Listen("tcp", a.cfg.Addr)
	if err != nil {
		return fmt.Errorf("PORTAL_ADDR: %w", err)
	}
	server := a.server(a.site.handler)
	failed := make(chan error, 2)
	go func() { failed <- server.Serve(listener) }()
	ops, err := a.serveOps(failed)
	if err != nil {
		return errors.Join(err, server.Close())
	}
	if err := a.jobs.Start(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	if ready != nil {
		ready(listener.Addr().String())
	}
	select {
	case <-ctx.Done():
		err = nil
	case err = <-failed:
	}
	stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
	defer cancel()
	if ops != nil {
		err = errors.Join(err, ops.Shutdown(stop))
	}
	return errors.Join(err, server.Shutdown(stop), a.jobs.Stop(stop))
}

func (a *App) server(h http.Handler) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: readHeader, ReadTimeout: readBody, WriteTimeout: writeAll, IdleTimeout: idle,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(a.log.Handler(), slog.LevelWarn),
	}
}
