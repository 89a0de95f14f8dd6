package organizationpages

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// newForm records a new organization, filled in from an account claim when the
// address names one.
func (p *Pages) newForm(r *http.Request) (*formpage.Editor, error) {
	regions, units, on, err := p.placesAndUnits(r.Context())
	if err != nil {
		return nil, err
	}
	title := "登记组织"
	e := &formpage.Editor{Saved: url.Values{"org_type": {string(organization.Association)}, "status_basis": {string(organization.Filed)},
		"origin": {string(organization.OriginNew)}, "head_id_type": {string(person.ResidentID)}}}
	if a := actor(r); a.Role == authz.Subdistrict {
		e.Saved.Set("subdistrict", a.Subdistrict)
		e.Saved.Set("registrar", regions.Name(a.Subdistrict)+"办事处")
	}
	claim, err := p.prefill(r, e)
	if err != nil {
		return nil, err
	}
	e.View = formpage.View{Page: shell(r, title, 0, layout.Crumb{Label: "组织档案", Href: paths.StaffOrganizations}), Heading: title,
		Lead: "看着登记或备案证书填。", Submit: "登记这个组织", Back: paths.StaffOrganizations, BackLabel: "返回组织档案",
		Action: r.URL.RequestURI(), Hidden: []ui.Pair{formpage.Token()}, Groups: registrationGroups(regions, units, on, "", "")}
	e.Done = "组织已登记。接着登记制度、活动和名录查询。"
	e.Save = func(f *form.Form) error {
		in := readRegistration(f, on)
		in.Token, in.ClaimID = f.Raw("token"), claim
		if err := f.Err(); err != nil {
			return err
		}
		id, err := p.Organizations.Register(r.Context(), actor(r), in)
		e.To = paths.StaffOrganization(id.String())
		if claim != uuid.Nil {
			e.To = paths.Claim(claim.String())
			e.Done = "组织已登记。核对后确认这个账号。"
		}
		e.Done += units.Remark(in.SupervisingUnit)
		return err
	}
	return e, nil
}

func (p *Pages) places(ctx context.Context) (regions *district.RegionSet, on civil.Date, err error) {
	err = p.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		on = civil.On(now)
		regions, err = district.Regions(ctx, q)
		return err
	})
	return regions, on, err
}

// placesAndUnits are the regions, and the departments as they are known today.
func (p *Pages) placesAndUnits(ctx context.Context) (regions *district.RegionSet, units district.Units, on civil.Date, err error) {
	err = p.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		on = civil.On(now)
		var list []district.Department
		regions, list, err = district.WithDepartments(ctx, q)
		units = district.UnitsOn(list, on)
		return err
	})
	return regions, units, on, err
}

// prefill takes over what somebody who registered an account has typed.
func (p *Pages) prefill(r *http.Request, e *formpage.Editor) (uuid.UUID, error) {
	id, err := uuid.Parse(r.URL.Query().Get("claim"))
	if err != nil || p.Claim == nil {
		return uuid.Nil, nil
	}
	c, err := p.Claim(r.Context(), actor(r), id)
	if err != nil {
		return uuid.Nil, err
	}
	e.Saved.Set("name", c.OrganizationName)
	e.Saved.Set("subdistrict", c.Subdistrict)
	e.Saved.Set("community", c.Community)
	if c.NumberKind == "credit" {
		e.Saved.Set("uscc", c.Number)
		e.Saved.Set("status_basis", string(organization.Registered))
	} else {
		e.Saved.Set("filing_no", c.Number)
	}
	if c.Role == authz.OrgHead {
		e.Saved.Set("head_name", c.Name)
	}
	return id, nil
}

