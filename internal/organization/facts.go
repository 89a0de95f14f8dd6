package organization

import (
	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
)

// Facts is what eligibility needs to know of one organization as of one day.
// The registered part is as it was (or is) on that day; the lists hold every
// record, later ones too, so that a rule can say from when its answer changes.
// What is not recorded is unknown: a zero date, an empty list without a look.
type Facts struct {
	OrgID uuid.UUID
	On    civil.Date

	Name            string
	Type            OrgType
	Basis           Basis
	Category        Category
	EstablishedOn   civil.Date // of the oldest of itself and its predecessors
	Origin          Origin
	Status          Status
	StatusSince     civil.Date
	Registrar       string
	HeadPersonID    uuid.UUID
	HeadName        string
	CommunityCode   string
	SubdistrictCode string
	Address         string
	BusinessScope   string
	SupervisingUnit string

	RegisteredCapital *money.Fen  // nil: none recorded
	Predecessors      []uuid.UUID // merged into it by the day, theirs included

	Systems    []System       // by kind, newest first; void ones left out
	Activities []Activity     // newest first
	Reports    []AnnualReport // newest year first
	Grants     []Grant        // own grants of before, newest first
	HeadGrants []Grant        // of other organizations with the same head at the award, newest first
	HeadOrgs   []HeadOrg      // other living organizations that the head leads now
	Looks      map[Subject]Look

	uscc, filingNo string // for AsOf
}

// HeadOrg is another living organization led by the same person.
type HeadOrg struct {
	ID            uuid.UUID `db:"id"`
	Name          string    `db:"name"`
	CommunityCode string    `db:"community_code"`
}

// AgeFrom returns the day on which the organization is n months old: the
// corresponding day, or the last of that month (domain 0.4). Zero when the date
// of establishment is unknown.
func (f Facts) AgeFrom(n int) civil.Date {
	if f.EstablishedOn.IsZero() {
		return civil.Date{}
	}
	return f.EstablishedOn.AddMonths(n)
}

// SystemOf returns the system of kind k that is on file on the day. ok is false
// when none is recorded by then, which is unknown rather than absent.
func (f Facts) SystemOf(k SystemKind) (s System, ok bool) {
	for _, s := range f.Systems {
		if s.Kind == k && !s.FiledOn.After(f.On) {
			return s, true
		}
	}
	return System{}, false
}

// ActivitiesBy returns the activities held on or before day on that a community
// or an office has confirmed (confirmed), and those that wait for it.
func (f Facts) ActivitiesBy(on civil.Date) (confirmed, waiting []Activity) {
	for _, a := range f.Activities {
		switch {
		case a.HeldOn.After(on):
		case a.ConfirmedOn.IsZero() || a.ConfirmedOn.After(on):
			waiting = append(waiting, a)
		default:
			confirmed = append(confirmed, a)
		}
	}
	return confirmed, waiting
}

// ReportOf returns what is recorded about the annual report of a year.
func (f Facts) ReportOf(year int) (r AnnualReport, ok bool) {
	for _, r := range f.Reports {
		if r.Year == year {
			return r, true
		}
	}
	return AnnualReport{}, false
}

// GrantsOf returns the organization's grants of programme p, newest first.
func (f Facts) GrantsOf(p Programme) []Grant {
	var out []Grant
	for _, g := range f.Grants {
		if g.Programme == p {
			out = append(out, g)
		}
	}
	return out
}

// OpenReports returns the grants whose use report is still owed on day on.
func (f Facts) OpenReports(on civil.Date) []Grant {
	var out []Grant
	for _, g := range f.Grants {
		if !g.AwardedOn.After(on) && g.ReportOpenOn(on) {
			out = append(out, g)
		}
	}
	return out
}

// Looked returns when an office last looked for records of subject s, on or
// before the day; ok is false when nobody did: then no rows means unknown.
func (f Facts) Looked(s Subject) (Look, bool) {
	l, ok := f.Looks[s]
	return l, ok
}

// SameHeadStartups returns the start-up grants of other organizations that the
// same person headed, in the same community, awarded on or after from (domain
// §3: within three years, a warning).
func (f Facts) SameHeadStartups(from civil.Date) []Grant {
	var out []Grant
	for _, g := range f.HeadGrants {
		if g.Programme == Startup && g.CommunityCode == f.CommunityCode && !g.AwardedOn.Before(from) && !g.AwardedOn.After(f.On) {
			out = append(out, g)
		}
	}
	return out
}
