package governance

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"

	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// handedIn is a report handed in on a day, with a supervising unit.
func handedIn(on string, change ...func(*Filing)) *Filing {
	f := &Filing{State: FilingSubmitted, Round: 1, SubmittedOn: civil.MustParse(on), Unit: "坪山区教育局"}
	f.SignedOn, f.Year = f.SubmittedOn, f.SubmittedOn.Year-1
	for _, c := range change {
		c(f)
	}
	f.Days = f.days(testRules())
	return f
}

// 2026-05-31 is a holiday in testRules, so the registrar's last day is Monday 06-01.
func TestHowAReportStands(t *testing.T) {
	t.Parallel()
	d, r := civil.MustParse, testRules()
	for _, c := range []struct {
		name   string
		year   YearReport
		today  string
		status ReportStatus
		unit   int // days late
		late   int
	}{
		{"the last day of the unit", YearReport{Year: 2025}, "2026-03-31", ReportOpen, 0, 0},
		{"a day after it", YearReport{Year: 2025}, "2026-04-01", ReportOpen, 1, 0},
		{"the last day is a holiday: the next working day", YearReport{Year: 2025}, "2026-06-01", ReportOpen, 62, 0},
		{"then it is overdue", YearReport{Year: 2025}, "2026-06-02", ReportOverdue, 63, 1},
		{"a draft does not help", YearReport{Year: 2025, Filing: &Filing{State: FilingDraft}}, "2026-06-02", ReportOverdue, 63, 1},
		{"on record as missing", YearReport{Year: 2025, Conclusion: organization.Missing}, "2026-07-01", ReportMissing, 92, 30},
		{"handed in late after that", YearReport{Year: 2025, Conclusion: organization.Missing, Filing: handedIn("2026-07-01")}, "2026-07-02", ReportAtUnit, 92, 30},
		{"on paper", YearReport{Year: 2025, Conclusion: organization.Pass, Recorded: d("2026-03-02")}, "2026-08-01", ReportConcluded, 0, 0},
		{"at the unit on its tenth working day", YearReport{Year: 2025, Filing: handedIn("2026-03-20")}, "2026-04-03", ReportAtUnit, 0, 0},
		{"lapsed on the day after", YearReport{Year: 2025, Filing: handedIn("2026-03-20")}, "2026-04-04", ReportAtRegistrar, 0, 0},
		{"a holiday does not count", YearReport{Year: 2025, Filing: handedIn("2026-05-18")}, "2026-06-01", ReportAtUnit, 48, 0},
		{"opinion given", YearReport{Year: 2025, Filing: handedIn("2026-03-20", func(f *Filing) { f.Stance = Oppose })}, "2026-03-21", ReportAtRegistrar, 0, 0},
		{"nobody supervises", YearReport{Year: 2025, Filing: handedIn("2026-03-20", func(f *Filing) { f.Unit = "" })}, "2026-03-20", ReportAtRegistrar, 0, 0},
		{"to be corrected", YearReport{Year: 2025, Filing: handedIn("2026-03-20", func(f *Filing) { f.State = FilingCorrecting })}, "2026-04-20", ReportCorrecting, 0, 0},
		{"opened again: the record stands meanwhile", YearReport{Year: 2025, Conclusion: organization.Fail, Recorded: d("2026-03-20"),
			Filing: handedIn("2026-03-20", func(f *Filing) { f.Stance = Support })}, "2026-08-01", ReportAtRegistrar, 0, 0},
		{"a year without calendar takes no right away", YearReport{Year: 2027}, "2028-08-01", ReportOpen, 123, 62},
		{"nor does it let an opinion lapse", YearReport{Year: 2026, Filing: handedIn("2027-12-28")}, "2028-03-01", ReportAtUnit, 272, 211},
	} {
		today := d(c.today)
		if got := c.year.Status(r, today); got != c.status {
			t.Errorf("%s: %s, want %s", c.name, got, c.status)
		}
		if unit, late := c.year.Late(r, true, today); unit != c.unit || late != c.late {
			t.Errorf("%s: %d and %d days late, want %d and %d", c.name, unit, late, c.unit, c.late)
		}
	}
}

