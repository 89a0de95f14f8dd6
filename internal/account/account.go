package account

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Status is where an account stands.
type Status string

// The statuses. Only an active account signs in.
const (
	Pending  Status = "pending"  // registered, waiting for the subdistrict
	Active   Status = "active"   //
	Disabled Status = "disabled" // with a reason; its work stays on record
	Refused  Status = "refused"  // the claim was refused; the user name is free again
)

// Name returns the status in Chinese.
func (s Status) Name() string {
	switch s {
	case Pending:
		return "待确认"
	case Active:
		return "使用中"
	case Disabled:
		return "已停用"
	case Refused:
		return "未通过"
	}
	return string(s)
}

// Account is what may be shown of an account to who manages it. Community is
// where an organization's or initiator's account belongs, or the office of a
// community account; Subdistrict likewise.
type Account struct {
	ID                uuid.UUID  `db:"id"`
	Username          string     `db:"username"`
	Role              authz.Role `db:"role"`
	Status            Status     `db:"status"`
	StatusReason      string     `db:"status_reason"`
	PersonID          uuid.UUID  `db:"person_id"`
	OrgID             uuid.UUID  `db:"organization_id"`
	Community         string     `db:"community"`
	Subdistrict       string     `db:"subdistrict"`
	Department        string     `db:"department"`      // code
	DepartmentName    string     `db:"department_name"` // as it is called today
	Name              string     `db:"name"`
	Email             string     `db:"email"`
	MustChange        bool       `db:"must_change_password"`
	PasswordChangedAt time.Time  `db:"password_changed_at"`
	EnrolledAt        *time.Time `db:"totp_enrolled_at"` // nil without a second factor
	CreatedAt         time.Time  `db:"created_at"`
	Version           int        `db:"version"`
}

// HasSecondFactor reports whether sign-in asks for a code.
func (a Account) HasSecondFactor() bool { return a.EnrolledAt != nil }

// Actor returns who acts when this account is signed in from ip. The area goes
// along for offices only: what an organization may do follows from its own row.
func (a Account) Actor(ip string) authz.Actor {
	actor := authz.Actor{
		AccountID: a.ID, PersonID: a.PersonID, Name: a.Name, Username: a.Username,
		Role: a.Role, OrgID: a.OrgID, Department: a.Department, IP: ip,
	}
	if a.Role == authz.Community || a.Role == authz.Subdistrict {
		actor.Community, actor.Subdistrict = a.Community, a.Subdistrict
	}
	return actor
}

// Person is what the person registry needs of an account's holder. ResidentID
// and Mobile may be empty.
type Person struct {
	Name       string
	ResidentID string
	Mobile     string
}

// Config is what the service is made of.
type Config struct {
	DB   *postgres.DB
	Keys *secret.Keys

	// EnsurePerson finds or makes the natural person (package person, a sibling
	// that the composer of the program connects).
	EnsurePerson func(ctx context.Context, tx postgres.Tx, now time.Time, p Person) (uuid.UUID, error)

	// Demo waives the enrolment of a second factor, lets the published demo
	// password pass and never asks to change it for its age. Never set on real data.
	Demo bool

	// CheapHashes is for tests that sign in dozens of people and are not about
	// passwords; no setting of the program leads here.
	CheapHashes bool
}

// Service is every act on accounts. Methods return errs kinds: Invalid with
// fields for what was typed, NotFound for what is out of the actor's scope,
// Conflict for a stale version, TooMany for a lock-out.
type Service struct {
	Config
	keys   *secret.Keys
	hasher hasher
}

// New returns the service; one per process, because it bounds concurrent hashes.
func New(c Config) *Service {
	return &Service{Config: c, keys: c.Keys, hasher: newHasher(c.CheapHashes)}
}

// mayDisable reports whether actor may open and close target: the system
// administrator the offices', the subdistrict those of organizations in its
// area, a head the clerks of the own organization; nobody the own account.
func mayDisable(actor authz.Actor, target Account) bool {
	return actor.AccountID != target.ID &&
		(actor.Role == authz.AdminSystem && target.Role.Staff() || managesApplicant(actor, target))
}

// mayReset is mayDisable with the security administrator for the offices: who
// makes accounts must not be able to enter them (三员分立).
func mayReset(actor authz.Actor, target Account) bool {
	return actor.AccountID != target.ID &&
		(actor.Role == authz.AdminSecurity && target.Role.Staff() || managesApplicant(actor, target))
}

// maySee reports whether target is in actor's lists at all.
func maySee(actor authz.Actor, target Account) bool {
	switch actor.Role {
	case authz.AdminSystem:
		return target.Role.Staff()
	case authz.AdminSecurity:
		return true // to unlock and to reset second factors, of applicants as well
	}
	return managesApplicant(actor, target)
}

func managesApplicant(actor authz.Actor, target Account) bool {
	switch {
	case target.Role.Staff():
		return false
	case actor.Role == authz.Subdistrict:
		return target.Subdistrict == actor.Subdistrict && target.Subdistrict != ""
	case actor.Role == authz.OrgHead:
		return target.Role == authz.OrgClerk && target.OrgID == actor.OrgID && target.OrgID != uuid.Nil
	}
	return false
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到这个账号。可能已经删除，或不在您能查看的范围内。")
}
