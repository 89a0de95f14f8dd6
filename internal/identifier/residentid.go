package identifier

import (
	"time"

	"civilaffairs/internal/civil"
)

// ResidentID is an 18-character citizen number (GB 11643) in normal form: 17
// digits and a digit or capital X. Residence permits of Hong Kong, Macao and
// Taiwan residents (81, 82, 83 in front) have the same shape. It is sensitive:
// store it sealed, show it masked.
type ResidentID string

// ParseResidentID reads a citizen number. The birth date in it must exist and
// lie between 1900-01-01 and today; the address code may be any, because
// abolished districts stay in people's numbers. A wrong check digit alone gives
// an error that wraps ErrChecksum, with the number beside it.
func ParseResidentID(s string, today civil.Date) (ResidentID, error) {
	c, ok := compact(s)
	switch {
	case !ok:
		return "", invalid("身份证号是 18 位，现在填的太长。看着证件重新填")
	case c == "":
		return "", invalid("身份证号还没有填。填证件上的 18 位号码")
	case len(c) == 15 && allDigits(c):
		return "", invalid("这是 15 位的旧号码，已经停用。填第二代身份证上的 18 位号码")
	}
	if bad := stranger(c, func(r rune) bool { return isASCIIDigit(r) || r == 'X' }); bad != "" {
		return "", invalid("身份证号里有“%s”。只填数字，最后一位可以是 X", bad)
	}
	if len(c) != 18 {
		return "", invalid("身份证号是 18 位，现在填的是 %d 位。看着证件核对", len(c))
	}
	if !allDigits(c[:17]) {
		return "", invalid("身份证号的 X 只能是最后一位。看着证件核对")
	}
	id := ResidentID(c)
	switch birth := id.Birth(); {
	case !birth.Valid() || birth.Year < 1900:
		return "", invalid("身份证号第 7 至 14 位不是一个出生日期。看着证件核对")
	case birth.After(today):
		return "", invalid("身份证号里的出生日期还没到。看着证件核对第 7 至 14 位")
	}
	if residentCheck(c[:17]) != c[17] {
		return id, checksum("身份证号的最后一位对不上，可能有一位填错。看着证件逐位核对")
	}
	return id, nil
}

// Birth returns the date of birth in the number, the zero Date when id is not
// one that ParseResidentID returned.
func (id ResidentID) Birth() civil.Date {
	if len(id) != 18 || !allDigits(string(id[6:14])) {
		return civil.Date{}
	}
	number := func(s ResidentID) (n int) {
		for i := range len(s) {
			n = n*10 + int(s[i]-'0')
		}
		return n
	}
	return civil.Of(number(id[6:10]), time.Month(number(id[10:12])), number(id[12:14]))
}

// Female reports the sex that the 17th digit carries: even means female.
func (id ResidentID) Female() bool { return len(id) == 18 && (id[16]-'0')%2 == 0 }

// residentCheck computes the last character: ISO 7064 MOD 11-2.
func residentCheck(first17 string) byte {
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i := range len(first17) {
		sum += int(first17[i]-'0') * weights[i]
	}
	return "10X98765432"[sum%11]
}
