package app_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
)

// installation is a portal that is set up by its people, through pages alone,
// after the command line has made the first administrator.
type installation struct {
	*story
	admin, reviewer, leader *someone
	document, edition       string // addresses at the desk
}

// The days of the installation: the policy of 2017 has lapsed for six years.
var (
	arrival  = time.Date(2026, 11, 2, 10, 0, 0, 0, civil.Shanghai) // a Monday
	firstDay = civil.Of(2026, 11, 9)                               // of the new policy
)

// TestARealInstallation sets a portal up from an empty database: accounts, the
// policy, its parameters, the calendar, each by the people whose part it is, and
// then the rules hold from their first day and not before.
func TestARealInstallation(t *testing.T) {
	t.Parallel()
	i := &installation{story: &story{portal: newPortal(t), offices: map[authz.Role]*someone{}, since: civil.Of(2026, 4, 20)}}
	i.db.SetNow(t, arrival)
	i.accounts(t)
	i.nothingInForce(t)
	i.policy(t)
	i.parameters(t)
	i.complete(t)
	no := i.firstDay(t)
	i.published(t)
	i.year(t, no)
	if err := i.db.Owner.QueryRow(t.Context(), `select 1 from policy_document where demo`).Scan(new(int)); err == nil {
		t.Error("a real installation holds demo documents")
	}
}

// accounts: the first administrator signs in, binds the second factor and makes
// everybody else, each of whom takes a password of their own.
func (i *installation) accounts(t *testing.T) {
	i.admin = i.portal.office(t, "admin", account.NewAccount{Role: authz.AdminSystem, Name: "许管理"})
	i.admin.open("/workspace").is(200, "/workspace").says("管理机关账号")
	make := func(username, name string, role authz.Role, pairs ...string) *someone {
		t.Helper()
		form := i.admin.open("/accounts/new-office").form("/accounts/new-office").set("username", username, "name", name, "role", string(role))
		made := form.set(pairs...).submit().says("账号已经建好", name)
		s := i.known(t, username, name, made.Find("[data-one-time-password]").Text())
		s.open("/workspace").is(200, "/workspace")
		i.offices[role] = s
		return s
	}
	i.reviewer = make("reviewer", "郑复核", authz.BureauReviewer)
	i.leader = make("leader", "钱局长", authz.BureauLeader)
	make("clerk", "孙经办", authz.BureauClerk)
	make("finance1", "吴出纳", authz.Finance)
	make("finance2", "冯会计", authz.Finance)
	make("security", "陈安全", authz.AdminSecurity)
	make("auditor", "褚审计", authz.Auditor)
	make("leading", "卫组长", authz.LeadingGroup)
	make("department", "蒋主管", authz.Department, "department", "education")
	make("expert", "沈专家", authz.Expert)
	make("evaluator", "韩评估", authz.Evaluator)
	make("maluan-street", "杨街道", authz.Subdistrict, "subdistrict", maluan)
	make("pinghuan-desk", "朱社区", authz.Community, "community", pinghuan)
	street := make("pingshan-street", "秦街道", authz.Subdistrict, "subdistrict", pingshan)
	desk := make("liulian-desk", "尤社区", authz.Community, "community", liulian)
	i.home = quarter{liulian, pingshan, "六联社区", desk, street}
	i.admin.open("/accounts/new-office").form("/accounts/new-office").set("username", "nobody", "name", "何人", "role", string(authz.Subdistrict)).submit().refused("subdistrict")
}

// nothingInForce is what a visitor meets first.
func (i *installation) nothingInForce(t *testing.T) {
	public := i.browser(t)
	public.get("/policies").says("现在不受理新的申请", "已失效")
	public.get("/").says("不受理")
	i.leader.open("/staff/policies/coverage").says("没有政策文件的日子", "2020年9月28日起")
}

