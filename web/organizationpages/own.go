package organizationpages

import (
	"net/http"
	"net/url"
	"strconv"

	"civilaffairs/internal/form"
	"civilaffairs/internal/organization"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// editing starts a form about the organization of the request.
func (p *Pages) editing(r *http.Request, title, lead, submit string) (*formpage.Editor, snapshot, error) {
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
	e := &formpage.Editor{Saved: url.Values{}, To: back}
	e.View = formpage.View{Page: shell(r, title, 0, crumbs...), Heading: title, Lead: lead, Submit: submit, Back: back, BackLabel: label,
		Action: r.URL.Path}
	return e, s, nil
}

func (p *Pages) basicsForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "基本情况", "", "保存基本情况")
	if err != nil {
		return nil, err
	}
	o := s.Record.Organization
	e.Hidden = []ui.Pair{formpage.Version(o.Version)}
	e.Groups = []formpage.Group{
		{Title: "简介", Controls: []formpage.Control{
			formpage.Lines("introduction", "组织简介", 6, 500).Hint("会公开。写做什么、为谁做、做了多久").Optional(),
			formpage.TickMany("service_targets", "服务对象", formpage.Named(organization.ServiceTargets)).Hint("会公开，可以选几项").Optional(),
			formpage.Pick("activity_reach", "活动范围", formpage.First("未登记", formpage.Named(organization.Reaches))).Hint("会公开。平常在多大的地方开展活动").Optional(),
			formpage.Lines("activity_scope", "活动地域", 2, 200).Hint("会公开，写具体的地方，如：六联社区及周边小区").Optional(),
			formpage.Pick("premises", "场所来源", formpage.First("未登记", formpage.Named(organization.PremisesKinds))).Optional(),
		}},
		{Title: "人数", Note: "不清楚的留空，没有的填 0。", Controls: []formpage.Control{
			formpage.Number("members", "会员数", "人").Optional(),
			formpage.Number("staff", "从业人数", "人").Hint("专职和兼职加起来").Optional(),
			formpage.Number("full_time", "专职人数", "人").Optional(),
			formpage.Number("social_workers", "社工人数", "人").Hint("有社会工作者职业资格的").Optional(),
			formpage.Number("volunteers", "义工人数", "人").Optional(),
		}},
		{Title: "党建", Controls: []formpage.Control{
			formpage.Pick("party_org", "党组织", formpage.First("未登记", formpage.Named(organization.PartyOrgs))).Optional(),
			formpage.Number("party_members", "党员人数", "人").Optional(),
		}},
	}
	e.Saved = url.Values{"introduction": {o.Introduction}, "service_targets": formpage.Keys(o.ServiceTargets), "activity_reach": {string(o.Reach)}, "activity_scope": {o.ActivityScope}, "premises": {string(o.Premises)},
		"members": {whole(o.Members)}, "staff": {whole(o.Staff)}, "full_time": {whole(o.FullTime)}, "social_workers": {whole(o.SocialWorkers)},
		"volunteers": {whole(o.Volunteers)}, "party_org": {string(o.PartyOrg)}, "party_members": {whole(o.PartyMembers)}}
	e.Done = "基本情况已保存。"
	e.Save = func(f *form.Form) error {
		in := organization.Basics{OrgID: o.ID, Version: formpage.VersionOf(f),
			Introduction:  f.Text("introduction", "组织简介", form.Multiline, form.Max(500)),
			ActivityScope: f.Text("activity_scope", "活动地域", form.Max(200)),
			Reach:         organization.Reach(f.Choice("activity_reach", "活动范围", formpage.Keys(organization.Reaches))),
			Premises:      organization.Premises(f.Choice("premises", "场所来源", formpage.Keys(organization.PremisesKinds))),
			Members:       formpage.OptionalInt(f, "members", "会员数"), Staff: formpage.OptionalInt(f, "staff", "从业人数"),
			FullTime: formpage.OptionalInt(f, "full_time", "专职人数"), SocialWorkers: formpage.OptionalInt(f, "social_workers", "社工人数"),
			Volunteers: formpage.OptionalInt(f, "volunteers", "义工人数"),
			PartyOrg:   organization.PartyOrg(f.Choice("party_org", "党组织", formpage.Keys(organization.PartyOrgs))),
		}
		for _, t := range f.RawAll("service_targets") { // what is not in the list the service refuses
			in.ServiceTargets = append(in.ServiceTargets, organization.ServiceTarget(t))
		}
		in.PartyMembers = formpage.OptionalInt(f, "party_members", "党员人数")
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SaveBasics(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) contactForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "联系方式", "只给社区、街道和民政局看，不公开。", "保存联系方式")
	if err != nil {
		return nil, err
	}
	o := s.Record
	mobile := formpage.Line("contact_mobile", "联系人手机", 14)
	mobile.Type, mobile.InputMode, mobile.Autocomplete = "tel", "tel", "off"
	if o.ContactMobileMask != "" {
		mobile = mobile.Hint("现在是 " + o.ContactMobileMask + "。不换的，留空").Optional()
	}
	phone, email, post := formpage.Line("contact_phone", "办公电话", 14), formpage.Line("contact_email", "电子邮箱", 0), formpage.Line("postcode", "邮编", 8)
	phone.Type, phone.InputMode, email.Type, post.InputMode = "tel", "tel", "email", "numeric"
	e.Hidden = []ui.Pair{formpage.Version(o.Version)}
	e.Ask(
		formpage.Line("contact_name", "联系人", 14), mobile, phone.Hint("带区号，如 0755-28888888").Optional(), email.Optional(),
		formpage.Line("address", "办公地址", 0), post.Optional(),
	)
	e.Saved = url.Values{"contact_name": {o.ContactName}, "contact_phone": {o.ContactPhone}, "contact_email": {o.ContactEmail},
		"address": {o.Address}, "postcode": {o.Postcode}}
	e.Done = "联系方式已保存。"
	e.Save = func(f *form.Form) error {
		in := organization.Contact{OrgID: o.ID, Version: formpage.VersionOf(f), Name: f.Text("contact_name", "联系人"),
			Mobile: f.Text("contact_mobile", "联系人手机"), Phone: f.Text("contact_phone", "办公电话"), Email: f.Text("contact_email", "电子邮箱"),
			Address: f.Text("address", "办公地址", form.Max(200)), Postcode: f.Code("postcode", "邮编")}
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SaveContact(r.Context(), actor(r), in)
	}
	return e, nil
}

