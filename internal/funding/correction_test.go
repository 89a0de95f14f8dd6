package funding_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/application"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"
)

func save(t *testing.T, b *fundingtest.Bench, org fundingtest.Org, no, section string, pairs ...string) {
	t.Helper()
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	if _, err := b.Applications.Save(t.Context(), org.Clerk, no, section, form(t, b, org.Head, no).Saved[section].Version, v); err != nil {
		t.Fatal(err)
	}
}

func openSlots(f application.Form) (open []string) {
	for _, s := range f.Slots {
		if s.Open {
			open = append(open, s.Key)
		}
	}
	return open
}

// A correction opens what it names; everything else stays as it was signed.
func TestACorrectionOpensOnlyWhatItNames(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	b.Return(t, no, "contact_mobile", "lines", "file:budget")
	f := form(t, b, org.Clerk, no)
	for item, want := range map[string]bool{"contact_mobile": true, "lines": true, "contact_name": false, "amount": false, "purpose": false, "payee": false, "file:budget": true, "file:charter": false} {
		if f.MayEdit(item) != want {
			t.Errorf("%s may be edited: %v", item, f.MayEdit(item))
		}
	}
	if got := openSlots(f); !slices.Equal(got, []string{"budget", application.StampSlot}) { // paper can always be signed anew
		t.Errorf("open slots %v", got)
	}
	save(t, b, org, no, "organization", "contact_name", "张三", "contact_mobile", "13900139000", "contact_email", "x@example.org")
	// A row taken out stays out; what stands beside it stays.
	save(t, b, org, no, "plan", "amount", "9", "purpose", "改了", "line-1-category", startup.Capacity, "line-1-item", "培训", "line-1-amount", "3000")
	before := b.Case(t, no).Version
	save(t, b, org, no, "activities", "activities", "什么也没有改")
	if b.Case(t, no).Version != before {
		t.Error("a closed section was saved")
	}
	if err := b.TryAttach(t, org.Head, no, "charter"); !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), "补正范围") {
		t.Errorf("a closed slot: %v", err)
	}
	b.Attach(t, org.Head, no, "budget")
	want := b.Answers(org).With("contact_mobile", "13900139000", "line-1-category", startup.Capacity, "line-1-item", "培训", "line-1-amount", "3000").Values()
	for _, gone := range []string{"line-2-category", "line-2-item", "line-2-amount"} {
		want.Del(gone)
	}
	if got := form(t, b, org.Head, no).Values; got.Encode() != want.Encode() {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	// The office reads what was signed, not the correction in the making.
	if _, err := b.Applications.Form(t.Context(), b.Clerk, no); !errs.Is(err, errs.NotFound) {
		t.Errorf("the clerk reads the form: %v", err)
	}
	var a startup.Application
	if err := json.Unmarshal(view(t, b, b.Clerk, no).Signed, &a); err != nil || a.ContactMobile != "13800138000" {
		t.Errorf("the clerk reads %+v: %v", a, err)
	}
	b.Submit(t, org, no)
	v := view(t, b, b.Clerk, no)
	if err := json.Unmarshal(v.Signed, &a); err != nil || a.ContactMobile != "13900139000" || a.ContactName != "何经办" || len(a.Lines) != 1 || a.Amount != 3000*money.Yuan {
		t.Errorf("signed again %+v: %v", a, err)
	}
	if v.Case.Place() != (workflow.Place{State: workflow.Accepting, Waits: "bureau_clerk"}) || len(v.Submissions) != 2 || v.Check.Stage != "resubmission" {
		t.Errorf("%s after %d submissions, check of %s", v.Case.Place(), len(v.Submissions), v.Check.Stage)
	}
	if n := fundingtest.Scan[int](t, b, `select count(*) from startup_use`); n != 1 {
		t.Errorf("%d lines kept", n)
	}
	if err := b.TryAttach(t, org.Head, no, "budget"); !errs.Is(err, errs.Conflict) {
		t.Errorf("after the answer it is closed: %v", err)
	}
}

