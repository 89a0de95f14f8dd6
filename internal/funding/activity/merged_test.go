package activity_test

import (
	"fmt"
	"strings"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/postgres"
)

// What records of one organization were granted before they were merged counts
// towards one cap, and an event that one of them claimed is not claimed again.
func TestTheYearOfMergedRecords(t *testing.T) {
	t.Parallel()
	b := newBench(t, 100_000*money.Yuan)
	org, gone := b.Organization(t), b.Organization(t)
	had := b.proposed(gone, answers(gone, 1))
	b.must(b.Sign(t, had))
	plans := activity.New(b.DB.App, event.New(event.Deps{DB: b.DB.App, Keys: b.Keys, Organizations: b.Organizations, Attachments: b.Attachments}))
	plan, err := plans.FilePlan(t.Context(), gone.Head, once.NewToken(), answers(gone, 1).With("held_on", "2026-12-20", "expected", "50", "budget", "3000", "intro", "敬老茶话会，义工接送。", "open", "no").Values())
	b.must(err)
	second := b.proposed(org, answers(org, 2).With("title", "小雪敬老邻里茶话会", "held_on", "2026-11-15", "cost-1-issued_on", "2026-11-15"))
	if _, err := plans.Plan(t.Context(), org.Head, plan); !errs.Is(err, errs.NotFound) {
		t.Errorf("the plan of another organization: %v", err)
	}
	b.exec(fmt.Sprintf(`update case_file set state = 'closed', class = 'final', waits_role = '', due_on = null, clock_from = null, clock_days = null, closed_at = portal_now() where no = '%s';
		update organization set merged_into = '%s' where id = '%s'`, had, org.ID, gone.ID))
	if v, err := plans.Plan(t.Context(), org.Head, plan); err != nil || v.OrganizationID != org.ID {
		t.Errorf("the plan of the record that was merged: %v", err)
	}
	if err := b.SubmitOf(t, programme, org, b.draft(org, answers(org, 3))); !strings.Contains(fundingtest.Fault(err, "held_on"), "已经申请或补贴过 2 次") {
		t.Errorf("a third claim of the year: %v", err)
	}
	id := b.Case(t, second).ID
	for name, sql := range map[string]string{
		"the event of the other record": `update activity_claim set held_on = '2026-11-08', title = '立冬敬老邻里茶话会' where case_id = $1`,
		"more than the cap of both": `insert into award (case_id, no, programme, year, organization_id, organization_name, category, subdistrict, community, title,
			purpose, amount_fen, large, edition_id, signed_at, signed_by, signer_name) select id, no, 'activity', 2026, organization_id, 'x', 'x', 'x', 'x', 'x', 'x',
			240000, false, id, now(), id, 'x' from case_file where id = $1`,
	} {
		tx, err := b.DB.Owner.Begin(t.Context())
		b.must(err)
		_, err = tx.Exec(t.Context(), `alter table award disable trigger user; alter table award enable trigger activity_awarded;
			update activity_claim set cap_year_fen = 300000`)
		b.must(err)
		if _, err := tx.Exec(t.Context(), sql, id); !postgres.Violates(err, "activity_claim_event") && !postgres.Violates(err, "activity_year_within_cap") {
			t.Errorf("%s: %v", name, err)
		}
		b.must(tx.Rollback(t.Context()))
	}
}
