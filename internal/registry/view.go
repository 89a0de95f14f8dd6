package registry

import (
	"context"
	"time"
	"unicode/utf8"

	"civilaffairs/internal/application"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Handover is a change of head as it took effect.
type Handover struct {
	Username string    `db:"username"`
	Made     bool      `db:"made"` // the account is new: the subdistrict hands it over
	OldStays bool      `db:"old_stays"`
	OldName  string    `db:"old_name"` // "" when nobody was in office
	NewName  string    `db:"new_name"`
	At       time.Time `db:"at"`
}

// View is the registry's side of a submitted case. What package application shows
// of it — papers, opinions, letters — is not repeated.
type View struct {
	Family      Family
	Street      bool
	Document    application.Document // pointer to the type of the family, numbers masked
	NeedsCode   bool                 // a grant gives a credit code
	Proposal    *Proposal            // for the offices
	Statement   *Statement
	Handover    *Handover
	Certificate *Certificate // that came of the case
	Result      uuid.UUID    // the organization that came of it, zero for none
}

// View returns the registry's side of a case to who may see it; errs.NotFound
// while it is not submitted.
func (s *Service) View(ctx context.Context, actor authz.Actor, no string) (v View, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		c, err := s.Cases.Load(ctx, q, actor, no)
		if err != nil {
			return err
		}
		v, err = s.view(ctx, q, actor, c)
		return err
	})
	return v, err
}

func (s *Service) view(ctx context.Context, q postgres.Querier, actor authz.Actor, c casework.Case) (View, error) {
	f, err := s.family(c)
	if err != nil {
		return View{}, err
	}
	v := View{Family: f}
	_, v.Street, _ = FamilyOf(c.Kind)
	if v.Document, err = documentOf(ctx, q, c); err != nil {
		return v, err
	}
	v.NeedsCode = needsCode(v.Document)
	var b postgres.Batch
	var proposals []Proposal
	var statements []Statement
	var handovers []Handover
	var certificates []Certificate
	var results []struct {
		ID uuid.UUID `db:"id"`
	}
	postgres.Gather(&b, &proposals, `select outcome, ground, reason, code, code_reason, actor_name, at from registry_proposal where case_id = $1 order by seq desc limit 1`, c.ID)
	postgres.Gather(&b, &statements, `select text, actor_name, at from registry_statement where case_id = $1`, c.ID)
	postgres.Gather(&b, &handovers, `
		select h.username, h.made, h.old_stays, coalesce(o.name, '') as old_name, n.name as new_name, h.at
		from registry_handover h left join account o on o.id = h.old_account_id join account n on n.id = h.new_account_id where h.case_id = $1`, c.ID)
	postgres.Gather(&b, &certificates, certificateSQL+` where t.case_id = $1`, c.ID)
	postgres.Gather(&b, &results, `select organization_id as id from registry_certificate where case_id = $1`, c.ID)
	if err := b.Run(ctx, q); err != nil {
		return v, err
	}
	if actor.Role.Staff() {
		v.Proposal = first(proposals)
	}
	v.Statement, v.Handover, v.Certificate = first(statements), first(handovers), first(certificates)
	if len(results) > 0 {
		v.Result = results[0].ID
	}
	return v, nil
}

func first[T any](list []T) *T {
	if len(list) == 0 {
		return nil
	}
	return &list[0]
}

// HandoverOf returns the latest change of head of the actor's organization: both
// heads see it on their workspace. nil when there was none.
func (s *Service) HandoverOf(ctx context.Context, actor authz.Actor) (*Handover, error) {
	if !actor.Role.OfOrganization() {
		return nil, nil
	}
	var list []Handover
	err := s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		list, err = postgres.All[Handover](ctx, q, `
			select h.username, h.made, h.old_stays, coalesce(o.name, '') as old_name, n.name as new_name, h.at
			from registry_handover h left join account o on o.id = h.old_account_id join account n on n.id = h.new_account_id
			where h.organization_id = any(organization_ids($1)) order by h.at desc limit 1`, actor.OrgID)
		return err
	})
	return first(list), err
}

// Numbers are somebody's in clear.
type Numbers struct{ ID, Mobile string }

// Unmask shows the numbers of a person whom a document names: role head or
// initiator, ordinal 0 for the head. It needs a reason and is audited.
func (s *Service) Unmask(ctx context.Context, actor authz.Actor, no, role string, ordinal int, reason string) (n Numbers, err error) {
	if err := actor.Require(authz.SensitiveUnmask); err != nil {
		return n, err
	}
	reason = form.Clean(reason, false)
	if count := utf8.RuneCountInString(reason); count < 5 || count > 200 {
		return n, errs.FieldError("reason", "理由", "写明为什么要看，5 到 200 个字")
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		c, err := s.Cases.Load(ctx, tx, actor, no)
		if err != nil {
			return err
		}
		var p Person
		if err := s.unseal(ctx, tx, c.ID, seat{role, ordinal}, &p); err != nil {
			return err
		}
		n = Numbers{p.number, p.mobile}
		return audit.Record(ctx, tx, now, actor, audit.Entry{Subject: "case", SubjectID: c.ID.String(), Action: "registry.unmask",
			Detail: map[string]any{"role": role, "ordinal": ordinal, "reason": reason}})
	})
	return n, err
}

// Related returns who took an organization over and whom it took over.
func (s *Service) Related(ctx context.Context, org uuid.UUID) (list []organization.Related, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) (err error) {
		list, err = organization.RelatedTo(ctx, q, org)
		return err
	})
	return list, err
}
