package liaison

import (
	"context"
	"encoding/base64"
	"strings"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Timeline is a page of the stream of one organization.
type Timeline struct {
	Organization organization.Organization
	Addressees   []Addressee // whom the reader may ask
	Items        []Item
	Next         string // cursor, "" at the end
	Today        civil.Date
}

// Timeline returns size items of the stream as the actor may see it, the newest
// first. Of a record that was merged it tells only that. Eight statements at most.
func (s *Service) Timeline(ctx context.Context, actor authz.Actor, orgID uuid.UUID, only Sort, after string, size int) (t Timeline, err error) {
	if err := actor.Require(authz.LiaisonView); err != nil {
		return t, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		sc, err := enter(ctx, q, actor, orgID)
		if sc.org.MergedInto != uuid.Nil && actor.Covers(sc.org.Place()) {
			t.Organization = sc.org
			return nil
		}
		if err != nil {
			return err
		}
		t = Timeline{Organization: sc.org, Addressees: addressees(sc.org, sc.regions, sc.office), Today: civil.On(now)}
		family, err := organizationFamily(ctx, q, orgID)
		if err != nil {
			return err
		}
		rows, err := stream(ctx, q, actor, family, only, parseCursor(after), size+1)
		if err != nil {
			return err
		}
		if len(rows) > size {
			rows = rows[:size]
			t.Next = cursor{rows[size-1].At, rows[size-1].Key}.String()
		}
		var absorbed organization.Absorbed
		if len(family) > 1 {
			if absorbed, err = organization.AbsorbedBy(ctx, q, orgID); err != nil {
				return err
			}
		}
		t.Items, err = s.attach(ctx, q, rows, absorbed)
		return err
	})
	return t, err
}

// Found is one entry with what a form about it shows.
type Found struct {
	Entry        Entry
	Organization organization.Organization
	Addressees   []Addressee
	Today        civil.Date
}

// Entry returns one entry that the actor may see.
func (s *Service) Entry(ctx context.Context, actor authz.Actor, orgID, id uuid.UUID) (f Found, err error) {
	if err := actor.Require(authz.LiaisonView); err != nil {
		return f, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		sc, err := enter(ctx, q, actor, orgID)
		if err != nil {
			return err
		}
		family, err := organizationFamily(ctx, q, orgID)
		if err != nil {
			return err
		}
		f = Found{Organization: sc.org, Addressees: addressees(sc.org, sc.regions, sc.office), Today: civil.On(now)}
		w := &where{}
		w.add("e.id = ?", id)
		w.add("e.org_id = any(?)", family)
		seen(w, actor)
		f.Entry, err = postgres.One[Entry](ctx, q, `select `+entryColumns+entryTables+` where `+w.sql(), w.args...)
		if err != nil {
			return cause(err)
		}
		one := []Entry{f.Entry}
		err = s.withFiles(ctx, q, one)
		f.Entry = one[0]
		return err
	})
	return f, err
}

// Tab is one list of requests.
type Tab string

// The lists: what waits for the own office, what it sent, what it dealt with.
const (
	Waiting Tab = "waiting"
	Sent    Tab = "sent"
	Done    Tab = "done"
)

// Tabs lists them in their order.
var Tabs = []Tab{Waiting, Sent, Done}

// Name returns the Chinese name.
func (t Tab) Name() string {
	return named(t, map[Tab]string{Waiting: "等我答复", Sent: "我发出的", Done: "已答复"})
}

// Requests is a page of a list of requests.
type Requests struct {
	Tab     Tab
	Items   []Ask
	Next    string // cursor, "" at the end
	Waiting int    // for the own office, up to waitingLimit
	Regions *district.RegionSet
	Today   civil.Date
}

// waitingLimit is where counting stops.
const waitingLimit = 100

// Requests returns size requests of a list after the cursor. An auditor reads
// what all offices sent. Four statements.
func (s *Service) Requests(ctx context.Context, actor authz.Actor, tab Tab, after string, size int) (p Requests, err error) {
	if err := actor.Require(authz.LiaisonView); err != nil {
		return p, err
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		p = Requests{Tab: tab, Today: civil.On(now)}
		if p.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		if p.Waiting, err = waiting(ctx, q, actor); err != nil {
			return err
		}
		p.Items, err = requests(ctx, q, actor, tab, after, size+1)
		return err
	})
	if len(p.Items) > size {
		p.Items = p.Items[:size]
		p.Next = requestCursor(tab, p.Items[size-1])
	}
	return p, err
}

