package attachment

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"civilaffairs/internal/attachment/clamd"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/jobs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Scanner looks for harmful content. It returns the name of what it found, ""
// for a clean file, and an error when it could not look.
type Scanner interface {
	Scan(ctx context.Context, r io.Reader) (found string, err error)
}

// Refusal is a feature's reaction to a file of its kind of owner that the
// scanner refused after it was attached; it runs in the same transaction.
type Refusal func(ctx context.Context, tx postgres.Tx, now time.Time, a Attachment) error

// Service receives and gives back files. Safe for concurrent use.
type Service struct {
	db      *postgres.DB
	store   filestore.Store
	scanner Scanner // nil: files are accepted at once
	queue   *jobs.Client
	log     *slog.Logger
	desk    *desk
	refused map[string]Refusal // by owner kind; filled before the start
}

// New returns a Service. scanner is nil when PORTAL_CLAMD is not set; queue may
// be nil, then the periodic pass alone scans.
func New(db *postgres.DB, store filestore.Store, scanner Scanner, queue *jobs.Client, log *slog.Logger) *Service {
	return &Service{db: db, store: store, scanner: scanner, queue: queue, log: log,
		desk: newDesk(), refused: map[string]Refusal{}}
}

// NewScanner returns the scanner for the setting PORTAL_CLAMD ("unix:/run/…" or
// "tcp:host:port"), nil for "".
func NewScanner(setting string) (Scanner, error) {
	if setting == "" {
		return nil, nil
	}
	return clamd.New(setting)
}

// OnRefused registers the reaction to a late refusal of a file of ownerKind. To
// be called while the program is put together, before the first request.
func (s *Service) OnRefused(ownerKind string, fn Refusal) { s.refused[ownerKind] = fn }

// Check reports whether files can be stored, for /readyz.
func (s *Service) Check(ctx context.Context) error { return s.store.Check(ctx) }

// List returns every file of the owner but the removed ones, by slot and time.
func (s *Service) List(ctx context.Context, q postgres.Querier, o Owner) ([]Attachment, error) {
	all, err := s.History(ctx, q, o)
	var kept []Attachment
	for _, a := range all {
		if a.State != Removed {
			kept = append(kept, a)
		}
	}
	return kept, err
}

// Of returns the files of several owners of one kind, by owner and time.
func (s *Service) Of(ctx context.Context, q postgres.Querier, kind string, ids []uuid.UUID) (map[uuid.UUID][]Attachment, error) {
	rows, err := listOf(ctx, q, kind, ids)
	by := map[uuid.UUID][]Attachment{}
	for _, r := range rows {
		by[r.OwnerID] = append(by[r.OwnerID], r.Attachment)
	}
	return by, err
}

// History returns every file the owner ever had, the removed ones included.
func (s *Service) History(ctx context.Context, q postgres.Querier, o Owner) ([]Attachment, error) {
	rows, err := list(ctx, q, o)
	all := make([]Attachment, len(rows))
	for i, r := range rows {
		all[i] = r.Attachment
	}
	return all, err
}

// Open returns a file of the owner and its bytes, to be closed by the caller.
// The owner's route has decided before that this reader may have it. A file
// being checked is errs.Conflict, one that is absent, refused or erased
// errs.NotFound, a store that does not answer errs.Unavailable.
func (s *Service) Open(ctx context.Context, q postgres.Querier, o Owner, id uuid.UUID) (Attachment, io.ReadSeekCloser, error) {
	r, err := findOwned(ctx, q, o, id)
	if err != nil {
		if errs.Is(err, errs.NotFound) {
			err = notFound()
		}
		return Attachment{}, nil, err
	}
	switch {
	case r.State == Checking:
		return Attachment{}, nil, errs.New(errs.Conflict, "这份文件正在做安全检查，通常不到一分钟。检查完再打开。")
	case r.State == Refused, r.ErasedAt != nil, r.State == Removed && r.HandedInAt == nil:
		return Attachment{}, nil, notFound()
	}
	content, err := s.store.Open(ctx, r.StorageKey)
	if errors.Is(err, filestore.ErrAbsent) { // a defect or a bad restore: 500 with a reference
		return Attachment{}, nil, fmt.Errorf("attachment %s has no bytes: %w", id, err)
	}
	if err != nil {
		return Attachment{}, nil, errs.Wrap(errs.Unavailable, "文件暂时打不开，请几分钟后再试。", err)
	}
	return r.Attachment, content, nil
}

