package app

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/calendar"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/event"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/jobs"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/once"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/sampling"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// services is every feature of the portal, wired.
type services struct {
	accounts      *account.Service
	attachments   *attachment.Service
	applications  *application.Service
	registry      *registry.Service
	cases         *casework.Service
	events        *event.Service
	funding       *funding.Service
	activities    *activity.Service
	imports       *importing.Service
	ledger        *ledger.Service
	notices       *notice.Service
	bases         *incubator.Service
	governance    *governance.Service
	organizations *organization.Service
	roster        *roster.Service
	sampling      *sampling.Service
	policies      *policy.Service
	desk          *policy.Desk
	calendar      *calendar.Service
	standing      *standing.Service
	liaison       *liaison.Service
	messages      *notification.Service
	mailer        *notification.Mailer
}

func (a *App) wireServices() (err error) {
	s := &a.services
	recurring := jobs.NewRegistry()
	if a.jobs, err = jobs.New(a.db, recurring, jobs.Options{Logger: a.log}); err != nil {
		return err
	}
	s.accounts = account.New(account.Config{DB: a.db, Keys: a.keys, EnsurePerson: a.ensurePerson, Demo: a.cfg.Demo, CheapHashes: a.cfg.CheapHashes})
	if err := a.wireFiles(); err != nil {
		return err
	}
	s.organizations, s.standing = organization.New(a.db, a.keys), standing.New(a.db)
	s.roster = roster.New(a.db, a.keys)
	s.policies, s.bases = policy.New(a.db), incubator.New(a.db)
	s.desk, s.calendar = policy.NewDesk(a.db), calendar.New(a.db)
	programmes := catalog.Programmes()
	definitions := registry.Definitions()
	for _, p := range programmes {
		definitions = append(definitions, p.Workflow())
	}
	if s.cases, err = casework.New(paramDays, definitions...); err != nil {
		return err
	}
	s.ledger = ledger.New(a.db)
	s.organizations.OnOpened(s.ledger.FollowImports)
	s.imports = importing.New(importing.Deps{DB: a.db, Keys: a.keys, Organizations: s.organizations, Roster: s.roster, Standing: s.standing, Ledger: s.ledger})
	s.applications = application.New(application.Deps{DB: a.db, Keys: a.keys, Cases: s.cases, Accounts: s.accounts, Attachments: s.attachments})
	s.funding = funding.New(funding.Deps{DB: a.db, Applications: s.applications, Cases: s.cases, Attachments: s.attachments, Ledger: s.ledger, Programmes: programmes})
	s.events = event.New(event.Deps{DB: a.db, Keys: a.keys, Organizations: s.organizations, Attachments: s.attachments})
	s.activities = activity.New(a.db, s.events)
	s.sampling = sampling.New(a.db, sampled(programmes)...)
	s.registry = registry.New(registry.Deps{DB: a.db, Keys: a.keys, Cases: s.cases, Applications: s.applications, Accounts: s.accounts,
		Organizations: s.organizations, Demo: a.cfg.Demo})
	s.governance = governance.New(governance.Deps{DB: a.db, Organizations: s.organizations, Attachments: s.attachments, Reauthenticate: s.accounts.Reauthenticate})
	s.notices = notice.New(notice.Deps{DB: a.db, Keys: a.keys, Attachments: s.attachments})
	if err := a.wireReactions(programmes); err != nil {
		return err
	}
	s.messages, s.liaison = notification.NewService(a.db), liaison.New(a.db, s.attachments)
	if s.mailer, err = notification.NewMailer(notification.MailConfig{DB: a.db, URL: a.cfg.SMTPURL, Log: a.log}); err != nil {
		return fmt.Errorf("PORTAL_SMTP_URL: %w", err)
	}
	a.registerJobs(recurring)
	return nil
}

// wireReactions connects notices and money with the features that they move; a
// kind that does not react stops the start.
func (a *App) wireReactions(programmes []funding.Programme) error {
	s := a.services
	s.funding.React(s.notices, s.ledger)
	kinds := kindsOf(programmes)
	var purposes []ledger.Purpose
	for _, kind := range kinds {
		purposes = append(purposes, ledger.Purpose(kind))
	}
	return errors.Join(s.notices.Ready(kinds...), s.ledger.Ready(purposes...))
}

func kindsOf(programmes []funding.Programme) []string {
	kinds := make([]string, len(programmes))
	for i, p := range programmes {
		kinds[i] = p.Workflow().Kind
	}
	return kinds
}

// sampled are the kinds of case that on-site checks are drawn from.
func sampled(programmes []funding.Programme) (kinds []sampling.Kind) {
	for _, p := range programmes {
		kinds = append(kinds, sampling.Kind{Key: p.Workflow().Kind, Name: p.Workflow().Name})
	}
	return kinds
}

func (a *App) wireFiles() error {
	at, err := url.Parse(a.cfg.FilesURL)
	if err != nil || at.Scheme != "file" {
		return fmt.Errorf("PORTAL_FILES_URL: only file:///DIR is supported")
	}
	store, err := filestore.OpenDirectory(at.Path)
	if err != nil {
		return fmt.Errorf("PORTAL_FILES_URL: %w", err)
	}
	scanner, err := attachment.NewScanner(a.cfg.Clamd)
	if err != nil {
		return fmt.Errorf("PORTAL_CLAMD: %w", err)
	}
	a.services.attachments = attachment.New(a.db, store, scanner, a.jobs, a.log)
	return nil
}

// registerJobs lists everything that recurs. Each is one idempotent call.
func (a *App) registerJobs(reg *jobs.Registry) {
	s := a.services
	s.attachments.RegisterJobs(reg)
	jobs.Every(reg, "lapse", time.Minute, s.applications.Lapse)
	jobs.Every(reg, "notices", time.Minute, s.notices.Settle)
	jobs.Every(reg, "liaison", time.Hour, s.liaison.Remind)
	jobs.Every(reg, "governance", time.Hour, s.governance.Remind)
	jobs.Every(reg, "liaison-files", time.Hour, s.liaison.SweepFiles)
	jobs.Every(reg, "mobiles", 24*time.Hour, s.organizations.IndexMobiles)
	jobs.Every(reg, "volunteers", 24*time.Hour, s.events.Forget)
	jobs.Every(reg, "seal", time.Minute, func(ctx context.Context) error { _, err := audit.Seal(ctx, a.db, a.keys); return err })
	jobs.Every(reg, "mail", 30*time.Second, s.mailer.Send)
	jobs.Every(reg, "form-tokens", 24*time.Hour, func(ctx context.Context) error { _, err := once.Sweep(ctx, a.db); return err })
	jobs.Every(reg, "imports", 24*time.Hour, s.imports.Sweep)
	jobs.Every(reg, "sessions", time.Hour, account.NewSessions(a.db).Purge)
}

// paramDays resolves a deadline for casework, which knows no policy.
func paramDays(ctx context.Context, q postgres.Querier, edition uuid.UUID, param string) (int, error) {
	e, err := policy.EditionByID(ctx, q, edition)
	if err != nil {
		return 0, err
	}
	return e.Params.Int(policy.Key(param)), nil
}

// ensurePerson connects account with its sibling person.
func (a *App) ensurePerson(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
	in := person.Person{Name: p.Name, Mobile: p.Mobile}
	if p.ResidentID != "" {
		in.IDType, in.IDNumber = person.ResidentID, p.ResidentID
	}
	return person.Ensure(ctx, tx, a.keys, now, in)
}
