package projectpages_test

import (
	"testing"
	"time"

	"civilaffairs/internal/report/reporttest"

	"github.com/google/uuid"
)

// notice puts an ended notice with one dismissed objection behind an award. The
// rules of release are another feature's; they are put aside here.
func (s *site) notice(t testing.TB, a reporttest.Award) {
	t.Helper()
	tx, err := s.Ground.DB.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(t.Context()) }()
	id, item, at := uuid.New(), uuid.New(), a.On.AddDays(-8).Start().Add(9*time.Hour)
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`alter table notice_item disable trigger user`, nil},
		{`alter table notice_objection disable trigger user`, nil},
		{`insert into notice (id, type, kind, state, no, no_year, no_serial, published_at, published_on, first_published_at, period_wd, end_hour, starts_on, ends_on, ends_at, ended_at, created_by, created_at)
			values ($1, 'grant', 'startup', 'ended', 'GS-2026-0001', 2026, 1, $2, $3, $2, 5, 24, $4, $5, $6, $6, $1, $2)`,
			[]any{id, at, a.On.AddDays(-8), a.On.AddDays(-7), a.On.AddDays(-1), a.On.Start()}},
		{`insert into notice_item (id, notice_id, ordinal, case_id, case_no, organization_id, organization_name, community, programme, amount_fen, purpose, edition_id, state, settled_at, closed_at)
			values ($1, $2, 1, $3, $4, $5, $6, $7, '孵化关爱', $8, $9, $2, 'settled', $10, $10)`,
			[]any{item, id, a.CaseID, a.No, a.Organization, a.Name, a.Community, a.Amount, a.Purpose, a.On.Start()}},
		{`insert into notice_objection (id, notice_id, item_id, name_sealed, content_sealed, contact_index, content_index, receipt_index, received_at, due_on, due_wd, state, finding, outcome,
				handled_at, handler_person, handler_name)
			values ($1, $2, $3, '张三', '张三反映', decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex'), $4, $5, 15, 'dismissed',
				'只给办公室看的核查经过', '经核查，活动照片属实，异议不成立。', $4, $1, '王经办')`, []any{uuid.New(), id, item, at, a.On}},
		{`alter table notice_item enable trigger user`, nil},
		{`alter table notice_objection enable trigger user`, nil},
	} {
		if _, err := tx.Exec(t.Context(), step.sql, step.args...); err != nil {
			t.Fatalf("%.60s: %v", step.sql, err)
		}
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
}
