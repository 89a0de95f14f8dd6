package app_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
)

// TestTheWayOfAClaim takes an activity from the plan told before to the closed case
// (成长关爱工程), by plain HTTP and without JavaScript, through every role that has a
// part in it. Support comes after what it supports: the payment closes the case. A
// second organization claims what then is left of the pool, to the last yuan. At
// every stage the money is that of the ledger.
func TestTheWayOfAClaim(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g, other := s.claimant(t), s.claimant(t)
	second := s.budgetOf(t, "activity", "2,401", "贰仟肆佰零壹元整")
	s.pool(t, "2401.00 0.00 0.00 0.00")
	c := s.tellsBefore(t, g)
	s.goTo(t, outingDay.AddDays(2))
	s.reportsOnIt(t, c)
	s.claimsIt(t, c)
	s.heardOnIt(c)
	s.correctsIt(t, c)
	s.takesIn(c)
	s.reviewsIt(t, c)
	s.pool(t, "2401.00 0.00 0.00 0.00")
	s.grantSigned(t, c.no, "2,400.00")
	s.pool(t, "2401.00 2400.00 0.00 0.00")
	last := s.theLastYuan(t, other)
	s.pool(t, "2401.00 2401.00 0.00 0.00")
	s.noticed(t, c, last)
	s.closesWithThePayment(t, c, second)
	s.everybodySees(t, c, last)
}

// outingDay is a Saturday, two weeks into the story.
var outingDay = civil.Of(2017, 10, 28)

// claim is an activity of a group, and what is asked for it.
type claim struct {
	*group
	title  string
	held   civil.Date
	plan   string // of what was told before, "" for none
	event  string // number on the calendar, "" for none
	no, at string // of the claim
	paper  int    // number of its first receipt; the second follows
}

// claimant is an organization that may claim: it needs no age and no systems, but
// an account, and the bureau has looked it up.
func (s *story) claimant(t testing.TB) *group {
	t.Helper()
	g := s.found(t, s.home)
	s.payee(g)
	s.looks(g)
	return g
}

// claimOf is a claim that nothing has been done about.
func (s *story) claimOf(g *group, title string) *claim {
	s.number += 2
	return &claim{group: g, title: title, held: outingDay, paper: s.number}
}

// tellsBefore is the plan: residents see it on the calendar, community and
// subdistrict take note, the community with a hint.
func (s *story) tellsBefore(t *testing.T, g *group) *claim {
	const mine, desk = "/my/activity-plans", "/staff/activity-plans"
	c := s.claimOf(g, "重阳敬老邻里茶话会")
	form := g.head.open(mine).says("还没有报备过活动").follow("报备一次活动").is(200, mine+"/new").form(mine + "/new")
	told := form.set("title", c.title, "theme", "neighbours", "starts", "14:00", "ends", "16点30分", "community", liulian, "place", "六联社区党群服务中心一楼",
		"target", "六十岁以上的居民", "expected", "50", "budget", "4,000", "intro", "请老人喝茶聊天，义工上门接送，现场登记需求。", "open", "yes").date("held_on", c.held).
		submit().says("已报备", c.title, "14:00 至 16:30", "还没看")
	c.plan = strings.TrimPrefix(told.path, mine+"/")
	c.event = scan[string](t, s.portal, `select no from event where plan_id = $1`, c.plan)
	s.browser(t).get("/activities").says(c.title, g.name).follow(c.title).is(200, "/activities/"+c.event).says("六联社区党群服务中心一楼").lacks("4,000")
	for _, office := range []struct {
		who  *someone
		note string
	}{{g.desk, "当天上午活动室还有一场，请两点再进场。"}, {g.street, ""}} {
		office.who.open("/messages").says("报备了一次活动")
		one := desk + "/" + c.plan
		office.who.open(desk).follow(c.title).is(200, one).says("4,000.00 元")
		office.who.open(one+"/note").form(one+"/note").set("note", office.note).submit().is(200, one).says("知悉")
		office.who.open(desk).lacks(c.title)
	}
	g.head.open(mine).says("社区、街道已知悉").follow(c.title).says("请两点再进场")
	g.head.open("/messages").says("请两点再进场")
	return c
}

