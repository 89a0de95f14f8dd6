package event

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/once"
	"civilaffairs/internal/person"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/roster"

	"github.com/google/uuid"
)

// Kind is as what somebody gave time (双工).
type Kind string

// The kinds.
const (
	SocialWork   Kind = "social_worker"
	Volunteering Kind = "volunteer"
)

// Name returns the Chinese name.
func (k Kind) Name() string {
	return named(k, map[Kind]string{SocialWork: "社工", Volunteering: "志愿者"})
}

// Sum is time given, added up.
type Sum struct {
	Year    int   `db:"year"`
	Kind    Kind  `db:"kind"`
	Entries int64 `db:"entries"` // 人次
	Minutes int64 `db:"minutes"`
}

// Hours is one entry: what one person gave to one activity.
type Hours struct {
	ID          uuid.UUID `db:"id"`
	Kind        Kind      `db:"kind"`
	VolunteerID uuid.UUID `db:"volunteer_id"`
	Name        string    `db:"name"` // "" once erased
	From        Clock     `db:"from_min"`
	Until       Clock     `db:"until_min"`
	Minutes     int       `db:"minutes"`
}

type hoursRow struct {
	Hours
	NameSealed []byte `db:"name_sealed"`
}

// hoursOf returns the entries of an activity that stand, with the names opened.
func (s *Service) hoursOf(ctx context.Context, q postgres.Querier, event uuid.UUID) ([]Hours, error) {
	rows, err := postgres.All[hoursRow](ctx, q, `select x.id, x.kind, coalesce(x.volunteer_id, `+nobody+`) as volunteer_id, coalesce(p.name, '') as name, v.name_sealed, x.minutes,
			(extract(epoch from lower(x.during) - (e.day::timestamp at time zone 'Asia/Shanghai')) / 60)::int as from_min,
			(extract(epoch from upper(x.during) - (e.day::timestamp at time zone 'Asia/Shanghai')) / 60)::int as until_min
		from event_service x join event e on e.id = x.event_id left join volunteer v on v.id = x.volunteer_id
			left join roster_member m on m.id = x.member_id left join person p on p.id = m.person_id
		where x.event_id = $1 and x.void_at is null order by x.kind, lower(x.during), x.id`, event)
	out := make([]Hours, 0, len(rows))
	for _, r := range rows {
		if r.NameSealed != nil {
			if r.Name, err = s.Keys.Open(volunteerName, r.VolunteerID, r.NameSealed); err != nil {
				return nil, err
			}
		}
		out = append(out, r.Hours)
	}
	return out, err
}

// Helper is somebody whose hours may be recorded for an activity.
type Helper struct {
	Key  string // "v/…" a volunteer, "m/…" a member of the roster
	Kind Kind
	Name string
	Note string // the masked mobile, or the certificate
	id   uuid.UUID
	key  []byte
}

// mostHelpers bounds the boxes of a page.
const mostHelpers = 500

// Helpers returns the confirmed volunteers of the actor's organization and the
// certified social workers on its roster on the day of the activity.
func (s *Service) Helpers(ctx context.Context, actor authz.Actor, no string) (e Event, list []Helper, now time.Time, err error) {
	if err := actor.Require(authz.EventEdit); err != nil {
		return e, nil, now, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, at time.Time) error {
		now = at
		if e, err = known(postgres.One[Event](ctx, q, `select `+eventColumns+` from event e
			where e.no = $1 and e.org_id = any(organization_ids($2))`, no, actor.OrgID)); err != nil {
			return err
		}
		list, err = s.helpers(ctx, q, actor.OrgID, e.Day)
		return err
	})
	return e, list, now, err
}

func (s *Service) helpers(ctx context.Context, q postgres.Querier, org uuid.UUID, on civil.Date) (list []Helper, err error) {
	members, err := roster.On(ctx, q, org, on)
	if err != nil {
		return nil, err
	}
	for _, m := range members {
		if m.Qualification.SocialWork() {
			list = append(list, Helper{Key: "m/" + m.ID.String(), Kind: SocialWork, Name: m.Name, Note: m.Qualification.Name(), id: m.ID, key: []byte(m.PersonID.String())})
		}
	}
	rows, err := postgres.All[listedVolunteer](ctx, q, `select `+volunteerColumns+`, '' as event_no, '' as event_title, false as doubled, 0::bigint as minutes
		from volunteer v where v.org_id = any(organization_ids($1)) and v.state = 'confirmed' order by v.id desc limit $2`, org, mostHelpers)
	for _, r := range rows {
		v, err := s.shown(r)
		if err != nil {
			return nil, err
		}
		list = append(list, Helper{Key: "v/" + v.ID.String(), Kind: Volunteering, Name: v.Name, Note: v.Mobile, id: v.ID, key: r.PersonKey})
	}
	return list, err
}

