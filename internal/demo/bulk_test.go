package demo_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/demo"
	"civilaffairs/internal/errs"
)

// marked is a database that passes for a demo.
func marked(t testing.TB) *dbtest.DB {
	t.Helper()
	db := dbtest.New(t)
	for _, sql := range []string{`insert into demo_mark (planted_at, seed) values (portal_now(), 1)`, `insert into demo_complete (completed_at) values (portal_now())`} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func figures(t testing.TB, db *dbtest.DB) (text string) {
	t.Helper()
	err := db.Owner.QueryRow(t.Context(), `select string_agg(no || progress || approved_fen || paid_fen || returned_fen || recovered_fen || community, ' ' order by no) from project`).Scan(&text)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// Bulk data are the same each time, and hold every sum that the portal keeps.
func TestBulkProjectsAddUp(t *testing.T) {
	t.Parallel()
	one, other := marked(t), marked(t)
	for _, db := range []*dbtest.DB{one, other} {
		if err := demo.PlantProjects(t.Context(), db.App, db.Owner, 600); err != nil {
			t.Fatal(err)
		}
	}
	if figures(t, one) != figures(t, other) {
		t.Error("two plantings of one seed differ")
	}
	for what, sql := range map[string]string{
		"600 projects":          `select count(*) = 600 from project`,
		"200 organizations":     `select count(*) = 200 from organization where demo`,
		"every programme":       `select count(distinct programme) = 4 from project`,
		"every progress":        `select count(distinct progress) >= 3 and bool_or(came_back) and bool_or(progress = 'terminated') from project`,
		"start-up once":         `select max(n) = 1 from (select count(*) as n from award where programme = 'startup' group by organization_id) x`,
		"ledger sums":           `select count(*) = 0 from ledger_differences()`,
		"list sums":             `select count(*) = 0 from project_differences()`,
		"triggers are back on":  `select count(*) = 0 from pg_trigger where tgenabled = 'D' and not tgisinternal`,
		"organization tally":    `select (select sum(n) from organization_tally) = (select count(*) from organization)`,
		"committed in its year": `select bool_and(p.year = ledger_year(e.at)) from ledger_entry e join ledger_pool p on p.id = e.pool_id where e.kind = 'commit'`,
		"nothing in the future": `select bool_and(granted_on < portal_now()) from project`,
	} {
		var holds bool
		if err := one.Owner.QueryRow(t.Context(), sql).Scan(&holds); err != nil || !holds {
			t.Errorf("%s: %v %v", what, holds, err)
		}
	}
	if err := demo.PlantProjects(t.Context(), one.App, one.Owner, 10); !errs.Is(err, errs.Conflict) {
		t.Errorf("a second time: %v", err)
	}
}

func TestBulkProjectsRefuseRealData(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	if err := demo.PlantProjects(t.Context(), db.App, db.Owner, 10); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "no demo") {
		t.Errorf("an empty database: %v", err)
	}
	if _, err := db.Owner.Exec(t.Context(), `insert into person (id, name, created_at, updated_at) values ('00000000-0000-0000-0000-000000000001', '陈', now(), now());
		insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since, head_person_id, head_name,
			community_code, subdistrict_code, created_at, updated_at)
		values (gen_random_uuid(), '真实的组织', 'association', 'filed', 'welfare', '坪社备1号', '2020-01-01', '街道', 'new', '2020-01-01',
			'00000000-0000-0000-0000-000000000001', '陈小明', '440310001001', '440310001', now(), now())`); err != nil {
		t.Fatal(err)
	}
	if err := demo.PlantProjects(t.Context(), db.App, db.Owner, 10); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "real data") {
		t.Errorf("real data: %v", err)
	}
	real := marked(t)
	for _, n := range []int{0, -1, demo.MaxProjects + 1} {
		if err := demo.PlantProjects(t.Context(), real.App, real.Owner, n); !errs.Is(err, errs.Invalid) {
			t.Errorf("%d projects: %v", n, err)
		}
	}
}
