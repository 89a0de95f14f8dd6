// Package organizationpages shows the registry: the public directory and
// profiles, an organization's own profile, and the record that subdistrict and
// bureau keep. Pages over internal/organization and internal/standing; no
// tables.
package organizationpages

import (
	"context"
	"net/http"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/httpserver"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/standing"
	"civilaffairs/web/export"
	"civilaffairs/web/formpage"
	"civilaffairs/web/layout"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/google/uuid"
)

// Deps is what the pages stand on.
type Deps struct {
	DB            *postgres.DB
	Organizations *organization.Service
	Standing      *standing.Service
	// Disclosed reads what an organization has published about itself, as the table
	// of its public page; without columns when there is none.
	Disclosed func(ctx context.Context, q postgres.Querier, org uuid.UUID) (ui.Table, error)
	// Certificates lists the certificates of an organization for its record at base;
	// without columns when there is none.
	Certificates func(ctx context.Context, q postgres.Querier, org uuid.UUID, base string) (ui.Table, error)
	// Claim returns an account claim, to fill in the form of a new organization.
	Claim func(ctx context.Context, actor authz.Actor, id uuid.UUID) (account.Claim, error)
	// Flash keeps a message for the next page of the session.
	Flash func(ctx context.Context, message string)
}

// Pages answers the routes of the registry.
type Pages struct{ Deps }

// New returns the pages.
func New(d Deps) *Pages { return &Pages{d} }

// Register declares the routes: directory and profiles are public and never vary
// by visitor, everything else is behind the session.
func (p *Pages) Register(public, s *httpserver.Router) {
	public.Get(paths.Organizations, authz.Public, p.listPublic)
	public.Get(paths.Organizations+"/{id}", authz.Public, p.showPublic)
	export.Register(public, paths.OrganizationsData, authz.Public, p.exportPublic)
	export.Register(public, paths.RatingsData, authz.Public, p.exportRatings)

	forms := formpage.Forms{Flash: p.Flash}
	my := paths.MyOrganization
	s.Get(my, authz.OrganizationEdit, p.showMine)
	forms.Declare(s, my+"/basics", authz.OrganizationEdit, p.basicsForm)
	forms.Declare(s, my+"/contact", authz.OrganizationEdit, p.contactForm)
	forms.Declare(s, my+"/payee", authz.OrganizationEdit, p.payeeForm)
	forms.Declare(s, my+"/systems", authz.OrganizationEdit, p.systemForm)
	forms.Declare(s, my+"/systems/{record}/withdrawal", authz.OrganizationEdit, p.withdrawalForm("systems"))
	forms.Declare(s, my+"/activities", authz.OrganizationEdit, p.activityForm)
	forms.Declare(s, my+"/activities/{record}/withdrawal", authz.OrganizationEdit, p.withdrawalForm("activities"))

	s.Get(paths.StaffDuplicates, authz.OrganizationPairs, p.listPairs)
	pair := paths.StaffDuplicates + "/{one}/{other}"
	s.Get(pair, authz.OrganizationPairs, p.showPair)
	forms.Declare(s, pair+"/difference", authz.OrganizationMatch, p.differenceForm)
	forms.Declare(s, pair+"/merge", authz.OrganizationMatch, p.mergeForm)
	merge := paths.StaffMerges + "/{merge}"
	forms.Declare(s, merge+"/confirmation", authz.OrganizationMerge, p.mergeConfirmation)
	forms.Declare(s, merge+"/refusal", authz.OrganizationMerge, p.mergeRefusal)
	forms.Declare(s, merge+"/undoing", authz.OrganizationMerge, p.mergeUndoing)

	staff := paths.StaffOrganizations
	s.Get(staff, authz.OrganizationStaff, p.listStaff)
	export.Register(s, staff, authz.OrganizationStaff, p.exportStaff)
	forms.Declare(s, staff+"/new", authz.OrganizationRecord, p.newForm)
	one := staff + "/{id}"
	s.Get(one, authz.OrganizationStaff, p.showRecord)
	forms.Declare(s, one+"/registration", authz.OrganizationRecord, p.registrationForm)
	forms.Declare(s, one+"/status", authz.OrganizationRecord, p.statusForm)
	forms.Declare(s, one+"/systems", authz.OrganizationRecord, p.systemForm)
	s.Post(one+"/systems/{record}/confirmation", authz.OrganizationRecord, p.confirm("systems"))
	forms.Declare(s, one+"/systems/{record}/withdrawal", authz.OrganizationRecord, p.withdrawalForm("systems"))
	forms.Declare(s, one+"/activities", authz.OrganizationRecord, p.activityForm)
	s.Post(one+"/activities/{record}/confirmation", authz.ActivityConfirm, p.confirm("activities"))
	forms.Declare(s, one+"/activities/{record}/withdrawal", authz.OrganizationRecord, p.withdrawalForm("activities"))
	forms.Declare(s, one+"/reports", authz.OrganizationRecord, p.reportForm)
	forms.Declare(s, one+"/grants", authz.OrganizationRecord, p.grantForm)
	forms.Declare(s, one+"/grants/{record}/use-report", authz.OrganizationRecord, p.useReportForm)
	forms.Declare(s, one+"/grants/{record}/withdrawal", authz.OrganizationRecord, p.withdrawalForm("grants"))
	forms.Declare(s, one+"/looks", authz.OrganizationRecord, p.lookForm)
	forms.Declare(s, one+"/entries", authz.OrganizationRecord, p.entryForm)
	forms.Declare(s, one+"/entries/{record}/end", authz.OrganizationRecord, p.entryEndForm)
	forms.Declare(s, one+"/checks", authz.OrganizationRecord, p.checkForm)
	forms.Declare(s, one+"/grades", authz.OrganizationRecord, p.gradeForm)
	forms.Declare(s, one+"/grades/{record}/withdrawal", authz.OrganizationRecord, p.gradeWithdrawalForm)
	s.Post(one+"/payee/verification", authz.AccountNumberUnmask, p.verifyPayee)
	forms.Declare(s, one+"/payee/unmasking", authz.AccountNumberUnmask, p.unmaskForm(accountNumber))
	forms.Declare(s, one+"/head/unmasking", authz.SensitiveUnmask, p.unmaskForm(headNumber))
}

