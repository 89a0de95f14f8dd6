// Package policypages shows the policy documents with their force, article by
// article, and to staff the parameters under which cases are decided. Pages over
// internal/policy; no tables.
//
// The documents are public and the same for everyone; the parameters are for
// staff, because most of them are 待确认.
package policypages

import (
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// Pages serves the policy pages.
type Pages struct{ policies *policy.Service }

// New returns the pages over policies.
func New(policies *policy.Service) *Pages { return &Pages{policies: policies} }

// Register declares the routes.
func (p *Pages) Register(public, session *httpserver.Router) {
	public.Get(paths.Policies, authz.Public, p.list)
	public.Get(paths.Policies+"/{slug}", authz.Public, p.document)
	session.Get(paths.Policies+"/{slug}/parameters", authz.PolicyView, p.parameters)
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	register, err := p.policies.Documents(r.Context())
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, listPage(newListView(register)))
}

func (p *Pages) document(w http.ResponseWriter, r *http.Request) error {
	text, err := p.policies.Document(r.Context(), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, documentPage(newDocumentView(text)))
}

func (p *Pages) parameters(w http.ResponseWriter, r *http.Request) error {
	values, err := p.policies.Parameters(r.Context(), httpserver.ActorOf(r.Context()), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	onlyOpen := r.URL.Query().Get("show") == showOpen
	return httpserver.Render(w, r, http.StatusOK, parametersPage(newParametersView(values, onlyOpen)))
}

// forceTone gives the force of a document its colour and shape.
func forceTone(f policy.Force) ui.Tone {
	switch f {
	case policy.InForce:
		return ui.Good
	case policy.Coming:
		return ui.Info
	default:
		return ui.Mute
	}
}

// period shows a time of force in a table cell.
func period(d policy.Document) string {
	if d.EffectiveTo.IsZero() {
		return d.EffectiveFrom.String() + " 起"
	}
	return d.EffectiveFrom.String() + " 至 " + d.EffectiveTo.String()
}

func orNone(d civil.Date, none string) string {
	if d.IsZero() {
		return none
	}
	return d.Chinese()
}
