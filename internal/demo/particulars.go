package demo

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// particulars writes what sets an organization apart: list entries, bans,
// earlier grants, grades, and the ends of its life.
func (p *planter) particulars(m *member) {
	for _, t := range m.traits {
		switch t {
		case abnormal:
			since := p.workdayBack(35)
			p.entry(m, standing.AbnormalList, since, civil.Date{}, "坪民社异〔演示〕1号", "连续六个月没有开展活动，也没有按期报送年度报告")
			p.status(m, organization.Abnormal, since, "列入活动异常名录，限期三个月整改")
		case serious:
			p.entry(m, standing.SeriousList, p.workdayBack(48), civil.Date{}, "坪民社失〔演示〕1号", "以政府名义向居民收取代办费，拒不整改")
		case violation:
			p.entry(m, standing.Violation, p.today.AddMonths(-24).AddDays(9), civil.Date{}, "坪民罚〔演示〕2号", "没有按照章程规定的宗旨开展活动，责令改正并警告")
		case banned:
			from := p.workdayBack(22)
			p.entry(m, standing.Ban, from, from.AddMonths(12).AddDays(-1), "坪民社限〔演示〕1号", "上次资助的使用报告与票据不符，限制申报一年")
		case granted:
			p.grant(m, organization.Startup, "孵化关爱启动扶持", m.born.AddMonths(8), 5_000_00, false)
		case firstGrant:
			p.grant(m, organization.Startup, "孵化关爱启动扶持", m.born.AddMonths(9), 5_000_00, true)
		case supported:
			p.grant(m, organization.Startup, "孵化关爱启动扶持", m.born.AddMonths(8), 24_000_00, true)
			p.grant(m, organization.ActivityGrant, "校园心理开放日活动补贴", m.born.AddMonths(15), 2_640_00, true)
			p.grant(m, organization.Venture, "社区心灵驿站微公益创投", m.born.AddMonths(21), 42_000_00, true)
			p.grade(m, 2, civil.Of(p.today.Year-1, time.January, 1))
			p.listedOnce(m)
		case starred:
			p.grant(m, organization.Talent, "专职社工补贴", civil.Of(p.today.Year-2, time.June, 20), 12_000_00, true)
			p.grade(m, 3, civil.Of(p.today.Year, time.January, 1))
		case deregistered:
			p.status(m, organization.Deregistered, p.workdayBack(40), "会员大会决定注销，已办结清算和注销手续")
		case filingRevoked:
			p.status(m, organization.FilingRevoked, p.workdayBack(30), "一年没有开展活动，经催告仍未整改，撤销备案")
		case merging:
			p.status(m, organization.Merging, p.workdayBack(12), "经引导，与秀新社区书法协会商议合并")
		case newHead:
			p.changeHead(m)
		}
	}
}

func (p *planter) entry(m *member, kind standing.Kind, from, to civil.Date, basis, reason string) {
	on := from
	if on.Before(p.after(m.recorded, 4)) {
		on = p.after(m.recorded, 4)
	}
	p.tell(m, p.after(on, 1), 11, "entry "+string(kind), func(ctx context.Context) error {
		_, err := p.Standing.AddEntry(ctx, p.actors["clerk"], standing.EntryInput{Token: once.NewToken(), OrgID: m.id, Kind: kind,
			FromOn: from, ToOn: to, Basis: basis, Reason: reason})
		return err
	})
}

// listedOnce writes an entry that was removed again.
func (p *planter) listedOnce(m *member) {
	from, last := p.after(p.opening, 12), p.after(p.opening, 23)
	var id uuid.UUID
	p.tell(m, p.after(from, 1), 11, "listed", func(ctx context.Context) (err error) {
		id, err = p.Standing.AddEntry(ctx, p.actors["clerk"], standing.EntryInput{Token: once.NewToken(), OrgID: m.id, Kind: standing.AbnormalList,
			FromOn: from, Basis: "坪民社异〔演示〕2号", Reason: "登记的住所无法联系"})
		return err
	})
	p.tell(m, p.after(last, 1), 11, "removed from the list", func(ctx context.Context) error {
		return p.Standing.CloseEntry(ctx, p.actors["clerk"], id, 1, last, "住所已变更登记，可以联系，移出名录")
	})
}

// grant writes an earlier grant with its use report, handed in or owed.
func (p *planter) grant(m *member, programme organization.Programme, title string, awarded civil.Date, amount money.Fen, reported bool) {
	awarded = p.calendar.OnOrAfter(awarded).On
	in := organization.GrantInput{Programme: programme, Title: title, AwardedOn: awarded, Amount: amount,
		DocumentNo: "坪民资〔演示〕" + awarded.String(), UseReportDueOn: awarded.AddMonths(6)}
	if reported {
		in.UseReportFiledOn = awarded.AddMonths(5)
	}
	on := p.after(m.recorded, 3)
	if latest := p.calendar.OnOrAfter(awarded.AddMonths(7)).On; on.Before(latest) {
		on = latest
	}
	p.tell(m, on, 9, "earlier grant", func(ctx context.Context) error {
		in.Token, in.OrgID = once.NewToken(), m.id
		p.byHand = append(p.byHand, in)
		return p.Organizations.RecordGrant(ctx, p.actors["clerk2"], in)
	})
}

// grade writes a grade of two years.
func (p *planter) grade(m *member, star int, from civil.Date) {
	p.tell(m, p.after(m.recorded, 3), 11, "grade", func(ctx context.Context) error {
		_, err := p.Standing.AddGrade(ctx, p.actors["clerk2"], standing.GradeInput{Token: once.NewToken(), OrgID: m.id, Star: star,
			FromOn: from, ToOn: from.AddMonths(24).AddDays(-1), CertNo: fmt.Sprintf("演示-%d-%s", from.Year, m.key)})
		return err
	})
}

func (p *planter) status(m *member, to organization.Status, since civil.Date, reason string) {
	p.tell(m, p.after(since, 1), 16, "status "+string(to), func(ctx context.Context) error {
		version, err := p.version(ctx, m)
		if err != nil {
			return err
		}
		return p.Organizations.RecordStatus(ctx, p.subdistrictOf(m), organization.StatusChange{OrgID: m.id, Version: version, Status: to, Since: since, Reason: reason})
	})
}

// changeHead writes a change of the head; the account goes on under the old one
// until the new head registers, as it would.
func (p *planter) changeHead(m *member) {
	next, since := p.draw.person(), p.workdayBack(26)
	p.tell(m, p.after(since, 2), 10, "new head", func(ctx context.Context) error {
		version, err := p.version(ctx, m)
		if err != nil {
			return err
		}
		in := organization.Revision{Registration: m.registration, OrgID: m.id, Version: version, EffectiveOn: since, Reason: "理事会换届，选举新的负责人"}
		in.HeadName, in.HeadIDNumber, in.HeadMobile = next.name, next.residentID, next.mobile
		return p.Organizations.Revise(ctx, p.actors["clerk2"], in)
	})
}

func (p *planter) version(ctx context.Context, m *member) (version int, err error) {
	err = p.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		o, err := organization.Load(ctx, q, m.id)
		version = o.Version
		return err
	})
	return version, err
}
