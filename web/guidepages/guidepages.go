// Package guidepages shows how to apply: the guide of every programme, the trial
// calculation for everyone, and the conditions answered for one's own
// organization. Pages over internal/report and internal/funding; no tables.
//
// What a guide says comes from the workflow, the form, the papers and the
// parameters themselves. What a programme asks in a trial comes with its own pages.
package guidepages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/paths"
)

// Deps is what the pages stand on.
type Deps struct {
	Report  *report.Service
	Funding *funding.Service
	Trials  map[string]checks.Trial // of every programme
}

// Pages answers the routes of guides and eligibility.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes. Guides and trial are public and never vary by
// visitor; the conditions of one's own organization are behind the session.
func (p *Pages) Register(public, session *httpserver.Router) {
	public.Get(paths.Guides, authz.Public, p.list)
	public.Get(paths.Guides+"/{programme}", authz.Public, p.guide)
	public.Get(paths.Eligibility, authz.Public, p.trial)
	session.Get("/my/eligibility/{programme}", authz.OrganizationEdit, p.mine)
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	offers, err := p.Report.Offers(r.Context())
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, listPage(newListView(offers)))
}

func (p *Pages) guide(w http.ResponseWriter, r *http.Request) error {
	g, err := p.Report.Guide(r.Context(), httpserver.Param(r, "programme"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, guidePage(newGuideView(r.Context(), g)))
}

func (p *Pages) trialOf(kind string) (checks.Trial, error) {
	t, ok := p.Trials[kind]
	if !ok {
		return nil, errs.Newf(errs.Internal, "no trial for programme %q", kind)
	}
	return t, nil
}