// reportsOnIt fills in what became of the activity, which the community confirms.
func (s *story) reportsOnIt(t *testing.T, c *claim) {
	at := "/my/activities/" + c.event
	c.head.open("/my/activities").follow("填办完以后的情况").is(200, at+"/result").form(at+"/result").
		set("participants", "45", "volunteers", "8", "social_workers", "1", "summary", "来了四十五位老人，义工上门接送，现场登记了十二条需求。").
		submit().is(200, at).says("等社区确认")
	s.browser(t).get("/activities/"+c.event).says("45 人", "十二条需求")
	s.confirmFacts(c.group)
}

// claimsIt fills in the claim part by part, hands in pictures, sheet and receipts,
// and signs it.
func (s *story) claimsIt(t *testing.T, c *claim) {
	c.head.open("/my/activity-plans/"+c.plan).follow("申请补贴").is(200, "/my/eligibility/activity").says("每年最多补贴 2 次")
	s.beginsClaim(c)
	s.writesClaim(t, c)
	s.handsIn(t, c)
	s.tooManyPictures(t, c)
	c.head.open(c.at+"/review").light().says("4,000.00", "按比例计算", "2,400.00 元", "活动时没有星级", "照片1.jpg")
	s.sign(c.head, c.no).submit().is(200, c.at+"/receipt").says(c.no, "内容摘要", "2,600.00 元")
	c.head.open("/messages").says(c.no, "已提交")
	s.pool(t, "2401.00 0.00 0.00 0.00")
}

func (s *story) beginsClaim(c *claim) {
	c.head.t.Helper()
	c.no = s.beginOf(c.group, "activity")
	c.at = "/applications/" + c.no
}

// part is what one part of a claim is filled with.
func (c *claim) part(key string) []string {
	switch key {
	case "organization":
		return []string{"contact_name", "陈小雨", "contact_mobile", "13900139000"}
	case "event":
		event := append(on("held_on", c.held), "title", c.title, "theme", "neighbours", "starts", "14:00", "ends", "16:30", "community", liulian,
			"place", "六联社区党群服务中心一楼", "capacity", "80")
		if c.plan != "" {
			event = append(event, "plan", c.plan)
		}
		return event
	case "people":
		return []string{"target", "六十岁以上的居民", "participants", "45", "volunteers", "8", "hours", "24", "partner", "六联社区工作站", "satisfaction", "96",
			"links", "https://news.example.org/chayang", "minors", "none", "summary", "来了四十五位老人，义工上门接送，现场登记了十二条需求。"}
	}
	return nil
}

// cost fills a row of the receipts.
func (c *claim) cost(row int, pairs ...string) []string {
	at := fmt.Sprintf("cost-%d-", row)
	filled := append(on(at+"issued_on", c.held.AddDays(-2)), at+"kind", "vat_digital", at+"number", fmt.Sprintf("264403%014d", c.paper+row-1), at+"seller", "深圳市示例商贸有限公司")
	for i := 0; i+1 < len(pairs); i += 2 {
		filled = append(filled, at+pairs[i], pairs[i+1])
	}
	return filled
}

// writesClaim goes from part to part as the portal leads: 4,000 yuan on two
// receipts, 2,600 asked for.
func (s *story) writesClaim(t testing.TB, c *claim) {
	t.Helper()
	section := func(key string) string { return c.at + "/sections/" + key }
	p := c.head.open(section("organization"))
	for _, step := range [][2]string{{"organization", "event"}, {"event", "people"}, {"people", "costs"}} {
		f := p.form(section(step[0]))
		switch told := f.value("title") == c.title && f.value("plan") == c.plan || f.value("target") == "六十岁以上的居民"; {
		case step[0] == "organization":
		case told != (c.plan != ""):
			t.Errorf("%s: filled in from the plan: %v", step[0], told)
		case told && step[0] == "event" && f.value("held_on-day") != "28":
			t.Errorf("the day of the plan: %q", f.value("held_on-day"))
		}
		p = f.set(c.part(step[0])...).submit().is(200, section(step[1])).light()
	}
	p = p.form(section("costs")).set(c.cost(1, "total", "3,000", "category", "material", "item", "茶点和活动物料", "amount", "2,800")...).
		press("go", "more").is(200, section("costs")).says("现在合计 2,800.00 元")
	p = p.form(section("costs")).set(c.cost(2, "total", "1200", "category", "venue", "item", "场地和音响", "amount", "1200")...).
		set("amount", "2,600").submit().is(200, section("payee"))
	account, _ := p.Find(`input[name=payee]`).First().Attr("value")
	p.form(section("payee")).set("payee", account).submit().is(200, c.at+"/papers").light()
}

