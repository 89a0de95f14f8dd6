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

// Limits of a session (domain §12). Seen is written at most once a minute, so
// idleness counts from up to a minute before the last request: never longer
// than the rule allows.
const (
	idleStaff     = 15 * time.Minute
	idleApplicant = 30 * time.Minute
	sessionLife   = 12 * time.Hour
	seenEvery     = time.Minute
)

// IdleLimit is how long a session of role r may rest.
func IdleLimit(r authz.Role) time.Duration {
	if r.Staff() {
		return idleStaff
	}
	return idleApplicant
}

// Session is one place where an account is signed in.
type Session struct {
	ID       uuid.UUID `db:"id"`
	OpenedAt time.Time `db:"opened_at"`
	SeenAt   time.Time `db:"seen_at"`
	Address  string    `db:"address"`
	Agent    string    `db:"agent"`
}

// Sessions answers on every request who is signed in. It runs on a database of
// its own choosing, so that pages can be proven read-only around it.
type Sessions struct{ db *postgres.DB }

// NewSessions returns the sessions kept in db.
func NewSessions(db *postgres.DB) *Sessions { return &Sessions{db} }

// over reports whether a session has passed its idle or absolute limit.
func over(r authz.Role, opened, seen, now time.Time) bool {
	return now.Sub(opened) >= sessionLife || now.Sub(seen) >= IdleLimit(r)
}

// Open ends a sign-in whose steps are all done and returns the id of a new
// session. Everything is judged again on the account as it is now.
func (s *Service) Open(ctx context.Context, p Progress, ip, agent string) (uuid.UUID, Account, error) {
	if !p.PasswordOK || p.Step() != StepDone {
		return uuid.Nil, Account{}, signInExpired()
	}
	id, err := uuid.NewV7()
	if err != nil {
		return uuid.Nil, Account{}, err
	}
	var r record
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if r, err = loadForUpdate(ctx, tx, p.AccountID); err != nil {
			return err
		}
		again := p
		s.require(&again, r)
		again.NeedsCode = false // asked already, or enrolled a moment ago
		if now.Sub(p.At) > progressLife || r.Status != Active || r.Epoch != p.Epoch || again.Step() != StepDone {
			return signInExpired()
		}
		for _, attempt := range p.Attempts {
			if err := saveOutcome(ctx, tx, attempt, ok); err != nil {
				return err
			}
		}
		if err := insertSession(ctx, tx, now, id, r, addressBlock(ip), agent); err != nil {
			return err
		}
		return audit.Record(ctx, tx, now, r.Actor(ip), entry(r.ID, "account.sign_in", map[string]any{"session": id.String()}))
	})
	return id, r.Account, err
}

// Current is the account behind a request.
type Current struct {
	Session Session
	Account Account
}

type currentRow struct {
	Account
	Now       time.Time `db:"now"`
	OpenedAt  time.Time `db:"opened_at"`
	SeenAt    time.Time `db:"seen_at"`
	SessionID uuid.UUID `db:"session_id"`
}

// Resolve returns who stands behind session id, in one statement, and notes that
// it was seen. An ended, idle or overlong session, a disabled account and one
// whose password or role has changed since are all errs.Unauthenticated: what
// is revoked is over with the next request.
func (ss *Sessions) Resolve(ctx context.Context, id uuid.UUID) (Current, error) {
	r, err := postgres.One[currentRow](ctx, ss.db.Pool(), `select `+accountColumns+`,
			portal_now() as now, s.opened_at, s.seen_at, s.id as session_id
		from account_session s join account a on a.id = s.account_id
		where s.id = $1 and s.epoch = a.session_epoch and a.status = 'active'`, id)
	switch {
	case errs.Is(err, errs.NotFound):
		return Current{}, sessionOver(err)
	case err != nil:
		return Current{}, postgres.Translate(err)
	case over(r.Role, r.OpenedAt, r.SeenAt, r.Now):
		return Current{}, sessionOver(nil)
	}
	if r.Now.Sub(r.SeenAt) >= seenEvery {
		// Outside every transaction of the request; losing the race to a
		// neighbouring request is fine.
		if _, err := ss.db.Pool().Exec(ctx, `update account_session set seen_at = $2 where id = $1 and seen_at < $2`, id, r.Now); err != nil {
			return Current{}, postgres.Translate(err)
		}
	}
	return Current{Session{ID: r.SessionID, OpenedAt: r.OpenedAt, SeenAt: r.SeenAt}, r.Account}, nil
}

func sessionOver(cause error) error {
	return errs.Wrap(errs.Unauthenticated, "登录已过期，请重新登录。您填的内容没有丢失。", cause)
}

// Purge removes what no limit can revive; a job calls it. Rows of the browser's
// session store go by their own expiry.
func (ss *Sessions) Purge(ctx context.Context) error {
	return ss.db.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if _, err := tx.Exec(ctx, `delete from account_session where opened_at < $1 or seen_at < $2`,
			now.Add(-sessionLife), now.Add(-idleApplicant)); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `delete from sessions where expiry < now()`)
		return err
	})
}

// SignOut ends the session on the server.
func (s *Service) SignOut(ctx context.Context, actor authz.Actor, id uuid.UUID) error {
	return s.endSession(ctx, actor, id, "account.sign_out")
}

// EndSession ends another of the actor's own sessions. One that is not theirs is
// errs.NotFound.
func (s *Service) EndSession(ctx context.Context, actor authz.Actor, id uuid.UUID) error {
	if err := actor.Require(authz.AccountOwn); err != nil {
		return err
	}
	return s.endSession(ctx, actor, id, "account.session.end")
}

func (s *Service) endSession(ctx context.Context, actor authz.Actor, id uuid.UUID, action string) error {
	return s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		tag, err := tx.Exec(ctx, `delete from account_session where id = $1 and account_id = $2`, id, actor.AccountID)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errs.New(errs.NotFound, "这次登录已经结束了。")
		}
		return audit.Record(ctx, tx, now, actor, entry(actor.AccountID, action, map[string]any{"session": id.String()}))
	})
}

// OwnSessions lists where the actor is signed in, the latest first.
func (s *Service) OwnSessions(ctx context.Context, actor authz.Actor) (list []Session, err error) {
	if err := actor.Require(authz.AccountOwn); err != nil {
		return nil, err
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		list, err = postgres.All[Session](ctx, q, `
			select s.id, s.opened_at, s.seen_at, s.address, s.agent
			from account_session s join account a on a.id = s.account_id and a.session_epoch = s.epoch
			where s.account_id = $1 and s.opened_at > $2 and s.seen_at > $3 order by s.seen_at desc limit 50`,
			actor.AccountID, now.Add(-sessionLife), now.Add(-IdleLimit(actor.Role)))
		return err
	})
	return list, err
}

func insertSession(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID, r record, address, agent string) error {
	_, err := tx.Exec(ctx, `
		insert into account_session (id, account_id, epoch, opened_at, seen_at, address, agent)
		values ($1, $2, $3, $4, $4, $5, $6)`, id, r.ID, r.Epoch, now, address, clip(agent, 200))
	return err
}

// renewSession lets one session go on under a new id after its own act has
// raised the epoch.
func renewSession(ctx context.Context, tx postgres.Tx, old, renewed, accountID uuid.UUID) error {
	return postgres.ExecOne(ctx, tx, `update account_session s set id = $2, epoch = a.session_epoch from account a
		where s.id = $1 and s.account_id = $3 and a.id = s.account_id`, old, renewed, accountID)
}
