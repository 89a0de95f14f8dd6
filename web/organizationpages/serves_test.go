package organizationpages_test

import (
	"net/http"
	"net/url"
	"slices"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/organization"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// An organization says whom it serves; everybody finds it by that, and only the
// offices take its party organization along.
func TestWhomAnOrganizationServesNarrowsTheLists(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(t, registration(1), 1)
	busy, n := s.add(t, registration(2), 2), 45
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.OrgClerk, OrgID: busy}
	err := s.organizations.SaveBasics(t.Context(), clerk, organization.Basics{OrgID: busy, Version: 1, Members: &n, Staff: &n, PartyOrg: organization.PartyJoint,
		Reach: organization.ReachDistrict, ServiceTargets: []organization.ServiceTarget{organization.TargetElderly}})
	if err != nil {
		t.Fatal(err)
	}
	name := registration(2).Name
	for _, query := range []string{"target=elderly", "size=medium", "reach=district", "target=elderly&size=medium&reach=district"} {
		for as, list := range map[string]string{"": paths.Organizations, "clerk": paths.StaffOrganizations} {
			if got := s.names(t, as, list+"?"+query); !slices.Equal(got, []string{name}) {
				t.Errorf("%s?%s as %q: %v", list, query, as, got)
			}
		}
	}
	if got := s.names(t, "", paths.Organizations+"?target=veterans&size=nonsense"); len(got) != 0 {
		t.Errorf("nobody serves veterans: %v", got)
	}
	for _, c := range []struct {
		as, list string
		party    bool
	}{{"", paths.OrganizationsData, false}, {"clerk", paths.StaffOrganizations, true}} {
		status, rows := s.table(t, c.as, c.list+".csv?"+url.Values{"target": {"elderly"}}.Encode())
		if status != http.StatusOK || len(rows) != 1 {
			t.Fatalf("%s: status %d, %d rows", c.list, status, len(rows))
		}
		for _, cell := range []string{"老年人", "全区", "中型", "45"} {
			if !slices.Contains(rows[0], cell) {
				t.Errorf("%s: no %s in %v", c.list, cell, rows[0])
			}
		}
		if slices.Contains(rows[0], "联合党支部") != c.party {
			t.Errorf("%s: party organization: %v", c.list, rows)
		}
	}
}
