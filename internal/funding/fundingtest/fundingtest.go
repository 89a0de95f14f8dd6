// Package fundingtest makes organizations and applications for tests, through
// the services: what a test does not say is a valid default. Test
// infrastructure above level 5; no tables; imported by tests only.
//
//	b := fundingtest.New(t)
//	org := b.Organization(t)
//	no := b.Draft(t, org)
//	b.Submit(t, org, no)
package fundingtest

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Places of the fixtures.
const (
	Pingshan = "440310001"    // 坪山街道
	Liulian  = "440310001001" // 六联社区, in Pingshan
	Maluan   = "440310002"    // 马峦街道
	Pinghuan = "440310002001" // 坪环社区, in Maluan
)

// Password opens every account of the fixtures.
const Password = "Bishan-2026-river"

// Now is the clock of a new Bench: a Monday; the calendar of 2027 is not known.
var Now = time.Date(2026, 11, 23, 9, 0, 0, 0, civil.Shanghai)

// Bench is a portal below HTTP on a database of its own. The offices are actors
// without an account: nobody signs in here, and nobody is written to.
type Bench struct {
	DB            *dbtest.DB
	Keys          *secret.Keys
	Accounts      *account.Service
	Attachments   *attachment.Service
	Cases         *casework.Service
	Organizations *organization.Service
	Standing      *standing.Service
	Ledger        *ledger.Service
	Notices       *notice.Service
	Applications  *application.Service
	Funding       *funding.Service

	Community, Colleague  authz.Actor // two people of the community Liulian
	Subdistrict           authz.Actor // Pingshan
	Clerk, Clerk2         authz.Actor // 民政局经办
	Reviewer, Leader      authz.Actor
	LeadingGroup          authz.Actor
	Finance, Finance2     authz.Actor
	Department            authz.Actor
	OtherCommunity        authz.Actor // Pinghuan
	organizations, papers int         // so far, for names and contents
}

// DepartmentName is the unit of Bench.Department.
const DepartmentName = "区残疾人联合会"

// New returns a Bench at Now with the demonstration's document in force since
// 2023, which continues the policy of 2017.
func New(t testing.TB) *Bench {
	t.Helper()
	b := Without(t)
	b.Tx(t, func(tx postgres.Tx, _ time.Time) error {
		return policy.SeedDemoContinuation(t.Context(), tx, civil.Of(2023, time.January, 1))
	})
	return b
}

// Without returns a Bench at Now with the real document only, which is in force
// from 2017-09-28 to 2020-09-27.
func Without(t testing.TB) *Bench {
	t.Helper()
	b := &Bench{DB: dbtest.New(t)}
	b.DB.SetNow(t, Now)
	dir := t.TempDir()
	path := filepath.Join(dir, "secret")
	must(t, secret.Generate(path))
	var err error
	b.Keys, err = secret.Load(path)
	must(t, err)
	store, err := filestore.OpenDirectory(filepath.Join(dir, "files"))
	must(t, err)
	t.Cleanup(func() { _ = store.Close() })
	b.Attachments = attachment.New(b.DB.App, store, nil, nil, slog.New(slog.DiscardHandler))
	b.Accounts = account.New(account.Config{DB: b.DB.App, Keys: b.Keys, EnsurePerson: b.ensurePerson, CheapHashes: true})
	b.Organizations, b.Standing = organization.New(b.DB.App, b.Keys), standing.New(b.DB.App)
	b.Cases, err = casework.New(paramDays, definitions()...)
	must(t, err)
	b.Ledger = ledger.New(b.DB.App)
	b.Notices = notice.New(notice.Deps{DB: b.DB.App, Keys: b.Keys, Attachments: b.Attachments})
	b.Applications, b.Funding = b.Replica()
	b.Funding.React(b.Notices, b.Ledger)
	b.staff()
	return b
}

