package app

import (
	"context"

	"civilaffairs/internal/account"
	"civilaffairs/internal/demo"
	"civilaffairs/internal/errs"
	"civilaffairs/web/accountpages"

	"github.com/jackc/pgx/v5/pgxpool"
)

// guardDemo keeps invented and real data apart. In demo mode an empty database
// is planted, a planted one is left as it is and one with real data is refused;
// outside demo mode a database with invented data is refused.
func (a *App) guardDemo(ctx context.Context) error {
	if !a.cfg.Demo {
		return demo.Refuse(ctx, a.db)
	}
	if ready, err := demo.Ready(ctx, a.db); err != nil || ready {
		return err
	}
	if a.ownerURL == "" {
		return errs.New(errs.Conflict, "planting the demo data moves the stored clock: set PORTAL_MIGRATE_URL to the owner's URL of this database")
	}
	owner, err := pgxpool.New(ctx, a.ownerURL)
	if err != nil {
		return err
	}
	defer owner.Close()
	s := a.services
	a.log.Info("planting demo data, once; this takes some seconds")
	// Half a demo is of no use: Ctrl-C takes effect when it is whole.
	return demo.Plant(context.WithoutCancel(ctx), demo.Deps{
		DB: a.db, Owner: owner, Keys: a.keys, Accounts: s.accounts, Organizations: s.organizations, Roster: s.roster, Standing: s.standing,
		Attachments: s.attachments, Applications: s.applications, Registry: s.registry, Funding: s.funding, Ledger: s.ledger, Notices: s.notices, Bases: s.bases,
		Liaison: s.liaison, Import: s.imports.Bring, Governance: s.governance, Events: s.events, Activities: s.activities, Sampling: s.sampling,
	})
}

// demoAccounts lists the accounts that the sign-in page of a demo shows; nil
// outside demo mode.
func (a *App) demoAccounts() []accountpages.DemoAccount {
	if !a.cfg.Demo {
		return nil
	}
	var list []accountpages.DemoAccount
	for _, d := range demo.Accounts() {
		list = append(list, accountpages.DemoAccount{Username: d.Username, Who: d.Who})
	}
	return list
}

// DemoPassword is the one password of every demo account.
const DemoPassword = account.DemoPassword

// DemoAccounts lists the accounts of the demo and what each of them shows.
func DemoAccounts() []demo.Account { return demo.Accounts() }
