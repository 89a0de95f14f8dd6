package receipt

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/dbtest"
)

// Check judges with our key, the database with its own: they agree.
func TestKeyIsThatOfTheDatabase(t *testing.T) {
	t.Parallel()
	db, r := dbtest.New(t), rand.New(rand.NewPCG(1, 2))
	sellers := []string{"文具店", "文具 店", "ＡＢＣ　Store", "坪山/分店", "㈱商店", "𠮷坣壆", "Ａ/１", "abc store"}
	var entries []Entry
	for range 400 {
		entries = append(entries, Entry{Kind: Kinds[r.IntN(len(Kinds))], Code: fmt.Sprintf("%0*d", r.IntN(13), r.IntN(3)),
			Number: fmt.Sprintf("%0*d", 1+r.IntN(20), r.IntN(30)), Seller: sellers[r.IntN(len(sellers))]}.Normal())
	}
	keys, err := keysOf(t.Context(), db.App.Pool(), entries)
	if err != nil || len(keys) != len(entries) {
		t.Fatalf("%d keys: %v", len(keys), err)
	}
	for i, e := range entries {
		if e.key() != keys[i] {
			t.Errorf("%+v: %q, the database says %q", e, e.key(), keys[i])
		}
	}
}

// One paper is one key however it is typed, and two papers are two.
func TestKey(t *testing.T) {
	t.Parallel()
	a := Entry{Kind: VATOrdinary, Code: "044031900111", Number: "12345678", Seller: "甲商店"}
	pad := Entry{Kind: OtherReceipt, Number: "0012", Seller: "甲商店"}
	with := func(e Entry, change func(*Entry)) Entry { change(&e); return e.Normal() }
	for name, c := range map[string]struct {
		a, b Entry
		same bool
	}{
		"width":                   {a, with(a, func(e *Entry) { e.Number = "１２３４ ５６７８" }), true},
		"another seller's name":   {a, with(a, func(e *Entry) { e.Seller = "乙商店" }), true},
		"another tax kind":        {a, with(a, func(e *Entry) { e.Kind = MachinePrinted }), true},
		"another code":            {a, with(a, func(e *Entry) { e.Code = "044031900112" }), false},
		"another number":          {a, with(a, func(e *Entry) { e.Number = "12345679" }), false},
		"a fiscal one":            {a, with(a, func(e *Entry) { e.Kind = Fiscal }), false},
		"without leading noughts": {pad, with(pad, func(e *Entry) { e.Number = "№12" }), true},
		"another shop's pad":      {pad, with(pad, func(e *Entry) { e.Seller = "乙商店" }), false},
		"noughts at the end":      {pad, with(pad, func(e *Entry) { e.Number = "00120" }), false},
	} {
		if (c.a.key() == c.b.key()) != c.same {
			t.Errorf("%s: %q and %q", name, c.a.key(), c.b.key())
		}
	}
}
