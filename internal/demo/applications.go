package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strings"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"

	"github.com/google/uuid"
)

// grantCase is an application for support in the script.
type grantCase struct {
	*member
	p         *planter
	programme funding.Programme
	no        string
	caseID    uuid.UUID
	granted   money.Fen // what the rules gave at the review
}

// application is one for start-up support.
func (p *planter) application(key string) *grantCase {
	return &grantCase{member: p.orgs[key], p: p, programme: startup.Programme{}}
}

// open begins the draft: the head's, or at the counter the community's.
func (a *grantCase) open(ctx context.Context, by authz.Actor) (err error) {
	a.no, err = a.p.Funding.Open(ctx, by, a.programme.Workflow().Kind, a.id, once.NewToken())
	return err
}

// asked is all that the organization may have under the demo's parameters
// (startup.Cap computes it from the edition; the submission is checked by it).
func (a *grantCase) asked() money.Fen {
	base := money.Fen(5_000_00)
	if a.basis == registered {
		base = 20_000_00
	}
	if a.category.Priority() {
		base += base / 5
	}
	return base
}

// typed returns what a section of the form holds.
func (a *grantCase) typed(section string) url.Values {
	w := vocabulary[a.category]
	v := url.Values{}
	switch section {
	case "organization":
		v.Set("contact_name", a.leader.name)
		v.Set("contact_mobile", a.leader.mobile)
	case "activities":
		v.Set("activities", a.done())
	case "plan":
		total := a.asked()
		parts := []money.Fen{total * 4 / 10, total * 4 / 10, total * 2 / 10}
		v.Set("amount", total.String())
		for i, use := range startup.Uses {
			v.Set(startup.LineControl(i+1, "category"), use.Key)
			v.Set(startup.LineControl(i+1, "item"), w.uses[i])
			v.Set(startup.LineControl(i+1, "amount"), parts[i].String())
		}
		v.Set("purpose", w.purpose)
	case "payee":
		v.Set("payee", a.payee.String())
	}
	return v
}

// done tells the activities so far in the words of the applicant.
func (a *grantCase) done() string {
	var b strings.Builder
	for _, h := range a.held[:min(2, len(a.held))] {
		fmt.Fprintf(&b, "%s，在%s举办“%s”，参加 %d 人，义工 %d 人。", h.on.Chinese(), h.place, h.title, h.participants, h.volunteers)
	}
	b.WriteString("活动都在本社区，不收费。")
	return b.String()
}

func (a *grantCase) fill(ctx context.Context, by authz.Actor, sections ...string) error {
	for _, s := range sections {
		if _, err := a.p.Applications.Save(ctx, by, a.no, s, 0, a.typed(s)); err != nil {
			return err
		}
	}
	return nil
}

// papersOf lists what the slots of an application hold.
func (a *grantCase) papersOf() []string {
	slots := []string{"certificate", "charter", "finance_system", "activity_evidence", "budget", "account_proof"}
	if a.basis == filed {
		slots = append(slots, "authorization")
	}
	return slots
}

func (a *grantCase) attach(ctx context.Context, by authz.Actor, slots ...string) error {
	for _, slot := range slots {
		if err := a.attachOne(ctx, by, slot, a.paperFor(slot)); err != nil {
			return err
		}
	}
	return nil
}

type file struct {
	name string
	body []byte
}

