package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/once"
)

// matter is a case of the registry that people carry through by hand, one after
// the other in one portal; every page that they reach is judged by axe and must
// fit both widths.
type matter struct {
	*story
	no, at string
	desk   *seat // the community
	street *seat // the subdistrict, which takes in
	second *seat // another person of it, who decides
}

func newMatter(t *testing.T) *matter {
	t.Helper()
	m := &matter{story: newStory(t)}
	m.desk, m.street = seated(t, m.home.desk), seated(t, m.home.street)
	m.second = seated(t, m.portal.office(t, "street2", account.NewAccount{Role: authz.Subdistrict, Subdistrict: pingshan}))
	return m
}

// begun starts a matter from its page and remembers its number.
func (m *matter) begun(b *seat, family string) {
	b.t.Helper()
	b.open("/registry").is(200, "/registry")
	m.begunAt(b.shown(b.Submit(fmt.Sprintf(`form[action="/registry"]:has(input[value=%q]) button`, family))))
}

func (m *matter) begunAt(p *page) {
	m.no = numberOf(p)
	m.at = "/applications/" + m.no
}

// write fills a part of the form in.
func (m *matter) write(b *seat, section string, pairs ...string) *page {
	b.t.Helper()
	at := m.at + "/sections/" + section
	b.open(at)
	return b.send(at, pairs...)
}

// papers hands in a file for every slot that asks for one: the first by hand, the
// others as any browser sends them.
func (m *matter) papers(b *seat, slots ...string) {
	b.t.Helper()
	b.open(m.at + "/papers")
	b.hand(m.no, slots[0], upload{slots[0] + ".pdf", pdfOf(m.no + slots[0])})
	for _, slot := range slots[1:] {
		m.paper(b.who, m.no, slot, upload{slot + ".pdf", pdfOf(m.no + slot)}).is(200, m.at+"/papers")
	}
}

// sign signs with name and password.
func (m *matter) sign(b *seat) {
	b.t.Helper()
	b.open(m.at + "/review")
	b.send(m.at+"/submission", "agreed", "yes", "typed_name", b.who.name, "password", b.who.password).is(200, m.at+"/receipt").says(m.no)
}

// accepted is the opinion of the community and the acceptance by the subdistrict.
func (m *matter) accepted(t *testing.T) {
	t.Helper()
	m.desk.open("/workspace")
	m.desk.open(m.at)
	m.desk.send(m.at+"/opinion", "stance", "oppose").refused("text")
	m.desk.send(m.at+"/opinion", "stance", "support")
	m.desk.send(m.at+"/opinion").is(200, m.at)
	m.street.open(m.at).lacks("送复核")
	m.street.send(m.at+"/decision", "choice", "accept")
	m.street.send(m.at+"/decision").is(200, m.at).says("待签批")
}

// decided is the decision by the second person of the subdistrict.
func (m *matter) decided(t *testing.T) {
	t.Helper()
	if m.street.open(m.at).Find(`form[action="`+m.at+`/registry-decision"]`).Length() > 0 {
		t.Error("who took the case in can decide it")
	}
	m.second.open(m.at)
	m.second.send(m.at+"/registry-decision", "choice", "deny").refused("ground", "reason")
	m.second.send(m.at+"/registry-decision", "choice", "grant").says("立即生效")
	m.second.send(m.at+"/registry-decision").is(200, m.at).says("已办结")
}

// TestOrganizationsBeginAndEndInChromium: a group is filed and a legal person
// registered; a filing is revoked, and a group dissolves itself.
func TestOrganizationsBeginAndEndInChromium(t *testing.T) {
	t.Parallel()
	m := newMatter(t)
	m.filed(t)
	m.registered(t)
	idle, leaving := m.found(t, m.home), m.found(t, m.home)
	m.goTo(t, eligible)
	m.revoked(t, idle)
	m.dissolved(t, leaving)
}

