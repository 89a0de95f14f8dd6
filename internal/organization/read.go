package organization

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Load returns the record without any check of scope, for services that reached
// the organization through something of their own. Absent is errs.NotFound.
func Load(ctx context.Context, q postgres.Querier, id uuid.UUID) (Organization, error) {
	return load(ctx, q, id)
}

// Visible returns the record when it lies in the actor's scope, errs.NotFound
// otherwise. The system sees all of them.
func (s *Service) Visible(ctx context.Context, q postgres.Querier, actor authz.Actor, id uuid.UUID) (Organization, error) {
	o, err := load(ctx, q, id)
	if err != nil || !mayRead(actor, o) {
		return Organization{}, cause(err)
	}
	return o, nil
}

func mayRead(a authz.Actor, o Organization) bool {
	allowed := a.Can(authz.OrganizationStaff) || a.Can(authz.OrganizationEdit) || a.Role == authz.System
	return allowed && a.Covers(o.Place())
}

// cause keeps a real failure and turns everything else into “not found”.
func cause(err error) error {
	if err == nil || errs.Is(err, errs.NotFound) {
		return notFound()
	}
	return err
}

// Record is the full record with what may be shown to the actor: mobile numbers
// in clear for the organization itself, its community and subdistrict, and the
// bureau (domain Appendix D); masked for everyone else.
type Record struct {
	Organization
	HeadMobile    string
	ContactMobile string
	Payee         *PayeeAccount
	Systems       []System
	Activities    []Activity
	Reports       []AnnualReport
	Grants        []Grant
	Looks         map[Subject]Look
}

// Get returns the full record with everything on it; out of scope is
// errs.NotFound.
func (s *Service) Get(ctx context.Context, actor authz.Actor, id uuid.UUID) (r Record, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		r, err = s.GetIn(ctx, q, actor, id)
		return err
	})
	return r, err
}

// GetIn is Get in a transaction of the caller's, so that a page reads one
// snapshot: two round trips.
func (s *Service) GetIn(ctx context.Context, q postgres.Querier, actor authz.Actor, id uuid.UUID) (Record, error) {
	r, err := s.visibleRecord(ctx, q, actor, id)
	if err != nil {
		return Record{}, err
	}
	var payees []PayeeAccount
	var looks []Look
	var b postgres.Batch
	postgres.Gather(&b, &payees, payeesSQL, id)
	postgres.Gather(&b, &r.Systems, systemsSQL, id, false)
	postgres.Gather(&b, &r.Activities, activitiesSQL, []uuid.UUID{id})
	postgres.Gather(&b, &r.Reports, reportsSQL, []uuid.UUID{id})
	postgres.Gather(&b, &r.Grants, grantsAroundSQL, []uuid.UUID{id}, uuid.Nil)
	postgres.Gather(&b, &looks, `
		select distinct on (subject) subject, checked_on, source from organization_check
		where org_id = any(organization_ids($1)) order by subject, checked_on desc, recorded_at desc`, id)
	if err := b.Run(ctx, q); err != nil {
		return r, err
	}
	if len(payees) > 0 {
		r.Payee = &payees[0]
	}
	r.Looks = make(map[Subject]Look, len(looks))
	for _, l := range looks {
		r.Looks[l.Subject] = l
	}
	return r, nil
}

// visibleRecord reads the row with its sealed numbers at once.
func (s *Service) visibleRecord(ctx context.Context, q postgres.Querier, actor authz.Actor, id uuid.UUID) (Record, error) {
	type row struct {
		Organization
		Head    []byte `db:"head_mobile"`
		Contact []byte `db:"contact_mobile"`
	}
	x, err := postgres.One[row](ctx, q, `select `+columns+`, o.head_mobile, o.contact_mobile from organization o where o.id = $1`, id)
	if err != nil || !mayRead(actor, x.Organization) {
		return Record{}, cause(err)
	}
	r := Record{Organization: x.Organization, HeadMobile: x.HeadMobileMask, ContactMobile: x.ContactMobileMask}
	switch actor.Role {
	case authz.OrgClerk, authz.OrgHead, authz.Community, authz.Subdistrict, authz.BureauClerk, authz.BureauReviewer, authz.BureauLeader:
	default:
		return r, nil // those who do not deal with the organization see the masks
	}
	if x.Head != nil {
		if r.HeadMobile, err = s.keys.Open(headMobileContext, id, x.Head); err != nil {
			return r, err
		}
	}
	if x.Contact != nil {
		r.ContactMobile, err = s.keys.Open(contactMobileContext, id, x.Contact)
	}
	return r, err
}

