package event

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Filter is what of the calendar is shown. "" and zero do not narrow.
type Filter struct {
	Subdistrict, Community string
	Theme                  Theme
	OrgID                  uuid.UUID
}

// Entry is one line of the calendar: an activity that its organization announced,
// one that it recorded and the community confirmed, or one that was subsidized.
type Entry struct {
	ID            uuid.UUID  `db:"id"`
	No            string     `db:"no"` // "" for a record that was never announced
	OrgID         uuid.UUID  `db:"org_id"`
	OrgName       string     `db:"org_name"`
	Demo          bool       `db:"demo"`
	State         State      `db:"state"`
	Title         string     `db:"title"`
	Theme         Theme      `db:"theme"`
	Day           civil.Date `db:"day"`
	From          Clock      `db:"from_min"`
	Until         Clock      `db:"until_min"`
	Place         string     `db:"place"`
	CommunityCode string     `db:"community_code"`
	Participants  *int       `db:"participants"`
	Wanted        int        `db:"wanted"`
	Project       string     `db:"project"` // number of the grant that paid part of it, "" for none
	At            time.Time  `db:"at"`      // by which it is sorted
}

// The three sources of the calendar in one shape, each activity once. What has no
// hour of its own stands at the beginning of its day.
const eventEntry = `
	select e.id, e.no, e.org_id, e.state, e.title, e.theme, e.day, e.from_min, e.until_min, e.place, e.community_code, e.participants,
		case when e.state = 'planned' then e.wanted else 0 end as wanted, e.starts_at as at
	from event e where e.state in ('planned', 'held', 'cancelled')`

const recordEntry = `
	select r.id, '' as no, r.org_id, 'held' as state, r.title, '' as theme, r.held_on as day, -1 as from_min, -1 as until_min, r.place, r.community_code,
		r.participants, 0 as wanted, r.held_on::timestamp at time zone 'Asia/Shanghai' as at
	from organization_activity r where r.void_on is null and r.confirmed_on is not null and not exists (select from event where activity_id = r.id)`

// claimEntry is what was subsidized and neither announced nor recorded.
const claimEntry = `
	select c.case_id as id, '' as no, c.organization_id as org_id, 'held' as state, c.title, c.theme, c.held_on as day, -1 as from_min, -1 as until_min, c.place,
		c.community as community_code, c.participants, 0 as wanted, c.held_on::timestamp at time zone 'Asia/Shanghai' as at
	from activity_claim c where c.live and c.awarded_fen is not null and exists (select from project where case_id = c.case_id)
		and not exists (select from event e where e.state <> 'draft' and e.org_id = any(organization_ids(organization_root(c.organization_id))) and (e.plan_id = c.plan_id or e.day = c.held_on and search_key(e.title) = search_key(c.title)))
		and not exists (select from organization_activity r where r.org_id = any(organization_ids(organization_root(c.organization_id))) and r.held_on = c.held_on and search_key(r.title) = search_key(c.title) and r.void_on is null and r.confirmed_on is not null)`

// source is one of them with the names of its columns; order is what an index sorts
// by as at does.
type source struct{ sql, org, community, theme, day, at, id, order string }

const startOf = `(%s::timestamp at time zone 'Asia/Shanghai')`

var sources = []source{
	{eventEntry, "e.org_id", "e.community_code", "e.theme", "e.day", "e.starts_at", "e.id", "e.starts_at"},
	{recordEntry, "r.org_id", "r.community_code", "''", "r.held_on", fmt.Sprintf(startOf, "r.held_on"), "r.id", "r.held_on"},
	{claimEntry, "c.organization_id", "c.community", "c.theme", "c.held_on", fmt.Sprintf(startOf, "c.held_on"), "c.case_id", "c.held_on"},
}

// narrowed is a source under a filter; the arguments are those of args.
func (f Filter) narrowed(x source) string {
	var b strings.Builder
	b.WriteString(x.sql)
	switch {
	case f.Community != "":
		b.WriteString(` and ` + x.community + ` = $1`)
	case f.Subdistrict != "":
		b.WriteString(` and ` + x.community + ` = any(array(select code from region where parent_code = $1))`)
	default:
		b.WriteString(` and $1 = ''`)
	}
	if f.Theme != "" {
		b.WriteString(` and ` + x.theme + ` = $2`) // a record tells no theme
	} else {
		b.WriteString(` and $2 = ''`)
	}
	if f.OrgID != uuid.Nil {
		b.WriteString(` and ` + x.org + ` = any((select organization_ids($3))::uuid[])`) // asked once, not for every row
	} else {
		b.WriteString(` and $3 = ` + nobody)
	}
	return b.String()
}

