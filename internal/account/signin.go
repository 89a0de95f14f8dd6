package account

import (
	"context"
	"strings"
	"time"

	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Step is what a sign-in still asks for.
type Step string

// The steps, in their order. A sign-in that needs none is opened at once.
const (
	StepCode     Step = "code"     // the second factor
	StepPassword Step = "password" // a new password: first sign-in, or over ninety days old
	StepEnrol    Step = "enrol"    // staff without a second factor
	StepDone     Step = "done"
)

// progressLife is how long the steps of one sign-in may take together.
const progressLife = 10 * time.Minute

// Progress is a sign-in under way. The page keeps it on the server, never in the
// browser, and hands it back; it opens nothing by itself.
type Progress struct {
	AccountID  uuid.UUID // none while Held for a user name that nobody has
	Username   string
	At         time.Time
	Epoch      int // the account's when the password was right; a change since ends the sign-in
	PasswordOK bool
	Held       bool // the account is under attack: password and code are judged together
	NeedsCode  bool // a second factor is enrolled
	MustChange bool //
	MustEnrol  bool //
	Attempts   []int64
}

// Step returns what comes next.
func (p Progress) Step() Step {
	switch {
	case p.NeedsCode || p.Held:
		return StepCode
	case p.MustChange:
		return StepPassword
	case p.MustEnrol:
		return StepEnrol
	}
	return StepDone
}

func wrongCredentials() error {
	return errs.New(errs.Invalid, "用户名或密码不对。请核对后再输入；连续错 5 次，要等 30 分钟才能再试。")
}

func wrongCode() error {
	return errs.FieldError("code", "动态口令", "动态口令不对，或已经用过。等手机上换成下一个再输入；也可以输入一个备用码")
}

func signInExpired() error {
	return errs.New(errs.Unauthenticated, "登录停留的时间太长，请从头再登录一次。")
}

// SignIn judges user name and password from one address. Unknown name, wrong
// password and an account without a password take the same time and give the
// same errs.Invalid; only who knows the password learns that an account is
// pending, refused or disabled. A lock-out is errs.TooMany.
func (s *Service) SignIn(ctx context.Context, username, password, ip string) (Progress, error) {
	username = NormalUsername(username)
	p := Progress{Username: username}
	var r record
	var a admission
	var refusal error
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		var err error
		if r, err = loadByUsername(ctx, tx, username); err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		p.At = now
		a, refusal = s.admit(ctx, tx, now, username, r.ID, addressBlock(ip), stepPassword)
		return unlessRefusal(refusal)
	})
	if err != nil || refusal != nil {
		return Progress{}, firstError(err, refusal)
	}
	hash := r.PasswordHash
	if r.ID == uuid.Nil {
		hash = decoyHash
	}
	fits, err := s.hasher.matches(ctx, password, hash)
	if err != nil {
		return Progress{}, err
	}
	fits = fits && r.ID != uuid.Nil
	if a.Held {
		// Whether the password was right must not show before the code is there,
		// or the lock would stop nobody from guessing.
		p.Held, p.PasswordOK = true, fits && r.Status == Active && r.HasSecondFactor()
		p.AccountID, p.Epoch = r.ID, r.Epoch
		s.require(&p, r)
		return p, nil
	}
	if !fits {
		return Progress{}, wrongCredentials()
	}
	err = s.DB.InTx(ctx, func(tx postgres.Tx, _ time.Time) error { return saveOutcome(ctx, tx, a.ID, passed) })
	if err != nil {
		return Progress{}, err
	}
	if err := mayEnter(r); err != nil {
		return Progress{}, err
	}
	p.AccountID, p.Epoch, p.PasswordOK, p.Attempts = r.ID, r.Epoch, true, []int64{a.ID}
	s.require(&p, r)
	return p, nil
}

// require notes the steps that r's sign-in needs.
func (s *Service) require(p *Progress, r record) {
	p.NeedsCode = r.HasSecondFactor()
	p.MustChange = r.MustChange || passwordExpired(r.Account, p.At) && !s.Demo
	p.MustEnrol = r.Role.Staff() && !r.HasSecondFactor() && !s.Demo
}

// mayEnter tells who knows the password why the account does not open.
func mayEnter(r record) error {
	switch r.Status {
	case Active:
		return nil
	case Pending:
		return errs.New(errs.Invalid, "街道还没有确认您的登记。确认以后，用这个用户名和密码就能登录。")
	case Refused:
		return errs.Newf(errs.Invalid, "街道没有通过您的登记：%s。更正后可以重新注册。", strings.TrimRight(r.StatusReason, "。"))
	default:
		return errs.Newf(errs.Invalid, "这个账号已经停用：%s。有疑问请联系街道或民政局。", strings.TrimRight(r.StatusReason, "。"))
	}
}

// unlessRefusal lets a transaction commit the record of a refused attempt; a
// failure of the database still rolls it back.
func unlessRefusal(err error) error {
	if errs.Is(err, errs.TooMany) {
		return nil
	}
	return err
}

func firstError(list ...error) error {
	for _, err := range list {
		if err != nil {
			return err
		}
	}
	return nil
}

