package app_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
)

// story is a portal with one person of every office, in which the organizations
// of a test are founded. Everything is done through pages, as people do it.
type story struct {
	*portal
	offices map[authz.Role]*someone
	home    quarter
	number  int
	since   civil.Date // on which organizations are established; zero for founded
	// Numbers that must stand nowhere in clear: planted by the people of the story.
	planted []string
}

// quarter is a community with its party-service centre and its subdistrict.
type quarter struct {
	community, subdistrict, name string
	desk, street                 *someone
}

// newStory founds organizations in 六联社区, 坪山街道.
func newStory(t testing.TB) *story {
	t.Helper()
	p := newPortal(t)
	s := &story{portal: p, offices: p.everyOffice(t)}
	s.home = quarter{liulian, pingshan, "六联社区", s.office(authz.Community), s.office(authz.Subdistrict)}
	return s
}

// elsewhere is a community of another subdistrict.
func (s *story) elsewhere(t testing.TB) quarter {
	t.Helper()
	return quarter{pinghuan, maluan, "坪环社区",
		s.portal.office(t, "pinghuan", account.NewAccount{Role: authz.Community, Community: pinghuan}),
		s.portal.office(t, "maluan", account.NewAccount{Role: authz.Subdistrict, Subdistrict: maluan})}
}

func (s *story) office(r authz.Role) *someone { return s.offices[r] }

// group is an organization of the story and the head who acts for it.
type group struct {
	quarter
	id, name, filingNo string
	head               *someone
}

// residentNumber is a valid ID number of an adult, told to nobody before.
func (s *story) residentNumber() string {
	s.number++
	body := fmt.Sprintf("44031019850%d15%03d", 1+s.number%9, 100+s.number)
	weights, sum := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}, 0
	for i, w := range weights {
		sum += w * int(body[i]-'0')
	}
	s.planted = append(s.planted, body+string("10X98765432"[sum%11]))
	return s.planted[len(s.planted)-1]
}

// bankNumber is an account number of a unit.
func (s *story) bankNumber() string {
	s.number++
	s.planted = append(s.planted, fmt.Sprintf("7559%011d", 20171009000+s.number*37))
	return s.planted[len(s.planted)-1]
}

// found is a newly filed organization whose head has an account: the head signs
// up under the filing number, the subdistrict records the organization from the
// claim and confirms it.
func (s *story) found(t testing.TB, q quarter) *group {
	t.Helper()
	resident := s.residentNumber()
	g := s.claimed(t, q, resident)
	claim := q.street.open("/claims").follow(g.name)
	claim.says("还没有这个编号的组织").lacks(resident)
	q.street.confirm(s.record(g, claim.follow("登记"), resident))
	g.head.open("/workspace").is(200, "/workspace").says("工作台")
	g.id = scan[string](t, s.portal, `select id::text from organization where filing_no = $1`, g.filingNo)
	return g
}

// claimed is an organization that only its head's claim knows of so far.
func (s *story) claimed(t testing.TB, q quarter, resident string) *group {
	t.Helper()
	s.number++
	n, word := s.number, names[s.number%len(names)]
	g := &group{quarter: q, name: q.name + word + "邻里互助会", filingNo: fmt.Sprintf("坪社备〔2017〕第%04d号", n)}
	g.head = s.known(t, fmt.Sprintf("head%d", n), "李"+string([]rune(word)[:1])+"华", password(0))
	g.signUp(g.head.get("/register"), resident).submit().is(200, "/login").says("街道核对以后")
	return g
}

var names = []string{"暖阳", "和风", "春雨", "竹林", "清泉", "晨光", "红叶", "白鹭", "青松", "银杏", "榕树", "荷塘", "木棉", "紫荆", "稻香", "山茶", "石榴", "海棠"}

// signUp fills the form of a head under the filing number.
func (g *group) signUp(choice *page, resident string) *htmlForm {
	b := g.head
	b.t.Helper()
	return choice.follow("我是组织的负责人").form("/register").set("number", g.filingNo, "organization_name", g.name, "community", g.community,
		"name", b.name, "resident_id", resident, "mobile", "13800138000", "username", b.username, "password", b.password, "new_password_again", b.password)
}

// record fills the registrar's form of a new organization, which the claim has
// begun, and returns the page that it leads to.
func (s *story) record(g *group, p *page, resident string) *page {
	p.browser.t.Helper()
	form := p.form(p.path)
	if form.value("name") == "" || form.value("filing_no") == "" || form.value("head_name") == "" {
		p.browser.t.Fatalf("the claim did not fill the form: %v", form.entries(nil))
	}
	return form.set("org_type", "association", "category", "charity", "origin", "new", "status_basis", "filed",
		"head_id_type", "resident", "head_id_no", resident, "head_mobile", "13800138000",
		"address", "深圳市坪山区"+g.quarter.name+"横坪公路 88 号", "supervising_unit", "坪山区教育局", "business_scope", "邻里互助、助老和旧物交换").date("established_on", s.established()).submit()
}

func (s *story) established() civil.Date {
	if s.since.IsZero() {
		return founded
	}
	return s.since
}

