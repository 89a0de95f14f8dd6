package app_test

import (
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
)

// TestTheWayToClosing takes two accepted applications on, by plain HTTP and
// without JavaScript: one is disputed without success, paid at the second
// attempt, accounted for and closed after what was left came back; the other
// loses its grant to an objection. Whatever the public reads equals the ledger.
func TestTheWayToClosing(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g, other := s.ready(t, s.home), s.ready(t, s.home)
	s.goTo(t, eligible)
	no, lost := s.accepted(g), s.accepted(other)
	s.proposeWithSlips(t, g, no)
	s.propose(lost)
	s.noMoney(t, no)
	second := s.budget(t)
	s.grantSigned(t, no, "5,000.00")
	s.grantSigned(t, lost, "5,000.00")
	notice := s.publish(t, no, lost)
	s.disputes(t, notice, g, other, no, lost)
	s.settles(t, g, no, lost)
	s.pays(t, g, second, no)
	s.accountsFor(t, g, no)
	s.closes(t, g, no)
	s.publicEqualsLedger(t, g, no, lost)
	s.nothingInClear(t)
}

// sole is the one form of a page that is sent by POST in its main part.
func (p *page) sole() *htmlForm {
	p.browser.t.Helper()
	forms := p.Find(`main form[method="post"]`)
	if forms.Length() != 1 {
		p.browser.t.Fatalf("%s (%d) has %d forms: %s", p.path, p.status, forms.Length(), p.main())
	}
	return p.form(forms.AttrOr("action", ""))
}

// verdict fills the box of whoever decides on the case now.
func (s *story) verdict(who *someone, no, stage string, pairs ...string) *page {
	who.t.Helper()
	at := "/applications/" + no
	return who.open(at).form(at + "/" + stage).set(pairs...).submit()
}

func (s *story) propose(no string) { s.proposeWhatRulesGive(no, "5,000.00 元", "伍仟元整") }

// proposeWhatRulesGive is a reviewer who leaves the amount as it was computed.
func (s *story) proposeWhatRulesGive(no, amount, upper string) {
	reviewer, at := s.office(authz.BureauReviewer), "/applications/"+no
	reviewer.t.Helper()
	s.verdict(reviewer, no, "proposal", "choice", "support").is(200, at+"/proposal").says(amount, upper).
		form(at+"/proposal").submit().is(200, at).says("待签批")
}

// proposeWithSlips is a reviewer who mistypes, goes back, and sends the clerk to
// look once more; the applicant reads nothing of it.
func (s *story) proposeWithSlips(t *testing.T, g *group, no string) {
	reviewer, clerk, at := s.office(authz.BureauReviewer), s.office(authz.BureauClerk), "/applications/"+no
	reviewer.open("/workspace").follow(g.name).is(200, at).says("金额怎么算", "备案组织的扶持金额", "5,000.00")
	s.verdict(reviewer, no, "proposal").refused("choice")
	s.verdict(reviewer, no, "proposal", "choice", "support", "amount", "6000.01").refused("amount")
	s.verdict(reviewer, no, "proposal", "choice", "support", "amount", "1e3").refused("amount")
	s.verdict(reviewer, no, "proposal", "choice", "support", "amount", "4,000").refused("reason")
	s.verdict(reviewer, no, "proposal", "choice", "refuse").refused("ground", "reason")
	s.verdict(reviewer, no, "proposal", "choice", "back", "reason", "短").refused("reason")
	p := s.verdict(reviewer, no, "proposal", "choice", "support", "amount", "４０００", "reason", "桌椅按市场价核减，其余照准。").says("4,000.00 元", "肆仟元整")
	again := p.form(at+"/proposal").press("back", "1").form(at + "/proposal")
	if again.value("amount") != "４０００" || again.value("reason") != "桌椅按市场价核减，其余照准。" {
		t.Errorf("kept %q", urlencoded(again.entries(nil)))
	}
	s.verdict(reviewer, no, "proposal", "choice", "back", "reason", "活动照片看不清日期，请核实后再送。").form(at+"/proposal").submit().is(200, at).says("待受理")
	s.decision(clerk, no).set("choice", "refuse", "ground", "ineligible", "facts", "查明的情况写在这里十个字").submit().
		form(at + "/decision").submit().says("已经受理过")
	s.decision(clerk, no).set("choice", "accept").submit().form(at+"/decision").submit().is(200, at).says("待复核")
	s.propose(no)
	s.office(authz.BureauLeader).open("/workspace").follow(g.name).is(200, at).says("拟予支持")
	g.head.open(at).lacks("拟予支持", "退回经办")
}

