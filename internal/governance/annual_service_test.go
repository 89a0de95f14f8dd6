package governance_test

import (
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

var answers = map[governance.ReportPart]url.Values{
	governance.PartBasics: values("checked", "same"), governance.PartParty: values("party_members", "0", "party_activities", "0"),
	governance.PartGovernance: values("assemblies", "1", "councils", "2", "charter_changed", "no", "governance", "按章程开会，财务每季度公布一次。"),
	governance.PartActivities: values("events", "12", "served", "860", "work", "全年开展助老、读书和旧物交换活动十二场，居民反映良好。"),
	governance.PartPeople:     values("members", "40", "staff", "3", "full_time", "1", "insured", "1", "volunteers", "25", "social_workers", "0"),
	governance.PartFinance: values("opening", "100", "income_dues", "0", "income_donations", "3000", "income_government", "0", "income_services", "0", "income_other", "0",
		"expense_activities", "2000", "expense_staff", "0", "expense_office", "100", "expense_other", "0", "closing", "1000"),
	governance.PartGrants: values("donation-1-donor", "爱心居民", "donation-1-amount", "3000", "donation-1-use", "助老活动"),
}

func signature(name string) application.Signature {
	return application.Signature{StatementVersion: governance.ReportStatement.Version, Agreed: true, TypedName: name, Password: "open sesame"}
}

// write fills the whole report about a year in.
func (b bench) write(t *testing.T, clerk authz.Actor, year int) {
	t.Helper()
	for p, v := range answers {
		if err := b.SavePart(t.Context(), clerk, year, p, 0, v); err != nil {
			t.Fatal(p, err)
		}
	}
	b.paper(t, clerk, year)
}

// paper hands the accounts in.
func (b bench) paper(t *testing.T, clerk authz.Actor, year int) {
	t.Helper()
	owner, err := b.ReportOwner(t.Context(), clerk, year)
	if err != nil {
		t.Fatal(err)
	}
	ready, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: owner, Slot: "accounts", Label: "收支表", Filename: "收支表.pdf", Body: strings.NewReader(pdf)})
	if err != nil {
		t.Fatal(err)
	}
	defer ready.Discard()
	if err := b.AttachReport(t.Context(), clerk, year, "accounts", ready); err != nil {
		t.Fatal(err)
	}
}

