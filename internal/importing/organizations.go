package importing

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/sheet"
)

// organizations brings in the registry itself.
func organizations(d Deps) Kind {
	return define(Kind{Key: "organizations", Name: "组织", Lead: "已经登记或备案的社区社会组织，一行一个。已经在库里的不会改动；从组织档案导出的表格可以直接读。", Columns: []Column{
		{Field: "name", Name: "组织名称", Required: true, Hint: "证书上的全称", Examples: []string{"坪山区六联社区长者互助服务中心", "坪环社区象棋队"}},
		{Field: "org_type", Name: "组织类型", Required: true, Choices: names(organization.OrgTypes), Examples: []string{organization.SocialService.Name(), organization.Association.Name()}},
		{Field: "status_basis", Name: "管理方式", Required: true, Choices: names(organization.Bases), Examples: []string{organization.Registered.Name(), organization.Filed.Name()}},
		{Field: "category", Name: "业务类别", Required: true, Choices: names(organization.Categories), Examples: []string{organization.Welfare.Name(), organization.CultureSport.Name()}},
		{Field: "uscc", Name: "统一社会信用代码", Kind: sheet.Code, Hint: "登记的组织要填；备案的空着", Examples: []string{"52440310MJL123454E", ""}},
		{Field: "uscc_override_reason", Name: "例外理由", Hint: "证书上的代码校验不通过时写明", Examples: []string{"", ""}},
		{Field: "filing_no", Name: "备案编号", Kind: sheet.Code, Hint: "备案的组织要填", Examples: []string{"", "坪社备〔2017〕第0901号"}},
		{Field: "established_on", Name: "成立日期", Kind: sheet.Date, Required: true, Hint: "证书上的日期，如 2016-05-18", Examples: []string{"2016-05-18", "2017-03-02"}},
		{Field: "registrar", Name: "登记或备案机关", Required: true, Examples: []string{"坪山区民政局", "马峦街道办事处"}},
		{Field: "origin", Name: "成立方式", Required: true, Choices: names(organization.Origins), Examples: []string{organization.OriginNew.Name(), organization.OriginNew.Name()}},
		{Field: "head_name", Name: "负责人姓名", Required: true, Examples: []string{"陈示例", "林示例"}},
		{Field: "head_id_type", Name: "负责人证件类型", Choices: names(person.IDTypes), Hint: "空着是居民身份证", Examples: []string{person.ResidentID.Name(), ""}},
		{Field: "head_id_no", Name: "负责人证件号码", Kind: sheet.Code, Secret: true, Hint: "新登记的要填；加密保存，页面上只显示首尾", Examples: []string{"34052419800101001X", "440310199002280010"}},
		{Field: "head_mobile", Name: "负责人手机", Kind: sheet.Code, Secret: true, Hint: "新登记的要填", Examples: []string{"13800000001", "13800000002"}},
		{Field: "subdistrict", Name: "所属街道", Required: true, Examples: []string{"坪山街道", "马峦街道"}},
		{Field: "community", Name: "所属社区", Required: true, Examples: []string{"六联社区", "坪环社区"}},
		{Field: "address", Name: "住所", Examples: []string{"六联社区党群服务中心二楼", ""}},
		{Field: "supervising_unit", Name: "业务主管（指导）单位", Examples: []string{"坪山区民政局", ""}},
		{Field: "business_scope", Name: "业务范围", Examples: []string{"为社区长者提供互助、探访和日间照料。", "组织棋类活动。"}},
		{Field: "registered_capital", Name: "开办资金（元）", Kind: sheet.Money, Hint: "备案的空着", Examples: []string{"30000", ""}},
		{Field: "service_targets", Name: "服务对象", Hint: "几类之间用顿号隔开，可选：" + organization.TargetNames(organization.ServiceTargets), Examples: []string{"老年人、残疾人", "全体居民"}},
		{Field: "activity_reach", Name: "活动范围", Choices: names(organization.Reaches), Examples: []string{organization.ReachSubdistrict.Name(), organization.ReachCommunity.Name()}},
		{Field: "activity_scope", Name: "活动地域", Hint: "在哪些社区或街道开展活动", Examples: []string{"六联社区、和平社区", ""}},
		{Field: "premises", Name: "场所来源", Choices: names(organization.PremisesKinds), Examples: []string{organization.PremisesLent.Name(), ""}},
		{Field: "members", Name: "会员数", Kind: sheet.Count, Hint: "不知道的空着；社会团体的规模按它分", Examples: []string{"", "36"}},
		{Field: "staff", Name: "从业人数", Kind: sheet.Count, Hint: "专职和兼职合计；其他组织的规模按它分", Examples: []string{"12", "0"}},
		{Field: "full_time", Name: "专职人数", Kind: sheet.Count, Examples: []string{"5", ""}},
		{Field: "social_workers", Name: "社工人数", Kind: sheet.Count, Examples: []string{"2", ""}},
		{Field: "volunteers", Name: "义工人数", Kind: sheet.Count, Examples: []string{"40", "8"}},
		{Field: "party_org", Name: "党组织", Choices: names(organization.PartyOrgs), Examples: []string{organization.PartyJoint.Name(), ""}},
		{Field: "party_members", Name: "党员人数", Kind: sheet.Count, Examples: []string{"", ""}},
		{Field: "introduction", Name: "组织简介", Hint: "500 字以内，会公开", Examples: []string{"为高龄、独居长者提供互助和探访。", ""}},
	}}, source[organization.RegistrationRow]{
		read: func(f *form.Form, b book) organization.RegistrationRow {
			return organization.RegistrationRow{Registration: readOrganization(f, b), Told: readTold(f)}
		},
		check: func(ctx context.Context, q postgres.Querier, now time.Time, actor authz.Actor, rows []organization.RegistrationRow) ([]Verdict, error) {
			checks, err := d.Organizations.CheckRegistrations(ctx, q, now, actor, rows)
			out := make([]Verdict, len(checks))
			for i, c := range checks {
				out[i] = Verdict{Record: c.ID, Differs: c.Differs, Faults: c.Faults, Warnings: c.Warnings, Hints: c.Hints}
			}
			return out, err
		},
		plant: d.Organizations.PlantRegistrations,
		undo:  d.Organizations.UndoImport,

		dependents: organization.RegistrationDependents,
		shelf: shelf{
			records: `select id, name as title, coalesce(uscc, filing_no, '') as sub, id as org_id, '' as no, null::bigint as fen from organization where id = any($1)`,
			takes: `select '组织' as label, '个' as unit, count(*)::int as n, null::bigint as fen from organization where import_id = $1
				union all select '新登记的人员', '人', count(*)::int, null from person where import_id = $1`,
		},
	})
}

