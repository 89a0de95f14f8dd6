package governance

import (
	"fmt"
	"net/url"
	"strconv"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
)

// MoneyLine is a line of the accounts that is asked for.
type MoneyLine struct{ Key, Name string }

// The lines of income and expense, in the order of the form.
var (
	IncomeLines = []MoneyLine{{"income_dues", "会费收入"}, {"income_donations", "捐赠收入"}, {"income_government", "政府资助和购买服务收入"},
		{"income_services", "服务和活动收入"}, {"income_other", "其他收入"}}
	ExpenseLines = []MoneyLine{{"expense_activities", "业务活动支出"}, {"expense_staff", "人员支出"}, {"expense_office", "办公和管理支出"}, {"expense_other", "其他支出"}}
)

const (
	incomeDonations  = "income_donations"
	incomeGovernment = "income_government"
	mostDonations    = 50
	mostText         = 2000
)

// Line is a line of the accounts with its amount.
type Line struct {
	Key    string    `json:"key"`
	Name   string    `json:"name"`
	Amount money.Fen `json:"amount_fen"`
}

// Donation is a gift that was received.
type Donation struct {
	Donor  string    `json:"donor"`
	Amount money.Fen `json:"amount_fen"`
	Use    string    `json:"use"`
}

// Report is what an annual report says.
type Report struct {
	Checked bool   `json:"checked"` // the registered facts, by who wrote it
	Differs string `json:"differs"`

	PartyMembers    int    `json:"party_members"`
	PartyActivities int    `json:"party_activities"`
	Party           string `json:"party"`

	Assemblies int    `json:"assemblies"`
	Councils   int    `json:"councils"`
	Charter    Tri    `json:"charter_changed"`
	Governance string `json:"governance"`

	Events int    `json:"events"`
	Served int    `json:"served"`
	Work   string `json:"work"`

	Members       int `json:"members"`
	Staff         int `json:"staff"`
	FullTime      int `json:"full_time"`
	Insured       int `json:"insured"`
	Volunteers    int `json:"volunteers"`
	SocialWorkers int `json:"social_workers"`

	Opening     money.Fen `json:"opening_fen"`
	Income      []Line    `json:"income"`
	Expense     []Line    `json:"expense"`
	Closing     money.Fen `json:"closing_fen"`
	OpeningNote string    `json:"opening_note"`

	Donations []Donation `json:"donations"`
	Grants    []Received `json:"grants"` // as the ledger knew them at the signature
}

// Received is a grant of the portal that arrived in the year, with the number of
// its case.
type Received struct {
	No     string     `db:"no" json:"no"`
	Title  string     `db:"title" json:"title"`
	On     civil.Date `db:"on" json:"on"`
	Amount money.Fen  `db:"amount_fen" json:"amount_fen"`
}

func total(list []Line) (sum money.Fen) {
	for _, l := range list {
		sum += l.Amount
	}
	return sum
}

// TotalIncome adds the lines of income up.
func (r Report) TotalIncome() money.Fen { return total(r.Income) }

// TotalExpense adds the lines of expense up.
func (r Report) TotalExpense() money.Fen { return total(r.Expense) }

// Donated adds the donations up.
func (r Report) Donated() (sum money.Fen) {
	for _, d := range r.Donations {
		sum += d.Amount
	}
	return sum
}

// ReportFacts is what a report is judged by and begun with: what registry, ledger
// and records know of the year.
type ReportFacts struct {
	Year         int
	Organization organization.Organization
	LastClosing  *money.Fen // of the report signed for the year before, nil for none
	Grants       []Received
	Activities   int // on record
	Participants int
	Assemblies   int
	Councils     int
}

// Granted adds up what arrived through the portal.
func (f ReportFacts) Granted() (sum money.Fen) {
	for _, g := range f.Grants {
		sum += g.Amount
	}
	return sum
}

