// Package accountpages is the browser's side of accounts: signing in with its
// steps, signing up, one's own account, the accounts one manages, and the claims
// that a subdistrict confirms. Handlers over internal/account and web/session;
// no tables.
package accountpages

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/session"
	"civilaffairs/web/ui"

	"github.com/go-chi/httprate"
	"github.com/google/uuid"
)

// Organization is what the registry knows under a claimed number.
type Organization struct {
	ID        uuid.UUID
	Name      string
	Community string // code
}

// DemoAccount is an account that the sign-in page of a demo shows.
type DemoAccount struct{ Username, Who string }

// Deps is what the pages stand on.
type Deps struct {
	Accounts *account.Service
	Sessions *session.Manager

	// FindOrganization looks a credit code or filing number up in the registry.
	FindOrganization func(ctx context.Context, number string) (Organization, bool, error)

	// RecordOrganization is where a subdistrict records the organization of a
	// claim that the registry does not know, "" without such a page.
	RecordOrganization func(claimID string) string

	// DemoAccounts are listed on the sign-in page, with their password; nil
	// outside demo mode.
	DemoAccounts []DemoAccount
}

// Pages answers the routes of accounts.
type Pages struct {
	Deps
	signIns   *httprate.RateLimiter
	registers *httprate.RateLimiter
}

// Limits by address. A whole office signs in from one address in the morning;
// guessing is bounded by the account's own lock-out.
const (
	signInsPerMinute = 60
	registersPerHour = 60
)

// New returns the pages.
func New(d Deps) *Pages {
	return &Pages{Deps: d,
		signIns:   httprate.NewRateLimiter(signInsPerMinute, time.Minute),
		registers: httprate.NewRateLimiter(registersPerHour, time.Hour),
	}
}

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, s *httpserver.Router) {
	s.Get(paths.Login, authz.Public, p.showSignIn)
	s.Post(paths.Login, authz.Public, p.createSignIn)
	s.Get(paths.LoginCode, authz.Public, p.showCode)
	s.Post(paths.LoginCode, authz.Public, p.createCode)
	s.Get(paths.LoginPassword, authz.Public, p.showForcedPassword)
	s.Post(paths.LoginPassword, authz.Public, p.createForcedPassword)
	s.Get(paths.LoginEnrol, authz.Public, p.showFirstEnrolment)
	s.Post(paths.LoginEnrol, authz.Public, p.createFirstEnrolment)
	s.Post(paths.Logout, authz.Public, p.createSignOut)

	s.Get(paths.Register, authz.Public, p.showRegistration)
	s.Post(paths.Register, authz.Public, p.createRegistration)

	s.Get(paths.OwnAccount, authz.AccountOwn, p.showOwn)
	s.Get(paths.OwnPassword, authz.AccountOwn, p.editPassword)
	s.Post(paths.OwnPassword, authz.AccountOwn, p.updatePassword)
	s.Get(paths.OwnSecondFactor, authz.AccountOwn, p.editSecondFactor)
	s.Post(paths.OwnSecondFactor, authz.AccountOwn, p.updateSecondFactor)
	s.Get(paths.OwnRecoveryCodes, authz.AccountOwn, p.editRecoveryCodes)
	s.Post(paths.OwnRecoveryCodes, authz.AccountOwn, p.updateRecoveryCodes)
	s.Post(paths.OwnAccount+"/sessions/{id}/end", authz.AccountOwn, p.createSessionEnd)

	s.Get(paths.Claims, authz.AccountConfirm, p.listClaims)
	export.Register(s, paths.Claims, authz.AccountConfirm, p.exportClaims)
	s.Get(paths.Claims+"/{id}", authz.AccountConfirm, p.showClaim)
	s.Post(paths.Claims+"/{id}/confirmation", authz.AccountConfirm, p.createConfirmation)
	s.Post(paths.Claims+"/{id}/refusal", authz.AccountConfirm, p.createRefusal)

	s.Get(paths.Accounts, authz.AccountView, p.listAccounts)
	export.Register(s, paths.Accounts, authz.AccountView, p.exportAccounts)
	s.Get(paths.OfficeNew, authz.AccountManage, p.newOffice)
	s.Post(paths.OfficeNew, authz.AccountManage, p.createOffice)
	s.Get(paths.ClerkNew, authz.AccountInvite, p.newClerk)
	s.Post(paths.ClerkNew, authz.AccountInvite, p.createClerk)
	s.Get(paths.Accounts+"/{id}", authz.AccountView, p.showAccount)
	for _, a := range acts {
		s.Get(paths.Accounts+"/{id}/"+a.Noun, a.Permission, p.askAct(a))
		s.Post(paths.Accounts+"/{id}/"+a.Noun, a.Permission, p.createAct(a))
	}
}

// maxForm bounds what a form of these pages may weigh.
const maxForm = 64 << 10

// values reads the form of r.
func values(w http.ResponseWriter, r *http.Request) (func(name string) string, error) {
	r.Body = http.MaxBytesReader(w, r.Body, maxForm)
	if err := r.ParseForm(); err != nil {
		return nil, errs.Wrap(errs.TooLarge, "这个表单的内容太长，没有收下。请删短后再提交。", err)
	}
	return r.PostForm.Get, nil
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

// idOf reads {id} of the path; what is no id is errs.NotFound.
func idOf(r *http.Request) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, "id"))
	if err != nil {
		return uuid.Nil, errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
	}
	return id, nil
}

// versionOf reads the version of a form; a tampered one is stale.
func versionOf(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// faults returns the field errors to show beside a form; other failures than
// what was typed come back as they are.
func faults(err error) (ui.Errors, error) {
	if err == nil || errs.Is(err, errs.Invalid) && len(errs.FieldsOf(err)) > 0 {
		return ui.Errors(errs.FieldsOf(err)), nil
	}
	return nil, err
}

// status is 422 for a form that is shown again, 200 for a fresh one.
func status(e ui.Errors) int {
	if e.Any() {
		return http.StatusUnprocessableEntity
	}
	return http.StatusOK
}

// communities are the options of a community select, by subdistrict.
func communities(regions *district.RegionSet, today civil.Date) []ui.Option {
	options := []ui.Option{{Value: "", Label: "请选择"}}
	for _, s := range regions.Subdistricts(today) {
		for _, c := range regions.CommunitiesOf(s.Code, today) {
			options = append(options, ui.Option{Value: c.Code, Label: c.Name, Group: s.Name})
		}
	}
	return options
}

func shell(title, nav string, n int, crumbs ...layout.Crumb) layout.Page {
	all := append([]layout.Crumb{{Label: "首页", Href: paths.Home}}, crumbs...)
	return layout.Page{Title: title, Nav: nav, Crumbs: append(all, layout.Crumb{Label: title}), Errors: n}
}
