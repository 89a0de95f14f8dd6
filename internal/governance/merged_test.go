package governance_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// point merges one record into another, or back with uuid.Nil: the pointer is all
// that governance reads of a merge.
func (b bench) point(t *testing.T, from, into uuid.UUID) error {
	t.Helper()
	_, err := b.db.Owner.Exec(t.Context(), `update organization set merged_into = nullif($2, '00000000-0000-0000-0000-000000000000'::uuid) where id = $1`, from, into)
	return err
}

func (b bench) conclude(t *testing.T, f *governance.Filing, c organization.Conclusion) error {
	t.Helper()
	return b.Conclude(t.Context(), b.subdistrict, f.ID, b.version(t, b.subdistrict, f.ID), c, "资料齐全，内容属实。", once.NewToken())
}

// stored is a digest of what a merge must leave as it is.
func (b bench) stored(t *testing.T) string {
	t.Helper()
	var out []string
	for _, table := range []string{"annual_report", "annual_report_filing", "annual_report_part", "annual_report_signed", "annual_report_event", "disclosure",
		"disclosure_version", "governance_charter", "governance_meeting", "governance_officer", "organization_system", "organization_activity", "organization"} {
		var digest string
		if err := b.db.Owner.QueryRow(t.Context(), fmt.Sprintf(`select coalesce(md5(string_agg(t::text, ' ' order by t::text)), '') from %s t`, table)).Scan(&digest); err != nil {
			t.Fatal(err)
		}
		out = append(out, table+" "+digest)
	}
	return strings.Join(out, "\n")
}

// What was written under either record is the organization's after a merge: its
// report goes on under the other, counts once, and there is no second of a year;
// the undoing gives each record its own again.
func TestReportsOfMergedRecordsAreOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keptHead, keptClerk := b.found(t, "01")
	goneHead, goneClerk := b.found(t, "02")
	kept, gone := keptHead.OrgID, goneHead.OrgID
	filed := b.signed(t, goneHead, goneClerk, 2025).Filing
	if err := b.SavePart(t.Context(), keptClerk, 2025, governance.PartParty, 0, answers[governance.PartParty]); err != nil {
		t.Fatal(err)
	}
	if err := b.SavePart(t.Context(), goneClerk, 2024, governance.PartParty, 0, answers[governance.PartParty]); err != nil {
		t.Fatal(err)
	}
	before := b.stored(t)
	if err := b.point(t, gone, kept); err != nil {
		t.Fatal(err)
	}

	v := b.report(t, keptHead, 2025)
	if v.Filing.ID != filed.ID || v.Filing.From != "六联社区02互助会" || v.May.Write || v.Organization.ID != kept {
		t.Errorf("the report handed in under the other record: %+v", v.Filing)
	}
	if v := b.report(t, keptClerk, 2024); !v.May.Write || v.Saved[governance.PartParty].Version != 1 {
		t.Errorf("the draft of the other record: %+v", v.Saved)
	}
	if err := b.SavePart(t.Context(), keptClerk, 2025, governance.PartParty, 1, answers[governance.PartParty]); !errs.Is(err, errs.Conflict) {
		t.Errorf("written beside what was handed in: %v", err)
	}
	rows := func(tab governance.ReportTab) (names []string) {
		q, err := b.Queue(t.Context(), b.subdistrict, governance.ReportFilter{Year: 2025, Tab: tab}, "", 50)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range q.Rows {
			names = append(names, r.Name)
		}
		return names
	}
	if got := rows(governance.TabMine); !slices.Equal(got, []string{"六联社区01互助会"}) {
		t.Errorf("waits for a conclusion: %v", got)
	}
	if got := rows(governance.TabUnfiled); len(got) > 0 {
		t.Errorf("has handed in nothing: %v", got)
	}
	if i := item(t, b, keptHead, kept, governance.DutyReport); i.State != governance.Waiting {
		t.Errorf("the duty after a merge: %+v", i)
	}
	for name, sql := range map[string]string{
		"a second report is begun":       fmt.Sprintf(`insert into annual_report_filing (id, org_id, report_year, updated_at) values (gen_random_uuid(), '%s', 2024, now())`, kept),
		"the other draft is handed in":   fmt.Sprintf(`update annual_report_filing set state = 'submitted', round = 1, version = version + 1, opening_fen = 0, income_fen = 0, expense_fen = 0, closing_fen = 0, first_submitted_on = '2026-03-01', submitted_at = now(), submitted_by = id, submitted_person = id where org_id = '%s' and report_year = 2025`, kept),
		"on record beside what came in":  fmt.Sprintf(`insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by) values (gen_random_uuid(), '%s', 2025, '2026-03-01', 'pass', '街道', now(), gen_random_uuid())`, kept),
		"and under the record that went": fmt.Sprintf(`insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by) values (gen_random_uuid(), '%s', 2025, '2026-03-01', 'pass', '街道', now(), gen_random_uuid())`, gone),
	} {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: went through", name)
		}
	}
	if err := b.point(t, gone, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	if after := b.stored(t); after != before {
		t.Errorf("after the undoing:\n%s\nbefore the merge:\n%s", after, before)
	}
	if v := b.report(t, keptClerk, 2025); v.Filing.State != governance.FilingDraft || v.Filing.ID == filed.ID {
		t.Errorf("its own draft again: %+v", v.Filing)
	}

	if err := b.point(t, gone, kept); err != nil {
		t.Fatal(err)
	}
	if err := b.conclude(t, filed, organization.Basic); err != nil {
		t.Fatal(err)
	}
	if c := b.conclusion(t, kept, 2025); c != organization.Basic {
		t.Errorf("eligibility of the record that stays reads %q", c)
	}
	err := b.orgs.SaveReport(t.Context(), b.subdistrict, organization.ReportInput{OrgID: kept, Year: 2025, SubmittedOn: civil.Of(2026, 3, 1), Conclusion: organization.Pass, Unit: "坪山街道办事处"})
	if faultsOf(err) != "year" {
		t.Errorf("a second conclusion by hand: %v", err)
	}
}