// args are $1 community or subdistrict, $2 theme, $3 organization.
func (f Filter) args(more ...any) []any {
	place := f.Community
	if place == "" {
		place = f.Subdistrict
	}
	return append([]any{place, string(f.Theme), f.OrgID}, more...)
}

// union joins the sources, each cut by what tail says of it.
func (f Filter) union(tail func(x source) string) string {
	parts := make([]string, len(sources))
	for i, x := range sources {
		parts[i] = `(` + f.narrowed(x) + tail(x) + `)`
	}
	return `(` + strings.Join(parts, ` union all `) + `)`
}

const withOrganization = ` x join organization o on o.id = organization_root(x.org_id)`

// grantOf is the number of the grant for an activity, by its organization, day and
// title; %s is the row that has them.
const grantOf = `coalesce((select p.no from activity_claim c join project p on p.case_id = c.case_id where c.live and c.organization_id = any(organization_ids(organization_root(%[1]s.org_id)))
	and c.held_on = %[1]s.day and search_key(c.title) = search_key(%[1]s.title) limit 1), '')`

var entryColumns = fmt.Sprintf(grantOf, "x") + ` as project, x.id, x.no, o.id as org_id, o.name as org_name, o.demo, x.state, x.title, x.theme, x.day, x.from_min, x.until_min, x.place,
	x.community_code, x.participants, x.wanted, x.at`

// Page is one page of the list.
type Page struct {
	Entries        []Entry
	Previous, Next string // cursors, "" when there is nothing further
	Regions        *district.RegionSet
	Today          civil.Date
	Totals         Totals // of this year, under the place of the filter
}

// position is a place in the list.
type position struct {
	at   time.Time
	id   uuid.UUID
	back bool // towards the beginning of the list
}

func (p position) String() string {
	side := "n"
	if p.back {
		side = "p"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(side + p.id.String() + p.at.UTC().Format(time.RFC3339Nano)))
}

func parsePosition(s string) (p position, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) < 38 || len(b) > 80 {
		return p, false
	}
	if p.id, err = uuid.Parse(string(b[1:37])); err != nil {
		return p, false
	}
	p.at, err = time.Parse(time.RFC3339Nano, string(b[37:]))
	p.back = b[0] == 'p'
	return p, err == nil && p.at.Year() > 1900 && p.at.Year() < 2200
}

// List returns what is to come, the nearest first, or with past what was, the
// latest first.
func (s *Service) List(ctx context.Context, f Filter, past bool, cursor string, size int) (p Page, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p.Today = civil.On(now)
		if p.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		if p.Totals, err = totals(ctx, q, p.Today.Year, f); err != nil {
			return err
		}
		at, ok := parsePosition(cursor)
		if !ok {
			at = position{at: p.Today.Start(), id: uuid.Nil}
		}
		rows, err := list(ctx, q, f, at, p.Today, past, ok, size+1)
		if err != nil {
			return err
		}
		p.cut(rows, at, ok, size)
		return nil
	})
	return p, err
}

// list reads in the direction of the list, or against it when going back.
func list(ctx context.Context, q postgres.Querier, f Filter, at position, today civil.Date, past, given bool, limit int) ([]Entry, error) {
	return postgres.All[Entry](ctx, q, listSQL(f, at.back, past, given), f.args(at.at, at.id, limit, today)...)
}

