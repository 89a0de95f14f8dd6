package rosterpages_test

import (
	"testing"

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
	id := s.worker().String()
	for i, p := range []roster.Post{roster.President, roster.Supervisor, roster.Volunteer} {
		in := roster.Input{Name: []string{"李四海", "何月娥", "赖启航"}[i], Post: p, JoinedOn: civil.Of(2017, 10, 9)}
		_, err := s.roster.Enter(t.Context(), s.Actors["clerk"], once.NewToken(), s.org, in)
		s.Must(err)
	}
	base, me := paths.StaffOrganization(s.org.String()), paths.RosterMember(mine, id)
	s.Judge(map[string][]string{
		"clerk":       {paths.RosterOf(mine), paths.RosterOf(mine) + "?on=2017-10-20", paths.RosterOf(mine) + "/new", me, me + "/insurance?year=2018", me + "/contracts", me + "/end"},
		"subdistrict": {paths.RosterOf(base)}, "bureau": {paths.RosterMember(base, id), paths.RosterAct(base, id, "unmasking")},
	})
}
