package organization_test

import (
	"path/filepath"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

const (
	pingshan = "440310001"    // 坪山街道
	liulian  = "440310001001" // 六联社区
	maluan   = "440310002"    // 马峦街道
	pinghuan = "440310002001" // 坪环社区
	shazhuan = "440310002004" // 沙坣社区, also written 沙壆
)

var today = civil.Of(2026, 11, 23)

// bench is a service on a database of its own, on 2026-11-23.
type bench struct {
	*organization.Service
	db                         *dbtest.DB
	clerk, subdistrict, other  authz.Actor
	community, finance, public authz.Actor
}

func newBench(t *testing.T) bench {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	actor := func(role authz.Role, community, subdistrict string) authz.Actor {
		return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Name: "经办", Role: role, Community: community, Subdistrict: subdistrict, IP: "192.0.2.1"}
	}
	return bench{organization.New(db.App, keys), db,
		actor(authz.BureauClerk, "", ""), actor(authz.Subdistrict, "", pingshan), actor(authz.Subdistrict, "", maluan),
		actor(authz.Community, liulian, pingshan), actor(authz.Finance, "", ""), authz.Actor{}}
}

// filed is a complete filed organization; each call has its own name and number.
func filed(n string) organization.Registration {
	return organization.Registration{
		Token: once.NewToken(), Name: "六联社区" + n + "互助会", Type: organization.Association, Basis: organization.Filed,
		Category: organization.Welfare, FilingNo: "坪社备〔2026〕第00" + n + "号", EstablishedOn: civil.Of(2026, 5, 23),
		Registrar: "坪山街道办事处", Origin: organization.OriginNew, HeadName: "陈小明", HeadIDType: person.ResidentID,
		HeadIDNumber: "440310199002280010", HeadMobile: "13800138000", SubdistrictCode: pingshan, CommunityCode: liulian,
		Address: "六联社区综合楼 101",
	}
}

func registered(name, code string) organization.Registration {
	in := filed("99")
	in.Token, in.Name, in.Basis, in.FilingNo, in.USCC = once.NewToken(), name, organization.Registered, "", code
	in.HeadName, in.HeadIDNumber = "李四海", "11010519491231002X"
	return in
}

func (b bench) register(t *testing.T, in organization.Registration) uuid.UUID {
	t.Helper()
	id, err := b.Register(t.Context(), b.clerk, in)
	if err != nil {
		t.Fatalf("register %s: %v", in.Name, err)
	}
	return id
}

// member is somebody who acts for the organization.
func member(id uuid.UUID, role authz.Role) authz.Actor {
	return authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: role, OrgID: id, IP: "192.0.2.2"}
}

func (b bench) facts(t *testing.T, id uuid.UUID, on civil.Date) organization.Facts {
	t.Helper()
	var f organization.Facts
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		f, err = organization.FactsOn(t.Context(), q, id, on)
		return err
	})
	if err != nil {
		t.Fatalf("facts: %v", err)
	}
	return f
}

func (b bench) list(t *testing.T, f organization.Filter, cursor string, size int) organization.Page {
	t.Helper()
	var p organization.Page
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		regions, err := district.Regions(t.Context(), q)
		if err != nil {
			return err
		}
		p, err = organization.List(t.Context(), q, regions, f, cursor, size)
		return err
	})
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	return p
}

func (b bench) record(t *testing.T, actor authz.Actor, id uuid.UUID) organization.Record {
	t.Helper()
	r, err := b.Get(t.Context(), actor, id)
	if err != nil {
		t.Fatalf("get: %v", err)
	}
	return r
}

func (b bench) profile(t *testing.T, id uuid.UUID) organization.Profile {
	t.Helper()
	var p organization.Profile
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		p, err = organization.Public(t.Context(), q, id)
		return err
	})
	if err != nil {
		t.Fatalf("profile: %v", err)
	}
	return p
}

// wantField fails unless err is about the field name.
func wantField(t *testing.T, err error, name string) {
	t.Helper()
	if !errs.Is(err, errs.Invalid) {
		t.Errorf("got %v, want an invalid %s", err, name)
		return
	}
	for _, f := range errs.FieldsOf(err) {
		if f.Name == name {
			return
		}
	}
	t.Errorf("got faults %v, want one at %s", errs.FieldsOf(err), name)
}

func wantKind(t *testing.T, err error, kind errs.Kind) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Errorf("got %v, want kind %v", err, kind)
	}
}
