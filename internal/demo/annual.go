package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/url"
	"strconv"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
)

// reporting is who hands the last annual report in through the portal, and how far
// it has come: a draft that is overdue (once May is over), one that waits for the
// supervising unit, one whose time for an opinion is over, one to be corrected, one
// to be concluded, and one concluded and disclosed. The others report on paper.
const (
	draftReport   = "org58"
	unitReport    = "org33"
	correctReport = "org22"
	openReport    = "org60"
	toldReport    = "org32"
)

var reporting = []string{draftReport, unitReport, correctReport, openReport, toldReport}

// reportYear is the year that they report about: when they do, it is over.
func (p *planter) reportYear() int { return p.workdayBack(40).Year - 1 }

// annualReports writes what they do.
func (p *planter) annualReports() {
	year := p.reportYear()
	for _, key := range reporting {
		m := p.orgs[key]
		if m.born.Year > year {
			continue
		}
		begun := p.workdayBack(34)
		switch key {
		case draftReport:
			p.tell(m, begun, 11, "annual report begun", func(ctx context.Context) error { return p.writeReport(ctx, m, year, 4) })
			continue
		case unitReport:
			begun = p.workdayBack(3)
		}
		p.tell(m, begun, 11, "annual report", func(ctx context.Context) error {
			if err := p.writeReport(ctx, m, year, len(governance.ReportParts)); err != nil {
				return err
			}
			return p.signReport(ctx, m, year)
		})
	}
	p.concludeReports(year)
}

func (p *planter) concludeReports(year int) {
	if m := p.orgs[correctReport]; m.born.Year <= year {
		p.tell(m, p.workdayBack(5), 15, "annual report returned", func(ctx context.Context) error {
			id, version, err := p.reportIn(ctx, m, year)
			if err != nil {
				return err
			}
			return p.Governance.ReturnReport(ctx, p.actors["clerk2"], id, version, []governance.ReportPart{governance.PartPeople, governance.PartPapers},
				"从业人员人数和花名册不一致，请核对；收支表没有盖章，请补盖章的扫描件。", once.NewToken())
		})
	}
	m := p.orgs[toldReport]
	if m.born.Year > year {
		return
	}
	p.tell(m, p.workdayBack(18), 15, "annual report concluded", func(ctx context.Context) error {
		id, version, err := p.reportIn(ctx, m, year)
		if err != nil {
			return err
		}
		return p.Governance.Conclude(ctx, p.actors["clerk2"], id, version, organization.Pass, "", once.NewToken())
	})
	p.tell(m, p.workdayBack(16), 10, "disclosures", func(ctx context.Context) error { return p.disclose(ctx, m, year) })
}

// writeReport fills the first parts of a report in, as the clerk or the head does.
func (p *planter) writeReport(ctx context.Context, m *member, year, parts int) error {
	head := p.actors[m.key+"-head"]
	v, err := p.Governance.Report(ctx, head, year)
	if err != nil {
		return err
	}
	typed := reportAnswers(v.Facts)
	for _, part := range governance.ReportParts[:parts] {
		if err := p.Governance.SavePart(ctx, head, year, part, 0, typed[part]); err != nil {
			return err
		}
	}
	if parts < len(governance.ReportParts) {
		return nil
	}
	owner, err := p.Governance.ReportOwner(ctx, head, year)
	if err != nil {
		return err
	}
	accounts := paper(m.name, strconv.Itoa(year)+" 年度收支表", "年末余额 "+typed[governance.PartFinance].Get("closing")+" 元")
	ready, err := p.Attachments.Prepare(ctx, attachment.Upload{Owner: owner, Slot: "accounts", Label: "收支表", Filename: strconv.Itoa(year) + " 年度收支表.pdf", Body: bytes.NewReader(accounts)})
	if err != nil {
		return err
	}
	defer ready.Discard()
	return p.Governance.AttachReport(ctx, head, year, "accounts", ready)
}

