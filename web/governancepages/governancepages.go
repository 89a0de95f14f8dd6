// Package governancepages shows internal governance: the checklist of an
// organization with its meetings, officers and files, the offices' board, annual
// reports, what organizations disclose, and the library of guidelines. Pages over
// internal/governance; no tables.
package governancepages

import (
	"context"
	"net/http"
	"strconv"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/httpserver"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	Governance  *governance.Service
	Attachments *attachment.Service
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of internal governance.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes.
func (p *Pages) Register(public, s *httpserver.Router) {
	forms := formpage.Forms{Flash: p.Flash}
	my := paths.MyGovernance
	s.Get(my, authz.OrganizationEdit, p.showChecklist)
	forms.Declare(s, my+"/charter", authz.OrganizationEdit, p.charterForm)
	forms.Declare(s, my+"/meetings", authz.OrganizationEdit, p.meetingForm)
	forms.Declare(s, my+"/meetings/{record}/withdrawal", authz.OrganizationEdit, p.meetingWithdrawalForm)
	forms.Declare(s, my+"/officers", authz.OrganizationEdit, p.officersForm)
	forms.Declare(s, my+"/officers/{record}/end", authz.OrganizationEdit, p.officerEndForm)
	s.Get(my+"/files/{part}/{record}", authz.OrganizationEdit, p.showFiles)
	s.Post(my+"/files/{part}/{record}", authz.OrganizationEdit, p.createFile)
	s.Post(my+"/files/{part}/{record}/{file}/removal", authz.OrganizationEdit, p.removeFile)
	s.Get(my+"/file/{file}", authz.OrganizationEdit, p.sendFile)

	s.Get(paths.StaffGovernance, authz.OrganizationStaff, p.showBoard)
	one := paths.StaffOrganizations + "/{id}/governance"
	s.Get(one, authz.OrganizationStaff, p.showChecklist)
	s.Get(one+"/file/{file}", authz.OrganizationStaff, p.sendFile)
	p.registerLibrary(public, s)
	p.registerReports(s, forms)
	p.registerDisclosures(public, s, forms)
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

// mine reports whether the request is about the own organization.
func mine(r *http.Request) bool { return actor(r).Role.OfOrganization() }

// orgID is the organization that the request is about.
func orgID(r *http.Request) (uuid.UUID, error) {
	if mine(r) {
		return actor(r).OrgID, nil
	}
	return param(r, "id")
}

func param(r *http.Request, name string) (uuid.UUID, error) {
	id, err := uuid.Parse(httpserver.Param(r, name))
	if err != nil {
		return uuid.Nil, errs.Wrap(errs.NotFound, "没有这个页面。请核对网址。", err)
	}
	return id, nil
}

func missing() error {
	return errs.New(errs.NotFound, "没有找到这条记录。可能已经撤销，或不在您能查看的范围内。")
}

// shell is the frame of a page of this feature.
func shell(r *http.Request, title, nav string, crumbs ...layout.Crumb) layout.Page {
	all := []layout.Crumb{{Label: "首页", Href: paths.Home}}
	if actor(r).SignedIn() {
		all = append(all, layout.Crumb{Label: "工作台", Href: paths.Workspace})
	}
	if mine(r) {
		nav = "workspace"
	}
	return layout.Page{Title: title, Nav: nav, Crumbs: append(append(all, crumbs...), layout.Crumb{Label: title})}
}

func ownCrumb() layout.Crumb { return layout.Crumb{Label: "内部治理", Href: paths.MyGovernance} }

// own starts a form about the own organization.
func own(r *http.Request, title, lead, submit string) *formpage.Editor {
	e := &formpage.Editor{To: paths.MyGovernance}
	e.View = formpage.View{Page: shell(r, title, "workspace", ownCrumb()), Heading: title, Lead: lead, Submit: submit,
		Action: r.URL.Path, Back: paths.MyGovernance, BackLabel: "返回内部治理"}
	return e
}

func whole(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func itoa(n int) string { return strconv.Itoa(n) }

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}

// stateTone gives a state of the checklist its colour and shape.
func stateTone(s governance.State) ui.Tone {
	switch s {
	case governance.Met:
		return ui.Good
	case governance.Overdue, governance.Faulty:
		return ui.Bad
	case governance.Unknown:
		return ui.Warn
	case governance.Exempt:
		return ui.Mute
	}
	return ui.Info
}

// dueCell says when an item is due and how many days are left.
func dueCell(i governance.Item, today civil.Date) ui.Cell {
	n, ok := i.Days(today)
	if !ok {
		return ui.T("")
	}
	say := strconv.Itoa(n) + " 天后"
	switch {
	case n < 0:
		say = "已过 " + strconv.Itoa(-n) + " 天"
	case n == 0:
		say = "今天"
	case i.Provisional:
		say += "，暂定"
	}
	return ui.TS(i.DueOn.String(), say)
}
