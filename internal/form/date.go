package form

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/civil"
)

// The three boxes of a date field.
const (
	yearBox  = "-year"
	monthBox = "-month"
	dayBox   = "-day"
)

// The sensible years: nobody and nothing here is older, and no term runs longer.
const (
	firstYear = 1900
	lastYear  = 2100
)

// oneDate: 2026-01-02, 2026/1/2, 2026.1.2, 2026年1月2日, 20260102. Any number of
// figures is let through, so that the message can speak of the part at fault.
var oneDate = regexp.MustCompile(`^([0-9]+)([-/.年])([0-9]+)([-/.月])([0-9]+)日?$`)

// Date reads a date from the boxes name-year, name-month and name-day or, when
// these are empty, from name itself. Options: Required, Past, Min, Max
// (civil.Date). The years are 1900 to 2100.
func (f *Form) Date(name, label string, opts ...Option) civil.Date {
	r := f.begin(name, opts)
	first := bound(f, name, r.min, civil.Of(firstYear, 1, 1))
	last := bound(f, name, r.max, civil.Of(lastYear, 12, 31))
	year, month, day, ok := f.dateParts(name, label, r.required)
	if !ok {
		return civil.Date{}
	}
	d, message := assemble(year, month, day)
	switch {
	case message != "":
	case !r.today.IsZero() && d.After(r.today):
		message = d.Chinese() + "还没到。填今天或以前的日期"
	case d.After(last):
		message = fmt.Sprintf("%s晚于 %s。填 %s 或更早的日期", d.Chinese(), last.Chinese(), last.Chinese())
	case d.Before(first):
		message = fmt.Sprintf("%s早于 %s。填 %s 或更晚的日期", d.Chinese(), first.Chinese(), first.Chinese())
	}
	if message != "" {
		f.Fail(name, label, message)
	}
	return unlessFailed(f, name, d)
}

// dateParts returns the figures of the three parts. It is not ok when the field
// is empty or does not look like a date, which it has noted if need be.
func (f *Form) dateParts(name, label string, required bool) (year, month, day string, ok bool) {
	boxes := [...]struct{ control, unit, text string }{{control: yearBox, unit: "年"}, {control: monthBox, unit: "月"}, {control: dayBox, unit: "日"}}
	var missing []string
	for i := range boxes {
		b := &boxes[i]
		typed, fits := f.boxText(name+b.control, b.unit)
		if !fits {
			f.Fail(name, label, fmt.Sprintf("%s的%s认不出来。填数字，如 2026 年 1 月 2 日", label, b.unit))
			return "", "", "", false
		}
		if b.text = typed; typed == "" {
			missing = append(missing, b.unit)
		}
	}
	switch {
	case len(missing) == 3:
		return f.singleDate(name, label, required)
	case len(missing) > 0:
		f.Fail(name, label, fmt.Sprintf("%s少了%s。年、月、日都要填", label, strings.Join(missing, "和")))
		return "", "", "", false
	}
	return boxes[0].text, boxes[1].text, boxes[2].text, true
}

// boxText returns the figures of one box; the unit may be typed along.
func (f *Form) boxText(control, unit string) (string, bool) {
	typed := strings.TrimSpace(f.values.Get(control))
	if len(typed) > maxShort {
		return "", false
	}
	typed = strings.TrimSuffix(code(typed), unit)
	return typed, strings.Trim(typed, "0123456789") == ""
}

func (f *Form) singleDate(name, label string, required bool) (year, month, day string, ok bool) {
	typed, ok := f.short(name, label)
	if !ok {
		return "", "", "", false
	}
	if typed == "" {
		if required {
			f.Fail(name, label, label+"还没有填。填年、月、日")
		}
		return "", "", "", false
	}
	if len(typed) == 8 && strings.Trim(typed, "0123456789") == "" {
		return typed[:4], typed[4:6], typed[6:], true
	}
	// The separators must be a pair: 2026-01/02 may be a slip of the pen.
	if m := oneDate.FindStringSubmatch(typed); m != nil && (m[2] == m[4] || m[2] == "年" && m[4] == "月") {
		return m[1], m[3], m[5], true
	}
	f.Fail(name, label, quote(typed)+"认不出是哪一天。按年、月、日填，如 2026-01-02")
	return "", "", "", false
}

// assemble turns figures into a date that exists, or says what is wrong.
func assemble(year, month, day string) (civil.Date, string) {
	if len(year) != 4 {
		return civil.Date{}, quote(year) + "不是四位的年份。填四位，如 2026"
	}
	y, _ := strconv.Atoi(year) // four digits
	if y < firstYear || y > lastYear {
		return civil.Date{}, fmt.Sprintf("年份 %s 不在 %d 到 %d 之间。看一下年份", year, firstYear, lastYear)
	}
	if len(month) > 2 || len(day) > 2 {
		return civil.Date{}, "月和日最多两位数字。看一下月和日"
	}
	m, _ := strconv.Atoi(month) // at most two digits
	if m < 1 || m > 12 {
		return civil.Date{}, fmt.Sprintf("没有 %d 月。月份填 1 至 12", m)
	}
	d, _ := strconv.Atoi(day) // at most two digits
	date := civil.Of(y, time.Month(m), d)
	if !date.Valid() {
		return civil.Date{}, fmt.Sprintf("%d年%d月没有%d日。看一下月和日", y, m, d)
	}
	return date, ""
}
