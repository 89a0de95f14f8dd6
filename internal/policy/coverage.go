package policy

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Coverage says for every approved policy on which days of its force parameters
// are missing. On those days nothing is taken (DESIGN §1, row 四（四）).
type Coverage struct {
	On        civil.Date
	Documents []Covered // the earliest first
	Between   []Span    // days without any policy, from the first document on; the last has no end unless a document has none
	InForce   *Edition  // the edition of today, nil when there is none
	Document  Document  // of InForce
}

// Covered is one policy with the days that lack an approved, complete edition.
type Covered struct {
	Document Document
	Editions []EditionFacts // approved and complete
	Gaps     []Span
}

// Complete reports whether no day in the force of any policy lacks parameters.
func (c Coverage) Complete() bool {
	for _, d := range c.Documents {
		if len(d.Gaps) > 0 {
			return false
		}
	}
	return true
}

// Coverage checks every approved policy. Needs authz.PolicyView.
func (k *Desk) Coverage(ctx context.Context, actor authz.Actor) (c Coverage, err error) {
	if err := actor.Require(authz.PolicyView); err != nil {
		return c, err
	}
	err = k.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		c, err = CoverageOn(ctx, q, civil.On(now))
		return err
	})
	return c, err
}

// CoverageOn is Coverage within the caller's transaction, as seen on a day.
func CoverageOn(ctx context.Context, q postgres.Querier, on civil.Date) (Coverage, error) {
	c := Coverage{On: on}
	var documents []Document
	var editions []EditionFacts
	keys := make([]string, len(definitions))
	for i, d := range definitions {
		keys[i] = string(d.Key)
	}
	var b postgres.Batch
	postgres.Gather(&b, &documents, `select `+documentColumns+` from policy_document where kind = 'policy' and status = 'approved' order by effective_from`)
	postgres.Gather(&b, &editions, `select `+editionColumns+` from policy_edition e where status = 'approved' and
		(select count(*) from policy_parameter p where p.edition_id = e.id and p.key = any($1)) = cardinality($1) order by effective_from`, keys)
	if err := b.Run(ctx, q); err != nil {
		return c, err
	}
	c.Documents, c.Between = cover(documents, editions)
	for _, d := range c.Documents {
		for _, e := range d.Editions {
			if d.Document.ForceOn(on) == InForce && e.Span().Contains(on) {
				whole, err := EditionByID(ctx, q, e.ID)
				if err != nil {
					return c, err
				}
				c.InForce, c.Document = &whole, d.Document
			}
		}
	}
	return c, nil
}

// cover finds the gaps. documents are approved policies and editions complete
// and approved ones, both the earliest first.
func cover(documents []Document, editions []EditionFacts) (list []Covered, between []Span) {
	byDocument := map[uuid.UUID][]EditionFacts{}
	for _, e := range editions {
		byDocument[e.DocumentID] = append(byDocument[e.DocumentID], e)
	}
	var forces []Span
	for _, d := range documents {
		var spans []Span
		for _, e := range byDocument[d.ID] {
			spans = append(spans, e.Span())
		}
		list = append(list, Covered{d, byDocument[d.ID], Uncovered(d.Span(), spans)})
		forces = append(forces, d.Span())
	}
	if len(forces) > 0 {
		between = Uncovered(Span{From: forces[0].From}, forces)
	}
	return list, between
}
