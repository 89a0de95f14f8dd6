package casework_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// explainer notes the plan of every query that passes.
type explainer struct {
	postgres.Querier
	plans strings.Builder
}

func (e *explainer) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	rows, err := e.Querier.Query(ctx, `explain (costs off) `+sql, args...)
	if err != nil {
		return nil, err
	}
	lines, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return nil, err
	}
	e.plans.WriteString(strings.Join(lines, "\n") + "\n")
	return e.Querier.Query(ctx, sql, args...)
}

// With 20,000 cases of 2,000 organizations, a twentieth of them merged into
// another, an organization's lists, their counts and a case look up by index what
// belongs to it, and ask for its records once, not for every row.
func TestCasesOfMergedRecordsAreLookedUp(t *testing.T) {
	t.Parallel()
	k := newKernel(t, "2026-10-09")
	today := civil.Of(2026, 10, 9)
	for _, sql := range []string{
		`insert into person (id, name, created_at, updated_at) values ('00000000-0000-0000-0000-000000000001', '某人', now(), now())`,
		`alter table organization disable trigger all; alter table case_file disable trigger all`,
		`insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
				head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at, merged_into)
			select ('00000000-0000-0000-0001-' || lpad(i::text, 12, '0'))::uuid, '第' || i || '号互助社', 'association', 'filed', 'welfare', '编号第' || i || '号', '2020-01-01', '街道',
				'new', '2020-01-01', '00000000-0000-0000-0000-000000000001', '某人', '440310001001', '440310001', now(), now(),
				case when i % 20 = 0 then ('00000000-0000-0000-0001-' || lpad((i - 1)::text, 12, '0'))::uuid end from generate_series(1, 2000) i`,
		`insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, channel, state, class, waits_role,
				created_by, created_at, submitted_at, edition_id, entered_at, closed_at)
			select gen_random_uuid(), 'sample', 'YB-2026-' || lpad(i::text, 5, '0'), 2026, i, '互助社的件',
				('00000000-0000-0000-0001-' || lpad((1 + i % 2000)::text, 12, '0'))::uuid, '440310001001', '440310001', 'online', s.state,
				case s.state when 'closed' then 'final' else 'open' end, case s.state when 'draft' then 'org_clerk' when 'accepting' then 'bureau_clerk' else '' end,
				gen_random_uuid(), now() - i * interval '1 minute', now(), gen_random_uuid(), now(), case when s.state = 'closed' then now() - i * interval '1 hour' end
			from generate_series(1, 20000) i, lateral (select (array['draft', 'accepting', 'closed'])[1 + i / 2000 % 3] as state) s`,
		`analyze organization, case_file`,
	} {
		if _, err := k.db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	head := authz.Actor{Role: authz.OrgHead, OrgID: uuid.MustParse("00000000-0000-0000-0001-000000000019"), AccountID: uuid.New()}
	plans := func(what string, ask func(q postgres.Querier) (int, error)) {
		t.Helper()
		err := k.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
			e := &explainer{Querier: q}
			n, err := ask(e)
			plan := e.plans.String()
			if n == 0 || !strings.Contains(plan, "case_file_") {
				t.Errorf("%s: %d found:\n%s", what, n, plan)
			}
			for _, never := range []string{"Seq Scan on case_file", "Seq Scan on organization", "organization_history("} {
				if strings.Contains(plan, never) {
					t.Errorf("%s: %s:\n%s", what, never, plan)
				}
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
	for _, tab := range []casework.Tab{casework.Mine, casework.Others, casework.Done} {
		plans(string(tab), func(q postgres.Querier) (int, error) {
			items, _, err := casework.List(t.Context(), q, head, casework.Filter{Tab: tab})
			return len(items), err
		})
	}
	plans("counts", func(q postgres.Querier) (int, error) {
		c, err := casework.Count(t.Context(), q, head, casework.Filter{}, today, today.AddDays(1))
		return c.Mine, err
	})
	plans("one case", func(q postgres.Querier) (int, error) {
		c, err := k.Load(t.Context(), q, head, "YB-2026-00019")
		if !casework.Visible(c, head) {
			t.Errorf("the case of a merged record is read by %s", c.Readers)
		}
		return 1, err
	})
}
