package demo

import (
	"bytes"
	"context"
	"net/url"
	"strings"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/registry"
)

// initiators are the accounts that found organizations, one state each.
var initiators = []office{
	{"initiator2", "发起人：备案草稿填了一部分", authz.Initiator, "坪环", ""},
	{"initiator3", "发起人：备案待街道受理", authz.Initiator, "马峦", ""},
	{"initiator4", "发起人：备案退回补正，章程没有签名", authz.Initiator, "六联", ""},
	{"initiator5", "发起人：登记待局领导签批", authz.Initiator, "龙田", ""},
	{"initiator6", "六联社区书友会 负责人：备案已获准，发起人账号成为负责人账号；可打印决定书和证书", authz.Initiator, "六联", ""},
	{"initiator7", "发起人：不予备案，有决定书", authz.Initiator, "石井", ""},
}

// seconds are the second people of the subdistricts: who takes a case in does not
// decide it.
func seconds() []office {
	var list []office
	for _, s := range subdistricts {
		who := s.name + "街道办事处，第二人：决定备案、变更、注销"
		if s.slug == "pingshan" {
			who += "（一件注销待决定）"
		}
		list = append(list, office{"subdistrict-" + s.slug + "2", who, authz.Subdistrict, s.name, ""})
	}
	return list
}

// nameOfSuccessor says whose the account is that the head's office passed to.
const nameOfSuccessor = "六联社区乒乓球社 负责人：原是经办人，换届变更核准当天接任，可以签署"

// founded is the organization that comes of a filing of the script.
const founded = "六联社区书友会"

// matter is a case of the registry in the script.
type matter struct {
	p      *planter
	family registry.Family
	by     string // account of who applies
	place  place
	org    *member                  // of a revocation
	typed  func() map[string]string // the answers; of matters and grounds several with commas
	parts  map[string]bool          // sections that are filled in; nil fills all
	no     string
}

// registryCases writes the cases of the registry, each in a state of its own.
func (p *planter) registryCases() {
	p.foundings()
	p.changes()
	p.mergers()
	p.endings()
}

func (p *planter) foundings() {
	day := p.workdayBack
	begin := func(who string, f registry.Family, name string) *matter {
		m := &matter{p: p, family: f, by: who}
		for _, i := range initiators {
			if i.username == who {
				m.place = (&member{role: role{place: i.area}}).place()
			}
		}
		founders := []someone{{}, p.draw.person(), p.draw.person()}
		founders[0] = p.draw.person()
		m.typed = func() map[string]string { return p.foundingForm(m, name, founders) }
		return m
	}
	m := begin("initiator2", registry.Filing, "坪环社区乐器互学社")
	m.parts = map[string]bool{"organization": true, "place": true}
	m.drafted(day(3))
	m = begin("initiator3", registry.Filing, "马峦社区采茶歌会")
	m.submitted(day(3))
	m.opined(day(1))
	m = begin("initiator4", registry.Filing, "六联社区旧物改造社")
	m.submitted(day(7))
	m.opined(day(5))
	m.returned(day(3), casework.Flaw{Field: "file:charter", Reason: "章程没有全体发起人签名，请签名后重新上传"})
	m = begin("initiator5", registry.Registration, "龙田社区社会工作服务中心")
	m.submitted(day(14))
	m.opined(day(12))
	m.accepted(day(8))
	m.endorsed(day(3), p.draw.creditCode('2', "440310"))
	m = begin("initiator6", registry.Filing, founded)
	m.submitted(day(20))
	m.opined(day(18))
	m.accepted(day(16))
	m.approved(day(13))
	m = begin("initiator7", registry.Filing, "石井社区便民代购社")
	m.submitted(day(25))
	m.opined(day(23))
	m.accepted(day(21))
	m.act(day(17), 11, "refusal", func(ctx context.Context) error {
		return p.Registry.Refuse(ctx, m.signer(), m.no, 0, registry.Refusal{Ground: "purpose",
			Reason: "业务范围是有偿代购，属于经营活动，不是公益或互助服务。"}, once.NewToken())
	})
}

// foundingForm is a complete form of a founding; the first founder is the account.
func (p *planter) foundingForm(m *matter, name string, founders []someone) map[string]string {
	founders[0].name = p.actors[m.by].Name
	v := map[string]string{"name": name, "org_type": "association", "category": "culture_sport", "activity_scope": m.place.name + "社区",
		"business_scope": "组织居民学习、交流，开展邻里互助", "subdistrict": p.code(subdistrictName(m.place)), "community": p.code(m.place.name + "社区"),
		"address": m.place.name + "社区党群服务中心 2 楼", "premises": "lent", "members": "16", "unit_members": "0", "staff": "3", "full_time": "0", "volunteers": "8",
		"head_name": founders[0].name, "head_id_no": founders[0].residentID, "head_mobile": founders[0].mobile}
	if m.family == registry.Registration {
		v["org_type"], v["category"], v["registered_capital"], v["full_time"] = "social_service", "social_service_cat", "50000", "2"
	}
	for i, f := range founders {
		v[registry.InitiatorControl("kind", i+1)], v[registry.InitiatorControl("name", i+1)] = registry.NaturalPerson, f.name
		v[registry.InitiatorControl("id", i+1)] = f.residentID
	}
	return v
}

