package dbtest

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/postgres"
)

// Plan is how the database would answer a query, line by line, without running it.
func Plan(t testing.TB, q postgres.Querier, sql string, args ...any) string {
	t.Helper()
	type line struct {
		Text string `db:"QUERY PLAN"`
	}
	lines, err := postgres.All[line](t.Context(), q, `explain (costs off) `+sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	var plan strings.Builder
	for _, l := range lines {
		plan.WriteString(l.Text + "\n")
	}
	return plan.String()
}

var wholeScan = regexp.MustCompile(`Seq Scan on (\w+)`)

// Whole returns those of tables that a plan reads from end to end.
func Whole(plan string, tables ...string) []string {
	var found []string
	for _, m := range wholeScan.FindAllStringSubmatch(plan, -1) {
		if slices.Contains(tables, m[1]) && !slices.Contains(found, m[1]) {
			found = append(found, m[1])
		}
	}
	return found
}
