package funding_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/workflow"
)

func view(t *testing.T, b *fundingtest.Bench, actor authz.Actor, no string) funding.View {
	t.Helper()
	v, err := b.Funding.View(t.Context(), actor, no)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A submission keeps what was signed, pins the edition, starts the opinions and
// keeps the check of eligibility.
func TestASubmissionKeepsWhatWasSigned(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	b.Submit(t, org, no)
	c := b.Case(t, no)
	if c.State != workflow.Opining || c.Waits != authz.Community || *c.Amount != 3000*money.Yuan || c.EditionID == nil || c.DueOn.String() != "2026-11-26" {
		t.Errorf("case %+v", c)
	}
	v := view(t, b, b.Community, no)
	var a startup.Application
	if err := json.Unmarshal(v.Signed, &a); err != nil {
		t.Fatal(err)
	}
	if a.Amount != 3000*money.Yuan || a.Cap != 5000*money.Yuan || len(a.Lines) != 2 || a.PayeeID != org.Payee || !strings.HasPrefix(a.PayeeMasked, "****") {
		t.Errorf("signed %+v", a)
	}
	var whole struct {
		Papers    []struct{ Slot, SHA256 string }
		Statement struct{ Version string }
	}
	if err := json.Unmarshal(v.Submissions[0].Document, &whole); err != nil || len(whole.Papers) != len(fundingtest.Papers) || len(whole.Papers[0].SHA256) != 64 || whole.Statement.Version == "" {
		t.Errorf("kept %s: %v", v.Submissions[0].Document, err)
	}
	if v.Check.Stage != "submission" || len(v.Check.Lines) < 15 || v.Submissions[0].SignerName != org.Head.Name {
		t.Errorf("check %s with %d lines, signed by %s", v.Check.Stage, len(v.Check.Lines), v.Submissions[0].SignerName)
	}
	if n := fundingtest.Scan[int](t, b, `select count(*) from attachment where handed_in_at is not null`); n != len(fundingtest.Papers) {
		t.Errorf("%d papers handed in", n)
	}
	// No account or identity number stands in clear in anything that was written.
	for _, table := range []string{"case_submission", "application", "application_section", "application_check", "case_event", "audit_entry", "startup_grant"} {
		for _, secret := range []string{fundingtest.ResidentID(1), "40000000000001"} {
			if n := fundingtest.Scan[int](t, b, `select count(*) from `+table+` x where x::text like '%' || $1 || '%'`, secret); n != 0 {
				t.Errorf("%s holds %s", table, secret)
			}
		}
	}
	if v := view(t, b, org.Head, no); v.May("opine") || !v.May("withdraw") {
		t.Errorf("the head's actions %v", v.Actions)
	}
}

// A submission is refused with everything that is wrong with it at once: form,
// papers, conditions and signature; the draft stays as it is.
func TestEveryFaultIsToldAtOnce(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t, fundingtest.Established("2026-06-30"), fundingtest.WithoutSystems, fundingtest.WithoutActivity, fundingtest.WithoutLists)
	no := b.Open(t, org.Head, org)
	err := b.Applications.Submit(t.Context(), org.Head, no, 0, application.Signature{Method: casework.Reauthenticated, TypedName: "别人", Password: "wrong"}, once.NewToken())
	var names []string
	for _, f := range errs.FieldsOf(err) {
		names = append(names, f.Name)
		if f.Label == "" || f.Message == "" {
			t.Errorf("%+v", f)
		}
	}
	want := []string{"contact_name", "contact_mobile", "activities", "amount", "lines", "purpose", "payee",
		"file:certificate", "file:charter", "file:finance_system", "file:activity_evidence", "file:budget", "file:account_proof",
		"line:age", "line:systems", "line:activities", "agreed", "typed_name", "password"}
	if !slices.Equal(names, want) {
		t.Errorf("faults %v\nwant   %v", names, want)
	}
	if m := fundingtest.Fault(err, "line:age"); !strings.Contains(m, "2026年12月30日") {
		t.Errorf("the age line does not name its date: %s", m)
	}
	if c := b.Case(t, no); c.State != workflow.Draft || c.Version != 1 || fundingtest.Scan[int](t, b, `select count(*) from application_check`) != 0 {
		t.Errorf("the draft was touched: %+v", c)
	}
}

