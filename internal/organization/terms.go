package organization

// OrgType is the legal kind of an organization (组织类型).
type OrgType string

// The kinds of domain §1.1.
const (
	Association   OrgType = "association"
	SocialService OrgType = "social_service"
	Foundation    OrgType = "foundation"
)

// OrgTypes lists them in the order of forms.
var OrgTypes = []OrgType{Association, SocialService, Foundation}

// Name returns the Chinese name, the raw value when unknown.
func (t OrgType) Name() string {
	return named(t, map[OrgType]string{Association: "社会团体", SocialService: "民办非企业单位（社会服务机构）", Foundation: "基金会"})
}

// Basis is how an organization came under the registrar (管理方式).
type Basis string

// Registered ones are legal persons; filed ones (备案) are not.
const (
	Registered Basis = "registered"
	Filed      Basis = "filed"
)

// Bases lists them in the order of forms.
var Bases = []Basis{Registered, Filed}

// Name returns the Chinese name, the raw value when unknown.
func (b Basis) Name() string {
	return named(b, map[Basis]string{Registered: "登记", Filed: "备案"})
}

// Category is one of the six of “3+3” (policy 二(二)).
type Category string

// The first three are to be fostered first (重点培育).
const (
	Welfare        Category = "welfare"
	Charity        Category = "charity"
	SocialServices Category = "social_service_cat"
	CultureSport   Category = "culture_sport"
	SciTech        Category = "sci_tech"
	Rights         Category = "rights"
)

// Categories lists the six in the order of the policy.
var Categories = []Category{Welfare, Charity, SocialServices, CultureSport, SciTech, Rights}

// Name returns the Chinese name without the class mark, the raw value when unknown.
func (c Category) Name() string {
	return named(c, map[Category]string{Welfare: "社会福利", Charity: "公益慈善", SocialServices: "社会服务",
		CultureSport: "文化体育", SciTech: "科技研究", Rights: "维权"})
}

// Priority reports whether c is one of the three key categories (重点).
func (c Category) Priority() bool { return c == Welfare || c == Charity || c == SocialServices }

// Origin says how an organization came to be. One that was registered anew by a
// change of name or a merger is not newly founded (domain §3).
type Origin string

// The origins.
const (
	OriginNew    Origin = "new"
	OriginRename Origin = "rename"
	OriginMerge  Origin = "merge"
)

// Origins lists them in the order of forms.
var Origins = []Origin{OriginNew, OriginRename, OriginMerge}

// Name returns the Chinese name, the raw value when unknown.
func (o Origin) Name() string {
	return named(o, map[Origin]string{OriginNew: "新成立", OriginRename: "更名后重新登记", OriginMerge: "合并后重新登记"})
}

// Status is where an organization stands in its life (domain §1.3).
type Status string

// The statuses; the last three are final.
const (
	Active              Status = "active"
	Abnormal            Status = "abnormal"
	Merging             Status = "merging"
	Deregistering       Status = "deregistering"
	Deregistered        Status = "deregistered"
	FilingRevoked       Status = "filing_revoked"
	RegistrationRevoked Status = "registration_revoked"
)

// Statuses lists them in the order of forms.
var Statuses = []Status{Active, Abnormal, Merging, Deregistering, Deregistered, FilingRevoked, RegistrationRevoked}

// Name returns the Chinese name, the raw value when unknown.
func (s Status) Name() string {
	return named(s, map[Status]string{Active: "正常", Abnormal: "活动异常", Merging: "合并中", Deregistering: "注销中",
		Deregistered: "已注销", FilingRevoked: "已撤销备案", RegistrationRevoked: "已撤销登记"})
}

// Final reports whether the organization has ended. Its record stays public.
func (s Status) Final() bool {
	return s == Deregistered || s == FilingRevoked || s == RegistrationRevoked
}

// SystemKind is an internal system that an organization keeps (domain §1.1).
type SystemKind string

// The systems of policy 三(三)2.
const (
	Charter     SystemKind = "charter"
	Finance     SystemKind = "finance"
	Disclosure  SystemKind = "disclosure"
	Personnel   SystemKind = "personnel"
	Assembly    SystemKind = "assembly"
	Council     SystemKind = "council"
	Supervisors SystemKind = "supervisors"
	Election    SystemKind = "election"
)

// SystemKinds lists them in the order of forms.
var SystemKinds = []SystemKind{Charter, Finance, Disclosure, Personnel, Assembly, Council, Supervisors, Election}

