// Package fundingpages is the browser's side of funding applications: form,
// papers, signing, receipt, opinions, acceptance, letters, eligibility. What a
// programme shows of its own stands in a file of the programme's name, listed in
// programmes.go.
package fundingpages

import (
	"context"
	"net/http"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
)

// Deps is what the pages stand on.
type Deps struct {
	Funding *funding.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of funding.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, session *httpserver.Router) {
	session.Post(paths.Applications, authz.CaseView, p.createApplication)
	session.Get(paths.Applications+"/{no}", authz.CaseView, p.showApplication)
	session.Get(paths.Applications+"/{no}/sections/{section}", authz.CaseView, p.editSection)
	session.Post(paths.Applications+"/{no}/sections/{section}", authz.CaseView, p.updateSection)
	session.Get(paths.Applications+"/{no}/papers", authz.CaseView, p.editPapers)
	session.Post(paths.Applications+"/{no}/papers/{slot}", authz.CaseView, p.createPaper)
	session.Post(paths.Applications+"/{no}/papers/{slot}/{id}/removal", authz.CaseView, p.createPaperRemoval)
	session.Get(paths.Applications+"/{no}/files/{id}", authz.CaseView, p.showFile)
	session.Get(paths.Applications+"/{no}/review", authz.CaseView, p.showReview)
	session.Get(paths.Applications+"/{no}/print", authz.CaseView, p.showPrint)
	session.Get(paths.Applications+"/{no}/receipt", authz.CaseView, p.showReceipt)
	session.Get(paths.Applications+"/{no}/letters/{id}", authz.CaseView, p.showLetter)
	session.Get(paths.Applications+"/{no}/eligibility", authz.CaseView, p.showCheck)
	session.Post(paths.Applications+"/{no}/submission", authz.CaseView, p.createSubmission)
	session.Post(paths.Applications+"/{no}/withdrawal", authz.CaseView, p.createWithdrawal)
	session.Post(paths.Applications+"/{no}/opinion", authz.ApplicationOpine, p.createOpinion)
	session.Post(paths.Applications+"/{no}/decision", authz.ApplicationAccept, p.createDecision)
	session.Post(paths.Applications+"/{no}/"+stagePropose, authz.ApplicationReview, p.createVerdict(stagePropose))
	session.Post(paths.Applications+"/{no}/"+stageConsent, authz.ApplicationConsent, p.createVerdict(stageConsent))
	session.Post(paths.Applications+"/{no}/"+stageSign, authz.ApplicationSign, p.createVerdict(stageSign))
	session.Post(paths.Applications+"/{no}/"+stageTerminate, authz.ApplicationSign, p.createVerdict(stageTerminate))
	p.registerReport(session)
}

// page is the shell of a page about one application.
func page(no, title, sub string, n int) layout.Page {
	crumbs := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}
	if sub == "" {
		crumbs = append(crumbs, layout.Crumb{Label: no})
	} else {
		crumbs = append(crumbs, layout.Crumb{Label: no, Href: paths.Application(no)}, layout.Crumb{Label: sub})
	}
	return layout.Page{Title: title, Nav: "workspace", Crumbs: crumbs, Errors: n}
}

// heavy is page for those that read the whole application and its eligibility.
func heavy(no, title, sub string, n int) layout.Page {
	p := page(no, title, sub, n)
	p.Uncounted = true
	return p
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func number(r *http.Request) string { return strings.ToUpper(httpserver.Param(r, "no")) }

// wantsJSON reports whether the script of a page asks rather than a person.
func wantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}