func TestSignatures(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	good := fundingtest.Signed(org)
	for name, c := range map[string]struct {
		actor  authz.Actor
		change func(*application.Signature)
		field  string
	}{
		"not agreed":             {org.Head, func(s *application.Signature) { s.Agreed = false }, "agreed"},
		"another statement":      {org.Head, func(s *application.Signature) { s.StatementVersion = "startup-0" }, "agreed"},
		"another name":           {org.Head, func(s *application.Signature) { s.TypedName = "李四" }, "typed_name"},
		"no name":                {org.Head, func(s *application.Signature) { s.TypedName = "" }, "typed_name"},
		"no method":              {org.Head, func(s *application.Signature) { s.Method = "" }, "method"},
		"another method":         {org.Head, func(s *application.Signature) { s.Method = "thumb" }, "method"},
		"paper that is not here": {org.Head, func(s *application.Signature) { s.Method = casework.StampedPrint }, "file:stamped_print"},
	} {
		s := good
		c.change(&s)
		err := b.Applications.Submit(t.Context(), c.actor, no, 0, s, once.NewToken())
		if f := errs.FieldsOf(err); len(f) != 1 || f[0].Name != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]struct {
		actor authz.Actor
		want  errs.Kind
	}{"the clerk": {org.Clerk, errs.Forbidden}, "the bureau": {b.Clerk, errs.NotFound}, "the community": {b.Community, errs.NotFound}} {
		if err := b.Applications.Submit(t.Context(), c.actor, no, 0, good, once.NewToken()); !errs.Is(err, c.want) {
			t.Errorf("%s signs: %v", name, err)
		}
	}
	stale := b.Case(t, no).Version
	b.Save(t, org.Clerk, no, b.Answers(org).With("purpose", "设备用于每周的互助活动，由居民轮流管理。"))
	if err := b.Applications.Submit(t.Context(), org.Head, no, stale, good, once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("what was edited since must be read again: %v", err)
	}
	b.Attach(t, org.Clerk, no, application.StampSlot)
	if err := b.Applications.Submit(t.Context(), org.Head, no, b.Case(t, no).Version, fundingtest.Stamped(), once.NewToken()); err != nil {
		t.Errorf("control: on paper: %v", err)
	}
	if err := b.Applications.Submit(t.Context(), org.Head, no, 0, good, once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("submitted twice: %v", err)
	}
}

