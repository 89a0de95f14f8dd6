package district

import (
	"regexp"
	"slices"
	"strings"

	"civilaffairs/internal/civil"

	"golang.org/x/text/unicode/norm"
)

// Units are the departments as a form offers and knows them by name on a day.
type Units struct {
	Offered []string // names of those that exist, and then the other texts for them
	keys    []string
}

// UnitsOn makes the units of a list of departments.
func UnitsOn(list []Department, on civil.Date) Units {
	u := Units{Offered: DepartmentNames(list, on)}
	for _, d := range list {
		for _, n := range d.Names {
			u.keys = append(u.keys, unitKey(n.Name), unitKey(n.Short))
		}
		for _, a := range d.Aliases {
			u.keys = append(u.keys, unitKey(a))
		}
		if d.In(on) {
			u.Offered = append(append(u.Offered, d.NameOn(on).Short), d.Aliases...)
		}
	}
	return u
}

// Knows reports whether a text means a department, as department_of in the
// database does.
func (u Units) Knows(said string) bool { return slices.Contains(u.keys, unitKey(said)) }

// Remark is what to know of a supervising unit as it was typed, "" for nothing.
func (u Units) Remark(said string) string {
	if said == "" || u.Knows(said) {
		return ""
	}
	return UnknownUnit(said) + "。"
}

var ownDistrict = regexp.MustCompile(`^((广东省)?(深圳市?)?坪山新?区|区)`)

// unitKey is department_key of the database.
func unitKey(said string) string {
	return ownDistrict.ReplaceAllString(strings.ToLower(strings.Join(strings.Fields(norm.NFKC.String(said)), "")), "")
}

// UnknownUnit is said of a supervising unit that means no department: the record
// is taken all the same.
func UnknownUnit(said string) string {
	return "主管单位名单里没有“" + said + "”。照样登记，但没有单位账号看得到这个组织；改用名单里的写法，或请民政局把这个写法加进名单"
}
