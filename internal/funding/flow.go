package funding

import (
	"civilaffairs/internal/authz"
	"civilaffairs/internal/workflow"
)

// The places from review to closing, the same for every programme.
var (
	Reviewing  = workflow.Place{State: workflow.Reviewing, Waits: authz.BureauReviewer}
	Consenting = workflow.Place{State: workflow.Consenting, Waits: authz.LeadingGroup}
	Signing    = workflow.Place{State: workflow.Signing, Waits: authz.BureauLeader}
	ToPublish  = workflow.Place{State: workflow.Noticing, Waits: authz.BureauClerk}
	Noticing   = workflow.Place{State: workflow.Noticing}
	Disputed   = workflow.Place{State: workflow.Disputed, Waits: authz.BureauReviewer}
	Granted    = workflow.Place{State: workflow.Granted, Waits: authz.Finance}
	Reporting  = workflow.Place{State: workflow.Reporting, Waits: authz.OrgHead}
	Checking   = workflow.Place{State: workflow.Reporting, Waits: authz.BureauClerk}
	Returning  = workflow.Place{State: workflow.Reporting, Waits: authz.Finance}
	Closed     = workflow.Place{State: workflow.Closed}
	Refused    = workflow.Place{State: workflow.Refused}
	Withdrawn  = workflow.Place{State: workflow.Withdrawn}
	Terminated = workflow.Place{State: workflow.Terminated}
)

// The acts from review to closing.
const (
	Endorse      workflow.Action = "endorse"       // 拟予支持
	Refer        workflow.Action = "refer"         // the same for a large item: the leading group first
	Oppose       workflow.Action = "oppose"        // 拟不予支持
	SendBack     workflow.Action = "send_back"     // to the clerk, who may ask for corrections
	Consent      workflow.Action = "consent"       // the leading group agrees
	Dissent      workflow.Action = "dissent"       // or does not
	Sign         workflow.Action = "sign"          // the leader grants what was proposed
	Decline      workflow.Action = "decline"       // or refuses what was proposed to be refused
	Reconsider   workflow.Action = "reconsider"    // or gives it back to the reviewer
	Publish      workflow.Action = "publish"       // its notice is out
	Unpublish    workflow.Action = "unpublish"     // its notice was taken back
	Dispute      workflow.Action = "dispute"       // somebody objects
	Dismiss      workflow.Action = "dismiss"       // without success
	Uphold       workflow.Action = "uphold"        // or with
	Settle       workflow.Action = "settle"        // the notice has run its days
	Pay          workflow.Action = "pay"           // the money is there
	Report       workflow.Action = "report"        // what it was used for
	ReturnReport workflow.Action = "return_report" // not well enough
	Close        workflow.Action = "close"         // all is in order
	Reclaim      workflow.Action = "reclaim"       // money is left and comes back
	Refund       workflow.Action = "refund"        // it has come back
	Terminate    workflow.Action = "terminate"     // no grant after all
)

// Terms name the parameters of a programme's own deadlines.
type Terms struct {
	PayDays string // working days from the settled notice to the payment
	// ReportMonths are those from the payment to the use report; "" for support of
	// what was spent already, which ends with the payment.
	ReportMonths string
}

var (
	tookIn  = []workflow.Action{"submit", "resubmit", "opine", "accept", "return"}
	judged  = append(tookIn[:len(tookIn):len(tookIn)], Endorse, Refer, Oppose)
	decided = append(judged[:len(judged):len(judged)], Consent, Sign)
)

// Places before the decision, the same for every programme.
var (
	drafting    = workflow.Place{State: workflow.Draft, Waits: authz.OrgHead}
	community   = workflow.Place{State: workflow.Opining, Waits: authz.Community}
	subdistrict = workflow.Place{State: workflow.Opining, Waits: authz.Subdistrict}
	accepting   = workflow.Place{State: workflow.Accepting, Waits: authz.BureauClerk}
	correcting  = workflow.Place{State: workflow.Correcting, Waits: authz.OrgHead}
	lapsed      = workflow.Place{State: workflow.Lapsed}
)