// TestOrganizationsChangeInChromium: two records of one organization are brought
// together, a head is replaced, one organization absorbs another, and two make a
// third.
func TestOrganizationsChangeInChromium(t *testing.T) {
	t.Parallel()
	m := newMatter(t)
	var groups []*group
	for range 7 {
		groups = append(groups, m.found(t, m.home))
	}
	m.oneRecord(t, groups[5], groups[6])
	m.goTo(t, eligible)
	m.headReplaced(t, groups[0])
	m.absorbed(t, groups[1], groups[2])
	m.consolidated(t, groups[3], groups[4])
}

// filed: an initiator with a phone founds a group; the draft keeps what is wrong,
// one correction is answered, the subdistrict decides by two people, and the
// account becomes the head's.
func (m *matter) filed(t *testing.T) {
	who := m.portal.office(t, "founder", account.NewAccount{Role: authz.Initiator, Community: liulian, Name: "陈书友"})
	founder := seated(t, who)
	founder.Phone()
	founder.open("/workspace").says("没有要填写或补正的申请")
	founder.follow("申请备案或登记")
	m.begun(founder, "filing")
	m.write(founder, "organization", "name", "六联社区居委会", "org_type", "association", "category", "culture_sport").refused("name", "activity_scope", "business_scope")
	m.write(founder, "organization", "name", "六联社区读书会", "activity_scope", "六联社区", "business_scope", "组织居民读书、交流").is(200, m.at+"/sections/place")
	m.write(founder, "place", "subdistrict", maluan, "community", liulian, "address", "六联社区文化站 2 楼", "premises", "lent").refused("community")
	m.write(founder, "place", "subdistrict", pingshan).is(200, m.at+"/sections/initiators")
	own := m.residentNumber()
	m.write(founder, "initiators", "init-name-1", "陈书友", "init-id-1", own, "init-name-2", "林读者", "init-id-2", "440310199002300018", "init-name-3", "何译者", "init-id-3", m.residentNumber()).refused("init-id-2")
	if m.scan(t, `select count(*) from application_section where typed::text like '%' || $1 || '%'`, own) != 0 {
		t.Error("the number of a founder is stored in clear")
	}
	m.write(founder, "initiators", "init-id-2", m.residentNumber()).is(200, m.at+"/sections/head").lacks(own)
	m.write(founder, "head", "head_name", "陈书友", "head_id_no", own, "head_mobile", "1380013800").refused("head_mobile")
	m.write(founder, "head", "head_mobile", "13800138000").is(200, m.at+"/sections/people")
	m.write(founder, "people", "members", "9", "staff", "2", "full_time", "3", "volunteers", "5").refused("members", "full_time")
	m.write(founder, "people", "members", "12", "full_time", "0").is(200, m.at+"/papers")
	m.papers(founder, "charter", "minutes", "head_id", "venue", "roster", "funds")
	m.sign(founder)

	m.desk.open(m.at)
	m.desk.send(m.at+"/opinion", "stance", "support")
	m.desk.send(m.at+"/opinion").is(200, m.at)
	m.street.open("/workspace").says("六联社区读书会")
	m.street.open(m.at)
	m.street.send(m.at+"/decision", "choice", "return", "flaw", "file:charter", "reason-file:charter", "章程没有全体发起人签名，请签名后再传").is(200, m.at+"/decision")
	m.street.send(m.at+"/decision").is(200, m.at).says("待补正")
	founder.open(m.at).says("章程没有全体发起人签名")
	m.paper(who, m.no, "charter", upload{"signed.pdf", pdfOf("signed")}).is(200, m.at+"/papers")
	m.sign(founder)
	m.street.open(m.at)
	m.street.send(m.at+"/decision", "choice", "accept")
	m.street.send(m.at+"/decision").is(200, m.at)
	m.decided(t)

	founder.open("/my/organization").is(200, "/my/organization").says("六联社区读书会")
	certificate := founder.open("/registry").says("社区社会组织备案证书").Find(`a[href^="/certificates/ZS-"]`).AttrOr("href", "")
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/certificates?no=ZS-2018-9999").says("没有这个编号的证书")
	public.open(certificate).is(200, certificate).says("证书有效", "六联社区读书会", "坪社备〔2017〕第").lacks("文化站", own)
	public.open("/organizations?q=读书会").says("六联社区读书会")
}

