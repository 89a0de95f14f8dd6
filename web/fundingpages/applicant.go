package fundingpages

import (
	"civilaffairs/internal/application"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/web/applying"
	"civilaffairs/web/ui"
)

func payeeOptions(payees []organization.PayeeAccount) []ui.Option {
	options := make([]ui.Option, len(payees))
	for i, p := range payees {
		hint := "本组织账户"
		if p.Kind == organization.AgentAccount {
			hint = "由" + p.AgentName + "代收，要交授权书"
		}
		options[i] = ui.Option{Value: p.ID.String(), Label: p.AccountName + "　" + p.BankName + "　" + p.Masked(), Hint: hint}
	}
	return options
}

// payeeWords names a chosen account.
func payeeWords(f application.Form, id string) string {
	for _, o := range payeeOptions(contextOf(f).Payees) {
		if o.Value == id {
			return o.Label
		}
	}
	return "已经停用的账户"
}

func payeeAnswers(p funding.Payee) applying.Part {
	payee := applying.Named{Control: "payee", Fact: ui.F("收款账户", "")}
	if p.PayeeName != "" {
		payee.Value = p.PayeeName + "，" + p.PayeeBank + "，" + p.PayeeMasked
	}
	return applying.PartOf("payee", "收款账户", payee)
}

func contactAnswers(c funding.Contact) applying.Part {
	contact := []applying.Named{applying.Answer("contact_name", "经办人", c.ContactName), applying.Answer("contact_mobile", "经办人手机", c.ContactMobile)}
	if c.ContactEmail != "" {
		contact = append(contact, applying.Answer("contact_email", "经办人邮箱", c.ContactEmail))
	}
	return applying.PartOf("organization", "经办人", contact...)
}