// confirm lets the claimant act for the organization.
func (s *someone) confirm(claim *page) {
	s.t.Helper()
	path, _, _ := strings.Cut(claim.path, "?")
	claim.says("组织已登记").form(path+"/confirmation").submit().is(200, "/claims").says("已确认")
}

// facts enters what eligibility asks for: systems and an activity by the
// organization, confirmed by the offices, and a payee account. Lists are looked
// up by the bureau's clerk in looks.
func (s *story) facts(g *group) {
	g.head.t.Helper()
	mine := "/my/organization"
	g.head.open(mine).is(200, mine).says(g.name)
	g.head.open(mine+"/contact").form(mine+"/contact").set("contact_name", "陈小雨", "contact_mobile", "13900139000",
		"address", "深圳市坪山区"+g.quarter.name+"横坪公路 88 号").submit().is(200, mine).says("联系方式已保存")
	for _, kind := range []string{"charter", "finance", "disclosure"} {
		g.head.open(mine+"/systems").form(mine+"/systems").set("kind", kind, "title", g.name+"制度文本").submit().is(200, mine).says("等街道确认")
	}
	g.head.open(mine+"/activities").form(mine+"/activities").set("title", "六联社区旧物交换日", "place", "六联社区文化广场",
		"participants", "86", "volunteers", "12", "social_workers", "1", "summary", "居民带来家里用不上的东西交换，捐出的物品送给了孤寡老人。").
		date("held_on", s.today(g.head.t)).submit().is(200, mine).says("等社区确认")
	s.payee(g)
	s.confirmFacts(g)
}

// payee registers the account of the community that collects for the group: a
// filed organization has none of its own.
func (s *story) payee(g *group) {
	g.head.t.Helper()
	path, agent := "/my/organization/payee", g.quarter.name+"党群服务中心"
	g.head.open(path).form(path).set("kind", "agent", "account_name", agent, "account_no", s.bankNumber(), "bank_name", "深圳农村商业银行",
		"branch", "坪山支行", "agent_name", agent, "agent_kind", "community", "authorization_note", "2017年10月12日代收授权书").
		submit().is(200, "/my/organization").says("等区财务核验")
}

// confirmFacts is the offices' part: the subdistrict confirms the systems, the
// community the activity.
func (s *story) confirmFacts(g *group) {
	g.head.t.Helper()
	record := "/staff/organizations/" + g.id
	for part, office := range map[string]*someone{"systems": g.street, "activities": g.desk} {
		p := office.open(record).is(200, record)
		for range 5 {
			action, ok := p.Find(`form[action^="` + record + "/" + part + `/"]`).First().Attr("action")
			if !ok {
				break
			}
			p = p.form(action).submit().is(200, record).says("已确认")
		}
		if p.Find(`form[action$="/confirmation"]`).Length() > 0 && part == "systems" {
			if left := p.Find(`form[action*="/systems/"]`).Length(); left > 0 {
				g.head.t.Fatalf("%d systems are not confirmed", left)
			}
		}
	}
}

// looks is the clerk's part before acceptance: earlier grants and the three
// lists were looked up, and there is nothing.
func (s *story) looks(g *group) {
	clerk, record := s.office(authz.BureauClerk), "/staff/organizations/"+g.id
	clerk.t.Helper()
	for _, subject := range []string{"earlier_grants", "annual_reports"} {
		clerk.open(record+"/looks?subject="+subject).form(record+"/looks").set("subject", subject, "source", "区财政历年拨款台账").
			submit().is(200, record).says("核查已登记")
	}
	clerk.open(record+"/checks").form(record+"/checks").set("lists", "abnormal_list", "lists", "serious_list", "lists", "court_defaulter",
		"source", "中国社会组织政务服务平台").submit().is(200, record).says("查询结果已登记")
}

// begin opens a draft of start-up support and returns its number.
func (s *story) begin(g *group) string { g.head.t.Helper(); return s.beginOf(g, "startup") }

// beginOf opens a draft from the page that answers eligibility.
func (s *story) beginOf(g *group, programme string) string {
	g.head.t.Helper()
	at := "/my/eligibility/" + programme
	return numberOf(g.head.open(at).is(200, at).form("/applications").submit())
}

func numberOf(p *page) string {
	p.browser.t.Helper()
	path, _, _ := strings.Cut(p.path, "#")
	no := strings.Split(strings.TrimPrefix(path, "/applications/"), "/")[0]
	if p.status != 200 || !strings.Contains(no, "-20") {
		p.browser.t.Fatalf("no application at %s: %d %s", p.path, p.status, p.main())
	}
	return no
}

