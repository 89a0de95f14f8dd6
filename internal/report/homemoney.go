package report

import (
	"context"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
)

// HomeMoney is this year's money on the home page: where it went, what became
// public last, and what stands in public notice now.
type HomeMoney struct {
	Year    int
	Total   Tally
	ByPlace map[string]Tally // by code of community or subdistrict
	Waiting money.Fen        // approved, not terminated and not yet paid
	Newest  []Project
	Notices []RunningNotice
}

// RunningNotice is a public notice whose period runs.
type RunningNotice struct {
	No      string     `db:"no"`
	Title   string     `db:"title"`
	Items   int        `db:"items"`
	Amount  money.Fen  `db:"amount_fen"`
	EndsOn  civil.Date `db:"ends_on"`
	EndHour int        `db:"end_hour"`
}

const (
	homeProjects = 5
	homeNotices  = 5
)

// homeMoney reads everything in one round trip.
func homeMoney(ctx context.Context, q postgres.Querier, today civil.Date, regions *district.RegionSet) (HomeMoney, error) {
	m := HomeMoney{Year: today.Year, ByPlace: map[string]Tally{}}
	var rows []tallyRow
	var b postgres.Batch
	places := []string{""}
	for _, r := range regions.All() {
		places = append(places, r.Code)
	}
	postgres.Gather(&b, &rows, `select year, programme, category, place, progress, n, approved_fen, paid_fen, returned_fen, recovered_fen
		from project_tally where place = any($2) and progress = any($3) and (programme, category, year) = ('', '', $1)`,
		m.Year, places, []Progress{"", Terminated})
	newestProjects(&b, &m.Newest, homeProjects)
	postgres.Gather(&b, &m.Notices, noticesRunning, homeNotices)
	if err := b.Run(ctx, q); err != nil {
		return m, err
	}
	t := talliesOf(rows)
	m.Total = t[tallyKey{Year: m.Year}]
	ended := t[tallyKey{Year: m.Year, Progress: Terminated}]
	m.Waiting = (m.Total.Approved - m.Total.Paid) - (ended.Approved - ended.Paid)
	for k, v := range t {
		if k.Place != "" && k.Progress == "" && v.N > 0 {
			m.ByPlace[k.Place] = v
		}
	}
	return m, nil
}

const noticesRunning = `
	select n.no, m.title, n.ends_on, n.end_hour, count(i.id)::int as items, sum(i.amount_fen)::bigint as amount_fen
	from notice n join notice_item i on i.notice_id = n.id and i.state not in ('removed', 'upheld'), lateral (
		select title from notice_manuscript where notice_id = n.id and state = 'issued' order by seq desc limit 1) m
	where n.state = 'running' group by n.id, m.title order by n.ends_at, n.no limit $1`
