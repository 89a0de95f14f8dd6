package reporttest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"civilaffairs/internal/civil"
	"civilaffairs/internal/money"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// plant writes the case, the award and its commitment with a closed gate.
func (g *Ground) plant(ctx context.Context, tx pgx.Tx, a Award, at time.Time) error {
	person := uuid.New()
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`insert into person (id, name, created_at, updated_at) values ($1, '陈小明', $2, $2)`, []any{person, at}},
		{`insert into organization (id, name, org_type, status_basis, category, filing_no, established_on, registrar, origin, status_since,
			head_person_id, head_name, community_code, subdistrict_code, created_at, updated_at)
			values ($1, $2, 'association', 'filed', $3, $4, '2017-01-01', '街道办事处', 'new', '2017-01-01', $5, '陈小明', $6, $7, $8, $8)`,
			[]any{a.Organization, a.Name, a.Category, fmt.Sprintf("坪社备〔2017〕第%04d号", g.serial), person, a.Community, a.Subdistrict, at}},
		{`insert into payee_account (id, org_id, kind, bank_name, branch, account_name, account_no, account_no_index, account_no_last4, saved_at, saved_by, verified_at, verified_by)
			values ($1, $2, 'own', '农业银行', '坪山支行', $3, '\x00', '\x00', '2345', $4, $5, $4, $6)`, []any{a.Payee, a.Organization, a.Name, at, g.maker, g.checker}},
		{`insert into case_file (id, kind, no, no_year, no_serial, title, organization_id, community, subdistrict, state, class, waits_role,
			amount_fen, edition_id, created_by, created_at, submitted_at, entered_at)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'noticing', 'open', '', $10, $11, $12, $13, $13, $13)`,
			[]any{a.CaseID, a.Programme, a.No, a.Year, g.serial, a.Name, a.Organization, a.Community, a.Subdistrict, a.Requested, g.edition, g.maker, at.AddDate(0, 0, -20)}},
		{`insert into case_event (case_id, seq, at, action, label, from_state, to_state, account_id, person_id, actor_name, actor_role, note)
			values ($1, 1, $2, 'submit', '签署并提交', 'draft', 'opining', $4, $4, '陈小明', 'org_head', ''),
				($1, 2, $3, 'accept', '受理', 'accepting', 'reviewing', $4, $4, '王经办', 'bureau_clerk', '内部意见')`,
			[]any{a.CaseID, at.AddDate(0, 0, -20), at.AddDate(0, 0, -9), g.maker}},
		{`insert into case_opinion (id, case_id, stage, stance, text, account_id, actor_name, at) values
				(gen_random_uuid(), $1, 'community', 'support', '', $4, '李社区', $2), (gen_random_uuid(), $1, 'subdistrict', 'lapsed', '', $4, '', $3)`,
			[]any{a.CaseID, at.AddDate(0, 0, -17), at.AddDate(0, 0, -12), g.maker}},
		{`insert into application (case_id, programme, organization_id) values ($1, $2, $3)`, []any{a.CaseID, a.Programme, a.Organization}},
		{`insert into award (case_id, no, programme, year, organization_id, organization_name, category, subdistrict, community, title, purpose,
			amount_fen, large, edition_id, signed_at, signed_by, signer_name)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, false, $13, $14, $15, '赵局长')`,
			[]any{a.CaseID, a.No, a.Programme, a.Year, a.Organization, a.Name, a.Category, a.Subdistrict, a.Community, a.Title, a.Purpose, a.Amount, g.edition, at, g.maker}},
		{`insert into ledger_commitment (id, pool_id, case_id, case_no, organization_id, title, created_at)
			select $1, p.id, $2, $3, $4, $5, $6 from ledger_pool p where p.year = $7 and p.purpose = $8`,
			[]any{a.Commitment, a.CaseID, a.No, a.Organization, a.Title, at, a.Year, a.Programme}},
		{`insert into ledger_gate (commitment_id, gate) values ($1, 'notice')`, []any{a.Commitment}},
	} {
		if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("%.40s: %w", step.sql, err)
		}
	}
	return g.entry(ctx, tx, a, "commit", a.Amount, at)
}

