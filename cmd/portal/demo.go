package main

import (
	"context"
	"fmt"
	"log/slog"

	"civilaffairs/internal/app"
)

type demoData struct {
	Projects int `required:"" placeholder:"N" help:"Number of funded projects to add, with a third as many organizations."`
}

// Run adds bulk data for measurements to a demo, planting it first where there
// is none.
func (d demoData) Run(ctx context.Context, cfg *app.Config, log *slog.Logger, std streams) error {
	cfg.Demo = true
	if err := app.PlantProjects(ctx, *cfg, log, d.Projects); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d projects added\n", d.Projects)
	return nil
}
