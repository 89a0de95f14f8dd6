package receipt_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/receipt"

	"github.com/jackc/pgx/v5/pgconn"
)

func sqlState(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

// random makes an entry of a few papers, now and then with other data on it.
func random(r *rand.Rand) receipt.Entry {
	e := sound()
	switch n := r.IntN(5); n {
	case 0, 1, 2:
		e.Number = fmt.Sprintf("1234567%d", n)
	case 3:
		of(receipt.VATDigital, "", twenty)(&e)
	case 4:
		of(receipt.OtherReceipt, "", fmt.Sprintf("%0*d", 1+r.IntN(3), 1))(&e)
	}
	e.Amount = money.Fen(1 + r.IntN(60_000))
	e.Category = receipt.Categories[r.IntN(3)]
	switch r.IntN(12) {
	case 0:
		e.Seller = "别的店"
	case 1:
		e.Total = 2000 * money.Yuan
	case 2:
		e.Seller = " 深圳市坪山区文具店 "
	}
	return e
}

// model is what each case should have: its last list that was taken.
type model map[int][]receipt.Entry

func (m model) sum(n int) (total money.Fen) {
	for _, e := range m[n] {
		total += e.Amount
	}
	return total
}

// step makes one random act and notes what came of it. It reports whether the act
// was refused.
func (b *bench) step(t *testing.T, r *rand.Rand, m model) (refused bool) {
	t.Helper()
	n := r.IntN(len(b.cases))
	if r.IntN(6) == 0 {
		if err := b.release(n); err != nil {
			t.Fatal(err)
		}
		m[n] = nil
		return false
	}
	list := make([]receipt.Entry, r.IntN(4))
	for i := range list {
		list[i] = random(r)
	}
	err := b.replace(n, list...)
	if err == nil {
		m[n] = list
		return false
	}
	if !errs.Is(err, errs.Invalid) || len(errs.FieldsOf(err)) == 0 {
		t.Fatalf("a refusal without a place: %v", err)
	}
	return true
}

// overdrawn counts papers on which more rests than they are worth, adrift those
// whose kept sum is not that of their rows.
const (
	overdrawn = `select count(*) from receipt r where amount_fen < ` + resting
	adrift    = `select count(*) from receipt r where allocated_fen <> ` + resting
	resting   = `(select coalesce(sum(amount_fen), 0) from receipt_allocation a where a.receipt_id = r.id and live)`
)

// Whatever is entered, corrected, refused and released in whatever order: nothing
// rests on a paper beyond its amount, and each case has its last list.
func TestHistories(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(seed, 20261123))
			b, m, no := newBench(t, 4), model{}, 0
			for step := range 120 {
				if b.step(t, r, m) {
					no++
				}
				if over, off := b.count(t, overdrawn), b.count(t, adrift); over != 0 || off != 0 {
					t.Fatalf("step %d: %d papers are overdrawn, %d adrift", step, over, off)
				}
				if step%8 == 0 {
					b.compare(t, m)
				}
			}
			b.compare(t, m)
			if no < 10 || no > 110 {
				t.Errorf("%d of 120 acts were refused: the histories prove little", no)
			}
		})
	}
}

func (b *bench) compare(t *testing.T, m model) {
	t.Helper()
	for n := range b.cases {
		list := b.list(t, n)
		if len(list) != len(m[n]) || list.Total() != m.sum(n) || list.By(receipt.Hardware)+list.By(receipt.Service)+list.By(receipt.Capacity) != list.Total() {
			t.Fatalf("case %d has %d rows of %s yuan, want %d of %s", n, len(list), list.Total(), len(m[n]), m.sum(n))
		}
		for i, e := range m[n] {
			if got := list[i]; got.Amount != e.Amount || got.Kind != e.Kind || got.Code != e.Code || got.Category != e.Category || got.Total != e.Total || got.IssuedOn != e.IssuedOn {
				t.Fatalf("case %d row %d is %+v, want %+v", n, i, got.Entry, e)
			}
		}
	}
}

// Without the trigger the same histories overdraw papers.
func TestHistoriesControl(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 20261123))
	b, m := newBench(t, 4), model{}
	b.plant(t, `drop trigger receipt_allocated on receipt_allocation`)
	b.plant(t, `drop trigger receipt_released on receipt_allocation`)
	for range 120 {
		b.step(t, r, m)
		if b.count(t, overdrawn) > 0 {
			return
		}
	}
	t.Error("nothing was overdrawn without the trigger: the test of histories proves nothing")
}
