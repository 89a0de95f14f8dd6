package authz

import "github.com/google/uuid"

// Place is where an organization belongs; an actor's scope is compared with it.
type Place struct {
	OrgID       uuid.UUID
	Community   string // community code
	Subdistrict string // subdistrict code
	Department  string // code of the supervising department, "" when none
}

// Covers reports whether p lies in the actor's scope: own organization, own
// community, own subdistrict, organizations of one's department, or the district.
// It says nothing of permissions. What is not covered is “not found”.
func (a Actor) Covers(p Place) bool {
	switch a.Role {
	case OrgClerk, OrgHead:
		return a.OrgID != uuid.Nil && a.OrgID == p.OrgID
	case Community:
		return a.Community != "" && a.Community == p.Community
	case Subdistrict:
		return a.Subdistrict != "" && a.Subdistrict == p.Subdistrict
	case Department:
		return a.Department != "" && a.Department == p.Department
	case BureauClerk, BureauReviewer, BureauLeader, Finance, LeadingGroup, Auditor, System:
		return true
	}
	return false
}
