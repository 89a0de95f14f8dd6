package ledgerpages_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/web/paths"
)

// The files of the fund hold what its pages show: amounts as numbers, accounts
// masked, each tab its own columns, and what was posted to the ledger.
func TestTheFundAsFiles(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.budget(100_000)
	paid, free := s.award(s.organization(true), 5000, true), s.award(s.organization(false), 3000, false)
	s.Get("maker", paths.FundCasePart(paid, "payment")).Press().Press().Is(http.StatusSeeOther)
	for _, c := range []struct {
		path  string
		lines int
		says  []string
	}{
		{paths.FundPayments + ".csv?tab=blocked", 1, []string{free, ",3000.00,3000.00,"}}, {paths.FundPayments + ".csv?tab=payable", 0, nil},
		{paths.FundPayments + ".csv?tab=check", 1, []string{paid, "****4417", "5000.00"}}, {paths.FundPayments + ".csv?tab=check&q=" + free, 0, nil},
		{paths.FundPayments + ".csv?tab=nonsense", 0, nil}, {paths.StaffFund + ".csv?year=2026", 6, []string{"100000.00,8000.00"}},
		{paths.FundPool(2026, "startup") + "/entries.csv", 3, []string{"占用", free, "深坪财〔2026〕8号"}},
	} {
		p := s.Get("checker", c.path)
		if lines := strings.Count(p.Body, "\r\n") - 1; p.Status != http.StatusOK || lines != c.lines {
			t.Errorf("%s: status %d, %d rows, want %d:\n%s", c.path, p.Status, lines, c.lines, p.Body)
		}
		for _, word := range c.says {
			if !strings.Contains(p.Body, word) {
				t.Errorf("%s does not say %q:\n%s", c.path, word, p.Body)
			}
		}
	}
	s.Get("checker", paths.StaffFund+".csv?year=1999").Is(http.StatusNotFound)
	s.Get("checker", paths.FundPool(2026, "nonsense")+"/entries.csv").Is(http.StatusNotFound)
	s.Get(s.As(authz.Actor{Role: authz.Community, Community: "440310001001"}), paths.FundPayments+".csv").Is(http.StatusForbidden)
}
