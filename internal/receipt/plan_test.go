package receipt

import (
	"fmt"
	"slices"
	"testing"

	"civilaffairs/internal/dbtest"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Among 100,000 papers of earlier years, each used, a list of a hundred is locked,
// compared and shown to its reviewer by index. Without one of the indexes everything
// would be read, so the test would notice.
func TestPapersAreFoundByIndex(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, sql := range []string{
		`alter table receipt disable trigger all; alter table receipt_allocation disable trigger all; alter table receipt_refusal disable trigger all`,
		`insert into receipt (id, kind, code, number, issued_on, seller, amount_fen, allocated_fen, created_at, created_by)
			select ('00000000-0000-0000-0001-' || lpad(to_hex(i), 12, '0'))::uuid, 'vat_digital', '', '264403' || lpad(i::text, 14, '0'), date '2021-01-01' + i % 2000, '示例商贸有限公司',
				100000, 50000, now(), gen_random_uuid() from generate_series(1, 100000) i`,
		`insert into receipt_allocation (id, receipt_id, case_id, ordinal, category, item, amount_fen, created_at, created_by)
			select gen_random_uuid(), ('00000000-0000-0000-0001-' || lpad(to_hex(i), 12, '0'))::uuid, ('00000000-0000-0000-0002-' || lpad(to_hex(i / 5), 12, '0'))::uuid,
				1 + i % 5, 'service', '活动物料', 50000, now(), gen_random_uuid() from generate_series(1, 100000) i`,
		`insert into receipt_refusal (id, case_id, other_id, receipt_id, reason, at, by)
			select gen_random_uuid(), gen_random_uuid(), ('00000000-0000-0000-0002-' || lpad(to_hex(i), 12, '0'))::uuid,
				('00000000-0000-0000-0001-' || lpad(to_hex(i * 5), 12, '0'))::uuid, 'used_up', now(), gen_random_uuid() from generate_series(1, 10000) i`,
		`alter table case_file disable trigger all; insert into case_file (id, kind, no, no_year, no_serial, title, state, class, waits_role, created_by, created_at, entered_at)
			select ('00000000-0000-0000-0002-' || lpad(to_hex(i), 12, '0'))::uuid, 'startup', 'FH-2026-' || lpad(i::text, 5, '0'), 2026, i, '某组织', 'draft', 'open', 'org_head',
				gen_random_uuid(), now(), now() from generate_series(1, 20000) i`,
		`vacuum analyze receipt, receipt_allocation, receipt_refusal, case_file`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	own, keys, ids := uuid.MustParse("00000000-0000-0000-0002-000000000007"), make([]string, MaxRows), make([]uuid.UUID, MaxRows)
	for i := range keys {
		keys[i], ids[i] = fmt.Sprintf("vat_digital//264403%014d", i*37), uuid.New()
	}
	queries := map[string]struct {
		sql   string
		args  []any
		index string // without which a table is read whole
	}{
		"the lock of a list":   {lockSQL, []any{own, keys}, "receipt_allocation_place"},
		"who uses the papers":  {usersSQL, []any{ids, own}, "receipt_allocation_of"},
		"shared by whom":       {conflictsSQL, []any{own}, "receipt_allocation_of"},
		"who was refused then": {refusalsSQL, []any{own}, "receipt_refusal_other"},
	}
	tables := []string{"receipt", "receipt_allocation", "receipt_refusal"}
	for name, q := range queries {
		if plan := dbtest.Plan(t, db.App.Pool(), q.sql, q.args...); len(dbtest.Whole(plan, tables...)) > 0 {
			t.Errorf("%s: read whole:\n%s", name, plan)
		}
		err := pgx.BeginFunc(t.Context(), db.Owner, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `drop index `+q.index); err != nil {
				return err
			}
			if plan := dbtest.Plan(t, tx, q.sql, q.args...); !slices.ContainsFunc(tables, func(table string) bool { return len(dbtest.Whole(plan, table)) > 0 }) {
				t.Errorf("%s: without %s nothing is noticed:\n%s", name, q.index, plan)
			}
			return pgx.ErrTxClosed // to be rolled back
		})
		if err != pgx.ErrTxClosed {
			t.Fatal(err)
		}
	}
}
