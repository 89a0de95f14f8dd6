package identifier

import (
	"fmt"
	"regexp"
	"strconv"
)

// filing reads a filing number after compact: any pair of brackets, with or
// without 第, the leading zeros optional.
var filing = regexp.MustCompile(`^坪社备[〔\[(【{﹝]([0-9]{4})[〕\])】}﹞]第?([0-9]{1,8})号$`)

// ParseFilingNo reads the number of a filing certificate (备案编号) and returns
// it as 坪社备〔2026〕第0001号, whatever brackets and spaces were typed.
func ParseFilingNo(s string) (string, error) {
	c, ok := compact(s)
	if !ok {
		return "", invalid("备案编号太长。填备案证书上的编号，如 坪社备〔2026〕第0001号")
	}
	if c == "" {
		return "", invalid("备案编号还没有填。填备案证书上的编号，如 坪社备〔2026〕第0001号")
	}
	m := filing.FindStringSubmatch(c)
	if m == nil {
		return "", invalid("“%s”不像备案编号。按备案证书填，如 坪社备〔2026〕第0001号", shorten(c))
	}
	year, _ := strconv.Atoi(m[1])   // four digits
	number, _ := strconv.Atoi(m[2]) // at most eight digits
	if year < 1990 || year > 2100 {
		return "", invalid("备案编号里的年份是 %d。看着备案证书核对年份", year)
	}
	if number == 0 {
		return "", invalid("备案编号的序号是 0。看着备案证书核对，从 0001 开始")
	}
	return fmt.Sprintf("坪社备〔%d〕第%04d号", year, number), nil
}
