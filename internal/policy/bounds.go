package policy

import "civilaffairs/internal/money"

// Bounds are the least and the greatest value that a parameter may take, in its
// own unit: fen for Money. Nobody can mean more; less makes the rule senseless.
type Bounds struct{ Least, Most int64 }

// Contains reports whether n lies within the bounds, both included.
func (b Bounds) Contains(n int64) bool { return n >= b.Least && n <= b.Most }

// byUnit holds for every parameter that ownBounds does not name.
var byUnit = map[string]Bounds{
	"个月": {0, 240}, "年": {1, 30}, "天": {1, 3650}, "个工作日": {1, 250}, "次": {0, 1000}, "人": {0, 10_000},
	"张": {0, 100}, "个": {1, 1000}, "分": {0, 100}, "分钟": {5, 480}, "季度": {1, 4}, "时": {1, 24}, "%": {0, 100},
	"元": {0, 100_000_000 * int64(money.Yuan)},
}

// ownBounds are narrower or wider than those of the unit.
var ownBounds = map[Key]Bounds{
	StartupSameHeadYears: {0, 30}, // 0: no reminder
	AuditKeepDays:        {180, 36_500},
	CorrectionMaxRounds:  {1, 10},
	StartupMaxAgeMonths:  {1, 240},
	// Two hashes that differ in three bits share one of four bands: beyond that, likeness is found by chance.
	ActivityPhotoDistance: {0, 3},
}

// Bounds returns the bounds of an Integer, a Percent or a Money; the zero Bounds
// for the other types, which have a list or a calendar of their own.
func (d Definition) Bounds() Bounds {
	if b, own := ownBounds[d.Key]; own {
		return b
	}
	if d.Type == Choice || d.Type == MonthDay {
		return Bounds{}
	}
	return byUnit[d.Unit]
}

// Typed returns the value as a form asks for it: digits, an amount in 元, the
// value of a choice or 03-31.
func (p Param) Typed() string {
	switch d, _ := definitionOf(p.Key); d.Type {
	case Choice, MonthDay:
		return p.text
	default:
		return p.Value
	}
}

// stored is the value as the database keeps it: a number or a text.
func (p Param) stored() any {
	if d, _ := definitionOf(p.Key); d.Type == Choice || d.Type == MonthDay {
		return p.text
	}
	return p.number
}