func (b bench) report(t *testing.T, a authz.Actor, year int) governance.ReportView {
	t.Helper()
	v, err := b.Report(t.Context(), a, year)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// signed writes and signs the report about a year and returns it.
func (b bench) signed(t *testing.T, head, clerk authz.Actor, year int) governance.ReportView {
	t.Helper()
	b.write(t, clerk, year)
	if err := b.SignReport(t.Context(), head, year, b.report(t, head, year).Filing.Version, signature(head.Name), once.NewToken()); err != nil {
		t.Fatal(err)
	}
	return b.report(t, head, year)
}

// conclusion is what eligibility reads.
func (b bench) conclusion(t *testing.T, org uuid.UUID, year int) organization.Conclusion {
	t.Helper()
	var r organization.AnnualReport
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		f, err := organization.FactsOn(t.Context(), q, org, today)
		r, _ = f.ReportOf(year)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return r.Conclusion
}

func (b bench) version(t *testing.T, a authz.Actor, id uuid.UUID) int {
	t.Helper()
	v, err := b.ReportByID(t.Context(), a, id)
	if err != nil {
		t.Fatal(err)
	}
	return v.Filing.Version
}

func TestAReportFromDraftToConclusionAndAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	if err := b.SavePart(t.Context(), clerk, 2025, governance.PartFinance, 0, values("opening", "一千", "closing", "")); err != nil {
		t.Fatal("a draft saves whatever was typed:", err)
	}
	v := b.report(t, clerk, 2025)
	if v.Typed[governance.PartFinance].Get("opening") != "一千" || len(v.Faults[governance.PartFinance]) == 0 || v.May.Sign {
		t.Errorf("the draft: %+v", v.Typed)
	}
	if err := b.SavePart(t.Context(), head, 2025, governance.PartFinance, 0, answers[governance.PartFinance]); !errs.Is(err, errs.Conflict) {
		t.Errorf("saved over what somebody else typed: %v", err)
	}
	sign := func(change ...func(*application.Signature)) error {
		sig := signature(head.Name)
		for _, c := range change {
			c(&sig)
		}
		return b.SignReport(t.Context(), head, 2025, b.report(t, head, 2025).Filing.Version, sig, once.NewToken())
	}
	if got := faultsOf(sign()); !strings.Contains(got, "opening") || !strings.Contains(got, "file:accounts") || !strings.Contains(got, "checked") {
		t.Errorf("signed unfinished: %s", got)
	}
	if err := b.SavePart(t.Context(), clerk, 2025, governance.PartFinance, 1, answers[governance.PartFinance]); err != nil {
		t.Fatal(err)
	}
	for p, typed := range answers {
		if p != governance.PartFinance {
			if err := b.SavePart(t.Context(), clerk, 2025, p, 0, typed); err != nil {
				t.Fatal(err)
			}
		}
	}
	b.paper(t, clerk, 2025)
	if got := faultsOf(sign(func(s *application.Signature) { s.Agreed, s.TypedName, s.Password = false, "别人", "?" })); got != "agreed typed_name password" {
		t.Errorf("a faulty signature: %s", got)
	}
	if err := b.SignReport(t.Context(), clerk, 2025, v.Filing.Version, signature(clerk.Name), once.NewToken()); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a clerk signed: %v", err)
	}
	if err := b.SignReport(t.Context(), head, 2025, v.Filing.Version, signature(head.Name), once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("signed what was not read: %v", err)
	}
	if err := sign(); err != nil {
		t.Fatal(err)
	}
	v = b.report(t, head, 2025)
	if v.Filing.SubmittedOn != today || v.Status() != governance.ReportAtRegistrar || v.Filing.Closing != 100000 || !v.Signed {
		t.Errorf("signed: %+v", v.Filing)
	}
	id := v.Filing.ID
	if err := b.SavePart(t.Context(), clerk, 2025, governance.PartParty, 1, values("party_members", "3")); !errs.Is(err, errs.Conflict) {
		t.Errorf("written after the signature: %v", err)
	}
	ret := func(parts []governance.ReportPart, text string) error {
		return b.ReturnReport(t.Context(), b.subdistrict, id, b.version(t, b.subdistrict, id), parts, text, once.NewToken())
	}
	if err := ret(nil, "补"); faultsOf(err) != "parts asked" {
		t.Errorf("a correction without words: %v", err)
	}
	if b.waits(t, b.subdistrict) != 1 || b.waits(t, head) != 0 || b.waits(t, b.other) != 0 || b.waits(t, b.clerk) != 0 {
		t.Error("the report is on the wrong desk")
	}
	if err := ret([]governance.ReportPart{governance.PartPeople}, "义工人数和花名册不一致，请核对"); err != nil {
		t.Fatal(err)
	}
	if b.waits(t, b.subdistrict) != 0 || b.waits(t, head) != 1 || b.waits(t, clerk) != 1 {
		t.Error("the correction is on the wrong desk")
	}
	if err := b.SavePart(t.Context(), clerk, 2025, governance.PartParty, 1, values("party_members", "3")); !errs.Is(err, errs.Conflict) {
		t.Errorf("a part that nobody asked about was changed: %v", err)
	}
	people := values("members", "40", "staff", "3", "full_time", "1", "insured", "1", "volunteers", "22", "social_workers", "0")
	if err := b.SavePart(t.Context(), clerk, 2025, governance.PartPeople, 1, people); err != nil {
		t.Fatal(err)
	}
	if seen, err := b.ReportByID(t.Context(), b.subdistrict, id); err != nil || seen.Report.Volunteers != 25 {
		t.Errorf("the office saw the answer in the making: %d, %v", seen.Report.Volunteers, err)
	}
	if err := sign(); err != nil {
		t.Fatal(err)
	}
	if err := ret([]governance.ReportPart{governance.PartPeople}, "再核对一次人数，还是不对"); !errs.Is(err, errs.Conflict) {
		t.Errorf("asked twice: %v", err)
	}
	conclude := func(a authz.Actor, c organization.Conclusion, reason string) error {
		return b.Conclude(t.Context(), a, id, b.version(t, b.subdistrict, id), c, reason, once.NewToken())
	}
	if err := conclude(b.subdistrict, organization.Missing, ""); faultsOf(err) != "conclusion reason" {
		t.Errorf("concluded as missing: %v", err)
	}
	if err := conclude(b.subdistrict, organization.Basic, "少"); faultsOf(err) != "reason" {
		t.Errorf("concluded without a reason: %v", err)
	}
	if err := conclude(b.other, organization.Pass, ""); !errs.Is(err, errs.NotFound) {
		t.Errorf("another street: %v", err)
	}
	if err := conclude(b.clerk, organization.Pass, ""); !errs.Is(err, errs.Conflict) {
		t.Errorf("the bureau concluded for the street: %v", err)
	}
	signer := b.subdistrict
	signer.PersonID = head.PersonID
	if err := conclude(signer, organization.Pass, ""); !errs.Is(err, errs.Forbidden) {
		t.Errorf("who signed concluded: %v", err)
	}
	if err := conclude(b.subdistrict, organization.Basic, "活动支出缺两张票据说明"); err != nil {
		t.Fatal(err)
	}
	if c := b.conclusion(t, head.OrgID, 2025); c != organization.Basic {
		t.Errorf("eligibility reads %q", c)
	}
	// Filing and record were written by one transaction.
	var together bool
	if err := b.db.Owner.QueryRow(t.Context(), `select f.xmin = r.xmin from annual_report_filing f join annual_report r on r.org_id = f.org_id and r.report_year = f.report_year where f.id = $1`, id).Scan(&together); err != nil || !together {
		t.Errorf("two transactions: %v", err)
	}
	reopen := func(reason string) error {
		return b.Reopen(t.Context(), b.subdistrict, id, b.version(t, b.subdistrict, id), reason, once.NewToken())
	}
	if err := reopen("补"); faultsOf(err) != "reason" {
		t.Errorf("opened again without a reason: %v", err)
	}
	if err := reopen("组织补交了两张票据"); err != nil {
		t.Fatal(err)
	}
	if c := b.conclusion(t, head.OrgID, 2025); c != organization.Basic {
		t.Errorf("while it is open again the record says %q", c)
	}
	if err := conclude(b.subdistrict, organization.Pass, ""); err != nil {
		t.Fatal(err)
	}
	if c := b.conclusion(t, head.OrgID, 2025); c != organization.Pass {
		t.Errorf("eligibility reads %q", c)
	}
	v = b.report(t, head, 2025)
	var story []string
	for _, e := range v.Events {
		story = append(story, e.Action)
	}
	if got := strings.Join(story, " "); got != "submit return resubmit conclude reopen conclude" {
		t.Errorf("history: %s", got)
	}
}

func TestTwoConclusionsAtOnceAreOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	id := b.signed(t, head, clerk, 2025).Filing.ID
	version := b.version(t, b.subdistrict, id)
	second := b.subdistrict
	second.AccountID, second.PersonID = uuid.Must(uuid.NewV7()), uuid.Must(uuid.NewV7())
	var wg sync.WaitGroup
	results := make([]error, 2)
	for i, a := range []authz.Actor{b.subdistrict, second} {
		wg.Go(func() {
			results[i] = b.Conclude(t.Context(), a, id, version, []organization.Conclusion{organization.Pass, organization.Fail}[i], "经审查材料不全", once.NewToken())
		})
	}
	wg.Wait()
	won := 0
	for _, err := range results {
		if err == nil {
			won++
		} else if !errs.Is(err, errs.Conflict) {
			t.Errorf("the other got %v", err)
		}
	}
	var events int
	if err := b.db.Owner.QueryRow(t.Context(), `select count(*) from annual_report_event where filing_id = $1 and action = 'conclude'`, id).Scan(&events); err != nil || won != 1 || events != 1 {
		t.Errorf("%d won, %d conclusions in the history, %v", won, events, err)
	}
}

func TestTheUnitHasItsSayAndItLapses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	if _, err := b.db.Owner.Exec(t.Context(), `update organization set supervising_unit = '坪山区教育局' where id = $1`, head.OrgID); err != nil {
		t.Fatal(err)
	}
	unit := authz.Actor{AccountID: uuid.Must(uuid.NewV7()), PersonID: uuid.Must(uuid.NewV7()), Name: "何科", Role: authz.Department, Department: "education"}
	v := b.signed(t, head, clerk, 2025)
	id := v.Filing.ID
	if v.Status() != governance.ReportAtUnit {
		t.Fatalf("status %s", v.Status())
	}
	if err := b.Conclude(t.Context(), b.subdistrict, id, v.Filing.Version, organization.Pass, "", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("concluded before the unit: %v", err)
	}
	tab := func(a authz.Actor, tab governance.ReportTab) int {
		t.Helper()
		q, err := b.Queue(t.Context(), a, governance.ReportFilter{Tab: tab}, "", 20)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range q.Rows {
			y := governance.YearReport{Year: 2025, Filing: b.report(t, head, 2025).Filing}
			if s := y.Status(q.Rules, q.Today); s != r.Status {
				t.Errorf("the list says %s, the page %s", r.Status, s)
			}
		}
		if tab == governance.TabMine && b.waits(t, a) != len(q.Rows) {
			t.Errorf("%s: the queue holds %d, the desk %d", a.Role, len(q.Rows), b.waits(t, a))
		}
		return len(q.Rows)
	}
	if tab(unit, governance.TabMine) != 1 || tab(b.subdistrict, governance.TabMine) != 0 || tab(b.subdistrict, governance.TabAtUnit) != 1 || tab(b.other, governance.TabAll) != 0 {
		t.Error("the queue does not know whose turn it is")
	}
	b.db.Advance(t, 15*24*time.Hour) // past ten working days of November and December 2026
	if tab(unit, governance.TabMine) != 0 || tab(b.subdistrict, governance.TabMine) != 1 {
		t.Error("the opinion did not lapse in the queue")
	}
	if err := b.Opine(t.Context(), unit, id, v.Filing.Version, governance.Support, "", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("an opinion after it lapsed: %v", err)
	}
	if err := b.Conclude(t.Context(), b.subdistrict, id, v.Filing.Version, organization.Pass, "", once.NewToken()); err != nil {
		t.Errorf("not concluded after the lapse: %v", err)
	}

	head2, clerk2 := b.found(t, "02")
	if _, err := b.db.Owner.Exec(t.Context(), `update organization set supervising_unit = '坪山区教育局' where id = $1`, head2.OrgID); err != nil {
		t.Fatal(err)
	}
	w := b.signed(t, head2, clerk2, 2025).Filing
	if err := b.Opine(t.Context(), unit, w.ID, w.Version, governance.Oppose, "", once.NewToken()); faultsOf(err) != "text" {
		t.Errorf("a dissent without a reason: %v", err)
	}
	if err := b.Opine(t.Context(), unit, w.ID, w.Version, governance.Oppose, "全年没有开展章程规定的活动", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if s := b.report(t, head2, 2025).Status(); s != governance.ReportAtRegistrar {
		t.Errorf("after the opinion: %s", s)
	}
}

