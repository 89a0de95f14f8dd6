package guidepages

import (
	"fmt"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/money"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/paths"
)

// outcome is the box that says whether one can apply, from when, how much, and
// what to do until then.
type outcome struct {
	Title, Big, Text string
	Lead             string // before the acts
	Acts             []actLine
	Tally            funding.Verdict
	Guide            string // 看办法, when nothing is taken
	Short            string // the same in the list of programmes
	Hopeless         bool   // neither time nor an act of the organization helps
}

type actLine struct{ Text, Label, Href string }

// judged is what an outcome is made of.
type judged struct {
	Kind, Name string
	report.Terms
	Lines   []funding.Line
	Verdict funding.Verdict
	Limit   money.Fen
	Links   checks.Links
}

func newOutcome(j judged) outcome {
	o := outcome{Tally: j.Verdict}
	when, name := "现在", j.Name
	if j.On != j.Today {
		when = j.On.Chinese()
	}
	for _, l := range j.Verdict.Acts {
		o.Acts = append(o.Acts, newAct(l, j.Links))
		o.Hopeless = o.Hopeless || l.Answer == funding.Unmet && l.Act == ""
	}
	from := j.from(o.Hopeless)
	amount := "最高 " + j.Limit.String() + " 元"
	switch {
	case !j.Rules.InForce:
		o.Title, o.Short, o.Acts = name+"："+when+"不受理新的申请", when+"不受理", nil
		o.Text, o.Guide = checks.Closed(j.Rules.Document, j.On)+"下面按最后一版规则逐条核对，只供参考。", paths.Guide(j.Kind)
	case j.Verdict.MaySubmit:
		o.Title, o.Big, o.Short = name+"："+when+"可以申请", "金额"+amount, when+"可以申请"
		o.Text = j.conditionsHold()
	case j.Verdict.Unmet == 0:
		o.Title, o.Lead, o.Short = name+"：还判断不了", "先弄清楚这几条：", "还判断不了"
	case o.Hopeless:
		o.Title, o.Lead, o.Short = name+"："+when+"不能申请", "这几条不符合，光等时间不会变：", when+"不能申请"
	default:
		o.Title, o.Short = name+"："+when+"还不能申请", when+"还不能申请"
		o.Lead = "做完下面的事就可以申请，金额" + amount + "："
		if !from.IsZero() {
			o.Big = fmt.Sprintf("最早%s（%s）可以申请，金额%s", from.Chinese(), from.ChineseWeekday(), amount)
			o.Lead, o.Short = fmt.Sprintf("在那之前，请做 %d 件事：", len(o.Acts)), from.Chinese()+"起可以申请"
		}
		o.Text = j.ends(from)
	}
	if len(o.Acts) == 0 {
		o.Lead = ""
	}
	return o
}

// from is the first day on which one can apply if everything is done that can be
// done until then; zero when no day is known, or the policy ends before it.
func (j judged) from(hopeless bool) civil.Date {
	if hopeless || !j.Verdict.Earliest.IsZero() {
		return j.inForce(j.Verdict.Earliest)
	}
	var last civil.Date
	for _, l := range j.Lines {
		if l.Answer == funding.Unmet && l.Flips.After(last) && !l.Flips.IsZero() {
			last = l.Flips
		}
	}
	if len(j.Verdict.Acts) == 0 || !j.Verdict.Closes.IsZero() && last.After(j.Verdict.Closes) {
		return civil.Date{} // time alone has been looked at, or one condition ends before another begins
	}
	return j.inForce(last)
}

func (j judged) inForce(d civil.Date) civil.Date {
	if end := j.Rules.Document.EffectiveTo; !end.IsZero() && d.After(end) {
		return civil.Date{}
	}
	return d
}

// ends says what stands in the way when the conditions come true too late.
func (j judged) ends(from civil.Date) string {
	end := j.Rules.Document.EffectiveTo
	switch {
	case !from.IsZero() || len(j.Verdict.Acts) > 0:
		return ""
	case !end.IsZero() && j.Verdict.Earliest.After(end):
		return fmt.Sprintf("条件 %s才满足，政策的有效期只到 %s。", j.Verdict.Earliest.Chinese(), end.Chinese())
	default:
		return "按现在的记录，条件不会同时满足。看下面每一条什么时候变。"
	}
}

// conditionsHold says until when, and what an office still looks up.
func (j judged) conditionsHold() string {
	var parts []string
	if !j.Verdict.Closes.IsZero() {
		parts = append(parts, "按现在的记录，条件满足到 "+j.Verdict.Closes.Chinese()+"。")
	}
	if j.Verdict.Unknown > 0 {
		parts = append(parts, fmt.Sprintf("未查到的 %d 条不影响填表和提交，受理前由经办人查询登记。", j.Verdict.Unknown))
	}
	return strings.Join(parts, "")
}

func newAct(l funding.Line, links checks.Links) actLine {
	a := actLine{Text: l.Label + "：" + l.Remedy}
	if links.Act != nil && l.Act != "" {
		a.Label, a.Href = links.Act(l.Act)
	}
	return a
}
