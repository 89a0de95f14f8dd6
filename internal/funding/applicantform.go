package funding

import (
	"net/url"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// Contact is the person in charge of an application (Appendix A.3).
type Contact struct {
	ContactName   string `json:"contact_name"`
	ContactMobile string `json:"contact_mobile"`
	ContactEmail  string `json:"contact_email,omitempty"`
}

// Payee is the account that the money goes to, as it is signed (Appendix A.4).
type Payee struct {
	PayeeID     uuid.UUID `json:"payee_id"`
	PayeeName   string    `json:"payee_name"`
	PayeeBank   string    `json:"payee_bank"`
	PayeeMasked string    `json:"payee_account"` // last four digits only
}

// OrganizationSection is the part of a form that shows the applicant and asks for
// the contact, PayeeSection the one that asks for the account.
var (
	OrganizationSection = application.Section{Key: "organization", Title: "组织信息和经办人", Items: []application.Item{
		One("contact_name", "经办人姓名"), One("contact_mobile", "经办人手机"), One("contact_email", "经办人邮箱"),
	}}
	PayeeSection = application.Section{Key: "payee", Title: "收款账户", Items: []application.Item{One("payee", "收款账户")}}
)

// One is an item with one control of its name.
func One(name, label string) application.Item {
	return application.Item{Name: name, Label: label, Controls: []string{name}}
}

// ReadContact reads the contact.
func ReadContact(f *form.Form) Contact {
	return Contact{
		ContactName:   form.Parse(f, "contact_name", "经办人姓名", identifier.ParsePersonName, form.Required),
		ContactMobile: f.Mobile("contact_mobile", "经办人手机", form.Required),
		ContactEmail:  form.Parse(f, "contact_email", "经办人邮箱", identifier.ParseEmail),
	}
}

// ReadPayee takes one of the organization's own accounts or an agent's: another
// organization's id is as good as none.
func ReadPayee(f *form.Form, c Context) Payee {
	payee, ok := c.account(f.Raw("payee"))
	switch {
	case ok:
		return Payee{payee.ID, payee.AccountName, payee.BankName, payee.Masked()}
	case len(c.Payees) == 0:
		f.Fail("payee", "收款账户", "组织档案里还没有收款账户。先到组织档案登记一个")
	default:
		f.Fail("payee", "收款账户", "选一个收款账户")
	}
	return Payee{}
}

// ByAgent reports whether what was chosen is the account of an agent, which takes
// an authorization.
func (c Context) ByAgent(v url.Values) bool {
	p, ok := c.account(v.Get("payee"))
	return ok && p.Kind == organization.AgentAccount
}

func (c Context) account(id string) (organization.PayeeAccount, bool) {
	for _, p := range c.Payees {
		if p.ID.String() == strings.TrimSpace(id) {
			return p, true
		}
	}
	return organization.PayeeAccount{}, false
}

// AuthorizationSlot is the paper that goes with an agent's account.
var AuthorizationSlot = application.Slot{Key: "authorization", Label: "代收单位授权书", Required: true, Hint: "代收单位盖章，写明户名和账号"}

// LastSlots close every list of papers.
func LastSlots() []application.Slot {
	return []application.Slot{
		{Key: "other", Label: "其他材料", Max: 5},
		{Key: application.StampSlot, Label: "签字盖章的申请表", Hint: "只在用纸质签字时上传：打印申请表，负责人签字盖章后扫描"},
	}
}