// What the answer needs is open although the notice did not name it: otherwise
// the deadline would run in a dead end.
func TestACorrectionIsNoDeadEnd(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	t.Run("the sum follows the amount", func(t *testing.T) {
		org := b.Organization(t)
		no := b.Accepting(t, org)
		b.Return(t, no, "amount")
		if form(t, b, org.Head, no).MayEdit("lines") {
			t.Error("the plan is open although nothing is wrong with it")
		}
		save(t, b, org, no, "plan", "amount", "2500")
		if f := form(t, b, org.Head, no); !f.MayEdit("lines") || f.MayEdit("purpose") {
			t.Errorf("lines open %v, purpose open %v", f.MayEdit("lines"), f.MayEdit("purpose"))
		}
		save(t, b, org, no, "plan", "amount", "2500", "line-1-category", startup.Hardware, "line-1-item", "桌椅", "line-1-amount", "2500")
		b.Submit(t, org, no)
		if c := b.Case(t, no); *c.Amount != 2500*money.Yuan {
			t.Errorf("amount %s", *c.Amount)
		}
	})
	t.Run("the account is gone", func(t *testing.T) {
		org := b.Organization(t)
		no := b.Accepting(t, org)
		agent := b.SavePayee(t, org, true)
		b.Return(t, no, "contact_mobile")
		if !form(t, b, org.Head, no).MayEdit("payee") {
			t.Fatal("the account cannot be chosen anew")
		}
		save(t, b, org, no, "payee", "payee", agent.String())
		f := form(t, b, org.Head, no)
		if got := openSlots(f); !slices.Equal(got, []string{"authorization", application.StampSlot}) || f.MayEdit("payee") {
			t.Errorf("open slots %v", got)
		}
		b.Attach(t, org.Head, no, "authorization")
		b.Submit(t, org, no)
	})
}

// A stamped print signs what it shows: after a correction it takes a new one.
func TestAStampedPrintIsSignedAnew(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.DraftBy(t, b.Community, org, b.Answers(org))
	submit := func() error {
		return b.Applications.Submit(t.Context(), b.Colleague, no, 0, fundingtest.Stamped(), once.NewToken())
	}
	if err := submit(); err != nil {
		t.Fatal(err)
	}
	b.Opine(t, b.Community, no)
	b.Opine(t, b.Subdistrict, no)
	b.Return(t, no, "purpose")
	if err := submit(); !strings.Contains(fundingtest.Fault(err, "file:stamped_print"), "补正前") {
		t.Errorf("signed by the print of before: %v", err)
	}
	b.Attach(t, b.Community, no, application.StampSlot)
	if err := submit(); err != nil {
		t.Errorf("signed anew: %v", err)
	}
}

// The community answers only for what it filed itself: a print that lies in the
// slot does not let it sign an organization's own application.
func TestTheCommunityDoesNotSignForOthers(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	b.Return(t, no, "purpose")
	b.Attach(t, org.Head, no, application.StampSlot)
	for _, a := range []struct {
		by   string
		err  error
		want errs.Kind
	}{
		{"community", b.Applications.Submit(t.Context(), b.Community, no, 0, fundingtest.Stamped(), once.NewToken()), errs.Forbidden},
		{"another community", b.Applications.Submit(t.Context(), b.OtherCommunity, no, 0, fundingtest.Stamped(), once.NewToken()), errs.NotFound},
	} {
		if !errs.Is(a.err, a.want) {
			t.Errorf("%s: %v", a.by, a.err)
		}
	}
	if c := b.Case(t, no); c.State != workflow.Correcting {
		t.Errorf("case is %s", c.State)
	}
	if err := b.Applications.Submit(t.Context(), org.Head, no, 0, fundingtest.Stamped(), once.NewToken()); err != nil {
		t.Errorf("control: the head: %v", err)
	}
}

