package governance

import (
	"context"
	"time"

	"civilaffairs/internal/attachment"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// guidelineOwner owns the files of a version, as in the audit trail.
const guidelineOwner = "guideline_version"

// publicGuidelinesSQL is the newest released version of every entry that is not
// withdrawn, by duty. The library has tens of entries; the page shows all.
const publicGuidelinesSQL = `
	select g.id, g.no, g.duty, v.number, v.title, v.summary, v.body, v.decided_at as released_at, v.id as version_id
	from guideline g cross join lateral (
		select * from guideline_version v where v.guideline_id = g.id and v.state = 'released' order by v.number desc limit 1) v
	where g.withdrawn_at is null`

const guidelineOrder = ` order by array_position(array['charter', 'assembly', 'council', 'supervisors', 'election', 'finance', 'disclosure', 'party', 'annual_report', ''], g.duty), g.no`

// mostGuidelines bounds the lists of the library.
const mostGuidelines = 300

// helpSQL counts what the library offers for each duty.
const helpSQL = `select g.duty, count(*)::int as guidelines, min(g.no) as no from guideline g
	where g.duty <> '' and g.withdrawn_at is null and exists (select from guideline_version v where v.guideline_id = g.id and v.state = 'released') group by g.duty`

// guidelineColumns are those of GuidelineVersion.
const guidelineColumns = `v.id, v.guideline_id, g.no, g.duty, v.number, v.title, v.summary, v.body, v.state, v.written_by, v.written_name,
	v.decided_name, v.decided_at, v.reason, v.updated_at, v.version,
	g.withdrawn_at is not null as withdrawn, g.withdrawn_reason, g.version as entry_version`

const versionTables = ` from guideline_version v join guideline g on g.id = v.guideline_id `

func loadVersion(ctx context.Context, q postgres.Querier, id uuid.UUID, lock string) (GuidelineVersion, error) {
	v, err := postgres.One[GuidelineVersion](ctx, q, `select `+guidelineColumns+versionTables+`where v.id = $1`+lock, id)
	if errs.Is(err, errs.NotFound) {
		err = missing()
	}
	return v, err
}

func insertGuideline(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, d Duty, from string) error {
	_, err := tx.Exec(ctx, `insert into guideline (id, duty, taken_from, created_at) values ($1, $2, $3, $4)`, id, d, from, now)
	return err
}

func insertVersion(ctx context.Context, tx postgres.Tx, now time.Time, by authz.Actor, id, guideline uuid.UUID, number int, t GuidelineText) error {
	_, err := tx.Exec(ctx, `
		insert into guideline_version (id, guideline_id, number, title, summary, body, written_by, written_name, created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, array[$7::uuid], $8, $9, $9)`,
		id, guideline, number, t.Title, t.Summary, t.Body, by.PersonID, by.Name, now)
	return err
}

// writeVersion saves a text, and that the actor wrote on it.
func writeVersion(ctx context.Context, tx postgres.Tx, now time.Time, by authz.Actor, id uuid.UUID, version int, t GuidelineText) error {
	return postgres.ExecOne(ctx, tx, `
		update guideline_version set title = $3, summary = $4, body = $5, written_name = $7, updated_at = $8, version = version + 1,
			written_by = case when $6 = any(written_by) then written_by else written_by || $6::uuid end
		where id = $1 and version = $2 and state in ('draft', 'returned')`,
		id, version, t.Title, t.Summary, t.Body, by.PersonID, by.Name, now)
}

// decideVersion takes a version from one state to another. A release and a
// return keep who decided.
func decideVersion(ctx context.Context, tx postgres.Tx, now time.Time, by authz.Actor, v GuidelineVersion, version int, to GuidelineState, reason string) error {
	decided := to == GuidelineReleased || to == GuidelineReturned
	return postgres.ExecOne(ctx, tx, `
		update guideline_version set state = $4, reason = $5, updated_at = $6, version = version + 1,
			decided_by = case when $7 then $8::uuid else decided_by end, decided_name = case when $7 then $9 else decided_name end,
			decided_at = case when $7 then $6 else decided_at end
		where id = $1 and version = $2 and state = $3`,
		v.ID, version, v.State, to, reason, now, decided, by.PersonID, by.Name)
}

// setWithdrawn takes an entry off the public page, or puts it back.
func setWithdrawn(ctx context.Context, tx postgres.Tx, now time.Time, by authz.Actor, guideline uuid.UUID, version int, reason string) error {
	return postgres.ExecOne(ctx, tx, `
		update guideline set withdrawn_at = case when $4 = '' then null else $3::timestamptz end, withdrawn_by = case when $4 = '' then null else $5::uuid end,
			withdrawn_reason = $4, version = version + 1
		where id = $1 and version = $2`, guideline, version, now, reason, by.PersonID)
}

// guidelineFilesOf are the files of versions.
func guidelineFilesOf(ctx context.Context, q postgres.Querier, versions []uuid.UUID) ([]attachment.Attachment, error) {
	return postgres.All[attachment.Attachment](ctx, q, `select `+fileColumns+` from attachment
		where owner_kind = '`+guidelineOwner+`' and owner_id = any($1) and state in ('accepted', 'checking', 'refused') order by uploaded_at`, versions)
}