func (m *matter) scan(t *testing.T, sql string, args ...any) int {
	return scan[int](t, m.portal, sql, args...)
}

// registered: a legal person is founded; the bureau asks for the credit code at
// the proposal, and the leader signs what the reviewer proposed.
func (m *matter) registered(t *testing.T) {
	founder := seated(t, m.portal.office(t, "founder2", account.NewAccount{Role: authz.Initiator, Community: liulian, Name: "曾社工"}))
	m.begun(founder, "registration")
	m.write(founder, "organization", "name", "六联社区社会工作服务中心", "org_type", "social_service", "category", "social_service_cat", "activity_scope", "六联社区",
		"business_scope", "为长者和儿童提供社会工作服务", "registered_capital", "三万").refused("registered_capital")
	m.write(founder, "organization", "registered_capital", "50,000").is(200, m.at+"/sections/place")
	m.write(founder, "place", "subdistrict", pingshan, "community", liulian, "address", "六联社区服务楼 3 楼", "premises", "lent")
	own := m.residentNumber()
	m.write(founder, "initiators", "init-name-1", "曾社工", "init-id-1", own, "init-name-2", "罗理事", "init-id-2", m.residentNumber(), "init-name-3", "钟监事", "init-id-3", m.residentNumber())
	m.write(founder, "head", "head_name", "曾社工", "head_id_no", own, "head_mobile", "13800138000")
	m.write(founder, "people", "members", "0", "staff", "6", "full_time", "4", "volunteers", "20").is(200, m.at+"/papers")
	m.papers(founder, "charter", "minutes", "head_id", "venue", "roster", "funds", "capital_proof")
	m.sign(founder)
	for _, office := range []*seat{m.desk, m.street} {
		office.open(m.at)
		office.send(m.at+"/opinion", "stance", "support")
		office.send(m.at+"/opinion").is(200, m.at)
	}
	clerk, reviewer, leader := seated(t, m.office(authz.BureauClerk)), seated(t, m.office(authz.BureauReviewer)), seated(t, m.office(authz.BureauLeader))
	clerk.open(m.at)
	clerk.send(m.at+"/decision", "choice", "accept")
	clerk.send(m.at+"/decision").is(200, m.at)
	reviewer.open(m.at)
	reviewer.send(m.at+"/registry-proposal", "choice", "grant", "code", "52440310MJL0000163").refused("code")
	reviewer.send(m.at+"/registry-proposal", "code", "52440310MJL0000162")
	reviewer.send(m.at+"/registry-proposal").is(200, m.at).says("待签批")
	leader.open(m.at).says("52440310MJL0000162")
	leader.send(m.at+"/registry-decision", "choice", "grant")
	leader.send(m.at+"/registry-decision").is(200, m.at).says("已办结")
	certificate := founder.open("/registry").says("民办非企业单位登记证书").Find(`a[href^="/certificates/ZS-"]`).AttrOr("href", "")
	founder.open(certificate).is(200, certificate).says("证书有效", "52440310MJL0000162")
	founder.open("/my/organization").is(200, "/my/organization").says("六联社区社会工作服务中心")
}

