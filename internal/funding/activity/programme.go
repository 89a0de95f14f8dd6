// Package activity is the subsidy for activities that have taken place
// (成长关爱工程, policy 三（二）1（2）): an organization tells of an event before if it
// likes, and afterwards claims a share of its costs with application, plan,
// summary report, pictures, sign-in sheet and receipts. Rates, caps and periods are
// parameters (domain §4). What is claimed was spent already, so no use report
// follows the payment.
//
// Level 5, below funding/catalog. Tables: activity_plan, activity_claim,
// activity_cost, activity_year, activity_picture. Receipts are package receipt's.
package activity

import (
	"net/url"

	"civilaffairs/internal/application"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/receipt"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Kind is the programme's key in cases, URLs and parameters.
const Kind = "activity"

// Programme implements funding.Programme, funding.Knowing and funding.Comparing.
type Programme struct{}

// definition is the workflow of an activity claim (domain §4).
var definition = funding.Flow(Kind, "成长关爱工程", "CZ", funding.Terms{PayDays: "activity.pay_wd"})

// Workflow returns the programme's states and who may do what.
func (Programme) Workflow() *workflow.Definition { return definition }

// Article is where the policy sets the programme up.
func (Programme) Article() string { return "三（二）1（2）" }

// Statement is the undertaking (Appendix A.9).
func (Programme) Statement() application.Statement {
	return application.Statement{Version: "activity-1", Lines: []string{
		"活动真实开展，申请内容、照片、签到表和票据真实、完整；如有虚假，愿意退回补贴款并承担相应责任。",
		"所列支出都用于这次活动，票据没有也不会向其他财政资金重复申请或报销。",
		"活动不收费；收取费用、接受赞助的，已在“其他资金”里如实填写。",
		"照片里的未成年人已经打码，或取得了监护人同意。",
		"保存活动记录和票据，配合检查和审计。",
		"同意公开组织名称、活动名称、日期、所在社区、参加人数和补贴金额。",
	}}
}

// Slots of the papers, 三（二）1（2）: 申请书、活动策划方案、总结报告及相关图片资料.
const (
	PlanSlot     = "plan"
	SummarySlot  = "summary_report"
	PhotoSlot    = "photos"
	SignInSlot   = "sign_in"
	ReceiptsSlot = "receipts"
)

// MaxPhotos is how many pictures one claim has at most.
const MaxPhotos = 20

// Sections are the parts of the form, Appendix A.
func (Programme) Sections() []application.Section {
	return []application.Section{
		funding.OrganizationSection,
		{Key: "event", Title: "活动情况", Items: []application.Item{
			funding.One("plan", "事前报备"), funding.One("title", "活动名称"), funding.One("theme", "活动主题"),
			{Name: "held_on", Label: "活动日期", Controls: []string{"held_on", "held_on-*"}},
			{Name: "time", Label: "活动时间", Controls: []string{"starts", "ends"}},
			funding.One("community", "活动所在社区"), funding.One("place", "活动地点"), funding.One("capacity", "场地可容纳人数"),
		}},
		{Key: "people", Title: "参加情况和效果", Items: []application.Item{
			funding.One("target", "服务对象"), funding.One("participants", "参加人数"), funding.One("volunteers", "义工人数"), funding.One("hours", "服务时数"),
			funding.One("partner", "合办单位"), funding.One("satisfaction", "满意率"), funding.One("links", "报道链接"), funding.One("minors", "照片里的未成年人"),
			funding.One("summary", "活动小结"),
		}},
		{Key: "costs", Title: "支出和申请金额", Items: []application.Item{
			{Name: costRows, Label: "支出和票据", Controls: []string{costRows, costRows + "-*"}},
			{Name: "other", Label: "其他资金", Controls: []string{"other", "other_source"}}, funding.One("amount", "申请金额"),
		}},
		funding.PayeeSection,
	}
}

var slotNames = map[string]string{
	PlanSlot: "活动策划方案", SummarySlot: "活动总结报告", PhotoSlot: "活动照片", SignInSlot: "签到表", ReceiptsSlot: "票据扫描件",
	"authorization": "代收单位授权书", "other": "其他材料", application.StampSlot: "签字盖章的申请表",
}

// SlotKeys are the papers in order.
func (Programme) SlotKeys() []string {
	return []string{PlanSlot, SummarySlot, PhotoSlot, SignInSlot, ReceiptsSlot, "authorization", "other", application.StampSlot}
}

// SlotName returns the label of a slot.
func (Programme) SlotName(key string) string { return slotNames[key] }

// Slots are the papers that a claim asks for.
func (Programme) Slots(v url.Values, c funding.Context) []application.Slot {
	p := paramsOf(c.Rules.Edition)
	least := p.MinPhotos
	slots := []application.Slot{
		{Key: PlanSlot, Label: slotNames[PlanSlot], Required: true, Hint: "活动前定的方案：目的、流程、分工、预算"},
		{Key: SummarySlot, Label: slotNames[SummarySlot], Required: true, Hint: "活动后写的总结：做了什么、效果、不足"},
		{Key: PhotoSlot, Label: slotNames[PhotoSlot], Required: least > 0, Min: least, Max: MaxPhotos, Pictures: true, Alike: p.PhotoDistance,
			Hint: photoHint(least)},
		{Key: SignInSlot, Label: slotNames[SignInSlot], Required: true, Max: 5, Hint: "参加人员签到，不公开"},
		{Key: ReceiptsSlot, Label: slotNames[ReceiptsSlot], Required: true, Max: 20, Hint: "和登记的票据一一对应，1 至 20 份"},
	}
	if c.ByAgent(v) {
		slots = append(slots, funding.AuthorizationSlot)
	}
	return append(slots, funding.LastSlots()...)
}

// Application is a claim in its own type, as it is signed.
type Application struct {
	Event
	PlanID       uuid.UUID `json:"plan_id,omitzero"`
	Capacity     int       `json:"capacity,omitempty"`
	Participants int       `json:"participants"`
	Volunteers   int       `json:"volunteers"`
	Hours        int       `json:"hours"`
	Partner      string    `json:"partner,omitempty"`
	Satisfaction *int      `json:"satisfaction,omitempty"` // per cent
	Links        []string  `json:"links,omitempty"`
	Minors       string    `json:"minors"`
	Summary      string    `json:"summary"`
	Costs        []Cost    `json:"costs"`
	Other        money.Fen `json:"other_fen"`
	OtherSource  string    `json:"other_source,omitempty"`
	Amount       money.Fen `json:"amount_fen"` // claimed
	CapEvent     money.Fen `json:"cap_event_fen"`
	CapYear      money.Fen `json:"cap_year_fen"`
	MaxPerYear   int       `json:"max_per_year"`
	funding.Payee
	funding.Contact

	rows []int // of the form, one for each cost
}

// Cost is one line of spending with its paper.
type Cost struct {
	Spent string        `json:"spent"` // a key of Costs
	Paper receipt.Entry `json:"paper"`
}

// Spent is the sum of the costs.
func (a Application) Spent() (sum money.Fen) {
	for _, c := range a.Costs {
		sum += c.Paper.Amount
	}
	return sum
}

// Requested is the amount applied for, in fen.
func (a Application) Requested() money.Fen { return a.Amount }

// About is the name of the activity: an organization claims for several.
func (a Application) About() string { return a.Title }

func (a Application) papers() []receipt.Entry {
	papers := make([]receipt.Entry, len(a.Costs))
	for i, c := range a.Costs {
		papers[i] = c.Paper
	}
	return papers
}
