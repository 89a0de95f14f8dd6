package attachment

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// row is an attachment with the key of its bytes, which leaves this package in
// no other way.
type row struct {
	Attachment
	StorageKey string `db:"storage_key"`
}

const columns = `id, owner_kind, owner_id, slot, filename, media_type, extension, size, sha256, source_sha256,
	width, height, picture_hash, notes, state, reason, coalesce(uploaded_by, '00000000-0000-0000-0000-000000000000') as uploaded_by,
	uploaded_by_name, uploaded_at, scanned_at, handed_in_at, removed_at, erased_at, version, storage_key`

func find(ctx context.Context, q postgres.Querier, id uuid.UUID) (row, error) {
	return postgres.One[row](ctx, q, `select `+columns+` from attachment where id = $1`, id)
}

func findOwned(ctx context.Context, q postgres.Querier, o Owner, id uuid.UUID) (row, error) {
	return postgres.One[row](ctx, q, `select `+columns+` from attachment
		where id = $1 and owner_kind = $2 and owner_id = $3`, id, o.Kind, o.ID)
}

func list(ctx context.Context, q postgres.Querier, o Owner) ([]row, error) {
	return postgres.All[row](ctx, q, `select `+columns+` from attachment
		where owner_kind = $1 and owner_id = $2 order by slot, uploaded_at, id`, o.Kind, o.ID)
}

// listOf returns what owners of one kind have, without what was removed.
func listOf(ctx context.Context, q postgres.Querier, kind string, ids []uuid.UUID) ([]row, error) {
	return postgres.All[row](ctx, q, `select `+columns+` from attachment
		where owner_kind = $1 and owner_id = any($2) and state <> 'removed' order by uploaded_at, id`, kind, ids)
}

func listSlot(ctx context.Context, tx postgres.Tx, o Owner, slot string) ([]row, error) {
	return postgres.All[row](ctx, tx, `select `+columns+` from attachment
		where owner_kind = $1 and owner_id = $2 and slot = $3 and state <> 'removed' order by id for update`,
		o.Kind, o.ID, slot)
}

func insert(ctx context.Context, tx postgres.Tx, r row) error {
	_, err := tx.Exec(ctx, `insert into attachment (id, owner_kind, owner_id, slot, filename, media_type, extension,
			size, sha256, source_sha256, width, height, picture_hash, notes, state, storage_key, uploaded_by, uploaded_by_name, uploaded_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
			nullif($17, '00000000-0000-0000-0000-000000000000'::uuid), $18, $19)`,
		r.ID, r.OwnerKind, r.OwnerID, r.Slot, r.Filename, r.MediaType, r.Extension,
		r.Size, r.SHA256, r.SourceSHA256, r.Width, r.Height, r.PictureHash, r.Notes, r.State, r.StorageKey,
		r.UploadedBy, r.UploadedByName, r.UploadedAt)
	return err
}

// room locks the owner's quota and returns what it holds.
func room(ctx context.Context, tx postgres.Tx, o Owner) (files int, bytes int64, err error) {
	err = tx.QueryRow(ctx, `select files, bytes from attachment_room($1, $2)`, o.Kind, o.ID).Scan(&files, &bytes)
	return files, bytes, err
}

func setRemoved(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, version int, reason string) error {
	return postgres.ExecOne(ctx, tx, `update attachment set state = 'removed', reason = $3,
			removed_at = coalesce(removed_at, $4), version = version + 1
		where id = $1 and version = $2 and state <> 'removed'`, id, version, reason, now)
}

// setScanned settles a file that is still being checked; false when someone
// settled or removed it in the meantime.
func setScanned(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, s State, reason string, scanned bool) (bool, error) {
	tag, err := tx.Exec(ctx, `update attachment set state = $2, reason = $3,
			scanned_at = case when $4 then $5::timestamptz end,
			removed_at = case when $2 = 'refused' then $5::timestamptz end,
			version = version + 1
		where id = $1 and state = 'checking'`, id, s, reason, scanned, now)
	return err == nil && tag.RowsAffected() == 1, err
}

func setHandedIn(ctx context.Context, tx postgres.Tx, now time.Time, o Owner) error {
	_, err := tx.Exec(ctx, `update attachment set handed_in_at = $3, version = version + 1
		where owner_kind = $1 and owner_id = $2 and state in ('checking', 'accepted') and handed_in_at is null`,
		o.Kind, o.ID, now)
	return err
}

func listChecking(ctx context.Context, q postgres.Querier, limit int) ([]row, error) {
	return postgres.All[row](ctx, q, `select `+columns+` from attachment
		where state = 'checking' order by uploaded_at, id limit $1`, limit)
}

func listErasable(ctx context.Context, tx postgres.Tx, before time.Time, limit int) ([]row, error) {
	return postgres.All[row](ctx, tx, `select `+columns+` from attachment
		where erased_at is null and removed_at is not null
			and (state = 'refused' or (removed_at < $1 and handed_in_at is null))
		order by id limit $2 for update skip locked`, before, limit)
}

func setErased(ctx context.Context, tx postgres.Tx, now time.Time, ids []uuid.UUID) error {
	_, err := tx.Exec(ctx, `update attachment set erased_at = $2, version = version + 1 where id = any($1)`, ids, now)
	return err
}

// referenced returns those of keys whose bytes some row still needs.
func referenced(ctx context.Context, q postgres.Querier, keys []string) (map[string]bool, error) {
	type keyRow struct {
		Key string `db:"storage_key"`
	}
	rows, err := postgres.All[keyRow](ctx, q, `select storage_key from attachment
		where storage_key = any($1) and erased_at is null`, keys)
	if err != nil {
		return nil, err
	}
	m := make(map[string]bool, len(rows))
	for _, r := range rows {
		m[r.Key] = true
	}
	return m, nil
}

func uploaderOf(a authz.Actor) (uuid.UUID, string) {
	if a.Name == "" {
		return a.AccountID, a.Role.Name()
	}
	return a.AccountID, a.Name
}

// notFound is what every file outside the caller's reach looks like.
func notFound() error {
	return errs.New(errs.NotFound, "没有找到这份文件。它可能已经移除，或不在您能查看的范围内。")
}
