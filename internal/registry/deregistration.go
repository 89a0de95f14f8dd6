package registry

import (
	"net/url"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
)

// Choice is one entry of a closed list of a form.
type Choice struct{ Key, Text string }

// EndReasons are the reasons for which an organization ends itself.
var EndReasons = []Choice{
	{"purpose", "完成章程规定的宗旨"}, {"resolved", "会员大会或理事会决议自行解散"}, {"split", "分立或合并"}, {"unable", "无法继续开展活动"},
}

// PropertyGoes are the places where the rest of the property may go: never to the
// members.
var PropertyGoes = []Choice{
	{"none", "没有剩余财产"}, {"similar", "捐给宗旨相近的社会组织"}, {"community", "交社区用于公益服务"}, {"unit", "按业务主管单位的安排处理"},
}

// TextOf returns the text of a key of a list, the key when unknown.
func TextOf(list []Choice, key string) string {
	for _, c := range list {
		if c.Key == key {
			return c.Text
		}
	}
	return key
}

func keysOf(list []Choice) []string {
	keys := make([]string, len(list))
	for i, c := range list {
		keys[i] = c.Key
	}
	return keys
}

// EndRequest is an application for deregistration, as it is signed.
type EndRequest struct {
	Reason       string     `json:"end_reason"`
	Explanation  string     `json:"explanation"`
	DecidedOn    civil.Date `json:"decided_on"`
	Present      int        `json:"present"` // of the meeting that decided
	Agreed       int        `json:"agreed"`
	Property     string     `json:"property"`
	Rest         money.Fen  `json:"rest_fen"`
	Receiver     string     `json:"receiver,omitempty"`
	LiquidatedOn civil.Date `json:"liquidated_on,omitzero"` // of legal persons
	Liquidators  string     `json:"liquidators,omitempty"`
}

// ending is the form of a deregistration.
type ending struct{}

func (ending) statement() application.Statement {
	return application.Statement{Version: "deregistration-1", Lines: []string{
		"注销已经按章程由有权的会议通过，申请内容和所附材料真实、完整。",
		"债权债务和未办结的资助已经处理完毕，剩余财产没有分给会员、发起人或工作人员。",
		"交回证书和印章。注销以后不再以组织名义开展活动；记录继续公开，并注明注销日期。",
	}}
}

func (ending) sections() []application.Section {
	return []application.Section{
		{Key: "reason", Title: "注销原因和决议", Items: []application.Item{one("end_reason", "注销原因"), one("explanation", "情况说明"),
			day("decided_on", "会议通过日期"), one("present", "到会人数"), one("agreed", "同意人数")}},
		{Key: "property", Title: "清算和剩余财产", Items: []application.Item{day("liquidated_on", "清算结束日期"), one("liquidators", "清算组成员"),
			one("property", "剩余财产的去向"), one("rest", "剩余财产金额"), one("receiver", "接收单位")}},
	}
}

var endSlots = []application.Slot{
	{Key: "minutes", Label: "会议纪要", Required: true, Hint: "作出注销决定的会议，到会人签名"},
	{Key: "liquidation", Label: "清算报告", Required: true, Hint: "清算组签名，写明债权债务和剩余财产"},
	{Key: "unit_approval", Label: "业务主管单位同意的文件", Required: true},
	{Key: "receipt", Label: "剩余财产接收证明", Required: true},
	{Key: "certificate", Label: "交回的证书", Hint: "原件交登记备案机关，这里上传照片"},
	{Key: "other", Label: "其他材料", Max: 5},
	{Key: application.StampSlot, Label: "签字盖章的申请表", Hint: "只在用纸质签字时上传：打印申请表，负责人签字盖章后扫描"},
}

func (ending) allSlots() []application.Slot { return endSlots }

func (ending) slots(v url.Values, s Subject) []application.Slot {
	left := strings.TrimSpace(v.Get("property"))
	var out []application.Slot
	for _, slot := range endSlots {
		switch {
		case slot.Key == "liquidation" && s.Organization.Basis != organization.Registered:
		case slot.Key == "unit_approval" && s.Organization.SupervisingUnit == "":
		case slot.Key == "receipt" && (left == "" || left == "none"):
		default:
			out = append(out, slot)
		}
	}
	return out
}

func (ending) read(v url.Values, s Subject) (application.Document, []errs.Field) {
	r := newReader(v, s)
	o := s.Organization
	d := EndRequest{Reason: r.Choice("end_reason", "注销原因", keysOf(EndReasons), form.Required)}
	d.Explanation = r.words("explanation", "情况说明", form.Required, form.Multiline, form.Min(10), form.Max(1000))
	d.DecidedOn = r.since("decided_on", "会议通过日期", o.EstablishedOn, "组织的成立日期")
	d.Present = r.Int("present", "到会人数", form.Required, form.Min(1), form.Max(100000))
	d.Agreed = r.Int("agreed", "同意人数", form.Required, form.Min(1), form.Max(100000))
	switch {
	case r.Failed("present") || r.Failed("agreed"):
	case d.Agreed > d.Present:
		r.Fail("agreed", "同意人数", "比到会人数多。看着会议纪要核对")
	case d.Agreed*2 <= d.Present:
		r.Fail("agreed", "同意人数", "没有超过到会人数的一半，决议没有通过。按会议纪要核对；没有通过的不能注销")
	}
	if o.Basis == organization.Registered {
		d.LiquidatedOn = r.since("liquidated_on", "清算结束日期", d.DecidedOn, "会议通过日期")
		d.Liquidators = r.words("liquidators", "清算组成员", form.Required, form.Max(200))
	}
	d.Property = r.Choice("property", "剩余财产的去向", keysOf(PropertyGoes), form.Required)
	if d.Property != "" && d.Property != "none" {
		d.Rest = r.Money("rest", "剩余财产金额", form.Required)
		if !r.Failed("rest") && d.Rest <= 0 {
			r.Fail("rest", "剩余财产金额", "要大于 0 元。没有剩余财产的，去向选“没有剩余财产”")
		}
		d.Receiver = r.words("receiver", "接收单位", form.Required, form.Min(2), form.Max(60))
	}
	return &d, r.Fields()
}

// since reads a past day that is not before another.
func (r reader) since(name, label string, least civil.Date, what string) civil.Date {
	on := r.Date(name, label, form.Required, form.Past(r.s.Today))
	if !on.IsZero() && !least.IsZero() && on.Before(least) {
		r.Fail(name, label, "早于"+what+least.Chinese()+"。看着文件核对")
	}
	return on
}
