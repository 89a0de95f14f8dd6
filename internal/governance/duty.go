package governance

import (
	"fmt"
	"slices"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Duty is one thing of internal governance that an organization owes.
type Duty string

// The duties of policy 三(三)2, with the party organization and the annual report.
const (
	DutyCharter     Duty = "charter"
	DutyAssembly    Duty = "assembly"
	DutyCouncil     Duty = "council"
	DutySupervisors Duty = "supervisors"
	DutyElection    Duty = "election"
	DutyFinance     Duty = "finance"
	DutyDisclosure  Duty = "disclosure"
	DutyParty       Duty = "party"
	DutyReport      Duty = "annual_report"
)

// Duties lists them in the order of the checklist.
var Duties = []Duty{DutyCharter, DutyAssembly, DutyCouncil, DutySupervisors, DutyElection, DutyFinance, DutyDisclosure, DutyParty, DutyReport}

// Name returns the Chinese name, the raw value when unknown.
func (d Duty) Name() string {
	return named(d, map[Duty]string{DutyCharter: "章程", DutyAssembly: "会员大会", DutyCouncil: "理事会", DutySupervisors: "监事",
		DutyElection: "换届", DutyFinance: "财务制度", DutyDisclosure: "信息公开", DutyParty: "党组织", DutyReport: "年度报告"})
}

// State is how a duty stands on a day.
type State string

// The states. What nobody recorded is Unknown, never Met.
const (
	Met     State = "met"
	Waiting State = "waiting" // handed in, not confirmed yet
	Due     State = "due"     // not done, and there is time
	Overdue State = "overdue"
	Faulty  State = "faulty" // on record, and against the rules
	Unknown State = "unknown"
	Exempt  State = "exempt"
)

// Name returns the Chinese name, the raw value when unknown.
func (s State) Name() string {
	return named(s, map[State]string{Met: "已落实", Waiting: "待确认", Due: "要办", Overdue: "逾期", Faulty: "要改正", Unknown: "没有记录", Exempt: "不适用"})
}

// Problem reports whether somebody has to act because of it.
func (s State) Problem() bool { return s == Overdue || s == Faulty || s == Unknown }

func named[T ~string](v T, names map[T]string) string {
	if n, ok := names[v]; ok {
		return n
	}
	return string(v)
}

// Filed is an internal system on file.
type Filed struct {
	Kind        organization.SystemKind
	FiledOn     civil.Date
	ConfirmedOn civil.Date // zero until an office confirmed it
}

// Facts is what the checklist of one organization rests on. A zero date and a
// nil number are not recorded.
type Facts struct {
	OrgID         uuid.UUID
	Type          organization.OrgType
	Basis         organization.Basis
	EstablishedOn civil.Date
	Ended         bool // deregistered or revoked
	Supervised    bool // it has a supervising unit to report to
	PartyOrg      organization.PartyOrg
	PartyMembers  *int

	Charter Charter
	Systems []Filed

	Assembly civil.Date // the last of its kind; an election is an assembly, too
	Council  civil.Date
	Election civil.Date

	CouncilMembers  int
	CouncilTermTo   civil.Date // the first term of the present council to end
	Supervisors     int
	SupervisorsTerm civil.Date
	Both            []string // supervisors who sit on the council

	ReportConclusion organization.Conclusion // of last year; "" when none is recorded
	ReportState      FilingState             // of last year's report in the portal; "" before it was begun
	ReportOn         civil.Date              // on which that one was handed in
	SummaryPublic    bool                    // last year's summary stands in the public section
	AccountsPublic   bool
}

// Rules is what the duties are counted by: parameters and the calendar.
type Rules struct {
	SetupMonths    int
	AssemblyMonths int
	CouncilMonths  int
	TermYears      int
	Quorum         string
	RemindFirst    int
	RemindLast     int
	UnitDue        MonthDay
	RegistrarDue   MonthDay
	OpinionWD      int
	CorrectWD      int
	ConcludeWD     int
	DisclosureDue  MonthDay
	Calendar       *workday.Calendar
}

// MonthDay is a day of every year.
type MonthDay struct{ Month, Day int }

// In returns the day in a year; 02-29 is the last of February.
func (m MonthDay) In(year int) civil.Date {
	return civil.Of(year, 1, m.Day).AddMonths(m.Month - 1)
}

func monthDay(s string) (m MonthDay) {
	_, _ = fmt.Sscanf(s, "%d-%d", &m.Month, &m.Day) // the form of the parameter is checked by the database
	return m
}

// RulesOf reads the rules from an edition's parameters.
func RulesOf(p policy.Params, calendar *workday.Calendar) Rules {
	return Rules{
		SetupMonths: p.Int(policy.GovernanceSetupMonths), AssemblyMonths: p.Int(policy.GovernanceAssemblyMonths),
		CouncilMonths: p.Int(policy.GovernanceCouncilMonths), TermYears: p.Int(policy.GovernanceTermYears),
		Quorum: p.Text(policy.GovernanceQuorum), RemindFirst: p.Int(policy.GovernanceRemindFirstDays), RemindLast: p.Int(policy.GovernanceRemindLastDays),
		UnitDue: monthDay(p.Text(policy.AnnualReportUnitDue)), RegistrarDue: monthDay(p.Text(policy.AnnualReportRegistrarDue)),
		OpinionWD: p.Int(policy.AnnualReportOpinionWD), CorrectWD: p.Int(policy.AnnualReportCorrectWD), ConcludeWD: p.Int(policy.AnnualReportConcludeWD), DisclosureDue: monthDay(p.Text(policy.DisclosureDue)),
		Calendar: calendar,
	}
}

// Item is one line of the checklist.
type Item struct {
	Duty        Duty
	State       State
	DueOn       civil.Date // zero when it has no day
	Provisional bool       // the day lies in a year whose calendar is not announced
	Rule        string     // what is asked, and whence
	Say         string     // what is on record
	Next        string     // what to do; "" when nothing
	Publish     bool       // which is to publish something
}

// Days returns the days left until the item is due, negative when over; ok is
// false when it has no day or needs nothing.
func (i Item) Days(today civil.Date) (n int, ok bool) {
	if i.DueOn.IsZero() || i.State == Exempt {
		return 0, false
	}
	return today.DaysUntil(i.DueOn), true
}

// Checklist returns every duty with its state on a day.
func Checklist(f Facts, r Rules, today civil.Date) []Item {
	out := make([]Item, 0, len(Duties))
	for _, d := range Duties {
		var i Item
		switch d {
		case DutyCharter:
			i = document(f, r, today, organization.Charter)
		case DutyFinance:
			i = document(f, r, today, organization.Finance)
		case DutyDisclosure:
			i = disclosure(f, r, today)
		case DutyAssembly:
			i = assembly(f, r, today)
		case DutyCouncil:
			i = council(f, r, today)
		case DutySupervisors:
			i = supervisors(f, r, today)
		case DutyElection:
			i = election(f, r, today)
		case DutyParty:
			i = party(f)
		case DutyReport:
			i = report(f, r, today)
		}
		i.Duty = d
		out = append(out, i)
	}
	return out
}

// Problems counts the items that need an act, and those due within the first
// reminder.
func Problems(items []Item, r Rules, today civil.Date) (open, soon int) {
	for _, i := range items {
		if i.State.Problem() {
			open++
		} else if i.Soon(r, today) {
			soon++
		}
	}
	return open, soon
}

// Soon reports whether the item becomes due within the first reminder.
func (i Item) Soon(r Rules, today civil.Date) bool {
	n, ok := i.Days(today)
	return ok && !i.State.Problem() && i.State != Waiting && n >= 0 && n <= r.RemindFirst
}

// document is a system that must be on file. What is handed in to an office may
// be handed in on the next working day when the last day is a holiday (民法典 203).
func document(f Facts, r Rules, today civil.Date, k organization.SystemKind) Item {
	due := r.Calendar.OnOrAfter(f.EstablishedOn.AddMonths(r.SetupMonths))
	i := Item{State: Due, DueOn: due.On, Provisional: due.Provisional, Rule: fmt.Sprintf("成立后 %d 个月内通过、交街道留存并确认", r.SetupMonths),
		Say: "还没有登记。", Next: "登记" + k.Name() + "，附上文本"}
	for _, s := range f.Systems {
		switch {
		case s.Kind != k:
		case s.ConfirmedOn.IsZero():
			i.State, i.Say, i.Next = Waiting, s.FiledOn.Chinese()+"登记，等街道确认。", "把盖章的文本交给街道"
			return i
		default:
			return Item{State: Met, Rule: i.Rule, Say: s.ConfirmedOn.Chinese() + "确认。"}
		}
	}
	if today.After(due.On) {
		i.State = Overdue
	}
	return i
}

// disclosure is the system on file, and each year the summary of the report and
// the accounts in the public section.
func disclosure(f Facts, r Rules, today civil.Date) Item {
	i, year := document(f, r, today, organization.Disclosure), today.Year-1
	due := r.Calendar.OnOrAfter(r.DisclosureDue.In(today.Year))
	i.Rule += fmt.Sprintf("；每年 %d月%d日前公开上一年度的报告摘要和收支", r.DisclosureDue.Month, r.DisclosureDue.Day)
	if i.State != Met || f.EstablishedOn.Year > year {
		return i
	}
	var left []string
	if !f.SummaryPublic {
		left = append(left, Summary.Name())
	}
	if !f.AccountsPublic {
		left = append(left, Accounts.Name())
	}
	if len(left) == 0 {
		i.Say += fmt.Sprintf("%d 年度的报告摘要和收支已公开。", year)
		return i
	}
	i.DueOn, i.Provisional, i.State, i.Publish = due.On, due.Provisional, Due, true
	if today.After(due.On) {
		i.State = Overdue
	}
	i.Say += fmt.Sprintf("%d 年度的%s还没有公开。", year, strings.Join(left, "、"))
	i.Next = fmt.Sprintf("公开 %d 年度的%s", year, strings.Join(left, "、"))
	return i
}

// held is a duty to meet at least every so many months. A meeting may be held on
// any day, so no holiday moves its date.
func held(f Facts, today, last civil.Date, months int, rule, name string) Item {
	i := Item{State: Due, Rule: rule, Next: "开会后登记" + name + "，附上纪要"}
	if last.IsZero() {
		i.DueOn, i.Say = f.EstablishedOn.AddMonths(months), "还没有登记过。"
		if today.After(i.DueOn) {
			i.State, i.Say, i.Next = Unknown, "没有登记过，不知道开过没有。", "开过的补登，没开过的尽快召开"
		}
		return i
	}
	i.DueOn, i.Say = last.AddMonths(months), "上一次："+last.Chinese()+"。"
	if i.State = Met; today.After(i.DueOn) {
		i.State = Overdue
	} else {
		i.Next = ""
	}
	return i
}

// often returns the charter's own figure when it is stricter than the rule.
func often(own *int, rule int, form string) (int, string) {
	if own != nil && *own <= rule {
		return *own, fmt.Sprintf(form, *own) + "（章程）"
	}
	return rule, fmt.Sprintf(form, rule)
}

func assembly(f Facts, r Rules, today civil.Date) Item {
	if f.Type != organization.Association {
		return Item{State: Exempt, Rule: "社会团体适用", Say: f.Type.Name() + "没有会员大会。"}
	}
	months, rule := often(f.Charter.AssemblyMonths, r.AssemblyMonths, "至少每 %d 个月一次")
	return held(f, today, f.Assembly, months, rule, "会员大会")
}

func council(f Facts, r Rules, today civil.Date) Item {
	if f.Charter.HasCouncil == No {
		return Item{State: Exempt, Rule: "设理事会的适用", Say: "章程不设理事会。"}
	}
	months, rule := often(f.Charter.CouncilMonths, r.CouncilMonths, "至少每 %d 个月一次")
	return held(f, today, f.Council, months, rule, "理事会会议")
}

func supervisors(f Facts, r Rules, today civil.Date) Item {
	i := Item{Rule: fmt.Sprintf("成立后 %d 个月内选出，监事不得兼任理事", r.SetupMonths)}
	switch {
	case f.Charter.HasSupervisors == No:
		i.State, i.Say = Exempt, "章程不设监事。"
	case f.Supervisors == 0:
		i.DueOn, i.State, i.Say, i.Next = f.EstablishedOn.AddMonths(r.SetupMonths), Due, "还没有登记监事。", "选出以后登记监事"
		if today.After(i.DueOn) {
			i.State = Unknown
		}
	case len(f.Both) > 0:
		i.State, i.Say, i.Next = Faulty, strings.Join(f.Both, "、")+"同时是理事。", "改选监事，或核对姓名"
	default:
		i.State, i.DueOn, i.Say = Met, f.SupervisorsTerm, fmt.Sprintf("现任监事 %d 人。", f.Supervisors)
		if today.After(i.DueOn) {
			i.State, i.Next = Overdue, "任期已满，改选监事并登记"
		}
	}
	return i
}

// election is the change of the council at the end of its term. Of a council
// that nobody recorded, the first one sits from the founding.
func election(f Facts, r Rules, today civil.Date) Item {
	years, rule := often(f.Charter.TermYears, r.TermYears, "每届不超过 %d 年")
	i := Item{State: Met, Rule: rule, Next: ""}
	switch {
	case !f.Election.IsZero():
		i.DueOn, i.Say = f.Election.AddMonths(12*years), "上一次换届："+f.Election.Chinese()+"。"
	case !f.CouncilTermTo.IsZero():
		i.DueOn, i.Say = f.CouncilTermTo, "现任理事的任期到"+f.CouncilTermTo.Chinese()+"。"
	default:
		i.DueOn, i.State, i.Say, i.Next = f.EstablishedOn.AddMonths(12*years), Due, "没有登记换届，按成立日期算第一届。", "登记现任理事和任期"
		if today.After(i.DueOn) {
			i.State, i.Say, i.Next = Unknown, "没有登记过换届，按成立日期算第一届早已届满。", "登记最近一次换届和现任理事"
		}
		return i
	}
	if today.After(i.DueOn) {
		i.State, i.Next = Overdue, "召开换届会议，登记选举结果"
	}
	return i
}

// party is the party organization where there is one. Three party members make
// one of their own (党章第三十条).
func party(f Facts) Item {
	const least = 3
	i := Item{State: Met, Rule: fmt.Sprintf("有 %d 名以上正式党员的，建立党组织", least), Say: f.PartyOrg.Name() + "。"}
	switch {
	case f.PartyOrg == organization.PartyUnknown:
		i.State, i.Say, i.Next = Unknown, "党建情况没有登记。", "在基本情况里登记"
	case f.PartyOrg == organization.PartyNone && f.PartyMembers != nil && *f.PartyMembers >= least:
		i.State, i.Say, i.Next = Faulty, fmt.Sprintf("有党员 %d 名，还没有党组织。", *f.PartyMembers), "报街道党工委建立党组织"
	case f.PartyOrg == organization.PartyNone:
		i.State = Exempt
	case f.PartyMembers == nil:
		i.State, i.Say, i.Next = Unknown, f.PartyOrg.Name()+"，党员人数没有登记。", "在基本情况里登记党员人数"
	case f.PartyOrg == organization.PartyOwn && *f.PartyMembers < least:
		i.State, i.Say, i.Next = Faulty, fmt.Sprintf("独立党支部只有党员 %d 名。", *f.PartyMembers), "核对党员人数，或改建联合党支部"
	default:
		i.Say = fmt.Sprintf("%s，党员 %d 名。", f.PartyOrg.Name(), *f.PartyMembers)
	}
	return i
}

// Deadlines are the last days of the report about a year: to the supervising
// unit and to the registrar, the next working day when that is a holiday (民法典
// 203).
func Deadlines(r Rules, year int) (unit, registrar workday.Deadline) {
	return r.Calendar.OnOrAfter(r.UnitDue.In(year + 1)), r.Calendar.OnOrAfter(r.RegistrarDue.In(year + 1))
}

// report is the annual report about last year.
func report(f Facts, r Rules, today civil.Date) Item {
	year := today.Year - 1
	if f.EstablishedOn.Year > year {
		return Item{State: Exempt, Rule: "从成立的第二年起报送", Say: fmt.Sprintf("%d 年成立，%d 年起报送。", f.EstablishedOn.Year, f.EstablishedOn.Year+1)}
	}
	unit, due := Deadlines(r, year)
	i := Item{State: Due, DueOn: due.On, Provisional: due.Provisional, Rule: "最迟" + due.On.Chinese() + "报登记管理机关", Next: fmt.Sprintf("向登记管理机关报送 %d 年度报告", year)}
	if f.Supervised {
		i.Rule = unit.On.Chinese() + "前报业务主管单位，" + i.Rule
		if !today.After(unit.On) {
			i.DueOn, i.Provisional = unit.On, unit.Provisional
		}
	}
	switch c := f.ReportConclusion; {
	case f.ReportState == FilingSubmitted:
		i.State, i.Say, i.Next = Waiting, fmt.Sprintf("%d 年度报告%s报送，等结论。", year, f.ReportOn.Chinese()), ""
	case f.ReportState == FilingCorrecting:
		i.State, i.Say, i.Next = Faulty, fmt.Sprintf("%d 年度报告退回更正。", year), "改好以后再签署报送"
	case c == organization.Missing:
		i.State, i.Say, i.Next = Overdue, fmt.Sprintf("%d 年度登记为未报送。", year), fmt.Sprintf("补报 %d 年度报告", year)
	case c != "":
		return Item{State: Met, Rule: i.Rule, Say: fmt.Sprintf("%d 年度结论：%s。", year, c.Name())}
	case !today.After(i.DueOn):
		i.Say = fmt.Sprintf("%d 年度还没有报送。", year)
	default:
		i.State, i.Say = Overdue, fmt.Sprintf("%d 年度没有在平台报送，也没有登记结论。", year)
	}
	return i
}

// Quorate reports whether so many of the expected make a meeting under a rule,
// and how many are needed.
func Quorate(rule string, expected, present int) (ok bool, least int) {
	if rule == policy.QuorumHalf {
		least = expected/2 + 1
	} else {
		least = (2*expected + 2) / 3
	}
	return present >= least, least
}

// of returns the item of a duty.
func of(items []Item, d Duty) Item {
	return items[slices.IndexFunc(items, func(i Item) bool { return i.Duty == d })]
}
