// Package event is the activities of organizations as everyone sees them (policy
// 三(三)1 and 二(三)): what is planned and what took place, for the public calendar;
// residents who offer to help; the hours of social workers and volunteers
// (双工一社); pictures, released and taken down.
//
// Between the registries and the features; owns the tables event, volunteer_call,
// volunteer, event_service, service_tally, event_picture and picture_request. It
// knows no money: a claim for an activity is a case of funding. What took place is
// also a record of internal/organization, which the community confirms; the
// calendar shows both as one.
//
// Who a volunteer is, and who asks for a picture to be taken down, stays sealed:
// the organization, or the bureau, sees it in clear and nobody else does. One
// person's hours never count twice, whichever organizations record them: the
// database excludes times that overlap.
package event

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"

	"github.com/google/uuid"
)

// State is where an activity stands. A draft is seen by its organization alone.
type State string

// The states.
const (
	Draft     State = "draft"
	Planned   State = "planned"
	Held      State = "held"
	Cancelled State = "cancelled"
	Blocked   State = "blocked"
)

// Name returns the Chinese name.
func (s State) Name() string {
	return named(s, map[State]string{Draft: "未公开", Planned: "将要开展", Held: "已开展", Cancelled: "已取消", Blocked: "已下架"})
}

// Public reports whether everyone sees the activity.
func (s State) Public() bool { return s == Planned || s == Held || s == Cancelled }

// Theme is what an activity is about.
type Theme string

// Themes lists the themes in the order of forms (those of the 2025 call, domain §4).
var Themes = []Theme{"hardship", "neighbours", "governance", "safety", "women", "family", "waste", "civic", "local", "other"}

// Name returns the Chinese name, the raw value when unknown.
func (t Theme) Name() string {
	return named(t, map[Theme]string{"hardship": "困难群体帮扶", "neighbours": "邻里互助和志愿服务", "governance": "社区协商共治", "safety": "平安和安全", "women": "妇女儿童健康",
		"family": "家庭家教家风", "waste": "垃圾分类和环保", "civic": "文明和文化", "local": "社区特色", "other": "其他公益服务"})
}

func named[T ~string](v T, names map[T]string) string {
	if n, ok := names[v]; ok {
		return n
	}
	return string(v)
}

// Clock is a time of day in minutes from midnight, Unset when it is not told.
type Clock int

// Unset is no time.
const Unset Clock = -1

// String returns the time as people write it: 09:00, 24:00.
func (c Clock) String() string {
	if c == Unset {
		return ""
	}
	return fmt.Sprintf("%02d:%02d", c/60, c%60)
}

// ParseClock reads a time of day: 9:00, 09：00, 9点, 9点半, 9时30分, 24:00. "" is
// Unset.
func ParseClock(s string) (Clock, error) {
	s = strings.NewReplacer("：", ":", "点半", ":30", "点", ":", "时", ":", "分", "", " ", "", "　", "").Replace(strings.TrimSpace(s))
	s = strings.Map(func(r rune) rune {
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
	if s == "" {
		return Unset, nil
	}
	hours, minutes, _ := strings.Cut(s, ":")
	if minutes == "" {
		minutes = "0"
	}
	h, err1 := strconv.Atoi(hours)
	m, err2 := strconv.Atoi(minutes)
	if err1 != nil || err2 != nil || len(hours) > 2 || len(minutes) > 2 || h < 0 || m < 0 || m > 59 || h*60+m > 24*60 {
		return Unset, errs.New(errs.Invalid, "这里填几点几分，如 9:30 或 14:00")
	}
	return Clock(h*60 + m), nil
}

// Event is one activity.
type Event struct {
	ID            uuid.UUID  `db:"id"`
	No            string     `db:"no"` // HD-2026-0001
	OrgID         uuid.UUID  `db:"org_id"`
	State         State      `db:"state"`
	Title         string     `db:"title"`
	Theme         Theme      `db:"theme"`
	Day           civil.Date `db:"day"`
	From          Clock      `db:"from_min"`
	Until         Clock      `db:"until_min"`
	Place         string     `db:"place"`
	CommunityCode string     `db:"community_code"`
	Audience      string     `db:"audience"`
	Intro         string     `db:"intro"`
	Expected      *int       `db:"expected"`
	Wanted        int        `db:"wanted"` // volunteers asked for
	PlanID        uuid.UUID  `db:"plan_id"`
	Participants  *int       `db:"participants"`
	Outcome       string     `db:"outcome"`
	ActivityID    uuid.UUID  `db:"activity_id"` // the record of what took place
	HeldAt        *time.Time `db:"held_at"`
	EndedWhy      string     `db:"ended_why"`
	PublishedAt   *time.Time `db:"published_at"`
	UpdatedAt     time.Time  `db:"updated_at"`
	Version       int        `db:"version"`
}

// StartsAt is the moment at which it begins; zero while a draft does not say.
func (e Event) StartsAt() time.Time { return moment(e.Day, e.From) }

// EndsAt is the moment at which it ends.
func (e Event) EndsAt() time.Time { return moment(e.Day, e.Until) }

func moment(d civil.Date, c Clock) time.Time {
	if d.IsZero() || c == Unset {
		return time.Time{}
	}
	return d.Start().Add(time.Duration(c) * time.Minute)
}

// Editable reports whether the organization may still change what is planned.
func (e Event) Editable() bool { return e.State == Draft || e.State == Planned }

// Begun reports whether the activity has begun, so that hours can be recorded.
func (e Event) Begun(now time.Time) bool {
	return (e.State == Planned || e.State == Held) && !e.StartsAt().After(now)
}

// Over reports whether its end has passed, so that what came of it can be told.
func (e Event) Over(now time.Time) bool {
	return e.Editable() && !e.EndsAt().IsZero() && !e.EndsAt().After(now)
}

// OwnerKind is the owner of pictures among the attachments, and the subject in
// the audit trail.
const OwnerKind = "event"

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func notFound() error {
	return errs.New(errs.NotFound, "没有找到这次活动。它可能没有公开，或已经下架。")
}

func stale() error {
	return errs.New(errs.Conflict, "这条记录刚才被改过。请看看现在的内容，再改一次。")
}
