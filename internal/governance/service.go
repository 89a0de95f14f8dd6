package governance

import (
	"context"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Deps is what the service stands on.
type Deps struct {
	DB            *postgres.DB
	Organizations *organization.Service
	Attachments   *attachment.Service
	// Reauthenticate proves who signs: account.Service has it.
	Reauthenticate func(ctx context.Context, actor authz.Actor, password string) error
}

// Service is every act of internal governance. Methods check permission and
// scope and open the transaction. Errors as of organization.Service.
type Service struct{ Deps }

// New returns the service.
func New(d Deps) *Service { return &Service{d} }

// act does the work of one change and says what the audit trail keeps of it. The
// subject is the organization unless it names another.
type act func(tx postgres.Tx, now time.Time, o organization.Organization) (audit.Entry, error)

// own runs one change that an organization makes about itself, in one
// transaction under its lock. With a token the act happens once.
func (s *Service) own(ctx context.Context, actor authz.Actor, token string, do act) error {
	_, err := s.ownFor(ctx, actor, authz.OrganizationEdit, token, do, func() string { return "" })
	return err
}

// ownFor is own under another permission; it returns what result says after the
// act, or what it said the first time.
func (s *Service) ownFor(ctx context.Context, actor authz.Actor, p authz.Permission, token string, do act, result func() string) (said string, err error) {
	if err := actor.Require(p); err != nil {
		return "", err
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		o, err := s.Organizations.Visible(ctx, tx, actor, actor.OrgID)
		if err != nil {
			return err
		}
		if err := lock(ctx, tx, o.ID); err != nil {
			return err
		}
		run := func() (string, error) {
			err := recorded(ctx, tx, now, actor, o, do)
			return result(), err
		}
		if token == "" {
			said, err = run()
		} else {
			said, err = once.Do(ctx, tx, actor, token, run)
		}
		return err
	})
	return said, err
}

func recorded(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, o organization.Organization, do act) error {
	e, err := do(tx, now, o)
	if err != nil {
		return err
	}
	if e.Subject == "" {
		e.Subject, e.SubjectID = "organization", o.ID.String()
	}
	return audit.Record(ctx, tx, now, actor, e)
}

// rules reads the parameters shown today and the calendar.
func rules(ctx context.Context, q postgres.Querier, now time.Time) (Rules, error) {
	edition, err := policy.EditionShown(ctx, q, civil.On(now))
	if err != nil {
		return Rules{}, err
	}
	calendar, err := district.Calendar(ctx, q)
	return RulesOf(edition.Params, calendar), err
}

// Overview is the checklist of one organization with all that it rests on.
type Overview struct {
	Organization organization.Organization
	Today        civil.Date
	Rules        Rules
	Facts        Facts
	Items        []Item
	Systems      []System
	Meetings     []Meeting             // newest first, those taken back left out
	Officers     []Officer             // present ones first
	Help         []Help                // what the library offers, for duties that it helps with
	Absorbed     organization.Absorbed // records merged into it
}

// System is an internal system on file with its text.
type System struct {
	organization.System
	Files []attachment.Attachment
}

// Overview returns the checklist of an organization in the actor's scope.
// errs.NotFound.
func (s *Service) Overview(ctx context.Context, actor authz.Actor, orgID uuid.UUID) (v Overview, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v.Today = civil.On(now)
		if v.Organization, err = s.Organizations.Visible(ctx, q, actor, orgID); err != nil {
			return err
		}
		if v.Rules, err = rules(ctx, q, now); err != nil {
			return err
		}
		facts, err := factsOf(ctx, q, v.Today, []uuid.UUID{orgID})
		if err != nil {
			return err
		}
		v.Facts = facts[orgID]
		v.Items = Checklist(v.Facts, v.Rules, v.Today)
		if v.Absorbed, err = organization.AbsorbedBy(ctx, q, orgID); err != nil {
			return err
		}
		return s.gather(ctx, q, &v)
	})
	return v, err
}

// gather reads the records and their files in one round trip.
func (s *Service) gather(ctx context.Context, q postgres.Querier, v *Overview) error {
	var systems []organization.System
	var files []attachment.Attachment
	if err := s.records(ctx, q, v.Organization.ID, &systems, &v.Meetings, &v.Officers, &files, &v.Help); err != nil {
		return err
	}
	by := map[uuid.UUID][]attachment.Attachment{}
	for _, f := range files {
		by[f.OwnerID] = append(by[f.OwnerID], f)
	}
	for _, x := range systems {
		v.Systems = append(v.Systems, System{x, by[x.ID]})
	}
	for i := range v.Meetings {
		v.Meetings[i].Files = by[v.Meetings[i].ID]
	}
	return nil
}

func missing() error {
	return errs.New(errs.NotFound, "没有找到这条记录。可能已经撤销，或不在您能查看的范围内。")
}

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }
