package registry_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/registry/registrytest"
	"civilaffairs/internal/workflow"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
)

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind errs.Kind) {
	t.Helper()
	if !errs.Is(err, kind) {
		t.Fatalf("got %v, want kind %v", err, kind)
	}
}

func wantFault(t *testing.T, err error, field, part string) {
	t.Helper()
	if m := fundingtest.Fault(err, field); !errs.Is(err, errs.Invalid) || m == "" || !strings.Contains(m, part) {
		t.Fatalf("got %v with %v, want %q at %s", err, errs.FieldsOf(err), part, field)
	}
}

// acceptedFiling is a filing that waits for its decision.
func acceptedFiling(t *testing.T, b *registrytest.Bench) (founder authz.Actor, no string) {
	t.Helper()
	founder, head := b.Founder(t)
	no = b.Submitted(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
	b.Accepted(t, no)
	return founder, no
}

// A filing at the subdistrict, through every role: opinion, a correction, the
// decision by another person than who took it in. The organization is there with
// number and certificate, and the initiator is its head from then on.
func TestFilingAtTheSubdistrict(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	a := b.Filing(head)
	no := b.Submitted(t, founder, registry.Filing, uuid.Nil, a)
	c := b.Case(t, no)
	if c.Kind != "filing_street" || c.Title != a["name"] || !strings.HasPrefix(no, "BA-2026-") || c.OrganizationID != uuid.Nil {
		t.Fatalf("submitted as %s %q %s", c.Kind, c.Title, no)
	}
	b.Opined(t, no)

	flaws := []casework.Flaw{{Field: "business_scope", Reason: "业务范围写得更具体些"}}
	must(t, b.Applications.Return(t.Context(), b.Subdistrict, no, b.Case(t, no).Version, flaws, once.NewToken()))
	b.Save(t, founder, no, a.With("business_scope", "组织居民读书、交流，每月一次", "name", "改不了的名称书友会"))
	must(t, b.Submit(t, founder, no))
	must(t, b.Accept(t, no))

	v := b.Case(t, no).Version
	wantKind(t, b.Registry.Approve(t.Context(), b.Subdistrict, no, v, once.NewToken()), errs.Forbidden) // took it in
	wantKind(t, b.Registry.Approve(t.Context(), b.OtherSubdistrict, no, v, once.NewToken()), errs.NotFound)
	wantKind(t, b.Registry.Approve(t.Context(), b.Leader, no, v, once.NewToken()), errs.Forbidden) // not the bureau's
	wantKind(t, b.Registry.Approve(t.Context(), founder, no, v, once.NewToken()), errs.Forbidden)
	wantKind(t, b.Registry.Approve(t.Context(), b.Subdistrict2, no, v-1, once.NewToken()), errs.Conflict)
	must(t, b.Approve(t, no))

	c = b.Case(t, no)
	o := b.Load(t, c.OrganizationID)
	if c.State != workflow.Closed || o.Name != a["name"] || o.FilingNo != "坪社备〔2026〕第0001号" || o.Registrar != "坪山街道办事处" ||
		o.Basis != organization.Filed || o.Origin != organization.OriginNew || o.EstablishedOn != b.Today(t) ||
		*o.Members != 12 || o.BusinessScope != "组织居民读书、交流，每月一次" || o.Premises != organization.PremisesLent {
		t.Errorf("case %s, organization %+v", c.State, o)
	}
	now := b.ActorOf(t, founder.AccountID)
	if now.Role != authz.OrgHead || now.OrgID != o.ID || now.PersonID != o.HeadPersonID {
		t.Errorf("the founder is %+v", now)
	}
	want := []casework.LetterKind{casework.CorrectionLetter, casework.AcceptedLetter, casework.RegistryApprovalLetter}
	if d := cmp.Diff(want, b.Letters(t, no)); d != "" {
		t.Error(d)
	}
	view, err := b.Registry.View(t.Context(), now, no)
	must(t, err)
	cert, err := b.Registry.CertificateByNo(t.Context(), " "+strings.ToLower(view.Certificate.No))
	if err != nil || !cert.Valid() || cert.Facts.Number != o.FilingNo || cert.Facts.HeadName != head.Name || cert.Facts.Address != "" {
		t.Errorf("certificate %+v, %v", cert, err)
	}
	if kept := registrytest.Scan[string](t, b, `select string_agg(document::text, ' ') from case_submission`); strings.Contains(kept, head.ID) || !strings.Contains(kept, "********") {
		t.Error("the document as kept shows a number in clear, or no mask")
	}
	if clear := registrytest.Scan[bool](t, b, `select exists (select from application_section where typed::text like '%' || $1 || '%')
		or exists (select from registry_case where document::text like '%' || $1 || '%')`, head.ID); clear {
		t.Error("a number stands in clear in a table")
	}
}

// The bureau as registrar: clerk, reviewer and leader are three people; the leader
// signs what was proposed.
func TestFilingAtTheBureau(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	b.Registrar(t, "bureau")
	_, no := acceptedFiling(t, b)
	reason := "章程缺少退出程序，请经办人再核实"
	must(t, b.Registry.SendBack(t.Context(), b.Reviewer, no, b.Case(t, no).Version, reason, once.NewToken()))
	must(t, b.Accept(t, no))
	wantKind(t, b.Approve(t, no), errs.Conflict) // nobody proposed
	wantFault(t, b.Propose(t, no, registry.Proposal{Outcome: registry.Deny, Ground: "no such", Reason: "短"}), "ground", "选")
	must(t, b.Propose(t, no, registry.Proposal{Outcome: registry.Deny, Ground: "purpose", Reason: "业务范围超出社区社会组织"}))
	wantKind(t, b.Approve(t, no), errs.Conflict) // the opposite was proposed
	must(t, b.Registry.Reconsider(t.Context(), b.Leader, no, b.Case(t, no).Version, "请再核对业务范围是否超出", once.NewToken()))
	must(t, b.Propose(t, no, registry.Proposal{Outcome: registry.Grant}))
	must(t, b.Approve(t, no))
	if o := b.Load(t, b.Case(t, no).OrganizationID); o.Registrar != "坪山区民政局" {
		t.Errorf("registrar %s", o.Registrar)
	}
}

func TestRegistrationGivesACreditCode(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	no := b.Submitted(t, founder, registry.Registration, uuid.Nil, b.Registration(head))
	b.Accepted(t, no)
	grant := registry.Proposal{Outcome: registry.Grant}
	wantFault(t, b.Propose(t, no, grant), "code", "")
	grant.Code = "52440310MJL0000162" // of a social service body
	wantFault(t, b.Propose(t, no, grant), "code", "")
	grant.Code = "51440310MJL0000166" // does not add up
	wantFault(t, b.Propose(t, no, grant), "code", "例外理由")
	other := b.Organization(t, registrytest.Registered("51440310MJL0000165"))
	grant.Code = "51440310MJL0000165"
	wantFault(t, b.Propose(t, no, grant), "code", other.Name)
	grant.Code = "51440310MJL123454H"
	must(t, b.Propose(t, no, grant))
	must(t, b.Approve(t, no))
	o := b.Load(t, b.Case(t, no).OrganizationID)
	if o.USCC != grant.Code || o.FilingNo != "" || o.Basis != organization.Registered || o.RegisteredCapital == nil || *o.RegisteredCapital != 3_000_000 {
		t.Errorf("registered %+v", o)
	}
}

// Opinions not given in time lapse and the case goes on; a correction not answered
// ends it, and what it claimed is free.
func TestWhatNobodyAnswersLapses(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	no := b.Submitted(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
	b.GoTo(t, "2026-12-01")
	must(t, b.Applications.Lapse(t.Context()))
	if c := b.Case(t, no); c.State != workflow.Accepting {
		t.Fatalf("after the opinion's days it is %s", c.State)
	}
	flaws := []casework.Flaw{{Field: "file:charter", Reason: "章程没有签名，请补上"}}
	must(t, b.Applications.Return(t.Context(), b.Subdistrict, no, b.Case(t, no).Version, flaws, once.NewToken()))
	b.GoTo(t, "2026-12-20")
	must(t, b.Applications.Lapse(t.Context()))
	if c := b.Case(t, no); c.State != workflow.Lapsed || registrytest.Scan[bool](t, b, `select live from registry_case where case_id = $1`, c.ID) {
		t.Errorf("after the correction's days it is %s and lives", c.State)
	}
}

// The registrar of the day of submission decides, whatever it was when the draft
// was begun; and the draft goes to the community that it names.
func TestADraftIsRecastWhenItIsSubmitted(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	no := b.Draft(t, founder, registry.Filing, uuid.Nil, b.Filing(head).With("community", registrytest.Liuhe))
	if c := b.Case(t, no); c.Kind != "filing_street" || c.Community != registrytest.Liulian {
		t.Fatalf("begun as %s in %s", c.Kind, c.Community)
	}
	b.Registrar(t, "bureau")
	if again := b.Open(t, founder, registry.Filing, uuid.Nil); again != no {
		t.Errorf("a second draft %s beside %s", again, no)
	}
	must(t, b.Submit(t, founder, no))
	if c := b.Case(t, no); c.Kind != "filing" || c.Community != registrytest.Liuhe {
		t.Errorf("submitted as %s in %s", c.Kind, c.Community)
	}
	b.Registrar(t, "subdistrict") // too late for this one
	b.Decided(t, no, "")
	if o := b.Load(t, b.Case(t, no).OrganizationID); o.Registrar != "坪山区民政局" || o.CommunityCode != registrytest.Liuhe {
		t.Errorf("filed by %s in %s", o.Registrar, o.CommunityCode)
	}
}

// What the registers contradict is a fault at its field, or needs a word.
func TestFilingAgainstTheRegisters(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	old := b.Organization(t, func(in *organization.Registration) { in.Name = "六联社区长者服务中心" })
	founder, head := b.Founder(t)
	a := b.Filing(head)
	no := b.Draft(t, founder, registry.Filing, uuid.Nil, a.With("name", old.Name))
	wantFault(t, b.Submit(t, founder, no), "name", old.Name)
	b.Save(t, founder, no, a.With("name", "六联社区长者中心"))
	wantFault(t, b.Submit(t, founder, no), "similar_reason", old.Name)
	for range 2 { // two the founder heads already
		b.Organization(t, func(in *organization.Registration) { in.HeadName, in.HeadIDNumber = head.Name, head.ID })
	}
	b.Save(t, founder, no, a.With("name", "六联社区长者中心", "similar_reason", "那家是养老服务，这家组织文体活动"))
	wantFault(t, b.Submit(t, founder, no), "head_many_reason", head.Name)
	b.Save(t, founder, no, a.With("name", "六联社区长者中心", "similar_reason", "那家是养老服务，这家组织文体活动", "head_many_reason", "居民都推举本人"))
	must(t, b.Submit(t, founder, no))

	second, other := b.Founder(t) // wants a like name while the first is pending
	a = b.Filing(other).With("name", "六联社区 长者服务 中心")
	no = b.Draft(t, second, registry.Filing, uuid.Nil, a.With("name", "六联社区（长者）中心", "similar_reason", ""))
	wantFault(t, b.Submit(t, second, no), "similar_reason", "正在申请")
	b.Save(t, second, no, a.With("name", "六联社区长者读书会", "head_name", old.Person.Name, "head_id_no", other.ID))
	wantFault(t, b.Submit(t, second, no), "head_name", other.Name) // the account is the head's to be
}

// Two want one name; whoever is signed second is told, and nothing has happened.
func TestANameTakenMeanwhile(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	var cases []string
	for range 2 {
		founder, head := b.Founder(t)
		a := b.Filing(head).With("name", "六联社区邻里互助会", "similar_reason", "两家商量好，谁先办成谁用")
		no := b.Submitted(t, founder, registry.Filing, uuid.Nil, a)
		b.Accepted(t, no)
		cases = append(cases, no)
	}
	must(t, b.Approve(t, cases[0]))
	err := b.Approve(t, cases[1])
	wantFault(t, err, "name", "已经登记在库里")
	if c := b.Case(t, cases[1]); c.State != workflow.Signing || c.OrganizationID != uuid.Nil {
		t.Errorf("left at %s of %s", c.State, c.OrganizationID)
	}
	must(t, b.Registry.Refuse(t.Context(), b.Subdistrict2, cases[1], b.Case(t, cases[1]).Version, registry.Refusal{Ground: "name", Reason: "同名的组织已经先行备案"}, once.NewToken()))
	if n := registrytest.Scan[int](t, b, `select last from registry_counter where kind = 'filing'`); n != 1 {
		t.Errorf("%d numbers drawn for one filing: there is a gap", n)
	}
}

// Ten filings signed together get the numbers 1 to 10, passing over one that was
// recorded by hand.
func TestFilingNumbersHaveNoGaps(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	b.Organization(t, func(in *organization.Registration) { in.FilingNo = "坪社备〔2026〕第0004号" })
	const many = 6
	cases := make([]string, many)
	for i := range cases {
		founder, head := b.Founder(t)
		cases[i] = b.Submitted(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
		b.Accepted(t, cases[i])
	}
	versions := make([]int, many)
	for i, no := range cases {
		versions[i] = b.Case(t, no).Version
	}
	var wg sync.WaitGroup
	for i, no := range cases {
		wg.Go(func() {
			if err := b.Registry.Approve(t.Context(), b.Subdistrict2, no, versions[i], once.NewToken()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	got := registrytest.Scan[string](t, b, `select string_agg(substring(filing_no from '第0*([0-9]+)号'), ' ' order by filing_no) from organization where filing_no like '坪社备〔2026〕%'`)
	if got != "1 2 3 4 5 6 7" {
		t.Errorf("numbers %s", got)
	}
}

// Two decide at once: one decision, the other is told that the case has moved on.
func TestTwoDecidersAtOnce(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	_, no := acceptedFiling(t, b)
	version, second := b.Case(t, no).Version, b.Subdistrict2
	second.AccountID, second.PersonID = uuid.New(), uuid.New()
	answers := make([]error, 2)
	var wg sync.WaitGroup
	wg.Go(func() { answers[0] = b.Registry.Approve(t.Context(), b.Subdistrict2, no, version, once.NewToken()) })
	wg.Go(func() {
		answers[1] = b.Registry.Refuse(t.Context(), second, no, version, registry.Refusal{Ground: "conditions", Reason: "会员人数核实后不足十人"}, once.NewToken())
	})
	wg.Wait()
	if (answers[0] == nil) == (answers[1] == nil) || !errs.Is(answers[0], errs.Conflict) && !errs.Is(answers[1], errs.Conflict) {
		t.Fatalf("answers %v", answers)
	}
	made := registrytest.Scan[int](t, b, `select count(*) from organization`)
	if (answers[0] == nil) != (made == 1) {
		t.Errorf("%d organizations after %v", made, answers)
	}
}

// A decision sent twice with one token is one.
func TestADecisionSentTwiceIsOne(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	_, no := acceptedFiling(t, b)
	token, version := once.NewToken(), b.Case(t, no).Version
	for range 2 {
		must(t, b.Registry.Approve(t.Context(), b.Subdistrict2, no, version, token))
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from organization`); n != 1 {
		t.Errorf("%d organizations", n)
	}
}

// An initiator whose account was closed meanwhile cannot become head: nothing
// happens until that is settled.
func TestAClosedInitiatorStopsTheDecision(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, no := acceptedFiling(t, b)
	must(t, b.Accounts.Disable(t.Context(), b.Subdistrict, founder.AccountID, "重复注册的账号", 1))
	wantKind(t, b.Approve(t, no), errs.Conflict)
	must(t, b.Accounts.Enable(t.Context(), b.Subdistrict, founder.AccountID, 2))
	must(t, b.Approve(t, no))
}

// The sessions of the initiator end with the approval: the account is another's.
func TestTheInitiatorSignsInAnew(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, no := acceptedFiling(t, b)
	before := registrytest.Scan[int](t, b, `select session_epoch from account where id = $1`, founder.AccountID)
	must(t, b.Approve(t, no))
	if after := registrytest.Scan[int](t, b, `select session_epoch from account where id = $1`, founder.AccountID); after != before+1 {
		t.Errorf("epoch %d, was %d", after, before)
	}
	b.Read(t, func(q postgres.Querier, _ time.Time) error {
		c, err := b.Cases.Load(t.Context(), q, b.ActorOf(t, founder.AccountID), no)
		if err == nil && c.OrganizationID == uuid.Nil {
			t.Error("the case belongs to nobody")
		}
		return err
	})
}

// One account founds one organization: a second draft is in the way of the first,
// and while one is handled no other is begun.
func TestOneFoundingAtATime(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	no := b.Draft(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
	other := b.Open(t, founder, registry.Registration, uuid.Nil)
	wantFault(t, b.Submit(t, founder, no), "line:case:"+other, "草稿")
	must(t, b.Applications.Withdraw(t.Context(), founder, other, b.Case(t, other).Version, "", once.NewToken()))
	must(t, b.Submit(t, founder, no))
	_, err := b.Registry.Open(t.Context(), founder, registry.Registration, registry.Opening{}, once.NewToken())
	wantKind(t, err, errs.Conflict)
}

// A number is shown in full with a reason only, and that is on record.
func TestUnmask(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, head := b.Founder(t)
	no := b.Submitted(t, founder, registry.Filing, uuid.Nil, b.Filing(head))
	_, err := b.Registry.Unmask(t.Context(), b.Clerk, no, "head", 0, "")
	wantFault(t, err, "reason", "")
	_, err = b.Registry.Unmask(t.Context(), founder, no, "head", 0, "想看一看号码")
	wantKind(t, err, errs.Forbidden)
	n, err := b.Registry.Unmask(t.Context(), b.Clerk, no, "head", 0, "核对证件复印件")
	if err != nil || n.ID != head.ID || n.Mobile != head.Mobile {
		t.Errorf("got %v, %v", n, err)
	}
	n, err = b.Registry.Unmask(t.Context(), b.Clerk, no, "initiator", 2, "核对证件复印件")
	if err != nil || n.ID == "" || n.ID == head.ID || n.Mobile != "" {
		t.Errorf("got %v, %v", n, err)
	}
	if n := registrytest.Scan[int](t, b, `select count(*) from audit_entry where action = 'registry.unmask'`); n != 2 {
		t.Errorf("%d entries", n)
	}
}

// Who may begin what.
func TestWhoMayOpen(t *testing.T) {
	t.Parallel()
	b := registrytest.New(t)
	founder, _ := b.Founder(t)
	filed, bureau := b.Organization(t), b.Organization(t, registrytest.ByBureau)
	clerk := b.Account(t, account.NewAccount{Username: "orgclerk1", Name: "何经办", Role: authz.OrgClerk, OrganizationID: filed.ID, Community: registrytest.Liulian})
	for _, c := range []struct {
		name  string
		actor authz.Actor
		f     registry.Family
		org   uuid.UUID
		want  errs.Kind
		ok    bool
	}{
		{"an initiator files", founder, registry.Filing, uuid.Nil, 0, true},
		{"an initiator has nothing to change", founder, registry.Change, filed.ID, errs.Forbidden, false},
		{"a head does not found", filed.Head, registry.Filing, uuid.Nil, errs.Forbidden, false},
		{"a clerk drafts a change", clerk, registry.Change, uuid.Nil, 0, true},
		{"an organization revokes nobody", filed.Head, registry.Revocation, bureau.ID, errs.Forbidden, false},
		{"the street revokes whom it filed", b.Subdistrict, registry.Revocation, filed.ID, 0, true},
		{"the street revokes nobody else", b.Subdistrict, registry.Revocation, bureau.ID, errs.Forbidden, false},
		{"another street sees nobody", b.OtherSubdistrict, registry.Revocation, filed.ID, errs.NotFound, false},
		{"the bureau leaves the street's alone", b.Clerk, registry.Revocation, filed.ID, errs.Forbidden, false},
		{"the bureau revokes whom it filed", b.Clerk, registry.Revocation, bureau.ID, 0, true},
		{"the community opens nothing", b.Community, registry.Revocation, filed.ID, errs.Forbidden, false},
		{"the public opens nothing", authz.Actor{}, registry.Filing, uuid.Nil, errs.Unauthenticated, false},
	} {
		_, err := b.Registry.Open(t.Context(), c.actor, c.f, registry.Opening{OrganizationID: c.org}, once.NewToken())
		if c.ok != (err == nil) || !c.ok && errs.KindOf(err) != c.want {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	_, err := b.Registry.Open(t.Context(), founder, registry.Registration, registry.Opening{Community: "440310001"}, once.NewToken())
	wantFault(t, err, "community", "社区")
}
