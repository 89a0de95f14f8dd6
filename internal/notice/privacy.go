package notice

import (
	"fmt"

	"civilaffairs/internal/privacy"
)

// fields are everything of a notice that people will read.
func (m Manuscript) fields(items []Item) []privacy.Field {
	out := []privacy.Field{
		{Name: "title", Label: "标题", Text: m.Title}, {Name: "body", Label: "正文", Text: m.Body},
		{Name: "contact_phone", Label: "联系电话", Text: m.ContactPhone, Phone: true}, {Name: "contact_address", Label: "联系地址", Text: m.ContactAddress},
		{Name: "supervision_phone", Label: "监督电话", Text: m.SupervisionPhone, Phone: true}, {Name: "objection_how", Label: "怎样提出异议", Text: m.ObjectionHow, Phone: true},
		{Name: "reason", Label: "勘误理由", Text: m.Reason},
	}
	for _, i := range items {
		label := fmt.Sprintf("第 %d 项", i.Ordinal)
		out = append(out, privacy.Field{Name: "items", Label: label + "组织名称", Text: i.OrganizationName}, privacy.Field{Name: "items", Label: label + "用途", Text: i.Purpose})
	}
	return out
}

// public refuses a reason that would be published with something private in it.
func public(name, label, text string) error {
	return privacy.Refuse(privacy.Check([]privacy.Field{{Name: name, Label: label, Text: text, Phone: true}}))
}
