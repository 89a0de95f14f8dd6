// Package policypages shows the policy documents with their force, article by
// article, and the parameters under which cases are decided; and it is the desk
// at which staff draft and approve both, and the years of the working calendar.
// Pages over internal/policy and internal/calendar; no tables.
//
// What is approved is public and the same for everyone; drafts are for staff.
package policypages

import (
	"context"
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/policy"
	"civilaffairs/web/formpage"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Policies *policy.Service
	Desk     *policy.Desk
	Calendar *calendar.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages serves the policy pages.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// longestForm holds the whole text of a document, percent encoded, at its
// longest.
const longestForm = 1 << 20

// Register declares the routes.
func (p *Pages) Register(public, session *httpserver.Router) {
	public.Get(paths.Policies, authz.Public, p.list)
	public.Get(paths.Policies+"/{slug}", authz.Public, p.document)
	public.Get(paths.Policies+"/{slug}/editions", authz.Public, p.editions)
	session.Get(paths.Policies+"/{slug}/parameters", authz.PolicyView, p.parameters)
	forms := formpage.Forms{Flash: p.Flash, Most: longestForm}
	p.registerDocuments(session, forms)
	p.registerEditions(session, forms)
	p.registerCalendar(session, forms)
}

func (p *Pages) registerDocuments(s *httpserver.Router, forms formpage.Forms) {
	s.Get(paths.StaffPolicies, authz.PolicyView, p.desk)
	s.Get(paths.StaffCoverage, authz.PolicyView, p.coverage)
	forms.Declare(s, paths.StaffPolicyNew, authz.PolicyEdit, p.newDocumentForm)
	one := paths.StaffPolicies + "/{id}"
	s.Get(one, authz.PolicyView, p.documentFile)
	forms.Declare(s, one+"/facts", authz.PolicyEdit, p.factsForm)
	forms.Declare(s, one+"/text", authz.PolicyEdit, p.textForm)
	forms.Declare(s, one+"/articles", authz.PolicyEdit, p.articleForm)
	forms.Declare(s, one+"/articles/{ordinal}", authz.PolicyEdit, p.articleForm)
	forms.Declare(s, one+"/articles/{ordinal}/removal", authz.PolicyEdit, p.removalForm)
	s.Post(one+"/articles/{ordinal}/move", authz.PolicyEdit, p.moveArticle)
	for _, x := range documentActs {
		forms.Declare(s, one+"/"+x.Noun, x.Permission, p.documentActForm(x))
	}
	forms.Declare(s, one+"/closing", authz.PolicyEdit, p.closingForm)
	forms.Declare(s, "/staff/closings/{id}/approval", authz.PolicyApprove, p.closingActForm(true))
	forms.Declare(s, "/staff/closings/{id}/refusal", authz.PolicyApprove, p.closingActForm(false))
}

func (p *Pages) registerEditions(s *httpserver.Router, forms formpage.Forms) {
	s.Get(paths.StaffCompare, authz.PolicyView, p.compare)
	forms.Declare(s, paths.StaffEditionNew, authz.PolicyEdit, p.newEditionForm)
	one := paths.StaffEditions + "/{id}"
	s.Get(one, authz.PolicyView, p.editionFile)
	forms.Declare(s, one+"/facts", authz.PolicyEdit, p.editionFactsForm)
	forms.Declare(s, one+"/parameters/{key}", authz.PolicyEdit, p.parameterForm)
	forms.Declare(s, one+"/confirmation", authz.PolicyEdit, p.confirmForm)
	for _, x := range editionActs {
		forms.Declare(s, one+"/"+x.Noun, x.Permission, p.editionActForm(x))
	}
	s.Get("/staff/parameters/{key}", authz.PolicyView, p.parameterHistory)
}

func (p *Pages) registerCalendar(s *httpserver.Router, forms formpage.Forms) {
	s.Get(paths.StaffCalendar, authz.PolicyView, p.calendarYears)
	forms.Declare(s, paths.StaffCalendarNew, authz.PolicyEdit, p.newYearForm)
	forms.Declare(s, paths.StaffCalendar+"/{id}/approval", authz.PolicyApprove, p.yearActForm(true))
	forms.Declare(s, paths.StaffCalendar+"/{id}/refusal", authz.PolicyApprove, p.yearActForm(false))
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	register, err := p.Policies.Documents(r.Context())
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, listPage(newListView(register)))
}

func (p *Pages) document(w http.ResponseWriter, r *http.Request) error {
	text, err := p.Policies.Document(r.Context(), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, documentPage(newDocumentView(text)))
}

func (p *Pages) parameters(w http.ResponseWriter, r *http.Request) error {
	values, err := p.Policies.Parameters(r.Context(), httpserver.ActorOf(r.Context()), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	onlyOpen := r.URL.Query().Get("show") == showOpen
	return httpserver.Render(w, r, http.StatusOK, parametersPage(newParametersView(values, onlyOpen)))
}

// editions shows the parameters under a document in plain words: those of today
// or of ?edition=.
func (p *Pages) editions(w http.ResponseWriter, r *http.Request) error {
	var id uuid.UUID
	if typed := r.URL.Query().Get("edition"); typed != "" {
		var err error
		if id, err = uuid.Parse(typed); err != nil {
			return errs.Wrap(errs.NotFound, "没有这一版参数。请从列出的几版里选。", err)
		}
	}
	values, all, err := p.Policies.EditionsOf(r.Context(), httpserver.Param(r, "slug"), id)
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, editionsPage(newEditionsView(values, all)))
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
