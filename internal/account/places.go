package account

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"
)

// Departments returns the departments that exist today, for the form of an
// office account.
func (s *Service) Departments(ctx context.Context) (list []district.Department, today civil.Date, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		today = civil.On(now)
		list, err = district.Departments(ctx, q)
		list = slices.DeleteFunc(list, func(d district.Department) bool { return !d.In(today) })
		return err
	})
	return list, today, err
}

// Places returns the regions and today's date, for forms that ask for a
// community or subdistrict.
func (s *Service) Places(ctx context.Context) (regions *district.RegionSet, today civil.Date, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		today = civil.On(now)
		regions, err = district.Regions(ctx, q)
		return err
	})
	return regions, today, err
}
