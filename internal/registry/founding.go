package registry

import (
	"fmt"
	"net/url"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/identifier"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
)

// Founding is what initiators ask for: a filing or a registration, as it is
// signed.
type Founding struct {
	Name          string                `json:"name"`
	SimilarReason string                `json:"similar_reason,omitempty"`
	Type          organization.OrgType  `json:"org_type"`
	Basis         organization.Basis    `json:"basis"`
	Category      organization.Category `json:"category"`
	ActivityScope string                `json:"activity_scope"`
	BusinessScope string                `json:"business_scope"`
	Unit          string                `json:"supervising_unit,omitempty"`
	Capital       *money.Fen            `json:"registered_capital_fen,omitempty"`
	Subdistrict   string                `json:"subdistrict"`
	Community     string                `json:"community"`
	Address       string                `json:"address"`
	Premises      organization.Premises `json:"premises"`
	Initiators    []Initiator           `json:"initiators"`
	Head          Person                `json:"head"`
	HeadMany      string                `json:"head_many_reason,omitempty"`
	Members       int                   `json:"members"`
	UnitMembers   int                   `json:"unit_members"`
	Staff         int                   `json:"staff"`
	FullTime      int                   `json:"full_time"`
	Volunteers    int                   `json:"volunteers"`
}

// Initiator is a person or a unit that founds.
type Initiator struct {
	Unit bool   `json:"unit,omitempty"`
	Code string `json:"code,omitempty"` // of a unit
	Person
}

// MaxInitiators is how many rows of initiators a form has at most.
const MaxInitiators = 30

// InitiatorControl returns the name of a control of the i-th initiator (from 1).
// The parts are kind (person or unit), name, type and id of a person, code of a
// unit; of these id is sealed.
func InitiatorControl(part string, i int) string { return fmt.Sprintf("init-%s-%d", part, i) }

// The kinds of initiator.
const (
	NaturalPerson = "person"
	Unit          = "unit"
)

// founding is the form of a filing or a registration.
type founding struct{ basis organization.Basis }

func (k founding) registered() bool { return k.basis == organization.Registered }

func (k founding) statement() application.Statement {
	verb := "备案"
	if k.registered() {
		verb = "登记"
	}
	return application.Statement{Version: string(k.basis) + "-1", Lines: []string{
		"申请内容和所附材料真实、完整；如有虚假，愿意承担被撤销" + verb + "的后果和相应责任。",
		"全体发起人同意发起，并同意由本人作为拟任负责人提出申请。",
		"遵守法律法规和国家政策，按章程开展活动，不以营利为目的，不设立分支机构。",
		"同意公开组织名称、类型、业务类别、负责人姓名、所属社区和业务范围。",
	}}
}

func (k founding) sections() []application.Section {
	what := []application.Item{one("name", "组织名称"), one("similar_reason", "名称相近的说明"), one("org_type", "组织类型"),
		one("category", "业务类别"), one("activity_scope", "活动地域"), one("business_scope", "业务范围"), one("supervising_unit", "业务主管（指导）单位")}
	if k.registered() {
		what = append(what, one("registered_capital", "开办资金"))
	}
	ids := many("initiator_ids", "发起人证件号码", "init-id-*")
	ids.Sealed = true
	return []application.Section{
		{Key: "organization", Title: "拟成立的组织", Items: what},
		{Key: "place", Title: "住所和活动场所", Items: append(placeItems(), one("premises", "场所来源"))},
		{Key: "initiators", Title: "发起人", Items: []application.Item{
			many("initiators", "发起人", "init-kind-*", "init-name-*", "init-type-*", "init-code-*"), ids}},
		{Key: "head", Title: "拟任负责人", Items: headItems()},
		{Key: "people", Title: "会员和从业人员", Items: []application.Item{one("members", "个人会员数"), one("unit_members", "单位会员数"),
			one("staff", "从业人数"), one("full_time", "专职人数"), one("volunteers", "义工人数")}},
	}
}

var foundingSlots = []application.Slot{
	{Key: "charter", Label: "章程（草案）", Required: true, Hint: "全体发起人通过的文本"},
	{Key: "minutes", Label: "发起人会议纪要", Required: true, Hint: "写明发起人、名称、章程和拟任负责人，发起人签名"},
	{Key: "head_id", Label: "拟任负责人身份证件复印件", Required: true},
	{Key: "venue", Label: "场所使用证明", Required: true, Hint: "产权证明、租赁合同或场地方同意使用的书面意见"},
	{Key: "roster", Label: "会员和从业人员名册", Required: true},
	{Key: "funds", Label: "活动资金和活动地域说明", Required: true},
	{Key: "unit_approval", Label: "业务主管单位批准文件", Required: true},
	{Key: "capital_proof", Label: "开办资金证明", Required: true, Hint: "验资报告，或银行出具的资金证明"},
	{Key: "other", Label: "其他材料", Max: 5},
	{Key: application.StampSlot, Label: "签字盖章的申请表", Hint: "只在用纸质签字时上传：打印申请表，签字后扫描"},
}

