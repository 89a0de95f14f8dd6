package paths

import (
	"net/url"
	"strconv"
)

// The guideline library, public and in work.
const (
	Guidelines      = "/guidelines"
	StaffGuidelines = "/staff/guidelines"
	StaffGuideline  = StaffGuidelines + "/new"
)

// GuidelinesFor returns the part of the library that helps with a duty.
func GuidelinesFor(duty string) string { return WithQuery(Guidelines, url.Values{"duty": {duty}}) }

// Guideline returns an entry, GuidelineFile the document to save.
func Guideline(no int) string     { return Guidelines + "/" + strconv.Itoa(no) }
func GuidelineFile(no int) string { return Guideline(no) + "/file" }

// StaffGuidelineFrom returns the form of an entry that begins with a text of the
// portal.
func StaffGuidelineFrom(key string) string {
	return WithQuery(StaffGuideline, url.Values{"from": {key}})
}

// StaffGuidelineEntry returns an entry in work, StaffGuidelineAct an act on it:
// text, submission, release, return, discard, revision, withdrawal, files.
func StaffGuidelineEntry(id string) string { return StaffGuidelines + "/" + url.PathEscape(id) }
func StaffGuidelineAct(id, act string) string {
	return StaffGuidelineEntry(id) + "/" + act
}

// StaffGuidelineFile returns a file of a version of it, StaffGuidelineRemoval is
// where it is taken out.
func StaffGuidelineFile(id, version, file string) string {
	return StaffGuidelineAct(id, "files") + "/" + url.PathEscape(version) + "/" + url.PathEscape(file)
}
func StaffGuidelineRemoval(id, version, file string) string {
	return StaffGuidelineFile(id, version, file) + "/removal"
}