// Begin is what a part holds before anything was typed.
func (f ReportFacts) Begin(p ReportPart) url.Values {
	v := url.Values{}
	set := func(name string, n int) { v.Set(name, strconv.Itoa(n)) }
	known := func(name string, n *int) {
		if n != nil {
			set(name, *n)
		}
	}
	switch o := f.Organization; p {
	case PartParty:
		known("party_members", o.PartyMembers)
	case PartGovernance:
		set("assemblies", f.Assemblies)
		set("councils", f.Councils)
	case PartActivities:
		set("events", f.Activities)
		set("served", f.Participants)
	case PartPeople:
		known("members", o.Members)
		known("staff", o.Staff)
		known("full_time", o.FullTime)
		known("volunteers", o.Volunteers)
		known("social_workers", o.SocialWorkers)
	case PartFinance:
		if f.LastClosing != nil {
			v.Set("opening", f.LastClosing.String())
		}
		if g := f.Granted(); g > 0 {
			v.Set(incomeGovernment, g.String())
		}
	}
	return v
}

// Typed is what was typed, by part.
type Typed map[ReportPart]url.Values

// ReadReport reads what was typed, and every fault by part in the order of the
// form. A part that is not there was not begun: what it asks for is missing.
func ReadReport(typed Typed, facts ReportFacts) (Report, map[ReportPart][]errs.Field) {
	r := Report{Grants: facts.Grants}
	faults := map[ReportPart][]errs.Field{}
	for _, p := range ReportParts {
		f := form.New(typed[p])
		r.read(p, f, facts)
		if p == PartGrants && len(faults[PartFinance]) == 0 {
			r.reconcile(f)
		}
		if list := f.Fields(); len(list) > 0 {
			faults[p] = list
		}
	}
	return r, faults
}

func (r *Report) read(p ReportPart, f *form.Form, facts ReportFacts) {
	count := func(name, label string) int { return f.Int(name, label, form.Required, form.Max(1_000_000)) }
	text := func(name, label string, least int) string {
		return f.Text(name, label, form.Required, form.Multiline, form.Min(least), form.Max(mostText))
	}
	switch p {
	case PartBasics:
		r.Checked = f.Choice("checked", "核对结果", []string{"same", "differs"}, form.Required) == "same"
		r.Differs = f.Text("differs", "不一致的地方", form.Multiline, form.Max(500))
		if !r.Checked && !f.Failed("checked") && r.Differs == "" {
			f.Fail("differs", "不一致的地方", "写明哪一项不一致、现在是什么，并办理变更")
		}
	case PartParty:
		r.PartyMembers, r.PartyActivities = count("party_members", "党员人数"), count("party_activities", "党建活动次数")
		r.Party = f.Text("party", "党建情况", form.Multiline, form.Max(mostText))
		if (r.PartyMembers > 0 || r.PartyActivities > 0) && r.Party == "" {
			f.Fail("party", "党建情况", "有党员或开展过党建活动的，写明情况")
		}
	case PartGovernance:
		r.Assemblies, r.Councils = count("assemblies", "会员大会次数"), count("councils", "理事会次数")
		r.Charter = Tri(f.Choice("charter_changed", "修改章程", []string{string(Yes), string(No)}, form.Required))
		r.Governance = text("governance", "治理情况", 10)
	case PartActivities:
		r.Events, r.Served = count("events", "活动次数"), count("served", "参加和受益人次")
		r.Work = text("work", "业务活动情况", 20)
	case PartPeople:
		r.readPeople(f, count)
	case PartFinance:
		r.readFinance(f, facts)
	case PartGrants:
		r.readDonations(f)
	}
}

func (r *Report) readPeople(f *form.Form, count func(name, label string) int) {
	r.Members, r.Staff, r.FullTime = count("members", "会员"), count("staff", "从业人员"), count("full_time", "专职人员")
	r.Insured, r.Volunteers, r.SocialWorkers = count("insured", "参加社保的人员"), count("volunteers", "义工"), count("social_workers", "社工")
	for _, x := range []struct {
		name, label string
		n           int
	}{{"full_time", "专职人员", r.FullTime}, {"insured", "参加社保的人员", r.Insured}} {
		if x.n > r.Staff && !f.Failed("staff") {
			f.Fail(x.name, x.label, fmt.Sprintf("%d 人比从业人员 %d 人多。从业人员包括专职和兼职，核对这两个数", x.n, r.Staff))
		}
	}
}

