package person

import (
	"context"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

type row struct {
	ID           uuid.UUID `db:"id"`
	Name         string    `db:"name"`
	IDType       IDType    `db:"id_type"`
	IDSealed     []byte    `db:"id_sealed"`
	IDIndex      []byte    `db:"id_index"`
	MobileSealed []byte    `db:"mobile_sealed"`
}

const columns = `id, name, coalesce(id_type, '') as id_type, id_sealed, id_index, mobile_sealed`

// insertPerson reports false when the document number is on record already; a
// concurrent insert of the same number is waited for.
func insertPerson(ctx context.Context, tx postgres.Tx, now time.Time, r row) (bool, error) {
	tag, err := tx.Exec(ctx, `
		insert into person (id, name, id_type, id_sealed, id_index, mobile_sealed, created_at, updated_at)
		values ($1, $2, nullif($3, ''), $4, $5, $6, $7, $7)
		on conflict (id_index) do nothing`,
		r.ID, r.Name, string(r.IDType), r.IDSealed, r.IDIndex, r.MobileSealed, now)
	return tag.RowsAffected() == 1, err
}

func loadPerson(ctx context.Context, q postgres.Querier, id uuid.UUID) (row, error) {
	return postgres.One[row](ctx, q, `select `+columns+` from person where id = $1`, id)
}

func loadByIndex(ctx context.Context, q postgres.Querier, index []byte) (row, error) {
	return postgres.One[row](ctx, q, `select `+columns+` from person where id_index = $1`, index)
}

func loadByIndexForUpdate(ctx context.Context, tx postgres.Tx, index []byte) (row, error) {
	return postgres.One[row](ctx, tx, `select `+columns+` from person where id_index = $1 for update`, index)
}

func saveMobile(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, sealed []byte) error {
	return postgres.ExecOne(ctx, tx, `
		update person set mobile_sealed = $2, updated_at = $3, version = version + 1 where id = $1`, id, sealed, now)
}
