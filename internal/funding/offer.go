package funding

import (
	"civilaffairs/internal/civil"
	"civilaffairs/internal/policy"
)

// Offering is what a programme tells the public about itself: the home page and
// its guide are made of it. Every programme of the catalog has it; a test
// notices one that has not.
type Offering interface {
	// Offer describes the programme as it stands under an edition on a day.
	Offer(e policy.Edition, on civil.Date) Offer
}

// Offer is who may apply for what, when, and what people ask about it.
type Offer struct {
	Who        string // 成立满半年的新组织，一个组织一次
	When       string // 全年受理
	Gives      []Given
	Conditions []Line // what is checked, line by line, without an organization's facts
	Questions  []Question
}

// Given is an amount that the programme gives, as set by a parameter.
type Given struct {
	To    string // 备案组织
	Param policy.Param
	More  bool // Param is a share that comes on top
}

// Question is one that people ask, with its answer.
type Question struct{ Ask, Answer string }
