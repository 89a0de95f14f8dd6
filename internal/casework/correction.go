package casework

import (
	"context"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Flaw is one field that must be corrected, and why.
type Flaw struct {
	Field  string `db:"field"` // the field's name in the programme's form, or "file:<slot>"
	Label  string `db:"label"`
	Reason string `db:"reason"`
}

// Correction is one notice of everything missing (补正通知) and its answer.
type Correction struct {
	ID         uuid.UUID  `db:"id"`
	Round      int        `db:"round"`
	IssuerName string     `db:"issuer_name"`
	IssuedAt   time.Time  `db:"issued_at"`
	AnsweredAt *time.Time `db:"answered_at"`
	Flaws      []Flaw     `db:"-"`
}

// Open reports whether the notice waits for its answer, and field is in it.
func (c Correction) Open(field string) bool {
	if c.AnsweredAt != nil {
		return false
	}
	for _, f := range c.Flaws {
		if f.Field == field {
			return true
		}
	}
	return false
}

// Return sends the case back for the named corrections: only these fields open.
// The first notice must list everything; after maxRounds there is no further
// one (appendix B). The clock pauses.
func (s *Service) Return(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *Case, flaws []Flaw, maxRounds int) (Correction, error) {
	if c.CorrectionRounds >= maxRounds {
		return Correction{}, errs.Newf(errs.Conflict, "已经补正 %d 次，不能再退回。请受理，或作出不予受理决定。", maxRounds)
	}
	if err := CheckFlaws(flaws); err != nil {
		return Correction{}, err
	}
	flaws = slices.Clone(flaws)
	for i := range flaws {
		flaws[i].Reason = form.Clean(flaws[i].Reason, true)
	}
	c.CorrectionRounds++
	correction := Correction{ID: uuid.Must(uuid.NewV7()), Round: c.CorrectionRounds, IssuerName: actor.Name, IssuedAt: now, Flaws: flaws}
	if err := s.Move(ctx, tx, now, actor, c, Move{Action: "return", Note: fmt.Sprintf("第 %d 次补正，共 %d 项", c.CorrectionRounds, len(flaws))}); err != nil {
		return Correction{}, err
	}
	return correction, insertCorrection(ctx, tx, actor, c.ID, correction)
}

const reasonMax = 500

// CheckFlaws reports what is wrong with a list of corrections: none, one named
// twice, or one without a reason that the applicant can act on (errs.Invalid).
func CheckFlaws(flaws []Flaw) error {
	var fields []errs.Field
	if len(flaws) == 0 {
		fields = append(fields, errs.Field{Name: "flaws", Label: "要补正的内容", Message: "至少选一项要补正的内容"})
	}
	seen := map[string]bool{}
	for _, f := range flaws {
		add := func(message string) {
			fields = append(fields, errs.Field{Name: "reason-" + f.Field, Label: "补正说明", Message: message})
		}
		switch n := utf8.RuneCountInString(form.Clean(f.Reason, true)); {
		case seen[f.Field]:
			add("同一项选了两次。合并成一条说明")
		case n < opinionMin:
			add("写清楚要补什么，至少 5 个字，申请人照着改")
		case n > reasonMax:
			add(fmt.Sprintf("最多 %d 个字，现在是 %d 个字。请删减", reasonMax, n))
		}
		seen[f.Field] = true
	}
	return errs.Fields(fields)
}

func insertCorrection(ctx context.Context, tx postgres.Tx, actor authz.Actor, caseID uuid.UUID, c Correction) error {
	_, err := tx.Exec(ctx, `insert into case_correction (id, case_id, round, issued_by, issuer_name, issued_at)
		values ($1, $2, $3, $4, $5, $6)`, c.ID, caseID, c.Round, actor.AccountID, actor.Name, c.IssuedAt)
	if err != nil {
		return err
	}
	for i, f := range c.Flaws {
		_, err := tx.Exec(ctx, `insert into case_correction_field (correction_id, field, label, reason, ordinal)
			values ($1, $2, $3, $4, $5)`, c.ID, f.Field, f.Label, f.Reason, i)
		if err != nil {
			return err
		}
	}
	return nil
}

// answerCorrection closes the open notice of a case.
func answerCorrection(ctx context.Context, tx postgres.Tx, now time.Time, caseID uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `update case_correction set answered_at = $2
		where case_id = $1 and answered_at is null`, caseID, now)
}

const correctionsSQL = `
	select id, round, issuer_name, issued_at, answered_at from case_correction where case_id = $1 order by round`

const flawsSQL = `
	select f.correction_id, f.field, f.label, f.reason
	from case_correction_field f join case_correction c on c.id = f.correction_id
	where c.case_id = $1 order by c.round, f.ordinal`

func assign(corrections []Correction, flaws []flawRow) {
	for i := range corrections {
		for _, f := range flaws {
			if f.CorrectionID == corrections[i].ID {
				corrections[i].Flaws = append(corrections[i].Flaws, f.Flaw)
			}
		}
	}
}

// GatherOpenCorrection asks in a batch for the notice that waits for its answer;
// what it returns says, once the batch has run, whether there is one.
func GatherOpenCorrection(b *postgres.Batch, caseID uuid.UUID) func() (Correction, bool) {
	var list []Correction
	var flaws []flawRow
	postgres.Gather(b, &list, correctionsSQL, caseID)
	postgres.Gather(b, &flaws, flawsSQL, caseID)
	return func() (Correction, bool) {
		assign(list, flaws)
		for _, c := range list {
			if c.AnsweredAt == nil {
				return c, true
			}
		}
		return Correction{}, false
	}
}
