package ledger

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// openedPool is a pool as an import of budgets meets it; live when finance keeps
// its budget.
type openedPool struct {
	Year      int       `db:"year"`
	Purpose   Purpose   `db:"purpose"`
	Budget    money.Fen `db:"budget_fen"`
	Filled    money.Fen `db:"filled_fen"`
	Committed money.Fen `db:"committed_fen"`
	Live      bool      `db:"live"`
}

// openedPools are all pools by name; there are a few for each year.
func openedPools(ctx context.Context, q postgres.Querier) (map[string]openedPool, error) {
	rows, err := postgres.All[openedPool](ctx, q, `
		select p.year, p.purpose, p.budget_fen, p.filled_fen, p.committed_fen,
			exists (select from ledger_budget_item i where i.pool_id = p.id and i.state = 'checked') as live
		from ledger_pool p`)
	out := make(map[string]openedPool, len(rows))
	for _, r := range rows {
		out[poolName(r.Year, r.Purpose)] = r
	}
	return out, err
}

type openedTotal struct {
	Year      int       `db:"year"`
	Purpose   Purpose   `db:"purpose"`
	Committed money.Fen `db:"committed_fen"`
}

// openedTotals are what an import brought in; the registry's table is read here,
// never written. Programme other has no pool. In one order, so that two imports
// do not wait for each other.
func openedTotals(ctx context.Context, q postgres.Querier, importID uuid.UUID) ([]openedTotal, error) {
	return postgres.All[openedTotal](ctx, q, `
		select year, programme as purpose, committed_fen from earlier_total
		where import_id = $1 and programme <> 'other' and committed_fen + paid_fen + returned_fen + recovered_fen > 0 order by year, programme`, importID)
}

// insertOpening opens a pool with a budget, or for 0 with what the import brought
// into it; the entries follow by trigger.
func insertOpening(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID, pool uuid.UUID, budget money.Fen, document string) error {
	_, err := tx.Exec(ctx, `
		insert into ledger_opening (id, import_id, pool_id, budget_fen, document_no, opened_at, opened_by, opened_person, opener_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		newID(), importID, pool, budget, document, now, actor.AccountID, actor.PersonID, actor.Name)
	return err
}

func undoOpenings(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) (int, error) {
	if _, err := tx.Exec(ctx, `select ledger_lock_pool(pool_id) from ledger_opening where import_id = $1 and undone_at is null order by pool_id`, importID); err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, `
		update ledger_opening set undone_at = $2, undone_by = $3, undone_person = $4, undoer_name = $5
		where import_id = $1 and undone_at is null`, importID, now, actor.AccountID, actor.PersonID, actor.Name)
	return int(tag.RowsAffected()), err
}
