package notice

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/form"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workday"

	"github.com/google/uuid"
)

// Moment is what a page needs to count days.
type Moment struct {
	Now      time.Time
	Today    civil.Date
	Calendar *workday.Calendar
}

func moment(ctx context.Context, q postgres.Querier, now time.Time) (m Moment, err error) {
	m.Now, m.Today = now, civil.On(now)
	m.Calendar, err = district.Calendar(ctx, q)
	return m, err
}

// Left returns the working days until a deadline, negative when it is past.
func (m Moment) Left(due civil.Date) int {
	left, _ := m.Calendar.Between(m.Today, due)
	if left == 0 && due.Before(m.Today) {
		return -1
	}
	return left
}

// Listed is one notice of a list.
type Listed struct {
	Notice
	Title string    `db:"title"`
	Items int       `db:"items"`
	Total money.Fen `db:"total"`
	Stage Stage     `db:"stage"` // of a text on its way, "" when none is
	Seq   int       `db:"seq"`   // of that text
}

const listedColumns = noticeColumns + `, coalesce(t.title, '') as title, coalesce(s.items, 0) as items, coalesce(s.total, 0) as total,
	coalesce(w.state, '') as stage, coalesce(w.seq, 0) as seq`

const listedFrom = ` from notice n
	left join lateral (select title from notice_manuscript where notice_id = n.id and (state = 'issued' or seq = 0) order by seq desc limit 1) t on true
	left join lateral (select state, seq from notice_manuscript where notice_id = n.id and state in ('draft', 'reviewing', 'signing')) w on true
	left join lateral (select count(*)::int as items, sum(amount_fen)::bigint as total from notice_item where notice_id = n.id) s on true `

// Filter narrows the public list. What is not known is left out.
type Filter struct {
	Type   Type
	Year   int
	Cursor string
}

// List is one page of the public list: all that run, then those that are over.
type List struct {
	Moment
	Filter  Filter // as applied
	Running []Listed
	Over    []Listed
	Next    string // cursor, "" at the end
	First   int    // year of the oldest notice, 0 when there is none
}

const listPage = 20

// Public lists the published notices. Three statements and one on later pages.
func (s *Service) Public(ctx context.Context, f Filter) (l List, err error) {
	f = f.Known()
	at, id := cursor(f.Cursor)
	l.Filter = f
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if l.Moment, err = moment(ctx, q, now); err != nil {
			return err
		}
		const narrowed = ` and ($1 = '' or n.type = $1) and ($2 = 0 or n.no_year = $2)`
		var first []struct {
			Year int `db:"year"`
		}
		var b postgres.Batch
		postgres.Gather(&b, &first, `select coalesce(min(no_year), 0)::int as year from notice where no_year is not null`)
		if at == nil {
			postgres.Gather(&b, &l.Running, `select `+listedColumns+listedFrom+`where n.state = 'running'`+narrowed+` order by n.ends_at, n.id limit 100`, f.Type, f.Year)
		}
		postgres.Gather(&b, &l.Over, `select `+listedColumns+listedFrom+`where n.state in ('ended', 'withdrawn') and n.first_published_at is not null`+narrowed+`
			and ($3::timestamptz is null or (n.first_published_at, n.id) < ($3, $4)) order by n.first_published_at desc, n.id desc limit $5`,
			f.Type, f.Year, at, id, listPage+1)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		l.First = first[0].Year
		if len(l.Over) > listPage {
			l.Over = l.Over[:listPage]
			last := l.Over[listPage-1]
			l.Next = last.FirstPublished.UTC().Format(time.RFC3339Nano) + "." + last.ID.String()
		}
		return nil
	})
	return l, err
}

// Known leaves out what filters nothing.
func (f Filter) Known() Filter {
	if !f.Type.Valid() {
		f.Type = ""
	}
	if f.Year < 2000 || f.Year > 2999 {
		f.Year = 0
	}
	return f
}