func actor(r *http.Request) authz.Actor { return httpserver.ActorOf(r.Context()) }

// mine reports whether the request is about the own profile rather than a record
// in an office's registry.
func mine(r *http.Request) bool { return actor(r).Role.OfOrganization() }

// orgID is the organization that the request is about: the actor's own, or the
// {id} of the path. What is no id is errs.NotFound.
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

// home is where a form about the organization leads back to.
func home(r *http.Request, id uuid.UUID) string {
	if mine(r) {
		return paths.MyOrganization
	}
	return paths.StaffOrganization(id.String())
}

// snapshot is what pages of one organization show, read at one moment.
type snapshot struct {
	Record       organization.Record
	Standing     standing.Standing
	Regions      *district.RegionSet
	Units        district.Units // the departments as they are known today
	Today        civil.Date
	Bounds       organization.SizeBounds // offices only
	Alike        []organization.Pair     // pairs that wait for a look; offices that may see them only
	Merges       []organization.Merge    // of records that went into this one
	Certificates ui.Table
}

// from names the record that something under an id was written under, when that
// was merged into the one shown.
func (s snapshot) from(id uuid.UUID) string {
	for _, m := range s.Merges {
		if m.Absorbed == id && m.State == "confirmed" {
			return m.AbsorbedName
		}
	}
	return ""
}

// load reads the full record with its standing at one moment.
func (p *Pages) load(r *http.Request, id uuid.UUID) (s snapshot, err error) {
	err = p.DB.Read(r.Context(), func(q postgres.Querier, now time.Time) error {
		s.Today = civil.On(now)
		if s.Record, err = p.Organizations.GetIn(r.Context(), q, actor(r), id); err != nil {
			return err
		}
		var departments []district.Department
		if s.Regions, departments, err = district.WithDepartments(r.Context(), q); err != nil {
			return err
		}
		s.Units = district.UnitsOn(departments, s.Today)
		if s.Standing, err = standing.On(r.Context(), q, id, s.Today); err != nil {
			return err
		}
		if s.Certificates, err = p.Certificates(r.Context(), q, id, home(r, id)); err != nil {
			return err
		}
		if s.Merges, err = organization.Merges(r.Context(), q, id); err != nil || mine(r) {
			return err
		}
		if s.Bounds, err = organization.SizeBoundsOn(r.Context(), q, s.Today); err != nil {
			return err
		}
		if !may(r, authz.OrganizationPairs) {
			return nil
		}
		s.Alike, err = organization.SharesWith(r.Context(), q, id)
		return err
	})
	return s, err
}

// shell is the frame of a page of this feature.
func shell(r *http.Request, title string, faults int, crumbs ...layout.Crumb) layout.Page {
	all := []layout.Crumb{{Label: "首页", Href: paths.Home}}
	if actor(r).SignedIn() {
		all = append(all, layout.Crumb{Label: "工作台", Href: paths.Workspace})
	}
	all = append(append(all, crumbs...), layout.Crumb{Label: title})
	nav := "organizations"
	if mine(r) {
		nav = "workspace"
	}
	return layout.Page{Title: title, Nav: nav, Crumbs: all, Errors: faults}
}

// communities are the options of a community select, by subdistrict.
func communities(regions *district.RegionSet, today civil.Date, empty string) []ui.Option {
	options := []ui.Option{{Value: "", Label: empty}}
	for _, s := range regions.Subdistricts(today) {
		for _, c := range regions.CommunitiesOf(s.Code, today) {
			label := c.Name
			if len(c.Aliases) > 0 {
				label += "（" + c.Aliases[0] + "）"
			}
			options = append(options, ui.Option{Value: c.Code, Label: label, Group: s.Name})
		}
	}
	return options
}

// statusTone gives a status its colour and shape.
func statusTone(s organization.Status) ui.Tone {
	switch {
	case s == organization.Active:
		return ui.Good
	case s == organization.Abnormal:
		return ui.Warn
	case s.Final():
		return ui.Mute
	}
	return ui.Info
}

func categoryName(c organization.Category) string {
	if c.Priority() {
		return c.Name() + "（重点）"
	}
	return c.Name()
}

func orNone(s, none string) string {
	if s == "" {
		return none
	}
	return s
}
