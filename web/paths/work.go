package paths

import "net/url"

// Messages is one's own messages; MessagesRead marks them read by POST.
const (
	Messages     = "/messages"
	MessagesRead = Messages + "/read"
)

// Audit is the trail of what was done; AuditExport hands it out by POST.
const (
	Audit       = "/audit"
	AuditExport = Audit + "/export"
)

// AuditSubject returns the whole history of one subject.
func AuditSubject(subject, id string) string {
	return Audit + "/subjects/" + url.PathEscape(subject) + "/" + url.PathEscape(id)
}
