package event

import (
	"strings"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
)

func TestClocks(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{"9:30": "09:30", "09：30": "09:30", "９点": "09:00", "9点半": "09:30", "14时5分": "14:05", "24:00": "24:00", " 0:00 ": "00:00", "": "", "23": "23:00"} {
		if c, err := ParseClock(typed); err != nil || c.String() != want {
			t.Errorf("%q: %s, %v", typed, c, err)
		}
	}
	for _, typed := range []string{"24:01", "25:00", "9:60", "-1:00", "早上", "9:3:0", "999999999999", "9.5", "<b>", "9:-1", "1e1"} {
		if c, err := ParseClock(typed); err == nil {
			t.Errorf("%q is %s", typed, c)
		}
	}
}

// Every bad input of an activity at its field; a draft saves however incomplete.
func TestFaultsOfAnActivity(t *testing.T) {
	t.Parallel()
	regions := district.NewRegionSet([]district.Region{{Code: "440310001001", Kind: district.Community, Name: "六联社区"}, {Code: "440310001", Kind: district.Subdistrict, Name: "坪山街道"}})
	n := func(v int) *int { return &v }
	good := Input{Title: "长者共餐日", Theme: "hardship", Day: civil.Of(2026, 11, 28), From: 570, Until: 690, Place: "党群服务中心", CommunityCode: "440310001001",
		Intro: "请独居老人一起吃午饭，饭后量血压。", Expected: n(30)}
	if f := good.Faults(regions, true); f != nil {
		t.Fatalf("a good one: %v", f)
	}
	if f := (Input{Title: "长", From: Unset, Until: Unset}).Faults(regions, false); f != nil {
		t.Errorf("a draft with a title: %v", f)
	}
	for name, c := range map[string]struct {
		change func(*Input)
		field  string
		draft  bool // at fault as a draft as well
	}{
		"no title":       {func(in *Input) { in.Title = "" }, "title", true},
		"short title":    {func(in *Input) { in.Title = "共餐" }, "title", false},
		"long title":     {func(in *Input) { in.Title = strings.Repeat("长", 81) }, "title", true},
		"theme":          {func(in *Input) { in.Theme = "" }, "theme", false},
		"unknown theme":  {func(in *Input) { in.Theme = "party" }, "theme", true},
		"no day":         {func(in *Input) { in.Day = civil.Date{} }, "day", false},
		"early day":      {func(in *Input) { in.Day = civil.Of(1900, 1, 1) }, "day", true},
		"no beginning":   {func(in *Input) { in.From = Unset }, "from", false},
		"at midnight":    {func(in *Input) { in.From, in.Until = 1440, 1440 }, "from", true},
		"no end":         {func(in *Input) { in.Until = Unset }, "until", false},
		"end first":      {func(in *Input) { in.Until = 569 }, "until", true},
		"no time":        {func(in *Input) { in.Until = 570 }, "until", true},
		"no place":       {func(in *Input) { in.Place = "" }, "place", false},
		"long place":     {func(in *Input) { in.Place = strings.Repeat("长", 121) }, "place", true},
		"no community":   {func(in *Input) { in.CommunityCode = "" }, "community", false},
		"elsewhere":      {func(in *Input) { in.CommunityCode = "440307001001" }, "community", true},
		"a subdistrict":  {func(in *Input) { in.CommunityCode = "440310001" }, "community", true},
		"long audience":  {func(in *Input) { in.Audience = strings.Repeat("长", 101) }, "audience", true},
		"no intro":       {func(in *Input) { in.Intro = "" }, "intro", false},
		"long intro":     {func(in *Input) { in.Intro = strings.Repeat("长", 1001) }, "intro", true},
		"nobody told":    {func(in *Input) { in.Expected = nil }, "expected", false},
		"nobody expects": {func(in *Input) { in.Expected = n(0) }, "expected", true},
		"everybody":      {func(in *Input) { in.Expected = n(100_001) }, "expected", true},
		"minus one":      {func(in *Input) { in.Wanted = -1 }, "wanted", true},
		"too many":       {func(in *Input) { in.Wanted = 1001 }, "wanted", true},
	} {
		in := good
		c.change(&in)
		if f := in.Faults(regions, true); len(f) != 1 || f[0].Name != c.field {
			t.Errorf("%s: %v", name, f)
		}
		if f := in.Faults(regions, false); (len(f) > 0) != c.draft {
			t.Errorf("%s as a draft: %v", name, f)
		}
	}
}

func TestTimesOfService(t *testing.T) {
	t.Parallel()
	e := Event{Day: civil.Of(2026, 11, 22)}
	now := civil.Of(2026, 11, 22).Start().Add(15 * time.Hour)
	for name, c := range map[string]struct {
		span Span
		want string
	}{
		"good": {Span{540, 690}, ""}, "least": {Span{540, 555}, ""}, "most": {Span{0, 720}, ""}, "until now": {Span{840, 900}, ""},
		"a minute more than now": {Span{840, 901}, "until"}, "fourteen minutes": {Span{540, 554}, "until"}, "too long": {Span{0, 721}, "until"},
		"backward": {Span{690, 540}, "until"}, "no beginning": {Span{Unset, 690}, "from"}, "no end": {Span{540, Unset}, "until"},
	} {
		f := c.span.faults(e, now)
		if got := len(f) > 0 && f[0].Name == c.want || len(f) == 0 && c.want == ""; !got {
			t.Errorf("%s: %v", name, f)
		}
	}
	for minutes, want := range map[int64]string{0: "0 小时", 60: "1 小时", 90: "1.5 小时", 15: "0.3 小时", 10_000: "166.7 小时"} {
		if got := HoursText(minutes); got != want {
			t.Errorf("%d minutes: %s", minutes, got)
		}
	}
}
