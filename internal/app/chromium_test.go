package app_test

import (
	"bytes"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
)

// chromium is the story told in real browsers, one for each of its people.
type chromium struct {
	*story
	group              *group
	public, head, desk *seat
	street, clerk      *seat
	no                 string // of the application
	at                 string // its address
}

// TestTheWayToAcceptanceInChromium is the journey of a newly founded organization
// in real browsers with JavaScript, through every role that has a part in it up to
// acceptance. Every page that somebody reaches is judged by axe and must fit a
// desktop and a phone. What is tried out at every field and limit is shown by the
// same journey over plain HTTP; here each role does its own part by hand.
func TestTheWayToAcceptanceInChromium(t *testing.T) {
	t.Parallel()
	c := &chromium{story: newStory(t)}
	c.public = seated(t, &someone{browser: c.browser(t)})
	c.desk, c.street = seated(t, c.home.desk), seated(t, c.home.street)
	c.clerk = seated(t, c.office(authz.BureauClerk))
	c.visitors(t)
	c.register(t)
	c.recorded(t)
	c.factsByHand(t)
	c.lookedUp(t)
	c.eligibleOn(t)
	c.draft(t)
	c.autosave(t)
	c.plan(t)
	c.handIn(t)
	c.submit(t)
	c.opinions(t)
	c.sentBack(t)
	c.correctedByPhone(t)
	c.acceptedByHand(t)
}

// visitors are the public, before anything has happened.
func (c *chromium) visitors(t *testing.T) {
	for _, path := range []string{"/", "/organizations", "/bases", "/guides", "/guides/startup", "/eligibility", "/policies", "/login", "/register"} {
		c.public.open(path).is(200, path)
	}
}

// register is the head who signs up under the filing number, with one digit of
// the ID number wrong at first.
func (c *chromium) register(t *testing.T) {
	resident := c.residentNumber()
	g := &group{quarter: c.home, name: "六联社区木棉邻里互助会", filingNo: "坪社备〔2017〕第0901号"}
	g.head = c.known(t, "mumian", "李木华", password(0))
	c.group = g
	c.head = seated(t, g.head)
	c.head.shown(c.head.Go(c.url + "/register"))
	c.head.follow("我是组织的负责人")
	c.head.send("/register", "number", g.filingNo, "organization_name", g.name, "community", g.community, "name", g.head.name,
		"resident_id", "440310199002300018", "mobile", "13800138000", "username", g.head.username,
		"password", g.head.password, "new_password_again", g.head.password).refused("resident_id")
	if c.head.Value("organization_name") != g.name || c.head.Value("password") != "" {
		t.Errorf("kept %q and %q", c.head.Value("organization_name"), c.head.Value("password"))
	}
	c.head.send("/register", "resident_id", resident, "password", g.head.password, "new_password_again", g.head.password).
		is(200, "/login").says("街道核对以后")
}

// recorded is the subdistrict: it binds its second factor on the first sign-in,
// records the organization that the claim tells of, and lets its head act for it.
func (c *chromium) recorded(t *testing.T) {
	g := c.group
	c.street.open("/claims").is(200, "/claims")
	if c.street.who.secret == "" {
		t.Fatal("an office signs in without a second factor")
	}
	c.street.follow(g.name)
	claim, _, _ := strings.Cut(c.street.page.path, "?")
	form, _, _ := strings.Cut(c.street.follow("登记").path, "?")
	c.street.send(c.street.page.Find(`main form[action^="`+form+`"], main form[action="/staff/organizations"]`).AttrOr("action", form),
		append(on("established_on", founded), "org_type", "association", "category", "charity", "origin", "new", "status_basis", "filed",
			"head_id_type", "resident", "head_id_no", c.planted[0], "head_mobile", "13800138000", "address", "深圳市坪山区六联社区横坪公路 88 号",
			"supervising_unit", "坪山区教育局", "business_scope", "邻里互助、助老和旧物交换")...).says("组织已登记")
	c.street.send(claim+"/confirmation").is(200, "/claims").says("已确认")
	g.id = scan[string](t, c.portal, `select id::text from organization where filing_no = $1`, g.filingNo)
}