// The days of a report follow from what happened to it: 2026-05-31 is a holiday in
// testRules, and the calendar of 2028 is not announced.
func TestTheDaysOfAReport(t *testing.T) {
	t.Parallel()
	d := civil.MustParse
	for _, c := range []struct {
		name                      string
		f                         *Filing
		opinion, answer, conclude string // "" for none, ? for a guess
	}{
		{"handed in to the unit", handedIn("2026-03-02"), "2026-03-16", "", "2026-04-13"},
		{"nobody supervises", handedIn("2026-03-02", func(f *Filing) { f.Unit = "" }), "", "", "2026-03-30"},
		{"the unit was quick", handedIn("2026-03-02", func(f *Filing) { f.Stance, f.OpinedOn = Support, d("2026-03-03") }), "2026-03-16", "", "2026-03-31"},
		{"a correction runs", handedIn("2026-03-02", func(f *Filing) {
			f.Unit, f.State, f.AskedOn = "", FilingCorrecting, d("2026-03-10")
		}), "", "2026-03-24", "2026-04-21"},
		{"and was answered", handedIn("2026-03-02", func(f *Filing) {
			f.Unit, f.AskedOn, f.SignedOn = "", d("2026-03-10"), d("2026-03-12")
		}), "", "2026-03-24", "2026-04-09"},
		{"opened again", handedIn("2026-03-02", func(f *Filing) { f.Unit, f.ReopenedOn = "", d("2026-09-01") }), "", "", "2026-09-29"},
		{"over a holiday", handedIn("2026-05-18"), "2026-06-01", "", "2026-06-29"},
		{"into a year without calendar", handedIn("2027-12-13"), "2027-12-27", "", "2028-01-24?"},
	} {
		day := func(on civil.Date, guess bool) string {
			switch {
			case on.IsZero():
				return ""
			case guess:
				return on.String() + "?"
			}
			return on.String()
		}
		if got := [3]string{day(c.f.OpinionBy, c.f.OpinionGuess), day(c.f.AnswerBy, c.f.AnswerGuess), day(c.f.ConcludeBy, c.f.ConcludeGuess)}; got != [3]string{c.opinion, c.answer, c.conclude} {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if late := handedIn("2026-07-01"); late.RegistrarDue != d("2026-06-01") || late.UnitDue != d("2026-03-31") {
		t.Errorf("%+v", late.Days)
	}
}

func TestWhoMayDoWhatWithAReport(t *testing.T) {
	t.Parallel()
	person := uuid.New()
	o := organization.Organization{ID: uuid.New(), Basis: organization.Filed, Registrar: "坪山街道办事处", SubdistrictCode: "440310001", SupervisingUnit: "坪山区教育局", DepartmentCode: "education"}
	elsewhere := o
	elsewhere.SupervisingUnit, elsewhere.DepartmentCode = "坪山区卫生健康局", "health"
	bureau := o
	bureau.Basis, bureau.Registrar = organization.Registered, "坪山区民政局"
	street := authz.Actor{Role: authz.Subdistrict, Subdistrict: "440310001", PersonID: uuid.New()}
	other := authz.Actor{Role: authz.Subdistrict, Subdistrict: "440310002", PersonID: uuid.New()}
	clerk := authz.Actor{Role: authz.BureauClerk, PersonID: uuid.New()}
	unit := authz.Actor{Role: authz.Department, Department: "education"}
	head := authz.Actor{Role: authz.OrgHead, OrgID: o.ID}
	orgClerk := authz.Actor{Role: authz.OrgClerk, OrgID: o.ID}
	settled := handedIn("2026-03-02", func(f *Filing) { f.Stance, f.SubmittedPerson = Support, person })
	signer := street
	signer.PersonID = person
	for _, c := range []struct {
		name  string
		f     *Filing
		o     organization.Organization
		actor authz.Actor
		today string
		want  ReportActs
	}{
		{"a clerk writes", &Filing{State: FilingDraft}, o, orgClerk, "2026-03-02", ReportActs{Write: true}},
		{"the head signs", &Filing{State: FilingDraft}, o, head, "2026-03-02", ReportActs{Write: true, Sign: true}},
		{"not what was handed in", settled, o, head, "2026-03-02", ReportActs{}},
		{"the unit has its say", handedIn("2026-03-02"), o, unit, "2026-03-03", ReportActs{Opine: true}},
		{"not twice", settled, o, unit, "2026-03-03", ReportActs{}},
		{"another unit has none", handedIn("2026-03-02"), elsewhere, unit, "2026-03-03", ReportActs{}},
		{"the registrar waits for it", handedIn("2026-03-02"), o, street, "2026-03-03", ReportActs{}},
		{"then concludes or asks", settled, o, street, "2026-03-03", ReportActs{Conclude: true, Return: true}},
		{"asks once", handedIn("2026-03-02", func(f *Filing) { f.Stance, f.Corrections = Support, 1 }), o, street, "2026-03-03", ReportActs{Conclude: true}},
		{"another street is none", settled, o, other, "2026-03-03", ReportActs{}},
		{"the bureau is not registrar of filed ones", settled, o, clerk, "2026-03-03", ReportActs{}},
		{"but of legal persons", settled, bureau, clerk, "2026-03-03", ReportActs{Conclude: true, Return: true}},
		{"and the street is not", settled, bureau, street, "2026-03-03", ReportActs{}},
		{"nobody concludes what they signed", settled, o, signer, "2026-03-03", ReportActs{}},
		{"a correction runs", handedIn("2026-03-02", func(f *Filing) { f.State, f.AskedOn, f.Corrections = FilingCorrecting, civil.Of(2026, 3, 10), 1 }), o, street, "2026-03-24", ReportActs{}},
		{"and is over", handedIn("2026-03-02", func(f *Filing) { f.State, f.AskedOn, f.Corrections = FilingCorrecting, civil.Of(2026, 3, 10), 1 }), o, street, "2026-03-25", ReportActs{Conclude: true}},
		{"opened again by the registrar", &Filing{State: FilingConcluded}, o, street, "2026-09-25", ReportActs{Reopen: true}},
		{"not by the head", &Filing{State: FilingConcluded}, o, head, "2026-09-25", ReportActs{}},
	} {
		if got, _ := c.f.May(c.actor, c.o, civil.MustParse(c.today)); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// full is a report without faults.
func full() Typed {
	v := func(pairs ...string) url.Values {
		out := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			out.Set(pairs[i], pairs[i+1])
		}
		return out
	}
	return Typed{
		PartBasics: v("checked", "same"), PartParty: v("party_members", "0", "party_activities", "0"),
		PartGovernance: v("assemblies", "1", "councils", "2", "charter_changed", "no", "governance", "按章程开会，财务每季度公布一次。"),
		PartActivities: v("events", "12", "served", "860", "work", "全年开展助老、读书和旧物交换活动十二场，居民反映良好。"),
		PartPeople:     v("members", "40", "staff", "3", "full_time", "1", "insured", "1", "volunteers", "25", "social_workers", "0"),
		PartFinance: v("opening", "1,200.50", "income_dues", "0", "income_donations", "3000", "income_government", "5000", "income_services", "0", "income_other", "0.01",
			"expense_activities", "6000", "expense_staff", "0", "expense_office", "1000.51", "expense_other", "0", "closing", "2200"),
		PartGrants: v("donation-1-donor", "爱心居民", "donation-1-amount", "3000", "donation-1-use", "助老活动"),
	}
}

func TestEachFaultOfAReportIsAtItsField(t *testing.T) {
	t.Parallel()
	last := money.Fen(120050)
	facts := ReportFacts{Year: 2025, LastClosing: &last, Grants: []Received{{No: "FH-2025-0001", Amount: 500000}}}
	for _, c := range []struct {
		name  string
		part  ReportPart
		pairs string // name=value, several by &
		want  string // names of fields, by part and order
	}{
		{"nothing wrong", PartFinance, "", ""},
		{"one fen off", PartFinance, "closing=2199.99", "closing"},
		{"spent more than there was", PartFinance, "expense_staff=99999", "closing"},
		{"not from where last year ended", PartFinance, "opening=1200&closing=2199.50", "opening"},
		{"said why", PartFinance, "opening=1200&closing=2199.50&opening_note=上年少记一笔利息", ""},
		{"less than the portal paid", PartFinance, "income_government=4999&closing=2199", "income_government"},
		{"negative", PartFinance, "income_dues=-1", "income_dues"},
		{"not a number, and the sum waits", PartFinance, "income_dues=1e6&closing=1", "income_dues"},
		{"empty is not nought", PartFinance, "income_services=", "income_services"},
		{"full-width figures and unit", PartFinance, "closing=２２００元", ""},
		{"donations that do not add up", PartGrants, "donation-1-amount=2999.99", "donation-1-amount"},
		{"a donor without amount", PartGrants, "donation-2-donor=某商户", "donation-2-amount donation-2-use"},
		{"no donation at all", PartGrants, "donation-1-donor=&donation-1-amount=&donation-1-use=", "donation-1-amount"},
		{"more full-time than staff", PartPeople, "full_time=4", "full_time"},
		{"more insured than staff", PartPeople, "insured=9", "insured"},
		{"a word for a number", PartPeople, "volunteers=很多", "volunteers"},
		{"differs, and does not say how", PartBasics, "checked=differs", "differs"},
		{"a choice from nowhere", PartBasics, "checked=maybe", "checked"},
		{"party members without a word", PartParty, "party_members=3", "party"},
		{"too short", PartActivities, "work=好", "work"},
		{"only blanks and marks", PartGovernance, "governance= \u202e", "governance"},
	} {
		typed := full()
		for pair := range strings.SplitSeq(c.pairs, "&") {
			if k, v, ok := strings.Cut(pair, "="); ok {
				typed[c.part].Set(k, v)
			}
		}
		_, faults := ReadReport(typed, facts)
		var got []string
		for _, p := range ReportParts {
			for _, f := range faults[p] {
				got = append(got, f.Name)
				if f.Message == "" || f.Label == "" {
					t.Errorf("%s: %+v says nothing", c.name, f)
				}
			}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if _, faults := ReadReport(Typed{}, facts); len(faults) != 6 {
		t.Errorf("an empty report: %v", faults) // no donation and no income named: nothing to say of the last part
	}
	r, _ := ReadReport(full(), facts)
	if r.TotalIncome() != 800001 || r.TotalExpense() != 700051 || r.Opening+r.TotalIncome()-r.TotalExpense() != r.Closing {
		t.Errorf("totals: %+v", r)
	}
}

// What was begun from the facts can be read back.
func TestAReportBeginsWithWhatIsKnown(t *testing.T) {
	t.Parallel()
	members, last := 40, money.Fen(120050)
	facts := ReportFacts{Year: 2025, Organization: organization.Organization{Members: &members}, LastClosing: &last, Grants: []Received{{Amount: 500000}}, Activities: 12, Participants: 860, Councils: 2}
	typed := Typed{}
	for _, p := range ReportParts {
		typed[p] = facts.Begin(p)
	}
	r, _ := ReadReport(typed, facts)
	if r.Members != 40 || r.Opening != last || r.income(incomeGovernment) != 500000 || r.Events != 12 || r.Served != 860 || r.Councils != 2 {
		t.Errorf("%+v", r)
	}
}

func TestWhatMayBePublished(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		kind DisclosureKind
		v    url.Values
		file bool
		want string
	}{
		{"a summary", Summary, url.Values{"title": {"2025 年度报告摘要"}, "body": {"全年开展活动十二场，参加八百六十人次，收支平衡。"}}, false, ""},
		{"an ID number in the text", Summary, url.Values{"title": {"2025 年度报告摘要"}, "body": {"负责人陈小明，440310 19900228 0010，全年开展活动十二场。"}}, false, "body"},
		{"a mobile in the title", Council, url.Values{"title": {"理事会 138-0013-8000"}, "body": {"理事长：陈小明，任期至2029年6月30日。监事：王五。"}}, false, "title"},
		{"an account with a donor", Donations, url.Values{"title": {"2025 年度接受捐赠"}, "donation-1-donor": {"李四 6222021234567890128"}, "donation-1-amount": {"100"}, "donation-1-use": {"助老"}}, false, "donation-1-donor"},
		{"a document without a file", Document, url.Values{"title": {"章程全文"}}, false, "file"},
		{"a document", Document, url.Values{"title": {"章程全文"}}, true, ""},
		{"accounts that spend what is not there", Accounts, accounts("100", "5"), false, "opening"},
		{"accounts", Accounts, accounts("0", "5"), false, ""},
	} {
		_, faults := ReadDisclosure(c.kind, c.v, c.file)
		var got []string
		for _, f := range faults {
			got = append(got, f.Name)
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %q", c.name, faults, c.want)
		}
		for _, f := range faults {
			if strings.Contains(f.Message, "440310") || strings.Contains(f.Message, "6222") {
				t.Errorf("%s: the message repeats the value", c.name)
			}
		}
	}
	if d, _ := ReadDisclosure(Accounts, accounts("2", "5"), false); len(d.Lines) != 10 {
		t.Errorf("%+v", d.Lines)
	} else if opening, in, out := Totals(d.Lines); opening != 500 || in != 0 || out != 200 {
		t.Errorf("totals %d %d %d", opening, in, out)
	}
}

func accounts(spent, opening string) url.Values {
	v := url.Values{"title": {"2025 年度财务收支"}, "opening": {opening}, "expense_activities": {spent}}
	for _, l := range append(slices.Clone(IncomeLines), ExpenseLines...) {
		if !v.Has(l.Key) {
			v.Set(l.Key, "0")
		}
	}
	return v
}
