package authz

// Permission is one thing a role may do. The list is closed: a route names one
// of these or Public.
type Permission string

// Public is held by everyone, signed in or not.
const Public Permission = "public"

// The permissions, by subject.
const (
	// Account
	AccountOwn     Permission = "account.own"     // own password, second factor, messages
	AccountManage  Permission = "account.manage"  // create and disable office accounts
	AccountConfirm Permission = "account.confirm" // confirm that a person acts for an organization
	AccountInvite  Permission = "account.invite"  // the head gives the organization a clerk
	AccountView    Permission = "account.view"    // the accounts one manages
	AccountDisable Permission = "account.disable" // close and reopen accounts one manages
	AccountReset   Permission = "account.reset"   // one-time password for accounts one manages
	SecurityManage Permission = "security.manage" // unlock accounts, reset second factors

	// Workspace and cases
	WorkspaceView Permission = "workspace.view"
	CaseView      Permission = "case.view" // cases in one's scope

	// Organization facts
	OrganizationEdit    Permission = "organization.edit"     // the organization's own part of its profile
	OrganizationRecord  Permission = "organization.record"   // facts that the registrar records
	OrganizationStaff   Permission = "organization.staff"    // the full profile, by office
	ActivityConfirm     Permission = "activity.confirm"      // confirm that an activity took place
	SensitiveUnmask     Permission = "sensitive.unmask"      // see an ID number in full, with a reason
	AccountNumberUnmask Permission = "account_number.unmask" // see a bank account in full, with a reason

	// Imports from spreadsheets
	ImportRun  Permission = "import.run"  // read a file in, confirm it, take it back
	ImportView Permission = "import.view" // what was imported, by whom

	// Roster of people
	RosterView Permission = "roster.view" // who belongs to an organization in one's scope
	RosterEdit Permission = "roster.edit" // enter and end members of the own organization

	// Internal governance
	AnnualReportSubmit   Permission = "annual_report.submit"   // sign the annual report
	AnnualReportOpine    Permission = "annual_report.opine"    // the supervising unit's opinion
	AnnualReportConclude Permission = "annual_report.conclude" // the registrar's conclusion, corrections, who handed in nothing
	DisclosurePublish    Permission = "disclosure.publish"     // publish and withdraw what the organization discloses

	// Funding applications
	ApplicationDraft   Permission = "application.draft"   // write drafts, attach papers
	ApplicationSubmit  Permission = "application.submit"  // sign and submit
	ApplicationCounter Permission = "application.counter" // 窗口代办
	ApplicationOffice  Permission = "application.office"  // write and sign what an office opens itself
	ApplicationOpine   Permission = "application.opine"   // community and subdistrict opinions
	ApplicationAccept  Permission = "application.accept"  // accept, return for correction, refuse acceptance
	ApplicationReview  Permission = "application.review"  // propose a grant or a refusal, send back
	ApplicationCompare Permission = "application.compare" // receipts and pictures of a case that stand in others too
	ApplicationConsent Permission = "application.consent" // the leading group's word on a large item
	ApplicationSign    Permission = "application.sign"    // sign what was proposed, or give it back
	UseReportWrite     Permission = "use_report.write"    // draft the use report
	UseReportSubmit    Permission = "use_report.submit"   // sign it
	UseReportCheck     Permission = "use_report.check"    // accept it, send it back

	// Activities told of before (事前报备)
	ActivityPlanFile Permission = "activity_plan.file" // tell of one, take it back
	ActivityPlanView Permission = "activity_plan.view" // those in one's scope
	ActivityPlanNote Permission = "activity_plan.note" // take note of one

	// Registry: filing, registration, change, merger, end
	RegistryReview Permission = "registry.review" // propose a decision, send back
	RegistryDecide Permission = "registry.decide" // sign it, or give it back
	RegistryAnswer Permission = "registry.answer" // consent to a merger, answer a revocation

	// Joint timeline of an organization
	LiaisonView   Permission = "liaison.view"   // what offices and the organization tell each other
	LiaisonWrite  Permission = "liaison.write"  // remarks, requests, support, warnings of an office
	LiaisonAnswer Permission = "liaison.answer" // answer a request, or what was told to one

	// Duplicates in the registry
	OrganizationPairs Permission = "organization.pairs" // see which records may be one
	OrganizationMatch Permission = "organization.match" // judge whether two records are one, propose their merge
	OrganizationMerge Permission = "organization.merge" // confirm what another person proposed, undo it

	// Guideline library
	GuidelineView    Permission = "guideline.view"    // the library in work
	GuidelineEdit    Permission = "guideline.edit"    // write what it offers
	GuidelineRelease Permission = "guideline.release" // release, return or withdraw what another person wrote

	// Activities, volunteers, pictures, samples
	EventEdit    Permission = "event.edit"    // activities, volunteers, hours and pictures of one's own organization
	EventBlock   Permission = "event.block"   // take an activity off the public calendar
	PictureView  Permission = "picture.view"  // pictures that wait for a judgement, and requests to take them down
	PictureJudge Permission = "picture.judge" // release what is doubtful, decide on requests
	SampleView   Permission = "sample.view"   // samples for on-site checks, with the cases drawn
	SampleFreeze Permission = "sample.freeze" // freeze the list of candidates
	SampleDraw   Permission = "sample.draw"   // draw from a list that another person froze

	// Supervising departments
	DepartmentView Permission = "department.view" // the list with what stands on it
	DepartmentEdit Permission = "department.edit" // add, rename, end departments

	// Incubation bases
	BaseEdit Permission = "base.edit" // facts of the bases in one's area

	// Special fund
	FundView   Permission = "fund.view"   // pools, commitments, payments, holds
	FundBudget Permission = "fund.budget" // budgets and their changes, made and checked
	FundPay    Permission = "fund.pay"    // payments and money that comes back
	FundHold   Permission = "fund.hold"   // hold money back and let it go
	// Public notices and objections
	NoticeView      Permission = "notice.view"      // notices in work
	NoticeDraft     Permission = "notice.draft"     // write them, correct running ones
	NoticeReview    Permission = "notice.review"    // second of the three steps of release
	NoticeReturn    Permission = "notice.return"    // send a text back, from review or from signature
	NoticeSign      Permission = "notice.sign"      // sign and publish, extend, withdraw
	ObjectionView   Permission = "objection.view"   // objections without who made them
	ObjectionHandle Permission = "objection.handle" // investigate and answer, see who made them with a reason

	// Policy, audit, site
	PolicyView    Permission = "policy.view"    // parameters with their 待确认 marks
	PolicyEdit    Permission = "policy.edit"    // draft documents, parameters and calendar years
	PolicyApprove Permission = "policy.approve" // approve what another person drafted
	AuditView     Permission = "audit.view"
	SiteManage    Permission = "site.manage"
)

