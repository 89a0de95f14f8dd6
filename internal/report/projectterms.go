package report

import (
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// Progress is how far a funded project is, as the public reads it.
type Progress string

// The progresses. CameBack goes across the others: money was returned or
// recovered, whatever else became of the project.
const (
	Unpaid     Progress = "unpaid"
	Running    Progress = "running"
	Reporting  Progress = "reporting"
	Closed     Progress = "closed"
	Terminated Progress = "terminated"
	CameBack   Progress = "came_back"
)

// Progresses lists them in the order of filters.
var Progresses = []Progress{Unpaid, Running, Reporting, Closed, Terminated, CameBack}

// Name returns the Chinese name, the raw value when unknown.
func (p Progress) Name() string {
	switch p {
	case Unpaid:
		return "待拨付"
	case Running:
		return "执行中"
	case Reporting:
		return "待交使用报告"
	case Closed:
		return "已办结"
	case Terminated:
		return "已终止"
	case CameBack:
		return "有退回或追回"
	}
	return string(p)
}

// Programmes are those that a project may belong to. The last one, other, holds
// support of before that was none of the four: on the list, outside the fund.
var Programmes = organization.Programmes

// Money is what was approved for projects and what became of it, in fen.
type Money struct {
	Approved  money.Fen `db:"approved_fen"`
	Paid      money.Fen `db:"paid_fen"`      // arrived
	Returned  money.Fen `db:"returned_fen"`  // unspent, given back
	Recovered money.Fen `db:"recovered_fen"` // taken back by decision
}

// Back is what came back.
func (m Money) Back() money.Fen { return m.Returned + m.Recovered }

// Net is what stayed with the organizations.
func (m Money) Net() money.Fen { return m.Paid - m.Back() }

// Plus adds up.
func (m Money) Plus(o Money) Money {
	return Money{m.Approved + o.Approved, m.Paid + o.Paid, m.Returned + o.Returned, m.Recovered + o.Recovered}
}

// Project is one award in the list of funded projects, or a grant of before the
// portal: public facts only.
type Project struct {
	No               string                 `db:"no"`
	Year             int                    `db:"year"` // of the budget that pays it
	Programme        organization.Programme `db:"programme"`
	Category         organization.Category  `db:"category"`
	Subdistrict      string                 `db:"subdistrict"`
	Community        string                 `db:"community"`
	GrantedOn        civil.Date             `db:"granted_on"`
	Progress         Progress               `db:"progress"`
	Title            string                 `db:"title"`
	Purpose          string                 `db:"purpose"`
	OrganizationID   uuid.UUID              `db:"organization_id"`
	OrganizationName string                 `db:"organization_name"` // as it was at signature
	Demo             bool                   `db:"demo"`
	Opening          bool                   `db:"opening"` // granted before the portal, and brought in by an import
	Money
}

// ProjectFilter narrows the list. Zero values do not filter.
type ProjectFilter struct {
	Year        int
	Programme   organization.Programme
	Category    organization.Category
	Subdistrict string
	Community   string
	Progress    Progress
	Query       string // part of title, organization, number or purpose; a community by any of its names
}

// within leaves out places that do not exist; a community says its subdistrict.
func (f ProjectFilter) within(regions *district.RegionSet) ProjectFilter {
	if r, ok := regions.Get(f.Community); !ok || r.Kind != district.Community {
		f.Community = ""
	}
	if r, ok := regions.Get(f.Subdistrict); !ok || r.Kind != district.Subdistrict || f.Community != "" {
		f.Subdistrict = ""
	}
	return f
}

// place is the community or subdistrict that f asks for.
func (f ProjectFilter) place() string {
	if f.Community != "" {
		return f.Community
	}
	return f.Subdistrict
}

// ProjectSort is an order of the list.
type ProjectSort string

// The orders; the first is the usual one.
const (
	NewestFirst   ProjectSort = "date"
	OldestFirst   ProjectSort = "date_asc"
	MostApproved  ProjectSort = "approved"
	LeastApproved ProjectSort = "approved_asc"
	MostPaid      ProjectSort = "paid"
	LeastPaid     ProjectSort = "paid_asc"
)

// ProjectSorts lists every order.
var ProjectSorts = []ProjectSort{NewestFirst, OldestFirst, MostApproved, LeastApproved, MostPaid, LeastPaid}

// SortOf returns the order of that name, the usual one for any other.
func SortOf(name string) ProjectSort {
	if s := ProjectSort(name); slices.Contains(ProjectSorts, s) {
		return s
	}
	return NewestFirst
}

// Reversed returns the same order from its other end.
func (s ProjectSort) Reversed() ProjectSort {
	i := slices.Index(ProjectSorts, s)
	return ProjectSorts[i^1] // they stand in pairs
}

// Ascending reports whether the smallest comes first.
func (s ProjectSort) Ascending() bool { return slices.Index(ProjectSorts, s)%2 == 1 }

// column is what s sorts by; the number breaks ties.
func (s ProjectSort) column() string {
	switch s {
	case MostApproved, LeastApproved:
		return "approved_fen"
	case MostPaid, LeastPaid:
		return "paid_fen"
	}
	return "granted_on"
}
