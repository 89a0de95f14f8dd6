package notice

import (
	"context"
	"errors"
	"fmt"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Settle is what the clock does, every minute: it publishes what is due, counts
// provisional periods again, ends periods that are over and settles their items
// one by one. Each has a transaction of its own, so that one that fails holds up
// no other; the failures come back together. It may run twice and on several
// replicas at once.
func (s *Service) Settle(ctx context.Context) error {
	var failed []error
	for _, part := range []struct {
		due string
		do  func(context.Context, postgres.Tx, time.Time, uuid.UUID) error
	}{
		{scheduledSQL, s.publishDue}, {provisionalSQL, s.recount}, {lateObjectionsSQL, recountObjection}, {overSQL, s.end}, {settlingSQL, s.settleItem},
	} {
		ids, err := s.due(ctx, part.due)
		if err != nil {
			return errors.Join(append(failed, err)...)
		}
		for _, id := range ids {
			err := s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error { return part.do(ctx, tx, now, id) })
			if err != nil {
				failed = append(failed, fmt.Errorf("notice clock, %s: %w", id, err))
			}
		}
	}
	return errors.Join(failed...)
}

// What the clock has to look at; $1 is now, $2 today. Every act checks again
// under its locks.
const (
	scheduledSQL      = `select id from notice where state = 'scheduled' and publish_on <= $2 and $1::timestamptz is not null order by publish_on, id limit 500`
	provisionalSQL    = `select id from notice where state = 'running' and provisional and $1::timestamptz is not null and $2::date is not null order by id limit 500`
	lateObjectionsSQL = `select id from notice_objection where state = 'open' and due_provisional and $1::timestamptz is not null and $2::date is not null order by id limit 500`
	overSQL           = `select id from notice where state = 'running' and not provisional and ends_at <= $1 and $2::date is not null order by ends_at, id limit 500`
	settlingSQL       = `select i.id from notice_item i join notice n on n.id = i.notice_id
		where i.state = 'open' and n.state = 'ended' and n.ends_at <= $1 and $2::date is not null order by n.ends_at, i.id limit 1000`
)

func (s *Service) due(ctx context.Context, sql string) (ids []uuid.UUID, err error) {
	type row struct {
		ID uuid.UUID `db:"id"`
	}
	err = s.DB.Read(ctx, func(q postgres.Querier, now time.Time) error {
		rows, err := postgres.All[row](ctx, q, sql, now, civil.On(now))
		for _, r := range rows {
			ids = append(ids, r.ID)
		}
		return err
	})
	return ids, err
}

func (s *Service) publishDue(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID) error {
	h, err := hold(ctx, tx, id)
	if err != nil || h.State != Scheduled || h.PublishOn.After(civil.On(now)) {
		return err
	}
	texts, err := manuscriptsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := s.publish(ctx, tx, now, authz.SystemActor, h, inForce(texts), Published); err != nil {
		return err
	}
	if err := updateNotice(ctx, tx, &h.Notice); err != nil {
		return err
	}
	return record(ctx, tx, now, authz.SystemActor, id, "notice.publish", map[string]any{"no": h.No, "ends": h.EndsOn})
}

// recount sets a provisional period again once its year is announced.
func (s *Service) recount(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID) error {
	n, err := noticeForUpdate(ctx, tx, id)
	if err != nil || n.State != Running || !n.Provisional {
		return err
	}
	calendar, err := district.CalendarOf(ctx, tx, n.PublishedOn.Year-1, n.PublishedOn.Year+2)
	if err != nil {
		return err
	}
	was := n
	n.set(calendar, n.PublishedOn)
	if n.EndsOn == was.EndsOn && n.StartsOn == was.StartsOn && n.Provisional == was.Provisional {
		return nil
	}
	if err := updateNotice(ctx, tx, &n); err != nil {
		return err
	}
	if err := insertSetting(ctx, tx, now, authz.SystemActor, n, Recount, ""); err != nil {
		return err
	}
	return record(ctx, tx, now, authz.SystemActor, id, "notice.recount", map[string]any{"no": n.No, "ends": n.EndsOn, "provisional": n.Provisional})
}

// end closes a period that is over. An erratum not signed by then is dropped.
func (s *Service) end(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID) error {
	n, err := noticeForUpdate(ctx, tx, id)
	if err != nil || n.State != Running || !n.Over(now) {
		return err
	}
	texts, err := manuscriptsOf(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, m := range texts {
		if m.Stage != Issued && m.Stage != Dropped {
			if err := drop(ctx, tx, now, authz.SystemActor, m); err != nil {
				return err
			}
		}
	}
	n.State, n.EndedAt = Ended, &now
	if err := updateNotice(ctx, tx, &n); err != nil {
		return err
	}
	return record(ctx, tx, now, authz.SystemActor, id, "notice.end", map[string]any{"no": n.No})
}

// settleItem settles one item of an ended notice. A disputed one waits for its
// objection, a settled one is done.
func (s *Service) settleItem(ctx context.Context, tx postgres.Tx, now time.Time, id uuid.UUID) error {
	h, item, err := holdItem(ctx, tx, id)
	if err != nil || item.State != Open || h.State != Ended || !h.Over(now) {
		return err
	}
	if err := moveItem(ctx, tx, now, &item, Settled); err != nil {
		return err
	}
	if err := s.react(ctx, tx, now, authz.SystemActor, h.Kind, settled, item); err != nil {
		return err
	}
	return record(ctx, tx, now, authz.SystemActor, h.ID, "notice.settle", map[string]any{"no": h.No, "item": item.Ordinal, "case": item.CaseNo})
}

// holdItem locks the case of an item, its notice and the item, in the order of
// locks.
func holdItem(ctx context.Context, tx postgres.Tx, id uuid.UUID) (Notice, Item, error) {
	type ref struct {
		Case   uuid.UUID `db:"case_id"`
		Notice uuid.UUID `db:"notice_id"`
	}
	r, err := postgres.One[ref](ctx, tx, `select case_id, notice_id from notice_item where id = $1`, id)
	if err != nil {
		return Notice{}, Item{}, err
	}
	if err := lockCase(ctx, tx, r.Case); err != nil {
		return Notice{}, Item{}, err
	}
	n, err := noticeForUpdate(ctx, tx, r.Notice)
	if err != nil {
		return Notice{}, Item{}, err
	}
	item, err := itemForUpdate(ctx, tx, id)
	return n, item, err
}

func recountObjection(ctx context.Context, tx postgres.Tx, _ time.Time, id uuid.UUID) error {
	o, err := objectionByID(ctx, tx, id)
	if err != nil || o.State != ObjectionOpen {
		return err
	}
	received := civil.On(o.ReceivedAt)
	calendar, err := district.CalendarOf(ctx, tx, received.Year-1, received.Year+2)
	if err != nil {
		return err
	}
	due := calendar.Add(received, o.DueWD)
	if due.On == o.DueOn && due.Provisional == o.DueProvisional {
		return nil
	}
	_, err = tx.Exec(ctx, `update notice_objection set due_on = $2, due_provisional = $3, version = version + 1 where id = $1 and state = 'open'`, id, due.On, due.Provisional)
	return err
}
