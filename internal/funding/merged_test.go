package funding_test

import (
	"slices"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
)

// Start-up support is given once in the life of an organization, however often it
// was recorded: what one record had and what it still owes bar the other after a
// merge, and its undoing gives each its own again.
func TestStartupSupportAfterAMerge(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	kept, had, owing := b.Organization(t), b.Organization(t), b.Organization(t)
	no := b.Draft(t, kept)
	before := b.Accepting(t, had)
	exec := func(sql string, args ...any) {
		t.Helper()
		if _, err := b.DB.Owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	exec(`update case_file set state = 'closed', class = 'final', waits_role = '', due_on = null, clock_from = null, clock_days = null, closed_at = portal_now() where no = $1`, before)
	if err := b.Organizations.RecordGrant(t.Context(), b.Clerk, organization.GrantInput{Token: once.NewToken(), OrgID: owing.ID, Programme: organization.OtherProgramme,
		Title: "公益项目", AwardedOn: b.Today(t).AddDays(-60), Amount: money.Fen(300000), UseReportDueOn: b.Today(t).AddDays(-1)}); err != nil {
		t.Fatal(err)
	}
	merge := func(from uuid.UUID, into *uuid.UUID) {
		exec(`update organization set merged_into = $2 where id = $1`, from, into)
	}
	submit := func(when, line string) {
		t.Helper()
		err := b.SubmitOf(t, startup.Programme{}, kept, no)
		at := func(f errs.Field) bool { return f.Name == line }
		if (err == nil) != (line == "") || line != "" && !slices.ContainsFunc(errs.FieldsOf(err), at) {
			t.Errorf("%s: %v %v, want a fault at %q", when, err, errs.FieldsOf(err), line)
		}
	}
	merge(had.ID, &kept.ID)
	submit("after start-up support of the other record", "line:once")
	if n := fundingtest.Scan[int](t, b, `select count(*) from startup_grant where live and organization_id = $1`, kept.ID); n != 1 {
		t.Errorf("%d grants follow to the record that stays", n)
	}
	merge(had.ID, nil)
	merge(owing.ID, &kept.ID)
	submit("while the other record owes a use report", "line:unreported")
	merge(owing.ID, nil)
	// Through a third record, and back together with it.
	merge(had.ID, &owing.ID)
	merge(owing.ID, &kept.ID)
	submit("after start-up support two records away", "line:once")
	merge(owing.ID, nil)
	merge(had.ID, nil)
	submit("after all were undone", "")
	if n := fundingtest.Scan[int](t, b, `select count(*) from startup_grant where live and organization_id = $1`, had.ID); n != 1 {
		t.Errorf("%d grants came back to the record that was undone", n)
	}
}