func (p *Pages) payeeForm(r *http.Request) (*formpage.Editor, error) {
	e, s, err := p.editing(r, "收款账户", "资助款付到这里。换了账户，要等区财务重新核验以后才能付款。", "保存收款账户")
	if err != nil {
		return nil, err
	}
	o := s.Record
	no := formpage.Line("account_no", "账号", 0)
	no.InputMode, no.Autocomplete = "numeric", "off"
	no = no.Hint("单位的对公账号，8 至 30 位数字。加密保存，页面上只显示末 4 位")
	replaces := uuid.Nil
	if o.Payee != nil {
		replaces = o.Payee.ID
		no = no.Hint("现在是 " + o.Payee.Masked() + "。不换的，留空").Optional()
	}
	e.Hidden = []ui.Pair{{Name: "replaces", Value: replaces.String()}}
	e.Groups = []formpage.Group{
		{Controls: []formpage.Control{formpage.OneOf("kind", "用谁的账户收款", []ui.Option{
			{Value: string(organization.OwnAccount), Label: "本组织的账户", Hint: "户名要和组织名称一致"},
			{Value: string(organization.AgentAccount), Label: "代收单位的账户", Hint: "备案的组织没有对公账户的，由街道、社区或枢纽型社会组织代收"},
		})}},
		{Title: "账户", Controls: []formpage.Control{
			formpage.Line("account_name", "户名", 0), no, formpage.Line("bank_name", "开户银行", 14), formpage.Line("branch", "开户支行", 0),
			formpage.Line("cnaps", "联行号", 14).Hint("12 位，不清楚的可以不填").Optional(),
		}},
		{Title: "代收单位", Note: "用本组织账户的，不填这一部分。", Controls: []formpage.Control{
			formpage.Line("agent_name", "代收单位名称", 0), formpage.Pick("agent_kind", "代收单位性质", formpage.First("请选择", formpage.Named(organization.AgentKinds))),
			formpage.Line("authorization_note", "授权书", 0).Hint("写明授权书的日期和名称，申请时要上传"),
		}},
	}
	e.Saved = url.Values{}
	if a := o.Payee; a != nil {
		e.Saved = url.Values{"kind": {string(a.Kind)}, "account_name": {a.AccountName}, "bank_name": {a.BankName}, "branch": {a.Branch},
			"cnaps": {a.CNAPS}, "agent_name": {a.AgentName}, "agent_kind": {string(a.AgentKind)}, "authorization_note": {a.AuthorizationNote}}
	}
	e.Done = "收款账户已保存，等区财务核验。"
	e.Save = func(f *form.Form) error {
		in := organization.PayeeInput{OrgID: o.ID,
			Kind:        organization.PayeeKind(f.Choice("kind", "用谁的账户收款", formpage.Keys([]organization.PayeeKind{organization.OwnAccount, organization.AgentAccount}), form.Required)),
			AccountName: f.Text("account_name", "户名", form.Max(60)), AccountNo: f.Text("account_no", "账号"),
			BankName: f.Text("bank_name", "开户银行", form.Max(60)), Branch: f.Text("branch", "开户支行", form.Max(80)), CNAPS: f.Code("cnaps", "联行号"),
			AgentName: f.Text("agent_name", "代收单位名称", form.Max(60)), AgentKind: organization.AgentKind(f.Choice("agent_kind", "代收单位性质", formpage.Keys(organization.AgentKinds))),
			AuthorizationNote: f.Text("authorization_note", "授权书", form.Max(200)), Accept: f.RawAll("accept")}
		in.Replaces, _ = uuid.Parse(f.Raw("replaces")) // a tampered one is stale
		if err := f.Err(); err != nil {
			return err
		}
		return p.Organizations.SavePayee(r.Context(), actor(r), in)
	}
	return e, nil
}

// whole is what a box for a number holds: nothing for what is not recorded.
func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}
