package activity

import (
	"slices"
	"testing"

	"civilaffairs/internal/dbtest"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Among 100,000 pictures of earlier claims the twins of a claim
// with twenty pictures are found by index. Without one of the indexes everything
// would be read, so the test would notice.
func TestTwinsAreFoundByIndex(t *testing.T) {
	t.Parallel()
	db := dbtest.New(t)
	own := uuid.MustParse("00000000-0000-0000-0000-00000000c1a1")
	for _, sql := range []string{
		`alter table attachment disable trigger all; alter table activity_picture disable trigger all; alter table case_file disable trigger all`,
		// The last twenty are the claim's: one was sent before byte by byte, one differs
		// from an earlier one in three bits, one in four.
		`insert into attachment (id, owner_kind, owner_id, slot, filename, media_type, extension, size, sha256, source_sha256, width, height, picture_hash,
				state, storage_key, uploaded_by_name, uploaded_at, handed_in_at)
			select ('00000000-0000-0000-0001-' || lpad(to_hex(i), 12, '0'))::uuid, 'application',
				case when i > 100000 then '` + own.String() + `' else ('00000000-0000-0000-0002-' || lpad(to_hex(i / 20), 12, '0'))::uuid end, 'photos',
				'照片.jpg', 'image/jpeg', 'jpg', 1000, encode(sha256(i::text::bytea), 'hex'),
				encode(sha256(case when i = 100001 then '777' else i::text end::bytea), 'hex'), 640, 480,
				case i when 100002 then hashtextextended('4242', 7) # 7 when 100003 then hashtextextended('4343', 7) # 15 else hashtextextended(i::text, 7) end,
				'accepted', md5(i::text), '某人', now(), now() from generate_series(1, 100020) i`,
		`insert into activity_picture (attachment_id, case_id, hash) select id, owner_id, picture_hash from attachment where picture_hash <> 0`,
		`insert into case_file (id, kind, no, no_year, no_serial, title, state, class, waits_role, edition_id, created_by, created_at, submitted_at, entered_at)
			select id, 'activity', 'CZ-2026-' || lpad(n::text, 4, '0'), 2026, n, '某组织', 'reviewing', 'open', 'bureau_reviewer',
				(select edition_id from policy_parameter where key = 'activity.photo_distance' limit 1), id, now(), now(), now()
			from (select owner_id as id, row_number() over () as n from (select distinct owner_id from attachment) a) c`,
		`vacuum analyze attachment, activity_picture, case_file`,
	} {
		if _, err := db.Owner.Exec(t.Context(), sql); err != nil {
			t.Fatal(err)
		}
	}
	twins, err := postgres.All[Twin](t.Context(), db.App.Pool(), twinsSQL, own)
	if err != nil || len(twins) != 2 || !twins[0].Exact || twins[1].Distance != 3 || twins[0].Own || twins[1].Own {
		t.Errorf("twins %+v %v", twins, err)
	}
	tables := []string{"attachment", "activity_picture"}
	plan := dbtest.Plan(t, db.App.Pool(), twinsSQL, own)
	if whole := dbtest.Whole(plan, tables...); len(whole) > 0 {
		t.Errorf("%v are read whole:\n%s", whole, plan)
	}
	for index, table := range map[string]string{"activity_picture_band3": "activity_picture", "attachment_source": "attachment"} {
		err := pgx.BeginFunc(t.Context(), db.Owner, func(tx pgx.Tx) error {
			if _, err := tx.Exec(t.Context(), `drop index `+index); err != nil {
				return err
			}
			if plan := dbtest.Plan(t, tx, twinsSQL, own); !slices.Contains(dbtest.Whole(plan, tables...), table) {
				t.Errorf("without %s nothing is noticed:\n%s", index, plan)
			}
			return pgx.ErrTxClosed // to be rolled back
		})
		if err != pgx.ErrTxClosed {
			t.Fatal(err)
		}
	}
}