// listSQL: today is to come and not past, whatever the place to go on from.
func listSQL(f Filter, back, past, given bool) string {
	op, dir, half := ">", "asc", ">="
	if past != back {
		op, dir = "<", "desc"
	}
	if past {
		half = "<"
	}
	inclusive := op
	if !given && !past {
		inclusive = ">="
	}
	// Bounded by the date as well, which is what the indexes know.
	tail := func(x source) string {
		return fmt.Sprintf(` and (%[1]s, %[2]s) %[3]s ($4, $5) and %[4]s %[5]s $7 and %[4]s %[6]s= ($4::timestamptz at time zone 'Asia/Shanghai')::date order by %[8]s %[7]s, %[2]s %[7]s limit $6`,
			x.at, x.id, inclusive, x.day, half, op, dir, x.order)
	}
	return `select ` + entryColumns + ` from ` + f.union(tail) + withOrganization + ` order by x.at ` + dir + `, x.id ` + dir + ` limit $6`
}

// cut makes a page of the rows read, which may be one too many.
func (p *Page) cut(rows []Entry, at position, given bool, size int) {
	more := len(rows) > size
	rows = rows[:min(len(rows), size)]
	if at.back {
		slices.Reverse(rows)
	}
	p.Entries = rows
	if len(rows) == 0 {
		return
	}
	first, last := rows[0], rows[len(rows)-1]
	if at.back && more || !at.back && given {
		p.Previous = position{first.At, first.ID, true}.String()
	}
	if !at.back && more || at.back {
		p.Next = position{last.At, last.ID, false}.String()
	}
}

// shownOfDay is how many activities a day of the month view lists.
const shownOfDay = 3

// DayOf is one day of the month view.
type DayOf struct {
	Entries []Entry // the first ones
	More    int     // how many others there are
}

// Month is the calendar of one month.
type Month struct {
	Month   civil.Month
	Days    map[civil.Date]DayOf
	Regions *district.RegionSet
	Today   civil.Date
}

// Month returns the activities of a month, a few of each day.
func (s *Service) Month(ctx context.Context, f Filter, m civil.Month) (v Month, err error) {
	v = Month{Month: m, Days: map[civil.Date]DayOf{}}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		v.Today = civil.On(now)
		if m.IsZero() {
			v.Month = civil.MonthOf(v.Today)
		}
		if v.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		first := v.Month.First()
		rows, err := monthOf(ctx, q, f, first, first.AddMonths(1))
		for _, r := range rows {
			d := v.Days[r.Day]
			d.Entries, d.More = append(d.Entries, r.Entry), r.Of-len(d.Entries)-1
			v.Days[r.Day] = d
		}
		return err
	})
	return v, err
}

type dayEntry struct {
	Entry
	Of int `db:"of"`
}

func monthOf(ctx context.Context, q postgres.Querier, f Filter, first, next civil.Date) ([]dayEntry, error) {
	in := func(x source) string { return fmt.Sprintf(` and %[1]s >= $4 and %[1]s < $5`, x.day) }
	return postgres.All[dayEntry](ctx, q, `select `+entryColumns+`, x.of from (
			select y.*, row_number() over (partition by day order by state = 'cancelled', at, id) as spot, (count(*) over (partition by day))::int as of from `+f.union(in)+` y
		)`+withOrganization+` where x.spot <= $6 order by x.day, x.spot`, f.args(first, next, shownOfDay)...)
}

// Feed returns what is to come and what was in the last month, for calendars that
// fetch it; at most so many.
func (s *Service) Feed(ctx context.Context, f Filter, most int) (list []Entry, now time.Time, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, at time.Time) error {
		now = at
		list, err = postgres.All[Entry](ctx, q, `select `+entryColumns+` from (`+f.narrowed(sources[0])+` and e.starts_at >= $4 order by e.starts_at, e.id limit $5)`+
			withOrganization+` order by x.at, x.id`, f.args(civil.On(at).AddDays(-31).Start(), most)...)
		return err
	})
	return list, now, err
}

// Detail is one activity as everyone sees it.
type Detail struct {
	Event
	OrgName     string
	OrgRoot     uuid.UUID
	Demo        bool
	Accepting   bool // the organization takes volunteers
	Confirmed   bool // the community confirmed that it took place
	ConfirmedBy string
	Pictures    []Picture
	Hours       []Sum
	Project     string // number of the grant that paid part of it, "" for none
	Regions     *district.RegionSet
	Now         time.Time
}

// Read returns a public activity; errs.NotFound for anything else.
func (s *Service) Read(ctx context.Context, no string) (d Detail, err error) {
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		d.Now = now
		if d.Event, err = findEvent(ctx, q, no); err != nil {
			return err
		}
		if !d.State.Public() {
			return notFound()
		}
		if d.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		return s.around(ctx, q, &d)
	})
	return d, err
}

