package notice

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/money"
	"civilaffairs/internal/workday"
)

// furthest is how many days ahead a publication may be planned.
const furthest = 60

// Total is the sum of the items that are not taken out.
func Total(items []Item) (sum money.Fen) {
	for _, i := range items {
		if i.State != Removed {
			sum += i.Amount
		}
	}
	return sum
}

// draftText is what a notice of these cases says at first; the clerk edits it.
func draftText(items []Item, today civil.Date, terms Terms) Text {
	programme := items[0].Programme
	for _, i := range items {
		if i.Programme != programme {
			programme = "社区社会组织扶持"
			break
		}
	}
	return Text{
		Title: fmt.Sprintf("关于%d年%s拟资助名单的公示", today.Year, programme),
		Body: fmt.Sprintf("根据《坪山区关于培育和发展社区社会组织的实施意见》，经申请、审核和签批，%s拟资助 %d 个社区社会组织，合计 %s 元，现予公示。\n"+
			"公示期内，任何单位和个人都可以对其中任何一项提出异议。没有异议的，公示期满后核定并拨付；有异议的那一项，处理完再办。",
			programme, len(items), Total(items)),
		ObjectionHow: "在本页“提出异议”处填写，或者在公示期内到联系地址书面提出。写明姓名或电话、有异议的那一项、事实和理由。",
		PeriodWD:     terms.MinimumWD,
	}
}

// faults says what a text still lacks before it can go to review: domain §10,
// “period below minimum”, and what the public needs to object.
func (m Manuscript) faults(today civil.Date, c *workday.Calendar, items int) []errs.Field {
	var f []errs.Field
	fail := func(name, label, message string) {
		f = append(f, errs.Field{Name: name, Label: label, Message: message})
	}
	length := func(name, label, text string, least, most int) {
		if n := utf8.RuneCountInString(strings.TrimSpace(text)); n < least || n > most {
			fail(name, label, fmt.Sprintf("%s写 %d 到 %d 个字，现在是 %d 个字", label, least, most, n))
		}
	}
	phone := func(name, label, text string) {
		if _, err := identifier.ParsePhone(text); err != nil {
			fail(name, label, errs.Message(err))
		}
	}
	if m.Erratum() {
		length("reason", "勘误理由", m.Reason, 10, 500)
	}
	length("title", "标题", m.Title, 6, 120)
	length("body", "正文", m.Body, 20, 10000)
	if items == 0 {
		fail("cases", "公示的办件", "还没有选办件。至少选一件")
	}
	switch {
	case m.PeriodWD < m.MinimumWD:
		fail("period", "公示期", fmt.Sprintf("公示期 %d 个工作日太短，这些办件至少要 %d 个工作日。改成 %d 或更多", m.PeriodWD, m.MinimumWD, m.MinimumWD))
	case m.PeriodWD > MaxPeriod:
		fail("period", "公示期", fmt.Sprintf("公示期最长 %d 个工作日，现在是 %d。改短一些", MaxPeriod, m.PeriodWD))
	}
	if message := publishFault(m.PublishOn, today, c); message != "" {
		fail("publish_on", "发布日期", message)
	}
	phone("contact_phone", "联系电话", m.ContactPhone)
	length("contact_address", "联系地址", m.ContactAddress, 4, 120)
	phone("supervision_phone", "监督电话", m.SupervisionPhone)
	length("objection_how", "怎样提出异议", m.ObjectionHow, 10, 500)
	return f
}

// publishFault checks a planned day of publication: a working day still to come.
func publishFault(on, today civil.Date, c *workday.Calendar) string {
	if on.IsZero() || on == today {
		return ""
	}
	work, known := c.IsWorkday(on)
	switch {
	case on.Before(today):
		return on.Chinese() + "已经过了。填以后的工作日，或者留空，签发后马上发布"
	case today.DaysUntil(on) > furthest:
		return fmt.Sprintf("%s太远。填 %d 天以内的工作日", on.Chinese(), furthest)
	case !known:
		return fmt.Sprintf("%d年的工作日历还没有公布，不能定在%s。填以前的工作日", on.Year, on.Chinese())
	case !work:
		return fmt.Sprintf("%s（%s）不是工作日。填工作日，例如%s", on.Chinese(), on.ChineseWeekday(), c.Add(on, 1).On.Chinese())
	}
	return ""
}

// reasonFault checks the reason of an act; least is in characters.
func reasonFault(reason string, least int) error {
	if n := utf8.RuneCountInString(strings.TrimSpace(reason)); n < least || n > 500 {
		return errs.FieldError("reason", "理由", fmt.Sprintf("写明理由，%d 到 500 个字，现在是 %d 个字", least, n))
	}
	return nil
}
