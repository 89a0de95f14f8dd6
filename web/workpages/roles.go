package workpages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notification"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// awaitView is the workspace of those to whom tasks are assigned.
type awaitView struct {
	layout.Page
	Lead, Why, How string
	Links          []link
	Reports        reportsView
}

type link struct{ Label, Href, Text string }

// awaiting says which tasks will stand here and who assigns them.
func awaiting(r authz.Role) awaitView {
	v := awaitView{Page: page("工作台", "workspace"), Why: "现在没有指派给您的任务。"}
	guides := link{"办事指南", paths.Guides, "各项工程的条件、材料、流程和期限。"}
	policies := link{"政策法规", paths.Policies, "政策原文，逐条可查。"}
	organizations := link{"社会组织", paths.Organizations, "组织的公开档案。"}
	switch r {
	case authz.Expert:
		v.Lead = "您是评审专家。"
		v.How = "微公益创投申报截止后，由民政局经办为每个项目指派专家。指派给您的项目会列在这里，同时发消息给您；评分完成前，专家之间互相看不到评分。与申报组织有利害关系的，要申请回避。"
		v.Links = []link{{"创投评审的规则", paths.Guide("venture"), "评审看什么、怎么排序、怎么回避。"}, policies, organizations}
	case authz.Evaluator:
		v.Lead = "您是第三方评估机构的评估人员。"
		v.How = "每年第四季度评估开始前，由民政局把本年度要评估的组织指派给受委托的机构。指派给您的组织会列在这里，同时发消息给您。"
		v.Links = []link{guides, policies, organizations}
	case authz.Department:
		v.Lead = "您是业务主管（指导）单位的工作人员。"
		v.Why = "没有等您单位提出意见的年度报告。"
		v.How = "您单位主管、指导的组织报送年度报告后，会列在这里，同时发消息给您；到期没有提出意见，按逾期未提出处理。登记管理机关、街道或社区发来的请求在“协查请求”里。"
		v.Links = []link{{"年度报告", paths.StaffReports, "您单位主管的组织报送的，各年度的状态和结论。"}, {"协查请求", paths.StaffLiaison, "等您单位答复的、您单位发出的。"}, {"本单位主管的组织", paths.StaffOrganizations, "组织档案、登记事实和历史。"}, policies, guides}
	}
	return v
}

// showDepartment is the workspace of a supervising department: the annual reports
// that wait for its opinion.
func (p *Pages) showDepartment(w http.ResponseWriter, r *http.Request) error {
	v := awaiting(authz.Department)
	reports, err := p.Governance.ReportsWaiting(r.Context(), actor(r))
	if err != nil {
		return err
	}
	if len(reports.List) > 0 {
		at, err := p.Desk.Setting(r.Context())
		if err != nil {
			return err
		}
		v.Reports = reportsOf(at, reports)
	}
	return httpserver.Render(w, r, http.StatusOK, awaitPage(v))
}

// adminView is the workspace of the two administrators.
type adminView struct {
	layout.Page
	Lead  string
	Links []link
	Mail  []ui.Fact // nil for who does not run the site
	Tone  ui.Tone
	Title string // what the mail comes to
	Say   string
}

func (p *Pages) showAdministration(w http.ResponseWriter, r *http.Request) error {
	a := actor(r)
	v := adminView{Page: page("工作台", "workspace"), Lead: "您管理安全：重置密码和动态口令，解锁账号。建账号由系统管理员办。",
		Links: []link{{"账号", paths.Accounts, "找到要解锁或重置的账号。"}, {"我的账号", paths.OwnAccount, "自己的密码、动态口令和登录记录。"}}}
	if a.Role == authz.AdminSystem {
		v.Lead = "您管理机关账号和站点。解锁和重置密码由安全管理员办。"
		v.Links = []link{{"账号", paths.Accounts, "查看、停用和启用机关账号。"}, {"建机关账号", paths.OfficeNew, "为新到岗的工作人员建账号。"},
			{"我的账号", paths.OwnAccount, "自己的密码、动态口令和登录记录。"}}
	}
	if a.Can(authz.SiteManage) {
		state, err := p.Mailer.State(r.Context(), a)
		if err != nil {
			return err
		}
		v.mail(state)
	}
	return httpserver.Render(w, r, http.StatusOK, adminPage(v))
}

// mail says how the mail stands and what to do about it.
func (v *adminView) mail(s notification.MailState) {
	switch {
	case !s.On:
		v.Tone, v.Title = ui.Warn, "邮件没有开通"
		v.Say = "没有设置邮件服务器。站内消息照常，邮件不会发出，排队超过 30 天的会删除。由部署人员设置 PORTAL_SMTP_URL 后重新启动，排队的邮件会自动发出。"
	case s.Failing > 0:
		v.Tone, v.Title = ui.Bad, "邮件有发不出去的"
		v.Say = "会自动再试，30 天内都不会丢失。原因一栏写着服务器怎么说，请转给部署人员处理。"
	default:
		v.Tone, v.Title = ui.Good, "邮件正常"
		v.Say = "没有发送失败的邮件。"
	}
	v.Mail = []ui.Fact{ui.F("等待发送", itoa(s.Waiting)+" 封")}
	if s.Waiting > 0 {
		v.Mail = append(v.Mail, ui.F("最早的一封", clock(s.Oldest, s.Today)))
	}
	if s.Failing > 0 {
		v.Mail = append(v.Mail, ui.F("发送失败过", itoa(s.Failing)+" 封"), ui.F("最近的原因", s.Reason))
	}
}
