package organization

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/money"
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
	Target      ServiceTarget
	Reach       Reach
	Size        Size
	Bounds      SizeBounds // of Size
	Query       string     // part of a name, a community by any of its names, or a whole number
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

// Listed is an Item with the public facts that only a table has room for.
type Listed struct {
	Item
	Number        string `db:"number"` // credit code of the registered, filing number of the filed
	Registrar     string `db:"registrar"`
	BusinessScope string `db:"business_scope"`

	ServiceTargets []ServiceTarget `db:"service_targets"`
	Reach          Reach           `db:"activity_reach"`
	Members        *int            `db:"members"`
	Staff          *int            `db:"staff"`
	SocialWorkers  *int            `db:"social_workers"`
	Volunteers     *int            `db:"volunteers"`

	// For offices only.
	USCC            string     `db:"uscc"`
	FilingNo        string     `db:"filing_no"`
	Origin          Origin     `db:"origin"`
	HeadName        string     `db:"head_name"`
	SupervisingUnit string     `db:"supervising_unit"`
	Capital         *money.Fen `db:"registered_capital_fen"`
	ActivityScope   string     `db:"activity_scope"`
	Premises        Premises   `db:"premises_type"`
	FullTime        *int       `db:"full_time"`
	PartyOrg        PartyOrg   `db:"party_org"`
	PartyMembers    *int       `db:"party_members"`
	Introduction    string     `db:"introduction"`
}

const listedColumns = itemColumns + `, case o.status_basis when 'registered' then o.uscc else o.filing_no end as number, o.registrar, o.business_scope,
	o.service_targets, o.activity_reach, o.members, o.staff, o.social_workers, o.volunteers, coalesce(o.uscc, '') as uscc, coalesce(o.filing_no, '') as filing_no,
	o.origin, o.head_name, o.supervising_unit, o.registered_capital_fen, o.activity_scope, o.premises_type, o.full_time, o.party_org, o.party_members, o.introduction`

// Page is a part of a list, the newest organizations first. Next and Previous
// are opaque cursors, "" at the ends.
type Page struct {
	Items    []Item
	Next     string
	Previous string
}

const itemColumns = `o.id, o.name, o.org_type, o.status_basis, o.category, o.community_code, o.subdistrict_code,
	o.established_on, o.status, o.demo`

// walked is how many rows a search looks through in the order of the list before
// it asks the word index. A frequent word fills a page by then; of a rarer one
// the index holds few. Either way alone reads the whole table for some words.
const walked = 2000

// List returns size organizations after (or before) cursor. At most two
// statements with a query, one without. A malformed cursor starts at the beginning. It shows
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

// Each gives every organization of the list to rows, a few at a time and in the
// same order: for exports. One statement and its fetches.
func Each(ctx context.Context, q postgres.Querier, regions *district.RegionSet, f Filter, rows func([]Listed) error) error {
	return each(ctx, q, regions, f, authz.Actor{Role: authz.System}, rows)
}

// EachFor is Each narrowed to the actor's scope.
func (s *Service) EachFor(ctx context.Context, q postgres.Querier, regions *district.RegionSet, actor authz.Actor, f Filter, rows func([]Listed) error) error {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return err
	}
	return each(ctx, q, regions, f, actor, rows)
}

func each(ctx context.Context, q postgres.Querier, regions *district.RegionSet, f Filter, actor authz.Actor, rows func([]Listed) error) error {
	var w where
	w.filter(f)
	w.scope(actor)
	const by = "order by o.established_on desc, o.id desc"
	query := strings.TrimSpace(f.Query)
	switch {
	case query == "":
		return postgres.Each(ctx, q, rows, fmt.Sprintf(`select %s from organization o%s %s`, listedColumns, w.sql(), by), w.args...)
	case len([]rune(query)) > longestQuery:
		return rows(nil)
	}
	sql, args := hitsOf(listedColumns, regions, query, w, by)
	return postgres.Each(ctx, q, rows, sql, args...)
}

// hitsOf reads what the word index finds and w lets through.
func hitsOf(columns string, regions *district.RegionSet, query string, w where, by string) (sql string, args []any) {
	hits, args := searchFor(regions, query).hits(len(w.args))
	return fmt.Sprintf(`with hits as materialized (%s) select %s from hits join organization o using (id)%s %s`, hits, columns, w.sql(), by),
		append(slices.Clone(w.args), args...)
}

func list(ctx context.Context, q postgres.Querier, regions *district.RegionSet, f Filter, actor authz.Actor, cursor string, size int) (Page, error) {
	var w where
	w.filter(f)
	w.scope(actor)
	c, order := parseCursor(cursor), "desc"
	switch {
	case c.id == uuid.Nil:
	case c.back:
		order = "asc"
		w.add("(o.established_on, o.id) > (?, ?)", c.on, c.id)
	default:
		w.add("(o.established_on, o.id) < (?, ?)", c.on, c.id)
	}
	by := fmt.Sprintf("order by o.established_on %s, o.id %s limit ", order, order)
	items, err := found(ctx, q, regions, strings.TrimSpace(f.Query), w, by, size+1)
	return paged(items, c, size), err
}

// found returns the first rows that w and the query let through.
func found(ctx context.Context, q postgres.Querier, regions *district.RegionSet, query string, w where, by string, most int) ([]Item, error) {
	if query == "" {
		return postgres.All[Item](ctx, q, fmt.Sprintf(`select %s from organization o%s %s %d`, itemColumns, w.sql(), by, most), w.args...)
	}
	if len([]rune(query)) > longestQuery {
		return nil, nil
	}
	s := searchFor(regions, query)
	// The condition of the search stands outside the limit, so that the walk ends.
	near := fmt.Sprintf(`select %s from (select * from organization o%s %s %d) o where `, itemColumns, w.sql(), by, walked)
	condition, args := s.matches(len(w.args))
	items, err := postgres.All[Item](ctx, q, near+condition+fmt.Sprintf(" %s %d", by, most), append(slices.Clone(w.args), args...)...)
	if err != nil || len(items) == most {
		return items, err
	}
	sql, args := hitsOf(itemColumns, regions, query, w, fmt.Sprintf("%s %d", by, most))
	return postgres.All[Item](ctx, q, sql, args...)
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
	w.add("o.merged_into is null")
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
	w.narrow(f)
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
		w.add("o.department_code = ?", a.Department)
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
