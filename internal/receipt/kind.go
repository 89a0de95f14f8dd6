package receipt

import (
	"fmt"
	"strings"
)

// Kind is what sort of paper it is.
type Kind string

// The closed list of kinds.
const (
	VATSpecial     Kind = "vat_special"
	VATOrdinary    Kind = "vat_ordinary"
	VATDigital     Kind = "vat_digital" // 数电发票: a number of 20 digits, no code
	MachinePrinted Kind = "machine_printed"
	Quota          Kind = "quota"
	Fiscal         Kind = "fiscal"
	OtherReceipt   Kind = "other_receipt" // whatever has no code
)

// Kinds lists every kind in the order in which pages offer them.
var Kinds = []Kind{VATDigital, VATOrdinary, VATSpecial, MachinePrinted, Quota, Fiscal, OtherReceipt}

// paper is how the papers of a kind are printed.
type paper struct {
	name    string
	code    []span // none: the kind has no code
	number  []span
	letters bool // in the number, besides digits
}

// span is a number of digits, from and to included.
type span struct{ from, to int }

func exactly(n int) span { return span{n, n} }

// The lengths are those of the tax and finance authorities; the constraints of
// table receipt repeat them. 电子专票 have codes of 12 digits, paper ones of 10;
// fiscal papers before the unified e-receipt (8 and 10) vary by printer.
var papers = map[Kind]paper{
	VATSpecial:     {name: "增值税专用发票", code: []span{exactly(10), exactly(12)}, number: []span{exactly(8)}},
	VATOrdinary:    {name: "增值税普通发票", code: []span{exactly(10), exactly(12)}, number: []span{exactly(8)}},
	VATDigital:     {name: "数电发票", number: []span{exactly(20)}},
	MachinePrinted: {name: "通用机打发票", code: []span{exactly(12)}, number: []span{exactly(8)}},
	Quota:          {name: "定额发票", code: []span{exactly(12)}, number: []span{exactly(8)}},
	Fiscal:         {name: "财政票据", code: []span{{4, 12}}, number: []span{{6, 12}}},
	OtherReceipt:   {name: "收据", number: []span{{1, 20}}, letters: true},
}

// Name returns the Chinese name of k, the raw value when unknown.
func (k Kind) Name() string {
	if p, ok := papers[k]; ok {
		return p.name
	}
	return string(k)
}

// Valid reports whether k is one of Kinds.
func (k Kind) Valid() bool { _, ok := papers[k]; return ok }

// HasCode reports whether papers of kind k carry a code besides the number.
func (k Kind) HasCode() bool { return len(papers[k].code) > 0 }

// ofTaxCode reports kinds whose code is given out by the tax authority, one series
// over all of them.
func (k Kind) ofTaxCode() bool {
	return k == VATSpecial || k == VATOrdinary || k == MachinePrinted || k == Quota
}

// codeFault says what is wrong with the code of a paper of kind k, "" when nothing.
func (k Kind) codeFault(code string) string {
	p := papers[k]
	switch {
	case !k.HasCode() && code != "":
		return p.name + "没有代码。留空，只填号码"
	case !k.HasCode():
		return ""
	case code == "" && k == Fiscal:
		return "还没有填。照票面填；票面没有代码的，种类选“收据”"
	case code == "":
		return "还没有填。照票面填"
	case strings.Trim(code, digits) != "":
		return "“" + clip(code) + "”不全是数字。照票面填 " + spell(p.code) + "数字"
	case !fits(code, p.code):
		return fmt.Sprintf("%s的代码是 %s数字，现在是 %d 位。对照票面重新填", p.name, spell(p.code), len(code))
	}
	return ""
}

// numberFault is codeFault for the number.
func (k Kind) numberFault(number string) string {
	p := papers[k]
	allowed, what := digits, "数字"
	if p.letters {
		allowed, what = digits+capitals+"-", "数字、字母或 -"
	}
	switch {
	case number == "":
		return "还没有填。照票面填"
	case strings.Trim(number, allowed) != "":
		return "“" + clip(number) + "”里有号码不会有的字符。照票面填 " + spell(p.number) + what
	case !fits(number, p.number):
		return fmt.Sprintf("%s的号码是 %s%s，现在是 %d 位。对照票面重新填", p.name, spell(p.number), what, len(number))
	case strings.Trim(number, "0") == "":
		return "“" + number + "”全是 0，不是真的号码。对照票面重新填"
	}
	return ""
}

const (
	digits   = "0123456789"
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func fits(s string, spans []span) bool {
	for _, p := range spans {
		if len(s) >= p.from && len(s) <= p.to {
			return true
		}
	}
	return false
}

// spell writes spans as “10 或 12 位”, “4 至 12 位”.
func spell(spans []span) string {
	var parts []string
	for _, p := range spans {
		if p.from == p.to {
			parts = append(parts, fmt.Sprint(p.from))
		} else {
			parts = append(parts, fmt.Sprintf("%d 至 %d", p.from, p.to))
		}
	}
	return strings.Join(parts, " 或 ") + " 位"
}

// clip returns a typed value short enough to stand in a message.
func clip(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
