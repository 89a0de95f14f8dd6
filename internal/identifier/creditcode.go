package identifier

import "strings"

// CreditCode is a unified social credit code (GB 32100-2015) in normal form:
// 18 capitals and digits.
type CreditCode string

// OrgKind is the kind of organization that a credit code's second character names.
type OrgKind string

// The kinds registered by civil affairs departments.
const (
	Association   OrgKind = "association"    // 1 社会团体
	SocialService OrgKind = "social_service" // 2 民办非企业单位（社会服务机构）
	Foundation    OrgKind = "foundation"     // 3 基金会
	OtherKind     OrgKind = "other"          // 9 其他
)

// Label returns the kind's Chinese name, "" for an unknown kind.
func (k OrgKind) Label() string {
	switch k {
	case Association:
		return "社会团体"
	case SocialService:
		return "民办非企业单位（社会服务机构）"
	case Foundation:
		return "基金会"
	case OtherKind:
		return "其他"
	}
	return ""
}

// codeAlphabet gives each character its value by position: no I O S V Z.
const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// ParseCreditCode reads the code of a social organization: registered by civil
// affairs (first character 5), of a kind they register. With a wrong check digit
// it returns the code together with an error that wraps ErrChecksum; with any
// other fault the code is "".
//
// The division is not compared with the district: organizations registered
// before 2017 keep 440307 or 440300 (domain §1.5).
func ParseCreditCode(s string) (CreditCode, error) {
	code, err := ParseUnitCode(s)
	if code == "" {
		return "", err
	}
	if code[0] != '5' {
		return "", invalid("代码第 1 位是 %c，不是民政部门登记的组织。社会组织的代码以 5 开头，看着登记证书核对", code[0])
	}
	if code.OrgKind() == "" {
		return "", invalid("代码第 2 位是 %c，不是社会组织的类型。第 2 位应当是 1、2、3 或 9，看着登记证书核对", code[1])
	}
	return code, err
}

// ParseUnitCode reads the code of any unit: companies, villages, offices. It is
// for payees and agencies; errors as in ParseCreditCode.
func ParseUnitCode(s string) (CreditCode, error) {
	c, ok := compact(s)
	c = strings.ReplaceAll(c, "-", "")
	if !ok {
		return "", invalid("统一社会信用代码是 18 位，现在填的太长。看着登记证书重新填")
	}
	if c == "" {
		return "", invalid("统一社会信用代码还没有填。填登记证书上的 18 位代码")
	}
	if bad := stranger(c, func(r rune) bool { return strings.ContainsRune(codeAlphabet, r) }); bad != "" {
		if strings.Contains("IOSVZ", bad) {
			return "", invalid("代码里不会有字母 %s。看一下是不是相近的数字或字母", bad)
		}
		return "", invalid("代码里有“%s”。只填数字和大写字母", bad)
	}
	if len(c) != 18 {
		return "", invalid("统一社会信用代码是 18 位，现在填的是 %d 位。看着登记证书核对", len(c))
	}
	code := CreditCode(c)
	if organizationCheck(c[8:16]) != c[16] || creditCheck(c[:17]) != c[17] {
		return code, checksum("代码 " + c + " 的校验位对不上，可能有一位填错。看着登记证书逐位核对")
	}
	return code, nil
}

// OrgKind returns the kind named by the second character, "" when it is none of
// those that civil affairs departments register.
func (c CreditCode) OrgKind() OrgKind {
	if len(c) != 18 || c[0] != '5' {
		return ""
	}
	switch c[1] {
	case '1':
		return Association
	case '2':
		return SocialService
	case '3':
		return Foundation
	case '9':
		return OtherKind
	}
	return ""
}

// Division returns the six characters of the registrar's division, "" when c is
// not a code. They are a fact to show, never a reason to refuse.
func (c CreditCode) Division() string {
	if len(c) != 18 {
		return ""
	}
	return string(c[2:8])
}

// Match returns an errs.Invalid error when the code names another kind than the
// organization's: the two must agree (domain §1.5).
func (c CreditCode) Match(kind OrgKind) error {
	if got := c.OrgKind(); got != kind {
		return invalid("代码第 2 位表示%s，和所选的组织类型“%s”不一致。核对代码，或者改组织类型", got.Label(), kind.Label())
	}
	return nil
}

// creditCheck computes character 18 of GB 32100: weights are the powers of 3
// modulo 31.
func creditCheck(first17 string) byte {
	sum, weight := 0, 1
	for i := range len(first17) {
		sum += strings.IndexByte(codeAlphabet, first17[i]) * weight
		weight = weight * 3 % 31
	}
	return codeAlphabet[(31-sum%31)%31]
}

// organizationCheck computes the ninth character of the organization code inside
// (GB 11714). Its letters count A=10 … Z=35, unlike those of the outer code.
func organizationCheck(first8 string) byte {
	weights := [8]int{3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i := range len(first8) {
		value := int(first8[i] - '0')
		if first8[i] >= 'A' {
			value = int(first8[i]-'A') + 10
		}
		sum += value * weights[i]
	}
	switch check := 11 - sum%11; check {
	case 10:
		return 'X'
	case 11:
		return '0'
	default:
		return byte('0' + check)
	}
}