// Records whose reports contradict each other are not merged; those that agree, or
// of which one has nothing, are, and then the conclusion of the one that stays
// counts and the other report is shown without any act.
func TestReportsThatContradictStopAMerge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keptHead, keptClerk := b.found(t, "01")
	goneHead, goneClerk := b.found(t, "02")
	kept, gone := keptHead.OrgID, goneHead.OrgID
	record := func(org uuid.UUID, version int, c organization.Conclusion) {
		t.Helper()
		in := organization.ReportInput{OrgID: org, Year: 2024, Version: version, Conclusion: c, Unit: "坪山街道办事处"}
		if c != organization.Missing {
			in.SubmittedOn = civil.Of(2025, 3, 1)
		}
		if err := b.orgs.SaveReport(t.Context(), b.subdistrict, in); err != nil {
			t.Fatal(err)
		}
	}
	merges := func(when string, want bool) {
		t.Helper()
		err := b.point(t, gone, kept)
		if (err == nil) != want || err != nil && !postgres.Violates(err, "annual_report_merge") {
			t.Errorf("%s: %v", when, err)
		}
	}
	record(kept, 0, organization.Missing)
	record(gone, 0, organization.Fail)
	merges("nothing handed in under one, a conclusion under the other", true)
	if c := b.conclusion(t, kept, 2024); c != organization.Fail {
		t.Errorf("that nothing was handed in outweighs %q", c)
	}
	if err := b.point(t, gone, uuid.Nil); err != nil {
		t.Fatal(err)
	}
	record(kept, 1, organization.Pass)
	merges("pass and fail", false)
	record(gone, 1, organization.Pass)
	mine, theirs := b.signed(t, keptHead, keptClerk, 2025).Filing, b.signed(t, goneHead, goneClerk, 2025).Filing
	merges("two reports under way", false)
	for _, f := range []*governance.Filing{mine, theirs} {
		if err := b.conclude(t, f, organization.Pass); err != nil {
			t.Fatal(err)
		}
	}
	merges("two that agree", true)

	if v := b.report(t, keptHead, 2025); v.Filing.ID != mine.ID || v.Conclusion != organization.Pass {
		t.Errorf("the own report counts: %+v", v.Filing)
	}
	v, err := b.ReportByID(t.Context(), b.subdistrict, theirs.ID)
	if err != nil || v.Filing.ID != theirs.ID || v.Instead != mine.ID || v.May != (governance.ReportActs{}) {
		t.Errorf("the other one: %+v, %v", v.May, err)
	}
	err = b.Reopen(t.Context(), b.subdistrict, theirs.ID, v.Filing.Version, "看看能不能打开", once.NewToken())
	if !errs.Is(err, errs.Forbidden) {
		t.Errorf("the other one is opened again: %v", err)
	}
	v, err = b.ReportByID(t.Context(), b.subdistrict, mine.ID)
	if err != nil || !v.May.Reopen || v.Instead != uuid.Nil {
		t.Errorf("the one that counts: %+v, %v", v, err)
	}
	if years := b.recordOf(t, kept).Reports; len(years) != 2 || years[0].Year != 2025 || years[1].Year != 2024 {
		t.Errorf("the record lists %+v", years)
	}
}

