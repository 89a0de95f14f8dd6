package report

import (
	"fmt"
	"strings"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/demo"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"

	"github.com/jackc/pgx/v5"
)

// thousands is a database with enough projects for the planner to care.
func thousands(t testing.TB, n int) (*dbtest.DB, *district.RegionSet) {
	t.Helper()
	db := dbtest.New(t)
	for _, sql := range []string{`insert into demo_mark (planted_at, seed) values (portal_now(), 1)`, `insert into demo_complete (completed_at) values (portal_now())`} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	if err := demo.PlantProjects(t.Context(), db.App, db.Owner, n); err != nil {
		t.Fatal(err)
	}
	regions, err := district.Regions(t.Context(), db.App.Pool())
	if err != nil {
		t.Fatal(err)
	}
	return db, regions
}

// before opens n grants of before the portal, none of the fund, and lets the
// planner know.
func before(t testing.TB, db *dbtest.DB, n int) {
	t.Helper()
	for _, sql := range []string{fmt.Sprintf(`
		insert into earlier_grant (id, org_id, programme, title, purpose, awarded_on, amount_fen, head_person_id, community_code, subdistrict_code,
			organization_name, category, no, import_id, opened_at, recorded_at, recorded_by)
		select gen_random_uuid(), o.id, 'other', '社区共餐第' || i || '期', '测量用的数据', '2016-01-01'::date + i %% 700, 100000 + i, o.head_person_id, o.community_code,
			o.subdistrict_code, o.name, o.category, 'LS-' || extract(year from '2016-01-01'::date + i %% 700) || '-' || 10000 + i, '00000000-0000-0000-0000-000000000001',
			portal_now(), portal_now(), o.id
		from generate_series(1, %d) i join lateral (select * from organization order by id offset i %% 50 limit 1) o on true`, n), `vacuum (analyze) earlier_grant, project`} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
}

// plan explains a query as the planner chooses it.
func plan(t testing.TB, db *dbtest.DB, sql string, args []any) string {
	t.Helper()
	rows, err := db.App.Pool().Query(t.Context(), "explain "+sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(lines, "\n")
}

// grows reports whether a plan reads a whole table that grows with the projects.
func grows(plan string) bool {
	for _, table := range []string{"project p", "project", "award", "award a", "organization o", "earlier_grant g", "earlier_grant", "case_file f", "project_tally"} {
		if strings.Contains(plan, "Seq Scan on "+table+" ") || strings.Contains(plan, "Seq Scan on "+table+"\n") {
			return true
		}
	}
	return false
}

// Whatever the conditions, the order and the page, the list is read by indexes.
func TestTheListIsReadByIndexes(t *testing.T) {
	t.Parallel()
	db, regions := thousands(t, 5000)
	before(t, db, 3000)
	for _, f := range []ProjectFilter{
		{}, {Year: 2025}, {Programme: organization.Venture}, {Category: organization.Charity}, {Subdistrict: "440310001"}, {Community: "440310002004"},
		{Progress: Closed}, {Progress: Terminated}, {Progress: CameBack}, {Year: 2025, Community: "440310002001", Category: organization.Rights, Progress: Terminated},
		{Query: "共餐"}, {Query: "没有的词"}, {Query: "社", Year: 2024},
	} {
		for _, by := range ProjectSorts {
			for _, no := range []string{"", "FH-2025-101234"} {
				l := listQuery{filter: f, by: by, at: position{by: by, no: no, on: civil.Of(2025, 6, 1), amount: 500000}, most: 21}
				sql, args := l.walk(regions)
				if p := plan(t, db, sql, args); grows(p) {
					t.Errorf("%+v by %s:\n%s", f, by, p)
				}
				if f.Query == "" {
					continue
				}
				sql, args = l.lookUp(regions)
				if p := plan(t, db, sql, args); !strings.Contains(p, "award_grams") || !strings.Contains(p, "earlier_grant_grams") || grows(p) {
					t.Errorf("%+v by %s is looked up without the word index:\n%s", f, by, p)
				}
			}
		}
		if p := plan(t, db, talliesSQL, tallyArgs(f, regions)); grows(p) {
			t.Errorf("sums of %+v:\n%s", f, p)
		}
	}
	// The control: without its index the same query reads the whole table.
	if _, err := db.Owner.Exec(t.Context(), `drop index project_paid`); err != nil {
		t.Fatal(err)
	}
	sql, args := listQuery{by: MostPaid, at: position{by: MostPaid}, most: 21}.walk(regions)
	if p := plan(t, db, sql, args); !grows(p) {
		t.Errorf("nobody notices that an index is gone:\n%s", p)
	}
}
