package fundingpages_test

import (
	"math/rand/v2"
	"net/http"
	"testing"

	"civilaffairs/internal/funding/fundingtest"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/applying"
	"civilaffairs/web/fundingpages"
	"civilaffairs/web/pagetest"
	"civilaffairs/web/paths"

	"github.com/PuerkitoBio/goquery"
)

// Two claims share a paper and pictures, and a third was refused because of the
// paper: the page of a case tells its reviewer, with both pictures to look at, and
// nobody else. An applicant reads of the own pictures alone.
func TestWhatStandsInOtherCases(t *testing.T) {
	t.Parallel()
	b := fundingtest.New(t)
	s := pagetest.On(t, b.DB, b.Today(t))
	s.Statements = 11 // pages of a form do without the count of messages, see applying.Heavy
	apply := applying.New(applying.Deps{Applications: b.Applications, Flash: s.Flash})
	pages := fundingpages.New(fundingpages.Deps{Funding: b.Funding, Applying: apply, Flash: s.Flash})
	s.Serve(func(public, signed *httpserver.Router) {
		apply.Register(public, signed)
		pages.Register(public, signed)
	})
	r := rand.New(rand.NewPCG(5, 6))
	same, saved := fundingtest.PNG(fundingtest.Noise(r)), fundingtest.Noise(r)
	part := func(org fundingtest.Org, yuan string) fundingtest.Answers {
		return fundingtest.ClaimAnswers(org, 1).With("cost-1-amount", yuan, "amount", "100")
	}
	first, second, third := b.Organization(t), b.Organization(t), b.Organization(t)
	one := b.DraftClaim(t, first, part(first, "1500"), same, fundingtest.PNG(saved), fundingtest.PNG(fundingtest.Noise(r)))
	s.Must(b.SubmitClaim(t, first, one))
	two := b.DraftClaim(t, second, part(second, "2500"), same, fundingtest.PNG(fundingtest.Touched(saved)), fundingtest.PNG(fundingtest.Noise(r)))
	s.Must(b.SubmitClaim(t, second, two))
	late := b.DraftClaim(t, third, part(third, "300"), fundingtest.PNG(saved), fundingtest.PNG(fundingtest.Touched(saved)), same)
	if err := b.SubmitClaim(t, third, late); fundingtest.Fault(err, "cost-1-number") == "" {
		t.Fatalf("beyond the paper: %v", err)
	}

	reviewer, page := s.As(b.Reviewer), paths.Application(two)
	const panel = ".panel:has(.twins)"
	p := s.Get(reviewer, page).Is(http.StatusOK).Says(panel, "重复核对", "票面 4,000.00 元，本件列支 2,500.00 元，还剩 0.00 元", one+" "+first.Registration.Name,
		"列支 1,500.00 元", late+"（还没有提交）", third.Registration.Name, "提交时列过这张票据，已用于本件", "3 张里有 2 张", "完全相同", "几乎相同", "“立冬敬老邻里茶话会”")
	if to := p.Link(panel + " .sames a"); to != paths.Application(one) {
		t.Errorf("the other case is at %s", to)
	}
	if p.Find(panel+` a[href*="`+late+`"]`).Length() != 0 {
		t.Error("a draft of somebody else is linked")
	}
	pictures := p.Find(panel + " img").Map(func(_ int, img *goquery.Selection) string { return img.AttrOr("src", "") })
	if len(pictures) != 4 {
		t.Errorf("pictures side by side: %q", pictures)
	}
	for _, src := range pictures {
		if got := s.Get(reviewer, src); got.Status != http.StatusOK || got.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s", src, got.Status, got.Header.Get("Content-Type"))
		}
	}
	for who, path := range map[string]string{s.As(second.Head): page, s.As(b.Community): page, s.As(b.Subdistrict): page} {
		s.Get(who, path).Is(http.StatusOK).Lacks("body", "重复核对", one, first.Registration.Name, late)
	}
	s.Get(s.As(third.Head), paths.ApplicationPapers(late)).Is(http.StatusOK, "和“照片0.png”几乎相同").Lacks("main", one, two)
	s.Judge(map[string][]string{reviewer: {page}})
}
