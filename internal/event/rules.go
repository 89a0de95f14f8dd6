package event

import (
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
)

// Input is what an organization tells of an activity. Everything but the title may
// be missing while it is a draft.
type Input struct {
	Title         string
	Theme         Theme
	Day           civil.Date
	From, Until   Clock
	Place         string
	CommunityCode string
	Audience      string
	Intro         string
	Expected      *int
	Wanted        int
}

// input is what an activity tells, as its form holds it.
func (e Event) input() Input {
	return Input{Title: e.Title, Theme: e.Theme, Day: e.Day, From: e.From, Until: e.Until, Place: e.Place, CommunityCode: e.CommunityCode,
		Audience: e.Audience, Intro: e.Intro, Expected: e.Expected, Wanted: e.Wanted}
}

// MostAudience is how many characters tell whom an activity is for, here and where
// it is reported before or claimed for.
const MostAudience = 100

// The words of the fields, in messages and on pages.
const (
	labelTitle    = "活动名称"
	labelDay      = "活动日期"
	labelFrom     = "开始时间"
	labelUntil    = "结束时间"
	labelPlace    = "活动地点"
	labelHome     = "活动所在社区"
	labelIntro    = "活动介绍"
	labelExpected = "预计参加人数"
	labelWanted   = "需要志愿者"
)

// Faults says what is wrong with what is there; complete asks for everything that
// a public activity needs.
func (in Input) Faults(regions *district.RegionSet, complete bool) errs.Faults {
	var f errs.Faults
	least := func(n int) int {
		if complete {
			return n
		}
		return 0
	}
	f.Length("title", labelTitle, in.Title, max(1, least(4)), 80)
	if complete || in.Theme != "" {
		errs.OneOf(&f, "theme", "主题", in.Theme, Themes)
	}
	in.when(&f, complete)
	f.Length("place", labelPlace, in.Place, least(2), 120)
	if in.CommunityCode != "" || complete {
		if r, ok := regions.Get(in.CommunityCode); !ok || r.Kind != district.Community {
			f.Add("community", labelHome, "选活动所在的社区。在坪山区以外办的活动不列在这里。")
		}
	}
	f.Length("audience", "服务对象", in.Audience, 0, MostAudience)
	f.Length("intro", labelIntro, in.Intro, least(10), 1000)
	switch {
	case in.Expected == nil && complete:
		f.Add("expected", labelExpected, "填预计参加的人数，至少 1 人。")
	case in.Expected != nil && (*in.Expected < 1 || *in.Expected > 100_000):
		f.Add("expected", labelExpected, "填 1 到 100000 之间的人数。")
	}
	if in.Wanted < 0 || in.Wanted > 1000 {
		f.Add("wanted", labelWanted, "填 0 到 1000 之间的人数。不招募的填 0。")
	}
	return f
}

// when checks day and times: an activity is on one day.
func (in Input) when(f *errs.Faults, complete bool) {
	if in.Day.IsZero() && complete {
		f.Add("day", labelDay, "填活动的日期。连办几天的，一天登记一场。")
	}
	if !in.Day.IsZero() && (in.Day.Year < 1990 || in.Day.Year > 2100) {
		f.Add("day", labelDay, "填 1990 年到 2100 年之间的日期。")
	}
	if complete && in.From == Unset {
		f.Add("from", labelFrom, "填几点开始，如 9:30。")
	}
	if in.From > 24*60-1 {
		f.Add("from", labelFrom, "开始时间到 23:59 为止。第二天开始的，日期填第二天。")
	}
	switch {
	case complete && in.Until == Unset:
		f.Add("until", labelUntil, "填几点结束，如 11:30。")
	case in.From != Unset && in.From < 24*60 && in.Until != Unset && in.Until <= in.From:
		f.Add("until", labelUntil, fmt.Sprintf("结束时间要晚于开始时间 %s。到半夜的填 24:00。", in.From))
	}
}

// ahead wants an activity that is announced to lie ahead.
func (in Input) ahead(f *errs.Faults, now time.Time) {
	if at := moment(in.Day, in.From); !at.IsZero() && !at.After(now) {
		f.Add("day", labelDay, in.Day.Chinese()+in.From.String()+"已经过了。还没办的改日期；办完了的，填“办完以后”的情况。")
	}
}

// Result is what an activity came to.
type Result struct {
	Participants  int
	Volunteers    int
	SocialWorkers int
	Summary       string
}

// faults of a result that the record of the activity does not check itself.
func (r Result) faults(e Event, now time.Time) errs.Faults {
	var f errs.Faults
	if !e.EndsAt().IsZero() && e.EndsAt().After(now) {
		f.Add("day", labelDay, "活动到"+e.Day.Chinese()+e.Until.String()+"才结束。结束以后再填。")
	}
	return f
}

// Span is a time within a day.
type Span struct{ From, Until Clock }

// Minutes that one entry of hours may have.
const (
	leastService = 15
	mostService  = 12 * 60
)

// faults of the times of hours on the day of an activity.
func (s Span) faults(e Event, now time.Time) errs.Faults {
	var f errs.Faults
	switch n := int(s.Until - s.From); {
	case s.From == Unset:
		f.Add("from", labelFrom, "填从几点起，如 9:00。")
	case s.Until == Unset:
		f.Add("until", labelUntil, "填到几点止，如 11:30。")
	case n < leastService:
		f.Add("until", labelUntil, fmt.Sprintf("至少比开始时间 %s 晚 15 分钟。", s.From))
	case n > mostService:
		f.Add("until", labelUntil, "一个人一次最多记 12 小时。分成几段的，分几次记。")
	case moment(e.Day, s.Until).After(now):
		f.Add("until", labelUntil, "这个时间还没有到。服务结束以后再记。")
	}
	return f
}

// HoursText is a number of minutes for people: 3 小时, 2.5 小时.
func HoursText(minutes int64) string {
	tenths := (minutes*10 + 30) / 60
	if tenths%10 == 0 {
		return fmt.Sprintf("%d 小时", tenths/10)
	}
	return fmt.Sprintf("%d.%d 小时", tenths/10, tenths%10)
}

// needReason wants a reason of 5 to 200 characters.
func needReason(reason string) error {
	var f errs.Faults
	f.Length("reason", "理由", strings.TrimSpace(reason), 5, 200)
	return f.Err()
}
