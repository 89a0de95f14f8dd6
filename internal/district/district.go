// Package district is the district as data: its regions and departments with
// validity and other names, and the working-day calendar. Level 2; owns the tables
// region, region_alias, department, department_name, department_label,
// calendar_year and calendar_day.
//
// Communities are rows, never a closed list in code: 23 became 24 elsewhere and
// splits happen. A region is ended by a date, never removed. The package writes
// no audit entry: whoever loads a calendar year on behalf of a person does.
package district

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
)

// Kind is what a region is.
type Kind string

// The kinds of region; a code has 6, 9 or 12 digits accordingly.
const (
	District    Kind = "district"
	Subdistrict Kind = "subdistrict"
	Community   Kind = "community"
)

// Region is a district, subdistrict (街道) or community (社区).
type Region struct {
	Code          string     `db:"code"`
	Kind          Kind       `db:"kind"`
	Name          string     `db:"name"`        // canonical, with its suffix: 坪环社区
	ParentCode    string     `db:"parent_code"` // "" for the district
	ValidFrom     civil.Date `db:"valid_from"`
	ValidTo       civil.Date `db:"valid_to"`       // last day, zero while it exists
	CodeConfirmed bool       `db:"code_confirmed"` // the code was checked against a second source
	MapPosition   int        `db:"map_position"`   // subdistricts: place on the tile map from 1, 0 for none
	Aliases       []string   `db:"aliases"`        // other spellings: 平环社区
}

// In reports whether the region exists on date on.
func (r Region) In(on civil.Date) bool {
	return !on.Before(r.ValidFrom) && (r.ValidTo.IsZero() || !on.After(r.ValidTo))
}

// ShortName is the name without its suffix, for tiles and chart labels: 坪环.
func (r Region) ShortName() string { return bare(r.Name) }

// RegionSet is every region that is or was, in the order of codes. It does not
// change after it was read; readers may share it.
type RegionSet struct {
	all    []Region
	byCode map[string]int
}

// Regions reads all regions in one statement.
func Regions(ctx context.Context, q postgres.Querier) (*RegionSet, error) {
	rows, err := postgres.All[Region](ctx, q, regionsSQL)
	if err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	return NewRegionSet(rows), nil
}

// GatherRegions adds what Regions asks to a batch; what it returns is called after
// the run.
func GatherRegions(b *postgres.Batch) func() *RegionSet {
	var rows []Region
	postgres.Gather(b, &rows, regionsSQL)
	return func() *RegionSet { return NewRegionSet(rows) }
}

const regionsSQL = `
		select r.code, r.kind, r.name, coalesce(r.parent_code, '') as parent_code, r.valid_from, r.valid_to,
			r.code_confirmed, coalesce(r.map_position, 0) as map_position,
			coalesce(array_agg(a.alias order by a.alias) filter (where a.alias is not null), '{}') as aliases
		from region r left join region_alias a on a.region_code = r.code
		group by r.code order by r.code`

// NewRegionSet returns the set of regions, which come in the order of codes.
func NewRegionSet(regions []Region) *RegionSet {
	s := &RegionSet{all: regions, byCode: make(map[string]int, len(regions))}
	for i, r := range regions {
		s.byCode[r.Code] = i
	}
	return s
}

// All returns every region that is or was, in the order of codes.
func (s *RegionSet) All() []Region { return slices.Clone(s.all) }

// Get returns the region with code.
func (s *RegionSet) Get(code string) (Region, bool) {
	i, ok := s.byCode[code]
	if !ok {
		return Region{}, false
	}
	return s.all[i], true
}

// Name returns the canonical name of code, "" for a code that is not known.
func (s *RegionSet) Name(code string) string {
	r, _ := s.Get(code)
	return r.Name
}

// FullName returns subdistrict and community, 马峦街道坪环社区, or the name alone
// for what is not a community; "" for a code that is not known.
func (s *RegionSet) FullName(code string) string {
	r, _ := s.Get(code)
	if r.Kind == Community {
		return s.Name(r.ParentCode) + r.Name
	}
	return r.Name
}

// Communities returns the communities that exist on date on.
func (s *RegionSet) Communities(on civil.Date) []Region {
	return s.where(func(r Region) bool { return r.Kind == Community && r.In(on) })
}

// Subdistricts returns the subdistricts that exist on date on.
func (s *RegionSet) Subdistricts(on civil.Date) []Region {
	return s.where(func(r Region) bool { return r.Kind == Subdistrict && r.In(on) })
}

// OnMap returns the subdistricts that exist on date on in the order of the tile
// map, three a row; those without a place come last.
func (s *RegionSet) OnMap(on civil.Date) []Region {
	found := s.Subdistricts(on)
	slices.SortStableFunc(found, func(a, b Region) int {
		return cmp.Compare(uint(a.MapPosition)-1, uint(b.MapPosition)-1) // 0 wraps round to the end
	})
	return found
}

// CommunitiesOf returns the communities of a subdistrict that exist on date on.
func (s *RegionSet) CommunitiesOf(subdistrict string, on civil.Date) []Region {
	return s.where(func(r Region) bool {
		return r.Kind == Community && r.ParentCode == subdistrict && r.In(on)
	})
}

func (s *RegionSet) where(keep func(Region) bool) []Region {
	var found []Region
	for _, r := range s.all {
		if keep(r) {
			found = append(found, r)
		}
	}
	return found
}

// Find returns the region that people mean by a name: the canonical one, an
// other spelling, or either without its suffix when only one region fits — 坪环
// is found, 坪山 (district, subdistrict and community) is not. A region that
// still exists wins over one that ended.
func (s *RegionSet) Find(nameOrAlias string) (Region, bool) {
	want := strings.Join(strings.Fields(nameOrAlias), "")
	if want == "" {
		return Region{}, false
	}
	if r, ok := s.only(func(name string) bool { return name == want }); ok {
		return r, true
	}
	return s.only(func(name string) bool { return bare(name) == want })
}

// only returns the one region that has a name for which is holds.
func (s *RegionSet) only(is func(name string) bool) (Region, bool) {
	var found []Region
	for _, r := range s.all {
		match := is(r.Name)
		for _, a := range r.Aliases {
			match = match || is(a)
		}
		if match {
			found = append(found, r)
		}
	}
	if len(found) > 1 {
		found = NewRegionSet(found).where(func(r Region) bool { return r.ValidTo.IsZero() })
	}
	if len(found) != 1 {
		return Region{}, false
	}
	return found[0], true
}

func bare(name string) string {
	for _, suffix := range []string{"社区", "街道", "区"} {
		if b, ok := strings.CutSuffix(name, suffix); ok && b != "" {
			return b
		}
	}
	return name
}
