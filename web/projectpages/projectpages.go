// Package projectpages shows the funded projects to everyone: the list, each
// project from application to closing, and the same as open data. Pages over
// internal/report; no tables.
package projectpages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/report"
	"civilaffairs/web/export"
	"civilaffairs/web/paths"
)

// Deps is what the pages stand on.
type Deps struct {
	Report  *report.Service
	BaseURL string // of the site, for the full addresses in open data
}

// Pages answers the routes of funded projects and open data.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes; all are public and none varies by visitor.
func (p *Pages) Register(public, _ *httpserver.Router) {
	public.Get(paths.Projects, authz.Public, p.list)
	public.Get(paths.Projects+"/{no}", authz.Public, p.show)
	public.Get(paths.OpenData, authz.Public, p.openData)
	export.Register(public, paths.ProjectsData, authz.Public, p.exportProjects)
	public.Get(paths.ProjectsJSON, authz.Public, p.json)
	public.Get(paths.OpenData+"/projects/{no}.json", authz.Public, p.oneJSON)
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	f, by := filterOf(r.URL.Query())
	page, err := p.Report.Projects(r.Context(), f, by, r.URL.Query().Get("after"), pageSize)
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, listPage(newList(page, by)))
}

func (p *Pages) show(w http.ResponseWriter, r *http.Request) error {
	f, err := p.Report.ProjectFile(r.Context(), httpserver.Param(r, "no"))
	if err != nil {
		return err
	}
	return httpserver.RenderPublic(w, r, projectPage(p.newProject(r.Context(), f)))
}
