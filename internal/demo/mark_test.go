package demo

import (
	"context"
	"strings"
	"testing"

	"civilaffairs/internal/account"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
)

func TestRealDataIsRefused(t *testing.T) {
	t.Parallel()
	d, db := ground(t, monday)
	if err := Refuse(t.Context(), d.DB); err != nil {
		t.Errorf("an empty database is nobody's: %v", err)
	}
	in := account.NewAccount{Username: "zhang.wei", Name: "张伟", Role: authz.AdminSystem}
	if _, err := d.Accounts.CreateUser(t.Context(), authz.SystemActor, in, "Real-2026-Person"); err != nil {
		t.Fatal(err)
	}
	refused(t, Plant(t.Context(), d), "real data")
	if err := Refuse(t.Context(), d.DB); err != nil {
		t.Errorf("real data serve outside demo mode: %v", err)
	}
	var n int
	if err := db.Owner.QueryRow(t.Context(), `select (select count(*) from organization) + (select count(*) from demo_mark)`).Scan(&n); err != nil || n != 0 {
		t.Errorf("%d rows planted beside real data, %v", n, err)
	}
}

// A planting that ends halfway is never taken for a demo, nor for real data, and
// leaves the clock as it was.
func TestAnInterruptedPlantingIsRefused(t *testing.T) {
	t.Parallel()
	d, _ := ground(t, monday)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := newPlanter(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	p.on(p.workdayBack(30), 9, "the power goes", func(context.Context) error { cancel(); return ctx.Err() })
	if err := p.play(ctx); err == nil {
		t.Fatal("played on after the end")
	}
	refused(t, Plant(t.Context(), d), "interrupted")
	refused(t, Refuse(t.Context(), d.DB), "demo data")
}

func refused(t *testing.T, err error, word string) {
	t.Helper()
	if !errs.Is(err, errs.Conflict) || !strings.Contains(errs.Message(err), word) || strings.Contains(errs.Message(err), "\n") {
		t.Errorf("got %v, want one line about %s", err, word)
	}
}

// The portal's own role cannot take the mark away.
func TestTheMarkStays(t *testing.T) {
	t.Parallel()
	d, db := ground(t, monday)
	if _, err := newPlanter(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	for _, sql := range []string{`delete from demo_mark`, `update demo_mark set seed = 1`, `truncate demo_mark cascade`} {
		if _, err := db.App.Pool().Exec(t.Context(), sql); err == nil {
			t.Errorf("portal_app may %s", sql)
		}
	}
}
