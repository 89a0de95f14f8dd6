// Package fundingpages is what applications for support show beside the
// application itself: conditions, proposal, consent, signature, notice, money and
// use report. What a programme shows of its own stands in a file of the
// programme's name, listed in programmes.go.
package fundingpages

import (
	"context"
	"net/http"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/applying"
	"civilaffairs/web/paths"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Funding    *funding.Service
	Activities *activity.Service
	Applying   *applying.Pages // learns the faces of the programmes
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of funding.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages {
	p := &Pages{d}
	for kind, own := range programmePages {
		d.Applying.Add(kind, face{own})
	}
	return p
}

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, session *httpserver.Router) {
	one := paths.Applications + "/{no}"
	session.Post(paths.Applications, authz.CaseView, p.createApplication)
	session.Get(one+"/eligibility", authz.CaseView, p.showCheck)
	session.Post(one+"/"+stagePropose, authz.ApplicationReview, p.createVerdict(stagePropose))
	session.Post(one+"/"+stageConsent, authz.ApplicationConsent, p.createVerdict(stageConsent))
	session.Post(one+"/"+stageSign, authz.ApplicationSign, p.createVerdict(stageSign))
	session.Post(one+"/"+stageTerminate, authz.ApplicationSign, p.createVerdict(stageTerminate))
	p.registerReport(session)
	p.registerPlans(session)
}

// createApplication opens a draft, or leads back to the one that is open.
func (p *Pages) createApplication(w http.ResponseWriter, r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "表单没有收全，请返回上一页再试。", err)
	}
	org, _ := uuid.Parse(r.PostForm.Get("organization")) // only the counter names one; the service checks it
	no, err := p.Funding.Open(r.Context(), actor(r), r.PostForm.Get("programme"), org, r.PostForm.Get("token"))
	if err != nil {
		return err
	}
	return httpserver.SeeOther(w, r, paths.Application(no))
}

func actor(r *http.Request) authz.Actor { return applying.Actor(r) }

func number(r *http.Request) string { return applying.Number(r) }