// light checks that the page asks no more of the database than a page may.
func (p *page) light() *page {
	p.browser.t.Helper()
	if n := len(p.statements); n > maxStatements {
		p.browser.t.Errorf("%s runs %d statements:\n\t%s", p.path, n, oneLine(p.statements))
	}
	return p
}

// handsIn sends the papers of a claim, the pictures as a phone takes them.
func (s *story) handsIn(t testing.TB, c *claim) {
	t.Helper()
	for _, f := range []struct{ slot, name string }{
		{"plan", "活动方案.pdf"}, {"summary_report", "活动总结.pdf"}, {"sign_in", "签到表.pdf"}, {"receipts", "票据.pdf"}, {"authorization", "代收授权书.pdf"},
	} {
		s.paper(c.head, c.no, f.slot, upload{f.name, pdfOf(f.slot + " " + c.no)}).is(200, c.at+"/papers").says(f.name)
	}
	for i := range 3 {
		s.picture(t, c, i+1).is(200, c.at+"/papers")
	}
}

func (s *story) picture(t testing.TB, c *claim, n int) *page {
	t.Helper()
	return s.paper(c.head, c.no, "photos", upload{fmt.Sprintf("照片%d.jpg", n), sceneOf(t, uint64(c.paper*100+n))})
}

// tooManyPictures: one handed in twice is there once; many are chosen at once, of
// which one is none and the others are taken; with twenty it is full, and the
// twenty-first, sent from a page that was open before, is refused at its row.
func (s *story) tooManyPictures(t *testing.T, c *claim) {
	pictures := func() int {
		return scan[int](t, s.portal, `select count(*) from attachment where slot = 'photos' and removed_at is null`)
	}
	before := c.head.open(c.at + "/papers")
	if s.picture(t, c, 3).is(200, c.at+"/papers"); pictures() != 3 {
		t.Errorf("%d pictures after one was sent twice", pictures())
	}
	var rest []upload
	for n := 4; n <= 20; n++ {
		rest = append(rest, upload{fmt.Sprintf("照片%d.jpg", n), sceneOf(t, uint64(c.paper*100+n))})
	}
	rest = slices.Insert(rest, 5, upload{"不是照片.jpg", []byte("not a picture at all")})
	s.paper(c.head, c.no, "photos", rest...).refused("file-photos").says("18 份里有 1 份没有收下，其余已收下", "“不是照片.jpg”", "照片20.jpg")
	if c.head.open(c.at + "/papers").has(c.at + "/papers/photos") {
		t.Error("a twenty-first picture is asked for")
	}
	before.form(c.at+"/papers/photos").attach("file", upload{"照片21.jpg", sceneOf(t, 99_999)}).submit().refused("file-photos").says("已经放满")
	if pictures() != 20 {
		t.Errorf("%d pictures", pictures())
	}
}

// heardOnIt are the opinions of both offices.
func (s *story) heardOnIt(c *claim) {
	c.desk.open("/workspace").follow(c.name).is(200, c.at).light().says("您的意见", c.title, "45 人")
	s.opine(c.desk, c.no, "support", "活动在我们社区办的，来的人不少，情况属实。")
	c.street.open("/workspace").says(c.name)
	s.opine(c.street, c.no, "support", "同意社区意见。")
}

