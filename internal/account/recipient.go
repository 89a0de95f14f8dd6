package account

import (
	"context"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Recipient is somebody a message goes to. Email may be empty.
type Recipient struct {
	AccountID uuid.UUID `db:"id"`
	Name      string    `db:"name"`
	Email     string    `db:"email"`
}

// HeadsAndClerks returns who acts for an organization at present; of one that was
// merged away or taken over, who acts for the one that stays, too.
func HeadsAndClerks(ctx context.Context, q postgres.Querier, orgID uuid.UUID) ([]Recipient, error) {
	return postgres.All[Recipient](ctx, q, `select id, name, email from account
		where organization_id = any((select organization_readers($1))::uuid[]) and status = 'active' order by id`, orgID)
}

// ByID returns the holder of one account, nobody when it is not active.
func ByID(ctx context.Context, q postgres.Querier, id uuid.UUID) ([]Recipient, error) {
	return postgres.All[Recipient](ctx, q, `select id, name, email from account where id = $1 and status = 'active'`, id)
}

// ByRole returns the active accounts of a role. area narrows to a community or
// subdistrict by its code; "" takes the whole district.
func ByRole(ctx context.Context, q postgres.Querier, role authz.Role, area string) ([]Recipient, error) {
	return postgres.All[Recipient](ctx, q, `select id, name, email from account
		where role = $1 and status = 'active' and ($2 = '' or community = $2 or subdistrict = $2) order by id`, string(role), area)
}

// OfDepartment returns the active accounts of a department, by its code.
func OfDepartment(ctx context.Context, q postgres.Querier, code string) ([]Recipient, error) {
	return postgres.All[Recipient](ctx, q, `select id, name, email from account
		where role = 'department' and status = 'active' and department = $1 order by id`, code)
}
