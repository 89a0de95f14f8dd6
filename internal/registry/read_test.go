package registry

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

const (
	id1, id2, id3 = "440310199002280010", "34052419800101001X", "11010519491231002X"
	code1         = "51440310MJL0000165"
	code2         = "52440310MJL0000162"
)

var (
	today   = civil.Of(2026, 11, 23)
	regions = district.NewRegionSet([]district.Region{
		{Code: "440310001", Kind: district.Subdistrict, Name: "坪山街道"}, {Code: "440310001001", Kind: district.Community, Name: "六联社区", ParentCode: "440310001"},
		{Code: "440310001009", Kind: district.Community, Name: "旧社区", ParentCode: "440310001", ValidTo: civil.Of(2022, 1, 1)},
		{Code: "440310002", Kind: district.Subdistrict, Name: "马峦街道"}, {Code: "440310002001", Kind: district.Community, Name: "坪环社区", ParentCode: "440310002"},
	})
	params = Params{Street: true, MinMembers: 10, MinStaff: 2, RegisteredMembers: 50, RegisteredUnits: 30, MinCapital: 30_000 * money.Yuan,
		HeadOrganizations: 3, RevocationIdleMonth: 12, Initiators: map[organization.OrgType]Least{
			organization.Association: {3, 2}, organization.SocialService: {2, 1}, organization.Foundation: {1, 1}}}
)

func subject(f Family) Subject {
	s := Subject{Family: f, Today: today, Params: params, Regions: regions, Founder: "陈小明"}
	if !f.Founds() {
		s.Organization = organization.Organization{
			ID: uuid.MustParse("0199a1b0-0000-7000-8000-000000000001"), Name: "六联社区互助社", Type: organization.Association, Basis: organization.Filed,
			Category: organization.CultureSport, FilingNo: "坪社备〔2025〕第0001号", EstablishedOn: civil.Of(2025, 3, 1), Registrar: "坪山街道办事处",
			Origin: organization.OriginNew, Status: organization.Active, HeadName: "陈小明", CommunityCode: "440310001001", SubdistrictCode: "440310001",
			Address: "六联社区综合楼 101", BusinessScope: "邻里互助"}
	}
	return s
}

func good(f Family) map[string]string {
	head := map[string]string{"head_name": "陈小明", "head_id_type": "resident", "head_id_no": id1, "head_mobile": "13800138000"}
	v := map[string]string{}
	switch f {
	case Filing, Registration:
		v = map[string]string{
			"name": "六联社区书友会", "org_type": "association", "category": "culture_sport", "activity_scope": "六联社区", "business_scope": "组织居民读书、交流",
			"subdistrict": "440310001", "community": "440310001001", "address": "六联社区文化站 2 楼", "premises": "lent",
			"init-kind-1": "person", "init-name-1": "陈小明", "init-id-1": id1, "init-kind-2": "person", "init-name-2": "李四海", "init-id-2": id2,
			"init-kind-3": "person", "init-name-3": "王五洲", "init-id-3": id3, "members": "12", "staff": "2", "full_time": "1", "volunteers": "5"}
		maps.Copy(v, head)
		if f == Registration {
			v["members"], v["registered_capital"] = "50", "30,000.00"
		}
	case Change:
		v = map[string]string{"matters": "name", "decided_on": "2026-11-10", "reason": "会员大会决定变更", "name": "六联社区友邻社"}
	case Deregistration:
		v = map[string]string{"end_reason": "resolved", "explanation": "会员多数搬离社区，活动难以继续", "decided_on": "2026-11-10", "present": "12", "agreed": "10", "property": "none"}
	case Merger:
		v = map[string]string{"way": "absorption", PartyControl(1): code1, "decided_on": "2026-11-10", "reason": "服务内容相近，合并后更有力", "arrangement": "财产、债权债务和会员由存续组织承接"}
	case Revocation:
		v = map[string]string{"grounds": "inactive", "facts": "今年以来没有开展任何活动，走访时没有人在场，联系不上经办人。", "tried": "两次书面提醒整改"}
	}
	return v
}

