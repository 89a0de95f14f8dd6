// Package demo plants an invented history: accounts for every role, some forty
// organizations in all communities, and start-up applications in every state.
// Level 6, above all features; owns demo_mark and demo_complete.
//
// Dates are relative to the day of the planting, names and figures come from a
// seed. Everything goes through the services under the rules in force, with the
// stored clock moved back and stepped forward, so that numbers, timelines,
// letters, messages and the audit trail are as real ones. Document and account
// numbers are of kinds that nobody is ever given.
//
// Who shows what is told by Accounts; organizations.go and stories.go hold the
// script.
package demo

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/sampling"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Seed gives names and figures of the standard demo.
const Seed = 20170928

// Deps is what the planting goes through. Owner is the pool of the owner role:
// it alone may move the stored clock.
type Deps struct {
	DB            *postgres.DB
	Owner         *pgxpool.Pool
	Keys          *secret.Keys
	Accounts      *account.Service
	Organizations *organization.Service
	Roster        *roster.Service
	Standing      *standing.Service
	Attachments   *attachment.Service
	Applications  *application.Service
	Registry      *registry.Service
	Funding       *funding.Service
	Ledger        *ledger.Service
	Notices       *notice.Service
	Bases         *incubator.Service
	Liaison       *liaison.Service
	Governance    *governance.Service
	Events        *event.Service
	Activities    *activity.Service
	Sampling      *sampling.Service
	// Import reads a spreadsheet in and confirms it or leaves it waiting.
	Import func(ctx context.Context, actor authz.Actor, kind, filename string, content []byte, confirm bool) error
}

// State is what a database holds.
type State int

// The states of a database. Broken is a planting that did not come to its end.
const (
	Empty State = iota
	Real
	Planted
	Broken
)

// StateOf reports what the database holds. Any account or organization without
// the mark is real.
func StateOf(ctx context.Context, db *postgres.DB) (s State, err error) {
	err = db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		var marked, complete, inhabited bool
		err := q.QueryRow(ctx, `select exists (select from demo_mark), exists (select from demo_complete),
			exists (select from account) or exists (select from organization)`).Scan(&marked, &complete, &inhabited)
		switch {
		case complete:
			s = Planted
		case marked:
			s = Broken
		case inhabited:
			s = Real
		}
		return err
	})
	return s, err
}

// Refuse returns errs.Conflict when the database holds invented data: outside
// demo mode nobody may take it for real.
func Refuse(ctx context.Context, db *postgres.DB) error {
	s, err := StateOf(ctx, db)
	if err == nil && (s == Planted || s == Broken) {
		err = errs.New(errs.Conflict, "this database holds demo data: start with --demo, or choose another database or data directory")
	}
	return err
}

// Ready reports whether the demo is there already. errs.Conflict when the
// database holds real data, or half a demo.
func Ready(ctx context.Context, db *postgres.DB) (bool, error) {
	s, err := StateOf(ctx, db)
	switch {
	case err != nil:
		return false, err
	case s == Real:
		return false, errs.New(errs.Conflict, "this database holds real data: --demo needs an empty database, or one that holds a demo")
	case s == Broken:
		return false, errs.New(errs.Conflict, "planting the demo data was interrupted: delete this database (without PORTAL_DATABASE_URL: the data directory) and start again")
	}
	return s == Planted, nil
}

// lockDemo is the advisory lock under which one process plants.
const lockDemo = 20170928

// Plant fills an empty database; on one that holds the demo it does nothing.
// Two processes that start together plant once. Errors as of Ready.
func Plant(ctx context.Context, d Deps) error {
	conn, err := d.Owner.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, lockDemo); err != nil {
		return err
	}
	defer func() { _, _ = conn.Exec(context.WithoutCancel(ctx), `select pg_advisory_unlock($1)`, lockDemo) }()
	if ready, err := Ready(ctx, d.DB); err != nil || ready {
		return err
	}
	p, err := newPlanter(ctx, d)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	if err := p.plant(ctx); err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	return nil
}
