package governance

import (
	"context"
	"strconv"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// ReportTab is one view of the list of annual reports.
type ReportTab string

// The tabs. TabMine holds what the actor's office can act on.
const (
	TabMine       ReportTab = "mine"
	TabAtUnit     ReportTab = "unit"
	TabAtDesk     ReportTab = "registrar"
	TabCorrecting ReportTab = "correcting"
	TabConcluded  ReportTab = "concluded"
	TabUnfiled    ReportTab = "unfiled" // nothing handed in yet, on time or not
	TabMissing    ReportTab = "missing"
	TabAll        ReportTab = "all"
)

// ReportTabs lists them for an actor in order, the first one shown first.
func ReportTabs(actor authz.Actor) []ReportTab {
	all := []ReportTab{TabAll, TabAtUnit, TabAtDesk, TabCorrecting, TabConcluded, TabUnfiled, TabMissing}
	if actor.Can(authz.AnnualReportConclude) || actor.Can(authz.AnnualReportOpine) {
		return append([]ReportTab{TabMine}, append(all[1:], TabAll)...)
	}
	return all
}

// Name returns the Chinese name, the raw value when unknown.
func (t ReportTab) Name() string {
	return named(t, map[ReportTab]string{TabMine: "等我办", TabAtUnit: "等主管单位意见", TabAtDesk: "等结论", TabCorrecting: "待更正",
		TabConcluded: "已有结论", TabUnfiled: "还没报", TabMissing: "登记为未报送", TabAll: "全部"})
}

// ReportFilter narrows the list to a year, a tab and a place.
type ReportFilter struct {
	Year  int
	Tab   ReportTab
	Place string // a subdistrict or a community
}

// ReportRow is one organization in the list.
type ReportRow struct {
	OrgID         uuid.UUID               `db:"org_id"`
	Name          string                  `db:"name"`
	Demo          bool                    `db:"demo"`
	CommunityCode string                  `db:"community_code"`
	Registrar     string                  `db:"registrar"`
	Unit          string                  `db:"unit"`
	FilingID      uuid.UUID               `db:"filing_id"` // zero while nothing was handed in here
	SubmittedOn   civil.Date              `db:"submitted_on"`
	DueOn         civil.Date              `db:"due_on"` // registrar's last day that it is held to, zero before it was handed in here
	Status        ReportStatus            `db:"status"`
	Conclusion    organization.Conclusion `db:"conclusion"`
	Stance        Stance                  `db:"stance"`
	Place         string                  `db:"place"` // in the order, for the next page
}

// Days returns how late it came, or is, after the registrar's last day.
func (r ReportRow) Days(rules Rules, year int, today civil.Date) int {
	y := YearReport{Year: year, Conclusion: r.Conclusion, Recorded: r.SubmittedOn}
	if r.FilingID != uuid.Nil {
		y.Filing = &Filing{SubmittedOn: r.SubmittedOn, Days: Days{RegistrarDue: r.DueOn}}
	}
	_, late := y.Late(rules, false, today)
	return late
}

// ReportQueue is a part of the list.
type ReportQueue struct {
	Today   civil.Date
	Rules   Rules
	Regions *district.RegionSet
	Filter  ReportFilter
	Rows    []ReportRow
	Next    string // cursor, "" at the end
}

// queueSQL is every organization that owes a report about a year ($1) with its
// status; $2 is today, $3 whether the
// deadline is over, $4 to $7 the scope and place. It must agree with
// YearReport.Status.
const queueSQL = `
	with listed as (
		select o.id as org_id, o.name, o.demo, o.community_code, o.registrar, coalesce(nullif(f.unit, ''), o.supervising_unit) as unit,
			coalesce(case when f.round > 0 then f.id end, '00000000-0000-0000-0000-000000000000') as filing_id,
			coalesce(f.first_submitted_on, r.submitted_on) as submitted_on, f.registrar_due_on as due_on, coalesce(f.conclusion, r.conclusion, '') as conclusion, coalesce(f.stance, '') as stance,
			case when f.state = 'concluded' then 'concluded' when f.state = 'correcting' then 'correcting'
				when f.state = 'submitted' and f.unit <> '' and f.stance is null and coalesce(f.opinion_due_provisional or f.opinion_due_on >= $2, true) then 'unit'
				when f.state = 'submitted' then 'registrar'
				when r.conclusion = 'missing' then 'missing' when r.conclusion is not null then 'concluded'
				when $3 then 'overdue' else 'open' end as status,
			` + organization.OfStreetSQL + ` as street, f.answer_due_on < $2 and not f.answer_due_provisional as unanswered,
			coalesce(f.first_submitted_on::text, '9999-12-31') || ' ' || o.id as place
		from organization o
			-- Of the records that are one organization, the report that counts, as
			-- annual_report_filing_counting and organization.ReportCounting say.
			left join lateral (select * from annual_report_filing x where x.org_id = any(organization_ids(o.id)) and x.report_year = $1
				order by x.round > 0 desc, x.org_id = o.id desc, x.id limit 1) f on true
			left join lateral (select * from annual_report x where x.org_id = any(organization_ids(o.id)) and x.report_year = $1
				order by x.conclusion = 'missing', x.org_id = o.id desc, x.id limit 1) r on true
		where o.established_on < make_date($1 + 1, 1, 1) and o.merged_into is null
			and (o.status not in ('deregistered', 'filing_revoked', 'registration_revoked') or f.round > 0 or r.id is not null)
			and ($4 = '' or o.community_code = $4) and ($5 = '' or o.subdistrict_code = $5) and ($6 = '' or coalesce(o.department_code, '') = $6)
			and ($7 = '' or starts_with(o.community_code, $7)))
	select org_id, name, demo, community_code, registrar, unit, filing_id, submitted_on, due_on, status, conclusion, stance, place from listed
	where `

// query is queueSQL for a filter with its arguments.
func (f ReportFilter) query(actor authz.Actor, r Rules, today civil.Date) (string, []any) {
	_, due := Deadlines(r, f.Year)
	args := []any{f.Year, today, over(due, today), only(actor, authz.Community, actor.Community), only(actor, authz.Subdistrict, actor.Subdistrict),
		only(actor, authz.Department, actor.Department), f.Place}
	where := map[ReportTab]string{
		TabAtUnit: `status = 'unit'`, TabAtDesk: `status = 'registrar'`, TabCorrecting: `status = 'correcting'`, TabConcluded: `status = 'concluded'`,
		TabUnfiled: `status in ('open', 'overdue')`, TabMissing: `status = 'missing'`,
	}[f.Tab]
	switch {
	case f.Tab == TabMine && actor.Role == authz.Department:
		where = `status = 'unit'`
	case f.Tab == TabMine:
		where = `(status = 'registrar' or status = 'correcting' and unanswered) and street = $8`
		args = append(args, actor.Role == authz.Subdistrict)
	case where == "":
		where = `true`
	}
	return queueSQL + where, args
}

// Queue returns size rows of the list after cursor, what came first on top.
func (s *Service) Queue(ctx context.Context, actor authz.Actor, f ReportFilter, cursor string, size int) (v ReportQueue, err error) {
	err = s.queue(ctx, actor, f, func(q postgres.Querier, at ReportQueue, sql string, args []any) error {
		v = at
		n := len(args)
		sql += ` and ($` + strconv.Itoa(n+1) + ` = '' or place > $` + strconv.Itoa(n+1) + `) order by place limit $` + strconv.Itoa(n+2)
		v.Rows, err = postgres.All[ReportRow](ctx, q, sql, append(args, cursor, size+1)...)
		if len(v.Rows) > size {
			v.Rows = v.Rows[:size]
			v.Next = v.Rows[size-1].Place
		}
		return err
	})
	return v, err
}

// EachReport gives every row of the list to rows, a few at a time: for exports.
func (s *Service) EachReport(ctx context.Context, actor authz.Actor, f ReportFilter, rows func(at ReportQueue, list []ReportRow) error) error {
	return s.queue(ctx, actor, f, func(q postgres.Querier, at ReportQueue, sql string, args []any) error {
		return postgres.Each(ctx, q, func(list []ReportRow) error { return rows(at, list) }, sql+` order by place`, args...)
	})
}

func (s *Service) queue(ctx context.Context, actor authz.Actor, f ReportFilter, do func(q postgres.Querier, at ReportQueue, sql string, args []any) error) error {
	if err := actor.Require(authz.OrganizationStaff); err != nil {
		return err
	}
	return s.DB.Read(ctx, func(q postgres.Querier, now time.Time) (err error) {
		v := ReportQueue{Today: civil.On(now), Filter: f}
		if v.Filter.Year == 0 {
			v.Filter.Year = v.Today.Year - 1
		}
		if v.Filter.Year < 1990 || v.Filter.Year >= v.Today.Year {
			return missing()
		}
		if v.Rules, err = rules(ctx, q, now); err != nil {
			return err
		}
		if v.Regions, err = district.Regions(ctx, q); err != nil {
			return err
		}
		sql, args := v.Filter.query(actor, v.Rules, v.Today)
		return do(q, v, sql, args)
	})
}
