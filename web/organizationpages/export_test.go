package organizationpages_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/importing/importtest"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/sheet"
	"civilaffairs/internal/standing"
	"civilaffairs/web/paths"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/uuid"
)

// taken is a list taken whole, as the file that it is.
func (s *site) taken(t *testing.T, as, address string) (status int, body []byte) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if as != "" {
		r.AddCookie(&http.Cookie{Name: "as", Value: as})
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if body, err = io.ReadAll(res.Body); err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, body
}

// table takes a list whole and reads it.
func (s *site) table(t *testing.T, as, address string) (status int, rows [][]string) {
	t.Helper()
	status, body := s.taken(t, as, address)
	if status != http.StatusOK {
		return status, nil
	}
	read, err := sheet.Read(bytes.NewReader(body), int64(len(body)), "", sheet.Limits{})
	if err != nil {
		t.Fatalf("%s: %v", address, err)
	}
	for _, row := range read.Rows {
		rows = append(rows, row.Cells)
	}
	return status, rows
}

// names walks the pages of a list.
func (s *site) names(t *testing.T, as, address string) (names []string) {
	t.Helper()
	for address != "" {
		p := s.get(t, as, address)
		names = append(names, p.Find("table tbody th a").Map(func(_ int, a *goquery.Selection) string { return a.Text() })...)
		address, _ = p.Find(`a[rel="next"]`).Attr("href")
	}
	return names
}

// What can be taken whole is what one can page through, in its order: under every
// filter, in both formats, for everyone who sees the list.
func TestAnExportIsTheWholeList(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i := 1; i <= 23; i++ {
		in := registration(i)
		in.EstablishedOn = in.EstablishedOn.AddDays(-i)
		if i > 20 {
			in.SubdistrictCode, in.CommunityCode, in.Category = "440310002", pinghuan, organization.Rights
		}
		s.add(t, in, i)
	}
	for _, c := range []struct {
		as, list, data, query string
		n                     int
	}{
		{"", paths.Organizations, paths.OrganizationsData, "", 23}, {"", paths.Organizations, paths.OrganizationsData, "?place=440310002&category=rights", 3},
		{"", paths.Organizations, paths.OrganizationsData, "?q=%E7%AC%AC22", 1}, {"", paths.Organizations, paths.OrganizationsData, "?q=%E5%85%BB%E8%80%81", 0},
		{"clerk", paths.StaffOrganizations, paths.StaffOrganizations, "?category=welfare", 20}, {"subdistrict", paths.StaffOrganizations, paths.StaffOrganizations, "", 20},
		{"elsewhere", paths.StaffOrganizations, paths.StaffOrganizations, "?place=440310001&after=x", 0}, {"elsewhere", paths.StaffOrganizations, paths.StaffOrganizations, "", 3},
	} {
		want := s.names(t, c.as, c.list+c.query)
		for _, format := range []string{".xlsx", ".csv"} {
			status, rows := s.table(t, c.as, c.data+format+c.query)
			var got []string
			for _, row := range rows {
				got = append(got, row[0])
			}
			if status != http.StatusOK || len(got) != c.n || !slices.Equal(got, want) {
				t.Errorf("%s %s%s%s: status %d, %d rows, want %d as listed", c.as, c.data, format, c.query, status, len(got), len(want))
			}
		}
	}
	if status, _ := s.table(t, "expert", paths.StaffOrganizations+".csv"); status != http.StatusForbidden {
		t.Errorf("an expert took the registry: %d", status)
	}
	_, rows := s.table(t, "clerk", paths.StaffOrganizations+".xlsx?q=%E7%AC%AC22")
	all, _ := json.Marshal(rows)
	for _, private := range []string{"440310199002280010", "13800138000", "综合楼"} {
		if strings.Contains(string(all), private) {
			t.Errorf("%s is in the table", private)
		}
	}
	if want := []string{"六联社区第22互助会", "社会团体", "备案", "维权", "", fmt.Sprintf("坪社备〔2026〕第%04d号", 22)}; !slices.Equal(rows[0][:6], want) {
		t.Errorf("row %q", rows[0])
	}
	links := s.get(t, "", paths.Organizations+"?place=440310002").Find(".export a")
	if links.Length() != 2 || links.Eq(1).AttrOr("href", "") != paths.OrganizationsData+".csv?place=440310002" {
		t.Errorf("the links are not those of this list")
	}
}

