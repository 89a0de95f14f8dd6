package fundingtest

import (
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// Org is an organization of the fixtures. Head has an account with Password;
// Clerk is an actor only.
type Org struct {
	ID           uuid.UUID
	Registration organization.Registration
	Head, Clerk  authz.Actor
	Payee        uuid.UUID
}

type orgOptions struct {
	registration                              organization.Registration
	systems, activity, lists, grants, account bool
	agent                                     bool
}

// OrgOption changes the default organization: filed, eight months old, of a
// category without priority, in Liulian, with everything on file that start-up
// support asks for.
type OrgOption func(*orgOptions)

// Established sets the date of establishment.
func Established(on string) OrgOption {
	return func(o *orgOptions) { o.registration.EstablishedOn = civil.MustParse(on) }
}

// In sets the category.
func In(c organization.Category) OrgOption {
	return func(o *orgOptions) { o.registration.Category = c }
}

// Under sets the supervising unit.
func Under(unit string) OrgOption {
	return func(o *orgOptions) { o.registration.SupervisingUnit = unit }
}

// Registered makes it a registered association with the given credit code.
func Registered(code string) OrgOption {
	return func(o *orgOptions) {
		o.registration.Basis, o.registration.USCC, o.registration.FilingNo, o.registration.Registrar = organization.Registered, code, "", "区民政局"
	}
}

// CollectedByAgent lets the subdistrict collect, which takes an authorization.
func CollectedByAgent(o *orgOptions) { o.agent = true }

// WithoutSystems leaves out the finance and disclosure systems, WithoutActivity
// the activity, WithoutLists the look at the lists, WithoutGrantsLook the look
// at earlier grants, WithoutPayee the account for payments.
func WithoutSystems(o *orgOptions)    { o.systems = false }
func WithoutActivity(o *orgOptions)   { o.activity = false }
func WithoutLists(o *orgOptions)      { o.lists = false }
func WithoutGrantsLook(o *orgOptions) { o.grants = false }
func WithoutPayee(o *orgOptions)      { o.account = false }

// Organization registers an organization with its head and its facts.
func (b *Bench) Organization(t testing.TB, opts ...OrgOption) Org {
	t.Helper()
	b.organizations++
	n, today := b.organizations, b.Today(t)
	o := orgOptions{systems: true, activity: true, lists: true, grants: true, account: true, registration: organization.Registration{
		Name: fmt.Sprintf("六联社区第%s互助社", ordinal(n)), Type: organization.Association, Basis: organization.Filed, Category: organization.CultureSport,
		FilingNo: fmt.Sprintf("坪社备〔2026〕第%04d号", n), EstablishedOn: today.AddMonths(-8), Registrar: "坪山街道办事处", Origin: organization.OriginNew,
		HeadName: "陈" + ordinal(n), HeadIDType: person.ResidentID, HeadIDNumber: ResidentID(n), HeadMobile: fmt.Sprintf("139000%05d", n),
		SubdistrictCode: Pingshan, CommunityCode: Liulian, Address: "六联社区综合服务楼 101 室", BusinessScope: "邻里互助",
	}}
	for _, opt := range opts {
		opt(&o)
	}
	org := Org{Registration: o.registration}
	b.Tx(t, func(tx postgres.Tx, now time.Time) (err error) {
		org.ID, err = b.Organizations.Plant(t.Context(), tx, now, b.Clerk, o.registration, false)
		return err
	})
	org.Head = b.Account(t, account.NewAccount{Username: fmt.Sprintf("head%d", n), Name: o.registration.HeadName, Role: authz.OrgHead,
		OrganizationID: org.ID, Community: Liulian, ResidentID: o.registration.HeadIDNumber, Mobile: o.registration.HeadMobile})
	org.Clerk = authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: "何经办", Role: authz.OrgClerk, OrgID: org.ID, IP: "192.0.2.1"}
	b.record(t, org, o, today)
	if o.account {
		org.Payee = b.SavePayee(t, org, o.agent)
	}
	return org
}

