package report

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"
)

// ProjectPage is a part of the list with what the conditions amount to.
type ProjectPage struct {
	Filter         ProjectFilter // as it was applied
	Items          []Project
	Next, Previous string // opaque cursors, "" at the ends
	Tallies        Tallies
	Regions        *district.RegionSet
	Today          civil.Date
}

// Projects returns size funded projects after (or before) cursor, with the
// tallies that the page's filters show. Places that do not exist are left out of
// the filter. A cursor that is malformed, or of another order, starts at the
// beginning. At most five statements, none of which counts.
func (s *Service) Projects(ctx context.Context, f ProjectFilter, by ProjectSort, cursor string, size int) (p ProjectPage, err error) {
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		p.Today = civil.On(now)
		if p.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		p.Filter = f.within(p.Regions)
		if p.Tallies, err = tallies(ctx, q, p.Filter, p.Regions); err != nil {
			return err
		}
		at := parsePosition(cursor, by)
		l := listQuery{filter: p.Filter, by: by, at: at, most: size + 1, whole: p.Tallies.Of(p.Filter).N <= walked}
		items, err := l.find(ctx, q, p.Regions)
		p.cut(items, at, by, size)
		return err
	})
	return p, err
}

// cut drops the extra row, which only tells that there is more.
func (p *ProjectPage) cut(items []Project, at position, by ProjectSort, size int) {
	more := len(items) > size
	items = items[:min(size, len(items))]
	if at.back {
		slices.Reverse(items)
	}
	p.Items = items
	if len(items) == 0 {
		return
	}
	if more || at.back {
		p.Next = positionOf(items[len(items)-1], by, false).String()
	}
	if at.no != "" && (more || !at.back) {
		p.Previous = positionOf(items[0], by, true).String()
	}
}

// walked is how many rows a search looks through in the order of the list before
// it asks the word index: a frequent word fills a page by then, of a rarer one
// the index holds few.
const walked = 1000

// longestQuery is more than any title has; a longer one finds nothing anyway.
const longestQuery = 60

const projectColumns = `p.no, p.year, p.programme, p.category, p.subdistrict, p.community, p.granted_on, p.progress,
	p.approved_fen, p.paid_fen, p.returned_fen, p.recovered_fen, coalesce(a.title, g.title) as title, coalesce(a.purpose, g.purpose) as purpose,
	o.id as organization_id, coalesce(a.organization_name, g.organization_name) as organization_name, o.demo, p.grant_id is not null as opening`

// The words of a project stand where they do not change: in its award, or in the
// grant of before.
const projectTables = `left join award a on a.case_id = p.case_id left join earlier_grant g on g.id = p.grant_id
	join organization o on o.id = coalesce(a.organization_id, g.org_id)`

// listQuery is one reading of the list.
type listQuery struct {
	filter ProjectFilter
	by     ProjectSort
	at     position
	most   int  // rows
	whole  bool // the walk goes through all that the other conditions let through
}

// find returns the first rows; two statements when a search needs its index,
// one otherwise.
func (l listQuery) find(ctx context.Context, q postgres.Querier, regions *district.RegionSet) ([]Project, error) {
	if len([]rune(l.filter.Query)) > longestQuery {
		return nil, nil
	}
	sql, args := l.walk(regions)
	items, err := postgres.All[Project](ctx, q, sql, args...)
	if err != nil || l.filter.Query == "" || len(items) == l.most || l.whole {
		return items, err
	}
	sql, args = l.lookUp(regions)
	return postgres.All[Project](ctx, q, sql, args...)
}

// walk goes along an index in the order of the list; the titles are fetched for
// the rows of the page only, or searched as far as the walk goes.
func (l listQuery) walk(regions *district.RegionSet) (string, []any) {
	w := l.conditions()
	order, inner, search := l.order(), l.most, ""
	if l.filter.Query != "" {
		words, communities := organization.Spellings(regions, l.filter.Query)
		inner = walked
		search = " where " + w.bind(`(exists (select from unnest((select array_agg(search_key(w)) from unnest(?::text[]) w)) k where position(k in coalesce(a.search_text, g.search_text)) > 0)
			or p.community = any(?))`, words, communities)
	}
	return fmt.Sprintf(`select %s from (select * from project p%s %s limit %d) p %s%s %s limit %d`,
		projectColumns, w.sql(), order, inner, projectTables, search, order, l.most), w.args
}

// lookUp asks the word index first.
func (l listQuery) lookUp(regions *district.RegionSet) (string, []any) {
	w := l.conditions()
	hits := w.hits(regions, l.filter.Query)
	return fmt.Sprintf(`with hits as materialized (%s) select %s from hits join project p using (no) %s%s %s limit %d`,
		hits, projectColumns, projectTables, w.sql(), l.order(), l.most), w.args
}

// order is l.by, turned round when the page before is asked for.
func (l listQuery) order() string {
	direction := "desc"
	if l.by.Ascending() != l.at.back {
		direction = "asc"
	}
	return fmt.Sprintf("order by p.%s %s, p.no %s", l.by.column(), direction, direction)
}

func (l listQuery) conditions() *conditions {
	w, f := &conditions{}, l.filter
	if f.Year != 0 {
		w.add("p.year = ?", f.Year)
	}
	if f.Programme != "" {
		w.add("p.programme = ?", f.Programme)
	}
	if f.Category != "" {
		w.add("p.category = ?", f.Category)
	}
	if f.Subdistrict != "" {
		w.add("p.subdistrict = ?", f.Subdistrict)
	}
	if f.Community != "" {
		w.add("p.community = ?", f.Community)
	}
	switch f.Progress {
	case "":
	case CameBack:
		w.add("p.came_back")
	default:
		w.add("p.progress = ?", f.Progress)
	}
	if l.at.no != "" {
		compare := "<"
		if l.by.Ascending() != l.at.back {
			compare = ">"
		}
		w.add(fmt.Sprintf("(p.%s, p.no) %s (?, ?)", l.by.column(), compare), l.at.value(), l.at.no)
	}
	return w
}

// conditions collects parts of a where with ? for each argument.
type conditions struct {
	parts []string
	args  []any
}

func (w *conditions) add(condition string, args ...any) {
	w.parts = append(w.parts, w.bind(condition, args...))
}

// bind numbers the arguments of a piece of SQL.
func (w *conditions) bind(sql string, args ...any) string {
	for _, a := range args {
		w.args = append(w.args, a)
		sql = strings.Replace(sql, "?", fmt.Sprintf("$%d", len(w.args)), 1)
	}
	return sql
}

// hits selects the numbers of those whose words or places match, each branch by
// an index of its own.
func (w *conditions) hits(regions *district.RegionSet, query string) string {
	words, communities := organization.Spellings(regions, query)
	return w.bind(`select h.no from unnest(?::text[]) w, lateral (
			select no from award where granted_on is not null and search_grams @> query_grams(w) and position(search_key(w) in search_text) > 0
			union all
			select no from earlier_grant where import_id is not null and search_grams @> query_grams(w) and position(search_key(w) in search_text) > 0) h
		union select no from project where community = any(?)`, words, communities)
}

func (w *conditions) sql() string {
	if len(w.parts) == 0 {
		return ""
	}
	return " where " + strings.Join(w.parts, " and ")
}

// newestProjects gathers the last n awards that became public.
func newestProjects(b *postgres.Batch, dst *[]Project, n int) {
	l := listQuery{by: NewestFirst, most: n}
	sql, args := l.walk(nil)
	postgres.Gather(b, dst, sql, args...)
}
