package fundingpages

import (
	"strconv"

	"civilaffairs/internal/form"
	"civilaffairs/internal/funding"
	"civilaffairs/internal/funding/activity"
	"civilaffairs/internal/money"
	"civilaffairs/internal/report"
	"civilaffairs/web/checks"
	"civilaffairs/web/ui"

	"github.com/a-h/templ"
)

// activityTrial is the trial of activity claims.
type activityTrial struct{}

func (activityTrial) Fields(q checks.Questions) templ.Component { return activityFields(q) }

func (activityTrial) Limit(c funding.Context) money.Fen { return activity.Cap(c.Rules.Edition) }

func (activityTrial) Try(f *form.Form, t report.Terms) checks.Answered {
	e := t.Rules.Edition
	trial := activity.Trial{
		HeldOn:       f.Date("held_on", "活动日期", form.Required),
		Participants: f.Int("participants", "参加人数", form.Required),
		Cost:         f.Money("cost", "支出合计", form.Required, form.Min(money.Yuan)),
		Other:        f.Money("other", "其他资金"),
		Star:         stars[f.Choice("star", "星级", starKeys, form.Required)],
		Claims:       f.Int("claims", "当年已经补贴的次数", form.Required, form.Max(100)),
		Granted:      f.Money("granted", "当年已经补贴的金额"),
		Reports:      said(f, "reports", "年度报告"),
		Calendar:     t.Calendar,
	}
	if activity.Tiered(e) {
		trial.Held = f.Int("held", "当年办过的活动", form.Required, form.Max(1000))
	}
	trial.Obstacles, trial.Sure = checks.ReadObstacles(f, keysOf(activity.Obstacles(e)))
	if len(f.Fields()) > 0 {
		return checks.Answered{}
	}
	var a checks.Answered
	a.Lines, a.Verdict, a.Limit = activity.TryOut(trial, e, t.On)
	return a
}

var (
	starKeys = []string{"0", "1", "2", "3"}
	stars    = map[string]int{"1": 1, "2": 2, "3": 3}
)

func starOptions() []ui.Option {
	names := []string{"没有星级", "一星级", "二星级", "三星级"}
	options := make([]ui.Option, len(names))
	for i, name := range names {
		options[i] = ui.Option{Value: strconv.Itoa(i), Label: name}
	}
	return options
}

func keysOf(list []funding.Obstacle) []string {
	keys := make([]string, len(list))
	for i, o := range list {
		keys[i] = o.Key
	}
	return keys
}

func obstacleOptions(list []funding.Obstacle) []ui.Option {
	var out []ui.Option
	for _, o := range list {
		out = append(out, ui.Option{Value: o.Key, Label: o.Name})
	}
	return append(out, ui.Option{Value: checks.NoObstacle, Label: "以上都没有"}, ui.Option{Value: checks.UnsureObstacle, Label: "其余的不清楚"})
}

// people counts persons, united is a number with another unit.
func people(f ui.Field) ui.Field { return united(f, "人") }

func united(f ui.Field, unit string) ui.Field {
	f.Unit, f.InputMode, f.Width = unit, "numeric", 4
	return f
}
