package organization

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// FactsOn gathers the facts about one organization as of day on, in two round
// trips. An unknown organization is errs.NotFound. It checks no scope: the
// caller has found the organization through a case or a profile already.
//
// What an organization took over in a merger is its own by then: grants,
// activities and reports of its predecessors count, and it is as old as the
// oldest of them. It cannot be new once more.
func FactsOn(ctx context.Context, q postgres.Querier, orgID uuid.UUID, on civil.Date) (Facts, error) {
	f, err := registeredFacts(ctx, q, orgID, on)
	if err != nil {
		return f, err
	}
	lineage := append([]uuid.UUID{orgID}, f.Predecessors...)
	var grants []Grant
	var b postgres.Batch
	postgres.Gather(&b, &f.Systems, systemsSQL, orgID, false)
	postgres.Gather(&b, &f.Activities, activitiesSQL, lineage)
	postgres.Gather(&b, &f.Reports, reportsSQL, lineage)
	postgres.Gather(&b, &grants, grantsAroundSQL, lineage, f.HeadPersonID)
	postgres.Gather(&b, &f.HeadOrgs, headOrgsSQL, orgID, f.HeadPersonID)
	if err := b.Run(ctx, q); err != nil {
		return f, err
	}
	for _, g := range grants {
		if slices.Contains(lineage, g.OrgID) {
			f.Grants = append(f.Grants, g)
		} else {
			f.HeadGrants = append(f.HeadGrants, g)
		}
	}
	return f, nil
}

// registeredSQL selects what registeredFacts reads, in one row.
const registeredSQL = `
	with recursive lineage as (
		select predecessor_id as id from organization_succession where successor_id = $1 and since <= $2
		union select s.predecessor_id from organization_succession s join lineage l on s.successor_id = l.id
	), dated as (
		select distinct on (field) field, value, effective_on from organization_fact
		where org_id = $1
		order by field, effective_on > $2, case when effective_on > $2 then effective_on end, effective_on desc, id desc
	), looks as (
		select distinct on (subject) subject, checked_on, source from organization_check
		where org_id = any(organization_ids($1)) and checked_on <= $2
		order by subject, checked_on desc, recorded_at desc
	)
	select jsonb_object_agg(field, value) as fields, max(effective_on) filter (where field = 'status') as status_since,
		(select coalesce(jsonb_agg(looks), '[]') from looks) as looks,
		(select coalesce(array_agg(id), '{}') from lineage) as predecessors,
		(select min(o.established_on) from organization o join lineage l on l.id = o.id) as oldest
	from dated having count(*) > 0`

// registeredFacts reads every registered fact as of on: the latest that had
// taken effect, or the first one for a day before any had.
func registeredFacts(ctx context.Context, q postgres.Querier, orgID uuid.UUID, on civil.Date) (Facts, error) {
	type row struct {
		Fields       map[string]string `db:"fields"`
		Since        civil.Date        `db:"status_since"`
		Looks        json.RawMessage   `db:"looks"`
		Predecessors []uuid.UUID       `db:"predecessors"`
		Oldest       civil.Date        `db:"oldest"`
	}
	r, err := postgres.One[row](ctx, q, registeredSQL, orgID, on)
	if err != nil {
		return Facts{}, err
	}
	v := r.Fields
	f := Facts{
		OrgID: orgID, On: on, Name: v["name"], Type: OrgType(v["org_type"]), Basis: Basis(v["status_basis"]),
		Category: Category(v["category"]), Origin: Origin(v["origin"]), Status: Status(v["status"]), StatusSince: r.Since,
		Registrar: v["registrar"], HeadName: v["head_name"], CommunityCode: v["community_code"],
		SubdistrictCode: v["subdistrict_code"], Address: v["address"], BusinessScope: v["business_scope"],
		SupervisingUnit: v["supervising_unit"], Predecessors: r.Predecessors, Looks: map[Subject]Look{},
		uscc: v["uscc"], filingNo: v["filing_no"],
	}
	if err := f.EstablishedOn.UnmarshalText([]byte(v["established_on"])); err != nil {
		return f, err
	}
	if !r.Oldest.IsZero() && r.Oldest.Before(f.EstablishedOn) {
		f.EstablishedOn = r.Oldest
	}
	if fen, err := strconv.ParseInt(v["registered_capital_fen"], 10, 64); err == nil {
		capital := money.Fen(fen)
		f.RegisteredCapital = &capital
	}
	if f.HeadPersonID, err = uuid.Parse(v["head_person_id"]); err != nil {
		return f, err
	}
	var looks []Look
	if err := json.Unmarshal(r.Looks, &looks); err != nil {
		return f, err
	}
	for _, l := range looks {
		f.Looks[l.Subject] = l
	}
	return f, nil
}

