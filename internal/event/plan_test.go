package event

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"

	"github.com/google/uuid"
)

// With 20,000 activities of each kind a page of the calendar reads what it shows,
// by index, in either direction.
func TestAPageOfTheCalendarIsRead(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	today := civil.Of(2026, 11, 23)
	for _, sql := range []string{
		`insert into person (id, name, created_at, updated_at) values ('00000000-0000-0000-0000-000000000001', '某人', now(), now())`,
		`alter table event disable trigger all; alter table organization_activity disable trigger all`,
		`insert into event (id, no, org_id, state, title, theme, day, from_min, until_min, place, community_code, intro, expected, published_at, created_at, created_by, updated_at)
			select gen_random_uuid(), 'HD-2026-' || lpad(i::text, 5, '0'), gen_random_uuid(), 'planned', '第' || i || '次活动', 'waste', date '2021-11-23' + i / 11, 540, 700, '广场', '440310001001',
				'这次活动的介绍写在这里。', 20, now(), now(), gen_random_uuid(), now() from generate_series(1, 20000) i`,
		`insert into organization_activity (id, org_id, title, held_on, place, community_code, participants, volunteers, summary, recorded_at, recorded_by, recorded_role, confirmed_on, confirmed_by, confirmed_office)
			select gen_random_uuid(), gen_random_uuid(), '记过的活动' || i, date '2026-11-22' - i / 11, '广场', '440310001001', 20, 2, '这次活动办得很好，来了很多人。', now(), gen_random_uuid(), 'org_head',
				date '2026-11-23', gen_random_uuid(), '六联社区' from generate_series(1, 20000) i`,
		`analyze event, organization_activity`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	for name, back := range map[string]bool{"on": false, "back": true} {
		var plan strings.Builder
		rows, err := db.Owner.Query(t.Context(), `explain (costs off) `+listSQL(Filter{}, back, true, true), Filter{}.args(today.AddDays(-40).Start().Add(9*time.Hour), uuid.Nil, 21, today)...)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			plan.WriteString(line + "\n")
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"using event_calendar ", "using organization_activity_calendar "} {
			if !strings.Contains(plan.String(), want) {
				t.Errorf("%s: not %q", name, want)
			}
		}
		if strings.Contains(plan.String(), "Seq Scan on organization_activity") || strings.Contains(plan.String(), "Seq Scan on event e\n") {
			t.Errorf("%s: all rows are read:\n%s", name, plan.String())
		}
		if t.Failed() {
			t.Log(plan.String())
		}
	}
}
