package policy

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
)

// Service reads documents and parameters for the pages. Features that decide use
// DocumentOn and EditionOn within their own transaction.
type Service struct{ db *postgres.DB }

// New returns a Service over db.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Register is the list of documents as it stands on a day.
type Register struct {
	On        civil.Date
	Documents []Document // the latest in force first
	Notice    string     // what ForceNotice says, "" while a policy is in force
}

// Documents returns every document with today's force.
func (s *Service) Documents(ctx context.Context) (Register, error) {
	var r Register
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		r.On = civil.On(now)
		r.Documents, err = postgres.All[Document](ctx, q,
			`select `+documentColumns+` from policy_document order by effective_from desc, slug`)
		if err != nil {
			return err
		}
		r.Notice, err = ForceNotice(ctx, q, r.On)
		return err
	})
	return r, err
}

// Text is a document with its articles as it stands on a day.
type Text struct {
	On       civil.Date
	Document Document
	Articles []Article
}

// Document returns the document with slug. errs.NotFound.
func (s *Service) Document(ctx context.Context, slug string) (Text, error) {
	var t Text
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		t.On = civil.On(now)
		if t.Document, err = bySlug(ctx, q, slug); err != nil {
			return err
		}
		t.Articles, err = Articles(ctx, q, t.Document.ID)
		return err
	})
	return t, err
}

// Values is an edition of a document for the staff who confirm its parameters.
type Values struct {
	On       civil.Date
	Document Document
	Edition  Edition
}

// Parameters returns the approved edition of the document with slug that is in
// force today, or else the nearest in time. errs.NotFound when there is none;
// needs authz.PolicyView.
func (s *Service) Parameters(ctx context.Context, actor authz.Actor, slug string) (Values, error) {
	var v Values
	if err := actor.Require(authz.PolicyView); err != nil {
		return v, err
	}
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		v.On = civil.On(now)
		if v.Document, err = bySlug(ctx, q, slug); err != nil {
			return err
		}
		v.Edition, err = nearest(ctx, q, v.Document.ID, v.On)
		return err
	})
	return v, err
}

func bySlug(ctx context.Context, q postgres.Querier, slug string) (Document, error) {
	return postgres.One[Document](ctx, q, `select `+documentColumns+` from policy_document where slug = $1`, slug)
}
