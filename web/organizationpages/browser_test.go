package organizationpages_test

import (
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/standing"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// Every page stands axe, fits desktop and phone, and keeps to the content
// policy.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	var ids []string
	for i := 1; i <= 24; i++ {
		in := registration(i)
		in.EstablishedOn = civil.Of(2026, 5, 23).AddDays(-i * 20)
		in.Category = organization.Categories[i%6]
		if i%3 == 0 {
			in.SubdistrictCode, in.CommunityCode = "440310002", pinghuan
		}
		ids = append(ids, s.add(t, in, i).String())
	}
	full := uuid.MustParse(ids[0])
	s.history(t, full)
	_, err := s.standing.AddEntry(t.Context(), s.actors["clerk"], standing.EntryInput{Token: once.NewToken(), OrgID: full, Kind: standing.AbnormalList,
		FromOn: civil.Of(2026, 11, 1), Basis: "坪民监〔2026〕1号", Reason: "通过登记的住所联系不上"})
	if err != nil {
		t.Fatal(err)
	}
	alike := registration(90)
	alike.Name, alike.Accept = "坪山区"+registration(1).Name, []string{"similar_name", "head_of_many"}
	twin := s.add(t, alike, 90).String()
	part := func(name string) string { return paths.StaffOrganizationPart(ids[0], name) }
	tab := browsertest.Open(t)
	for _, p := range []struct{ name, as, path string }{
		{"directory", "", paths.Organizations + "?place=" + pingshan}, {"empty", "", paths.Organizations + "?q=养老&category=charity"},
		{"profile", "", paths.Organization(ids[0])}, {"profile-bare", "", paths.Organization(ids[5])},
		{"mine", "org1", paths.MyOrganization}, {"basics", "org1", paths.MyOrganizationPart("basics")}, {"contact", "org1", paths.MyOrganizationPart("contact")},
		{"payee", "org1", paths.MyOrganizationPart("payee")}, {"systems", "org1", paths.MyOrganizationPart("systems")}, {"activities", "org2", paths.MyOrganizationPart("activities")},
		{"staff", "subdistrict", paths.StaffOrganizations}, {"record", "clerk", paths.StaffOrganization(ids[0])}, {"new", "subdistrict", paths.StaffOrganizationNew},
		{"registration", "clerk", part("registration")}, {"entries", "clerk", part("entries")}, {"checks", "clerk", part("checks")}, {"unmask", "finance", part("payee/unmasking")},
		{"past", "clerk", paths.StaffOrganization(ids[0]) + "?on=2026-10-01"}, {"past-public", "", paths.Organization(ids[0]) + "?on=2026-11-02"},
		{"past-early", "", paths.Organization(ids[0]) + "?on=1999-01-01"}, {"pairs", "clerk", paths.StaffDuplicates},
		{"pair", "clerk", paths.StaffDuplicate(ids[0], twin)}, {"merge", "clerk", paths.StaffDuplicateAct(ids[0], twin, "merge")},
	} {
		tab.Cookie(s.url, "as", p.as)
		tab.Go(s.url + p.path)
		tab.Judge()
	}
}

// A refused form in the browser: the summary has the focus, the field its words,
// and a stale save shows both versions, all of it without a script.
func TestRefusedAndStaleInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.add(t, registration(1), 1)
	path := paths.MyOrganizationPart("basics")
	tab := browsertest.Open(t)
	tab.Phone()
	tab.Cookie(s.url, "as", "org1")
	tab.Go(s.url + path)
	tab.Fill("full_time", "5")
	tab.Fill("staff", "3")
	if status := tab.Press("保存基本情况"); status != 422 {
		t.Fatalf("status %d, want 422", status)
	}
	tab.Judge()
	if got := tab.Value("full_time"); got != "5" || tab.Count("#full_time-error") != 1 {
		t.Errorf("typed 5, now %q", got)
	}
	other := s.open(t, "org1", path)
	led(t, s.post(t, "org1", path, with(other, "introduction", "别人刚写的简介")), paths.MyOrganization)
	tab.Fill("full_time", "2")
	tab.Fill("introduction", "我写的简介")
	if status := tab.Press("保存基本情况"); status != 409 {
		t.Fatalf("status %d, want 409", status)
	}
	tab.Judge()
	tab.Press("保存基本情况")
	if got := s.open(t, "org1", path).Get("introduction"); got != "我写的简介" {
		t.Errorf("saved %q", got)
	}
}
