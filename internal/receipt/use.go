package receipt

import (
	"context"
	"time"

	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Allocated is one live row of a case's list with its paper.
type Allocated struct {
	Entry
	ID        uuid.UUID `db:"id"`
	ReceiptID uuid.UUID `db:"receipt_id"`
	Ordinal   int       `db:"ordinal"` // from 1, as the list was entered
	CreatedAt time.Time `db:"created_at"`
}

// Allocations is the list of one case.
type Allocations []Allocated

// Total returns the sum over all uses, in fen.
func (a Allocations) Total() (sum money.Fen) {
	for _, row := range a {
		sum += row.Amount
	}
	return sum
}

// By returns the sum of one use, in fen.
func (a Allocations) By(c Category) (sum money.Fen) {
	for _, row := range a {
		if row.Category == c {
			sum += row.Amount
		}
	}
	return sum
}

// OfCase returns the live list of a case in its order, none after Release. It
// checks no scope.
func OfCase(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (Allocations, error) {
	return postgres.All[Allocated](ctx, q, `
		select a.id, a.receipt_id, a.ordinal, a.category, a.item, a.amount_fen, a.created_at,
			r.kind, r.code, r.number, r.issued_on, r.seller, r.amount_fen as total_fen
		from receipt_allocation a join receipt r on r.id = a.receipt_id
		where a.case_id = $1 and a.live order by a.ordinal`, caseID)
}

// Conflict is another case that uses a paper of the case at hand.
type Conflict struct {
	ReceiptID    uuid.UUID `db:"receipt_id"`
	Kind         Kind      `db:"kind"`
	Code         string    `db:"code"`
	Number       string    `db:"number"`
	Total        money.Fen `db:"total_fen"` // of the paper
	Own          money.Fen `db:"own_fen"`   // that the case at hand takes of it
	CaseID       uuid.UUID `db:"case_id"`
	CaseNo       string    `db:"case_no"`
	CaseTitle    string    `db:"case_title"`
	Organization string    `db:"organization"` // its name, "" for a case without one
	Amount       money.Fen `db:"amount_fen"`   // that the other case takes of it
}

// GatherConflicts asks in a batch for the other cases whose live lists use papers
// of this one, by paper in the order of the list. One paper may lawfully serve two
// cases, each for its part. For the bureau's eyes only; it checks no scope.
func GatherConflicts(b *postgres.Batch, caseID uuid.UUID) func() []Conflict {
	var list []Conflict
	postgres.Gather(b, &list, conflictsSQL, caseID)
	return func() []Conflict { return list }
}

const conflictsSQL = `
	select r.id as receipt_id, r.kind, r.code, r.number, r.amount_fen as total_fen, own.fen as own_fen, c.id as case_id, c.no as case_no,
		c.title as case_title, coalesce(o.name, '') as organization, sum(a.amount_fen)::bigint as amount_fen
	from (select receipt_id, min(ordinal) as place, sum(amount_fen)::bigint as fen
		from receipt_allocation where case_id = $1 and live group by receipt_id) own
	join receipt r on r.id = own.receipt_id
	join receipt_allocation a on a.receipt_id = r.id and a.live and a.case_id <> $1
	join case_file c on c.id = a.case_id
	left join organization o on o.id = c.organization_id
	group by own.place, own.fen, r.id, c.id, o.name
	order by own.place, c.no_year, c.no_serial, c.no`
