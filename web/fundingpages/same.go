package fundingpages

import (
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/receipt"
	"civilaffairs/web/paths"
)

// sameView is what of a case stands in others too, for who may compare them.
type sameView struct {
	Papers   []sharedPaper
	Refusals []refusedPaper
	Pictures *twinsView // nil for a programme that compares none
}

// Shown reports whether there is anything to say.
func (v sameView) Shown() bool { return len(v.Papers)+len(v.Refusals) > 0 || v.Pictures != nil }

// sharedPaper is a paper of the case with the others that use a part of it.
type sharedPaper struct {
	Name, Total, Own, Left string
	Others                 []otherCase
	left                   money.Fen
}

// otherCase is another case with what it takes of a paper. Href is "" for one that
// nobody may open but its applicant.
type otherCase struct{ No, Href, Organization, Amount string }

// refusedPaper is a paper because of which a submission was refused: that of the
// case at hand (Own), or another's because the case at hand uses the paper.
type refusedPaper struct {
	Name, Times, When string
	Other             otherCase
	Own, Differs      bool
}

func sameOf(in funding.View) sameView {
	if in.Same == nil {
		return sameView{}
	}
	return sameView{Papers: sharedPapers(in.Same.Receipts), Refusals: refusedPapers(in.Same.Refusals), Pictures: twinsOf(in)}
}

// sharedPapers groups the other cases by paper, in the order in which they come.
func sharedPapers(list []receipt.Conflict) []sharedPaper {
	var papers []sharedPaper
	for i, c := range list {
		if i == 0 || list[i-1].ReceiptID != c.ReceiptID {
			papers = append(papers, sharedPaper{Name: paperName(c.Kind, c.Code, c.Number), Total: c.Total.String(), Own: c.Own.String(), left: c.Total - c.Own})
		}
		p := &papers[len(papers)-1]
		p.left -= c.Amount
		p.Left = p.left.String()
		p.Others = append(p.Others, otherCase{c.CaseNo, paths.Application(c.CaseNo), c.Organization, c.Amount.String()})
	}
	return papers
}

func refusedPapers(list []receipt.Refusal) []refusedPaper {
	papers := make([]refusedPaper, len(list))
	for i, r := range list {
		p := refusedPaper{Name: paperName(r.Kind, r.Code, r.Number), When: clock(r.LastAt), Own: r.Own, Differs: r.Reason == receipt.Differs,
			Other: otherCase{No: r.CaseNo, Organization: r.Organization}}
		if r.Submitted {
			p.Other.Href = paths.Application(r.CaseNo)
		}
		if r.Times > 1 {
			p.Times = itoa(r.Times) + " 次，最近 "
		}
		papers[i] = p
	}
	return papers
}
