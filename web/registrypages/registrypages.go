// Package registrypages shows the life of an organization as cases: where one
// begins, the parts of the forms, the boxes in which the registrar decides, the
// consent to a merger, and certificates with their check. The application in
// writing is package applying. Pages over internal/registry; no tables.
package registrypages

import (
	"context"
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/web/applying"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	DB       *postgres.DB
	Registry *registry.Service
	Applying *applying.Pages // learns the faces of the registry's kinds
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of the registry's cases.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages {
	p := &Pages{d}
	for _, definition := range registry.Definitions() {
		family, street, _ := registry.FamilyOf(definition.Kind)
		d.Applying.Add(definition.Kind, face{family: family, street: street, registry: d.Registry})
	}
	return p
}

// Register declares the routes. Certificates are checked in public; everything
// else is behind the session.
func (p *Pages) Register(public, s *httpserver.Router) {
	public.Get(paths.Certificates, authz.Public, p.findCertificate)
	public.Get(paths.Certificates+"/{no}", authz.Public, p.showCertificate)

	s.Get(paths.CertificateFile(paths.MyOrganization, "{no}"), authz.OrganizationEdit, p.sendCertificate)
	s.Get(paths.CertificateFile(paths.StaffOrganizations+"/{id}", "{no}"), authz.OrganizationStaff, p.sendCertificate)

	s.Get(paths.Registry, authz.ApplicationDraft, p.showBegin)
	s.Post(paths.Registry, authz.WorkspaceView, p.createCase)

	one := paths.Applications + "/{no}"
	s.Post(one+"/"+stagePropose, authz.RegistryReview, p.createVerdict(stagePropose))
	s.Post(one+"/"+stageDecide, authz.RegistryDecide, p.createVerdict(stageDecide))
	s.Post(one+"/"+stageAnswer, authz.RegistryAnswer, p.createVerdict(stageAnswer))
	s.Post(one+"/consents", authz.ApplicationSubmit, p.createConsents)
	forms := formpage.Forms{Flash: p.Flash}
	forms.Declare(s, paths.RegistryConsents+"/{no}", authz.RegistryAnswer, p.consentForm)
	forms.Declare(s, one+"/people/{role}/{n}/unmasking", authz.SensitiveUnmask, p.unmaskForm)
}

func actor(r *http.Request) authz.Actor { return applying.Actor(r) }

func number(r *http.Request) string { return applying.Number(r) }

// createCase begins a draft, or leads back to the one that is open.
func (p *Pages) createCase(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	f, _, ok := registry.FamilyOf(r.PostForm.Get("family"))
	if !ok {
		return errs.New(errs.NotFound, "没有这个事项。请从登记备案页面选择。")
	}
	org, _ := uuid.Parse(r.PostForm.Get("organization")) // only a revocation names one; the service checks it
	no, err := p.Registry.Open(r.Context(), actor(r), f, registry.Opening{OrganizationID: org}, r.PostForm.Get("token"))
	if err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.Application(no))
}

// page is the shell of a page of this feature outside of a case.
func page(title string, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}, crumbs...)
	return layout.Page{Title: title, Nav: "registry", Crumbs: append(all, layout.Crumb{Label: title})}
}