// A wrong password counts towards the lock-out whatever becomes of the
// submission; the draft stays, and the right one works again after the wait.
func TestAWrongPasswordCounts(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	wrong := fundingtest.Signed(org)
	wrong.Password = "Not-the-password-1"
	try := func(s application.Signature) error {
		return b.Applications.Submit(t.Context(), org.Head, no, 0, s, once.NewToken())
	}
	for i := range 5 {
		if err := try(wrong); fundingtest.Fault(err, "password") == "" || len(errs.FieldsOf(err)) != 1 {
			t.Fatalf("attempt %d: %v", i+1, err)
		}
	}
	if err := try(fundingtest.Signed(org)); !errs.Is(err, errs.TooMany) {
		t.Errorf("the right password in the lock-out: %v", err)
	}
	if got := form(t, b, org.Head, no).Values.Get("amount"); got != "3000" || b.Case(t, no).State != workflow.Draft {
		t.Error("the draft is gone")
	}
	b.DB.Advance(t, 31*time.Minute)
	if err := try(fundingtest.Signed(org)); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

// One token makes one submission, however often and at once it arrives, on two
// replicas; everybody gets the same answer.
func TestOneTokenMakesOneSubmission(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	b.Attach(t, org.Head, no, application.StampSlot)
	token, version := once.NewToken(), b.Case(t, no).Version
	other, _ := b.Replica()
	replicas := []*application.Service{b.Applications, other}
	for i, err := range together(20, func(i int) error {
		return replicas[i%2].Submit(context.Background(), org.Head, no, version, fundingtest.Stamped(), token)
	}) {
		if err != nil {
			t.Errorf("call %d: %v", i, err)
		}
	}
	for sql, want := range map[string]int{
		`select count(*) from case_submission`: 1, `select count(*) from case_event where action = 'submit'`: 1, `select count(*) from startup_grant`: 1,
		`select count(*) from application_check`: 1, `select count(*) from audit_entry where action = 'case.submit'`: 1,
	} {
		if n := fundingtest.Scan[int](t, b, sql); n != want {
			t.Errorf("%s: %d", sql, n)
		}
	}
	if err := b.Applications.Submit(t.Context(), org.Head, no, version, fundingtest.Stamped(), once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("control: another token is another act: %v", err)
	}
}

// A double click with a password: both arrive, one submission, both are told so.
func TestADoubleClickWithAPassword(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	token, version := once.NewToken(), b.Case(t, no).Version
	for _, err := range together(2, func(int) error {
		return b.Applications.Submit(context.Background(), org.Head, no, version, fundingtest.Signed(org), token)
	}) {
		if err != nil {
			t.Error(err)
		}
	}
}

// race submits the organization's own draft and the counter's at once. Both are
// held until each has passed its checks and waits to write the grant.
func race(t *testing.T, b *fundingtest.Bench, org fundingtest.Org) []error {
	t.Helper()
	online, counter := b.Draft(t, org), b.DraftBy(t, b.Community, org, b.Answers(org))
	b.Attach(t, org.Head, online, application.StampSlot)
	hold, err := b.DB.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = hold.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := hold.Exec(t.Context(), `lock table startup_grant in share mode`); err != nil {
		t.Fatal(err)
	}
	versions := []int{b.Case(t, online).Version, b.Case(t, counter).Version}
	done := make(chan []error)
	go func() {
		done <- together(2, func(i int) error {
			return b.Applications.Submit(context.Background(), []authz.Actor{org.Head, b.Community}[i], []string{online, counter}[i], versions[i], fundingtest.Stamped(), once.NewToken())
		})
	}()
	for fundingtest.Scan[int](t, b, `select count(*) from pg_locks where not granted and relation = 'startup_grant'::regclass
		and database = (select oid from pg_database where datname = current_database())`) < 2 {
		if t.Context().Err() != nil {
			t.Fatal("the submissions do not come")
		}
	}
	if err := hold.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	return <-done
}

// Start-up support is given once: of two applications of one organization that
// arrive at the same moment one succeeds, and the other is whole again a draft.
func TestOneOfTwoApplicationsOfAnOrganization(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	failed := race(t, b, b.Organization(t))
	if (failed[0] == nil) == (failed[1] == nil) {
		t.Fatalf("%v", failed)
	}
	for _, err := range failed {
		if err != nil && (!errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "只有一次")) {
			t.Error(err)
		}
	}
	if n := fundingtest.Scan[int](t, b, `select count(*) from case_file where state = 'draft'`); n != 1 || fundingtest.Scan[int](t, b, `select count(*) from case_submission`) != 1 {
		t.Errorf("%d drafts left", n)
	}
}

// Control: without the index both get through, so it is the index that holds.
func TestWithoutItsIndexBothApplicationsGetThrough(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	if _, err := b.DB.Owner.Exec(t.Context(), `drop index startup_grant_once`); err != nil {
		t.Fatal(err)
	}
	if failed := race(t, b, org); failed[0] != nil || failed[1] != nil {
		t.Errorf("%v", failed)
	}
}

// One after the other the second is told line by line.
func TestTheSecondApplicationIsToldWhy(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	first, second := b.Draft(t, org), b.DraftBy(t, b.Community, org, b.Answers(org))
	b.Submit(t, org, first)
	err := b.Applications.Submit(t.Context(), b.Community, second, 0, fundingtest.Stamped(), once.NewToken())
	if m := fundingtest.Fault(err, "line:once"); !strings.Contains(m, first) {
		t.Errorf("%v", err)
	}
}

