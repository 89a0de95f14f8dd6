package organization

import (
	"context"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// AsOf is an organization on a past day: the registered facts, which have a
// history, and what was on record by then. Whatever has none is left out.
type AsOf struct {
	On              civil.Date
	Name            string
	Type            OrgType
	Basis           Basis
	Category        Category
	USCC            string
	FilingNo        string
	EstablishedOn   civil.Date
	Registrar       string
	Status          Status
	StatusSince     civil.Date
	HeadName        string
	CommunityCode   string
	SubdistrictCode string

	ServiceTargets []ServiceTarget // as the organization had said by then
	Reach          Reach

	Systems    []System // on file on the day
	Activities []Activity
	Reports    []AnnualReport
	Grants     []Grant
}

// Number returns the number by which the public knew it on the day.
func (a AsOf) Number() string {
	return Organization{Basis: a.Basis, USCC: a.USCC, FilingNo: a.FilingNo}.Number()
}

// NumberLabel names what Number returns.
func (a AsOf) NumberLabel() string { return Organization{Basis: a.Basis}.NumberLabel() }

// ReadOn reads the organization as of the end of day on, in two round trips. A
// day before it was established and one that has not come are errs.Invalid at
// “on”. It checks no scope.
func ReadOn(ctx context.Context, q postgres.Querier, id uuid.UUID, on, today civil.Date) (AsOf, error) {
	if on.After(today) {
		return AsOf{}, errs.FieldError("on", "日期", on.Chinese()+"还没到。填今天以前的日期")
	}
	f, err := registeredFacts(ctx, q, id, on)
	if err != nil {
		return AsOf{}, cause(err)
	}
	if on.Before(f.EstablishedOn) {
		return AsOf{}, errs.FieldError("on", "日期", on.Chinese()+"这个组织还没有成立。填成立日期"+f.EstablishedOn.Chinese()+"当天或以后的日期")
	}
	a := AsOf{On: on, Name: f.Name, Type: f.Type, Basis: f.Basis, Category: f.Category, USCC: f.uscc, FilingNo: f.filingNo, EstablishedOn: f.EstablishedOn,
		Registrar: f.Registrar, Status: f.Status, StatusSince: f.StatusSince, HeadName: f.HeadName, CommunityCode: f.CommunityCode, SubdistrictCode: f.SubdistrictCode}
	var systems []System
	var activities []Activity
	var told []selfTold
	var b postgres.Batch
	postgres.Gather(&b, &systems, systemsSQL, id, true)
	postgres.Gather(&b, &activities, activitiesSQL, []uuid.UUID{id})
	postgres.Gather(&b, &a.Reports, reportsSQL, []uuid.UUID{id})
	postgres.Gather(&b, &a.Grants, grantsAroundSQL, []uuid.UUID{id}, uuid.Nil)
	postgres.Gather(&b, &told, selfToldSQL, id, on)
	if err := b.Run(ctx, q); err != nil {
		return a, err
	}
	a.say(told)
	a.keep(systems, activities)
	return a, nil
}

// keep leaves what was there on the day.
func (a *AsOf) keep(systems []System, activities []Activity) {
	for _, s := range systems {
		if !s.FiledOn.After(a.On) && (s.VoidOn.IsZero() || s.VoidOn.After(a.On)) {
			a.Systems = append(a.Systems, s)
		}
	}
	for _, x := range activities {
		if !x.ConfirmedOn.IsZero() && !x.ConfirmedOn.After(a.On) {
			a.Activities = append(a.Activities, x)
		}
	}
	reports := a.Reports
	a.Reports = nil
	for _, r := range reports {
		// That none was handed in is known only once the year's date has passed.
		if !r.SubmittedOn.IsZero() && !r.SubmittedOn.After(a.On) {
			a.Reports = append(a.Reports, r)
		}
	}
	grants := a.Grants
	a.Grants = nil
	for _, g := range grants {
		if !g.AwardedOn.After(a.On) {
			a.Grants = append(a.Grants, g)
		}
	}
}
