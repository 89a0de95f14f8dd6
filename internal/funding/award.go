package funding

import (
	"context"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Award is a signed grant, as the public reads it once its notice has settled.
type Award struct {
	CaseID           uuid.UUID  `db:"case_id"`
	No               string     `db:"no"`
	Programme        string     `db:"programme"`
	Year             int        `db:"year"`
	OrganizationID   uuid.UUID  `db:"organization_id"`
	OrganizationName string     `db:"organization_name"`
	Category         string     `db:"category"`
	Subdistrict      string     `db:"subdistrict"`
	Community        string     `db:"community"`
	Title            string     `db:"title"`
	Purpose          string     `db:"purpose"`
	Amount           money.Fen  `db:"amount_fen"`
	Large            bool       `db:"large"`
	EditionID        uuid.UUID  `db:"edition_id"`
	SignedAt         time.Time  `db:"signed_at"`
	SignedBy         uuid.UUID  `db:"signed_by"`
	SignerName       string     `db:"signer_name"`
	GrantedOn        civil.Date `db:"granted_on"` // zero before its notice has settled
}

const awardColumns = `case_id, no, programme, year, organization_id, organization_name, category, subdistrict, community, title, purpose,
	amount_fen, large, edition_id, signed_at, signed_by, signer_name, granted_on`

const awardSQL = `select ` + awardColumns + ` from award where case_id = $1`

// awardOf returns the grant of a case; errs.NotFound before the signature.
func awardOf(ctx context.Context, q postgres.Querier, caseID uuid.UUID) (Award, error) {
	return postgres.One[Award](ctx, q, awardSQL, caseID)
}
