package organizationpages

import (
	"net/http"
	"net/url"

	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// editing starts a form about the organization of the request.
func (p *Pages) editing(r *http.Request, title, lead, submit string) (*editor, snapshot, error) {
	id, err := orgID(r)
	if err != nil {
		return nil, snapshot{}, err
	}
	s, err := p.load(r, id)
	if err != nil {
		return nil, s, err
	}
	back := home(r, id)
	crumbs := []layout.Crumb{{Label: "本组织档案", Href: back}}
	label := "返回本组织档案"
	if !mine(r) {
		crumbs = []layout.Crumb{{Label: "组织档案", Href: paths.StaffOrganizations}, {Label: s.Record.Name, Href: back}}
		label = "返回" + s.Record.Name
	}
	e := &editor{saved: url.Values{}, to: func() string { return back }}
	e.view = formView{Page: shell(r, title, 0, crumbs...), Heading: title, Lead: lead, Submit: submit, Back: back, BackLabel: label,
		Action: r.URL.Path}
	return e, s, nil
}

func (p *Pages) basicsForm(r *http.Request) (*editor, error) {
	e, s, err := p.editing(r, "基本情况", "", "保存基本情况")
	if err != nil {
		return nil, err
	}
	o := s.Record.Organization
	e.view.Hidden = []ui.Pair{version(o.Version)}
	e.view.Groups = []group{
		{Title: "简介", Controls: []control{
			lines("introduction", "组织简介", 6, 500).hint("会公开。写做什么、为谁做、做了多久").optional(),
			lines("activity_scope", "活动地域", 2, 200).hint("会公开，如：六联社区及周边小区").optional(),
			pick("premises", "场所来源", first("未登记", named(organization.PremisesKinds))).optional(),
		}},
		{Title: "人数", Note: "不清楚的留空，没有的填 0。", Controls: []control{
			people("members", "会员数").optional(),
			people("staff", "从业人数").hint("专职和兼职加起来").optional(),
			people("full_time", "专职人数").optional(),
			people("social_workers", "社工人数").hint("有社会工作者职业资格的").optional(),
			people("volunteers", "义工人数").optional(),
		}},
		{Title: "党建", Controls: []control{
			pick("party_org", "党组织", first("未登记", named(organization.PartyOrgs))).optional(),
			people("party_members", "党员人数").optional(),
		}},
	}
	e.saved = url.Values{"introduction": {o.Introduction}, "activity_scope": {o.ActivityScope}, "premises": {string(o.Premises)},
		"members": {whole(o.Members)}, "staff": {whole(o.Staff)}, "full_time": {whole(o.FullTime)}, "social_workers": {whole(o.SocialWorkers)},
		"volunteers": {whole(o.Volunteers)}, "party_org": {string(o.PartyOrg)}, "party_members": {whole(o.PartyMembers)}}
	e.done = "基本情况已保存。"
	e.save = func(f *form.Form) error {
		in := organization.Basics{OrgID: o.ID, Version: versionOf(f),
			Introduction:  f.Text("introduction", "组织简介", form.Multiline, form.Max(500)),
			ActivityScope: f.Text("activity_scope", "活动地域", form.Max(200)),
			Premises:      organization.Premises(f.Choice("premises", "场所来源", keys(organization.PremisesKinds))),
			Members:       optionalInt(f, "members", "会员数"), Staff: optionalInt(f, "staff", "从业人数"),
			FullTime: optionalInt(f, "full_time", "专职人数"), SocialWorkers: optionalInt(f, "social_workers", "社工人数"),
			Volunteers: optionalInt(f, "volunteers", "义工人数"),
			PartyOrg:   organization.PartyOrg(f.Choice("party_org", "党组织", keys(organization.PartyOrgs))),
		}
		in.PartyMembers = optionalInt(f, "party_members", "党员人数")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SaveBasics(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) contactForm(r *http.Request) (*editor, error) {
	e, s, err := p.editing(r, "联系方式", "只给社区、街道和民政局看，不公开。", "保存联系方式")
	if err != nil {
		return nil, err
	}
	o := s.Record
	mobile := line("contact_mobile", "联系人手机", 14)
	mobile.Type, mobile.InputMode, mobile.Autocomplete = "tel", "tel", "off"
	if o.ContactMobileMask != "" {
		mobile = mobile.hint("现在是 " + o.ContactMobileMask + "。不换的，留空").optional()
	}
	phone, email, post := line("contact_phone", "办公电话", 14), line("contact_email", "电子邮箱", 0), line("postcode", "邮编", 8)
	phone.Type, phone.InputMode, email.Type, post.InputMode = "tel", "tel", "email", "numeric"
	e.view.Hidden = []ui.Pair{version(o.Version)}
	e.view.Groups = []group{{Controls: []control{
		line("contact_name", "联系人", 14), mobile, phone.hint("带区号，如 0755-28888888").optional(), email.optional(),
		line("address", "办公地址", 0), post.optional(),
	}}}
	e.saved = url.Values{"contact_name": {o.ContactName}, "contact_phone": {o.ContactPhone}, "contact_email": {o.ContactEmail},
		"address": {o.Address}, "postcode": {o.Postcode}}
	e.done = "联系方式已保存。"
	e.save = func(f *form.Form) error {
		in := organization.Contact{OrgID: o.ID, Version: versionOf(f), Name: f.Text("contact_name", "联系人"),
			Mobile: f.Text("contact_mobile", "联系人手机"), Phone: f.Text("contact_phone", "办公电话"), Email: f.Text("contact_email", "电子邮箱"),
			Address: f.Text("address", "办公地址", form.Max(200)), Postcode: f.Code("postcode", "邮编")}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SaveContact(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) payeeForm(r *http.Request) (*editor, error) {
	e, s, err := p.editing(r, "收款账户", "资助款付到这里。换了账户，要等区财务重新核验以后才能付款。", "保存收款账户")
	if err != nil {
		return nil, err
	}
	o := s.Record
	no := line("account_no", "账号", 0)
	no.InputMode, no.Autocomplete = "numeric", "off"
	no = no.hint("单位的对公账号，8 至 30 位数字。加密保存，页面上只显示末 4 位")
	replaces := uuid.Nil
	if o.Payee != nil {
		replaces = o.Payee.ID
		no = no.hint("现在是 " + o.Payee.Masked() + "。不换的，留空").optional()
	}
	e.view.Hidden = []ui.Pair{{Name: "replaces", Value: replaces.String()}}
	e.view.Groups = []group{
		{Controls: []control{oneOf("kind", "用谁的账户收款", []ui.Option{
			{Value: string(organization.OwnAccount), Label: "本组织的账户", Hint: "户名要和组织名称一致"},
			{Value: string(organization.AgentAccount), Label: "代收单位的账户", Hint: "备案的组织没有对公账户的，由街道、社区或枢纽型社会组织代收"},
		})}},
		{Title: "账户", Controls: []control{
			line("account_name", "户名", 0), no, line("bank_name", "开户银行", 14), line("branch", "开户支行", 0),
			line("cnaps", "联行号", 14).hint("12 位，不清楚的可以不填").optional(),
		}},
		{Title: "代收单位", Note: "用本组织账户的，不填这一部分。", Controls: []control{
			line("agent_name", "代收单位名称", 0), pick("agent_kind", "代收单位性质", first("请选择", named(organization.AgentKinds))),
			line("authorization_note", "授权书", 0).hint("写明授权书的日期和名称，申请时要上传"),
		}},
	}
	e.saved = url.Values{}
	if a := o.Payee; a != nil {
		e.saved = url.Values{"kind": {string(a.Kind)}, "account_name": {a.AccountName}, "bank_name": {a.BankName}, "branch": {a.Branch},
			"cnaps": {a.CNAPS}, "agent_name": {a.AgentName}, "agent_kind": {string(a.AgentKind)}, "authorization_note": {a.AuthorizationNote}}
	}
	e.done = "收款账户已保存，等区财务核验。"
	e.save = func(f *form.Form) error {
		in := organization.PayeeInput{OrgID: o.ID,
			Kind:        organization.PayeeKind(f.Choice("kind", "用谁的账户收款", keys([]organization.PayeeKind{organization.OwnAccount, organization.AgentAccount}), form.Required)),
			AccountName: f.Text("account_name", "户名", form.Max(60)), AccountNo: f.Text("account_no", "账号"),
			BankName: f.Text("bank_name", "开户银行", form.Max(60)), Branch: f.Text("branch", "开户支行", form.Max(80)), CNAPS: f.Code("cnaps", "联行号"),
			AgentName: f.Text("agent_name", "代收单位名称", form.Max(60)), AgentKind: organization.AgentKind(f.Choice("agent_kind", "代收单位性质", keys(organization.AgentKinds))),
			AuthorizationNote: f.Text("authorization_note", "授权书", form.Max(200)), Accept: f.RawAll("accept")}
		in.Replaces, _ = uuid.Parse(f.Raw("replaces")) // a tampered one is stale
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SavePayee(r.Context(), actor(r), in)
	}
	return e, nil
}