func (s *Service) around(ctx context.Context, q postgres.Querier, d *Detail) error {
	type org struct {
		ID        uuid.UUID `db:"id"`
		Name      string    `db:"name"`
		Demo      bool      `db:"demo"`
		Accepting bool      `db:"accepting"`
		Office    *string   `db:"office"`
		Project   string    `db:"project"`
	}
	o, err := postgres.One[org](ctx, q, `
		select o.id, o.name, o.demo, coalesce(c.open, false) and o.status not in ('deregistered', 'filing_revoked', 'registration_revoked') as accepting,
			(select a.confirmed_office from organization_activity a where a.id = nullif($2, `+nobody+`) and a.confirmed_on is not null and a.void_on is null) as office,
			`+fmt.Sprintf(grantOf, "e")+` as project
		from event e join organization o on o.id = organization_root(e.org_id) left join volunteer_call c on c.org_id = o.id where e.id = $1`, d.ID, d.ActivityID)
	if err != nil {
		return err
	}
	d.OrgRoot, d.OrgName, d.Demo, d.Accepting, d.Project = o.ID, o.Name, o.Demo, o.Accepting, o.Project
	if o.Office != nil {
		d.Confirmed, d.ConfirmedBy = true, *o.Office
	}
	if d.Hours, err = postgres.All[Sum](ctx, q, `select 0 as year, kind, count(*) as entries, sum(minutes)::bigint as minutes
		from event_service where event_id = $1 and void_at is null group by kind order by kind`, d.ID); err != nil {
		return err
	}
	d.Pictures, err = picturesOf(ctx, q, d.ID, Released)
	return err
}

// Own is one page of an organization's own activities, the newest first.
type Own struct {
	Events  []Event
	Next    string
	Regions *district.RegionSet
	Now     time.Time
}

// Mine returns the activities of the actor's organization; after is the number of
// the last one shown.
func (s *Service) Mine(ctx context.Context, actor authz.Actor, after string, size int) (p Own, err error) {
	if err := actor.Require(authz.EventEdit); err != nil {
		return p, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p.Now = now
		if p.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		p.Events, err = postgres.All[Event](ctx, q, `select `+eventColumns+` from event e where e.org_id = any(organization_ids($1))
			and ($2 = '' or e.id < (select id from event where no = $2)) order by e.id desc limit $3`, actor.OrgID, after, size+1)
		if len(p.Events) > size {
			p.Events = p.Events[:size]
			p.Next = p.Events[size-1].No
		}
		return err
	})
	return p, err
}

// OwnDetail is one of them with all that belongs to it.
type OwnDetail struct {
	Event
	Pictures  []Picture
	Entries   []Hours
	Confirmed bool // the community confirmed the record of it
	Regions   *district.RegionSet
	Now       time.Time
}

// MineOne returns an activity of the actor's organization; errs.NotFound.
func (s *Service) MineOne(ctx context.Context, actor authz.Actor, no string) (d OwnDetail, err error) {
	if err := actor.Require(authz.EventEdit); err != nil {
		return d, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		d.Now = now
		if d.Event, err = known(postgres.One[Event](ctx, q, `select `+eventColumns+` from event e
			where e.no = $1 and e.org_id = any(organization_ids($2))`, no, actor.OrgID)); err != nil {
			return err
		}
		if d.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		if d.ActivityID != uuid.Nil {
			if err := q.QueryRow(ctx, `select confirmed_on is not null and void_on is null from organization_activity where id = $1`, d.ActivityID).Scan(&d.Confirmed); err != nil {
				return err
			}
		}
		if d.Pictures, err = picturesOf(ctx, q, d.ID, ""); err != nil {
			return err
		}
		d.Entries, err = s.hoursOf(ctx, q, d.ID)
		return err
	})
	return d, err
}

// At is the place of the list at which a day begins, going on as the list does.
func At(d civil.Date, past bool) string {
	at := position{at: d.Start().Add(-time.Second), id: uuid.Max}
	if past {
		at = position{at: d.End(), id: uuid.Nil}
	}
	return at.String()
}
