package registry

import (
	"context"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// decision is one signature with everything that it needs.
type decision struct {
	*Service
	tx      postgres.Tx
	now     time.Time
	today   civil.Date
	actor   authz.Actor
	c       *casework.Case
	p       Proposal
	regions *district.RegionSet
}

// enact makes true what was signed.
func (s *Service) enact(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, c *casework.Case, d application.Document, p Proposal) error {
	regions, err := district.Regions(ctx, tx)
	if err != nil {
		return err
	}
	e := decision{s, tx, now, civil.On(now), actor, c, p, regions}
	org := uuid.Nil
	switch d := d.(type) {
	case *Founding:
		org, err = e.found(ctx, *d)
	case *ChangeRequest:
		err = e.change(ctx, *d)
	case *MergerRequest:
		err = e.merge(ctx, *d)
	case *EndRequest:
		err = e.end(ctx, *d)
	case *RevocationCase:
		err = e.revoke(ctx, *d)
	}
	if err != nil {
		return atSignature(err)
	}
	return ended(ctx, tx, c.ID, org)
}

// atSignature says of warnings what they are here: everything was looked into
// before. Faults of the record, a name taken meanwhile, keep their field.
func atSignature(err error) error {
	if w := errs.WarningsOf(err); len(w) > 0 {
		return errs.New(errs.Conflict, w[0].Message)
	}
	return err
}

// registrar names who decides.
func (e decision) registrar(subdistrict string) string {
	if _, street, _ := FamilyOf(e.c.Kind); street {
		return streetName(e.regions, subdistrict)
	}
	return bureauName
}

// plant makes the organization, numbered.
func (e decision) plant(ctx context.Context, in organization.Registration) (organization.Organization, error) {
	in.EstablishedOn, in.Accept = e.today, organization.WarningCodes
	var err error
	if in.Basis == organization.Filed {
		in.FilingNo, err = filingNo(ctx, e.tx, e.today)
	} else {
		in.USCC, in.USCCOverrideReason = e.p.Code, e.p.CodeReason
	}
	if err != nil {
		return organization.Organization{}, err
	}
	id, err := e.Organizations.Plant(ctx, e.tx, e.now, e.actor, in, e.Demo)
	if err != nil {
		return organization.Organization{}, err
	}
	return organization.Load(ctx, e.tx, id)
}

// found makes the organization and its head's account, and gives out the
// certificate.
func (e decision) found(ctx context.Context, d Founding) (uuid.UUID, error) {
	o, err := e.plant(ctx, organization.Registration{
		Name: d.Name, Type: d.Type, Basis: d.Basis, Category: d.Category, Registrar: e.registrar(d.Subdistrict), Origin: organization.OriginNew,
		HeadName: d.Head.Name, HeadIDType: d.Head.IDType, HeadIDNumber: d.Head.number, HeadMobile: d.Head.mobile,
		SubdistrictCode: d.Subdistrict, CommunityCode: d.Community, Address: d.Address, SupervisingUnit: d.Unit, BusinessScope: d.BusinessScope,
		RegisteredCapital: d.Capital,
	})
	if err != nil {
		return uuid.Nil, err
	}
	basics := organization.Basics{OrgID: o.ID, ActivityScope: d.ActivityScope, Premises: d.Premises, Staff: &d.Staff, FullTime: &d.FullTime, Volunteers: &d.Volunteers}
	if d.Type == organization.Association {
		members := d.Members + d.UnitMembers
		basics.Members = &members
	}
	if err := e.Organizations.EnactBasics(ctx, e.tx, e.now, e.actor, basics); err != nil {
		return uuid.Nil, err
	}
	if err := e.Accounts.BecomeHead(ctx, e.tx, e.now, e.actor, e.c.CreatedBy, o.ID, o.HeadPersonID, o.CommunityCode); err != nil {
		return uuid.Nil, err
	}
	if err := e.Cases.Assign(ctx, e.tx, e.c, o.ID); err != nil {
		return uuid.Nil, err
	}
	cert, err := e.certify(ctx, o, "")
	if err != nil {
		return uuid.Nil, err
	}
	return o.ID, e.letter(ctx, casework.RegistryApprovalLetter, foundedText(*e.c, o, cert))
}

func (e decision) letter(ctx context.Context, kind casework.LetterKind, text []casework.Paragraph) error {
	_, err := e.Cases.IssueLetter(ctx, e.tx, e.now, e.actor, *e.c, kind, e.c.Title, text)
	return err
}

// change dates the new facts, passes the head's account and changes the
// certificate.
func (e decision) change(ctx context.Context, d ChangeRequest) error {
	o, err := organization.Load(ctx, e.tx, e.c.OrganizationID)
	if err != nil {
		return err
	}
	in := organization.RegistrationOf(o)
	e.revise(&in, d, o)
	in.Accept = organization.WarningCodes
	err = e.Organizations.Enact(ctx, e.tx, e.now, e.actor, organization.Revision{Registration: in, OrgID: o.ID, EffectiveOn: e.today, Reason: "变更核准，" + e.c.No})
	if err != nil {
		return err
	}
	next, err := organization.Load(ctx, e.tx, o.ID)
	if err != nil {
		return err
	}
	if next.CommunityCode != o.CommunityCode {
		if err := e.Accounts.Relocate(ctx, e.tx, e.now, o.ID, next.CommunityCode); err != nil {
			return err
		}
	}
	if d.Head != nil {
		if err := e.handOver(ctx, next, nil, *d.Head, d.Username, d.OldHead == StaysAsClerk); err != nil {
			return err
		}
	}
	cert, err := e.certify(ctx, next, "变更换发，"+e.c.No)
	if err != nil {
		return err
	}
	return e.letter(ctx, casework.RegistryApprovalLetter, changedText(*e.c, d, cert))
}

// revise lays what was approved over the facts of today.
func (e decision) revise(in *organization.Registration, d ChangeRequest, o organization.Organization) {
	for _, m := range d.Matters {
		switch m {
		case NameMatter:
			in.Name = d.Name
		case HeadMatter:
			in.HeadName, in.HeadIDType, in.HeadIDNumber, in.HeadMobile = d.Head.Name, d.Head.IDType, d.Head.number, d.Head.mobile
		case PlaceMatter:
			in.SubdistrictCode, in.CommunityCode, in.Address = d.Subdistrict, d.Community, d.Address
			if o.OfStreet() && d.Subdistrict != o.SubdistrictCode {
				in.Registrar = streetName(e.regions, d.Subdistrict)
			}
		case ScopeMatter:
			in.BusinessScope = d.BusinessScope
		case UnitMatter:
			in.SupervisingUnit = d.Unit
		case CategoryMatter:
			in.Category = d.Category
		case CapitalMatter:
			in.RegisteredCapital = d.Capital
		}
	}
	if d.Has(ConversionMatter) { // whatever else changed, the bureau is registrar of legal persons
		in.Basis, in.Registrar, in.RegisteredCapital = organization.Registered, bureauName, d.Capital
		in.USCC, in.USCCOverrideReason = e.p.Code, e.p.CodeReason
	}
}

// handOver passes the account of the head on the day of the approval: sessions
// end, drafts stay with the organization, both and the subdistrict are told. Of a
// consolidation the head of o may come with an account from one of its parties.
func (e decision) handOver(ctx context.Context, o organization.Organization, parties []uuid.UUID, head Person, username string, stays bool) error {
	h, err := e.Accounts.HandOver(ctx, e.tx, e.now, e.actor, account.Handover{
		OrganizationID: o.ID, Parties: parties, Community: o.CommunityCode, Numbers: numbersOf(o), PersonID: o.HeadPersonID, Name: head.Name, IDNumber: head.number,
		Mobile: head.mobile, Username: username, Stays: stays, Reason: "负责人变更，" + e.c.No,
	})
	if err != nil || h.New == uuid.Nil {
		return err
	}
	_, err = e.tx.Exec(ctx, `
		insert into registry_handover (case_id, organization_id, old_account_id, old_stays, new_account_id, username, made, at)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`, e.c.ID, o.ID, orNull(h.Old), stays && h.Old != uuid.Nil, h.New, h.Username, h.Made, e.now)
	if err != nil {
		return err
	}
	why := "负责人变更已核准"
	if parties != nil {
		why = "合并已准予"
	}
	return e.tellHandover(ctx, o, why, head.Name, h)
}

func numbersOf(o organization.Organization) []string {
	var list []string
	for _, n := range []string{o.USCC, o.FilingNo} {
		if n != "" {
			list = append(list, n)
		}
	}
	return list
}

func (e decision) tellHandover(ctx context.Context, o organization.Organization, why, name string, h account.HandedOver) error {
	m := notification.Message{Kind: e.c.Kind, CaseNo: e.c.No, Title: o.Name + "的负责人账号已移交"}
	m.Body = fmt.Sprintf("%s（%s），负责人账号自今天起由%s（用户名 %s）使用。没有签署的草稿留在组织，由新负责人继续办理。", why, e.c.No, name, h.Username)
	for _, id := range []uuid.UUID{h.Old, h.New} {
		to, err := account.ByID(ctx, e.tx, id)
		if err != nil {
			return err
		}
		if err := notification.Send(ctx, e.tx, e.now, to, m); err != nil {
			return err
		}
	}
	if !h.Made {
		return nil
	}
	m.Title = o.Name + "的新负责人等您交付账号"
	m.Body = fmt.Sprintf("已为%s建好账号（用户名 %s）。请当面核对身份证件，在账号管理里给一次性密码。", name, h.Username)
	office, err := account.ByRole(ctx, e.tx, authz.Subdistrict, o.SubdistrictCode)
	if err != nil {
		return err
	}
	return notification.Send(ctx, e.tx, e.now, office, m)
}

// merge ends who is taken over and gives the history to who goes on, or to the
// new organization.
func (e decision) merge(ctx context.Context, d MergerRequest) error {
	in := organization.Succession{Successor: e.c.OrganizationID, Kind: d.Way, On: e.today, Reason: d.Way.Name() + "，" + e.c.No}
	for _, p := range d.Parties {
		in.Predecessors = append(in.Predecessors, p.ID)
	}
	var cert Certificate
	if d.New != nil {
		o, err := e.consolidate(ctx, *d.New)
		if err != nil {
			return err
		}
		in.Successor, in.Predecessors = o.ID, append(in.Predecessors, e.c.OrganizationID)
		parties := append([]uuid.UUID{e.c.OrganizationID}, partyIDs(&d)...)
		if err := e.handOver(ctx, o, parties, d.New.Head, d.New.Username, false); err != nil {
			return err
		}
		if cert, err = e.certify(ctx, o, ""); err != nil {
			return err
		}
	} else if err := e.resume(ctx, e.tx, e.now, e.actor, *e.c); err != nil {
		return err
	}
	if err := e.tellParties(ctx, d); err != nil { // before the successor's people read for them
		return err
	}
	if err := e.Organizations.Succeed(ctx, e.tx, e.now, e.actor, in); err != nil {
		return err
	}
	for _, id := range in.Predecessors {
		if err := e.voidCertificate(ctx, id, in.Reason); err != nil {
			return err
		}
	}
	successor, err := organization.Load(ctx, e.tx, in.Successor)
	if err != nil {
		return err
	}
	return e.letter(ctx, casework.RegistryApprovalLetter, mergedText(*e.c, d, successor, cert))
}

// consolidate makes the new organization of a consolidation.
func (e decision) consolidate(ctx context.Context, n NewParty) (organization.Organization, error) {
	return e.plant(ctx, organization.Registration{
		Name: n.Name, Type: n.Type, Basis: n.Basis, Category: n.Category, Registrar: e.registrar(n.Subdistrict), Origin: organization.OriginMerge,
		HeadName: n.Head.Name, HeadIDType: n.Head.IDType, HeadIDNumber: n.Head.number, HeadMobile: n.Head.mobile,
		SubdistrictCode: n.Subdistrict, CommunityCode: n.Community, Address: n.Address, SupervisingUnit: n.Unit, BusinessScope: n.BusinessScope,
		RegisteredCapital: n.Capital,
	})
}

func (e decision) tellParties(ctx context.Context, d MergerRequest) error {
	for _, p := range d.Parties {
		to, err := account.HeadsAndClerks(ctx, e.tx, p.ID)
		if err != nil {
			return err
		}
		err = notification.Send(ctx, e.tx, e.now, to, notification.Message{Kind: e.c.Kind, CaseNo: e.c.No, Title: p.Name + "：合并已准予",
			Body: fmt.Sprintf("%s提出的%s（%s）已准予，%s自今天起注销，记录由合并后的组织承接。账号以后只能查看。", e.c.Title, d.Way.Name(), e.c.No, p.Name)})
		if err != nil {
			return err
		}
	}
	return nil
}

// end closes an organization at its own request.
func (e decision) end(ctx context.Context, d EndRequest) error {
	reason := "注销核准，" + e.c.No + "：" + TextOf(EndReasons, d.Reason)
	return e.close(ctx, organization.Deregistered, reason, casework.RegistryApprovalLetter, func(o organization.Organization) []casework.Paragraph {
		return endedText(*e.c, o, d)
	})
}

// revoke ends an organization against its will.
func (e decision) revoke(ctx context.Context, d RevocationCase) error {
	o, err := organization.Load(ctx, e.tx, e.c.OrganizationID)
	if err != nil {
		return err
	}
	status := organization.RegistrationRevoked
	if o.Basis == organization.Filed {
		status = organization.FilingRevoked
	}
	texts := make([]string, len(d.Grounds))
	for i, key := range d.Grounds {
		texts[i] = revocationGround(key).Text
	}
	reason := status.Name() + "，" + e.c.No + "：" + strings.Join(texts, "、")
	said, err := statementOf(ctx, e.tx, e.c.ID)
	if err != nil {
		return err
	}
	return e.close(ctx, status, reason, casework.RevocationLetter, func(o organization.Organization) []casework.Paragraph {
		return revokedText(*e.c, o, d, said, e.p)
	})
}

func (e decision) close(ctx context.Context, status organization.Status, reason string, letter casework.LetterKind, text func(organization.Organization) []casework.Paragraph) error {
	o, err := organization.Load(ctx, e.tx, e.c.OrganizationID)
	if err != nil {
		return err
	}
	err = e.Organizations.EnactStatus(ctx, e.tx, e.now, e.actor, organization.StatusChange{OrgID: o.ID, Status: status, Since: e.today, Reason: reason})
	if err != nil {
		return err
	}
	if err := e.voidCertificate(ctx, o.ID, status.Name()+"，"+e.c.No); err != nil {
		return err
	}
	return e.letter(ctx, letter, text(o))
}

// Statement is what an organization said before a revocation.
type Statement struct {
	Text      string    `db:"text"`
	ActorName string    `db:"actor_name"`
	At        time.Time `db:"at"`
}

// statementOf returns the statement, nil when none was made.
func statementOf(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (*Statement, error) {
	s, err := postgres.One[Statement](ctx, q, `select text, actor_name, at from registry_statement where case_id = $1`, caseID)
	switch {
	case errs.Is(err, errs.NotFound):
		return nil, nil
	case err != nil:
		return nil, err
	}
	return &s, nil
}
