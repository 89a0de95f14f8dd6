package app_test

import (
	"fmt"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
)

// TestTheWayToClosingInChromium is what follows acceptance in real browsers:
// reviewer, leader, clerk, finance and head each do their part by hand, and every
// page that they reach is judged by axe and must fit both widths. What is tried
// at every field and limit is shown by TestTheWayToClosing over plain HTTP.
func TestTheWayToClosingInChromium(t *testing.T) {
	t.Parallel()
	c := &chromium{story: newStory(t)}
	c.group = c.ready(t, c.home)
	other := c.ready(t, c.home)
	c.goTo(t, eligible)
	c.no = c.accepted(c.group)
	lost := c.accepted(other)
	c.propose(lost)
	c.at = "/applications/" + c.no
	c.head, c.clerk = seated(t, c.group.head), seated(t, c.office(authz.BureauClerk))
	c.head.Phone()
	reviewer, leader := seated(t, c.office(authz.BureauReviewer)), seated(t, c.office(authz.BureauLeader))
	second := c.budget(t)
	c.signedByHand(t, reviewer, leader)
	c.grantSigned(t, lost, "5,000.00")
	notice := c.publishedByHand(t, reviewer, leader)
	c.public = seated(t, &someone{browser: c.browser(t)})
	c.disputedByHand(t, reviewer, notice, other, lost)
	c.settledByHand(t)
	c.paidByHand(t, seated(t, c.office(authz.Finance)), seated(t, second))
	c.accountedByPhone(t)
	c.closedByHand(t)
	c.public.open("/projects").is(200, "/projects").says(c.no, "1,800.00").lacks(lost)
	c.public.open("/projects/"+c.no).is(200, "/projects/"+c.no).says("5,000.00", "3,200.00")
}

// signedByHand is the proposal, first with a sum above the limit, and the signature.
func (c *chromium) signedByHand(t *testing.T, reviewer, leader *seat) {
	reviewer.open("/workspace")
	reviewer.follow(c.group.name).is(200, c.at).says("金额怎么算")
	reviewer.send(c.at+"/proposal", "choice", "support", "amount", "6000.01").refused("amount")
	if kept := reviewer.Value("amount"); kept != "6000.01" {
		t.Errorf("kept %q", kept)
	}
	reviewer.send(c.at+"/proposal", "amount", "5000").is(200, c.at+"/proposal").says("伍仟元整")
	reviewer.send(c.at+"/proposal").is(200, c.at).says("待签批")
	leader.open("/workspace")
	leader.follow(c.group.name).is(200, c.at).says("拟予支持")
	leader.send(c.at+"/signature", "choice", "sign").is(200, c.at+"/signature").says("5,000.00")
	leader.send(c.at+"/signature").is(200, c.at).says("待公示")
}

// publishedByHand is the notice of both cases by three people; it returns its number.
func (c *chromium) publishedByHand(t *testing.T, reviewer, leader *seat) string {
	const start = "/staff/notices/new"
	c.clerk.open("/workspace").says("拟公示稿")
	c.clerk.open(start).says(c.no)
	text := c.clerk.send(start).path
	notice := strings.TrimSuffix(text, "/text")
	c.clerk.send(text, "contact_phone", "0755-28888888", "contact_address", "坪山区民政局一楼窗口", "supervision_phone", "0755-28888889")
	for _, step := range []struct {
		who  *seat
		noun string
	}{{c.clerk, "/submission"}, {reviewer, "/approval"}, {leader, "/issue"}} {
		step.who.open(notice + step.noun)
		step.who.send(notice+step.noun).is(200, notice)
	}
	c.head.open(c.at).is(200, c.at).says("公示中")
	return scan[string](t, c.portal, `select no from notice`)
}

// disputedByHand is a resident who objects to both, without a way to be reached at
// first, and the reviewer who finds one of the two right.
func (c *chromium) disputedByHand(t *testing.T, reviewer *seat, notice string, other *group, lost string) {
	c.planted = append(c.planted, "欧阳清风", "13666668888")
	object := func(name, content string) string {
		at := "/notices/" + notice + "/objection"
		c.public.open("/notices/" + notice)
		c.public.open(at)
		item := scan[string](t, c.portal, `select ordinal::text from notice_item where organization_name = $1`, name)
		c.public.send(at, "item", item, "content", content).refused("name")
		c.public.send(at, "name", "欧阳清风", "phone", "13666668888").is(200, at).says(content)
		return plainText(c.public.send(at).says("异议已收到").Find("main .note code"))
	}
	receipt := object(c.group.name, "这个组织没有办过活动，照片是别处的，请核实。")
	object(other.name, "买的桌椅街道去年已经配过一套，不应重复资助。")
	answer := func(name, choice, reason string) {
		reviewer.open("/staff/objections")
		at := reviewer.follow(name).path + "/outcome"
		reviewer.send(at, "choice", choice, "finding", "到社区走访，查看了活动记录和资产台账。", "reason", reason)
		reviewer.send(at)
	}
	answer(c.group.name, "dismissed", "经查，活动记录真实，异议不成立。")
	answer(other.name, "upheld", "经查，同类桌椅已由街道配置，属于重复资助。")
	c.public.open("/objections")
	c.public.send("/objections", "receipt", receipt).says("异议不成立")
	c.head.open(c.at).says("公示中").lacks("欧阳")
	other.head.open("/applications/"+lost).says("不予支持", "重复资助")
}