// EnterCode judges the second factor, or a recovery code in its place. Each code
// works once. errs.Invalid names the field code; errs.TooMany is a lock-out;
// errs.Unauthenticated sends back to the start.
func (s *Service) EnterCode(ctx context.Context, p Progress, code, ip string) (Progress, error) {
	st := stepCode
	if !p.PasswordOK {
		st = stepPassword // with a wrong password no code is tried
	}
	var refusal error
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if now.Sub(p.At) > progressLife || p.Step() != StepCode {
			return signInExpired()
		}
		a, err := s.admit(ctx, tx, now, p.Username, p.AccountID, addressBlock(ip), st)
		if refusal = err; err != nil {
			return unlessRefusal(err)
		}
		if a.Held {
			if err := saveOutcome(ctx, tx, a.ID, failed); err != nil {
				return err
			}
		}
		refusal = wrongCode()
		if !p.PasswordOK {
			return nil
		}
		r, err := loadForUpdate(ctx, tx, p.AccountID)
		if err != nil {
			return err
		}
		if r.Status != Active || r.Epoch != p.Epoch {
			return signInExpired()
		}
		good, err := s.acceptCode(ctx, tx, now, r, code)
		if err != nil || !good {
			return err
		}
		refusal = nil
		p.NeedsCode, p.Held, p.Attempts = false, false, append(p.Attempts, a.ID)
		return saveOutcome(ctx, tx, a.ID, passed)
	})
	return p, firstError(err, refusal)
}

// acceptCode uses up a code of the app or a recovery code.
func (s *Service) acceptCode(ctx context.Context, tx postgres.Tx, now time.Time, r record, code string) (bool, error) {
	code = normalCode(code)
	if len(code) != 6 {
		good, err := useRecoveryCode(ctx, tx, now, r.ID, s.recoveryIndex(r.ID, code))
		if err != nil || !good {
			return false, err
		}
		left, err := countRecoveryCodes(ctx, tx, r.ID)
		if err != nil {
			return false, err
		}
		return true, audit.Record(ctx, tx, now, r.Actor(""), entry(r.ID, "account.recovery_code.use", map[string]any{"left": left}))
	}
	secret, err := s.openTOTP(r)
	if err != nil || secret == "" {
		return false, err
	}
	used := matchingStep(secret, code, r.TOTPLastStep, now)
	if used == 0 {
		return false, nil
	}
	return useStep(ctx, tx, r.ID, used)
}

// ReplacePassword is the forced change within a sign-in.
func (s *Service) ReplacePassword(ctx context.Context, p Progress, password string) (Progress, error) {
	if p.Step() != StepPassword {
		return p, signInExpired()
	}
	err := s.setPassword(ctx, p.AccountID, p.Username, password, func(r record, now time.Time) error {
		if now.Sub(p.At) > progressLife || r.Status != Active || r.Epoch != p.Epoch {
			return signInExpired()
		}
		return nil
	})
	if err != nil {
		return p, err
	}
	p.MustChange, p.Epoch = false, p.Epoch+1
	return p, nil
}

// EnrolFirst binds the second factor within a sign-in and returns the recovery
// codes, which nobody can show a second time.
func (s *Service) EnrolFirst(ctx context.Context, p Progress, nonce, code string) (Progress, []string, error) {
	if p.Step() != StepEnrol {
		return p, nil, signInExpired()
	}
	codes := newRecoveryCodes()
	err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		r, err := loadForUpdate(ctx, tx, p.AccountID)
		if err != nil {
			return err
		}
		if now.Sub(p.At) > progressLife || r.Status != Active || r.Epoch != p.Epoch || r.HasSecondFactor() {
			return signInExpired()
		}
		return s.bind(ctx, tx, now, r, r.Actor(""), nonce, code, codes)
	})
	if err != nil {
		return p, nil, err
	}
	p.MustEnrol = false
	return p, codes, nil
}

// bind stores the secret that a first code has proven, with new recovery codes.
func (s *Service) bind(ctx context.Context, tx postgres.Tx, now time.Time, r record, actor authz.Actor, nonce, code string, codes []string) error {
	e := s.Enrolment(r.ID, r.Username, nonce)
	used, err := firstCode(e, code, now)
	if err != nil {
		return err
	}
	sealed, err := s.keys.Seal("account.totp", r.ID, e.Secret)
	if err != nil {
		return err
	}
	if err := saveTOTP(ctx, tx, now, r.ID, sealed, used); err != nil {
		return err
	}
	if err := replaceRecoveryCodes(ctx, tx, r.ID, s.recoveryIndexes(r.ID, codes)); err != nil {
		return err
	}
	return audit.Record(ctx, tx, now, actor, entry(r.ID, "account.second_factor.enrol", nil))
}

func (s *Service) recoveryIndexes(id uuid.UUID, codes []string) [][]byte {
	indexes := make([][]byte, len(codes))
	for i, c := range codes {
		indexes[i] = s.recoveryIndex(id, c)
	}
	return indexes
}

func entry(id uuid.UUID, action string, detail map[string]any) audit.Entry {
	return audit.Entry{Subject: "account", SubjectID: id.String(), Action: action, Detail: detail}
}
