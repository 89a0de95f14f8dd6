// Package notice publishes what is to be decided, counts its days and hears
// objections (公示, domain §10): drafted from cases, released by three different
// people, public for whole working days, settled item by item.
//
// Level 4; owns the tables notice, notice_counter, notice_manuscript,
// notice_release, notice_clock, notice_item and notice_objection. It knows no
// kind of case: what a kind has to do when its item is published, disputed or
// settled is registered, see Source and On….
//
// Lock order: the cases of a notice by ascending id, then the notice, then its
// items, as package postgres has it.
package notice

import (
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Type is what a notice is about. The list is closed; a type comes with the
// parameter that gives its least period.
type Type string

// Grant is 拟资助公示, the notice of grants before they are paid.
const Grant Type = "grant"

// Types lists the types in the order of filters.
var Types = []Type{Grant}

var types = map[Type]struct {
	name string
	days policy.Key
}{
	Grant: {"拟资助公示", policy.NoticeGrantWD},
}

// Name returns the type's Chinese name.
func (t Type) Name() string { return types[t].name }

// Valid reports whether t is in the closed list.
func (t Type) Valid() bool { _, ok := types[t]; return ok }

// State is where a notice stands.
type State string

// The states of a notice. Scheduled, running, ended and withdrawn ones have a
// number and never lose it.
const (
	Preparing State = "preparing"
	Scheduled State = "scheduled"
	Running   State = "running"
	Ended     State = "ended"
	Withdrawn State = "withdrawn"
	Discarded State = "discarded" // before it was signed
)

var stateNames = map[State]string{
	Preparing: "准备中", Scheduled: "待发布", Running: "公示中", Ended: "已结束", Withdrawn: "已撤回", Discarded: "已作废",
}

// Name returns the state's Chinese name.
func (s State) Name() string { return stateNames[s] }

// Stage is how far a text is on its way to publication.
type Stage string

// The stages of the three-step release (三审).
const (
	Drafting  Stage = "draft"
	Reviewing Stage = "reviewing"
	Signing   Stage = "signing"
	Issued    Stage = "issued"
	Dropped   Stage = "discarded"
)

var stageNames = map[Stage]string{Drafting: "撰稿中", Reviewing: "待审核", Signing: "待签发", Issued: "已签发", Dropped: "已作废"}

// Name returns the stage's Chinese name.
func (s Stage) Name() string { return stageNames[s] }

// ItemState is where one item of a notice stands.
type ItemState string

// The states of an item. Upheld is refused after an objection; removed has left
// the notice and may stand in another one.
const (
	Pending  ItemState = "pending"
	Open     ItemState = "open"
	Disputed ItemState = "disputed"
	Settled  ItemState = "settled"
	Upheld   ItemState = "upheld"
	Removed  ItemState = "removed"
)

var itemNames = map[ItemState]string{
	Pending: "待公示", Open: "公示中", Disputed: "异议处理中", Settled: "无异议", Upheld: "异议成立，不予资助", Removed: "已撤下",
}

// Name returns the state's Chinese name.
func (s ItemState) Name() string { return itemNames[s] }

// Notice is one public notice with its clock. Dates and instants of the clock
// are zero until it is published.
type Notice struct {
	ID             uuid.UUID  `db:"id"`
	Type           Type       `db:"type"`
	Kind           string     `db:"kind"` // of its cases
	State          State      `db:"state"`
	No             string     `db:"no"` // GS-2026-0001, drawn at signature; "" before
	PublishOn      civil.Date `db:"publish_on"`
	PublishedAt    *time.Time `db:"published_at"` // of the text shown now
	PublishedOn    civil.Date `db:"published_on"`
	FirstPublished *time.Time `db:"first_published_at"`
	PeriodWD       int        `db:"period_wd"`
	ExtraWD        int        `db:"extra_wd"` // added by extensions
	EndHour        int        `db:"end_hour"`
	StartsOn       civil.Date `db:"starts_on"`
	EndsOn         civil.Date `db:"ends_on"`
	EndsAt         *time.Time `db:"ends_at"`
	Provisional    bool       `db:"provisional"`
	EndedAt        *time.Time `db:"ended_at"`
	WithdrawnAt    *time.Time `db:"withdrawn_at"`
	Reason         string     `db:"withdrawn_reason"`
	CreatedAt      time.Time  `db:"created_at"`
	Version        int        `db:"version"`
}

// Days is how many working days the notice runs, extensions included.
func (n Notice) Days() int { return n.PeriodWD + n.ExtraWD }

// Period is the period as the calendar counts it.
func (n Notice) Period() workday.Period {
	return workday.Period{Start: n.StartsOn, End: n.EndsOn, Provisional: n.Provisional}
}

// Takes reports whether an objection that arrives at now is in time. While the
// end rests on a year not yet announced, nobody loses the right to a guess.
func (n Notice) Takes(now time.Time) bool {
	return n.State == Running && (n.Provisional || n.EndsAt != nil && now.Before(*n.EndsAt))
}

// Over reports whether the period has ended at now, for certain.
func (n Notice) Over(now time.Time) bool {
	return !n.Provisional && n.EndsAt != nil && !now.Before(*n.EndsAt)
}

// Manuscript is one text of a notice: the first one, or an erratum.
type Manuscript struct {
	ID        uuid.UUID  `db:"id"`
	NoticeID  uuid.UUID  `db:"notice_id"`
	Seq       int        `db:"seq"` // 0 is the first
	Stage     Stage      `db:"state"`
	MinimumWD int        `db:"minimum_wd"`
	EndHour   int        `db:"end_hour"`
	CreatedAt time.Time  `db:"created_at"`
	IssuedAt  *time.Time `db:"issued_at"`
	Text
}

// Erratum reports whether the text corrects a published one.
func (m Manuscript) Erratum() bool { return m.Seq > 0 }

// Text is what people write of a notice.
type Text struct {
	Title            string     `db:"title"`
	Body             string     `db:"body"` // paragraphs separated by line feeds
	ContactPhone     string     `db:"contact_phone"`
	ContactAddress   string     `db:"contact_address"`
	SupervisionPhone string     `db:"supervision_phone"`
	ObjectionHow     string     `db:"objection_how"`
	PeriodWD         int        `db:"period_wd"`
	PublishOn        civil.Date `db:"publish_on"` // zero: when signed
	Reason           string     `db:"reason"`     // of an erratum
}

// Item is one case in a notice; everything in it is public.
type Item struct {
	ID               uuid.UUID  `db:"id"`
	NoticeID         uuid.UUID  `db:"notice_id"`
	NoticeNo         string     `db:"notice_no"` // "" before signature
	Ordinal          int        `db:"ordinal"`
	CaseID           uuid.UUID  `db:"case_id"`
	CaseNo           string     `db:"case_no"`
	OrganizationID   uuid.UUID  `db:"organization_id"`
	OrganizationName string     `db:"organization_name"`
	Community        string     `db:"community"` // code
	Programme        string     `db:"programme"` // 孵化关爱工程
	Amount           money.Fen  `db:"amount_fen"`
	Purpose          string     `db:"purpose"`
	EditionID        uuid.UUID  `db:"edition_id"`
	State            ItemState  `db:"state"`
	SettledAt        *time.Time `db:"settled_at"`
	Version          int        `db:"version"`
}

// Step is one act of the release.
type Step struct {
	ManuscriptID uuid.UUID `db:"manuscript_id"`
	Seq          int       `db:"seq"`
	Act          Act       `db:"step"`
	At           time.Time `db:"at"`
	PersonID     uuid.UUID `db:"person_id"`
	ActorName    string    `db:"actor_name"`
	Reason       string    `db:"reason"`
}

// Act is what a step of the release did.
type Act string

// The acts of the release.
const (
	Drafted  Act = "drafted"
	Reviewed Act = "reviewed"
	Signed   Act = "signed"
	Returned Act = "returned"
	Scrapped Act = "discarded"
)

var actNames = map[Act]string{Drafted: "撰稿送审", Reviewed: "审核通过", Signed: "签发", Returned: "退回修改", Scrapped: "作废"}

// Name returns the act's Chinese name.
func (a Act) Name() string { return actNames[a] }

// Setting is one setting of the clock.
type Setting struct {
	Seq         int        `db:"seq"`
	Cause       Cause      `db:"cause"`
	At          time.Time  `db:"at"`
	StartsOn    civil.Date `db:"starts_on"`
	EndsOn      civil.Date `db:"ends_on"`
	WorkingDays int        `db:"working_days"`
	Provisional bool       `db:"provisional"`
	Reason      string     `db:"reason"`
	ActorName   string     `db:"actor_name"`
}

// Cause is why the clock was set.
type Cause string

// The causes. Recount is the calendar of a year having been announced.
const (
	Published Cause = "published"
	Erratum   Cause = "erratum"
	Extension Cause = "extension"
	Recount   Cause = "recount"
)

var causeNames = map[Cause]string{Published: "发布", Erratum: "勘误，重新公示", Extension: "延长", Recount: "工作日历公布后重算"}

// Name returns the cause's Chinese name.
func (c Cause) Name() string { return causeNames[c] }
