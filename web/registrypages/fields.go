package registrypages

import (
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/formpage"
	"civilaffairs/web/ui"
)

// block is a part of a section: questions under a heading, which may be "".
type block struct {
	Title, Note string
	Questions   []formpage.Control
}

// rowView is one row of a table of a form.
type rowView struct {
	Legend string
	Cells  []formpage.Control
}

func subjectOf(v applying.SectionView) registry.Subject { return v.Form.Subject.(registry.Subject) }

// ask prepares the question of an item that has one control.
func ask(v applying.SectionView, c formpage.Control) formpage.Control { return askAs(v, c.Name, c) }

// askAs is ask for a control of an item with another name.
func askAs(v applying.SectionView, item string, c formpage.Control) formpage.Control {
	return c.Filled(v.Values, v.Field(item, c.Name, c.Label))
}

func asked(v applying.SectionView, list ...formpage.Control) []formpage.Control {
	for i, c := range list {
		list[i] = ask(v, c)
	}
	return list
}

func communities(regions *district.RegionSet, today civil.Date) []ui.Option {
	options := []ui.Option{{Value: "", Label: "选社区"}}
	for _, s := range regions.Subdistricts(today) {
		for _, c := range regions.CommunitiesOf(s.Code, today) {
			options = append(options, ui.Option{Value: c.Code, Label: c.Name, Group: s.Name})
		}
	}
	return options
}

func subdistricts(regions *district.RegionSet, today civil.Date) []ui.Option {
	options := []ui.Option{{Value: "", Label: "选街道"}}
	for _, s := range regions.Subdistricts(today) {
		options = append(options, ui.Option{Value: s.Code, Label: s.Name})
	}
	return options
}

func place(s registry.Subject) []formpage.Control {
	return []formpage.Control{formpage.Pick("subdistrict", "所属街道", subdistricts(s.Regions, s.Today)), formpage.Pick("community", "所属社区", communities(s.Regions, s.Today)),
		formpage.Line("address", "住所", 0).Hint("写到门牌号。几个组织可以共用一个场所")}
}

func idTypes() []ui.Option {
	var options []ui.Option
	for _, t := range person.IDTypes {
		options = append(options, ui.Option{Value: string(t), Label: t.Name()})
	}
	return options
}

func choices(list []registry.Choice) []ui.Option {
	options := make([]ui.Option, len(list))
	for i, c := range list {
		options[i] = ui.Option{Value: c.Key, Label: c.Text}
	}
	return options
}

func head() []formpage.Control {
	mobile := formpage.Line("head_mobile", "负责人手机", 14)
	mobile.Type, mobile.InputMode = "tel", "tel"
	return []formpage.Control{formpage.Line("head_name", "负责人姓名", 8), formpage.Pick("head_id_type", "负责人证件类型", idTypes()),
		formpage.Line("head_id_no", "负责人证件号码", 14), mobile,
		formpage.Lines("head_many_reason", "同时担任其他组织负责人的说明", 3, 300).Hint("担任多个组织负责人的填写").Optional()}
}

// blocksOf are the questions of a section that has no table.
func blocksOf(v applying.SectionView) []block {
	s := subjectOf(v)
	switch v.Section.Key {
	case "organization":
		return []block{{Questions: asked(v, organizationFields(s)...)}}
	case "place":
		return []block{{Questions: asked(v, append(place(s), formpage.OneOf("premises", "场所来源", formpage.Named(organization.PremisesKinds)))...)}}
	case "head":
		return []block{{Note: "拟任负责人就是您本人。准予以后，您的账号成为组织的负责人账号。", Questions: asked(v, head()...)}}
	case "people":
		return []block{{Questions: asked(v, peopleFields(s)...)}}
	case "matters":
		return []block{{Questions: asked(v, formpage.TickMany("matters", "变更事项", formpage.Named(registry.Matters)),
			formpage.Day("decided_on", "会议通过日期").Hint("按章程作出变更决定的会议"), formpage.Lines("reason", "变更原因", 4, 1000))}}
	case "values":
		return changes(v, s)
	case "terms":
		return []block{{Questions: asked(v, formpage.Day("decided_on", "会议通过日期").Hint("各方会议中最晚的一次"), formpage.Lines("reason", "合并原因", 4, 1000),
			formpage.Lines("arrangement", "承接安排", 4, 1000).Hint("债权债务、财产、人员和没有办结的事项由谁承接"))}}
	case "new":
		return fresh(v, s)
	case "reason":
		return []block{{Questions: asked(v, formpage.OneOf("end_reason", "注销原因", choices(registry.EndReasons)), formpage.Lines("explanation", "情况说明", 4, 1000),
			formpage.Day("decided_on", "会议通过日期"), formpage.Number("present", "到会人数", "人"), formpage.Number("agreed", "同意人数", "人"))}}
	case "property":
		return []block{{Questions: asked(v, property(s)...)}}
	}
	return []block{{Questions: asked(v, revocationFields()...)}}
}

