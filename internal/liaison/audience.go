package liaison

import (
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// Office is who speaks and who is asked. Code names the community, subdistrict,
// department or organization; the bureau and the leading group have none.
type Office struct{ Kind, Code string }

// The kinds of office.
const (
	ofBureau       = "bureau"
	ofLeading      = "leading"
	ofCommunity    = "community"
	ofSubdistrict  = "subdistrict"
	ofDepartment   = "department"
	ofOrganization = "organization"
)

// Bureau is the registrar's office in the district.
var Bureau = Office{Kind: ofBureau}

// OfficeOf returns the office that the actor speaks for; ok is false for who
// speaks for none.
func OfficeOf(a authz.Actor) (o Office, ok bool) {
	switch {
	case a.Role.OfBureau():
		return Bureau, true
	case a.Role == authz.LeadingGroup:
		return Office{Kind: ofLeading}, true
	case a.Role == authz.Community:
		o = Office{ofCommunity, a.Community}
	case a.Role == authz.Subdistrict:
		o = Office{ofSubdistrict, a.Subdistrict}
	case a.Role == authz.Department:
		o = Office{ofDepartment, a.Department}
	case a.Role.OfOrganization() && a.OrgID != uuid.Nil:
		o = Office{ofOrganization, a.OrgID.String()}
	}
	return o, o.Code != ""
}

// Key is how an office is stored.
func (o Office) Key() string {
	if o.Code == "" {
		return o.Kind
	}
	return o.Kind + "/" + o.Code
}

// parseOffice reads a key.
func parseOffice(key string) Office {
	kind, code, _ := strings.Cut(key, "/")
	return Office{kind, code}
}

// ofOrg reports whether the organization itself is meant.
func (o Office) ofOrg() bool { return o.Kind == ofOrganization }

// name is how entries show the office; of is the organization that they are about.
func (o Office) name(regions *district.RegionSet, of organization.Organization) string {
	switch o.Kind {
	case ofBureau:
		return "区民政局"
	case ofLeading:
		return "工作领导小组"
	case ofCommunity:
		return regions.Name(o.Code)
	case ofSubdistrict:
		return regions.Name(o.Code) + "办事处"
	case ofOrganization:
		return of.Name
	case ofDepartment:
		return of.UnitName // no other department covers it
	}
	return o.Code
}

// Addressee is an office that a request about an organization may go to.
type Addressee struct {
	Office
	Name string
}

// addressees are the offices of an organization without the one that asks.
func addressees(o organization.Organization, regions *district.RegionSet, self Office) []Addressee {
	all := []Office{{ofCommunity, o.CommunityCode}, {ofSubdistrict, o.SubdistrictCode}, Bureau, {ofOrganization, o.ID.String()}}
	if o.DepartmentCode != "" {
		all = append(all, Office{ofDepartment, o.DepartmentCode})
	}
	var out []Addressee
	for _, x := range all {
		if x != self {
			out = append(out, Addressee{x, x.name(regions, o)})
		}
	}
	return out
}

// Sees reports whether the actor reads an entry of an organization that belongs
// to place. seen is the same in SQL.
func Sees(a authz.Actor, place authz.Place, author Office, to Audience) bool {
	if !a.Can(authz.LiaisonView) || !a.Covers(place) {
		return false
	}
	own, ok := OfficeOf(a)
	switch {
	case a.Role == authz.Auditor, ok && own == author:
		return true
	case a.Role.OfOrganization():
		return to == TheirsAsWell
	}
	return to != OwnOffice
}

// seen is Sees within an organization that the actor covers, as a condition on
// liaison_entry e.
func seen(w *where, a authz.Actor) {
	own, _ := OfficeOf(a)
	switch {
	case a.Role == authz.Auditor:
	case !a.Can(authz.LiaisonView):
		w.add("false")
	case a.Role.OfOrganization():
		w.add("(e.audience = 'organization' or e.office = ?)", own.Key())
	default:
		w.add("(e.audience <> 'office' or e.office = ?)", own.Key())
	}
}