// reportAnswers are invented answers that add up, with what the ledger knows.
func reportAnswers(f governance.ReportFacts) governance.Typed {
	set := func(p governance.ReportPart, pairs ...string) url.Values {
		v := f.Begin(p)
		for i := 0; i < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return v
	}
	const opening, donated, service, spent, office = money.Fen(326050), money.Fen(480000), money.Fen(260000), money.Fen(565020), money.Fen(61530)
	finance := set(governance.PartFinance, "opening", opening.String(), "income_dues", "0", "income_donations", donated.String(), "income_government", f.Granted().String(),
		"income_services", service.String(), "income_other", "0", "expense_activities", (spent + f.Granted()).String(), "expense_staff", "0", "expense_office", office.String(),
		"expense_other", "0", "closing", (opening + donated + service - spent - office).String())
	return governance.Typed{
		governance.PartBasics:     set(governance.PartBasics, "checked", "same"),
		governance.PartParty:      set(governance.PartParty, "party_members", "2", "party_activities", "4", "party", "两名党员编入社区党支部，参加社区组织的学习和志愿服务。"),
		governance.PartGovernance: set(governance.PartGovernance, "charter_changed", "no", "governance", "按章程召开会员大会和理事会，财务收支每半年在会上通报一次。"),
		governance.PartActivities: set(governance.PartActivities, "events", "14", "served", "620",
			"work", "全年在社区开展活动十四场：节日慰问、健康讲座、邻里市集和志愿服务。独居老人结对探访每月两次，居民满意度问卷回收一百二十份，九成以上表示满意。"),
		governance.PartPeople:  set(governance.PartPeople, "members", "36", "staff", "3", "full_time", "1", "insured", "1", "volunteers", "28", "social_workers", "1"),
		governance.PartFinance: finance,
		governance.PartGrants: set(governance.PartGrants, "donation-1-donor", "爱心商户联盟", "donation-1-amount", "3600", "donation-1-use", "独居老人节日慰问",
			"donation-2-donor", "社区居民（匿名）", "donation-2-amount", "1200", "donation-2-use", "活动物资"),
	}
}

func (p *planter) signReport(ctx context.Context, m *member, year int) error {
	head := p.actors[m.key+"-head"]
	v, err := p.Governance.Report(ctx, head, year)
	if err != nil {
		return err
	}
	return p.Governance.SignReport(ctx, head, year, v.Filing.Version, application.Signature{StatementVersion: governance.ReportStatement.Version, Agreed: true,
		TypedName: head.Name, Password: account.DemoPassword}, once.NewToken())
}

// reportIn finds a report that was handed in as the bureau finds it.
func (p *planter) reportIn(ctx context.Context, m *member, year int) (id [16]byte, version int, err error) {
	v, err := p.Governance.Report(ctx, p.actors[m.key+"-head"], year)
	return v.Filing.ID, v.Filing.Version, err
}

// disclose publishes summary, accounts and council; a second version of the
// accounts replaces the first, and a text about activities is withdrawn.
func (p *planter) disclose(ctx context.Context, m *member, year int) error {
	head := p.actors[m.key+"-head"]
	if _, err := p.publish(ctx, head, governance.Summary, year, nil); err != nil {
		return err
	}
	accounts, err := p.publish(ctx, head, governance.Accounts, year, nil)
	if err != nil {
		return err
	}
	if _, err := p.publish(ctx, head, governance.Council, 0, nil); err != nil {
		return err
	}
	activities, err := p.publish(ctx, head, governance.Activities, year, url.Values{"body": {"春节慰问、端午邻里市集、重阳敬老和全年的健康讲座，共十四场，参加六百二十人次。"}})
	if err != nil {
		return err
	}
	again := url.Values{}
	for k, v := range accounts.begin {
		again[k] = v
	}
	again.Set("body", "第二版补充：活动支出里含场地布置和慰问品。")
	if _, err := p.Governance.SaveDisclosure(ctx, head, governance.DisclosureInput{ID: accounts.id, Version: 1, Typed: again}); err != nil {
		return err
	}
	if _, err := p.Governance.Publish(ctx, head, accounts.id, 2, once.NewToken()); err != nil {
		return err
	}
	return p.Governance.Withdraw(ctx, head, activities.version, "重阳敬老的人次算重了，核对以后再公开", once.NewToken())
}

// told is a disclosure with its first version.
type told struct {
	id, version [16]byte
	begin       url.Values
}

func (p *planter) publish(ctx context.Context, head authz.Actor, kind governance.DisclosureKind, year int, change url.Values) (t told, err error) {
	begin, _, _, err := p.Governance.BeginDisclosure(ctx, head, kind, year)
	if err != nil {
		return t, err
	}
	for k, v := range change {
		begin[k] = v
	}
	id, err := p.Governance.SaveDisclosure(ctx, head, governance.DisclosureInput{Token: once.NewToken(), Kind: kind, Year: year, Typed: begin})
	if err != nil {
		return t, err
	}
	version, err := p.Governance.Publish(ctx, head, id, 1, once.NewToken())
	if err != nil {
		return t, fmt.Errorf("publish %s: %w", kind, err)
	}
	return told{id, version, begin}, nil
}

// onPaper reports whether an office records the conclusion about a year: not of
// those who report here.
func (p *planter) onPaper(m *member, year int) bool {
	for _, key := range reporting {
		if m.key == key && year == p.reportYear() {
			return false
		}
	}
	return true
}
