package receipt

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// row is one paper as it is recorded, with what rests on it.
type row struct {
	ID        uuid.UUID  `db:"id"`
	Key       string     `db:"key"`
	Kind      Kind       `db:"kind"`
	IssuedOn  civil.Date `db:"issued_on"`
	Seller    string     `db:"seller"`
	Amount    money.Fen  `db:"amount_fen"`
	Allocated money.Fen  `db:"allocated_fen"` // live, over all cases
	Own       money.Fen  `db:"own_fen"`       // live, of the case at hand
	Version   int        `db:"version"`
}

func (r row) entry() Entry {
	return Entry{Kind: r.Kind, IssuedOn: r.IssuedOn, Seller: r.Seller, Total: r.Amount}
}

// columns are the parts of entries that make the key, one list each.
func columns(entries []Entry) (kinds, codes, numbers, sellers []string) {
	for _, e := range entries {
		kinds, codes = append(kinds, string(e.Kind)), append(codes, e.Code)
		numbers, sellers = append(numbers, e.Number), append(sellers, e.Seller)
	}
	return kinds, codes, numbers, sellers
}

// keysOf asks the database for the keys of entries, in their order: its own
// folding of names decides.
func keysOf(ctx context.Context, q postgres.Querier, entries []Entry) ([]string, error) {
	type found struct {
		Key string `db:"key"`
	}
	kinds, codes, numbers, sellers := columns(entries)
	list, err := postgres.All[found](ctx, q, `
		select receipt_key(kind, code, number, seller) as key
		from unnest($1::text[], $2::text[], $3::text[], $4::text[]) with ordinality e (kind, code, number, seller, ordinal)
		order by ordinal`, kinds, codes, numbers, sellers)
	keys := make([]string, len(list))
	for i, f := range list {
		keys[i] = f.Key
	}
	return keys, err
}

// insertUnknown records the papers that nobody has entered before. It waits for a
// transaction that is entering the same one. Ascending keys, all before the first
// lock: two lists never wait for each other.
func insertUnknown(ctx context.Context, tx postgres.Tx, now time.Time, by uuid.UUID, entries []Entry) error {
	kinds, codes, numbers, sellers := columns(entries)
	ids, dates, totals := make([]uuid.UUID, len(entries)), make([]civil.Date, len(entries)), make([]int64, len(entries))
	for i, e := range entries {
		ids[i], dates[i], totals[i] = newID(), e.IssuedOn, int64(e.Total)
	}
	_, err := tx.Exec(ctx, `
		insert into receipt (id, kind, code, number, issued_on, seller, amount_fen, created_at, created_by)
		select id, kind, code, number, issued_on, seller, total, $8, $9
		from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::date[], $6::text[], $7::bigint[])
			e (id, kind, code, number, issued_on, seller, total)
		order by receipt_key(kind, code, number, seller) collate "C"
		on conflict (key) do nothing`, ids, kinds, codes, numbers, dates, sellers, totals, now, by)
	return err
}

// lock locks the papers of these keys and those that the case uses now, by
// ascending key, and returns them by key.
func lock(ctx context.Context, tx postgres.Tx, caseID uuid.UUID, keys []string) (map[string]row, error) {
	list, err := postgres.All[row](ctx, tx, lockSQL, caseID, keys)
	if err != nil {
		return nil, err
	}
	known := make(map[string]row, len(list))
	for _, r := range list {
		known[r.Key] = r
	}
	for _, k := range keys {
		if _, ok := known[k]; !ok {
			return nil, errors.New("receipt: a paper was neither recorded nor inserted")
		}
	}
	return known, nil
}

const lockSQL = `
	select id, key, kind, issued_on, seller, amount_fen, allocated_fen, version,
		(select coalesce(sum(a.amount_fen), 0) from receipt_allocation a
		 where a.receipt_id = r.id and a.case_id = $1 and a.live)::bigint as own_fen
	from receipt r
	where id in (select k.id from receipt k where k.key = any($2)
		union select a.receipt_id from receipt_allocation a where a.case_id = $1 and a.live)
	order by key collate "C" for update of r`

// correct sets right what is recorded of a paper on which nothing rests.
func correct(ctx context.Context, tx postgres.Tx, r row, e Entry) error {
	return postgres.ExecOne(ctx, tx, `
		update receipt set kind = $3, issued_on = $4, seller = $5, amount_fen = $6, version = version + 1
		where id = $1 and version = $2`, r.ID, r.Version, e.Kind, e.IssuedOn, e.Seller, e.Total)
}

// release ends the live allocations of a case and returns how many there were.
func release(ctx context.Context, tx postgres.Tx, now time.Time, by, caseID uuid.UUID) (int, error) {
	tag, err := tx.Exec(ctx, `
		update receipt_allocation set released_at = $2, released_by = $3 where case_id = $1 and live`, caseID, now, by)
	return int(tag.RowsAffected()), err
}

// insertAllocations writes the list of a case, each entry on its paper.
func insertAllocations(ctx context.Context, tx postgres.Tx, now time.Time, by, caseID uuid.UUID, receipts []uuid.UUID, entries []Entry) error {
	ids, amounts := make([]uuid.UUID, len(entries)), make([]int64, len(entries))
	categories, items := make([]string, len(entries)), make([]string, len(entries))
	for i, e := range entries {
		ids[i], categories[i], items[i], amounts[i] = newID(), string(e.Category), e.Item, int64(e.Amount)
	}
	_, err := tx.Exec(ctx, `
		insert into receipt_allocation (id, receipt_id, case_id, ordinal, category, item, amount_fen, created_at, created_by)
		select id, receipt_id, $1, ordinal, category, item, amount, $7, $8
		from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::bigint[]) with ordinality
			e (id, receipt_id, category, item, amount, ordinal)
		order by ordinal`, caseID, ids, receipts, categories, items, amounts, now, by)
	return err
}

// usersOf returns the other cases that live on the papers which stand against a
// list, each with the reason. The papers are locked: nobody comes or goes.
func usersOf(ctx context.Context, tx postgres.Tx, caseID uuid.UUID, against map[uuid.UUID]Reason) ([]clash, error) {
	list, err := postgres.All[clash](ctx, tx, usersSQL, slices.Collect(maps.Keys(against)), caseID)
	for i := range list {
		list[i].reason = against[list[i].ReceiptID]
	}
	return list, err
}

const usersSQL = `
	select distinct receipt_id, case_id from receipt_allocation
	where receipt_id = any($1) and live and case_id <> $2 order by receipt_id, case_id`

// insertRefusals locks the cases before the papers, like every other writer.
func insertRefusals(ctx context.Context, tx postgres.Tx, now time.Time, by, caseID uuid.UUID, clashes []clash) error {
	ids, receipts, others, reasons := make([]uuid.UUID, len(clashes)), make([]uuid.UUID, len(clashes)), make([]uuid.UUID, len(clashes)), make([]string, len(clashes))
	for i, c := range clashes {
		ids[i], receipts[i], others[i], reasons[i] = newID(), c.ReceiptID, c.CaseID, string(c.reason)
	}
	if _, err := tx.Exec(ctx, `select from case_file where id = $1 or id = any($2) order by id for key share`, caseID, others); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `
		insert into receipt_refusal (id, case_id, receipt_id, other_id, reason, at, by)
		select id, $1, receipt_id, other_id, reason, $6, $7
		from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) e (id, receipt_id, other_id, reason)`, caseID, ids, receipts, others, reasons, now, by)
	return err
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