// correctsIt is one round: the clerk asks for another sign-in sheet and a receipt
// that says what it was for; nothing else is open.
func (s *story) correctsIt(t *testing.T, c *claim) {
	clerk := s.office(authz.BureauClerk)
	clerk.open("/workspace").follow(c.name).is(200, c.at).light().says("深圳市示例商贸有限公司", "照片20.jpg", "情况属实")
	s.decision(clerk, c.no).set("choice", "return", "flaw", "cost", "reason-cost", "第 1 行写明买了哪些物料",
		"flaw", "file:sign_in", "reason-file:sign_in", "签到表缺第二页，请补全").submit().is(200, c.at+"/decision").form(c.at+"/decision").submit().is(200, c.at).says("待补正")
	c.head.open("/workspace").says("补正").follow(c.no).is(200, c.at).says("第 1 行写明买了哪些物料")
	costs := c.at + "/sections/costs"
	form := c.head.open(costs).says("补正：第 1 行写明买了哪些物料").form(costs)
	if _, locked := form.named("amount").Attr("readonly"); !locked {
		t.Error("the amount, which was not named, can be changed")
	}
	form.set("cost-1-item", "茶叶、点心、纸杯和横幅").submit().is(200, c.at+"/papers")
	p := c.head.open(c.at + "/papers")
	if p.has(c.at + "/papers/photos") {
		t.Error("pictures, which were not named, can be added")
	}
	s.paper(c.head, c.no, "sign_in", upload{"签到表第二页.pdf", pdfOf("second page")}).is(200, c.at+"/papers").says("签到表.pdf", "签到表第二页.pdf")
	s.sign(c.head, c.no).submit().is(200, c.at+"/receipt")
	if n := scan[int](t, s.portal, `select count(*) from receipt_allocation where live`); n != 2 {
		t.Errorf("%d receipts rest on the claim after its correction", n)
	}
}

// takesIn is the clerk's acceptance, with the letter.
func (s *story) takesIn(c *claim) {
	clerk := s.office(authz.BureauClerk)
	clerk.t.Helper()
	s.decision(clerk, c.no).set("choice", "accept").submit().is(200, c.at+"/decision").form(c.at+"/decision").submit().is(200, c.at).says("已受理")
	c.head.open(c.at).follow("受理通知书").says(c.no, c.name, "成长关爱工程", "现予受理")
}

// reviewsIt proposes what the rules give: the smallest of six, said line by line.
func (s *story) reviewsIt(t *testing.T, c *claim) {
	reviewer := s.office(authz.BureauReviewer)
	reviewer.open("/workspace").follow(c.name).is(200, c.at).light().
		says("金额怎么算", "2 行票据", "4,000.00 元", "60%", "还剩 10,000.00 元", "还剩 2,401.00 元", "取最小的：按比例计算的", "2,400.00 元")
	s.verdict(reviewer, c.no, "proposal", "choice", "support", "amount", "2400.01").refused("amount").says("按规则最多 2,400.00 元")
	s.proposeWhatRulesGive(c.no, "2,400.00 元", "贰仟肆佰元整")
	c.head.open(c.at).says("待签批").lacks("拟予支持")
	s.office(authz.BureauLeader).open("/workspace").follow(c.name).is(200, c.at).says("拟予支持", "2,400.00")
}

// theLastYuan is another organization's claim: its own receipts give 2,400, the
// pool has one yuan left. An invoice that the first has used up is refused.
func (s *story) theLastYuan(t *testing.T, g *group) *claim {
	c := s.claimOf(g, "霜降送温暖")
	s.beginsClaim(c)
	s.writesClaim(t, c)
	s.handsIn(t, c)
	costs, used := c.at+"/sections/costs", c.paper
	c.head.open(costs).form(costs).set("cost-1-number", scan[string](t, s.portal, `select number from receipt order by number limit 1`)).submit()
	s.sign(c.head, c.no).submit().refused("part-costs").says("第 1 行票据号码：该票据已被使用").lacks("CZ-2017-0001", "重阳")
	c.head.open(costs).form(costs).set("cost-1-number", fmt.Sprintf("264403%014d", used)).submit()
	s.sign(c.head, c.no).submit().is(200, c.at+"/receipt")
	s.opine(c.desk, c.no, "support", "")
	s.opine(c.street, c.no, "support", "")
	s.takesIn(c)
	s.office(authz.BureauReviewer).open(c.at).says("还剩 1.00 元", "取最小的：专项资金余额")
	s.proposeWhatRulesGive(c.no, "1.00 元", "壹元整")
	s.grantSigned(t, c.no, "1.00")
	return c
}

