package main

import (
	"context"
	"fmt"
	"io"
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
		if cfg.Demo {
			printAccounts(std.out)
		}
	})
}

// printAccounts lists whom one can be in the demo.
func printAccounts(w io.Writer) {
	fmt.Fprintf(w, "demo accounts, password %s:\n", app.DemoPassword)
	for _, a := range app.DemoAccounts() {
		fmt.Fprintf(w, "  %-22s %s\n", a.Username, a.Who)
	}
}

type migrate struct{}

// Run migrates the external database.
func (migrate) Run(ctx context.Context, cfg *app.Config) error { return app.Migrate(ctx, *cfg) }
