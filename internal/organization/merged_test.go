package organization_test

import (
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Who types the number of a record that was merged away means the one that stays;
// it is paid to the account of either, and told what concerns either.
func TestAMergedRecordIsFoundUnderTheOneThatStays(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keep, absorb := b.two(t)
	b.exec(t, `alter table payee_account disable trigger all`)
	b.exec(t, `insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4, saved_at, saved_by)
		values (gen_random_uuid(), $1, 'own', '中国银行', '坪山支行', '户名', '\x00', '\x00', '0001', now(), gen_random_uuid())`, absorb)
	b.exec(t, `insert into account (id, username, password_hash, role, status, person_id, organization_id, community, subdistrict, name, password_changed_at, created_token, created_at, updated_at)
		select gen_random_uuid(), 'kept-head', '$argon2id$', 'org_head', 'active', head_person_id, id, community_code, subdistrict_code, head_name, now(), 'kept', now(), now()
		from organization where id = $1`, keep)
	number := b.record(t, b.clerk, absorb).Number()
	found := func() (id uuid.UUID, payees, told int) {
		t.Helper()
		err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			orgs, err := organization.ByNumbers(t.Context(), q, []string{number, "没有的编号"})
			if err != nil || len(orgs) != 1 {
				t.Errorf("%d organizations: %v", len(orgs), err)
			}
			list, err := organization.Payees(t.Context(), q, keep)
			if err != nil {
				return err
			}
			to, err := account.HeadsAndClerks(t.Context(), q, absorb)
			id, payees, told = orgs[number].ID, len(list), len(to)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return id, payees, told
	}
	if id, payees, told := found(); id != absorb || payees != 0 || told != 0 {
		t.Errorf("two records: %s, %d accounts, %d told", id, payees, told)
	}
	b.exec(t, `update organization set merged_into = $2 where id = $1`, absorb, keep)
	if id, payees, told := found(); id != keep || payees != 1 || told != 1 {
		t.Errorf("one record: %s, %d accounts, %d told", id, payees, told)
	}
}
