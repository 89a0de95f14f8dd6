package receipt

import (
	"context"
	"errors"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Reason is why a paper of another case stood against a list.
type Reason string

// The reasons: too little is left of the paper, or it is recorded otherwise.
const (
	UsedUp  Reason = "used_up"
	Differs Reason = "differs"
)

// RefusedError is Replace's refusal because of papers that other cases use. It
// wraps the errs.Invalid that the applicant reads; what the applicant does not
// learn is for TraceOf.
type RefusedError struct {
	cause   error
	clashes []clash
}

func (e *RefusedError) Error() string { return e.cause.Error() }
func (e *RefusedError) Unwrap() error { return e.cause }

// clash is one paper with one other case that uses it.
type clash struct {
	ReceiptID uuid.UUID `db:"receipt_id"`
	CaseID    uuid.UUID `db:"case_id"`
	reason    Reason
}

// refusal says which cases use the papers that stand against a list.
func refusal(ctx context.Context, tx postgres.Tx, caseID uuid.UUID, against map[uuid.UUID]Reason, cause error) error {
	if len(against) == 0 {
		return cause
	}
	clashes, err := usersOf(ctx, tx, caseID, against)
	if err != nil {
		return err
	}
	return &RefusedError{cause, clashes}
}

// TraceOf returns how to keep a refusal because of papers of other cases, in a
// transaction after the refused one; nil for any other cause.
func TraceOf(cause error) func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID) error {
	refused, ok := errors.AsType[*RefusedError](cause)
	if !ok {
		return nil
	}
	return func(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID) error {
		if err := insertRefusals(ctx, tx, now, actor.AccountID, caseID, refused.clashes); err != nil {
			return err
		}
		receipts, others := make([]uuid.UUID, len(refused.clashes)), make([]uuid.UUID, len(refused.clashes))
		for i, c := range refused.clashes {
			receipts[i], others[i] = c.ReceiptID, c.CaseID
		}
		return note(ctx, tx, now, actor, caseID, "receipt.refused", map[string]any{"receipts": texts(receipts), "cases": texts(others)})
	}
}

// Refusal is a submission that was refused because of one paper, as one of its two
// cases sees it.
type Refusal struct {
	ReceiptID    uuid.UUID `db:"receipt_id"`
	Kind         Kind      `db:"kind"`
	Code         string    `db:"code"`
	Number       string    `db:"number"`
	Own          bool      `db:"own"` // the case at hand was refused; otherwise it uses the paper
	CaseNo       string    `db:"case_no"`
	Organization string    `db:"organization"` // of the other case, "" for one without
	Submitted    bool      `db:"submitted"`    // the other case was: a draft is its applicant's alone
	Reason       Reason    `db:"reason"`
	Times        int       `db:"times"`
	LastAt       time.Time `db:"last_at"`
}

// GatherRefusals asks in a batch for the refused submissions of a case and for
// those of others because of its papers, newest first. For the bureau's eyes only;
// it checks no scope.
func GatherRefusals(b *postgres.Batch, caseID uuid.UUID) func() []Refusal {
	var list []Refusal
	postgres.Gather(b, &list, refusalsSQL, caseID)
	return func() []Refusal { return list }
}

const refusalsSQL = `
	select r.id as receipt_id, r.kind, r.code, r.number, f.own, c.no as case_no, coalesce(o.name, '') as organization,
		c.submitted_at is not null as submitted, f.reason, count(*)::int as times, max(f.at) as last_at
	from (select receipt_id, true as own, other_id as another, reason, at from receipt_refusal where case_id = $1
		union all select receipt_id, false, case_id, reason, at from receipt_refusal where other_id = $1) f
	join receipt r on r.id = f.receipt_id
	join case_file c on c.id = f.another
	left join organization o on o.id = c.organization_id
	group by r.id, f.own, f.reason, c.id, o.name
	order by last_at desc, r.id, c.no_year, c.no_serial, c.no limit 50`