// factsByHand enters what eligibility asks for, and the two offices confirm it.
func (c *chromium) factsByHand(t *testing.T) {
	const mine = "/my/organization"
	c.head.open("/workspace").is(200, "/workspace").says("没有要填写或补正的申请")
	c.head.open(mine + "/contact")
	c.head.send(mine+"/contact", "contact_name", "陈小雨", "contact_mobile", "13900139000").is(200, mine).says("联系方式已保存")
	for _, kind := range []string{"charter", "finance", "disclosure"} {
		c.head.open(mine + "/systems")
		c.head.send(mine+"/systems", "kind", kind, "title", "互助会制度文本").is(200, mine).says("等街道确认")
	}
	c.head.open(mine + "/activities")
	c.head.send(mine+"/activities", append(on("held_on", c.today(t)), "title", "六联社区旧物交换日", "place", "六联社区文化广场", "participants", "86",
		"volunteers", "12", "social_workers", "1", "summary", "居民带来家里用不上的东西交换，捐出的物品送给了孤寡老人。")...).is(200, mine).says("等社区确认")
	c.head.open(mine + "/payee")
	c.head.send(mine+"/payee", "kind", "agent", "account_name", "六联社区党群服务中心", "account_no", c.bankNumber(), "bank_name", "深圳农村商业银行",
		"branch", "坪山支行", "agent_name", "六联社区党群服务中心", "agent_kind", "community", "authorization_note", "2017年10月12日代收授权书").
		is(200, mine).says("等区财务核验")
	c.confirmAll(t, c.street, "systems", 3)
	c.confirmAll(t, c.desk, "activities", 1)
}

// confirmAll presses the confirmation of every fact of a part.
func (c *chromium) confirmAll(t *testing.T, office *seat, part string, want int) {
	record := "/staff/organizations/" + c.group.id
	office.open("/staff/organizations").says(c.group.name)
	p := office.open(record).is(200, record)
	for n := range want {
		action, ok := p.Find(`form[action^="` + record + "/" + part + `/"][action$="/confirmation"]`).First().Attr("action")
		if !ok {
			t.Fatalf("%d of %d %s can be confirmed: %s", n, want, part, p.main())
		}
		p = office.send(action).is(200, record).says("已确认")
	}
}

// lookedUp is the bureau's clerk, who records what was looked up elsewhere.
func (c *chromium) lookedUp(t *testing.T) {
	record := "/staff/organizations/" + c.group.id
	c.clerk.open("/workspace").is(200, "/workspace")
	c.clerk.open(record)
	for _, subject := range []string{"earlier_grants", "annual_reports"} {
		c.clerk.open(record + "/looks?subject=" + subject)
		c.clerk.send(record+"/looks", "source", "区财政历年拨款台账").is(200, record).says("核查已登记")
	}
	c.clerk.open(record + "/checks")
	c.clerk.send(record+"/checks", "lists", "abnormal_list", "lists", "serious_list", "lists", "court_defaulter", "source", "中国社会组织政务服务平台").
		is(200, record).says("查询结果已登记")
}

// eligibleOn shows the date from which the organization may apply, and goes there.
func (c *chromium) eligibleOn(t *testing.T) {
	const check = "/my/eligibility/startup"
	c.head.open(check).is(200, check).says(eligible.Chinese() + "起可以申请")
	c.goTo(t, eligible)
	c.head.open(check).is(200, check).lacks(eligible.Chinese() + "起可以申请")
}

