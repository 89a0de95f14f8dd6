// Package report reads across features for pages that belong to none: the home
// page, the guides, the funded projects, the fund and the open data. Read-only.
// Level 6; owns no tables.
package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"
)

// Service answers the pages.
type Service struct {
	db         *postgres.DB
	programmes []funding.Programme
	exports    chan struct{} // holds one for each that runs
}

// New returns a Service over the programmes of the catalog.
func New(db *postgres.DB, programmes []funding.Programme) *Service {
	return &Service{db: db, programmes: programmes, exports: make(chan struct{}, exports)}
}

// Terms are the rules that hold on a day.
type Terms struct {
	Today, On civil.Date
	Rules     funding.Rules
	Calendar  *workday.Calendar // of the working days, by which times run out
}

// Terms returns the rules on a day, today when on is zero. Outside the force of
// any policy, or on a day without approved parameters, they are the nearest ones,
// and Rules.InForce is false. errs.NotFound,
// with words for the person, while the policy has no approved parameters.
func (s *Service) Terms(ctx context.Context, on civil.Date) (Terms, error) {
	var t Terms
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		if t, err = terms(ctx, q, now, on); err != nil {
			return err
		}
		t.Calendar, err = district.Calendar(ctx, q)
		return err
	})
	return t, err
}

func terms(ctx context.Context, q postgres.Querier, now time.Time, on civil.Date) (Terms, error) {
	t := Terms{Today: civil.On(now), On: on}
	if on.IsZero() {
		t.On = t.Today
	}
	var err error
	t.Rules.Document, t.Rules.InForce, t.Rules.Edition, err = policy.On(ctx, q, t.On)
	if err == nil && t.Rules.Edition.DocumentID != t.Rules.Document.ID {
		return t, errs.Newf(errs.NotFound, "《%s》的参数还没有签批，签批后才有办事指南。现在请看政策原文。", t.Rules.Document.Title)
	}
	return t, err
}

// Programmes lists what the portal offers, in the order of the policy.
func (s *Service) Programmes() []funding.Programme { return slices.Clone(s.programmes) }

// Programme returns one by its key. errs.NotFound.
func (s *Service) Programme(kind string) (funding.Programme, error) {
	for _, p := range s.programmes {
		if p.Workflow().Kind == kind {
			return p, nil
		}
	}
	return nil, errs.New(errs.NotFound, "没有这个项目。请从办事指南选择。")
}

// offerOf asks a programme to describe itself.
func offerOf(p funding.Programme, t Terms) (funding.Offer, error) {
	o, ok := p.(funding.Offering)
	if !ok {
		return funding.Offer{}, fmt.Errorf("programme %s describes no offer", p.Workflow().Kind)
	}
	return o.Offer(t.Rules.Edition, t.On), nil
}
