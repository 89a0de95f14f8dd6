package paths

import "net/url"

// The activities of organizations as everyone sees them.
const (
	Activities      = "/activities"
	ActivitiesMonth = Activities + "/month"
	ActivitiesFeed  = Activities + "/calendar.ics"
	ActivitiesHours = Activities + "/hours" // 双工一社 in figures; the list in two formats besides
	Volunteering    = "/volunteering"       // what became of a registration, by its receipt
	PictureRequests = "/picture-requests"   // what became of a request to take a picture down
)

// Activity returns the public page of an activity.
func Activity(no string) string { return Activities + "/" + url.PathEscape(no) }

// ActivityCalendar returns one activity for the reader's own calendar.
func ActivityCalendar(no string) string { return Activity(no) + "/calendar.ics" }

// ActivityPicture returns a released picture.
func ActivityPicture(no, id string) string { return Activity(no) + "/pictures/" + url.PathEscape(id) }

// ActivityPictureRemoval is where everyone asks for a picture to be taken down.
func ActivityPictureRemoval(no, id string) string { return ActivityPicture(no, id) + "/removal" }

// OrganizationVolunteering is where residents offer to help an organization.
func OrganizationVolunteering(id, event string) string {
	return WithQuery(Organization(id)+"/volunteering", url.Values{"event": {event}})
}

// What an organization keeps itself.
const (
	MyActivities   = "/my/activities"
	MyActivityNew  = MyActivities + "/new"
	MyVolunteers   = "/my/volunteers"
	MyVolunteerNew = MyVolunteers + "/new"
	MyCall         = MyVolunteers + "/call"
)

// MyActivity returns an own activity.
func MyActivity(no string) string { return MyActivities + "/" + url.PathEscape(no) }

// MyActivityAct returns a form about it: plan, publication, cancellation, result,
// hours, pictures.
func MyActivityAct(no, act string) string { return MyActivity(no) + "/" + act }

// MyActivityHours is where one entry of hours is taken back.
func MyActivityHours(no, id string) string {
	return MyActivityAct(no, "hours") + "/" + url.PathEscape(id) + "/withdrawal"
}

// MyPicture returns a picture of an own activity.
func MyPicture(no, id string) string { return MyActivityAct(no, "pictures") + "/" + url.PathEscape(id) }

// MyPictureAct returns a form about it: release, removal.
func MyPictureAct(no, id, act string) string { return MyPicture(no, id) + "/" + act }

// MyVolunteerTab is one list of volunteers: waiting, confirmed, declined, left.
func MyVolunteerTab(tab string) string { return WithQuery(MyVolunteers, url.Values{"state": {tab}}) }

// MyVolunteerAct returns a form about a volunteer: confirmation, refusal, erasure,
// unmasking.
func MyVolunteerAct(id, act string) string {
	return MyVolunteers + "/" + url.PathEscape(id) + "/" + act
}

// What offices see of it.
const (
	StaffActivities      = "/staff/activities"
	StaffPictures        = "/staff/pictures"
	StaffPictureRequests = "/staff/picture-requests"
)

// StaffActivityAct takes an activity off the public pages or puts it back.
func StaffActivityAct(no, act string) string {
	return StaffActivities + "/" + url.PathEscape(no) + "/" + act
}

// StaffPicture returns a picture that waits for the bureau.
func StaffPicture(id string) string { return StaffPictures + "/" + url.PathEscape(id) }

// StaffPictureJudgement is where the bureau decides on a doubtful picture.
func StaffPictureJudgement(id string) string { return StaffPicture(id) + "/judgement" }

// StaffPictureRequest is where the bureau decides on a request.
func StaffPictureRequest(id string) string { return StaffPictureRequests + "/" + url.PathEscape(id) }

// StaffPictureRequestPhone shows the phone of who asked, for a reason.
func StaffPictureRequestPhone(id string) string { return StaffPictureRequest(id) + "/unmasking" }
