package ledger

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

const poolColumns = `p.id, p.year, p.purpose, p.budget_fen, p.filled_fen, p.committed_fen, p.sent_fen, p.paid_fen, p.returned_fen, p.recovered_fen`

const poolSQL = `select ` + poolColumns + ` from ledger_pool p where p.year = $1 and p.purpose = $2`

// poolOf returns the pool of a year, an empty one with ID uuid.Nil when there is
// none.
func poolOf(ctx context.Context, q postgres.Querier, year int, purpose Purpose) (Pool, error) {
	p, err := postgres.One[Pool](ctx, q, poolSQL, year, purpose)
	if errs.Is(err, errs.NotFound) {
		return Pool{Year: year, Purpose: purpose}, nil
	}
	return p, err
}

// lockPool is poolOf with the row locked until the transaction ends.
func lockPool(ctx context.Context, tx postgres.Tx, year int, purpose Purpose) (Pool, error) {
	p, err := poolOf(ctx, tx, year, purpose)
	if err != nil || p.ID == uuid.Nil {
		return p, err
	}
	if _, err := tx.Exec(ctx, `select ledger_lock_pool($1)`, p.ID); err != nil {
		return p, err
	}
	return poolOf(ctx, tx, year, purpose) // as it is now that nobody else changes it
}

// ensurePool returns the id of the pool of a year, made when there is none.
func ensurePool(ctx context.Context, tx postgres.Tx, now time.Time, year int, purpose Purpose) (uuid.UUID, error) {
	_, err := tx.Exec(ctx, `insert into ledger_pool (id, year, purpose, created_at) values ($1, $2, $3, $4) on conflict (year, purpose) do nothing`,
		newID(), year, purpose, now)
	if err != nil {
		return uuid.Nil, err
	}
	p, err := poolOf(ctx, tx, year, purpose)
	return p.ID, err
}

func poolsOf(b *postgres.Batch, dst *[]Pool, year int) {
	postgres.Gather(b, dst, `select `+poolColumns+` from ledger_pool p where p.year = $1`, year)
}

func insertCommitment(ctx context.Context, tx postgres.Tx, id, pool uuid.UUID, now time.Time, a Award) error {
	_, err := tx.Exec(ctx, `
		insert into ledger_commitment (id, pool_id, case_id, case_no, organization_id, title, created_at)
		values ($1, $2, $3, $4, $5, $6, $7)`, id, pool, a.CaseID, a.CaseNo, a.OrganizationID, a.Title, now)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `insert into ledger_gate (commitment_id, gate) select $1, g from (select distinct unnest($2::text[]) as g) gates`,
		id, names(a.Gates)); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into ledger_decider (commitment_id, person_id) select $1, d from (select distinct unnest($2::uuid[]) as d) deciders`,
		id, a.Deciders)
	return err
}

// insertEntry appends one line; the sums follow by trigger.
func insertEntry(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, e Entry, commitment *uuid.UUID) error {
	of := e.OfKind
	if of == "" {
		of = e.Kind
	}
	_, err := tx.Exec(ctx, `
		insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, reverses, account_id, person_id, actor_name, at, reason, document_no)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.PoolID, commitment, e.Kind, of, e.Amount, e.Reverses, actor.AccountID, actor.PersonID, actor.Name, now, e.Reason, e.DocumentNo)
	return err
}

const commitmentSQL = `
	select c.id, c.pool_id, p.year, p.purpose, c.case_id, c.case_no, c.organization_id, o.name as organization, c.title, c.created_at,
		c.amount_fen as committed_fen, c.pending_fen, c.sent_fen, c.paid_fen, c.returned_fen, c.recovered_fen
	from ledger_commitment c join ledger_pool p on p.id = c.pool_id join organization o on o.id = c.organization_id`

// lockCommitment locks the live commitment of a case; false when it has none.
func lockCommitment(ctx context.Context, tx postgres.Tx, caseID uuid.UUID) (Commitment, bool, error) {
	const live = commitmentSQL + ` where c.case_id = $1 and c.amount_fen > 0`
	c, err := postgres.One[Commitment](ctx, tx, live, caseID)
	if errs.Is(err, errs.NotFound) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	if _, err := tx.Exec(ctx, `select ledger_lock_commitment($1)`, c.ID); err != nil {
		return c, false, err
	}
	c, err = postgres.One[Commitment](ctx, tx, live, caseID)
	if errs.Is(err, errs.NotFound) { // released while we waited
		return c, false, nil
	}
	return c, err == nil, err
}

// openGate reports whether the gate was closed; one that is open is left as it is.
func openGate(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, commitment uuid.UUID, g Gate) (bool, error) {
	type row struct {
		Open bool `db:"open"`
	}
	r, err := postgres.One[row](ctx, tx, `select opened_at is not null as open from ledger_gate where commitment_id = $1 and gate = $2`, commitment, g)
	if err != nil || r.Open {
		return false, err
	}
	return true, postgres.ExecOne(ctx, tx, `
		update ledger_gate set opened_at = $3, opened_by = $4, opened_person = $5, opener_name = $6
		where commitment_id = $1 and gate = $2 and opened_at is null`, commitment, g, now, actor.AccountID, actor.PersonID, actor.Name)
}

// lockCase keeps everybody else from moving the case: it comes before the ledger
// in the order of locks. The case is casework's; it is not written here.
func lockCase(ctx context.Context, tx postgres.Tx, caseID uuid.UUID) error {
	_, err := postgres.One[struct {
		ID uuid.UUID `db:"id"`
	}](ctx, tx, `select id from case_file where id = $1 for update`, caseID)
	return err
}

