package funding

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func insertApplication(ctx context.Context, tx postgres.Tx, caseID uuid.UUID, programme string, org uuid.UUID) error {
	_, err := tx.Exec(ctx, `insert into application (case_id, programme, organization_id) values ($1, $2, $3)`, caseID, programme, org)
	return err
}

// lockDrafts makes openings for one organization wait for each other, so that two
// people who begin at once get one draft.
func lockDrafts(ctx context.Context, tx postgres.Tx, kind string, org uuid.UUID) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('application ' || $1::text || ' ' || $2::text, 0))`, kind, org.String())
	return err
}

// draftOf returns the number of the organization's open draft of a kind and
// channel, "" when there is none.
func draftOf(ctx context.Context, q postgres.Querier, kind string, org uuid.UUID, channel casework.Channel) (string, error) {
	var no string
	err := q.QueryRow(ctx, `
		select no from case_file where organization_id = $1 and kind = $2 and channel = $3 and state = 'draft'
		order by created_at desc limit 1`, org, kind, channel).Scan(&no)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return no, err
}

// Saved is what was typed in one section, and who saved it when.
type Saved struct {
	Section string          `db:"section"`
	Typed   json.RawMessage `db:"typed"`
	Version int             `db:"version"`
	ByName  string          `db:"saved_by_name"`
	At      time.Time       `db:"saved_at"`
}

// Values returns what was typed as form values.
func (s Saved) Values() url.Values {
	v := url.Values{}
	_ = json.Unmarshal(s.Typed, &v) // written by saveSection: always this shape
	return v
}

// written is what a form keeps of an application beside its case.
type written struct {
	sections   map[string]Saved
	snapshot   *Applicant // the organization as it stood at submission, nil before
	correction casework.Correction
	correcting bool
}

// loadWritten reads it in one round trip.
func loadWritten(ctx context.Context, q postgres.Querier, c casework.Case) (written, error) {
	type profile struct {
		Organization *Applicant `db:"organization"`
	}
	var list []Saved
	var profiles []profile
	var b postgres.Batch
	postgres.Gather(&b, &list, `
		select section, typed, version, saved_by_name, saved_at from application_section where case_id = $1`, c.ID)
	postgres.Gather(&b, &profiles, `select organization from application where case_id = $1`, c.ID)
	open := casework.GatherOpenCorrection(&b, c.ID)
	if err := b.Run(ctx, q); err != nil {
		return written{}, err
	}
	w := written{sections: map[string]Saved{}}
	for _, s := range list {
		w.sections[s.Section] = s
	}
	if c.SubmittedAt != nil && len(profiles) == 1 {
		w.snapshot = profiles[0].Organization
	}
	if c.State == workflow.Correcting {
		w.correction, w.correcting = open()
	}
	return w, nil
}

// saveSection writes a section at the version after seen. Somebody else's newer
// version is errs.Conflict: nothing is overwritten unseen.
func saveSection(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, section string, seen int, v url.Values) (int, error) {
	typed, err := json.Marshal(v)
	if err != nil {
		return 0, err
	}
	tag, err := tx.Exec(ctx, `
		insert into application_section (case_id, section, typed, version, saved_by, saved_by_name, saved_at)
		select $1, $2, $3, 1, $4, $5, $6 where $7 = 0
		on conflict (case_id, section) do nothing`,
		caseID, section, typed, actor.AccountID, actor.Name, now, seen)
	if err == nil && tag.RowsAffected() == 0 {
		tag, err = tx.Exec(ctx, `
			update application_section set typed = $3, version = version + 1, saved_by = $4, saved_by_name = $5, saved_at = $6
			where case_id = $1 and section = $2 and version = $7`,
			caseID, section, typed, actor.AccountID, actor.Name, now, seen)
	}
	if err != nil {
		return 0, err
	}
	if tag.RowsAffected() == 0 {
		return 0, errs.New(errs.Conflict, "您打开这一页之后，有人保存了新的内容。两边的内容都在下面，请选用一份或合并后再保存。")
	}
	return seen + 1, nil
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
