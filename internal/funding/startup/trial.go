package startup

import (
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
)

// Said is an answer about an organization of which there is no record.
type Said string

// The answers. Unsure is an answer too: the line is then unknown, never met.
const (
	Yes    Said = "yes"
	No     Said = "no"
	Unsure Said = "unsure"
)

// Trial is what somebody types to try the conditions out. It is an assertion,
// not a record: nothing is stored, and every line says that it was typed.
type Trial struct {
	EstablishedOn       civil.Date
	Registered          bool
	Category            organization.Category
	Origin              organization.Origin
	Finance, Disclosure Said // on file
	Activities          bool // as many as are asked for
	Reports             Said // the annual reports that are due
	// Obstacles are the keys of Obstacles that apply. Sure says that no other does.
	Obstacles []string
	Sure      bool
}

// Obstacle is a reason for which an organization cannot apply, as a question.
type Obstacle struct{ Key, Name string }

// Obstacles lists what the trial asks about, by the keys of the lines.
func Obstacles(e policy.Edition) []Obstacle {
	return []Obstacle{
		{"status", "状态不正常：活动异常，正在合并或注销"},
		{"once", "领过启动扶持，或有申请正在办理"},
		{"abnormal", "在活动异常名录上"},
		{"serious", "在严重违法失信名单上"},
		{"defaulter", "是失信被执行人"},
		{"violation", fmt.Sprintf("近 %d 年有违规记录", paramsOf(e).ViolationYears)},
		{"ban", "在限制申报期内"},
		{"recovery", "有没缴清的追回款"},
		{"unreported", "以前的资助有没交的使用报告"},
	}
}

// MinActivities is how many activities the edition asks for.
func MinActivities(e policy.Edition) int { return paramsOf(e).MinActivities }

const typed = "您填的"

// TryOut answers the conditions on a date from what was typed, with the rules
// that decide a real application, and judges them.
func TryOut(t Trial, e policy.Edition, on civil.Date) ([]funding.Line, funding.Verdict) {
	p := paramsOf(e)
	facts := t.facts(p, on)
	return funding.Assess(func(day civil.Date) []funding.Line { return t.lines(facts, p, day) }, on)
}

// lines are the rule's own, in the words of somebody who was asked.
func (t Trial) lines(f Facts, p Params, on civil.Date) []funding.Line {
	lines := Eligibility(f, p, on)
	for i := range lines {
		l := &lines[i]
		if l.Answer == funding.Note {
			continue
		}
		l.From = typed
		switch l.Key {
		case "age", "new_enough", "origin", "annual_report": // as the rule says it
		case "systems":
			t.systems(l)
		case "activities":
			l.Value = map[bool]string{true: "办过", false: "没有办够"}[t.Activities]
		default:
			t.obstacle(l, p)
		}
	}
	rank := map[funding.Answer]int{funding.Unmet: 0, funding.Unknown: 1, funding.Met: 2, funding.Note: 3}
	slices.SortStableFunc(lines, func(a, b funding.Line) int { return rank[a.Answer] - rank[b.Answer] })
	return lines
}

// facts puts the answers where the records would be, dated on the day that is
// tried: no made-up date reaches a line, because its words are replaced.
func (t Trial) facts(p Params, on civil.Date) Facts {
	f := Facts{
		Record: funding.Record{EstablishedOn: t.EstablishedOn, Active: !t.has("status"), StatusName: "正常", ReportsKnown: t.Reports != Unsure,
			Lists: map[string]funding.List{}},
		New:        t.Origin == organization.OriginNew,
		OriginName: t.Origin.Name(), Registered: t.Registered, CategoryName: t.Category.Name(), Priority: t.Category.Priority(),
		Finance: filed(t.Finance, on), Disclosure: filed(t.Disclosure, on), GrantsKnown: true,
	}
	if !f.Active {
		f.StatusName = "不正常"
	}
	if t.Activities {
		for range p.MinActivities {
			f.Activities = append(f.Activities, Held{on, on})
		}
	}
	if t.Reports == Yes {
		for y := t.EstablishedOn.Year; y < on.Year; y++ {
			f.Reports = append(f.Reports, y)
		}
	}
	for key := range funding.Lists {
		f.Lists[key] = funding.List{CheckedOn: on}
		if t.has(key) {
			f.Lists[key] = funding.List{CheckedOn: on, Entries: []funding.Span{{From: on}}}
		}
	}
	if t.has("once") {
		f.Grant = "领过，或正在办理"
	}
	if t.has("unreported") {
		f.Unreported = "有没交的"
	}
	return f
}

func filed(s Said, on civil.Date) Filing {
	if s == Yes {
		return Filing{on, on}
	}
	return Filing{}
}

func (t Trial) has(key string) bool { return slices.Contains(t.Obstacles, key) }

// systems are unknown only when nothing is known to be missing. Unknown stops
// the verdict here: an organization can look into its own files.
func (t Trial) systems(l *funding.Line) {
	words := map[Said]string{Yes: "已备案", No: "没有", Unsure: "不清楚"}
	l.Value = "财务制度：" + words[t.Finance] + "；信息公开制度：" + words[t.Disclosure]
	if t.Finance != No && t.Disclosure != No && (t.Finance == Unsure || t.Disclosure == Unsure) {
		l.Answer, l.BlocksUnknown, l.Remedy = funding.Unknown, true, "查一下组织档案。没有的报上去，由社区或街道确认"
	}
}

// obstacle keeps the rule's own answer to what was ticked, but for dates: nobody
// was asked when it began, so nobody is told when it ends.
func (t Trial) obstacle(l *funding.Line, p Params) {
	switch {
	case t.has(l.Key):
		l.Flips = civil.Date{}
		if l.Key == "violation" {
			l.Value, l.Remedy = "有", fmt.Sprintf("从处理决定那天起满 %d 年，再申请", p.ViolationYears)
		}
	case !t.Sure:
		l.Answer, l.Value, l.Flips, l.Remedy = funding.Unknown, "不清楚", civil.Date{}, "不影响先填表；受理前由经办人查询登记"
	}
}