// slots are the papers of domain §1.4; those of a legal person are asked of a
// registration only, the unit's approval when a unit is named.
func (k founding) slots(v url.Values, _ Subject) []application.Slot {
	var out []application.Slot
	for _, s := range foundingSlots {
		switch {
		case s.Key == "capital_proof" && !k.registered():
		case s.Key == "unit_approval" && (!k.registered() || strings.TrimSpace(v.Get("supervising_unit")) == ""):
		default:
			out = append(out, s)
		}
	}
	return out
}

func (k founding) allSlots() []application.Slot { return foundingSlots }

// types are those that the basis allows: a foundation is always registered.
func (k founding) types() []organization.OrgType {
	if k.registered() {
		return organization.OrgTypes
	}
	return []organization.OrgType{organization.Association, organization.SocialService}
}

func (k founding) read(v url.Values, s Subject) (application.Document, []errs.Field) {
	r := newReader(v, s)
	in := organization.Registration{Basis: k.basis, Origin: organization.OriginNew, EstablishedOn: s.Today, Registrar: bureauName}
	d := Founding{Basis: k.basis}
	r.organization(&in, k.types(), k.registered())
	d.SimilarReason = r.words("similar_reason", "名称相近的说明", form.Multiline, form.Max(300))
	d.ActivityScope = r.words("activity_scope", "活动地域", form.Required, form.Max(200))
	r.place(&in)
	d.Premises = choose(r, "premises", "场所来源", organization.PremisesKinds, form.Required)
	d.Initiators = r.initiators(in.Type)
	d.Head = r.head()
	in.HeadName, in.HeadIDType, in.HeadIDNumber, in.HeadMobile = d.Head.Name, d.Head.IDType, d.Head.number, d.Head.mobile
	r.judge(&in, nil, "name", "org_type", "category", "supervising_unit", "business_scope", "registered_capital", "subdistrict", "community", "address",
		"head_name", "head_id_no", "head_mobile")
	if !r.Failed("head_name") && s.Founder != "" && in.HeadName != s.Founder {
		r.Fail("head_name", "负责人姓名", "和发起人账号登记的姓名“"+s.Founder+"”不一致。准予以后这个账号就是负责人账号，请由拟任负责人本人的账号提出申请")
	}
	d.HeadMany = r.words("head_many_reason", "同时担任其他组织负责人的说明", form.Multiline, form.Max(300))
	r.people(&d, in.Type, k.registered())
	d.Name, d.Type, d.Category, d.BusinessScope, d.Unit, d.Capital = in.Name, in.Type, in.Category, in.BusinessScope, in.SupervisingUnit, in.RegisteredCapital
	d.Subdistrict, d.Community, d.Address = in.SubdistrictCode, in.CommunityCode, in.Address
	d.Head.Name, d.Head.number, d.Head.mobile = in.HeadName, in.HeadIDNumber, in.HeadMobile
	d.Head = d.Head.masked()
	return &d, r.Fields()
}

// organization reads what an organization to be is; a type is not asked when there
// is one to choose.
func (r reader) organization(in *organization.Registration, types []organization.OrgType, registered bool) {
	in.Name = r.words("name", "组织名称", form.Required, form.Max(200)) // the record says 4 to 60
	if part := unfit(in.Name); part != "" && !r.Failed("name") {
		r.Fail("name", "组织名称", part)
	}
	if len(types) == 1 {
		in.Type = types[0]
	} else {
		in.Type = choose(r, "org_type", "组织类型", types, form.Required)
	}
	in.Category = choose(r, "category", "业务类别", organization.Categories, form.Required)
	in.BusinessScope = r.words("business_scope", "业务范围", form.Required, form.Multiline, form.Min(5), form.Max(500))
	in.SupervisingUnit = r.words("supervising_unit", "业务主管（指导）单位", form.Max(60))
	if registered {
		in.RegisteredCapital = r.capital()
	}
}

// capital reads the funds that a legal person begins with.
func (r reader) capital() *money.Fen {
	fen := r.Money("registered_capital", "开办资金", form.Required)
	if r.Failed("registered_capital") {
		return nil
	}
	if least := r.s.Params.MinCapital; fen < least {
		r.Fail("registered_capital", "开办资金", fmt.Sprintf("登记的组织至少要有 %s 元，现在填的是 %s 元。补足资金，或改为申请备案", least, fen))
	}
	return &fen
}

// unfit says why a name is not that of a community social organization, "" when
// nothing speaks against it (domain §1.2).
func unfit(name string) string {
	for _, no := range []string{"居民委员会", "居委会", "业主委员会", "业委会", "业主大会", "有限公司", "有限责任公司", "股份"} {
		if strings.Contains(name, no) {
			return "“" + no + "”不是社区社会组织，不在这里备案或登记。核对名称"
		}
	}
	for _, no := range []string{"分会", "分社", "分站", "分队", "分中心", "分部", "代表处", "办事处"} {
		if strings.HasSuffix(name, no) {
			return "社区社会组织不设立分支机构，名称不能以“" + no + "”结尾。改用社、站、队、中心、会等"
		}
	}
	return ""
}

