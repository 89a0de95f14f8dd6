package funding

import (
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
)

// Said is an answer about an organization of which there is no record.
type Said string

// The answers. Unsure is an answer too: the line is then unknown, never met.
const (
	Yes    Said = "yes"
	No     Said = "no"
	Unsure Said = "unsure"
)

// Asserted is where the value of a line comes from that somebody typed: an
// assertion, not a record.
const Asserted = "您填的"

// Obstacle is a reason for which an organization cannot apply, as a question.
type Obstacle struct{ Key, Name string }

// Obstacles lists what keeps an organization from any support, by the keys of the
// lines.
func Obstacles(p RecordTerms) []Obstacle {
	return []Obstacle{
		{"status", "状态不正常：活动异常，正在合并或注销"},
		{"abnormal", "在活动异常名录上"},
		{"serious", "在严重违法失信名单上"},
		{"defaulter", "是失信被执行人"},
		{"violation", fmt.Sprintf("近 %d 年有违规记录", p.ViolationYears)},
		{"ban", "在限制申报期内"},
		{"recovery", "有没缴清的追回款"},
		{"unreported", "以前的资助有没交的使用报告"},
	}
}

// Obstructed is what somebody says of the obstacles.
type Obstructed struct {
	// Obstacles are the keys of those that apply. Sure says that no other does.
	Obstacles []string
	Sure      bool
}

// Has reports whether the obstacle with a key applies.
func (o Obstructed) Has(key string) bool { return slices.Contains(o.Obstacles, key) }

// Lists puts the answers where the records would be, dated on the day that is
// tried: no made-up date reaches a line, because its words are replaced by Line.
func (o Obstructed) Lists(on civil.Date) map[string]List {
	all := map[string]List{}
	for key := range Lists {
		all[key] = List{CheckedOn: on}
		if o.Has(key) {
			all[key] = List{CheckedOn: on, Entries: []Span{{From: on}}}
		}
	}
	return all
}

// Line keeps the rule's own answer to what was ticked, but for dates: nobody was
// asked when it began, so nobody is told when it ends.
func (o Obstructed) Line(l *Line, p RecordTerms) {
	switch {
	case o.Has(l.Key):
		l.Flips = civil.Date{}
		if l.Key == "violation" {
			l.Value, l.Remedy = "有", fmt.Sprintf("从处理决定那天起满 %d 年，再申请", p.ViolationYears)
		}
	case !o.Sure:
		l.Answer, l.Value, l.Flips, l.Remedy = Unknown, "不清楚", civil.Date{}, "不影响先填表；受理前由经办人查询登记"
	}
}
