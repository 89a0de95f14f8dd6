package paths

import (
	"net/url"
)

// MyGovernance is the checklist of one's own organization.
const MyGovernance = "/my/governance"

// MyGovernancePart returns a form of it: charter, meetings, officers.
func MyGovernancePart(part string) string { return MyGovernance + "/" + part }

// MyGovernanceRecord returns an act on one record of a part.
func MyGovernanceRecord(part, id, act string) string {
	return MyGovernancePart(part) + "/" + url.PathEscape(id) + "/" + act
}

// MyGovernanceFiles returns the files of one record: minutes of a meeting, text
// of a system.
func MyGovernanceFiles(part, record string) string {
	return MyGovernance + "/files/" + part + "/" + url.PathEscape(record)
}

// MyGovernanceFileRemoval is where one of them is taken out.
func MyGovernanceFileRemoval(part, record, file string) string {
	return MyGovernanceFiles(part, record) + "/" + url.PathEscape(file) + "/removal"
}

// MyGovernanceFile returns one file itself.
func MyGovernanceFile(file string) string { return MyGovernance + "/file/" + url.PathEscape(file) }

// StaffGovernance is the board of the offices.
const StaffGovernance = "/staff/governance"

// StaffOrganizationGovernance returns the checklist of an organization.
func StaffOrganizationGovernance(id string) string { return StaffOrganizationPart(id, "governance") }

// StaffGovernanceFile returns one of its files.
func StaffGovernanceFile(id, file string) string {
	return StaffOrganizationGovernance(id) + "/file/" + url.PathEscape(file)
}