type permissionInfo struct {
	description string
	roles       []Role
}

var permissions = map[Permission]permissionInfo{
	AccountOwn:     {"管理自己的账号", Roles},
	AccountManage:  {"管理机关账号", []Role{AdminSystem}},
	AccountConfirm: {"确认组织账号", []Role{Subdistrict}},
	AccountInvite:  {"为本组织添加经办人", []Role{OrgHead}},
	AccountView:    {"查看所管账号", []Role{AdminSystem, AdminSecurity, Subdistrict, OrgHead}},
	AccountDisable: {"停用、启用所管账号", []Role{AdminSystem, Subdistrict, OrgHead}},
	AccountReset:   {"重置所管账号的密码", []Role{AdminSecurity, Subdistrict, OrgHead}},
	SecurityManage: {"解锁账号、重置动态口令", []Role{AdminSecurity}},

	WorkspaceView: {"查看工作台", Roles},
	CaseView:      {"查看办件", []Role{Initiator, OrgClerk, OrgHead, Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Finance, Department, LeadingGroup, Auditor}},

	OrganizationEdit:    {"填写本组织档案", []Role{OrgClerk, OrgHead}},
	OrganizationRecord:  {"登记组织事实", []Role{Subdistrict, BureauClerk}},
	OrganizationStaff:   {"查看组织档案", []Role{Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Finance, Department, LeadingGroup, Auditor}},
	ActivityConfirm:     {"确认组织活动", []Role{Community, Subdistrict, BureauClerk}},
	SensitiveUnmask:     {"查看完整证件号码", []Role{BureauClerk, BureauReviewer}},
	AccountNumberUnmask: {"查看完整账号", []Role{Finance}},

	ImportRun:  {"导入表格", []Role{BureauClerk}},
	ImportView: {"查看导入记录", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor}},

	RosterView: {"查看花名册", []Role{OrgClerk, OrgHead, Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Department, Auditor}},
	RosterEdit: {"登记本组织花名册", []Role{OrgClerk, OrgHead}},

	AnnualReportSubmit:   {"签署并报送年度报告", []Role{OrgHead}},
	AnnualReportOpine:    {"对年度报告提出意见", []Role{Department}},
	AnnualReportConclude: {"作出年报结论、退回更正、登记未报送", []Role{Subdistrict, BureauClerk}},
	DisclosurePublish:    {"发布和撤回本组织的信息公开", []Role{OrgHead}},

	ApplicationDraft:   {"填写申请", []Role{Initiator, OrgClerk, OrgHead}},
	ApplicationSubmit:  {"签署并提交申请", []Role{Initiator, OrgHead}},
	ApplicationOffice:  {"提出由机关发起的办件", []Role{Subdistrict, BureauClerk}},
	ApplicationCounter: {"窗口代办", []Role{Community}},
	ApplicationOpine:   {"提出意见", []Role{Community, Subdistrict}},
	ApplicationAccept:  {"受理、退回补正、不予受理", []Role{Subdistrict, BureauClerk}},
	ApplicationReview:  {"复核，提出支持或不予支持", []Role{BureauReviewer}},
	ApplicationCompare: {"查看和别的办件重复的票据、照片", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor}},
	ApplicationConsent: {"对大额项目表示同意", []Role{LeadingGroup}},
	ApplicationSign:    {"签批", []Role{BureauLeader}},
	UseReportWrite:     {"填写使用报告", []Role{OrgClerk, OrgHead}},
	UseReportSubmit:    {"签署并提交使用报告", []Role{OrgHead}},
	UseReportCheck:     {"核查使用报告", []Role{BureauClerk}},

	ActivityPlanFile: {"报备活动", []Role{OrgClerk, OrgHead}},
	ActivityPlanView: {"查看活动报备", []Role{Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Auditor}},
	ActivityPlanNote: {"知悉活动报备", []Role{Community, Subdistrict}},

	RegistryReview: {"复核登记备案事项", []Role{BureauReviewer}},
	RegistryDecide: {"决定登记备案事项", []Role{Subdistrict, BureauLeader}},
	RegistryAnswer: {"同意合并、陈述申辩", []Role{OrgHead}},

	LiaisonView:   {"查看协同记录", []Role{OrgClerk, OrgHead, Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Department, LeadingGroup, Auditor}},
	LiaisonWrite:  {"写协同记录、发协查请求", []Role{Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Department, LeadingGroup}},
	LiaisonAnswer: {"答复协查请求", []Role{OrgClerk, OrgHead, Community, Subdistrict, BureauClerk, BureauReviewer, BureauLeader, Department}},

	OrganizationPairs: {"查看疑似重复的组织档案", []Role{Subdistrict, BureauClerk, BureauReviewer}},
	OrganizationMatch: {"核对疑似重复的组织档案", []Role{Subdistrict, BureauClerk}},
	OrganizationMerge: {"确认和撤销重复档案的合并", []Role{BureauReviewer}},

	GuidelineView:    {"查看制度指引的编写", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor}},
	GuidelineEdit:    {"编写制度指引", []Role{BureauClerk}},
	GuidelineRelease: {"发布、退回、下架制度指引", []Role{BureauReviewer, BureauLeader}},

	EventEdit:    {"登记本组织的活动、志愿者和照片", []Role{OrgClerk, OrgHead}},
	EventBlock:   {"下架公开的活动", []Role{Subdistrict, BureauReviewer}},
	PictureView:  {"查看待定的活动照片", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor}},
	PictureJudge: {"决定活动照片是否公开", []Role{BureauReviewer}},
	SampleView:   {"查看现场抽查名单", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor}},
	SampleFreeze: {"固定抽查候选名单", []Role{BureauClerk}},
	SampleDraw:   {"抽取现场抽查名单", []Role{BureauReviewer}},

	DepartmentView: {"查看业务主管单位", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor, AdminSystem}},
	DepartmentEdit: {"登记业务主管单位", []Role{BureauClerk}},

	BaseEdit: {"填写孵化基地情况", []Role{Community, Subdistrict}},

	FundView:   {"查看专项资金", []Role{BureauReviewer, BureauLeader, Finance, LeadingGroup, Auditor}},
	FundBudget: {"登记和复核预算", []Role{Finance}},
	FundPay:    {"制作、复核和发送付款", []Role{Finance}},
	FundHold:   {"冻结和解除冻结资金", []Role{BureauReviewer, Finance}},

	PolicyView:      {"查看政策参数", []Role{BureauClerk, BureauReviewer, BureauLeader, Finance, LeadingGroup, Auditor}},
	PolicyEdit:      {"起草政策文件、参数和工作日历", []Role{BureauReviewer}},
	PolicyApprove:   {"签批政策文件、参数和工作日历", []Role{BureauLeader}},
	AuditView:       {"查看操作记录", []Role{Auditor}},
	SiteManage:      {"管理站点设置", []Role{AdminSystem}},
	NoticeView:      {"查看公示工作", []Role{BureauClerk, BureauReviewer, BureauLeader, Auditor}},
	NoticeDraft:     {"撰写公示和勘误", []Role{BureauClerk}},
	NoticeReview:    {"审核公示", []Role{BureauReviewer}},
	NoticeReturn:    {"退回公示稿", []Role{BureauReviewer, BureauLeader}},
	NoticeSign:      {"签发、延长、撤回公示", []Role{BureauLeader}},
	ObjectionView:   {"查看公示异议", []Role{BureauReviewer, Auditor}},
	ObjectionHandle: {"处理公示异议", []Role{BureauReviewer}},
}

// Can reports whether role r holds p.
func Can(r Role, p Permission) bool {
	if p == Public {
		return true
	}
	for _, have := range permissions[p].roles {
		if have == r {
			return true
		}
	}
	return false
}

// Description says in Chinese what p allows, "" for an unknown permission.
func (p Permission) Description() string {
	if p == Public {
		return "公开"
	}
	return permissions[p].description
}

// Known reports whether p is in the closed list.
func (p Permission) Known() bool { _, ok := permissions[p]; return ok || p == Public }
