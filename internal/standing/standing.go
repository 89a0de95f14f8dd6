// Package standing is how an organization stands with the authorities: star
// grades in force, entries of lists, bans, violations, open recoveries, and the
// record of who looked at which list when. Level 4; owns standing_entry,
// standing_grade and standing_check.
//
// Rating and supervision write through it; eligibility and profiles read On.
// A list that nobody looked at is unknown, never clear (DESIGN §3.4).
package standing

import (
	"time"

	"civilaffairs/internal/civil"

	"github.com/google/uuid"
)

// Kind is what an entry or a check is about.
type Kind string

// The kinds (domain §9). The first three are lists of other authorities.
const (
	AbnormalList   Kind = "abnormal_list"
	SeriousList    Kind = "serious_list"
	CourtDefaulter Kind = "court_defaulter"
	Ban            Kind = "ban"
	Violation      Kind = "violation"
	RecoveryOpen   Kind = "recovery_open"
)

// Kinds lists every kind in the order in which pages show them.
var Kinds = []Kind{AbnormalList, SeriousList, CourtDefaulter, Ban, Violation, RecoveryOpen}

// Name returns the Chinese name of k, the raw value when unknown.
func (k Kind) Name() string {
	switch k {
	case AbnormalList:
		return "活动异常名录"
	case SeriousList:
		return "严重违法失信名单"
	case CourtDefaulter:
		return "失信被执行人名单"
	case Ban:
		return "限制申报"
	case Violation:
		return "违法违规记录"
	case RecoveryOpen:
		return "未结清的追回"
	}
	return string(k)
}

// Elsewhere reports whether another authority keeps the list: without a look, no
// entry here says nothing about it.
func (k Kind) Elsewhere() bool {
	return k == AbnormalList || k == SeriousList || k == CourtDefaulter
}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool { return k.Name() != string(k) }

// Entry is one listing, ban, violation or open recovery. ToOn is the last day in
// force, zero while open.
type Entry struct {
	ID          uuid.UUID  `db:"id"`
	OrgID       uuid.UUID  `db:"org_id"`
	Kind        Kind       `db:"kind"`
	FromOn      civil.Date `db:"from_on"`
	ToOn        civil.Date `db:"to_on"`
	Basis       string     `db:"basis"`  // decision or document number
	Reason      string     `db:"reason"` // public
	RecordedAt  time.Time  `db:"recorded_at"`
	CloseReason string     `db:"close_reason"`
	Closed      bool       `db:"closed"`
	Version     int        `db:"version"`
}

// InForceOn reports whether e holds on day on, its last day included.
func (e Entry) InForceOn(on civil.Date) bool {
	return !e.FromOn.After(on) && (e.ToOn.IsZero() || !e.ToOn.Before(on))
}

// Grade is a star grade with its validity, both days included.
type Grade struct {
	ID      uuid.UUID  `db:"id"`
	OrgID   uuid.UUID  `db:"org_id"`
	Star    int        `db:"star"` // 1–3
	FromOn  civil.Date `db:"from_on"`
	ToOn    civil.Date `db:"to_on"`
	CertNo  string     `db:"cert_no"`
	Version int        `db:"version"`
}

// InForceOn reports whether g holds on day on.
func (g Grade) InForceOn(on civil.Date) bool { return !g.FromOn.After(on) && !g.ToOn.Before(on) }

// Name returns 三星级, 二星级 or 一星级.
func (g Grade) Name() string {
	return map[int]string{1: "一星级", 2: "二星级", 3: "三星级"}[g.Star]
}

// Result is what a look at a list found.
type Result string

// The results of a check.
const (
	Clear  Result = "clear"
	Listed Result = "listed"
)

// Check records that an office looked at a list.
type Check struct {
	ID         uuid.UUID  `db:"id"`
	OrgID      uuid.UUID  `db:"org_id"`
	List       Kind       `db:"list"`
	CheckedOn  civil.Date `db:"checked_on"`
	Result     Result     `db:"result"`
	Source     string     `db:"source"` // where it was looked up
	RecordedAt time.Time  `db:"recorded_at"`
}

// State is the answer about one kind on one day.
type State string

// The three answers; the zero State is Unknown on purpose.
const (
	StateUnknown State = ""
	StateClear   State = "clear"
	StateListed  State = "listed"
)

// Standing is everything about one organization as seen on one day.
type Standing struct {
	OrgID   uuid.UUID
	On      civil.Date
	Grade   *Grade         // in force on On, nil when none
	Grades  []Grade        // all, newest first
	Entries []Entry        // all that began on or before On, newest first; ended ones included
	Checks  map[Kind]Check // the latest look at each list, made on or before On
}

// State answers for one kind. An entry in force is Listed whatever the looks
// say; without one the latest look decides; never looked at is Unknown.
func (s Standing) State(k Kind) State {
	if len(s.InForce(k)) > 0 {
		return StateListed
	}
	switch s.Checks[k].Result {
	case Listed:
		// Somebody saw it listed and the entry is missing: that must not turn into
		// a clean record.
		return StateListed
	case Clear:
		return StateClear
	}
	return StateUnknown
}

// InForce returns the entries of kind k in force on the day, newest first.
func (s Standing) InForce(k Kind) []Entry {
	var out []Entry
	for _, e := range s.Entries {
		if e.Kind == k && e.InForceOn(s.On) {
			out = append(out, e)
		}
	}
	return out
}

// ClearFrom returns the first day on which no entry of kind k that is recorded
// now holds any more: the day after the last of them ends. It is zero when none
// holds on the day, or when one is open-ended, so that only an act ends it.
func (s Standing) ClearFrom(k Kind) civil.Date {
	var last civil.Date
	for _, e := range s.InForce(k) {
		if e.ToOn.IsZero() {
			return civil.Date{}
		}
		if last.IsZero() || e.ToOn.After(last) {
			last = e.ToOn
		}
	}
	if last.IsZero() {
		return last
	}
	return last.AddDays(1)
}

// Since returns the entries of kind k that began on or after from, newest first:
// the look-back on violations counts from the day of the decision (domain §9).
func (s Standing) Since(k Kind, from civil.Date) []Entry {
	var out []Entry
	for _, e := range s.Entries {
		if e.Kind == k && !e.FromOn.Before(from) {
			out = append(out, e)
		}
	}
	return out
}

// Stars returns the grade in force as a number, 0 when there is none.
func (s Standing) Stars() int {
	if s.Grade == nil {
		return 0
	}
	return s.Grade.Star
}
