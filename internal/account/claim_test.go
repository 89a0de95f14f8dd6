package account_test

import (
	"strings"
	"sync"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

func (b bench) streets(t *testing.T) (pingshanOffice, maluanOffice authz.Actor) {
	t.Helper()
	return b.user(t, "subdistrict-pingshan", account.NewAccount{Role: authz.Subdistrict, Subdistrict: pingshan}),
		b.user(t, "subdistrict-maluan", account.NewAccount{Role: authz.Subdistrict, Subdistrict: maluan})
}

func TestAClaimIsConfirmedByItsSubdistrict(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	street, other := b.streets(t)
	_, err := b.Register(t.Context(), authz.Actor{IP: here}, registration("lisi"))
	must(t, err)
	_, err = b.SignIn(t.Context(), "lisi", good, here)
	wantKind(t, "sign in before confirmation", err, errs.Invalid)
	c := b.onlyClaim(t, street)
	if c.IDMask == "" || strings.Contains(c.IDMask, "19900228") || strings.Contains(c.MobileMask, "0000") {
		t.Errorf("masks %q %q", c.IDMask, c.MobileMask)
	}

	org := uuid.New()
	in := account.Confirmation{OrganizationID: org, Community: liulian, Version: c.Version}
	wantKind(t, "another subdistrict", b.ConfirmClaim(t.Context(), other, c.ID, account.Confirmation{OrganizationID: org, Community: pinghuan, Version: c.Version}), errs.NotFound)
	wantKind(t, "an organization of another subdistrict", b.ConfirmClaim(t.Context(), street, c.ID, account.Confirmation{OrganizationID: org, Community: pinghuan, Version: c.Version}), errs.NotFound)
	_, err = b.Claim(t.Context(), other, c.ID)
	wantKind(t, "another subdistrict looks", err, errs.NotFound)
	wantKind(t, "the bureau confirms", b.ConfirmClaim(t.Context(), authz.Actor{AccountID: uuid.New(), Role: authz.BureauClerk}, c.ID, in), errs.Forbidden)

	must(t, b.ConfirmClaim(t.Context(), street, c.ID, in))
	must(t, b.ConfirmClaim(t.Context(), street, c.ID, in)) // a double click is one confirmation
	wantKind(t, "refuse what is confirmed", b.RefuseClaim(t.Context(), street, c.ID, "材料不符", c.Version), errs.Conflict)
	p, err := b.SignIn(t.Context(), "lisi", good, here)
	must(t, err)
	_, a, err := b.Open(t.Context(), p, here, "test")
	must(t, err)
	if a.OrgID != org || a.Role != authz.OrgHead || a.PersonID == uuid.Nil {
		t.Errorf("account %+v", a)
	}
}

func TestOneOrganizationHasOneHead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	street, _ := b.streets(t)
	org := uuid.New()
	b.user(t, "org1-head", account.NewAccount{Role: authz.OrgHead, Community: liulian, OrganizationID: org})
	_, err := b.Register(t.Context(), authz.Actor{}, registration("lisi"))
	must(t, err)
	c := b.onlyClaim(t, street)
	in := account.Confirmation{OrganizationID: org, Community: liulian, Version: c.Version}
	wantKind(t, "second head", b.ConfirmClaim(t.Context(), street, c.ID, in), errs.Conflict)
	if again := b.onlyClaim(t, street); again.Status != account.Waiting {
		t.Errorf("the claim is %s after a failed confirmation", again.Status)
	}
}

func TestARefusedClaimFreesTheUserName(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	street, other := b.streets(t)
	_, err := b.Register(t.Context(), authz.Actor{}, registration("lisi"))
	must(t, err)
	c := b.onlyClaim(t, street)
	wantField(t, "no reason", b.RefuseClaim(t.Context(), street, c.ID, " ", c.Version), "reason")
	wantKind(t, "another subdistrict", b.RefuseClaim(t.Context(), other, c.ID, "编号不是这个组织的", c.Version), errs.NotFound)
	must(t, b.RefuseClaim(t.Context(), street, c.ID, "编号不是这个组织的", c.Version))
	_, err = b.SignIn(t.Context(), "lisi", good, here)
	if err == nil || !strings.Contains(err.Error(), "编号不是这个组织的") {
		t.Errorf("who knows the password is told why: %v", err)
	}
	again := registration("lisi")
	again.Token = "a second form"
	_, err = b.Register(t.Context(), authz.Actor{}, again)
	must(t, err)
}

func TestOneUserNameForOneOfManyAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	results := make([]error, 6)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			in := registration("lisi")
			in.Token = string(rune('a' + i))
			if i%2 == 1 {
				in.Username = "ＬＩＳＩ" // full width, capitals: the same name
			}
			_, results[i] = b.Register(t.Context(), authz.Actor{}, in)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
			continue
		}
		wantField(t, "the others", err, "username")
	}
	if won != 1 {
		t.Errorf("%d registrations took the name, want 1", won)
	}
}

func TestAFormSentTwiceMakesOneAccount(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, err := b.Register(t.Context(), authz.Actor{}, registration("lisi"))
	must(t, err)
	second, err := b.Register(t.Context(), authz.Actor{}, registration("lisi"))
	must(t, err)
	if first != second {
		t.Errorf("%v and %v", first, second)
	}
	admin := b.user(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	in := account.NewAccount{Username: "clerk", Name: "王五", Role: authz.BureauClerk, Token: "t"}
	a, err := b.CreateOffice(t.Context(), admin, in)
	must(t, err)
	again, err := b.CreateOffice(t.Context(), admin, in)
	must(t, err)
	if a.Password == "" || a.Password != again.Password || a.Account.ID != again.Account.ID {
		t.Errorf("%+v and %+v", a, again)
	}
	p, err := b.SignIn(t.Context(), "clerk", a.Password, here)
	must(t, err)
	if p.Step() != account.StepPassword {
		t.Errorf("a one-time password opens step %q", p.Step())
	}
}

func TestAnInitiatorBeginsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	in := registration("faqiren")
	in.Role, in.Number, in.OrganizationName, in.ResidentID = authz.Initiator, "", "", ""
	out, err := b.Register(t.Context(), authz.Actor{}, in)
	must(t, err)
	if out.Status != account.Active {
		t.Fatalf("status %s", out.Status)
	}
	b.open(t, "faqiren", good)
}

func TestRegistrationNamesEveryFault(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.Register(t.Context(), authz.Actor{}, account.Registration{Role: "auditor", Community: pingshan, Mobile: "12345",
		Email: "x", Username: resident, Password: "short", Token: "t"})
	for _, name := range []string{"role", "community", "name", "mobile", "email", "username", "password"} {
		wantField(t, "bad registration", err, name)
	}
	in := registration("lisi")
	in.Number, in.ResidentID, in.OrganizationName = "51440310MJL0000166", "440310199002300018", "中心"
	_, err = b.Register(t.Context(), authz.Actor{}, in)
	for _, name := range []string{"number", "resident_id", "organization_name"} {
		wantField(t, "bad claim", err, name)
	}
	in = registration("lisi")
	in.OrganizationName = "<b>坪山</b>社区协会"
	_, err = b.Register(t.Context(), authz.Actor{}, in)
	wantField(t, "markup in the name of an organization", err, "organization_name")
	in = registration("lisi")
	in.Password = account.DemoPassword
	_, err = b.Register(t.Context(), authz.Actor{}, in)
	wantField(t, "the published demo password", err, "password")
}

func TestNothingSensitiveLiesInClear(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	street, _ := b.streets(t)
	_, err := b.Register(t.Context(), authz.Actor{IP: here}, registration("lisi"))
	must(t, err)
	c := b.onlyClaim(t, street)
	must(t, b.ConfirmClaim(t.Context(), street, c.ID, account.Confirmation{OrganizationID: uuid.New(), Community: liulian, Version: c.Version}))
	for _, table := range []string{"person", "account", "account_claim", "account_password", "sign_in_attempt"} {
		for _, canary := range []string{resident, "13800001234", good} {
			var n int
			must(t, b.db.Owner.QueryRow(t.Context(), `select count(*) from `+table+` x where position($1 in x::text) > 0
				or position(encode(convert_to($1, 'UTF8'), 'hex') in x::text) > 0`, canary).Scan(&n))
			if n > 0 {
				t.Errorf("%s holds %s in clear", table, canary)
			}
		}
	}
	var n int // the control: what is not sensitive is found this way
	must(t, b.db.Owner.QueryRow(t.Context(), `select count(*) from account x where position('李四' in x::text) > 0`).Scan(&n))
	if n != 1 {
		t.Errorf("the search itself finds %d", n)
	}
}
