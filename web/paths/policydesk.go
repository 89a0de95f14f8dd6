package paths

import (
	"net/url"
	"strconv"
)

// The policy desk, for staff: documents, editions of parameters, the calendar.
const (
	StaffPolicies    = "/staff/policies"
	StaffPolicyNew   = StaffPolicies + "/new"
	StaffCoverage    = StaffPolicies + "/coverage"
	StaffEditions    = "/staff/editions"
	StaffEditionNew  = StaffEditions + "/new"
	StaffCompare     = StaffEditions + "/compare"
	StaffCalendar    = "/staff/calendar"
	StaffCalendarNew = StaffCalendar + "/new"
)

// PolicyEditions returns the public page of the parameters under a document.
func PolicyEditions(slug string) string { return Policy(slug) + "/editions" }

// PolicyEdition is PolicyEditions with one edition opened.
func PolicyEdition(slug, id string) string {
	return WithQuery(PolicyEditions(slug), url.Values{"edition": {id}})
}

// StaffPolicy returns a document as staff see it.
func StaffPolicy(id string) string { return StaffPolicies + "/" + url.PathEscape(id) }

// StaffPolicyAct returns a form or an act on a document: facts, text, articles,
// submission, approval, return, discard, closing.
func StaffPolicyAct(id, act string) string { return StaffPolicy(id) + "/" + act }

// StaffPolicyArticle returns the form of one article of a draft, by its place.
func StaffPolicyArticle(id string, ordinal int) string {
	return StaffPolicyAct(id, "articles") + "/" + strconv.Itoa(ordinal)
}

// StaffClosingAct returns the approval or refusal of a proposed closing.
func StaffClosingAct(id, act string) string {
	return "/staff/closings/" + url.PathEscape(id) + "/" + act
}

// StaffEdition returns an edition as staff see it.
func StaffEdition(id string) string { return StaffEditions + "/" + url.PathEscape(id) }

// StaffEditionAct returns a form or an act on an edition: facts, confirmation,
// submission, approval, return, discard.
func StaffEditionAct(id, act string) string { return StaffEdition(id) + "/" + act }

// StaffEditionParameter returns the form of one parameter of a draft.
func StaffEditionParameter(id, key string) string {
	return StaffEdition(id) + "/parameters/" + url.PathEscape(key)
}

// StaffEditionFrom returns the form of a new edition under a document, copied
// from another edition; either may be "".
func StaffEditionFrom(document, copied string) string {
	return WithQuery(StaffEditionNew, url.Values{"document": {document}, "copy": {copied}})
}

// StaffParameter returns a parameter through time.
func StaffParameter(key string) string { return "/staff/parameters/" + url.PathEscape(key) }

// StaffCalendarAct returns the approval or refusal of an entered year.
func StaffCalendarAct(id, act string) string {
	return StaffCalendar + "/" + url.PathEscape(id) + "/" + act
}
