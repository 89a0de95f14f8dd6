package reporttest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/ledger"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Clerk brings opening history in.
var Clerk = authz.Actor{AccountID: uuid.MustParse("00000000-0000-7000-8000-0000000000c1"), PersonID: uuid.MustParse("00000000-0000-7000-8000-0000000000c2"),
	Name: "王经办", Role: authz.BureauClerk, IP: "192.0.2.1"}

// Organizations plants n organizations that were founded on a day, with the
// facts from then on; two neighbours have one head.
func (g *Ground) Organizations(t testing.TB, n int, founded civil.Date) []uuid.UUID {
	t.Helper()
	ids := make([]uuid.UUID, n)
	communities := []string{"440310001001", "440310002001", "440310002004", "440310003003", "440310006004"}
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		var b pgx.Batch
		var head uuid.UUID
		for i := range ids {
			g.serial++
			ids[i] = uuid.Must(uuid.NewV7())
			community := communities[i/2%len(communities)]
			if i%2 == 0 {
				head = uuid.Must(uuid.NewV7())
				b.Queue(`insert into person (id, name, created_at, updated_at) values ($1, '陈小明', portal_now(), portal_now())`, head)
			}
			name := fmt.Sprintf("坪山第%d邻里会", g.serial)
			category := organization.Categories[i%len(organization.Categories)]
			b.Queue(`insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
				head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at)
				values ($1, $2, 'association', 'filed', $3, $4, $5, '街道办事处', 'new', $5, $6, '陈小明', $7, $8, portal_now(), portal_now())`,
				ids[i], name, category, fmt.Sprintf("坪社备〔2018〕第%04d号", g.serial), founded, head, community, community[:9])
			b.Queue(`insert into organization_fact (org_id, field, value, effective_on, recorded_at, recorded_by)
				select $1, f, v, $2, portal_now(), $1 from unnest(array['name', 'org_type', 'status_basis', 'category', 'established_on', 'registrar', 'origin', 'status',
					'head_person_id', 'head_name', 'community_code', 'subdistrict_code'],
					array[$3, 'association', 'filed', $4, $2::date::text, '街道办事处', 'new', 'active', $5::uuid::text, '陈小明', $6, $7]) u (f, v)`,
				ids[i], founded, name, string(category), head, community, community[:9])
		}
		return tx.SendBatch(ctx, &b).Close()
	})
	return ids
}

// Registry is the service of organizations with the ledger behind it.
func (g *Ground) Registry() *organization.Service {
	s := organization.New(g.DB.App, nil)
	s.OnOpened(ledger.New(g.DB.App).FollowImports)
	return s
}

// Open brings grants of before in, with the ledger, as an import does.
func (g *Ground) Open(ctx context.Context, rows []organization.OpeningGrant) (importID uuid.UUID, checks []organization.OpeningCheck, err error) {
	importID = uuid.Must(uuid.NewV7())
	err = g.DB.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		live, err := ledger.Live(ctx, tx)
		if err != nil {
			return err
		}
		checks, err = g.Registry().PlantOpenings(ctx, tx, now, Clerk, importID, live, rows)
		return err
	})
	return importID, checks, err
}

// OpenMoney brings movements of money of opened grants in.
func (g *Ground) OpenMoney(ctx context.Context, rows []organization.OpeningMoney) (importID uuid.UUID, checks []organization.OpeningCheck, err error) {
	importID = uuid.Must(uuid.NewV7())
	err = g.DB.App.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
		checks, err = g.Registry().PlantMoney(ctx, tx, now, Clerk, importID, rows)
		return err
	})
	return importID, checks, err
}

// OpenBudget brings the budget of a year before in.
func (g *Ground) OpenBudget(ctx context.Context, year int, p ledger.Purpose, amount money.Fen) (importID uuid.UUID, err error) {
	importID = uuid.Must(uuid.NewV7())
	err = g.DB.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		_, err := ledger.New(g.DB.App).OpenBudgets(ctx, tx, now, Clerk, importID, []ledger.OpeningBudget{{Year: year, Purpose: p, Amount: amount, DocumentNo: "深坪财〔1〕号"}})
		return err
	})
	return importID, err
}

// Undo takes an import back.
func (g *Ground) Undo(ctx context.Context, importID uuid.UUID) error {
	return g.DB.App.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := g.Registry().Undo(ctx, tx, now, Clerk, importID); err != nil {
			return err
		}
		return ledger.New(g.DB.App).CloseBudgets(ctx, tx, now, Clerk, importID)
	})
}

// Condition is the answer to one condition of start-up support today.
func (g *Ground) Condition(t testing.TB, org uuid.UUID, key string) (line funding.Line) {
	t.Helper()
	err := g.DB.App.Read(t.Context(), func(q postgres.Querier, now time.Time) error {
		on := civil.On(now)
		var rules funding.Rules
		var err error
		if rules.Document, rules.InForce, rules.Edition, err = policy.On(t.Context(), q, on); err != nil {
			return err
		}
		conditions, err := startup.Programme{}.Conditions(t.Context(), q, org, uuid.Nil, on, rules)
		if err != nil {
			return err
		}
		for _, l := range conditions(on) {
			if l.Key == key {
				line = l
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return line
}
