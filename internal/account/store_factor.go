package account

import (
	"context"
	"encoding/hex"
	"time"

	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

func saveTOTP(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, sealed []byte, usedStep int64) error {
	return postgres.ExecOne(ctx, tx, `
		update account set totp_sealed = $2, totp_last_step = $3, totp_enrolled_at = $4, updated_at = $4, version = version + 1
		where id = $1`, id, sealed, usedStep, now)
}

func clearTOTP(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID) error {
	if _, err := tx.Exec(ctx, `delete from account_recovery_code where account_id = $1`, id); err != nil {
		return err
	}
	return postgres.ExecOne(ctx, tx, `
		update account set totp_sealed = null, totp_last_step = null, totp_enrolled_at = null,
			session_epoch = session_epoch + 1, updated_at = $2, version = version + 1 where id = $1`, id, now)
}

// useStep marks a code as used; false when a concurrent sign-in was first with
// it or with a later one.
func useStep(ctx context.Context, tx postgres.Tx, id uuid.UUID, used int64) (bool, error) {
	tag, err := tx.Exec(ctx, `update account set totp_last_step = $2 where id = $1 and coalesce(totp_last_step, 0) < $2`, id, used)
	return tag.RowsAffected() == 1, err
}

func replaceRecoveryCodes(ctx context.Context, tx postgres.Tx, id uuid.UUID, indexes [][]byte) error {
	if _, err := tx.Exec(ctx, `delete from account_recovery_code where account_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, `insert into account_recovery_code (account_id, code_index) select $1, unnest($2::bytea[])`, id, indexes)
	return err
}

func useRecoveryCode(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, index []byte) (bool, error) {
	tag, err := tx.Exec(ctx, `update account_recovery_code set used_at = $3
		where account_id = $1 and code_index = $2 and used_at is null`, id, index, now)
	return tag.RowsAffected() == 1, err
}

func countRecoveryCodes(ctx context.Context, q postgres.Querier, id uuid.UUID) (n int, err error) {
	err = q.QueryRow(ctx, `select count(*) from account_recovery_code where account_id = $1 and used_at is null`, id).Scan(&n)
	return n, err
}

// lockAttempts makes attempts on one user name take turns until the transaction
// ends; others are not held up.
func lockAttempts(ctx context.Context, tx postgres.Tx, index []byte) error {
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended($1, 0))`, "sign_in:"+hex.EncodeToString(index))
	return err
}

// listAttempts returns what judge weighs: failures, and what forgives them.
func listAttempts(ctx context.Context, q postgres.Querier, index []byte, since time.Time) ([]attempt, error) {
	return postgres.All[attempt](ctx, q, `select at, address, step, outcome from sign_in_attempt
		where username_index = $1 and at > $2 and outcome in ('failed', 'ok', 'unlocked') order by id`, index, since)
}

func insertAttempt(ctx context.Context, tx postgres.Tx, now time.Time, index []byte, accountID uuid.UUID, address string, st step, o outcome) (id int64, err error) {
	err = tx.QueryRow(ctx, `insert into sign_in_attempt (username_index, account_id, address, at, step, outcome)
		values ($1, $2, $3, $4, $5, $6) returning id`,
		index, orNull(accountID), address, now, string(st), string(o)).Scan(&id)
	return id, err
}

func saveOutcome(ctx context.Context, tx postgres.Tx, id int64, o outcome) error {
	return postgres.ExecOne(ctx, tx, `update sign_in_attempt set outcome = $2 where id = $1`, id, string(o))
}