// Later changes of registered facts do not reach back: neither into what was
// signed nor into its limits, the answer to a correction included.
func TestTheSnapshotHolds(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t, fundingtest.In(organization.Charity)) // at most 6,000 yuan
	no := b.DraftBy(t, org.Head, org, b.Answers(org).With("amount", "5800", "line-1-amount", "4800"))
	b.Submit(t, org, no)
	b.Opine(t, b.Community, no)
	b.Opine(t, b.Subdistrict, no)
	var now organization.Organization
	b.Read(t, func(q postgres.Querier, _ time.Time) (err error) {
		now, err = organization.Load(t.Context(), q, org.ID)
		return err
	})
	in := org.Registration
	in.Name, in.Category, in.EstablishedOn = "六联社区改名互助社", organization.CultureSport, in.EstablishedOn.AddDays(-20)
	err := b.Organizations.Revise(t.Context(), b.Clerk, organization.Revision{Registration: in, OrgID: org.ID, Version: now.Version, Reason: "证书核对后更正登记"})
	if err != nil {
		t.Fatal(err)
	}
	profile := func() (a funding.Applicant) {
		if err := json.Unmarshal(view(t, b, b.Clerk, no).Profile, &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	signed := profile()
	if signed.Name != org.Registration.Name || signed.Category != organization.Charity || signed.EstablishedOn != org.Registration.EstablishedOn {
		t.Errorf("profile %+v", signed)
	}
	b.Return(t, no, "contact_mobile")
	if f := form(t, b, org.Head, no); len(f.Faults) != 0 || f.Subject.(funding.Context).Organization.Category != organization.Charity {
		t.Errorf("today's limits reach a submitted case: %v", f.Faults)
	}
	save(t, b, org, no, "organization", "contact_mobile", "13900139000")
	b.Submit(t, org, no)
	if again := profile(); again != signed {
		t.Errorf("profile %+v\nbefore  %+v", again, signed)
	}
	if got := fundingtest.Scan[time.Time](t, b, `select established_on from startup_grant`); got.Format(time.DateOnly) != signed.EstablishedOn.String() {
		t.Errorf("established on %s", got)
	}
	// Control: a new draft is judged by today's facts.
	other := b.Organization(t)
	fresh := b.DraftBy(t, other.Head, other, b.Answers(other).With("amount", "5800", "line-1-amount", "4800"))
	if f := form(t, b, other.Head, fresh); len(f.Faults) != 1 || f.Faults[0].Name != "amount" {
		t.Errorf("control: %v", f.Faults)
	}
}

// A correction is answered under the edition that was pinned, whatever holds by
// then; a new application falls under the new one.
func TestTheEditionIsPinned(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org, other := b.Organization(t), b.Organization(t)
	no := b.Accepting(t, org)
	pinned := *b.Case(t, no).EditionID
	endEdition(t, b, "2026-11-23")
	for _, sql := range []string{
		`insert into policy_edition (id, document_id, label, effective_from, demo) select gen_random_uuid(), document_id, '新参数', '2026-11-24', true from policy_edition where demo`,
		`insert into policy_parameter (edition_id, key, type, value, article, source, confirmed)
			select (select id from policy_edition where label = '新参数'), p.key, p.type,
				case p.key when 'startup.amount_filed' then '100000' when 'filing.correct_wd' then '1' else p.value end, p.article, p.source, p.confirmed
			from policy_parameter p join policy_edition e on e.id = p.edition_id where e.demo and e.label <> '新参数'`,
		`update policy_edition set status = 'approved', approved_at = portal_now() where label = '新参数'`,
	} {
		if _, err := b.DB.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	b.GoTo(t, "2026-11-24")
	b.Return(t, no, "purpose")
	if c := b.Case(t, no); *c.ClockDays != 10 || *c.EditionID != pinned {
		t.Errorf("clock of %d days", *c.ClockDays)
	}
	save(t, b, org, no, "plan", "purpose", "设备放在社区，居民轮流借用。")
	b.Submit(t, org, no)
	if c := b.Case(t, no); *c.EditionID != pinned || *c.Amount != 3000*money.Yuan {
		t.Errorf("case %+v", c)
	}
	if err := b.Accept(t, no); err != nil {
		t.Errorf("accepted under the pinned edition: %v", err)
	}
	fresh := b.Draft(t, other)
	err := b.Applications.Submit(t.Context(), other.Head, fresh, 0, fundingtest.Signed(other), once.NewToken())
	if m := fundingtest.Fault(err, "amount"); !strings.Contains(m, "1,000.00") {
		t.Errorf("control: %v", err)
	}
}

// What was submitted in force runs to its end: the last day of the document ends
// new applications, not the answers to corrections.
func TestAfterTheForceCorrectionsAreAnswered(t *testing.T) {
	t.Parallel()
	b := fundingtest.Without(t)
	b.GoTo(t, "2020-09-21")
	org, late := b.Organization(t), b.Organization(t)
	no, draft := b.Accepting(t, org), b.Draft(t, late)
	b.GoTo(t, "2020-09-27") // the last day
	b.Return(t, no, "purpose")
	b.GoTo(t, "2020-09-28")
	if err := b.Applications.Submit(t.Context(), late.Head, draft, 0, fundingtest.Signed(late), once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("a new application on the day after: %v", err)
	}
	save(t, b, org, no, "plan", "purpose", "设备放在社区，居民轮流借用。")
	b.Submit(t, org, no)
	if err := b.Accept(t, no); err != nil {
		t.Errorf("%v", err)
	}
	b.GoTo(t, "2020-09-27") // control: on the last day the new one is taken
	if err := b.Applications.Submit(t.Context(), late.Head, draft, 0, fundingtest.Signed(late), once.NewToken()); err != nil {
		t.Errorf("on the last day: %v", err)
	}
}

func TestACorrectionNamesItemsOfTheForm(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepting(t, org)
	try := func(flaws ...casework.Flaw) error {
		return b.Applications.Return(t.Context(), b.Clerk, no, 0, flaws, once.NewToken())
	}
	why := "请按通知更正"
	for name, c := range map[string]struct {
		err   error
		field string
	}{
		"nothing":       {try(), "flaws"},
		"no such item":  {try(casework.Flaw{Field: "cap_fen", Reason: why}), "flaws"},
		"an SQL item":   {try(casework.Flaw{Field: "x'; --\x00", Reason: why}), "flaws"},
		"a print that":  {try(casework.Flaw{Field: "file:stamped_print", Reason: why}), "flaws"},
		"twice":         {try(casework.Flaw{Field: "amount", Reason: why}, casework.Flaw{Field: "amount", Reason: why}), "reason-amount"},
		"short reason":  {try(casework.Flaw{Field: "amount", Reason: "改"}), "reason-amount"},
		"unseen reason": {try(casework.Flaw{Field: "amount", Reason: strings.Repeat("\u200b", 9)}), "reason-amount"},
	} {
		if fundingtest.Fault(c.err, c.field) == "" {
			t.Errorf("%s: %v", name, c.err)
		}
	}
	if err := try(casework.Flaw{Field: "amount", Label: "冒名的标签", Reason: "金额请\x00重新核算"}); err != nil {
		t.Fatal(err)
	}
	v := view(t, b, org.Head, no)
	letter, err := json.Marshal(v.Letters[0].Paragraphs)
	if err != nil || v.Letters[0].Kind != casework.CorrectionLetter {
		t.Fatal(err)
	}
	for _, words := range []string{"1. 申请金额：金额请重新核算", "2026年12月7日前", "视为撤回", no} {
		if !strings.Contains(string(letter), words) {
			t.Errorf("the letter lacks %q: %s", words, letter)
		}
	}
	if err := b.Applications.Return(t.Context(), b.Reviewer, no, 0, nil, once.NewToken()); !errs.Is(err, errs.Forbidden) {
		t.Errorf("the reviewer returns: %v", err)
	}
}
