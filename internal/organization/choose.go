package organization

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"
)

// Choose returns size organizations of the actor's scope in which query is found
// ("" finds all), after cursor: for forms that act for one of them. It needs
// authz.OrganizationStaff. At most four statements.
func (s *Service) Choose(ctx context.Context, actor authz.Actor, query, cursor string, size int) (p Page, err error) {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		regions, err := district.Regions(ctx, q)
		if err != nil {
			return err
		}
		p, err = s.ListFor(ctx, q, regions, actor, Filter{Query: query}, cursor, size)
		return err
	})
	return p, err
}
