// Package stylepages is /styleguide: every component of web/ui in every state,
// for those who write pages and for the tests that look at all of them at once.
// Pages over web/ui and web/layout; no tables. Its content is invented.
package stylepages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
)

// Pages serves the style guide.
type Pages struct{}

// New returns the pages; they need nothing.
func New() *Pages { return &Pages{} }

// Register declares the routes. The guide is public and the same for everyone.
func (p *Pages) Register(public, _ *httpserver.Router) {
	public.Get(paths.StyleGuide, authz.Public, p.guide)
}

func (p *Pages) guide(w http.ResponseWriter, r *http.Request) error {
	// Names on this page are invented whether or not the site runs as a demo.
	r = r.WithContext(layout.AlwaysDemo(r.Context()))
	return httpserver.Render(w, r, http.StatusOK, Guide())
}
