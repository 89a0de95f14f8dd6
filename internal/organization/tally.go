package organization

import (
	"context"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"
)

// Tally is the number of organizations of one place, category, basis and life.
type Tally struct {
	SubdistrictCode string   `db:"subdistrict_code"`
	CommunityCode   string   `db:"community_code"`
	Category        Category `db:"category"`
	Basis           Basis    `db:"status_basis"`
	Ended           bool     `db:"ended"`
	N               int      `db:"n"`
}

// Tallies are the stored counts of the whole district: a few hundred rows at
// most, however many organizations there are.
type Tallies []Tally

// Counts reads the stored counts.
func Counts(ctx context.Context, q postgres.Querier) (Tallies, error) {
	return postgres.All[Tally](ctx, q, `
		select subdistrict_code, community_code, category, status_basis, ended, n from organization_tally where n > 0`)
}

// Sum adds up what f narrows to; f.Query and single statuses cannot be counted
// this way and are left aside.
func (t Tallies) Sum(f Filter) int {
	n := 0
	for _, row := range t {
		if (f.Subdistrict == "" || f.Subdistrict == row.SubdistrictCode) &&
			(f.Community == "" || f.Community == row.CommunityCode) &&
			(f.Category == "" || f.Category == row.Category) &&
			(f.Basis == "" || f.Basis == row.Basis) &&
			(f.Status == All || row.Ended == f.Status.Final()) {
			n += row.N
		}
	}
	return n
}

// Within returns the counts of the actor's area; a department's organizations
// are not counted by unit, so it has none.
func (t Tallies) Within(a authz.Actor) Tallies {
	var out Tallies
	for _, row := range t {
		if a.Role != authz.Department && a.Covers(authz.Place{Community: row.CommunityCode, Subdistrict: row.SubdistrictCode}) {
			out = append(out, row)
		}
	}
	return out
}
