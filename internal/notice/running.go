package notice

import (
	"context"
	"time"

	"civilaffairs/internal/authz"
	"civilaffairs/internal/civil"
	"civilaffairs/internal/district"
	"civilaffairs/internal/errs"
	"civilaffairs/internal/postgres"

	"github.com/google/uuid"
)

// Correct begins an erratum (勘误) of a running notice: a copy of the text in
// force, to be changed and released like the first. It needs authz.NoticeDraft.
func (s *Service) Correct(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token, reason string) error {
	return s.act(ctx, actor, authz.NoticeDraft, id, version, token, func(tx postgres.Tx, now time.Time, h *held) (string, map[string]any, error) {
		if h.State != Running || h.Over(now) {
			return "", nil, outOfTurn(h, "勘误")
		}
		if h.text != nil {
			return "", nil, errs.Newf(errs.Conflict, "已经有一份勘误在办，现在是“%s”。先办完那一份。", h.text.Stage.Name())
		}
		if err := reasonFault(reason, 10); err != nil {
			return "", nil, err
		}
		if err := public("reason", "理由", reason); err != nil {
			return "", nil, err
		}
		texts, err := manuscriptsOf(ctx, tx, id)
		if err != nil {
			return "", nil, err
		}
		m := inForce(texts)
		m.ID, m.Seq, m.Stage, m.IssuedAt, m.CreatedAt = newID(), texts[len(texts)-1].Seq+1, Drafting, nil, now
		m.Reason, m.PublishOn = reason, civil.Date{}
		if err := insertManuscript(ctx, tx, m); err != nil {
			return "", nil, err
		}
		return "notice.erratum", map[string]any{"text": m.Seq}, updateNotice(ctx, tx, &h.Notice)
	})
}

// inForce is the last issued text.
func inForce(texts []Manuscript) (m Manuscript) {
	for _, t := range texts {
		if t.Stage == Issued {
			m = t
		}
	}
	return m
}

// Extend adds a working day to a running notice, for the hours in which nobody
// could read it (domain §10: down more than four hours). It needs
// authz.NoticeSign.
func (s *Service) Extend(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token, reason string) error {
	return s.act(ctx, actor, authz.NoticeSign, id, version, token, func(tx postgres.Tx, now time.Time, h *held) (string, map[string]any, error) {
		if h.State != Running || h.Over(now) {
			return "", nil, outOfTurn(h, "延长")
		}
		if err := reasonFault(reason, 10); err != nil {
			return "", nil, err
		}
		if err := public("reason", "理由", reason); err != nil {
			return "", nil, err
		}
		calendar, err := district.CalendarOf(ctx, tx, h.PublishedOn.Year-1, h.PublishedOn.Year+2)
		if err != nil {
			return "", nil, err
		}
		h.ExtraWD++
		h.set(calendar, h.PublishedOn)
		if err := insertSetting(ctx, tx, now, actor, h.Notice, Extension, reason); err != nil {
			return "", nil, err
		}
		return "notice.extend", map[string]any{"no": h.No, "ends": h.EndsOn}, updateNotice(ctx, tx, &h.Notice)
	})
}

// Withdraw takes a notice back before its period is over. Its number, text and
// reason stay public; its cases are free for another notice, and open objections
// need no answer any more. It needs authz.NoticeSign.
func (s *Service) Withdraw(ctx context.Context, actor authz.Actor, id uuid.UUID, version int, token, reason string) error {
	return s.act(ctx, actor, authz.NoticeSign, id, version, token, func(tx postgres.Tx, now time.Time, h *held) (string, map[string]any, error) {
		if h.State != Running && h.State != Scheduled || h.Over(now) {
			return "", nil, outOfTurn(h, "撤回")
		}
		if err := reasonFault(reason, 10); err != nil {
			return "", nil, err
		}
		if err := public("reason", "理由", reason); err != nil {
			return "", nil, err
		}
		if h.text != nil {
			if err := drop(ctx, tx, now, actor, *h.text); err != nil {
				return "", nil, err
			}
		}
		if err := closeMoot(ctx, tx, now, h.ID); err != nil {
			return "", nil, err
		}
		was := h.State
		h.State, h.WithdrawnAt, h.Reason = Withdrawn, &now, reason
		for _, i := range live(h.items) {
			if err := moveItem(ctx, tx, now, &i, Removed); err != nil {
				return "", nil, err
			}
			if was == Scheduled {
				continue // never published: its kind has not been told of it
			}
			if err := s.react(ctx, tx, now, actor, h.Kind, withdrawn, i); err != nil {
				return "", nil, err
			}
		}
		return "notice.withdraw", map[string]any{"no": h.No}, updateNotice(ctx, tx, &h.Notice)
	})
}

// drop ends an erratum whose notice has ended.
func drop(ctx context.Context, tx postgres.Tx, now time.Time, actor authz.Actor, m Manuscript) error {
	if actor.PersonID != uuid.Nil {
		if err := insertStep(ctx, tx, now, actor, m, Scrapped, ""); err != nil {
			return err
		}
	}
	m.Stage = Dropped
	return updateManuscript(ctx, tx, m)
}
