package attachment

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// ScanArgs is the job that scans one file.
type ScanArgs struct {
	ID uuid.UUID `json:"id"`
}

// Kind names the job.
func (ScanArgs) Kind() string { return "attachment.scan" }

// ScanOne scans the file of a job. When the scanner does not answer, the file
// stays 正在检查 and the periodic pass tries again, so a dead scanner delays and
// loses nothing.
func (s *Service) ScanOne(ctx context.Context, args ScanArgs) error {
	var r row
	err := s.db.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		r, err = find(ctx, q, args.ID)
		return err
	})
	if errs.Is(err, errs.NotFound) || err == nil && r.State != Checking {
		return nil // settled by another run
	}
	if err != nil {
		return err
	}
	if err := s.scan(ctx, r); err != nil {
		s.log.Warn("file not scanned, will be tried again", "attachment", r.ID, "error", err)
	}
	return nil
}

// scanBatch bounds one periodic pass; the next one goes on.
const scanBatch = 500

// ScanWaiting scans what is still being checked, oldest first, and stops at the
// first file that could not be looked at because the scanner is away. Without a
// scanner it accepts what waits: the setting was taken back.
func (s *Service) ScanWaiting(ctx context.Context) error {
	var waiting []row
	err := s.db.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		waiting, err = listChecking(ctx, q, scanBatch)
		return err
	})
	if err != nil {
		return err
	}
	failed := 0
	for _, r := range waiting {
		if err := s.scan(ctx, r); err != nil {
			s.log.Warn("file not scanned, will be tried again", "attachment", r.ID, "error", err)
			// One file may be at fault; three in a row mean that the scanner is.
			if failed++; failed == 3 {
				return fmt.Errorf("attachment: scanner: %w", err)
			}
			continue
		}
		failed = 0
	}
	return nil
}

// scan looks at the bytes outside any transaction and settles the row in one.
func (s *Service) scan(ctx context.Context, r row) error {
	if s.scanner == nil {
		return s.settle(ctx, r, "", false)
	}
	content, err := s.store.Open(ctx, r.StorageKey)
	if err != nil {
		return err
	}
	defer content.Close()
	found, err := s.scanner.Scan(ctx, content)
	if err != nil {
		return err
	}
	return s.settle(ctx, r, found, true)
}

func (s *Service) settle(ctx context.Context, r row, found string, scanned bool) error {
	state, reason, action := Accepted, "", "attachment.accept"
	if found != "" {
		state, action = Refused, "attachment.refuse"
		reason = fmt.Sprintf("安全检查在这份文件里发现了有害内容（%s），没有收下。先在电脑上查毒，再换一份没有问题的上传", found)
	}
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if _, _, err := room(ctx, tx, r.Owner()); err != nil {
			return err
		}
		changed, err := setScanned(ctx, tx, now, r.ID, state, reason, scanned)
		if err != nil || !changed {
			return err
		}
		err = s.record(ctx, tx, now, authz.SystemActor, r.Attachment, action, map[string]any{"found": found, "scanned": scanned})
		if react := s.refused[r.OwnerKind]; err == nil && state == Refused && react != nil {
			r.State, r.Reason = state, reason
			err = react(ctx, tx, now, r.Attachment)
		}
		return err
	})
}