// registrationGroups are the questions about registered facts. Hints say what is
// kept when a sensitive box stays empty.
func registrationGroups(regions *district.RegionSet, units district.Units, on civil.Date, idHint, mobileHint string) []formpage.Group {
	idNo, mobile := formpage.Line("head_id_no", "负责人证件号码", 0), formpage.Line("head_mobile", "负责人手机", 14)
	idNo.Autocomplete, mobile.Autocomplete, mobile.Type, mobile.InputMode = "off", "off", "tel", "tel"
	if idHint != "" {
		idNo, mobile = idNo.Hint(idHint).Optional(), mobile.Hint(mobileHint).Optional()
	} else {
		idNo = idNo.Hint("加密保存，查看要写理由并留下记录")
	}
	scope := formpage.Lines("business_scope", "业务范围", 4, 500)
	return []formpage.Group{
		{Title: "组织", Controls: []formpage.Control{
			formpage.Line("name", "组织名称", 0).Hint("证书上的全称"), formpage.OneOf("org_type", "组织类型", formpage.Named(organization.OrgTypes)),
			formpage.Pick("category", "业务类别（3+3）", formpage.First("请选择", categoryOptions())),
			formpage.OneOf("origin", "成立方式", formpage.Named(organization.Origins)),
			formpage.Day("established_on", "成立日期").Hint("证书上的登记或备案日期，半年、一年都从这天算起"),
		}},
		{Title: "登记或备案", Controls: []formpage.Control{
			formpage.OneOf("status_basis", "管理方式", []ui.Option{
				{Value: string(organization.Registered), Label: "登记", Hint: "有法人资格，有统一社会信用代码"},
				{Value: string(organization.Filed), Label: "备案", Hint: "没有法人资格，有备案编号"},
			}),
			formpage.Line("registrar", "登记或备案机关", 14),
			formpage.Line("uscc", "统一社会信用代码", 18).Hint("登记的填，18 位。备案的留空"),
			formpage.Line("filing_no", "备案编号", 18).Hint("备案的填，如 坪社备〔2026〕第0001号"),
			formpage.Line("uscc_override_reason", "例外理由", 0).Hint("证书上的代码校验位对不上，或备案组织确有代码的，在这里写明").Optional(),
			formpage.Amount("registered_capital", "开办资金").Hint("登记的组织填").Optional(),
		}},
		{Title: "负责人", Controls: []formpage.Control{
			formpage.Line("head_name", "负责人姓名", 14), formpage.Pick("head_id_type", "证件类型", formpage.Named(person.IDTypes)), idNo, mobile,
		}},
		{Title: "地点和业务", Controls: []formpage.Control{
			formpage.Pick("subdistrict", "所属街道", formpage.First("请选择", subdistricts(regions, on))), formpage.Pick("community", "所属社区", communities(regions, on, "请选择")),
			formpage.Line("address", "住所", 0).Optional(), formpage.Listed("supervising_unit", "业务主管（指导）单位", units.Offered, units.Remark).Optional(), scope.Optional(),
		}},
	}
}

func categoryOptions() []ui.Option {
	out := make([]ui.Option, len(organization.Categories))
	for i, c := range organization.Categories {
		group := "大力发展"
		if c.Priority() {
			group = "重点培育"
		}
		out[i] = ui.Option{Value: string(c), Label: c.Name(), Group: group}
	}
	return out
}

func subdistricts(regions *district.RegionSet, on civil.Date) []ui.Option {
	var out []ui.Option
	for _, s := range regions.Subdistricts(on) {
		out = append(out, ui.Option{Value: s.Code, Label: s.Name})
	}
	return out
}

func readRegistration(f *form.Form, on civil.Date) organization.Registration {
	in := organization.Registration{
		Name:               f.Text("name", "组织名称", form.Required),
		Type:               organization.OrgType(f.Choice("org_type", "组织类型", formpage.Keys(organization.OrgTypes), form.Required)),
		Category:           organization.Category(f.Choice("category", "业务类别", formpage.Keys(organization.Categories), form.Required)),
		Origin:             organization.Origin(f.Choice("origin", "成立方式", formpage.Keys(organization.Origins), form.Required)),
		EstablishedOn:      f.Date("established_on", "成立日期", form.Required, form.Past(on)),
		Basis:              organization.Basis(f.Choice("status_basis", "管理方式", formpage.Keys(organization.Bases), form.Required)),
		Registrar:          f.Text("registrar", "登记或备案机关", form.Required, form.Max(60)),
		USCC:               f.Code("uscc", "统一社会信用代码"),
		FilingNo:           f.Text("filing_no", "备案编号"),
		USCCOverrideReason: f.Text("uscc_override_reason", "例外理由", form.Max(200)),
	}
	if capital := f.Money("registered_capital", "开办资金"); f.Filled("registered_capital") {
		in.RegisteredCapital = new(money.Fen)
		*in.RegisteredCapital = capital
	}
	in.HeadName, in.HeadIDType = f.Text("head_name", "负责人姓名", form.Required), person.IDType(f.Choice("head_id_type", "证件类型", formpage.Keys(person.IDTypes)))
	in.HeadIDNumber, in.HeadMobile = f.Text("head_id_no", "负责人证件号码"), f.Text("head_mobile", "负责人手机")
	in.SubdistrictCode, in.CommunityCode = f.Code("subdistrict", "所属街道", form.Required), f.Code("community", "所属社区", form.Required)
	in.Address, in.SupervisingUnit = f.Text("address", "住所", form.Max(200)), f.Text("supervising_unit", "业务主管（指导）单位", form.Max(60))
	in.BusinessScope, in.Accept = f.Text("business_scope", "业务范围", form.Multiline, form.Max(500)), f.RawAll("accept")
	return in
}

