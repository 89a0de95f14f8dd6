// Package registrytest makes initiators, organizations and cases of the registry
// for tests, through the services: what a test does not say is a valid default.
// Test infrastructure above level 5; no tables; imported by tests only.
//
//	b := registrytest.New(t)
//	founder, head := b.Founder(t)
//	no := b.Submitted(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
//	b.Accepted(t, no)
//	b.Approve(t, no)
package registrytest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Places of the fixtures, beside those of fundingtest.
const (
	Pingshan = fundingtest.Pingshan
	Liulian  = fundingtest.Liulian
	Liuhe    = "440310001002" // 六和社区, in Pingshan
	Maluan   = fundingtest.Maluan
	Pinghuan = fundingtest.Pinghuan
)

// Password opens every account of the fixtures.
const Password = fundingtest.Password

// Grant is a kind of case that stands for a funding programme: submitted it is
// granted and waits for its use report.
var Grant = &workflow.Definition{Kind: "grant", Name: "孵化关爱工程", Prefix: "FH", Start: workflow.Place{State: workflow.Draft, Waits: authz.OrgHead},
	Transitions: []workflow.Transition{
		{Action: "submit", Label: "提交", From: []workflow.Place{{State: workflow.Draft, Waits: authz.OrgHead}},
			To: workflow.Place{State: workflow.Reporting, Waits: authz.OrgHead}, By: []authz.Role{authz.OrgHead}},
		{Action: "close", Label: "办结", From: []workflow.Place{{State: workflow.Reporting, Waits: authz.OrgHead}},
			To: workflow.Place{State: workflow.Closed}, By: []authz.Role{authz.BureauClerk}},
		{Action: "withdraw", Label: "撤回", From: []workflow.Place{{State: workflow.Draft, Waits: authz.OrgHead}},
			To: workflow.Place{State: workflow.Withdrawn}, By: []authz.Role{authz.OrgHead}},
	}}

// Bench is a portal below HTTP on a database of its own.
//
// It stands on the bench of funding: database, keys, accounts, papers, clock. The
// cases and applications are its own, those of the registry.
type Bench struct {
	*fundingtest.Bench
	Cases        *casework.Service
	Applications *application.Service
	Registry     *registry.Service

	// Clerk, Subdistrict and Subdistrict2 have accounts: they sign what they open.
	Subdistrict, Subdistrict2 authz.Actor
	Clerk                     authz.Actor
	OtherSubdistrict          authz.Actor // Maluan

	people, organizations, papers int
}

// New returns a Bench at Now with the demonstration's document in force since
// 2023. Filing is the subdistrict's, as the parameters of that document say.
func New(t testing.TB) *Bench {
	t.Helper()
	b := &Bench{Bench: fundingtest.New(t)}
	var err error
	b.Cases, err = casework.New(paramDays, append(registry.Definitions(), Grant)...)
	must(t, err)
	b.Applications = application.New(application.Deps{DB: b.DB.App, Keys: b.Keys, Cases: b.Cases, Accounts: b.Accounts, Attachments: b.Attachments})
	b.Registry = registry.New(registry.Deps{DB: b.DB.App, Keys: b.Keys, Cases: b.Cases, Applications: b.Applications, Accounts: b.Accounts, Organizations: b.Organizations})
	b.staff(t)
	return b
}

func paramDays(ctx context.Context, q postgres.Querier, edition uuid.UUID, param string) (int, error) {
	e, err := policy.EditionByID(ctx, q, edition)
	if err != nil {
		return 0, err
	}
	return e.Params.Int(policy.Key(param)), nil
}

func (b *Bench) staff(t testing.TB) {
	t.Helper()
	b.OtherSubdistrict = authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: "吴马峦", Role: authz.Subdistrict, Subdistrict: Maluan, IP: "192.0.2.1"}
	b.Clerk = b.Account(t, account.NewAccount{Username: "clerk", Name: "赵经办", Role: authz.BureauClerk})
	b.Subdistrict = b.Account(t, account.NewAccount{Username: "street1", Name: "王街道", Role: authz.Subdistrict, Subdistrict: Pingshan})
	b.Subdistrict2 = b.Account(t, account.NewAccount{Username: "street2", Name: "冯街道", Role: authz.Subdistrict, Subdistrict: Pingshan})
}

// Registrar changes who files, in the edition in force: subdistrict or bureau.
func (b *Bench) Registrar(t testing.TB, value string) {
	t.Helper()
	for _, sql := range []string{`alter table policy_parameter disable trigger policy_parameter_guard`,
		`update policy_parameter set value = to_jsonb('` + value + `'::text) where key = 'filing.registrar'`,
		`alter table policy_parameter enable trigger policy_parameter_guard`} {
		_, err := b.DB.Owner.Exec(t.Context(), sql)
		must(t, err)
	}
}

