package attachment

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/attachment/clamd"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
)

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
const scanBatch = 100

// ScanWaiting scans what is still being checked, oldest first, until the scanner
// turns out to be away; a single file that it cannot judge does not hold up the
// others. Without a
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
	for _, r := range waiting {
		err := s.scan(ctx, r)
		if err != nil {
			s.log.Warn("file not scanned, will be tried again", "attachment", r.ID, "error", err)
		}
		if errors.Is(err, clamd.ErrAway) || ctx.Err() != nil {
			return err
		}
	}
	return nil
}

// scan looks at the bytes outside any transaction and settles the row in one.
func (s *Service) scan(ctx context.Context, r row) error {
	if s.scanner == nil {
		return s.settle(ctx, r, verdict{state: Accepted})
	}
	content, err := s.store.Open(ctx, r.StorageKey)
	if errors.Is(err, filestore.ErrAbsent) { // a restore without its files
		s.log.Error("file has no bytes", "attachment", r.ID)
		return s.settle(ctx, r, verdict{state: Refused, reason: "这份文件没有存好，请重新上传"})
	}
	if err != nil {
		return err
	}
	defer content.Close()
	found, err := s.scanner.Scan(ctx, content)
	if err != nil {
		return err
	}
	v := verdict{state: Accepted, scanned: true}
	if found != "" {
		v.state, v.found = Refused, found
		v.reason = fmt.Sprintf("安全检查在这份文件里发现了有害内容（%s），没有收下。先在电脑上查毒，再换一份没有问题的上传", found)
	}
	return s.settle(ctx, r, v)
}

// verdict is what becomes of a file that was being checked.
type verdict struct {
	state   State
	reason  string
	found   string
	scanned bool
}

func (s *Service) settle(ctx context.Context, r row, v verdict) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if _, _, err := room(ctx, tx, r.Owner()); err != nil {
			return err
		}
		changed, err := setScanned(ctx, tx, now, r.ID, v.state, v.reason, v.scanned)
		if err != nil || !changed {
			return err
		}
		r.State, r.Reason = v.state, v.reason
		// The reaction may lock rows of its own; the audit subject comes last.
		if react := s.refused[r.OwnerKind]; v.state == Refused && react != nil {
			if err := react(ctx, tx, now, r.Attachment); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, now, authz.SystemActor, r.Attachment, "attachment."+string(v.state),
			map[string]any{"found": v.found, "scanned": v.scanned})
	})
}
