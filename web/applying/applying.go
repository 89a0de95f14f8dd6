// Package applying is the browser's side of an application in writing, whatever
// it asks for: form, papers, signature, receipt, opinions, acceptance, letters,
// and the case as applicant and offices see it. What a kind shows of its own is
// its Face; faces come from the pages of the features. Between features and
// pages; no tables.
package applying

import (
	"context"
	"net/http"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
)

// Deps is what the pages stand on.
type Deps struct {
	Applications *application.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes that all kinds of application share.
type Pages struct {
	Deps
	faces map[string]Face
}

// New returns the pages without faces; features add theirs.
func New(d Deps) *Pages { return &Pages{Deps: d, faces: map[string]Face{}} }

// Add gives a kind its face. It belongs to the wiring of the program.
func (p *Pages) Add(kind string, f Face) { p.faces[kind] = f }

// Face returns the face of a kind.
func (p *Pages) Face(kind string) (Face, error) {
	f, ok := p.faces[kind]
	if !ok {
		return nil, errs.Newf(errs.Internal, "no pages for kind %q", kind)
	}
	return f, nil
}

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, session *httpserver.Router) {
	one := paths.Applications + "/{no}"
	session.Get(one, authz.CaseView, p.showApplication)
	session.Get(one+"/sections/{section}", authz.CaseView, p.editSection)
	session.Post(one+"/sections/{section}", authz.CaseView, p.updateSection)
	session.Get(one+"/papers", authz.CaseView, p.editPapers)
	session.Post(one+"/papers/{slot}", authz.CaseView, p.createPaper)
	session.Post(one+"/papers/{slot}/{id}/removal", authz.CaseView, p.createPaperRemoval)
	session.Get(one+"/files/{id}", authz.CaseView, p.showFile)
	session.Get(one+"/review", authz.CaseView, p.showReview)
	session.Get(one+"/print", authz.CaseView, p.showPrint)
	session.Get(one+"/receipt", authz.CaseView, p.showReceipt)
	session.Get(one+"/letters/{id}", authz.CaseView, p.showLetter)
	session.Post(one+"/submission", authz.CaseView, p.createSubmission)
	session.Post(one+"/withdrawal", authz.CaseView, p.createWithdrawal)
	session.Post(one+"/opinion", authz.ApplicationOpine, p.createOpinion)
	session.Post(one+"/decision", authz.ApplicationAccept, p.createDecision)
}

// Page is the shell of a page about one application; sub names the page below
// the case, "" for the case itself. n counts the faults on it.
func Page(no, title, sub string, n int) layout.Page {
	crumbs := []layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}
	if sub == "" {
		crumbs = append(crumbs, layout.Crumb{Label: no})
	} else {
		crumbs = append(crumbs, layout.Crumb{Label: no, Href: paths.Application(no)}, layout.Crumb{Label: sub})
	}
	return layout.Page{Title: title, Nav: "workspace", Crumbs: crumbs, Errors: n}
}

// Heavy is Page for those that read the whole application and what it is judged
// by.
func Heavy(no, title, sub string, n int) layout.Page {
	p := Page(no, title, sub, n)
	p.Uncounted = true
	return p
}

// Actor is who asks.
func Actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

// Number is the case that the request is about.
func Number(r *http.Request) string { return strings.ToUpper(httpserver.Param(r, "no")) }

// WantsJSON reports whether the script of a page asks rather than a person.
func WantsJSON(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Accept"), "application/json")
}
