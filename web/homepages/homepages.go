// Package homepages shows the home page: what there is in the district, what can
// be applied for, and under which policy. Public, the same for every visitor;
// pages over internal/report; no tables.
package homepages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/report"
	"civilaffairs/web/paths"
)

// Pages serves the home page.
type Pages struct{ report *report.Service }

// New returns the pages over r.
func New(r *report.Service) *Pages { return &Pages{report: r} }

// Register declares the routes, all of them public.
func (p *Pages) Register(public, _ *httpserver.Router) {
	public.Get(paths.Home, authz.Public, p.home)
}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	home, err := p.report.Home(r.Context())
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, homePage(newHomeView(home)))
}
