package activity

import (
	"math/rand/v2"
	"testing"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/workday"
)

func day(s string) civil.Date { return civil.MustParse(s) }

func yuan(n int) money.Fen { return money.Fen(n) * money.Yuan }

func params() Params {
	return Params{
		RecordTerms: funding.RecordTerms{Label: "参数", ViolationYears: 3, AnnualReportDue: day("2000-05-31")},
		ClaimDays:   60, ReceiptDays: 30, MaxPerYear: 2, MinParticipants: 15, MinPhotos: 3, PhotoDistance: 3, RatePct: 60, TierFrom: 6, TierLowPct: 40, TierHighPct: 60,
		Star3BonusPct: 20, Star2BonusPct: 10, CapEvent: yuan(3000), CapYear: yuan(10000), From: day("2000-03-07"), To: day("2000-03-28"),
	}
}

// plenty is a claim of 4,000 yuan that no cap touches but that of the share.
func plenty() Sums {
	return Sums{Cost: yuan(4000), Claimed: yuan(4000), Free: yuan(100_000)}
}

func TestAmount(t *testing.T) {
	t.Parallel()
	tiered := func(p *Params) { p.Tiered = true }
	for name, c := range map[string]struct {
		sums  func(*Sums)
		terms func(*Params)
		want  money.Fen
		by    string
	}{
		"60 per cent":                     {nil, nil, yuan(2400), ByRate},
		"one star adds nothing":           {func(s *Sums) { s.Star = 1 }, nil, yuan(2400), ByRate},
		"two stars add a tenth":           {func(s *Sums) { s.Star = 2 }, nil, yuan(2640), ByRate},
		"three stars add a fifth":         {func(s *Sums) { s.Star = 3 }, nil, yuan(2880), ByRate},
		"five activities of the year":     {func(s *Sums) { s.Held = 5 }, tiered, yuan(1600), ByRate},
		"six activities of the year":      {func(s *Sums) { s.Held = 6 }, tiered, yuan(2400), ByRate},
		"the cap of an event to the yuan": {func(s *Sums) { s.Cost, s.Claimed = yuan(5000), yuan(5000) }, nil, yuan(3000), ByRate},
		"one yuan over that cap":          {func(s *Sums) { s.Cost, s.Claimed = yuan(5002), yuan(5002) }, nil, yuan(3000), ByEvent},
		"the rest of the year":            {func(s *Sums) { s.Granted = yuan(9000) }, nil, yuan(1000), ByYear},
		"the year is used up":             {func(s *Sums) { s.Granted = yuan(10000) }, nil, 0, ByYear},
		"more than the year was granted":  {func(s *Sums) { s.Granted = yuan(12000) }, nil, 0, ByYear},
		"others paid half":                {func(s *Sums) { s.Other = yuan(2000) }, nil, yuan(2000), ByCost},
		"others paid a quarter":           {func(s *Sums) { s.Other = yuan(1000) }, nil, yuan(2400), ByRate},
		"less was asked for":              {func(s *Sums) { s.Claimed = yuan(1234) }, nil, yuan(1234), ByClaim},
		"the last yuan of the budget":     {func(s *Sums) { s.Free = yuan(1) }, nil, yuan(1), ByBudget},
		"less than a yuan is left":        {func(s *Sums) { s.Free = 99 }, nil, 0, ByBudget},
		"nothing is left":                 {func(s *Sums) { s.Free = 0 }, nil, 0, ByBudget},
		"down to the yuan":                {func(s *Sums) { s.Cost = 123_456; s.Claimed = s.Cost }, nil, yuan(740), ByRate}, // 740.736
		"a fen under a yuan":              {func(s *Sums) { s.Cost = 166; s.Claimed = s.Cost }, nil, 0, ByRate},             // 99.6 fen
		"a fen more":                      {func(s *Sums) { s.Cost = 167; s.Claimed = s.Cost }, nil, yuan(1), ByRate},       // 100.2 fen
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, p := plenty(), params()
			if c.sums != nil {
				c.sums(&s)
			}
			if c.terms != nil {
				c.terms(&p)
			}
			got, by := Amount(s, p)
			if got != c.want || by.Key != c.by {
				t.Errorf("%s by %s, want %s by %s", got, by.Key, c.want, c.by)
			}
		})
	}
}

// Whatever the figures: the amount is whole yuan, never negative, never beyond a
// bound, less than a yuan below the smallest; more cost, claim, star or money left
// never give less, more of others' money or of grants never more.
func TestAmountIsBoundedAndMonotone(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(2017, 928))
	fen := func(n int64) money.Fen { return money.Fen(r.Int64N(n)) }
	for range 20_000 {
		p := params()
		p.Tiered, p.TierLowPct, p.RatePct = r.IntN(2) == 0, r.IntN(61), r.IntN(101)
		p.CapEvent, p.CapYear = fen(600_000), fen(2_000_000)
		s := Sums{Cost: fen(1_000_000), Other: fen(500_000), Claimed: fen(1_000_000), Star: r.IntN(4), Held: r.IntN(12), Granted: fen(2_500_000), Free: fen(1_000_000)}
		got, least := Amount(s, p)
		if got < 0 || got%money.Yuan != 0 || least.Amount-got >= money.Yuan {
			t.Fatalf("%s of %+v", got, s)
		}
		for _, b := range Bounds(s, p) {
			if got > b.Amount {
				t.Fatalf("%s is more than %s by %s: %+v", got, b.Amount, b.Key, s)
			}
		}
		more, fewer := s, s
		switch r.IntN(7) {
		case 0:
			more.Cost += fen(100_000)
		case 1:
			more.Claimed += fen(100_000)
		case 2:
			more.Star = min(s.Star+1, 3)
		case 3:
			more.Held++
		case 4:
			more.Free += fen(100_000)
		case 5:
			fewer.Other += fen(100_000)
		case 6:
			fewer.Granted += fen(100_000)
		}
		up, _ := Amount(more, p)
		down, _ := Amount(fewer, p)
		if up < got || down > got {
			t.Fatalf("%s, then %s and %s: %+v %+v %+v", got, up, down, s, more, fewer)
		}
	}
}

// The last day to claim: sixty days after the event, the day of the event left out;
// over month ends, and on when it is a day off.
func TestLastDay(t *testing.T) {
	t.Parallel()
	calendar := workday.New([]workday.Day{{Date: day("2026-10-10"), Kind: workday.Work, Name: "国庆节"}, {Date: day("2026-10-01"), Kind: workday.Off},
		{Date: day("2026-10-02"), Kind: workday.Off}}, 2026)
	for held, want := range map[string]string{
		"2026-07-31": "2026-09-29", // 31 days of August and 29 of September
		"2026-08-02": "2026-10-05", // 10-01 and the day after are holidays, then comes a weekend
		"2026-08-11": "2026-10-10", // a Saturday worked in exchange
		"2026-09-01": "2026-11-02", // 10-31 is a Saturday
		"2026-12-31": "2027-03-01", // a year that is not announced yet: the Monday, 2027 having no 29 February
		"2027-12-31": "2028-02-29", // a leap year
	} {
		if got := params().LastDay(calendar, day(held)); got != day(want) {
			t.Errorf("%s: %s (%s), want %s", held, got, got.ChineseWeekday(), want)
		}
	}
}