// noMoney is a leader who signs before there is a budget.
func (s *story) noMoney(t *testing.T, no string) {
	leader, at := s.office(authz.BureauLeader), "/applications/"+no
	p := s.verdict(leader, no, "signature", "choice", "sign").form(at + "/signature").submit()
	if p.status != 409 {
		t.Errorf("signed without a budget: %d", p.status)
	}
	if n := scan[int](t, s.portal, `select count(*) from award`); n != 0 {
		t.Errorf("%d awards without money", n)
	}
}

// budget is entered by one person of finance and counts when another checked it:
// the one who is returned.
func (s *story) budget(t testing.TB) *someone {
	t.Helper()
	return s.budgetOf(t, "startup", "100,000", "壹拾万元整")
}

func (s *story) budgetOf(t testing.TB, purpose, amount, upper string) *someone {
	t.Helper()
	second := s.portal.office(t, "finance-second", account.NewAccount{Role: authz.Finance, Name: "卫出纳"})
	form := s.office(authz.Finance).open("/staff/fund/budget/new?purpose=" + purpose + "&kind=budget").sole()
	form.set("amount", amount, "document_no", "深坪财〔2018〕8号", "reason", "年初安排").submit().says(upper).sole().submit().says("待复核")
	item := scan[string](t, s.portal, `select id::text from ledger_budget_item`)
	second.open("/staff/fund/budget/"+item).sole().set("choice", "pass").submit().says("已复核")
	return second
}

func (s *story) grantSigned(t testing.TB, no, amount string) {
	leader, at := s.office(authz.BureauLeader), "/applications/"+no
	s.verdict(leader, no, "signature", "choice", "back").refused("reason")
	confirmation := s.verdict(leader, no, "signature", "choice", "sign").says(amount)
	form := confirmation.form(at + "/signature")
	form.submit().is(200, at).says("待公示")
	form.submit() // the button pressed again
	if n := scan[int](t, s.portal, `select count(*) from ledger_commitment where case_no = $1 and amount_fen > 0`, no); n != 1 {
		t.Errorf("%d commitments", n)
	}
}

// publish brings both cases into one notice, by three people, and returns its
// number.
func (s *story) publish(t testing.TB, cases ...string) string {
	clerk, reviewer, leader := s.office(authz.BureauClerk), s.office(authz.BureauReviewer), s.office(authz.BureauLeader)
	p := clerk.open("/staff/notices/new").says(cases...)
	p = p.form("/staff/notices/new").submit()
	at := strings.TrimSuffix(p.path, "/text")
	p.form(at+"/text").set("contact_phone", "0755-28888888", "contact_address", "坪山区民政局一楼窗口", "supervision_phone", "0755-28888889").submit()
	for _, step := range []struct {
		who  *someone
		noun string
	}{{clerk, "submission"}, {reviewer, "approval"}, {leader, "issue"}} {
		step.who.open(at+"/"+step.noun).form(at+"/"+step.noun).submit().is(200, at)
	}
	no := scan[string](t, s.portal, `select n.no from notice n join notice_item i on i.notice_id = n.id where i.case_no = $1`, cases[0])
	s.browser(t).get("/notices/"+no).is(200, "/notices/"+no).says("公示中")
	for _, c := range cases {
		s.browser(t).get("/projects/"+c).is(404, "/projects/"+c)
	}
	return no
}

// disputes: a resident objects to both; one objection is right.
func (s *story) disputes(t *testing.T, notice string, g, other *group, no, lost string) {
	object := func(name, content string) string {
		b := s.browser(t)
		at := "/notices/" + notice + "/objection"
		item := scan[string](t, s.portal, `select ordinal::text from notice_item where organization_name = $1`, name)
		p := b.get(at).form(at).set("item", item, "content", content, "name", "欧阳清风", "phone", "13666668888").submit()
		return p.form(at).submit().says("异议已收到").Find("main .note code").Text()
	}
	s.planted = append(s.planted, "欧阳清风", "13666668888")
	receipt := object(g.name, "这个组织没有办过活动，照片是别处的，请核实。")
	object(other.name, "买的桌椅街道去年已经配过一套，不应重复资助。")
	g.head.open("/applications/" + no).says("异议处理中")
	reviewer := s.office(authz.BureauReviewer)
	answer := func(group, choice, reason string) {
		p := reviewer.open("/staff/objections").follow(group)
		p.form(p.path+"/outcome").set("choice", choice, "finding", "到社区走访，查看了活动记录和资产台账。", "reason", reason).submit().
			form(p.path + "/outcome").submit()
	}
	answer(g.name, "dismissed", "经查，活动记录真实，异议不成立。")
	answer(other.name, "upheld", "经查，同类桌椅已由街道配置，属于重复资助。")
	s.browser(t).get("/objections").form("/objections").set("receipt", receipt).submit().says("异议不成立", "活动记录真实")
	other.head.open("/applications/"+lost).says("不予支持", "重复资助").follow("不予支持决定书").says("行政复议", "重复资助")
	g.head.open("/applications/" + no).says("公示中").lacks("欧阳")
	if n := scan[int](t, s.portal, `select amount_fen::int from ledger_commitment where case_no = $1`, lost); n != 0 {
		t.Errorf("%d fen are still committed to what was refused", n)
	}
}

