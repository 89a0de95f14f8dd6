package receipt_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/receipt"

	"github.com/google/uuid"
)

// bench is a database with cases of several organizations.
type bench struct {
	db    *dbtest.DB
	head  authz.Actor
	cases []uuid.UUID // the case n is FH-2026-000(n+1) of the organization n
}

func newBench(t *testing.T, cases int) *bench {
	t.Helper()
	b := &bench{db: dbtest.New(t), head: authz.Actor{AccountID: uuid.New(), PersonID: uuid.New(), Name: "陈小明", Role: authz.OrgHead}}
	b.db.SetNow(t, today.Start().Add(10*time.Hour))
	person := uuid.New()
	b.plant(t, `insert into person (id, name, created_at, updated_at) values ($1, '陈小明', now(), now())`, person)
	for i := range cases {
		org, id := uuid.New(), uuid.New()
		b.plant(t, `
			insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
				head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at)
			values ($1, $3, 'association', 'filed', 'welfare', $4, '2024-01-10', '坪山街道', 'new', '2024-01-10',
				$2, '陈小明', '440310001001', '440310001', now(), now())`,
			org, person, orgName(i), fmt.Sprintf("坪社备〔2026〕第%04d号", i+1))
		b.plant(t, `
			insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, state, class, waits_role, edition_id,
				created_by, created_at, submitted_at, entered_at)
			values ($1, 'startup', $3, 2026, $4, '孵化关爱资助', $2, 'reporting', 'granted', 'org_head', $1, $1, now(), now(), now())`,
			id, org, caseNo(i), i+1)
		b.cases = append(b.cases, id)
	}
	return b
}

func orgName(i int) string { return fmt.Sprintf("六联社区第%d互助会", i+1) }
func caseNo(i int) string  { return fmt.Sprintf("FH-2026-%04d", i+1) }

func (b *bench) plant(t *testing.T, sql string, args ...any) {
	t.Helper()
	if _, err := b.db.Owner.Exec(t.Context(), sql, args...); err != nil {
		t.Fatal(err)
	}
}

// replace makes entries the list of case n.
func (b *bench) replace(n int, entries ...receipt.Entry) error {
	return b.db.App.InTx(context.Background(), func(tx postgres.Tx, now time.Time) error {
		return receipt.Replace(context.Background(), tx, now, b.head, b.cases[n], entries, names)
	})
}

func (b *bench) must(t *testing.T, n int, entries ...receipt.Entry) {
	t.Helper()
	if err := b.replace(n, entries...); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) release(n int) error {
	return b.db.App.InTx(context.Background(), func(tx postgres.Tx, now time.Time) error {
		return receipt.Release(context.Background(), tx, now, b.head, b.cases[n])
	})
}

func (b *bench) list(t *testing.T, n int) (list receipt.Allocations) {
	t.Helper()
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) (err error) {
		list, err = receipt.OfCase(t.Context(), q, b.cases[n])
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

func (b *bench) conflicts(t *testing.T, n int) (list []receipt.Conflict) {
	t.Helper()
	list, _ = b.seen(t, n)
	return list
}

// seen is what a reviewer sees of case n and others.
func (b *bench) seen(t *testing.T, n int) (conflicts []receipt.Conflict, refusals []receipt.Refusal) {
	t.Helper()
	err := b.db.App.Read(t.Context(), func(q postgres.Querier, _ time.Time) error {
		var batch postgres.Batch
		of, against := receipt.GatherConflicts(&batch, b.cases[n]), receipt.GatherRefusals(&batch, b.cases[n])
		err := batch.Run(t.Context(), q)
		conflicts, refusals = of(), against()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return conflicts, refusals
}

// count reads one number behind the package.
func (b *bench) count(t *testing.T, sql string, args ...any) (n int64) {
	t.Helper()
	if err := b.db.Owner.QueryRow(t.Context(), sql, args...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// together runs n calls at once and returns their errors.
func together(n int, fn func(i int) error) []error {
	failed := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { failed[i] = fn(i) })
	}
	wg.Wait()
	return failed
}