// Name returns the Chinese name, the raw value when unknown.
func (k SystemKind) Name() string {
	return named(k, map[SystemKind]string{Charter: "章程", Finance: "财务管理制度", Disclosure: "信息公开制度",
		Personnel: "人员管理制度", Assembly: "会员大会制度", Council: "理事会制度", Supervisors: "监事制度", Election: "换届选举制度"})
}

// Conclusion is the outcome of an annual report.
type Conclusion string

// The conclusions. Missing means that the office looked and found none.
const (
	Pass    Conclusion = "pass"
	Basic   Conclusion = "basic"
	Fail    Conclusion = "fail"
	Missing Conclusion = "missing"
)

// Conclusions lists them in the order of forms.
var Conclusions = []Conclusion{Pass, Basic, Fail, Missing}

// Name returns the Chinese name, the raw value when unknown.
func (c Conclusion) Name() string {
	return named(c, map[Conclusion]string{Pass: "合格", Basic: "基本合格", Fail: "不合格", Missing: "未报送"})
}

// Programme is the kind of an earlier grant.
type Programme string

// The four programmes of policy 三(二)1, and others of before.
const (
	Startup        Programme = "startup"
	ActivityGrant  Programme = "activity"
	Venture        Programme = "venture"
	Talent         Programme = "talent"
	OtherProgramme Programme = "other"
)

// Programmes lists them in the order of forms.
var Programmes = []Programme{Startup, ActivityGrant, Venture, Talent, OtherProgramme}

// Name returns the Chinese name, the raw value when unknown.
func (p Programme) Name() string {
	return named(p, map[Programme]string{Startup: "孵化关爱", ActivityGrant: "成长关爱", Venture: "小项目大建设",
		Talent: "人才扶持", OtherProgramme: "其他扶持"})
}

// PayeeKind says whose account it is.
type PayeeKind string

// Filed organizations mostly have no account of their own (domain §1.5).
const (
	OwnAccount   PayeeKind = "own"
	AgentAccount PayeeKind = "agent"
)

// AgentKind is what a collecting agent is; the list is closed.
type AgentKind string

// The agents that domain §1.5 allows.
const (
	AgentSubdistrict AgentKind = "subdistrict"
	AgentCommunity   AgentKind = "community"
	AgentHub         AgentKind = "hub"
)

// AgentKinds lists them in the order of forms.
var AgentKinds = []AgentKind{AgentSubdistrict, AgentCommunity, AgentHub}

// Name returns the Chinese name, the raw value when unknown.
func (k AgentKind) Name() string {
	return named(k, map[AgentKind]string{AgentSubdistrict: "街道办事处", AgentCommunity: "社区", AgentHub: "枢纽型社会组织"})
}

// Premises is how an organization holds its place.
type Premises string

// Premises lists the kinds in the order of forms; PremisesUnknown is not recorded.
const (
	PremisesUnknown Premises = ""
	PremisesOwn     Premises = "own"
	PremisesRented  Premises = "rented"
	PremisesLent    Premises = "lent"
	PremisesShared  Premises = "shared"
)

// PremisesKinds lists them in the order of forms.
var PremisesKinds = []Premises{PremisesOwn, PremisesRented, PremisesLent, PremisesShared}

// Name returns the Chinese name, 未登记 when not recorded.
func (p Premises) Name() string {
	return named(p, map[Premises]string{PremisesUnknown: "未登记", PremisesOwn: "自有", PremisesRented: "租用",
		PremisesLent: "无偿借用", PremisesShared: "与其他组织合用"})
}

// PartyOrg is the party organization of an organization (党建情况).
type PartyOrg string

// The forms; PartyUnknown is not recorded.
const (
	PartyUnknown PartyOrg = ""
	PartyNone    PartyOrg = "none"
	PartyJoint   PartyOrg = "joint"
	PartyOwn     PartyOrg = "own"
)

// PartyOrgs lists them in the order of forms.
var PartyOrgs = []PartyOrg{PartyNone, PartyJoint, PartyOwn}

// Name returns the Chinese name, 未登记 when not recorded.
func (p PartyOrg) Name() string {
	return named(p, map[PartyOrg]string{PartyUnknown: "未登记", PartyNone: "没有党组织", PartyJoint: "联合党支部", PartyOwn: "独立党支部"})
}

func named[T ~string](v T, names map[T]string) string {
	if n, ok := names[v]; ok {
		return n
	}
	return string(v)
}
