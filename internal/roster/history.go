package roster

import (
	"context"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Stay is one stay of a person with everything that is kept about it.
type Stay struct {
	Member
	OrgName string
	Terms
}

// History returns all stays of a person in all organizations with contracts and
// insured months, oldest first, for services; it checks no permission.
func (s *Service) History(ctx context.Context, q postgres.Querier, personID uuid.UUID) ([]Stay, error) {
	type row struct {
		elsewhere
		Sealed []byte `db:"terms"`
	}
	rows, err := postgres.All[row](ctx, q, `select `+columns+`, o.name as org_name, m.terms`+from+` join organization o on o.id = m.org_id
		where m.person_id = $1 and m.void_on is null order by m.joined_on, m.id`, personID)
	out := make([]Stay, len(rows))
	for i, r := range rows {
		out[i] = Stay{Member: r.Member, OrgName: r.OrgName}
		if out[i].Terms, err = openTerms(s.keys, r.ID, r.Sealed); err != nil {
			return nil, err
		}
	}
	return out, err
}

// ServedMonth is what the rosters say of one person in one month.
type ServedMonth struct {
	Month    civil.Month
	FullTime []uuid.UUID // organizations in which the person is full-time on a day of it
	Proven   []uuid.UUID // those of them with a contract in force and insurance paid
}

// Doubled reports whether the month is full-time in more than one organization:
// that is noticed, and counts once at most.
func (m ServedMonth) Doubled() bool { return len(m.FullTime) > 1 }

// Served tells for every month from first to last where the person worked
// full-time and where that is borne out (domain §6: labour contract and insurance
// paid by the organization or its agent).
func Served(stays []Stay, first, last civil.Month) []ServedMonth {
	var out []ServedMonth
	for m := first; !m.After(last); m = m.Next() {
		x := ServedMonth{Month: m}
		for _, s := range stays {
			if !s.FullTime || !m.Overlaps(s.JoinedOn, s.LeftOn) {
				continue
			}
			if !slices.Contains(x.FullTime, s.OrgID) {
				x.FullTime = append(x.FullTime, s.OrgID)
			}
			if s.Covers(m) && s.Insured(m) && !slices.Contains(x.Proven, s.OrgID) {
				x.Proven = append(x.Proven, s.OrgID)
			}
		}
		out = append(out, x)
	}
	return out
}

// Gap is a time without full-time service between two stays, both days included.
type Gap struct{ From, To civil.Date }

// Days returns how long the gap is.
func (g Gap) Days() int { return g.From.DaysUntil(g.To) + 1 }

// Gaps returns the times between full-time stays, oldest first; service may span
// organizations with short ones (domain §6).
func Gaps(stays []Stay) []Gap {
	var out []Gap
	var until civil.Date // the last day served so far
	for _, s := range stays {
		if !s.FullTime {
			continue
		}
		if next := until.AddDays(1); !until.IsZero() && s.JoinedOn.After(next) {
			out = append(out, Gap{next, s.JoinedOn.AddDays(-1)})
		}
		if s.LeftOn.IsZero() {
			return out
		}
		if s.LeftOn.After(until) {
			until = s.LeftOn
		}
	}
	return out
}

// Unproven returns the months of a full-time stay up to month until that lack a
// contract in force, and those that lack insurance.
func (s Stay) Unproven(until civil.Month) (contract, insurance []civil.Month) {
	if !s.FullTime {
		return nil, nil
	}
	for m := civil.MonthOf(s.JoinedOn); !m.After(until) && m.Overlaps(s.JoinedOn, s.LeftOn); m = m.Next() {
		if !s.Covers(m) {
			contract = append(contract, m)
		}
		if !s.Insured(m) {
			insurance = append(insurance, m)
		}
	}
	return contract, insurance
}