// Counts counts, for the shell and in one round trip, the requests that wait for
// the actor's office and the unread messages.
func (s *Service) Counts(ctx context.Context, actor authz.Actor) (asked, unread int, err error) {
	var b postgres.Batch
	var requests, messages []notification.Count
	own, _ := OfficeOf(actor)
	postgres.Gather(&b, &requests, waitingSQL, own.Key(), waitingLimit)
	notification.GatherUnread(&b, actor, &messages)
	if err := s.db.Glance(func(q postgres.Querier) error { return b.Run(ctx, q) }); err != nil {
		return 0, 0, err
	}
	return requests[0].N, messages[0].N, nil
}

const waitingSQL = `select count(*)::int as n from (select from liaison_request where to_office = $1 and state = 'open' limit $2) w`

func waiting(ctx context.Context, q postgres.Querier, actor authz.Actor) (n int, err error) {
	own, ok := OfficeOf(actor)
	if !ok {
		return 0, nil
	}
	err = q.QueryRow(ctx, waitingSQL, own.Key(), waitingLimit).Scan(&n)
	return n, err
}

// lists says of each list which requests it holds and in which order.
var lists = map[Tab]struct{ mine, order, key, cast, after string }{
	Waiting: {"r.to_office = ? and r.state = 'open'", "r.due_on, r.entry_id", "r.due_on", "date", ">"},
	Sent:    {"r.from_office = ?", "r.entry_id desc", "", "", "<"},
	Done:    {"r.to_office = ? and r.state in ('answered', 'forwarded')", "r.closed_at desc, r.entry_id desc", "r.closed_at", "timestamptz", "<"},
}

func requests(ctx context.Context, q postgres.Querier, actor authz.Actor, tab Tab, after string, most int) ([]Ask, error) {
	own, ok := OfficeOf(actor)
	w, l := &where{}, lists[tab]
	switch {
	case ok:
		w.add(l.mine, own.Key())
	case actor.Role == authz.Auditor:
		w.add(strings.Replace(strings.Replace(l.mine, "r.to_office = ?", "true", 1), "r.from_office = ?", "true", 1))
	default:
		return nil, nil
	}
	if value, id, ok := parseRequestCursor(after); ok {
		switch {
		case l.key == "":
			w.add("r.entry_id "+l.after+" ?", id)
		case value != "":
			w.add("("+l.key+", r.entry_id) "+l.after+" (?::text::"+l.cast+", ?)", value, id)
		}
	}
	return postgres.All[Ask](ctx, q, `
		select r.entry_id as id, o.id as org_id, o.name as org_name, o.demo, o.community_code, t.text, e.office_name as from_name,
			r.to_name, r.asked_on, r.due_on, r.due_provisional, r.days, r.state, r.closed_at
		from liaison_request r join liaison_entry e on e.id = r.entry_id join liaison_entry t on t.id = r.question
		join organization o on o.id = organization_root(r.org_id)
		where `+w.sql()+` order by `+l.order+` limit `+w.arg(most), w.args...)
}

func requestCursor(tab Tab, a Ask) string {
	value := ""
	switch {
	case tab == Waiting:
		value = a.DueOn.String()
	case tab == Done && a.ClosedAt != nil:
		value = a.ClosedAt.UTC().Format(time.RFC3339Nano)
	}
	return base64.RawURLEncoding.EncodeToString([]byte(value + " " + a.ID.String()))
}

func parseRequestCursor(s string) (value string, id uuid.UUID, ok bool) {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return "", uuid.Nil, false
	}
	value, rest, ok := strings.Cut(string(b), " ")
	id, err = uuid.Parse(rest)
	if _, err1 := time.Parse(time.RFC3339Nano, value); value != "" && err1 != nil {
		if _, err1 = civil.Parse(value); err1 != nil {
			return "", uuid.Nil, false
		}
	}
	return value, id, ok && err == nil
}
