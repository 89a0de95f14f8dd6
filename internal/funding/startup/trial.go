package startup

import (
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
)

// Trial is what somebody types to try the conditions out. It is an assertion,
// not a record: nothing is stored, and every line says that it was typed.
type Trial struct {
	EstablishedOn       civil.Date
	Registered          bool
	Category            organization.Category
	Origin              organization.Origin
	Finance, Disclosure funding.Said // on file
	Activities          bool         // as many as are asked for
	Reports             funding.Said // the annual reports that are due
	funding.Obstructed
}

// Obstacles lists what the trial asks about, by the keys of the lines.
func Obstacles(e policy.Edition) []funding.Obstacle {
	return slices.Insert(funding.Obstacles(funding.RecordTermsOf(e)), 1, funding.Obstacle{Key: "once", Name: "领过启动扶持，或有申请正在办理"})
}

// MinActivities is how many activities the edition asks for.
func MinActivities(e policy.Edition) int { return paramsOf(e).MinActivities }

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
		l.From = funding.Asserted
		switch l.Key {
		case "age", "new_enough", "origin", "annual_report": // as the rule says it
		case "systems":
			t.systems(l)
		case "activities":
			l.Value = map[bool]string{true: "办过", false: "没有办够"}[t.Activities]
		default:
			t.Line(l, p.RecordTerms)
		}
	}
	funding.Sort(lines)
	return lines
}

// facts puts the answers where the records would be, dated on the day that is
// tried: no made-up date reaches a line, because its words are replaced.
func (t Trial) facts(p Params, on civil.Date) Facts {
	f := Facts{
		Record: funding.Record{EstablishedOn: t.EstablishedOn, Active: !t.Has("status"), StatusName: "正常", ReportsKnown: t.Reports != funding.Unsure,
			Lists: t.Lists(on)},
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
	if t.Reports == funding.Yes {
		for y := t.EstablishedOn.Year; y < on.Year; y++ {
			f.Reports = append(f.Reports, y)
		}
	}
	if t.Has("once") {
		f.Grant = "领过，或正在办理"
	}
	if t.Has("unreported") {
		f.Unreported = "有没交的"
	}
	return f
}

func filed(s funding.Said, on civil.Date) Filing {
	if s == funding.Yes {
		return Filing{on, on}
	}
	return Filing{}
}

// systems are unknown only when nothing is known to be missing. Unknown stops
// the verdict here: an organization can look into its own files.
func (t Trial) systems(l *funding.Line) {
	words := map[funding.Said]string{funding.Yes: "已备案", funding.No: "没有", funding.Unsure: "不清楚"}
	l.Value = "财务制度：" + words[t.Finance] + "；信息公开制度：" + words[t.Disclosure]
	if t.Finance != funding.No && t.Disclosure != funding.No && (t.Finance == funding.Unsure || t.Disclosure == funding.Unsure) {
		l.Answer, l.BlocksUnknown, l.Remedy = funding.Unknown, true, "查一下组织档案。没有的报上去，由社区或街道确认"
	}
}