// values puts pairs over a good form; "~" takes a control out.
func values(f Family, pairs ...string) url.Values {
	g := good(f)
	for i := 0; i < len(pairs); i += 2 {
		g[pairs[i]] = pairs[i+1]
	}
	v := url.Values{}
	for k, s := range g {
		switch {
		case s == "~":
		case k == "matters" || k == "grounds":
			v[k] = strings.Split(s, ",")
		default:
			v.Set(k, s)
		}
	}
	return v
}

type bad struct {
	name  string
	pairs []string
	field string // "" for a form without fault
	part  string
}

func try(t *testing.T, f Family, s Subject, cases []bad) {
	t.Helper()
	for _, c := range cases {
		_, faults := paperworkOf(f).read(values(f, c.pairs...), s)
		if c.field == "" {
			if len(faults) > 0 {
				t.Errorf("%s: %v", c.name, faults)
			}
			continue
		}
		found := false
		for _, x := range faults {
			found = found || x.Name == c.field && strings.Contains(x.Message, c.part) && x.Label != ""
		}
		if !found {
			t.Errorf("%s: no fault at %s with %q in %v", c.name, c.field, c.part, faults)
		}
	}
}

// Every bad input of domain §1.5 and §11 stops at its own field.
func TestFilingForm(t *testing.T) {
	t.Parallel()
	try(t, Filing, subject(Filing), []bad{
		{"complete", nil, "", ""},
		{"no name", []string{"name", ""}, "name", "还没有填"},
		{"short name", []string{"name", "书会"}, "name", ""},
		{"long name", []string{"name", strings.Repeat("六", 61)}, "name", ""},
		{"markup in the name", []string{"name", "六联<b>书友会</b>"}, "name", ""},
		{"emoji in the name", []string{"name", "六联书友会😀"}, "name", "表情"},
		{"control characters are taken out", []string{"name", "六联社区\u200b书友会\x07"}, "", ""},
		{"a rare character stays", []string{"name", "沙壆社区𠮷祥书友会"}, "", ""},
		{"a branch", []string{"name", "六联社区书友会坪山分会"}, "name", "分支机构"},
		{"a residents' committee", []string{"name", "六联社区居民委员会"}, "name", "不是社区社会组织"},
		{"a company", []string{"name", "六联读书有限公司"}, "name", "不是社区社会组织"},
		{"no type", []string{"org_type", ""}, "org_type", "选"},
		{"a foundation is not filed", []string{"org_type", "foundation"}, "org_type", "可选"},
		{"another type", []string{"org_type", "company"}, "org_type", ""},
		{"no category", []string{"category", "~"}, "category", "选"},
		{"a seventh category", []string{"category", "sports"}, "category", ""},
		{"markup in the scope", []string{"business_scope", "<script>alert(1)</script>"}, "business_scope", "<"},
		{"a long scope", []string{"business_scope", strings.Repeat("助", 501)}, "business_scope", "500"},
		{"no place of activity", []string{"activity_scope", " "}, "activity_scope", "还没有填"},
		{"another subdistrict's community", []string{"community", "440310002001"}, "community", "不在坪山街道"},
		{"no such community", []string{"community", "440310001099"}, "community", "选"},
		{"a community that is no more", []string{"community", "440310001009"}, "community", "撤销"},
		{"no such subdistrict", []string{"subdistrict", "440307001"}, "subdistrict", "选"},
		{"no address", []string{"address", ""}, "address", "还没有填"},
		{"no premises", []string{"premises", "~"}, "premises", "选"},
		{"two founders", []string{"init-name-3", ""}, "initiators", "3 名自然人或 2 个单位"},
		{"a number without a name is no row", []string{"init-name-3", "", "init-name-4", "赵六一", "init-kind-4", "person", "init-id-4", id3}, "", ""},
		{"two units are enough", []string{"init-name-2", "", "init-name-3", "", "init-kind-1", "unit", "init-name-1", "坪山区老年协会", "init-code-1", code1,
			"init-kind-4", "unit", "init-name-4", "坪山社工服务社", "init-code-4", code2}, "", ""},
		{"a unit without a code", []string{"init-kind-1", "unit", "init-name-1", "坪山区老年协会"}, "init-code-1", "还没有填"},
		{"one person twice", []string{"init-id-2", id1}, "init-id-2", "同一个号码"},
		{"a founder's name", []string{"init-name-2", "李"}, "init-name-2", ""},
		{"a founder's number", []string{"init-id-2", "34052419800101001Y"}, "init-id-2", ""},
		{"an impossible birthday", []string{"init-id-2", "440310199002300018"}, "init-id-2", ""},
		{"a child founds", []string{"init-id-2", "440310201501010015"}, "init-id-2", "18 岁"},
		{"full width is read", []string{"init-id-2", "３４０５２４１９８００１０１００１ｘ"}, "", ""},
		{"a row beyond the last", []string{"init-name-31", "孙七星"}, "initiators", "最多 30 行"},
		{"no head", []string{"head_name", ""}, "head_name", "还没有填"},
		{"another head than the account's", []string{"head_name", "李四海", "head_id_no", id2}, "head_name", "不一致"},
		{"the head's number", []string{"head_id_no", "440310199002280011"}, "head_id_no", ""},
		{"the head is a child", []string{"head_id_no", "440310201501010015"}, "head_id_no", "18 岁"},
		{"a fifteen digit number", []string{"head_id_no", "440310900228001"}, "head_id_no", ""},
		{"the kind of document", []string{"head_id_type", "driver"}, "head_id_type", "可选"},
		{"a residence permit with a resident's number", []string{"head_id_type", "residence_permit"}, "head_id_no", "不一致"},
		{"the head's mobile", []string{"head_mobile", "1380013800"}, "head_mobile", ""},
		{"nine members", []string{"members", "9"}, "members", "至少要有 10 名会员"},
		{"units count among the members", []string{"members", "9", "unit_members", "1"}, "", ""},
		{"members in words", []string{"members", "十二"}, "members", ""},
		{"a negative number", []string{"members", "-12"}, "members", ""},
		{"an exponent", []string{"members", "1e3"}, "members", ""},
		{"more full-time than staff", []string{"full_time", "3"}, "full_time", "比从业人数多"},
		{"a service body needs staff", []string{"org_type", "social_service", "staff", "1", "full_time", "0"}, "staff", "至少要有 2 名"},
		{"a service body has no members", []string{"org_type", "social_service", "members", "~"}, "", ""},
		{"one unit founds a service body", []string{"org_type", "social_service", "init-name-2", "", "init-name-3", "", "init-kind-1", "unit", "init-name-1", "坪山区老年协会", "init-code-1", code1}, "", ""},
	})
}

