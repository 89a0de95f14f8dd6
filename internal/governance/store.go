package governance

import (
	"context"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/organization"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// lock makes the changes of one organization follow each other. A record that was
// merged away meanwhile is errs.Conflict.
func lock(ctx context.Context, tx postgres.Tx, org uuid.UUID) error {
	var merged bool
	err := tx.QueryRow(ctx, `select merged_into is not null from organization where id = $1 for no key update`, org).Scan(&merged)
	if err == nil && merged {
		err = errs.New(errs.Conflict, "这份档案刚刚并入同一个组织的另一份。重新登录，到那一份上继续。")
	}
	return err
}

// factsSQL gathers the facts of many organizations ($1) at once; $2 is the year
// that reports are due about.
const factsSQL = `
	select o.id, o.org_type, o.status_basis, o.established_on, o.status in ('deregistered', 'filing_revoked', 'registration_revoked') as ended, o.supervising_unit <> '' as supervised, o.party_org, o.party_members,
		c.term_years, c.assembly_months, c.council_months, c.has_council, c.has_supervisors,
		case when c.org_id = o.id then c.version else 0 end as charter_version, -- another record's is a beginning, not a version
		s.kinds, s.filed, s.confirmed,
		m.assembly, m.council, m.election,
		n.council_members, n.council_term, n.supervisors, n.supervisors_term, n.both,
		coalesce(a.conclusion, '') as report_conclusion, coalesce(r.state, '') as report_state, r.first_submitted_on as report_on,
		'summary' = any(d.public) as summary_public,
		'accounts' = any(d.public) as accounts_public
	from organization o
		cross join lateral (select organization_ids(o.id) as ids) f -- with the records merged into it
		left join lateral (select * from governance_charter x where x.org_id = any(f.ids) order by x.org_id = o.id desc, x.saved_at desc limit 1) c on true
		left join lateral (select * from annual_report x where x.org_id = any(f.ids) and x.report_year = $2
			order by x.conclusion = 'missing', x.org_id = o.id desc, x.id limit 1) a on true
		left join annual_report_filing r on r.id = annual_report_filing_counting(o.id, $2)
		cross join lateral (
			select coalesce(array_agg(v.kind), '{}') as public from disclosure_version v where v.org_id = any(f.ids) and v.year = $2 and v.withdrawn_at is null
				and not exists (select from disclosure_version n where n.disclosure_id = v.disclosure_id and n.number > v.number)) d
		cross join lateral (
			select coalesce(array_agg(kind order by kind), '{}') as kinds, coalesce(array_agg(filed_on order by kind), '{}') as filed,
				coalesce(array_agg(confirmed_on order by kind), '{}') as confirmed
			from (select distinct on (kind) * from organization_system where org_id = any(f.ids) and void_on is null
				order by kind, confirmed_on is null, org_id = o.id desc, id) x) s
		cross join lateral (
			select max(held_on) filter (where kind in ('assembly', 'election')) as assembly, max(held_on) filter (where kind = 'council') as council,
				max(held_on) filter (where kind = 'election') as election
			from governance_meeting where org_id = any(f.ids) and void_on is null) m
		cross join lateral ( -- one who sits in both records is one
			select count(distinct name) filter (where body = 'council')::int as council_members, min(term_to) filter (where body = 'council') as council_term,
				count(distinct name) filter (where body = 'supervisors')::int as supervisors, min(term_to) filter (where body = 'supervisors') as supervisors_term,
				coalesce(array_agg(distinct name order by name) filter (where body = 'supervisors' and exists (
					select from governance_officer x where x.org_id = any(f.ids) and x.body = 'council' and x.name = p.name and x.left_on is null)), '{}') as both
			from governance_officer p where org_id = any(f.ids) and left_on is null) n
	where o.id = any($1)`

type factsRow struct {
	ID             uuid.UUID             `db:"id"`
	Type           organization.OrgType  `db:"org_type"`
	Basis          organization.Basis    `db:"status_basis"`
	EstablishedOn  civil.Date            `db:"established_on"`
	Ended          bool                  `db:"ended"`
	Supervised     bool                  `db:"supervised"`
	PartyOrg       organization.PartyOrg `db:"party_org"`
	PartyMembers   *int                  `db:"party_members"`
	TermYears      *int                  `db:"term_years"`
	AssemblyMonths *int                  `db:"assembly_months"`
	CouncilMonths  *int                  `db:"council_months"`
	HasCouncil     *bool                 `db:"has_council"`
	HasSupervisors *bool                 `db:"has_supervisors"`
	CharterVersion int                   `db:"charter_version"`

	Kinds     []organization.SystemKind `db:"kinds"`
	Filed     []civil.Date              `db:"filed"`
	Confirmed []civil.Date              `db:"confirmed"`

	Assembly civil.Date `db:"assembly"`
	Council  civil.Date `db:"council"`
	Election civil.Date `db:"election"`

	CouncilMembers  int        `db:"council_members"`
	CouncilTerm     civil.Date `db:"council_term"`
	Supervisors     int        `db:"supervisors"`
	SupervisorsTerm civil.Date `db:"supervisors_term"`
	Both            []string   `db:"both"`

	ReportConclusion organization.Conclusion `db:"report_conclusion"`
	ReportState      FilingState             `db:"report_state"`
	ReportOn         civil.Date              `db:"report_on"`
	SummaryPublic    bool                    `db:"summary_public"`
	AccountsPublic   bool                    `db:"accounts_public"`
}

func (r factsRow) facts() Facts {
	f := Facts{OrgID: r.ID, Type: r.Type, Basis: r.Basis, EstablishedOn: r.EstablishedOn, Ended: r.Ended, Supervised: r.Supervised,
		PartyOrg: r.PartyOrg, PartyMembers: r.PartyMembers, Assembly: r.Assembly, Council: r.Council, Election: r.Election,
		CouncilMembers: r.CouncilMembers, CouncilTermTo: r.CouncilTerm, Supervisors: r.Supervisors, SupervisorsTerm: r.SupervisorsTerm, Both: r.Both,
		ReportConclusion: r.ReportConclusion, ReportState: r.ReportState, ReportOn: r.ReportOn, SummaryPublic: r.SummaryPublic, AccountsPublic: r.AccountsPublic,
		Charter: Charter{TermYears: r.TermYears, AssemblyMonths: r.AssemblyMonths, CouncilMonths: r.CouncilMonths,
			HasCouncil: triOf(r.HasCouncil), HasSupervisors: triOf(r.HasSupervisors), Version: r.CharterVersion}}
	for i, k := range r.Kinds {
		f.Systems = append(f.Systems, Filed{k, r.Filed[i], r.Confirmed[i]})
	}
	return f
}

// factsOf gathers the facts of organizations on a day, in one statement.
func factsOf(ctx context.Context, q postgres.Querier, today civil.Date, ids []uuid.UUID) (map[uuid.UUID]Facts, error) {
	rows, err := postgres.All[factsRow](ctx, q, factsSQL, ids, today.Year-1)
	out := make(map[uuid.UUID]Facts, len(rows))
	for _, r := range rows {
		out[r.ID] = r.facts()
	}
	return out, err
}

const meetingColumns = `id, org_id, kind, held_on, place, expected, present, resolutions, version`

const officerColumns = `id, org_id, body, post, name, elected_on, term_to, left_on, left_reason, version`

// Owners of files, as in the audit trail.
const (
	meetingOwner = "governance_meeting"
	systemOwner  = "organization_system"
)

// ownedSQL is which owners' files belong to an organization ($1).
const ownedSQL = `(owner_kind = 'governance_meeting' and owner_id in (select id from governance_meeting where org_id = any(organization_ids($1)))
	or owner_kind = 'organization_system' and owner_id in (select id from organization_system where org_id = any(organization_ids($1))))`

const fileColumns = `id, owner_kind, owner_id, slot, filename, media_type, extension, size, sha256, source_sha256, width, height, picture_hash, notes, state, reason,
	coalesce(uploaded_by, '00000000-0000-0000-0000-000000000000') as uploaded_by, uploaded_by_name, uploaded_at, scanned_at, handed_in_at,
	removed_at, erased_at, version`

func (s *Service) records(ctx context.Context, q postgres.Querier, org uuid.UUID, systems *[]organization.System, meetings *[]Meeting, officers *[]Officer, files *[]attachment.Attachment, help *[]Help) error {
	var b postgres.Batch
	postgres.Gather(&b, systems, `select id, org_id, kind, title, adopted_on, filed_on, confirmed_on, confirmed_office, void_on, void_reason, version
		from organization_system where org_id = any(organization_ids($1)) and void_on is null order by kind`, org)
	postgres.Gather(&b, meetings, `select `+meetingColumns+` from governance_meeting where org_id = any(organization_ids($1)) and void_on is null order by held_on desc, id desc limit 100`, org)
	postgres.Gather(&b, officers, `select `+officerColumns+` from governance_officer where org_id = any(organization_ids($1))
		order by left_on is not null, body, array_position(array['chair', 'vice_chair', 'secretary', 'member', 'chief_supervisor', 'supervisor'], post), elected_on desc, id limit 200`, org)
	postgres.Gather(&b, files, `select `+fileColumns+` from attachment where state in ('accepted', 'checking', 'refused') and `+ownedSQL+` order by uploaded_at`, org)
	postgres.Gather(&b, help, helpSQL)
	return b.Run(ctx, q)
}

func loadMeeting(ctx context.Context, q postgres.Querier, org, id uuid.UUID) (Meeting, error) {
	m, err := postgres.One[Meeting](ctx, q, `select `+meetingColumns+` from governance_meeting where id = $1 and organization_root(org_id) = $2 and void_on is null`, id, org)
	if errs.Is(err, errs.NotFound) {
		err = missing()
	}
	return m, err
}

func insertMeeting(ctx context.Context, tx postgres.Tx, recorded recording, m Meeting) error {
	_, err := tx.Exec(ctx, `
		insert into governance_meeting (id, org_id, kind, held_on, place, expected, present, resolutions, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		m.ID, m.OrgID, m.Kind, m.HeldOn, m.Place, m.Expected, m.Present, m.Resolutions, recorded.at, recorded.by)
	return err
}

func insertOfficer(ctx context.Context, tx postgres.Tx, recorded recording, o Officer) error {
	_, err := tx.Exec(ctx, `
		insert into governance_officer (id, org_id, body, post, name, elected_on, term_to, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		o.ID, o.OrgID, o.Post.Body(), o.Post, o.Name, o.ElectedOn, o.TermTo, recorded.at, recorded.by)
	return err
}

func present(ctx context.Context, tx postgres.Tx, org uuid.UUID, body Body) ([]Officer, error) {
	return postgres.All[Officer](ctx, tx, `select `+officerColumns+` from governance_officer where org_id = any(organization_ids($1)) and body = $2 and left_on is null for update`, org, body)
}
