// Package noticepages shows public notices and takes objections, and is the desk
// on which the office writes, releases and answers them. Pages over
// internal/notice; no tables.
package noticepages

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/notice"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/go-chi/httprate"
	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Notices *notice.Service
	// ClientIP names the visitor for the limits; it is not kept with an objection.
	ClientIP func(*http.Request) string
	BaseURL  string // of links in the feed
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of notices.
type Pages struct {
	Deps
	objections, lookups *httprate.RateLimiter
}

// Limits by address: a whole office may share one, a robot may not.
const (
	objectionsPerHour = 30
	lookupsPerHour    = 120
)

// New returns the pages.
func New(d Deps) *Pages {
	return &Pages{Deps: d, objections: httprate.NewRateLimiter(objectionsPerHour, time.Hour), lookups: httprate.NewRateLimiter(lookupsPerHour, time.Hour)}
}

// Register declares the routes. What the public reads and sends goes without a
// session: an objector is nobody's account.
func (p *Pages) Register(public, s *httpserver.Router) {
	public.Get(paths.Notices, authz.Public, p.listPublic)
	export.Register(public, paths.NoticesData, authz.Public, p.exportPublic)
	public.Get(paths.NoticesAtom, authz.Public, p.showFeed)
	public.Get(paths.Notices+"/{no}", authz.Public, p.showPublic)
	public.Get(paths.Notices+"/{no}/objection", authz.Public, p.newObjection)
	public.Post(paths.Notices+"/{no}/objection", authz.Public, p.createObjection)
	public.Get(paths.Receipts, authz.Public, p.askReceipt)
	public.Post(paths.Receipts, authz.Public, p.showProgress)

	s.Get(paths.StaffNotices, authz.NoticeView, p.showDesk)
	export.Register(s, paths.StaffNotices, authz.NoticeView, p.exportDesk)
	s.Get(paths.StaffNoticeNew, authz.NoticeDraft, p.newNotice)
	s.Post(paths.StaffNoticeNew, authz.NoticeDraft, p.createNotice)
	one := paths.StaffNotices + "/{id}"
	s.Get(one, authz.NoticeView, p.showNotice)
	s.Get(one+"/text", authz.NoticeDraft, p.editText)
	s.Post(one+"/text", authz.NoticeDraft, p.updateText)
	for _, a := range acts {
		s.Get(one+"/"+a.noun, a.permission, p.askAct(a))
		s.Post(one+"/"+a.noun, a.permission, p.createAct(a))
	}

	s.Get(paths.StaffObjections, authz.ObjectionView, p.listObjections)
	o := paths.StaffObjections + "/{id}"
	s.Get(o, authz.ObjectionView, p.showObjection)
	s.Get(o+"/files/{file}", authz.ObjectionView, p.showEvidence)
	s.Post(o+"/outcome", authz.ObjectionHandle, p.createOutcome)
	s.Get(o+"/unmasking", authz.ObjectionHandle, p.askUnmasking)
	s.Post(o+"/unmasking", authz.ObjectionHandle, p.createUnmasking)
}

// maxForm bounds what a form without files may weigh.
const maxForm = 128 << 10

// parse reads a form without files.
func parse(w http.ResponseWriter, r *http.Request) error {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return errs.Wrap(errs.TooLarge, "这个表单的内容太长，没有收下。请删短后再提交。", err)
	}
	return nil
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func number(r *http.Request) string { return strings.ToUpper(httpserver.Param(r, "no")) }

// param reads an id of the path; what is none is errs.NotFound.
func param(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, name))
	if err != nil {
		return uuid.Nil, errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
	}
	return id, nil
}

// versionOf reads the version that a form was opened with; a tampered one is
// stale.
func versionOf(r *http.Request) int {
	n, err := strconv.Atoi(r.PostForm.Get("version"))
	if err != nil {
		return -1
	}
	return n
}

// shown says whether an error is shown beside the form again, and as which
// faults.
func shown(err error) (ui.Errors, bool) {
	switch {
	case len(errs.FieldsOf(err)) > 0:
		return ui.Errors(errs.FieldsOf(err)), true
	case errs.Is(err, errs.Conflict), errs.Is(err, errs.Invalid), errs.Is(err, errs.TooMany):
		return ui.Errors{{Name: "form", Label: "没有办成", Message: errs.Message(err)}}, true
	}
	return nil, false
}

// page is the shell of a page of the office.
func page(title, nav string, faults int, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}, crumbs...)
	return layout.Page{Title: title, Nav: nav, Crumbs: append(all, layout.Crumb{Label: title}), Errors: faults}
}

// open is the shell of a public page.
func open(title string, faults int, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}}, crumbs...)
	return layout.Page{Title: title, Nav: "notices", Crumbs: append(all, layout.Crumb{Label: title}), Errors: faults}
}
