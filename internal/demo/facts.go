package demo

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"
)

// organizations writes, for every organization of the cast, its registration and
// the facts that it and the offices enter.
func (p *planter) organizations() {
	for i, r := range cast {
		m := &member{role: r, born: r.born(p.today)}
		m.recorded = p.calendar.OnOrAfter(m.born.AddDays(2)).On
		if m.recorded.Before(p.opening) {
			m.recorded = p.opening
		}
		p.orgs[m.key] = m
		m.leader = p.draw.person()
		if m.sameHead != "" {
			m.leader = p.orgs[m.sameHead].leader
		}
		p.register(m, i)
		p.systems(m)
		p.activities(m)
		if m.head != "" {
			p.profile(m)
		}
		if !m.has(unchecked) {
			p.looks(m)
			p.reports(m)
		}
		p.particulars(m)
	}
}

// tell writes a scene of one organization.
func (p *planter) tell(m *member, d civil.Date, hour int, what string, do func(ctx context.Context) error) {
	p.on(d, hour, m.key+" "+what, do)
}

func (p *planter) register(m *member, i int) {
	place := m.place()
	in := organization.Registration{
		Name: m.name, Type: m.kind, Basis: m.basis, Category: m.category, EstablishedOn: m.born, Origin: organization.OriginNew,
		HeadName: m.leader.name, HeadIDType: person.ResidentID, HeadIDNumber: m.leader.residentID, HeadMobile: m.leader.mobile,
		SubdistrictCode: p.code(subdistrictName(place)), CommunityCode: p.code(place.name + "社区"),
		Address: fmt.Sprintf("%s社区综合服务楼 %d 室", place.name, 101+p.draw.between(0, 4)*100+i%9), SupervisingUnit: m.unit,
		BusinessScope: vocabulary[m.category].scope, Accept: []string{"head_of_many", "division"},
	}
	if m.has(renamed) {
		in.Origin = organization.OriginRename
	}
	by := "subdistrict-" + place.subdistrict
	if m.basis == registered {
		kind, division := byte('1'), "440310"
		if m.kind == service {
			kind = '2'
		}
		if m.has(starred) {
			division = "440307"
		}
		capital := money.Fen(p.draw.between(3, 10)) * 10_000_00
		in.USCC, in.Registrar, in.RegisteredCapital, by = p.draw.creditCode(kind, division), "区民政局", &capital, "clerk2"
	} else {
		in.FilingNo, in.Registrar = fmt.Sprintf("坪社备〔%d〕第%04d号", m.born.Year, i+1), subdistrictName(place)+"办事处"
	}
	m.registration = in
	p.tell(m, m.recorded, 9, "registration", func(ctx context.Context) error {
		return p.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
			m.id, err = p.Organizations.Plant(ctx, tx, now, p.actors[by], in, true)
			return err
		})
	})
	clerk := p.draw.person()
	p.tell(m, m.recorded, 11, "accounts", func(ctx context.Context) error {
		if m.head != "" {
			head := account.NewAccount{Username: m.key + "-head", Name: m.leader.name, Role: authz.OrgHead, OrganizationID: m.id,
				Community: in.CommunityCode, ResidentID: m.leader.residentID, Mobile: m.leader.mobile}
			if err := p.account(ctx, head); err != nil {
				return err
			}
		}
		if m.clerk == "" {
			return nil
		}
		return p.account(ctx, account.NewAccount{Username: m.key + "-clerk", Name: clerk.name, Role: authz.OrgClerk, OrganizationID: m.id,
			Community: in.CommunityCode, Mobile: clerk.mobile})
	})
}

func subdistrictName(c place) string {
	for _, s := range subdistricts {
		if s.slug == c.subdistrict {
			return s.name + "街道"
		}
	}
	panic("demo: no subdistrict " + c.subdistrict)
}

