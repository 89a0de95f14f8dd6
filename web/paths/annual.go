package paths

import (
	"net/url"
	"strconv"
)

// The annual report, by the organization and in the offices.
const (
	MyReports           = "/my/annual-reports"
	StaffReports        = "/staff/annual-reports"
	StaffReportsUnfiled = StaffReports + "/unfiled"
)

// MyReport returns the report about a year.
func MyReport(year int) string { return MyReports + "/" + strconv.Itoa(year) }

// MyReportPart returns one part of its form.
func MyReportPart(year int, part string) string { return MyReport(year) + "/parts/" + part }

// MyReportPapers returns its papers, MyReportSlot where one is handed in,
// MyReportRemoval where one is taken out, MyReportFile one itself.
func MyReportPapers(year int) string            { return MyReport(year) + "/papers" }
func MyReportSlot(year int, slot string) string { return MyReportPapers(year) + "/" + slot }
func MyReportFile(year int, file string) string {
	return MyReport(year) + "/file/" + url.PathEscape(file)
}
func MyReportRemoval(year int, slot, file string) string {
	return MyReportSlot(year, slot) + "/" + url.PathEscape(file) + "/removal"
}

// MyReportReview returns all of it on one page, MyReportSubmission where it is
// signed.
func MyReportReview(year int) string     { return MyReport(year) + "/review" }
func MyReportSubmission(year int) string { return MyReport(year) + "/submission" }

// StaffReport returns a report as an office reads it, StaffReportAct an act on
// it: opinion, correction, conclusion, reopening.
func StaffReport(id string) string         { return StaffReports + "/" + url.PathEscape(id) }
func StaffReportAct(id, act string) string { return StaffReport(id) + "/" + act }
func StaffReportFile(id, file string) string {
	return StaffReport(id) + "/file/" + url.PathEscape(file)
}

// StaffReportsUnfiledOf returns who handed in nothing about a year.
func StaffReportsUnfiledOf(year int) string {
	return WithQuery(StaffReportsUnfiled, url.Values{"year": {strconv.Itoa(year)}})
}

// What an organization tells the public: in work, and as it was published.
const (
	MyDisclosures   = "/my/disclosures"
	MyDisclosureNew = MyDisclosures + "/new"
)

// MyDisclosureNewOf returns the form of a kind about a year, 0 for none.
func MyDisclosureNewOf(kind string, year int) string {
	q := url.Values{"kind": {kind}}
	if year > 0 {
		q.Set("year", strconv.Itoa(year))
	}
	return WithQuery(MyDisclosureNew, q)
}

// MyDisclosure returns one of them, MyDisclosureAct an act on it: text, file,
// publication.
func MyDisclosure(id string) string         { return MyDisclosures + "/" + url.PathEscape(id) }
func MyDisclosureAct(id, act string) string { return MyDisclosure(id) + "/" + act }

// MyDisclosureFile returns the file of a draft, MyDisclosureFileRemoval where it
// is taken out.
func MyDisclosureFile(id, file string) string {
	return MyDisclosureAct(id, "file") + "/" + url.PathEscape(file)
}
func MyDisclosureFileRemoval(id, file string) string { return MyDisclosureFile(id, file) + "/removal" }

// MyDisclosureWithdrawal is where a published version is withdrawn.
func MyDisclosureWithdrawal(version string) string {
	return MyDisclosures + "/versions/" + url.PathEscape(version) + "/withdrawal"
}

// Disclosures is the public section of an organization, Disclosure one version,
// DisclosureFile its file.
func Disclosures(org string) string { return Organization(org) + "/disclosures" }
func Disclosure(org, version string) string {
	return Disclosures(org) + "/" + url.PathEscape(version)
}
func DisclosureFile(org, version string) string { return Disclosure(org, version) + "/file" }
