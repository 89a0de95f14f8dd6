package governance

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Days are those to which a report that was handed in is held: zero where there is
// none. They follow from what happened to it, the calendar, and the edition that
// was shown when it was signed first, so that a later edition moves none of them.
// It is the edition of the signature, not of the draft: a draft binds nobody, may
// lie for years, and must not bring rules back that have long been followed by
// others; and what applications pin, they pin when they are handed in.
type Days struct {
	UnitDue       civil.Date `db:"unit_due_on"`      // to be handed in to the supervising unit
	RegistrarDue  civil.Date `db:"registrar_due_on"` // … to the registrar
	HandInGuess   bool       `db:"hand_in_provisional"`
	OpinionBy     civil.Date `db:"opinion_due_on"`
	OpinionGuess  bool       `db:"opinion_due_provisional"`
	AnswerBy      civil.Date `db:"answer_due_on"` // to the correction that was asked for
	AnswerGuess   bool       `db:"answer_due_provisional"`
	ConcludeBy    civil.Date `db:"conclude_due_on"`
	ConcludeGuess bool       `db:"conclude_due_provisional"`
}

const dayColumns = `f.unit_due_on, f.registrar_due_on, f.hand_in_provisional, f.opinion_due_on, f.opinion_due_provisional,
	f.answer_due_on, f.answer_due_provisional, f.conclude_due_on, f.conclude_due_provisional`

// OpinionDue is the last day of the supervising unit.
func (d Days) OpinionDue() workday.Deadline {
	return dayOr(d.OpinionBy, d.OpinionGuess)
}

// CorrectionDue is the last day to answer the correction that was asked for.
func (d Days) CorrectionDue() workday.Deadline {
	return dayOr(d.AnswerBy, d.AnswerGuess)
}

// ConcludeDue is the day by which the registrar is to conclude.
func (d Days) ConcludeDue() workday.Deadline {
	return dayOr(d.ConcludeBy, d.ConcludeGuess)
}

// dayOr is a day that takes a right away only when it is certain: one that nobody
// has counted yet is none.
func dayOr(on civil.Date, guess bool) workday.Deadline {
	return workday.Deadline{On: on, Provisional: guess || on.IsZero()}
}

// days counts the days of a report that was handed in, by the rules of its edition.
func (f Filing) days(r Rules) (d Days) {
	unit, registrar := Deadlines(r, f.Year)
	d.UnitDue, d.RegistrarDue, d.HandInGuess = unit.On, registrar.On, unit.Provisional || registrar.Provisional
	// The registrar's time begins with the last signature, when it was opened again,
	// and not before the unit has had its say or the organization its time to answer.
	from := workday.Deadline{On: f.SignedOn}
	later := func(on workday.Deadline) {
		if on.On.After(from.On) {
			from.On = on.On
		}
		from.Provisional = from.Provisional || on.Provisional
	}
	later(workday.Deadline{On: f.ReopenedOn})
	if f.Unit != "" {
		due := r.Calendar.Add(f.SubmittedOn, r.OpinionWD)
		d.OpinionBy, d.OpinionGuess = due.On, due.Provisional
		if f.Stance != "" {
			due = workday.Deadline{On: f.OpinedOn}
		}
		later(due)
	}
	if !f.AskedOn.IsZero() {
		due := r.Calendar.Add(f.AskedOn, r.CorrectWD)
		d.AnswerBy, d.AnswerGuess = due.On, due.Provisional
		if f.State == FilingCorrecting {
			later(due)
		}
	}
	due := r.Calendar.Add(from.On, r.ConcludeWD)
	d.ConcludeBy, d.ConcludeGuess = due.On, due.Provisional || from.Provisional
	return d
}

// rulesOf reads the rules of the edition that a report is held to.
func rulesOf(ctx context.Context, q postgres.Querier, f Filing) (Rules, error) {
	edition, err := policy.EditionByID(ctx, q, f.EditionID)
	if err != nil {
		return Rules{}, err
	}
	calendar, err := district.Calendar(ctx, q)
	return RulesOf(edition.Params, calendar), err
}

// redate writes the days of a report that was handed in as they are now: after
// every act on it, and when a year was announced.
func redate(ctx context.Context, tx postgres.Tx, id uuid.UUID) error {
	f, err := filingForUpdate(ctx, tx, `f.id = $1`, id)
	if err != nil {
		return err
	}
	r, err := rulesOf(ctx, tx, f)
	if err != nil {
		return err
	}
	d := f.days(r)
	return postgres.ExecOne(ctx, tx, `
		update annual_report_filing set unit_due_on = $2, registrar_due_on = $3, hand_in_provisional = $4, opinion_due_on = $5, opinion_due_provisional = $6,
			answer_due_on = $7, answer_due_provisional = $8, conclude_due_on = $9, conclude_due_provisional = $10
		where id = $1`, id, d.UnitDue, d.RegistrarDue, d.HandInGuess, d.OpinionBy, d.OpinionGuess, d.AnswerBy, d.AnswerGuess, d.ConcludeBy, d.ConcludeGuess)
}

// datedTogether is how many reports get their days in one run.
const datedTogether = 500

// redateAll sets days that were guesses again: a year may have been announced. One
// report is one transaction.
func (s *Service) redateAll(ctx context.Context) error {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	var due []row
	err := s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		due, err = postgres.All[row](ctx, q, `select id from annual_report_filing
			where round > 0 and (registrar_due_on is null or state <> 'concluded' and (opinion_due_provisional or answer_due_provisional or conclude_due_provisional or hand_in_provisional))
			order by id limit $1`, datedTogether)
		return err
	})
	for _, x := range due {
		if err == nil {
			err = s.DB.InTx(ctx, func(tx postgres.Tx, _ time.Time) error { return redate(ctx, tx, x.ID) })
		}
	}
	return err
}
