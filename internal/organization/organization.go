package organization

import (
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
)

// Organization is today's record. Mobile numbers are masked here; bank data are
// in PayeeAccount, the head's document number in package person. A nil number
// means that nobody recorded it.
type Organization struct {
	ID                 uuid.UUID  `db:"id"`
	Name               string     `db:"name"`
	Type               OrgType    `db:"org_type"`
	Basis              Basis      `db:"status_basis"`
	Category           Category   `db:"category"`
	USCC               string     `db:"uscc"` // "" for most filed ones
	USCCOverrideReason string     `db:"uscc_override_reason"`
	FilingNo           string     `db:"filing_no"`
	EstablishedOn      civil.Date `db:"established_on"`
	Registrar          string     `db:"registrar"`
	Origin             Origin     `db:"origin"`
	Status             Status     `db:"status"`
	StatusSince        civil.Date `db:"status_since"`
	StatusReason       string     `db:"status_reason"`

	HeadPersonID   uuid.UUID `db:"head_person_id"`
	HeadName       string    `db:"head_name"`
	HeadMobileMask string    `db:"head_mobile_mask"`

	CommunityCode   string   `db:"community_code"`
	SubdistrictCode string   `db:"subdistrict_code"`
	Address         string   `db:"address"`
	Postcode        string   `db:"postcode"`
	Premises        Premises `db:"premises_type"`
	ActivityScope   string   `db:"activity_scope"`
	Reach           Reach    `db:"activity_reach"`
	BusinessScope   string   `db:"business_scope"`
	SupervisingUnit string   `db:"supervising_unit"` // as it was registered
	DepartmentCode  string   `db:"department_code"`  // the department that it means, "" when none on the list
	UnitName        string   `db:"unit_name"`        // what that is called today, else SupervisingUnit

	ServiceTargets []ServiceTarget `db:"service_targets"`

	RegisteredCapital *money.Fen `db:"registered_capital_fen"` // registered ones only

	ContactName       string `db:"contact_name"`
	ContactPhone      string `db:"contact_phone"`
	ContactMobileMask string `db:"contact_mobile_mask"`
	ContactEmail      string `db:"contact_email"`

	Members       *int     `db:"members"`
	Staff         *int     `db:"staff"`
	FullTime      *int     `db:"full_time"`
	Volunteers    *int     `db:"volunteers"`
	SocialWorkers *int     `db:"social_workers"`
	PartyOrg      PartyOrg `db:"party_org"`
	PartyMembers  *int     `db:"party_members"`

	BaseID       uuid.UUID `db:"base_id"` // zero while in no incubation base
	Introduction string    `db:"introduction"`
	Demo         bool      `db:"demo"` // invented, shown with the mark 演示
	UpdatedAt    time.Time `db:"updated_at"`
	Version      int       `db:"version"`
	MergedInto   uuid.UUID `db:"merged_into"` // the record that this duplicate went into, zero while it stands
}

// Number returns the number that the public knows it by: credit code when
// registered, filing number when filed.
func (o Organization) Number() string {
	if o.Basis == Registered {
		return o.USCC
	}
	return o.FilingNo
}

// NumberLabel names what Number returns.
func (o Organization) NumberLabel() string {
	if o.Basis == Registered {
		return "统一社会信用代码"
	}
	return "备案编号"
}

// Place is where the organization belongs, for the comparison with a scope.
func (o Organization) Place() authz.Place {
	return authz.Place{OrgID: o.ID, Community: o.CommunityCode, Subdistrict: o.SubdistrictCode, Department: o.DepartmentCode}
}

// OfStreet reports whether a subdistrict is its registrar: of filed ones only,
// legal persons are always the bureau's.
func (o Organization) OfStreet() bool {
	return o.Basis == Filed && strings.HasSuffix(o.Registrar, "街道办事处")
}

// OfStreetSQL is OfStreet of the row o.
const OfStreetSQL = `(o.status_basis = 'filed' and o.registrar like '%街道办事处')`

// Event is one entry of the public timeline.
type Event struct {
	HappenedOn civil.Date `db:"happened_on"`
	Kind       string     `db:"kind"` // established, changed, status
	Title      string     `db:"title"`
	Detail     string     `db:"detail"`
}