// Attach writes the row of a prepared file, in the owner's transaction, and
// takes the place of what the slot held when replace is set. The same bytes in
// the same slot again give the file that is there already. No room left is
// errs.Invalid at the upload's field.
func (s *Service) Attach(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p *Prepared, replace bool) (Attachment, error) {
	if err := p.usable(); err != nil {
		return Attachment{}, err
	}
	files, bytes, err := room(ctx, tx, p.owner)
	if err != nil {
		return Attachment{}, err
	}
	old, err := listSlot(ctx, tx, p.owner, p.row.Slot)
	if err != nil {
		return Attachment{}, err
	}
	var same *Attachment
	var replaced []string
	for _, o := range old {
		switch {
		case o.Current() && o.SourceSHA256 == p.row.SourceSHA256:
			same = &o.Attachment
		case replace || o.State == Refused: // a refused file has been answered by this one
			if err := setRemoved(ctx, tx, now, o.ID, o.Version, "换了一份"); err != nil {
				return Attachment{}, err
			}
			replaced = append(replaced, o.ID.String())
			if o.Current() {
				files, bytes = files-1, bytes-o.Size
			}
		}
	}
	if same != nil {
		return *same, s.recordReplaced(ctx, tx, now, actor, *same, replaced)
	}
	if err := p.fits(files, bytes); err != nil {
		return Attachment{}, err
	}
	return s.add(ctx, tx, now, actor, p, replaced)
}

func (s *Service) add(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, p *Prepared, replaced []string) (Attachment, error) {
	r := p.row
	r.OwnerKind, r.OwnerID, r.State, r.Version, r.UploadedAt = p.owner.Kind, p.owner.ID, Accepted, 1, now
	r.UploadedBy, r.UploadedByName = uploaderOf(actor)
	if s.scanner != nil {
		r.State = Checking
	}
	if err := insert(ctx, tx, r); err != nil {
		return Attachment{}, err
	}
	err := s.record(ctx, tx, now, actor, r.Attachment, "attachment.attach", map[string]any{
		"slot": r.Slot, "type": r.Extension, "size": r.Size, "sha256": r.SHA256, "replaces": replaced})
	if err != nil {
		return Attachment{}, err
	}
	if r.State == Checking && s.queue != nil {
		if err := s.queue.Enqueue(ctx, tx, ScanArgs{ID: r.ID}); err != nil {
			return Attachment{}, err
		}
	}
	p.attached.Store(true)
	return r.Attachment, nil
}

func (s *Service) recordReplaced(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, a Attachment, replaced []string) error {
	if len(replaced) == 0 {
		return nil
	}
	return s.record(ctx, tx, now, actor, a, "attachment.keep", map[string]any{"slot": a.Slot, "replaces": replaced})
}

// Remove takes a file of the owner out of its slot. A stale version is
// errs.Conflict, someone else's file errs.NotFound. What was handed in stays
// readable in the history; the bytes of anything else are erased a day later.
func (s *Service) Remove(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o Owner, id uuid.UUID, version int) error {
	if _, _, err := room(ctx, tx, o); err != nil {
		return err
	}
	r, err := findOwned(ctx, tx, o, id)
	if errs.Is(err, errs.NotFound) {
		return notFound()
	}
	if err != nil {
		return err
	}
	if err := setRemoved(ctx, tx, now, id, version, "上传人移除"); err != nil {
		return err
	}
	return s.record(ctx, tx, now, actor, r.Attachment, "attachment.remove", map[string]any{"slot": r.Slot})
}

// HandIn marks the owner's current files as received by an office, at
// submission: from then on they stay in the history even when replaced.
func (s *Service) HandIn(ctx context.Context, tx postgres.Tx, now time.Time, o Owner) error {
	if _, _, err := room(ctx, tx, o); err != nil {
		return err
	}
	return setHandedIn(ctx, tx, now, o)
}

// record writes into the owner's audit chain: references, sizes and digests of
// content, never a file name, which may hold a person's.
func (s *Service) record(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, a Attachment, action string, detail map[string]any) error {
	detail["attachment"] = a.ID.String()
	return audit.Record(ctx, tx, now, actor, audit.Entry{
		Subject: a.OwnerKind, SubjectID: a.OwnerID.String(), Action: action, Detail: detail})
}