func TestWhoHandedInNothingIsRecordedInABatch(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	silent, clerk := b.found(t, "01")
	paper, _ := b.found(t, "02")
	filed, filedClerk := b.found(t, "03")
	b.signed(t, filed, filedClerk, 2025)
	if err := b.orgs.SaveReport(t.Context(), b.subdistrict, organization.ReportInput{OrgID: paper.OrgID, Year: 2025, SubmittedOn: civil.Of(2026, 3, 2), Conclusion: organization.Pass, Unit: "坪山街道办事处"}); err != nil {
		t.Fatal("a conclusion on paper:", err)
	}
	if err := b.orgs.SaveReport(t.Context(), b.subdistrict, organization.ReportInput{OrgID: filed.OrgID, Year: 2025, Conclusion: organization.Missing, Unit: "坪山街道办事处"}); faultsOf(err) != "year" {
		t.Errorf("a report that was handed in is on record as missing: %v", err)
	}
	v, err := b.Unfiled(t.Context(), b.subdistrict, 2025)
	if err != nil || len(v.List) != 1 || v.List[0].ID != silent.OrgID || v.Due != civil.Of(2026, 6, 1) {
		t.Fatalf("%+v, %v", v, err)
	}
	if other, err := b.Unfiled(t.Context(), b.other, 2025); err != nil || len(other.List) != 0 {
		t.Errorf("another street lists %+v, %v", other.List, err)
	}
	token, all := once.NewToken(), []uuid.UUID{silent.OrgID, paper.OrgID, filed.OrgID}
	for range 2 {
		if n, err := b.RecordMissing(t.Context(), b.subdistrict, token, 2025, all); err != nil || n != 1 {
			t.Errorf("recorded %d, %v", n, err)
		}
	}
	if b.conclusion(t, silent.OrgID, 2025) != organization.Missing || b.conclusion(t, paper.OrgID, 2025) != organization.Pass {
		t.Error("the wrong ones are on record")
	}
	if s := b.report(t, silent, 2025).Status(); s != governance.ReportMissing {
		t.Errorf("status %s", s)
	}
	late := b.signed(t, silent, clerk, 2025).Filing
	if err := b.Conclude(t.Context(), b.subdistrict, late.ID, late.Version, organization.Pass, "", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if c := b.conclusion(t, silent.OrgID, 2025); c != organization.Pass {
		t.Errorf("a late report leaves %q", c)
	}
	if err := b.SavePart(t.Context(), paper, 2025, governance.PartParty, 0, values()); !errs.Is(err, errs.Conflict) {
		t.Errorf("written beside a conclusion on paper: %v", err)
	}
	b.db.SetNow(t, civil.Of(2026, 6, 1).Start().Add(23*time.Hour))
	if v, err := b.Unfiled(t.Context(), b.subdistrict, 2025); err != nil || v.Closed == "" {
		t.Errorf("on the last day: %+v, %v", v, err)
	}
	if _, err := b.RecordMissing(t.Context(), b.subdistrict, once.NewToken(), 2025, all); !errs.Is(err, errs.Conflict) {
		t.Errorf("recorded on the last day: %v", err)
	}
}

// What portal_app must not do, it cannot, whatever the program says.
func TestTheDatabaseKeepsReports(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	f := b.signed(t, head, clerk, 2025).Filing
	id, err := b.publish(t, head, clerk)
	if err != nil {
		t.Fatal(err)
	}
	at := func(sql string, args ...any) string { return fmt.Sprintf(sql, args...) }
	for name, sql := range map[string]string{
		"a report is deleted":               at(`delete from annual_report_filing where id = '%s'`, f.ID),
		"it changes its year":               at(`update annual_report_filing set report_year = 2024 where id = '%s'`, f.ID),
		"figures change unsigned":           at(`update annual_report_filing set income_fen = income_fen + 1, closing_fen = closing_fen + 1, version = version + 1 where id = '%s'`, f.ID),
		"figures do not add up":             at(`update annual_report_filing set round = round + 1, closing_fen = closing_fen + 1, version = version + 1 where id = '%s'`, f.ID),
		"a change without a version":        at(`update annual_report_filing set updated_at = now() where id = '%s'`, f.ID),
		"it is held to no edition":          at(`update annual_report_filing set edition_id = null, version = version + 1 where id = '%s'`, f.ID),
		"its last day moves":                at(`update annual_report_filing set registrar_due_on = registrar_due_on + 1 where id = '%s'`, f.ID),
		"its last day moves by a version":   at(`update annual_report_filing set registrar_due_on = registrar_due_on + 1, version = version + 1 where id = '%s'`, f.ID),
		"it goes back to a draft":           at(`update annual_report_filing set state = 'draft', round = 0, version = version + 1 where id = '%s'`, f.ID),
		"concluded by who signed":           at(`update annual_report_filing set state = 'concluded', conclusion = 'pass', concluded_on = '2026-11-23', concluded_by = submitted_by, concluded_person = submitted_person, version = version + 1 where id = '%s'`, f.ID),
		"concluded and not on record":       at(`update annual_report_filing set state = 'concluded', conclusion = 'pass', concluded_on = '2026-11-23', concluded_by = id, concluded_person = id, version = version + 1 where id = '%s'`, f.ID),
		"failed without a reason":           at(`update annual_report_filing set state = 'concluded', conclusion = 'fail', concluded_on = '2026-11-23', concluded_by = id, concluded_person = id, version = version + 1 where id = '%s'`, f.ID),
		"on record beside the report":       at(`insert into annual_report (id, org_id, report_year, submitted_on, conclusion, unit, recorded_at, recorded_by) values (gen_random_uuid(), '%s', 2025, '2026-03-01', 'pass', '街道', now(), gen_random_uuid())`, head.OrgID),
		"a second report of the year":       at(`insert into annual_report_filing (id, org_id, report_year, updated_at) values (gen_random_uuid(), '%s', 2025, now())`, head.OrgID),
		"one that begins concluded":         at(`insert into annual_report_filing (id, org_id, report_year, updated_at, state) values (gen_random_uuid(), '%s', 2024, now(), 'concluded')`, head.OrgID),
		"what was signed is changed":        at(`update annual_report_signed set document = '{}' where filing_id = '%s'`, f.ID),
		"what was signed is deleted":        at(`delete from annual_report_signed where filing_id = '%s'`, f.ID),
		"the history is changed":            at(`update annual_report_event set note = 'x' where filing_id = '%s'`, f.ID),
		"a published text is changed":       at(`update disclosure_version set body = 'x' where id = '%s'`, id),
		"a published text is deleted":       at(`delete from disclosure_version where id = '%s'`, id),
		"withdrawn without a reason":        at(`update disclosure_version set withdrawn_at = now(), withdrawn_by = gen_random_uuid() where id = '%s'`, id),
		"a line is changed":                 at(`update disclosure_line set amount_fen = 1 where version_id = '%s'`, id),
		"a line is added to what is public": at(`insert into disclosure_line (version_id, ordinal, side, label, amount_fen) values ('%s', 50, 'in', '补一笔', 1)`, id),
	} {
		if _, err := b.db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: went through", name)
		}
	}
}