// What was taken out of the registry and is read in again changes nothing: neither
// what came in by a file nor what was typed, with lines and width of its own.
func TestTheRegistryTakenOutAndReadIn(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	imports := importtest.On(t, s.db)
	read := func(content []byte) importing.Preview {
		t.Helper()
		id, err := imports.Read(t.Context(), imports.Clerk, importing.Upload{Kind: "organizations", Filename: "组织档案", Token: once.NewToken(), Size: int64(len(content)), Content: bytes.NewReader(content)})
		if err != nil {
			t.Fatal(err, errs.FieldsOf(err))
		}
		p, err := imports.Open(t.Context(), imports.Clerk, id)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	p := read(imports.Example(t, "organizations", sheet.XLSX))
	if err := imports.Confirm(t.Context(), imports.Clerk, p.ID, p.Version, p.Seen); err != nil {
		t.Fatal(err)
	}
	in := registration(3)
	in.BusinessScope, in.SupervisingUnit = "读书，=旧物 交换。\n（ＡＢＣ）每周一次", "区老龄办"
	id, n := s.add(t, in, 3), 45
	clerk := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), Role: authz.OrgClerk, OrgID: id}
	if err := s.organizations.SaveBasics(t.Context(), clerk, organization.Basics{OrgID: id, Version: 1, Members: &n, Introduction: "=第一行\n第二行", Reach: organization.ReachBeyond,
		ServiceTargets: []organization.ServiceTarget{organization.TargetOther, organization.TargetChildren}, PartyOrg: organization.PartyNone}); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{".xlsx", ".csv"} {
		_, content := s.taken(t, "clerk", paths.StaffOrganizations+format)
		p := read(content)
		if p.Counts[importing.Unchanged] != 3 || len(p.Lines) != 3 {
			for _, l := range p.Lines {
				t.Errorf("%s %d: %s, otherwise %v, %+v", format, l.Number, l.State, l.Differ, l.Faults)
			}
		}
	}
	_, content := s.taken(t, "clerk", paths.StaffOrganizations+".csv")
	p = read(bytes.Replace(content, []byte(",45,"), []byte(",46,"), 1))
	if p.Counts[importing.Changed] != 1 || !slices.ContainsFunc(p.Lines, func(l *importing.Line) bool { return slices.Equal(l.Differ, []string{"会员数"}) }) {
		t.Errorf("a changed number: %v", p.Counts)
	}
}

// The ratings are those in force today, by the name that the organization has now.
func TestRatingsAsFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for i, star := range []int{1, 3, 2} {
		id := s.add(t, registration(i+1), i+1)
		to := today.AddMonths(12)
		if star == 2 {
			to = today.AddDays(-1) // ran out yesterday
		}
		if _, err := s.standing.AddGrade(t.Context(), s.actors["clerk"], standing.GradeInput{Token: once.NewToken(), OrgID: id, Star: star, FromOn: today.AddDays(-30),
			ToOn: to, CertNo: fmt.Sprintf("XJ-2026-%d", star)}); err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string][]string{"": {"六联社区第02互助会", "六联社区第01互助会"}, "?star=1": {"六联社区第01互助会"}, "?place=440310002": nil} {
		for _, format := range []string{".xlsx", ".csv"} {
			status, rows := s.table(t, "", paths.RatingsData+format+query)
			var got []string
			for _, row := range rows {
				got = append(got, row[0])
			}
			if status != http.StatusOK || !slices.Equal(got, want) {
				t.Errorf("%s%s: %d %q", format, query, status, got)
			}
		}
	}
	_, rows := s.table(t, "", paths.RatingsData+".csv")
	if row := rows[0]; row[5] != "三星级" || row[6] != today.AddDays(-30).String() || row[7] != today.AddMonths(12).String() || row[8] != "XJ-2026-3" {
		t.Errorf("%q", row)
	}
}
