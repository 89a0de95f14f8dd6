package activity

import (
	"civilaffairs/internal/money"
)

// Sums are what the amount of one claim is computed from.
type Sums struct {
	Cost    money.Fen // eligible, by receipts
	Other   money.Fen // paid by others
	Claimed money.Fen
	Star    int       // 0: none
	Held    int       // activities of the year on file
	Granted money.Fen // for events of the year, other claims
	Free    money.Fen // left in the pool
}

// Bound is one of the numbers of which the smallest is given.
type Bound struct {
	Key    string
	Amount money.Fen
}

// The bounds of an amount.
const (
	ByRate    = "rate"
	ByEvent   = "event"
	ByYear    = "year"
	ByCost    = "cost"
	ByClaim   = "claim"
	ByBudget  = "budget"
	hundred   = 100
	hundredSq = hundred * hundred
)

// Bounds returns the numbers in the order of the explanation (domain §4): rate ×
// cost × (1 + bonus), the cap of the event, what is left of the year's cap, the cost
// that nobody else pays, what was asked for, what the pool still has.
func Bounds(s Sums, p Params) []Bound {
	share := s.Cost * money.Fen(p.Rate(s.Held)) * money.Fen(hundred+p.Bonus(s.Star)) / hundredSq
	bounds := []Bound{
		{ByRate, share}, {ByEvent, p.CapEvent}, {ByYear, p.CapYear - s.Granted}, {ByCost, s.Cost - s.Other}, {ByClaim, s.Claimed}, {ByBudget, s.Free},
	}
	for i := range bounds {
		bounds[i].Amount = max(bounds[i].Amount, 0)
	}
	return bounds
}

// Amount is the smallest bound in whole yuan, with the bound that decides.
func Amount(s Sums, p Params) (money.Fen, Bound) {
	bounds := Bounds(s, p)
	least := bounds[0]
	for _, b := range bounds[1:] {
		if b.Amount < least.Amount {
			least = b
		}
	}
	return least.Amount.FloorYuan(), least
}
