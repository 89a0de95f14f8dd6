package organization

import (
	"context"
	"encoding/base64"
	"fmt"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Filter narrows a list. Zero values do not filter.
type Filter struct {
	Subdistrict string
	Community   string
	Category    Category
	Basis       Basis
	Status      Status // "" leaves the ended ones out, All takes them in
	Query       string // part of a name, a community by any of its names, or a whole number
}

// All as Filter.Status lists organizations of every status.
const All Status = "all"

// Item is one row of a list: public facts only.
type Item struct {
	ID              uuid.UUID  `db:"id"`
	Name            string     `db:"name"`
	Type            OrgType    `db:"org_type"`
	Basis           Basis      `db:"status_basis"`
	Category        Category   `db:"category"`
	CommunityCode   string     `db:"community_code"`
	SubdistrictCode string     `db:"subdistrict_code"`
	EstablishedOn   civil.Date `db:"established_on"`
	Status          Status     `db:"status"`
	Demo            bool       `db:"demo"`
}

// Page is a part of a list, the newest organizations first. Next and Previous
// are opaque cursors, "" at the ends.
type Page struct {
	Items    []Item
	Next     string
	Previous string
}

const itemColumns = `o.id, o.name, o.org_type, o.status_basis, o.category, o.community_code, o.subdistrict_code,
	o.established_on, o.status, o.demo`

// rare is the number of hits up to which a word counts as rare: then the hits
// are collected by the word index and sorted. A more frequent word fills a page
// soon by walking the list in its order. Without the distinction the planner
// guesses, and a guess gone wrong reads the whole table.
const rare = 400

// List returns size organizations after (or before) cursor. Two statements with
// a query, one without. A malformed cursor starts at the beginning. It shows
// public facts and needs no actor.
func List(ctx context.Context, q postgres.Querier, regions *district.RegionSet, f Filter, cursor string, size int) (Page, error) {
	return list(ctx, q, regions, f, authz.Actor{Role: authz.System}, cursor, size)
}

// ListFor is List narrowed to the actor's scope.
func (s *Service) ListFor(ctx context.Context, q postgres.Querier, regions *district.RegionSet, actor authz.Actor, f Filter, cursor string, size int) (Page, error) {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return Page{}, err
	}
	return list(ctx, q, regions, f, actor, cursor, size)
}

func list(ctx context.Context, q postgres.Querier, regions *district.RegionSet, f Filter, actor authz.Actor, cursor string, size int) (Page, error) {
	var w where
	w.filter(f)
	w.scope(actor)
	if query := strings.TrimSpace(f.Query); query != "" {
		hits, few, err := search(ctx, q, regions, query)
		if err != nil || few && len(hits) == 0 {
			return Page{}, err
		}
		if few {
			w.add("o.id = any(?)", hits)
		} else {
			words, communities := spellings(regions, query)
			w.add("(exists (select from unnest(?::text[]) w where position(search_key(w) in o.search_text) > 0) or o.community_code = any(?))", words, communities)
		}
	}
	c := parseCursor(cursor)
	order := "desc"
	switch {
	case c.id == uuid.Nil:
	case c.back:
		order = "asc"
		w.add("(o.established_on, o.id) > (?, ?)", c.on, c.id)
	default:
		w.add("(o.established_on, o.id) < (?, ?)", c.on, c.id)
	}
	items, err := postgres.All[Item](ctx, q, fmt.Sprintf(`select %s from organization o%s order by o.established_on %s, o.id %s limit %d`,
		itemColumns, w.sql(), order, order, size+1), w.args...)
	if err != nil {
		return Page{}, err
	}
	return paged(items, c, size), nil
}

// paged cuts the extra row, which only tells that there is more.
func paged(items []Item, c position, size int) Page {
	more := len(items) > size
	if more {
		items = items[:size]
	}
	if c.back {
		for i, j := 0, len(items)-1; i < j; i, j = i+1, j-1 {
			items[i], items[j] = items[j], items[i]
		}
	}
	p := Page{Items: items}
	if len(items) == 0 {
		return p
	}
	first, last := items[0], items[len(items)-1]
	if more || c.back {
		p.Next = position{on: last.EstablishedOn, id: last.ID}.String()
	}
	if c.id != uuid.Nil && (more || !c.back) {
		p.Previous = position{on: first.EstablishedOn, id: first.ID, back: true}.String()
	}
	return p
}

// where collects conditions with ? for each argument.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(condition string, args ...any) {
	for _, a := range args {
		w.args = append(w.args, a)
		condition = strings.Replace(condition, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	w.parts = append(w.parts, condition)
}

func (w *where) sql() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " where " + strings.Join(w.parts, " and ")
}

func (w *where) filter(f Filter) {
	if f.Subdistrict != "" {
		w.add("o.subdistrict_code = ?", f.Subdistrict)
	}
	if f.Community != "" {
		w.add("o.community_code = ?", f.Community)
	}
	if f.Category != "" {
		w.add("o.category = ?", f.Category)
	}
	if f.Basis != "" {
		w.add("o.status_basis = ?", f.Basis)
	}
	switch f.Status {
	case All:
	case "":
		w.add("o.status not in ('deregistered', 'filing_revoked', 'registration_revoked')")
	default:
		w.add("o.status = ?", f.Status)
	}
}

// scope narrows to what the actor covers: authz.Actor.Covers, as SQL.
func (w *where) scope(a authz.Actor) {
	switch a.Role {
	case authz.OrgClerk, authz.OrgHead:
		w.add("o.id = ?", a.OrgID)
	case authz.Community:
		w.add("o.community_code = ?", a.Community)
	case authz.Subdistrict:
		w.add("o.subdistrict_code = ?", a.Subdistrict)
	case authz.Department:
		w.add("o.supervising_unit = ? and o.supervising_unit <> ''", a.Department)
	case authz.BureauClerk, authz.BureauReviewer, authz.BureauLeader, authz.Finance, authz.LeadingGroup, authz.Auditor, authz.System:
	default:
		w.add("false")
	}
}

// position is where a page begins.
type position struct {
	on   civil.Date
	id   uuid.UUID
	back bool
}

func (p position) String() string {
	direction := "n"
	if p.back {
		direction = "p"
	}
	return base64.RawURLEncoding.EncodeToString([]byte(direction + p.on.String() + p.id.String()))
}

func parseCursor(s string) position {
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil || len(b) != 1+10+36 {
		return position{}
	}
	on, err1 := civil.Parse(string(b[1:11]))
	id, err2 := uuid.Parse(string(b[11:]))
	if err1 != nil || err2 != nil {
		return position{}
	}
	return position{on: on, id: id, back: b[0] == 'p'}
}
