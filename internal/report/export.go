package report

import (
	"context"
	"fmt"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
)

// OpenProject is a project as the open data give it.
type OpenProject struct {
	Project
	Requested money.Fen `db:"requested_fen"` // 0 for a grant of before: not known
	ChangedAt time.Time `db:"changed_at"`
}

const openColumns = projectColumns + `, case when p.grant_id is null then coalesce(f.amount_fen, p.approved_fen) else 0 end as requested_fen, p.changed_at`

const openTables = projectTables + ` left join case_file f on f.id = p.case_id`

const (
	exports = 2 // that run at once: each holds a connection as long as its reader takes

	exportWait = 20 * time.Second // for one of them to end
)

// ExportHead is what an export begins with.
type ExportHead struct {
	Today   civil.Date
	Regions *district.RegionSet
}

// Export gives the whole filtered list to rows, a few at a time and in the order
// of the list, from one snapshot and through a cursor of the server; rows is
// called at least once, with none for an empty list. errs.Unavailable when the
// exports of others do not end in time.
func (s *Service) Export(ctx context.Context, f ProjectFilter, by ProjectSort, rows func(ExportHead, []OpenProject) error) error {
	turn, cancel := context.WithTimeout(ctx, exportWait)
	defer cancel()
	select {
	case s.exports <- struct{}{}:
		defer func() { <-s.exports }()
	case <-turn.Done():
		return errs.Wrap(errs.Unavailable, "现在下载的人多。请一分钟后再试。", turn.Err())
	}
	return s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		regions, err := district.Regions(ctx, q)
		if err != nil {
			return err
		}
		l := listQuery{filter: f.within(regions), by: by, at: position{by: by}}
		if len([]rune(f.Query)) > longestQuery {
			return rows(ExportHead{civil.On(now), regions}, nil)
		}
		sql, args := l.all(regions)
		return postgres.Each(ctx, q, func(part []OpenProject) error { return rows(ExportHead{civil.On(now), regions}, part) }, sql, args...)
	})
}

// OpenProject reads one project for the open data. errs.NotFound as of
// ProjectFile.
func (s *Service) OpenProject(ctx context.Context, no string) (p OpenProject, head ExportHead, err error) {
	if !caseNo(no) {
		return p, head, errNoProject()
	}
	err = s.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		head.Today = civil.On(now)
		if head.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		p, err = postgres.One[OpenProject](ctx, q, `select `+openColumns+` from project p `+openTables+` where p.no = $1`, no)
		if errs.Is(err, errs.NotFound) {
			return errNoProject()
		}
		return err
	})
	return p, head, err
}

// all reads everything that the conditions let through.
func (l listQuery) all(regions *district.RegionSet) (string, []any) {
	w, with, from := l.conditions(), "", "project p"
	if l.filter.Query != "" {
		with, from = "with hits as materialized ("+w.hits(regions, l.filter.Query)+") ", "hits join project p using (no)"
	}
	return fmt.Sprintf(`%sselect %s from %s %s%s %s`, with, openColumns, from, openTables, w.sql(), l.order()), w.args
}