// Flow returns the whole way of an application by an organization: its own way to
// acceptance, then AfterAcceptance. Opinions inform and lapse; they never stop a
// case. An applicant may withdraw until the notice is out.
func Flow(kind, name, prefix string, t Terms) *workflow.Definition {
	return &workflow.Definition{Kind: kind, Name: name, Prefix: prefix, Start: drafting,
		Transitions: append(intake(), AfterAcceptance(accepting, t)...)}
}

// intake is the way from the draft to acceptance.
func intake() []workflow.Transition {
	clerk, apart := roles(authz.BureauClerk), []workflow.Action{"submit", "resubmit", "opine"}
	return []workflow.Transition{
		{Action: "submit", Label: "签署并提交", From: places(drafting), To: community,
			By: roles(authz.OrgHead, authz.Community), DueParam: "opinion.community_wd"},
		{Action: "opine", Label: "社区提出意见", From: places(community), To: subdistrict,
			By: roles(authz.Community), NotBy: apart[:1:1], DueParam: "opinion.subdistrict_wd"},
		{Action: workflow.Lapse, Label: "社区逾期未提出意见", From: places(community), To: subdistrict,
			By: roles(authz.System), DueParam: "opinion.subdistrict_wd"},
		{Action: "opine", Label: "街道提出意见", From: places(subdistrict), To: accepting,
			By: roles(authz.Subdistrict), NotBy: []workflow.Action{"submit", "opine"}, DueParam: "opinion.bureau_wd"},
		{Action: workflow.Lapse, Label: "街道逾期未提出意见", From: places(subdistrict), To: accepting,
			By: roles(authz.System), DueParam: "opinion.bureau_wd"},
		{Action: "accept", Label: "受理", From: places(accepting), To: Reviewing, By: clerk, NotBy: apart, KeepsDue: true},
		{Action: "return", Label: "退回补正", From: places(accepting), To: correcting,
			By: clerk, NotBy: apart, PausesClock: true, DueParam: "filing.correct_wd"},
		{Action: "refuse", Label: "不予受理", From: places(accepting), To: Refused, By: clerk, NotBy: apart},
		{Action: "resubmit", Label: "补正后再提交", From: places(correcting), To: accepting,
			By: roles(authz.OrgHead, authz.Community), KeepsDue: true},
		{Action: workflow.Lapse, Label: "逾期未补正，视为撤回", From: places(correcting), To: lapsed, By: roles(authz.System)},
		{Action: "withdraw", Label: "撤回申请", From: places(drafting, community, subdistrict, accepting, correcting,
			Reviewing, Consenting, Signing, ToPublish), To: Withdrawn, By: roles(authz.OrgHead)},
		{Action: "discard", Label: "撤销草稿", From: places(drafting), To: Withdrawn, By: roles(authz.OrgClerk, authz.Community)},
	}
}

// Reports reports whether a grant of the programme owes a use report.
func Reports(p Programme) bool {
	t, ok := p.Workflow().Find(Granted, Pay)
	return ok && t.To != Closed
}

// AfterAcceptance returns the steps from review to closing (DESIGN §2, §3.2):
// clerk, reviewer and leader are three people on one case, the leading group
// consents before the signature, and who decided does not pay. accepting is
// where the reviewer sends a case back to.
//
// A step of the clock, of a notice or of a payment is made by the reaction to
// it: nobody presses its button. Of each place the way forward comes first: the
// guide tells it so.
func AfterAcceptance(accepting workflow.Place, t Terms) []workflow.Transition {
	return append(decision(accepting), append(publicity(t), use(t)...)...)
}

