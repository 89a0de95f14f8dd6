package demo

import (
	"context"
	"errors"
	"sync"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Account is a demo account. Who says in Chinese whose it is and what it shows;
// accounts without it exist too, and stand in no list.
type Account struct{ Username, Who string }

// place is a community with the words of its accounts.
type place struct{ slug, name, subdistrict string }

// places are the twenty-three communities in the order of their codes.
var places = []place{
	{"liulian", "六联", "pingshan"}, {"liuhe", "六和", "pingshan"}, {"pingshan", "坪山", "pingshan"}, {"heping", "和平", "pingshan"},
	{"pinghuan", "坪环", "maluan"}, {"jiangling", "江岭", "maluan"}, {"maluan", "马峦", "maluan"}, {"shatang", "沙坣", "maluan"},
	{"biling", "碧岭", "biling"}, {"tangkeng", "汤坑", "biling"}, {"shahu", "沙湖", "biling"},
	{"jingui", "金龟", "shijing"}, {"shijing", "石井", "shijing"}, {"tiantou", "田头", "shijing"}, {"tianxin", "田心", "shijing"},
	{"kengzi", "坑梓", "kengzi"}, {"xiuxin", "秀新", "kengzi"}, {"jinsha", "金沙", "kengzi"}, {"shatian", "沙田", "kengzi"},
	{"longtian", "龙田", "longtian"}, {"nanbu", "南布", "longtian"}, {"zhukeng", "竹坑", "longtian"}, {"laokeng", "老坑", "longtian"},
}

// subdistricts are the six, with the words of their accounts.
var subdistricts = []place{
	{slug: "pingshan", name: "坪山"}, {slug: "maluan", name: "马峦"}, {slug: "biling", name: "碧岭"},
	{slug: "shijing", name: "石井"}, {slug: "kengzi", name: "坑梓"}, {slug: "longtian", name: "龙田"},
}

// office is an account of an office.
type office struct {
	username, who string
	role          authz.Role
	area          string // short name of the community or subdistrict
	department    string
}

// deskOf says what waits on the desk of a community or subdistrict.
var deskOf = map[string]string{
	"community-liulian": "可为本社区组织窗口代办、提意见、填写基地", "community-liulian2": "第二个工作人员：窗口代办的人不能给同一件提意见",
	"community-zhukeng": "一份活动报备待看", "community-biling": "一件活动补贴待提意见，下一个工作日到期",
	"community-jiangling": "一件待提意见，下一个工作日到期", "community-maluan": "一件待提意见，今天到期",
	"community-longtian": "窗口代办已提交一件，本人不能再给意见", "community-longtian2": "同事窗口代办的一件待提意见",
	"community-shatian": "窗口代办的草稿一份", "community-shijing": "对一件提过不同意的意见", "community-jingui": "一件逾期未提出意见",
	"community-tangkeng": "待确认的活动一场", "subdistrict-biling": "一件待提意见", "subdistrict-shijing": "一件活动补贴待提意见，一件逾期未提出意见",
	"subdistrict-longtian": "两份待确认的账号登记，一份活动报备待看",
	"subdistrict-pingshan": "两份待确认的账号登记，一份已退回，一份活动报备待看",
}

// offices are the accounts of everybody but the organizations.
func offices() []office {
	list := []office{
		{"clerk", "民政局经办：待受理五件（一件超期、一件社区不同意、一件前面的意见逾期、一件活动补贴）、待公示一件、使用报告待核查一件", authz.BureauClerk, "", ""},
		{"clerk2", "民政局另一位经办", authz.BureauClerk, "", ""},
		{"reviewer", "民政局复核：待复核五件（三件活动补贴，其中两件的票据和照片有重复）、异议一件", authz.BureauReviewer, "", ""},
		{"leader", "民政局领导：待签批三件（两件拟予支持，其中一件活动补贴；一件拟不予支持）", authz.BureauLeader, "", ""},
		{"finance", "财务：收款账户待核验、可拨付（一件活动补贴）、待登记结果、待退回结余", authz.Finance, "", ""},
		{"finance2", "财务，第二人：复核付款和预算", authz.Finance, "", ""},
		{"evaluator", "第三方评估机构", authz.Evaluator, "", ""},
		{"evaluator2", "第三方评估机构，第二人", authz.Evaluator, "", ""},
		{"department", "业务主管单位（区残疾人联合会）：看三个主管的组织", authz.Department, "", "disabled"},
		{"leadgroup", "工作领导小组", authz.LeadingGroup, "", ""},
		{"auditor", "审计：只读，可看操作记录", authz.Auditor, "", ""},
		{"admin", "系统管理员：机关账号", authz.AdminSystem, "", ""},
		{"security", "安全管理员：解锁、重置动态口令", authz.AdminSecurity, "", ""},
		{"initiator", "发起人：还没有成立组织", authz.Initiator, "六联", ""},
	}
	list = append(append(list, initiators...), seconds()...)
	for _, n := range []string{"1", "2", "3", "4", "5", "6", "7", "8", "9"} {
		list = append(list, office{"expert" + n, "评审专家 " + n, authz.Expert, "", ""})
	}
	for _, s := range subdistricts {
		username := "subdistrict-" + s.slug
		list = append(list, office{username, withDesk(s.name+"街道办事处", deskOf[username]), authz.Subdistrict, s.name, ""})
	}
	for _, c := range places {
		for _, second := range []string{"", "2"} {
			username := "community-" + c.slug + second
			if second == "" || deskOf[username] != "" {
				list = append(list, office{username, withDesk(c.name+"社区党群服务中心", deskOf[username]), authz.Community, c.name, ""})
			}
		}
	}
	return list
}

func withDesk(who, desk string) string {
	if desk == "" {
		return who
	}
	return who + "：" + desk
}

// Accounts lists the demo accounts in the order in which the sign-in page shows
// them: organizations, then offices. All have account.DemoPassword.
func Accounts() []Account {
	var list []Account
	for _, o := range cast {
		if o.head != "" {
			list = append(list, Account{o.key + "-head", o.name + " 负责人：" + o.head})
		}
		if o.clerk != "" {
			list = append(list, Account{o.key + "-clerk", o.name + " 经办人：" + o.clerk})
		}
	}
	list = append(list, Account{"org57-clerk", nameOfSuccessor})
	for _, o := range offices() {
		list = append(list, Account{o.username, o.who})
	}
	return list
}

// offices writes the scene in which every office gets its account: the evening
// before the portal opens.
func (p *planter) offices() {
	p.on(p.opening.AddDays(-1), 18, "accounts of the offices", func(ctx context.Context) error {
		list := offices()
		failed := make([]error, len(list))
		var all sync.WaitGroup
		for i, o := range list {
			in := account.NewAccount{Username: o.username, Name: p.draw.person().name, Role: o.role, Department: o.department}
			switch o.role {
			case authz.Community, authz.Initiator:
				in.Community = p.code(o.area + "社区")
			case authz.Subdistrict:
				in.Subdistrict = p.code(o.area + "街道")
			}
			all.Go(func() { failed[i] = p.account(ctx, in) }) // the service bounds how many hash at once
		}
		all.Wait()
		return errors.Join(failed...)
	})
}

// account makes an account and keeps its actor for the scenes to come.
func (p *planter) account(ctx context.Context, in account.NewAccount) error {
	id, err := p.Accounts.CreateUser(ctx, authz.SystemActor, in, account.DemoPassword)
	if err != nil {
		return err
	}
	type row struct {
		PersonID    uuid.UUID `db:"person_id"`
		Community   string    `db:"community"`
		Subdistrict string    `db:"subdistrict"`
	}
	return p.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err := postgres.One[row](ctx, q, `select person_id, community, subdistrict from account where id = $1`, id)
		if err != nil {
			return err
		}
		a := account.Account{ID: id, PersonID: r.PersonID, Name: in.Name, Username: in.Username, Role: in.Role, OrgID: in.OrganizationID,
			Community: r.Community, Subdistrict: r.Subdistrict, Department: in.Department}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.actors[in.Username] = a.Actor("")
		return nil
	})
}

// code returns the code of a community or subdistrict by its name.
func (p *planter) code(name string) string {
	r, ok := p.regions.Find(name)
	if !ok {
		panic("demo: no region " + name)
	}
	return r.Code
}

// communityOf and subdistrictOf return the accounts of an organization's offices.
func (p *planter) communityOf(m *member) authz.Actor { return p.actors["community-"+m.place().slug] }

func (p *planter) subdistrictOf(m *member) authz.Actor {
	return p.actors["subdistrict-"+m.place().subdistrict]
}
