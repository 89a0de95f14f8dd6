package startup

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Keep writes the application into the programme's tables. The unique index
// startup_grant_once lets one application of an organization live: whoever comes
// second is errs.Conflict.
func (Programme) Keep(ctx context.Context, tx postgres.Tx, _ time.Time, _ authz.Actor, c casework.Case, d funding.Document) error {
	a, ok := d.(Application)
	if !ok {
		return fmt.Errorf("startup: cannot keep a %T", d)
	}
	established, err := civil.Parse(a.EstablishedOn)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `
		insert into startup_grant (case_id, organization_id, established_on, requested_fen, cap_fen, activities, purpose,
			payee_id, contact_name, contact_mobile)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
		on conflict (case_id) do update set requested_fen = excluded.requested_fen, cap_fen = excluded.cap_fen,
			activities = excluded.activities, purpose = excluded.purpose, payee_id = excluded.payee_id,
			contact_name = excluded.contact_name, contact_mobile = excluded.contact_mobile`,
		c.ID, c.OrganizationID, established, a.Amount, a.Cap, a.Activities, a.Purpose, a.PayeeID, a.ContactName, a.ContactMobile)
	if postgres.Violates(err, "startup_grant_once") {
		return errs.Wrap(errs.Conflict, "启动扶持一个组织只有一次，您组织已经有一件在办或已经领过。请在工作台查看。", err)
	}
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from startup_use where case_id = $1`, c.ID); err != nil {
		return err
	}
	for i, u := range a.Lines {
		_, err := tx.Exec(ctx, `insert into startup_use (case_id, ordinal, category, item, amount_fen) values ($1, $2, $3, $4, $5)`,
			c.ID, i+1, u.Category, u.Item, u.Amount)
		if err != nil {
			return err
		}
	}
	return nil
}

// Release lets the organization apply again after an application that ended
// without a grant.
func (Programme) Release(ctx context.Context, tx postgres.Tx, _ time.Time, _ authz.Actor, c casework.Case) error {
	_, err := tx.Exec(ctx, `update startup_grant set live = false where case_id = $1`, c.ID)
	return err
}

// openOrGranted says which application of the organization other than own lives,
// "" for none.
func openOrGranted(ctx context.Context, q postgres.Querier, org, own uuid.UUID) (string, error) {
	var no, class string
	err := q.QueryRow(ctx, `
		select c.no, c.class from startup_grant g join case_file c on c.id = g.case_id
		where g.organization_id = $1 and g.live and g.case_id <> $2`, org, own).Scan(&no, &class)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return "", nil
	case err != nil:
		return "", err
	case class == "open":
		return no + " 正在办理", nil
	default:
		return no + " 已经资助", nil
	}
}