func decision(accepting workflow.Place) []workflow.Transition {
	reviewer, leader := roles(authz.BureauReviewer), roles(authz.BureauLeader)
	return []workflow.Transition{
		{Action: Endorse, Label: "拟予支持，送签批", From: places(Reviewing), To: Signing, By: reviewer, NotBy: tookIn, KeepsDue: true},
		{Action: Refer, Label: "拟予支持，送领导小组", From: places(Reviewing), To: Consenting, By: reviewer, NotBy: tookIn,
			PausesClock: true, DueParam: "decision.leading_group_wd"},
		{Action: Oppose, Label: "拟不予支持，送签批", From: places(Reviewing), To: Signing, By: reviewer, NotBy: tookIn, KeepsDue: true},
		{Action: SendBack, Label: "退回经办", From: places(Reviewing), To: accepting, By: reviewer, KeepsDue: true},
		{Action: Consent, Label: "领导小组同意", From: places(Consenting), To: Signing, By: roles(authz.LeadingGroup), NotBy: judged, KeepsDue: true},
		{Action: Dissent, Label: "领导小组不同意，退回复核", From: places(Consenting), To: Reviewing, By: roles(authz.LeadingGroup), NotBy: judged, KeepsDue: true},
		{Action: Sign, Label: "签批同意", From: places(Signing), To: ToPublish, By: leader, NotBy: append(judged[:len(judged):len(judged)], Consent)},
		{Action: Decline, Label: "签批不予支持", From: places(Signing), To: Refused, By: leader, NotBy: judged},
		{Action: Reconsider, Label: "退回复核", From: places(Signing), To: Reviewing, By: leader, KeepsDue: true},
	}
}

func publicity(t Terms) []workflow.Transition {
	system := roles(authz.System)
	return []workflow.Transition{
		{Action: Publish, Label: "开始公示", From: places(ToPublish), To: Noticing, By: roles(authz.BureauLeader, authz.System)},
		{Action: Settle, Label: "公示期满，资助核定", From: places(Noticing), To: Granted, By: system, DueParam: t.PayDays},
		{Action: Unpublish, Label: "公示撤回", From: places(Noticing, Disputed), To: ToPublish, By: roles(authz.BureauLeader, authz.System)},
		{Action: Dispute, Label: "收到异议", From: places(Noticing), To: Disputed, By: system},
		{Action: Dismiss, Label: "异议不成立", From: places(Disputed), To: Noticing, By: roles(authz.BureauReviewer)},
		{Action: Uphold, Label: "异议成立，不予资助", From: places(Disputed), To: Refused, By: roles(authz.BureauReviewer)},
		{Action: Terminate, Label: "终止资助", From: places(Granted), To: Terminated, By: roles(authz.BureauLeader)},
	}
}

func use(t Terms) []workflow.Transition {
	clerk := roles(authz.BureauClerk)
	if t.ReportMonths == "" {
		return []workflow.Transition{{Action: Pay, Label: "拨付成功，办结", From: places(Granted), To: Closed, By: roles(authz.Finance), NotBy: decided}}
	}
	return []workflow.Transition{
		{Action: Pay, Label: "拨付成功", From: places(Granted), To: Reporting, By: roles(authz.Finance), NotBy: decided, DueMonthsParam: t.ReportMonths},
		{Action: Report, Label: "提交使用报告", From: places(Reporting), To: Checking, By: roles(authz.OrgHead), DueParam: "opinion.bureau_wd"},
		{Action: ReturnReport, Label: "退回使用报告", From: places(Checking), To: Reporting, By: clerk, NotBy: []workflow.Action{Report}, DueParam: "filing.correct_wd"},
		{Action: Close, Label: "核查通过，办结", From: places(Checking), To: Closed, By: clerk, NotBy: []workflow.Action{Report}},
		{Action: Reclaim, Label: "核查通过，结余待退回", From: places(Checking), To: Returning, By: clerk, NotBy: []workflow.Action{Report}, DueParam: "recovery.repay_wd"},
		{Action: Refund, Label: "结余已退回，办结", From: places(Returning), To: Closed, By: roles(authz.Finance), NotBy: []workflow.Action{Reclaim}},
	}
}

func places(p ...workflow.Place) []workflow.Place { return p }
func roles(r ...authz.Role) []authz.Role          { return r }
