package fundingpages

import (
	"net/http"

	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/checks"

	"github.com/a-h/templ"
)

// checkView is the conditions answered from the facts of now.
type checkView struct {
	No, Title  string
	On         string
	May        bool
	Tally      funding.Verdict
	Lines      templ.Component
	Staff      bool
	AcceptOnly bool // only what an office has to look up stands in the way
}

func (p *Pages) showCheck(w http.ResponseWriter, r *http.Request) error {
	check, c, err := p.Funding.Recheck(r.Context(), actor(r), number(r))
	if err != nil {
		return err
	}
	v := checkView{
		No: c.No, Title: c.Title, On: check.On.Chinese(), May: check.Verdict.MayAccept, Tally: check.Verdict,
		Lines: checks.LinesTable("资格条件", check.Lines, check.On, checks.Links{Document: check.Rules.Document.Slug, Staff: actor(r).Role.Staff()}), Staff: actor(r).Role.Staff(), AcceptOnly: check.Verdict.MaySubmit && !check.Verdict.MayAccept,
	}
	return httpserver.Render(w, r, http.StatusOK, checkPage(v))
}