// draft begins the application from that page and fills its first part.
func (c *chromium) draft(t *testing.T) {
	c.no = numberOf(c.head.send("/applications"))
	c.at = "/applications/" + c.no
	c.head.open(c.at).is(200, c.at).says("未开始")
	section := c.at + "/sections/organization"
	c.head.open(section)
	c.head.send(section, "contact_name", "陈小雨", "contact_mobile", "13900139000").is(200, c.at+"/sections/activities")
}

// autosave types into a part without pressing anything: the line beside the form
// says that it is saved, and the text is there when the page is opened again.
func (c *chromium) autosave(t *testing.T) {
	const text = "2017年10月在六联社区文化广场办了旧物交换日，86 人参加，捐出的物品送给了孤寡老人。"
	section := c.at + "/sections/activities"
	before := c.head.Value("version")
	c.head.fill(section, "activities", text)
	c.head.until(`document.querySelector("[data-saved], .saved[role=status]").textContent.includes("已保存")`)
	if c.head.Value("version") == before {
		t.Error("the form still holds the version before it was saved")
	}
	c.head.open(section)
	if got := c.head.Value("activities"); got != text {
		t.Errorf("after a reload the text is %q", got)
	}
	if n := c.head.Count(".note.autosave"); n != 0 {
		t.Error("the text came from the tab's own memory, not from what was saved")
	}
	c.head.send(section).is(200, c.at+"/sections/plan")
}

// plan asks for more than there is, is told so at the field, and corrects it.
func (c *chromium) plan(t *testing.T) {
	section := c.at + "/sections/plan"
	c.head.send(section, "amount", "6000.01", "line-1-category", "hardware", "line-1-item", "折叠桌椅 10 套", "line-1-amount", "3200",
		"line-2-category", "service", "line-2-item", "旧物交换日物料", "line-2-amount", "1,800.00", "purpose", "让每月一次的交换日固定下来，有桌椅可用。").refused("amount")
	if got := c.head.Value("line-1-item"); got != "折叠桌椅 10 套" {
		t.Errorf("kept %q", got)
	}
	c.head.send(section, "amount", "5,000").is(200, c.at+"/sections/payee")
	c.head.send(c.at+"/sections/payee", "payee", c.head.page.Find("input[name=payee]").AttrOr("value", "")).is(200, c.at+"/papers")
}

// handIn chooses the files: a scan, a phone's photo with its place, a document.
func (c *chromium) handIn(t *testing.T) {
	for _, f := range []struct {
		slot, name string
		data       []byte
	}{
		{"certificate", "备案证书.pdf", pdfOf("certificate")}, {"charter", "章程（2017年通过）.docx", docxOf(t, "第一章 总则")},
		{"finance_system", "财务制度.docx", docxOf(t, "收支两条线")}, {"activity_evidence", "IMG_0917.JPG", photoOf(t, 7)},
		{"budget", "报价单.pdf", pdfOf("quotation")}, {"account_proof", "账户信息.pdf", pdfOf("account")},
		{"authorization", "代收授权书.pdf", pdfOf("authorization")},
	} {
		c.head.hand(c.no, f.slot, upload{f.name, f.data})
	}
	c.head.look(c.at + "/papers with files")
	kept := c.group.head.open(c.at + "/papers").follow("IMG_0917")
	if kept.status != 200 || !bytes.HasPrefix(kept.body, []byte{0xFF, 0xD8}) || bytes.Contains(kept.body, []byte(phoneMark)) {
		t.Errorf("the photo comes back with %d and %d bytes, with the phone's place: %v", kept.status, len(kept.body), bytes.Contains(kept.body, []byte(phoneMark)))
	}
	c.head.open(c.at+"/print").is(200, c.at+"/print")
}

// submit reads everything once more and signs.
func (c *chromium) submit(t *testing.T) {
	c.head.open(c.at+"/review").is(200, c.at+"/review").says("折叠桌椅 10 套", "IMG_0917.JPG")
	c.head.send(c.at+"/submission", "agreed", "yes", "method", "reauthenticated", "typed_name", "李木", "password", c.group.head.password).refused("typed_name")
	c.signed(t)
}

