package liaison

import (
	"context"
	"io"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// filesOwner is whose the files of entries are in attachment; the id is a parcel.
const filesOwner = "liaison"

// parcelSpace makes the ids of parcels.
var parcelSpace = uuid.MustParse("6f0d2c1e-3f6b-4a53-9a44-8f0f6a1d7e52")

// parcelOf is what the files of a form belong to, until its entry stands and
// after. It follows from the account and the token, so that nobody else reaches
// it and a repeated form is the same parcel.
func parcelOf(actor authz.Actor, token string) attachment.Owner {
	return attachment.Owner{Kind: filesOwner, ID: uuid.NewSHA1(parcelSpace, []byte(actor.AccountID.String()+" "+token))}
}

// mayTell is who writes an entry of any kind.
func mayTell(a authz.Actor) error {
	if a.Can(authz.LiaisonWrite) {
		return nil
	}
	return a.Require(authz.LiaisonAnswer)
}

// Received returns the files that came with a form so far.
func (s *Service) Received(ctx context.Context, actor authz.Actor, token string) (list []attachment.Attachment, err error) {
	if err := mayTell(actor); err != nil {
		return nil, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = s.files.List(ctx, q, parcelOf(actor, token))
		return err
	})
	return list, err
}

// Receive takes a file that came with a form. One that comes once more after the
// entry stands changes nothing.
func (s *Service) Receive(ctx context.Context, actor authz.Actor, token string, u attachment.Upload) error {
	if err := mayTell(actor); err != nil {
		return err
	}
	u.Owner, u.Slot = parcelOf(actor, token), "file"
	ready, err := s.files.Prepare(ctx, u)
	if err != nil {
		return err
	}
	defer ready.Discard()
	return sealed(s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := s.files.Attach(ctx, tx, now, actor, ready, false)
		return err
	}))
}

// Drop takes a file out of a form that was not sent off yet.
func (s *Service) Drop(ctx context.Context, actor authz.Actor, token string, file uuid.UUID) error {
	if err := mayTell(actor); err != nil {
		return err
	}
	return sealed(s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		parcel := parcelOf(actor, token)
		list, err := s.files.List(ctx, tx, parcel)
		if err != nil {
			return err
		}
		for _, f := range list {
			if f.ID == file {
				return s.files.Remove(ctx, tx, now, actor, parcel, file, f.Version)
			}
		}
		return notFound()
	}))
}

// sealed takes it for done when the entry stands already: the form was sent twice.
func sealed(err error) error {
	if postgres.Violates(err, "liaison_files_sealed") {
		return nil
	}
	return err
}

// seal hands the parcel of the form over to an entry that is about to be stored.
func (sc scene) seal(ctx context.Context, e *Entry) error {
	list, err := sc.files.List(ctx, sc.tx, sc.parcel)
	if err != nil || len(list) == 0 {
		return err
	}
	e.Parcel = &sc.parcel.ID
	return sc.files.HandIn(ctx, sc.tx, sc.now, sc.parcel)
}

// withFiles puts the files of entries beside them.
func (s *Service) withFiles(ctx context.Context, q postgres.Querier, entries []Entry) error {
	var parcels []uuid.UUID
	for _, e := range entries {
		if e.Parcel != nil {
			parcels = append(parcels, *e.Parcel)
		}
	}
	if len(parcels) == 0 {
		return nil
	}
	by, err := s.files.Of(ctx, q, filesOwner, parcels)
	if err != nil {
		return err
	}
	for i, e := range entries {
		if e.Parcel != nil {
			entries[i].Files = by[*e.Parcel]
		}
	}
	return nil
}

// File opens a file of an entry for whoever may see the entry. With an entry that
// was withdrawn its files are gone too.
func (s *Service) File(ctx context.Context, actor authz.Actor, orgID, entry, file uuid.UUID) (a attachment.Attachment, content io.ReadSeekCloser, err error) {
	found, err := s.Entry(ctx, actor, orgID, entry)
	if err != nil {
		return a, nil, err
	}
	if found.Entry.Parcel == nil {
		return a, nil, notFound()
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		a, content, err = s.files.Open(ctx, q, attachment.Owner{Kind: filesOwner, ID: *found.Entry.Parcel}, file)
		return err
	})
	return a, content, err
}

// unsentKept is how long the files of a form that was never sent off are kept.
const unsentKept = 24 * time.Hour

// SweepFiles takes out the files of forms that were given up. It is idempotent;
// the job runs it.
func (s *Service) SweepFiles(ctx context.Context) error {
	return s.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		list, err := unsentFiles(ctx, tx, now.Add(-unsentKept), sweepBatch)
		if err != nil {
			return err
		}
		for _, f := range list {
			err := s.files.Remove(ctx, tx, now, authz.SystemActor, attachment.Owner{Kind: filesOwner, ID: f.Parcel}, f.ID, f.Version)
			if err != nil && !errs.Is(err, errs.NotFound) && !errs.Is(err, errs.Conflict) {
				return err
			}
		}
		return nil
	})
}

// sweepBatch is how many files one run takes out; the next run goes on.
const sweepBatch = 500
