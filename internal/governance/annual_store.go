package governance

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// rootOf is the record that the organization of a row is kept under today, and
// mergedFrom the name of the one under which it was written when that is another.
const (
	rootOf     = `(select case when o.merged_into is null then o.id else organization_root(o.id) end from organization o where o.id = %[1]s.org_id) as org_id`
	mergedFrom = `coalesce((select o.name from organization o where o.id = %[1]s.org_id and o.merged_into is not null), '') as merged_from`
)

var filingColumns = fmt.Sprintf(`f.id, `+rootOf+`, `+mergedFrom+`, f.report_year, f.state, f.round, coalesce(f.opening_fen, 0) as opening_fen, coalesce(f.income_fen, 0) as income_fen,
	coalesce(f.expense_fen, 0) as expense_fen, coalesce(f.closing_fen, 0) as closing_fen, f.first_submitted_on,
	coalesce(f.submitted_person, '00000000-0000-0000-0000-000000000000') as submitted_person, f.submitted_name, f.unit, coalesce(f.stance, '') as stance,
	f.opinion, f.opined_on, f.opined_name, f.asked, f.asked_parts, f.asked_on, f.corrections, coalesce(f.conclusion, '') as conclusion, f.reason,
	f.concluded_on, f.concluded_unit, f.reopened_on, (f.submitted_at at time zone 'Asia/Shanghai')::date as signed_on,
	coalesce(f.edition_id, '00000000-0000-0000-0000-000000000000') as edition_id, `+dayColumns+`, f.version`, "f")

// countingSQL selects the reports of an organization ($1): of each year the one
// that counts, as annual_report_filing_counting says.
var countingSQL = `select ` + filingColumns + ` from annual_report_filing f
	where f.org_id = any(organization_ids($1)) and f.id = annual_report_filing_counting($1, f.report_year)`

// savedPart is what was typed in one part.
type savedPart struct {
	Part    ReportPart      `db:"part"`
	Typed   json.RawMessage `db:"typed"`
	Version int             `db:"version"`
	At      time.Time       `db:"saved_at"`
	Name    string          `db:"saved_name"`
}

// Saved is when a part was saved, by whom; Version is 0 before.
type Saved struct {
	Version int
	At      time.Time
	Name    string
}

// ReportEvent is one act of the history of a report.
type ReportEvent struct {
	At         time.Time               `db:"at"`
	Action     string                  `db:"action"` // submit, resubmit, opine, return, conclude, reopen
	ByName     string                  `db:"by_name"`
	ByRole     authz.Role              `db:"by_role"`
	Note       string                  `db:"note"`
	Conclusion organization.Conclusion `db:"conclusion"`
}

// On is the day of the act.
func (e ReportEvent) On() civil.Date { return civil.On(e.At) }

func typedOf(parts []savedPart) (Typed, map[ReportPart]Saved) {
	typed, saved := Typed{}, map[ReportPart]Saved{}
	for _, p := range parts {
		v := url.Values{}
		_ = json.Unmarshal(p.Typed, &v) // written by savePart: always this shape
		typed[p.Part], saved[p.Part] = v, Saved{p.Version, p.At, p.Name}
	}
	return typed, saved
}

const partsSQL = `select part, typed, version, saved_at, saved_name from annual_report_part where filing_id = $1 order by part`

func filingForUpdate(ctx context.Context, tx postgres.Tx, where string, args ...any) (Filing, error) {
	f, err := postgres.One[Filing](ctx, tx, `select `+filingColumns+` from annual_report_filing f where `+where+` for update`, args...)
	if errs.Is(err, errs.NotFound) {
		err = missing()
	}
	return f, err
}

func insertFiling(ctx context.Context, tx postgres.Tx, now time.Time, org uuid.UUID, year int) (Filing, error) {
	f := Filing{ID: newID(), OrgID: org, Year: year, State: FilingDraft, Version: 1}
	_, err := tx.Exec(ctx, `insert into annual_report_filing (id, org_id, report_year, updated_at) values ($1, $2, $3, $4)`, f.ID, org, year, now)
	return f, err
}

// savePart writes a part at the version after seen and touches the report, so
// that nobody signs what was not read. Somebody else's newer version is
// errs.Conflict.
func savePart(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, f Filing, p ReportPart, seen int, v url.Values) error {
	typed, err := json.Marshal(v)
	if err != nil {
		return err
	}
	err = postgres.ExecOne(ctx, tx, `
		insert into annual_report_part as p (filing_id, part, typed, saved_at, saved_by, saved_name)
		select $1, $2, $4, $5, $6, $7 where $3 = 0 or exists (select from annual_report_part where filing_id = $1 and part = $2)
		on conflict (filing_id, part) do update set typed = $4, saved_at = $5, saved_by = $6, saved_name = $7, version = p.version + 1
			where p.version = $3`, f.ID, p, seen, typed, now, actor.AccountID, actor.Name)
	if err != nil {
		return err
	}
	return touch(ctx, tx, now, f)
}

