package fundingpages

import (
	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/startup"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// startupTrial is the trial of start-up support.
type startupTrial struct{}

func (startupTrial) Fields(q checks.Questions) templ.Component { return startupFields(q) }

func (startupTrial) Limit(c funding.Context) money.Fen { return startup.LimitOf(c) }

func (startupTrial) Try(f *form.Form, t report.Terms) checks.Answered {
	established := f.Date("established", "成立日期", form.Required, form.Past(t.Today))
	trial := startup.Trial{
		EstablishedOn: established,
		Registered:    organization.Basis(f.Choice("basis", "登记还是备案", names(organization.Bases), form.Required)) == organization.Registered,
		Category:      organization.Category(f.Choice("category", "业务类别", names(organization.Categories), form.Required)),
		Origin:        organization.Origin(f.Choice("origin", "成立方式", names(organization.Origins), form.Required)),
		Finance:       said(f, "finance", "财务制度"),
		Disclosure:    said(f, "disclosure", "信息公开制度"),
		Activities:    f.Choice("activities", "办过的活动", []string{string(funding.Yes), string(funding.No)}, form.Required) == string(funding.Yes),
		Reports:       said(f, "reports", "年度报告"),
	}
	trial.Obstacles, trial.Sure = checks.ReadObstacles(f, keysOf(startup.Obstacles(t.Rules.Edition)))
	if len(f.Fields()) > 0 {
		return checks.Answered{}
	}
	basis := organization.Filed
	if trial.Registered {
		basis = organization.Registered
	}
	a := checks.Answered{Limit: startup.LimitOf(funding.Context{Rules: t.Rules, Organization: organization.Organization{Basis: basis, Category: trial.Category}})}
	a.Lines, a.Verdict = startup.TryOut(trial, t.Rules.Edition, t.On)
	return a
}

func said(f *form.Form, name, label string) funding.Said {
	return funding.Said(f.Choice(name, label, []string{string(funding.Yes), string(funding.No), string(funding.Unsure)}, form.Required))
}

func names[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

func basisOptions() []ui.Option {
	return []ui.Option{
		{Value: string(organization.Filed), Label: "备案", Hint: "在街道备案，没有法人资格"},
		{Value: string(organization.Registered), Label: "登记", Hint: "有法人登记证书"},
	}
}

func categoryOptions() []ui.Option {
	var out []ui.Option
	for _, c := range organization.Categories {
		o := ui.Option{Value: string(c), Label: c.Name() + "类"}
		if c.Priority() {
			o.Hint = "重点培育"
		}
		out = append(out, o)
	}
	return out
}

func originOptions() []ui.Option {
	var out []ui.Option
	for _, o := range organization.Origins {
		out = append(out, ui.Option{Value: string(o), Label: o.Name()})
	}
	return out
}

func saidOptions(yes, no string) []ui.Option {
	return []ui.Option{{Value: string(funding.Yes), Label: yes}, {Value: string(funding.No), Label: no}, {Value: string(funding.Unsure), Label: "不清楚"}}
}