func organizationFields(s registry.Subject) []formpage.Control {
	types := organization.OrgTypes
	if s.Family == registry.Filing {
		types = []organization.OrgType{organization.Association, organization.SocialService} // a foundation is always registered
	}
	list := []formpage.Control{
		formpage.Line("name", "组织名称", 0).Hint("4 至 60 字，如：坪山区坪山街道六联社区长者互助会"),
		formpage.Lines("similar_reason", "名称相近的说明", 2, 300).Hint("和已有组织名称相近的，说明区别").Optional(),
		formpage.OneOf("org_type", "组织类型", formpage.Named(types)), formpage.OneOf("category", "业务类别", formpage.Named(organization.Categories)),
		formpage.Line("activity_scope", "活动地域", 0).Hint("在哪些社区或街道开展活动"), formpage.Lines("business_scope", "业务范围", 4, 500),
		unit(s).Optional(),
	}
	if s.Family == registry.Registration {
		list = append(list, formpage.Amount("registered_capital", "开办资金").Hint("至少 "+s.Params.MinCapital.String()+" 元"))
	}
	return list
}

func peopleFields(s registry.Subject) []formpage.Control {
	p := s.Params
	members := fmt.Sprintf("社会团体填写，备案的至少 %d 名", p.MinMembers)
	if s.Family == registry.Registration {
		members = fmt.Sprintf("社会团体填写，登记的至少 %d 名会员或 %d 个单位会员", p.RegisteredMembers, p.RegisteredUnits)
	}
	return []formpage.Control{formpage.Number("members", "个人会员数", "人").Hint(members), formpage.Number("unit_members", "单位会员数", "个").Optional(),
		formpage.Number("staff", "从业人数", "人").Hint(fmt.Sprintf("专职和兼职合计，社会服务机构至少 %d 名", p.MinStaff)), formpage.Number("full_time", "专职人数", "人"),
		formpage.Number("volunteers", "义工人数", "人")}
}

func unit(s registry.Subject) formpage.Control {
	return formpage.Listed("supervising_unit", "业务主管（指导）单位", s.Units.Offered, s.Units.Remark)
}

// changes asks for the new values of what was chosen.
func changes(v applying.SectionView, s registry.Subject) []block {
	chosen := v.Values["matters"]
	fields := map[registry.Matter][]formpage.Control{
		registry.NameMatter: {formpage.Line("name", "新名称", 0), formpage.Lines("similar_reason", "名称相近的说明", 2, 300).Optional()},
		registry.HeadMatter: append(head(), formpage.Line("head_username", "新负责人的用户名", 14).Hint("新负责人在平台还没有账号的填写，核准后由街道交付一次性密码").Optional(),
			formpage.OneOf("old_head", "原负责人的账号", []ui.Option{{Value: registry.StaysAsClerk, Label: "改为经办人"}, {Value: registry.Leaves, Label: "停用"}})),
		registry.PlaceMatter:    place(s),
		registry.ScopeMatter:    {formpage.Lines("business_scope", "业务范围", 4, 500)},
		registry.UnitMatter:     {unit(s)},
		registry.CategoryMatter: {formpage.OneOf("category", "业务类别", formpage.Named(organization.Categories))},
		registry.CapitalMatter:  {formpage.Amount("registered_capital", "开办资金")},
	}
	var blocks []block
	for _, m := range registry.Matters {
		if !slices.Contains(chosen, string(m)) {
			continue
		}
		b := block{Title: m.Name(), Questions: asked(v, fields[m]...)}
		if m == registry.ConversionMatter {
			b.Note = "核准后由区民政局赋予统一社会信用代码，换发登记证书。登记的人数和资金要求见办事条件。"
			if !slices.Contains(chosen, string(registry.CapitalMatter)) {
				b.Questions = asked(v, formpage.Amount("registered_capital", "开办资金"))
			}
		}
		blocks = append(blocks, b)
	}
	if len(blocks) == 0 {
		return []block{{Note: "先在“变更事项”里选要变更的内容，这里再填变更后的内容。"}}
	}
	return blocks
}