func TestRegistrationForm(t *testing.T) {
	t.Parallel()
	try(t, Registration, subject(Registration), []bad{
		{"complete", nil, "", ""},
		{"49 members", []string{"members", "49"}, "members", "50 名会员或 30 个单位会员"},
		{"30 units", []string{"members", "0", "unit_members", "30"}, "", ""},
		{"no capital", []string{"registered_capital", ""}, "registered_capital", "还没有填"},
		{"too little", []string{"registered_capital", "29999.99"}, "registered_capital", "30,000.00"},
		{"an exponent", []string{"registered_capital", "3e4"}, "registered_capital", ""},
		{"a foundation", []string{"org_type", "foundation", "members", "~"}, "", ""},
	})
}

func TestChangeForm(t *testing.T) {
	t.Parallel()
	try(t, Change, subject(Change), []bad{
		{"a name", nil, "", ""},
		{"nothing chosen", []string{"matters", ""}, "matters", "选"},
		{"a matter that there is not", []string{"matters", "type"}, "matters", "可选"},
		{"the same name", []string{"name", "六联社区互助社"}, "name", "和现在登记的一样"},
		{"what is not chosen is not asked", []string{"business_scope", "<b>"}, "", ""},
		{"decided tomorrow", []string{"decided_on", "2026-11-24"}, "decided_on", ""},
		{"decided on a day that is none", []string{"decided_on", "2026-02-30"}, "decided_on", ""},
		{"decided before there was one", []string{"decided_on", "2025-02-28"}, "decided_on", "早于"},
		{"no reason", []string{"reason", ""}, "reason", "还没有填"},
		{"capital of a filed one", []string{"matters", "capital", "registered_capital", "50000"}, "matters", "没有开办资金"},
		{"a conversion", []string{"matters", "conversion", "registered_capital", "30000"}, "", ""},
		{"a conversion without funds", []string{"matters", "conversion", "registered_capital", "3000"}, "registered_capital", "30,000.00"},
		{"a head", []string{"matters", "head", "head_name", "李四海", "head_id_no", id2, "head_mobile", "13900139000", "old_head", "clerk"}, "", ""},
		{"a namesake as head", []string{"matters", "head", "head_name", "陈小明", "head_id_no", id2, "head_mobile", "13900139000", "old_head", "leave"}, "", ""},
		{"a head without a number", []string{"matters", "head", "head_name", "陈小明", "head_mobile", "13900139000", "old_head", "leave"}, "head_id_no", "还没有填"},
		{"what becomes of the old head", []string{"matters", "head", "head_name", "李四海", "head_id_no", id2, "head_mobile", "13900139000"}, "old_head", "选"},
		{"the same place", []string{"matters", "place", "subdistrict", "440310001", "community", "440310001001", "address", "六联社区综合楼 101"}, "address", "一样"},
		{"a place elsewhere", []string{"matters", "place", "subdistrict", "440310001", "community", "440310002001", "address", "坪环 8 号院"}, "community", "不在"},
		{"no unit any more", []string{"matters", "unit", "supervising_unit", ""}, "supervising_unit", "一样"},
		{"a category", []string{"matters", "category", "category", "welfare"}, "", ""},
	})
	legal := subject(Change)
	capital := 50_000 * money.Yuan
	legal.Organization.Basis, legal.Organization.USCC, legal.Organization.RegisteredCapital = organization.Registered, code1, &capital
	try(t, Change, legal, []bad{
		{"more capital", []string{"matters", "capital", "registered_capital", "80000"}, "", ""},
		{"the same capital", []string{"matters", "capital", "registered_capital", "50000"}, "registered_capital", "一样"},
		{"registered already", []string{"matters", "conversion", "registered_capital", "50000"}, "matters", "已经是登记的"},
	})
}

