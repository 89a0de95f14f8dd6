package governance

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"civilaffairs/internal/account"
	"civilaffairs/internal/audit"
	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/notification"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Step is how near a duty is when its organization is told of it.
type Step string

// The steps. Each is told once for each day on which a duty is due.
const (
	StepFirst   Step = "first"
	StepLast    Step = "last"
	StepOverdue Step = "overdue"
)

// Step returns the reminder that is due about the item today; ok is false for
// none. What was handed in and waits for an office needs no reminder, and nobody
// is overdue by a day that is only a guess.
func (i Item) Step(r Rules, today civil.Date) (s Step, ok bool) {
	n, has := i.Days(today)
	switch {
	case !has || i.State == Waiting:
		return "", false
	case n < 0:
		return StepOverdue, !i.Provisional
	case n <= r.RemindLast:
		return StepLast, true
	}
	return StepFirst, n <= r.RemindFirst
}

// remindFrom is the hour of the day from which messages go out: nobody is written
// to at night.
const remindFrom = 8

// MessageKind is the kind of messages about internal governance, by which web
// knows where they lead.
const MessageKind = "governance"

// Remind tells organizations of duties that come near or are overdue, and once a
// week the subdistricts of what is so in their area; then it counts anew for the
// pages of work, and the days of reports that were guesses. It is idempotent, however often and wherever it runs: what was
// told is a row of its own, written in the transaction of the message. The job
// runs it.
func (s *Service) Remind(ctx context.Context) error {
	after := uuid.Nil
	for {
		next, err := s.remindSome(ctx, after)
		if err != nil {
			return err
		}
		if next == uuid.Nil {
			return errors.Join(s.redateAll(ctx), s.digests(ctx), s.recount(ctx))
		}
		after = next
	}
}

// night reports whether it is too early to write to people.
func night(now time.Time) bool { return now.In(civil.Shanghai).Hour() < remindFrom }

// remindSome tells a batch of organizations after one, and returns the last of
// them; uuid.Nil when there are no more.
func (s *Service) remindSome(ctx context.Context, after uuid.UUID) (next uuid.UUID, err error) {
	err = s.DB.InTx(ctx, func(tx postgres.Tx, now time.Time) error {
		if night(now) {
			return nil
		}
		today := civil.On(now)
		r, err := rules(ctx, tx, now)
		if err != nil {
			return err
		}
		ids, err := reachable(ctx, tx, after)
		if err != nil || len(ids) == 0 {
			return err
		}
		if len(ids) == boardBatch {
			next = ids[len(ids)-1]
		}
		facts, err := factsOf(ctx, tx, today, ids)
		if err != nil {
			return err
		}
		due := map[uuid.UUID][]told{}
		for _, id := range ids {
			for _, i := range Checklist(facts[id], r, today) {
				if step, ok := i.Step(r, today); ok {
					due[id] = append(due[id], told{i, step})
				}
			}
		}
		return remindAll(ctx, tx, now, ids, due)
	})
	return next, err
}

// told is an item that its organization is told of.
type told struct {
	Item
	step Step
}

// remindAll writes down what is told and tells it: what is written down already
// is left out.
func remindAll(ctx context.Context, tx postgres.Tx, now time.Time, ids []uuid.UUID, due map[uuid.UUID][]told) error {
	fresh, err := insertReminders(ctx, tx, now, ids, due)
	if err != nil {
		return err
	}
	for _, id := range ids {
		var items []told
		for _, t := range due[id] {
			if fresh[reminder{id, t.Duty, t.DueOn, t.step}] {
				items = append(items, t)
			}
		}
		if len(items) == 0 {
			continue
		}
		to, err := account.HeadsAndClerks(ctx, tx, id)
		if err != nil {
			return err
		}
		if err := notification.Send(ctx, tx, now, to, reminding(items, civil.On(now))); err != nil {
			return err
		}
		if err := audit.Record(ctx, tx, now, authz.SystemActor, audit.Entry{Subject: "organization", SubjectID: id.String(),
			Action: "governance.remind", Detail: map[string]any{"items": references(items)}}); err != nil {
			return err
		}
	}
	return nil
}

func references(items []told) []string {
	out := make([]string, len(items))
	for i, t := range items {
		out[i] = string(t.Duty) + " " + t.DueOn.String() + " " + string(t.step)
	}
	return out
}

// reminding is the message about items of one organization.
func reminding(items []told, today civil.Date) notification.Message {
	late, near := 0, 0
	var b strings.Builder
	for _, t := range items {
		if t.step == StepOverdue {
			late++
			fmt.Fprintf(&b, "· %s：%s到期，已过 %d 天。", t.Duty.Name(), t.DueOn.Chinese(), t.DueOn.DaysUntil(today))
		} else {
			near++
			fmt.Fprintf(&b, "· %s：%s到期，%s。", t.Duty.Name(), t.DueOn.Chinese(), inDays(today.DaysUntil(t.DueOn)))
			if t.Provisional {
				b.WriteString("这一天是暂定的。")
			}
		}
		switch {
		case t.Next != "":
			b.WriteString(t.Next + "。")
		case t.step != StepOverdue:
			b.WriteString("办好以后在平台登记。")
		}
		b.WriteString("\n")
	}
	b.WriteString("在“组织档案”的“内部治理”里登记；制度和纪要有范本可以下载。")
	return notification.Message{Kind: MessageKind, Title: "内部治理提醒：" + counted(late, near), Body: b.String()}
}

func inDays(n int) string {
	if n == 0 {
		return "就是今天"
	}
	return fmt.Sprintf("还有 %d 天", n)
}

// counted says how many need an act now and how many come near.
func counted(late, near int) string {
	switch {
	case near == 0:
		return fmt.Sprintf("%d 项要办", late)
	case late == 0:
		return fmt.Sprintf("%d 项快到期", near)
	}
	return fmt.Sprintf("%d 项要办，%d 项快到期", late, near)
}
