package paths

import "net/url"

// MyOrganization is the profile of one's own organization.
const MyOrganization = "/my/organization"

// MyOrganizationPart returns one part of the own profile: basics, contact,
// payee, systems, activities.
func MyOrganizationPart(part string) string { return MyOrganization + "/" + part }

// MyOrganizationWithdrawal is where a record of the own profile is taken back.
func MyOrganizationWithdrawal(part, id string) string {
	return MyOrganizationPart(part) + "/" + url.PathEscape(id) + "/withdrawal"
}

// MergedRecords is the part of a record that lists what was merged into it.
const MergedRecords = "#merged"

// The registry as offices see it.
const (
	StaffOrganizations   = "/staff/organizations"
	StaffOrganizationNew = StaffOrganizations + "/new"
)

// StaffOrganizationFor returns the form of a new organization filled in from the
// account claim with id.
func StaffOrganizationFor(claim string) string {
	return StaffOrganizationNew + "?" + url.Values{"claim": {claim}}.Encode()
}

// StaffOrganization returns the full record of the organization with id.
func StaffOrganization(id string) string { return StaffOrganizations + "/" + url.PathEscape(id) }

// StaffOrganizationPart returns one part of the record: registration, status,
// systems, activities, reports, grants, looks, entries, checks, grades, and the
// acts payee/verification, payee/unmasking, head/unmasking.
func StaffOrganizationPart(id, part string) string { return StaffOrganization(id) + "/" + part }

// StaffOrganizationAct returns an act on one record of a part: confirmation,
// withdrawal, use-report, end.
func StaffOrganizationAct(id, part, record, act string) string {
	return StaffOrganizationPart(id, part) + "/" + url.PathEscape(record) + "/" + act
}

// RosterOf returns the roster of the organization whose profile or record is at
// base.
func RosterOf(base string) string { return base + "/roster" }

// RosterMember returns one member of it.
func RosterMember(base, id string) string { return RosterOf(base) + "/" + url.PathEscape(id) }

// RosterAct returns an act on one member: facts, end, contracts, insurance,
// withdrawal, unmasking.
func RosterAct(base, id, act string) string { return RosterMember(base, id) + "/" + act }

// The records that may be one organization, and what merges them.
const (
	StaffDuplicates = "/staff/duplicates"
	StaffMerges     = "/staff/merges"
)

// StaffDuplicatesOf is one list of pairs: open, proposed, different.
func StaffDuplicatesOf(state string) string {
	return WithQuery(StaffDuplicates, url.Values{"state": {state}})
}

// StaffDuplicate compares two records.
func StaffDuplicate(one, other string) string {
	return StaffDuplicates + "/" + url.PathEscape(one) + "/" + url.PathEscape(other)
}

// StaffDuplicateAct is an answer about two records: difference, merge.
func StaffDuplicateAct(one, other, act string) string { return StaffDuplicate(one, other) + "/" + act }

// StaffMerge is an act on a proposed merge: confirmation, refusal, undoing.
func StaffMerge(id, act string) string { return StaffMerges + "/" + url.PathEscape(id) + "/" + act }
