package incubator

import (
	"context"
	"time"

	"civilaffairs/internal/postgres"
)

const baseColumns = `id, slug, name, community_code, host, coalesce(address, '') as address, area_m2, seats,
	coalesce(open_hours, '') as open_hours, coalesce(manager, '') as manager, coalesce(phone, '') as phone,
	coalesce(facilities, '') as facilities, status, opened_on, version, updated_at`

// All returns every base that is not closed, in the order of community codes,
// for features that read within a transaction of their own.
func All(ctx context.Context, q postgres.Querier) ([]Base, error) {
	return postgres.All[Base](ctx, q, `select `+baseColumns+` from incubation_base where status <> 'closed' order by community_code`)
}

// bySlug reads one base; lock is "" or "for update".
func bySlug(ctx context.Context, q postgres.Querier, slug, lock string) (Base, error) {
	return postgres.One[Base](ctx, q, `select `+baseColumns+` from incubation_base where slug = $1 `+lock, slug)
}

func update(ctx context.Context, tx postgres.Tx, now time.Time, b Base, version int, f Facts) error {
	return postgres.ExecOne(ctx, tx, `
		update incubation_base set address = nullif($3, ''), area_m2 = $4, seats = $5, open_hours = nullif($6, ''),
			manager = nullif($7, ''), phone = nullif($8, ''), facilities = nullif($9, ''), status = $10, opened_on = $11,
			updated_at = $12, version = version + 1
		where id = $1 and version = $2`,
		b.ID, version, f.Address, f.AreaM2, f.Seats, f.OpenHours, f.Manager, f.Phone, f.Facilities, f.Status, f.OpenedOn, now)
}