// initiators reads the rows. A row without a name is no row: its number may be an
// old one that the form keeps. Nobody founds twice.
func (r reader) initiators(t organization.OrgType) []Initiator {
	var list []Initiator
	seen := map[string]int{}
	for i := 1; i <= MaxInitiators; i++ {
		name, code, id := InitiatorControl("name", i), InitiatorControl("code", i), InitiatorControl("id", i)
		if !r.Filled(name) && !r.Filled(code) {
			continue
		}
		label := fmt.Sprintf("第 %d 名发起人的", i)
		var in Initiator
		control := id
		if in.Unit = r.Choice(InitiatorControl("kind", i), label+"身份", []string{NaturalPerson, Unit}) == Unit; in.Unit {
			control = code
			in.Name = form.Parse(r.Form, name, label+"名称", identifier.ParseOrganizationName, form.Required)
			in.Code = string(form.Parse(r.Form, code, label+"统一社会信用代码", identifier.ParseCreditCode, form.Required))
		} else {
			in.Name = form.Parse(r.Form, name, label+"姓名", identifier.ParsePersonName, form.Required)
			in.IDType = r.idType(InitiatorControl("type", i), label+"证件类型")
			in.number = form.Parse(r.Form, id, label+"证件号码", func(s string) (string, error) {
				return organization.ParseID(in.IDType, s, r.s.Today)
			}, form.Required)
			in.Person = in.masked()
		}
		if key := in.number + in.Code; key != "" {
			if first, twice := seen[key]; twice {
				r.Fail(control, label+"号码", fmt.Sprintf("和第 %d 名发起人是同一个号码。一个人或单位只填一行", first))
			}
			seen[key] = i
		}
		list = append(list, in)
	}
	r.enough(list, t)
	return list
}

// enough counts the founders: so many people, or so many units.
func (r reader) enough(list []Initiator, t organization.OrgType) {
	people, units := 0, 0
	for _, in := range list {
		if in.Unit {
			units++
		} else {
			people++
		}
	}
	least, limited := r.s.Params.Initiators[t]
	if limited && people < least.People && units < least.Units {
		r.Fail("initiators", "发起人", fmt.Sprintf("%s至少要有 %d 名自然人或 %d 个单位发起，现在有姓名或名称的是 %d 人、%d 个单位。补齐发起人",
			t.Name(), least.People, least.Units, people, units))
	}
	for control := range rowsBeyond(r, MaxInitiators) {
		r.Fail("initiators", "发起人", fmt.Sprintf("最多 %d 行，“%s”没有算进来。其他发起人写进会议纪要", MaxInitiators, control))
	}
}

// rowsBeyond are names typed into rows that are not read.
func rowsBeyond(r reader, most int) map[string]bool {
	out := map[string]bool{}
	for i := most + 1; i <= most+50; i++ {
		if c := InitiatorControl("name", i); r.Filled(c) {
			out[c] = true
		}
	}
	return out
}

// people reads the numbers and compares them with the least.
func (r reader) people(d *Founding, t organization.OrgType, registered bool) {
	count := func(name, label string, opts ...form.Option) int {
		return r.Int(name, label, append(opts, form.Min(0), form.Max(100000))...)
	}
	if t == organization.Association {
		d.Members, d.UnitMembers = count("members", "个人会员数", form.Required), count("unit_members", "单位会员数")
	}
	d.Staff, d.FullTime, d.Volunteers = count("staff", "从业人数", form.Required), count("full_time", "专职人数"), count("volunteers", "义工人数")
	if !r.Failed("full_time") && !r.Failed("staff") && d.FullTime > d.Staff {
		r.Fail("full_time", "专职人数", "比从业人数多。从业人数包括专职和兼职，核对这两个数")
	}
	p := r.s.Params
	all := d.Members + d.UnitMembers
	switch {
	case r.Failed("members") || r.Failed("unit_members") || t != organization.Association:
	case registered && all < p.RegisteredMembers && d.UnitMembers < p.RegisteredUnits:
		r.Fail("members", "个人会员数", fmt.Sprintf("登记的社会团体至少要有 %d 名会员或 %d 个单位会员，现在合计 %d。达不到的可以先申请备案", p.RegisteredMembers, p.RegisteredUnits, all))
	case !registered && all < p.MinMembers:
		r.Fail("members", "个人会员数", fmt.Sprintf("社会团体至少要有 %d 名会员，现在合计 %d。发展会员以后再申请", p.MinMembers, all))
	case all < len(d.Initiators):
		r.Fail("members", "个人会员数", fmt.Sprintf("比发起人还少：发起人有 %d 名，会员合计 %d。发起人也是会员，核对人数", len(d.Initiators), all))
	}
	if t == organization.SocialService && !r.Failed("staff") && d.Staff < p.MinStaff {
		r.Fail("staff", "从业人数", fmt.Sprintf("社会服务机构至少要有 %d 名从业人员，现在是 %d 名", p.MinStaff, d.Staff))
	}
}
