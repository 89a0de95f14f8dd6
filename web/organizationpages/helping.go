package organizationpages

import (
	"context"
	"strconv"

	"civilaffairs/internal/event"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// helpingView is what social workers and volunteers gave to the organization, and
// where one joins them.
type helpingView struct {
	Facts     []ui.Fact
	Calendar  string
	Volunteer string // "" while the organization takes nobody
}

// shownYears bounds the years on the profile.
const shownYears = 3

func helping(ctx context.Context, q postgres.Querier, org uuid.UUID) (v helpingView, err error) {
	sums, open, err := event.OfOrganization(ctx, q, org)
	if err != nil {
		return v, err
	}
	years := map[int]bool{}
	for _, s := range sums {
		if years[s.Year] = true; len(years) > shownYears {
			break
		}
		v.Facts = append(v.Facts, ui.F(strconv.Itoa(s.Year)+" 年"+s.Kind.Name(), event.HoursText(s.Minutes)+"，"+strconv.FormatInt(s.Entries, 10)+" 人次"))
	}
	v.Calendar = paths.WithQuery(paths.Activities, map[string][]string{"organization": {org.String()}})
	if open {
		v.Volunteer = paths.OrganizationVolunteering(org.String(), "")
	}
	return v, nil
}
