package funding_test

import (
	"strings"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
	"civilaffairs/internal/standing"
	"civilaffairs/internal/workflow"
)

const enough = "经核实，用途明细中的材料费偏高，按市场价调减。"

func TestCheckProposal(t *testing.T) {
	t.Parallel()
	const computed = 3000 * money.Yuan
	long := strings.Repeat("长", 1001)
	for name, c := range map[string]struct {
		in    funding.ProposalInput
		field string
	}{
		"all that the rules give":        {funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: computed}, ""},
		"less, with the reason":          {funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: computed - 1, Reason: enough}, ""},
		"less, without one":              {funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: computed - 1, Reason: "偏高"}, "reason"},
		"a fen more than the rules give": {funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: computed + 1}, "amount"},
		"nothing":                        {funding.ProposalInput{Outcome: funding.SupportOutcome}, "amount"},
		"below nothing":                  {funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: -1, Reason: enough}, "amount"},
		"a refusal":                      {funding.ProposalInput{Outcome: funding.RefuseOutcome, Ground: "use", Reason: enough}, ""},
		"a refusal without ground":       {funding.ProposalInput{Outcome: funding.RefuseOutcome, Reason: enough}, "ground"},
		"a ground that is not listed":    {funding.ProposalInput{Outcome: funding.RefuseOutcome, Ground: "because", Reason: enough}, "ground"},
		"a refusal without facts":        {funding.ProposalInput{Outcome: funding.RefuseOutcome, Ground: "use"}, "reason"},
		"an endless reason":              {funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: computed, Reason: long}, "reason"},
		"neither":                        {funding.ProposalInput{Amount: computed}, "outcome"},
		"something else":                 {funding.ProposalInput{Outcome: "grant", Amount: computed}, "outcome"},
	} {
		fields := errs.FieldsOf(funding.CheckProposal(c.in, computed))
		if c.field == "" && len(fields) > 0 || c.field != "" && (len(fields) != 1 || fields[0].Name != c.field) {
			t.Errorf("%s: %+v, want %q", name, fields, c.field)
		}
	}
}

func TestAReviewerProposesAndALeaderSigns(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepted(t, org)
	v := view(t, b, b.Reviewer, no)
	if v.Computed == nil || v.Computed.Amount != 3000*money.Yuan || len(v.Computed.Lines) != 5 || v.Computed.Lines[0].Value != "5,000.00元" {
		t.Fatalf("computation %+v", v.Computed)
	}
	if err := b.Propose(t, no, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: 2800 * money.Yuan, Reason: enough}); err != nil {
		t.Fatal(err)
	}
	if c := b.Case(t, no); c.State != workflow.Signing || c.Waits != authz.BureauLeader {
		t.Fatalf("%s", c.Place())
	}
	if p := view(t, b, b.Leader, no).Proposal; p == nil || p.Amount != 2800*money.Yuan || p.Computed != 3000*money.Yuan || p.ActorName != b.Reviewer.Name {
		t.Errorf("proposal %+v", p)
	}
	if v := view(t, b, org.Head, no); v.Proposal != nil || v.Award != nil {
		t.Error("the applicant sees what is only proposed")
	}
	for _, e := range view(t, b, org.Head, no).Events {
		if strings.Contains(e.Note, "2,800") {
			t.Errorf("the applicant reads %q", e.Note)
		}
	}
	if err := b.Funding.Decline(t.Context(), b.Leader, no, 0, once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("declined what was proposed for a grant: %v", err)
	}
	b.Budget(t, 10_000*money.Yuan)
	if err := b.Sign(t, no); err != nil {
		t.Fatal(err)
	}
	v = view(t, b, b.Leader, no)
	if v.Case.Place() != funding.ToPublish || v.Award == nil || v.Award.Amount != 2800*money.Yuan || v.Award.Title != "启动扶持" || !v.Award.GrantedOn.IsZero() {
		t.Errorf("%s, award %+v", v.Case.Place(), v.Award)
	}
}

// What a reviewer proposes to refuse a leader refuses, by a letter with reason,
// article and remedies; the organization may apply again.
func TestARefusalIsProposedAndSigned(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepted(t, org)
	if err := b.Propose(t, no, funding.ProposalInput{Outcome: funding.RefuseOutcome, Ground: "use", Reason: enough}); err != nil {
		t.Fatal(err)
	}
	if err := b.Sign(t, no); !errs.Is(err, errs.Conflict) {
		t.Errorf("granted what was proposed to be refused: %v", err)
	}
	if err := b.Funding.Decline(t.Context(), b.Leader, no, 0, once.NewToken()); err != nil {
		t.Fatal(err)
	}
	v := view(t, b, org.Head, no)
	last := v.Letters[len(v.Letters)-1]
	text := ""
	for _, p := range last.Paragraphs {
		text += p.Heading + strings.Join(p.Lines, "")
	}
	if v.Case.State != workflow.Refused || last.Kind != casework.NotSupportedLetter || last.No() != "坪民社不支〔2026〕1号" {
		t.Errorf("%s, letter %s", v.Case.State, last.No())
	}
	for _, want := range []string{enough, "三（三）3", "行政复议", "六个月"} {
		if !strings.Contains(text, want) {
			t.Errorf("the letter lacks %q: %s", want, text)
		}
	}
	if again := b.Open(t, org.Head, org); again == no {
		t.Error("the refused application was opened again")
	}
}

