package organizationpages

import (
	"net/http"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
	"github.com/google/uuid"
)

// section is one part of the record with the links to what may be entered.
type section struct {
	ID, Title, Note string
	Body            templ.Component
	Links           []ui.Tab
}

// recordView is the full record as an office sees it, or the overview of the own
// profile.
type recordView struct {
	layout.Page
	Name       string
	Demo       bool
	Status     string
	StatusTone ui.Tone
	Meta       string
	Sections   []section
	Aside      []section
	Tasks      []ui.Task // own profile only
	Public     string    // the public profile
	Liaison    string    // the joint timeline, "" for who may not read it
	Duplicates []ui.Tab  // pairs that wait for a look
	Past       pastForm
	Merged     templ.Component // records that went into this one, nil for none
}

func (p *Pages) showRecord(w http.ResponseWriter, r *http.Request) error {
	id, err := orgID(r)
	if err != nil {
		return err
	}
	if asked(r) {
		return p.showPast(w, r, id, true)
	}
	s, err := p.load(r, id)
	if err != nil {
		return err
	}
	if into := s.Record.MergedInto; into != uuid.Nil {
		return httpserver.SeeOther(w, r, paths.StaffOrganization(into.String()))
	}
	v := head(r, s)
	v.Page = shell(r, s.Record.Name, 0, layout.Crumb{Label: "组织档案", Href: paths.StaffOrganizations})
	v.Duplicates = duplicateNote(s)
	v.Past = pastForm{Action: paths.StaffOrganization(id.String()), Field: ui.Field{Name: "on", Label: "看哪一天的情况"}}
	v.Merged = mergedSection(r, s)
	v.Sections = []section{
		{ID: "standing", Title: "名录和违规", Note: "前三个名录没有查过的，申请时按“未查到”处理", Body: ui.Join(ui.DataTable(listTable(s.Standing)), recordTable(entryTable(r, s))),
			Links: links(r, s, "checks", "登记查询", "entries", "登记记录")},
		{ID: "systems", Title: "内部制度", Body: recordTable(systemTable(r, s)), Links: append(links(r, s, "systems", "登记制度"),
			ui.Tab{Href: paths.StaffOrganizationGovernance(s.Record.ID.String()), Label: "看内部治理和制度文本"})},
		{ID: "activities", Title: "活动记录", Body: recordTable(activityTable(r, s)), Links: links(r, s, "activities", "登记活动")},
		{ID: "reports", Title: "年度报告", Note: lookNote(s, organization.AnnualReports), Body: recordTable(reportTable(r, s)),
			Links: links(r, s, "reports", "登记纸质年报的结论", "looks?subject=annual_reports", "登记核查")},
		{ID: "grants", Title: "历史资助", Note: lookNote(s, organization.EarlierGrants), Body: recordTable(grantTable(r, s)),
			Links: links(r, s, "grants", "登记资助", "looks?subject=earlier_grants", "登记核查")},
		certificateSection(s),
		{ID: "grades", Title: "星级", Body: recordTable(gradeTable(r, s)), Links: gradeLinks(r, s)},
	}
	v.Aside = []section{
		{ID: "registration", Title: "登记事项", Body: ui.Facts(registrationFacts(s)), Links: links(r, s, "registration", "更正或变更", "status", "登记状态")},
		{ID: "head", Title: "负责人", Body: ui.Facts(headFacts(s)), Links: unmaskLinks(r, s, authz.SensitiveUnmask, "head/unmasking", "查看证件号码")},
		{ID: "contact", Title: "联系方式", Body: ui.Facts(contactFacts(s))},
		{ID: "payee", Title: "收款账户", Body: payeeBody(r, s), Links: unmaskLinks(r, s, authz.AccountNumberUnmask, "payee/unmasking", "查看完整账号")},
		{ID: "basics", Title: "服务、人员和党建", Body: ui.Facts(peopleFacts(s)), Links: rosterLinks(r, s)},
	}
	if may(r, authz.ApplicationOffice) && !s.Record.Status.Final() {
		v.Aside = append(v.Aside, section{ID: "revocation", Title: "撤销备案或登记", Body: revocation(s.Record.ID.String(), once.NewToken())})
	}
	return httpserver.Render(w, r, http.StatusOK, recordPage(v))
}

func head(r *http.Request, s snapshot) recordView {
	o := s.Record
	return recordView{Name: o.Name, Demo: o.Demo, Status: o.Status.Name(), StatusTone: statusTone(o.Status),
		Meta: o.NumberLabel() + " " + o.Number(), Public: paths.Organization(o.ID.String()), Liaison: liaisonOf(r, o.ID.String())}
}

// liaisonOf is the address of the joint timeline for who may read it.
func liaisonOf(r *http.Request, id string) string {
	switch {
	case mine(r):
		return paths.MyLiaison
	case may(r, authz.LiaisonView):
		return paths.OrganizationLiaison(id)
	}
	return ""
}

