package account

import (
	"context"
	"time"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Regroup gives the accounts of one organization to another in the area of
// community, and returns which; it runs in the transaction that merges two
// records. Two heads in office are errs.Conflict. Sessions end: who is signed in
// sees the other record from the next sign-in on.
func Regroup(ctx context.Context, tx postgres.Tx, now time.Time, from, to uuid.UUID, community string) ([]uuid.UUID, error) {
	return regroup(ctx, tx, `where organization_id = $1`, now, from, to, community)
}

// Ungroup gives back what Regroup gave.
func Ungroup(ctx context.Context, tx postgres.Tx, now time.Time, from, to uuid.UUID, community string, accounts []uuid.UUID) error {
	_, err := regroup(ctx, tx, `where organization_id = $1 and id = any($5)`, now, from, to, community, accounts)
	return err
}

func regroup(ctx context.Context, tx postgres.Tx, which string, now time.Time, from, to uuid.UUID, community string, more ...any) ([]uuid.UUID, error) {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	rows, err := postgres.All[row](ctx, tx, `
		update account set organization_id = $2, community = $4, subdistrict = left($4, 9),
			session_epoch = session_epoch + 1, updated_at = $3, version = version + 1 `+which+` returning id`,
		append([]any{from, to, now, community}, more...)...)
	if postgres.Violates(err, "account_one_head") {
		return nil, errs.New(errs.Conflict, "两份档案都有负责人账号。先请街道停用不再用的那一个，再合并。")
	}
	ids := make([]uuid.UUID, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	return ids, err
}
