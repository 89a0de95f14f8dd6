package organization

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/money"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// columns are those of Organization; sealed ones are read by Unmask alone.
const columns = `o.id, o.name, o.org_type, o.status_basis, o.category, coalesce(o.uscc, '') as uscc,
	coalesce(o.uscc_override_reason, '') as uscc_override_reason, coalesce(o.filing_no, '') as filing_no,
	o.established_on, o.registrar, o.origin, o.status, o.status_since, o.status_reason,
	o.head_person_id, o.head_name, o.head_mobile_mask, o.community_code, o.subdistrict_code,
	o.address, o.postcode, o.premises_type, o.activity_scope, o.activity_reach, o.service_targets, o.business_scope, o.supervising_unit,
	coalesce(o.department_code, '') as department_code,
	coalesce(department_name_on(o.department_code, (portal_now() at time zone 'Asia/Shanghai')::date), o.supervising_unit) as unit_name,
	o.registered_capital_fen, o.contact_name, o.contact_phone, o.contact_mobile_mask, o.contact_email,
	o.members, o.staff, o.full_time, o.volunteers, o.social_workers, o.party_org, o.party_members,
	coalesce(o.base_id, '00000000-0000-0000-0000-000000000000') as base_id, o.introduction, o.demo, o.updated_at, o.version,
	coalesce(o.merged_into, '00000000-0000-0000-0000-000000000000') as merged_into`

func load(ctx context.Context, q postgres.Querier, id uuid.UUID) (Organization, error) {
	return postgres.One[Organization](ctx, q, `select `+columns+` from organization o where o.id = $1`, id)
}

func loadForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Organization, error) {
	return postgres.One[Organization](ctx, tx, `select `+columns+` from organization o where o.id = $1 for update`, id)
}

// sealed are the values that leave the database only sealed.
type sealed struct {
	headMobile         []byte // nil: none
	headMobileIndex    []byte // keyed digest, nil with it
	contactMobile      []byte
	contactMobileIndex []byte
}

// column is one value of each record, for an insert of all of them at once.
func column[T any](list []registered, get func(registered) T) []T {
	out := make([]T, len(list))
	for i, r := range list {
		out[i] = get(r)
	}
	return out
}

