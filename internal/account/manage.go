package account

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Filter narrows a list of accounts. The zero Filter takes all in scope.
type Filter struct {
	Role   authz.Role
	Status Status
	Name   string // part of name or user name
}

const listLimit = 200

// List returns the accounts that the actor manages: offices' for the system
// administrator, everybody's for the security administrator, those of the
// organizations in its area for a subdistrict, the clerks for a head. At most
// 200, by user name; more is true when there were more.
func (s *Service) List(ctx context.Context, actor authz.Actor, f Filter) (list []Account, more bool, err error) {
	if err := actor.Require(authz.AccountView); err != nil {
		return nil, false, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		list, err = postgres.All[Account](ctx, q, listSQL+` limit $8`, append(listArgs(actor, f), listLimit+1)...)
		return err
	})
	if len(list) > listLimit {
		return list[:listLimit], true, err
	}
	return list, false, err
}

// Each gives every account of the list to rows, a few at a time: for exports.
func (s *Service) Each(ctx context.Context, actor authz.Actor, f Filter, rows func(now time.Time, list []Account) error) error {
	if err := actor.Require(authz.AccountView); err != nil {
		return err
	}
	return s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		return postgres.Each(ctx, q, func(list []Account) error { return rows(now, list) }, listSQL, listArgs(actor, f)...)
	})
}

const listSQL = `select ` + accountColumns + ` from account a
	where case $1 when 'admin_system' then a.role = any($2) when 'admin_security' then true
		when 'subdistrict' then not a.role = any($2) and a.subdistrict = $3
		when 'org_head' then a.role = 'org_clerk' and a.organization_id = $4 else false end
	and ($5 = '' or a.role = $5) and ($6 = '' or a.status = $6)
	and ($7 = '' or position(lower($7) in a.username) > 0 or position($7 in a.name) > 0)
	order by a.username, a.created_at`

func listArgs(actor authz.Actor, f Filter) []any {
	return []any{string(actor.Role), staffRoles(), actor.Subdistrict, orNull(actor.OrgID), string(f.Role), string(f.Status), f.Name}
}

func staffRoles() (roles []string) {
	for _, r := range authz.Roles {
		if r.Staff() {
			roles = append(roles, string(r))
		}
	}
	return roles
}

// Managed is an account with what its manager may do to it.
type Managed struct {
	Account
	MobileMask     string
	LockedUntil    time.Time // zero when it is not locked
	MayDisable     bool
	MayReset       bool // give a one-time password
	MayUnlock      bool
	MayResetFactor bool
}

// Get returns one account in the actor's scope, errs.NotFound for any other.
func (s *Service) Get(ctx context.Context, actor authz.Actor, id uuid.UUID) (m Managed, err error) {
	if err := actor.Require(authz.AccountView); err != nil {
		return Managed{}, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		r, err := load(ctx, q, id)
		if err != nil || !maySee(actor, r.Account) {
			return firstError(err, notFound())
		}
		m.Account = r.Account
		if m.MobileMask, err = s.mobileMask(r); err != nil {
			return err
		}
		list, err := listAttempts(ctx, q, s.usernameIndex(r.Username), now.Add(-accountWindow))
		if err != nil {
			return err
		}
		if until := lockedAnywhere(list, now); now.Before(until) {
			m.LockedUntil = until
		}
		security := actor.Role == authz.AdminSecurity && actor.AccountID != id
		m.MayDisable, m.MayReset = mayDisable(actor, r.Account), mayReset(actor, r.Account) && r.Status == Active
		m.MayUnlock, m.MayResetFactor = security && !m.LockedUntil.IsZero(), security && r.HasSecondFactor()
		return nil
	})
	return m, err
}

// lockedAnywhere returns the latest lock of any address.
func lockedAnywhere(list []attempt, now time.Time) (until time.Time) {
	seen := map[string]bool{}
	for _, a := range list {
		if seen[a.Address] {
			continue
		}
		seen[a.Address] = true
		l := judge(list, a.Address, now)
		for _, t := range []time.Time{l.Address, l.Account, l.Codes} {
			if t.After(until) {
				until = t
			}
		}
	}
	return until
}

// Disable closes an account with a reason; what it has open is over with the
// next request. The last active system or security administrator stays.
func (s *Service) Disable(ctx context.Context, actor authz.Actor, id uuid.UUID, reason string, version int) error {
	reason, err := checkReason(reason)
	if err != nil {
		return err
	}
	return s.changeStatus(ctx, actor, id, version, Active, Disabled, reason, "account.disable")
}

// Enable opens a disabled account again.
func (s *Service) Enable(ctx context.Context, actor authz.Actor, id uuid.UUID, version int) error {
	return s.changeStatus(ctx, actor, id, version, Disabled, Active, "", "account.enable")
}

