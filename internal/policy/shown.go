package policy

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
)

// Shown returns the document and edition that pages explain today: those in
// force, or else the last that were. Nothing is accepted or decided under it.
func (s *Service) Shown(ctx context.Context) (Values, error) {
	var v Values
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		v.On = civil.On(now)
		v.Document, _, v.Edition, err = On(ctx, q, v.On)
		return err
	})
	return v, err
}

// MetOn returns the first date on which a period of months that began on a date
// is met: the corresponding day, or the one after it, as PeriodMetOn says. A
// month without that day counts to its last (domain 0.4).
func (p Params) MetOn(from civil.Date, months int) civil.Date {
	met := from.AddMonths(months)
	if p.Text(PeriodMetOn) == MetOnNextDay {
		met = met.AddDays(1)
	}
	return met
}
