package demo

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/application"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/event"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/governance"
	"civilaffairs/internal/importing"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/liaison"
	"civilaffairs/internal/notice"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/registry"
	"civilaffairs/internal/roster"
	"civilaffairs/internal/sampling"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"

	"github.com/google/uuid"
)

// ground is the services of a demo portal on an empty database, at ten in the
// morning of a day.
func ground(t *testing.T, today civil.Date) (Deps, *dbtest.DB) {
	t.Helper()
	db := dbtest.New(t)
	db.SetNow(t, today.Start().Add(10*time.Hour))
	path := filepath.Join(t.TempDir(), "secret")
	if err := secret.Generate(path); err != nil {
		t.Fatal(err)
	}
	keys, err := secret.Load(path)
	if err != nil {
		t.Fatal(err)
	}
	store, err := filestore.OpenDirectory(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	accounts := account.New(account.Config{DB: db.App, Keys: keys, Demo: true, CheapHashes: true,
		EnsurePerson: func(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
			in := person.Person{Name: p.Name, Mobile: p.Mobile}
			if p.ResidentID != "" {
				in.IDType, in.IDNumber = person.ResidentID, p.ResidentID
			}
			return person.Ensure(ctx, tx, keys, now, in)
		}})
	files := attachment.New(db.App, store, nil, nil, slog.New(slog.DiscardHandler))
	programmes := catalog.Programmes()
	definitions := registry.Definitions()
	for _, p := range programmes {
		definitions = append(definitions, p.Workflow())
	}
	cases, err := casework.New(paramDays, definitions...)
	if err != nil {
		t.Fatal(err)
	}
	d := Deps{DB: db.App, Owner: db.Owner, Keys: keys, Accounts: accounts, Organizations: organization.New(db.App, keys), Roster: roster.New(db.App, keys),
		Standing: standing.New(db.App), Attachments: files, Bases: incubator.New(db.App), Liaison: liaison.New(db.App, files), Ledger: ledger.New(db.App),
		Notices: notice.New(notice.Deps{DB: db.App, Keys: keys, Attachments: files})}
	d.Governance = governance.New(governance.Deps{DB: db.App, Organizations: d.Organizations, Attachments: files, Reauthenticate: accounts.Reauthenticate})
	var sampled []sampling.Kind
	for _, p := range programmes {
		sampled = append(sampled, sampling.Kind{Key: p.Workflow().Kind, Name: p.Workflow().Name})
	}
	d.Sampling = sampling.New(db.App, sampled...)
	d.Events = event.New(event.Deps{DB: db.App, Keys: keys, Organizations: d.Organizations, Attachments: files})
	d.Activities = activity.New(db.App, d.Events)
	d.Applications = application.New(application.Deps{DB: db.App, Keys: keys, Cases: cases, Accounts: accounts, Attachments: files})
	d.Registry = registry.New(registry.Deps{DB: db.App, Keys: keys, Cases: cases, Applications: d.Applications, Accounts: accounts, Organizations: d.Organizations, Demo: true})
	d.Funding = funding.New(funding.Deps{DB: db.App, Applications: d.Applications, Cases: cases, Attachments: files, Ledger: d.Ledger, Programmes: programmes})
	d.Funding.React(d.Notices, d.Ledger)
	d.Organizations.OnOpened(d.Ledger.FollowImports)
	d.Import = importing.New(importing.Deps{DB: db.App, Keys: keys, Organizations: d.Organizations, Roster: d.Roster, Standing: d.Standing, Ledger: d.Ledger}).Bring
	return d, db
}

func paramDays(ctx context.Context, q postgres.Querier, edition uuid.UUID, param string) (int, error) {
	e, err := policy.EditionByID(ctx, q, edition)
	if err != nil {
		return 0, err
	}
	return e.Params.Int(policy.Key(param)), nil
}

// field is a planted demo under test.
type field struct {
	Deps
	db      *dbtest.DB
	today   civil.Date
	numbers []string // the invented document and account numbers
}

// planted does what Plant does and keeps what it drew.
func planted(t *testing.T, today civil.Date) field {
	t.Helper()
	d, db := ground(t, today)
	p, err := newPlanter(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.plant(t.Context()); err != nil {
		t.Fatalf("plant on %s: %v", today, err)
	}
	return field{d, db, today, p.draw.numbers}
}

// strings reads one column.
func (f field) strings(t *testing.T, sql string, args ...any) []string {
	t.Helper()
	rows, err := f.db.Owner.Query(t.Context(), sql, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var list []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		list = append(list, s)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}
