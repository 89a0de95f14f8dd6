package registry

import (
	"context"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Deps is what the service stands on.
type Deps struct {
	DB            *postgres.DB
	Keys          *secret.Keys
	Cases         *casework.Service
	Applications  *application.Service
	Accounts      *account.Service
	Organizations *organization.Service

	Demo bool // everything in the database is invented, what comes of a case too
}

// Service is the use cases of the registry. Every method checks the actor's
// permission and scope; what the actor may not see is errs.NotFound.
type Service struct{ Deps }

// New returns the service and makes its kinds of application known.
func New(d Deps) *Service {
	s := &Service{d}
	d.Applications.Add(s.Kinds()...)
	return s
}

// Opening says what a draft is begun for. Community is read of a founding, ""
// takes that of the initiator's account; OrganizationID of a revocation: others
// are about the actor's own organization.
type Opening struct {
	OrganizationID uuid.UUID
	Community      string
}

// unnamed is what a founding is called until its form has a name.
const unnamed = "拟成立的组织"

// Open begins a draft and returns its number; whoever has one of the family
// already gets that one back. Initiators found, an organization asks about
// itself, the registrar opens a revocation: the subdistrict against those it
// filed, the bureau against all others.
func (s *Service) Open(ctx context.Context, actor authz.Actor, f Family, in Opening, token string) (string, error) {
	if err := actor.Require(opens(f)); err != nil {
		return "", err
	}
	var no string
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		n, err := s.opened(ctx, tx, now, actor, f, in)
		if err != nil {
			return err
		}
		_, street, _ := FamilyOf(n.Kind)
		other := f.Kind(!street)
		if no, err = application.DraftOf(ctx, tx, other, n.OrganizationID, actor.AccountID, n.Channel); err != nil || no != "" {
			return err // begun under the other registrar: it is recast when it is submitted
		}
		no, err = s.Applications.Open(ctx, tx, now, actor, n, token)
		return err
	})
	return no, err
}

func opens(f Family) authz.Permission {
	if f == Revocation {
		return authz.ApplicationOffice
	}
	return authz.ApplicationDraft
}

// opened says what case the draft is, and who may begin it.
func (s *Service) opened(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, f Family, in Opening) (casework.NewCase, error) {
	if f.Founds() {
		return s.founding(ctx, tx, now, actor, f, in.Community)
	}
	org, channel := actor.OrgID, casework.Online
	if f == Revocation {
		org, channel = in.OrganizationID, casework.Office
	} else if !actor.Role.OfOrganization() {
		return casework.NewCase{}, errs.Newf(errs.Forbidden, "%s由组织的负责人或经办人提出。", f.Name())
	}
	o, err := s.Organizations.Visible(ctx, tx, actor, org)
	if err != nil {
		return casework.NewCase{}, err
	}
	if o.Status.Final() {
		return casework.NewCase{}, errs.New(errs.Conflict, o.Name+o.Status.Name()+"，不能再提出。")
	}
	if f == Revocation && o.OfStreet() != (actor.Role == authz.Subdistrict) {
		return casework.NewCase{}, errs.Newf(errs.Forbidden, "%s的登记备案机关是%s，撤销由它提出。", o.Name, o.Registrar)
	}
	return casework.NewCase{Kind: f.Kind(o.OfStreet()), Title: o.Name, OrganizationID: o.ID, Community: o.CommunityCode,
		Subdistrict: o.SubdistrictCode, Channel: channel}, nil
}

func (s *Service) founding(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, f Family, community string) (casework.NewCase, error) {
	if actor.Role != authz.Initiator {
		return casework.NewCase{}, errs.Newf(errs.Forbidden, "%s由发起人提出。已有组织的账号不能再发起，请另外注册发起人账号。", f.Name())
	}
	if community == "" {
		var err error
		if community, err = account.CommunityOf(ctx, tx, actor.AccountID); err != nil {
			return casework.NewCase{}, err
		}
	}
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return casework.NewCase{}, err
	}
	r, ok := regions.Get(community)
	if !ok || r.Kind != district.Community || !r.In(civil.On(now)) {
		return casework.NewCase{}, errs.FieldError("community", "所属社区", "所属社区没有选。从列表里选一个现在的社区")
	}
	others, err := s.foundings(ctx, tx, casework.Case{CreatedBy: actor.AccountID}, true)
	if err != nil {
		return casework.NewCase{}, err
	}
	if len(others) > 0 { // the account becomes the head's of one organization
		return casework.NewCase{}, errs.Newf(errs.Conflict, "您已经提出 %s，%s办完或撤回以后再发起。", others[0].No, s.Cases.KindName(others[0].Kind))
	}
	rules, err := s.rules(ctx, tx, now, casework.Case{})
	if err != nil {
		return casework.NewCase{}, err
	}
	return casework.NewCase{Kind: f.Kind(paramsOf(rules).Street), Title: unnamed, Community: r.Code, Subdistrict: r.ParentCode, Channel: casework.Online}, nil
}
