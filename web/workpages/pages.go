// Package workpages is where work begins after signing in: each role's to-do
// list, one's messages, the paper counter of a community (窗口代办), and the audit
// trail. Pages over internal/casework, internal/notification and internal/audit;
// no tables.
package workpages

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/web/export"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
)

// Deps is what the pages stand on.
type Deps struct {
	Desk          *casework.Desk
	Messages      *notification.Service
	Mailer        *notification.Mailer
	Accounts      *account.Service
	Organizations *organization.Service
	Policies      *policy.Service
	Liaison       *liaison.Service
	Governance    *governance.Service
	Audit         *audit.Reader
	// Programmes are the kinds that a counter may open, in the order of the policy.
	Programmes []string
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of work.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes, all behind the session.
func (p *Pages) Register(_, session *httpserver.Router) {
	session.Get(paths.Workspace, authz.WorkspaceView, p.showWorkspace)
	export.Register(session, paths.Workspace, authz.CaseView, p.exportInbox)
	session.Get(paths.Messages, authz.AccountOwn, p.listMessages)
	session.Post(paths.MessagesRead, authz.AccountOwn, p.createRead)
	session.Get(paths.Counter, authz.ApplicationCounter, p.showCounter)
	session.Get(paths.Audit, authz.AuditView, p.listAudit)
	session.Post(paths.AuditExport, authz.AuditView, p.createAuditExport)
	session.Get(paths.Audit+"/subjects/{subject}/{id}", authz.AuditView, p.showSubject)
}

// showWorkspace opens the list that fits the role: an inbox for offices that
// handle cases, the own cases for organizations, and for everybody else what the
// account is for.
func (p *Pages) showWorkspace(w http.ResponseWriter, r *http.Request) error {
	switch role := actor(r).Role; role {
	case authz.OrgHead, authz.OrgClerk:
		return p.showOwn(w, r)
	case authz.Initiator:
		return p.showFiling(w, r)
	case authz.Expert, authz.Evaluator:
		return httpserver.Render(w, r, http.StatusOK, awaitPage(awaiting(role)))
	case authz.Department:
		return p.showDepartment(w, r)
	case authz.AdminSystem, authz.AdminSecurity:
		return p.showAdministration(w, r)
	}
	return p.showInbox(w, r)
}

// Waiting counts what waits for the person behind ctx, for the head of every
// signed-in page: cases, and annual reports. Two round trips.
func (p *Pages) Waiting(ctx context.Context) (n layout.Waiting, err error) {
	a := httpserver.ActorOf(ctx)
	var b postgres.Batch
	var cases, reports []postgres.Count
	p.Desk.GatherToDo(&b, a, &cases)
	p.Governance.GatherReportsWaiting(&b, a, &reports)
	if !b.Empty() {
		if err := p.Governance.DB.Glance(func(q postgres.Querier) error { return b.Run(ctx, q) }); err != nil {
			return n, err
		}
	}
	n.ToDo = postgres.Sum(cases, reports)
	n.Asked, n.Unread, err = p.Liaison.Counts(ctx, a)
	return n, err
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

// page is the shell of a page of work.
func page(title, nav string, crumbs ...layout.Crumb) layout.Page {
	return layout.Page{Title: title, Nav: nav, Crumbs: crumbs}
}

func crumbs(last ...layout.Crumb) []layout.Crumb {
	return append([]layout.Crumb{{Label: "首页", Href: paths.Home}, {Label: "工作台", Href: paths.Workspace}}, last...)
}

func itoa(n int) string { return strconv.Itoa(n) }

// clock writes an instant for people in the district: 10月9日 10:42, with the year
// when it is not today's.
func clock(t time.Time, today civil.Date) string {
	d := civil.On(t)
	text := monthDay(d)
	if d.Year != today.Year {
		text = d.Chinese()
	}
	return text + " " + t.In(civil.Shanghai).Format("15:04")
}

func monthDay(d civil.Date) string {
	return itoa(int(d.Month)) + "月" + itoa(d.Day) + "日"
}

// short writes a day of a queue: 9-20, with the year when it is not this year's.
func short(d, today civil.Date) string {
	if d.Year != today.Year {
		return d.String()
	}
	return itoa(int(d.Month)) + "-" + twoDigits(d.Day)
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + itoa(n)
	}
	return itoa(n)
}