func TestDeregistrationForm(t *testing.T) {
	t.Parallel()
	try(t, Deregistration, subject(Deregistration), []bad{
		{"of a filed one", nil, "", ""},
		{"no reason", []string{"end_reason", "~"}, "end_reason", "选"},
		{"a reason of one's own", []string{"end_reason", "tired"}, "end_reason", "可选"},
		{"half agreed", []string{"agreed", "6"}, "agreed", "没有超过"},
		{"more agreed than came", []string{"agreed", "13"}, "agreed", "比到会人数多"},
		{"property without a receiver", []string{"property", "similar", "rest", "1200"}, "receiver", "还没有填"},
		{"property of nothing", []string{"property", "similar", "rest", "0", "receiver", "坪山区慈善会"}, "rest", "大于 0"},
		{"property to the members", []string{"property", "members"}, "property", "可选"},
	})
	legal := subject(Deregistration)
	legal.Organization.Basis = organization.Registered
	try(t, Deregistration, legal, []bad{
		{"a legal person is wound up", nil, "liquidated_on", "还没有填"},
		{"wound up before it was decided", []string{"liquidated_on", "2026-11-09", "liquidators", "张三丰、李四海"}, "liquidated_on", "早于"},
		{"wound up", []string{"liquidated_on", "2026-11-20", "liquidators", "张三丰、李四海"}, "", ""},
	})
}

