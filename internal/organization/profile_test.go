package organization_test

import (
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
)

func TestSizeOf(t *testing.T) {
	t.Parallel()
	bounds := organization.SizeBounds{Medium: 30, Large: 100}
	for _, c := range []struct {
		kind           organization.OrgType
		members, staff *int
		want           organization.Size
	}{
		{organization.Association, n(29), n(500), organization.SizeSmall}, {organization.Association, n(30), nil, organization.SizeMedium},
		{organization.Association, n(99), nil, organization.SizeMedium}, {organization.Association, n(100), nil, organization.SizeLarge},
		{organization.Association, nil, n(3), organization.SizeUnknown}, {organization.SocialService, n(500), n(0), organization.SizeSmall},
		{organization.Foundation, nil, n(31), organization.SizeMedium}, {organization.SocialService, n(5), nil, organization.SizeUnknown},
	} {
		if got := bounds.SizeOf(c.kind, c.members, c.staff); got != c.want {
			t.Errorf("%s of %v members, %v staff: %q, want %q", c.kind, c.members, c.staff, got, c.want)
		}
	}
	if got := (organization.SizeBounds{}).SizeOf(organization.Association, n(5), nil); got != organization.SizeUnknown {
		t.Errorf("without bounds: %q", got)
	}
}

// Whom an organization serves is shown as of a day, and narrows the list; size by
// the bounds in force.
func TestWhomAnOrganizationServes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	first, second := b.register(t, filed("01")), b.register(t, filed("02"))
	clerk := member(first, authz.OrgClerk)
	in := organization.Basics{OrgID: first, Version: 1, Members: n(40), Reach: organization.ReachCommunity,
		ServiceTargets: []organization.ServiceTarget{organization.TargetWomen, organization.TargetElderly, organization.TargetWomen}}
	day := civil.Of(2026, 9, 1)
	b.db.SetNow(t, day.Start().Add(9*time.Hour))
	if err := b.SaveBasics(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	b.db.SetNow(t, day.AddDays(30).Start().Add(9*time.Hour))
	in.Version, in.ServiceTargets, in.Reach = 2, nil, organization.ReachDistrict
	if err := b.SaveBasics(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		on    civil.Date
		names string
		reach organization.Reach
	}{{day.AddDays(-1), "", ""}, {day, "老年人、妇女和家庭", organization.ReachCommunity}, {day.AddDays(29), "老年人、妇女和家庭", organization.ReachCommunity}, {day.AddDays(30), "", organization.ReachDistrict}} {
		if a, err := b.asOf(t, first, c.on); err != nil || organization.TargetNames(a.ServiceTargets) != c.names || a.Reach != c.reach {
			t.Errorf("on %s: %v, %q: %v", c.on, a.ServiceTargets, a.Reach, err)
		}
	}
	in.Version, in.ServiceTargets = 3, []organization.ServiceTarget{"aliens"}
	wantField(t, b.SaveBasics(t.Context(), clerk, in), "service_targets")
	in.ServiceTargets, in.Reach = []organization.ServiceTarget{organization.TargetVeterans}, "moon"
	wantField(t, b.SaveBasics(t.Context(), clerk, in), "activity_reach")
	in.Reach = organization.ReachDistrict
	if err := b.SaveBasics(t.Context(), clerk, in); err != nil {
		t.Fatal(err)
	}
	bounds := organization.SizeBounds{Medium: 30, Large: 100}
	for _, c := range []struct {
		f    organization.Filter
		want int
	}{{organization.Filter{}, 2}, {organization.Filter{Target: organization.TargetVeterans}, 1}, {organization.Filter{Target: organization.TargetElderly}, 0},
		{organization.Filter{Reach: organization.ReachDistrict}, 1}, {organization.Filter{Size: organization.SizeMedium, Bounds: bounds}, 1},
		{organization.Filter{Size: organization.SizeSmall, Bounds: bounds}, 0}, {organization.Filter{Size: organization.SizeLarge, Bounds: bounds}, 0},
		{organization.Filter{Target: organization.TargetVeterans, Query: "02"}, 0}, {organization.Filter{Target: organization.TargetVeterans, Query: "互助"}, 1}} {
		err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			regions, err := district.Regions(t.Context(), q)
			if err != nil {
				return err
			}
			page, err := organization.List(t.Context(), q, regions, c.f, "", 10)
			if err == nil && len(page.Items) != c.want {
				t.Errorf("%+v: %d organizations, want %d", c.f, len(page.Items), c.want)
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	if r := b.record(t, b.clerk, second); len(r.ServiceTargets) != 0 || r.Reach != organization.ReachUnknown {
		t.Errorf("another organization: %+v", r.ServiceTargets)
	}
}
