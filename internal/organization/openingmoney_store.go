package organization

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/imported"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// namedGrants are the conditions that find every grant that rows name.
func namedGrants(rows []OpeningMoney) (nos []string, orgs []uuid.UUID) {
	nos, orgs = []string{}, []uuid.UUID{}
	for _, r := range rows {
		if r.GrantNo != "" {
			nos = append(nos, r.GrantNo)
		} else {
			orgs = append(orgs, r.OrgID)
		}
	}
	return nos, orgs
}

func openedGrants(ctx context.Context, q postgres.Querier, rows []OpeningMoney) ([]grantOnRecord, error) {
	nos, orgs := namedGrants(rows)
	return postgres.All[grantOnRecord](ctx, q, `select `+onRecordColumns+` where f.id is not null and g.void_on is null
		union select `+onRecordColumns+` where g.no = any($2) and g.void_on is null`, orgs, nos)
}

// lockOpened keeps the grants from being undone, and their sums from moving.
func lockOpened(ctx context.Context, tx postgres.Tx, rows []OpeningMoney) error {
	nos, orgs := namedGrants(rows)
	_, err := tx.Exec(ctx, `select from earlier_grant where (no = any($2) or org_id in (select id from `+imported.FamilySQL+` f)) and void_on is null order by id for update`, orgs, nos)
	return err
}

// load reads the movements on record of the grants that are spoken of.
func (b *moneyBook) load(ctx context.Context, q postgres.Querier) error {
	type row struct {
		ID      uuid.UUID  `db:"id"`
		Grant   uuid.UUID  `db:"grant_id"`
		Kind    MoneyKind  `db:"kind"`
		On      civil.Date `db:"moved_on"`
		Amount  money.Fen  `db:"amount_fen"`
		Voucher string     `db:"voucher_no"`
	}
	ids := make([]uuid.UUID, len(b.grants))
	for i := range b.grants {
		g := &b.grants[i]
		ids[i] = g.ID
		n := namedGrant{g.OrgID, g.TitleKey, g.AwardedOn}
		b.byName[n] = append(b.byName[n], g)
		if g.No != "" {
			b.byNo[g.No] = g
		}
	}
	rows, err := postgres.All[row](ctx, q, `select id, grant_id, kind, moved_on, amount_fen, voucher_no from earlier_payment where grant_id = any($1)`, ids)
	for _, r := range rows {
		b.known[moneyKey{r.Grant, r.Kind, r.On, r.Amount, imported.Plain(r.Voucher)}] = r.ID
	}
	return err
}

// moneyColumns are movements to insert in one statement.
type moneyColumns struct {
	ids, grants     []uuid.UUID
	kinds, vouchers []string
	days            []civil.Date
	amounts         []money.Fen
}

func (m *moneyColumns) add(grant uuid.UUID, r OpeningMoney) uuid.UUID {
	id := newID()
	m.ids, m.grants = append(m.ids, id), append(m.grants, grant)
	m.kinds, m.vouchers = append(m.kinds, string(r.Kind)), append(m.vouchers, r.VoucherNo)
	m.days, m.amounts = append(m.days, r.MovedOn), append(m.amounts, r.Amount)
	return id
}

func (m *moneyColumns) insert(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, importID uuid.UUID) error {
	if len(m.ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, `
		insert into earlier_payment (id, grant_id, kind, moved_on, amount_fen, voucher_no, import_id, recorded_at, recorded_by)
		select id, grant_id, kind, day, amount, voucher, $7, $8, $9
		from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::bigint[], $6::text[]) as u (id, grant_id, kind, day, amount, voucher)`,
		m.ids, m.grants, m.kinds, m.days, m.amounts, m.vouchers, importID, now, actor.AccountID)
	return err
}