const systemsSQL = `
	select id, org_id, kind, title, adopted_on, filed_on, confirmed_on, confirmed_office, void_on, void_reason, version
	from organization_system where org_id = any(organization_ids($1)) and ($2 or void_on is null)
	order by array_position(array['charter','finance','disclosure','personnel','assembly','council','supervisors','election'], kind),
		filed_on desc, id desc`

// recordsOf are the ids under which the history of organizations ($1) stands:
// their own and those of records that were merged into them.
const recordsOf = `array(select unnest(organization_ids(x)) from unnest($1::uuid[]) x)`

const activitiesSQL = `
	select id, org_id, title, held_on, place, community_code, participants, volunteers, social_workers, summary,
		confirmed_on, confirmed_office, version
	from (
		-- What two records of one organization both tell is one activity.
		select distinct on (held_on, search_key(title)) * from organization_activity
		where org_id = any(` + recordsOf + `) and void_on is null
		order by held_on, search_key(title), confirmed_on is null, org_id = ($1::uuid[])[1] desc, id) a
	order by held_on desc, id desc`

const reportsSQL = `
	select id, org_id, merged_from, report_year, submitted_on, conclusion, unit, version
	from (
		-- Of a year there is one for an organization, whichever of its records it stands under.
		select distinct on (r.report_year, k.root) r.*, k.root, case when r.org_id <> k.root then k.name else '' end as merged_from
		from annual_report r, lateral (select organization_root(o.id) as root, o.name from organization o where o.id = r.org_id) k
		where r.org_id = any(` + recordsOf + `)
		order by r.report_year, k.root, r.conclusion = 'missing', r.org_id = k.root desc, r.id) y
	order by report_year desc, root = ($1::uuid[])[1] desc, submitted_on is null, id`

// ReportCounting orders the conclusions about one year of an organization ($1) by
// which counts: that nothing was handed in last, those of its own record first.
const ReportCounting = `conclusion = 'missing', org_id = $1 desc, id`

// grantsAroundSQL selects the grants of some organizations and those of
// organizations that the same person headed when they were awarded.
const grantsAroundSQL = `
	select g.id, coalesce(g.no, '') as no, organization_root(g.org_id) as org_id, o.name as org_name,
		case when o.merged_into is null then '' else o.name end as merged_from, g.programme, g.title, g.awarded_on, g.amount_fen, g.document_no,
		g.head_person_id, g.community_code, g.use_report_due_on, g.use_report_filed_on, g.version
	from earlier_grant g join organization o on o.id = g.org_id
	where (g.org_id = any(` + recordsOf + `) or g.head_person_id = $2) and g.void_on is null
	order by g.awarded_on desc, g.id desc`

const headOrgsSQL = `
	select id, name, community_code from organization
	where head_person_id = $2 and id <> $1 and merged_into is null and status not in ('deregistered', 'filing_revoked', 'registration_revoked')
	order by established_on, id`

// HeadOrgsOf returns the living organizations other than one that a person heads.
func HeadOrgsOf(ctx context.Context, q postgres.Querier, orgID, head uuid.UUID) ([]HeadOrg, error) {
	return postgres.All[HeadOrg](ctx, q, headOrgsSQL, orgID, head)
}