// policy: the reviewer enters a document with its articles, the leader sends it
// back once and then approves it.
func (i *installation) policy(t *testing.T) {
	form := i.reviewer.open("/staff/policies").follow("录入文件").form("/staff/policies/new").set("kind", "policy", "title", "坪山区培育发展社区社会组织实施办法",
		"no", "深坪府规〔2026〕3号", "issued_by", "深圳市坪山区人民政府", "source", "坪山区人民政府网站，2026年11月1日").
		date("issued_on", civil.Of(2026, 11, 1)).set("from-year", "2026", "from-month", "2", "from-day", "30")
	form = form.submit().refused("from").form("/staff/policies/new").date("from", firstDay).date("to", firstDay.AddDays(-1))
	page := form.submit().refused("to").form("/staff/policies/new").set("to-year", "", "to-month", "", "to-day", "").submit()
	i.document = strings.TrimSuffix(page.path, "/text")
	text := scan[string](t, i.portal, `select string_agg(number || title || E'\n' || text, E'\n' order by ordinal) from policy_article where path <> '通知'`)
	text = strings.Replace(text, "本意见自2017年9月28日起施行，由民政局负责解释，有效期3年。", "本办法自2026年11月9日起施行，由区民政局负责解释。", 1)
	page = page.form(page.path).set("text", text).submit().is(200, page.path).says("分成的条文", "三（二）1（1）", "孵化关爱工程")
	i.reviewer.open(i.document).says("还没有条文")
	page = page.form(page.path).save().is(200, i.document).says("起草中", "三（二）1（4）", "附则")
	page.follow("修改：附则").form(i.document+"/articles/27").set("label", "施行和解释").submit().is(200, i.document).says("施行和解释")
	i.browser(t).get("/policies").lacks("实施办法")
	i.reviewer.open(i.document).follow("提交签批").form(i.document+"/submission").submit().is(200, i.document).says("待签批")
	if p := i.reviewer.open(i.document + "/approval"); p.status != http.StatusForbidden {
		t.Errorf("a reviewer approves: %d", p.status)
	}
	i.leader.open("/staff/policies").says("等签批").follow("实施办法").follow("退回修改").form(i.document+"/return").set("reason", "短").submit().refused("reason").form(i.document+"/return").
		set("reason", "标题里少了“关于”，请核对原文").submit().is(200, i.document).says("起草中")
	i.reviewer.open(i.document).says("标题里少了").follow("修改文件信息").form(i.document+"/facts").set("title", "坪山区关于培育发展社区社会组织的实施办法").submit().is(200, i.document)
	i.reviewer.open(i.document+"/submission").form(i.document+"/submission").submit().is(200, i.document)
	i.leader.open(i.document+"/approval").says("签批后向公众公布").form(i.document+"/approval").submit().is(200, i.document).says("已签批")
	i.browser(t).get("/policies").says("关于培育发展社区社会组织的实施办法", "尚未施行")
	i.leader.open("/staff/policies/coverage").says("有的日子没有参数", "2026年11月9日起：这些天不受理申请")
}

// save presses the button without a name, which is not the preview.
func (f *htmlForm) save() *page {
	f.page.browser.t.Helper()
	return f.page.browser.show(f.request(f.form.Find("button:not([name])").First()))
}

// parameters: an edition copied from that of 2017, changed, contradicting itself
// once, confirmed in part and approved.
func (i *installation) parameters(t *testing.T) {
	page := i.reviewer.open(i.document).follow("新建一版参数")
	form := page.form("/staff/editions/new")
	if form.value("from-year")+form.value("from-month")+form.value("from-day") != "2026119" || form.value("label") != "参数 2026-1 版" {
		t.Errorf("the form begins with %q", urlencoded(form.entries(nil)))
	}
	page = form.set("reason", "新的实施办法施行").submit().says("已复制", "起草中")
	i.edition = page.path
	i.set(t, "startup.amount_filed", "value", "６，０００", "confirmed", "yes", "reason", "2026年10月局务会议定为六千元").is(200, i.edition).says("6,000.00元")
	i.set(t, "eval.quota3_pct", "value", "101", "reason", "试一试超出的值").refused("value")
	i.set(t, "eval.quota3_pct", "value", "25", "reason", "").refused("reason")
	i.set(t, "eval.quota3_pct", "value", "25", "reason", "三星级放宽到四分之一").is(200, i.edition).says("合计 105%")
	i.reviewer.open(i.edition + "/submission").form(i.edition + "/submission").submit().refused("eval.quota3_pct")
	i.set(t, "eval.quota1_pct", "value", "45", "reason", "一星级相应减少").is(200, i.edition).lacks("合计 105%")
	i.reviewer.open(i.edition+"/confirmation").form(i.edition+"/confirmation").set("keys", "notice.grant_wd", "keys", "startup.max_age_months", "reason", "2026年10月局务会议确认").
		submit().is(200, i.edition)
	i.reviewer.open(i.edition+"/submission").form(i.edition+"/submission").submit().is(200, i.edition).says("待签批")
	i.leader.open(i.edition+"/approval").says("六千元", "三星级放宽到四分之一").form(i.edition+"/approval").submit().is(200, i.edition).says("已签批")
	if p := i.reviewer.open(i.edition + "/parameters/eval.min3"); p.status != http.StatusConflict {
		t.Errorf("an approved edition is edited: %d", p.status)
	}
}

