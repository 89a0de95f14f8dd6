package paths

import "net/url"

// Notices is the public list of notices; the address is public contract. Receipts
// is where an objector asks what became of an objection.
const (
	Notices  = "/notices"
	Receipts = "/objections"
)

// The notices and objections of the office.
const (
	StaffNotices    = "/staff/notices"
	StaffNoticeNew  = StaffNotices + "/new"
	StaffObjections = "/staff/objections"
)

// Notice returns the public page of a notice.
func Notice(no string) string { return Notices + "/" + url.PathEscape(no) }

// NoticeObjection returns the form of an objection to a notice.
func NoticeObjection(no string) string { return Notice(no) + "/objection" }

// StaffNotice returns a notice in the office.
func StaffNotice(id string) string { return StaffNotices + "/" + url.PathEscape(id) }

// StaffNoticeAct returns an act on a notice: text, submission, approval, issue,
// return, discard, erratum, extension, withdrawal.
func StaffNoticeAct(id, act string) string { return StaffNotice(id) + "/" + act }

// StaffObjection returns an objection in the office.
func StaffObjection(id string) string { return StaffObjections + "/" + url.PathEscape(id) }

// StaffObjectionAct returns an act on an objection: outcome, unmasking.
func StaffObjectionAct(id, act string) string { return StaffObjection(id) + "/" + act }

// StaffObjectionFile returns a piece of evidence.
func StaffObjectionFile(id, file string) string {
	return StaffObjection(id) + "/files/" + url.PathEscape(file)
}
