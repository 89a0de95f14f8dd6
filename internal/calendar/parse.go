package calendar

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/form"
	"civilaffairs/internal/workday"

	"golang.org/x/text/width"
)

// Row is one line of what was pasted, with what is wrong with it.
type Row struct {
	Line   int // as counted by an editor, from 1
	Typed  string
	Day    workday.Day
	Fault  string // "" when the row can be taken
	Remark string // odd, but may be right
}

// mostRows is more than any year has of days off and make-up days.
const mostRows = 120

// Parse reads rows of date,kind,name, in the form of the published list of
// holidays: 2027-01-01,off,元旦. A head line, empty lines, full-width characters,
// white space for the comma and Chinese words for the kind (放假, 上班) are taken
// as well, further columns are left alone. What lies
// outside the year, comes twice or is no day at all has its fault beside it.
func Parse(text string, year int) []Row {
	var rows []Row
	seen := map[civil.Date]int{}
	for i, line := range strings.Split(strings.TrimPrefix(text, "\ufeff"), "\n") {
		line = strings.TrimSpace(form.Clean(line, false))
		cells := strings.FieldsFunc(width.Narrow.String(line), func(r rune) bool { return r == ',' || unicode.IsSpace(r) })
		if line == "" || i == 0 && len(cells) > 0 && strings.EqualFold(strings.TrimSpace(cells[0]), "date") {
			continue
		}
		r := Row{Line: i + 1, Typed: clip(line)}
		if len(rows) >= mostRows {
			r.Fault = fmt.Sprintf("超过 %d 行。一次只录一年里放假和调休的日子", mostRows)
			return append(rows, r)
		}
		r.read(cells, year)
		if r.Fault == "" {
			if first, twice := seen[r.Day.Date]; twice {
				r.Fault = fmt.Sprintf("%s和第 %d 行重复。删去一行", r.Day.Date.Chinese(), first)
			}
			seen[r.Day.Date] = r.Line
		}
		rows = append(rows, r)
	}
	return rows
}

func (r *Row) read(cells []string, year int) {
	if len(cells) < 3 {
		r.Fault = "少了内容。一行写日期、off 或 work、节日名称，用逗号隔开"
		return
	}
	typed := strings.TrimSpace(cells[0])
	date, err := civil.Parse(typed)
	switch {
	case err != nil:
		r.Fault = "“" + clip(typed) + "”不是一个日期。写成 2027-01-01 这样"
		return
	case date.Year != year:
		r.Fault = fmt.Sprintf("%s不在%d年内。核对年份，或删去这一行", date.Chinese(), year)
		return
	}
	r.Day.Date = date
	switch strings.ToLower(strings.TrimSpace(cells[1])) {
	case "off", "放假", "休":
		r.Day.Kind = workday.Off
	case "work", "上班", "班":
		r.Day.Kind = workday.Work
	default:
		r.Fault = "“" + clip(cells[1]) + "”认不出。放假写 off，调休上班写 work"
		return
	}
	r.Day.Name = strings.TrimSpace(cells[2])
	if n := utf8.RuneCountInString(r.Day.Name); n < 1 || n > 20 || strings.ContainsAny(r.Day.Name[:1], "=+-@") {
		r.Fault = "节日名称填 1 到 20 个字，如“春节”"
		return
	}
	if weekend := date.Weekday() == time.Saturday || date.Weekday() == time.Sunday; r.Day.Kind == workday.Work && !weekend {
		r.Remark = date.ChineseWeekday() + "本来就上班，核对一下"
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}