// positionOf reads a commitment with all that hangs on it, two round trips. where
// picks it; of several the live one, or else the latest, counts.
func positionOf(ctx context.Context, q postgres.Querier, where string, key any) (Position, bool, error) {
	list, err := postgres.All[Commitment](ctx, q, commitmentSQL+` where `+where+` order by c.amount_fen > 0 desc, c.created_at desc limit 1`, key)
	if err != nil || len(list) == 0 {
		return Position{}, false, err
	}
	p := Position{Commitment: list[0]}
	var payments []paymentRow
	var payees []Payee
	var deciders []struct {
		PersonID uuid.UUID `db:"person_id"`
	}
	var b postgres.Batch
	postgres.Gather(&b, &p.Gates, `select gate, opened_at, coalesce(opener_name, '') as opened_by from ledger_gate
		where commitment_id = $1 order by array_position(array['notice', 'agreement', 'midterm', 'final'], gate)`, p.ID)
	postgres.Gather(&b, &p.Holds, holdSQL+` where h.case_id = $1 or h.organization_id = any(organization_ids(organization_root($2))) order by h.placed_at desc, h.id desc`, p.CaseID, p.OrganizationID)
	postgres.Gather(&b, &payments, paymentSQL+` where y.commitment_id = $1 order by y.made_at, y.id`, p.ID)
	postgres.Gather(&b, &payees, payeeSQL+` where a.id = payee_of(organization_root($1))`, p.OrganizationID)
	postgres.Gather(&b, &deciders, `select person_id from ledger_decider where commitment_id = $1`, p.ID)
	if err := b.Run(ctx, q); err != nil {
		return Position{}, false, err
	}
	p.Payments = paymentsOf(payments)
	if len(payees) > 0 {
		p.Payee = &payees[0]
	}
	for _, d := range deciders {
		p.Deciders = append(p.Deciders, d.PersonID)
	}
	return p, true, nil
}

const holdSQL = `
	select h.id, h.case_id, coalesce(f.no, '') as case_no, h.organization_id, coalesce(o.name, '') as organization, h.source, h.reason,
		h.placed_at, h.placer_name, h.lifted_at, coalesce(h.lifter_name, '') as lifter_name, h.lift_reason, h.version
	from ledger_hold h left join case_file f on f.id = h.case_id left join organization o on o.id = h.organization_id`

const payeeSQL = `
	select a.id, a.org_id, a.kind = 'agent' as agent, a.account_name, a.bank_name, a.branch, a.account_no_last4, a.saved_at, a.verified_at, a.replaced_at
	from payee_account a`

// paymentRow is a payment as the database gives it.
type paymentRow struct {
	ID             uuid.UUID    `db:"id"`
	No             string       `db:"no"`
	CommitmentID   uuid.UUID    `db:"commitment_id"`
	CaseID         uuid.UUID    `db:"case_id"`
	CaseNo         string       `db:"case_no"`
	Purpose        Purpose      `db:"purpose"`
	Year           int          `db:"year"`
	OrganizationID uuid.UUID    `db:"organization_id"`
	Organization   string       `db:"organization"`
	Title          string       `db:"title"`
	Amount         int64        `db:"amount_fen"`
	State          PaymentState `db:"state"`
	PayeeID        uuid.UUID    `db:"payee_id"`
	Agent          bool         `db:"agent"`
	AccountName    string       `db:"account_name"`
	BankName       string       `db:"bank_name"`
	Branch         string       `db:"branch"`
	Last4          string       `db:"account_no_last4"`
	SavedAt        time.Time    `db:"saved_at"`
	VerifiedAt     *time.Time   `db:"verified_at"`
	ReplacedAt     *time.Time   `db:"replaced_at"`
	MadeAt         *time.Time   `db:"made_at"`
	MadePerson     *uuid.UUID   `db:"made_person"`
	Maker          string       `db:"maker_name"`
	CheckedAt      *time.Time   `db:"checked_at"`
	CheckedPerson  *uuid.UUID   `db:"checked_person"`
	Checker        string       `db:"checker_name"`
	SentAt         *time.Time   `db:"sent_at"`
	SentPerson     *uuid.UUID   `db:"sent_person"`
	Sender         string       `db:"sender_name"`
	EndedAt        *time.Time   `db:"ended_at"`
	EndedPerson    *uuid.UUID   `db:"ended_person"`
	Ender          string       `db:"ender_name"`
	VoucherNo      string       `db:"voucher_no"`
	VoucherOn      civil.Date   `db:"voucher_on"`
	Reason         string       `db:"reason"`
	Version        int          `db:"version"`
}

const paymentSQL = `
	select y.id, y.no, y.commitment_id, c.case_id, c.case_no, p.purpose, p.year, c.organization_id, o.name as organization, c.title,
		y.amount_fen, y.state, y.payee_id, a.kind = 'agent' as agent, a.account_name, a.bank_name, a.branch, a.account_no_last4,
		a.saved_at, a.verified_at, a.replaced_at, y.made_at, y.made_person, y.maker_name,
		y.checked_at, y.checked_person, coalesce(y.checker_name, '') as checker_name,
		y.sent_at, y.sent_person, coalesce(y.sender_name, '') as sender_name,
		y.ended_at, y.ended_person, coalesce(y.ender_name, '') as ender_name, y.voucher_no, y.voucher_on, y.reason, y.version
	from ledger_payment y join ledger_commitment c on c.id = y.commitment_id join ledger_pool p on p.id = c.pool_id
	join organization o on o.id = c.organization_id join payee_account a on a.id = y.payee_id`
