// Package startup is start-up support (孵化关爱工程, policy 三（二）1（1）): a new
// community social organization may apply once, half a year after it was
// established. Amounts and every other period are parameters (domain §3).
//
// Level 5, below funding/catalog. Tables: startup_grant, startup_use.
package startup

import (
	"net/url"

	"civilaffairs/internal/application"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/workflow"
)

// Programme implements funding.Programme.
type Programme struct{}

// Workflow returns the programme's states and who may do what.
func (Programme) Workflow() *workflow.Definition { return definition }

// Article is where the policy sets start-up support up.
func (Programme) Article() string { return "三（二）1（1）" }

// Statement is the undertaking (Appendix A.9).
func (Programme) Statement() application.Statement {
	return application.Statement{Version: "startup-1", Lines: []string{
		"申请内容和所附材料真实、完整；如有虚假，愿意退回资助款并承担相应责任。",
		"没有就同一用途向其他财政资金重复申请。",
		"资助款专款专用，只用于组织的硬件建设、服务支出和能力提升，不侵占、私分、挪用。",
		"按时提交使用报告，保存票据，配合检查和审计。",
		"同意公开组织名称、资助项目、金额、所在社区和使用结果。",
	}}
}

// The lawful uses of the money, policy 三（三）3.
const (
	Hardware = "hardware"
	Service  = "service"
	Capacity = "capacity"
)

// Uses lists the lawful uses with their Chinese names, in the policy's order.
var Uses = []struct{ Key, Name string }{{Hardware, "硬件建设"}, {Service, "服务支出"}, {Capacity, "能力提升"}}

// UseName returns the Chinese name of a use.
func UseName(key string) string {
	for _, u := range Uses {
		if u.Key == key {
			return u.Name
		}
	}
	return key
}

// MaxLines is how many lines a plan of use has at most.
const MaxLines = 10

// Sections are the parts of the form, Appendix A.
func (Programme) Sections() []application.Section {
	return []application.Section{
		funding.OrganizationSection,
		{Key: "activities", Title: "已开展的活动", Items: []application.Item{funding.One("activities", "已开展的活动")}},
		{Key: "plan", Title: "申请金额和用途", Items: []application.Item{
			funding.One("amount", "申请金额"), {Name: "lines", Label: "用途明细", Controls: []string{"lines", "line-*"}}, funding.One("purpose", "预期作用"),
		}},
		funding.PayeeSection,
	}
}

var slotNames = map[string]string{
	"certificate": "登记或备案证书", "charter": "章程", "finance_system": "财务制度", "activity_evidence": "活动证明材料",
	"budget": "预算说明", "account_proof": "账户证明", "authorization": "代收单位授权书", "other": "其他材料",
	application.StampSlot: "签字盖章的申请表",
}

// SlotKeys are the papers of domain §3 in order.
func (Programme) SlotKeys() []string {
	return []string{"certificate", "charter", "finance_system", "activity_evidence", "budget", "account_proof", "authorization", "other", application.StampSlot}
}

// SlotName returns the label of a slot.
func (Programme) SlotName(key string) string { return slotNames[key] }

// Slots are the papers of domain §3. The agent's authorization is asked for only
// when the money goes to an agent account.
func (Programme) Slots(v url.Values, c funding.Context) []application.Slot {
	slots := []application.Slot{
		{Key: "certificate", Label: certificateName(c.Organization), Required: true, Hint: "扫描件或照片"},
		{Key: "charter", Label: slotNames["charter"], Required: true},
		{Key: "finance_system", Label: slotNames["finance_system"], Required: true},
		{Key: "activity_evidence", Label: slotNames["activity_evidence"], Required: true, Max: 10, Hint: "照片、签到表或报道，1 至 10 份"},
		{Key: "budget", Label: slotNames["budget"], Required: true, Hint: "报价、询价记录等，说明金额怎么来的"},
		{Key: "account_proof", Label: slotNames["account_proof"], Required: true, Hint: "开户许可证或银行出具的账户信息"},
	}
	if c.ByAgent(v) {
		slots = append(slots, funding.AuthorizationSlot)
	}
	return append(slots, funding.LastSlots()...)
}

func certificateName(o organization.Organization) string {
	if o.Basis == organization.Registered {
		return "登记证书"
	}
	return "备案证书"
}

// Application is a start-up application in its own type, as it is signed.
type Application struct {
	EstablishedOn string    `json:"established_on"` // as registered at submission: later changes do not reach back
	Amount        money.Fen `json:"amount_fen"`
	Cap           money.Fen `json:"cap_fen"`
	Lines         []Use     `json:"lines"`
	Activities    string    `json:"activities"`
	Purpose       string    `json:"purpose"`
	funding.Payee
	funding.Contact
}

// Use is one line of the plan.
type Use struct {
	Category string    `json:"category"`
	Item     string    `json:"item"`
	Amount   money.Fen `json:"amount_fen"`
}

// Requested is the amount applied for, in fen.
func (a Application) Requested() money.Fen { return a.Amount }