func (p *planter) changes() {
	day := p.workdayBack
	next := p.draw.person()
	p.tell(p.orgs["org57"], day(15), 9, "another clerk", func(ctx context.Context) error {
		return p.account(ctx, account.NewAccount{Username: "org57-clerk", Name: next.name, Role: authz.OrgClerk, OrganizationID: p.orgs["org57"].id,
			Community: p.orgs["org57"].registration.CommunityCode, ResidentID: next.residentID, Mobile: next.mobile})
	})
	m := p.changing("org57", map[string]string{"matters": "head", "reason": "换届选举产生新负责人", "head_name": next.name, "head_id_no": next.residentID,
		"head_mobile": next.mobile, "old_head": registry.StaysAsClerk})
	m.submitted(day(12)) // the clerk is head since the day before yesterday
	m.opined(day(10))
	m.accepted(day(6))
	m.approved(day(2))
	m = p.changing("org58", map[string]string{"matters": "name,scope", "reason": "活动内容扩大，会员大会决定更名", "name": "和平社区手作生活社",
		"business_scope": "手工编织、旧物改造的交流和公益义卖"})
	m.submitted(day(4)) // the subdistrict is to accept it
	m.opined(day(2))
}

// changing is a change that the head of an organization asks for.
func (p *planter) changing(key string, v map[string]string) *matter {
	o := p.orgs[key]
	return &matter{p: p, family: registry.Change, by: key + "-head", place: o.place(), typed: func() map[string]string {
		v["decided_on"] = p.workdayBack(30).String()
		return v
	}}
}

func (p *planter) mergers() {
	day := p.workdayBack
	begin := func(key, other string) *matter {
		return &matter{p: p, family: registry.Merger, by: key + "-head", place: p.orgs[key].place(), typed: func() map[string]string {
			r := p.orgs[other].registration
			return map[string]string{"way": string(organization.Absorption), registry.PartyControl(1): r.USCC + r.FilingNo,
				"decided_on": day(40).String(), "reason": "两家活动内容相近，骨干大多相同，合并后力量更集中",
				"arrangement": "财产和会员全部转入存续组织，没有债务；正在开展的活动由存续组织继续"}
		}}
	}
	m := begin("org59", "org60") // org60 is asked
	m.drafted(day(3))
	m.consented(day(2), "")
	m = begin("org64", "org65") // done last month
	m.drafted(day(34))
	m.consented(day(33), "org65-head")
	m.signed(day(32))
	m.opined(day(30))
	m.accepted(day(27))
	m.approved(day(22))
}

func (p *planter) endings() {
	day := p.workdayBack
	m := &matter{p: p, family: registry.Deregistration, by: "org61-head", place: p.orgs["org61"].place(), typed: func() map[string]string {
		return map[string]string{"end_reason": "resolved", "explanation": "会员多数搬离社区，活动难以继续，会员大会决定解散", "decided_on": day(20).String(),
			"present": "14", "agreed": "13", "property": "community", "rest": "860", "receiver": "六和社区居民委员会"}
	}}
	m.submitted(day(9)) // the subdistrict is to decide
	m.opined(day(7))
	m.accepted(day(5))
	revoking := func(key, by string) *matter {
		return &matter{p: p, family: registry.Revocation, by: by, place: p.orgs[key].place(), org: p.orgs[key], typed: func() map[string]string {
			return map[string]string{"grounds": "inactive,unrecognised", "facts": "连续两年没有开展活动，没有报送年度报告；三次走访均无人办公，居民反映不知道这个组织。",
				"tried": "两次书面提醒，一次约谈，建议合并或注销，没有回应。"}
		}}
	}
	revoking("org62", "subdistrict-maluan").submitted(day(2)) // the organization may answer
	revoking("org63", "clerk").submitted(day(12))             // it kept silent: the reviewer is to propose
}

// act writes a scene of the matter.
func (m *matter) act(on civil.Date, hour int, what string, do func(ctx context.Context) error) {
	m.p.on(on, hour, m.by+" "+string(m.family)+" "+what, do)
}

func (m *matter) applicant() authz.Actor { return m.p.actors[m.by] }