func TestMergerForm(t *testing.T) {
	t.Parallel()
	s := subject(Merger)
	party := func(n int, change func(o *organization.Organization)) organization.Organization {
		o := s.Organization
		o.ID, o.Name = uuid.New(), fmt.Sprintf("第 %d 方", n)
		if change != nil {
			change(&o)
		}
		return o
	}
	s.Parties = map[string]organization.Organization{
		code1: party(1, nil), s.Organization.FilingNo: s.Organization,
		code2:             party(2, func(o *organization.Organization) { o.Type = organization.SocialService }),
		"坪社备〔2025〕第0007号": party(3, func(o *organization.Organization) { o.Status = organization.Deregistered }),
	}
	try(t, Merger, s, []bad{
		{"an absorption", nil, "", ""},
		{"no way", []string{"way", "~"}, "way", "选"},
		{"nobody else", []string{PartyControl(1), ""}, "parties", "至少"},
		{"no number", []string{PartyControl(1), "12345"}, PartyControl(1), ""},
		{"an unknown number", []string{PartyControl(1), "坪社备〔2025〕第0099号"}, PartyControl(1), "没有"},
		{"itself", []string{PartyControl(1), s.Organization.FilingNo}, PartyControl(1), "本组织"},
		{"twice", []string{PartyControl(2), code1}, PartyControl(2), "两次"},
		{"of another type", []string{PartyControl(1), code2}, PartyControl(1), "同一类型"},
		{"ended", []string{PartyControl(1), "坪社备[2025]第7号"}, PartyControl(1), "已注销"},
		{"a consolidation without a new one", []string{"way", "consolidation"}, "name", "还没有填"},
		{"a consolidation", []string{"way", "consolidation", "name", "六联社区联合会", "category", "charity", "business_scope", "邻里互助服务",
			"subdistrict", "440310001", "community", "440310001001", "address", "六联社区 201", "head_name", "李四海", "head_id_no", id2, "head_mobile", "13900139000",
			"head_username", "union"}, "", ""},
	})
}

func TestRevocationForm(t *testing.T) {
	t.Parallel()
	s := subject(Revocation)
	try(t, Revocation, s, []bad{
		{"complete", nil, "", ""},
		{"no ground", []string{"grounds", ""}, "grounds", "选"},
		{"a ground of one's own", []string{"grounds", "dislike"}, "grounds", "可选"},
		{"a ground of legal persons", []string{"grounds", "idle"}, "grounds", "只适用于登记"},
		{"no facts", []string{"facts", "没有活动"}, "facts", "至少 20 字"},
		{"nothing tried", []string{"tried", ""}, "tried", "还没有填"},
	})
	s.Organization.Basis = organization.Registered
	try(t, Revocation, s, []bad{{"idle since it was founded", []string{"grounds", "idle"}, "", ""}})
	s.LastActivity = civil.Of(2025, 11, 23)
	try(t, Revocation, s, []bad{{"active on the last day that counts", []string{"grounds", "idle"}, "grounds", "2025年11月23日"}})
	s.LastActivity = civil.Of(2025, 11, 22)
	try(t, Revocation, s, []bad{{"a day before that", []string{"grounds", "idle"}, "", ""}})
	s.Organization.EstablishedOn = civil.Of(2025, 11, 24)
	try(t, Revocation, s, []bad{{"a day too young", []string{"grounds", "idle"}, "grounds", "2026年11月24日起"}})
}

// No number in clear leaves the form in what is kept, whatever its form.
func TestDocumentsKeepMasksOnly(t *testing.T) {
	t.Parallel()
	forms := map[Family]url.Values{Filing: values(Filing), Registration: values(Registration),
		Change: values(Change, "matters", "head", "head_name", "李四海", "head_id_no", id2, "head_mobile", "13900139000", "old_head", "clerk")}
	for f, v := range forms {
		d, faults := paperworkOf(f).read(v, subject(f))
		text, err := json.Marshal(d)
		if err != nil || len(faults) > 0 {
			t.Fatalf("%s: %v %v", f, faults, err)
		}
		for _, clear := range []string{id1, id2, id3, "13800138000", "13900139000"} {
			if strings.Contains(string(text), clear) {
				t.Errorf("%s keeps %s: %s", f, clear, text)
			}
		}
		if !strings.Contains(string(text), "********") {
			t.Errorf("%s keeps no mask: %s", f, text)
		}
	}
}