func (i *installation) set(t *testing.T, key string, pairs ...string) *page {
	t.Helper()
	at := i.edition + "/parameters/" + key
	return i.reviewer.open(at).form(at).set(pairs...).submit()
}

// year: a deadline that reaches into next year is provisional until the calendar
// of that year is entered, with a slip, shown and approved.
func (i *installation) year(t *testing.T, no string) {
	const at = "/staff/calendar/new"
	i.goTo(t, civil.Of(2026, 12, 29))
	i.opine(i.home.desk, no, "support", "")
	provisional := func() bool {
		i.sweep(t)
		return scan[bool](t, i.portal, `select due_provisional from case_file where no = $1`, no)
	}
	if !provisional() {
		t.Error("a deadline in an unknown year is not provisional")
	}
	i.reviewer.open("/staff/calendar").says("2027年的还没有")
	rows := "date,kind,name\n2027-01-01,off,元旦\n2027-02-30,off,春节\n2027-02-06，off，春节\n2026-12-31,off,元旦"
	p := i.reviewer.open(at).form(at).set("text", rows).submit().refused("text").says("2027-02-30", "第 5 行")
	p = p.form(at).set("text", strings.NewReplacer("2027-02-30", "2027-02-07", "2026-12-31", "2027-02-14").Replace(rows)).submit().is(200, at).says("星期")
	p.form(at).save().is(200, "/staff/calendar").says("待签批")
	approval := i.leader.open("/staff/calendar").follow("签批2027年的日历")
	approval.form(approval.path).submit().is(200, "/staff/calendar").says("2027")
	if provisional() {
		t.Error("the deadline is still provisional after the year was loaded")
	}
}

// complete: every day has its parameters.
func (i *installation) complete(t *testing.T) {
	i.leader.open("/staff/policies/coverage").says("没有空档").lacks("有的日子没有参数")
	i.goTo(t, firstDay.AddDays(-1))
}

// firstDay: on the eve nothing is taken, from the first day on it is.
func (i *installation) firstDay(t *testing.T) string {
	g := i.ready(t, i.home)
	eve := g.head.open("/my/eligibility/startup").says("不受理新的申请")
	if eve.has("/applications") {
		t.Error("an application is offered on the eve")
	}
	// Drafts always save, but force is tested at submission.
	no := numberOf(g.head.raw(http.MethodPost, "/applications", query("programme", "startup", "token", once.NewToken())))
	i.write(g.head, no)
	i.papers(g.head, no)
	at := "/applications/" + no
	if g.head.open(at + "/review").says("暂不受理新的申请").has(at + "/submission") {
		t.Error("a signature is asked for on the eve")
	}
	version := scan[string](t, i.portal, `select version::text from case_file where no = $1`, no)
	if p := g.head.raw(http.MethodPost, at+"/submission", query("token", once.NewToken(), "version", version, "statement", "startup-1", "agreed", "yes",
		"method", "reauthenticated", "typed_name", g.head.name, "password", g.head.password)); p.status != http.StatusConflict {
		t.Errorf("submitted on the eve: %d", p.status)
	}
	i.goTo(t, firstDay)
	g.head.open("/my/eligibility/startup").lacks("不受理新的申请")
	i.sign(g.head, no).submit().is(200, at+"/receipt").says(no)
	label := scan[string](t, i.portal, `select e.label from case_file c join policy_edition e on e.id = c.edition_id where c.no = $1`, no)
	if label != "参数 2026-1 版" {
		t.Errorf("decided under %s", label)
	}
	return no
}

// published: everybody reads the new rules.
func (i *installation) published(t *testing.T) {
	public := i.browser(t)
	public.get("/").lacks("现在不受理")
	public.get("/guides/startup").says("6,000.00", "参数 2026-1 版", "实施办法")
	public.get("/eligibility").lacks("不受理")
	list := public.get("/policies").says("有效", "已失效").lacks("不受理")
	doc := list.follow("实施办法").says("参数 2026-1 版", "现行")
	doc.follow("参数 2026-1 版").says("6,000.00元", "已确认", "待确认", "异议多久内处理").lacks("机关人员多久没有操作")
	i.offices[authz.Auditor].open("/audit").says("钱局长")
}
