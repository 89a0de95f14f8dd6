package startup

import (
	"encoding/json"
	"fmt"

	"civilaffairs/internal/funding"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/policy"
)

// Compute explains the amount: what was asked for, up to the base of the
// organization's kind, raised for the categories fostered first (二（二）).
func (Programme) Compute(signed json.RawMessage, o funding.Applicant, _ any, r funding.Rules) (funding.Computation, error) {
	var a Application
	if err := json.Unmarshal(signed, &a); err != nil {
		return funding.Computation{}, fmt.Errorf("startup: signed application: %w", err)
	}
	p := paramsOf(r.Edition)
	registered := o.Basis == organization.Registered
	limit := Cap(registered, o.Category.Priority(), p)
	base, bonus := r.Edition.Params.Param(policy.StartupAmountFiled), r.Edition.Params.Param(policy.StartupPriorityBonusPct)
	if registered {
		base = r.Edition.Params.Param(policy.StartupAmountRegistered)
	}
	c := funding.Computation{Title: "启动扶持", Purpose: a.Purpose, Amount: min(a.Amount, limit)}
	add := func(label, value string, source funding.Source) {
		c.Lines = append(c.Lines, funding.Step{Label: label, Value: value, Source: source})
	}
	add(base.Label, base.Display(), p.SourceOf(base))
	if o.Category.Priority() {
		add(bonus.Label+"（"+o.Category.Name()+"）", "加 "+bonus.Display(), p.SourceOf(bonus))
	} else {
		add("业务类别", o.Category.Name()+"，不上浮", funding.FromPolicy("二（二）"))
	}
	add("最高可给", limit.String()+" 元", p.FromParam("三（二）1（1）"))
	add("申请金额", a.Amount.String()+" 元", funding.Source{Document: "申请表"})
	add("核算金额，取较小的", c.Amount.String()+" 元", p.FromParam("三（二）1（1）"))
	return c, nil
}