// Every control that a reader names belongs to an item of the form, so that it is
// saved and can be corrected; sealed are the numbers and they alone.
func TestEveryFaultHasItsItem(t *testing.T) {
	t.Parallel()
	for _, f := range Families {
		p := paperworkOf(f)
		var items []application.Item
		for _, s := range p.sections() {
			items = append(items, s.Items...)
		}
		forms := []url.Values{{}, {"matters": texts(Matters)}, {"way": {"consolidation"}}, {"property": {"similar"}},
			{"init-kind-1": {"unit"}, "init-name-1": {"x"}, "init-name-2": {"y"}, "org_type": {"association"}}}
		var faults []errs.Field
		for _, v := range forms {
			_, more := p.read(v, subject(f))
			faults = append(faults, more...)
		}
		for _, x := range faults {
			if !has(items, x.Name) {
				t.Errorf("%s: the fault at %s has no item", f, x.Name)
			}
		}
		for _, i := range items {
			number := strings.Contains(i.Label, "证件号码") || strings.Contains(i.Label, "负责人手机")
			if i.Sealed != number {
				t.Errorf("%s: %s (%s) sealed %v", f, i.Name, i.Label, i.Sealed)
			}
		}
	}
}

func has(items []application.Item, control string) bool {
	for _, i := range items {
		if i.Has(control) {
			return true
		}
	}
	return false
}

// Papers are asked for by what is asked for.
func TestSlots(t *testing.T) {
	t.Parallel()
	under := subject(Change)
	under.Organization.SupervisingUnit = "区妇女联合会"
	legal := subject(Deregistration)
	legal.Organization.Basis = organization.Registered
	for _, c := range []struct {
		name string
		f    Family
		v    url.Values
		s    Subject
		want string
	}{
		{"a filing", Filing, values(Filing), subject(Filing), "charter minutes head_id venue roster funds"},
		{"a registration under a unit", Registration, values(Registration, "supervising_unit", "区教育局"), subject(Registration), "charter minutes head_id venue roster funds unit_approval capital_proof"},
		{"a change of the name", Change, values(Change), subject(Change), "minutes charter"},
		{"the same under a unit", Change, values(Change), under, "minutes charter unit_approval"},
		{"a change of the head", Change, values(Change, "matters", "head"), subject(Change), "minutes head_id"},
		{"a move", Change, values(Change, "matters", "place"), subject(Change), "minutes venue"},
		{"a conversion", Change, values(Change, "matters", "conversion"), subject(Change), "minutes charter capital_proof"},
		{"an end", Deregistration, values(Deregistration), subject(Deregistration), "minutes"},
		{"an end with property", Deregistration, values(Deregistration, "property", "similar"), legal, "minutes liquidation receipt"},
		{"an absorption", Merger, values(Merger), subject(Merger), "agreement minutes liquidation charter"},
		{"a consolidation", Merger, values(Merger, "way", "consolidation"), subject(Merger), "agreement minutes liquidation charter head_id venue"},
		{"a revocation", Revocation, values(Revocation), subject(Revocation), "evidence"},
	} {
		var keys []string
		for _, slot := range paperworkOf(c.f).slots(c.v, c.s) {
			if slot.Required {
				keys = append(keys, slot.Key)
			}
		}
		if got := strings.Join(keys, " "); got != c.want {
			t.Errorf("%s: papers %s, want %s", c.name, got, c.want)
		}
	}
}

// Nothing that is typed makes a reader panic, and every message is for people.
func FuzzForms(f *testing.F) {
	for _, text := range []string{"", "六联", "<b>", "\x00\u202e", "９９９９９９９９９９", "2026-02-30", "-1", "1e9", "😀", "𠮷坣"} {
		f.Add(text, text)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		for _, family := range Families {
			v := values(family)
			for control := range v {
				v[control] = []string{a, b}
			}
			v["matters"], v["way"] = texts(Matters), []string{"consolidation"}
			_, faults := paperworkOf(family).read(v, subject(family))
			for _, x := range faults {
				if x.Label == "" || x.Message == "" || !utf8.ValidString(x.Message) {
					t.Errorf("%s: a fault without words at %s", family, x.Name)
				}
			}
		}
	})
}
