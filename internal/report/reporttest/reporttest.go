// Package reporttest plants awards and moves their money, so that tests of public
// pages need no whole journey. Test infrastructure; no tables of its own.
//
// Everything goes through the triggers of the ledger and of the list, as the
// owner of the database: what cannot happen cannot be planted either.
package reporttest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Today is the day on which a Ground stands, unless the test moves on.
var Today = civil.Of(2026, 11, 23)

// Ground is a database with organizations and budgets, ready for awards.
type Ground struct {
	DB      *dbtest.DB
	edition uuid.UUID
	serial  int
	maker   uuid.UUID
	checker uuid.UUID
}

// Award is a planted grant. Zero fields are filled in.
type Award struct {
	CaseID, Organization, Commitment, Payee uuid.UUID
	No, Name, Title, Purpose                string
	Year                                    int
	Programme                               organization.Programme
	Category                                organization.Category
	Subdistrict, Community                  string
	Requested, Amount                       money.Fen
	On                                      civil.Date // granted
}

// New sets the clock to ten in the morning of Today and plants budgets of ten
// million yuan for every programme of this year and the two before.
func New(t testing.TB) *Ground {
	t.Helper()
	g := &Ground{DB: dbtest.New(t), maker: uuid.New(), checker: uuid.New()}
	g.DB.SetNow(t, Today.Start().Add(10*time.Hour))
	g.scan(t, &g.edition, `select id from policy_edition where status = 'approved' order by effective_from desc limit 1`)
	for year := Today.Year - 2; year <= Today.Year; year++ {
		for _, p := range []organization.Programme{organization.Startup, organization.ActivityGrant, organization.Venture, organization.Talent} {
			g.budget(t, year, p, 10_000_000*money.Yuan)
		}
	}
	return g
}

func (g *Ground) budget(t testing.TB, year int, p organization.Programme, amount money.Fen) {
	at := civil.Of(year, time.January, 5).Start()
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		pool, item := uuid.New(), uuid.New()
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`insert into ledger_pool (id, year, purpose, created_at) values ($1, $2, $3, $4)`, []any{pool, year, p, at}},
			{`insert into ledger_budget_item (id, kind, pool_id, amount_fen, document_no, reason, made_at, made_by, made_person, maker_name)
				values ($1, 'budget', $2, $3, '坪财〔1〕号', '年初预算', $4, $5, $5, '甲')`, []any{item, pool, amount, at, g.maker}},
			{`update ledger_budget_item set state = 'checked', checked_at = made_at, checked_by = $2, checked_person = $2, checker_name = '乙' where id = $1`,
				[]any{item, g.checker}},
		} {
			if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sign plants an award that is signed and stands in public notice.
func (g *Ground) Sign(t testing.TB, a Award) Award {
	t.Helper()
	a = g.complete(a)
	at := a.On.Start().Add(9*time.Hour).AddDate(0, 0, -10)
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error { return g.plant(ctx, tx, a, at) })
	return a
}

// Grant plants an award that is public.
func (g *Ground) Grant(t testing.TB, a Award) Award {
	t.Helper()
	a = g.Sign(t, a)
	g.Settle(t, a)
	return a
}

// Settle makes a signed award public.
func (g *Ground) Settle(t testing.TB, a Award) {
	t.Helper()
	at := a.On.Start().Add(9 * time.Hour)
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		if err := g.move(ctx, tx, a, at, "settle", "granted", "granted"); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `update award set granted_at = $2, granted_on = $3 where case_id = $1`, a.CaseID, at, a.On); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `update ledger_gate set opened_at = $2, opened_by = $3, opened_person = $3, opener_name = '公示' where commitment_id = $1`,
			a.Commitment, at, g.checker)
		return err
	})
}

// complete fills in what the test does not care about.
func (g *Ground) complete(a Award) Award {
	g.serial++
	a.CaseID, a.Organization, a.Commitment, a.Payee = uuid.New(), uuid.New(), uuid.New(), uuid.New()
	def := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	if a.Year == 0 {
		a.Year = Today.Year
	}
	if a.Programme == "" {
		a.Programme = organization.Startup
	}
	if a.Category == "" {
		a.Category = organization.Welfare
	}
	if a.Amount == 0 {
		a.Amount = 5000 * money.Yuan
	}
	if a.Requested == 0 {
		a.Requested = a.Amount
	}
	if a.On.IsZero() {
		a.On = civil.Of(a.Year, time.March, 1).AddDays(g.serial % 200)
	}
	def(&a.Community, "440310002001")
	def(&a.Subdistrict, a.Community[:9])
	def(&a.Name, fmt.Sprintf("坪环社区第%d互助社", g.serial))
	def(&a.Title, "启动扶持")
	def(&a.Purpose, "购置桌椅，举办邻里活动")
	prefix := map[organization.Programme]string{organization.Startup: "FH", organization.ActivityGrant: "CZ", organization.Venture: "WC", organization.Talent: "RC"}
	def(&a.No, fmt.Sprintf("%s-%d-%04d", prefix[a.Programme], a.Year, g.serial))
	return a
}