// Replica returns one more pair of services on the same database.
func (b *Bench) Replica() (*application.Service, *funding.Service) {
	a := application.New(application.Deps{DB: b.DB.App, Keys: b.Keys, Cases: b.Cases, Accounts: b.Accounts, Attachments: b.Attachments})
	return a, funding.New(funding.Deps{DB: b.DB.App, Applications: a, Cases: b.Cases, Attachments: b.Attachments, Ledger: b.Ledger, Programmes: catalog.Programmes()})
}

func definitions() []*workflow.Definition {
	var all []*workflow.Definition
	for _, p := range catalog.Programmes() {
		all = append(all, p.Workflow())
	}
	return all
}

func paramDays(ctx context.Context, q postgres.Querier, edition uuid.UUID, param string) (int, error) {
	e, err := policy.EditionByID(ctx, q, edition)
	if err != nil {
		return 0, err
	}
	return e.Params.Int(policy.Key(param)), nil
}

func (b *Bench) ensurePerson(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
	in := person.Person{Name: p.Name, Mobile: p.Mobile}
	if p.ResidentID != "" {
		in.IDType, in.IDNumber = person.ResidentID, p.ResidentID
	}
	return person.Ensure(ctx, tx, b.Keys, now, in)
}

func (b *Bench) staff() {
	one := func(name string, r authz.Role) authz.Actor {
		return authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: name, Role: r, IP: "192.0.2.1"}
	}
	b.Community, b.Colleague, b.OtherCommunity = one("李社区", authz.Community), one("林同事", authz.Community), one("吴坪环", authz.Community)
	for _, a := range []*authz.Actor{&b.Community, &b.Colleague} {
		a.Community, a.Subdistrict = Liulian, Pingshan
	}
	b.OtherCommunity.Community, b.OtherCommunity.Subdistrict = Pinghuan, Maluan
	b.Subdistrict = one("王街道", authz.Subdistrict)
	b.Subdistrict.Subdistrict = Pingshan
	b.Clerk, b.Clerk2, b.Reviewer = one("赵经办", authz.BureauClerk), one("钱经办", authz.BureauClerk), one("孙复核", authz.BureauReviewer)
	b.Leader, b.LeadingGroup = one("郑局长", authz.BureauLeader), one("冯组长", authz.LeadingGroup)
	b.Finance, b.Finance2 = one("褚会计", authz.Finance), one("卫出纳", authz.Finance)
	b.Department = one("周残联", authz.Department)
	b.Department.Department = "disabled"
}

// Tx runs fn in a transaction of the portal's role.
func (b *Bench) Tx(t testing.TB, fn func(tx postgres.Tx, now time.Time) error) {
	t.Helper()
	must(t, b.DB.App.InTx(t.Context(), fn))
}

// Read runs fn in a read-only transaction.
func (b *Bench) Read(t testing.TB, fn func(q postgres.Querier, now time.Time) error) {
	t.Helper()
	must(t, b.DB.App.Read(t.Context(), fn))
}

// Scan reads one value behind the services, as the owner of the database.
func Scan[T any](t testing.TB, b *Bench, sql string, args ...any) T {
	t.Helper()
	var v T
	if err := b.DB.Owner.QueryRow(t.Context(), sql, args...).Scan(&v); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return v
}

// Today is the bench's civil date.
func (b *Bench) Today(t testing.TB) civil.Date {
	return civil.On(Scan[time.Time](t, b, `select portal_now()`))
}

// GoTo moves the clock to nine o'clock of a day.
func (b *Bench) GoTo(t testing.TB, day string) {
	t.Helper()
	b.DB.SetNow(t, civil.MustParse(day).Start().Add(9*time.Hour))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// LargeFrom makes the leading group's consent necessary from an amount on, in
// every edition: behind the guard that keeps approved editions as they are.
func (b *Bench) LargeFrom(t testing.TB, amount money.Fen) {
	t.Helper()
	_, err := b.DB.Owner.Exec(t.Context(), `
		alter table policy_parameter disable trigger policy_parameter_guard;
		update policy_parameter set value = '`+fmt.Sprint(int64(amount))+`' where key = 'large_item.amount';
		alter table policy_parameter enable trigger policy_parameter_guard`)
	must(t, err)
}
