// Package basepages shows the incubation bases: the map and list for everyone,
// one page a base, and the form in which a community or its subdistrict records
// the facts. Pages over internal/incubator; no tables.
package basepages

import (
	"context"
	"net/http"
	"strconv"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/incubator"
	"civilaffairs/web/export"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// Pages serves the pages of the bases.
type Pages struct {
	bases *incubator.Service
	flash func(ctx context.Context, message string)
}

// New returns the pages over bases; flash keeps a message for the next page of
// the same session.
func New(bases *incubator.Service, flash func(ctx context.Context, message string)) *Pages {
	return &Pages{bases: bases, flash: flash}
}

// Register declares the routes.
func (p *Pages) Register(public, session *httpserver.Router) {
	public.Get(paths.Bases, authz.Public, p.list)
	export.Register(public, paths.BasesData, authz.Public, p.exportBases)
	public.Get(paths.Bases+"/{slug}", authz.Public, p.base)
	session.Get(paths.WorkspaceBases, authz.BaseEdit, p.own)
	session.Get(paths.Bases+"/{slug}/facts", authz.BaseEdit, p.facts)
	session.Post(paths.Bases+"/{slug}/facts", authz.BaseEdit, p.saveFacts)
}

func (p *Pages) list(w http.ResponseWriter, r *http.Request) error {
	directory, err := p.bases.Directory(r.Context())
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, listPage(newListView(directory)))
}

func (p *Pages) base(w http.ResponseWriter, r *http.Request) error {
	detail, err := p.bases.Base(r.Context(), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, basePage(newBaseView(detail)))
}

func (p *Pages) own(w http.ResponseWriter, r *http.Request) error {
	directory, err := p.bases.Own(r.Context(), httpserver.ActorOf(r.Context()))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, ownPage(newOwnView(directory)))
}

func (p *Pages) facts(w http.ResponseWriter, r *http.Request) error {
	detail, err := p.bases.ForEdit(r.Context(), httpserver.ActorOf(r.Context()), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	return httpserver.Render(w, r, http.StatusOK, factsPage(newFactsView(detail)))
}

func (p *Pages) saveFacts(w http.ResponseWriter, r *http.Request) error {
	actor, slug := httpserver.ActorOf(r.Context()), httpserver.Param(r, "slug")
	detail, err := p.bases.ForEdit(r.Context(), actor, slug)
	if err != nil {
		return err
	}
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.Invalid, "填的内容没有收全。返回上一页再提交一次。", err)
	}
	f := form.New(r.PostForm)
	facts := readFacts(f)
	for _, fault := range facts.Check(detail.On) {
		f.Fail(fault.Name, fault.Label, fault.Message)
	}
	err = f.Err()
	if err == nil {
		// A version that is no number is stale by definition.
		version, _ := strconv.Atoi(f.Raw("version"))
		err = p.bases.SaveFacts(r.Context(), actor, slug, version, facts)
	}
	if err == nil {
		p.flash(r.Context(), "已保存"+detail.Base.Name+"的情况。公众在基地页面上已经能看到。")
		return httpserver.SeeOther(w, r, paths.Base(slug))
	}
	return p.factsAgain(w, r, f, facts, err)
}

// factsAgain shows the form once more with what was typed: 422 with the faults,
// or 409 with both versions when somebody else saved in between.
func (p *Pages) factsAgain(w http.ResponseWriter, r *http.Request, f *form.Form, facts incubator.Facts, cause error) error {
	if !errs.Is(cause, errs.Invalid) && !errs.Is(cause, errs.Conflict) {
		return cause
	}
	// Read anew: the saved version may be younger than the one checked against.
	detail, err := p.bases.ForEdit(r.Context(), httpserver.ActorOf(r.Context()), httpserver.Param(r, "slug"))
	if err != nil {
		return err
	}
	v := newFactsView(detail)
	v.retype(f)
	if errs.Is(cause, errs.Conflict) {
		v.Versions = versions(facts, detail.Base.Facts)
		return httpserver.Render(w, r, http.StatusConflict, factsPage(v))
	}
	v.Errors = ui.Errors(errs.FieldsOf(cause))
	v.Version = f.Raw("version")
	return httpserver.Render(w, r, http.StatusUnprocessableEntity, factsPage(v))
}
