package organization

import (
	"context"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// mobileIndex is the context under which mobile numbers of heads and contacts are
// digested: the same number in either place is the same digest.
const mobileIndex = "organization.mobile"

// sealHead seals a head's mobile number for the record id, with its digest; ""
// seals nothing.
func (s *Service) sealHead(id uuid.UUID, number string) (v sealed, err error) {
	if number == "" {
		return v, nil
	}
	v.headMobileIndex = s.keys.BlindIndex(mobileIndex, number)
	v.headMobile, err = s.keys.Seal(headMobileContext, id, number)
	return v, err
}

// sealContact seals a contact's mobile number in the same way.
func (s *Service) sealContact(id uuid.UUID, number string) (v sealed, err error) {
	if number == "" {
		return v, nil
	}
	v.contactMobileIndex = s.keys.BlindIndex(mobileIndex, number)
	v.contactMobile, err = s.keys.Seal(contactMobileContext, id, number)
	return v, err
}

// indexBatch is how many records one transaction of IndexMobiles fills in.
const indexBatch = 200

// IndexMobiles fills in the digests of numbers that were saved before there were
// any. It is idempotent and finds nothing once it has run; the job runs it.
func (s *Service) IndexMobiles(ctx context.Context) error {
	for {
		n := 0
		err := s.db.InTx(ctx, func(tx postgres.Tx, _ time.Time) (err error) {
			n, err = s.indexMobiles(ctx, tx)
			return err
		})
		if err != nil || n < indexBatch {
			return err
		}
	}
}

func (s *Service) indexMobiles(ctx context.Context, tx postgres.Tx) (int, error) {
	type row struct {
		ID      uuid.UUID `db:"id"`
		Head    []byte    `db:"head_mobile"`
		Contact []byte    `db:"contact_mobile"`
	}
	rows, err := postgres.All[row](ctx, tx, `
		select id, head_mobile, contact_mobile from organization
		where head_mobile is not null and head_mobile_index is null or contact_mobile is not null and contact_mobile_index is null
		order by id limit $1 for update skip locked`, indexBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids, heads, contacts := make([]uuid.UUID, len(rows)), make([][]byte, len(rows)), make([][]byte, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
		if heads[i], err = s.digest(headMobileContext, r.ID, r.Head); err != nil {
			return 0, err
		}
		if contacts[i], err = s.digest(contactMobileContext, r.ID, r.Contact); err != nil {
			return 0, err
		}
	}
	_, err = tx.Exec(ctx, `
		update organization o set head_mobile_index = x.head, contact_mobile_index = x.contact
		from unnest($1::uuid[], $2::bytea[], $3::bytea[]) x (id, head, contact) where o.id = x.id`, ids, heads, contacts)
	return len(rows), err
}

// digest opens a sealed number and returns its digest, nil for none.
func (s *Service) digest(context string, id uuid.UUID, number []byte) ([]byte, error) {
	if number == nil {
		return nil, nil
	}
	clear, err := s.keys.Open(context, id, number)
	if err != nil {
		return nil, err
	}
	return s.keys.BlindIndex(mobileIndex, clear), nil
}
