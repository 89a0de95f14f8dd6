package app_test

import (
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
)

// reportPages are the answers to the parts of an annual report, without a fault.
var reportPages = [][]string{
	{"basics", "checked", "same"},
	{"party", "party_members", "0", "party_activities", "0"},
	{"governance", "assemblies", "1", "councils", "2", "charter_changed", "no", "governance", "按章程开会，财务每季度公布一次。"},
	{"activities", "events", "6", "served", "310", "work", "开展旧物交换、助老探访和节日邻里活动六场，居民反映良好。"},
	{"people", "members", "32", "staff", "2", "full_time", "0", "insured", "0", "volunteers", "18", "social_workers", "0"},
	{"finance", "opening", "0", "income_dues", "640", "income_donations", "2000", "income_government", "0", "income_services", "0", "income_other", "0.50",
		"expense_activities", "1800", "expense_staff", "0", "expense_office", "240.50", "expense_other", "0", "closing", "600"},
	{"grants", "donation-1-donor", "社区居民（匿名）", "donation-1-amount", "2000", "donation-1-use", "活动物资"},
}

// writeReport fills the report of 2017 in, with its paper.
func writeReport(who *someone) {
	who.t.Helper()
	const at = "/my/annual-reports/2017"
	for _, part := range reportPages {
		in := at + "/parts/" + part[0]
		who.open(in).form(in).set(part[1:]...).submit().is(200, strings.TrimSpace(nextOf(at, part[0])))
	}
	who.open(at+"/papers").form(at+"/papers/accounts").attach("file", upload{"收支表.pdf", pdfOf("accounts " + who.username)}).submit().says("财务报表或收支表已收到")
}

// nextOf is where saving a part leads.
func nextOf(at, part string) string {
	for i, p := range reportPages[:len(reportPages)-1] {
		if p[0] == part {
			return at + "/parts/" + reportPages[i+1][0]
		}
	}
	return at + "/papers"
}

// signReport signs the report of 2017 that is ready.
func signReport(head *someone) *page {
	head.t.Helper()
	const in = "/my/annual-reports/2017/submission"
	return head.open(in).form(in).set("agreed", "yes", "typed_name", head.name, "password", head.password).submit()
}