func (g *Ground) entry(ctx context.Context, tx pgx.Tx, a Award, kind string, amount money.Fen, at time.Time) error {
	_, err := tx.Exec(ctx, `insert into ledger_entry (pool_id, commitment_id, kind, of_kind, amount_fen, account_id, person_id, actor_name, at, reason)
		select pool_id, id, $2, $2, $3, $4, $4, '财务', $5, '记账' from ledger_commitment where id = $1`, a.Commitment, kind, amount, g.maker, at)
	return err
}

func (g *Ground) move(ctx context.Context, tx pgx.Tx, a Award, at time.Time, action, state, class string) error {
	_, err := tx.Exec(ctx, `insert into case_event (case_id, seq, at, action, label, from_state, to_state, account_id, person_id, actor_name, actor_role, note, office_only)
		select $1, max(seq) + 1, $2, $3, '办理', '', $4, $5, $5, '钱财务', 'finance', '内部意见', true from case_event where case_id = $1`,
		a.CaseID, at, action, state, g.maker)
	if err == nil {
		_, err = tx.Exec(ctx, `update case_file set state = $2, class = $3, waits_role = '', closed_at = case when $3 = 'final' then $4::timestamptz end where id = $1`,
			a.CaseID, state, class, at)
	}
	return err
}

// Pay pays amount fen of a public award on a day.
func (g *Ground) Pay(t testing.TB, a Award, amount money.Fen, on civil.Date) {
	t.Helper()
	at, id := on.Start().Add(11*time.Hour), uuid.New()
	g.serial++
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		for _, step := range []struct {
			sql  string
			args []any
		}{
			{`insert into ledger_payment (id, no, commitment_id, payee_id, amount_fen, made_at, made_by, made_person, maker_name)
				values ($1, $2, $3, $4, $5, $6, $7, $7, '钱财务')`, []any{id, fmt.Sprintf("BK-%d-%04d", on.Year, g.serial), a.Commitment, a.Payee, amount, at, g.maker}},
			{`update ledger_payment set state = 'checked', checked_at = $2, checked_by = $3, checked_person = $3, checker_name = '孙财务' where id = $1`, []any{id, at, g.checker}},
			{`update ledger_payment set state = 'sent', sent_at = $2, sent_by = $3, sent_person = $3, sender_name = '孙财务' where id = $1`, []any{id, at, g.checker}},
			{`update ledger_payment set state = 'succeeded', ended_at = $2, ended_by = $3, ended_person = $3, ender_name = '孙财务', voucher_no = 'PZ-9999', voucher_on = $4 where id = $1`,
				[]any{id, at, g.checker, on}},
		} {
			if _, err := tx.Exec(ctx, step.sql, step.args...); err != nil {
				return err
			}
		}
		return g.move(ctx, tx, a, at, "pay", "reporting", "granted")
	})
}

// Back records that money came back: kind is return or recover.
func (g *Ground) Back(t testing.TB, a Award, kind string, amount money.Fen, on civil.Date) {
	t.Helper()
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		return g.entry(ctx, tx, a, kind, amount, on.Start().Add(15*time.Hour))
	})
}

// Close closes a project.
func (g *Ground) Close(t testing.TB, a Award, on civil.Date) {
	t.Helper()
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		return g.move(ctx, tx, a, on.Start().Add(16*time.Hour), "close", "closed", "final")
	})
}

// Terminate ends a project; free is what of its commitment is released.
func (g *Ground) Terminate(t testing.TB, a Award, free money.Fen, on civil.Date) {
	t.Helper()
	at := on.Start().Add(16 * time.Hour)
	g.tx(t, func(ctx context.Context, tx pgx.Tx) error {
		if err := g.move(ctx, tx, a, at, "terminate", "terminated", "final"); err != nil || free == 0 {
			return err
		}
		return g.entry(ctx, tx, a, "release", -free, at)
	})
}

func (g *Ground) tx(t testing.TB, do func(ctx context.Context, tx pgx.Tx) error) {
	t.Helper()
	if err := pgx.BeginFunc(t.Context(), g.DB.Owner, func(tx pgx.Tx) error { return do(t.Context(), tx) }); err != nil {
		t.Fatalf("reporttest: %v", err)
	}
}

func (g *Ground) scan(t testing.TB, dst any, sql string, args ...any) {
	t.Helper()
	if err := g.DB.Owner.QueryRow(t.Context(), sql, args...).Scan(dst); err != nil {
		t.Fatalf("reporttest: %s: %v", sql, err)
	}
}
