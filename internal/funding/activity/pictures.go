package activity

import (
	"context"
	"fmt"
	"strings"

	"civilaffairs/internal/application"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/policy"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/workflow"

	"github.com/google/uuid"
)

// Twin is a picture of a claim beside one that was handed in with another case, or
// with the same claim again. It decides nothing: whoever reviews looks at both.
type Twin struct {
	Picture      uuid.UUID      `db:"picture"`
	Other        uuid.UUID      `db:"other"`
	Exact        bool           `db:"exact"`    // byte by byte as it was sent
	Distance     int            `db:"distance"` // bits in which the hashes differ
	Replaced     bool           `db:"replaced"` // the other one was taken out in a correction
	Shown        bool           `db:"shown"`    // the other one can be looked at
	Filename     string         `db:"filename"` // of the other one, as its size
	Width        int            `db:"width"`
	Height       int            `db:"height"`
	CaseNo       string         `db:"case_no"`
	Own          bool           `db:"own"` // the other one is of the claim itself
	Organization string         `db:"organization"`
	State        workflow.State `db:"state"` // of the other case
	Title        string         `db:"title"` // of the other event, "" when it is no claim
	HeldOn       civil.Date     `db:"held_on"`
}

// MaxTwins is how many pairs are shown of one claim.
const MaxTwins = 60

// Compare asks for the twins of a claim's pictures.
func (Programme) Compare(b *postgres.Batch, caseID uuid.UUID) func() any {
	var twins []Twin
	postgres.Gather(b, &twins, twinsSQL, caseID)
	return func() any { return twins }
}

// twinsSQL finds by index, whatever the number of pictures: the same bytes among the
// papers of all applications, alike ones by the band that their hashes share.
var twinsSQL = fmt.Sprintf(`
	with own as (
		select a.id, a.source_sha256, p.hash, p.band1, p.band2, p.band3, p.band4
		from attachment a left join activity_picture p on p.attachment_id = a.id
		where a.owner_kind = '%[1]s' and a.owner_id = $1 and a.slot = '%[2]s' and a.state in ('checking', 'accepted')
	), asked as (
		select (d.value #>> '{}')::int as distance
		from case_file c join policy_parameter d on d.edition_id = c.edition_id and d.key = '%[3]s' where c.id = $1
	), found as (
		select own.id as picture, o.id as other, 0 as distance, true as exact
		from own join attachment o on o.source_sha256 = own.source_sha256
		where o.owner_kind = '%[1]s' and o.owner_id <> $1
		union all
		select own.id, x.attachment_id, x.distance, false
		from own cross join lateral (%[4]s) x
		where x.case_id <> $1 or x.attachment_id > own.id and x.attachment_id in (select id from own)
	), pairs as (
		select distinct on (picture, other) picture, other, distance, exact from found order by picture, other, exact desc
	)
	select f.picture, f.other, f.exact, f.distance, o.state = 'removed' as replaced,
		o.state <> 'checking' and o.erased_at is null as shown, o.filename, o.width, o.height, c.no as case_no, c.id = $1 as own,
		coalesce(g.name, '') as organization, c.state, coalesce(k.title, '') as title, k.held_on
	from pairs f
	join attachment o on o.id = f.other and o.handed_in_at is not null and o.state <> 'refused'
	join case_file c on c.id = o.owner_id
	left join organization g on g.id = c.organization_id
	left join activity_claim k on k.case_id = c.id
	order by f.exact desc, f.distance, f.picture, c.no_year, c.no_serial, f.other limit %[5]d`,
	application.OwnerKind, PhotoSlot, policy.ActivityPhotoDistance, alikeSQL(), MaxTwins+1)

// alikeSQL is what shares one of the bands with a picture and is near enough.
func alikeSQL() string {
	branches := make([]string, 4)
	for i := range branches {
		branches[i] = fmt.Sprintf(`select attachment_id, case_id, bit_count((hash # own.hash)::bit(64))::int as distance from activity_picture
			where band%[1]d = own.band%[1]d and bit_count((hash # own.hash)::bit(64)) <= (select distance from asked)`, i+1)
	}
	return strings.Join(branches, " union ")
}

// keepPictures makes the pictures of a claim comparable, once it is handed in.
func keepPictures(ctx context.Context, tx postgres.Tx, caseID uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		insert into activity_picture (attachment_id, case_id, hash)
		select id, owner_id, picture_hash from attachment
		where owner_kind = $2 and owner_id = $1 and slot = $3 and state in ('checking', 'accepted') and picture_hash <> 0
		on conflict do nothing`, caseID, application.OwnerKind, PhotoSlot)
	return err
}