// Each of clerk, reviewer and leader is another person; a person with two
// accounts is one person.
func TestOnePersonDoesOneStep(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepted(t, org)
	support := funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: 3000 * money.Yuan}
	twice := b.Reviewer
	twice.PersonID = b.Clerk.PersonID
	if err := b.Funding.Propose(t.Context(), twice, no, 0, support, once.NewToken()); !errs.Is(err, errs.Forbidden) {
		t.Errorf("the clerk's second account reviews: %v", err)
	}
	if err := b.Propose(t, no, support); err != nil {
		t.Fatal(err)
	}
	for who, person := range map[string]authz.Actor{"clerk": b.Clerk, "reviewer": b.Reviewer} {
		leader := b.Leader
		leader.PersonID = person.PersonID
		if err := b.Funding.Sign(t.Context(), leader, no, 0, once.NewToken()); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the %s signs: %v", who, err)
		}
	}
	for _, a := range []authz.Actor{b.Clerk, b.Reviewer, b.LeadingGroup, b.Finance, org.Head} {
		if err := b.Funding.Sign(t.Context(), a, no, 0, once.NewToken()); !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s signs: %v", a.Role, err)
		}
	}
}

// A case that the reviewer sends back comes again without a second letter, and
// can no longer be refused acceptance.
func TestSentBackAndForth(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Accepted(t, org)
	if err := b.Funding.SendBack(t.Context(), b.Reviewer, no, 0, "短", once.NewToken()); fundingtest.Fault(err, "reason") == "" {
		t.Errorf("without a reason: %v", err)
	}
	if err := b.Funding.SendBack(t.Context(), b.Reviewer, no, 0, "活动证明里的照片看不清日期，请核实。", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if err := b.Applications.Refuse(t.Context(), b.Clerk, no, 0, "ineligible", "查明不符合申请条件的情况。", once.NewToken()); !errs.Is(err, errs.Conflict) {
		t.Errorf("refused acceptance after acceptance: %v", err)
	}
	if err := b.Accept(t, no); err != nil {
		t.Fatal(err)
	}
	if n := fundingtest.Scan[int](t, b, `select count(*) from case_letter where kind = 'accepted'`); n != 1 {
		t.Errorf("%d letters of acceptance", n)
	}
	if err := b.Propose(t, no, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: 3000 * money.Yuan}); err != nil {
		t.Fatal(err)
	}
	if err := b.Funding.Reconsider(t.Context(), b.Leader, no, 0, "请说明为什么全额支持，补充核实情况。", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if c := b.Case(t, no); c.Place() != funding.Reviewing {
		t.Errorf("%s", c.Place())
	}
}

// Eligibility is computed again at the proposal and at the signature.
func TestEligibilityIsComputedAgainBeforeTheDecision(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Endorsed(t, org)
	_, err := b.Standing.AddEntry(t.Context(), b.Clerk, standing.EntryInput{Token: once.NewToken(), OrgID: org.ID, Kind: standing.AbnormalList,
		FromOn: b.Today(t), Basis: "民政部令第60号", Reason: "未按时报送年度报告"})
	if err != nil {
		t.Fatal(err)
	}
	b.Budget(t, 10_000*money.Yuan)
	if m := fundingtest.Fault(b.Sign(t, no), "line:abnormal"); !strings.Contains(m, "签批前要解决") {
		t.Errorf("listed since the proposal: %q", m)
	}
	if n := fundingtest.Scan[int](t, b, `select count(*) from award`); n != 0 || b.Case(t, no).Place() != funding.Signing {
		t.Errorf("half signed: %d awards, %s", n, b.Case(t, no).Place())
	}
}

// A large item goes to the leading group before it is signed (policy 四（一）).
func TestALargeItemNeedsConsent(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	b.LargeFrom(t, 3000*money.Yuan)
	org := b.Organization(t)
	no := b.Endorsed(t, org)
	if c := b.Case(t, no); c.Place() != funding.Consenting || *c.ClockDays != 10 || c.PausedDays == nil {
		t.Fatalf("%s, clock %v, paused %v", c.Place(), *c.ClockDays, c.PausedDays)
	}
	if err := b.Sign(t, no); !errs.Is(err, errs.Conflict) {
		t.Errorf("signed without consent: %v", err)
	}
	if err := b.Funding.Consent(t.Context(), b.LeadingGroup, no, 0, false, "金额大，请补充同类项目的对比。", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	if c := b.Case(t, no); c.Place() != funding.Reviewing {
		t.Fatalf("%s", c.Place())
	}
	if err := b.Propose(t, no, funding.ProposalInput{Outcome: funding.SupportOutcome, Amount: 3000 * money.Yuan}); err != nil {
		t.Fatal(err)
	}
	if err := b.Funding.Consent(t.Context(), b.LeadingGroup, no, 0, true, "", once.NewToken()); err != nil {
		t.Fatal(err)
	}
	b.Budget(t, 10_000*money.Yuan)
	if err := b.Sign(t, no); err != nil {
		t.Error(err)
	}
	if !fundingtest.Scan[bool](t, b, `select large from award`) {
		t.Error("the award is not marked as large")
	}
}

// What the database itself refuses: proposals and awards that change.
func TestProposalsAndAwardsStayAsSigned(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	org := b.Organization(t)
	no := b.Endorsed(t, org)
	b.Budget(t, 10_000*money.Yuan)
	if err := b.Sign(t, no); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{
		`update application_proposal set amount_fen = 1`, `delete from application_proposal`, `delete from award`,
		`update award set amount_fen = amount_fen + 1`, `update award set organization_name = 'x'`, `update award set signer_name = 'x'`,
	} {
		if _, err := b.DB.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s succeeded", sql)
		}
	}
}
