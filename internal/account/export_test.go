package account_test

import (
	"slices"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
)

// Taken whole, a list goes beyond what the page shows and never beyond the scope.
func TestEveryAccountInScope(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	security := b.user(t, "security", account.NewAccount{Role: authz.AdminSecurity})
	system := b.user(t, "admin", account.NewAccount{Role: authz.AdminSystem})
	subdistrict := b.user(t, "subdistrict", account.NewAccount{Role: authz.Subdistrict, Subdistrict: pingshan})
	head := b.head(t, "org1-head")
	const more = 620
	if _, err := b.db.Owner.Exec(t.Context(), `
		insert into account (id, username, password_hash, role, status, person_id, organization_id, community, subdistrict, name, password_changed_at, created_token, created_at, updated_at)
		select gen_random_uuid(), 'clerk' || n, a.password_hash, 'org_clerk', 'active', a.person_id, gen_random_uuid(), $1, left($1, 9), '李四', a.password_changed_at, 'n' || n, a.created_at, a.updated_at
		from account a, generate_series(1, $2::int) n where a.username = 'org1-head'`, pinghuan, more); err != nil {
		t.Fatal(err)
	}
	every := func(a authz.Actor, f account.Filter) (names []string) {
		must(t, b.Each(t.Context(), a, f, func(_ time.Time, list []account.Account) error {
			for _, one := range list {
				names = append(names, one.Username)
			}
			return nil
		}))
		return names
	}
	for _, c := range []struct {
		a authz.Actor
		f account.Filter
		n int
	}{
		{security, account.Filter{}, more + 4}, {security, account.Filter{Role: authz.OrgHead}, 1}, {security, account.Filter{Name: "李四"}, more},
		{system, account.Filter{}, 3}, {subdistrict, account.Filter{}, 1}, {head, account.Filter{}, 0},
	} {
		names := every(c.a, c.f)
		page, _, err := b.List(t.Context(), c.a, c.f)
		must(t, err)
		if len(names) != c.n || len(page) != min(c.n, 200) || !slices.IsSorted(names) || len(slices.Compact(slices.Clone(names))) != c.n {
			t.Errorf("%s %+v: %d accounts, %d on the page, want %d", c.a.Username, c.f, len(names), len(page), c.n)
		}
		for i, one := range page {
			if names[i] != one.Username {
				t.Fatalf("%s: place %d is %s here and %s on the page", c.a.Username, i, names[i], one.Username)
			}
		}
	}
	err := b.Each(t.Context(), authz.Actor{Role: authz.Community}, account.Filter{}, nil)
	wantKind(t, "a community", err, errs.Forbidden)
	wantKind(t, "claims of a clerk", b.EachClaim(t.Context(), head, nil), errs.Forbidden)
}

func TestEveryClaimOfASubdistrict(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	_, err := b.Register(t.Context(), authz.Actor{IP: here}, registration("lisi"))
	must(t, err)
	for area, want := range map[string]int{pingshan: 1, maluan: 0} {
		n := 0
		must(t, b.EachClaim(t.Context(), authz.Actor{Role: authz.Subdistrict, Subdistrict: area}, func(_ time.Time, list []account.Claim) error { n += len(list); return nil }))
		if n != want {
			t.Errorf("%s: %d claims, want %d", area, n, want)
		}
	}
}
