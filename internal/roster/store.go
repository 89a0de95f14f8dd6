package roster

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Organization is what the roster needs to know of one.
type Organization struct {
	ID            uuid.UUID  `db:"id"`
	Name          string     `db:"name"`
	Community     string     `db:"community_code"`
	Subdistrict   string     `db:"subdistrict_code"`
	Department    string     `db:"department_code"`
	EstablishedOn civil.Date `db:"established_on"`
	Ended         bool       `db:"ended"`
	Demo          bool       `db:"demo"`
	// The numbers of the profile, nil where nobody recorded them.
	Staff         *int `db:"staff"`
	FullTime      *int `db:"full_time"`
	SocialWorkers *int `db:"social_workers"`
}

func (o Organization) place() authz.Place {
	return authz.Place{OrgID: o.ID, Community: o.Community, Subdistrict: o.Subdistrict, Department: o.Department}
}

const organizationSQL = `
	select id, name, community_code, subdistrict_code, coalesce(department_code, '') as department_code, established_on, demo, staff, full_time, social_workers,
		status in ('deregistered', 'filing_revoked', 'registration_revoked') as ended
	from organization where id in (select organization_root(x) from unnest($1::uuid[]) x)`

func loadOrganizations(ctx context.Context, q postgres.Querier, ids []uuid.UUID) (map[uuid.UUID]Organization, error) {
	rows, err := postgres.All[Organization](ctx, q, organizationSQL, ids)
	out := make(map[uuid.UUID]Organization, len(rows))
	for _, o := range rows {
		out[o.ID] = o
	}
	return out, err
}

func loadOrganization(ctx context.Context, q postgres.Querier, id uuid.UUID) (Organization, error) {
	return postgres.One[Organization](ctx, q, organizationSQL, []uuid.UUID{id})
}

// columns are those of Member. org_id is the record that the organization is kept
// under today: with it the people of a record that was merged away are its own.
const columns = `m.id, (select case when o.merged_into is null then o.id else organization_root(o.id) end from organization o where o.id = m.org_id) as org_id,
	coalesce((select o.name from organization o where o.id = m.org_id and o.merged_into is not null), '') as merged_from, m.person_id, p.name, coalesce(p.id_type, '') as id_type, m.post, m.rank, m.full_time, m.education,
	m.qualification, m.joined_on, m.left_on, m.left_reason, m.updated_at, m.version`

const from = ` from roster_member m join person p on p.id = m.person_id`

// record is a stay with its sealed terms.
type record struct {
	Member
	Sealed []byte `db:"terms"`
}

func loadForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (record, error) {
	return postgres.One[record](ctx, tx, `select `+columns+`, m.terms`+from+` where m.id = $1 and m.void_on is null for update of m`, id)
}

func load(ctx context.Context, q postgres.Querier, id uuid.UUID) (record, error) {
	return postgres.One[record](ctx, q, `select `+columns+`, m.terms`+from+` where m.id = $1 and m.void_on is null`, id)
}

// staysOf returns all stays of persons, oldest first.
func staysOf(ctx context.Context, q postgres.Querier, persons []uuid.UUID) ([]elsewhere, error) {
	return postgres.All[elsewhere](ctx, q, `select `+columns+`, o.name as org_name`+from+` join organization o on o.id = m.org_id
		where m.person_id = any($1) and m.void_on is null order by m.joined_on, m.id`, persons)
}

// planted is a row to insert.
type planted struct {
	Member
	sealed   []byte
	importID *uuid.UUID
}

// insertMembers inserts rows in one statement.
func insertMembers(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, rows []planted) error {
	n := len(rows)
	ids, orgs, persons, imports := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]uuid.UUID, n), make([]*uuid.UUID, n)
	posts, educations, qualifications, reasons := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	full, joined, left, sealed := make([]bool, n), make([]civil.Date, n), make([]civil.Date, n), make([][]byte, n)
	for i, r := range rows {
		ids[i], orgs[i], persons[i], imports[i], sealed[i] = r.ID, r.OrgID, r.PersonID, r.importID, r.sealed
		posts[i], educations[i], qualifications[i], reasons[i] = string(r.Post), string(r.Education), string(r.Qualification), string(r.LeftReason)
		full[i], joined[i], left[i] = r.FullTime, r.JoinedOn, r.LeftOn
	}
	_, err := tx.Exec(ctx, `
		insert into roster_member (id, org_id, person_id, post, full_time, education, qualification, joined_on, left_on, left_reason,
			terms, import_id, recorded_at, recorded_by, updated_at)
		select t.*, $13, $14, $13 from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bool[], $6::text[], $7::text[],
			$8::date[], $9::date[], $10::text[], $11::bytea[], $12::uuid[]) as t`,
		ids, orgs, persons, posts, full, educations, qualifications, joined, left, reasons, sealed, imports, now, actor.AccountID)
	return err
}

// saveMember writes everything that may change; a stale version is errs.Conflict.
func saveMember(ctx context.Context, tx postgres.Tx, now time.Time, m Member, sealed []byte, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update roster_member set post = $3, full_time = $4, education = $5, qualification = $6, joined_on = $7, left_on = $8,
			left_reason = $9, terms = $10, updated_at = $11, version = version + 1
		where id = $1 and version = $2 and void_on is null`,
		m.ID, version, m.Post, m.FullTime, m.Education, m.Qualification, m.JoinedOn, m.LeftOn, m.LeftReason, sealed, now)
}

func voidMember(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, reason string, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update roster_member set void_on = $3, void_reason = $4, updated_at = $5, version = version + 1
		where id = $1 and version = $2 and void_on is null`, id, version, civil.On(now), reason, now)
}

// overlapping puts the violation of “one stay at a time” at its field.
func overlapping(err error) error {
	if postgres.Violates(err, "roster_member_once") {
		return errs.FieldError("joined_on", "加入日期", "这个人在这个组织已经登记过一段，时间重叠。到花名册里找到原来那一段，改它的日期")
	}
	return err
}