func (b bench) recordOf(t *testing.T, org uuid.UUID) organization.Record {
	t.Helper()
	r, err := b.orgs.Get(t.Context(), b.subdistrict, org)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever both records tell is told once, and what only one tells is not lost.
func TestGovernanceOfMergedRecordsCountsOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keptHead, keptClerk := b.found(t, "01")
	goneHead, goneClerk := b.found(t, "02")
	kept, gone := keptHead.OrgID, goneHead.OrgID
	years := 4
	if err := b.SaveCharter(t.Context(), goneClerk, governance.Charter{TermYears: &years, HasCouncil: governance.Yes, HasSupervisors: governance.Yes}); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		a     authz.Actor
		names []string
	}{{keptClerk, []string{"张一", "李二", "王三"}}, {goneClerk, []string{"张一", "赵四"}}} {
		e := governance.Elected{Post: governance.Member, Names: x.names, ElectedOn: civil.Of(2025, 6, 1), TermTo: civil.Of(2028, 6, 1)}
		if err := b.RecordElected(t.Context(), x.a, once.NewToken(), e); err != nil {
			t.Fatal(err)
		}
		if _, err := b.RecordMeeting(t.Context(), x.a, once.NewToken(), council(civil.Of(2025, 9, 10))); err != nil {
			t.Fatal(err)
		}
		in := organization.ActivityInput{Token: once.NewToken(), OrgID: x.a.OrgID, Title: "重阳敬老活动", HeldOn: civil.Of(2025, 10, 29), Place: "六联社区广场",
			CommunityCode: liulian, Participants: 60, Summary: "为社区老人理发、量血压，来了六十位居民。"}
		if err := b.orgs.RecordActivity(t.Context(), x.a, in); err != nil {
			t.Fatal(err)
		}
	}
	b.signed(t, goneHead, goneClerk, 2025)
	if _, err := b.publish(t, goneHead, goneClerk); err != nil {
		t.Fatal(err)
	}
	facts := func() governance.Facts {
		t.Helper()
		o, err := b.Overview(t.Context(), keptHead, kept)
		if err != nil {
			t.Fatal(err)
		}
		return o.Facts
	}
	alone := facts()
	if alone.CouncilMembers != 3 || alone.Charter.TermYears != nil || alone.AccountsPublic {
		t.Errorf("before the merge: %+v", alone)
	}
	if err := b.point(t, gone, kept); err != nil {
		t.Fatal(err)
	}
	f := facts()
	if f.CouncilMembers != 4 {
		t.Errorf("%d on the council, one of them sits in both records", f.CouncilMembers)
	}
	if f.Charter.TermYears == nil || *f.Charter.TermYears != 4 || f.Charter.Version != 0 || !f.AccountsPublic {
		t.Errorf("the charter %+v, accounts public %v", f.Charter, f.AccountsPublic)
	}
	known := b.report(t, keptHead, 2025).Facts
	if known.Activities != 1 || known.Participants != 60 || known.Councils != 1 {
		t.Errorf("what is known of the year: %d activities of %d, %d councils", known.Activities, known.Participants, known.Councils)
	}
	begin, _, _, err := b.BeginDisclosure(t.Context(), keptClerk, governance.Council, 0)
	if err != nil || strings.Count(begin.Get("body"), "张一") != 1 || strings.Count(begin.Get("body"), "\n") != 3 {
		t.Errorf("the council to be told: %q, %v", begin.Get("body"), err)
	}
	if _, err := b.publish(t, keptHead, keptClerk); faultsOf(err) != "kind" {
		t.Errorf("the accounts of the year a second time: %v", err)
	}
	all, err := b.PublicDisclosures(t.Context(), kept)
	if err != nil || len(all.Versions) != 1 || all.Versions[0].OrgID != kept || all.Versions[0].From != "六联社区02互助会" {
		t.Fatalf("the public section: %+v, %v", all.Versions, err)
	}
	if err := b.Withdraw(t.Context(), keptHead, all.Versions[0].ID, "合并以后重新公开", once.NewToken()); err != nil {
		t.Errorf("withdrawn by the record that stays: %v", err)
	}
	if err := b.SaveCharter(t.Context(), keptClerk, f.Charter); err != nil || facts().Charter.Version != 1 {
		t.Errorf("its own charter, begun with the other's: %v", err)
	}
}

// A draft of each of two records is handed in at the same moment as they are
// merged: whatever comes first, there is one report in the end.
func TestASignatureMeetsAMerge(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	keptHead, keptClerk := b.found(t, "01")
	goneHead, goneClerk := b.found(t, "02")
	b.signed(t, keptHead, keptClerk, 2025)
	b.write(t, goneClerk, 2025)
	version := b.report(t, goneHead, 2025).Filing.Version
	signed := make(chan error)
	go func() {
		signed <- b.SignReport(t.Context(), goneHead, 2025, version, signature(goneHead.Name), once.NewToken())
	}()
	merged := b.point(t, goneHead.OrgID, keptHead.OrgID)
	err := <-signed
	if (err == nil) == (merged == nil) {
		t.Errorf("signed: %v, merged: %v", err, merged)
	}
	var n int
	if err := b.db.Owner.QueryRow(t.Context(), `select count(*) from annual_report_filing where round > 0 and org_id = any(organization_ids($1))`, keptHead.OrgID).Scan(&n); err != nil || n != 1 {
		t.Errorf("%d reports handed in: %v", n, err)
	}
}
