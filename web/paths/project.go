package paths

import (
	"net/url"
	"strconv"
)

// Funded projects, the fund and the open data: addresses of the public contract
// (DESIGN §4).
const (
	Projects     = "/projects"
	Fund         = "/fund"
	OpenData     = "/open-data"
	ProjectsData = OpenData + "/projects" // .xlsx and .csv
	ProjectsJSON = OpenData + "/projects.json"
	FundData     = OpenData + "/fund"    // .xlsx and .csv
	RatingsData  = OpenData + "/ratings" // .xlsx and .csv
	NoticesAtom  = OpenData + "/notices.atom"

	OrganizationsData = OpenData + "/organizations" // .xlsx and .csv, like the next
	NoticesData       = OpenData + "/notices"
	BasesData         = OpenData + "/bases"
)

// Project returns the page of the funded project with a number.
func Project(no string) string { return Projects + "/" + url.PathEscape(no) }

// ProjectData returns the same project as open data.
func ProjectData(no string) string { return OpenData + "/projects/" + url.PathEscape(no) + ".json" }

// ProjectsOfYear returns the list of the projects paid from a year's budget; a
// programme narrows it further.
func ProjectsOfYear(year int, programme string) string {
	return WithQuery(Projects, url.Values{"year": {strconv.Itoa(year)}, "programme": {programme}})
}

// FundOf returns the fund of a year.
func FundOf(year int) string { return WithQuery(Fund, url.Values{"year": {strconv.Itoa(year)}}) }
