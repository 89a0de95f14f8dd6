package standing

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// On returns how the organization stands on day on, read in one round trip. An
// unknown organization has an empty standing: the caller knows whether it is
// there.
func On(ctx context.Context, q postgres.Querier, orgID uuid.UUID, on civil.Date) (Standing, error) {
	var b postgres.Batch
	standing := GatherOn(&b, orgID, on)
	if err := b.Run(ctx, q); err != nil {
		return Standing{}, err
	}
	return standing(), nil
}

// GatherOn adds what On asks to a batch; what it returns is called after the run.
func GatherOn(b *postgres.Batch, orgID uuid.UUID, on civil.Date) func() Standing {
	s := Standing{OrgID: orgID, On: on, Checks: map[Kind]Check{}}
	var checks []Check
	postgres.Gather(b, &s.Entries, `
		select id, org_id, kind, from_on, to_on, basis, reason, recorded_at, close_reason,
		       closed_at is not null as closed, version
		from standing_entry where org_id = any(organization_ids($1)) and from_on <= $2 and not void
		order by from_on desc, id desc`, orgID, on)
	postgres.Gather(b, &s.Grades, `
		select id, org_id, star, from_on, to_on, cert_no, version
		from standing_grade where org_id = any(organization_ids($1)) and not void order by from_on desc, org_id <> $1`, orgID)
	postgres.Gather(b, &checks, `
		select distinct on (list) id, org_id, list, checked_on, result, source, recorded_at
		from standing_check where org_id = any(organization_ids($1)) and checked_on <= $2
		order by list, checked_on desc, recorded_at desc`, orgID, on)
	return func() Standing {
		for _, g := range s.Grades {
			if g.InForceOn(on) {
				s.Grade = &g
			}
		}
		for _, c := range checks {
			s.Checks[c.List] = c
		}
		return s
	}
}

// place locks the organization against a concurrent entry and returns where it
// belongs; the registry's table is read here, never written.
func place(ctx context.Context, q postgres.Querier, orgID uuid.UUID) (authz.Place, civil.Date, error) {
	type row struct {
		Community   string     `db:"community_code"`
		Subdistrict string     `db:"subdistrict_code"`
		Department  string     `db:"department_code"`
		Established civil.Date `db:"established_on"`
	}
	r, err := postgres.One[row](ctx, q, `
		select community_code, subdistrict_code, coalesce(department_code, '') as department_code, established_on
		from organization where id = organization_root($1) for share`, orgID)
	return authz.Place{OrgID: orgID, Community: r.Community, Subdistrict: r.Subdistrict, Department: r.Department}, r.Established, err
}

// establishedOn are the founding days of organizations; one that does not exist
// is missing. The registry's table is read here, never written.
func establishedOn(ctx context.Context, q postgres.Querier, orgs []uuid.UUID) (map[uuid.UUID]civil.Date, error) {
	type row struct {
		ID uuid.UUID  `db:"id"`
		On civil.Date `db:"established_on"`
	}
	rows, err := postgres.All[row](ctx, q, `select id, established_on from organization where id = any($1)`, orgs)
	out := make(map[uuid.UUID]civil.Date, len(rows))
	for _, r := range rows {
		out[r.ID] = r.On
	}
	return out, err
}

// insertEntries writes entries in one statement; those that an import brings in
// may have ended already. importID is uuid.Nil for what is recorded by hand.
func insertEntries(ctx context.Context, tx postgres.Tx, list []Entry, by, importID uuid.UUID) error {
	n := len(list)
	ids, orgs, at := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]time.Time, n)
	kinds, bases, reasons, ends := make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	from, to, closed := make([]civil.Date, n), make([]civil.Date, n), make([]bool, n)
	for i, e := range list {
		ids[i], orgs[i], at[i], kinds[i], bases[i], reasons[i] = e.ID, e.OrgID, e.RecordedAt, string(e.Kind), e.Basis, e.Reason
		from[i], to[i], ends[i], closed[i] = e.FromOn, e.ToOn, e.CloseReason, e.Closed
	}
	_, err := tx.Exec(ctx, `
		insert into standing_entry (id, org_id, kind, from_on, to_on, basis, reason, recorded_at, close_reason, closed_at, closed_by, recorded_by, import_id)
		select id, org, kind, from_on, to_on, basis, reason, at, ended, case when closed then at end, case when closed then $11::uuid end, $11, $12
		from unnest($1::uuid[], $2::uuid[], $3::text[], $4::date[], $5::date[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::bool[])
			u (id, org, kind, from_on, to_on, basis, reason, at, ended, closed)`,
		ids, orgs, kinds, from, to, bases, reasons, at, ends, closed, by, orNull(importID))
	return err
}

