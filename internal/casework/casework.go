// Package casework owns what every case has, whatever its kind: number, place,
// state, who it waits for, clock, version, pinned edition, opinions, named-field
// corrections, timeline, signed submissions and official letters. It knows no
// kind by name; the typed document of a kind lives in its feature's tables.
//
// Level 3. Tables: case_file, case_event, case_opinion, case_correction,
// case_correction_field, case_submission, case_letter, case_letter_counter.
package casework

import (
	"context"
	"fmt"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Channel says how a case came in.
type Channel string

// Online is filled in by the applicant; Counter is 窗口代办 by the community;
// Office is opened by an office against an organization, which sees it once it
// is served.
const (
	Online  Channel = "online"
	Counter Channel = "counter"
	Office  Channel = "office"
)

// Case is one case file.
type Case struct {
	ID               uuid.UUID      `db:"id"`
	Kind             string         `db:"kind"`
	No               string         `db:"no"`
	Title            string         `db:"title"`
	About            string         `db:"about"` // tells it from other cases of the same applicant, "" where there is one
	OrganizationID   uuid.UUID      `db:"organization_id"`
	Community        string         `db:"community"`
	Subdistrict      string         `db:"subdistrict"`
	Channel          Channel        `db:"channel"`
	State            workflow.State `db:"state"`
	Class            workflow.Class `db:"class"`
	Waits            authz.Role     `db:"waits_role"`
	Amount           *money.Fen     `db:"amount_fen"`
	EditionID        *uuid.UUID     `db:"edition_id"` // pinned at submission
	CreatedBy        uuid.UUID      `db:"created_by"`
	CreatedAt        time.Time      `db:"created_at"`
	SubmittedAt      *time.Time     `db:"submitted_at"`
	EnteredAt        time.Time      `db:"entered_at"` // when it came to its present place
	ClosedAt         *time.Time     `db:"closed_at"`
	ClockFrom        civil.Date     `db:"clock_from"`
	ClockDays        *int           `db:"clock_days"`
	DueOn            civil.Date     `db:"due_on"`
	DueProvisional   bool           `db:"due_provisional"`
	PausedDays       *int           `db:"paused_days"`
	CorrectionRounds int            `db:"correction_rounds"`
	Version          int            `db:"version"`
	// Department is the code of the organization's department, read with the case: it
	// decides who may see it and is no part of the file.
	Department string `db:"department_code"`
	// Readers are the organizations whose people see it: the record that its
	// organization is kept under today, and whoever took over from that.
	Readers []uuid.UUID `db:"reader_ids"`
}

const caseColumns = `id, kind, no, title, about, organization_id, community, subdistrict, channel, state, class,
	waits_role, amount_fen, edition_id, created_by, created_at, submitted_at, entered_at, closed_at,
	clock_from, clock_days, due_on, due_provisional, paused_days, correction_rounds, version,
	coalesce((select o.department_code from organization o where o.id = organization_root(case_file.organization_id)), '') as department_code,
	organization_readers(organization_id) as reader_ids`

// Place returns where the case stands.
func (c Case) Place() workflow.Place { return workflow.Place{State: c.State, Waits: c.Waits} }

// Param resolves a policy parameter, in working days or months, under an
// edition. The policy package provides it; casework only counts.
type Param func(ctx context.Context, q postgres.Querier, edition uuid.UUID, param string) (int, error)

// Service moves cases. It holds the workflow of every kind.
type Service struct {
	definitions map[string]*workflow.Definition
	params      Param
}

// New returns a Service for the given kinds, or an error when a workflow cannot
// work or two share a key or number prefix. Variants of one matter, which differ
// in who decides, have one name and share a prefix.
func New(params Param, definitions ...*workflow.Definition) (*Service, error) {
	s := &Service{definitions: map[string]*workflow.Definition{}, params: params}
	prefixes := map[string]*workflow.Definition{}
	for _, d := range definitions {
		if err := d.Validate(); err != nil {
			return nil, err
		}
		other, taken := prefixes[d.Prefix]
		if taken && (other.Name != d.Name || other.Start.State != d.Start.State) || s.definitions[d.Kind] != nil {
			return nil, fmt.Errorf("casework: kind %s shares its key or prefix with another", d.Kind)
		}
		prefixes[d.Prefix] = d
		s.definitions[d.Kind] = d
	}
	return s, nil
}

// Definition returns the workflow of a kind, nil for an unknown one.
func (s *Service) Definition(kind string) *workflow.Definition { return s.definitions[kind] }

// PlaceName returns what people of its kind call the place of a case.
func (s *Service) PlaceName(kind string, p workflow.Place) string {
	if d := s.definitions[kind]; d != nil {
		return d.PlaceName(p)
	}
	return p.Name()
}

// KindName returns the Chinese name of a kind.
func (s *Service) KindName(kind string) string {
	if d := s.definitions[kind]; d != nil {
		return d.Name
	}
	return kind
}

// Visible reports whether the actor may know that the case exists: an
// organization its own and those that it took over, one that an office opened once
// it is submitted; an initiator what it began itself; community and subdistrict those of their area
// once submitted, and what they file at the counter; a department those of the
// organizations under it; the bureau all submitted ones; an office what it is
// drafting itself. What one may not see is “not found”. scope says the same in SQL.
func Visible(c Case, a authz.Actor) bool {
	submitted := c.SubmittedAt != nil
	drafting := c.Channel == Office && c.Waits == a.Role // of the own office
	switch {
	case a.Role.OfOrganization():
		return slices.Contains(c.Readers, a.OrgID) && a.OrgID != uuid.Nil && (submitted || c.Channel != Office)
	case a.Role == authz.Initiator:
		return c.OrganizationID == uuid.Nil && c.CreatedBy == a.AccountID && a.AccountID != uuid.Nil
	case a.Role == authz.Community:
		return a.Community != "" && c.Community == a.Community && (submitted || c.Channel == Counter)
	case a.Role == authz.Subdistrict:
		return a.Subdistrict != "" && c.Subdistrict == a.Subdistrict && (submitted || drafting)
	case a.Role == authz.Department:
		return a.Department != "" && c.Department == a.Department && submitted
	case a.Role == authz.BureauClerk:
		return submitted || drafting
	case a.Can(authz.CaseView):
		return submitted || a.Role == authz.Auditor
	}
	return false
}

var errNotFound = errs.New(errs.NotFound, "没有找到这件。可能编号有误，或不在您能查看的范围内。")

// Load returns a case that the actor may see, errs.NotFound otherwise.
func (s *Service) Load(ctx context.Context, q postgres.Querier, actor authz.Actor, no string) (Case, error) {
	return loadVisible(ctx, q, actor, `select `+caseColumns+` from case_file where no = $1`, no)
}

// LoadForUpdate is Load with the row locked and its version compared: every
// change starts here. A stale version is errs.Conflict; version 0 compares
// nothing (acts that do not depend on what the page showed).
func (s *Service) LoadForUpdate(ctx context.Context, tx postgres.Tx, actor authz.Actor, no string, version int) (Case, error) {
	c, err := loadVisible(ctx, tx, actor, `select `+caseColumns+` from case_file where no = $1 for update`, no)
	if err != nil {
		return c, err
	}
	if version != 0 && version != c.Version {
		return c, errs.Newf(errs.Conflict, "这件在您打开页面之后又有了变化，现在是“%s”。请核对最新内容后再办。", c.Place().Name())
	}
	return c, nil
}

// ByID returns a case for the system: reactions know the id and check no scope.
func (s *Service) ByID(ctx context.Context, q postgres.Querier, id uuid.UUID) (Case, error) {
	return postgres.One[Case](ctx, q, `select `+caseColumns+` from case_file where id = $1`, id)
}

func loadVisible(ctx context.Context, q postgres.Querier, actor authz.Actor, sql, no string) (Case, error) {
	if form.Clean(no, false) != no { // no number, and nothing that Postgres could compare
		return Case{}, errNotFound
	}
	c, err := postgres.One[Case](ctx, q, sql, no)
	if errs.Is(err, errs.NotFound) || err == nil && actor.Role != authz.System && !Visible(c, actor) {
		return Case{}, errNotFound
	}
	return c, err
}