// links are pairs of a part and its label, for those who may record.
func links(r *http.Request, s snapshot, pairs ...string) []ui.Tab {
	if !may(r, authz.OrganizationRecord) {
		return nil
	}
	var out []ui.Tab
	for i := 0; i+1 < len(pairs); i += 2 {
		out = append(out, ui.Tab{Href: paths.StaffOrganizationPart(s.Record.ID.String(), pairs[i]), Label: pairs[i+1]})
	}
	return out
}

func gradeLinks(r *http.Request, s snapshot) []ui.Tab {
	if actor(r).Role != authz.BureauClerk {
		return nil
	}
	return links(r, s, "grades", "登记星级")
}

func rosterLinks(r *http.Request, s snapshot) []ui.Tab {
	if !may(r, authz.RosterView) {
		return nil
	}
	return []ui.Tab{{Href: paths.RosterOf(paths.StaffOrganization(s.Record.ID.String())), Label: "看花名册"}}
}

func unmaskLinks(r *http.Request, s snapshot, p authz.Permission, part, label string) []ui.Tab {
	if !may(r, p) || part == "payee/unmasking" && s.Record.Payee == nil {
		return nil
	}
	return []ui.Tab{{Href: paths.StaffOrganizationPart(s.Record.ID.String(), part), Label: label}}
}

func lookNote(s snapshot, subject organization.Subject) string {
	if l, ok := s.Record.Looks[subject]; ok {
		return l.CheckedOn.Chinese() + "核查过：" + l.Source
	}
	return "还没有核查过，没有记录只表示未查到"
}

func registrationFacts(s snapshot) []ui.Fact {
	o := s.Record
	facts := []ui.Fact{ui.F("组织类型", o.Type.Name()), ui.F("管理方式", o.Basis.Name()), ui.F("类别", categoryName(o.Category)), ui.F("成立日期", o.EstablishedOn.Chinese()),
		ui.F("成立方式", o.Origin.Name()), ui.F("登记或备案机关", o.Registrar), ui.F("社区", s.Regions.FullName(o.CommunityCode)),
		ui.F("住所", orNone(o.Address, "未登记")), ui.F("业务主管单位", orNone(o.UnitName, "未登记")), ui.F("业务范围", orNone(o.BusinessScope, "未登记"))}
	if o.RegisteredCapital != nil {
		facts = append(facts, ui.F("开办资金", o.RegisteredCapital.String()+" 元"))
	}
	if o.USCCOverrideReason != "" {
		facts = append(facts, ui.F("代码例外理由", o.USCCOverrideReason))
	}
	return facts
}

func headFacts(s snapshot) []ui.Fact {
	return []ui.Fact{ui.F("姓名", s.Record.HeadName), ui.F("手机", orNone(s.Record.HeadMobile, "未登记"))}
}

func contactFacts(s snapshot) []ui.Fact {
	o := s.Record
	return []ui.Fact{ui.F("联系人", orNone(o.ContactName, "未登记")), ui.F("手机", orNone(o.ContactMobile, "未登记")), ui.F("办公电话", orNone(o.ContactPhone, "未登记")),
		ui.F("电子邮箱", orNone(o.ContactEmail, "未登记")), ui.F("邮编", orNone(o.Postcode, "未登记"))}
}

func peopleFacts(s snapshot) []ui.Fact {
	o := s.Record
	return []ui.Fact{ui.F("服务对象", orNone(organization.TargetNames(o.ServiceTargets), "未登记")), ui.F("活动范围", o.Reach.Name()),
		ui.F("规模", s.Bounds.SizeOf(o.Type, o.Members, o.Staff).Name()), ui.F("会员", heads(o.Members)), ui.F("从业人员", heads(o.Staff)), ui.F("其中专职", heads(o.FullTime)), ui.F("社工", heads(o.SocialWorkers)),
		ui.F("义工", heads(o.Volunteers)), ui.F("党组织", o.PartyOrg.Name()), ui.F("党员", heads(o.PartyMembers)), ui.F("场所来源", o.Premises.Name())}
}

func payeeFacts(a *organization.PayeeAccount) []ui.Fact {
	facts := []ui.Fact{ui.F("户名", a.AccountName), ui.F("账号", a.Masked()), ui.F("开户行", a.BankName+" "+a.Branch)}
	if a.Kind == organization.AgentAccount {
		facts = append(facts, ui.F("代收单位", a.AgentName+"（"+a.AgentKind.Name()+"）"), ui.F("授权书", a.AuthorizationNote))
	}
	if a.VerifiedAt == nil {
		return append(facts, ui.Fact{Label: "核验", Body: ui.Tag("待财务核验", ui.Warn)})
	}
	return append(facts, ui.Fact{Label: "核验", Body: ui.Tag("已核验", ui.Good)})
}