// PayeeAccount is where money may be paid. The number is masked to its last
// four digits; Unmask on the service gives it in full, with a reason.
type PayeeAccount struct {
	ID                uuid.UUID  `db:"id"`
	OrgID             uuid.UUID  `db:"org_id"`
	Kind              PayeeKind  `db:"kind"`
	BankName          string     `db:"bank_name"`
	Branch            string     `db:"branch"`
	AccountName       string     `db:"account_name"`
	Last4             string     `db:"account_no_last4"`
	CNAPS             string     `db:"cnaps"`
	AgentName         string     `db:"agent_name"`
	AgentKind         AgentKind  `db:"agent_kind"`
	AuthorizationNote string     `db:"authorization_note"`
	SavedAt           time.Time  `db:"saved_at"`
	SavedBy           uuid.UUID  `db:"saved_by"`
	VerifiedAt        *time.Time `db:"verified_at"` // nil until finance checked it
	Version           int        `db:"version"`
}

// Masked returns the number as pages show it: ****1234.
func (p PayeeAccount) Masked() string { return "****" + p.Last4 }

// System is an internal system on file.
type System struct {
	ID              uuid.UUID  `db:"id"`
	OrgID           uuid.UUID  `db:"org_id"`
	Kind            SystemKind `db:"kind"`
	Title           string     `db:"title"`
	AdoptedOn       civil.Date `db:"adopted_on"`
	FiledOn         civil.Date `db:"filed_on"`
	ConfirmedOn     civil.Date `db:"confirmed_on"` // zero until an office confirmed it
	ConfirmedOffice string     `db:"confirmed_office"`
	VoidOn          civil.Date `db:"void_on"` // replaced or taken back on this day
	VoidReason      string     `db:"void_reason"`
	Version         int        `db:"version"`
}

// Activity is a public-benefit activity that took place.
type Activity struct {
	ID              uuid.UUID  `db:"id"`
	OrgID           uuid.UUID  `db:"org_id"`
	Title           string     `db:"title"`
	HeldOn          civil.Date `db:"held_on"`
	Place           string     `db:"place"`
	CommunityCode   string     `db:"community_code"`
	Participants    int        `db:"participants"`
	Volunteers      int        `db:"volunteers"`
	SocialWorkers   int        `db:"social_workers"`
	Summary         string     `db:"summary"`
	ConfirmedOn     civil.Date `db:"confirmed_on"` // zero until the community confirmed it
	ConfirmedOffice string     `db:"confirmed_office"`
	Version         int        `db:"version"`
}

// AnnualReport is the conclusion about one year.
type AnnualReport struct {
	ID          uuid.UUID  `db:"id"`
	OrgID       uuid.UUID  `db:"org_id"`
	Year        int        `db:"report_year"`
	SubmittedOn civil.Date `db:"submitted_on"`
	Conclusion  Conclusion `db:"conclusion"`
	Unit        string     `db:"unit"`
	Version     int        `db:"version"`
	From        string     `db:"merged_from"` // the record that it stands under when that was merged away, "" otherwise
}

// Grant is support received before the portal kept its ledger.
type Grant struct {
	ID               uuid.UUID  `db:"id"`
	No               string     `db:"no"` // on the list of funded projects; "" while recorded by hand only
	OrgID            uuid.UUID  `db:"org_id"`
	OrgName          string     `db:"org_name"`
	Programme        Programme  `db:"programme"`
	Title            string     `db:"title"`
	AwardedOn        civil.Date `db:"awarded_on"`
	Amount           money.Fen  `db:"amount_fen"`
	DocumentNo       string     `db:"document_no"`
	HeadPersonID     uuid.UUID  `db:"head_person_id"`
	CommunityCode    string     `db:"community_code"`
	UseReportDueOn   civil.Date `db:"use_report_due_on"`   // zero when none was asked for
	UseReportFiledOn civil.Date `db:"use_report_filed_on"` // zero until handed in
	Version          int        `db:"version"`
	From             string     `db:"merged_from"` // the record that it stands under when that was merged away, "" otherwise
}

// ReportOpenOn reports whether a use report was asked for and not handed in by
// the end of day on.
func (g Grant) ReportOpenOn(on civil.Date) bool {
	return !g.UseReportDueOn.IsZero() && (g.UseReportFiledOn.IsZero() || g.UseReportFiledOn.After(on))
}

// Subject is a kind of record that an office can have looked for.
type Subject string

// The subjects of a check: without one, no rows means unknown.
const (
	EarlierGrants Subject = "earlier_grants"
	AnnualReports Subject = "annual_reports"
)

// Name returns the Chinese name.
func (s Subject) Name() string {
	return named(s, map[Subject]string{EarlierGrants: "历史资助", AnnualReports: "年度报告"})
}

// Look records that an office looked for records of a subject up to a day.
type Look struct {
	Subject   Subject    `db:"subject" json:"subject"`
	CheckedOn civil.Date `db:"checked_on" json:"checked_on"`
	Source    string     `db:"source" json:"source"`
}