// drafted begins a draft and fills it in, with papers when it is whole.
func (m *matter) drafted(on civil.Date) {
	m.act(on, 9, "draft", func(ctx context.Context) (err error) {
		in := registry.Opening{}
		if m.org != nil {
			in.OrganizationID = m.org.id
		}
		if m.no, err = m.p.Registry.Open(ctx, m.applicant(), m.family, in, once.NewToken()); err != nil {
			return err
		}
		v := url.Values{}
		for control, text := range m.typed() {
			v[control] = []string{text}
			if control == "matters" || control == "grounds" {
				v[control] = strings.Split(text, ",")
			}
		}
		f, err := m.p.Applications.Form(ctx, m.applicant(), m.no)
		if err != nil {
			return err
		}
		for _, s := range f.Sections {
			if m.parts == nil || m.parts[s.Key] {
				if _, err := m.p.Applications.Save(ctx, m.applicant(), m.no, s.Key, 0, v); err != nil {
					return err
				}
			}
		}
		if m.parts != nil {
			return nil
		}
		return m.papers(ctx)
	})
}

// papers fills every slot that asks for one.
func (m *matter) papers(ctx context.Context) error {
	f, err := m.p.Applications.Form(ctx, m.applicant(), m.no)
	if err != nil {
		return err
	}
	for _, slot := range f.Slots {
		if !slot.Required || slot.Usable() > 0 {
			continue
		}
		body := paper(slot.Label+"（演示）", "", f.Subject.Applicant(), "编号："+m.no, "", "演示文件，内容为虚构，不作任何证明。")
		prepared, err := m.p.Attachments.Prepare(ctx, attachment.Upload{Owner: attachment.Owner{Kind: application.OwnerKind, ID: f.Case.ID}, Slot: slot.Key,
			Field: application.FileItem(slot.Key), Label: slot.Label, Filename: slot.Label + ".pdf", Body: bytes.NewReader(body)})
		if err != nil {
			return err
		}
		err = m.p.Applications.Attach(ctx, m.applicant(), m.no, slot.Key, prepared)
		prepared.Discard()
		if err != nil {
			return err
		}
	}
	return nil
}

// signed signs with password and typed name.
func (m *matter) signed(on civil.Date) {
	m.act(on, 10, "submission", func(ctx context.Context) error {
		by := m.applicant()
		f, err := m.p.Applications.Form(ctx, by, m.no)
		if err != nil {
			return err
		}
		return m.p.Applications.Submit(ctx, by, m.no, 0, application.Signature{Method: casework.Reauthenticated,
			StatementVersion: f.Kind.Statement().Version, Agreed: true, TypedName: by.Name, Password: account.DemoPassword}, once.NewToken())
	})
}

func (m *matter) submitted(on civil.Date) {
	m.drafted(on)
	m.signed(on)
}

// consented asks the other party, whose head agrees; "" leaves it open.
func (m *matter) consented(on civil.Date, other string) {
	m.act(on, 10, "consent", func(ctx context.Context) error {
		if err := m.p.Registry.AskConsent(ctx, m.applicant(), m.no, 0, once.NewToken()); err != nil || other == "" {
			return err
		}
		list, err := m.p.Registry.Asked(ctx, m.p.actors[other])
		if err != nil {
			return err
		}
		return m.p.Registry.Consent(ctx, m.p.actors[other], m.no, list[0].Version, true, "", once.NewToken())
	})
}

// opined lets community and, at the bureau, subdistrict support it.
func (m *matter) opined(on civil.Date) {
	opine := func(by string) func(ctx context.Context) error {
		return func(ctx context.Context) error {
			return m.p.Applications.Opine(ctx, m.p.actors[by], m.no, 0, casework.Support, "情况属实，居民有需要，同意。", once.NewToken())
		}
	}
	m.act(on, 14, "community's opinion", opine("community-"+m.place.slug))
	if m.family == registry.Registration {
		m.act(on, 15, "subdistrict's opinion", opine("subdistrict-"+m.place.subdistrict))
	}
}

// clerk and signer are who takes it in and who decides.
func (m *matter) clerk() authz.Actor {
	if m.family == registry.Registration {
		return m.p.actors["clerk"]
	}
	return m.p.actors["subdistrict-"+m.place.subdistrict]
}

func (m *matter) signer() authz.Actor { return m.p.actors["subdistrict-"+m.place.subdistrict+"2"] }

func (m *matter) accepted(on civil.Date) {
	m.act(on, 16, "acceptance", func(ctx context.Context) error {
		return m.p.Applications.Accept(ctx, m.clerk(), m.no, 0, once.NewToken())
	})
}

func (m *matter) returned(on civil.Date, flaws ...casework.Flaw) {
	m.act(on, 11, "return", func(ctx context.Context) error {
		return m.p.Applications.Return(ctx, m.clerk(), m.no, 0, flaws, once.NewToken())
	})
}

// endorsed is proposed by the reviewer of the bureau, with the code it gives.
func (m *matter) endorsed(on civil.Date, code string) {
	m.act(on, 10, "review", func(ctx context.Context) error {
		return m.p.Registry.Propose(ctx, m.p.actors["reviewer"], m.no, 0, registry.Proposal{Outcome: registry.Grant, Code: code}, once.NewToken())
	})
}

func (m *matter) approved(on civil.Date) {
	m.act(on, 11, "approval", func(ctx context.Context) error {
		return m.p.Registry.Approve(ctx, m.signer(), m.no, 0, once.NewToken())
	})
}
