package funding

import (
	"context"
	"encoding/json"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// assess answers the conditions for a case; an application does not stand in
// its own way, and what counts at submission counts as it did then.
func assess(ctx context.Context, q postgres.Querier, p Programme, c casework.Case, on civil.Date, rules Rules) ([]Line, Verdict, error) {
	conditions, err := p.Conditions(ctx, q, c.OrganizationID, c.ID, on, rules)
	if err != nil {
		return nil, Verdict{}, err
	}
	if c.SubmittedAt != nil {
		conditions = conditions.Submitted(civil.On(*c.SubmittedAt))
	}
	lines, verdict := Assess(conditions, on)
	return lines, verdict, nil
}

// Recheck answers the conditions of a submitted application again, from the
// facts of now under its pinned edition. It stores nothing.
func (s *Service) Recheck(ctx context.Context, actor authz.Actor, no string) (Check, casework.Case, error) {
	var check Check
	var c casework.Case
	err := s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		var err error
		if c, err = s.Cases.Load(ctx, q, actor, no); err != nil {
			return err
		}
		p, err := s.Programme(c.Kind)
		if err != nil {
			return err
		}
		check.Today = civil.On(now)
		check.On = check.Today
		if check.Rules, err = rulesOf(ctx, q, c, check.Today); err != nil {
			return err
		}
		check.Lines, check.Verdict, err = assess(ctx, q, p, c, check.On, check.Rules)
		return err
	})
	return check, c, err
}

func insertCheck(ctx context.Context, tx postgres.Tx, now time.Time, caseID uuid.UUID, stage string, edition uuid.UUID, lines []Line) error {
	text, err := json.Marshal(lines)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `insert into application_check (case_id, stage, at, edition_id, lines) values ($1, $2, $3, $4, $5)`,
		caseID, stage, now, edition, text)
	return err
}