// TestTheAnnualReport: the clerk writes, the head signs, the supervising unit has
// its say, the subdistrict asks for a correction and concludes; then the
// organization tells the public, and takes a text back.
func TestTheAnnualReport(t *testing.T) {
	t.Parallel()
	s := newStory(t)
	g := s.found(t, s.home)
	clerk, unit, street := s.clerkOf(t, g, "report-clerk"), s.office(authz.Department), s.home.street
	s.goTo(t, civil.Of(2018, 3, 20))
	const mine, at = "/my/annual-reports", "/my/annual-reports/2017"
	g.head.open("/my/governance").says("向登记管理机关报送 2017 年度报告")
	clerk.open(mine).says("2017 年度", "要报送", "2018-04-02").follow("开始填写").is(200, at)

	money := at + "/parts/finance"
	bad := clerk.open(money).form(money).set("opening", "0", "income_dues", "1e3", "closing", "九百").submit()
	bad.refused("income_dues", "income_donations", "income_government", "income_services", "income_other", "expense_activities", "expense_staff", "expense_office", "expense_other", "closing")
	bad.says("其余内容已保存")
	if kept := clerk.open(money).form(money); kept.value("income_dues") != "1e3" || kept.value("closing") != "九百" {
		t.Error("the draft lost what was typed wrongly")
	}
	clerk.open(at+"/papers").form(at+"/papers/accounts").attach("file", upload{"收支表.exe", []byte("MZ")}).submit().is(http.StatusUnprocessableEntity, at+"/papers/accounts").says("没有收下")
	g.head.open(at + "/submission").says("还差这些").lacks("签署报送</button>")
	writeReport(clerk)
	if p := clerk.raw(http.MethodGet, at+"/submission", nil); p.status != http.StatusForbidden {
		t.Errorf("a clerk opens the signature: %d", p.status)
	}
	clerk.open(at+"/review").says("请负责人用自己的账号登录", "640.00", "年末余额")
	in := at + "/submission"
	g.head.open(in).form(in).set("typed_name", "别人", "password", "wrong").submit().refused("agreed", "typed_name", "password")
	signReport(g.head).is(200, at).says("已签署报送", "等主管单位意见")

	list := "/staff/annual-reports"
	street.open(list + "?tab=mine").lacks(g.name)
	street.open(list+"?tab=unit").says(g.name, "坪山区教育局")
	desk := unit.open(list).says(g.name).follow(g.name)
	act := func(p *page, name string) string { return strings.TrimSuffix(p.path, "/") + "/" + name }
	opinion := act(desk, "opinion")
	unit.open(opinion).form(opinion).set("stance", "oppose").submit().refused("text")
	unit.open(opinion).form(opinion).set("stance", "support").submit().says("意见已提出")

	report := street.open(list).says(g.name).follow(g.name).says("同意报送", "640.00")
	correction := act(report, "correction")
	street.open(correction).form(correction).submit().refused("parts", "asked")
	street.open(correction).form(correction).set("parts", "people", "asked", "义工人数和花名册不一致，请核对").submit().says("待更正")
	clerk.open(at).says("义工人数和花名册不一致")
	clerk.open(money).says("这次更正不涉及这一部分")
	people := at + "/parts/people"
	clerk.open(people).form(people).set("volunteers", "16").submit().is(200, at+"/papers")
	signReport(g.head).is(200, at).says("等结论")
	street.open(correction).says("已经").lacks("要更正什么")
	conclusion := act(report, "conclusion")
	street.open(conclusion).form(conclusion).set("conclusion", "fail").submit().refused("reason")
	street.open(conclusion).form(conclusion).set("conclusion", "pass").submit().says("确认作出结论").sole().submit().says("合格", "结论已作出")
	g.head.open("/my/governance").says("2017 年度结论：合格")
	g.head.open("/my/organization").says("2017年度", "合格")
	if csv := street.open(list + ".csv?tab=concluded&year=2017"); !strings.Contains(string(csv.body), g.name) {
		t.Errorf("the export lacks it: %s", csv.body)
	}
	s.tellsThePublic(t, g, clerk)
}

// tellsThePublic publishes the accounts of 2017, corrects them and takes them back.
func (s *story) tellsThePublic(t *testing.T, g *group, clerk *someone) {
	t.Helper()
	public, section := s.browser(t), "/organizations/"+g.id+"/disclosures"
	public.open("/organizations/" + g.id).says("还没有公开的信息")
	begin := clerk.open("/my/disclosures/new?kind=accounts&year=2017").form("/my/disclosures/new")
	if begin.value("income_dues") != "640.00" {
		t.Errorf("the accounts do not begin with the report: %q", begin.value("income_dues"))
	}
	draft := begin.set("body", "联系人电话 13800138000").submit().says("还没有公开", "手机号")
	public.open(section).says("还没有公开的信息")
	text, publication := draft.path+"/text", draft.path+"/publication"
	g.head.open(publication).says("现在不能办", "手机号")
	clerk.open(text).form(text).set("body", "活动支出里含场地布置。").submit().lacks("手机号")
	g.head.open(publication).says("600.00").form(publication).submit().says("已公开")
	version := public.open(section).says("2017 年度财务收支", g.head.name).follow("2017 年度财务收支").says("2,640.50", "2,040.50", "600.00", "活动支出里含场地布置")
	public.open("/organizations/" + g.id).says("2017 年度财务收支")
	withdrawal := g.head.open(draft.path).follow("撤回").path
	g.head.open(withdrawal).form(withdrawal).set("reason", "错").submit().refused("reason")
	g.head.open(withdrawal).form(withdrawal).set("reason", "活动支出分类有误，改正后再公开").submit().says("已撤回")
	public.open(version.path).says("活动支出分类有误").lacks("2,640.50", "活动支出里含场地布置")
}
