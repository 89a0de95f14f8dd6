package policy

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Service reads documents and parameters for the pages. Features that decide use
// DocumentOn and EditionOn within their own transaction.
type Service struct{ db *postgres.DB }

// New returns a Service over db.
func New(db *postgres.DB) *Service { return &Service{db: db} }

// Register is the list of documents as it stands on a day.
type Register struct {
	On        civil.Date
	Documents []Document // approved, the latest in force first; rules after their policy
	Notice    string     // what ForceNotice says, "" while all is well
}

// Documents returns every approved document with today's force.
func (s *Service) Documents(ctx context.Context) (Register, error) {
	var r Register
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		r.On = civil.On(now)
		all, err := postgres.All[Document](ctx, q,
			`select `+documentColumns+` from policy_document where status = 'approved' order by effective_from desc, slug`)
		if err != nil {
			return err
		}
		r.Documents = withRules(all)
		r.Notice, err = ForceNotice(ctx, q, r.On)
		return err
	})
	return r, err
}

// withRules puts detailed rules behind the policy that they carry out.
func withRules(all []Document) []Document {
	out := make([]Document, 0, len(all))
	for _, d := range all {
		if d.Kind != KindPolicy {
			continue
		}
		out = append(out, d)
		for _, r := range all {
			if r.UnderID == d.ID {
				out = append(out, r)
			}
		}
	}
	return out
}

// Text is a document with its articles as it stands on a day, and its neighbours.
type Text struct {
	On       civil.Date
	Document Document
	Articles []Article
	Under    *Document      // of rules: the policy
	Rules    []Document     // of a policy: the rules under it
	Revision *Document      // the document that revised it
	Editions []EditionFacts // approved ones, the latest first
}

// Document returns the approved document with slug. errs.NotFound.
func (s *Service) Document(ctx context.Context, slug string) (Text, error) {
	var t Text
	err := s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		t.On = civil.On(now)
		if t.Document, err = bySlug(ctx, q, slug); err != nil {
			return err
		}
		var near []Document
		var b postgres.Batch
		postgres.Gather(&b, &t.Articles, articlesSQL, t.Document.ID)
		postgres.Gather(&b, &near, `select `+documentColumns+` from policy_document
			where status = 'approved' and (id = $2 or id = $3 or under_id = $1) order by effective_from desc`,
			t.Document.ID, t.Document.UnderID, t.Document.RevisedByID)
		postgres.Gather(&b, &t.Editions, `select `+editionColumns+` from policy_edition
			where document_id = $1 and status = 'approved' order by effective_from desc`, t.Document.ID)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		for _, d := range near {
			switch d.ID {
			case t.Document.UnderID:
				t.Under = &d
			case t.Document.RevisedByID:
				t.Revision = &d
			default:
				t.Rules = append(t.Rules, d)
			}
		}
		return nil
	})
	return t, err
}

// EditionsOf returns an approved edition of the document with slug, with all the
// others to choose from: the one with id, or for the zero id the one in force
// today or nearest to it. errs.NotFound.
func (s *Service) EditionsOf(ctx context.Context, slug string, id uuid.UUID) (v Values, all []EditionFacts, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v.On = civil.On(now)
		if v.Document, err = bySlug(ctx, q, slug); err != nil {
			return err
		}
		if id == uuid.Nil {
			v.Edition, err = nearest(ctx, q, v.Document.ID, v.On)
		} else {
			v.Edition, err = editionWhere(ctx, q, `id = $1 and document_id = $2 and status = 'approved'`, id, v.Document.ID)
		}
		if err != nil {
			return err
		}
		all, err = postgres.All[EditionFacts](ctx, q, `select `+editionColumns+` from policy_edition
			where document_id = $1 and status = 'approved' order by effective_from desc`, v.Document.ID)
		return err
	})
	return v, all, err
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
	return postgres.One[Document](ctx, q, `select `+documentColumns+` from policy_document where slug = $1 and status = 'approved'`, slug)
}
