package casework

import (
	"context"

	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func insertCase(ctx context.Context, tx postgres.Tx, c Case, year int, serial int64) error {
	_, err := tx.Exec(ctx, `
		insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict,
			channel, state, class, waits_role, created_by, created_at, entered_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)`,
		c.ID, c.Kind, c.No, year, serial, c.Title, c.OrganizationID, c.Community, c.Subdistrict,
		c.Channel, c.State, c.Class, c.Waits, c.CreatedBy, c.CreatedAt)
	return err
}

// updateCase saves every mutable column and raises the version.
func updateCase(ctx context.Context, tx postgres.Tx, c *Case) error {
	err := postgres.ExecOne(ctx, tx, `
		update case_file set title = $3, state = $4, class = $5, waits_role = $6, amount_fen = $7, edition_id = $8,
			submitted_at = $9, entered_at = $10, closed_at = $11, clock_from = $12, clock_days = $13, due_on = $14,
			due_provisional = $15, paused_days = $16, correction_rounds = $17, kind = $18, organization_id = $19, community = $20, subdistrict = $21, about = $22, version = version + 1
		where id = $1 and version = $2`,
		c.ID, c.Version, c.Title, c.State, c.Class, c.Waits, c.Amount, c.EditionID, c.SubmittedAt, c.EnteredAt,
		c.ClosedAt, c.ClockFrom, c.ClockDays, c.DueOn, c.DueProvisional, c.PausedDays, c.CorrectionRounds, c.Kind, c.OrganizationID, c.Community, c.Subdistrict, c.About)
	if err == nil {
		c.Version++
	}
	return err
}

// history answers who did what on one case, for separation of duties.
type history map[workflow.Action][]uuid.UUID

func (h history) Did(person [16]byte, action workflow.Action) bool {
	for _, p := range h[action] {
		if p == person && p != uuid.Nil {
			return true
		}
	}
	return false
}

// Did reports whether action was ever done on the case, by whomever.
func Did(ctx context.Context, q postgres.Querier, caseID uuid.UUID, action workflow.Action) (done bool, err error) {
	err = q.QueryRow(ctx, `select exists (select from case_event where case_id = $1 and action = $2)`, caseID, action).Scan(&done)
	return done, err
}

func loadHistory(ctx context.Context, q postgres.Querier, id uuid.UUID) (history, error) {
	rows, err := q.Query(ctx, `select distinct action, person_id from case_event where case_id = $1`, id)
	if err != nil {
		return nil, err
	}
	h := history{}
	var action workflow.Action
	var person uuid.UUID
	_, err = pgx.ForEachRow(rows, []any{&action, &person}, func() error {
		h[action] = append(h[action], person)
		return nil
	})
	return h, err
}

func collectStrings(rows pgx.Rows) ([]string, error) { return pgx.CollectRows(rows, pgx.RowTo[string]) }

// PeopleWho returns the persons who did any of the actions on the case.
func PeopleWho(ctx context.Context, q postgres.Querier, caseID uuid.UUID, actions []workflow.Action) ([]uuid.UUID, error) {
	names := make([]string, len(actions))
	for i, a := range actions {
		names[i] = string(a)
	}
	rows, err := q.Query(ctx, `select distinct person_id from case_event
		where case_id = $1 and action = any($2) and person_id <> '00000000-0000-0000-0000-000000000000'`, caseID, names)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
}