func (a *grantCase) paperFor(slot string) file {
	if slot == "activity_evidence" {
		return file{a.held[0].title + ".jpg", photo(a.p.draw.rng)}
	}
	label := startup.Programme{}.SlotName(slot)
	if slot == "certificate" && a.basis == filed {
		label = "备案证书"
	}
	lines := []string{label + "（演示）", "", a.name, "成立日期：" + a.born.Chinese(), "住所：" + a.registration.Address, ""}
	switch slot {
	case "certificate":
		lines = append(lines, "编号："+a.registration.USCC+a.registration.FilingNo, "登记或备案机关："+a.registration.Registrar)
	case "budget":
		for i, u := range vocabulary[a.category].uses {
			lines = append(lines, fmt.Sprintf("%d. %s：三家询价，取最低价", i+1, u))
		}
	case "account_proof", "authorization":
		lines = append(lines, "收款账户："+a.account)
	case application.StampSlot:
		lines = append(lines, "申请金额："+a.asked().String()+" 元", "负责人（签字）："+a.leader.name, "（盖章处）")
	default:
		lines = append(lines, "第一条 为规范本组织的活动，制定本文件。", "第二条 本文件由会员大会通过，自通过之日起执行。")
	}
	return file{label + ".pdf", paper(append(lines, "", "演示文件，内容为虚构，不作任何证明。")...)}
}

func (a *grantCase) attachOne(ctx context.Context, by authz.Actor, slot string, f file) error {
	if a.caseID == uuid.Nil { // once: the page would read the whole form for every file
		c, _, err := a.p.Applications.SlotOf(ctx, by, a.no, slot)
		if err != nil {
			return err
		}
		a.caseID = c.ID
	}
	prepared, err := a.p.Attachments.Prepare(ctx, attachment.Upload{Owner: attachment.Owner{Kind: application.OwnerKind, ID: a.caseID},
		Slot: slot, Field: application.FileItem(slot), Label: a.programme.SlotName(slot), Filename: f.name, Body: bytes.NewReader(f.body)})
	if err != nil {
		return err
	}
	defer prepared.Discard()
	return a.p.Applications.Attach(ctx, by, a.no, slot, prepared)
}

func (a *grantCase) headActor() authz.Actor { return a.p.actors[a.key+"-head"] }

// submit signs with password and typed name, as a head does.
func (a *grantCase) submit(ctx context.Context) error {
	by := a.headActor()
	return a.p.Applications.Submit(ctx, by, a.no, 0, application.Signature{Method: casework.Reauthenticated,
		StatementVersion: a.programme.Statement().Version, Agreed: true, TypedName: by.Name, Password: account.DemoPassword}, once.NewToken())
}

// submitted writes the scenes from the first word to the signature: begun two
// working days before day on, signed on it.
func (a *grantCase) submitted(on civil.Date) {
	before := a.p.before(on, 2)
	a.p.tell(a.member, before, 19, "draft", func(ctx context.Context) error {
		if err := a.open(ctx, a.headActor()); err != nil {
			return err
		}
		return a.fill(ctx, a.headActor(), "organization", "activities", "plan", "payee")
	})
	a.p.tell(a.member, before, 20, "papers", func(ctx context.Context) error { return a.attach(ctx, a.headActor(), a.papersOf()...) })
	a.p.tell(a.member, on, 9, "submission", a.submit)
}

// opined writes an opinion of the community's or the subdistrict's account.
func (a *grantCase) opined(on civil.Date, by func(*member) authz.Actor, stance casework.Stance, text string) {
	a.p.tell(a.member, on, 15, "opinion", func(ctx context.Context) error {
		return a.p.Applications.Opine(ctx, by(a.member), a.no, 0, stance, text, once.NewToken())
	})
}

// supported writes both opinions in favour.
func (a *grantCase) supported(community, subdistrict civil.Date) {
	a.opined(community, a.p.communityOf, casework.Support, "组织在本社区活动正常，居民反映好，同意申请。")
	a.opined(subdistrict, a.p.subdistrictOf, casework.Support, "情况属实，同意社区意见。")
}

func (a *grantCase) accepted(on civil.Date) {
	a.p.tell(a.member, on, 16, "acceptance", func(ctx context.Context) error {
		return a.p.Applications.Accept(ctx, a.p.actors["clerk"], a.no, 0, once.NewToken())
	})
}

func (a *grantCase) returned(on civil.Date, flaws ...casework.Flaw) {
	a.p.tell(a.member, on, 11, "return", func(ctx context.Context) error {
		return a.p.Applications.Return(ctx, a.p.actors["clerk"], a.no, 0, flaws, once.NewToken())
	})
}
