package paths

import "net/url"

// ActivityPlans are the events that an organization told of before (事前报备).
const ActivityPlans = "/my/activity-plans"

// StaffActivityPlans are those in the area of an office.
const StaffActivityPlans = "/staff/activity-plans"

// ActivityPlan returns one of the own organization.
func ActivityPlan(id string) string { return ActivityPlans + "/" + url.PathEscape(id) }

// StaffActivityPlan returns one in the area of an office.
func StaffActivityPlan(id string) string { return StaffActivityPlans + "/" + url.PathEscape(id) }