// readFinance reads the accounts: opening + income − expense = closing, to the
// fen, from where the year before ended, and with what the portal paid.
func (r *Report) readFinance(f *form.Form, facts ReportFacts) {
	r.Opening = f.Money("opening", "年初余额", form.Required)
	lines := func(list []MoneyLine) (out []Line) {
		for _, l := range list {
			out = append(out, Line{l.Key, l.Name, f.Money(l.Key, l.Name, form.Required)})
		}
		return out
	}
	r.Income, r.Expense = lines(IncomeLines), lines(ExpenseLines)
	r.Closing = f.Money("closing", "年末余额", form.Required)
	r.OpeningNote = f.Text("opening_note", "年初余额的说明", form.Multiline, form.Max(300))
	if last := facts.LastClosing; last != nil && !f.Failed("opening") && r.Opening != *last && r.OpeningNote == "" {
		f.Fail("opening", "年初余额", fmt.Sprintf("%d 年度报告的年末余额是 %s 元，这里填的是 %s 元。核对；确实不同的，在说明里写明原因", facts.Year-1, *last, r.Opening))
	}
	if got := facts.Granted(); !f.Failed(incomeGovernment) && r.income(incomeGovernment) < got {
		f.Fail(incomeGovernment, "政府资助和购买服务收入", fmt.Sprintf("平台上 %d 年已拨付到账 %s 元，这里填的是 %s 元。把它算进来", facts.Year, got, r.income(incomeGovernment)))
	}
	if len(f.Fields()) > 0 {
		return // a sum of what could not be read says nothing
	}
	if want := r.Opening + r.TotalIncome() - r.TotalExpense(); want < 0 {
		f.Fail("closing", "年末余额", fmt.Sprintf("支出 %s 元超过了年初余额和收入之和 %s 元。核对收入和支出", r.TotalExpense(), r.Opening+r.TotalIncome()))
	} else if r.Closing != want {
		f.Fail("closing", "年末余额", fmt.Sprintf("填的是 %s 元；年初 %s 元加收入 %s 元减支出 %s 元是 %s 元。核对哪一笔填错", r.Closing, r.Opening, r.TotalIncome(), r.TotalExpense(), want))
	}
}

func (r Report) income(key string) money.Fen {
	for _, l := range r.Income {
		if l.Key == key {
			return l.Amount
		}
	}
	return 0
}

// readDonations reads the donations row by row.
func (r *Report) readDonations(f *form.Form) {
	for i, n := range f.Rows("donation", "捐赠", mostDonations) {
		name := func(column string) string { return fmt.Sprintf("donation-%d-%s", n, column) }
		row := fmt.Sprintf("第 %d 笔", i+1)
		r.Donations = append(r.Donations, Donation{
			Donor:  f.Text(name("donor"), row+"捐赠人", form.Required, form.Max(60)),
			Amount: f.Money(name("amount"), row+"金额", form.Required, form.Min(money.Fen(1))),
			Use:    f.Text(name("use"), row+"用途", form.Required, form.Max(120)),
		})
	}
}

// reconcile compares the donations with the income that the accounts name.
func (r Report) reconcile(f *form.Form) {
	if said := r.income(incomeDonations); len(f.Fields()) == 0 && said != r.Donated() {
		f.Fail("donation-1-amount", "捐赠合计", fmt.Sprintf("逐笔合计 %s 元，财务部分的捐赠收入是 %s 元。两处要一致，核对后改正", r.Donated(), said))
	}
}

// ReportSlots are the papers of a report.
var ReportSlots = []application.Slot{
	{Key: "accounts", Label: "财务报表或收支表", Hint: "盖章的全年收支表或资产负债表", Required: true},
	{Key: "audit", Label: "审计报告", Hint: "做过审计的上传"},
	{Key: "minutes", Label: "审议年度报告的会议纪要", Hint: "会员大会或理事会审议过的上传"},
	{Key: "other", Label: "其他材料", Max: 10},
}

// ReportStatement is what the head undertakes with the signature.
var ReportStatement = application.Statement{Version: "annual-report-1", Lines: []string{
	"本组织对年度报告内容和附件的真实性、准确性、完整性负责。",
	"财务数据与账目一致，接受的捐赠和资助已如实列明，没有隐瞒。",
	"接受登记管理机关、业务主管单位对年度报告的检查和抽查。",
}}
