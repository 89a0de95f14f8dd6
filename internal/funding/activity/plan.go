package activity

import (
	"net/url"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
)

// Plan is an event that an organization tells of before (事前报备). Community and
// subdistrict take note of it; nobody approves it.
type Plan struct {
	Event
	ID                 uuid.UUID  `db:"id"`
	OrganizationID     uuid.UUID  `db:"organization_id"`
	Organization       string     `db:"organization"`
	Expected           int        `db:"expected"`
	Budget             money.Fen  `db:"budget_fen"`
	Intro              string     `db:"intro"`
	Open               bool       `db:"open"` // residents may see it
	FiledAt            time.Time  `db:"filed_at"`
	FilerName          string     `db:"filer_name"`
	CommunityNotedAt   *time.Time `db:"community_noted_at"`
	CommunityNoter     string     `db:"community_noter"`
	CommunityNote      string     `db:"community_note"`
	SubdistrictNotedAt *time.Time `db:"subdistrict_noted_at"`
	SubdistrictNoter   string     `db:"subdistrict_noter"`
	SubdistrictNote    string     `db:"subdistrict_note"`
	WithdrawnAt        *time.Time `db:"withdrawn_at"`
	WithdrawnReason    string     `db:"withdrawn_reason"`
	Version            int        `db:"version"`
	Home               string     `db:"home"`        // community of the organization
	HomeStreet         string     `db:"home_street"` // its subdistrict
}

// State says where a plan stands on a day.
func (p Plan) State(today civil.Date) string {
	switch {
	case p.WithdrawnAt != nil:
		return "已取消"
	case p.HeldOn.Before(today):
		return "已过活动日期"
	case p.CommunityNotedAt == nil:
		return "已报备，社区还没看"
	case p.SubdistrictNotedAt == nil:
		return "社区已知悉"
	}
	return "社区、街道已知悉"
}

// PlanInput is what an organization tells.
type PlanInput struct {
	Event
	Expected int
	Budget   money.Fen
	Intro    string
	Open     bool
}

// onCalendar is the plan as the public calendar shows it: without the budget. The
// times were read from 00:00 to 23:59.
func (in PlanInput) onCalendar() event.Input {
	from, _ := event.ParseClock(in.Starts)
	until, _ := event.ParseClock(in.Ends)
	return event.Input{Title: in.Title, Theme: in.Theme, Day: in.HeldOn, From: from, Until: until, Place: in.Place, CommunityCode: in.Community,
		Audience: in.Target, Intro: in.Intro, Expected: &in.Expected}
}

// planAhead is how many days before at most a plan makes sense.
const planAhead = 365

// ReadPlan reads a plan, or every fault in the order of the form.
func ReadPlan(v url.Values, regions *district.RegionSet, today civil.Date) (PlanInput, []errs.Field) {
	f := form.New(v)
	in := PlanInput{Event: readEvent(f, regions)}
	switch {
	case in.HeldOn.IsZero():
	case in.HeldOn.Before(today):
		f.Fail("held_on", "活动日期", in.HeldOn.Chinese()+"已经过了。已经办完的活动，直接申请补贴")
	case in.HeldOn.After(today.AddDays(planAhead)):
		f.Fail("held_on", "活动日期", in.HeldOn.Chinese()+"离现在超过一年。临近再报备")
	}
	in.Expected = f.Int("expected", "预计人数", form.Required, form.Min(1), form.Max(mostWho))
	in.Budget = f.Money("budget", "预算", form.Required)
	in.Intro = f.Text("intro", "活动安排", form.Required, form.Multiline, form.Min(10), form.Max(1000))
	in.Open = f.Choice("open", "公开", []string{"yes", "no"}, form.Required) == "yes"
	return in, f.Fields()
}
