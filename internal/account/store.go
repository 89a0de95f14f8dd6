package account

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// record is the whole row; Account is the part that leaves the package.
type record struct {
	Account
	PasswordHash string `db:"password_hash"`
	TOTPSealed   []byte `db:"totp_sealed"`
	TOTPLastStep int64  `db:"totp_last_step"`
	MobileSealed []byte `db:"mobile_sealed"`
	Epoch        int    `db:"session_epoch"`
}

const noID = `'00000000-0000-0000-0000-000000000000'::uuid`

const accountColumns = `a.id, a.username, a.role, a.status, a.status_reason, coalesce(a.person_id, ` + noID + `) as person_id,
	coalesce(a.organization_id, ` + noID + `) as organization_id, a.community, a.subdistrict, coalesce(a.department, '') as department,
	coalesce(department_name_on(a.department, (portal_now() at time zone 'Asia/Shanghai')::date), '') as department_name, a.name, a.email,
	a.must_change_password, a.password_changed_at, a.totp_enrolled_at, a.created_at, a.version`

const recordColumns = accountColumns + `,
	a.password_hash, a.totp_sealed, coalesce(a.totp_last_step, 0) as totp_last_step, a.mobile_sealed, a.session_epoch`

// orNull writes the zero id as NULL.
func orNull(id uuid.UUID) *uuid.UUID {
	if id == uuid.Nil {
		return nil
	}
	return &id
}

// insertAccount takes a record with everything but what the database defaults.
func insertAccount(ctx context.Context, tx postgres.Tx, now time.Time, r record, token string, by uuid.UUID) error {
	_, err := tx.Exec(ctx, `
		insert into account (id, username, password_hash, role, status, person_id, organization_id, community, subdistrict,
			department, name, email, mobile_sealed, must_change_password, password_changed_at, created_token, created_by,
			created_at, updated_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, ''), $11, $12, $13, $14, $15, $16, $17, $15, $15)`,
		r.ID, r.Username, r.PasswordHash, string(r.Role), string(r.Status), orNull(r.PersonID), orNull(r.OrgID),
		r.Community, r.Subdistrict, r.Department, r.Name, r.Email, r.MobileSealed, r.MustChange, now, token, orNull(by))
	switch {
	case postgres.Violates(err, "account_username"):
		return errs.FieldError("username", "用户名", "用户名“"+r.Username+"”已经有人用了。换一个")
	case postgres.Violates(err, "account_one_head"):
		return errHeadTaken()
	}
	return err
}

func errHeadTaken() error {
	return errs.New(errs.Conflict, "这个组织已经有负责人账号在使用。要更换负责人，请先停用原来的账号。")
}

// loadByUsername returns the account that a user name opens: a refused one only
// when no other has taken the name since.
func loadByUsername(ctx context.Context, q postgres.Querier, username string) (record, error) {
	return postgres.One[record](ctx, q, `select `+recordColumns+` from account a where a.username = $1
		order by a.status = 'refused', a.created_at desc limit 1`, username)
}

func loadByToken(ctx context.Context, q postgres.Querier, token string) (record, error) {
	return postgres.One[record](ctx, q, `select `+recordColumns+` from account a where a.created_token = $1`, token)
}

func load(ctx context.Context, q postgres.Querier, id uuid.UUID) (record, error) {
	return postgres.One[record](ctx, q, `select `+recordColumns+` from account a where a.id = $1`, id)
}

func loadForUpdate(ctx context.Context, tx postgres.Tx, id uuid.UUID) (record, error) {
	return postgres.One[record](ctx, tx, `select `+recordColumns+` from account a where a.id = $1 for update`, id)
}

// saveStatus closes or opens an account; whatever was signed in is over.
func saveStatus(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, s Status, reason string, version int) error {
	return postgres.ExecOne(ctx, tx, `
		update account set status = $2, status_reason = $3, session_epoch = session_epoch + 1, updated_at = $4, version = version + 1
		where id = $1 and version = $5`, id, string(s), reason, now, version)
}

// saveConfirmed turns a pending account into a working one.
func saveConfirmed(ctx context.Context, tx postgres.Tx, now time.Time, id, personID, orgID uuid.UUID, community string) error {
	err := postgres.ExecOne(ctx, tx, `
		update account set status = 'active', person_id = $2, organization_id = $3, community = $4,
			session_epoch = session_epoch + 1, updated_at = $5, version = version + 1
		where id = $1 and status = 'pending'`, id, personID, orgID, community, now)
	if postgres.Violates(err, "account_one_head") {
		return errHeadTaken()
	}
	return err
}

// saveRole gives an active account another role; whatever was signed in is over.
func saveRole(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, from, to authz.Role, orgID, personID uuid.UUID, community string) error {
	err := postgres.ExecOne(ctx, tx, `
		update account set role = $3, organization_id = $4, person_id = $5, community = $6, subdistrict = left($6, 9),
			session_epoch = session_epoch + 1, updated_at = $7, version = version + 1
		where id = $1 and role = $2 and status = 'active'`, id, string(from), string(to), orgID, personID, community, now)
	if postgres.Violates(err, "account_one_head") {
		return errHeadTaken()
	}
	return err
}

// savePassword replaces the password, keeps the old hash among the remembered
// and ends every session of the old epoch.
func savePassword(ctx context.Context, tx postgres.Tx, now time.Time, r record, hash string, mustChange bool) error {
	if _, err := tx.Exec(ctx, `insert into account_password (account_id, password_hash, set_at) values ($1, $2, $3)
		on conflict (account_id, set_at) do nothing`, r.ID, r.PasswordHash, r.PasswordChangedAt); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, `delete from account_password where account_id = $1 and set_at not in
		(select set_at from account_password where account_id = $1 order by set_at desc limit $2)`, r.ID, rememberedLast-1); err != nil {
		return err
	}
	return postgres.ExecOne(ctx, tx, `
		update account set password_hash = $2, password_changed_at = $3, must_change_password = $4,
			session_epoch = session_epoch + 1, updated_at = $3, version = version + 1
		where id = $1 and version = $5`, r.ID, hash, now, mustChange, r.Version)
}

// listHashes returns the present password and the four before it.
func listHashes(ctx context.Context, q postgres.Querier, r record) ([]string, error) {
	type hashed struct {
		Hash string `db:"password_hash"`
	}
	rows, err := postgres.All[hashed](ctx, q, `select password_hash from account_password
		where account_id = $1 order by set_at desc limit $2`, r.ID, rememberedLast-1)
	hashes := []string{r.PasswordHash}
	for _, h := range rows {
		hashes = append(hashes, h.Hash)
	}
	return hashes, err
}
