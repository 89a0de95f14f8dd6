package app

import (
	"context"
	"net/http"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/department"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/report"
	"civilaffairs/web/accountpages"
	"civilaffairs/web/applying"
	"civilaffairs/web/basepages"
	"civilaffairs/web/departmentpages"
	"civilaffairs/web/eventpages"
	"civilaffairs/web/fundingpages"
	"civilaffairs/web/fundpages"
	"civilaffairs/web/governancepages"
	"civilaffairs/web/guidepages"
	"civilaffairs/web/homepages"
	"civilaffairs/web/importpages"
	"civilaffairs/web/layout"
	"civilaffairs/web/ledgerpages"
	"civilaffairs/web/liaisonpages"
	"civilaffairs/web/noticepages"
	"civilaffairs/web/organizationpages"
	"civilaffairs/web/paths"
	"civilaffairs/web/policypages"
	"civilaffairs/web/projectpages"
	"civilaffairs/web/registrypages"
	"civilaffairs/web/rosterpages"
	"civilaffairs/web/samplingpages"
	"civilaffairs/web/session"
	"civilaffairs/web/static"
	"civilaffairs/web/stylepages"
	"civilaffairs/web/ui"
	"civilaffairs/web/workpages"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
	"github.com/google/uuid"
)

// site is the routes of the portal.
type site struct {
	handler  http.Handler
	mux      *chi.Mux
	router   *httpserver.Router
	sessions *session.Manager
	work     *workpages.Pages
}

// feature is the pages of one feature: public ones never vary by visitor, the
// others run behind the session.
type feature interface {
	Register(public, session *httpserver.Router)
}

func (a *App) wireSite() {
	mux := chi.NewRouter()
	mux.Use(middleware.Recoverer, httpserver.SecureHeaders(a.cfg.Secure()), http.NewCrossOriginProtection().Handler, layout.Middleware(a.shell))
	router := httpserver.NewRouter(mux, a.log, accountpages.Interrupted(layout.ErrorPage))
	a.site = site{mux: mux, router: router}
	a.site.sessions = session.New(session.Config{
		DB: a.db, HTTPS: a.cfg.Secure(), TrustedProxies: a.cfg.Proxies(), Log: a.log, Fail: router.Fail,
	})
	signed := router.With(a.site.sessions.Middleware)
	static.Register(router)
	layout.RegisterPreferences(router, a.cfg.Secure())
	for _, f := range a.features() {
		f.Register(router, signed)
	}
	a.registerHealth(mux)
	mux.NotFound(router.Adapt(notFound).ServeHTTP)
	mux.MethodNotAllowed(router.Adapt(notFound).ServeHTTP)
	a.site.handler = mux
}

// features lists the pages of every feature; adding one adds a line.
func (a *App) features() []feature {
	s, flash := a.services, a.site.sessions.Flash
	reports := report.New(a.db, catalog.Programmes())
	a.site.work = workpages.New(workpages.Deps{
		Desk: casework.NewDesk(a.db, s.cases), Messages: s.messages, Mailer: s.mailer, Accounts: s.accounts,
		Organizations: s.organizations, Policies: s.policies, Liaison: s.liaison, Governance: s.governance, Audit: audit.NewReader(a.db), Programmes: kindsOf(catalog.Programmes()), Flash: flash,
	})
	applications := applying.New(applying.Deps{Applications: s.applications, Flash: flash})
	return []feature{
		homepages.New(reports),
		guidepages.New(guidepages.Deps{Report: reports, Funding: s.funding, Trials: fundingpages.Trials()}),
		projectpages.New(projectpages.Deps{Report: reports, BaseURL: a.cfg.BaseURL}),
		fundpages.New(reports),
		stylepages.New(),
		policypages.New(policypages.Deps{Policies: s.policies, Desk: s.desk, Calendar: s.calendar, Flash: flash}),
		basepages.New(s.bases, flash),
		accountpages.New(accountpages.Deps{
			Accounts: s.accounts, Sessions: a.site.sessions, FindOrganization: a.findOrganization,
			RecordOrganization: paths.StaffOrganizationFor, DemoAccounts: a.demoAccounts(),
		}),
		organizationpages.New(organizationpages.Deps{
			DB: a.db, Organizations: s.organizations, Standing: s.standing, Claim: s.accounts.Claim, Disclosed: disclosed, Certificates: certificates, Flash: flash,
		}),
		importpages.New(importpages.Deps{Imports: s.imports, Flash: flash}),
		rosterpages.New(rosterpages.Deps{Roster: s.roster, Flash: flash}),
		governancepages.New(governancepages.Deps{Governance: s.governance, Attachments: s.attachments, Flash: flash}),
		a.site.work,
		applications,
		registrypages.New(registrypages.Deps{DB: a.db, Registry: s.registry, Applying: applications, Flash: flash}),
		fundingpages.New(fundingpages.Deps{Funding: s.funding, Activities: s.activities, Applying: applications, Flash: flash}),
		departmentpages.New(departmentpages.Deps{Departments: department.New(a.db), Flash: flash}),
		liaisonpages.New(liaisonpages.Deps{Liaison: s.liaison, Flash: flash}),
		eventpages.New(eventpages.Deps{Events: s.events, BaseURL: a.cfg.BaseURL, ClientIP: a.site.sessions.ClientIP, Flash: flash}),
		samplingpages.New(samplingpages.Deps{Sampling: s.sampling, Flash: flash}),
		ledgerpages.New(ledgerpages.Deps{Ledger: s.ledger, Flash: flash}),
		noticepages.New(noticepages.Deps{Notices: s.notices, BaseURL: a.cfg.BaseURL, ClientIP: a.site.sessions.ClientIP, Flash: flash}),
	}
}

func notFound(http.ResponseWriter, *http.Request) error {
	return errs.New(errs.NotFound, "地址可能有误，或页面已经移走。")
}

// shell is what the frame of every page needs to know.
func (a *App) shell(*http.Request) layout.Context {
	c := layout.Context{Demo: a.cfg.Demo, Waiting: a.waiting}
	if a.cfg.Demo {
		c.DemoText = "2017 年《实施意见》已于 2020年9月27日期满失效；为演示全流程，本站假定其规则今天仍然有效，金额为演示参数。"
	}
	return c
}

// waiting counts what waits for the signed-in person. A page is worth more than
// its counts: it neither fails nor waits long for them.
func (a *App) waiting(ctx context.Context) layout.Waiting {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	n, err := a.site.work.Waiting(ctx)
	if err != nil {
		a.log.Warn("counts of the shell", "error", err)
	}
	return n
}

// disclosed shows on the page of an organization what it has published.
func disclosed(ctx context.Context, q postgres.Querier, org uuid.UUID) (ui.Table, error) {
	versions, err := governance.PublicVersions(ctx, q, org)
	return governancepages.DisclosedTable(versions), err
}

// certificates shows on the record of an organization what it was given.
func certificates(ctx context.Context, q postgres.Querier, org uuid.UUID, base string) (ui.Table, error) {
	list, err := registry.Certificates(ctx, q, org)
	return registrypages.CertificateTable(list, base), err
}

// findOrganization looks a number up for the registration page.
func (a *App) findOrganization(ctx context.Context, number string) (o accountpages.Organization, ok bool, err error) {
	err = a.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		o.ID, o.Name, o.Community, ok, err = organization.FindByNumber(ctx, q, number)
		return err
	})
	return o, ok, err
}
