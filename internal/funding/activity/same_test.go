package activity_test

import (
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/money"
)

// same is what an actor sees of a case and others.
func (b bench) same(actor authz.Actor, no string) *funding.Same {
	b.t.Helper()
	v, err := b.Funding.View(b.t.Context(), actor, no)
	b.must(err)
	return v.Same
}

// Two organizations share a paper, each for its part, and a third comes too late:
// whoever reviews sees the others, applicants and the offices before them do not.
func TestAReviewerSeesWhoSharesAPaper(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	part := func(org fundingtest.Org, yuan string) fundingtest.Answers {
		return answers(org, 1).With("cost-1-amount", yuan, "amount", "100")
	}
	first, second, third := b.Organization(t), b.Organization(t), b.Organization(t)
	one, two := b.submitted(first, part(first, "1500")), b.submitted(second, part(second, "2500"))
	late := b.draft(third, part(third, "300"))
	if err := b.SubmitOf(t, programme, third, late); fundingtest.Fault(err, "cost-1-number") == "" {
		t.Fatalf("beyond the paper: %v", err)
	}
	b.Save(t, third.Head, late, answers(third, 2))
	b.must(b.SubmitOf(t, programme, third, late))

	for _, who := range []authz.Actor{b.Clerk, b.Reviewer, b.Leader} {
		s := b.same(who, one)
		if s == nil || len(s.Receipts) != 1 || s.Receipts[0].CaseNo != two || s.Receipts[0].Amount != 2500*money.Yuan || s.Receipts[0].Own != 1500*money.Yuan {
			t.Fatalf("%s: %+v", who.Role, s)
		}
		if len(s.Refusals) != 1 || s.Refusals[0].CaseNo != late || s.Refusals[0].Own || !s.Refusals[0].Submitted {
			t.Errorf("%s, who was refused: %+v", who.Role, s.Refusals)
		}
	}
	if s := b.same(b.Reviewer, late); len(s.Receipts) != 0 || len(s.Refusals) != 2 || !s.Refusals[0].Own || s.Refusals[0].CaseNo != one {
		t.Errorf("the late one: %+v", s)
	}
	for _, who := range []authz.Actor{first.Head, b.Community, b.Subdistrict, b.Finance} {
		if s := b.same(who, one); s != nil {
			t.Errorf("%s sees %+v", who.Role, s)
		}
	}
	if _, err := b.Funding.View(t.Context(), second.Head, one); !errs.Is(err, errs.NotFound) {
		t.Errorf("the other applicant: %v", err)
	}
}
