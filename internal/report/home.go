package report

import (
	"context"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
)

// Home is what the home page shows; twelve statements.
type Home struct {
	Terms
	Money     HomeMoney
	Regions   *district.RegionSet
	Counts    organization.Tallies
	Bases     []incubator.Base // not closed
	Documents []policy.Document
	Offers    []Offered        // empty while the policy has no approved parameters
	Others    []policy.Article // what the policy sets out beside the offers
}

// Offered is a programme that takes applications here.
type Offered struct {
	Kind, Name string
	Article    policy.Article // that founds it
	funding.Offer
}

// Home reads the home page.
func (s *Service) Home(ctx context.Context) (Home, error) {
	var h Home
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		if h.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		if h.Counts, err = organization.Counts(ctx, q); err != nil {
			return err
		}
		if h.Bases, err = incubator.All(ctx, q); err != nil {
			return err
		}
		if h.Money, err = homeMoney(ctx, q, civil.On(now), h.Regions); err != nil {
			return err
		}
		return s.offers(ctx, q, now, &h)
	})
	if err != nil {
		return h, err
	}
	register, err := policy.New(s.db).Documents(ctx)
	h.Documents = register.Documents
	return h, err
}

// Offers reads the list of guides: the home page without its figures.
func (s *Service) Offers(ctx context.Context) (Home, error) {
	var h Home
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) error { return s.offers(ctx, q, now, &h) })
	return h, err
}

func (s *Service) offers(ctx context.Context, q postgres.Querier, now time.Time, h *Home) error {
	var err error
	h.Terms, err = terms(ctx, q, now, h.On)
	if unpriced := errs.Is(err, errs.NotFound) && h.Rules.Document.Title != ""; err != nil && !unpriced {
		return err
	} else if unpriced {
		return nil
	}
	articles, err := policy.Articles(ctx, q, h.Rules.Document.ID)
	if err != nil {
		return err
	}
	for _, p := range s.programmes {
		o := Offered{Kind: p.Workflow().Kind, Name: p.Workflow().Name, Article: founding(articles, p)}
		if o.Offer, err = offerOf(p, h.Terms); err != nil {
			return err
		}
		h.Offers = append(h.Offers, o)
	}
	h.Others = slices.DeleteFunc(articles, func(a policy.Article) bool {
		return !programmeArticle(a) || slices.ContainsFunc(h.Offers, func(o Offered) bool { return o.Article.Path == a.Path })
	})
	return nil
}

// founding is the article that bears the programme's name.
func founding(articles []policy.Article, p funding.Programme) policy.Article {
	name := p.Workflow().Name
	if i := slices.IndexFunc(articles, func(a policy.Article) bool { return a.Label == name }); i >= 0 {
		return articles[i]
	}
	// A new document may call the article otherwise and name the programme in it.
	if i := slices.IndexFunc(articles, func(a policy.Article) bool { return strings.Contains(a.Title+a.Text, name) }); i >= 0 {
		return articles[i]
	}
	return policy.Article{}
}

// programmeArticle reports whether an article sets up one of the four
// programmes, or the rating: 三（二）1（…）, 三（二）2.
func programmeArticle(a policy.Article) bool {
	return strings.HasPrefix(a.Path, "三（二）1（") || a.Path == "三（二）2"
}
