package fundingpages

import (
	"civilaffairs/internal/authz"
	"civilaffairs/internal/funding"
	"civilaffairs/web/paths"
	"civilaffairs/web/ui"
)

// noticeFacts says where a signed case stands in its public notice.
func noticeFacts(in funding.View) []ui.Fact {
	n := in.Notice
	if n == nil {
		return nil
	}
	facts := []ui.Fact{ui.F("进展", n.ItemState.Name())}
	if n.No != "" {
		facts = append([]ui.Fact{{Label: "公示", Body: ui.Link(n.No, paths.Notice(n.No))}}, facts...)
	}
	if !n.StartsOn.IsZero() {
		period := n.StartsOn.Chinese() + "至" + n.EndsOn.Chinese()
		if n.Provisional {
			period += "（暂定，节假日安排还没公布）"
		}
		facts = append(facts, ui.F("公示期", period))
	}
	if n.Open > 0 {
		facts = append(facts, ui.F("异议", itoa(n.Open)+" 件正在处理"))
	} else if n.Dismissed > 0 || n.Upheld > 0 {
		facts = append(facts, ui.F("异议", "不成立 "+itoa(n.Dismissed)+" 件，成立 "+itoa(n.Upheld)+" 件"))
	}
	return facts
}

// moneyFacts says what was granted, paid and given back. What finance does about
// it stands on pages of its own.
func moneyFacts(in funding.View, a authz.Actor) []ui.Fact {
	if in.Award == nil {
		return nil
	}
	facts := []ui.Fact{ui.F("核定金额", in.Award.Amount.String()+" 元"), ui.F("签批", in.Award.SignerName+"，"+clock(in.Award.SignedAt))}
	m := in.Money
	if m == nil {
		return facts
	}
	facts = append(facts, ui.F("已拨付", m.Paid.String()+" 元"))
	if m.Returned > 0 {
		facts = append(facts, ui.F("已退回", m.Returned.String()+" 元"))
	}
	if m.Recovered > 0 {
		facts = append(facts, ui.F("已追回", m.Recovered.String()+" 元"))
	}
	for _, h := range m.Holds {
		if h.InForce() && a.Role.Staff() {
			facts = append(facts, ui.F("冻结", h.Source+"："+h.Reason))
		}
	}
	if a.Can(authz.FundView) {
		facts = append(facts, ui.Fact{Label: "资金台账", Body: ui.Link("看拨付情况", paths.FundCase(in.Case.No))})
	}
	return facts
}

// officeAct leads whoever the case waits for to the page where they act, when it
// is not this one.
func officeAct(in funding.View, a authz.Actor) (label, href string) {
	switch {
	case in.Case.Waits != a.Role:
	case in.Case.Place() == funding.ToPublish:
		return "拟公示稿", paths.StaffNoticeNew
	case in.Case.Place() == funding.Disputed:
		return "处理异议", paths.StaffObjections
	case in.Case.Place() == funding.Granted:
		return "去拨付", paths.FundCase(in.Case.No)
	case in.Case.Place() == funding.Returning:
		return "登记退回的结余", paths.FundCase(in.Case.No)
	}
	return "", ""
}