func touch(ctx context.Context, tx postgres.Tx, now time.Time, f Filing) error {
	return postgres.ExecOne(ctx, tx, `update annual_report_filing set updated_at = $2, version = version + 1 where id = $1`, f.ID, now)
}

func happened(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, f Filing, action, note string, c organization.Conclusion) error {
	_, err := tx.Exec(ctx, `
		insert into annual_report_event (filing_id, seq, at, action, by_id, by_name, by_role, note, conclusion)
		select $1, coalesce(max(seq), 0) + 1, $2, $3, $4, $5, $6, $7, nullif($8, '') from annual_report_event where filing_id = $1`,
		f.ID, now, action, actor.AccountID, actor.Name, actor.Role, note, string(c))
	return err
}

const eventsOfReportSQL = `select at, action, by_name, by_role, note, coalesce(conclusion, '') as conclusion from annual_report_event where filing_id = $1 order by seq`

// knownRow is what registry, ledger and records know of a year.
type knownRow struct {
	LastClosing  *money.Fen `db:"last_closing"`
	Activities   int        `db:"activities"`
	Participants int        `db:"participants"`
	Assemblies   int        `db:"assemblies"`
	Councils     int        `db:"councils"`
}

const knownSQL = `
	select (select closing_fen from annual_report_filing where id = annual_report_filing_counting($1, $2::int - 1)) as last_closing,
		a.n as activities, a.people as participants, m.assemblies, m.councils
	from (select count(*)::int as n, coalesce(sum(participants), 0)::int as people from (` + activitiesOfYear + `) x) a,
		(select (count(distinct held_on) filter (where kind = 'assembly') + count(distinct held_on) filter (where kind = 'election'))::int as assemblies,
				(count(distinct held_on) filter (where kind = 'council'))::int as councils
			from governance_meeting where org_id = any(organization_ids($1)) and extract(year from held_on) = $2::int and void_on is null) m`

// activitiesOfYear are the activities of an organization ($1) in a year ($2): what
// two records of it both tell is one, as in the record of the organization.
const activitiesOfYear = `
	select distinct on (held_on, search_key(title)) * from organization_activity
	where org_id = any(organization_ids($1)) and extract(year from held_on) = $2::int and void_on is null
	order by held_on, search_key(title), confirmed_on is null, org_id = $1 desc, id`

// receivedSQL is the money of the special fund that arrived at an organization in
// a year: by the ledger, and before it by the opening history.
const receivedSQL = `
	select c.case_no as no, c.title, p.voucher_on as on, p.amount_fen
	from ledger_payment p join ledger_commitment c on c.id = p.commitment_id
	where c.organization_id = any(organization_ids($1)) and p.state = 'succeeded' and p.voucher_on between make_date($2, 1, 1) and make_date($2, 12, 31)
	union all
	select g.no, g.title, p.moved_on, p.amount_fen from earlier_payment p join earlier_grant g on g.id = p.grant_id
	where g.org_id = any(organization_ids($1)) and p.kind = 'paid' and p.moved_on between make_date($2, 1, 1) and make_date($2, 12, 31)
	order by 3, 1`

type conclusionRow struct {
	Year        int                     `db:"report_year"`
	SubmittedOn civil.Date              `db:"submitted_on"`
	Conclusion  organization.Conclusion `db:"conclusion"`
	Unit        string                  `db:"unit"`
	Version     int                     `db:"version"`
}

// conclusionSQL selects the conclusions about the years of an organization ($1),
// or about one of them ($2, otherwise null).
const conclusionSQL = `select distinct on (report_year) report_year, submitted_on, conclusion, unit, version from annual_report
	where org_id = any(organization_ids($1)) and report_year = coalesce($2, report_year)
	order by report_year, ` + organization.ReportCounting

// onRecord is the conclusion about a year under the lock of its organization,
// zero for none.
func onRecord(ctx context.Context, tx postgres.Tx, org uuid.UUID, year int) (conclusionRow, error) {
	r, err := postgres.One[conclusionRow](ctx, tx, conclusionSQL, org, year)
	if errs.Is(err, errs.NotFound) {
		return conclusionRow{}, nil
	}
	return r, err
}

// reportOwner is the owner of the papers of reports.
const reportOwner = "annual_report_filing"
