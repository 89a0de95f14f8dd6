package governance

import (
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
)

// With thousands of reports open the desk of an office and the count in the head of
// every page are read by the index of whose they are.
func TestADeskIsReadByItsIndex(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	for _, sql := range []string{
		`alter table annual_report_filing disable trigger all`,
		`insert into annual_report_filing (id, org_id, report_year, state, round, opening_fen, income_fen, expense_fen, closing_fen, first_submitted_on, submitted_at, submitted_by, submitted_person,
				unit, edition_id, updated_at, conclude_due_on, opinion_due_on, registrar_area, department_code)
			select gen_random_uuid(), gen_random_uuid(), 2025, 'submitted', 1, 0, 0, 0, 0, date '2026-03-01', now(), gen_random_uuid(), gen_random_uuid(), case when i % 10 = 0 then '教育局' else '' end,
				(select id from policy_edition limit 1), now(), date '2026-04-01' + i % 90, case when i % 10 = 0 then date '2100-01-01' end, case when i % 4 = 0 then 'bureau' else '44031000' || i % 7 end,
				case when i % 100 = 0 then 'education' end from generate_series(1, 8000) i`,
		`analyze annual_report_filing`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for index, a := range map[string]authz.Actor{"annual_report_filing_registrar": {Role: authz.Subdistrict, Subdistrict: "440310002"}, "annual_report_filing_department": {Role: authz.Department, Department: "education"}} {
		where, args := waitingSQL(a)
		for _, sql := range []string{`select count(*) from (select from annual_report_filing f where ` + where + ` limit 200) x`, `select * from annual_report_filing f where ` + where + ` limit 21`} {
			rows, err := db.Owner.Query(t.Context(), "explain (costs off) "+sql, args...)
			if err != nil {
				t.Fatal(err)
			}
			var plan strings.Builder
			for rows.Next() {
				var line string
				if err := rows.Scan(&line); err != nil {
					t.Fatal(err)
				}
				plan.WriteString(line + "\n")
			}
			if err := rows.Err(); err != nil || !strings.Contains(plan.String(), index) {
				t.Errorf("not by %s, %v:\n%s", index, err, plan.String())
			}
		}
	}
}