// UnmaskHeadID returns the head's document number in full and records who read
// it and why, in one writing transaction.
func (s *Service) UnmaskHeadID(ctx context.Context, actor authz.Actor, orgID uuid.UUID, reason string) (number string, err error) {
	err = s.change(ctx, actor, orgID, holding(authz.SensitiveUnmask), func(tx postgres.Tx, _ time.Time, o Organization) (audit.Entry, error) {
		if err := needReason(reason); err != nil {
			return audit.Entry{}, err
		}
		p, err := person.Load(ctx, tx, s.keys, o.HeadPersonID)
		if err != nil {
			return audit.Entry{}, err
		}
		if p.IDNumber == "" {
			return audit.Entry{}, errs.New(errs.NotFound, "负责人的证件号码还没有登记。")
		}
		number = p.IDNumber
		return audit.Entry{Action: "organization.head_id.unmask", Detail: map[string]any{"person": o.HeadPersonID, "reason": reason}}, nil
	})
	return number, err
}

// Profile is what everyone may know (domain §1.6). It is a type of its own so
// that a page cannot show more.
type Profile struct {
	ID              uuid.UUID
	MergedInto      uuid.UUID // the record under which it is kept now, zero while it stands
	Name            string
	Demo            bool
	Type            OrgType
	Basis           Basis
	Category        Category
	NumberLabel     string
	Number          string
	EstablishedOn   string
	Registrar       string
	HeadName        string
	CommunityCode   string
	SubdistrictCode string
	ActivityScope   string
	Reach           Reach
	ServiceTargets  []ServiceTarget
	BusinessScope   string
	SupervisingUnit string
	Status          Status
	StatusSince     string
	Introduction    string
	Members         *int
	Staff           *int
	SocialWorkers   *int
	Volunteers      *int
	Activities      []Activity // confirmed ones, newest first
	Grants          []Grant    // received before, newest first
	Events          []Event    // oldest first, the founding included
}

// Public returns the public profile; it needs no actor. Absent is errs.NotFound.
// Two round trips.
func Public(ctx context.Context, q postgres.Querier, id uuid.UUID) (Profile, error) {
	o, err := load(ctx, q, id)
	if err != nil {
		return Profile{}, err
	}
	p := o.public()
	var recorded []Event
	var b postgres.Batch
	postgres.Gather(&b, &p.Activities, activitiesSQL, []uuid.UUID{id})
	postgres.Gather(&b, &p.Grants, grantsAroundSQL, []uuid.UUID{id}, uuid.Nil)
	postgres.Gather(&b, &recorded, eventsSQL, id)
	if err := b.Run(ctx, q); err != nil {
		return p, err
	}
	p.Activities = slices.DeleteFunc(p.Activities, func(a Activity) bool { return a.ConfirmedOn.IsZero() })
	p.Events = append(p.Events, recorded...)
	return p, nil
}

func (o Organization) public() Profile {
	return Profile{
		ID: o.ID, MergedInto: o.MergedInto, Name: o.Name, Demo: o.Demo, Type: o.Type, Basis: o.Basis, Category: o.Category,
		NumberLabel: o.NumberLabel(), Number: o.Number(), EstablishedOn: o.EstablishedOn.Chinese(), Registrar: o.Registrar,
		HeadName: o.HeadName, CommunityCode: o.CommunityCode, SubdistrictCode: o.SubdistrictCode, ActivityScope: o.ActivityScope, Reach: o.Reach, ServiceTargets: o.ServiceTargets,
		BusinessScope: o.BusinessScope, SupervisingUnit: o.SupervisingUnit, Status: o.Status, StatusSince: o.StatusSince.Chinese(),
		Introduction: o.Introduction, Members: o.Members, Staff: o.Staff, SocialWorkers: o.SocialWorkers, Volunteers: o.Volunteers,
		// Derived, not stored: a corrected date of establishment moves with it.
		Events: []Event{{HappenedOn: o.EstablishedOn, Kind: "established", Title: founded(o.Origin), Detail: o.Registrar + o.Basis.Name()}},
	}
}

// founded names the first entry of the timeline.
func founded(o Origin) string {
	if o == OriginNew {
		return "成立"
	}
	return o.Name()
}

// FindByNumber finds the organization with a credit code or a filing number, as
// typed. ok is false when there is none, and when the number is none.
func FindByNumber(ctx context.Context, q postgres.Querier, number string) (id uuid.UUID, name, community string, ok bool, err error) {
	credit, err1 := identifier.ParseCreditCode(number)
	filing, err2 := identifier.ParseFilingNo(number)
	// A code that breaks the check digit may be on record with a reason, so the
	// normal form is looked up whatever the reader says of it.
	if credit == "" && err1 != nil && err2 != nil {
		return uuid.Nil, "", "", false, nil
	}
	type row struct {
		ID        uuid.UUID `db:"id"`
		Name      string    `db:"name"`
		Community string    `db:"community_code"`
	}
	r, err := postgres.One[row](ctx, q, `
		select id, name, community_code from organization
		where (uscc = nullif($1, '') or filing_no = nullif($2, '')) and merged_into is null`, string(credit), filing)
	if errs.Is(err, errs.NotFound) {
		return uuid.Nil, "", "", false, nil
	}
	return r.ID, r.Name, r.Community, err == nil, err
}
