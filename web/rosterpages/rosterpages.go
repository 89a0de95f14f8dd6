// Package rosterpages shows the roster of people of an organization: to the
// organization, which keeps it, and to offices, which read it. Pages over
// internal/roster; no tables.
package rosterpages

import (
	"context"
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/roster"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Roster *roster.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of the roster.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session: the organization's own
// roster, and those in the scope of an office.
func (p *Pages) Register(_, s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	my := paths.RosterOf(paths.MyOrganization)
	s.Get(my, authz.RosterView, p.list)
	forms.Declare(s, my+"/new", authz.RosterEdit, p.newForm)
	one := my + "/{member}"
	s.Get(one, authz.RosterView, p.show)
	forms.Declare(s, one+"/facts", authz.RosterEdit, p.factsForm)
	forms.Declare(s, one+"/end", authz.RosterEdit, p.endForm)
	forms.Declare(s, one+"/contracts", authz.RosterEdit, p.contractForm)
	forms.Declare(s, one+"/contracts/{from}/removal", authz.RosterEdit, p.contractRemovalForm)
	forms.Declare(s, one+"/insurance", authz.RosterEdit, p.insuranceForm)
	forms.Declare(s, one+"/withdrawal", authz.RosterEdit, p.withdrawalForm)

	staff := paths.RosterOf(paths.StaffOrganizations + "/{id}")
	s.Get(staff, authz.RosterView, p.list)
	s.Get(staff+"/{member}", authz.RosterView, p.show)
	forms.Declare(s, staff+"/{member}/unmasking", authz.SensitiveUnmask, p.unmaskForm)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

// mine reports whether the request is about the own organization.
func mine(r *http.Request) bool { return actor(r).Role.OfOrganization() }

// place is the organization that a request is about, and where its profile or
// record is.
type place struct {
	org  uuid.UUID
	base string
}

// placeOf reads the organization from the path, or takes the actor's own. An
// organization does not reach its roster by the address of offices.
func placeOf(r *http.Request) (place, error) {
	typed := httpserver.Param(r, "id")
	if mine(r) {
		if typed != "" {
			return place{}, missing()
		}
		return place{actor(r).OrgID, paths.MyOrganization}, nil
	}
	id, err := uuid.Parse(typed)
	if err != nil {
		return place{}, missing()
	}
	return place{id, paths.StaffOrganization(id.String())}, nil
}

func missing() error { return errs.New(errs.NotFound, "没有这个页面。请核对网址。") }

// member reads the member that the path names.
func (p *Pages) member(r *http.Request) (roster.File, place, error) {
	at, err := placeOf(r)
	if err != nil {
		return roster.File{}, at, err
	}
	id, err := uuid.Parse(httpserver.Param(r, "member"))
	if err != nil {
		return roster.File{}, at, missing()
	}
	f, err := p.Roster.Get(r.Context(), actor(r), id)
	if err == nil && f.OrgID != at.org {
		err = missing()
	}
	return f, at, err
}

// shell is the frame of a page of this feature.
func shell(r *http.Request, title string, faults int, o roster.Organization, at place, more ...layout.Crumb) layout.Page {
	crumbs := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}
	nav := "workspace"
	if mine(r) {
		crumbs = append(crumbs, layout.Crumb{Label: "本组织档案", Href: at.base})
	} else {
		nav = "organizations"
		crumbs = append(crumbs, layout.Crumb{Label: "组织档案", Href: paths.StaffOrganizations}, layout.Crumb{Label: o.Name, Href: at.base})
	}
	return layout.Page{Title: title, Nav: nav, Crumbs: append(append(crumbs, more...), layout.Crumb{Label: title}), Errors: faults}
}
