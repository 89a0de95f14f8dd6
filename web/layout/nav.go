package layout

import (
	"slices"

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
	{"activities", "活动日历", paths.Activities, authz.Public},
	{"bases", "孵化基地", paths.Bases, authz.Public},
	{"guides", "办事指南", paths.Guides, authz.Public},
	{"eligibility", "资格自查", paths.Eligibility, authz.Public},
	{"fund", "资金公开", paths.Fund, authz.Public},
	{"policies", "政策法规", paths.Policies, authz.Public},
}

// group is what belongs together in the navigation of staff pages; "" stands in
// the open.
type group struct {
	Label   string
	Entries []entry
}

// workNav is the navigation of staff pages, in order.
var workNav = []group{
	{"", []entry{
		{"workspace", "工作台", paths.Workspace, authz.WorkspaceView},
		{"messages", "消息", paths.Messages, authz.AccountOwn},
		{"liaison", "协查请求", paths.StaffLiaison, authz.LiaisonView},
		{"counter", "窗口代办", paths.Counter, authz.ApplicationCounter},
	}},
	{"组织", []entry{
		{"organizations", "组织档案", paths.StaffOrganizations, authz.OrganizationStaff},
		{"claims", "注册确认", paths.Claims, authz.AccountConfirm},
		{"governance", "内部治理", paths.StaffGovernance, authz.OrganizationStaff},
		{"annual-reports", "年度报告", paths.StaffReports, authz.OrganizationStaff},
		{"guidelines", "制度指引", paths.StaffGuidelines, authz.GuidelineView},
		{"duplicates", "疑似重复", paths.StaffDuplicates, authz.OrganizationPairs},
		{"imports", "批量导入", paths.Imports, authz.ImportView},
		{"bases", "孵化基地", paths.Bases, authz.Public},
	}},
	{"活动", []entry{
		{"plans", "活动报备", paths.StaffActivityPlans, authz.ActivityPlanView},
		{"activities", "公开的活动", paths.StaffActivities, authz.EventBlock},
		{"pictures", "活动照片", paths.StaffPictures, authz.PictureView},
		{"samples", "现场抽查", paths.StaffSamples, authz.SampleView},
	}},
	{"资助", []entry{
		{"notices", "公示", paths.StaffNotices, authz.NoticeView},
		{"objections", "异议", paths.StaffObjections, authz.ObjectionView},
		{"fund", "专项资金", paths.StaffFund, authz.FundView},
	}},
	{"政策", []entry{
		{"policies", "政策法规", paths.Policies, authz.Public},
		{"policydesk", "政策管理", paths.StaffPolicies, authz.PolicyView},
	}},
	{"系统", []entry{
		{"accounts", "账号", paths.Accounts, authz.AccountView},
		{"audit", "操作记录", paths.Audit, authz.AuditView},
	}},
}

// footNav is at the foot of every page.
var footNav = []entry{
	{"open-data", "开放数据", paths.OpenData, authz.Public},
	{"samples", "现场抽查", paths.Samples, authz.Public},
	{"guides", "办事指南", paths.Guides, authz.Public},
	{"guidelines", "制度规范指引", paths.Guidelines, authz.Public},
	{"policies", "政策法规", paths.Policies, authz.Public},
	{"styleguide", "页面规范", paths.StyleGuide, authz.Public},
}

// workGroups returns the part of workNav that a may open. A group of one entry
// is no group: the entry stands in the open.
func workGroups(a authz.Actor) []group {
	var out []group
	for _, g := range workNav {
		var may []entry
		for _, e := range g.Entries {
			if a.Can(e.Permission) {
				may = append(may, e)
			}
		}
		switch {
		case len(may) == 0:
		case len(may) == 1:
			out = append(out, group{"", may})
		default:
			out = append(out, group{g.Label, may})
		}
	}
	return out
}

// holds reports whether the group leads to the page with this key.
func (g group) holds(key string) bool {
	return slices.ContainsFunc(g.Entries, func(e entry) bool { return e.Key == key })
}
