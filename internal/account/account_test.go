package account_test

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
	"github.com/pquerna/otp/totp"
)

const (
	good = "Bishan-2026-river"
	here = "192.0.2.10"

	pingshan = "440310001"
	liulian  = "440310001001"
	maluan   = "440310002"
	pinghuan = "440310002001"
	resident = "440310199002280010"
	credit   = "51440310MJL0000165"
)

// bench is a service on a database of its own.
type bench struct {
	*account.Service
	db       *dbtest.DB
	keys     *secret.Keys
	sessions *account.Sessions
}

func newBench(t *testing.T) bench {
	t.Helper()
	db := dbtest.New(t)
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	s := account.New(account.Config{DB: db.App, Keys: keys,
		EnsurePerson: func(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
			who := person.Person{Name: p.Name, IDNumber: p.ResidentID, Mobile: p.Mobile}
			if p.ResidentID != "" {
				who.IDType = person.ResidentID
			}
			return person.Ensure(ctx, tx, keys, now, who)
		}})
	return bench{s, db, keys, account.NewSessions(db.App)}
}

// user makes an active account and returns who acts by it.
func (b bench) user(t *testing.T, username string, in account.NewAccount) authz.Actor {
	t.Helper()
	in.Username = username
	if in.Name == "" {
		in.Name = "张三"
	}
	id, err := b.CreateUser(t.Context(), authz.SystemActor, in, good)
	if err != nil {
		t.Fatalf("create %s: %v", username, err)
	}
	return authz.Actor{AccountID: id, Username: username, Role: in.Role, Name: in.Name, OrgID: in.OrganizationID,
		Community: in.Community, Subdistrict: in.Subdistrict, IP: here}
}

func (b bench) head(t *testing.T, username string) authz.Actor {
	t.Helper()
	return b.user(t, username, account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: uuid.New()})
}

func (b bench) now(t *testing.T) (now time.Time) {
	t.Helper()
	if err := b.db.Owner.QueryRow(t.Context(), `select portal_now()`).Scan(&now); err != nil {
		t.Fatal(err)
	}
	return now
}

// code is what an authenticator shows at the bench's clock, steps away from now.
func (b bench) code(t *testing.T, secret string, steps int) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, b.now(t).Add(time.Duration(steps)*30*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func wantKind(t *testing.T, what string, err error, k errs.Kind) {
	t.Helper()
	if !errs.Is(err, k) {
		t.Fatalf("%s: got %v (kind %d), want kind %d", what, err, errs.KindOf(err), k)
	}
}

func wantField(t *testing.T, what string, err error, name string) {
	t.Helper()
	for _, f := range errs.FieldsOf(err) {
		if f.Name == name {
			return
		}
	}
	t.Fatalf("%s: got %v, want an error at field %s", what, err, name)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func registration(username string) account.Registration {
	return account.Registration{Role: authz.OrgHead, Number: credit, OrganizationName: "六联社区助老服务中心", Community: liulian,
		Name: "李四", ResidentID: resident, Mobile: "13800001234", Username: username, Password: good, Token: "form-" + username}
}

func (b bench) onlyClaim(t *testing.T, subdistrict authz.Actor) account.Claim {
	t.Helper()
	list, err := b.Claims(t.Context(), subdistrict)
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d claims, want 1", len(list))
	}
	c, err := b.Claim(t.Context(), subdistrict, list[0].ID)
	must(t, err)
	return c
}

func (b bench) fail(t *testing.T, username, ip string, times int) {
	t.Helper()
	for i := range times {
		_, err := b.SignIn(t.Context(), username, "wrong-Password-"+strconv.Itoa(i), ip)
		wantKind(t, "wrong password", err, errs.Invalid)
	}
}
