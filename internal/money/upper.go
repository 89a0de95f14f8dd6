package money

import "strings"

var (
	upperDigits = [...]string{"零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"}
	upperPlaces = [...]string{"", "拾", "佰", "仟"}
	upperGroups = [...]string{"", "万", "亿", "万亿", "亿亿"}
)

// Upper returns the amount in the capital numerals of payment documents
// (大写金额): 壹仟贰佰叁拾肆元伍角整. Zeros follow 支付结算办法 annex 1: one 零 for a
// run of zeros between figures, 零 before fen when there are no jiao, 整 when
// there are no fen. The 零 that the rule leaves open is left out.
func (f Fen) Upper() string {
	whole, cents := f.split()
	var b strings.Builder
	if f < 0 {
		b.WriteString("负")
	}
	if whole > 0 {
		b.WriteString(upperInteger(whole))
		b.WriteString("元")
	}
	jiao, fen := cents/10, cents%10
	switch {
	case cents == 0 && whole == 0:
		b.WriteString("零元整")
	case cents == 0:
		b.WriteString("整")
	case fen == 0:
		b.WriteString(upperDigits[jiao] + "角整")
	case jiao == 0:
		if whole > 0 {
			b.WriteString("零")
		}
		b.WriteString(upperDigits[fen] + "分")
	default:
		b.WriteString(upperDigits[jiao] + "角" + upperDigits[fen] + "分")
	}
	return b.String()
}

// upperInteger writes n in groups of four figures. A group that starts with
// zeros, or that follows an empty group, is announced by one 零.
func upperInteger(n uint64) string {
	var groups []uint64
	for ; n > 0; n /= 10_000 {
		groups = append(groups, n%10_000)
	}
	var b strings.Builder
	gap := false
	for i := len(groups) - 1; i >= 0; i-- {
		g := groups[i]
		if g == 0 {
			gap = true
			continue
		}
		if b.Len() > 0 && (gap || g < 1000) {
			b.WriteString("零")
		}
		b.WriteString(upperGroup(g))
		b.WriteString(upperGroups[i])
		gap = false
	}
	return b.String()
}

func upperGroup(g uint64) string {
	var b strings.Builder
	gap := false
	for place, unit := 3, uint64(1000); place >= 0; place, unit = place-1, unit/10 {
		d := g / unit % 10
		if d == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteString("零")
			gap = false
		}
		b.WriteString(upperDigits[d])
		b.WriteString(upperPlaces[place])
	}
	return b.String()
}