// At the counter the head signs on paper; the community files it and may then
// not give the community's opinion itself.
func TestTheCounter(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.DraftBy(t, b.Community, org, b.Answers(org))
	s := fundingtest.Stamped()
	s.Method = casework.Reauthenticated
	if err := b.Applications.Submit(t.Context(), b.Community, no, 0, s, once.NewToken()); fundingtest.Fault(err, "method") == "" {
		t.Errorf("the community signs by password: %v", err)
	}
	if err := b.Applications.Submit(t.Context(), b.Community, no, 0, fundingtest.Stamped(), once.NewToken()); err != nil {
		t.Fatal(err)
	}
	v := view(t, b, b.Clerk, no)
	if got := v.Submissions[0]; got.SignerName != org.Registration.HeadName || got.Method != casework.StampedPrint {
		t.Errorf("signed %+v", got)
	}
	opine := func(a authz.Actor) error {
		return b.Applications.Opine(t.Context(), a, no, 0, casework.Support, "", once.NewToken())
	}
	if err := opine(b.Community); !errs.Is(err, errs.Forbidden) {
		t.Errorf("who filed it gives the opinion: %v", err)
	}
	if err := opine(b.OtherCommunity); !errs.Is(err, errs.NotFound) {
		t.Errorf("another community: %v", err)
	}
	if err := opine(b.Colleague); err != nil {
		t.Errorf("a colleague: %v", err)
	}
}

// Outside the document's force a draft is kept and not taken.
func TestOutOfForceNothingNewIsTaken(t *testing.T) {
	t.Parallel()
	b := fundingtest.Without(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	err := b.Applications.Submit(t.Context(), org.Head, no, 0, fundingtest.Signed(org), once.NewToken())
	if !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "政策文件") {
		t.Errorf("%v", err)
	}
	if c := b.Case(t, no); c.State != workflow.Draft || c.EditionID != nil {
		t.Errorf("case %+v", c)
	}
}

// A document in force whose parameters are not: nothing is decided under them.
func TestWithoutAnEditionInForceNothingNewIsTaken(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Draft(t, org)
	endEdition(t, b, "2026-11-22")
	if err := b.Applications.Submit(t.Context(), org.Head, no, 0, fundingtest.Signed(org), once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("%v", err)
	}
	check, err := b.Funding.Eligibility(t.Context(), org.Head, startup.Kind, org.ID, b.Today(t))
	if err != nil || check.Rules.InForce || len(check.Lines) == 0 {
		t.Errorf("the rules are explained all the same: %d lines, in force %v, %v", len(check.Lines), check.Rules.InForce, err)
	}
}

// endEdition ends the edition of the demonstration.
func endEdition(t *testing.T, b *fundingtest.Bench, on string) {
	t.Helper()
	if _, err := b.DB.Owner.Exec(t.Context(), `update policy_edition set effective_to = $1::date where demo`, on); err != nil {
		t.Fatal(err)
	}
}

// Conditions are answered with their date; an organization of another is not found.
func TestEligibility(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org, other := b.Organization(t, fundingtest.Established("2026-05-24"), fundingtest.In(organization.Charity)), b.Organization(t)
	check, err := b.Funding.Eligibility(t.Context(), org.Clerk, startup.Kind, org.ID, b.Today(t))
	if err != nil || check.Verdict.MaySubmit || check.Verdict.Earliest.String() != "2026-11-24" {
		t.Errorf("%+v: %v", check.Verdict, err)
	}
	if check, err = b.Funding.Eligibility(t.Context(), org.Clerk, startup.Kind, org.ID, check.Verdict.Earliest); err != nil || !check.Verdict.MaySubmit || check.Today == check.On {
		t.Errorf("on that date: %+v: %v", check.Verdict, err)
	}
	for name, actor := range map[string]authz.Actor{"another organization": other.Head, "another community": b.OtherCommunity, "nobody": {}, "an expert": {Role: authz.Expert}} {
		if _, err := b.Funding.Eligibility(t.Context(), actor, startup.Kind, org.ID, b.Today(t)); !errs.Is(err, errs.NotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := b.Funding.Eligibility(t.Context(), org.Head, "x", org.ID, b.Today(t)); !errs.Is(err, errs.NotFound) {
		t.Errorf("no such programme: %v", err)
	}
}
