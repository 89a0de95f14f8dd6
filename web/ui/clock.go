package ui

import (
	"fmt"
	"strconv"
	"strings"
)

// Clock is a deadline in working days: one cell a day, filled when used, and
// the words that say the same. Compute it with Deadline or Stopped.
type Clock struct {
	Used, Total int
	Words       string
	Tone        Tone
	Provisional bool // counted into a year whose calendar is not announced: 暂定
}

// Deadline is a running clock of total working days of which left remain;
// negative means overdue by so many.
func Deadline(total, left int) Clock {
	c := Clock{Total: total, Used: max(0, min(total, total-left)), Tone: Good}
	switch {
	case left < 0:
		c.Tone, c.Words = Bad, fmt.Sprintf("超期 %d 个工作日", -left)
	case left == 0:
		c.Tone, c.Words = Warn, "今天到期"
	default:
		if left == 1 {
			c.Tone = Warn
		}
		c.Words = fmt.Sprintf("还剩 %d 个工作日", left)
	}
	return c
}

// Stopped is a clock that does not run; words say why: 补正中，计时暂停.
func Stopped(total, used int, words string) Clock {
	return Clock{Total: total, Used: max(0, min(total, used)), Words: words, Tone: Hold}
}

// maxCells is the most working days drawn one by one; beyond that the cells
// could not be counted at a glance and the words stand alone.
const maxCells = 30

const cellPitch = 8

func (c Clock) drawn() bool { return c.Total > 0 && c.Total <= maxCells }

func (c Clock) viewBox() string { return fmt.Sprintf("0 0 %d 11", c.Total*cellPitch-1) }

func (c Clock) pixels() string { return strconv.Itoa(c.Total*cellPitch - 1) }

func (c Clock) cellX(i int) string { return fmt.Sprintf("%d.75", i*cellPitch) }

// Day is one cell of the strip of a public notice, or a run of days off.
type Day struct {
	Head   string // 周四, 十月
	Number string // 8, 1–7
	Count  string // 第 1 日
	Note   string // 发布, 国庆放假, 今天, 调休上班, 24:00 止
	Off    bool   // does not count
	On     bool   // counts
	Past   bool   // counts and is over
	Now    bool
	MakeUp bool // 调休上班
}

func (d Day) class() string {
	var names []string
	for _, n := range []struct {
		on   bool
		name string
	}{{d.Off, "off"}, {d.On, "on"}, {d.Past, "past"}, {d.Now, "now"}, {d.MakeUp, "make"}} {
		if n.on {
			names = append(names, n.name)
		}
	}
	return strings.Join(names, " ")
}

func limit(bytes int64) string { return strconv.FormatInt(bytes, 10) }
