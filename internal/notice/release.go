package notice

import (
	"context"
	"slices"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"
	"civilaffairs/internal/privacy"

	"github.com/google/uuid"
)

// The three-step release (三审, domain §10): 撰稿, 审核, 签发 by three different
// people. The database checks the same when a text is issued.

// by returns who did an act last since the text was last sent to review.
func by(steps []Step, a Act) uuid.UUID {
	for i := len(steps) - 1; i >= 0; i-- {
		if steps[i].Act == a {
			return steps[i].PersonID
		}
		if steps[i].Act == Returned {
			break
		}
	}
	return uuid.Nil
}

// another refuses an act of somebody who did an earlier step of the same text.
func another(steps []Step, person uuid.UUID, act string) error {
	if person == uuid.Nil {
		return errs.New(errs.Forbidden, "您的账号没有登记本人身份，不能办理公示的审签。请联系系统管理员。")
	}
	for _, a := range []Act{Drafted, Reviewed} {
		if by(steps, a) == person {
			return errs.Newf(errs.Forbidden, "这份公示由您%s，撰稿、审核、签发要由三个人办。请另一位同事%s。", a.Name(), act)
		}
	}
	return nil
}

// Submit sends a text to review. It needs authz.NoticeDraft; what is incomplete,
// too short a period or anything private in it is errs.Invalid.
func (s *Service) Submit(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string) error {
	return s.step(ctx, actor, authz.NoticeDraft, id, version, token, Drafting, "submit", "送审", func(ctx context.Context, tx postgres.Tx, now time.Time, h *held) error {
		if actor.PersonID == uuid.Nil {
			return another(nil, uuid.Nil, "送审")
		}
		if err := s.releasable(ctx, tx, now, h); err != nil {
			return err
		}
		h.text.Stage = Reviewing
		return insertStep(ctx, tx, now, actor, *h.text, Drafted, "")
	})
}

// Approve passes a text on to signature. It needs authz.NoticeReview and another
// person than who drafted it.
func (s *Service) Approve(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string) error {
	return s.step(ctx, actor, authz.NoticeReview, id, version, token, Reviewing, "approve", "审核", func(ctx context.Context, tx postgres.Tx, now time.Time, h *held) error {
		if err := another(h.steps, actor.PersonID, "审核"); err != nil {
			return err
		}
		if err := s.releasable(ctx, tx, now, h); err != nil {
			return err
		}
		h.text.Stage = Signing
		return insertStep(ctx, tx, now, actor, *h.text, Reviewed, "")
	})
}

// Return sends a text back to who drafts it, a reviewer from review and a leader
// from signature. It needs authz.NoticeReturn.
func (s *Service) Return(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token, reason string) error {
	stage := Reviewing
	if actor.Can(authz.NoticeSign) {
		stage = Signing
	}
	return s.step(ctx, actor, authz.NoticeReturn, id, version, token, stage, "return", "退回", func(ctx context.Context, tx postgres.Tx, now time.Time, h *held) error {
		if err := reasonFault(reason, 5); err != nil {
			return err
		}
		if actor.PersonID == uuid.Nil {
			return another(nil, uuid.Nil, "退回")
		}
		h.text.Stage = Drafting
		return insertStep(ctx, tx, now, actor, *h.text, Returned, reason)
	})
}

// Issue signs a text: the first one draws the number and is published at once or
// on the day chosen, an erratum starts the clock anew. It needs authz.NoticeSign
// and a third person.
func (s *Service) Issue(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token string) error {
	return s.step(ctx, actor, authz.NoticeSign, id, version, token, Signing, "issue", "签发", func(ctx context.Context, tx postgres.Tx, now time.Time, h *held) error {
		if err := another(h.steps, actor.PersonID, "签发"); err != nil {
			return err
		}
		if err := s.releasable(ctx, tx, now, h); err != nil {
			return err
		}
		if err := insertStep(ctx, tx, now, actor, *h.text, Signed, ""); err != nil {
			return err
		}
		h.text.Stage, h.text.IssuedAt = Issued, &now
		if err := updateManuscript(ctx, tx, *h.text); err != nil {
			return err
		}
		today := civil.On(now)
		if h.text.Erratum() {
			return s.publish(ctx, tx, now, actor, h, *h.text, Erratum)
		}
		on := h.text.PublishOn
		if !on.After(today) {
			on = today
		}
		if err := drawNumber(ctx, tx, &h.Notice, today.Year, Scheduled, on); err != nil {
			return err
		}
		if on == today {
			return s.publish(ctx, tx, now, actor, h, *h.text, Published)
		}
		return nil
	})
}

