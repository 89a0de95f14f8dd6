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
	ID        uuid.UUID `db:"id"`
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
		select p.id, p.year, p.purpose, p.budget_fen, p.filled_fen, p.committed_fen,
			exists (select from ledger_budget_item i where i.pool_id = p.id and i.state = 'checked') as live
		from ledger_pool p`)
	out := make(map[string]openedPool, len(rows))
	for _, r := range rows {
		out[poolName(r.Year, r.Purpose)] = r
	}
	return out, err
}

// openedChange is a pool in which an import holds something else than the ledger.
type openedChange struct {
	ImportID  uuid.UUID `db:"import_id"`
	Year      int       `db:"year"`
	Purpose   Purpose   `db:"purpose"`
	Committed money.Fen `db:"committed_fen"` // more than before
}

// openedChanges compares imports with the ledger; the registry's totals are read
// here, never written. Programme other has no pool. What was paid goes out before
// what it was committed for.
func openedChanges(ctx context.Context, q postgres.Querier, imports []uuid.UUID) ([]openedChange, error) {
	return postgres.All[openedChange](ctx, q, `
		select import_id, year, purpose, coalesce(t.committed_fen, 0) - coalesce(o.committed_fen, 0) as committed_fen
		from (select import_id, year, programme as purpose, committed_fen, paid_fen, returned_fen, recovered_fen
			from earlier_total where import_id = any($1) and programme <> 'other') t
		full join (select o.import_id, p.year, p.purpose, sum(o.committed_fen)::bigint as committed_fen, sum(o.paid_fen)::bigint as paid_fen,
				sum(o.returned_fen)::bigint as returned_fen, sum(o.recovered_fen)::bigint as recovered_fen
			from ledger_opening o join ledger_pool p on p.id = o.pool_id where o.import_id = any($1) group by 1, 2, 3) o using (import_id, year, purpose)
		where row(coalesce(t.committed_fen, 0), coalesce(t.paid_fen, 0), coalesce(t.returned_fen, 0), coalesce(t.recovered_fen, 0))
			<> row(coalesce(o.committed_fen, 0), coalesce(o.paid_fen, 0), coalesce(o.returned_fen, 0), coalesce(o.recovered_fen, 0))
		order by coalesce(t.committed_fen, 0) < coalesce(o.committed_fen, 0), year, purpose, import_id`, imports)
}

// opening is a change of a pool by an import: of its budget, or for 0 of what the
// import holds now.
type opening struct {
	ImportID, Pool uuid.UUID
	Budget         money.Fen
	DocumentNo     string
	Reason         string
}

// insertOpening opens; the entries follow by trigger.
func insertOpening(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o opening) error {
	_, err := tx.Exec(ctx, `
		insert into ledger_opening (id, import_id, pool_id, budget_fen, document_no, reason, at, account_id, person_id, actor_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		newID(), o.ImportID, o.Pool, o.Budget, o.DocumentNo, o.Reason, now, actor.AccountID, actor.PersonID, actor.Name)
	return err
}

// openedBudget is a budget of an import that stands in the ledger.
type openedBudget struct {
	Pool       uuid.UUID `db:"pool_id"`
	Budget     money.Fen `db:"budget_fen"`
	DocumentNo string    `db:"document_no"`
}

func openedBudgets(ctx context.Context, tx postgres.Tx, importID uuid.UUID) ([]openedBudget, error) {
	return postgres.All[openedBudget](ctx, tx, `
		select pool_id, sum(budget_fen)::bigint as budget_fen, max(document_no) as document_no from ledger_opening
		where import_id = $1 group by pool_id having sum(budget_fen) > 0 order by pool_id`, importID)
}
