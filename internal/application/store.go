package application

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

func insertApplication(ctx context.Context, tx postgres.Tx, c casework.Case) error {
	_, err := tx.Exec(ctx, `insert into application (case_id, programme, organization_id) values ($1, $2, $3)`, c.ID, c.Kind, c.OrganizationID)
	return err
}

// lockDrafts makes openings by one owner wait for each other, so that two people
// who begin at once get one draft.
func lockDrafts(ctx context.Context, tx postgres.Tx, kind string, owner uuid.UUID) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('application ' || $1::text || ' ' || $2::text, 0))`, kind, owner.String())
	return err
}

// DraftOf returns the number of the open draft of a kind and channel that belongs
// to an organization, or without one to the account that began it; "" when there
// is none.
func DraftOf(ctx context.Context, q postgres.Querier, kind string, organization, account uuid.UUID, channel casework.Channel) (string, error) {
	var no string
	err := q.QueryRow(ctx, `
		select no from case_file where organization_id = $1 and kind = $2 and channel = $3 and state = 'draft'
			and ($1 <> '00000000-0000-0000-0000-000000000000' or created_by = $4)
		order by created_at desc limit 1`, organization, kind, channel, account).Scan(&no)
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
	snapshot   json.RawMessage // of the subject at submission, nil before
	correction casework.Correction
	correcting bool
}

// loadWritten reads it in one round trip.
func (s *Service) loadWritten(ctx context.Context, q postgres.Querier, k Kind, c casework.Case) (written, error) {
	type profile struct {
		Organization json.RawMessage `db:"organization"`
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
	for _, saved := range list {
		if err := s.open(&saved, k.Sections(), c.ID); err != nil {
			return w, err
		}
		w.sections[saved.Section] = saved
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
func (s *Service) saveSection(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, caseID uuid.UUID, sec Section, seen int, v url.Values) (int, error) {
	stored, err := s.seal(v, sec, caseID)
	if err != nil {
		return 0, err
	}
	typed, err := json.Marshal(stored)
	if err != nil {
		return 0, err
	}
	section := sec.Key
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

// sealing binds a sealed answer to its case.
const sealing = "application_section.typed"

// seal returns v with the values of sealed items encrypted.
func (s *Service) seal(v url.Values, sec Section, caseID uuid.UUID) (url.Values, error) {
	out := maps.Clone(v)
	for control, values := range v {
		if !sec.sealed(control) {
			continue
		}
		out[control] = make([]string, len(values))
		for i, value := range values {
			if value == "" {
				continue
			}
			sealed, err := s.Keys.Seal(sealing, caseID, value)
			if err != nil {
				return nil, err
			}
			out[control][i] = base64.StdEncoding.EncodeToString(sealed)
		}
	}
	return out, nil
}

// open puts the clear values of sealed items into what was saved.
func (s *Service) open(saved *Saved, sections []Section, caseID uuid.UUID) error {
	i := slices.IndexFunc(sections, func(x Section) bool { return x.Key == saved.Section })
	if i < 0 || !sections[i].seals() {
		return nil
	}
	v := saved.Values()
	for control, values := range v {
		if !sections[i].sealed(control) {
			continue
		}
		for j, value := range values {
			if value == "" {
				continue
			}
			sealed, err := base64.StdEncoding.DecodeString(value)
			if err != nil {
				return err
			}
			if values[j], err = s.Keys.Open(sealing, caseID, sealed); err != nil {
				return err
			}
		}
	}
	typed, err := json.Marshal(v)
	saved.Typed = typed
	return err
}
