package person

import (
	"context"
	"time"

	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Known is a person on record.
type Known struct {
	ID   uuid.UUID
	Name string
}

// FindAll returns for every person with a document number who has that number on
// record, at their place in list; the zero Known for the others. One statement.
func FindAll(ctx context.Context, q postgres.Querier, keys *secret.Keys, list []Person) ([]Known, error) {
	type found struct {
		ID    uuid.UUID `db:"id"`
		Name  string    `db:"name"`
		Index []byte    `db:"id_index"`
	}
	indexes := make([][]byte, len(list))
	for i, p := range list {
		if p.IDNumber != "" {
			indexes[i] = index(keys, p.IDType, p.IDNumber)
		}
	}
	rows, err := postgres.All[found](ctx, q, `select id, name, id_index from person where id_index = any($1)`, indexes)
	if err != nil {
		return nil, err
	}
	by := make(map[string]Known, len(rows))
	for _, r := range rows {
		by[string(r.Index)] = Known{r.ID, r.Name}
	}
	out := make([]Known, len(list))
	for i := range list {
		if indexes[i] != nil {
			out[i] = by[string(indexes[i])]
		}
	}
	return out, nil
}

// AddAll makes a person of each in list and returns their ids; the caller has
// looked for those on record with FindAll. The rows carry the id of the import
// that makes them, so that UndoImport finds them; uuid.Nil for none. One statement; a number that
// somebody else has put on record meanwhile is errs.Conflict.
func AddAll(ctx context.Context, tx postgres.Tx, keys *secret.Keys, now time.Time, importID uuid.UUID, list []Person) ([]uuid.UUID, error) {
	n := len(list)
	ids, names, types := make([]uuid.UUID, n), make([]string, n), make([]string, n)
	sealed, indexes := make([][]byte, n), make([][]byte, n)
	for i, p := range list {
		id, err := uuid.NewV7()
		if err != nil {
			return nil, err
		}
		r, err := seal(keys, id, Person{Name: p.Name, IDType: p.IDType, IDNumber: p.IDNumber})
		if err != nil {
			return nil, err
		}
		ids[i], names[i], types[i], sealed[i], indexes[i] = id, p.Name, string(p.IDType), r.IDSealed, r.IDIndex
	}
	_, err := tx.Exec(ctx, `
		insert into person (id, name, id_type, id_sealed, id_index, import_id, created_at, updated_at)
		select id, name, nullif(id_type, ''), id_sealed, id_index, nullif($7::uuid, $8::uuid), $6, $6
		from unnest($1::uuid[], $2::text[], $3::text[], $4::bytea[], $5::bytea[]) as t (id, name, id_type, id_sealed, id_index)`,
		ids, names, types, sealed, indexes, now, importID, uuid.Nil)
	return ids, err
}

// UndoImport removes the persons that an import made and nothing else refers to.
// It comes last: after the rows for whose sake they were made. One who has
// become something else meanwhile stays.
func UndoImport(ctx context.Context, tx postgres.Tx, importID uuid.UUID) error {
	_, err := tx.Exec(ctx, `select person_import_undo($1)`, importID)
	return err
}
