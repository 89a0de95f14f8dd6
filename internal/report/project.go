package report

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/casework"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// ProjectFile is one project from application to closing: what the public reads
// of it, without names of staff and without notes of the office.
type ProjectFile struct {
	Project
	projectFacts
	Before  *BeforePortal // of a grant of before; then there are no acts and no notices
	Acts    []PublicAct   // oldest first
	Notices []PublicNotice
	Moves   []MoneyMove // oldest first
	Regions *district.RegionSet
}

// projectFacts are what a project's page says beside the list.
type projectFacts struct {
	Requested     money.Fen `db:"requested_fen"`
	Edition       string    `db:"edition"` // that it was decided under
	DemoRules     bool      `db:"demo_rules"`
	DocumentSlug  string    `db:"document_slug"`
	DocumentTitle string    `db:"document_title"`
	ChangedAt     time.Time `db:"changed_at"`
}

// BeforePortal is what a grant of before says in place of its application.
type BeforePortal struct {
	DocumentNo       string     `db:"document_no"`
	OpenedOn         civil.Date `db:"opened_on"` // when it was brought in
	UseReportDueOn   civil.Date `db:"use_report_due_on"`
	UseReportFiledOn civil.Date `db:"use_report_filed_on"`
	ChangedAt        time.Time  `db:"changed_at"`
}

// PublicAct is a step of a case that the public is told.
type PublicAct struct {
	Action workflow.Action `db:"action"`
	At     time.Time       `db:"at"`
	Stance casework.Stance `db:"stance"` // of an opinion
	Stage  authz.Role      `db:"stage"`  // community or subdistrict
}

// On is the date of the act.
func (a PublicAct) On() civil.Date { return civil.On(a.At) }

// PublicNotice is a notice that the project stood in, with what became of the
// objections to it.
type PublicNotice struct {
	No          string     `db:"no"`
	State       string     `db:"state"`
	PublishedOn civil.Date `db:"published_on"`
	StartsOn    civil.Date `db:"starts_on"`
	EndsOn      civil.Date `db:"ends_on"`
	Days        int        `db:"days"` // working days
	Objections  int        `db:"objections"`
	Outcomes    []string   `db:"outcomes"` // as published, without identity
}

// MoveKind is what a movement of money was.
type MoveKind string

// The movements. A reversed one never counted.
const (
	Payment  MoveKind = "payment"
	Return   MoveKind = "return"
	Recovery MoveKind = "recovery"
)

// MoneyMove is one payment of a project, or one sum that came back.
type MoneyMove struct {
	Kind   MoveKind   `db:"kind"`
	On     civil.Date `db:"moved_on"`
	No     string     `db:"no"` // number of the payment order, or of the document
	Amount money.Fen  `db:"amount_fen"`
}

// ProjectFile reads one project. errs.NotFound before its notice has settled, and
// for any other number.
func (s *Service) ProjectFile(ctx context.Context, no string) (f ProjectFile, err error) {
	if !caseNo(no) {
		return f, errNoProject()
	}
	err = s.db.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		var projects []Project
		var facts []projectFacts
		var before []BeforePortal
		var b postgres.Batch
		postgres.Gather(&b, &projects, `select `+projectColumns+` from project p `+projectTables+` where p.no = $1`, no)
		postgres.Gather(&b, &facts, factsSQL, no)
		postgres.Gather(&b, &before, beforeSQL, no)
		postgres.Gather(&b, &f.Acts, actsSQL, no)
		postgres.Gather(&b, &f.Notices, noticesSQL, no)
		postgres.Gather(&b, &f.Moves, movesSQL, no)
		if err := b.Run(ctx, q); err != nil {
			return err
		}
		if len(projects) != 1 || len(facts)+len(before) != 1 {
			return errNoProject()
		}
		f.Project = projects[0]
		if len(facts) == 1 {
			f.projectFacts = facts[0]
		} else {
			f.Before, f.ChangedAt = &before[0], before[0].ChangedAt
		}
		f.Regions, err = district.Regions(ctx, q)
		return err
	})
	return f, err
}

func errNoProject() error {
	return errs.New(errs.NotFound, "没有这个资助项目。公示期满、没有异议的项目才会列出。请核对编号，或从资助项目名单查找。")
}

// shownAwards bounds what the profile of an organization lists.
const shownAwards = 30

// AwardsOf reads what the records of an organization were granted through the
// portal, once it is public, the latest first. Grants of before are the
// organization's own.
func AwardsOf(ctx context.Context, q postgres.Querier, organization uuid.UUID) ([]Project, error) {
	return postgres.All[Project](ctx, q, `select `+projectColumns+` from project p `+projectTables+`
		where a.organization_id = any(organization_ids($1)) order by p.granted_on desc, p.no desc limit $2`, organization, shownAwards)
}

const factsSQL = `
	select coalesce(c.amount_fen, p.approved_fen) as requested_fen, e.label as edition, e.demo as demo_rules,
		d.slug as document_slug, d.title as document_title, p.changed_at
	from project p join case_file c on c.id = p.case_id join award a using (case_id)
		join policy_edition e on e.id = a.edition_id join policy_document d on d.id = e.document_id
	where p.no = $1`

const beforeSQL = `
	select g.document_no, (g.opened_at at time zone 'Asia/Shanghai')::date as opened_on, g.use_report_due_on, g.use_report_filed_on, p.changed_at
	from project p join earlier_grant g on g.id = p.grant_id where p.no = $1`

// actsSQL names the acts that are public, one by one: what is added to a
// workflow later stays inside until somebody decides otherwise. An opinion that
// lapsed is told as well, with the day on which the case went on without it.
const actsSQL = `
	select e.action, e.at, '' as stance, '' as stage from project p join case_event e using (case_id)
	where p.no = $1 and e.action in ('submit', 'accept', 'settle', 'report', 'reclaim', 'close', 'refund', 'terminate')
	union all
	select 'opine', o.at, o.stance, o.stage from project p join case_opinion o using (case_id) where p.no = $1
	order by 2`

const noticesSQL = `
	select n.no, n.state, n.published_on, n.starts_on, n.ends_on, n.period_wd + n.extra_wd as days,
		count(o.id)::int as objections, coalesce(array_agg(o.outcome order by o.handled_at) filter (where o.outcome <> ''), '{}') as outcomes
	from project p join notice_item i using (case_id) join notice n on n.id = i.notice_id
		left join notice_objection o on o.item_id = i.id
	where p.no = $1 and n.published_on is not null and n.no is not null
	group by n.id order by n.published_on, n.no`

// The payment order's number stands for the bank's voucher, which is not public
// (domain §8).
const movesSQL = `
	select kind, moved_on, no, amount_fen from (
	select 'payment' as kind, y.voucher_on as moved_on, y.no, y.amount_fen, y.ended_at as at
	from project p join ledger_commitment c using (case_id) join ledger_payment y on y.commitment_id = c.id
	where p.no = $1 and y.state = 'succeeded'
	union all
	select case e.kind when 'return' then 'return' else 'recovery' end, (e.at at time zone 'Asia/Shanghai')::date, '', e.amount_fen, e.at
	from project p join ledger_commitment c using (case_id) join ledger_entry e on e.commitment_id = c.id
	where p.no = $1 and e.kind in ('return', 'recover') and not exists (select from ledger_entry r where r.reverses = e.id)
	union all
	select case y.kind when 'paid' then 'payment' when 'returned' then 'return' else 'recovery' end, y.moved_on, '', y.amount_fen, y.recorded_at
	from project p join earlier_payment y using (grant_id) where p.no = $1) m
	order by moved_on, at`