// settles when the last working day is over and not before.
func (s *story) settles(t *testing.T, g *group, no, lost string) {
	ends := scan[civil.Date](t, s.portal, `select ends_on from notice`)
	s.goTo(t, ends)
	s.sweep(t)
	g.head.open("/applications/" + no).says("公示中")
	s.browser(t).get("/projects/"+no).is(404, "/projects/"+no)
	s.goTo(t, ends.AddDays(1))
	s.sweep(t)
	g.head.open("/applications/"+no).says("已核定").follow("资助批复").says("伍仟元整", "坪民社批〔2018〕1号")
	s.browser(t).get("/projects").says(no, "5,000.00").lacks(lost)
	s.browser(t).get("/projects/"+no).is(200, "/projects/"+no).says("待拨付")
}

// pays: the account has to be verified first, the bank sends the first payment
// back, the second arrives; nobody pays alone, and no button pays twice.
func (s *story) pays(t *testing.T, g *group, second *someone, no string) {
	finance, record, at := s.office(authz.Finance), "/staff/organizations/"+g.id, "/staff/fund/cases/"+no
	finance.open("/workspace").follow(g.name).says("去拨付")
	if finance.open(at+"/payment").says("还没有核验").Find(`main form[method="post"]`).Length() > 0 {
		t.Error("an account that nobody verified can be paid")
	}
	finance.open(record).form(record+"/payee/verification").submit().is(200, record)
	first := s.send(second, no, "伍仟元整")
	finance.open(first+"/outcome").sole().set("outcome", "returned", "reason", "账号与户名不符").submit().says("退票")
	g.head.open("/messages").says("退票", "账号与户名不符")
	s.arrive(t, second, s.send(second, no, "伍仟元整"))
	g.head.open("/applications/"+no).says("待交使用报告").follow("拨款通知书").says("伍仟元整", "PZ-0501")
	if n := scan[int](t, s.portal, `select count(*) from ledger_payment where state = 'succeeded'`); n != 1 {
		t.Errorf("%d payments arrived", n)
	}
}

// send makes a payment of an amount, in capital figures, checks it and sends it to
// the bank; it returns its address.
func (s *story) send(second *someone, no, upper string) string {
	second.t.Helper()
	finance := s.office(authz.Finance)
	form := finance.open("/staff/fund/cases/"+no+"/payment").sole().submit().says("确认制作付款", upper).sole()
	made := form.submit().says("拟付")
	form.submit() // once more
	second.open(made.path+"/check").sole().set("choice", "pass").submit().says("已复核")
	finance.open(made.path + "/sending").sole().submit().says("已发送")
	return made.path
}

func (s *story) arrive(t testing.TB, second *someone, payment string) {
	t.Helper()
	second.open(payment+"/outcome").sole().set("outcome", "succeeded", "voucher_no", "PZ-0501").date("voucher_on", s.today(t)).submit().says("成功")
}

// paid is an organization whose grant has arrived and whose use report is owed.
func (s *story) paid(t testing.TB, q quarter) (*group, string) {
	t.Helper()
	g := s.ready(t, q)
	s.goTo(t, eligible)
	no := s.accepted(g)
	s.propose(no)
	second := s.budget(t)
	s.grantSigned(t, no, "5,000.00")
	s.publish(t, no)
	s.goTo(t, scan[civil.Date](t, s.portal, `select ends_on from notice`).AddDays(1))
	s.sweep(t)
	record := "/staff/organizations/" + g.id
	s.office(authz.Finance).open(record).form(record+"/payee/verification").submit().is(200, record)
	s.arrive(t, second, s.send(second, no, "伍仟元整"))
	return g, no
}