func insertOrganizations(ctx context.Context, tx postgres.Tx, now time.Time, list []registered) error {
	words := func(get func(registered) string) []string { return column(list, get) }
	_, err := tx.Exec(ctx, `
		insert into organization (id, name, org_type, status_basis, category, uscc, uscc_override_reason, filing_no,
			established_on, registrar, origin, status, status_since, head_person_id, head_name, head_mobile, head_mobile_mask, head_mobile_index,
			community_code, subdistrict_code, address, supervising_unit, business_scope, registered_capital_fen, claim_id, demo, import_id,
			introduction, activity_scope, activity_reach, service_targets, premises_type, members, staff, full_time, social_workers, volunteers,
			party_org, party_members, created_at, updated_at)
		select id, name, org_type, basis, category, nullif(uscc, ''), nullif(override, ''), nullif(filing_no, ''),
			established, registrar, origin, status, since, head, head_name, mobile, mobile_mask, mobile_index,
			community, subdistrict, address, unit, scope, capital, claim, demo, import,
			introduction, area, reach, string_to_array(targets, ','), premises, members, staff, full_time, workers, volunteers, party, party_members, $28, $28
		from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::date[], $10::text[], $11::text[], $12::text[],
			$13::date[], $14::uuid[], $15::text[], $16::bytea[], $17::text[], $18::bytea[], $19::text[], $20::text[], $21::text[], $22::text[], $23::text[], $24::bigint[],
			$25::uuid[], $26::bool[], $27::uuid[], $29::text[], $30::text[], $31::text[], $32::text[], $33::text[], $34::int[], $35::int[], $36::int[], $37::int[],
			$38::int[], $39::text[], $40::int[])
			u (id, name, org_type, basis, category, uscc, override, filing_no, established, registrar, origin, status,
				since, head, head_name, mobile, mobile_mask, mobile_index, community, subdistrict, address, unit, scope, capital, claim, demo, import,
				introduction, area, reach, targets, premises, members, staff, full_time, workers, volunteers, party, party_members)`,
		column(list, func(r registered) uuid.UUID { return r.ID }), words(func(r registered) string { return r.Name }),
		words(func(r registered) string { return string(r.Type) }), words(func(r registered) string { return string(r.Basis) }),
		words(func(r registered) string { return string(r.Category) }), words(func(r registered) string { return r.USCC }),
		words(func(r registered) string { return r.USCCOverrideReason }), words(func(r registered) string { return r.FilingNo }),
		column(list, func(r registered) civil.Date { return r.EstablishedOn }), words(func(r registered) string { return r.Registrar }),
		words(func(r registered) string { return string(r.Origin) }), words(func(r registered) string { return string(r.Status) }),
		column(list, func(r registered) civil.Date { return r.StatusSince }), column(list, func(r registered) uuid.UUID { return r.HeadPersonID }),
		words(func(r registered) string { return r.HeadName }), column(list, func(r registered) []byte { return r.seals.headMobile }),
		words(func(r registered) string { return r.HeadMobileMask }), column(list, func(r registered) []byte { return r.seals.headMobileIndex }),
		words(func(r registered) string { return r.CommunityCode }), words(func(r registered) string { return r.SubdistrictCode }),
		words(func(r registered) string { return r.Address }), words(func(r registered) string { return r.SupervisingUnit }),
		words(func(r registered) string { return r.BusinessScope }), column(list, func(r registered) *money.Fen { return r.RegisteredCapital }),
		column(list, func(r registered) *uuid.UUID { return orNull(r.in.ClaimID) }), column(list, func(r registered) bool { return r.Demo }),
		column(list, func(r registered) *uuid.UUID { return orNull(r.from.importID) }), now,
		words(func(r registered) string { return r.Introduction }), words(func(r registered) string { return r.ActivityScope }),
		words(func(r registered) string { return string(r.Reach) }), words(func(r registered) string { return strings.Join(texts(r.ServiceTargets), ",") }),
		words(func(r registered) string { return string(r.Premises) }), column(list, func(r registered) *int { return r.Members }),
		column(list, func(r registered) *int { return r.Staff }), column(list, func(r registered) *int { return r.FullTime }),
		column(list, func(r registered) *int { return r.SocialWorkers }), column(list, func(r registered) *int { return r.Volunteers }),
		words(func(r registered) string { return string(r.PartyOrg) }), column(list, func(r registered) *int { return r.PartyMembers }))
	return err
}

// insertTold dates what new records tell about themselves: known from today on,
// not from their founding.
func insertTold(ctx context.Context, tx postgres.Tx, now time.Time, list []registered, by uuid.UUID) error {
	var orgs []uuid.UUID
	var fields, values []string
	for _, r := range list {
		for _, f := range toldFacts(Organization{}, Basics{ServiceTargets: r.ServiceTargets, Reach: r.Reach}) {
			orgs, fields, values = append(orgs, r.ID), append(fields, f.field), append(values, f.value)
		}
	}
	_, err := tx.Exec(ctx, `
		insert into organization_fact (org_id, field, value, effective_on, recorded_at, recorded_by, reason)
		select org, f, v, $4, $5, $6, '导入' from unnest($1::uuid[], $2::text[], $3::text[]) u (org, f, v)`, orgs, fields, values, civil.On(now), now, by)
	return err
}

// insertFirstFacts writes what is registered, from the founding on.
func insertFirstFacts(ctx context.Context, tx postgres.Tx, now time.Time, list []registered, by uuid.UUID, reason string) error {
	var orgs []uuid.UUID
	var fields, values []string
	var founded []civil.Date
	for _, r := range list {
		for _, f := range factsOf(r.Organization) {
			orgs, fields, values, founded = append(orgs, r.ID), append(fields, f.field), append(values, f.value), append(founded, r.EstablishedOn)
		}
	}
	_, err := tx.Exec(ctx, `
		insert into organization_fact (org_id, field, value, effective_on, recorded_at, recorded_by, reason)
		select org, f, v, founded, $5, $6, $7 from unnest($1::uuid[], $2::text[], $3::text[], $4::date[]) with ordinality u (org, f, v, founded, i) order by i`,
		orgs, fields, values, founded, now, by, reason)
	return err
}

