package layout

import (
	"civilaffairs/internal/authz"
	"civilaffairs/web/paths"
)

// entry is one place of a navigation; Permission is Public or what an actor
// must hold to be shown it.
type entry struct {
	Key, Label, Href string
	Permission       authz.Permission
}

// publicNav is the navigation of public pages, in order. It names only pages
// that exist: a feature adds its line together with its page.
var publicNav = []entry{
	{"home", "首页", paths.Home, authz.Public},
	{"projects", "资助项目", paths.Projects, authz.Public},
	{"notices", "公示公告", paths.Notices, authz.Public},
	{"organizations", "社会组织", paths.Organizations, authz.Public},
	{"bases", "孵化基地", paths.Bases, authz.Public},
	{"guides", "办事指南", paths.Guides, authz.Public},
	{"eligibility", "资格自查", paths.Eligibility, authz.Public},
	{"fund", "资金公开", paths.Fund, authz.Public},
	{"policies", "政策法规", paths.Policies, authz.Public},
}

// workNav is the navigation of staff pages, in order.
var workNav = []entry{
	{"workspace", "工作台", paths.Workspace, authz.WorkspaceView},
	{"registry", "登记备案", paths.Registry, authz.ApplicationDraft},
	{"messages", "消息", paths.Messages, authz.AccountOwn},
	{"liaison", "协查请求", paths.StaffLiaison, authz.LiaisonView},
	{"counter", "窗口代办", paths.Counter, authz.ApplicationCounter},
	{"notices", "公示", paths.StaffNotices, authz.NoticeView},
	{"objections", "异议", paths.StaffObjections, authz.ObjectionView},
	{"audit", "操作记录", paths.Audit, authz.AuditView},
	{"claims", "注册确认", paths.Claims, authz.AccountConfirm},
	{"accounts", "账号", paths.Accounts, authz.AccountView},
	{"organizations", "组织档案", paths.StaffOrganizations, authz.OrganizationStaff},
	{"duplicates", "疑似重复", paths.StaffDuplicates, authz.OrganizationPairs},
	{"governance", "内部治理", paths.StaffGovernance, authz.OrganizationStaff},
	{"departments", "业务主管单位", paths.StaffDepartments, authz.DepartmentView},
	{"imports", "批量导入", paths.Imports, authz.ImportView},
	{"fund", "专项资金", paths.StaffFund, authz.FundView},
	{"bases", "孵化基地", paths.Bases, authz.Public},
	{"policies", "政策法规", paths.Policies, authz.Public},
	{"policydesk", "政策管理", paths.StaffPolicies, authz.PolicyView},
}

// footNav is at the foot of every page.
var footNav = []entry{
	{"open-data", "开放数据", paths.OpenData, authz.Public},
	{"guides", "办事指南", paths.Guides, authz.Public},
	{"policies", "政策法规", paths.Policies, authz.Public},
	{"styleguide", "页面规范", paths.StyleGuide, authz.Public},
}

// workEntries returns the part of workNav that a may open.
func workEntries(a authz.Actor) []entry {
	var out []entry
	for _, e := range workNav {
		if a.Can(e.Permission) {
			out = append(out, e)
		}
	}
	return out
}
