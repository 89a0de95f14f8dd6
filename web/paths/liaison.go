package paths

import "net/url"

// The joint timeline: the requests of one's office, and what was told to one's
// organization.
const (
	StaffLiaison = "/staff/liaison"
	MyLiaison    = "/my/liaison"
)

// StaffLiaisonTab is one list of requests: waiting, sent, done.
func StaffLiaisonTab(tab string) string { return WithQuery(StaffLiaison, url.Values{"tab": {tab}}) }

// OrganizationLiaison is the joint timeline of an organization.
func OrganizationLiaison(id string) string { return StaffOrganization(id) + "/liaison" }

// OrganizationLiaisonNew is where an office writes an entry: remark, request,
// support, risk.
func OrganizationLiaisonNew(id, kind string) string {
	return OrganizationLiaison(id) + "/new/" + url.PathEscape(kind)
}

// LiaisonFile is a file of an entry of the timeline at address timeline.
func LiaisonFile(timeline, entry, file string) string {
	return LiaisonAct(timeline, entry, "files") + "/" + url.PathEscape(file)
}

// LiaisonAct returns an act on an entry of the timeline at address timeline:
// answer, forward, correction, withdrawal.
func LiaisonAct(timeline, entry, act string) string {
	return timeline + "/" + url.PathEscape(entry) + "/" + act
}
