package noticepages

import (
	"fmt"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/notice"
	"civilaffairs/web/ui"
)

var weekdays = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

func weekday(d civil.Date) string { return weekdays[d.Weekday()] }

// strip draws a period day by day; runs of days off are one cell. It is nil when
// a day is of a year not yet announced: no strip is better than a guess.
func strip(days []notice.Day, today civil.Date, endHour int) (out []ui.Day) {
	for i := 0; i < len(days); i++ {
		d := days[i]
		switch {
		case !d.Known:
			return nil
		case i == 0:
			out = append(out, ui.Day{Head: weekday(d.On), Number: fmt.Sprint(d.On.Day), Note: "发布", Now: d.On == today})
		case d.Count == 0:
			j := i
			for j+1 < len(days) && days[j+1].Count == 0 && days[j+1].Name == d.Name && days[j+1].Known {
				j++
			}
			out = append(out, off(d, days[j]))
			i = j
		default:
			out = append(out, counted(d, today, endHour, i == len(days)-1))
		}
	}
	return out
}

func off(first, last notice.Day) ui.Day {
	d := ui.Day{Head: weekday(first.On), Number: fmt.Sprint(first.On.Day), Note: "休息", Off: true}
	if first.Name != "" {
		d.Note = first.Name + "放假"
	}
	if last.On != first.On {
		d.Head, d.Number = fmt.Sprintf("%d月", int(first.On.Month)), fmt.Sprintf("%d–%d", first.On.Day, last.On.Day)
	}
	return d
}

func counted(d notice.Day, today civil.Date, endHour int, last bool) ui.Day {
	cell := ui.Day{Head: weekday(d.On), Number: fmt.Sprint(d.On.Day), Count: fmt.Sprintf("第 %d 日", d.Count), On: true,
		Past: d.On.Before(today), Now: d.On == today, MakeUp: d.MakeUp}
	var notes []string
	if cell.Now {
		notes = append(notes, "今天")
	}
	if d.MakeUp {
		notes = append(notes, "调休上班")
	}
	if last {
		notes = append(notes, fmt.Sprintf("%d:00 止", endHour))
	}
	cell.Note = strings.Join(notes, "，")
	return cell
}

// special names what makes a period longer or shorter than it looks.
func special(days []notice.Day) string {
	var parts []string
	seen := map[string]bool{}
	for _, d := range days[min(1, len(days)):] {
		switch {
		case d.Count == 0 && d.Name != "" && !seen[d.Name]:
			seen[d.Name] = true
			parts = append(parts, d.Name+"假期不算")
		case d.Count > 0 && d.MakeUp:
			parts = append(parts, fmt.Sprintf("%d月%d日调休上班要算", int(d.On.Month), d.On.Day))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return strings.Join(parts, "，") + "。"
}

// span writes a period: 2026年10月8日至10月13日.
func span(from, to civil.Date) string {
	end := fmt.Sprintf("%d月%d日", int(to.Month), to.Day)
	if from.Year != to.Year {
		end = to.Chinese()
	}
	return from.Chinese() + "至" + end
}
