package attachment

import (
	"context"
	"time"

	"civilaffairs/internal/jobs"

	"github.com/google/uuid"
)

// ScanArgs is the job that scans one file.
type ScanArgs struct {
	ID uuid.UUID `json:"id"`
}

// Kind names the job.
func (ScanArgs) Kind() string { return "attachment.scan" }

const (
	rescanEvery = time.Minute
	sweepEvery  = time.Hour
)

// RegisterJobs puts the scan, its repetition and the sweep into reg.
func (s *Service) RegisterJobs(reg *jobs.Registry) {
	jobs.Handle(reg, s.ScanOne)
	jobs.Every(reg, "attachment.scan-waiting", rescanEvery, s.ScanWaiting)
	jobs.Every(reg, "attachment.sweep", sweepEvery, func(ctx context.Context) error {
		swept, err := s.Sweep(ctx)
		if swept != (Swept{}) {
			s.log.Info("files swept", "erased", swept.Erased, "orphans", swept.Orphans)
		}
		return err
	})
}
