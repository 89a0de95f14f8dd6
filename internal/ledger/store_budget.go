package ledger

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const itemSQL = `
	select i.id, i.kind, p.year, p.purpose, coalesce(t.purpose, '') as to_purpose, i.amount_fen, i.document_no, i.reason, i.state,
		i.made_at, i.made_person, i.maker_name, i.checked_at, coalesce(i.checker_name, '') as checker_name, i.refusal, i.version
	from ledger_budget_item i join ledger_pool p on p.id = i.pool_id left join ledger_pool t on t.id = i.to_pool_id`

// itemByID returns a budget item, locked when it is to be decided.
func itemByID(ctx context.Context, q postgres.Querier, id uuid.UUID, lock bool) (BudgetItem, error) {
	sql := itemSQL + ` where i.id = $1`
	if lock {
		sql += ` for update of i`
	}
	i, err := postgres.One[BudgetItem](ctx, q, sql, id)
	if errs.Is(err, errs.NotFound) {
		err = notFound()
	}
	return i, err
}

// ensurePools returns the ids of the pools of a budget item, to nil unless it is
// a transfer. New pools are made in the order of their names, so that two
// transfers in opposite directions do not wait for each other.
func ensurePools(ctx context.Context, tx postgres.Tx, now time.Time, in BudgetInput) (from uuid.UUID, to *uuid.UUID, err error) {
	purposes := []Purpose{in.Purpose}
	if in.Kind == Transfer {
		purposes = append(purposes, in.To)
		slices.Sort(purposes)
	}
	for _, p := range purposes {
		id, err := ensurePool(ctx, tx, now, in.Year, p)
		if err != nil {
			return uuid.Nil, nil, err
		}
		if p == in.Purpose {
			from = id
		} else {
			to = &id
		}
	}
	return from, to, nil
}

func insertItem(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id, from uuid.UUID, to *uuid.UUID, in BudgetInput) error {
	_, err := tx.Exec(ctx, `
		insert into ledger_budget_item (id, kind, pool_id, to_pool_id, amount_fen, document_no, reason, made_at, made_by, made_person, maker_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
		id, in.Kind, from, to, in.Amount, in.DocumentNo, in.Reason, now, actor.AccountID, actor.PersonID, actor.Name)
	return err
}

// decideItem moves a budget item; what is checked becomes entries by trigger.
func decideItem(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, i BudgetItem, state ItemState, refusal string) error {
	return postgres.ExecOne(ctx, tx, `
		update ledger_budget_item set state = $3, refusal = $4, checked_at = $5, checked_by = $6, checked_person = $7, checker_name = $8,
			version = version + 1
		where id = $1 and version = $2`, i.ID, i.Version, state, refusal, now, actor.AccountID, actor.PersonID, actor.Name)
}

// lockPoolsOf locks the pools that a budget item changes, by ascending id.
func lockPoolsOf(ctx context.Context, tx postgres.Tx, item uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		select ledger_lock_pool(pool) from (
			select unnest(array[pool_id, to_pool_id]) as pool from ledger_budget_item where id = $1 order by 1) pools where pool is not null`, item)
	return err
}

func insertHold(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, id uuid.UUID, in HoldInput) error {
	ref := func(id uuid.UUID) *uuid.UUID {
		if id == uuid.Nil {
			return nil
		}
		return &id
	}
	_, err := tx.Exec(ctx, `
		insert into ledger_hold (id, case_id, organization_id, source, reason, placed_at, placed_by, placed_person, placer_name)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, ref(in.CaseID), ref(in.OrganizationID), in.Source, in.Reason, now, actor.AccountID, actor.PersonID, actor.Name)
	return err
}

func holdByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Hold, error) {
	h, err := postgres.One[Hold](ctx, q, holdSQL+` where h.id = $1`, id)
	if errs.Is(err, errs.NotFound) {
		err = notFound()
	}
	return h, err
}

func liftHold(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, h Hold, reason string) error {
	return postgres.ExecOne(ctx, tx, `
		update ledger_hold set lifted_at = $3, lifted_by = $4, lifted_person = $5, lifter_name = $6, lift_reason = $7, version = version + 1
		where id = $1 and version = $2 and lifted_at is null`, h.ID, h.Version, now, actor.AccountID, actor.PersonID, actor.Name, reason)
}

const entrySQL = `
	select e.id, e.pool_id, p.year, p.purpose, e.kind, e.of_kind, e.amount_fen, c.case_id, coalesce(c.case_no, '') as case_no,
		coalesce(y.no, '') as payment_no, e.reverses, exists (select from ledger_entry r where r.reverses = e.id) as reversed,
		e.person_id, e.actor_name, e.at, e.reason, e.document_no
	from ledger_entry e join ledger_pool p on p.id = e.pool_id
	left join ledger_commitment c on c.id = e.commitment_id left join ledger_payment y on y.id = e.payment_id`

func entryByID(ctx context.Context, q postgres.Querier, id int64) (Entry, error) {
	e, err := postgres.One[Entry](ctx, q, entrySQL+` where e.id = $1`, id)
	if errs.Is(err, errs.NotFound) {
		err = notFound()
	}
	return e, err
}

func commitmentOfEntry(ctx context.Context, q postgres.Querier, id int64) (*uuid.UUID, error) {
	type row struct {
		CommitmentID *uuid.UUID `db:"commitment_id"`
	}
	r, err := postgres.One[row](ctx, q, `select commitment_id from ledger_entry where id = $1`, id)
	return r.CommitmentID, err
}
