package attachment

import (
	"context"
	"errors"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const (
	// orphanAge is how old a file without a row must be. Rows follow their file
	// within preparedFor, so an older one lost its request or its commit.
	orphanAge = 24 * time.Hour
	// removedKept is how long the bytes of a removed file that no office has
	// received are kept: a page opened before the removal still shows them.
	removedKept = 24 * time.Hour
	sweepBatch  = 500
)

// Swept counts what one Sweep removed from the store.
type Swept struct{ Erased, Orphans int }

// Sweep erases the bytes of refused and of removed files, and removes files
// without a row. It never touches a file that a row needs, nor a young one.
// Repeating it, or running it on several replicas at once, does no harm.
func (s *Service) Sweep(ctx context.Context) (Swept, error) {
	erased, err := s.erase(ctx)
	if err != nil {
		return Swept{Erased: erased}, err
	}
	orphans, err := s.sweepOrphans(ctx)
	return Swept{Erased: erased, Orphans: orphans}, err
}

// erase marks rows first and deletes after the commit: a crash in between
// leaves an orphan for a later run, never a row without the bytes it promises.
func (s *Service) erase(ctx context.Context) (n int, err error) {
	for {
		var batch []row
		err := s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			if batch, err = listErasable(ctx, tx, now.Add(-removedKept), sweepBatch); err != nil || len(batch) == 0 {
				return err
			}
			ids := make([]uuid.UUID, len(batch))
			for i, r := range batch {
				ids[i] = r.ID
			}
			return setErased(ctx, tx, now, ids)
		})
		if err != nil || len(batch) == 0 {
			return n, err
		}
		for _, r := range batch {
			if err := s.store.Delete(ctx, r.StorageKey); err != nil {
				return n, err
			}
			n++
		}
	}
}

func (s *Service) sweepOrphans(ctx context.Context) (n int, err error) {
	var batch []string
	flush := func() error {
		removed, err := s.removeUnreferenced(ctx, batch)
		n, batch = n+removed, batch[:0]
		return err
	}
	// The machine's clock, not the transaction's: ages of files are by the
	// store's clock, and tests and demo shift the business clock by months.
	for key, err := range s.store.Older(ctx, time.Now().Add(-orphanAge)) {
		if err != nil {
			return n, errors.Join(err, flush())
		}
		if batch = append(batch, key); len(batch) == sweepBatch {
			if err := flush(); err != nil {
				return n, err
			}
		}
	}
	return n, flush()
}

func (s *Service) removeUnreferenced(ctx context.Context, keys []string) (n int, err error) {
	if len(keys) == 0 {
		return 0, nil
	}
	var needed map[string]bool
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		needed, err = referenced(ctx, q, keys)
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, key := range keys {
		if needed[key] {
			continue
		}
		if err := s.store.Delete(ctx, key); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