func (s *Service) changeStatus(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, from, to Status, reason, action string) error {
	if err := actor.Require(authz.AccountDisable); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := lockClosing(ctx, tx, to); err != nil {
			return err
		}
		r, err := loadForUpdate(ctx, tx, id)
		if err != nil || !mayDisable(actor, r.Account) {
			return firstError(err, notFound())
		}
		if r.Status != from || r.Version != version {
			return errs.New(errs.Conflict, "这个账号刚刚被改过。请重新打开页面，核对后再办。")
		}
		if to == Disabled {
			if err := keepAnAdministrator(ctx, tx, r); err != nil {
				return err
			}
		}
		if err := saveStatus(ctx, tx, now, id, to, reason, version); err != nil {
			if postgres.Violates(err, "account_one_head") {
				return errHeadTaken()
			}
			if postgres.Violates(err, "account_username") {
				return errs.New(errs.Conflict, "这个用户名已经给了别人。请另建账号。")
			}
			return err
		}
		detail := map[string]any{}
		if reason != "" {
			detail["reason"] = reason
		}
		return audit.Record(ctx, tx, now, actor, entry(id, action, detail))
	})
}

// lockClosing makes closings take turns, so that two administrators who close
// each other's account at once do not leave none.
func lockClosing(ctx context.Context, tx postgres.Tx, to Status) error {
	if to != Disabled {
		return nil
	}
	_, err := tx.Exec(ctx, `select pg_advisory_xact_lock(hashtextextended('account:closing', 0))`)
	return err
}

// keepAnAdministrator refuses to close the last door.
func keepAnAdministrator(ctx context.Context, q postgres.Querier, r record) error {
	if r.Role != authz.AdminSystem && r.Role != authz.AdminSecurity {
		return nil
	}
	var others bool
	err := q.QueryRow(ctx, `select exists (select from account where role = $1 and status = 'active' and id <> $2)`,
		string(r.Role), r.ID).Scan(&others)
	if err == nil && !others {
		return errs.Newf(errs.Conflict, "这是最后一个%s账号，不能停用。请先建好接替的账号。", r.Role.Name())
	}
	return err
}

// ResetPassword gives an account a one-time password for somebody who forgot
// theirs; every session of it ends. A form sent twice shows the same password.
func (s *Service) ResetPassword(ctx context.Context, actor authz.Actor, id uuid.UUID, token string) (Created, error) {
	if err := actor.Require(authz.AccountReset); err != nil {
		return Created{}, err
	}
	if token == "" {
		return Created{}, errs.New(errs.Invalid, "这个页面不完整，请刷新以后再办。")
	}
	password := s.oneTimePassword(id.String() + ":" + token)
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return Created{}, err
	}
	var r record
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if r, err = loadForUpdate(ctx, tx, id); err != nil || !mayReset(actor, r.Account) {
			return firstError(err, notFound())
		}
		if r.Status != Active {
			return errs.New(errs.Conflict, "这个账号没有在使用，不能重置密码。")
		}
		if err := savePassword(ctx, tx, now, r, hash, true); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, entry(id, "account.password.reset", nil))
	})
	return Created{Account: r.Account, Password: password}, err
}

// Unlock forgives all failed attempts on an account.
func (s *Service) Unlock(ctx context.Context, actor authz.Actor, id uuid.UUID) error {
	return s.asSecurity(ctx, actor, id, "account.unlock", func(tx postgres.Tx, now time.Time, r record) error {
		index := s.usernameIndex(r.Username)
		if err := lockAttempts(ctx, tx, index); err != nil {
			return err
		}
		_, err := insertAttempt(ctx, tx, now, index, r.ID, addressBlock(actor.IP), stepPassword, unlocked)
		return err
	})
}

// ResetSecondFactor removes the second factor of somebody who lost the phone;
// staff enrol again at the next sign-in. Every session of the account ends.
func (s *Service) ResetSecondFactor(ctx context.Context, actor authz.Actor, id uuid.UUID) error {
	return s.asSecurity(ctx, actor, id, "account.second_factor.reset", func(tx postgres.Tx, now time.Time, r record) error {
		return clearTOTP(ctx, tx, now, r.ID)
	})
}

func (s *Service) asSecurity(ctx context.Context, actor authz.Actor, id uuid.UUID, action string, fn func(tx postgres.Tx, now time.Time, r record) error) error {
	if err := actor.Require(authz.SecurityManage); err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, err := loadForUpdate(ctx, tx, id)
		if err != nil || actor.AccountID == id {
			return firstError(err, notFound())
		}
		if err := fn(tx, now, r); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, entry(id, action, nil))
	})
}