// publish puts the accounts of 2025 into the public section.
func (b bench) publish(t *testing.T, head, clerk authz.Actor) (uuid.UUID, error) {
	t.Helper()
	begin, _, _, err := b.BeginDisclosure(t.Context(), clerk, governance.Accounts, 2025)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := b.SaveDisclosure(t.Context(), clerk, governance.DisclosureInput{Token: once.NewToken(), Kind: governance.Accounts, Year: 2025, Typed: begin})
	if err != nil {
		return uuid.Nil, err
	}
	return b.Publish(t.Context(), head, id, 1, once.NewToken())
}

func TestAnOrganizationTellsThePublic(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	head, clerk := b.found(t, "01")
	b.signed(t, head, clerk, 2025)
	first, err := b.publish(t, head, clerk)
	if err != nil {
		t.Fatal(err)
	}
	public := func(id uuid.UUID) governance.PublicVersion {
		v, err := b.PublicVersion(t.Context(), head.OrgID, id)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	v := public(first)
	if opening, in, out := governance.Totals(v.Lines); opening != 10000 || in != 300000 || out != 210000 || v.PublishedName != head.Name || v.Number != 1 {
		t.Errorf("published: %+v", v)
	}
	if _, err := b.publish(t, head, clerk); faultsOf(err) != "kind" {
		t.Errorf("a second of the year: %v", err)
	}
	save := func(n int, typed url.Values) error {
		_, err := b.SaveDisclosure(t.Context(), clerk, governance.DisclosureInput{ID: v.DisclosureID, Version: n, Typed: typed})
		return err
	}
	typed := values("title", "2025 年度财务收支", "opening", "100", "body", "联系 13800138000")
	if err := save(1, typed); err != nil {
		t.Fatal("a draft saves with faults:", err)
	}
	if err := save(1, typed); !errs.Is(err, errs.Conflict) {
		t.Errorf("stale: %v", err)
	}
	if _, err := b.Publish(t.Context(), head, v.DisclosureID, 2, once.NewToken()); !strings.Contains(faultsOf(err), "income_dues") || !strings.Contains(faultsOf(err), "body") {
		t.Errorf("published with faults: %v", err)
	}
	if public(first).Body != "" {
		t.Error("the draft shows through")
	}
	begin, _, _, err := b.BeginDisclosure(t.Context(), clerk, governance.Accounts, 2025)
	if err != nil {
		t.Fatal(err)
	}
	begin.Set("body", "补充说明：活动支出含场地费。")
	if err := save(2, begin); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Publish(t.Context(), clerk, v.DisclosureID, 3, once.NewToken()); !errs.Is(err, errs.Forbidden) {
		t.Errorf("a clerk published: %v", err)
	}
	token := once.NewToken()
	second, err := b.Publish(t.Context(), head, v.DisclosureID, 3, token)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := b.Publish(t.Context(), head, v.DisclosureID, 3, token); err != nil || again != second {
		t.Errorf("the same form again: %v, %v", again, err)
	}
	if p := public(first); !p.Superseded || p.Stands() || public(second).Number != 2 {
		t.Errorf("the first version: %+v", p.Version)
	}
	for reason, want := range map[string]string{"错": "reason", "有人的电话 13800138000 写错了": "reason"} {
		if err := b.Withdraw(t.Context(), head, second, reason, once.NewToken()); faultsOf(err) != want {
			t.Errorf("withdrawn for %q: %v", reason, err)
		}
	}
	if err := b.Withdraw(t.Context(), head, second, "活动支出分类有误，改正后再公开", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if p := public(second); p.Body != "" || p.Lines != nil || p.WithdrawnReason == "" || p.WithdrawnOn() != today {
		t.Errorf("the tombstone: %+v", p)
	}
	if public(first).Stands() {
		t.Error("withdrawing brought the version before back")
	}
	if err := b.Withdraw(t.Context(), head, second, "活动支出分类有误，改正后再公开", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("withdrawn twice: %v", err)
	}
	stranger, _ := b.found(t, "02")
	if err := b.Withdraw(t.Context(), stranger, first, "不是我们的也要撤回", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("a stranger withdrew: %v", err)
	}
	if _, err := b.PublicVersion(t.Context(), stranger.OrgID, first); !errs.Is(err, errs.NotFound) {
		t.Errorf("under another organization: %v", err)
	}
}
