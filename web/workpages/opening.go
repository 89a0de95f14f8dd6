package workpages

import (
	"context"
	"io"
	"strings"

	"civilaffairs/internal/casework"

	"github.com/a-h/templ"
)

// phrase is a piece of a sentence.
type phrase struct {
	Text   string
	Strong bool
}

// openingLine says what to begin with, what day it is, and what is special about
// tomorrow.
func openingLine(in casework.Inbox) []phrase {
	var line []phrase
	if in.Filter.Tab == casework.Mine {
		if n := in.Counts.Overdue; n > 0 {
			line = append(line, phrase{Text: "先办"}, phrase{"超期 " + itoa(n) + " 件", true})
		}
		if n := in.Counts.DueSoon; n > 0 {
			lead := "先办"
			if len(line) > 0 {
				lead = "和"
			}
			line = append(line, phrase{Text: lead}, phrase{soon(in.Setting) + " " + itoa(n) + " 件", true})
		}
		if len(line) > 0 {
			line = append(line, phrase{Text: "。"})
		}
	}
	if !in.Waits {
		line = append(line, phrase{Text: "这些件由别的岗位办理，供您查看。"})
	}
	line = append(line, phrase{Text: "今天是" + dayLine(in.Setting)})
	if t := tomorrowLine(in.Setting); t != "" {
		line = append(line, phrase{Text: "，"}, phrase{t, true})
	}
	return append(line, phrase{Text: "。"})
}

// sentence renders phrases without the white space that a template would put
// between them: Chinese punctuation stands close.
func sentence(line []phrase) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		var b strings.Builder
		for _, p := range line {
			text := templ.EscapeString(p.Text)
			if p.Strong {
				text = "<strong>" + text + "</strong>"
			}
			b.WriteString(text)
		}
		_, err := io.WriteString(w, b.String())
		return err
	})
}

// soon names the group of today and the next working day.
func soon(s casework.Setting) string {
	if s.Calendar.Add(s.Today, 1).On == s.Today.AddDays(1) {
		return "今明到期"
	}
	return "今天和下个工作日到期"
}

// dayLine says what today is: 10月9日（星期五）.
func dayLine(s casework.Setting) string {
	line := monthDay(s.Today) + "（" + s.Today.ChineseWeekday() + "）"
	if name := s.Calendar.Name(s.Today); name != "" {
		work, _ := s.Calendar.IsWorkday(s.Today)
		line += "，" + counts(name, work)
	}
	return line
}

// tomorrowLine says what is special about tomorrow: people plan by it.
func tomorrowLine(s casework.Setting) string {
	tomorrow := s.Today.AddDays(1)
	work, known := s.Calendar.IsWorkday(tomorrow)
	switch name := s.Calendar.Name(tomorrow); {
	case name != "":
		return "明天" + counts(name, work)
	case !known:
		return itoa(tomorrow.Year) + "年的工作日历还没有公布，跨年的期限是暂定的"
	}
	return ""
}

func counts(name string, work bool) string {
	if work {
		return name + "，算工作日"
	}
	return name + "放假，不算工作日"
}
