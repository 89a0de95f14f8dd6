package organization

import (
	"context"
	"strings"

	"civilaffairs/internal/district"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// longestQuery is more than any name has; a longer one finds nothing anyway.
const longestQuery = 60

// search collects the hits of a word when they are few. For a frequent word it
// returns few = false, and the caller filters while it walks the list.
func search(ctx context.Context, q postgres.Querier, regions *district.RegionSet, query string) (hits []uuid.UUID, few bool, err error) {
	if r := []rune(query); len(r) > longestQuery {
		return nil, true, nil
	}
	words, communities := spellings(regions, query)
	credit, _ := identifier.ParseCreditCode(query)
	filing, _ := identifier.ParseFilingNo(query)
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	// Each branch has an index of its own; the limit keeps a frequent word cheap.
	rows, err := postgres.All[row](ctx, q, `
		select distinct id from (
			(select o.id from unnest($1::text[]) w, lateral (
				select id from organization where search_grams @> search_grams(w) and position(search_key(w) in search_text) > 0 limit $5) o)
			union all (select id from organization where community_code = any($2) limit $5)
			union all (select id from organization where uscc = nullif($3, '') or filing_no = nullif($4, ''))
		) h limit $5`, words, communities, string(credit), filing, rare+1)
	if err != nil {
		return nil, false, err
	}
	for _, r := range rows {
		hits = append(hits, r.ID)
	}
	return hits, len(rows) <= rare, nil
}

// spellings returns the ways in which the word may stand in a name, and the
// communities that it names: 沙壆 finds 沙坣 and the organizations there.
func spellings(regions *district.RegionSet, query string) (words []string, communities []string) {
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