// The two ways to alter registered facts.
const (
	correcting = "correction"
	changing   = "change"
)

// registrationForm corrects or changes registered facts.
func (p *Pages) registrationForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记事项", "", "保存登记事项")
	if err != nil {
		return nil, err
	}
	o := s.Record
	why := formpage.Group{Title: "怎么改", Controls: []formpage.Control{
		formpage.OneOf("mode", "办理方式", []ui.Option{
			{Value: correcting, Label: "更正填错的内容", Hint: "从一开始就按新内容算，不公开"},
			{Value: changing, Label: "登记已经批准的变更", Hint: "从变更日期起按新内容算，写进公开的大事记"},
		}),
		formpage.Day("effective_on", "变更日期").Hint("批准变更的日期。更正的不填").Optional(), formpage.Lines("reason", "理由", 3, 200).Hint("依据哪份文件，不公开"),
	}}
	e.Hidden = []ui.Pair{formpage.Version(o.Version)}
	e.Groups = append(registrationGroups(s.Regions, s.Units, s.Today, "换了负责人才填。不换的，留空", "现在是 "+o.HeadMobileMask+"。不换的，留空"), why)
	e.Saved = savedRegistration(o.Organization)
	e.Done = "登记事项已保存。"
	e.Save = func(f *form.Form) error {
		in := organization.Revision{Registration: readRegistration(f, s.Today), OrgID: o.ID, Version: formpage.VersionOf(f)}
		mode := f.Choice("mode", "办理方式", []string{correcting, changing}, form.Required)
		in.EffectiveOn = f.Date("effective_on", "变更日期", form.Past(s.Today))
		if mode == changing && !f.Filled("effective_on") {
			f.Fail("effective_on", "变更日期", "登记变更要填变更日期，就是批准变更的那一天")
		}
		if mode == correcting && f.Filled("effective_on") {
			f.Fail("effective_on", "变更日期", "更正不填变更日期。确实是变更的，上面改选“登记已经批准的变更”")
		}
		in.Reason = f.Text("reason", "理由", form.Required, form.Multiline, form.Max(200))
		if err := f.Err(); err != nil {
			return err
		}
		e.Done += s.Units.Remark(in.SupervisingUnit)
		return p.Organizations.Revise(r.Context(), actor(r), in)
	}
	return e, nil
}

func savedRegistration(o organization.Organization) url.Values {
	v := url.Values{"name": {o.Name}, "org_type": {string(o.Type)}, "category": {string(o.Category)}, "origin": {string(o.Origin)},
		"established_on": {o.EstablishedOn.String()}, "status_basis": {string(o.Basis)}, "registrar": {o.Registrar}, "uscc": {o.USCC},
		"filing_no": {o.FilingNo}, "uscc_override_reason": {o.USCCOverrideReason}, "head_name": {o.HeadName}, "head_id_type": {string(person.ResidentID)},
		"subdistrict": {o.SubdistrictCode}, "community": {o.CommunityCode}, "address": {o.Address}, "supervising_unit": {o.SupervisingUnit},
		"business_scope": {o.BusinessScope}}
	if o.RegisteredCapital != nil {
		v.Set("registered_capital", o.RegisteredCapital.String())
	}
	return v
}

// statusForm records where the organization stands in its life.
func (p *Pages) statusForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "登记状态", "状态和原因会公开。已注销和已撤销的组织不能再申请扶持。", "登记这个状态")
	if err != nil {
		return nil, err
	}
	o := s.Record
	e.Above = factList([]ui.Fact{ui.F("现在的状态", o.Status.Name()), ui.F("从哪天起", o.StatusSince.Chinese())})
	e.Hidden = []ui.Pair{formpage.Version(o.Version)}
	e.Ask(
		formpage.Pick("status", "新的状态", formpage.First("请选择", formpage.Named(organization.Statuses))), formpage.Day("since", "从哪天起").Hint("决定或生效的日期"),
		formpage.Lines("reason", "依据和原因", 4, 500).Hint("会公开。写明决定书文号"),
	)
	e.Done = "状态已登记。"
	e.Save = func(f *form.Form) error {
		in := organization.StatusChange{OrgID: o.ID, Version: formpage.VersionOf(f),
			Status: organization.Status(f.Choice("status", "新的状态", formpage.Keys(organization.Statuses), form.Required)),
			Since:  f.Date("since", "从哪天起", form.Required, form.Past(s.Today)), Reason: f.Text("reason", "依据和原因", form.Required, form.Multiline, form.Max(500))}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.RecordStatus(r.Context(), actor(r), in)
	}
	return e, nil
}
