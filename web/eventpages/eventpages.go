// Package eventpages shows the activities of organizations: the public calendar with
// its pictures, where residents offer to help, what the organizations keep of
// activities, volunteers and hours, and what the bureau decides on pictures. Pages
// over internal/event; no tables.
package eventpages

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/export"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"

	"github.com/go-chi/httprate"
	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Events  *event.Service
	BaseURL string // of the site, for addresses in calendars
	// ClientIP names the visitor for the limits; it is not kept.
	ClientIP func(*http.Request) string
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of activities.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Limits by address: a whole office may share one, a robot may not.
const (
	sentPerHour    = 30
	lookupsPerHour = 120
)

// Register declares the routes. What the public reads and sends goes without a
// session.
func (p *Pages) Register(public, s *httpserver.Router) {
	public.Get(paths.Activities, authz.Public, p.list)
	public.Get(paths.ActivitiesMonth, authz.Public, p.month)
	public.Get(paths.ActivitiesFeed, authz.Public, p.feed)
	public.Get(paths.ActivitiesHours, authz.Public, p.statistics)
	export.Register(public, paths.ActivitiesHours, authz.Public, p.exportHours)
	one := paths.Activities + "/{no}"
	public.Get(one, authz.Public, p.show)
	public.Get(one+"/calendar.ics", authz.Public, p.oneFeed)
	public.Get(one+"/pictures/{picture}", authz.Public, p.picture)

	open := formpage.Forms{}
	open.Declare(p.limited(public, sentPerHour), one+"/pictures/{picture}/removal", authz.Public, p.removalForm)
	open.Declare(p.limited(public, sentPerHour), paths.Organizations+"/{id}/volunteering", authz.Public, p.volunteeringForm)
	open.Declare(p.limited(public, lookupsPerHour), paths.PictureRequests, authz.Public, p.removalProgress)
	open.Declare(p.limited(public, lookupsPerHour), paths.Volunteering, authz.Public, p.registrationForm)

	p.registerMine(s)
	p.registerStaff(s)
}

func (p *Pages) registerMine(s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	s.Get(paths.MyActivities, authz.EventEdit, p.mine)
	forms.Declare(s, paths.MyActivityNew, authz.EventEdit, p.newForm)
	one := paths.MyActivities + "/{no}"
	s.Get(one, authz.EventEdit, p.showMine)
	forms.Declare(s, one+"/plan", authz.EventEdit, p.planForm)
	forms.Declare(s, one+"/publication", authz.EventEdit, p.publicationForm)
	forms.Declare(s, one+"/cancellation", authz.EventEdit, p.cancellationForm)
	forms.Declare(s, one+"/result", authz.EventEdit, p.resultForm)
	forms.Declare(s, one+"/hours", authz.EventEdit, p.hoursForm)
	forms.Declare(s, one+"/hours/{entry}/withdrawal", authz.EventEdit, p.hoursWithdrawalForm)
	s.Get(one+"/pictures", authz.EventEdit, p.pictures)
	s.Post(one+"/pictures", authz.EventEdit, p.createPicture)
	s.Get(one+"/pictures/{picture}", authz.EventEdit, p.ownPicture)
	forms.Declare(s, one+"/pictures/{picture}/release", authz.EventEdit, p.releaseForm)
	forms.Declare(s, one+"/pictures/{picture}/removal", authz.EventEdit, p.takeDownForm)

	s.Get(paths.MyVolunteers, authz.EventEdit, p.volunteers)
	forms.Declare(s, paths.MyCall, authz.EventEdit, p.callForm)
	forms.Declare(s, paths.MyVolunteerNew, authz.EventEdit, p.paperForm)
	who := paths.MyVolunteers + "/{volunteer}"
	forms.Declare(s, who+"/confirmation", authz.EventEdit, p.confirmForm)
	forms.Declare(s, who+"/refusal", authz.EventEdit, p.declineForm)
	forms.Declare(s, who+"/erasure", authz.EventEdit, p.eraseForm)
	forms.Declare(s, who+"/unmasking", authz.EventEdit, p.unmaskForm)
}

func (p *Pages) registerStaff(s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	s.Get(paths.StaffActivities, authz.EventBlock, p.staffList)
	forms.Declare(s, paths.StaffActivities+"/{no}/blocking", authz.EventBlock, p.blockForm)
	forms.Declare(s, paths.StaffActivities+"/{no}/unblocking", authz.EventBlock, p.unblockForm)
	s.Get(paths.StaffPictures, authz.PictureView, p.desk)
	s.Get(paths.StaffPictures+"/{picture}", authz.PictureView, p.staffPicture)
	forms.Declare(s, paths.StaffPictures+"/{picture}/judgement", authz.PictureJudge, p.judgeForm)
	forms.Declare(s, paths.StaffPictureRequests+"/{request}", authz.PictureJudge, p.decideForm)
	forms.Declare(s, paths.StaffPictureRequests+"/{request}/unmasking", authz.PictureJudge, p.phoneForm)
}

// limited lets an address send so many forms in an hour.
func (p *Pages) limited(to *httpserver.Router, perHour int) *httpserver.Router {
	limit := httprate.NewRateLimiter(perHour, time.Hour)
	return to.With(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store") // a form holds a token, its answer may hold a receipt
			if r.Method == http.MethodPost && limit.OnLimit(w, r, p.ClientIP(r)) {
				to.Fail(w, r, errs.New(errs.TooMany, "这个网络地址提交得太频繁。请一小时后再试，或到社区办理。"))
				return
			}
			next.ServeHTTP(w, r)
		})
	})
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

func number(r *http.Request) string { return httpserver.Param(r, "no") }

func param(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, name))
	if err != nil {
		return uuid.Nil, errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
	}
	return id, nil
}

// open is the shell of a public page.
func open(title string, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}}, crumbs...)
	return layout.Page{Title: title, Nav: "activities", Crumbs: append(all, layout.Crumb{Label: title})}
}

// shell is the frame of a page behind the session.
func shell(title, nav string, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}, crumbs...)
	return layout.Page{Title: title, Nav: nav, Crumbs: append(all, layout.Crumb{Label: title})}
}

func calendarCrumb() layout.Crumb { return layout.Crumb{Label: "活动日历", Href: paths.Activities} }

// times is when an activity is, in words: 11月28日 周六 9:30–11:30.
func times(d civil.Date, from, until event.Clock) string {
	text := d.Chinese() + "（" + d.ChineseWeekday() + "）"
	if from != event.Unset {
		text += " " + from.String()
		if until != event.Unset {
			text += "\u2060–\u2060" + until.String() // never broken
		}
	}
	return text
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func people(n int64) string { return strconv.FormatInt(n, 10) + " 人次" }
