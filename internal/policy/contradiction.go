package policy

import (
	"fmt"
	"strings"

	"civilaffairs/internal/errs"
)

// Faults returns what keeps a set of parameters from being handed in: a value
// out of its bounds, values that contradict each other, an article that the
// document does not have. Each names the parameter where it is put right.
// articles are the paths of the document.
func (p Params) Faults(articles []string) []errs.Field {
	var f []errs.Field
	known := map[string]bool{"": true}
	for _, path := range articles {
		known[path] = true
	}
	for _, d := range definitions {
		v := p.as(d.Key)
		if b := d.Bounds(); b != (Bounds{}) && !b.Contains(v.number) {
			f = append(f, fault(d, d.outside(v.Display())))
		}
		switch {
		case v.Article == "" && d.Group != siteGroup:
			f = append(f, fault(d, "没有写依据哪一条。选一条"))
		case !known[v.Article]:
			f = append(f, fault(d, fmt.Sprintf("依据“%s”不在这份文件里。重新选一条", v.Article)))
		}
	}
	return append(f, p.contradictions()...)
}

// siteGroup holds the settings of the site, which carry out no article.
const siteGroup = "站点安全"

func fault(d Definition, message string) errs.Field {
	return errs.Field{Name: string(d.Key), Label: d.Label, Message: message}
}

// outside says that a value is out of bounds, and what the bounds are.
func (d Definition) outside(value string) string {
	b := d.Bounds()
	least, most := Param{Key: d.Key, number: b.Least}, Param{Key: d.Key, number: b.Most}
	least.Value, _ = shown(d, least)
	most.Value, _ = shown(d, most)
	return fmt.Sprintf("“%s”超出范围。填 %s 到 %s%s", value, least.Value, most.Value, d.Unit)
}

// orders are pairs of which the first must not exceed the second.
var orders = [][2]Key{
	{StartupMinAgeMonths, StartupMaxAgeMonths}, {ActivityTierLowPct, ActivityTierHighPct},
	{ActivityCapEvent, ActivityCapYear}, {ActivityStar2BonusPct, ActivityStar3BonusPct}, {VentureFloor, VentureCap},
	{VentureGradeBMin, VentureGradeAMin}, {TalentMonthlyJunior, TalentMonthlyMiddle}, {TalentMonthlyMiddle, TalentMonthlySenior},
	{EvalPass, EvalMin2}, {EvalMin2, EvalMin3}, {NoticeGrantWD, NoticeLargeWD}, {BanBreachYears, BanFraudYears},
}

// hundreds are shares of one whole.
var hundreds = [][]Key{
	{EvalQuota3Pct, EvalQuota2Pct, EvalQuota1Pct},
	{VentureTrancheFirstPct, VentureTrancheMidPct, VentureTrancheFinalPct},
}

func (p Params) contradictions() []errs.Field {
	var f []errs.Field
	for _, pair := range orders {
		low, high := p.as(pair[0]), p.as(pair[1])
		if low.number > high.number {
			d, _ := definitionOf(low.Key)
			f = append(f, fault(d, fmt.Sprintf("%s大于“%s”的%s。改其中一个", low.Display(), high.Label, high.Display())))
		}
	}
	for _, parts := range hundreds {
		sum, words := int64(0), make([]string, len(parts))
		for i, k := range parts {
			v := p.as(k)
			sum, words[i] = sum+v.number, v.Display()
		}
		if sum != 100 {
			d, _ := definitionOf(parts[0])
			f = append(f, fault(d, fmt.Sprintf("%s合计 %d%%，应当是 100%%。改这几个比例", strings.Join(words, "、"), sum)))
		}
	}
	return f
}