// headReplaced: the assembly elects another head, who has no account; when the
// change is approved the old head's session ends, the draft that was not signed
// stays, the certificate changes, and a past day still shows the head of then.
func (m *matter) headReplaced(t *testing.T, g *group) {
	unsigned := m.begin(g)
	head := seated(t, g.head)
	m.begun(head, "change")
	m.write(head, "matters", "matters", "head", "reason", "理事会换届选举").refused("decided_on")
	m.write(head, "matters", on("decided_on", eligible.AddDays(-3))...).is(200, m.at+"/sections/values")
	number := m.residentNumber()
	m.write(head, "values", "head_name", "赵新任", "head_id_no", number, "head_mobile", "13900139000", "head_username", "zhaoxinren", "old_head", "clerk").is(200, m.at+"/papers")
	m.papers(head, "minutes", "head_id", "unit_approval")
	m.sign(head)
	m.accepted(t)
	m.decided(t)

	if p := g.head.raw(http.MethodGet, "/workspace", nil); !strings.HasPrefix(p.path, "/login") { // the session of before is over
		t.Errorf("the old head is still signed in at %s", p.path)
	}
	head.open("/registry").says("赵新任", "改为经办人")
	head.open("/applications/"+unsigned).is(200, "/applications/"+unsigned)
	account := "/accounts/" + scan[string](t, m.portal, `select id::text from account where username = 'zhaoxinren'`)
	m.street.open(account)
	reset := m.street.follow("重置密码").path
	made := m.street.send(reset)
	successor := seated(t, m.known(t, "zhaoxinren", "赵新任", made.Find("[data-one-time-password]").Text()))
	successor.open("/my/organization").is(200, "/my/organization").says(g.name)
	successor.open("/applications/"+unsigned).is(200, "/applications/"+unsigned)
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/organizations/" + g.id).says("赵新任")
	public.open("/organizations/" + g.id + "?on=" + eligible.AddDays(-10).String()).says(g.head.name).lacks("赵新任")
}

// absorbed: one absorbs another, whose head must agree to the terms first; then
// the absorbed one has ended and its history is the other's.
func (m *matter) absorbed(t *testing.T, g, other *group) {
	head, asked := seated(t, g.head), seated(t, other.head)
	asked.Phone()
	m.begun(head, "merger")
	m.write(head, "parties", "way", "absorption", "party-1-number", g.filingNo).refused("party-1-number", "parties")
	m.write(head, "parties", "party-1-number", other.filingNo).is(200, m.at+"/sections/terms")
	m.write(head, "terms", append(on("decided_on", eligible.AddDays(-5)), "reason", "服务内容相近，合并后更有力", "arrangement", "财产、债权债务和会员由存续组织承接")...)
	m.papers(head, "agreement", "minutes", "liquidation", "charter")
	head.open(m.at + "/review").says("请其他各方表示意见")
	head.send(m.at+"/consents").is(200, m.at+"/review")
	consent := "/registry/consents/" + m.no
	asked.open("/registry").says(g.name)
	asked.open(consent).says("服务内容相近")
	asked.send(consent, "answer", "dissent").refused("reason")
	asked.send(consent, "answer", "consent").is(200, "/registry").says("已同意")
	m.sign(head)
	m.accepted(t)
	m.decided(t)
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/organizations/" + other.id).says("已注销")
	if m.scan(t, `select count(*) from organization_succession where predecessor_id = $1 and successor_id = $2`, other.id, g.id) != 1 {
		t.Error("nobody succeeded")
	}
	if !strings.Contains(asked.open("/registry").main(), "已作废") && m.scan(t, `select count(*) from registry_certificate where organization_id = $1 and void_on is null`, other.id) != 0 {
		t.Error("the certificate of an organization that ended holds")
	}
}

