package organization

import (
	"fmt"
	"strings"

	"civilaffairs/internal/district"
	"civilaffairs/internal/identifier"
)

// longestQuery is more than any name has; a longer one finds nothing anyway.
const longestQuery = 60

// query is what was typed, taken apart: the ways it may stand in a name, the
// communities it names, the numbers it may be.
type query struct {
	words       []string
	communities []string
	credit      string
	filing      string
}

func searchFor(regions *district.RegionSet, typed string) query {
	var s query
	s.words, s.communities = Spellings(regions, typed)
	credit, _ := identifier.ParseCreditCode(typed) // one that breaks the check digit may be on record
	s.credit = string(credit)
	s.filing, _ = identifier.ParseFilingNo(typed)
	return s
}

// matches is the condition on one row; its arguments follow the first n.
func (s query) matches(n int) (string, []any) {
	return fmt.Sprintf(`(exists (
			select from unnest((select array_agg(search_key(w)) from unnest($%d::text[]) w)) k where position(k in o.search_text) > 0)
		or o.community_code = any($%d) or o.uscc = nullif($%d, '') or o.filing_no = nullif($%d, ''))`, n+1, n+2, n+3, n+4), s.args()
}

// hits selects the ids of all rows that match, each branch by an index of its
// own; its arguments follow the first n.
func (s query) hits(n int) (string, []any) {
	return fmt.Sprintf(`
		select o.id from unnest($%d::text[]) w, lateral (
			select id from organization where search_grams @> query_grams(w) and position(search_key(w) in search_text) > 0) o
		union select id from organization where community_code = any($%d)
		union select id from organization where merged_into is null and (uscc = nullif($%d, '') or filing_no = nullif($%d, ''))`, n+1, n+2, n+3, n+4), s.args()
}

func (s query) args() []any { return []any{s.words, s.communities, s.credit, s.filing} }

// Spellings returns the ways in which the word may stand in a name, and the
// communities that it names: 沙壆 finds 沙坣 and the organizations there.
func Spellings(regions *district.RegionSet, query string) (words []string, communities []string) {
	words, communities = []string{query}, []string{}
	key := strings.Join(strings.Fields(query), "")
	for _, r := range regions.All() {
		if r.Kind != district.Community {
			continue
		}
		for _, alias := range r.Aliases {
			short := bare(alias)
			if strings.Contains(key, short) {
				words = append(words, strings.ReplaceAll(key, short, bare(r.Name)))
			}
			if own := bare(r.Name); strings.Contains(key, own) {
				words = append(words, strings.ReplaceAll(key, own, short))
			}
		}
		// One character names too many places to mean one of them.
		if len([]rune(key)) >= 2 && names(r, key) {
			communities = append(communities, r.Code)
		}
	}
	return words, communities
}

func names(r district.Region, key string) bool {
	if r.Name == key || bare(r.Name) == key {
		return true
	}
	for _, alias := range r.Aliases {
		if alias == key || bare(alias) == key {
			return true
		}
	}
	return false
}

func bare(name string) string { return strings.TrimSuffix(name, "社区") }
