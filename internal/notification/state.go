package notification

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/postgres"
)

// MailState is what an administrator should know of the mail.
type MailState struct {
	On      bool      // a server is set
	Waiting int       // not sent yet, counted up to 1,000
	Failing int       // of those, tried before
	Oldest  time.Time // when the oldest of them was queued; zero when none waits
	Reason  string    // of the latest failure
	Today   civil.Date
}

// State returns how the mail stands; it needs authz.SiteManage.
func (m *Mailer) State(ctx context.Context, actor authz.Actor) (MailState, error) {
	if err := actor.Require(authz.SiteManage); err != nil {
		return MailState{}, err
	}
	type row struct {
		Waiting int        `db:"waiting"`
		Failing int        `db:"failing"`
		Oldest  *time.Time `db:"oldest"`
		Reason  string     `db:"reason"`
	}
	state := MailState{On: m.On()}
	err := m.db.Read(ctx, func(q postgres.Querier, now time.Time) error {
		state.Today = civil.On(now)
		r, err := postgres.One[row](ctx, q, `
			select count(*)::int as waiting, count(*) filter (where last_error <> '')::int as failing, min(queued_at) as oldest,
				coalesce((array_agg(last_error order by next_try_at desc) filter (where last_error <> ''))[1], '') as reason
			from (select last_error, queued_at, next_try_at from mail_outbox where sent_at is null limit 1000) w`)
		if err != nil {
			return err
		}
		state.Waiting, state.Failing, state.Reason = r.Waiting, r.Failing, r.Reason
		if r.Oldest != nil {
			state.Oldest = *r.Oldest
		}
		return nil
	})
	return state, err
}