// settledByHand is the day after the last one of the period.
func (c *chromium) settledByHand(t *testing.T) {
	c.goTo(t, scan[civil.Date](t, c.portal, `select ends_on from notice`).AddDays(1))
	c.sweep(t)
	c.head.open(c.at).says("已核定")
	c.head.follow("资助批复").says("伍仟元整")
}

// paidByHand is the payment by two people of finance; the bank sends the first
// one back.
func (c *chromium) paidByHand(t *testing.T, finance, second *seat) {
	record, start := "/staff/organizations/"+c.group.id, "/staff/fund/cases/"+c.no+"/payment"
	finance.open(record)
	finance.send(record+"/payee/verification").is(200, record)
	finance.open("/workspace")
	finance.follow(c.group.name).says("去拨付")
	pay := func() {
		finance.open(start)
		finance.sole().says("确认制作付款", "伍仟元整")
		payment := finance.sole().says("拟付").path
		second.open(payment + "/check")
		second.sole("choice", "pass").says("已复核")
		finance.open(payment + "/sending")
		finance.sole().says("已发送")
		finance.open(payment + "/outcome")
	}
	pay()
	finance.sole("outcome", "returned", "reason", "账号与户名不符").says("退票")
	c.head.open("/messages").says("退票", "账号与户名不符")
	pay()
	finance.sole(append(on("voucher_on", c.today(t)), "outcome", "succeeded", "voucher_no", "PZ-0501")...).says("成功")
	c.head.open(c.at).says("待交使用报告")
	c.head.follow("拨款通知书").says("伍仟元整")
}

// accountedByPhone is the head who reports on the use, first without a receipt.
func (c *chromium) accountedByPhone(t *testing.T) {
	at := c.at + "/use-report"
	c.goTo(t, c.today(t).AddDays(60))
	c.head.open(c.at)
	c.head.follow("填写使用报告").is(200, at)
	c.head.press(at, "next").refused("receipt", "summary")
	c.head.fill(at, append(on("receipt-1-issued_on", c.today(t).AddDays(-30)), "receipt-1-kind", "vat_digital",
		"receipt-1-number", "24440000000000000017", "receipt-1-seller", "深圳市示例家具有限公司", "receipt-1-total", "3200",
		"receipt-1-category", "hardware", "receipt-1-item", "折叠桌椅 10 套", "receipt-1-amount", "3200",
		"summary", "买了折叠桌椅，办了四次交换日，每次八十多位居民参加。")...)
	c.head.press(at, "more").says("已保存", "1,800.00 元")
	c.head.hand(c.no+"/use-report", "report_receipts", upload{"发票.pdf", pdfOf("invoice")})
	c.head.open(at)
	c.head.press(at, "next").is(200, at+"/review").says("深圳市示例家具有限公司", "3,200.00")
	c.head.send(at+"/submission", "agreed", "yes", "typed_name", c.group.head.name, "password", c.group.head.password).
		is(200, c.at).says("使用报告已提交")
}

// closedByHand is the clerk who accepts the report; once the rest has come back
// the case is closed.
func (c *chromium) closedByHand(t *testing.T) {
	decision, repayment := c.at+"/use-report/decision", "/staff/fund/cases/"+c.no+"/repayment"
	c.clerk.open("/workspace").says("核查使用报告")
	c.clerk.follow(c.group.name).is(200, c.at)
	c.clerk.follow("看使用报告和票据").says("折叠桌椅 10 套")
	c.clerk.open(c.at)
	c.clerk.send(decision, "choice", "accept").is(200, decision)
	c.clerk.send(decision).is(200, c.at).says("结余待退回")
	c.head.open(c.at).says("结余待退回")
	c.office(authz.Finance).open(repayment).sole().set("kind", "return", "amount", "1800", "voucher_no", "TH-1", "reason", "项目结余").
		submit().sole().submit()
	c.head.open(c.at).says("已办结")
}

// sole fills the one form of the page and presses its first button.
func (b *seat) sole(pairs ...string) *page {
	b.t.Helper()
	return b.send(b.page.sole().form.AttrOr("action", ""), pairs...)
}

// press presses the button that does go in the form to action.
func (b *seat) press(action, what string) *page {
	b.t.Helper()
	return b.shown(b.Submit(fmt.Sprintf(`form[action=%q] button[name=go][value=%q]`, action, what)))
}
