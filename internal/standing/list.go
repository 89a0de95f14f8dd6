package standing

import (
	"context"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
)

// Rated is a grade in force with whose it is: for exports.
type Rated struct {
	Grade
	Name        string `db:"name"`
	Number      string `db:"number"` // credit code, or number of the filing
	Subdistrict string `db:"subdistrict_code"`
	Community   string `db:"community_code"`
	Category    string `db:"category"`
}

// RatedFilter narrows the ratings; zero values leave nothing out.
type RatedFilter struct {
	Subdistrict, Community, Category string
	Star                             int
}

// EachRated gives every grade that is in force on a day to rows, the highest
// first, by the record that stands for its organization today. Organizations that
// have ended are left out.
func EachRated(ctx context.Context, q postgres.Querier, on civil.Date, f RatedFilter, rows func([]Rated) error) error {
	return postgres.Each(ctx, q, rows, `
		select g.id, o.id as org_id, g.star, g.from_on, g.to_on, g.cert_no, g.version, o.name, coalesce(o.uscc, o.filing_no, '') as number,
			o.subdistrict_code, o.community_code, o.category
		from standing_grade g join organization o on o.id = organization_root(g.org_id)
		where not g.void and g.from_on <= $1 and g.to_on >= $1 and o.status in ('active', 'abnormal', 'merging', 'deregistering')
			and ($2 = '' or o.subdistrict_code = $2) and ($3 = '' or o.community_code = $3) and ($4 = '' or o.category = $4) and ($5 = 0 or g.star = $5)
		order by g.star desc, o.name, g.cert_no`, on, f.Subdistrict, f.Community, f.Category, f.Star)
}
