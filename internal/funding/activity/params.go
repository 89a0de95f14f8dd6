package activity

import (
	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/workday"
)

// Params are the parameters of activity claims under one edition. None stands in
// the policy text.
type Params struct {
	funding.RecordTerms
	ClaimDays       int // after the event
	ReceiptDays     int // between a receipt and the event, before or after
	MaxPerYear      int
	MinParticipants int
	MinPhotos       int
	PhotoDistance   int // bits in which the hashes of alike pictures differ at most
	Tiered          bool
	RatePct         int // without tiers
	TierFrom        int // activities of the year from which on the higher rate holds
	TierLowPct      int
	TierHighPct     int
	Star3BonusPct   int
	Star2BonusPct   int
	CapEvent        money.Fen
	CapYear         money.Fen
	Yearly          bool       // claims are taken between two days of the year only
	From, To        civil.Date // their years are not read
}

func paramsOf(e policy.Edition) Params {
	p := e.Params
	from, _ := civil.Parse("2000-" + p.Text(policy.ActivityIntakeFrom)) // typed in the edition: always days
	to, _ := civil.Parse("2000-" + p.Text(policy.ActivityIntakeTo))
	return Params{
		RecordTerms: funding.RecordTermsOf(e), ClaimDays: p.Int(policy.ActivityClaimDays), ReceiptDays: p.Int(policy.ActivityReceiptDays),
		MaxPerYear: p.Int(policy.ActivityMaxPerYear), MinParticipants: p.Int(policy.ActivityMinParticipants), MinPhotos: p.Int(policy.ActivityMinPhotos),
		PhotoDistance: p.Int(policy.ActivityPhotoDistance),
		Tiered:        p.Text(policy.ActivityRateMode) == policy.RateTiered, RatePct: p.Int(policy.ActivityRatePct), TierFrom: p.Int(policy.ActivityTierFrom),
		TierLowPct: p.Int(policy.ActivityTierLowPct), TierHighPct: p.Int(policy.ActivityTierHighPct),
		Star3BonusPct: p.Int(policy.ActivityStar3BonusPct), Star2BonusPct: p.Int(policy.ActivityStar2BonusPct),
		CapEvent: p.Fen(policy.ActivityCapEvent), CapYear: p.Fen(policy.ActivityCapYear),
		Yearly: p.Text(policy.ActivityIntake) == policy.IntakeYearly, From: from, To: to,
	}
}

// LastDay is the last day on which an event of a day can be claimed. One that is a
// day off runs on to the next working day (民法典 203); in a year not announced yet
// nobody loses a right to a guessed one, because Saturdays and Sundays run on too.
func (p Params) LastDay(c *workday.Calendar, held civil.Date) civil.Date {
	return c.OnOrAfter(held.AddDays(p.ClaimDays)).On
}

// Rate returns the share of the costs that is given when held activities of the
// year are on file.
func (p Params) Rate(held int) int {
	switch {
	case !p.Tiered:
		return p.RatePct
	case held >= p.TierFrom:
		return p.TierHighPct
	}
	return p.TierLowPct
}

// Bonus returns what a grade adds to the share, in per cent of it.
func (p Params) Bonus(star int) int {
	switch star {
	case 3:
		return p.Star3BonusPct
	case 2:
		return p.Star2BonusPct
	}
	return 0
}