// saveRegistered writes the registrar's part of the record.
func saveRegistered(ctx context.Context, tx postgres.Tx, now time.Time, o Organization, s sealed, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update organization set name = $3, org_type = $4, status_basis = $5, category = $6, uscc = nullif($7, ''),
			uscc_override_reason = nullif($8, ''), filing_no = nullif($9, ''), established_on = $10, registrar = $11, origin = $12,
			head_person_id = $13, head_name = $14, head_mobile = coalesce($15, head_mobile), head_mobile_mask = $16,
			community_code = $17, subdistrict_code = $18, address = $19, supervising_unit = $20, business_scope = $21,
			registered_capital_fen = $22, status_since = $23, updated_at = $24, head_mobile_index = coalesce($25, head_mobile_index),
			version = version + 1
		where id = $1 and version = $2`,
		o.ID, version, o.Name, o.Type, o.Basis, o.Category, o.USCC, o.USCCOverrideReason, o.FilingNo, o.EstablishedOn, o.Registrar,
		o.Origin, o.HeadPersonID, o.HeadName, s.headMobile, o.HeadMobileMask, o.CommunityCode, o.SubdistrictCode, o.Address,
		o.SupervisingUnit, o.BusinessScope, o.RegisteredCapital, o.StatusSince, now, s.headMobileIndex)
}

func saveStatus(ctx context.Context, tx postgres.Tx, now time.Time, o Organization, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update organization set status = $3, status_since = $4, status_reason = $5, updated_at = $6, version = version + 1
		where id = $1 and version = $2`, o.ID, version, o.Status, o.StatusSince, o.StatusReason, now)
}

// saveBasics writes what the organization tells about itself.
func saveBasics(ctx context.Context, tx postgres.Tx, now time.Time, o Organization, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update organization set introduction = $3, activity_scope = $4, premises_type = $5, members = $6, staff = $7,
			full_time = $8, volunteers = $9, social_workers = $10, party_org = $11, party_members = $12,
			updated_at = $13, service_targets = $14, activity_reach = $15, version = version + 1
		where id = $1 and version = $2`,
		o.ID, version, o.Introduction, o.ActivityScope, o.Premises, o.Members, o.Staff,
		o.FullTime, o.Volunteers, o.SocialWorkers, o.PartyOrg, o.PartyMembers, now, texts(o.ServiceTargets), o.Reach)
}

func saveContact(ctx context.Context, tx postgres.Tx, now time.Time, o Organization, s sealed, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update organization set contact_name = $3, contact_phone = $4, contact_mobile = coalesce($5, contact_mobile),
			contact_mobile_mask = $6, contact_email = $7, address = $8, postcode = $9, updated_at = $10,
			contact_mobile_index = coalesce($11, contact_mobile_index), version = version + 1
		where id = $1 and version = $2`,
		o.ID, version, o.ContactName, o.ContactPhone, s.contactMobile, o.ContactMobileMask, o.ContactEmail, o.Address, o.Postcode, now, s.contactMobileIndex)
}

// fact is one registered fact from the day on which it holds.
type fact struct {
	field string
	value string
}

func insertFacts(ctx context.Context, tx postgres.Tx, now time.Time, org uuid.UUID, facts []fact, effective any, by uuid.UUID, reason string) error {
	fields, values := make([]string, len(facts)), make([]string, len(facts))
	for i, f := range facts {
		fields[i], values[i] = f.field, f.value
	}
	_, err := tx.Exec(ctx, `
		insert into organization_fact (org_id, field, value, effective_on, recorded_at, recorded_by, reason)
		select $1, f, v, $4, $5, $6, $7 from unnest($2::text[], $3::text[]) as t (f, v)`,
		org, fields, values, effective, now, by, reason)
	return err
}

func insertEvent(ctx context.Context, tx postgres.Tx, now time.Time, org uuid.UUID, e Event) error {
	_, err := tx.Exec(ctx, `
		insert into organization_event (id, org_id, happened_on, kind, title, detail, recorded_at)
		values ($1, $2, $3, $4, $5, $6, $7)`, newID(), org, e.HappenedOn, e.Kind, e.Title, e.Detail, now)
	return err
}

// eventsSQL selects what is recorded for the public timeline, oldest first.
const eventsSQL = `
	select happened_on, kind, title, detail from organization_event
	where org_id = any(organization_ids($1)) order by happened_on, id`

func newID() uuid.UUID { return uuid.Must(uuid.NewV7()) }

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到这个组织。可能已经删除，或不在您能查看的范围内。")
}
