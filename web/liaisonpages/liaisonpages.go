// Package liaisonpages shows the joint timeline of an organization to its offices
// and to itself, and the requests of one's own office. Pages over
// internal/liaison; no tables.
package liaisonpages

import (
	"context"
	"net/http"
	"slices"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/liaison"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// pageSize is how many items a page shows.
const pageSize = 20

// Deps is what the pages stand on.
type Deps struct {
	Liaison *liaison.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of the joint timeline.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash, Files: true}
	s.Get(paths.StaffLiaison, authz.LiaisonView, p.listRequests)
	one := paths.StaffOrganizations + "/{id}/liaison"
	s.Get(one, authz.OrganizationStaff, p.showTimeline)
	forms.Declare(s, one+"/new/{kind}", authz.LiaisonWrite, p.writeForm)
	forms.Declare(s, one+"/{entry}/answer", authz.LiaisonAnswer, p.answerForm)
	forms.Declare(s, one+"/{entry}/forward", authz.LiaisonWrite, p.forwardForm)
	forms.Declare(s, one+"/{entry}/correction", authz.LiaisonAnswer, p.correctionForm)
	forms.Declare(s, one+"/{entry}/withdrawal", authz.LiaisonWrite, p.withdrawalForm)
	s.Get(one+"/{entry}/files/{file}", authz.OrganizationStaff, p.sendFile)
	my := paths.MyLiaison
	s.Get(my, authz.OrganizationEdit, p.showTimeline)
	forms.Declare(s, my+"/{entry}/answer", authz.OrganizationEdit, p.answerForm)
	forms.Declare(s, my+"/{entry}/correction", authz.OrganizationEdit, p.correctionForm)
	s.Get(my+"/{entry}/files/{file}", authz.OrganizationEdit, p.sendFile)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func mine(r *http.Request) bool { return actor(r).Role.OfOrganization() }

// organizationOf is the organization of the request: the own one, or that of the
// path.
func organizationOf(r *http.Request) (uuid.UUID, error) {
	if mine(r) {
		return actor(r).OrgID, nil
	}
	return param(r, "id")
}

func param(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, name))
	if err != nil {
		return uuid.Nil, errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
	}
	return id, nil
}

// timelineOf is the address of the timeline that the request belongs to.
func timelineOf(r *http.Request, id uuid.UUID) string {
	if mine(r) {
		return paths.MyLiaison
	}
	return paths.OrganizationLiaison(id.String())
}

// shell is the frame of a page under an organization.
func shell(r *http.Request, title, organization string, id uuid.UUID, crumbs ...layout.Crumb) layout.Page {
	all := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}
	nav := "workspace"
	if !mine(r) {
		nav = "organizations"
		all = append(all, layout.Crumb{Label: "组织档案", Href: paths.StaffOrganizations},
			layout.Crumb{Label: organization, Href: paths.StaffOrganization(id.String())})
	}
	return layout.Page{Title: title, Nav: nav, Crumbs: append(append(all, crumbs...), layout.Crumb{Label: title})}
}

// choice is one of a closed list from an address, the fallback otherwise.
func choice[T ~string](typed string, list []T, fallback T) T {
	if slices.Contains(list, T(typed)) {
		return T(typed)
	}
	return fallback
}