// step runs one act of the release on the text that waits for it.
func (s *Service) step(ctx context.Context, actor authz.Actor, p authz.Permission, id uuid.UUID, version int, token string, at Stage, verb, name string,
	fn func(ctx context.Context, tx postgres.Tx, now time.Time, h *held) error) error {
	return s.act(ctx, actor, p, id, version, token, func(tx postgres.Tx, now time.Time, h *held) (string, map[string]any, error) {
		if h.text == nil || h.text.Stage != at {
			return "", nil, outOfTurn(h, name)
		}
		if err := fn(ctx, tx, now, h); err != nil {
			return "", nil, err
		}
		if h.text.Stage != Issued { // an issued one is saved before it takes effect
			if err := updateManuscript(ctx, tx, *h.text); err != nil {
				return "", nil, err
			}
		}
		detail := map[string]any{"text": h.text.Seq, "stage": h.text.Stage, "no": h.No}
		return "notice." + verb, detail, updateNotice(ctx, tx, &h.Notice)
	})
}

// releasable checks everything that must hold before every step: the text is
// complete, long enough under today's terms, and carries nothing private.
func (s *Service) releasable(ctx context.Context, tx postgres.Tx, now time.Time, h *held) error {
	calendar, err := district.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	items := live(h.items)
	terms, err := termsFor(ctx, tx, h.Type, items)
	if err != nil {
		return err
	}
	today := civil.On(now)
	h.text.MinimumWD, h.text.EndHour = terms.MinimumWD, terms.EndHour
	faults := h.text.faults(today, calendar, len(items))
	if h.State == Preparing {
		free, err := s.free(ctx, tx, now, h.Kind, h.ID)
		if err != nil {
			return err
		}
		faults = append(faults, gone(items, free)...)
	}
	faults = append(faults, errs.FieldsOf(privacy.Refuse(privacy.Check(h.text.fields(items))))...)
	if h.text.Erratum() && len(faults) == 0 {
		faults = append(faults, erratumFault(h, func(n *Notice) { n.set(calendar, today) }, now)...)
	}
	return errs.Fields(faults)
}

// gone names the items whose cases no longer wait for a notice: withdrawn by the
// applicant, for one.
func gone(items []Item, free []Candidate) (faults []errs.Field) {
	for _, i := range items {
		if !slices.ContainsFunc(free, func(c Candidate) bool { return c.CaseID == i.CaseID }) {
			faults = append(faults, errs.Field{Name: "cases", Label: "公示的办件", Message: i.CaseNo + " 已经不再等待公示。退回修改，去掉这一件"})
		}
	}
	return faults
}

// erratumFault refuses an erratum of a notice that is over, or one that would
// bring its end nearer.
func erratumFault(h *held, restart func(*Notice), now time.Time) []errs.Field {
	if h.State != Running || h.Over(now) {
		return []errs.Field{{Name: "reason", Label: "勘误理由", Message: "公示期已经结束，不能再勘误"}}
	}
	n := h.Notice
	n.PeriodWD, n.ExtraWD, n.EndHour = h.text.PeriodWD, 0, h.text.EndHour
	restart(&n)
	if !h.Provisional && n.EndsAt.Before(*h.EndsAt) {
		return []errs.Field{{Name: "period", Label: "公示期", Message: "重新公示会在" + n.EndsOn.Chinese() + "结束，早于原来的" + h.EndsOn.Chinese() + "。把公示期改长"}}
	}
	return nil
}

// live are the items that still stand in the notice.
func live(items []Item) (out []Item) {
	for _, i := range items {
		if i.State != Removed && i.State != Upheld {
			out = append(out, i)
		}
	}
	return out
}

// publish starts the clock of an issued text today. The first time every item
// opens and its kind reacts.
func (s *Service) publish(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, h *held, m Manuscript, c Cause) error {
	calendar, err := district.Calendar(ctx, tx)
	if err != nil {
		return err
	}
	h.State, h.PeriodWD, h.ExtraWD, h.EndHour, h.PublishedAt = Running, m.PeriodWD, 0, m.EndHour, &now
	if h.FirstPublished == nil {
		h.FirstPublished = &now
	}
	h.set(calendar, civil.On(now))
	if err := insertSetting(ctx, tx, now, actor, h.Notice, c, m.Reason); err != nil {
		return err
	}
	for _, i := range h.items {
		if i.State != Pending {
			continue
		}
		if err := moveItem(ctx, tx, now, &i, Open); err != nil {
			return err
		}
		i.NoticeNo = h.No
		if err := s.react(ctx, tx, now, actor, h.Kind, issued, i); err != nil {
			return err
		}
	}
	return nil
}