// served are the groups that the organizations of a category serve.
var served = map[organization.Category][]organization.ServiceTarget{
	organization.Welfare: {organization.TargetElderly, organization.TargetDisabled}, organization.Charity: {organization.TargetNeedy, organization.TargetElderly},
	organization.SocialServices: {organization.TargetChildren, organization.TargetWomen}, organization.CultureSport: {organization.TargetResidents},
	organization.SciTech: {organization.TargetChildren, organization.TargetResidents}, organization.Rights: {organization.TargetMigrants, organization.TargetWomen},
}

// profile writes what the organization enters: basics, contact and account.
func (p *planter) profile(m *member) {
	head := m.key + "-head"
	contact := p.draw.person()
	staff := p.draw.between(2, 8)
	basics := organization.Basics{
		Introduction: m.bare() + vocabulary[m.category].introduction, ActivityScope: m.role.place + "社区", Reach: organization.ReachCommunity, ServiceTargets: served[m.category], Premises: organization.PremisesLent,
		Members: p.draw.figure(18, 90), Staff: &staff, FullTime: p.draw.figure(0, 2), Volunteers: p.draw.figure(12, 120),
		SocialWorkers: p.draw.figure(0, 3), PartyOrg: organization.PartyOrgs[p.draw.between(0, 2)], PartyMembers: p.draw.figure(0, 12),
	}
	p.tell(m, p.after(m.recorded, 1), 9, "profile", func(ctx context.Context) error {
		basics.OrgID, basics.Version = m.id, 1
		if err := p.Organizations.SaveBasics(ctx, p.actors[head], basics); err != nil {
			return err
		}
		return p.Organizations.SaveContact(ctx, p.actors[head], organization.Contact{OrgID: m.id, Version: 2, Name: contact.name,
			Mobile: contact.mobile, Address: m.registration.Address, Postcode: "518118"})
	})
	if !m.has(noPayee) {
		p.payee(m)
	}
}

// payee gives a registered organization an account of its own; a filed one is no
// legal person, and its subdistrict collects for it (domain §1.5).
func (p *planter) payee(m *member) {
	in := organization.PayeeInput{Kind: organization.OwnAccount, BankName: "演示银行", Branch: "演示银行坪山支行", AccountName: m.name, AccountNo: p.draw.accountNo()}
	if m.basis == filed {
		in.Kind, in.AgentKind, in.AgentName = organization.AgentAccount, organization.AgentSubdistrict, subdistrictName(m.place())+"办事处"
		in.AccountName, in.AuthorizationNote = in.AgentName, "街道办事处出具的代收授权书，原件在社区存档"
	}
	p.tell(m, p.after(m.recorded, 1), 14, "account for payments", func(ctx context.Context) error {
		in.OrgID = m.id
		if err := p.Organizations.SavePayee(ctx, p.actors[m.key+"-head"], in); err != nil {
			return err
		}
		return p.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
			list, err := organization.Payees(ctx, q, m.id)
			if err == nil {
				m.payee, m.account = list[0].ID, list[0].Masked()
			}
			return err
		})
	})
	if m.sameHead == "" && m.key != "org1" { // a few wait for finance
		p.tell(m, p.after(m.recorded, 4), 15, "account verified", func(ctx context.Context) error {
			return p.Organizations.VerifyPayee(ctx, p.actors["finance"], m.id, m.payee)
		})
	}
}

// systems puts the internal systems on file, as the registrar saw them.
func (p *planter) systems(m *member) {
	kinds := []organization.SystemKind{organization.Charter, organization.Finance, organization.Disclosure, organization.Assembly}
	for _, k := range kinds {
		if k == organization.Disclosure && m.has(noDisclosure) {
			continue
		}
		in := organization.SystemInput{Kind: k, Title: m.bare() + k.Name(), AdoptedOn: m.born, FiledOn: m.recorded}
		p.tell(m, m.recorded, 15, "system "+string(k), func(ctx context.Context) error {
			in.Token, in.OrgID = once.NewToken(), m.id
			return p.Organizations.FileSystem(ctx, p.subdistrictOf(m), in)
		})
	}
}

