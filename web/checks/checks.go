// Package checks shows the conditions of a programme line by line: what came of
// each, the value used, the article, the day on which the answer changes. Between
// internal/funding and the pages that show such lines; no tables.
package checks

import (
	"fmt"
	"slices"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/policy"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// Links says where the lines lead. The zero value leads nowhere.
type Links struct {
	Document string // slug of the policy document whose articles are cited
	Values   string // page that explains the parameters
	// Act returns the page that does what a line asks for, "" for none.
	Act func(act string) (label, href string)
	// Staff is set on pages of offices: they need not be told what 待确认 means.
	Staff bool
}

// PendingWords tell the public what a value is that is not from the policy text.
const PendingWords = "默认值，待民政局确认"

func (l Links) act(line funding.Line) (label, href string) {
	if l.Act == nil || line.Act == "" || line.Answer == funding.Met {
		return "", ""
	}
	return l.Act(line.Act)
}

// article returns where a source is written down, "" when nobody knows.
func (l Links) article(s funding.Source) string {
	switch {
	case s.Pending:
		return l.Values
	case l.Document == "":
		return ""
	default:
		return paths.PolicyArticle(l.Document, policy.Anchor(s.Article))
	}
}

// LinesTable draws the lines as they were answered for the day on.
func LinesTable(caption string, lines []funding.Line, on civil.Date, links Links) templ.Component {
	t := ui.Table{Caption: caption, Class: "checks", Columns: []ui.Column{
		{Label: "结果", Full: true}, {Label: "条件"}, {Label: "采用的数值和来源", Full: true}, {Label: "依据"}, {Label: "什么时候满足"},
	}}
	rows := make([]ui.Row, len(lines))
	for i, l := range lines {
		outcome := ui.C(ui.AnswerMark(ui.Answer(l.Answer)))
		if l.Answer == funding.Note {
			outcome = ui.C(ui.Tag("说明", ui.None))
		}
		name := ui.Head("", "", "")
		name.Body = strong(l.Label)
		rows[i] = ui.Cells(outcome, name, ui.TS(l.Value, l.From), ui.C(Source(l.Source, links)), ui.C(when(newTiming(l, on, links))))
	}
	t.Groups = ui.Rows(rows...)
	pending := slices.ContainsFunc(lines, func(l funding.Line) bool { return l.Source.Pending })
	return table(t, pending && !links.Staff)
}

// timing is the last column: the day first, then what to do until then.
type timing struct{ Day, Text, Sub, Label, Href string }

func newTiming(l funding.Line, on civil.Date, links Links) timing {
	var t timing
	t.Label, t.Href = links.act(l)
	switch {
	case l.Answer == funding.Note:
		t.Text = l.Remedy
		if t.Text == "" {
			t.Text = "不影响结果"
		}
	case l.Answer == funding.Met && l.Flips.IsZero():
		t.Text = "已满足"
	case l.Answer == funding.Met:
		t.Text, t.Sub = "满足到 "+l.Flips.AddDays(-1).Chinese(), l.Remedy
	case !l.Flips.IsZero():
		t.Day, t.Sub = l.Flips.Chinese(), fmt.Sprintf("还有 %d 天", on.DaysUntil(l.Flips))
	default:
		t.Text = l.Remedy
	}
	return t
}