// accountsFor writes the use report with slips and signs it.
func (s *story) accountsFor(t *testing.T, g *group, no string) {
	at := "/applications/" + no + "/use-report"
	s.goTo(t, s.today(t).AddDays(60))
	report := func(pairs ...string) *htmlForm {
		return g.head.open("/applications/" + no).follow("填写使用报告").form(at).set(pairs...)
	}
	report().press("go", "next").refused("receipt", "summary")
	row := []string{"receipt-1-kind", "vat_digital", "receipt-1-number", "24440000000000000017", "receipt-1-seller", "深圳市示例家具有限公司",
		"receipt-1-total", "3200", "receipt-1-category", "hardware", "receipt-1-item", "折叠桌椅 10 套", "receipt-1-amount", "3200",
		"summary", "买了折叠桌椅，办了四次交换日，每次八十多位居民参加。"}
	on := s.today(t).AddDays(-30)
	report(row...).date("receipt-1-issued_on", s.today(t).AddDays(1)).press("go", "next").refused("receipt-1-issued_on", "file-report_receipts")
	report(row...).set("receipt-1-number", "12", "receipt-1-amount", "3200.01").date("receipt-1-issued_on", on).press("go", "next").
		refused("receipt-1-number", "receipt-1-amount", "file-report_receipts")
	report(row...).date("receipt-1-issued_on", on).press("go", "more").is(200, at).says("已保存", "1,800.00 元")
	g.head.open(at).form(at+"/papers/report_receipts").attach("file", upload{"发票.pdf", pdfOf("invoice")}).submit().says("发票")
	g.head.open(at).form(at).press("go", "next").is(200, at+"/review").says("深圳市示例家具有限公司", "3,200.00")
	sign := func() *htmlForm {
		return g.head.open(at+"/review").form(at+"/submission").set("agreed", "yes", "typed_name", g.head.name, "password", g.head.password)
	}
	sign().set("typed_name", "李暖").submit().refused("typed_name")
	sign().set("password", "Wrong-river-2017-K").submit().refused("password")
	sign().untick("agreed").submit().refused("agreed")
	sign().submit().is(200, "/applications/"+no).says("使用报告已提交")
	s.office(authz.BureauClerk).open("/workspace").says("核查使用报告").follow(g.name).says("看使用报告和票据")
}

// closes: the clerk sends the report back once, then accepts it; what was left
// comes back and finance confirms it.
func (s *story) closes(t *testing.T, g *group, no string) {
	clerk, finance, at := s.office(authz.BureauClerk), s.office(authz.Finance), "/applications/"+no
	decide := func(pairs ...string) *page {
		return clerk.open(at).form(at + "/use-report/decision").set(pairs...).submit()
	}
	decide().refused("choice")
	decide("choice", "return", "reason", "改").refused("reason")
	decide("choice", "return", "reason", "请补写每次活动的参加人数。").form(at+"/use-report/decision").submit().is(200, at).says("待交使用报告")
	g.head.open(at).says("请补写每次活动的参加人数").follow("填写使用报告").form(at+"/use-report").
		set("summary", "买了折叠桌椅，办了四次交换日，分别有 80、86、91、77 位居民参加。").press("go", "next").form(at+"/use-report/submission").
		set("agreed", "yes", "typed_name", g.head.name, "password", g.head.password).submit().is(200, at)
	decide("choice", "accept").form(at+"/use-report/decision").submit().is(200, at).says("结余待退回")
	finance.open("/workspace").follow(g.name).says("登记退回的结余")
	fund := "/staff/fund/cases/" + no
	finance.open(fund+"/repayment").sole().set("kind", "return", "amount", "800", "voucher_no", "TH-1", "reason", "项目结余").submit().sole().submit()
	clerk.open(at).says("结余待退回")
	finance.open(fund+"/repayment").sole().set("kind", "return", "amount", "1000", "voucher_no", "TH-2", "reason", "项目结余").submit().sole().submit()
	g.head.open(at).says("已办结")
}

// publicEqualsLedger compares what anyone can read with the ledger, to the fen.
func (s *story) publicEqualsLedger(t *testing.T, g *group, no, lost string) {
	b := s.browser(t)
	b.get("/projects").says("1 个", "5,000.00", "1,800.00").lacks(lost)
	b.get("/projects/"+no).says(g.name, "5,000.00", "1,800.00", "3,200.00", "已办结").lacks("欧阳", g.head.name, "PZ-0501")
	b.get("/fund?year=2018").says("100,000.00", "5,000.00")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(b.get("/open-data/projects.csv").body), "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 2 || !strings.Contains(strings.Join(rows[1], " "), "5000.00") {
		t.Errorf("CSV %v: %v", rows, err)
	}
	var data struct {
		Grants []struct {
			ID     string  `json:"id"`
			Amount float64 `json:"amountAwarded"`
		} `json:"grants"`
	}
	if err := json.Unmarshal(b.get("/open-data/projects.json").body, &data); err != nil || len(data.Grants) != 1 || data.Grants[0].Amount != 5000 {
		t.Errorf("JSON %+v: %v", data, err)
	}
	for sql, want := range map[string]int{
		`select count(*) from ledger_differences()`: 0, `select count(*) from project_differences()`: 0,
		`select (paid_fen - returned_fen)::int from ledger_pool where purpose = 'startup'`: 320_000,
		`select committed_fen::int from ledger_pool where purpose = 'startup'`:             500_000,
	} {
		if got := scan[int](t, s.portal, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}
