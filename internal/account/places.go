package account

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"
)

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
