// Package authz is the closed list of roles and permissions, and the actor that
// carries them. Level 0; no tables.
//
// A permission is declared at the route and checked again in the service. What
// an actor may not see is “not found”, never “forbidden”.
package authz

import (
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

// Role is what an account may be; one account has exactly one.
type Role string

// The roles of DESIGN §2. Anonymous is nobody; System is the clock and the jobs.
const (
	Anonymous      Role = ""
	Initiator      Role = "initiator"
	OrgClerk       Role = "org_clerk"
	OrgHead        Role = "org_head"
	Community      Role = "community"
	Subdistrict    Role = "subdistrict"
	BureauClerk    Role = "bureau_clerk"
	BureauReviewer Role = "bureau_reviewer"
	BureauLeader   Role = "bureau_leader"
	Finance        Role = "finance"
	Expert         Role = "expert"
	Evaluator      Role = "evaluator"
	Department     Role = "department"
	LeadingGroup   Role = "leading_group"
	Auditor        Role = "auditor"
	AdminSystem    Role = "admin_system"
	AdminSecurity  Role = "admin_security"
	System         Role = "system"
)

// Roles lists every role a person can hold, in the order of DESIGN §2.
var Roles = []Role{
	Initiator, OrgClerk, OrgHead, Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader,
	Finance, Expert, Evaluator, Department, LeadingGroup, Auditor, AdminSystem, AdminSecurity,
}

var roleNames = map[Role]string{
	Anonymous: "公众", Initiator: "发起人", OrgClerk: "组织经办人", OrgHead: "组织负责人",
	Community: "社区", Subdistrict: "街道办", BureauClerk: "民政局经办", BureauReviewer: "民政局复核",
	BureauLeader: "民政局领导", Finance: "财务", Expert: "评审专家", Evaluator: "第三方评估机构",
	Department: "业务主管单位", LeadingGroup: "工作领导小组", Auditor: "审计",
	AdminSystem: "系统管理员", AdminSecurity: "安全管理员", System: "系统",
}

// Name returns the role's Chinese name, the raw value when unknown.
func (r Role) Name() string {
	if n, ok := roleNames[r]; ok {
		return n
	}
	return string(r)
}

// Valid reports whether r is a role that a person can hold.
func (r Role) Valid() bool { _, ok := roleNames[r]; return ok && r != Anonymous && r != System }

// Staff reports whether r works for an office. Staff need a second factor, have
// the shorter idle time and see the dense layout.
func (r Role) Staff() bool {
	switch r {
	case Anonymous, Initiator, OrgClerk, OrgHead, System:
		return false
	}
	return true
}

// OfOrganization reports whether r acts for one organization.
func (r Role) OfOrganization() bool { return r == OrgClerk || r == OrgHead }

// OfBureau reports whether r handles cases of the whole district.
func (r Role) OfBureau() bool {
	return r == BureauClerk || r == BureauReviewer || r == BureauLeader
}

// Actor is who does something: a signed-in account, the public, or the system.
// PersonID is what separation of duties compares: one person may hold two
// accounts, but is the same person on one case.
type Actor struct {
	AccountID   uuid.UUID
	PersonID    uuid.UUID
	Name        string // the person's name, as shown and recorded
	Username    string
	Role        Role
	OrgID       uuid.UUID // organization roles only
	Community   string    // community code; community role only
	Subdistrict string    // subdistrict code; community and subdistrict roles
	Department  string    // the department's code; department role only
	IP          string    // for the audit trail
}

// SystemActor is the clock and the jobs.
var SystemActor = Actor{Name: "系统", Role: System}

// SignedIn reports whether a person stands behind the actor.
func (a Actor) SignedIn() bool { return a.AccountID != uuid.Nil }

// Can reports whether the actor's role holds p.
func (a Actor) Can(p Permission) bool { return Can(a.Role, p) }

// Require returns nil when the actor holds p, an Unauthenticated error when
// nobody is signed in, and a Forbidden error otherwise.
func (a Actor) Require(p Permission) error {
	switch {
	case a.Can(p):
		return nil
	case a.Role == Anonymous:
		return errs.New(errs.Unauthenticated, "请先登录")
	default:
		return errs.Newf(errs.Forbidden, "您的账号（%s）不能办这件事：%s。", a.Role.Name(), p.Description())
	}
}