// Account makes an account with Password and returns who acts by it.
func (b *Bench) Account(t testing.TB, in account.NewAccount) authz.Actor {
	t.Helper()
	id, err := b.Accounts.CreateUser(t.Context(), authz.SystemActor, in, Password)
	must(t, err)
	return authz.Actor{AccountID: id, PersonID: Scan[uuid.UUID](t, b, `select person_id from account where id = $1`, id), Username: in.Username,
		Name: in.Name, Role: in.Role, OrgID: in.OrganizationID, Community: in.Community, Subdistrict: in.Subdistrict, Department: in.Department, IP: "192.0.2.1"}
}

func (b *Bench) record(t testing.TB, org Org, o orgOptions, today civil.Date) {
	t.Helper()
	ctx := t.Context()
	if o.systems {
		for _, k := range []organization.SystemKind{organization.Finance, organization.Disclosure} {
			must(t, b.Organizations.FileSystem(ctx, b.Subdistrict, organization.SystemInput{Token: once.NewToken(), OrgID: org.ID, Kind: k,
				Title: k.Name() + "文本", FiledOn: today}))
		}
	}
	if o.activity {
		must(t, b.Organizations.RecordActivity(ctx, b.Subdistrict, organization.ActivityInput{Token: once.NewToken(), OrgID: org.ID, Title: "邻里互助日",
			HeldOn: today, Place: "社区广场", CommunityCode: Liulian, Participants: 30, Summary: "居民三十人参加，现场登记需求。"}))
	}
	if o.lists {
		b.LookAtLists(t, org)
	}
	if o.grants {
		b.LookForGrants(t, org)
	}
}

// LookAtLists records that every list was looked up and the organization is in none.
func (b *Bench) LookAtLists(t testing.TB, org Org) {
	t.Helper()
	must(t, b.Standing.RecordClear(t.Context(), b.Clerk, standing.CheckInput{Token: once.NewToken(), OrgID: org.ID, CheckedOn: b.Today(t), Source: "信用平台",
		Lists: []standing.Kind{standing.AbnormalList, standing.SeriousList, standing.CourtDefaulter, standing.Ban, standing.Violation, standing.RecoveryOpen}}))
}

// LookForGrants records that earlier grants were looked for, and none was found.
func (b *Bench) LookForGrants(t testing.TB, org Org) {
	t.Helper()
	must(t, b.Organizations.RecordLook(t.Context(), b.Clerk, organization.LookInput{Token: once.NewToken(), OrgID: org.ID,
		Subject: organization.EarlierGrants, CheckedOn: b.Today(t), Source: "资助台账"}))
}

// SavePayee saves an account for payments in place of the one there, the
// organization's own or the subdistrict's as agent, and returns its id.
func (b *Bench) SavePayee(t testing.TB, org Org, agent bool) uuid.UUID {
	t.Helper()
	b.papers++
	in := organization.PayeeInput{OrgID: org.ID, Kind: organization.OwnAccount, BankName: "示例银行", Branch: "示例银行坪山支行",
		AccountName: org.Registration.Name, AccountNo: fmt.Sprintf("4000%010d", b.papers)}
	if agent {
		in.Kind, in.AgentKind, in.AgentName, in.AccountName = organization.AgentAccount, organization.AgentSubdistrict, "坪山街道办事处", "坪山街道办事处"
		in.AuthorizationNote = "代收授权书原件在社区"
	}
	payee := func() (id uuid.UUID) {
		b.Read(t, func(q postgres.Querier, _ time.Time) error {
			list, err := organization.Payees(t.Context(), q, org.ID)
			if len(list) > 0 {
				id = list[0].ID
			}
			return err
		})
		return id
	}
	in.Replaces = payee()
	must(t, b.Organizations.SavePayee(t.Context(), org.Head, in))
	return payee()
}

// ResidentID is the n-th made-up identity number of an adult, its check digit
// right (GB 11643).
func ResidentID(n int) string {
	body := fmt.Sprintf("44031019800101%03d", n%1000)
	weights := [...]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, r := range body {
		sum += int(r-'0') * weights[i]
	}
	return body + string("10X98765432"[sum%11])
}

// ordinal writes a number in Chinese digits, so that names differ in letters.
func ordinal(n int) string {
	var out string
	for _, r := range fmt.Sprint(n) {
		out += string([]rune("零一二三四五六七八九")[r-'0'])
	}
	return out
}
