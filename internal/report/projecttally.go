package report

import (
	"context"
	"slices"

	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
)

// Tally is the stored count and money of the projects of one set of conditions.
type Tally struct {
	N int `db:"n"`
	Money
}

// tallyKey is a set of conditions; zero values stand for every.
type tallyKey struct {
	Year      int                    `db:"year"`
	Programme organization.Programme `db:"programme"`
	Category  organization.Category  `db:"category"`
	Place     string                 `db:"place"`
	Progress  Progress               `db:"progress"`
}

type tallyRow struct {
	tallyKey
	Tally
}

// Tallies are the stored sums around a filter: of the filter itself, and of all
// that differ from it in one condition. How many there are does not depend on
// the number of projects.
type Tallies map[tallyKey]Tally

// Of returns the sums of f, the query left aside.
func (t Tallies) Of(f ProjectFilter) Tally { return t[f.key()] }

func (f ProjectFilter) key() tallyKey {
	return tallyKey{f.Year, f.Programme, f.Category, f.place(), f.Progress}
}

// Years returns the years that have projects under the filter's other
// conditions, latest first.
func (t Tallies) Years() []int {
	var years []int
	for k, v := range t {
		if k.Year != 0 && v.N > 0 && !slices.Contains(years, k.Year) {
			years = append(years, k.Year)
		}
	}
	slices.Sort(years)
	slices.Reverse(years)
	return years
}

// talliesSQL reads one row for each thing that a filter may be changed to.
const talliesSQL = `
	select year, programme, category, place, progress, n, approved_fen, paid_fen, returned_fen, recovered_fen from project_tally
	where (programme, category, place, progress) = ($2, $3, $4, $5)
	union select year, programme, category, place, progress, n, approved_fen, paid_fen, returned_fen, recovered_fen from project_tally
	where programme = any($6) and (category, place, progress, year) = ($3, $4, $5, $1)
	union select year, programme, category, place, progress, n, approved_fen, paid_fen, returned_fen, recovered_fen from project_tally
	where category = any($7) and (programme, place, progress, year) = ($2, $4, $5, $1)
	union select year, programme, category, place, progress, n, approved_fen, paid_fen, returned_fen, recovered_fen from project_tally
	where place = any($8) and (programme, category, progress, year) = ($2, $3, $5, $1)
	union select year, programme, category, place, progress, n, approved_fen, paid_fen, returned_fen, recovered_fen from project_tally
	where progress = any($9) and (programme, category, place, year) = ($2, $3, $4, $1)`

func tallies(ctx context.Context, q postgres.Querier, f ProjectFilter, regions *district.RegionSet) (Tallies, error) {
	rows, err := postgres.All[tallyRow](ctx, q, talliesSQL, tallyArgs(f, regions)...)
	return talliesOf(rows), err
}

func tallyArgs(f ProjectFilter, regions *district.RegionSet) []any {
	places := []string{""}
	for _, r := range regions.All() {
		places = append(places, r.Code)
	}
	return []any{f.Year, f.Programme, f.Category, f.place(), f.Progress,
		append([]organization.Programme{""}, Programmes...), append([]organization.Category{""}, organization.Categories...), places,
		append([]Progress{""}, Progresses...)}
}

func talliesOf(rows []tallyRow) Tallies {
	t := make(Tallies, len(rows))
	for _, r := range rows {
		t[r.tallyKey] = r.Tally
	}
	return t
}