// Account makes an account with Password and returns who acts by it.
func (b *Bench) Account(t testing.TB, in account.NewAccount) authz.Actor {
	t.Helper()
	return b.ActorOf(t, b.Bench.Account(t, in).AccountID)
}

// ActorOf returns who acts by an account as it is now.
func (b *Bench) ActorOf(t testing.TB, id uuid.UUID) authz.Actor {
	t.Helper()
	a := authz.Actor{AccountID: id, IP: "192.0.2.1"}
	must(t, b.DB.Owner.QueryRow(t.Context(), `select person_id, username, name, role, coalesce(organization_id, $2),
		case when role in ('community', 'subdistrict') then community else '' end, case when role in ('community', 'subdistrict') then subdistrict else '' end
		from account where id = $1`, id, uuid.Nil).Scan(&a.PersonID, &a.Username, &a.Name, &a.Role, &a.OrgID, &a.Community, &a.Subdistrict))
	return a
}

// ByUsername is ActorOf by the user name.
func (b *Bench) ByUsername(t testing.TB, name string) authz.Actor {
	t.Helper()
	return b.ActorOf(t, Scan[uuid.UUID](t, b, `select id from account where username = $1`, name))
}

// Person is somebody of the fixtures.
type Person struct{ Name, ID, Mobile string }

// Person returns somebody new.
func (b *Bench) Person() Person {
	b.people++
	return Person{"陈" + ordinal(b.people), fundingtest.ResidentID(b.people), fmt.Sprintf("139000%05d", b.people)}
}

// Founder returns an initiator with an account, who is to be the head.
func (b *Bench) Founder(t testing.TB) (authz.Actor, Person) {
	t.Helper()
	p := b.Person()
	return b.Account(t, account.NewAccount{Username: fmt.Sprintf("founder%d", b.people), Name: p.Name, Role: authz.Initiator, Community: Liulian, Mobile: p.Mobile}), p
}

// Org is an organization of the fixtures.
type Org struct {
	ID     uuid.UUID
	Name   string
	Number string
	Head   authz.Actor
	Person Person
}

// Organization records a filed association of Liulian whose registrar is the
// subdistrict; change may make another of it.
func (b *Bench) Organization(t testing.TB, change ...func(in *organization.Registration)) Org {
	t.Helper()
	b.organizations++
	n, p := b.organizations, b.Person()
	in := organization.Registration{
		Name: fmt.Sprintf("六联社区第%s互助社", ordinal(n)), Type: organization.Association, Basis: organization.Filed, Category: organization.CultureSport,
		FilingNo: fmt.Sprintf("坪社备〔2025〕第%04d号", n), EstablishedOn: b.Today(t).AddMonths(-18), Registrar: "坪山街道办事处", Origin: organization.OriginNew,
		HeadName: p.Name, HeadIDType: person.ResidentID, HeadIDNumber: p.ID, HeadMobile: p.Mobile,
		SubdistrictCode: Pingshan, CommunityCode: Liulian, Address: "六联社区综合服务楼 101 室", BusinessScope: "邻里互助",
	}
	for _, c := range change {
		c(&in)
	}
	org := Org{Name: in.Name, Person: p, Number: in.FilingNo + in.USCC}
	b.Tx(t, func(tx postgres.Tx, now time.Time) (err error) {
		org.ID, err = b.Organizations.Plant(t.Context(), tx, now, b.Clerk, in, false)
		return err
	})
	org.Head = b.Account(t, account.NewAccount{Username: fmt.Sprintf("head%d", n), Name: p.Name, Role: authz.OrgHead, OrganizationID: org.ID,
		Community: in.CommunityCode, ResidentID: p.ID, Mobile: p.Mobile})
	return org
}

// Registered makes it a legal person with a credit code.
func Registered(code string) func(in *organization.Registration) {
	return func(in *organization.Registration) {
		capital := 50_000 * money.Yuan
		in.Basis, in.USCC, in.FilingNo, in.Registrar, in.RegisteredCapital = organization.Registered, code, "", "坪山区民政局", &capital
	}
}

// ByBureau lets the bureau be registrar.
func ByBureau(in *organization.Registration) { in.Registrar = "坪山区民政局" }

// Load reads the record of an organization.
func (b *Bench) Load(t testing.TB, id uuid.UUID) (o organization.Organization) {
	t.Helper()
	b.Read(t, func(q postgres.Querier, _ time.Time) (err error) {
		o, err = organization.Load(t.Context(), q, id)
		return err
	})
	return o
}

// Scan reads one value behind the services, as the owner of the database.
func Scan[T any](t testing.TB, b *Bench, sql string, args ...any) T {
	t.Helper()
	return fundingtest.Scan[T](t, b.Bench, sql, args...)
}

func ordinal(n int) string {
	var out string
	for _, r := range fmt.Sprint(n) {
		out += string([]rune("零一二三四五六七八九")[r-'0'])
	}
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
