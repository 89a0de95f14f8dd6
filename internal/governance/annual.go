package governance

import (
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// The annual report is a small machine of its own rather than a kind of
// internal/application: there is one for each year, its opinion comes from the
// supervising unit, and a concluded one can be opened again, where a case that has
// ended stays ended.

// FilingState is where a report stands.
type FilingState string

// The states. A report that is opened again is Submitted once more.
const (
	FilingDraft      FilingState = "draft"
	FilingSubmitted  FilingState = "submitted"
	FilingCorrecting FilingState = "correcting"
	FilingConcluded  FilingState = "concluded"
)

// Stance is the opinion of the supervising unit.
type Stance string

// The stances.
const (
	Support Stance = "support"
	Oppose  Stance = "oppose"
)

// Stances lists them in the order of forms.
var Stances = []Stance{Support, Oppose}

// Name returns the Chinese name, the raw value when unknown.
func (s Stance) Name() string {
	return named(s, map[Stance]string{Support: "同意报送", Oppose: "有不同意见"})
}

// Filing is an annual report as an organization writes it and hands it in.
type Filing struct {
	ID    uuid.UUID   `db:"id"`
	OrgID uuid.UUID   `db:"org_id"`      // that it is kept under today
	From  string      `db:"merged_from"` // the record that it was written under when that was merged away, "" otherwise
	Year  int         `db:"report_year"`
	State FilingState `db:"state"`
	Round int         `db:"round"` // signatures so far

	Opening money.Fen `db:"opening_fen"`
	Income  money.Fen `db:"income_fen"`
	Expense money.Fen `db:"expense_fen"`
	Closing money.Fen `db:"closing_fen"`

	SubmittedOn     civil.Date `db:"first_submitted_on"` // of the first signature
	SignedOn        civil.Date `db:"signed_on"`          // of the last one
	EditionID       uuid.UUID  `db:"edition_id"`         // shown at the first signature
	SubmittedPerson uuid.UUID  `db:"submitted_person"`   // of the last one
	SubmittedName   string     `db:"submitted_name"`

	Unit       string     `db:"unit"` // the supervising unit at the first signature; "" for none
	Stance     Stance     `db:"stance"`
	Opinion    string     `db:"opinion"`
	OpinedOn   civil.Date `db:"opined_on"`
	OpinedName string     `db:"opined_name"`

	Asked       string     `db:"asked"`
	AskedParts  []string   `db:"asked_parts"`
	AskedOn     civil.Date `db:"asked_on"`
	Corrections int        `db:"corrections"` // since it was handed in or opened again

	Conclusion    organization.Conclusion `db:"conclusion"`
	Reason        string                  `db:"reason"`
	ConcludedOn   civil.Date              `db:"concluded_on"`
	ConcludedUnit string                  `db:"concluded_unit"`
	ReopenedOn    civil.Date              `db:"reopened_on"`

	Days
	Version int `db:"version"`
}

// Writable reports whether the organization may change it now.
func (f Filing) Writable() bool { return f.State == FilingDraft || f.State == FilingCorrecting }

// over reports whether a period has ended for good: a guessed day takes no right
// away.
func over(d workday.Deadline, today civil.Date) bool { return !d.Provisional && today.After(d.On) }

// OpinionPending reports whether the supervising unit still has its say.
func (f Filing) OpinionPending(today civil.Date) bool {
	return f.Unit != "" && f.Stance == "" && !over(f.OpinionDue(), today)
}

// Unanswered reports whether the time to answer a correction is over.
func (f Filing) Unanswered(today civil.Date) bool {
	return f.State == FilingCorrecting && over(f.CorrectionDue(), today)
}

// ReportStatus is how the report of a year stands on a day.
type ReportStatus string

// The statuses. Overdue is the law of the calendar; Missing says that the
// registrar has put it on record.
const (
	ReportOpen        ReportStatus = "open"
	ReportOverdue     ReportStatus = "overdue"
	ReportAtUnit      ReportStatus = "unit"
	ReportAtRegistrar ReportStatus = "registrar"
	ReportCorrecting  ReportStatus = "correcting"
	ReportConcluded   ReportStatus = "concluded"
	ReportMissing     ReportStatus = "missing"
)

// ReportStatuses lists them in the order of forms.
var ReportStatuses = []ReportStatus{ReportOpen, ReportOverdue, ReportAtUnit, ReportAtRegistrar, ReportCorrecting, ReportConcluded, ReportMissing}

// Name returns the Chinese name, the raw value when unknown.
func (s ReportStatus) Name() string {
	return named(s, map[ReportStatus]string{ReportOpen: "要报送", ReportOverdue: "逾期", ReportAtUnit: "等主管单位意见", ReportAtRegistrar: "等结论",
		ReportCorrecting: "待更正", ReportConcluded: "已有结论", ReportMissing: "未报送"})
}

// YearReport is what there is about one year.
type YearReport struct {
	Year       int
	Filing     *Filing                 // nil before anything was written here
	Conclusion organization.Conclusion // on record, from here or on paper; "" for none
	Recorded   civil.Date              // on which that one was handed in
	Unit       string                  // who concluded
}

// Status says how it stands on a day.
func (y YearReport) Status(r Rules, today civil.Date) ReportStatus {
	if f := y.Filing; f != nil {
		switch f.State {
		case FilingConcluded:
			return ReportConcluded
		case FilingCorrecting:
			return ReportCorrecting
		case FilingSubmitted:
			if f.OpinionPending(today) {
				return ReportAtUnit
			}
			return ReportAtRegistrar
		}
	}
	_, due := Deadlines(r, y.Year)
	switch {
	case y.Conclusion == organization.Missing:
		return ReportMissing
	case y.Conclusion != "":
		return ReportConcluded
	case over(due, today):
		return ReportOverdue
	}
	return ReportOpen
}

// Due returns the last days of the supervising unit and of the registrar: of a
// report that was handed in those that it is held to.
func (y YearReport) Due(r Rules) (unit, registrar civil.Date) {
	if f := y.Filing; f != nil && !f.RegistrarDue.IsZero() {
		return f.UnitDue, f.RegistrarDue
	}
	toUnit, toRegistrar := Deadlines(r, y.Year)
	return toUnit.On, toRegistrar.On
}

// Late returns by how many days the report came, or is now, after the last day of
// the supervising unit and of the registrar; 0 in time.
func (y YearReport) Late(r Rules, supervised bool, today civil.Date) (unit, registrar int) {
	on := today
	switch {
	case y.Filing != nil && !y.Filing.SubmittedOn.IsZero():
		on = y.Filing.SubmittedOn
	case !y.Recorded.IsZero():
		on = y.Recorded
	}
	toUnit, toRegistrar := y.Due(r)
	if supervised {
		unit = max(0, toUnit.DaysUntil(on))
	}
	return unit, max(0, toRegistrar.DaysUntil(on))
}

// Owed lists the years about which an organization owes a report by a day, newest
// first, no more than most.
func Owed(established, today civil.Date, most int) []int {
	var out []int
	for y := today.Year - 1; y >= established.Year && len(out) < most; y-- {
		out = append(out, y)
	}
	return out
}

// Registrar reports whether the actor is of the office that is registrar of an
// organization.
func Registrar(actor authz.Actor, o organization.Organization) bool {
	return actor.Can(authz.AnnualReportConclude) && actor.Covers(o.Place()) && (actor.Role == authz.Subdistrict) == o.OfStreet()
}

// ReportActs are what an actor may do with a report now.
type ReportActs struct{ Write, Sign, Opine, Return, Conclude, Reopen bool }

// May answers them; why is said to who would have the turn but signed the report.
func (f Filing) May(actor authz.Actor, o organization.Organization, today civil.Date) (m ReportActs, why string) {
	mine := actor.Role.OfOrganization() && actor.OrgID == o.ID
	m.Write = mine && f.Writable() && actor.Can(authz.OrganizationEdit)
	m.Sign = m.Write && actor.Can(authz.AnnualReportSubmit)
	m.Opine = f.State == FilingSubmitted && f.OpinionPending(today) && actor.Can(authz.AnnualReportOpine) && actor.Department == o.DepartmentCode
	if !Registrar(actor, o) {
		return m, ""
	}
	settled := f.State == FilingSubmitted && !f.OpinionPending(today)
	unanswered := f.Unanswered(today)
	if (settled || unanswered) && actor.PersonID == f.SubmittedPerson {
		return m, "这份年报由您签署报送，结论要由另一个人作。"
	}
	m.Conclude, m.Return = settled || unanswered, settled && f.Corrections == 0
	m.Reopen = f.State == FilingConcluded
	return m, ""
}

// ReportPart is one part of the form.
type ReportPart string

// The parts.
const (
	PartBasics     ReportPart = "basics"
	PartParty      ReportPart = "party"
	PartGovernance ReportPart = "governance"
	PartActivities ReportPart = "activities"
	PartPeople     ReportPart = "people"
	PartFinance    ReportPart = "finance"
	PartGrants     ReportPart = "grants"
	PartPapers     ReportPart = "papers"
)

// ReportParts lists what is typed, in order; PartPapers comes after.
var ReportParts = []ReportPart{PartBasics, PartParty, PartGovernance, PartActivities, PartPeople, PartFinance, PartGrants}

// CorrectableParts are those that a correction can name.
var CorrectableParts = append(slices.Clone(ReportParts), PartPapers)

// Name returns the Chinese name, the raw value when unknown.
func (p ReportPart) Name() string {
	return named(p, map[ReportPart]string{PartBasics: "基本情况", PartParty: "党建", PartGovernance: "内部治理", PartActivities: "业务活动",
		PartPeople: "人员", PartFinance: "财务", PartGrants: "接受捐赠与资助", PartPapers: "有关附件"})
}
