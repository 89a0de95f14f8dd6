// Package policy holds the policy documents in articles with their force, and
// the effective-dated editions of parameters under which cases are decided.
// Level 3; owns the tables policy_document, policy_article, policy_edition,
// policy_parameter, policy_change and policy_closing.
//
// Documents and editions are drafted by a reviewer and approved by a leader,
// another person (DESIGN §2); see Desk. Drafts are for staff only.
//
// Force is tested at submission (policy, closing paragraph: in force for three
// years from 2017-09-28). A case pins the edition it was submitted under, so an
// approved edition never changes. A parameter whose value is not from the policy
// text is 待确认 until the bureau confirms it, and is shown so.
package policy

import (
	"context"
	"fmt"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Document is a dated policy document.
type Document struct {
	ID            uuid.UUID  `db:"id"`
	Slug          string     `db:"slug"` // names it in its address
	Kind          string     `db:"kind"` // policy, or rules under it
	No            string     `db:"no"`   // 文号, "" when the published text carries none
	Title         string     `db:"title"`
	IssuedBy      string     `db:"issued_by"`
	IssuedOn      civil.Date `db:"issued_on"`
	EffectiveFrom civil.Date `db:"effective_from"`
	EffectiveTo   civil.Date `db:"effective_to"` // last day of force, zero while no end is set
	ArchivedOn    civil.Date `db:"archived_on"`
	Source        string     `db:"source"` // where the text was published
	Demo          bool       `db:"demo"`   // invented for showing the portal
	Status        Status     `db:"status"`
	UnderID       uuid.UUID  `db:"under_id"`      // of rules: the policy they carry out
	RevisedByID   uuid.UUID  `db:"revised_by_id"` // the document that took its place, zero for none
	Version       int        `db:"version"`
}

// The kinds of document.
const (
	KindPolicy = "policy" // the policy itself
	KindRules  = "rules"  // detailed rules under it (实施细则)
)

// KindName returns what people call the kind of the document.
func (d Document) KindName() string {
	if d.Kind == KindRules {
		return "实施细则"
	}
	return "政策文件"
}

// Span returns the days of force.
func (d Document) Span() Span { return Span{d.EffectiveFrom, d.EffectiveTo} }

// Status is how far a document or an edition has come.
type Status string

// The closed list. Nothing but what is Approved binds or is public.
const (
	Draft     Status = "draft"
	Submitted Status = "submitted"
	Approved  Status = "approved"
	Discarded Status = "discarded"
	Void      Status = "void" // editions: approved, but their document ended before they began
)

// Name returns the state in words.
func (s Status) Name() string {
	switch s {
	case Draft:
		return "起草中"
	case Submitted:
		return "待签批"
	case Approved:
		return "已签批"
	case Discarded:
		return "已作废"
	default:
		return "没有施行"
	}
}

// Force is whether a document binds on a day.
type Force string

// The states of force, derived from the dates and never stored.
const (
	Coming  Force = "coming"
	InForce Force = "in_force"
	Lapsed  Force = "lapsed"
	Revised Force = "revised" // over, and another document took its place
)

// Name returns what the official page calls the state of force.
func (f Force) Name() string {
	switch f {
	case Coming:
		return "尚未施行"
	case InForce:
		return "有效"
	case Revised:
		return "已修订"
	default:
		return "已失效"
	}
}

// ForceOn returns whether the document is in force on date on; the last day counts.
func (d Document) ForceOn(on civil.Date) Force {
	switch {
	case on.Before(d.EffectiveFrom):
		return Coming
	case d.EffectiveTo.IsZero() || !on.After(d.EffectiveTo):
		return InForce
	case d.RevisedByID != uuid.Nil:
		return Revised
	default:
		return Lapsed
	}
}

// Period returns the time of force in words.
func (d Document) Period() string {
	if d.EffectiveTo.IsZero() {
		return d.EffectiveFrom.Chinese() + "起"
	}
	return d.EffectiveFrom.Chinese() + "至" + d.EffectiveTo.Chinese()
}

const documentColumns = `id, slug, kind, no, title, issued_by, issued_on, effective_from, effective_to, archived_on, source, demo,
	status, coalesce(under_id, '00000000-0000-0000-0000-000000000000') as under_id,
	coalesce(revised_by_id, '00000000-0000-0000-0000-000000000000') as revised_by_id, version`

// documentOn picks the policy in force on $1, or else the one nearest to it.
const documentOn = `kind = 'policy' and status = 'approved' order by effective_from <= $1 desc, abs(effective_from - $1::date) limit 1`

// DocumentOn returns the policy in force on date on and true. Outside force it
// returns the one that lapsed last (before any, the first to come) and false.
// errs.NotFound only when no policy is recorded at all.
func DocumentOn(ctx context.Context, q postgres.Querier, on civil.Date) (Document, bool, error) {
	d, err := postgres.One[Document](ctx, q, `select `+documentColumns+` from policy_document where `+documentOn, on)
	if err != nil {
		return Document{}, false, fmt.Errorf("policy document on %s: %w", on, err)
	}
	return d, d.ForceOn(on) == InForce, nil
}

// ForceNotice returns what to tell people when no policy is in force on date on,
// or when its parameters are not approved for that day; "" when all is well.
func ForceNotice(ctx context.Context, q postgres.Querier, on civil.Date) (string, error) {
	_, err := EditionOn(ctx, q, on)
	if errs.Is(err, errs.Conflict) {
		return errs.Message(err), nil
	}
	return "", err
}

// notInForce says what is closed and what goes on (DESIGN §1, row 四(四)).
func notInForce(d Document, on civil.Date) string {
	if d.ForceOn(on) == Coming {
		return fmt.Sprintf("《%s》自%s起施行。施行前不受理申请。", d.Title, d.EffectiveFrom.Chinese())
	}
	return fmt.Sprintf("《%s》的有效期是%s，现在已失效，新的文件还没有公布。现在不受理新的申请；"+
		"有效期内提交的申请继续办理，已经核定的资助照常执行。", d.Title, d.Period())
}

// errNotInForce is the refusal of whatever needs a policy in force.
func errNotInForce(d Document, on civil.Date) error {
	return errs.New(errs.Conflict, notInForce(d, on))
}
