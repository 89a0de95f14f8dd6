package main

import (
	"context"
	"fmt"
	"log/slog"

	"civilaffairs/internal/app"
)

type serve struct {
	Demo bool `help:"Plant demo data with accounts for every role; refused on a database that holds real data."`
}

// Run serves until ctx ends.
func (serve) Run(ctx context.Context, cfg *app.Config, log *slog.Logger, std streams) error {
	a, err := app.New(ctx, *cfg, log)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Serve(ctx, func(addr string) {
		fmt.Fprintf(std.out, "portal on http://%s\n", addr)
	})
}

type migrate struct{}

// Run migrates the external database.
func (migrate) Run(ctx context.Context, cfg *app.Config) error { return app.Migrate(ctx, *cfg) }
