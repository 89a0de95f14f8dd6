package activity_test

import (
	"fmt"
	"slices"
	"testing"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
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

// Of the pictures of two claims one is the same file, one was saved anew, and one is
// there twice: whoever reviews either claim sees them beside each other, whatever
// was replaced since. Drafts are nobody else's.
func TestAReviewerSeesPicturesThatWereHandedInBefore(t *testing.T) {
	t.Parallel()
	b := newBench(t, 0)
	same, saved, twice := picture(b.r), fundingtest.Noise(b.r), fundingtest.Noise(b.r)
	first, second, third := b.Organization(t), b.Organization(t), b.Organization(t)
	one := b.DraftClaim(t, first, answers(first, 1), same, fundingtest.PNG(saved), picture(b.r))
	b.must(b.SubmitOf(t, programme, first, one))
	two := b.DraftClaim(t, second, answers(second, 2), same, fundingtest.PNG(fundingtest.Touched(saved)), fundingtest.PNG(twice), fundingtest.PNG(fundingtest.Touched(twice)))
	// What an applicant learns is of the own pictures alone, before it is handed in.
	_, slot, err := b.Applications.SlotOf(t.Context(), second.Head, two, activity.PhotoSlot)
	b.must(err)
	for i, want := range []string{"", "", "", "照片2.png"} {
		if got := slot.Repeats(i); got != want {
			t.Errorf("picture %d repeats %q, want %q", i, got, want)
		}
	}
	b.must(b.SubmitOf(t, programme, second, two))
	b.DraftClaim(t, third, answers(third, 3), same, picture(b.r), picture(b.r))

	twins := func(no string) []activity.Twin { return b.same(b.Reviewer, no).More.([]activity.Twin) }
	describe := func(list []activity.Twin) (out []string) {
		for _, x := range list {
			out = append(out, fmt.Sprintf("%s exact=%t own=%t replaced=%t %s", x.CaseNo, x.Exact, x.Own, x.Replaced, x.Title))
			if x.Distance > 3 || x.Picture == x.Other {
				t.Errorf("no twins: %+v", x)
			}
		}
		slices.Sort(out)
		return out
	}
	const title = "立冬敬老邻里茶话会"
	if got, want := describe(twins(two)), []string{one + " exact=false own=false replaced=false " + title, one + " exact=true own=false replaced=false " + title,
		two + " exact=false own=true replaced=false " + title}; !slices.Equal(got, want) {
		t.Errorf("of the later claim:\n%q\n%q", got, want)
	}
	b.Opine(t, b.Community, two)
	b.Opine(t, b.Subdistrict, two)
	b.Return(t, two, "file:photos")
	for _, x := range twins(two) {
		if x.Exact {
			b.must(b.Applications.Detach(t.Context(), second.Head, two, activity.PhotoSlot, x.Picture.String()))
		}
	}
	b.must(b.SubmitOf(t, programme, second, two))
	if got, want := describe(twins(one)), []string{two + " exact=false own=false replaced=false " + title, two + " exact=true own=false replaced=true " + title}; !slices.Equal(got, want) {
		t.Errorf("of the earlier claim:\n%q\n%q", got, want)
	}
	if got := describe(twins(two)); len(got) != 2 {
		t.Errorf("of the later claim, corrected: %q", got)
	}
	for _, sql := range []string{`update activity_picture set hash = 1`, `delete from activity_picture`} {
		if _, err := b.DB.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("%s: done", sql)
		}
	}
}
