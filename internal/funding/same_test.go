package funding_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/once"
)

// A use report with a paper that a claim has used up is refused like a claim, and
// whoever reviews either case learns of it.
func TestAReportRefusedForAPaperLeavesATrace(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	b.Budget(t, 100_000*money.Yuan)
	org, claimant := b.Organization(t), b.Organization(t)
	no := b.Endorsed(t, org)
	if err := b.Sign(t, no); err != nil {
		t.Fatal(err)
	}
	c := b.Case(t, no)
	if _, err := b.DB.Owner.Exec(t.Context(), `set session_replication_role = replica;
		update ledger_commitment set paid_fen = amount_fen;
		update case_file set state = 'reporting', class = 'granted', waits_role = 'org_head', due_on = null, clock_from = null, clock_days = null where no = '`+no+`';
		reset session_replication_role`); err != nil {
		t.Fatal(err)
	}
	claim := b.DraftClaim(t, claimant, fundingtest.ClaimAnswers(claimant, 1), fundingtest.Pictures(rand.New(rand.NewPCG(1, 2)), 3)...)
	if err := b.SubmitClaim(t, claimant, claim); err != nil {
		t.Fatal(err)
	}
	typed := fundingtest.Answers{"receipt-1-kind": "vat_digital", "receipt-1-number": "26440300000000000001", "receipt-1-issued_on": "2026-11-06",
		"receipt-1-seller": "示例商贸有限公司", "receipt-1-total": "4000", "receipt-1-category": "service", "receipt-1-item": "茶点和活动物料", "receipt-1-amount": "1000",
		"summary": "资助款按计划使用，办了四次邻里互助日，每次八十人。"}.Values()
	if err := b.Funding.SaveReport(t.Context(), org.Head, no, 0, typed); err != nil {
		t.Fatal(err)
	}
	p, err := b.Attachments.Prepare(t.Context(), attachment.Upload{Owner: attachment.Owner{Kind: funding.ReportOwner, ID: c.ID}, Slot: "report_receipts",
		Label: "票据", Filename: "票据.pdf", Body: bytes.NewReader(fundingtest.PDF("票据"))})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Discard()
	if err := b.Funding.AttachToReport(t.Context(), org.Head, no, "report_receipts", p); err != nil {
		t.Fatal(err)
	}
	err = b.Funding.SubmitReport(t.Context(), org.Head, no, 0, funding.ReportSignature{Agreed: true, TypedName: org.Head.Name, Password: fundingtest.Password}, once.NewToken())
	if fundingtest.Fault(err, "receipt-1-number") == "" {
		t.Fatalf("a paper of a claim: %v", err)
	}
	for at, other := range map[string]string{claim: no, no: claim} {
		v, err := b.Funding.View(t.Context(), b.Reviewer, at)
		if err != nil || len(v.Same.Refusals) != 1 || v.Same.Refusals[0].CaseNo != other || v.Same.Refusals[0].Own != (at == no) {
			t.Errorf("%s: %v %+v", at, err, v.Same)
		}
	}
}