// Changed lists the published notices that changed last, the latest first: for a
// feed. A text that replaced another, the end and a withdrawal are changes.
func (s *Service) Changed(ctx context.Context, f Filter, limit int) (list []Listed, m Moment, err error) {
	f = f.Known()
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		if m, err = moment(ctx, q, now); err != nil {
			return err
		}
		list, err = postgres.All[Listed](ctx, q, `select `+listedColumns+listedFrom+`where n.id in (
			select id from notice where state in ('running', 'ended', 'withdrawn') and first_published_at is not null and ($1 = '' or type = $1) and ($2 = 0 or no_year = $2)
			order by greatest(published_at, ended_at, withdrawn_at) desc, id desc limit $3)
			order by greatest(n.published_at, n.ended_at, n.withdrawn_at) desc, n.id desc`, f.Type, f.Year, limit)
		return err
	})
	return list, m, err
}

// ChangedAt is when the public saw a change of the notice last.
func (n Notice) ChangedAt() time.Time {
	var at time.Time
	for _, t := range []*time.Time{n.PublishedAt, n.EndedAt, n.WithdrawnAt} {
		if t != nil && t.After(at) {
			at = *t
		}
	}
	return at
}

// EachPublic gives every published notice to rows, those that run first: for
// exports.
func (s *Service) EachPublic(ctx context.Context, f Filter, rows func(m Moment, list []Listed) error) error {
	f = f.Known()
	return s.each(ctx, rows, `where (n.state = 'running' or n.state in ('ended', 'withdrawn') and n.first_published_at is not null)
		and ($1 = '' or n.type = $1) and ($2 = 0 or n.no_year = $2) order by n.state <> 'running', n.first_published_at desc, n.id desc`, f.Type, f.Year)
}

// Each gives every notice to rows, texts on their way included, the newest first:
// for exports of the office.
func (s *Service) Each(ctx context.Context, actor authz.Actor, rows func(m Moment, list []Listed) error) error {
	if err := actor.Require(authz.NoticeView); err != nil {
		return err
	}
	return s.each(ctx, rows, `order by n.created_at desc, n.id desc`)
}

func (s *Service) each(ctx context.Context, rows func(m Moment, list []Listed) error, which string, args ...any) error {
	return s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		m, err := moment(ctx, q, now)
		if err != nil {
			return err
		}
		return postgres.Each(ctx, q, func(list []Listed) error { return rows(m, list) }, `select `+listedColumns+listedFrom+which, args...)
	})
}

// cursor reads where a page begins; anything else is the first page.
func cursor(text string) (*time.Time, uuid.UUID) {
	cut := strings.LastIndex(text, ".")
	if cut < 0 {
		return nil, uuid.Nil
	}
	at, err := time.Parse(time.RFC3339Nano, text[:cut])
	id, err2 := uuid.Parse(text[cut+1:])
	if err != nil || err2 != nil || at.Year() < 2000 || at.Year() > 2999 {
		return nil, uuid.Nil
	}
	return &at, id
}

// Answered is an objection as the public sees it: nothing of who made it.
type Answered struct {
	Ordinal   int            `db:"ordinal"`
	Received  time.Time      `db:"received_at"`
	State     ObjectionState `db:"state"`
	Outcome   string         `db:"outcome"`
	HandledAt *time.Time     `db:"handled_at"`
}

// Page is a notice as the public reads it.
type Page struct {
	Moment
	Notice
	Text       Manuscript   // in force
	Earlier    []Manuscript // issued before, newest first
	Items      []Item
	Settings   []Setting
	Objections []Answered
	Regions    *district.RegionSet
	Head       audit.Head // of the day before publication; Number 0 when there is none
}

