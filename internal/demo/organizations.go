package demo

import (
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// role is an organization in the script. head and clerk say what their accounts
// show; "" means that there is no such account.
type role struct {
	key      string // org1: the beginning of its accounts' names
	place    string // short name of the community
	name     string
	kind     organization.OrgType
	basis    organization.Basis
	category organization.Category
	months   int // age today; see born
	head     string
	clerk    string
	sameHead string     // key of the organization whose head leads this one too
	traits   []trait    // how it differs from one that has everything
	founded  civil.Date // instead of months
	unit     string     // supervising unit
}

// trait is one way in which an organization differs from the others.
type trait string

const (
	halfYearToday    trait = "half a year old today"
	halfYearTomorrow trait = "half a year old tomorrow"
	renamed          trait = "registered anew under another name"
	unchecked        trait = "nobody looked at any list"
	noDisclosure     trait = "no disclosure system on file"
	noPayee          trait = "no account for payments"
	activityWaits    trait = "an activity that the community has not confirmed"
	abnormal         trait = "on the list of abnormal activity"
	serious          trait = "on the list of serious violations"
	violation        trait = "a violation two years ago"
	banned           trait = "banned from applying"
	granted          trait = "had start-up support before, use report owed"
	supported        trait = "several earlier grants, all reported, two stars"
	starred          trait = "three stars, registered in another district"
	firstGrant       trait = "had start-up support within three years"
	merging          trait = "merging"
	deregistered     trait = "deregistered"
	filingRevoked    trait = "filing revoked"
	newHead          trait = "changed its head"
)

const disabled = "区残疾人联合会"

const (
	assoc, service    = organization.Association, organization.SocialService
	filed, registered = organization.Filed, organization.Registered
)

// cast is every organization. Those up to org17 carry the applications of
// stories.go and those from org39 the grants of grants.go; the others show one
// condition of eligibility each.
var cast = []role{
	{key: "org1", place: "六联", name: "六联社区银龄互助会", kind: assoc, basis: filed, category: organization.Welfare, months: 8,
		head: "条件都符合，还没有申请；从这里开始走全流程；报备过一次活动", clerk: "可以填写，由负责人签署"},
	{key: "org2", place: "坪环", name: "坪环社区睦邻互助社", kind: assoc, basis: filed, category: organization.SocialServices, months: 7,
		head: "草稿已填完，还差附件", clerk: "和负责人一起填的草稿"},
	{key: "org3", place: "沙坣", name: "沙坣社区青苗成长服务中心", kind: service, basis: registered, category: organization.SocialServices, months: 9,
		head: "退回补正：两处要改，办理期限已暂停", clerk: "可以改补正的两处"},
	{key: "org4", place: "江岭", name: "江岭社区环保志愿队", kind: assoc, basis: filed, category: organization.Charity, months: 10,
		head: "社区征求意见中，下一个工作日到期；报备的活动办完了，可以申请补贴"},
	{key: "org5", place: "马峦", name: "马峦社区客家山歌队", kind: assoc, basis: filed, category: organization.CultureSport, months: 11,
		head: "社区征求意见中，今天到期"},
	{key: "org6", place: "碧岭", name: "碧岭社区助残互助中心", kind: service, basis: registered, category: organization.Welfare, months: 10, unit: disabled,
		head: "街道征求意见中", clerk: "街道征求意见中"},
	{key: "org7", place: "汤坑", name: "汤坑社区亲子阅读社", kind: assoc, basis: filed, category: organization.SocialServices, months: 9,
		head: "待受理，社区和街道都同意", traits: []trait{activityWaits}},
	{key: "org8", place: "沙湖", name: "沙湖社区邻里节志愿队", kind: assoc, basis: filed, category: organization.Charity, months: 12,
		head: "待受理，民政局已超期"},
	{key: "org9", place: "金龟", name: "金龟社区古树保护协会", kind: assoc, basis: registered, category: organization.SciTech, months: 14,
		head: "待受理，社区和街道都逾期未提出意见；活动补贴等街道意见"},
	{key: "org10", place: "石井", name: "石井社区客家凉帽传习社", kind: assoc, basis: filed, category: organization.CultureSport, months: 13,
		head: "待受理，社区不同意、街道同意；活动补贴已撤回"},
	{key: "org11", place: "田头", name: "田头社区科普小屋", kind: assoc, basis: filed, category: organization.SciTech, months: 12,
		head: "已受理，待复核；可打印受理通知书；活动补贴退回补正：两处要改"},
	{key: "org12", place: "田心", name: "田心社区乐龄互助会", kind: assoc, basis: filed, category: organization.Welfare, months: 15,
		head: "补正一次后已受理，待复核；活动补贴由经办人填好，等签署", clerk: "补正一次后已受理；填好一份活动补贴，等负责人签署"},
	{key: "org13", place: "坑梓", name: "坑梓社区女工维权服务站", kind: service, basis: registered, category: organization.Rights, months: 13,
		head: "不予受理，有决定书"},
	{key: "org14", place: "秀新", name: "秀新社区书法协会", kind: assoc, basis: filed, category: organization.CultureSport, months: 12,
		head: "申请已撤回，可以另外申请；活动补贴公示中"},
	{key: "org15", place: "金沙", name: "金沙社区少年足球会", kind: assoc, basis: filed, category: organization.CultureSport, months: 14,
		head: "逾期未补正，视为撤回（已失效）"},
	{key: "org16", place: "沙田", name: "沙田社区公益律师团", kind: assoc, basis: filed, category: organization.Rights, months: 11,
		head: "社区正在窗口代办，草稿填了一部分；取消过一次活动报备"},
	{key: "org17", place: "龙田", name: "龙田社区听障家庭互助中心", kind: service, basis: registered, category: organization.Welfare, months: 9, unit: disabled,
		head: "窗口代办已提交（纸质签字盖章），社区征求意见中"},

	{key: "org18", place: "南布", name: "南布社区机器人兴趣社", kind: assoc, basis: filed, category: organization.SciTech,
		traits: []trait{halfYearTomorrow}, head: "成立 5 个月 29 天，明天起可以申请"},
	{key: "org19", place: "竹坑", name: "竹坑社区垃圾分类督导队", kind: assoc, basis: filed, category: organization.Charity,
		traits: []trait{halfYearToday}, head: "今天正好成立满半年，今天起可以申请；报备了一次活动"},
	{key: "org20", place: "老坑", name: "老坑社区敬老服务队", kind: assoc, basis: filed, category: organization.Welfare, months: 25,
		head: "成立 25 个月，过了申请年限；活动补贴填了一半"},
	{key: "org21", place: "六和", name: "六和社区邻里食堂服务中心", kind: service, basis: registered, category: organization.SocialServices, months: 8,
		traits: []trait{renamed}, head: "更名后重新登记，不算新成立"},
	{key: "org22", place: "坪山", name: "坪山社区太极拳协会", kind: assoc, basis: registered, category: organization.CultureSport, months: 16,
		traits: []trait{abnormal}, head: "列入活动异常名录；年度报告退回更正"},
	{key: "org23", place: "和平", name: "和平社区代办服务站", kind: service, basis: registered, category: organization.SocialServices, months: 18,
		traits: []trait{serious}, head: "列入严重违法失信名单"},
	{key: "org24", place: "六联", name: "六联社区外来工权益服务站", kind: service, basis: registered, category: organization.Rights, months: 40,
		traits: []trait{violation}, head: "两年前有一次违规"},
	{key: "org25", place: "坪环", name: "坪环社区篮球协会", kind: assoc, basis: filed, category: organization.CultureSport, months: 17,
		traits: []trait{banned}, head: "在限制申报期内"},
	{key: "org26", place: "江岭", name: "江岭社区新手妈妈互助社", kind: assoc, basis: filed, category: organization.Welfare, months: 8,
		traits: []trait{unchecked}, head: "名录和历史资助没人查过：可以提交，受理前要查"},
	{key: "org27", place: "马峦", name: "马峦社区登山救援队", kind: assoc, basis: filed, category: organization.Charity, months: 9,
		traits: []trait{noDisclosure}, head: "还没有信息公开制度；活动报备社区和街道都看过"},
	{key: "org28", place: "碧岭", name: "碧岭社区棋友会", kind: assoc, basis: filed, category: organization.CultureSport, months: 30,
		traits: []trait{firstGrant}, head: "负责人同时带三个组织；领过启动扶持；活动补贴等社区意见"},
	{key: "org29", place: "碧岭", name: "碧岭社区书画社", kind: assoc, basis: filed, category: organization.CultureSport, months: 12, sameHead: "org28",
		head: "同一负责人在同一社区有别的组织领过，有提醒"},
	{key: "org30", place: "碧岭", name: "碧岭社区合唱团", kind: assoc, basis: filed, category: organization.CultureSport, months: 9, sameHead: "org28",
		traits: []trait{unchecked, noPayee}},
	{key: "org31", place: "汤坑", name: "汤坑社区志愿巡逻队", kind: assoc, basis: filed, category: organization.Charity, months: 22,
		traits: []trait{granted}, head: "领过启动扶持，使用报告欠交"},
	{key: "org32", place: "沙湖", name: "沙湖社区心理健康服务中心", kind: service, basis: registered, category: organization.SocialServices, months: 38,
		traits: []trait{supported, newHead}, unit: "区卫生健康局", head: "两星；历年资助都已交报告；换过负责人；年度报告合格，已公开；活动补贴待复核，按星级上浮"},
	{key: "org33", place: "石井", name: "石井社区儿童之家服务中心", kind: service, basis: registered, category: organization.Welfare, founded: civil.Of(2016, 4, 12),
		traits: []trait{starred}, unit: disabled, head: "三星；2016年在别的区登记；年度报告等主管单位意见"},
	{key: "org34", place: "坑梓", name: "坑梓社区电工互助社", kind: assoc, basis: filed, category: organization.SciTech, months: 33, traits: []trait{deregistered, noPayee}},
	{key: "org35", place: "龙田", name: "龙田社区义剪队", kind: assoc, basis: filed, category: organization.Charity, months: 29, traits: []trait{filingRevoked, unchecked, noPayee}},
	{key: "org36", place: "竹坑", name: "竹坑社区残友工坊", kind: service, basis: registered, category: organization.Welfare, months: 7, traits: []trait{unchecked, noPayee}},
	{key: "org37", place: "老坑", name: "老坑社区河道守护队", kind: assoc, basis: filed, category: organization.Charity, months: 10, traits: []trait{unchecked, noPayee}},
	{key: "org38", place: "秀新", name: "秀新社区花艺社", kind: assoc, basis: filed, category: organization.CultureSport, months: 20, traits: []trait{merging, noPayee}},

	{key: "org39", place: "六联", name: "六联社区轮椅伙伴互助社", kind: assoc, basis: filed, category: organization.Welfare, months: 13,
		head: "拟予支持，等局领导签批"},
	{key: "org40", place: "坪山", name: "坪山社区会展志愿队", kind: assoc, basis: filed, category: organization.Charity, months: 14,
		head: "复核拟不予支持，等签批"},
	{key: "org41", place: "坪环", name: "坪环社区家长课堂", kind: assoc, basis: filed, category: organization.SocialServices, months: 13,
		head: "已签批，等公示；活动补贴因票据已用于别的办件没有收下，还是草稿"},
	{key: "org42", place: "汤坑", name: "汤坑社区合唱协会", kind: assoc, basis: registered, category: organization.CultureSport, months: 14,
		head: "公示中"},
	{key: "org43", place: "沙坣", name: "沙坣社区篮球推广社", kind: assoc, basis: filed, category: organization.CultureSport, months: 15,
		head: "公示期间有人提出异议，正在核实"},
	{key: "org44", place: "石井", name: "石井社区养老驿站互助会", kind: assoc, basis: filed, category: organization.Welfare, months: 13,
		head: "公示期满，已核定，等拨付；可打印批复；活动补贴待复核，票据和照片另有办件用过"},
	{key: "org45", place: "江岭", name: "江岭社区读书会", kind: assoc, basis: filed, category: organization.CultureSport, months: 14,
		head: "已核定，付款等复核；活动补贴待复核，照片和别的办件相同"},
	{key: "org46", place: "坑梓", name: "坑梓社区义工协会", kind: assoc, basis: registered, category: organization.Charity, months: 15,
		head: "已核定，款项已发送，等银行结果"},
	{key: "org47", place: "田心", name: "田心社区果树技术社", kind: assoc, basis: filed, category: organization.SciTech, months: 15,
		head: "第一次拨款退票，再次拨付成功；待交使用报告"},
	{key: "org48", place: "和平", name: "和平社区少儿围棋社", kind: assoc, basis: filed, category: organization.CultureSport, months: 16,
		head: "已拨付，待交使用报告；从这里填使用报告；活动补贴不予支持，有决定书", clerk: "可以填使用报告，由负责人签署"},
	{key: "org49", place: "龙田", name: "龙田社区邻里调解社", kind: assoc, basis: filed, category: organization.Rights, months: 16,
		head: "使用报告已提交，等核查"},
	{key: "org50", place: "秀新", name: "秀新社区残健共融中心", kind: service, basis: registered, category: organization.Welfare, months: 17,
		head: "使用报告已核查，结余待退回"},
	{key: "org51", place: "马峦", name: "马峦社区护林队", kind: assoc, basis: filed, category: organization.Charity, months: 17,
		head: "已办结；活动补贴已拨付、办结"},
	{key: "org52", place: "南布", name: "南布社区编程兴趣社", kind: assoc, basis: registered, category: organization.SciTech, months: 18,
		head: "结余退回后已办结；活动补贴待受理"},
	{key: "org53", place: "六和", name: "六和社区邻里影像社", kind: assoc, basis: filed, category: organization.CultureSport, months: 16,
		head: "不予支持，有决定书；活动补贴等签批"},
	{key: "org54", place: "金沙", name: "金沙社区议事会", kind: assoc, basis: filed, category: organization.SocialServices, months: 16,
		head: "公示异议成立，不予支持，有决定书；活动补贴已核定，等拨付"},
	{key: "org55", place: "竹坑", name: "竹坑社区太极队", kind: assoc, basis: filed, category: organization.CultureSport, months: 16,
		head: "公示异议不成立，已拨付，待交使用报告"},
	{key: "org56", place: "碧岭", name: "碧岭社区观鸟会", kind: assoc, basis: filed, category: organization.SciTech, months: 15,
		head: "核定后终止，有决定书"},

	{key: "org57", place: "六联", name: "六联社区乒乓球社", kind: assoc, basis: filed, category: organization.CultureSport, months: 26,
		traits: []trait{noPayee}, head: "换届变更已核准，负责人账号已移交，现在是经办人"},
	{key: "org58", place: "和平", name: "和平社区手工编织社", kind: assoc, basis: filed, category: organization.CultureSport, months: 28,
		traits: []trait{noPayee}, head: "更名和变更业务范围，待街道受理；年度报告填了一半，已逾期"},
	{key: "org59", place: "坪山", name: "坪山社区乐活舞蹈队", kind: assoc, basis: filed, category: organization.CultureSport, months: 31,
		traits: []trait{noPayee}, head: "合并草稿，等另一方同意"},
	{key: "org60", place: "坪山", name: "坪山社区广场舞协会", kind: assoc, basis: filed, category: organization.CultureSport, months: 30,
		traits: []trait{noPayee}, head: "被征求合并意见，可以同意或不同意；年度报告等街道结论"},
	{key: "org61", place: "六和", name: "六和社区集邮社", kind: assoc, basis: filed, category: organization.CultureSport, months: 36,
		traits: []trait{noPayee}, head: "注销已受理，待街道决定"},
	{key: "org62", place: "坪环", name: "坪环社区象棋社", kind: assoc, basis: filed, category: organization.CultureSport, months: 34,
		traits: []trait{unchecked, noPayee}, head: "拟撤销备案，可以陈述申辩"},
	{key: "org63", place: "沙湖", name: "沙湖社区科普协会", kind: assoc, basis: registered, category: organization.SciTech, months: 37,
		traits: []trait{unchecked, noPayee}, head: "拟撤销登记，没有陈述申辩，待复核"},
	{key: "org64", place: "田头", name: "田头社区邻里互助会", kind: assoc, basis: filed, category: organization.Welfare, months: 32,
		traits: []trait{noPayee}, head: "上月吸收合并了另一个组织，有决定书"},
	{key: "org65", place: "田头", name: "田头社区便民服务队", kind: assoc, basis: filed, category: organization.Welfare, months: 38,
		traits: []trait{noPayee}, head: "已并入另一个组织，账号只能查看"},
}

func (r role) has(t trait) bool {
	for _, have := range r.traits {
		if have == t {
			return true
		}
	}
	return false
}

// born returns the day of founding: so many months before today, and for the two
// at the border the day that the rule of half a year turns on.
func (r role) born(today civil.Date) civil.Date {
	switch {
	case !r.founded.IsZero():
		return r.founded
	case r.has(halfYearToday):
		return youngest(today)
	case r.has(halfYearTomorrow):
		return youngest(today).AddDays(1)
	}
	// A few days more than the months, each organization its own.
	return today.AddMonths(-r.months).AddDays(-len(r.key+r.name) % 17)
}

// youngest returns the last founding day that makes half a year by today.
func youngest(today civil.Date) civil.Date {
	d := today.AddMonths(-6).AddDays(4) // months have no more than three days' difference
	for d.AddMonths(6).After(today) {
		d = d.AddDays(-1)
	}
	return d
}

// member is an organization that has been written into the script.
type member struct {
	role
	id           uuid.UUID // once registered
	born         civil.Date
	recorded     civil.Date // when the portal learned of it
	leader       someone
	registration organization.Registration
	payee        uuid.UUID
	account      string
	held         []held
}

// held is an activity of the script.
type held struct {
	on                       civil.Date
	title, place             string
	participants, volunteers int
}

func (m *member) place() place {
	for _, p := range places {
		if p.name == m.role.place {
			return p
		}
	}
	panic("demo: no community " + m.role.place)
}

// centre is the party-service centre where most of it happens.
func (m *member) centre() string { return m.role.place + "社区党群服务中心" }

// bare is the name without the community.
func (m *member) bare() string { return strings.TrimPrefix(m.name, m.role.place+"社区") }
