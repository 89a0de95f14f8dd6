package governance_test

import (
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// edition puts another set of parameters in force from a day on, with periods of an
// annual report of its own.
func (b bench) edition(t *testing.T, from civil.Date, changed string) {
	t.Helper()
	id := uuid.Must(uuid.NewV7())
	if _, err := b.db.Owner.Exec(t.Context(), `alter table policy_edition disable trigger all; alter table policy_parameter disable trigger all`); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `insert into policy_edition (id, document_id, label, effective_from, status, approved_at)
		select $1, document_id, '参数 新版', $2, 'approved', now() from policy_edition where status = 'approved' order by effective_from desc limit 1`, id, from); err != nil {
		t.Fatal(err)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
		select $1, p.key, p.type, coalesce($2::jsonb -> p.key, p.value), p.article, p.source, p.confirmed from policy_parameter p
		where p.edition_id = (select id from policy_edition where status = 'approved' and id <> $1 order by effective_from desc limit 1)`, id, changed); err != nil {
		t.Fatal(err)
	}
}

// A report that was handed in keeps its days under a later edition: when it was due,
// when the unit and the registrar are; another, signed later, has those of the new
// one. A day in a year that was not announced is counted again when it is.
func TestALaterEditionMovesNoDayOfASignedReport(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	later, laterClerk := b.found(t, "02")
	if _, err := b.db.Owner.Exec(t.Context(), `update organization set supervising_unit = '坪山区教育局'`); err != nil {
		t.Fatal(err)
	}
	v := b.signed(t, head, clerk, 2025)
	id, was := v.Filing.ID, v.Filing.Days
	if was.OpinionBy != civil.Of(2026, 12, 7) || was.RegistrarDue != civil.Of(2026, 6, 1) || was.ConcludeBy.IsZero() || !was.ConcludeGuess {
		t.Fatalf("%+v", was)
	}
	b.edition(t, today.AddDays(1), `{"annual_report.opinion_wd": 1, "annual_report.conclude_wd": 2, "annual_report.correct_wd": 3,
		"annual_report.registrar_due": "01-15", "annual_report.unit_due": "01-10"}`)
	b.db.Advance(t, 72*time.Hour)
	if err := b.Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	v = b.report(t, head, 2025)
	if v.Filing.Days != was || v.Status() != governance.ReportAtUnit {
		t.Errorf("moved from %+v to %+v, %s", was, v.Filing.Days, v.Status())
	}
	if _, late := v.Late(v.Rules, true, v.Today); late != was.RegistrarDue.DaysUntil(today) {
		t.Errorf("%d days late", late)
	}
	q, err := b.Queue(t.Context(), b.subdistrict, governance.ReportFilter{Tab: governance.TabAtUnit}, "", 20)
	if err != nil || len(q.Rows) != 1 || q.Rows[0].Days(q.Rules, 2025, q.Today) != was.RegistrarDue.DaysUntil(today) {
		t.Errorf("the list: %+v, %v", q.Rows, err)
	}
	unit := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "何科", Role: authz.Department, Department: "education"}
	if err := b.Opine(t.Context(), unit, id, v.Filing.Version, governance.Support, "", once.NewToken()); err != nil {
		t.Fatal("the unit lost its say:", err)
	}
	// 20 working days, as when it was signed: 2026 has those of December only.
	if d := b.report(t, head, 2025).Filing.Days; d.OpinionBy != was.OpinionBy || d.ConcludeBy != civil.Of(2026, 12, 24) || d.ConcludeGuess {
		t.Errorf("after the opinion: %+v", d)
	}
	if err := b.ReturnReport(t.Context(), b.subdistrict, id, b.version(t, b.subdistrict, id), []governance.ReportPart{governance.PartPeople}, "人数和花名册不一致，请核对", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if d := b.report(t, head, 2025).Filing.Days; d.AnswerBy != civil.Of(2026, 12, 10) {
		t.Errorf("ten working days to answer: %+v", d)
	}

	d := b.signed(t, later, laterClerk, 2025).Filing.Days
	if d.OpinionBy != civil.Of(2026, 11, 27) || d.RegistrarDue != civil.Of(2026, 1, 15) || d.ConcludeBy != civil.Of(2026, 12, 1) {
		t.Errorf("signed under the new edition: %+v", d)
	}
}

// What was a guess is counted when the year is announced, without another version:
// who has the page open has read nothing stale.
func TestAGuessedDayIsCountedWhenTheYearIsAnnounced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.db.SetNow(t, civil.Of(2026, 12, 28).Start().Add(10*time.Hour))
	head, clerk := b.found(t, "01")
	if _, err := b.db.Owner.Exec(t.Context(), `update organization set supervising_unit = '坪山区教育局'`); err != nil {
		t.Fatal(err)
	}
	f := b.signed(t, head, clerk, 2025).Filing
	if !f.OpinionGuess || !f.ConcludeGuess {
		t.Fatalf("2027 is announced: %+v", f.Days)
	}
	b.db.Advance(t, 60*24*time.Hour)
	if s := b.report(t, head, 2025).Status(); s != governance.ReportAtUnit {
		t.Errorf("lapsed by a guess: %s", s)
	}
	if _, err := b.db.Owner.Exec(t.Context(), `insert into calendar_year (year, source, loaded_at) values (2027, '通知', now())`); err != nil {
		t.Fatal(err)
	}
	if err := b.Remind(t.Context()); err != nil {
		t.Fatal(err)
	}
	v := b.report(t, head, 2025)
	if v.Filing.OpinionGuess || v.Filing.Version != f.Version || v.Status() != governance.ReportAtRegistrar {
		t.Errorf("%+v, version %d then %d, %s", v.Filing.Days, f.Version, v.Filing.Version, v.Status())
	}
}

// waits counts the annual reports on somebody's desk, as the list and the head of
// every page have them.
func (b bench) waits(t *testing.T, a authz.Actor) int {
	t.Helper()
	v, err := b.ReportsWaiting(t.Context(), a)
	if err != nil {
		t.Fatal(err)
	}
	var count []postgres.Count
	var batch postgres.Batch
	b.GatherReportsWaiting(&batch, a, &count)
	if err := b.db.App.Glance(func(q postgres.Querier) error { return batch.Run(t.Context(), q) }); err != nil || postgres.Sum(count) != len(v.List) {
		t.Errorf("%s: %d listed, %d counted, %v", a.Role, len(v.List), postgres.Sum(count), err)
	}
	return len(v.List)
}

// A correction that nobody answers comes back to the registrar, and is taken off
// the desk of the organization's head only when it was concluded.
func TestAnUnansweredCorrectionIsOnTheDeskAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	id := b.signed(t, head, clerk, 2025).Filing.ID
	if err := b.ReturnReport(t.Context(), b.subdistrict, id, b.version(t, b.subdistrict, id), []governance.ReportPart{governance.PartPeople}, "人数和花名册不一致，请核对", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	b.db.Advance(t, 15*24*time.Hour)
	if b.waits(t, b.subdistrict) != 1 || b.waits(t, head) != 1 {
		t.Errorf("%d with the registrar, %d with the head", b.waits(t, b.subdistrict), b.waits(t, head))
	}
	v, err := b.ReportsWaiting(t.Context(), b.subdistrict)
	if err != nil || v.List[0].Task != governance.TaskConclude || !v.List[0].Due().On.After(v.List[0].CorrectionDue().On) {
		t.Errorf("%+v, %v", v.List, err)
	}
	if err := b.Conclude(t.Context(), b.subdistrict, id, b.version(t, b.subdistrict, id), organization.Fail, "到期没有更正", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if b.waits(t, b.subdistrict)+b.waits(t, head) != 0 {
		t.Error("still on a desk")
	}
}

// Whose desk a report is on follows its organization: to another street, and with a
// merge to the record that stands, of whose two reports one counts.
func TestADeskFollowsTheOrganization(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	second, secondClerk := b.found(t, "02")
	b.signed(t, head, clerk, 2025)
	b.signed(t, second, secondClerk, 2024)
	both := func(street, other, bureau int) {
		t.Helper()
		if got := [3]int{b.waits(t, b.subdistrict), b.waits(t, b.other), b.waits(t, b.clerk)}; got != [3]int{street, other, bureau} {
			t.Errorf("on the desks: %v, want %v", got, [3]int{street, other, bureau})
		}
	}
	move := func(sql string, args ...any) {
		t.Helper()
		if _, err := b.db.Owner.Exec(t.Context(), sql, args...); err != nil {
			t.Fatal(err)
		}
	}
	both(2, 0, 0)
	move(`update organization set community_code = '440310002001', subdistrict_code = '440310002' where id = $1`, head.OrgID)
	both(1, 1, 0)
	move(`update organization set registrar = '坪山区民政局' where id = $1`, head.OrgID)
	both(1, 0, 1)
	move(`update organization set merged_into = $2 where id = $1`, second.OrgID, head.OrgID)
	both(0, 0, 2)
	move(`update organization set merged_into = null where id = $1`, second.OrgID)
	both(1, 0, 1)
}
