package startup

import (
	"civilaffairs/internal/authz"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/workflow"
)

// Kind is the programme's key in cases, URLs and parameters.
const Kind = "startup"

// Place of the workflow, named once.
var (
	draft       = workflow.Place{State: workflow.Draft, Waits: authz.OrgHead}
	community   = workflow.Place{State: workflow.Opining, Waits: authz.Community}
	subdistrict = workflow.Place{State: workflow.Opining, Waits: authz.Subdistrict}
	accepting   = workflow.Place{State: workflow.Accepting, Waits: authz.BureauClerk}
	correcting  = workflow.Place{State: workflow.Correcting, Waits: authz.OrgHead}
	lapsed      = workflow.Place{State: workflow.Lapsed}
)

// definition is the workflow of start-up support (domain §3). Opinions inform
// and lapse; they never stop a case. An applicant may withdraw until the notice
// is out.
var definition = &workflow.Definition{
	Kind: Kind, Name: "孵化关爱工程", Prefix: "FH", Start: draft,
	Transitions: append([]workflow.Transition{
		{Action: "submit", Label: "签署并提交", From: at(draft), To: community,
			By: by(authz.OrgHead, authz.Community), DueParam: "opinion.community_wd"},
		{Action: "opine", Label: "社区提出意见", From: at(community), To: subdistrict,
			By: by(authz.Community), NotBy: acts("submit"), DueParam: "opinion.subdistrict_wd"},
		{Action: workflow.Lapse, Label: "社区逾期未提出意见", From: at(community), To: subdistrict,
			By: by(authz.System), DueParam: "opinion.subdistrict_wd"},
		{Action: "opine", Label: "街道提出意见", From: at(subdistrict), To: accepting,
			By: by(authz.Subdistrict), NotBy: acts("submit", "opine"), DueParam: "opinion.bureau_wd"},
		{Action: workflow.Lapse, Label: "街道逾期未提出意见", From: at(subdistrict), To: accepting,
			By: by(authz.System), DueParam: "opinion.bureau_wd"},
		{Action: "accept", Label: "受理", From: at(accepting), To: funding.Reviewing,
			By: by(authz.BureauClerk), NotBy: acts("submit", "resubmit", "opine"), KeepsDue: true},
		{Action: "return", Label: "退回补正", From: at(accepting), To: correcting,
			By: by(authz.BureauClerk), NotBy: acts("submit", "resubmit", "opine"), PausesClock: true, DueParam: "filing.correct_wd"},
		{Action: "refuse", Label: "不予受理", From: at(accepting), To: funding.Refused,
			By: by(authz.BureauClerk), NotBy: acts("submit", "resubmit", "opine")},
		{Action: "resubmit", Label: "补正后再提交", From: at(correcting), To: accepting,
			By: by(authz.OrgHead, authz.Community), KeepsDue: true},
		{Action: workflow.Lapse, Label: "逾期未补正，视为撤回", From: at(correcting), To: lapsed, By: by(authz.System)},
		{Action: "withdraw", Label: "撤回申请", From: at(draft, community, subdistrict, accepting, correcting,
			funding.Reviewing, funding.Consenting, funding.Signing, funding.ToPublish), To: funding.Withdrawn, By: by(authz.OrgHead)},
		{Action: "discard", Label: "撤销草稿", From: at(draft), To: funding.Withdrawn, By: by(authz.OrgClerk, authz.Community)},
	}, funding.AfterAcceptance(accepting, funding.Terms{PayDays: "startup.pay_wd", ReportMonths: "startup.use_report_months"})...),
}

func at(p ...workflow.Place) []workflow.Place     { return p }
func by(r ...authz.Role) []authz.Role             { return r }
func acts(a ...workflow.Action) []workflow.Action { return a }
