package rosterpages_test

import (
	"testing"

	"civilaffairs/internal/browsertest"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/roster"
	"civilaffairs/web/paths"
)

// Every page stands axe and fits desktop and phone; the grid of months is ticked
// with a finger and no script.
func TestEveryPageInTheBrowser(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	id := s.worker(t).String()
	for i, p := range []roster.Post{roster.President, roster.Supervisor, roster.Volunteer} {
		in := roster.Input{Name: []string{"李四海", "何月娥", "赖启航"}[i], Post: p, JoinedOn: civil.Of(2017, 10, 9)}
		if _, err := s.roster.Enter(t.Context(), s.actors["clerk"], once.NewToken(), s.org, in); err != nil {
			t.Fatal(err)
		}
	}
	base, me := paths.StaffOrganization(s.org.String()), paths.RosterMember(mine, id)
	tab := browsertest.Open(t)
	for _, p := range []struct{ name, as, path string }{
		{"list", "clerk", paths.RosterOf(mine)}, {"past", "clerk", paths.RosterOf(mine) + "?on=2017-10-20"}, {"new", "clerk", paths.RosterOf(mine) + "/new"}, {"member", "clerk", me},
		{"insurance", "clerk", me + "/insurance?year=2018"}, {"contracts", "clerk", me + "/contracts"}, {"end", "clerk", me + "/end"},
		{"staff", "subdistrict", paths.RosterOf(base)}, {"staff-member", "bureau", paths.RosterMember(base, id)}, {"unmask", "bureau", paths.RosterAct(base, id, "unmasking")},
	} {
		tab.Cookie(s.url, "as", p.as)
		tab.Go(s.url + p.path)
		tab.Judge()
	}
}
