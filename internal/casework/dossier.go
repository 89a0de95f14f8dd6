package casework

import (
	"context"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Dossier is everything on record about one case, oldest first.
type Dossier struct {
	Submissions []Submission
	Events      []Event
	Opinions    []Opinion
	Corrections []Correction
	Letters     []Letter
}

type flawRow struct {
	CorrectionID uuid.UUID `db:"correction_id"`
	Flaw
}

// DossierOf reads the whole file of a case in one round trip. Notes for the
// office are blank to everybody else. The caller has loaded the case for the
// actor.
func DossierOf(ctx context.Context, q postgres.Querier, actor authz.Actor, c Case) (Dossier, error) {
	var d Dossier
	var flaws []flawRow
	var letters []letterRow
	var b postgres.Batch
	postgres.Gather(&b, &d.Submissions, submissionsSQL, c.ID)
	postgres.Gather(&b, &d.Events, timelineSQL, c.ID, actor.Role.Staff())
	postgres.Gather(&b, &d.Opinions, opinionsSQL, c.ID)
	postgres.Gather(&b, &d.Corrections, correctionsSQL, c.ID)
	postgres.Gather(&b, &flaws, flawsSQL, c.ID)
	postgres.Gather(&b, &letters, lettersSQL, c.ID)
	if err := b.Run(ctx, q); err != nil {
		return d, err
	}
	assign(d.Corrections, flaws)
	var err error
	d.Letters, err = lettersOf(letters)
	return d, err
}