// signed signs the review page before the head and arrives at the receipt.
func (c *chromium) signed(t *testing.T) {
	c.head.open(c.at + "/review")
	c.head.send(c.at+"/submission", "agreed", "yes", "method", "reauthenticated", "typed_name", c.group.head.name, "password", c.group.head.password).
		is(200, c.at+"/receipt").says(c.no, "内容摘要", "5,000.00 元")
	c.head.open("/messages").says(c.no)
}

// opinions are given by the community and the subdistrict, each in two steps.
func (c *chromium) opinions(t *testing.T) {
	for _, o := range []struct {
		office *seat
		text   string
	}{{c.desk, "活动是在我们社区办的，情况属实。"}, {c.street, "情况属实，同意申请。"}} {
		o.office.open("/workspace").says(c.group.name)
		o.office.open(c.at).is(200, c.at).says("您的意见")
		o.office.send(c.at + "/opinion").refused("stance")
		o.office.send(c.at+"/opinion", "stance", "support", "text", o.text).is(200, c.at+"/opinion").says(o.text)
		o.office.send(c.at+"/opinion").is(200, c.at).says(o.text)
	}
	c.head.open(c.at).is(200, c.at).says("待受理", "情况属实，同意申请。")
}

// sentBack is the clerk who names what is to be corrected.
func (c *chromium) sentBack(t *testing.T) {
	c.clerk.open("/workspace").says(c.group.name)
	c.clerk.open(c.at).is(200, c.at)
	c.clerk.send(c.at + "/decision").refused("choice")
	c.clerk.Click("details:has(#flaws) > summary")
	c.clerk.send(c.at+"/decision", "choice", "return", "flaw", "purpose", "reason-purpose", "写清楚每月几次、服务多少人",
		"flaw", "file:budget", "reason-file:budget", "报价单没有盖章，请补一份盖章的").is(200, c.at+"/decision").says("报价单没有盖章", "办理期限暂停")
	c.clerk.send(c.at+"/decision").is(200, c.at).says("已退回补正")
	c.clerk.follow("补正通知书").says("写清楚每月几次、服务多少人")
}

// correctedByPhone is the head at a phone: what was named is open, all else is not.
func (c *chromium) correctedByPhone(t *testing.T) {
	c.goTo(t, eligible.AddDays(2))
	c.head.Phone()
	c.head.open("/workspace").says("补正")
	c.head.open(c.at).is(200, c.at).says("前补正", "写清楚每月几次")
	section := c.at + "/sections/plan"
	c.head.open(section)
	if c.head.Count("[name=amount][readonly]") != 1 || c.head.Count("[name=purpose][readonly]") != 0 {
		t.Error("what was not named can be changed, or what was named cannot")
	}
	c.head.look(section + " with what was named open")
	c.head.send(section, "purpose", "每月一次旧物交换日，每次服务 80 位居民，全年十二次。")
	c.head.open(c.at + "/papers")
	c.head.hand(c.no, "budget", upload{"报价单（盖章）.pdf", pdfOf("quotation with stamp")})
	c.signed(t)
	if n := scan[int](t, c.portal, `select count(*) from case_submission`); n != 2 {
		t.Errorf("%d signed versions are kept", n)
	}
}

// acceptedByHand is the clerk who takes it in, and the head who reads the letter.
func (c *chromium) acceptedByHand(t *testing.T) {
	c.clerk.open(c.at).says("全年十二次", "报价单（盖章）.pdf", "第 1 次补正")
	c.clerk.send(c.at+"/decision", "choice", "accept").is(200, c.at+"/decision")
	c.clerk.send(c.at+"/decision").is(200, c.at).says("待复核", "受理通知书")
	c.head.open(c.at).is(200, c.at).says("待复核", "受理")
	c.head.follow("受理通知书").says(c.no, c.group.name, "现予受理")
}
