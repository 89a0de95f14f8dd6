// Package money is an amount of public money: whole fen, read from what a person
// typed, written the ways that pages, exports and payment documents need.
// Level 0 (above errs); no tables.
//
// There is no arithmetic here beyond what the policy needs: fen are integers,
// so + - and comparison are the language's own, and nothing is ever rounded
// without saying so in the name.
package money

import "strconv"

// Fen is an amount in fen (1/100 yuan). It is stored as bigint.
type Fen int64

// Yuan and the other units, for constants: 5000 * money.Yuan.
const (
	Yuan    Fen = 100
	WanYuan Fen = 10_000 * Yuan
)

// Max is the largest amount that Parse accepts: 1,000,000,000 yuan. It is far
// above any budget of a district fund and far below what int64 can add up.
const Max = 1_000_000_000 * Yuan

// String returns yuan with separators and two decimals: “1,234.50”. Parse reads
// it back.
func (f Fen) String() string {
	whole, cents := f.split()
	digits := strconv.FormatUint(whole, 10)
	out := make([]byte, 0, len(digits)+len(digits)/3+4)
	if f < 0 {
		out = append(out, '-')
	}
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, ',')
		}
		out = append(out, digits[i])
	}
	return string(append(out, '.', byte('0'+cents/10), byte('0'+cents%10)))
}

// Yuan returns yuan as a plain decimal, “1234.50”: for CSV, JSON and anything
// else that a program reads.
func (f Fen) Yuan() string {
	whole, cents := f.split()
	sign := ""
	if f < 0 {
		sign = "-"
	}
	return sign + strconv.FormatUint(whole, 10) + "." + string([]byte{byte('0' + cents/10), byte('0' + cents%10)})
}

// Wan returns 万元 rounded half up to two decimals, without trailing zeros:
// “168.72”, “35”. For statistics only; never stored, never summed.
func (f Fen) Wan() string {
	whole, cents := f.split()
	// One hundredth of 万元 is 100 yuan: half of it decides the rounding.
	hundredths := whole / 100
	if whole%100*100+cents >= 50*100 {
		hundredths++
	}
	s := strconv.FormatUint(hundredths/100, 10)
	switch rest := hundredths % 100; {
	case rest == 0:
	case rest%10 == 0:
		s += "." + strconv.FormatUint(rest/10, 10)
	default:
		s += "." + string([]byte{byte('0' + rest/10), byte('0' + rest%10)})
	}
	if f < 0 && hundredths > 0 {
		s = "-" + s
	}
	return s
}

// FloorYuan returns f rounded down to whole yuan, as subsidies are (domain §4).
func (f Fen) FloorYuan() Fen {
	rest := f % Yuan
	if rest < 0 {
		rest += Yuan
	}
	return f - rest
}

// split returns the absolute amount as yuan and fen. Unsigned, because the
// smallest int64 has no positive counterpart.
func (f Fen) split() (yuan, cents uint64) {
	u := uint64(f)
	if f < 0 {
		u = -u
	}
	return u / 100, u % 100
}