// fresh asks about what comes of a consolidation; an absorption makes nothing new.
func fresh(v applying.SectionView, s registry.Subject) []block {
	if v.Values.Get("way") != string(organization.Consolidation) {
		return []block{{Note: "吸收合并由本组织存续，这一部分不用填。按“保存并继续”到下一步。"}}
	}
	own := []formpage.Control{
		formpage.Line("name", "新组织的名称", 0), formpage.Lines("similar_reason", "名称相近的说明", 2, 300).Optional(),
		formpage.OneOf("category", "业务类别", formpage.Named(organization.Categories)), formpage.Lines("business_scope", "业务范围", 4, 500),
		unit(s).Optional(),
	}
	if s.Organization.Basis == organization.Registered {
		own = append(own, formpage.Amount("registered_capital", "开办资金"))
	}
	return []block{{Title: "组织", Questions: asked(v, own...)}, {Title: "住所", Questions: asked(v, place(s)...)},
		{Title: "负责人", Questions: asked(v, append(head(), formpage.Line("head_username", "负责人的用户名", 14).Hint("在各方都还没有账号的填写，准予后由街道交付一次性密码；已有账号的，原来的账号转到新组织").Optional())...)}}
}

func property(s registry.Subject) []formpage.Control {
	var list []formpage.Control
	if s.Organization.Basis == organization.Registered {
		list = append(list, formpage.Day("liquidated_on", "清算结束日期"), formpage.Line("liquidators", "清算组成员", 0))
	}
	return append(list, formpage.OneOf("property", "剩余财产的去向", choices(registry.PropertyGoes)).Hint("不能分给会员、发起人或工作人员"),
		formpage.Amount("rest", "剩余财产金额").Hint("有剩余财产的填写").Optional(), formpage.Line("receiver", "接收单位", 0).Hint("有剩余财产的填写").Optional())
}

func revocationFields() []formpage.Control {
	grounds := make([]ui.Option, len(registry.RevocationGrounds))
	for i, g := range registry.RevocationGrounds {
		grounds[i] = ui.Option{Value: g.Key, Label: g.Text, Hint: g.Article}
	}
	return []formpage.Control{formpage.TickMany("grounds", "理由", grounds), formpage.Lines("facts", "查明的事实", 6, 2000).Hint("20 至 2,000 字，会写进事先告知书"),
		formpage.Lines("tried", "已经采取的引导措施", 4, 1000).Hint("约谈、整改、引导合并或注销的经过")}
}

// initiatorRows are the rows of founders: the filled ones and some to go on with.
func initiatorRows(v applying.SectionView) []rowView {
	last := 3
	for i := 1; i <= registry.MaxInitiators; i++ {
		if v.Values.Get(registry.InitiatorControl("name", i)) != "" || v.Values.Get(registry.InitiatorControl("code", i)) != "" {
			last = max(last, i+2)
		}
	}
	var rows []rowView
	for i := 1; i <= min(last, registry.MaxInitiators); i++ {
		control := func(part string) string { return registry.InitiatorControl(part, i) }
		rows = append(rows, rowView{Legend: fmt.Sprintf("第 %d 名", i), Cells: []formpage.Control{
			askAs(v, "initiators", formpage.Pick(control("kind"), "身份", []ui.Option{{Value: registry.NaturalPerson, Label: "自然人"}, {Value: registry.Unit, Label: "单位"}})),
			askAs(v, "initiators", formpage.Line(control("name"), "姓名或单位名称", 0)),
			askAs(v, "initiators", formpage.Pick(control("type"), "证件类型（自然人）", idTypes())),
			askAs(v, "initiator_ids", formpage.Line(control("id"), "证件号码（自然人）", 14)),
			askAs(v, "initiators", formpage.Line(control("code"), "统一社会信用代码（单位）", 14)),
		}})
	}
	return rows
}

// partyRows are the numbers of the other parties of a merger.
func partyRows(v applying.SectionView) []formpage.Control {
	last := 2
	for i := 1; i <= registry.MaxParties; i++ {
		if v.Values.Get(registry.PartyControl(i)) != "" {
			last = max(last, i+1)
		}
	}
	var list []formpage.Control
	for i := 1; i <= min(last, registry.MaxParties); i++ {
		c := formpage.Line(registry.PartyControl(i), fmt.Sprintf("第 %d 方的统一社会信用代码或备案编号", i), 0)
		if i > 1 {
			c = c.Optional()
		}
		list = append(list, askAs(v, "parties", c))
	}
	return list
}

// shownOf is what was typed into a control of a choice, in words.
func shownOf(typed string, options []ui.Option) string {
	for _, o := range options {
		if o.Value == typed {
			return o.Label
		}
	}
	return typed
}
