package workpages

import (
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/governance"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// glance is how an organization stands in its internal governance.
type glance struct {
	Say   string // "" when nothing is owed any more
	Items []glanceItem
}

type glanceItem struct {
	Duty, State, When string
	Tone              ui.Tone
}

func ownGlance(g governance.OwnGlance) glance {
	if !g.Owes {
		return glance{}
	}
	var v glance
	for _, i := range g.Missing {
		tone := ui.Bad
		if i.State == governance.Unknown {
			tone = ui.Warn
		}
		v.Items = append(v.Items, glanceItem{i.Duty.Name(), i.State.Name(), i.Say, tone})
	}
	for _, i := range g.Soon {
		v.Items = append(v.Items, glanceItem{i.Duty.Name(), "快到期", i.DueOn.Chinese() + "前，还有 " + itoa(g.Today.DaysUntil(i.DueOn)) + " 天", ui.Info})
	}
	switch missing, soon := len(g.Missing), len(g.Soon); {
	case missing > 0 && soon > 0:
		v.Say = itoa(missing) + " 项要办，" + itoa(soon) + " 项在 " + itoa(g.Rules.RemindFirst) + " 天内到期。"
	case missing > 0:
		v.Say = itoa(missing) + " 项要办。"
	case soon > 0:
		v.Say = "没有缺的，" + itoa(soon) + " 项在 " + itoa(g.Rules.RemindFirst) + " 天内到期。"
	default:
		v.Say = "没有缺的，" + itoa(g.Rules.RemindFirst) + " 天内也没有到期的。"
	}
	if g.Next != nil {
		v.Say += "再往后是" + g.Next.Duty.Name() + "，" + g.Next.DueOn.Chinese() + "到期。"
	}
	return v
}

// watchesDuties reports whether a role follows the internal governance of the
// organizations of its area.
func watchesDuties(r authz.Role) bool {
	return r == authz.Community || r == authz.Subdistrict || r.OfBureau()
}

// areaLine is one thing of internal governance that an office may look after.
type areaLine struct{ Say, Label, Href string }

func areaLines(g governance.AreaGlance, today civil.Date) []areaLine {
	var out []areaLine
	if g.Guidelines > 0 {
		out = append(out, areaLine{itoa(g.Guidelines) + " 份制度指引等您发布或退回。", "去核对", paths.StaffGuidelines})
	}
	if g.CountedAt == nil || g.Overdue+g.Soon == 0 {
		return out
	}
	say := "内部治理："
	if g.Overdue > 0 {
		say += itoa(g.Organizations) + " 个组织有 " + itoa(g.Overdue) + " 项逾期、没有记录或要改正"
	}
	if g.Soon > 0 {
		if g.Overdue > 0 {
			say += "，"
		}
		say += itoa(g.Soon) + " 项快到期"
	}
	return append(out, areaLine{say + "（" + clock(*g.CountedAt, today) + " 统计）。", "看是哪些组织", paths.StaffGovernance})
}