// activities writes two or three activities since the portal knew of the
// organization: entered by the head and confirmed by the community, or entered by
// the subdistrict where nobody has an account.
func (p *planter) activities(m *member) {
	if m.has(deregistered) || m.has(filingRevoked) {
		return
	}
	on := m.recorded
	for i, title := range vocabulary[m.category].activities {
		on = p.calendar.OnOrAfter(on.AddDays(p.draw.between(6, 15))).On
		if next := p.after(on, 2); !next.Before(p.workdayBack(1)) {
			return
		}
		h := held{on, m.role.place + title, m.centre(), p.draw.between(18, 66), p.draw.between(3, 12)}
		m.held = append(m.held, h)
		waits := i == 2 && m.has(activityWaits)
		in := organization.ActivityInput{Title: h.title, HeldOn: h.on, Place: h.place, CommunityCode: m.registration.CommunityCode,
			Participants: h.participants, Volunteers: h.volunteers, SocialWorkers: p.draw.between(0, 2),
			Summary: fmt.Sprintf("在%s举办，居民参加 %d 人，现场收集意见并答复。", h.place, h.participants)}
		p.tell(m, p.after(on, 1), 10, "activity", func(ctx context.Context) error {
			in.Token, in.OrgID = once.NewToken(), m.id
			by := p.subdistrictOf(m)
			if m.head != "" {
				by = p.actors[m.key+"-head"]
			}
			return p.Organizations.RecordActivity(ctx, by, in)
		})
		if m.head != "" && !waits {
			p.tell(m, p.after(on, 2), 14, "activity confirmed", func(ctx context.Context) error { return p.confirmActivity(ctx, m, h) })
		}
	}
}

func (p *planter) confirmActivity(ctx context.Context, m *member, h held) error {
	r, err := p.Organizations.Get(ctx, p.communityOf(m), m.id)
	if err != nil {
		return err
	}
	for _, a := range r.Activities {
		if a.Title == h.title && a.HeldOn == h.on {
			return p.Organizations.ConfirmActivity(ctx, p.communityOf(m), m.id, a.ID, a.Version)
		}
	}
	return fmt.Errorf("activity %s not recorded", h.title)
}

// looks writes that the bureau looked for earlier grants, annual reports and
// list entries, and found what the particulars say.
func (p *planter) looks(m *member) {
	on := p.after(m.recorded, 3)
	p.tell(m, on, 10, "looks", func(ctx context.Context) error {
		for _, subject := range []organization.Subject{organization.EarlierGrants, organization.AnnualReports} {
			in := organization.LookInput{Token: once.NewToken(), OrgID: m.id, Subject: subject, CheckedOn: on, Source: "区民政局历年台账"}
			if err := p.Organizations.RecordLook(ctx, p.actors["clerk2"], in); err != nil {
				return err
			}
		}
		return p.Standing.RecordClear(ctx, p.actors["clerk2"], standing.CheckInput{Token: once.NewToken(), OrgID: m.id, CheckedOn: on,
			Lists: []standing.Kind{standing.AbnormalList, standing.SeriousList, standing.CourtDefaulter}, Source: "中国社会组织政务服务平台、中国执行信息公开网"})
	})
}

// reports writes the annual reports that were due: of the last years when the
// portal opened, and of the year before in March.
func (p *planter) reports(m *member) {
	for year := max(m.born.Year, p.today.Year-4); year < p.today.Year; year++ {
		submitted := p.calendar.OnOrAfter(civil.Of(year+1, time.March, 11)).On
		on := p.after(submitted, 1)
		if on.Before(m.recorded) {
			on = m.recorded
		}
		if !submitted.Before(p.workdayBack(1)) {
			return // not due before the end of May
		}
		if !p.onPaper(m, year) {
			continue
		}
		conclusion := organization.Pass
		if year%3 == 0 && m.months > 24 {
			conclusion = organization.Basic
		}
		in := organization.ReportInput{Year: year, SubmittedOn: submitted, Conclusion: conclusion, Unit: m.registration.Registrar}
		p.tell(m, on, 16, "annual report", func(ctx context.Context) error {
			in.OrgID = m.id
			return p.Organizations.SaveReport(ctx, p.actors["clerk2"], in)
		})
	}
}