// consolidated: two make a third, whose head is the applicant's; both have ended
// and the third has a certificate of its own.
func (m *matter) consolidated(t *testing.T, g, other *group) {
	head := seated(t, g.head)
	m.begun(head, "merger")
	m.write(head, "parties", "way", "consolidation", "party-1-number", other.filingNo).is(200, m.at+"/sections/terms")
	m.write(head, "terms", append(on("decided_on", eligible.AddDays(-5)), "reason", "两家骨干大多相同，合起来更有力", "arrangement", "财产、会员和正在开展的活动由新组织承接")...)
	m.write(head, "new", "name", "六联社区居委会", "category", "charity", "business_scope", "邻里互助、助老").refused("name", "subdistrict", "address", "head_name", "head_id_no", "head_mobile")
	m.write(head, "new", "name", "六联社区邻里同心互助会", "subdistrict", pingshan, "community", liulian, "address", "六联社区党群服务中心 3 楼", "head_name", g.head.name,
		"head_id_no", m.residentNumber(), "head_mobile", "13800138000", "head_username", "tongxin").is(200, m.at+"/papers")
	m.papers(head, "agreement", "minutes", "liquidation", "charter", "head_id", "venue")
	head.open(m.at + "/review")
	head.send(m.at+"/consents").is(200, m.at+"/review")
	consent := "/registry/consents/" + m.no
	other.head.open(consent).form(consent).set("answer", "consent").submit().is(200, "/registry").says("已同意")
	m.sign(head)
	m.accepted(t)
	m.decided(t)
	if m.scan(t, `select count(*) from account a join organization o on o.id = a.organization_id where a.username = 'tongxin' and o.name = '六联社区邻里同心互助会'`) != 1 {
		t.Error("nobody can act for the new organization")
	}
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/organizations/" + g.id).says("已注销")
	public.open("/organizations/" + other.id).says("已注销")
	public.open("/organizations?q=同心").says("六联社区邻里同心互助会")
}

// revoked: the subdistrict tells the organization beforehand, which answers;
// another person decides; the organization stays in public with its end and can
// apply for nothing.
func (m *matter) revoked(t *testing.T, g *group) {
	head := seated(t, g.head)
	head.Phone()
	record := "/staff/organizations/" + g.id
	m.street.open(record)
	m.begunAt(m.street.send("/registry"))
	g.head.open("/workspace")
	g.head.raw(http.MethodGet, m.at, nil).is(404, m.at) // nobody is told of a draft
	m.write(m.street, "case", "grounds", "inactive", "facts", "没有活动", "tried", "两次书面提醒整改").refused("facts")
	m.write(m.street, "case", "facts", "今年以来没有开展任何活动，走访时没有人在场，联系不上经办人。").is(200, m.at+"/papers")
	m.papers(m.street, "evidence")
	m.sign(m.street)
	head.open(m.at).says("拟撤销", "待陈述申辩", "走访时没有人在场")
	head.send(m.at+"/statement", "reason", "有").refused("reason")
	head.send(m.at+"/statement", "reason", "三月和四月办过两次活动，因为换了电话没有联系上。").says("只能提出一次")
	head.send(m.at+"/statement").is(200, m.at).says("换了电话")
	m.second.open(m.at).says("换了电话")
	m.second.send(m.at+"/registry-decision", "choice", "grant")
	m.second.send(m.at+"/registry-decision").is(200, m.at).says("已撤销")
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/organizations/" + g.id).says("撤销备案")
	g.head.raw(http.MethodPost, "/applications", query("programme", "startup", "token", once.NewToken())).is(409, "/applications").says("不能再申请扶持")
}

// dissolved: the assembly of a group decides its end; nothing of it can be applied
// for afterwards, and its record stays in public.
func (m *matter) dissolved(t *testing.T, g *group) {
	head := seated(t, g.head)
	head.Phone()
	m.begun(head, "deregistration")
	m.write(head, "reason", append(on("decided_on", eligible.AddDays(-5)), "end_reason", "resolved", "explanation", "会员多数搬离社区，活动难以继续", "present", "12", "agreed", "6")...).refused("agreed")
	m.write(head, "reason", "agreed", "10").is(200, m.at+"/sections/property")
	m.write(head, "property", "property", "community", "rest", "0", "receiver", "六联社区居民委员会").refused("rest")
	m.write(head, "property", "rest", "860").is(200, m.at+"/papers")
	m.papers(head, "minutes", "unit_approval", "receipt")
	m.sign(head)
	m.accepted(t)
	m.decided(t)
	public := seated(t, &someone{browser: m.browser(t)})
	public.open("/organizations/" + g.id).says("已注销")
}