// write fills every part of the form, going from part to part as the portal
// leads, and ends at the papers.
func (s *story) write(b *someone, no string) *page {
	b.t.Helper()
	at := "/applications/" + no
	p := b.open(at+"/sections/organization").form(at+"/sections/organization").set("contact_name", "陈小雨", "contact_mobile", "13900139000", "contact_email", "").submit()
	p = p.is(200, at+"/sections/activities").form(at+"/sections/activities").
		set("activities", "2017年10月在六联社区文化广场办了旧物交换日，86 人参加，捐出的物品送给了孤寡老人。").submit()
	p = p.is(200, at+"/sections/plan").form(at+"/sections/plan").set("amount", "5,000", "line-1-category", "hardware", "line-1-item", "折叠桌椅 10 套",
		"line-1-amount", "3200", "line-2-category", "service", "line-2-item", "旧物交换日物料", "line-2-amount", "1,800.00",
		"purpose", "让每月一次的交换日固定下来，有桌椅可用。").submit()
	p = p.is(200, at+"/sections/payee")
	account, _ := p.Find(`input[name=payee]`).First().Attr("value")
	return p.form(at+"/sections/payee").set("payee", account).submit().is(200, at+"/papers")
}

// papers hands in one file for every slot that asks for one.
func (s *story) papers(b *someone, no string) *page {
	b.t.Helper()
	var p *page
	for _, f := range []struct {
		slot, name string
		data       []byte
	}{
		{"certificate", "备案证书.pdf", pdfOf("certificate " + no)}, {"charter", "章程（2017年通过）.docx", docxOf(b.t, "第一章 总则")},
		{"finance_system", "财务制度.docx", docxOf(b.t, "收支两条线")}, {"activity_evidence", "IMG_0917.JPG", photoOf(b.t, uint8(s.number))},
		{"budget", "报价单.pdf", pdfOf("quotation " + no)}, {"account_proof", "账户信息.pdf", pdfOf("account " + no)},
		{"authorization", "代收授权书.pdf", pdfOf("authorization " + no)},
	} {
		p = s.paper(b, no, f.slot, upload{f.name, f.data}).is(200, "/applications/"+no+"/papers").says(f.name)
	}
	return p
}

// paper sends one file to a slot.
func (s *story) paper(b *someone, no, slot string, files ...upload) *page {
	b.t.Helper()
	at := "/applications/" + no + "/papers"
	return b.open(at).form(at+"/"+slot).attach("file", files...).submit()
}

// sign is the review page with the head's signature filled in.
func (s *story) sign(b *someone, no string) *htmlForm {
	b.t.Helper()
	at := "/applications/" + no
	return b.open(at+"/review").form(at+"/submission").set("agreed", "yes", "method", "reauthenticated", "typed_name", b.name, "password", b.password)
}

// apply is a whole application, from the draft to the receipt.
func (s *story) apply(g *group) string {
	g.head.t.Helper()
	no := s.begin(g)
	s.write(g.head, no)
	s.papers(g.head, no)
	s.sign(g.head, no).submit().is(200, "/applications/"+no+"/receipt").says(no, "内容摘要")
	return no
}

// opine gives the opinion of an office in both steps.
func (s *story) opine(office *someone, no, stance, text string) *page {
	office.t.Helper()
	at := "/applications/" + no
	return office.open(at).form(at+"/opinion").set("stance", stance, "text", text).submit().is(200, at+"/opinion").
		form(at+"/opinion").submit().is(200, at)
}

// heard is an application on which both offices gave their opinion: it lies
// with the bureau's clerk.
func (s *story) heard(g *group) string {
	g.head.t.Helper()
	no := s.apply(g)
	s.opine(g.desk, no, "support", "")
	s.opine(g.street, no, "support", "情况属实，同意申请。")
	return no
}

// decision is the clerk's box, to be filled in and sent to its confirmation.
func (s *story) decision(clerk *someone, no string) *htmlForm {
	clerk.t.Helper()
	at := "/applications/" + no
	return clerk.open(at).form(at + "/decision")
}

// accepted is an application that the clerk has taken in.
func (s *story) accepted(g *group) string {
	g.head.t.Helper()
	no := s.heard(g)
	s.looks(g)
	at := "/applications/" + no
	s.decision(s.office(authz.BureauClerk), no).set("choice", "accept").submit().is(200, at+"/decision").
		form(at+"/decision").submit().is(200, at).says("已受理")
	return no
}

// sendBack returns an application for one correction.
func (s *story) sendBack(no, slot, reason string) {
	clerk, at := s.office(authz.BureauClerk), "/applications/"+no
	clerk.t.Helper()
	s.decision(clerk, no).set("choice", "return", "flaw", "file:"+slot, "reason-file:"+slot, reason).submit().is(200, at+"/decision").
		form(at+"/decision").submit().is(200, at).says("已退回补正")
}

// clerkOf gives the organization a clerk, who takes a password of their own.
func (s *story) clerkOf(t testing.TB, g *group, username string) *someone {
	t.Helper()
	made := g.head.open("/accounts/new-clerk").form("/accounts/new-clerk").set("username", username, "name", "周经办").submit()
	someone := s.known(t, username, "周经办", made.Find("[data-one-time-password]").Text())
	someone.open("/workspace").is(200, "/workspace")
	return someone
}

// ready is an organization that may apply from the day on which its age is met.
func (s *story) ready(t testing.TB, q quarter) *group {
	t.Helper()
	g := s.found(t, q)
	s.facts(g)
	return g
}

func query(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}