// memberKey of a person is that of the same person as a volunteer when the portal knows
// the mobile, so that nobody gives the same hour twice under two hats.
func (s *Service) memberKey(ctx context.Context, q postgres.Querier, personID uuid.UUID) ([]byte, error) {
	p, err := person.Load(ctx, q, s.Keys, personID)
	if err != nil {
		return nil, err
	}
	if p.Mobile != "" {
		return s.personKey(p.Mobile, p.Name), nil
	}
	return s.Keys.BlindIndex(personContext, personID.String()), nil
}

// RecordHours records the same time of several people for one activity: each has
// it, or none. Who has an entry that overlaps is named, not where it is.
func (s *Service) RecordHours(ctx context.Context, actor authz.Actor, token, no string, who []string, span Span) error {
	return s.own(ctx, actor, func(d desk) error {
		e, err := lockOwn(ctx, d, no)
		if err != nil {
			return err
		}
		_, err = once.Do(ctx, d.tx, actor, token, func() (string, error) { return e.No, s.recordHours(ctx, d, e, who, span) })
		return err
	})
}

func (s *Service) recordHours(ctx context.Context, d desk, e Event, who []string, span Span) error {
	if !e.Begun(d.now) {
		return errs.New(errs.Conflict, "活动公开并开始以后，才能记录服务时长。")
	}
	all, err := s.helpers(ctx, d.tx, d.org.ID, e.Day)
	if err != nil {
		return err
	}
	chosen := slices.DeleteFunc(all, func(h Helper) bool { return !slices.Contains(who, h.Key) })
	f := span.faults(e, d.now)
	if len(chosen) == 0 {
		f = append(errs.Faults{{Name: "who", Label: "谁", Message: "勾选服务时间相同的人，至少一位"}}, f...)
	}
	if err := f.Err(); err != nil {
		return err
	}
	var taken []string
	for _, h := range chosen {
		if h.Kind == SocialWork {
			if h.key, err = s.memberKey(ctx, d.tx, uuid.MustParse(string(h.key))); err != nil {
				return err
			}
		}
		free, err := give(ctx, d, e, h, span)
		if err != nil {
			return err
		}
		if !free {
			taken = append(taken, h.Name)
		}
	}
	if taken != nil {
		return errs.FieldError("who", "谁", fmt.Sprintf("%s 在这段时间里已经有服务记录，一个人的同一段时间只算一次。去掉这些人，或改时间", strings.Join(taken, "、")))
	}
	return d.note(ctx, OwnerKind, e.ID, "event.hours.record", map[string]any{"people": len(chosen), "minutes": int(span.Until - span.From)})
}

// give writes one entry; false when the person's time is taken.
func give(ctx context.Context, d desk, e Event, h Helper, span Span) (bool, error) {
	var volunteer, member *uuid.UUID
	if h.Kind == Volunteering {
		volunteer = &h.id
	} else {
		member = &h.id
	}
	tag, err := d.tx.Exec(ctx, `insert into event_service (id, event_id, org_id, community_code, kind, volunteer_id, member_id, person_key, during, year, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, tstzrange($9, $10), $11, $12, $13) on conflict on constraint event_service_once do nothing`,
		newID(), e.ID, e.OrgID, e.CommunityCode, h.Kind, volunteer, member, h.key, moment(e.Day, span.From), moment(e.Day, span.Until), e.Day.Year, d.now, d.actor.AccountID)
	return tag.RowsAffected() == 1, err
}

// WithdrawHours takes an entry back that was wrong.
func (s *Service) WithdrawHours(ctx context.Context, actor authz.Actor, no string, id uuid.UUID, reason string) error {
	return s.own(ctx, actor, func(d desk) error {
		e, err := lockOwn(ctx, d, no)
		if err != nil {
			return err
		}
		if err := needReason(reason); err != nil {
			return err
		}
		tag, err := d.tx.Exec(ctx, `update event_service set void_at = $3, void_by = $4, void_why = $5 where id = $1 and event_id = $2 and void_at is null`,
			id, e.ID, d.now, actor.AccountID, reason)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errs.New(errs.Conflict, "这条服务记录已经撤回，或者不属于这次活动。")
		}
		return d.note(ctx, OwnerKind, e.ID, "event.hours.withdraw", map[string]any{"entry": id})
	})
}

