package incubator

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
)

// Service reads and changes bases.
type Service struct{ db *postgres.DB }

// New returns a Service over db.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Directory is the bases of the district on a day.
type Directory struct {
	On      civil.Date
	Regions *district.RegionSet
	Bases   []Base // not closed, in the order of community codes
	Target  int    // how many the policy aims at (二(三)), 0 when no edition says so
}

// Directory returns every base that is not closed. The manager's name is part of
// it: a public page leaves it out.
func (s *Service) Directory(ctx context.Context) (Directory, error) {
	var d Directory
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		d.On = civil.On(now)
		if d.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		if d.Bases, err = All(ctx, q); err != nil {
			return err
		}
		edition, err := policy.EditionShown(ctx, q, d.On)
		if errs.Is(err, errs.NotFound) {
			return nil
		}
		if err == nil {
			d.Target = edition.Params.Int(policy.BaseTarget)
		}
		return err
	})
	return d, err
}

// Detail is one base with what its page says about place and policy.
type Detail struct {
	On      civil.Date
	Base    Base
	Regions *district.RegionSet
	Policy  policy.Document // whose 三(一) the service lines quote
}

// Base returns the base with slug, closed ones included. errs.NotFound.
func (s *Service) Base(ctx context.Context, slug string) (Detail, error) {
	var d Detail
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		d.On = civil.On(now)
		if d.Base, err = bySlug(ctx, q, slug, ""); err != nil {
			return err
		}
		if d.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		d.Policy, _, err = policy.DocumentOn(ctx, q, d.On)
		return err
	})
	return d, err
}

// Own returns the bases whose facts the actor may record: those of the actor's
// community, or of every community of the actor's subdistrict. errs.Forbidden.
func (s *Service) Own(ctx context.Context, actor authz.Actor) (Directory, error) {
	if err := actor.Require(authz.BaseEdit); err != nil {
		return Directory{}, err
	}
	d, err := s.Directory(ctx)
	if err != nil {
		return Directory{}, err
	}
	var own []Base
	for _, b := range d.Bases {
		if ours(actor, b) {
			own = append(own, b)
		}
	}
	d.Bases = own
	return d, nil
}

// ForEdit returns the base with slug when the actor may record its facts.
// errs.NotFound when it does not exist, errs.Forbidden when it is another's.
func (s *Service) ForEdit(ctx context.Context, actor authz.Actor, slug string) (Detail, error) {
	if err := actor.Require(authz.BaseEdit); err != nil {
		return Detail{}, err
	}
	d, err := s.Base(ctx, slug)
	if err != nil {
		return Detail{}, err
	}
	return d, mayEdit(actor, d.Base)
}
