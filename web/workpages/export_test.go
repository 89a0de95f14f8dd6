package workpages_test

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"
	"civilaffairs/web/paths"
)

// taken is a tab of the inbox as a file: the numbers of its cases.
func (s *site) taken(a authz.Actor, query string) (status int, numbers []string) {
	s.Helper()
	p := s.Get(s.As(a), paths.Workspace+".csv"+query)
	if p.Status != http.StatusOK {
		return p.Status, nil
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(p.Body, "\ufeff"))).ReadAll()
	s.Must(err)
	for _, r := range rows[1:] {
		numbers = append(numbers, r[0])
	}
	return p.Status, numbers
}

// An exported inbox holds every case of its tab, in the order of the list, beyond
// what one page shows; each role takes its own.
func TestAnExportedInboxIsTheWholeTab(t *testing.T) {
	t.Parallel()
	s, clerk := newSite(t), who(authz.BureauClerk)
	org := s.organization("六联社区银龄互助会", "坪社备〔2026〕第0001号", liulian)
	var waiting []string
	for range exportedCases {
		waiting = append(waiting, s.plant(file{org: org, due: "2026-10-20"}))
	}
	done := s.plant(file{org: org, state: workflow.Closed, closed: "2026-10-08T09:00:00+08:00"})
	away := s.plant(file{org: org, community: pinghuan, state: workflow.Opining, waits: authz.Community})
	home := authz.Actor{AccountID: clerk.AccountID, Role: authz.Community, Community: liulian, Subdistrict: pingshan}
	for _, c := range []struct {
		name   string
		a      authz.Actor
		query  string
		n      int
		has    string
		status int
	}{
		{"clerk", clerk, "", exportedCases, waiting[0], 200}, {"clerk", clerk, "?tab=done&after=x", 1, done, 200}, {"clerk", clerk, "?tab=others&subdistrict=" + maluan, 1, away, 200},
		{"clerk", clerk, "?q=" + waiting[3], 1, waiting[3], 200}, {"community", home, "?tab=others", exportedCases, waiting[5], 200},
		{"head", authz.Actor{AccountID: clerk.AccountID, Role: authz.OrgHead, OrgID: org}, "", 0, "", http.StatusNotFound},
		{"expert", authz.Actor{AccountID: clerk.AccountID, Role: authz.Expert}, "", 0, "", http.StatusForbidden},
	} {
		status, numbers := s.taken(c.a, c.query)
		slices.Sort(numbers)
		if status != c.status || len(slices.Compact(numbers)) != c.n || c.n > 0 && !slices.Contains(numbers, c.has) {
			t.Errorf("%s %s: status %d, %d cases, want %d", c.name, c.query, status, len(numbers), c.n)
		}
	}
	if href := s.Get(s.As(clerk), paths.Workspace+"?tab=others").Find(".export a").Last().AttrOr("href", ""); href != paths.Workspace+".csv?tab=others" {
		t.Errorf("the link leads to %q", href)
	}
}

const exportedCases = 203 // more than two pages