func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

func entryByID(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Entry, error) {
	return postgres.One[Entry](ctx, tx, `
		select id, org_id, kind, from_on, to_on, basis, reason, recorded_at, close_reason,
		       closed_at is not null as closed, version
		from standing_entry where id = $1 and not void for update`, id)
}

func closeEntry(ctx context.Context, tx postgres.Tx, e Entry, void bool, at time.Time, by uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `
		update standing_entry set to_on = $3, close_reason = $4, void = $5, closed_at = $6, closed_by = $7, version = version + 1
		where id = $1 and version = $2 and closed_at is null`,
		e.ID, e.Version, e.ToOn, e.CloseReason, void, at, by)
}

func insertGrades(ctx context.Context, tx postgres.Tx, list []Grade, at time.Time, by, importID uuid.UUID) error {
	n := len(list)
	ids, orgs, stars, certs := make([]uuid.UUID, n), make([]uuid.UUID, n), make([]int, n), make([]string, n)
	from, to := make([]civil.Date, n), make([]civil.Date, n)
	for i, g := range list {
		ids[i], orgs[i], stars[i], certs[i], from[i], to[i] = g.ID, g.OrgID, g.Star, g.CertNo, g.FromOn, g.ToOn
	}
	_, err := tx.Exec(ctx, `
		insert into standing_grade (id, org_id, star, from_on, to_on, cert_no, recorded_at, recorded_by, import_id)
		select id, org, star, from_on, to_on, cert, $7, $8, $9
		from unnest($1::uuid[], $2::uuid[], $3::int[], $4::date[], $5::date[], $6::text[]) u (id, org, star, from_on, to_on, cert)`,
		ids, orgs, stars, from, to, certs, at, by, orNull(importID))
	return err
}

func gradeByID(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Grade, error) {
	return postgres.One[Grade](ctx, tx, `
		select id, org_id, star, from_on, to_on, cert_no, version
		from standing_grade where id = $1 and not void for update`, id)
}

func endGrade(ctx context.Context, tx postgres.Tx, g Grade, reason string, void bool, at time.Time, by uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `
		update standing_grade set to_on = $3, end_reason = $4, void = $5, ended_at = $6, ended_by = $7, version = version + 1
		where id = $1 and version = $2 and ended_at is null`,
		g.ID, g.Version, g.ToOn, reason, void, at, by)
}

func insertCheck(ctx context.Context, tx postgres.Tx, c Check, by uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		insert into standing_check (id, org_id, list, checked_on, result, source, recorded_at, recorded_by)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		c.ID, c.OrgID, c.List, c.CheckedOn, c.Result, c.Source, c.RecordedAt, by)
	return err
}

func notFound() error {
	return errs.New(errs.NotFound, "没有找到。可能已经删除，或不在您能查看的范围内。")
}

// Summary is what a list shows of one organization's standing.
type Summary struct {
	Star  int    // 0 without a grade in force
	Lists []Kind // entries in force, violations left out: they are history
}

// Summaries returns the standing of many organizations on a day in one
// statement; one without grade and entries is missing from the map.
func Summaries(ctx context.Context, q postgres.Querier, orgIDs []uuid.UUID, on civil.Date) (map[uuid.UUID]Summary, error) {
	type row struct {
		OrgID uuid.UUID `db:"org_id"`
		Star  int       `db:"star"`
		Kind  Kind      `db:"kind"`
	}
	rows, err := postgres.All[row](ctx, q, `
		with member as (select o as org_id, m as id from unnest($1::uuid[]) o, unnest(organization_ids(o)) m)
		select m.org_id, g.star, '' as kind from member m join standing_grade g on g.org_id = m.id
		where not g.void and g.from_on <= $2 and g.to_on >= $2
		union all
		select m.org_id, 0, e.kind from member m join standing_entry e on e.org_id = m.id
		where not e.void and e.kind <> 'violation' and e.from_on <= $2 and (e.to_on is null or e.to_on >= $2)`, orgIDs, on)
	out := make(map[uuid.UUID]Summary, len(rows))
	for _, r := range rows {
		s := out[r.OrgID]
		if r.Kind == "" {
			s.Star = r.Star
		} else {
			s.Lists = append(s.Lists, r.Kind)
		}
		out[r.OrgID] = s
	}
	return out, err
}