func payeeBody(r *http.Request, s snapshot) templ.Component {
	a := s.Record.Payee
	if a == nil {
		return ui.Empty("还没有填收款账户。")
	}
	facts := ui.Facts(payeeFacts(a))
	if a.VerifiedAt != nil || !may(r, authz.AccountNumberUnmask) {
		return facts
	}
	return ui.Join(facts, verifyButton(paths.StaffOrganizationPart(s.Record.ID.String(), "payee/verification"), a.ID.String()))
}

// showMine is the overview of the own profile: parts with their state first,
// then what the registrar records.
func (p *Pages) showMine(w http.ResponseWriter, r *http.Request) error {
	id, err := orgID(r)
	if err != nil {
		return err
	}
	s, err := p.load(r, id)
	if err != nil {
		return err
	}
	v := head(r, s)
	v.Page = shell(r, "本组织档案", 0)
	v.Tasks = tasks(s)
	v.Sections = []section{
		{ID: "registration", Title: "登记事项", Note: "由街道和民政局登记。有误的，请联系所在街道更正", Body: ui.Facts(append([]ui.Fact{ui.F("负责人", s.Record.HeadName)}, registrationFacts(s)...))},
		{ID: "standing", Title: "名录查询", Note: "由街道和民政局查询登记", Body: ui.DataTable(listTable(s.Standing))},
		{ID: "reports", Title: "年度报告", Body: recordTable(reportTable(r, s)), Links: []ui.Tab{{Href: paths.MyReports, Label: "填写和报送年度报告"}}},
		{ID: "grants", Title: "历史资助", Body: recordTable(grantTable(r, s))},
		certificateSection(s),
	}
	v.Merged = mergedSection(r, s)
	return httpserver.Render(w, r, http.StatusOK, minePage(v))
}

// certificateSection lists the certificates that the portal gave out.
func certificateSection(s snapshot) section {
	return section{ID: "certificates", Title: "证书", Note: "本平台颁发的备案证书和登记证书。任何人都可以凭编号核验", Body: recordTable(tableView{Table: s.Certificates,
		Empty: "还没有本平台颁发的证书。", Next: "备案、登记或变更核准后颁发的，会列在这里；以前发的纸质证书不在这里。"})}
}

// tasks are the parts that the organization keeps itself, with what is missing.
func tasks(s snapshot) []ui.Task {
	o := s.Record
	part := func(name, label string, done bool, hint string) ui.Task {
		t := ui.Task{Label: label, Href: paths.MyOrganizationPart(name), State: "未开始", Tone: ui.Mute, Hint: hint}
		if done {
			t.State, t.Tone = "已填好", ui.Good
		}
		return t
	}
	basics := part("basics", "基本情况", o.Introduction != "" && o.Members != nil && o.Staff != nil, "简介、人数、党建")
	if basics.State == "未开始" && (o.Introduction != "" || o.Members != nil || o.Staff != nil) {
		basics.State, basics.Tone = "填了一半", ui.Warn
	}
	payee := part("payee", "收款账户", o.Payee != nil, "资助款付到哪里")
	if o.Payee != nil && o.Payee.VerifiedAt == nil {
		payee.State, payee.Tone = "待财务核验", ui.Info
	}
	systems := part("systems", "内部制度", false, "章程、财务管理制度、信息公开制度")
	if confirmed, all := confirmedSystems(o); all > 0 {
		systems.State, systems.Tone = strconv.Itoa(confirmed)+" 份已确认，共 "+strconv.Itoa(all)+" 份", ui.Info
		if confirmed == all {
			systems.State, systems.Tone = strconv.Itoa(all)+" 份都已确认", ui.Good
		}
	}
	activities := part("activities", "活动记录", false, "办过的公益活动")
	if n := len(o.Activities); n > 0 {
		activities.State, activities.Tone = "已记 "+strconv.Itoa(n)+" 次", ui.Info
	}
	return []ui.Task{basics, part("contact", "联系方式", o.ContactName != "" && o.ContactMobileMask != "" && o.Address != "", "联系人、电话、地址"), payee, systems, activities,
		{Label: "活动和志愿者", Href: paths.MyActivities, Hint: "公开的活动、照片、志愿者和服务时长"},
		{Label: "花名册", Href: paths.RosterOf(paths.MyOrganization), Hint: "人员、劳动合同、参保月份"},
		{Label: "内部治理", Href: paths.MyGovernance, State: "看清单", Tone: ui.Info, Hint: "会议、理事和监事、换届，各在哪一天到期"}}
}

func confirmedSystems(o organization.Record) (confirmed, all int) {
	for _, s := range o.Systems {
		if !s.ConfirmedOn.IsZero() {
			confirmed++
		}
	}
	return confirmed, len(o.Systems)
}
