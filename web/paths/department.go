package paths

import "net/url"

// The list of supervising departments.
const (
	StaffDepartments   = "/staff/departments"
	StaffDepartmentNew = StaffDepartments + "/new"
)

// StaffDepartment is one department.
func StaffDepartment(code string) string { return StaffDepartments + "/" + url.PathEscape(code) }

// StaffDepartmentAct is an act on a department: name, aliases, end, confirmation.
func StaffDepartmentAct(code, act string) string { return StaffDepartment(code) + "/" + act }
