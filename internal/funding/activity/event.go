package activity

import (
	"fmt"
	"regexp"
	"strings"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/event"
	"civilaffairs/internal/form"

	"golang.org/x/text/width"
)

// Event is what an activity is, told before or after.
type Event struct {
	Title     string      `json:"title" db:"title"`
	Theme     event.Theme `json:"theme" db:"theme"`
	HeldOn    civil.Date  `json:"held_on" db:"held_on"`
	Starts    string      `json:"starts" db:"starts"` // 14:00
	Ends      string      `json:"ends" db:"ends"`
	Community string      `json:"community" db:"community"`
	Place     string      `json:"place" db:"place"`
	Target    string      `json:"target" db:"target"` // whom it is for
}

// When says day and hours: 2026年10月18日 14:00 至 16:30.
func (e Event) When() string {
	if e.HeldOn.IsZero() {
		return ""
	}
	return e.HeldOn.Chinese() + " " + e.Starts + " 至 " + e.Ends
}

// themes are those of the calendar.
var themes = func() (keys []string) {
	for _, t := range event.Themes {
		keys = append(keys, string(t))
	}
	return keys
}()

// readEvent reads the parts that plan and claim have in common, but for the date.
func readEvent(f *form.Form, regions *district.RegionSet) Event {
	e := Event{
		Title:  f.Text("title", "活动名称", form.Required, form.NoEmoji, form.Min(4), form.Max(80)),
		Theme:  event.Theme(f.Choice("theme", "活动主题", themes, form.Required)),
		HeldOn: f.Date("held_on", "活动日期", form.Required),
	}
	e.Starts = form.Parse(f, "starts", "开始时间", clock, form.Required)
	e.Ends = form.Parse(f, "ends", "结束时间", clock, form.Required)
	if e.Starts != "" && e.Ends != "" && e.Ends <= e.Starts {
		f.Fail("ends", "结束时间", fmt.Sprintf("%s不晚于开始时间 %s。跨天的活动按天分别申请", e.Ends, e.Starts))
	}
	e.Community = readCommunity(f, regions, e.HeldOn)
	e.Place = f.Text("place", "活动地点", form.Required, form.NoEmoji, form.Min(2), form.Max(120))
	e.Target = f.Text("target", "服务对象", form.Required, form.NoEmoji, form.Min(2), form.Max(event.MostAudience))
	return e
}

// readCommunity takes a community of the district that exists on the day. A place
// elsewhere is asked for by name: who chooses it learns why it does not do.
func readCommunity(f *form.Form, regions *district.RegionSet, on civil.Date) string {
	options := []string{Outside}
	for _, r := range regions.All() {
		if r.Kind == district.Community && (on.IsZero() || r.In(on)) {
			options = append(options, r.Code)
		}
	}
	code := f.Choice("community", "活动所在社区", options, form.Required)
	if code == Outside {
		f.Fail("community", "活动所在社区", "成长关爱工程只补贴在坪山区的社区里开展的活动。在区外办的不能申请")
		return ""
	}
	return code
}

var clockShape = regexp.MustCompile(`^([0-9]{1,2})[:.点时]([0-9]{0,2})分?$`)

// clock reads a time of day: 14:00, 9:30, 14点.
func clock(typed string) (string, error) {
	text := strings.ReplaceAll(form.Clean(width.Fold.String(typed), false), " ", "")
	parts := clockShape.FindStringSubmatch(text)
	if parts == nil {
		return "", errs.New(errs.Invalid, "“"+text+"”看不出是几点。按 14:30 这样填")
	}
	hour, minute := fmt.Sprintf("%02s", parts[1]), fmt.Sprintf("%02s", parts[2])
	if hour > "23" || minute > "59" {
		return "", errs.New(errs.Invalid, "没有“"+text+"”这个时间。填 00:00 到 23:59")
	}
	return hour + ":" + minute, nil
}
