package report_test

import (
	"context"
	"sync"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/report"
	"civilaffairs/internal/report/reporttest"
)

// Slow readers of exports take no more than their share of the connections: who
// comes third waits for one of them, and is told when that takes too long.
func TestExportsTakeTurns(t *testing.T) {
	t.Parallel()
	g, s := ground(t)
	g.Grant(t, reporttest.Award{})
	release, begun := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	export := func(ctx context.Context, during func()) error {
		return s.Export(ctx, report.ProjectFilter{}, report.NewestFirst, func(report.ExportHead, []report.OpenProject) error { during(); return nil })
	}
	for range 2 {
		wait.Go(func() {
			if err := export(t.Context(), func() { begun <- struct{}{}; <-release }); err != nil {
				t.Error(err)
			}
		})
	}
	<-begun
	<-begun
	impatient, leave := context.WithCancel(t.Context())
	leave()
	if err := export(impatient, func() { t.Error("a third one runs") }); !errs.Is(err, errs.Unavailable) {
		t.Errorf("the third: %v", err)
	}
	done := make(chan error)
	go func() { done <- export(t.Context(), func() {}) }()
	close(release)
	if err := <-done; err != nil {
		t.Errorf("after its turn came: %v", err)
	}
	wait.Wait()
}