// noticed is the notice of both, settled after its last working day.
func (s *story) noticed(t *testing.T, list ...*claim) {
	numbers := make([]string, len(list))
	for i, c := range list {
		numbers[i] = c.no
	}
	no := s.publish(t, numbers...)
	s.browser(t).get("/notices/"+no).says(list[0].name, "2,400.00", list[1].name, "1.00").lacks("深圳市示例商贸有限公司")
	s.settle(t, list...)
	s.pool(t, "2401.00 2401.00 0.00 0.00")
}

// settle lets the period of the one notice pass.
func (s *story) settle(t *testing.T, list ...*claim) {
	s.goTo(t, scan[civil.Date](t, s.portal, `select ends_on from notice`).AddDays(1))
	s.sweep(t)
	for _, c := range list {
		c.head.open(c.at).says("已核定").follow("资助批复").says("成长关爱工程", "不用另交使用报告")
	}
}

// closesWithThePayment: support of what was spent already ends when the money has
// arrived; the organization gets the letter and owes nothing.
func (s *story) closesWithThePayment(t *testing.T, c *claim, second *someone) {
	finance, record := s.office(authz.Finance), "/staff/organizations/"+c.id
	finance.open(record).form(record+"/payee/verification").submit().is(200, record)
	finance.open("/workspace").follow(c.name).says("去拨付")
	payment := s.send(second, c.no, "贰仟肆佰元整")
	s.pool(t, "2401.00 2401.00 2400.00 0.00")
	s.arrive(t, second, payment)
	s.pool(t, "2401.00 2401.00 0.00 2400.00")
	p := c.head.open(c.at).light().says("已办结")
	if p.has(c.at+"/use-report") || strings.Contains(p.main(), "使用报告") {
		t.Errorf("a use report is asked for: %s", p.main())
	}
	p.follow("拨款通知书").says("贰仟肆佰元整", "PZ-0501", "不用另交使用报告")
	c.head.open("/messages").says(c.no, "拨付")
	c.head.open("/workspace").lacks(c.no + " 已核定")
	if open := scan[int](t, s.portal, `select count(*) from case_file where no = $1 and class <> 'final'`, c.no); open != 0 {
		t.Error("paid, and not closed")
	}
}

// everybodySees: list, detail, fund and calendar say what the ledger says.
func (s *story) everybodySees(t *testing.T, c, last *claim) {
	b := s.browser(t)
	b.get("/projects").says("2 个", c.no, "2,400.00", last.no, "1.00")
	b.get("/projects?programme=activity").says(c.no, last.no)
	b.get("/projects/"+c.no).is(200, "/projects/"+c.no).says(c.name, c.title, "2,400.00", "已办结").lacks("深圳市示例商贸有限公司", "PZ-0501", c.head.name, "签到表")
	b.get("/projects/"+last.no).says("1.00", "待拨付")
	b.get("/fund?year=2017").says("2,401.00", "2,400.00")
	b.get("/activities/"+c.event).says(c.title, "45 人")
	b.get("/organizations/" + c.id).says("2,400.00")
	for sql, want := range map[string]int{
		`select count(*) from ledger_differences()`: 0, `select count(*) from project_differences()`: 0,
		`select granted_fen::int from activity_year order by granted_fen desc limit 1`: 240_000,
		`select sum(amount_fen)::int from award`:                                       240_100,
	} {
		if got := scan[int](t, s.portal, sql); got != want {
			t.Errorf("%s: %d, want %d", sql, got, want)
		}
	}
}

// pool compares budget, committed, sent and paid with the one pool there is.
func (s *story) pool(t *testing.T, want string) {
	t.Helper()
	got := scan[string](t, s.portal, `select concat_ws(' ', round(budget_fen / 100.0, 2), round(committed_fen / 100.0, 2), round(sent_fen / 100.0, 2), round(paid_fen / 100.0, 2))
		from ledger_pool where purpose = 'activity'`)
	if got != want {
		t.Errorf("budget, committed, sent, paid: %s, want %s", got, want)
	}
	if n := scan[int](t, s.portal, `select count(*) from ledger_differences()`); n != 0 {
		t.Errorf("%d sums of the ledger do not add up", n)
	}
}
