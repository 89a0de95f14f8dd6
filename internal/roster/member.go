package roster

import (
	"encoding/json"
	"slices"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/person"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Member is one stay of one person in one organization.
type Member struct {
	ID            uuid.UUID     `db:"id"`
	OrgID         uuid.UUID     `db:"org_id"`
	MergedFrom    string        `db:"merged_from"` // name of the record that it was entered in, when that was merged into OrgID
	PersonID      uuid.UUID     `db:"person_id"`
	Name          string        `db:"name"`
	IDType        person.IDType `db:"id_type"`
	Post          Post          `db:"post"`
	Rank          int           `db:"rank"` // the place of Post in the list
	FullTime      bool          `db:"full_time"`
	Education     Education     `db:"education"`
	Qualification Qualification `db:"qualification"`
	JoinedOn      civil.Date    `db:"joined_on"`
	LeftOn        civil.Date    `db:"left_on"` // the last day; zero while there
	LeftReason    Reason        `db:"left_reason"`
	UpdatedAt     time.Time     `db:"updated_at"`
	Version       int           `db:"version"`
}

// On reports whether the stay covers day d.
func (m Member) On(d civil.Date) bool {
	return !m.JoinedOn.After(d) && (m.LeftOn.IsZero() || !m.LeftOn.Before(d))
}

// overlaps reports whether two stays have a day in common.
func (m Member) overlaps(from, to civil.Date) bool { return meet(m.JoinedOn, m.LeftOn, from, to) }

// meet reports whether two spans have a day in common; a zero end is open.
func meet(from, to, from2, to2 civil.Date) bool {
	return (to.IsZero() || !to.Before(from2)) && (to2.IsZero() || !to2.Before(from))
}

// Terms is what is kept sealed about a stay: contracts by their beginning and
// insured months in order.
type Terms struct {
	Contracts []Contract     `json:"contracts,omitempty"`
	Months    []InsuredMonth `json:"months,omitempty"`
}

// Contract is one labour contract.
type Contract struct {
	Employer Payer      `json:"employer"`
	Unit     string     `json:"unit,omitempty"` // of an agent
	From     civil.Date `json:"from"`
	To       civil.Date `json:"to"` // zero: open-ended
}

// InsuredMonth is a month for which social insurance was paid.
type InsuredMonth struct {
	Month civil.Month `json:"month"`
	Payer Payer       `json:"payer"`
	Unit  string      `json:"unit,omitempty"` // of an agent
}

// Covers reports whether a contract is in force on a day of month m.
func (t Terms) Covers(m civil.Month) bool {
	return slices.ContainsFunc(t.Contracts, func(c Contract) bool { return m.Overlaps(c.From, c.To) })
}

// Insured reports whether insurance was paid for month m.
func (t Terms) Insured(m civil.Month) bool {
	return slices.ContainsFunc(t.Months, func(x InsuredMonth) bool { return x.Month == m })
}

// sort brings contracts and months into the order in which they are kept.
func (t *Terms) sort() {
	slices.SortFunc(t.Contracts, func(a, b Contract) int { return a.From.Compare(b.From) })
	slices.SortFunc(t.Months, func(a, b InsuredMonth) int { return a.Month.Compare(b.Month) })
}

// termsContext binds sealed terms to their column and row.
const termsContext = "roster_member.terms"

func (t Terms) seal(keys *secret.Keys, id uuid.UUID) ([]byte, error) {
	plain, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return keys.Seal(termsContext, id, string(plain))
}

func openTerms(keys *secret.Keys, id uuid.UUID, sealed []byte) (t Terms, err error) {
	plain, err := keys.Open(termsContext, id, sealed)
	if err != nil {
		return Terms{}, err
	}
	return t, json.Unmarshal([]byte(plain), &t)
}
