package account

import (
	"context"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/secret"

	"github.com/google/uuid"
)

// Own is what an account's holder sees of it.
type Own struct {
	Account
	MobileMask    string // "" when none is on record
	RecoveryCodes int    // not yet used
}

// Own returns the actor's account.
func (s *Service) Own(ctx context.Context, actor authz.Actor) (o Own, err error) {
	if err := actor.Require(authz.AccountOwn); err != nil {
		return Own{}, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, _ time.Time) error {
		r, err := load(ctx, q, actor.AccountID)
		if err != nil {
			return err
		}
		o.Account = r.Account
		if o.MobileMask, err = s.mobileMask(r); err != nil {
			return err
		}
		o.RecoveryCodes, err = countRecoveryCodes(ctx, q, r.ID)
		return err
	})
	return o, err
}

func (s *Service) mobileMask(r record) (string, error) {
	if r.MobileSealed == nil {
		return "", nil
	}
	mobile, err := s.keys.Open("account.mobile", r.ID, r.MobileSealed)
	return secret.MaskMobile(mobile), err
}

// Reauthenticate proves that whoever sits at an open session knows the password:
// before signing, and before the account itself is changed. Guesses count like
// those at sign-in; a wrong one is errs.Invalid at field password.
func (s *Service) Reauthenticate(ctx context.Context, actor authz.Actor, password string) error {
	if err := actor.Require(authz.AccountOwn); err != nil {
		return err
	}
	var r record
	var a admission
	var refusal error
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
		if r, err = load(ctx, tx, actor.AccountID); err != nil {
			return err
		}
		a, refusal = s.admit(ctx, tx, now, r.Username, r.ID, addressBlock(actor.IP), stepPassword)
		return unlessRefusal(refusal)
	})
	if err != nil || refusal != nil {
		return firstError(err, refusal)
	}
	fits, err := s.hasher.matches(ctx, password, r.PasswordHash)
	if err != nil {
		return err
	}
	o := failed
	if fits {
		o = passed
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, _ time.Time) error { return saveOutcome(ctx, tx, a.ID, o) })
	if err != nil {
		return err
	}
	if !fits {
		return errs.FieldError("password", "密码", "密码不对。请输入您现在登录用的密码")
	}
	return nil
}

// ChangePassword replaces the actor's password. Every session of the account
// ends; the one given comes back under a new id, so that neither its old id nor
// a copy of its cookie is worth anything.
func (s *Service) ChangePassword(ctx context.Context, actor authz.Actor, session uuid.UUID, present, password string) (uuid.UUID, error) {
	if err := s.Reauthenticate(ctx, actor, present); err != nil {
		return uuid.Nil, err
	}
	renewed, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, err
	}
	return renewed, s.setPassword(ctx, actor.AccountID, actor.Username, password, nil, func(tx postgres.Tx) error {
		return renewSession(ctx, tx, session, renewed, actor.AccountID)
	})
}

// setPassword checks a chosen password and stores it. The hashing happens
// outside the transaction, so the row is read twice and compared by version.
func (s *Service) setPassword(ctx context.Context, id uuid.UUID, username, password string,
	allowed func(r record, now time.Time) error, then ...func(tx postgres.Tx) error) error {
	if msg := passwordProblem(password, username, s.Demo); msg != "" {
		return errs.FieldError("new_password", "新密码", msg)
	}
	var before record
	var hashes []string
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) (err error) {
		if before, err = load(ctx, tx, id); err != nil {
			return err
		}
		if allowed != nil {
			if err := allowed(before, now); err != nil {
				return err
			}
		}
		hashes, err = listHashes(ctx, tx, before)
		return err
	})
	if err != nil {
		return err
	}
	used, err := s.hasher.matches(ctx, password, hashes...)
	if err != nil {
		return err
	}
	if used {
		return errs.FieldError("new_password", "新密码", "这个密码是最近 5 次里用过的。换一个没有用过的")
	}
	hash, err := s.hasher.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if err := savePassword(ctx, tx, now, before, hash, false); err != nil {
			return err
		}
		for _, fn := range then {
			if err := fn(tx); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, now, before.Actor(""), entry(id, "account.password.change", nil))
	})
}

// Enrol binds a second factor, or another one in place of the first, and returns
// the recovery codes that go with it.
func (s *Service) Enrol(ctx context.Context, actor authz.Actor, password, nonce, code string) ([]string, error) {
	if err := s.Reauthenticate(ctx, actor, password); err != nil {
		return nil, err
	}
	codes := newRecoveryCodes()
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, err := loadForUpdate(ctx, tx, actor.AccountID)
		if err != nil {
			return err
		}
		return s.bind(ctx, tx, now, r, actor, nonce, code, codes)
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}

// RenewRecoveryCodes replaces the recovery codes; the old ones stop working.
func (s *Service) RenewRecoveryCodes(ctx context.Context, actor authz.Actor, password string) ([]string, error) {
	if err := s.Reauthenticate(ctx, actor, password); err != nil {
		return nil, err
	}
	codes := newRecoveryCodes()
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, err := loadForUpdate(ctx, tx, actor.AccountID)
		if err != nil {
			return err
		}
		if !r.HasSecondFactor() {
			return errs.New(errs.Conflict, "还没有绑定动态口令，不需要备用码。请先绑定。")
		}
		if err := replaceRecoveryCodes(ctx, tx, r.ID, s.recoveryIndexes(r.ID, codes)); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, actor, entry(r.ID, "account.recovery_code.renew", nil))
	})
	if err != nil {
		return nil, err
	}
	return codes, nil
}
