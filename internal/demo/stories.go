package demo

import (
	"context"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/once"
)

// stories writes the applications, each in a state of its own. Days are counted
// in working days back from today, so that deadlines fall as told: three for the
// community, five for the subdistrict, ten for the bureau and for corrections.
func (p *planter) stories() {
	day := p.workdayBack

	p.draft()
	p.correction()

	a := p.application("org4") // at the community, due on the next working day
	a.submitted(day(2))
	a = p.application("org5") // at the community, due today
	a.submitted(day(3))
	a = p.application("org6") // at the subdistrict
	a.submitted(day(4))
	a.opined(day(2), p.communityOf, casework.Support, "中心在本社区服务残疾人家庭，活动正常，同意申请。")

	a = p.application("org7") // to be accepted, in time
	a.submitted(day(9))
	a.supported(day(7), day(4))
	a = p.application("org8") // to be accepted, the bureau is three days late
	a.submitted(day(18))
	a.supported(day(15), day(13))
	a = p.application("org9") // nobody gave an opinion in time
	a.submitted(day(16))
	a = p.application("org10") // the community is against it
	a.submitted(day(8))
	a.opined(day(6), p.communityOf, casework.Oppose, "传习社的两场活动与社区文化节重复，建议明确自己的活动计划后再资助。")
	a.opined(day(3), p.subdistrictOf, casework.Support, "经了解，活动由传习社承办，不属于重复，同意申请，并附社区意见。")

	a = p.application("org11") // accepted
	a.submitted(day(12))
	a.supported(day(10), day(7))
	a.accepted(day(2))
	p.acceptedAfterCorrection()
	p.refused()
	p.withdrawn()
	p.lapsed()
	p.counterDraft()
	p.counterSubmitted()
	p.grants()
}

// draft: two people fill it in, papers are missing.
func (p *planter) draft() {
	a := p.application("org2")
	p.tell(a.member, p.workdayBack(5), 14, "draft", func(ctx context.Context) error {
		clerk := p.actors["org2-clerk"]
		if err := a.open(ctx, clerk); err != nil {
			return err
		}
		return a.fill(ctx, clerk, "organization", "activities")
	})
	p.tell(a.member, p.workdayBack(1), 20, "draft, second part", func(ctx context.Context) error {
		if err := a.fill(ctx, a.headActor(), "plan", "payee"); err != nil {
			return err
		}
		return a.attach(ctx, a.headActor(), "certificate", "charter")
	})
}

// correction: two things to mend, the clock is paused.
func (p *planter) correction() {
	a := p.application("org3")
	a.submitted(p.workdayBack(14))
	a.supported(p.workdayBack(12), p.workdayBack(9))
	a.returned(p.workdayBack(3),
		casework.Flaw{Field: "lines", Reason: "第 1 行“书架、桌椅和投影仪”请分开列，写明数量和单价"},
		casework.Flaw{Field: application.FileItem("activity_evidence"), Reason: "照片看不出是哪一次活动，请补签到表或有横幅的照片"})
}

func (p *planter) acceptedAfterCorrection() {
	a := p.application("org12")
	a.submitted(p.workdayBack(24))
	a.supported(p.workdayBack(22), p.workdayBack(19))
	a.returned(p.workdayBack(16), casework.Flaw{Field: "purpose", Reason: "预期作用请写明服务多少户、多长时间"})
	p.tell(a.member, p.workdayBack(6), 10, "resubmission", func(ctx context.Context) error {
		f, err := p.Applications.Form(ctx, a.headActor(), a.no)
		if err != nil {
			return err
		}
		typed := a.typed("plan")
		typed.Set("purpose", "六个月内服务对象从 20 户增加到 40 户，每户每月探访两次，由 12 名骨干分组负责。")
		if _, err := p.Applications.Save(ctx, a.headActor(), a.no, "plan", f.Saved["plan"].Version, typed); err != nil {
			return err
		}
		return a.submit(ctx)
	})
	a.accepted(p.workdayBack(1))
}

func (p *planter) refused() {
	a := p.application("org13")
	a.submitted(p.workdayBack(60))
	a.supported(p.workdayBack(58), p.workdayBack(55))
	p.tell(a.member, p.workdayBack(50), 15, "refusal", func(ctx context.Context) error {
		return p.Applications.Refuse(ctx, p.actors["clerk"], a.no, 0, "not_community",
			"经实地核查，服务站近半年的接待对象八成以上来自外区，服务合同也由外区公司委托，主要活动不在本社区。", once.NewToken())
	})
}

func (p *planter) withdrawn() {
	a := p.application("org14")
	a.submitted(p.workdayBack(45))
	a.opined(p.workdayBack(43), p.communityOf, casework.Support, "同意申请。")
	p.tell(a.member, p.workdayBack(42), 9, "withdrawal", func(ctx context.Context) error {
		return p.Applications.Withdraw(ctx, a.headActor(), a.no, 0, "换届期间，等新的理事会定下全年计划再申请", once.NewToken())
	})
}

// lapsed: the correction was never answered.
func (p *planter) lapsed() {
	a := p.application("org15")
	a.submitted(p.workdayBack(70))
	a.supported(p.workdayBack(68), p.workdayBack(64))
	a.returned(p.workdayBack(60), casework.Flaw{Field: application.FileItem("budget"), Reason: "预算说明里没有器材的报价，请补三家询价"})
}

// counterDraft: the community began it for the head.
func (p *planter) counterDraft() {
	a := p.application("org16")
	p.tell(a.member, p.workdayBack(1), 10, "draft at the counter", func(ctx context.Context) error {
		by := p.communityOf(a.member)
		if err := a.open(ctx, by); err != nil {
			return err
		}
		if err := a.fill(ctx, by, "organization", "activities"); err != nil {
			return err
		}
		return a.attach(ctx, by, "certificate")
	})
}

// counterSubmitted: signed and stamped on paper, filed by the community, so that
// a colleague has to give the opinion.
func (p *planter) counterSubmitted() {
	a := p.application("org17")
	stamped := application.Signature{Method: casework.StampedPrint, StatementVersion: startup.Programme{}.Statement().Version, Agreed: true}
	p.tell(a.member, p.workdayBack(2), 14, "draft at the counter", func(ctx context.Context) error {
		community := p.communityOf(a.member)
		if err := a.open(ctx, community); err != nil {
			return err
		}
		if err := a.fill(ctx, community, "organization", "activities", "plan", "payee"); err != nil {
			return err
		}
		return a.attach(ctx, community, append(a.papersOf(), application.StampSlot)...)
	})
	p.tell(a.member, p.workdayBack(1), 9, "submission at the counter", func(ctx context.Context) error {
		return p.Applications.Submit(ctx, p.communityOf(a.member), a.no, 0, stamped, once.NewToken())
	})
}
