package department_test

import (
	"database/sql"
	"testing"

	"civilaffairs/migrations"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
)

// beforeDepartments is the last migration under which units were texts.
const beforeDepartments = 20261125002200

// What was text before becomes a reference where the list has the department; an
// account's unit comes onto the list; a text that means none stays.
func TestDepartmentsComeFromTexts(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	db, err := sql.Open("pgx", b.db.OwnerURL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, migrations.FS, goose.WithAllowOutofOrder(true))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := provider.DownTo(t.Context(), beforeDepartments); err != nil {
		t.Fatal(err)
	}
	known := organization(t, b, "区教育局")
	for _, text := range []string{
		`insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since, head_person_id, head_name,
			community_code, subdistrict_code, supervising_unit, created_at, updated_at)
			select gen_random_uuid(), '第二互助社', org_type, status_basis, category, '编号第2号', established_on, registrar, origin, status_since, head_person_id, head_name,
			community_code, subdistrict_code, '区象棋协会', created_at, updated_at from organization`,
		`insert into account (id, username, password_hash, role, status, person_id, department, name, password_changed_at, created_token, created_at, updated_at)
			select gen_random_uuid(), 'unit' || n, '$argon2id$x', 'department', 'active', p.id, d, '周某', now(), 'x' || n, now(), now()
			from person p, unnest(array['坪山区教育局', '区供销合作社', '坪山区供销合作社']) with ordinality u (d, n)`,
		`insert into liaison_entry (id, org_id, kind, audience, office, office_name, text, at, account_id, person_id, actor_name, actor_role, withdrawn_at, withdrawn_by, withdrawn_name, withdrawn_reason)
			select gen_random_uuid(), id, 'remark', 'offices', 'department/区教育局', '区教育局', '走访时一切正常', now(), head_person_id, head_person_id, '周某', 'department', now(), head_person_id, '周某', '写到别的组织上了'
			from organization where supervising_unit = '区教育局'`,
	} {
		if _, err := b.db.Owner.Exec(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := provider.Up(t.Context()); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		`select department_code from organization where id = '` + known.String() + `'`:                                "education",
		`select coalesce(department_code, '') || supervising_unit from organization where supervising_unit = '区象棋协会'`: "区象棋协会",
		`select department from account where username = 'unit1'`:                                                     "education",
		`select count(distinct department)::text || min(department_name_on(department, current_date)) || bool_or(d.confirmed)::text
			from account a join department d on d.code = a.department where username in ('unit2', 'unit3')`: "1区供销合作社false",
		`select office from liaison_entry`: "department/education",
	} {
		var got string
		if err := b.db.Owner.QueryRow(t.Context(), query).Scan(&got); err != nil || got != want {
			t.Errorf("%s: %q, want %q: %v", query, got, want, err)
		}
	}
}
