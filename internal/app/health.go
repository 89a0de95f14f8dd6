package app

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/go-chi/chi/v5"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// registerHealth serves liveness and readiness: alive says that the process
// answers, ready that database, schema and files do.
func (a *App) registerHealth(mux *chi.Mux) {
	mux.Get("/healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.Get("/readyz", func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
		defer cancel()
		if err := a.ready(ctx); err != nil {
			a.log.Warn("not ready", "error", err)
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
}

func (a *App) ready(ctx context.Context) error {
	applied, wanted, err := postgres.SchemaVersions(ctx, a.db.Pool())
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	if applied < wanted {
		return fmt.Errorf("schema %d, want %d", applied, wanted)
	}
	if err := a.services.attachments.Check(ctx); err != nil {
		return fmt.Errorf("files: %w", err)
	}
	return nil
}

// serveOps serves /metrics on its own listener, so that it is never public by
// accident. It returns nil when that is switched off.
func (a *App) serveOps(failed chan<- error) (*http.Server, error) {
	if a.cfg.OpsOff() {
		return nil, nil
	}
	listener, err := net.Listen("tcp", a.cfg.OpsAddr)
	if err != nil {
		return nil, fmt.Errorf("PORTAL_OPS_ADDR: %w", err)
	}
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "portal_db_connections_in_use"},
			func() float64 { return float64(a.db.Pool().Stat().AcquiredConns()) }))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	server := a.server(mux)
	go func() { failed <- server.Serve(listener) }()
	return server, nil
}
