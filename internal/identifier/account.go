package identifier

import "strings"

// ParseCorporateAccount reads the bank account of an organization: 8 to 30
// digits. Corporate accounts have no check digit that all banks share.
func ParseCorporateAccount(s string) (string, error) { return digitsOf(s, "对公账号", 8, 30) }

// ParsePersonalCard reads a personal bank card: 16 to 19 digits with a Luhn
// check digit. A wrong one gives an error that wraps ErrChecksum, with the
// number beside it.
func ParsePersonalCard(s string) (string, error) {
	card, err := digitsOf(s, "银行卡号", 16, 19)
	if err != nil {
		return "", err
	}
	if !luhn(card) {
		return card, checksum("银行卡号对不上校验位，可能有一位填错。看着银行卡逐位核对")
	}
	return card, nil
}

// digitsOf reads a number of so many digits. The message never repeats it.
func digitsOf(s, what string, least, most int) (string, error) {
	c, ok := compact(s)
	c = strings.ReplaceAll(c, "-", "")
	if ok && c == "" {
		return "", invalid("%s还没有填。填 %d 至 %d 位数字", what, least, most)
	}
	if !ok || len(c) > most && allDigits(c) {
		return "", invalid("%s最多 %d 位，现在填的太长。核对后重新填", what, most)
	}
	if bad := stranger(c, isASCIIDigit); bad != "" {
		return "", invalid("%s里有“%s”。只填数字", what, bad)
	}
	if len(c) < least {
		return "", invalid("%s最少 %d 位，现在填的是 %d 位。核对后重新填", what, least, len(c))
	}
	return c, nil
}

func luhn(digits string) bool {
	sum := 0
	for i := range len(digits) {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