// Read returns a published notice by its number; errs.NotFound for one that is
// not public. A withdrawn one stays readable with its reason.
func (s *Service) Read(ctx context.Context, no string) (p Page, err error) {
	if form.Clean(no, false) != no {
		return p, notFound()
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p.Notice, err = postgres.One[Notice](ctx, q, `select `+noticeColumns+` from notice n where no = $1 and (first_published_at is not null or state = 'withdrawn')`, no)
		if errs.Is(err, errs.NotFound) {
			return notFound()
		}
		if err != nil {
			return err
		}
		var texts []Manuscript
		var b postgres.Batch
		postgres.Gather(&b, &texts, `select `+manuscriptColumns+` from notice_manuscript m where notice_id = $1 and state = 'issued' order by seq desc`, p.ID)
		postgres.Gather(&b, &p.Items, `select `+itemColumns+` from notice_item i join notice n on n.id = i.notice_id where i.notice_id = $1 order by i.ordinal`, p.ID)
		postgres.Gather(&b, &p.Settings, settingsSQL, p.ID)
		postgres.Gather(&b, &p.Objections, `select i.ordinal, o.received_at, o.state, o.outcome, o.handled_at
			from notice_objection o join notice_item i on i.id = o.item_id where o.notice_id = $1 order by o.received_at, o.id`, p.ID)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		p.Text, p.Earlier = texts[0], texts[1:]
		if p.FirstPublished == nil { // its number is public, what was never published is not
			p.Items, p.Text.Text = nil, Text{Title: "发布前撤回的公示", Body: "这份公示签发后、发布前撤回，原文没有发布过。"}
		}
		return p.surroundings(ctx, q, now)
	})
	return p, err
}

const settingsSQL = `select seq, cause, at, starts_on, ends_on, working_days, provisional, reason, actor_name
	from notice_clock where notice_id = $1 order by seq`

// surroundings reads what the page needs besides the notice. The calendar is
// that of its own years: a notice is read for ever.
func (p *Page) surroundings(ctx context.Context, q postgres.Querier, now time.Time) (err error) {
	p.Now, p.Today = now, civil.On(now)
	if p.Regions, err = district.Regions(ctx, q); err != nil {
		return err
	}
	from := p.Today
	if !p.PublishedOn.IsZero() {
		from = p.PublishedOn
	}
	if p.Calendar, err = district.CalendarOf(ctx, q, from.Year-1, from.Year+2); err != nil {
		return err
	}
	p.Head, _, err = audit.DailyHead(ctx, q, from.AddDays(-1))
	return err
}

// Position is where a case stands in its notice, for the pages of the case.
type Position struct {
	NoticeID    uuid.UUID  `db:"notice_id"`
	No          string     `db:"no"` // "" before signature
	State       State      `db:"state"`
	ItemState   ItemState  `db:"item_state"`
	StartsOn    civil.Date `db:"starts_on"`
	EndsOn      civil.Date `db:"ends_on"`
	EndsAt      *time.Time `db:"ends_at"`
	Provisional bool       `db:"provisional"`
	PublishedOn civil.Date `db:"published_on"`
	SettledAt   *time.Time `db:"settled_at"`
	Open        int        `db:"open"` // objections
	Upheld      int        `db:"upheld"`
	Dismissed   int        `db:"dismissed"`
}

// GatherOf asks in a batch where a case stands in the notice it is or was last
// in; what it returns says, once the batch has run, whether it ever was in one. It
// checks no scope.
func GatherOf(b *postgres.Batch, caseID uuid.UUID) func() (Position, bool) {
	var rows []Position
	postgres.Gather(b, &rows, positionSQL, caseID)
	return func() (Position, bool) {
		if len(rows) == 0 {
			return Position{}, false
		}
		return rows[0], true
	}
}

const positionSQL = `
	select i.notice_id, coalesce(n.no, '') as no, n.state, i.state as item_state, n.starts_on, n.ends_on, n.ends_at, n.provisional,
		n.published_on, i.settled_at,
		(select count(*)::int from notice_objection o where o.item_id = i.id and o.state = 'open') as open,
		(select count(*)::int from notice_objection o where o.item_id = i.id and o.state = 'upheld') as upheld,
		(select count(*)::int from notice_objection o where o.item_id = i.id and o.state = 'dismissed') as dismissed
	from notice_item i join notice n on n.id = i.notice_id
	where i.case_id = $1 and n.state <> 'discarded'
	order by i.state <> 'removed' desc, n.created_at desc limit 1`
