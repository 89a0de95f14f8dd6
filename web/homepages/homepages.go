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
type Pages struct {
	report     *report.Service
	noticePage func(no string) string
}

// New returns the pages over r. noticePage returns the address of a public
// notice; nil while notices have no pages.
func New(r *report.Service, noticePage func(no string) string) *Pages {
	if noticePage == nil {
		noticePage = func(string) string { return "" }
	}
	return &Pages{report: r, noticePage: noticePage}
}

// Register declares the routes, all of them public.
func (p *Pages) Register(public, _ *httpserver.Router) {
	public.Get(paths.Home, authz.Public, p.home)
}

func (p *Pages) home(w http.ResponseWriter, r *http.Request) error {
	home, err := p.report.Home(r.Context())
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, homePage(newHomeView(home, p.noticePage)))
}