func readOrganization(f *form.Form, b book) organization.Registration {
	r := organization.Registration{
		Name: f.Text("name", "组织名称"), Type: pick(f, "org_type", "组织类型", organization.OrgTypes), Basis: pick(f, "status_basis", "管理方式", organization.Bases),
		Category: pick(f, "category", "业务类别", organization.Categories), USCC: f.Text("uscc", "统一社会信用代码"),
		USCCOverrideReason: f.Text("uscc_override_reason", "例外理由"), FilingNo: f.Text("filing_no", "备案编号"),
		EstablishedOn: f.Date("established_on", "成立日期"), Registrar: f.Text("registrar", "登记或备案机关"), Origin: pick(f, "origin", "成立方式", organization.Origins),
		HeadName: f.Text("head_name", "负责人姓名"), HeadIDType: idType(f, "head_id_type", "负责人证件类型"), HeadIDNumber: f.Text("head_id_no", "负责人证件号码"),
		HeadMobile: f.Text("head_mobile", "负责人手机"), SubdistrictCode: b.region(f, "subdistrict", "所属街道"), CommunityCode: b.region(f, "community", "所属社区"),
		Address: f.Text("address", "住所"), SupervisingUnit: f.Text("supervising_unit", "业务主管（指导）单位"), BusinessScope: f.Text("business_scope", "业务范围", form.Max(500)),
	}
	if f.Filled("registered_capital") {
		capital := money.Fen(f.Money("registered_capital", "开办资金"))
		r.RegisteredCapital = &capital
	}
	return r
}

// readTold reads what an organization tells about itself.
func readTold(f *form.Form) organization.Basics {
	return organization.Basics{
		ServiceTargets: pickMany(f, "service_targets", "服务对象", organization.ServiceTargets), Reach: pick(f, "activity_reach", "活动范围", organization.Reaches),
		ActivityScope: f.Text("activity_scope", "活动地域"), Premises: pick(f, "premises", "场所来源", organization.PremisesKinds),
		Members: count(f, "members", "会员数"), Staff: count(f, "staff", "从业人数"), FullTime: count(f, "full_time", "专职人数"),
		SocialWorkers: count(f, "social_workers", "社工人数"), Volunteers: count(f, "volunteers", "义工人数"),
		PartyOrg: pick(f, "party_org", "党组织", organization.PartyOrgs), PartyMembers: count(f, "party_members", "党员人数"), Introduction: f.Text("introduction", "组织简介", form.Max(500)),
	}
}

// idType reads the type of a document; an empty cell is the resident card.
func idType(f *form.Form, field, label string) person.IDType {
	if t := pick(f, field, label, person.IDTypes); t != "" {
		return t
	}
	return person.ResidentID
}
