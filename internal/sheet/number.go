package sheet

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// look is how a cell shows its number; it decides what the number means.
type look struct {
	kind  lookKind
	zeros int // least digits, for lookZeros: a code kept as a number
}

type lookKind int

const (
	lookPlain lookKind = iota
	lookPercent
	lookDate
	lookTime
	lookDateTime
	lookZeros
)

// builtIn are the formats that a workbook does not spell out, those of Chinese
// workbooks (27–36, 50–58) included.
func builtIn(id int) look {
	switch {
	case id == 9 || id == 10:
		return look{kind: lookPercent}
	case id == 22:
		return look{kind: lookDateTime}
	case id >= 18 && id <= 21, id >= 32 && id <= 35, id >= 45 && id <= 47, id == 55, id == 56:
		return look{kind: lookTime}
	case id >= 14 && id <= 17, id >= 27 && id <= 36, id >= 50 && id <= 58:
		return look{kind: lookDate}
	}
	return look{}
}

// lookOf reads a format as a workbook spells it out.
func lookOf(code string) look {
	code, elapsed := bareFormat(code)
	switch {
	case strings.EqualFold(code, "general"):
		return look{}
	case len(code) > 1 && strings.Trim(code, "0") == "":
		return look{kind: lookZeros, zeros: len(code)}
	case strings.Contains(code, "%"):
		return look{kind: lookPercent}
	}
	low := strings.ToLower(code)
	for _, exponent := range []string{"e+", "e-"} {
		low = strings.ReplaceAll(low, exponent, "")
	}
	clock := elapsed || strings.ContainsAny(low, "hs")
	day := strings.ContainsAny(low, "yde") || strings.Contains(low, "m") && !clock
	switch {
	case day && clock:
		return look{kind: lookDateTime}
	case day:
		return look{kind: lookDate}
	case clock:
		return look{kind: lookTime}
	}
	return look{}
}

// bareFormat returns the first section of a format without quoted text, colours,
// conditions and padding; elapsed reports hours counted beyond the day, [h].
func bareFormat(code string) (bare string, elapsed bool) {
	var b strings.Builder
	runes := []rune(code)
	for i := 0; i < len(runes); i++ {
		switch r := runes[i]; r {
		case ';':
			return b.String(), elapsed
		case '\\', '_', '*':
			i++
		case '"':
			for i++; i < len(runes) && runes[i] != '"'; i++ {
			}
		case '[':
			start := i + 1
			for i++; i < len(runes) && runes[i] != ']'; i++ {
			}
			inner := strings.ToLower(string(runes[min(start, len(runes)):min(i, len(runes))]))
			elapsed = elapsed || inner != "" && (strings.Trim(inner, "h") == "" || strings.Trim(inner, "m") == "" || strings.Trim(inner, "s") == "")
		default:
			b.WriteRune(r)
		}
	}
	return b.String(), elapsed
}

// What is wrong with a number.
const (
	lostDigits = "这个号码存成了数值，只有前 15 位准，后面的已经丢了。把这一列设成“文本”格式，对照原件重新填写"
	notNumber  = "这个单元格里的数值读不出来。清空后重新填写"
	notDate    = "这个单元格设成了日期，里面的数却不是日期。重新填写，如 2026-03-05"
)

// numberText returns a stored number as a person sees it, or what is wrong with
// it. Excel keeps 15 digits: more were lost when the number was typed.
func numberText(raw string, l look, date1904 bool) (text, fault string) {
	x, err := strconv.ParseFloat(strings.TrimSpace(raw), 64)
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return "", notNumber
	}
	switch l.kind {
	case lookDate, lookTime, lookDateTime:
		return dateText(x, l.kind, date1904)
	case lookPercent:
		return plain(x*100) + "%", ""
	}
	if math.Abs(x) >= 1e15 {
		return plain(x), lostDigits
	}
	text = plain(x)
	if missing := l.zeros - len(text); missing > 0 && !strings.ContainsAny(text, "-.") {
		text = strings.Repeat("0", missing) + text
	}
	return text, ""
}

// plain writes a number without exponent, to 15 digits: what is beyond them is
// the noise of binary fractions.
func plain(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'g', 15, 64), 64)
	if rounded == 0 {
		return "0"
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// lastSerial is 9999-12-31 as a day since 1899-12-30.
const lastSerial = 2_958_465

func dateText(x float64, kind lookKind, date1904 bool) (text, fault string) {
	if x < 0 || x > lastSerial+1 {
		return plain(x), notDate
	}
	seconds := int64(math.Round(x * 86400))
	days, rest := int(seconds/86400), seconds%86400
	clock := time.Unix(rest, 0).UTC()
	layout := "15:04"
	if rest%60 != 0 {
		layout = "15:04:05"
	}
	if kind == lookTime && days == 0 {
		return clock.Format(layout), ""
	}
	first := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	switch {
	case date1904:
		first = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	case days == 0 || days == 60: // 1900-01-00 and 1900-02-29, which never were
		return plain(x), notDate
	case days < 60:
		first = first.AddDate(0, 0, 1)
	}
	text = first.AddDate(0, 0, days).Format(time.DateOnly)
	if kind != lookDate && rest != 0 {
		text += " " + clock.Format(layout)
	}
	return text, ""
}

// inExponent reports text like 4.40311E+17: what is left of a long number once a
// spreadsheet has written it out.
func inExponent(s string) bool {
	mantissa, exponent, ok := strings.Cut(s, "E+")
	if !ok {
		return false
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	return len(whole) == 1 && digits(whole) && digits(fraction) && len(exponent) >= 2 && digits(exponent)
}

func digits(s string) bool { return strings.Trim(s, "0123456789") == "" }
