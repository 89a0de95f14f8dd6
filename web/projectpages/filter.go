package projectpages

import (
	"net/url"
	"slices"
	"strconv"

	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
)

// filterOf reads filter and order of an address. What is not on offer is left
// out, so that an old bookmark shows more rather than an error. place is what
// the select box sends: a subdistrict or a community, told by its length.
func filterOf(q url.Values) (report.ProjectFilter, report.ProjectSort) {
	f := report.ProjectFilter{Query: form.Clean(q.Get("q"), false), Subdistrict: code(q.Get("subdistrict"), subdistrictDigits),
		Community: code(q.Get("community"), communityDigits)}
	if place := q.Get("place"); place != "" {
		f.Subdistrict, f.Community = code(place, subdistrictDigits), code(place, communityDigits)
	}
	if y, err := strconv.Atoi(q.Get("year")); err == nil && y > 2000 && y < 3000 {
		f.Year = y
	}
	f.Programme = known(q.Get("programme"), report.Programmes)
	f.Category = known(q.Get("category"), organization.Categories)
	f.Progress = known(q.Get("progress"), report.Progresses)
	return f, report.SortOf(q.Get("sort"))
}

const (
	subdistrictDigits = 9
	communityDigits   = 12
)

// code returns s when it has that many digits and nothing else.
func code(s string, digits int) string {
	if len(s) != digits {
		return ""
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return ""
		}
	}
	return s
}

func known[T ~string](s string, all []T) T {
	if v := T(s); slices.Contains(all, v) {
		return v
	}
	return ""
}

// addressOf is filter and order as an address; the cursor is not part of it.
func addressOf(f report.ProjectFilter, by report.ProjectSort) url.Values {
	q := url.Values{"subdistrict": {f.Subdistrict}, "community": {f.Community}, "programme": {string(f.Programme)}, "category": {string(f.Category)},
		"progress": {string(f.Progress)}, "q": {f.Query}}
	if f.Year != 0 {
		q.Set("year", strconv.Itoa(f.Year))
	}
	if by != report.NewestFirst {
		q.Set("sort", string(by))
	}
	return q
}
