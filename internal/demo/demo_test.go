package demo

import (
	"context"
	"encoding/hex"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/attachment"
	"civilaffairs/internal/attachment/filestore"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/catalog"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/incubator"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/person"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"
	"civilaffairs/internal/standing"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// ground is a portal's services on a database of its own, without pages.
func ground(t *testing.T) (Deps, *dbtest.DB) {
	t.Helper()
	db := dbtest.New(t)
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
	accounts := account.New(account.Config{DB: db.App, Keys: keys, Demo: true,
		EnsurePerson: func(ctx context.Context, tx postgres.Tx, now time.Time, p account.Person) (uuid.UUID, error) {
			in := person.Person{Name: p.Name, Mobile: p.Mobile}
			if p.ResidentID != "" {
				in.IDType, in.IDNumber = person.ResidentID, p.ResidentID
			}
			return person.Ensure(ctx, tx, keys, now, in)
		}})
	files := attachment.New(db.App, store, nil, nil, slog.New(slog.DiscardHandler))
	programmes := catalog.Programmes()
	var definitions []*workflow.Definition
	for _, p := range programmes {
		definitions = append(definitions, p.Workflow())
	}
	cases, err := casework.New(func(ctx context.Context, q postgres.Querier, edition uuid.UUID, param string) (int, error) {
		e, err := policy.EditionByID(ctx, q, edition)
		if err != nil {
			return 0, err
		}
		return e.Params.Int(policy.Key(param)), nil
	}, definitions...)
	if err != nil {
		t.Fatal(err)
	}
	return Deps{DB: db.App, Owner: db.Owner, Keys: keys, Accounts: accounts, Organizations: organization.New(db.App, keys),
		Standing: standing.New(db.App), Attachments: files, Bases: incubator.New(db.App),
		Funding: funding.New(funding.Deps{DB: db.App, Cases: cases, Accounts: accounts, Attachments: files, Programmes: programmes})}, db
}

func planted(t *testing.T, on civil.Date) (Deps, *dbtest.DB) {
	t.Helper()
	d, db := ground(t)
	// The planting sets the offset to nought at its end, so a test cannot choose
	// another today than the real one by the offset alone.
	_ = on
	start := time.Now()
	if err := Plant(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	t.Logf("planted in %s", time.Since(start).Round(time.Millisecond))
	return d, db
}

func TestEverythingIsThere(t *testing.T) {
	t.Parallel()
	_, db := planted(t, civil.Date{})
	_ = db
}

var (
	_ = hex.EncodeToString
	_ = fmt.Sprint
	_ = slices.Contains[[]int, int]
	_ = strings.Contains
	_ = audit.Seal
	_ = authz.System
	_ = errs.New
	_ = startup.Kind
)
