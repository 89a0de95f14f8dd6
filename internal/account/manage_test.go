package account_test

import (
	"sync"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

func TestTheLastAdministratorStays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	a := b.user(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	c := b.user(t, "admin2", account.NewAccount{Role: authz.AdminSystem})
	// Both close each other's account at once: one of them stays.
	var wg sync.WaitGroup
	results := make([]error, 2)
	wg.Go(func() { results[0] = b.Disable(t.Context(), a, c.AccountID, "岗位调整", 1) })
	wg.Go(func() { results[1] = b.Disable(t.Context(), c, a.AccountID, "岗位调整", 1) })
	wg.Wait()
	if (results[0] == nil) == (results[1] == nil) {
		t.Fatalf("results %v", results)
	}
	for _, err := range results {
		if err != nil {
			wantKind(t, "the second", err, errs.Conflict)
		}
	}
}

func TestSecurityUnlocksAndResetsTheSecondFactor(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	security := b.user(t, "security", account.NewAccount{Role: authz.AdminSecurity})
	secret, _ := b.enrolled(t, "auditor")
	list, _, err := b.List(t.Context(), security, account.Filter{Name: "auditor"})
	must(t, err)
	if len(list) != 1 {
		t.Fatalf("%d accounts", len(list))
	}
	id := list[0].ID
	b.fail(t, "auditor", here, 5)
	m, err := b.Get(t.Context(), security, id)
	must(t, err)
	if !m.MayUnlock || m.MayDisable {
		t.Errorf("managed %+v", m)
	}
	must(t, b.Unlock(t.Context(), security, id))
	p, err := b.SignIn(t.Context(), "auditor", good, here)
	must(t, err)
	p, err = b.EnterCode(t.Context(), p, b.code(t, secret, 0), here)
	must(t, err)
	session, _, err := b.Open(t.Context(), p, here, "test")
	must(t, err)
	must(t, b.ResetSecondFactor(t.Context(), security, id))
	if b.alive(t, session) {
		t.Error("the session outlived its second factor")
	}
	p, err = b.SignIn(t.Context(), "auditor", good, here)
	must(t, err)
	if p.Step() != account.StepEnrol {
		t.Errorf("step %q", p.Step())
	}
	admin := b.user(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	wantKind(t, "system administrator unlocks", b.Unlock(t.Context(), admin, id), errs.Forbidden)
}

func TestResetGivesAOneTimePassword(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	street, other := b.streets(t)
	org := b.head(t, "org1-head")
	session := b.open(t, "org1-head", good)
	_, err := b.ResetPassword(t.Context(), other, org.AccountID, "t")
	wantKind(t, "another subdistrict", err, errs.NotFound)
	c, err := b.ResetPassword(t.Context(), street, org.AccountID, "t")
	must(t, err)
	if b.alive(t, session) {
		t.Error("a session outlived the reset")
	}
	_, err = b.SignIn(t.Context(), "org1-head", good, here)
	wantKind(t, "the forgotten password", err, errs.Invalid)
	p, err := b.SignIn(t.Context(), "org1-head", c.Password, here)
	must(t, err)
	if p.Step() != account.StepPassword {
		t.Errorf("step %q", p.Step())
	}
	p, err = b.ReplacePassword(t.Context(), p, "Another-2027-hill")
	must(t, err)
	_, _, err = b.Open(t.Context(), p, here, "test")
	must(t, err)
}

func TestAHeadInvitesClerksOfTheOwnOrganization(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, stranger := b.head(t, "org1-head"), b.head(t, "org2-head")
	in := account.NewAccount{Username: "org1-clerk", Name: "赵六", Role: authz.Auditor, OrganizationID: uuid.New(), Token: "t"}
	c, err := b.InviteClerk(t.Context(), head, in)
	must(t, err)
	if c.Account.Role != authz.OrgClerk || c.Account.OrgID != head.OrgID {
		t.Errorf("role and organization came from the form: %+v", c.Account)
	}
	_, err = b.Get(t.Context(), stranger, c.Account.ID)
	wantKind(t, "another head looks", err, errs.NotFound)
	wantKind(t, "another head closes", b.Disable(t.Context(), stranger, c.Account.ID, "不需要了", 1), errs.NotFound)
	wantKind(t, "stale version", b.Disable(t.Context(), head, c.Account.ID, "不需要了", 7), errs.Conflict)
	must(t, b.Disable(t.Context(), head, c.Account.ID, "不再负责", 1))
	must(t, b.Enable(t.Context(), head, c.Account.ID, 2))
	in.Token, in.Username = "t2", "org1-clerk2"
	_, err = b.InviteClerk(t.Context(), b.user(t, "auditor", account.NewAccount{Role: authz.Auditor}), in)
	wantKind(t, "an auditor invites", err, errs.Forbidden)
}

func TestOfficeAccountsNeedTheirPlace(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	admin := b.user(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	for role, field := range map[authz.Role]string{authz.Community: "community", authz.Subdistrict: "subdistrict",
		authz.Department: "department", authz.OrgHead: "role", "": "role"} {
		_, err := b.CreateOffice(t.Context(), admin, account.NewAccount{Username: "someone", Name: "王五", Role: role, Token: "t"})
		wantField(t, "without place: "+string(role), err, field)
	}
	r, err := account.ByRole(t.Context(), b.db.App.Pool(), authz.AdminSystem, "")
	must(t, err)
	if len(r) != 1 || r[0].AccountID != admin.AccountID {
		t.Errorf("recipients %v", r)
	}
}