// Totals is time given, by kind.
type Totals map[Kind]Sum

func totals(ctx context.Context, q postgres.Querier, year int, f Filter) (Totals, error) {
	sums, err := postgres.All[Sum](ctx, q, `select year, kind, sum(entries)::bigint as entries, sum(minutes)::bigint as minutes from service_tally
		where year = $1 and ($2 = '' or community_code = $2) and ($3 = '' or community_code like $3 || '%') and ($4 = `+nobody+` or org_id = any(organization_ids($4)))
		group by year, kind`, year, f.Community, f.Subdistrict, f.OrgID)
	t := Totals{}
	for _, s := range sums {
		t[s.Kind] = s
	}
	return t, err
}

// OfOrganization returns the time given to the activities of an organization, year
// by year, the last first, and whether it takes volunteers.
func OfOrganization(ctx context.Context, q postgres.Querier, org uuid.UUID) (sums []Sum, open bool, err error) {
	if sums, err = postgres.All[Sum](ctx, q, `select year, kind, sum(entries)::bigint as entries, sum(minutes)::bigint as minutes from service_tally
		where org_id = any(organization_ids($1)) and entries > 0 group by year, kind order by year desc, kind`, org); err != nil {
		return nil, false, err
	}
	call, err := callOf(ctx, q, org)
	return sums, call.Open, err
}

// Statistic is one line of the statistics: a place or an organization.
type Statistic struct {
	Code      string    `db:"code"` // of the community
	OrgID     uuid.UUID `db:"org_id"`
	OrgName   string    `db:"org_name"`
	Demo      bool      `db:"demo"`
	Volunteer int64     `db:"volunteer_minutes"`
	Times     int64     `db:"volunteer_entries"`
	Social    int64     `db:"social_minutes"`
	SocialN   int64     `db:"social_entries"`
}

const statisticSums = `coalesce(sum(t.minutes) filter (where t.kind = 'volunteer'), 0)::bigint as volunteer_minutes,
	coalesce(sum(t.entries) filter (where t.kind = 'volunteer'), 0)::bigint as volunteer_entries,
	coalesce(sum(t.minutes) filter (where t.kind = 'social_worker'), 0)::bigint as social_minutes,
	coalesce(sum(t.entries) filter (where t.kind = 'social_worker'), 0)::bigint as social_entries`

// Statistics returns a year's time by community, and the organizations with the
// most of it.
func (s *Service) Statistics(ctx context.Context, year, most int) (v Statistics, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v.Today = civil.On(now)
		if v.Year = year; year == 0 {
			v.Year = v.Today.Year
		}
		var b postgres.Batch
		postgres.Gather(&b, &v.Places, `select t.community_code as code, `+nobody+` as org_id, '' as org_name, false as demo, `+statisticSums+`
			from service_tally t where t.year = $1 and t.entries > 0 group by t.community_code order by sum(t.minutes) desc, t.community_code`, v.Year)
		postgres.Gather(&b, &v.Organizations, organizationSums+` limit $2`, v.Year, most)
		postgres.Gather(&b, &v.Years, `select year, kind, sum(entries)::bigint as entries, sum(minutes)::bigint as minutes from service_tally where entries > 0 group by year, kind order by year desc, kind`)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		return v.regions(ctx, q)
	})
	return v, err
}

const organizationSums = `select o.community_code as code, o.id as org_id, o.name as org_name, o.demo, ` + statisticSums + `
	from service_tally t join organization o on o.id = organization_root(t.org_id) where t.year = $1 and t.entries > 0
	group by o.id order by sum(t.minutes) desc, o.id`

// EachOrganization calls fn with every organization that gave time in a year.
func (s *Service) EachOrganization(ctx context.Context, year int, fn func(Statistics, []Statistic) error) error {
	return s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v := Statistics{Year: year, Today: civil.On(now)}
		if year == 0 {
			v.Year = v.Today.Year
		}
		if err := v.regions(ctx, q); err != nil {
			return err
		}
		return postgres.Each[Statistic](ctx, q, func(rows []Statistic) error { return fn(v, rows) }, organizationSums, v.Year)
	})
}

// Statistics is the time given in a year.
type Statistics struct {
	Year          int
	Today         civil.Date
	Places        []Statistic
	Organizations []Statistic
	Years         []Sum
	Regions       *district.RegionSet
}

func (v *Statistics) regions(ctx context.Context, q postgres.Querier) (err error) {
	v.Regions, err = district.Regions(ctx, q)
	return err
}
